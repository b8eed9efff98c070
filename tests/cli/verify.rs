//! `verify`: sound plans, corrupted plans, plans that cannot be read.

use crate::program::{Place, STORES};
use snapbox::{assert_data_eq, file};

const VERIFY: &str = "verify datasets/golden/three-stores DIR/plan";

fn planned() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&format!("plan {STORES} --out DIR/plan --quiet")).code, 0);
    place
}

/// Tests that a sound plan passes, with its costs recomputed.
#[test]
fn a_sound_plan_passes() {
    let place = planned();
    let ran = place.run(VERIFY);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_data_eq!(ran.stdout, file!["snapshots/verify-sound.txt"].raw());
    let json = place.run(&format!("{VERIFY} --json")).json();
    assert_eq!((&json["valid"], &json["objective"]), (&true.into(), &28.0.into()));
    assert_eq!(json["cost"]["parcel_freight"], 28.0);
}

/// Tests that a certificate which promises too much is found out.
#[test]
fn a_corrupted_plan_is_found_out() {
    let place = planned();
    let path = place.path("plan/certificate.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let lie = text.replace("\"objective\": 28.0", "\"objective\": 27.0");
    assert_ne!(text, lie);
    std::fs::write(&path, lie).unwrap();
    let ran = place.run(VERIFY);
    assert_eq!((ran.code, &*ran.stderr), (6, ""));
    assert_data_eq!(ran.stdout, file!["snapshots/verify-corrupted.txt"].raw());
    let json = place.run(&format!("{VERIFY} --json")).json();
    assert_eq!(json["valid"], false);
    let violations = json["violations"].as_array().unwrap();
    assert!(violations.iter().any(|violation| violation["kind"] == "objective_wrong"));
}

/// Tests that a folder which is not there is one finding, not one for each of its files.
#[test]
fn a_plan_that_is_not_there_is_one_finding() {
    let place = planned();
    let ran = place.run(&VERIFY.replace("DIR/plan", "DIR/nowhere"));
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert!(ran.stderr.contains("the folder of the plan is not there"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 error, 0 warnings"), "{}", ran.stderr);
}

/// Tests that a plan with a missing table is bad data, not a wrong plan.
#[test]
fn a_plan_with_a_missing_table_cannot_be_read() {
    let place = planned();
    std::fs::remove_file(place.path("plan/shipments.parquet")).unwrap();
    let ran = place.run(VERIFY);
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert!(ran.stderr.contains("error[P0101] shipments.parquet"), "{}", ran.stderr);
}
