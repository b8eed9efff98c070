//! `order show`, `stock` and `exceptions`: views of a state after three days of events.

use crate::program::Place;
use snapbox::{assert_data_eq, file};
use wavewright::tables::{Column, read};

/// A place with the state after the shipped series of events.
fn place() -> Place {
    let place = Place::new();
    assert_eq!(place.run("init datasets/omnichannel --state DIR/state").code, 0);
    let ran = place.run("events apply datasets/omnichannel/events.jsonl --state DIR/state --quiet");
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    place
}

/// Tests the single view of an order that was short picked and came from two nodes.
#[test]
fn an_order_is_shown() {
    let place = place();
    let ran = place.run("order show H028 --state DIR/state");
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_data_eq!(ran.stdout, file!["snapshots/order-show.txt"].raw());
    let json = place.run("order show H028 --state DIR/state --json").json();
    assert_eq!((&json["status"], &json["deliver_by"]), (&"delivered".into(), &"2026-12-03".into()));
    assert_eq!(json["lines"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["exceptions"][0]["cause"], "short_pick");
}

/// Tests that a name that is unknown is told with the nearest known one.
#[test]
fn unknown_names_are_bad_usage() {
    let place = place();
    for (args, message, help) in [
        ("order show H028x", "the order H028x is unknown", "did you mean H028?"),
        ("stock --sku trow", "the item trow is unknown", "did you mean throw?"),
        ("stock --node DC-NY", "the node DC-NY is unknown", "did you mean DC-NJ?"),
    ] {
        let ran = place.run(&format!("{args} --state DIR/state --json"));
        assert_eq!(ran.code, 2, "{ran:?}");
        let error = &ran.json()["error"];
        assert_eq!((&error["message"], &error["help"]), (&message.into(), &help.into()));
    }
    assert_eq!(place.run("stock --by tomorrow --state DIR/state").code, 2);
}

/// Tests stock as a table, as JSON, and as files of both formats with the same rows.
#[test]
fn stock_is_shown_and_written() {
    let place = place();
    let args = "stock --sku lamp-table --by 2026-12-04 --state DIR/state";
    assert_data_eq!(place.run(args).stdout, file!["snapshots/stock.txt"].raw());
    let json = place.run(&format!("{args} --json")).json();
    assert_eq!(json["stock"][0]["available"], 4);
    for name in ["stock.csv", "stock.parquet"] {
        let ran = place.run(&format!("{args} --out DIR/{name}"));
        assert_eq!((ran.code, &*ran.stdout), (0, ""));
        assert_eq!(ran.stderr, format!("2 rows written to DIR/{name}\n"));
        let table = read(&place.path(name)).unwrap();
        assert_eq!((table.height(), table.columns.len()), (2, 12));
    }
    let parquet = read(&place.path("stock.parquet")).unwrap();
    assert_eq!(parquet.column("available"), Some(&Column::Int(vec![Some(4), Some(6)])));
    let ran = place.run(&format!("{args} --out DIR/stock.xlsx"));
    assert_eq!(ran.code, 2);
    assert_eq!(place.names(), ["state", "stock.csv", "stock.parquet"]);
    let network = place.run("stock --network --sku lamp-table --state DIR/state --json").json();
    assert_eq!(network["availability"][0]["vendor"], 6);
}

/// Tests the queue of exceptions, open ones and all.
#[test]
fn exceptions_are_listed() {
    let place = place();
    let open = place.run("exceptions --state DIR/state");
    assert_data_eq!(open.stdout, file!["snapshots/exceptions.txt"].raw());
    let all = place.run("exceptions --all --state DIR/state --json").json();
    assert_eq!(all["exceptions"].as_array().map(Vec::len), Some(14));
    let none = place.run("exceptions --cause short_pick --state DIR/state");
    assert_eq!((none.code, &*none.stdout), (0, "no exceptions\n"));
}

/// Tests the orders at a glance: all, those of a status, and as a file.
#[test]
fn orders_are_listed() {
    let place = place();
    let held = place.run("order list --status exception --state DIR/state");
    assert_eq!((held.code, &*held.stderr), (0, ""));
    let all = place.run("order list --state DIR/state --json").json();
    let all = all["orders"].as_array().unwrap().clone();
    let of = |status: &str| -> Vec<String> {
        let args = format!("order list --status {status} --state DIR/state --json");
        let listed = place.run(&args).json();
        let rows = listed["orders"].as_array().unwrap().iter();
        assert!(rows.clone().all(|row| row["status"] == status));
        rows.map(|row| row["order_id"].as_str().unwrap().to_owned()).collect()
    };
    let statuses = wavewright::orchestrate::state::OrderStatus::ALL;
    let by_status: Vec<Vec<String>> = statuses.iter().map(|status| of(status.name())).collect();
    assert_eq!(by_status.iter().map(Vec::len).sum::<usize>(), all.len());
    assert!(by_status.iter().filter(|orders| !orders.is_empty()).count() > 2);
    // What is said of an order is what its own view says.
    for row in &all {
        let id = row["order_id"].as_str().unwrap();
        let shown = place.run(&format!("order show {id} --state DIR/state --json")).json();
        for column in ["status", "placed_at", "destination", "ship_by", "deliver_by", "expected"] {
            assert_eq!(row[column], shown[column], "{id} {column}");
        }
        let parts = shown["lines"].as_array().unwrap();
        let units = |fits: &dyn Fn(&str) -> bool| -> u64 {
            let parts = parts.iter().filter(|part| fits(part["stage"].as_str().unwrap()));
            parts.map(|part| part["quantity"].as_u64().unwrap()).sum()
        };
        assert_eq!(row["units"], units(&|stage| stage != "cancelled"), "{id}");
        assert_eq!(row["open"], units(&|stage| stage == "open" || stage == "exception"), "{id}");
        assert_eq!(row["delivered"], units(&|stage| stage == "delivered"), "{id}");
    }
    let ran = place.run("order list --state DIR/state --out DIR/orders.csv");
    assert_eq!(
        (ran.code, ran.stderr),
        (0, format!("{} rows written to DIR/orders.csv\n", all.len()))
    );
    assert_eq!(read(&place.path("orders.csv")).unwrap().height(), all.len());
    assert_eq!(place.run("order list --status late --state DIR/state").code, 2);
}
