//! Waves of states: what is in them, and that stock and network are those of the state.

use super::*;
use crate::domain::{CapacityUnit, Level};
use crate::orchestrate::event::{Event, Moment};
use crate::orchestrate::state::ExceptionRules;
use serde_json::{Value, json};

/// The state of the omnichannel wave after events: kind and fields of each, a minute apart.
fn after(events: &[(&str, Value)]) -> (Network, State) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
    let network = Network::new(crate::ingest::wave_files(&folder).unwrap()).unwrap();
    let mut state = State::new(&network.wave, ExceptionRules::default());
    for (n, (kind, fields)) in events.iter().enumerate() {
        let mut event = fields.clone();
        event["id"] = json!(format!("e{n}"));
        event["at"] = json!(format!("2026-11-30T09:{n:02}:00-05:00"));
        event["event"] = json!(kind);
        state.apply(&Event::from_json(&event.to_string()).unwrap());
    }
    let wrong: Vec<_> = state.exceptions.iter().map(|found| &found.detail).collect();
    assert!(state.open_exceptions.is_empty(), "{wrong:?}");
    (network, state)
}

/// The wave of a state, which is the one that the tables say.
fn wave_of(network: &Network, state: &State, now: Moment) -> StateWave {
    let made = state_wave(&network.wave, state, now, PlannedUnits::MayChange);
    let folder = tempfile::tempdir().unwrap();
    let planned = PlannedUnits::MayChange;
    let read = write_state_wave(network, state, now, planned, folder.path()).unwrap();
    assert_eq!(made.wave.parts(), read.wave.parts());
    made
}

fn placed(order: &str, sku: &str, quantity: u32) -> (&'static str, Value) {
    let line = json!({ "line": "1", "sku": sku, "quantity": quantity, "unit_price": "59.00" });
    let fields = json!({
        "order_id": order, "latitude": 40.73, "longitude": -73.99, "postal_code": "10003",
        "deliver_by": "2026-12-05", "lines": [line],
    });
    ("order_placed", fields)
}

fn planned(
    order: &str,
    quantity: u32,
    node: &str,
    route: Option<(&str, &str)>,
) -> (&'static str, Value) {
    let (release, ship) = ("2026-12-01", if route.is_some() { "2026-12-02" } else { "2026-12-01" });
    let mut fields = json!({
        "order_id": order, "line": "1", "quantity": quantity, "node_id": node, "service": "ground",
        "release_date": release, "ship_date": ship, "delivery_date": "2026-12-04",
    });
    if let Some((route, departs)) = route {
        fields["route"] = json!(route);
        fields["departs"] = json!(departs);
    }
    ("line_planned", fields)
}

fn about(order: &str) -> Value {
    json!({ "order_id": order, "line": "1" })
}

/// Commitments as text: order, units, node, level.
fn told(made: &StateWave) -> Vec<String> {
    let wave = &made.wave;
    let rows = wave.commitments.iter().map(|row| {
        let order = &wave.orders[wave.lines[row.line].order].id;
        let pinned = if row.pinned { " pinned" } else { "" };
        let node = &wave.nodes[row.node].id;
        format!("{order} {} {node} {}{pinned}", row.quantity, row.level.name())
    });
    rows.collect()
}

fn stock(made: &StateWave, node: &str, sku: &str) -> (u32, u32) {
    let (nodes, items) = (&made.wave.nodes, &made.wave.items);
    let node = nodes.ids().find(|id| *nodes[*id].id == *node).unwrap();
    let sku = items.ids().find(|id| *items[*id].sku == *sku).unwrap();
    let stock = made.wave.stock_of(node, sku).unwrap();
    (stock.on_hand, stock.reserved)
}

#[test]
fn commitments_are_as_firm_as_the_stages_of_units() {
    let mut events: Vec<(&str, Value)> =
        ["A", "B", "C", "D", "E"].iter().map(|order| placed(order, "throw", 1)).collect();
    events.push(placed("F", "throw", 3));
    for order in ["B", "C", "D", "E"] {
        events.push(planned(order, 1, "DC-NJ", None));
    }
    events.push(planned("F", 2, "DC-OH", None));
    for order in ["C", "D", "E"] {
        events.push(("line_released", about(order)));
    }
    events.push(("line_accepted", about("D")));
    events.push(("line_picked", about("E")));
    let (network, state) = after(&events);
    let made = wave_of(&network, &state, state.now);
    assert_eq!(
        told(&made),
        [
            "B 1 DC-NJ planned",
            "C 1 DC-NJ released",
            "D 1 DC-NJ released pinned",
            "E 1 DC-NJ picked",
            "F 2 DC-OH planned"
        ]
    );
    assert_eq!(made.wave.lines[LineId(5)].quantity, 3);
    assert_eq!(made.lines[LineId(5)], (OrderId(5), 0));
    assert_eq!(made.wave.now.timestamp(), state.now.instant);
    // All units are at their source still: stock is as it was.
    assert_eq!(stock(&made, "DC-NJ", "throw"), (9, 1));
}

#[test]
fn units_that_left_are_on_hand_again_and_finished_orders_stay_out() {
    let mut events = vec![placed("A", "throw", 3), placed("B", "throw", 1)];
    for (order, units) in [("A", 2), ("B", 1)] {
        events.push(planned(order, units, "DC-NJ", None));
        events.push(("line_released", about(order)));
        events.push(("line_picked", about(order)));
        events.push(("line_shipped", about(order)));
    }
    let (network, state) = after(&events);
    // All of B leaves on the first of December, and takes of that day's capacity.
    let made = wave_of(&network, &state, state.now);
    assert_eq!(told(&made), ["A 2 DC-NJ shipped", "B 1 DC-NJ shipped"]);
    assert_eq!(stock(&made, "DC-NJ", "throw"), (9, 1));
    // A waits for its third unit; B is over the day after.
    let later = Moment::parse("2026-12-02T09:00:00-05:00").unwrap();
    let made = wave_of(&network, &state, later);
    assert_eq!(told(&made), ["A 2 DC-NJ shipped"]);
    assert_eq!(made.wave.orders.len(), 1);
    assert_eq!(stock(&made, "DC-NJ", "throw"), (8, 1));
}

#[test]
fn units_at_the_end_of_a_lane_leave_from_there() {
    let lane = Some(("DC-NJ>ST-NYC", "2026-12-01"));
    let mut events = vec![placed("A", "throw", 2), planned("A", 1, "DC-NJ", lane)];
    for kind in ["line_released", "line_picked"] {
        events.push((kind, about("A")));
    }
    let (network, state) = after(&events);
    let made = wave_of(&network, &state, state.now);
    assert_eq!(told(&made), ["A 1 ST-NYC picked"]);
    // Its unit is still in New Jersey, and is stated in New York.
    assert_eq!(stock(&made, "DC-NJ", "throw"), (9, 2));
    let before = stock(&made, "ST-NYC", "throw");
    let mut left = about("A");
    left["to_node"] = json!("ST-NYC");
    events.push(("line_shipped", left));
    let (network, state) = after(&events);
    let made = wave_of(&network, &state, state.now);
    assert_eq!(told(&made), ["A 1 ST-NYC picked"]);
    assert_eq!(stock(&made, "DC-NJ", "throw"), (8, 1));
    assert_eq!(stock(&made, "ST-NYC", "throw"), before);
}

/// Tests that units which left over a lane, or are accepted to, still take of the capacity of their
/// source, where the wave does not have them; and that an order's other lines know of the shipment
/// that they are in.
#[test]
fn units_stated_at_the_end_of_a_lane_are_work_at_its_start() {
    let lane = Some(("DC-NJ>ST-NYC", "2026-12-01"));
    let most = json!({ "node_id": "DC-NJ", "unit": "units", "capacity": "10", "overload": "2" });
    let lines = json!([
        { "line": "1", "sku": "throw", "quantity": 1 }, { "line": "2", "sku": "candle", "quantity": 2 },
    ]);
    let mut order = placed("A", "throw", 1);
    order.1["lines"] = lines;
    let mut second = planned("A", 2, "DC-NJ", lane);
    second.1["line"] = json!("2");
    let mut events =
        vec![("capacity_changed", most), order, planned("A", 1, "DC-NJ", lane), second];
    let units = |events: &[(&str, Value)], date: &str| {
        let (network, state) = after(events);
        let made = wave_of(&network, &state, state.now);
        let wave = &made.wave;
        let node = wave.nodes.ids().find(|id| &*wave.nodes[*id].id == "DC-NJ").unwrap();
        let mut rows = wave.capacities_on(node, date.parse().unwrap());
        let row = rows.find(|row| row.unit == CapacityUnit::Units).unwrap();
        (row.capacity.to_f64(), row.overload.to_f64(), told(&made).join(", "))
    };
    let loose = "A 1 DC-NJ planned, A 2 DC-NJ planned".to_owned();
    assert_eq!(units(&events, "2026-12-01"), (10.0, 2.0, loose));
    let both = |kind: &'static str| {
        ["1", "2"].map(|line| (kind, json!({ "order_id": "A", "line": line })))
    };
    events.extend(both("line_released"));
    events.push(both("line_accepted")[1].clone());
    let accepted = "A 1 DC-NJ released, A 2 ST-NYC released pinned".to_owned();
    assert_eq!(units(&events, "2026-12-01"), (8.0, 2.0, accepted.clone()));
    assert_eq!(units(&events, "2026-12-02"), (10.0, 2.0, accepted));
    events.push(both("line_accepted")[0].clone());
    for kind in ["line_picked", "line_shipped"] {
        for (kind, mut fields) in both(kind) {
            if kind == "line_shipped" {
                fields["to_node"] = json!("ST-NYC");
            }
            events.push((kind, fields));
        }
    }
    let left = "A 1 ST-NYC picked, A 2 ST-NYC picked".to_owned();
    assert_eq!(units(&events, "2026-12-01"), (7.0, 2.0, left));
    // A hub is no source: what is merged there is stated at its own source on a day on which that
    // does nothing for it.
    let mut merged = planned("B", 1, "DC-NJ", Some(("DC-NJ>HUB-HBG", "2026-12-01")));
    merged.1["ship_date"] = json!("2026-12-03");
    events.extend([placed("B", "throw", 1), merged, ("line_released", about("B"))]);
    events.push(("line_accepted", about("B")));
    let (on_the_first, _, told) = units(&events, "2026-12-01");
    assert!(told.ends_with("B 1 DC-NJ released pinned"), "{told}");
    assert_eq!((on_the_first, units(&events, "2026-12-03").0), (6.0, 11.0));
    // What is over the capacity is taken off what it may be over.
    let less = json!({ "node_id": "DC-NJ", "unit": "units", "capacity": "2", "overload": "2" });
    events.push(("capacity_changed", less));
    let (capacity, overload, _) = units(&events, "2026-12-01");
    assert_eq!((capacity, overload), (0.0, 0.0));
}

#[test]
fn held_orders_stay_out_with_their_stock() {
    let events = [
        placed("A", "throw", 3),
        planned("A", 2, "DC-NJ", None),
        ("order_held", json!({ "order_id": "A" })),
    ];
    let (network, state) = after(&events);
    let made = wave_of(&network, &state, state.now);
    assert!(made.wave.orders.is_empty());
    assert_eq!(stock(&made, "DC-NJ", "throw"), (9, 3));
}

/// Tests that a node works on for an order that is held, once it was told.
#[test]
fn held_orders_keep_the_capacity_for_what_is_released() {
    let most = json!({ "node_id": "DC-NJ", "unit": "units", "capacity": "10" });
    let held = ("order_held", json!({ "order_id": "A" }));
    let begun =
        vec![("capacity_changed", most), placed("A", "throw", 3), planned("A", 2, "DC-NJ", None)];
    let released = [begun.clone(), vec![("line_released", about("A"))]].concat();
    for (events, left) in [(begun, 10.0), (released, 8.0)] {
        let (network, state) = after(&[events, vec![held.clone()]].concat());
        let made = wave_of(&network, &state, state.now);
        let wave = &made.wave;
        let node = wave.nodes.ids().find(|id| &*wave.nodes[*id].id == "DC-NJ").unwrap();
        let mut rows = wave.capacities_on(node, "2026-12-01".parse().unwrap());
        let row = rows.find(|row| row.unit == CapacityUnit::Units).unwrap();
        assert_eq!(row.capacity.to_f64(), left);
    }
}

#[test]
fn closed_nodes_do_no_work_and_changed_capacity_holds() {
    let until = json!({ "node_id": "DC-OH", "until": "2026-12-02" });
    let less = json!({ "node_id": "ST-NYC", "unit": "shipments", "capacity": "1" });
    let (network, state) = after(&[("capacity_changed", less), ("node_closed", until)]);
    let made = wave_of(&network, &state, state.now);
    let wave = &made.wave;
    let node = |id: &str| wave.nodes.ids().find(|node| *wave.nodes[*node].id == *id).unwrap();
    let most = |name: &str, date: &str, unit| {
        let rows = wave.capacities_on(node(name), date.parse().unwrap());
        rows.filter(|row| row.unit == unit).map(|row| row.capacity.to_f64()).last()
    };
    assert_eq!(most("DC-OH", "2026-12-01", CapacityUnit::Units), Some(0.0));
    assert_ne!(most("DC-OH", "2026-12-02", CapacityUnit::Units), Some(0.0));
    assert_eq!(most("ST-NYC", "2026-12-02", CapacityUnit::Shipments), Some(1.0));
}

#[test]
fn refusals_are_exclusions() {
    let mut missing = about("A");
    missing["until"] = json!("2026-12-03");
    let events = [
        placed("A", "throw", 2),
        planned("A", 2, "DC-NJ", None),
        ("line_released", about("A")),
        ("line_rejected", missing),
    ];
    let (network, state) = after(&events);
    let made = wave_of(&network, &state, state.now);
    assert!(made.wave.commitments.iter().all(|row| row.level != Level::Released));
    let found = &made.wave.exclusions[0];
    assert_eq!(
        (&*made.wave.nodes[found.node].id, found.until),
        ("DC-NJ", "2026-12-03".parse().unwrap())
    );
}

/// Tests that returns which the wave cannot hold as they were announced are named with what to do,
/// and that announcing one again puts it right.
#[test]
fn returns_that_nobody_can_plan_are_named() {
    let goods = |id: &str, more: Value| {
        let mut fields = json!({ "return_id": id, "sku": "throw", "quantity": 1 });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("return_announced", fields)
    };
    let place = json!({ "latitude": 40.73, "longitude": -73.99, "postal_code": "10003" });
    let mut brought = place.clone();
    brought["drop_node"] = json!("3PL-MEM");
    let mut events = vec![
        placed("A", "throw", 1),
        goods("sent", place),
        goods("exchanged", json!({ "order_id": "A" })),
        goods("brought", json!({ "drop_node": "ST-NYC" })),
        goods("nowhere", json!({})),
        goods("refused", json!({ "drop_node": "3PL-MEM" })),
        goods("moved", brought),
        placed("Z", "throw", 1),
        ("order_cancelled", json!({ "order_id": "Z" })),
        // Its order does not wait, but says where the customer is.
        goods("late", json!({ "order_id": "Z" })),
    ];
    let told = |events: &[(&str, Value)]| {
        let (network, state) = after(events);
        let made = wave_of(&network, &state, state.now);
        let known: Vec<String> = made.wave.returns.iter().map(|row| row.id.to_string()).collect();
        let to_correct = made.returns_to_correct.iter();
        let told = to_correct.map(|row| {
            format!("{} {}; {}", state.return_names.name(row.id), row.cause(&state), row.action())
        });
        (known, told.collect::<Vec<String>>())
    };
    let (known, to_correct) = told(&events);
    assert_eq!(known, ["sent", "exchanged", "brought", "moved", "late"]);
    assert_eq!(
        to_correct,
        [
            "nowhere is left out: it has no place, no drop node and no order that waits; announce \
             it again with the place of the customer, or a drop node",
            "refused is left out: its drop node 3PL-MEM takes no returns, and it has no place; \
             announce it again with a node that takes returns, or with a place only",
            "moved is planned without its drop node 3PL-MEM, which takes no returns; announce it \
             again with a node that takes returns, or with a place only",
        ]
    );
    for id in ["nowhere", "refused", "moved"] {
        events.push(goods(id, json!({ "drop_node": "ST-NYC" })));
    }
    let all = ["sent", "exchanged", "brought", "nowhere", "refused", "moved", "late"];
    assert_eq!(told(&events), (all.map(String::from).to_vec(), Vec::new()));
}
