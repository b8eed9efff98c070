//! Corrupted certificates.

use crate::{allows, finds};
use wavewright::domain::CostKey;
use wavewright::plan::{Proof, Scope, Status};
use wavewright::units::Decimal;
use wavewright::verify::ViolationKind as Kind;

#[test]
fn costs_are_those_of_the_plan() {
    finds(Kind::CostWrong, &[("certificate", "handling")], |case| {
        case.plan.certificate.cost.insert("handling".into(), 8.86);
    });
    finds(Kind::CostWrong, &[("certificate", "split")], |case| {
        case.plan.certificate.cost.remove("split");
    });
    finds(Kind::CostWrong, &[("certificate", "luck")], |case| {
        case.plan.certificate.cost.insert("luck".into(), 0.0);
    });
}

#[test]
fn the_objective_is_the_weighted_sum() {
    // With the full weight of carbon.
    finds(Kind::ObjectiveWrong, &[], |case| case.plan.certificate.objective = 274.42);
    finds(Kind::ObjectiveWrong, &[], |case| case.plan.certificate.objective += 0.000_001);
    finds(Kind::ObjectiveWrong, &[], |case| case.plan.certificate.objective = f64::NAN);
}

#[test]
fn the_bound_is_not_above_the_objective() {
    finds(Kind::BoundAboveObjective, &[], |case| case.plan.certificate.bound = Some(274.32));
    finds(Kind::BoundAboveObjective, &[], |case| case.plan.certificate.bound = Some(f64::NAN));
}

#[test]
fn the_gap_is_that_of_objective_and_bound() {
    finds(Kind::GapWrong, &[], |case| case.plan.certificate.gap = Some(0.001));
    finds(Kind::GapWrong, &[], |case| case.plan.certificate.gap = None);
    allows(Kind::GapWrong, |case| {
        let certificate = &mut case.plan.certificate;
        certificate.bound = Some(137.155);
        certificate.gap = Some(0.5);
    });
}

#[test]
fn the_gap_of_an_objective_of_nothing_is_in_minor_units() {
    let free = |case: &mut crate::Case, bound, gap| {
        case.model.weights = [Decimal::ZERO; CostKey::ALL.len()];
        case.plan.certificate.objective = 0.0;
        case.plan.certificate.bound = Some(bound);
        case.plan.certificate.gap = gap;
    };
    allows(Kind::GapWrong, |case| free(case, 0.0, Some(0.0)));
    allows(Kind::GapWrong, |case| free(case, -1.0, Some(100.0)));
    finds(Kind::GapWrong, &[], |case| free(case, -1.0, None));
    finds(Kind::GapWrong, &[], |case| free(case, -1.0, Some(1.0)));
    finds(Kind::GapWrong, &[], |case| free(case, -1.0, Some(f64::INFINITY)));
    finds(Kind::GapWrong, &[], |case| free(case, 0.0, None));
    finds(Kind::GapWrong, &[], |case| free(case, -1.0, Some(0.0)));
}

#[test]
fn only_a_heuristic_has_no_bound() {
    let no_bound = |case: &mut crate::Case| {
        case.plan.certificate.bound = None;
        case.plan.certificate.gap = None;
    };
    finds(Kind::CertificateWrong, &[("certificate", "bound")], no_bound);
    allows(Kind::CertificateWrong, |case| {
        no_bound(case);
        case.plan.certificate.proof = Proof::None;
        case.plan.certificate.status = Status::Heuristic;
    });
}

#[test]
fn a_certificate_belongs_to_its_wave_and_names_its_limits() {
    finds(Kind::CertificateWrong, &[("certificate", "wave")], |case| {
        case.plan.certificate.wave = "another".into();
    });
    finds(Kind::CertificateWrong, &[("certificate", "currency")], |case| {
        case.plan.certificate.currency = "EUR".into();
    });
    finds(Kind::CertificateWrong, &[("certificate", "limits")], |case| {
        case.plan.certificate.scope = Scope::Pruned;
    });
}
