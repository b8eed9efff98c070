//! `plan`: its summary, its folder, its settings.

use crate::program::{Place, STORES, names};
use serde_json::{Value, json};
use snapbox::{assert_data_eq, file};
use std::path::Path;

/// Tests that a closed node has no shadow price: what it could do is not in the program. An open one
/// has, and be it 0.
#[test]
fn a_closed_node_has_no_price() {
    let place = Place::new();
    let closed = place.path("closed");
    std::fs::create_dir(&closed).unwrap();
    for name in names(Path::new("datasets/quickstart")) {
        std::fs::copy(Path::new("datasets/quickstart").join(&name), closed.join(&name)).unwrap();
    }
    let file = closed.join("node_capacity.csv");
    let rows = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, rows.replace("DC-EAST,,shipments,6,2,", "DC-EAST,,shipments,0,0,"))
        .unwrap();
    assert_eq!(place.run("plan DIR/closed --quiet --csv --out DIR/plan").code, 0);
    let load = std::fs::read_to_string(place.path("plan/node_load.csv")).unwrap();
    let of_node = |node: &str| -> Vec<bool> {
        let rows = load.lines().filter(|row| row.starts_with(node) && row.contains("shipments"));
        rows.map(|row| row.ends_with(',')).collect()
    };
    let (closed, open) = (of_node("DC-EAST"), of_node("DC-WEST"));
    assert!(!closed.is_empty() && closed.iter().all(|is_empty| *is_empty), "{load}");
    assert!(!open.is_empty() && open.iter().all(|is_empty| !is_empty), "{load}");
}

/// Tests the summary of a small wave, of one where weights count, of one with open lines, and of one
/// with returns.
#[test]
fn the_summary_tells_the_plan() {
    let place = Place::new();
    let ran = place.run(&format!("plan {STORES} --method exact --out DIR/stores"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["snapshots/plan-three-stores.txt"].raw());
    let markdown =
        "datasets/golden/markdown --model datasets/golden/markdown/without-opportunity.toml";
    let ran = place.run(&format!("plan {markdown} --method exact --out DIR/markdown"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["snapshots/plan-markdown.txt"].raw());
    let complete = "datasets/golden/ship-complete --model datasets/golden/ship-complete/model.toml";
    let ran = place.run(&format!("plan {complete} --method exact --out DIR/complete"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["snapshots/plan-ship-complete.txt"].raw());
    let exchange = "datasets/golden/exchange --model datasets/golden/exchange/model.toml";
    let ran = place.run(&format!("plan {exchange} --method exact --out DIR/exchange"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["snapshots/plan-exchange.txt"].raw());
}

/// Tests that the JSON has the certificate as it is written, and the key figures.
#[test]
fn the_result_is_printed_as_json() {
    let place = Place::new();
    let ran = place.run(&format!("plan {STORES} --out DIR/plan --json"));
    let result = ran.json();
    assert_eq!(result["certificate"], certificate(&place.path("plan")));
    assert_eq!(result["certificate"]["objective"], 28.0);
    assert_eq!(result["certificate"]["cost"]["parcel_freight"], 28.0);
    let kpis = &result["kpis"];
    assert_eq!((&kpis["orders"], &kpis["shipments_per_order"]), (&json!(3), &json!(1.0)));
    assert_eq!((&kpis["fill_rate"], &kpis["on_time_rate"]), (&json!(1.0), &Value::Null));
}

/// Tests the key figures of plans with split orders and with open lines.
#[test]
fn key_figures_are_counted() {
    let place = Place::new();
    let kpis = |wave: &str, model: &str| {
        let folder = format!("datasets/golden/{wave}");
        let args =
            format!("plan {folder} --model {folder}/{model}.toml --out DIR/{wave} --json -q");
        place.run(&args).json()["kpis"].clone()
    };
    let split = kpis("consolidation", "dear-lanes");
    assert_eq!((&split["split_rate"], &split["shipments_per_order"]), (&json!(1.0), &json!(2.0)));
    let open = kpis("ship-complete", "model");
    assert_eq!((&open["fill_rate"], &open["order_fill_rate"]), (&json!(0.6), &json!(0.5)));
    assert_eq!(open["unfilled_by_reason"], json!({ "stock_taken_by_better_use": 2 }));
    let late = kpis("deadlines", "soft");
    assert!(late["dated_lines"].as_u64().unwrap() > 0, "{late}");
    let back =
        |kpis: Value| ["returns", "returns_planned", "returns_sent"].map(|key| kpis[key].clone());
    assert_eq!(back(kpis("exchange", "model")), [4, 4, 1].map(Value::from));
    assert_eq!(back(kpis("exchange", "without-returns")), [4, 3, 2].map(Value::from));
}

/// Tests that options replace the model's settings, and that the certificate shows what was used.
#[test]
fn options_replace_the_models_settings() {
    let place = Place::new();
    let options = "--gap 0.25 --time-limit 99 --threads 1 --seed 77 --method exact --quiet";
    assert_eq!(place.run(&format!("plan {STORES} --out DIR/plan {options}")).code, 0);
    let certificate = certificate(&place.path("plan"));
    let solve = &certificate["model"]["solve"];
    let expected = json!({
        "gap": 0.25, "time_limit_s": 99.0, "threads": 1, "seed": 77, "method": "exact",
    });
    assert_eq!(solve, &expected);
    assert_eq!((&certificate["threads"], &certificate["seed"]), (&json!(1), &json!(77)));
    assert_eq!(certificate["method"], "exact");
}

/// Tests that the same wave, model and seed give the same files, times aside.
#[test]
fn the_same_seed_gives_the_same_plan() {
    let place = Place::new();
    for out in ["one", "two"] {
        let args = format!("plan datasets/quickstart --threads 2 --csv --quiet --out DIR/{out}");
        assert_eq!(place.run(&args).code, 0);
    }
    let files = names(&place.path("one"));
    assert_eq!(files, names(&place.path("two")));
    assert!(files.contains(&"assignments.csv".to_owned()), "{files:?}");
    for file in files.iter().filter(|file| *file != "certificate.json") {
        let read = |folder: &str| std::fs::read(place.path(folder).join(file)).unwrap();
        assert_eq!(read("one"), read("two"), "{file}");
    }
    let timeless = |folder: &str| {
        let mut certificate = certificate(&place.path(folder));
        assert!(certificate["seconds"]["total"].is_number());
        certificate["seconds"] = Value::Null;
        certificate
    };
    assert_eq!(timeless("one"), timeless("two"));
}

/// Tests that the certificate records how best plan and bound approached each other.
#[test]
fn the_run_is_recorded() {
    let place = Place::new();
    assert_eq!(place.run("plan datasets/quickstart --quiet --out DIR/plan").code, 0);
    let certificate = certificate(&place.path("plan"));
    let steps = certificate["seconds"]["progress"].as_array().unwrap();
    let amounts =
        |what: &str| -> Vec<f64> { steps.iter().filter_map(|step| step[what].as_f64()).collect() };
    let (incumbents, seconds) = (amounts("incumbent"), amounts("seconds"));
    assert!(!incumbents.is_empty() && seconds.len() == steps.len(), "{steps:?}");
    assert!(incumbents.is_sorted_by(|a, b| a >= b), "plans get no worse: {incumbents:?}");
    assert!(seconds.is_sorted(), "{seconds:?}");
    let objective = certificate["objective"].as_f64().unwrap();
    assert!(amounts("bound").iter().all(|bound| *bound <= objective + 0.005), "{steps:?}");
}

/// Tests that a plan takes the place of an earlier one, which stays where planning fails.
#[test]
fn an_earlier_plan_is_replaced_by_a_whole_one() {
    let place = Place::new();
    assert_eq!(place.run(&format!("plan {STORES} --out DIR/plan --csv --quiet")).code, 0);
    let before = names(&place.path("plan"));
    assert_eq!(place.run("plan datasets/invalid/E0206 --out DIR/plan").code, 3);
    assert_eq!(names(&place.path("plan")), before);
    assert_eq!(place.run(&format!("plan {STORES} --out DIR/plan --quiet")).code, 0);
    assert!(!place.path("plan/assignments.csv").exists());
    assert_eq!(place.names(), ["plan"]);
}

fn certificate(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("certificate.json")).unwrap()).unwrap()
}
