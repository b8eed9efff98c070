//! Views of the state after the shipped series.

use crate::series::played;
use wavewright::orchestrate::state::Cause;
use wavewright::orchestrate::view::{
    ExceptionFilter, StockFilter, availability, exceptions, order, stock,
};
use wavewright::tables::{Column, Table};

/// A cell as text; empty where it has none.
fn cell(table: &Table, column: &str, row: usize) -> String {
    match table.column(column).unwrap_or_else(|| panic!("{column}")) {
        Column::Text(values) => values[row].clone().unwrap_or_default(),
        Column::Int(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        Column::Date(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        Column::Bool(values) => values[row].map_or_else(String::new, |value| value.to_string()),
        other => panic!("{other:?}"),
    }
}

/// The cells of some columns, row by row.
fn cells(table: &Table, columns: &[&str]) -> Vec<String> {
    let row = |row| columns.iter().map(|column| cell(table, column, row)).collect::<Vec<_>>();
    (0..table.height()).map(|at| row(at).join(" ")).collect()
}

#[test]
fn an_order_is_shown_with_all_of_its_shipments_and_its_history() {
    let state = played();
    let (id, _) = state.order("H028").unwrap();
    let view = order(&state, id);
    assert_eq!((view.status.name(), view.order_id.as_str()), ("delivered", "H028"));
    assert_eq!(view.deliver_by.unwrap().to_string(), "2026-12-03");
    assert_eq!(view.expected.unwrap().to_string(), "2026-12-02");
    let lines = cells(&view.lines, &["line", "quantity", "stage", "source", "expected"]);
    assert_eq!(lines, ["1 1 delivered DC-NJ 2026-12-01", "1 1 delivered DC-OH 2026-12-02"]);
    let shipments = cells(&view.shipments, &["node_id", "service", "ship_date", "units", "stage"]);
    assert_eq!(
        shipments,
        ["DC-NJ ground 2026-11-30 1 delivered", "DC-OH ground 2026-12-01 1 delivered"]
    );
    let history = cells(&view.history, &["event", "quantity", "node_id", "note"]);
    assert_eq!(history[0].trim(), "order_placed");
    assert!(history.contains(&"line_rejected 1 DC-NJ one box is broken".to_owned()), "{history:?}");
    assert!(
        history.contains(&"line_planned 1 DC-OH short pick at DC-NJ".to_owned()),
        "{history:?}"
    );
    let exceptions = cells(&view.exceptions, &["exception_id", "cause", "state", "outcome"]);
    assert_eq!(exceptions, ["X4 short_pick resolved rule"]);
}

#[test]
fn a_merged_order_is_one_shipment() {
    let state = played();
    let (id, _) = state.order("H001").unwrap();
    let view = order(&state, id);
    let lines = cells(&view.lines, &["line", "route", "ship_date"]);
    assert_eq!(lines, ["1 DC-NJ>HUB-HBG 2026-12-01", "2 DC-OH>HUB-HBG 2026-12-01"]);
    let shipments = cells(&view.shipments, &["shipment_id", "node_id", "lines", "units"]);
    assert_eq!(shipments, ["S-H001 HUB-HBG 2 2"]);
}

#[test]
fn exceptions_are_filtered() {
    let state = played();
    let open = exceptions(&state, ExceptionFilter::default());
    assert_eq!(cells(&open, &["exception_id"]), ["X2", "X14"]);
    let all = ExceptionFilter { all: true, cause: Some(Cause::DateAtRisk), order: None };
    assert_eq!(exceptions(&state, all).height(), 4);
    let order = state.order_names.get("H018");
    let of_order = ExceptionFilter { all: true, cause: None, order };
    assert_eq!(cells(&exceptions(&state, of_order), &["line"]), ["1", "2"]);
}

#[test]
fn stock_is_promised_by_date_and_over_the_network() {
    let state = played();
    let sku = state.sku_names.get("lamp-table");
    let by = |date: &str| StockFilter { sku, by: date.parse().ok(), ..StockFilter::default() };
    let columns = ["node_id", "on_hand", "inbound", "available"];
    // The truck comes on Friday.
    assert_eq!(
        cells(&stock(&state, by("2026-12-03")), &columns),
        ["DC-NJ 0 0 0", "VEN-LAMP 6 0 6"]
    );
    assert_eq!(
        cells(&stock(&state, by("2026-12-04")), &columns),
        ["DC-NJ 0 4 4", "VEN-LAMP 6 0 6"]
    );
    let network = availability(&state, by("2026-12-04"));
    let columns = ["sku", "available", "dc", "store", "3pl", "vendor", "nodes", "unlimited"];
    assert_eq!(cells(&network, &columns), ["lamp-table 10 4 0 0 6 2 0"]);
    let sofa = StockFilter { sku: state.sku_names.get("sofa"), ..StockFilter::default() };
    assert_eq!(cells(&availability(&state, sofa), &columns), ["sofa 0 0 0 0 0 1 1"]);
    let short = StockFilter { discrepancies: true, ..StockFilter::default() };
    assert_eq!(stock(&state, short).height(), 0, "every discrepancy of the series was passed");
}

#[test]
fn a_closed_node_promises_nothing() {
    let mut state = played();
    let closed = crate::event(
        "closed",
        "2026-12-02T20:00:00-05:00",
        "node_closed",
        serde_json::json!({ "node_id": "VEN-LAMP", "until": "2026-12-04" }),
    );
    assert!(state.apply(&closed));
    let sku = state.sku_names.get("lamp-table");
    let node = state.node_names.get("VEN-LAMP");
    let at = |date: &str| {
        let filter = StockFilter { sku, node, by: date.parse().ok(), discrepancies: false };
        cells(&stock(&state, filter), &["available", "closed"])
    };
    assert_eq!(at("2026-12-03"), ["0 true"]);
    assert_eq!(at("2026-12-04"), ["6 false"]);
}
