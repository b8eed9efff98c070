//! The shipped series of three days: applied as a whole and again, with every exception in it.

use crate::start;
use std::collections::BTreeSet;
use std::path::Path;
use wavewright::ids::Id;
use wavewright::orchestrate::event::{Event, event_schema, read_event_file};
use wavewright::orchestrate::state::{
    Cause, ExceptionRules, OrderStatus, Stage, State, exception_name,
};

/// The events of the series.
pub fn events() -> Vec<Event> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel/events.jsonl");
    read_event_file(&file, 2).unwrap_or_else(|findings| panic!("{findings}")).events
}

/// The state after the series.
pub fn played() -> State {
    let mut state = start(ExceptionRules::default());
    events().iter().for_each(|event| _ = state.apply(event));
    state
}

#[test]
fn the_series_has_every_kind_of_event() {
    let schema = event_schema();
    let kinds = schema["oneOf"].as_array().unwrap();
    let kinds: BTreeSet<&str> = kinds.iter().map(|kind| kind["title"].as_str().unwrap()).collect();
    let events = events();
    let met: BTreeSet<&str> = events.iter().map(Event::kind).collect();
    assert_eq!(met, kinds);
}

#[test]
fn the_series_applied_twice_is_the_series() {
    let events = events();
    let mut state = start(ExceptionRules::default());
    let new = events.iter().filter(|event| state.apply(event)).count();
    assert_eq!(new, events.len() - 1, "one event is told twice");
    let once = state.clone();
    assert!(events.iter().all(|event| !state.apply(event)));
    assert_eq!(state, once);
}

#[test]
fn the_series_meets_every_exception() {
    let state = played();
    let found: Vec<(String, &str, &str, &str)> = state
        .exceptions
        .enumerate()
        .map(|(id, exception)| {
            let order = exception.subject.order.map_or("", |order| state.order_names.name(order));
            let outcome = exception.resolved.map_or("open", |(outcome, _)| outcome.name());
            (exception_name(id), exception.cause.name(), order, outcome)
        })
        .collect();
    let expected = [
        ("price_mismatch", "H022", "release"),
        ("unfillable", "H002", "open"),
        ("contradictory_event", "H008", "dismiss"),
        ("short_pick", "H028", "rule"),
        ("vendor_reject", "H006", "rule"),
        ("date_at_risk", "H004", "dismiss"),
        ("node_outage", "", "rule"),
        ("stock_discrepancy", "", "passed"),
        ("date_at_risk", "H013", "passed"),
        ("stock_discrepancy", "", "passed"),
        ("contradictory_event", "H006", "dismiss"),
        ("date_at_risk", "H018", "passed"),
        ("date_at_risk", "H018", "passed"),
        ("contradictory_event", "", "open"),
    ];
    let expected: Vec<(String, &str, &str, &str)> = expected
        .into_iter()
        .enumerate()
        .map(|(at, (cause, order, outcome))| {
            (exception_name(Id::from_index(at)), cause, order, outcome)
        })
        .collect();
    assert_eq!(found, expected);
    let causes: BTreeSet<&str> = found.iter().map(|(_, cause, ..)| *cause).collect();
    assert_eq!(causes.len(), Cause::ALL.len());
    let proposed = state.exceptions.iter().filter(|exception| exception.proposal.is_some());
    assert_eq!(proposed.count(), 1);
}

#[test]
fn the_orders_of_the_series_end_where_the_story_says() {
    let state = played();
    let statuses: Vec<(&str, OrderStatus)> =
        state.order_names.iter().map(|(id, name)| (name, state.orders[id].status())).collect();
    let expected = [
        ("H001", OrderStatus::Delivered),
        ("H002", OrderStatus::PartlyShipped),
        ("H004", OrderStatus::InWork),
        ("H006", OrderStatus::Delivered),
        ("H007", OrderStatus::Cancelled),
        ("H008", OrderStatus::Delivered),
        ("H011", OrderStatus::Delivered),
        ("H012", OrderStatus::Delivered),
        ("H013", OrderStatus::PartlyDelivered),
        ("H017", OrderStatus::Delivered),
        ("H018", OrderStatus::Shipped),
        ("H020", OrderStatus::Delivered),
        ("H021", OrderStatus::Delivered),
        ("H022", OrderStatus::Delivered),
        ("H028", OrderStatus::Delivered),
    ];
    assert_eq!(statuses, expected);
    // The mugs came from two nodes; the node that had a broken box may send more from Thursday on.
    let (_, mugs) = state.order("H028").unwrap();
    assert_eq!(mugs.lines[0].portions.len(), 2);
    assert_eq!(mugs.lines[0].units(Stage::Delivered), 2);
    let (node, until) = mugs.lines[0].excluded[0];
    assert_eq!(state.node_names.name(node), "DC-NJ");
    assert_eq!(until.unwrap().to_string(), "2026-12-03");
}

#[test]
fn the_stock_of_the_series_adds_up() {
    let state = played();
    let stock = |node: &str, sku: &str| {
        let place = (state.node_names.get(node).unwrap(), state.sku_names.get(sku).unwrap());
        let stock = &state.stock[&place];
        (stock.on_hand, stock.reserved, stock.committed())
    };
    // 7, one sent and one broken.
    assert_eq!(stock("DC-NJ", "mugs"), (5, 0, 0));
    assert_eq!(stock("DC-OH", "mugs"), (3, 0, 0));
    assert_eq!(stock("DC-NJ", "throw"), (9, 2, 0));
    // A count of none, and nothing is bound to it any more.
    assert_eq!(stock("DC-OH", "frame"), (0, 0, 0));
    assert_eq!(stock("DC-OH", "vase"), (4, 0, 0));
    // Two of the four throws of Cambridge were collected, and one came back in Boston.
    assert_eq!(stock("ST-CAM", "throw"), (1, 0, 0));
    assert_eq!(stock("ST-BOS", "throw"), (5, 0, 0));
    // Lamps: 2 sent from New Jersey; the truck with 4 comes on Friday; 3 in all from their maker.
    assert_eq!(stock("DC-NJ", "lamp-table"), (0, 0, 0));
    assert_eq!(stock("VEN-LAMP", "lamp-table"), (6, 0, 0));
    assert!(state.inbound().any(|(name, inbound)| {
        name == "DC-NJ/lamp-table/2026-12-02" && inbound.date.to_string() == "2026-12-04"
    }));
}
