//! `export-model`: programs that another solver reads, with the optimum of the plan.

use crate::program::Place;
use std::collections::BTreeSet;
use wavewright::solve::solve_file;

/// Golden waves and a model for each: parcels, overload, frozen commitments, opened nodes, lanes.
const WAVES: [(&str, &str); 6] = [
    ("three-stores", "model"),
    ("overload", "model"),
    ("frozen", "model"),
    ("node-opening", "model"),
    ("consolidation", "model"),
    ("ship-complete", "model"),
];

/// Tests that a program read back has the plan's objective as its optimum, in both formats.
#[test]
fn an_exported_program_has_the_plans_objective() {
    let place = Place::new();
    for (wave, model) in WAVES {
        let folder = format!("datasets/golden/{wave}");
        let args = format!("{folder} --model {folder}/{model}.toml --gap 0");
        let plan = place.run(&format!("plan {args} --out DIR/{wave} --json --quiet"));
        assert_eq!(plan.code, 0, "{plan:?}");
        let minor = plan.json()["certificate"]["objective"].as_f64().unwrap() * 100.0;
        for format in ["mps", "lp"] {
            let ran = place.run(&format!("export-model {args} --out DIR/{wave}.{format}"));
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(ran.stderr.contains("with every column of the wave"), "{}", ran.stderr);
            let optimum = solve_file(&place.path(&format!("{wave}.{format}"))).unwrap();
            let close = (optimum - minor).abs() <= 1e-6 * minor.abs().max(1.0);
            assert!(close, "{wave}.{format}: {optimum} is not {minor}");
        }
    }
}

/// Tests that names say what they stand for, and that each stands for one thing.
#[test]
fn names_are_unique_and_can_be_read() {
    let place = Place::new();
    let ran = place.run("export-model datasets/quickstart --out DIR/program.lp --json --quiet");
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let text = std::fs::read_to_string(place.path("program.lp")).unwrap();
    let rows: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "st")
        .take_while(|line| *line != "bounds")
        .filter_map(|line| line.trim().split_once(": ").map(|(name, _)| name))
        .collect();
    let distinct: BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(distinct.len(), rows.len());
    assert_eq!(ran.json()["rows"], rows.len());
    for start in ["fill.", "stock.", "shipments."] {
        assert!(rows.iter().any(|name| name.starts_with(start)), "{start}: {rows:?}");
    }
    assert!(text.contains(" constant = 1"));
}

/// Tests that a larger wave has what its plan needs: the reduced program has the same optimum.
#[test]
fn a_reduced_program_has_the_plans_objective() {
    let place = Place::new();
    let generate = "generate --orders 220 --nodes 12 --skus 300 --seed 3 --out DIR/wave --quiet";
    assert_eq!(place.run(generate).code, 0);
    let args = "DIR/wave --model cost --gap 0 --quiet --json";
    let plan = place.run(&format!("plan {args} --out DIR/plan"));
    assert_eq!(plan.code, 0, "{plan:?}");
    let minor = plan.json()["certificate"]["objective"].as_f64().unwrap() * 100.0;
    let exported = place.run(&format!("export-model {args} --out DIR/program.mps"));
    assert_eq!(exported.json()["whole"], false, "{exported:?}");
    let optimum = solve_file(&place.path("program.mps")).unwrap();
    assert!((optimum - minor).abs() <= 1e-6 * minor.abs(), "{optimum} is not {minor}");
}
