//! `compare`: its text, its folder, its figures against what can be worked out by hand.

use crate::program::{Place, STORES, names};
use serde_json::{Value, json};
use snapbox::{assert_data_eq, file};
use std::collections::BTreeSet;
use std::path::Path;
use wavewright::tables::{Column, Table, read};

const TWO: &str = "compare datasets/quickstart --strategies cheapest-order,optimal --quiet";

/// Tests the text about one wave, without and with a bound.
#[test]
fn the_text_puts_strategies_side_by_side() {
    let place = Place::new();
    let rules = "compare datasets/quickstart --strategies nearest,priority,fewest-shipments";
    let ran = place.run(&format!("{rules} --quiet --out DIR/compared"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["snapshots/compare-rules.txt"].raw());
    let bounded = format!("compare {STORES} --strategies nearest,optimal --base optimal");
    let ran = place.run(&format!("{bounded} --quiet --out DIR/compared"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_data_eq!(ran.stdout, file!["snapshots/compare-bound.txt"].raw());
}

/// Tests that the figures of the quickstart are those that its README and its tables give by hand.
#[test]
fn figures_are_those_worked_out_by_hand() {
    let place = Place::new();
    let three = TWO.replace("optimal", "optimal,nearest");
    let result = place.run(&format!("{three} --out DIR/compared --json")).json();
    let wave = &result["comparison"]["waves"][0];
    assert_eq!((&wave["wave"], &wave["orders"]), (&json!("quickstart"), &json!(18)));
    let bound = wave["bound"].as_f64().unwrap();
    assert!((254.96 * 0.999..=254.96).contains(&bound), "{bound}");
    let is = |plan: usize, figure: &str, expected: f64| {
        let found = wave["plans"][plan]["figures"][figure].as_f64();
        let close = found.is_some_and(|found| (found - expected).abs() < 1e-9);
        assert!(close, "{plan} {figure}: {found:?}, not {expected}");
    };
    let (myopic, optimal, nearest) = (0, 1, 2);
    is(myopic, "objective", 269.29);
    is(optimal, "objective", 254.96);
    is(myopic, "gap_to_bound", (269.29 - bound) / 269.29);
    is(optimal, "gap_to_bound", (254.96 - bound) / 254.96);
    is(optimal, "cost_per_order", 254.96 / 18.0);
    // 15 of the 18 orders are shipped, the others handed over; each in one shipment.
    is(optimal, "shipments", 18.0);
    is(optimal, "parcels", 15.0);
    is(optimal, "shipments_per_order", 1.0);
    is(optimal, "split_rate", 0.0);
    // Phoenix has two lines, each a day late.
    is(myopic, "on_time_line_rate", 25.0 / 27.0);
    is(myopic, "on_time_order_rate", 17.0 / 18.0);
    is(myopic, "days_late", 2.0);
    is(optimal, "on_time_order_rate", 1.0);
    is(optimal, "fill_rate", 1.0);
    is(optimal, "order_fill_rate", 1.0);
    // Pittsburgh and Cleveland from Chicago in place of Columbus, Houston from Atlanta in place of
    // Dallas: each one zone farther.
    is(optimal, "cross_zone_share", 3.0 / 15.0);
    // Releases over four days: Columbus 9 with 6 a day, 7 of them on the first; Reno 4 with 5;
    // Chicago 4, Denver 3 and Dallas 1 with 3.
    let used = 9.0 / 6.0 + 4.0 / 5.0 + 8.0 / 3.0;
    is(nearest, "mean_utilisation", used / 20.0);
    is(nearest, "peak_utilisation", 7.0 / 6.0);
    is(nearest, "overloads", 1.0);
    // Stove, lantern and jacket in Chicago, the cool box in Dallas.
    is(optimal, "store_items_at_zero", 4.0);
    is(optimal, "stores_at_zero", 2.0);
    assert_eq!(wave["plans"][optimal]["figures"]["cost"]["parcel_freight"], 209.55);
    assert_eq!(wave["plans"][optimal]["figures"]["cost"]["item_purchase"], 5.0);
}

/// Tests the differences by order that the README of the quickstart tells.
#[test]
fn differences_are_the_story_of_the_quickstart() {
    let place = Place::new();
    let result = place.run(&format!("{TWO} --out DIR/compared --json")).json();
    let plan = &result["comparison"]["waves"][0]["plans"][1];
    let rows = |key: &str| -> Vec<(String, f64)> {
        let rows = plan[key].as_array().unwrap().iter();
        rows.map(|row| {
            let order = row["order_id"].as_str().unwrap().to_owned();
            (order, row["difference"].as_f64().unwrap())
        })
        .collect()
    };
    let owned = |rows: [(&str, f64); 2]| rows.map(|(order, by)| (order.to_owned(), by));
    let saving = [("O11-Phoenix", -12.13), ("O06-Washington", -7.9)];
    assert_eq!(rows("orders_saving_most"), owned(saving));
    let losing = [("O01-Pittsburgh", 3.15), ("O09-Salt-Lake", 2.55)];
    assert_eq!(rows("orders_losing_most"), owned(losing));
    let changes = |key: &str, at: usize| plan[key][at]["changes"].as_array().unwrap().clone();
    // Phoenix gets its boots from elsewhere, and the gas without a transfer.
    for change in ["source", "route", "date"] {
        assert!(changes("orders_saving_most", 0).contains(&json!(change)), "{change}");
    }
    for at in 0..2 {
        assert_eq!(changes("orders_losing_most", at)[0], "source");
        assert!(!changes("orders_losing_most", at).contains(&json!("route")));
    }
    assert_eq!(plan["changes"]["source"], 4);
    // Nothing is taken from any node, only swapped between orders.
    assert_eq!(plan["nodes_gaining_most"], json!([]));
    assert_eq!(plan["nodes_giving_most"], json!([]));
}

/// Tests that the parts add up: terms and orders to the objective, groups and nodes to the wave.
#[test]
fn tables_add_up() {
    let place = Place::new();
    let args = "compare datasets/quickstart --strategies nearest,optimal,balance-load";
    assert_eq!(place.run(&format!("{args} --quiet --out DIR/compared")).code, 0);
    let table = |name: &str| read(&place.path("compared").join(name)).unwrap();
    let runs = table("runs.parquet");
    assert_eq!(texts(&runs, "strategy"), ["nearest", "optimal", "balance-load"]);
    let objectives = floats(&runs, "objective");
    let costs = table("costs.parquet");
    let orders = table("orders.parquet");
    let groups = table("groups.parquet");
    let nodes = table("nodes.parquet");
    for (at, strategy) in texts(&runs, "strategy").iter().enumerate() {
        let sum = |table: &Table, column: &str, keep: &dyn Fn(usize) -> bool| -> f64 {
            let strategies = texts(table, "strategy");
            let rows = floats(table, column).into_iter().enumerate();
            rows.filter(|(row, _)| strategies[*row] == *strategy && keep(*row))
                .map(|(_, value)| value)
                .sum()
        };
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{strategy}: {a} {b}");
        close(sum(&costs, "weighted", &|_| true), objectives[at]);
        let terms = texts(&costs, "term");
        let shared = |row: usize| ["overload", "node_opening"].contains(&&*terms[row]);
        let own = objectives[at] - sum(&costs, "weighted", &shared);
        let by = texts(&groups, "by");
        for dimension in ["channel", "customer_tier", "region", "journey"] {
            close(sum(&groups, "cost", &|row| by[row] == dimension), own);
            close(sum(&groups, "units", &|row| by[row] == dimension), 31.0);
            close(sum(&groups, "orders", &|row| by[row] == dimension), 18.0);
        }
        close(sum(&groups, "units", &|row| by[row] == "node_kind"), 31.0);
        close(sum(&nodes, "units", &|_| true), 31.0);
        close(sum(&nodes, "shipments", &|_| true), floats(&runs, "shipments")[at]);
        close(sum(&nodes, "kg_co2", &|_| true), floats(&runs, "kg_co2")[at]);
        let moved = ["parcel_freight", "transfer_freight", "handling", "overload", "node_opening"];
        let moved = sum(&costs, "amount", &|row| moved.contains(&&*terms[row]));
        close(sum(&nodes, "cost", &|_| true), moved);
        // What orders save, and what they share, is what the plan saves.
        let difference = sum(&orders, "difference", &|_| true);
        let shared = sum(&costs, "weighted", &shared) - sum(&costs, "base_weighted", &shared);
        close(difference + shared, objectives[at] - objectives[0]);
    }
}

/// Tests that several waves give paired differences, and that a folder stands for its waves.
#[test]
fn several_waves_are_paired() {
    let place = Place::new();
    for seed in 1..=3 {
        let made = format!("generate --orders 12 --nodes 6 --skus 8 --seed {seed}");
        assert_eq!(place.run(&format!("{made} --out DIR/nights/night-{seed} --quiet")).code, 0);
    }
    let args = "compare DIR/nights --strategies nearest,cheapest-order --quiet";
    let ran = place.run(&format!("{args} --base cheapest-order --out DIR/compared --json"));
    let result = ran.json();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let waves = result["comparison"]["waves"].as_array().unwrap();
    let labels: Vec<&str> = waves.iter().map(|wave| wave["wave"].as_str().unwrap()).collect();
    assert_eq!(labels, ["night-1", "night-2", "night-3"]);
    let objective =
        |wave: &Value, at: usize| wave["plans"][at]["figures"]["objective"].as_f64().unwrap();
    let differences: Vec<f64> =
        waves.iter().map(|wave| objective(wave, 0) - objective(wave, 1)).collect();
    let mean = differences.iter().sum::<f64>() / 3.0;
    let squares: f64 = differences.iter().map(|value| (value - mean).powi(2)).sum();
    let deviation = (squares / 2.0).sqrt();
    let paired = result["comparison"]["paired"].as_array().unwrap();
    let row = paired.iter().find(|row| row["figure"] == "objective").unwrap();
    assert_eq!((&row["strategy"], &row["waves"]), (&json!("nearest"), &json!(3)));
    let close = |key: &str, expected: f64| {
        let found = row[key].as_f64().unwrap();
        assert!((found - expected).abs() < 1e-6 * expected.abs().max(1.0), "{key}: {found}");
    };
    close("mean_difference", mean);
    close("standard_deviation", deviation);
    close("low95", mean - 4.302653 * deviation / 3_f64.sqrt());
    close("high95", mean + 4.302653 * deviation / 3_f64.sqrt());
    let table = read(&place.path("compared/paired.parquet")).unwrap();
    assert_eq!(table.height(), paired.len());
    let text = place.run(&format!("{args} --out DIR/text")).stdout;
    assert!(text.contains("Paired differences to nearest over 3 waves"), "{text}");
}

/// Tests that all waves are read before the first is planned, and that findings name theirs.
#[test]
fn what_is_wrong_with_any_wave_is_told_at_once() {
    let place = Place::new();
    for night in ["night-1", "night-2", "night-3"] {
        let made = "generate --orders 5 --nodes 5 --skus 5 --format csv";
        assert_eq!(place.run(&format!("{made} --out DIR/nights/{night} --quiet")).code, 0);
    }
    for night in ["night-2", "night-3"] {
        let orders = place.path("nights").join(night).join("order_lines.csv");
        std::fs::write(orders, "order_id,line,sku,quantity\nO1,1,none,0\n").unwrap();
    }
    let ran = place.run("compare DIR/nights --strategies nearest --out DIR/compared");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    for told in ["night-2/order_lines.csv, row 1, quantity", "night-3/order_lines.csv, row 1"] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("night-1: nearest"), "{}", ran.stderr);
    assert_eq!(place.names(), ["nights"]);
}

/// Tests that every plan is written and passes `verify`, and that a comparison takes the place of an
/// earlier one only.
#[test]
fn the_folder_holds_verified_plans_and_is_replaced_whole() {
    let place = Place::new();
    assert_eq!(place.run(&format!("{TWO} --out DIR/compared --csv")).code, 0);
    for strategy in ["cheapest-order", "optimal"] {
        let plan = format!("DIR/compared/plans/quickstart/{strategy}");
        let verified = place.run(&format!("verify datasets/quickstart {plan}"));
        assert_eq!(verified.code, 0, "{}", verified.stdout);
    }
    let first = names(&place.path("compared"));
    assert!(first.contains(&"orders.csv".to_owned()), "{first:?}");
    let again = "compare datasets/quickstart --strategies nearest --quiet --out DIR/compared";
    assert_eq!(place.run(again).code, 0);
    assert_eq!(names(&place.path("compared/plans/quickstart")), ["nearest"]);
    assert!(!place.path("compared/orders.csv").exists());
    assert_eq!(place.names(), ["compared"]);
    std::fs::write(place.path("compared/notes.txt"), "mine").unwrap();
    let refused = place.run(again);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("it holds no comparison"), "{}", refused.stderr);
    assert!(place.path("compared/notes.txt").exists());
}

/// Tests that the same input gives the same tables.
#[test]
fn the_same_input_gives_the_same_tables() {
    let place = Place::new();
    for out in ["one", "two"] {
        assert_eq!(place.run(&format!("{TWO} --out DIR/{out}")).code, 0);
    }
    for file in names(&place.path("one")).iter().filter(|name| *name != "plans") {
        let bytes = |folder: &str| std::fs::read(place.path(folder).join(file)).unwrap();
        assert_eq!(bytes("one"), bytes("two"), "{file}");
    }
}

/// Tests what is refused before anything is planned.
#[test]
fn wrong_comparisons_are_refused() {
    let place = Place::new();
    let base = "compare datasets/quickstart --out DIR/c";
    let cases = [
        (format!("{base} --strategies nearest --base optimal"), "is not among the strategies"),
        (format!("{base} --strategies nearest,nearest"), "is named twice"),
        (format!("{base} --strategies magic"), "possible values"),
        (format!("{base} datasets/quickstart --strategies nearest"), "have the same name"),
        ("compare nowhere --out DIR/c".to_owned(), "E0101"),
    ];
    for (args, part) in cases {
        let ran = place.run(&args);
        assert!([2, 3].contains(&ran.code), "{args}: {}", ran.code);
        assert!(ran.stderr.contains(part), "{args}: {}", ran.stderr);
    }
    assert!(place.names().is_empty());
}

/// Tests that the page about comparisons has every table with every column.
#[test]
fn the_page_describes_every_column() {
    let place = Place::new();
    assert_eq!(place.run(&format!("{TWO} --out DIR/compared")).code, 0);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/formats/compare.md")).unwrap();
    let files = names(&place.path("compared"));
    let tables: BTreeSet<&str> =
        files.iter().filter_map(|name| name.strip_suffix(".parquet")).collect();
    assert_eq!(tables.len(), 6, "{files:?}");
    for name in tables {
        let section = page.split("\n## ").find(|part| part.starts_with(&format!("`{name}`\n")));
        let section = section.unwrap_or_else(|| panic!("{name} has no section"));
        let table = read(&place.path("compared").join(name).with_extension("parquet")).unwrap();
        for (column, _) in &table.columns {
            assert!(section.contains(&format!("`{column}`")), "{name}: {column}");
        }
    }
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    match table.column(name) {
        Some(Column::Text(values)) => {
            values.iter().map(|value| value.clone().unwrap_or_default()).collect()
        }
        other => panic!("{name}: {other:?}"),
    }
}

fn floats(table: &Table, name: &str) -> Vec<f64> {
    match table.column(name) {
        Some(Column::Float(values)) => values.iter().map(|value| value.unwrap_or(0.0)).collect(),
        Some(Column::Int(values)) => values.iter().map(|value| value.unwrap_or(0) as f64).collect(),
        Some(Column::Decimal { places, values }) => {
            let unit = 10_f64.powi(*places as i32);
            values.iter().map(|value| value.unwrap_or(0) as f64 / unit).collect()
        }
        other => panic!("{name}: {other:?}"),
    }
}
