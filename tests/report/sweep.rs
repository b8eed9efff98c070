//! `sweep`: its table, its folder, its page.

use crate::browser::ask;
use crate::program::{Place, names};
use serde_json::json;
use snapbox::{assert_data_eq, file};

const SPLIT: &str = "sweep datasets/golden/consolidation --model datasets/golden/consolidation/dear-lanes.toml \
                     --threads 1 --vary costs.split_cost=0:12:4";

/// Tests the table of a wave whose order is sent at once when splitting gets dear.
#[test]
fn the_points_are_told() {
    let place = Place::new();
    let ran = place.run(&format!("{SPLIT} --out DIR/sweep"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["../cli/snapshots/sweep.txt"].raw());
    assert!(ran.stderr.contains("costs.split_cost 8: point 3 of 4"), "{}", ran.stderr);
}

/// Tests that the folder holds tables, page and plans, that each plan is one of its own model, and that a
/// sweep replaces a sweep and nothing else.
#[test]
fn the_folder_holds_every_plan() {
    let place = Place::new();
    let run = |more: &str| place.run(format!("{SPLIT} --quiet --out DIR/sweep {more}").trim());
    let told = run("--json --csv").json();
    let folder = place.path("sweep");
    let files =
        ["costs.csv", "costs.parquet", "plans", "points.csv", "points.parquet", "sweep.html"];
    assert_eq!(names(&folder), files);
    assert_eq!(names(&folder.join("plans")), ["1", "2", "3", "4"]);
    let points = told["points"].as_array().unwrap();
    for point in points {
        let plan = folder.join("plans").join(point["point"].to_string());
        let certificate = std::fs::read(plan.join("certificate.json")).unwrap();
        let certificate: serde_json::Value = serde_json::from_slice(&certificate).unwrap();
        assert_eq!(certificate["model"]["costs"]["split_cost"], point["values"][0]);
        assert_eq!(certificate["objective"], point["objective"]);
        let verify =
            format!("verify datasets/golden/consolidation DIR/sweep/plans/{}", point["point"]);
        assert_eq!(place.run(&verify).code, 0);
    }
    let csv = std::fs::read_to_string(folder.join("points.csv")).unwrap();
    assert!(csv.starts_with("point,costs.split_cost,objective,bound,gap,status,paid,"), "{csv}");
    assert_eq!(csv.lines().count(), 5);
    let page = std::fs::read(folder.join("sweep.html")).unwrap();
    assert_eq!(run("").code, 0);
    assert_eq!(names(&folder), ["costs.parquet", "plans", "points.parquet", "sweep.html"]);
    assert_eq!(std::fs::read(folder.join("sweep.html")).unwrap(), page, "the same bytes");
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    let refused = run("");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("it holds no sweep"), "{}", refused.stderr);
}

/// Tests that of a wave that is made from a state a dearer change buys fewer changed lines, and what that
/// costs; of the shipped series, as it is on Monday morning.
#[test]
fn stability_has_its_price() {
    let place = Place::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let events = std::fs::read_to_string(root.join("datasets/omnichannel/events.jsonl")).unwrap();
    let morning = events.lines().take(56).map(|line| format!("{line}\n")).collect::<String>();
    std::fs::write(place.path("morning.jsonl"), morning).unwrap();
    for args in [
        "init datasets/omnichannel --state DIR/s",
        "events apply DIR/morning.jsonl --state DIR/s",
        "replan --state DIR/s --dry-run --out DIR/p --quiet",
    ] {
        assert_eq!(place.run(args).code, 0, "{args}");
    }
    let sweep =
        "sweep DIR/p/wave --vary costs.change_cost=0:6:2 --threads 1 --quiet --out DIR/sweep";
    let told = place.run(&format!("{sweep} --json")).json();
    let points = told["points"].as_array().unwrap();
    let changed: Vec<u64> =
        points.iter().map(|point| point["changed_lines"].as_u64().unwrap()).collect();
    let paid: Vec<f64> = points.iter().map(|point| point["paid"].as_f64().unwrap()).collect();
    assert!(changed.is_sorted_by(|a, b| a >= b) && changed[0] > changed[3], "{changed:?}");
    assert!(paid.is_sorted() && paid[0] < paid[3], "{paid:?}");
    let text = place.run(sweep).stdout;
    assert!(text.contains("kg CO2e   changed"), "{text}");
    let page = std::fs::read_to_string(place.path("sweep/sweep.html")).unwrap();
    assert!(page.contains("Paid against changed lines"));
}

/// Tests that what cannot be varied is refused before anything is planned.
#[test]
fn bad_settings_are_refused() {
    let place = Place::new();
    let cases = [
        ("--vary costs.spilt_cost=0:1:1", "did you mean costs.split_cost?"),
        ("--vary split_cost=0:1:1", "did you mean costs.split_cost?"),
        ("--vary horizon=0:1:1", "`wavewright schema model` lists all"),
        ("--vary rules.deadline=0:1:1", "no model has the numeric setting"),
        ("--vary costs.split_cost=0:1", "SETTING=START:STOP:STEP"),
        ("--vary costs.split_cost=0:1:0.001", "at most\n  │ 2 decimal places"),
        ("--vary rules.max_shipments=0.5,1", "rules.max_shipments cannot be 0.5"),
        ("--vary costs.split_cost=0:1:1 --vary costs.split_cost=2:3:1", "is to vary twice"),
        ("--vary solve.gap=1 --vary solve.seed=1 --vary solve.threads=1", "vary one or two"),
        ("", "--vary <SETTING=START:STOP:STEP>"),
    ];
    for (vary, why) in cases {
        let ran = place.run(format!("sweep datasets/quickstart --out DIR/sweep {vary}").trim());
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{vary}: {ran:?}");
        assert!(ran.stderr.contains(why), "{vary}: {}", ran.stderr);
    }
    assert!(place.names().is_empty());
}

/// Tests that the charts are drawn for one setting and for two.
#[test]
fn trade_offs_are_drawn() {
    let place = Place::new();
    assert_eq!(place.run(&format!("{SPLIT} --quiet --out DIR/one")).code, 0);
    let two = format!("{SPLIT} --vary costs.late_cost=0,3 --quiet --out DIR/two");
    assert_eq!(place.run(&two).code, 0);
    let probe = r##"
      const figures = [...document.querySelectorAll("figure")];
      return figures.map((figure) => [figure.id, figure.querySelectorAll(".mark-symbol path").length, figure.dataset.drawn]);
    "##;
    for (folder, points) in [("one", 4), ("two", 8)] {
        for width in [1200, 500] {
            let drawn = ask(&place.path(folder).join("sweep.html"), width, probe);
            let drawn = drawn.as_array().unwrap();
            assert_eq!(drawn.len(), 8);
            for figure in drawn {
                assert_eq!(figure[2], json!(points.to_string()), "{figure}");
                assert!(figure[1].as_u64() >= Some(points), "{figure}");
            }
        }
    }
}
