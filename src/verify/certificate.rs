//! The certificate against the plan's own costs.

use super::violation::{Violation, ViolationKind as Kind};
use super::{Context, Tally};
use crate::domain::CostKey;
use crate::plan::{Proof, Scope, Status};
use crate::units::Objective;

/// How far an amount of money may be from its exact value, relative to the minor unit or, where
/// that is larger, to the last digits that a double holds.
const TOLERANCE: f64 = 1e-6;
const DOUBLE: f64 = 1e-12;

/// Checks costs, objective, bound and gap.
pub(super) fn check(context: Context<'_>, tally: &mut Tally) {
    let mut wrong = |kind, what: &str, found: String, expected: String| {
        let what = [("certificate", what.to_string())];
        tally.violations.push(Violation::new(kind, what, found, expected));
    };
    let certificate = &context.plan.certificate;
    let per_unit = 10_f64.powi(context.wave.minor_digits as i32);
    let is_same = |found: f64, minor: f64| {
        (found * per_unit - minor).abs() <= TOLERANCE.max(minor.abs() * DOUBLE)
    };
    for (name, text, expected) in [
        ("wave", &certificate.wave, &context.wave.name),
        ("currency", &certificate.currency, &context.wave.currency),
    ] {
        if **text != **expected {
            wrong(Kind::CertificateWrong, name, text.clone(), expected.to_string());
        }
    }
    for (key, amount) in tally.costs.iter() {
        let expected = || context.money(amount);
        match certificate.cost.get(key.name()) {
            Some(found) if is_same(*found, amount.0 as f64) => {}
            Some(found) => wrong(Kind::CostWrong, key.name(), found.to_string(), expected()),
            None => wrong(Kind::CostWrong, key.name(), "none".into(), expected()),
        }
    }
    for (name, found) in &certificate.cost {
        if CostKey::from_name(name).is_none() {
            wrong(Kind::CostWrong, name, found.to_string(), "no such cost".into());
        }
    }
    let objective: Objective = tally.costs.objective(context.model);
    if !is_same(certificate.objective, objective.to_minor()) {
        let expected = (objective.to_minor() / per_unit).to_string();
        wrong(Kind::ObjectiveWrong, "objective", certificate.objective.to_string(), expected);
    }
    match certificate.bound {
        Some(bound) => {
            let excess = (bound - certificate.objective) * per_unit;
            let allowed = TOLERANCE.max(certificate.objective.abs() * per_unit * DOUBLE);
            // Nothing compares to a bound that is no number: that is no bound either.
            let holds = excess <= allowed;
            if !holds {
                let expected = format!("at most {}", certificate.objective);
                wrong(Kind::BoundAboveObjective, "bound", bound.to_string(), expected);
            }
            if certificate.proof == Proof::None {
                wrong(Kind::CertificateWrong, "proof", "none".into(), "what proved it".into());
            }
        }
        None => {
            let is_heuristic =
                certificate.proof == Proof::None && certificate.status == Status::Heuristic;
            if !is_heuristic {
                wrong(Kind::CertificateWrong, "bound", "none".into(), "a bound".into());
            }
        }
    }
    let gap = certificate.bound.map(|bound| {
        // Relative to a minor unit where there is no objective to be relative to.
        let size =
            if certificate.objective == 0.0 { 1.0 / per_unit } else { certificate.objective };
        (certificate.objective - bound) / size.abs()
    });
    let is_same_gap = match (certificate.gap, gap) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        (found, expected) => found.is_none() && expected.is_none(),
    };
    if !is_same_gap {
        let text = |gap: Option<f64>| gap.map_or("none".to_string(), |gap| gap.to_string());
        wrong(Kind::GapWrong, "gap", text(certificate.gap), text(gap));
    }
    if certificate.scope == Scope::Pruned && certificate.limits.is_empty() {
        let expected = "the limits that pruned options".to_string();
        wrong(Kind::CertificateWrong, "limits", "none".into(), expected);
    }
}
