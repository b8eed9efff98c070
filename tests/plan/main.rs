//! Tests of plans: a correct plan has no violations and the costs worked out on paper; a
//! corrupted one is found out, each corruption by its kind; folders are written and read.

mod certificate;
#[path = "../common/mod.rs"]
mod common;
mod costs;
mod fixture;
mod folder;
mod orders;
mod plan;
mod resources;
mod returns;
mod routes;
mod tables;

use wavewright::domain::{Model, Wave, WaveParts};
use wavewright::plan::Plan;
use wavewright::verify::{Verification, ViolationKind, verify};

/// A wave, a model and a plan to be corrupted.
struct Case {
    parts: WaveParts,
    model: Model,
    plan: Plan,
}

impl Case {
    fn new() -> Case {
        Case { parts: fixture::parts(), model: fixture::model(), plan: plan::plan() }
    }

    fn verify(self) -> Verification {
        verify(&Wave::new(self.parts), &self.model, &self.plan)
    }
}

/// Asserts that a corruption is found as `kind`, with labels and ids among what it names.
fn finds(kind: ViolationKind, named: &[(&str, &str)], corrupt: impl FnOnce(&mut Case)) {
    let mut case = Case::new();
    corrupt(&mut case);
    let found = case.verify();
    let is_named = |what: &[(&'static str, String)]| {
        named.iter().all(|(label, id)| what.iter().any(|(l, i)| l == label && i == id))
    };
    assert!(
        found.violations.iter().any(|one| one.kind == kind && is_named(&one.what)),
        "no {kind} about {named:?} among {:#?}",
        found.violations
    );
}

/// Asserts that a change of wave, model and plan is allowed: nothing of `kind` is found.
fn allows(kind: ViolationKind, change: impl FnOnce(&mut Case)) {
    let mut case = Case::new();
    change(&mut case);
    let found = case.verify();
    let of_kind: Vec<_> = found.violations.iter().filter(|one| one.kind == kind).collect();
    assert!(of_kind.is_empty(), "{of_kind:#?}");
}

#[test]
fn the_hand_made_plan_has_no_violations() {
    let found = Case::new().verify();
    assert!(found.is_valid(), "{:#?}", found.violations);
}

#[test]
fn the_codes_of_violations_are_distinct() {
    let mut codes: Vec<&str> = ViolationKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ViolationKind::ALL.len());
}

#[test]
fn a_violation_says_what_was_found_and_what_is_expected() {
    let mut case = Case::new();
    case.plan.stock_use[0].used = 6;
    let found = case.verify().violations;
    assert_eq!(
        found[0].to_string(),
        "stock_use_wrong: node DC, sku A, column used: found 6, expected 5. \
         A column of a stock use does not follow from the assignments."
    );
    let json = serde_json::to_value(&found[0]).unwrap();
    assert_eq!(json["kind"], "stock_use_wrong");
    assert_eq!(json["what"]["sku"], "A");
}
