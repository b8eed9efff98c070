//! `check` and `generate`: good waves, bad waves, made-up waves.

use crate::program::{Place, names};
use snapbox::{assert_data_eq, file};
use std::path::Path;

/// Tests what `check` says about a wave without faults.
#[test]
fn a_good_wave_has_its_sizes_shown() {
    let place = Place::new();
    let ran = place.run("check datasets/quickstart --model balanced");
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_data_eq!(ran.stdout, file!["snapshots/check-good.txt"].raw());
    let json = place.run("check datasets/quickstart --json").json();
    assert_eq!(json["wave"], "quickstart");
    assert_eq!((&json["size"]["orders"], &json["findings"]), (&18.into(), &serde_json::json!([])));
}

/// Tests that all findings of a wave are told, as text and as JSON, and that nothing is planned.
#[test]
fn a_bad_wave_has_its_findings_told() {
    let place = Place::new();
    let ran = place.run("check datasets/invalid/E0206");
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert_data_eq!(ran.stderr, file!["snapshots/check-bad.txt"].raw());
    let ran = place.run("plan datasets/invalid/E0206 --out DIR/plan --json");
    assert_eq!((ran.code, &*ran.stderr), (3, ""));
    assert_eq!(ran.json()["findings"][0]["code"], "E0206");
    assert!(place.names().is_empty());
}

/// Tests that a model's findings are told like a wave's.
#[test]
fn a_bad_model_has_its_findings_told() {
    let place = Place::new();
    std::fs::write(place.path("model.toml"), "name = \"m\"\n[costs]\nsplit = 1\n").unwrap();
    let ran = place.run("check datasets/quickstart --model DIR/model.toml");
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("error[E0703] model.toml, line 3"), "{}", ran.stderr);
    let ran = place.run("check datasets/quickstart --model balance");
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("did you mean balanced?"), "{}", ran.stderr);
}

/// Tests that a generated wave can be planned, and that its seed says everything about it.
#[test]
fn the_same_seed_makes_the_same_wave() {
    let place = Place::new();
    let args = "generate --orders 30 --nodes 6 --skus 12 --regime peak --seed 9 --out";
    let ran = place.run(&format!("{args} DIR/one"));
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert!(ran.stdout.contains("orders") && ran.stdout.contains("Written to DIR/one"));
    let json = place.run(&format!("{args} DIR/two --json")).json();
    assert_eq!(json["rows"]["orders"], 30);
    let files = names(&place.path("one"));
    assert_eq!(files, names(&place.path("two")));
    for file in files {
        let read = |folder: &str| std::fs::read(place.path(folder).join(&file)).unwrap();
        assert_eq!(read("one"), read("two"), "{file}");
    }
    assert_eq!(place.run("check DIR/one").code, 0);
    assert_eq!(place.run(&format!("{args} DIR/three --format parquet")).code, 0);
    assert!(Path::new(&place.path("three/orders.parquet")).is_file());
}
