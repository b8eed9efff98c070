//! What single events do: where the fold has to choose among units, or may not.

use crate::{event, start};
use serde_json::{Value, json};
use wavewright::orchestrate::state::{Action, Cause, ExceptionRules, Stage, State};

/// A state to which events happen, one a minute.
struct Play(State);

impl Play {
    fn new() -> Play {
        Play(start(ExceptionRules::default()))
    }

    /// A state whose rules hold what exceptions of a cause concern.
    fn holding(cause: Cause) -> Play {
        let mut rules = ExceptionRules::default();
        rules.set_action(cause, Action::Hold);
        Play(start(rules))
    }

    fn happens(&mut self, kind: &str, fields: Value) {
        let number = self.0.events.len();
        let at = format!("2026-11-30T09:{number:02}:00-05:00");
        assert!(self.0.apply(&event(&format!("e{number}"), &at, kind, fields)));
    }

    /// An order of one line, with fields besides.
    fn placed(&mut self, id: &str, sku: &str, quantity: u32, more: Value) {
        let lines = json!([{ "line": "1", "sku": sku, "quantity": quantity, "together": "kit" }]);
        let mut fields =
            json!({ "order_id": id, "latitude": 40.7, "longitude": -74.0, "lines": lines });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.happens("order_placed", fields);
    }

    /// Units of an order are to leave a node on a day of December.
    fn planned(&mut self, id: &str, node: &str, quantity: u32, day: u32) {
        let date = format!("2026-12-{day:02}");
        self.happens(
            "line_planned",
            json!({
                "order_id": id, "line": "1", "node_id": node, "quantity": quantity,
                "service": "ground", "release_date": date, "ship_date": date,
                "delivery_date": date,
            }),
        );
    }

    fn units(&self, id: &str, stage: Stage) -> u32 {
        self.0.order(id).unwrap().1.lines[0].units(stage)
    }

    /// The orders that wait.
    fn held(&self) -> Vec<&str> {
        let held = self.0.orders.enumerate().filter(|(_, order)| order.is_held());
        held.map(|(id, _)| self.0.order_names.name(id)).collect()
    }

    /// The causes of all exceptions, with their orders and details.
    fn exceptions(&self) -> Vec<(Cause, &str, &str)> {
        let order = |id| self.0.order_names.name(id);
        let all = self.0.exceptions.iter();
        all.map(|found| (found.cause, found.subject.order.map_or("", order), &*found.detail))
            .collect()
    }
}

/// Tests that the line that is short is named, and not a later one that what comes covers.
#[test]
fn a_late_inbound_puts_the_lines_at_risk_that_wait_for_it() {
    let mut play = Play::new();
    for (id, day) in [("A", 3), ("B", 7)] {
        play.placed(id, "mugs", 5, json!({}));
        play.happens(
            "inbound_announced",
            json!({
                "inbound_id": format!("truck-{id}"), "node_id": "DC-OH", "sku": "mugs",
                "date": format!("2026-12-{day:02}"), "quantity": 5,
            }),
        );
        play.planned(id, "DC-OH", 5, day);
    }
    assert_eq!(play.exceptions(), []);
    // Four are on hand: one of the five that leave on the 3rd is missing until the 5th.
    play.happens("inbound_delayed", json!({ "inbound_id": "truck-A", "date": "2026-12-05" }));
    let found = play.exceptions();
    assert_eq!(found[0], (Cause::DateAtRisk, "A", "the inbound truck-A comes on 2026-12-05"));
    assert!(found.iter().all(|(_, order, _)| *order != "B"), "{found:?}");
}

/// Tests that a vendor that is not named is the one that has units in the right stage, and that
/// nobody guesses among several.
#[test]
fn a_vendor_that_is_not_named_is_the_only_one_that_fits() {
    let mut play = Play::new();
    for node in ["VEN-SOFA", "VEN-LAMP"] {
        let stock = json!({ "node_id": node, "sku": "bulb", "on_hand": 5 });
        play.happens("stock_counted", stock);
    }
    play.placed("A", "bulb", 4, json!({}));
    play.planned("A", "VEN-SOFA", 2, 2);
    play.planned("A", "VEN-LAMP", 2, 2);
    let line = |node: Option<&str>| match node {
        Some(node) => json!({ "order_id": "A", "line": "1", "node_id": node }),
        None => json!({ "order_id": "A", "line": "1" }),
    };
    play.happens("line_released", line(Some("VEN-LAMP")));
    // The units of the other one are planned only.
    play.happens("vendor_acknowledged", line(None));
    assert_eq!((play.exceptions(), play.units("A", Stage::Accepted)), (vec![], 2));
    play.happens("line_released", line(None));
    play.happens("vendor_shipped", line(None));
    assert_eq!((play.units("A", Stage::Shipped), play.units("A", Stage::Released)), (0, 2));
    let several = "several vendors have units of the line, and none is named";
    assert_eq!(play.exceptions(), [(Cause::ContradictoryEvent, "A", several)]);
    play.happens("vendor_shipped", line(Some("VEN-SOFA")));
    play.happens("vendor_shipped", line(None));
    assert_eq!((play.units("A", Stage::Shipped), play.exceptions().len()), (4, 1));
    play.happens("vendor_shipped", line(None));
    let none = "no vendor has units of the line that are packed or picked or accepted or released";
    assert_eq!(play.exceptions()[1], (Cause::ContradictoryEvent, "A", none));
}

/// Tests that an order that is late from the start is at risk by the event that places it.
#[test]
fn an_order_placed_after_its_date_is_at_risk() {
    let mut play = Play::new();
    play.placed("A", "mugs", 1, json!({ "deliver_by": "2026-11-29" }));
    let late = (Cause::DateAtRisk, "A", "was to be delivered by 2026-11-29");
    assert_eq!(play.exceptions(), [late]);
    play.placed("B", "mugs", 1, json!({ "deliver_by": "2026-12-03" }));
    assert_eq!(play.exceptions(), [late]);
}

/// Tests that a line does not silently stay in a kit that it is to leave.
#[test]
fn the_kit_of_a_line_does_not_change() {
    let mut play = Play::new();
    play.placed("A", "mugs", 2, json!({}));
    let change = |kit: &str| {
        let line = json!({ "line": "1", "quantity": 3, "together": kit });
        json!({ "order_id": "A", "lines": [line] })
    };
    play.happens("order_changed", change("kit"));
    assert_eq!((play.exceptions(), play.units("A", Stage::Open)), (vec![], 3));
    play.happens("order_changed", change("another"));
    let detail = "the kit of a line cannot change; cancel it and add another";
    assert_eq!(play.exceptions(), [(Cause::ContradictoryEvent, "A", detail)]);
}

/// Tests that a decision to cancel what goes short cancels no more than that.
#[test]
fn only_units_that_go_short_are_cancelled() {
    let mut play = Play::new();
    play.placed("A", "mugs", 3, json!({}));
    play.planned("A", "DC-OH", 3, 2);
    play.happens("stock_counted", json!({ "node_id": "DC-OH", "sku": "mugs", "on_hand": 2 }));
    let cancel = json!({ "exception_id": "X1", "resolution": "cancel" });
    play.happens("exception_resolved", cancel);
    assert_eq!((play.units("A", Stage::Planned), play.units("A", Stage::Cancelled)), (2, 1));
    assert_eq!(play.exceptions().len(), 1);
    assert!(play.0.open_exceptions.is_empty());
}

/// Tests that a receipt does not make a vendor without limit offer an item; a count, which says what
/// there is, does.
#[test]
fn units_that_come_to_a_vendor_without_limit_are_no_offer() {
    let mut play = Play::new();
    let came = json!({ "node_id": "VEN-SOFA", "sku": "mugs", "quantity": 5 });
    play.happens("stock_received", came.clone());
    let detail = "VEN-SOFA has no mugs, and stock without limit of what it has";
    assert_eq!(play.exceptions(), [(Cause::ContradictoryEvent, "", detail)]);
    let place = (play.0.node_names.get("VEN-SOFA").unwrap(), play.0.sku_names.get("mugs").unwrap());
    assert!(!play.0.stock.contains_key(&place));
    play.happens("stock_counted", json!({ "node_id": "VEN-SOFA", "sku": "mugs", "on_hand": 0 }));
    play.happens("stock_received", came);
    assert_eq!((play.0.stock[&place].on_hand, play.exceptions().len()), (5, 1));
}

/// Tests that an open discrepancy holds the orders that go short after it was raised: by another
/// count, or as they are planned; and not one that somebody let go on.
#[test]
fn a_discrepancy_holds_what_goes_short_later() {
    let mut play = Play::holding(Cause::StockDiscrepancy);
    let counted = |on_hand: u32| json!({ "node_id": "DC-OH", "sku": "mugs", "on_hand": on_hand });
    for (id, day) in [("A", 3), ("B", 2)] {
        play.placed(id, "mugs", 2, json!({}));
        play.planned(id, "DC-OH", 2, day);
    }
    play.happens("stock_counted", counted(3));
    assert_eq!(play.held(), ["A"]);
    play.happens("stock_counted", counted(1));
    assert_eq!(play.held(), ["A", "B"]);
    play.happens("order_released", json!({ "order_id": "A" }));
    play.placed("C", "mugs", 1, json!({}));
    play.planned("C", "DC-OH", 1, 4);
    assert_eq!(play.held(), ["B", "C"]);
    play.happens("stock_counted", counted(0));
    assert_eq!(play.held(), ["B", "C"]);
    // It is one discrepancy all along, and it ends for all.
    assert_eq!(play.exceptions().len(), 1);
    play.happens("stock_counted", counted(9));
    assert!(play.held().is_empty());
}

/// Tests that a node that is closed holds the orders that are planned there after it closed, and
/// those that were to leave after it opens again only once it does not.
#[test]
fn an_outage_holds_what_is_planned_there_later() {
    let mut play = Play::holding(Cause::NodeOutage);
    let closed = |until: &str| json!({ "node_id": "DC-OH", "until": until });
    play.placed("A", "mugs", 1, json!({}));
    play.planned("A", "DC-OH", 1, 3);
    play.happens("node_closed", closed("2026-12-05"));
    for (id, day) in [("B", 4), ("C", 5)] {
        play.placed(id, "mugs", 1, json!({}));
        play.planned(id, "DC-OH", 1, day);
    }
    assert_eq!(play.held(), ["A", "B"]);
    play.happens("node_closed", closed("2026-12-08"));
    assert_eq!(play.held(), ["A", "B", "C"]);
    assert_eq!(play.exceptions().len(), 1);
    play.happens("node_reopened", json!({ "node_id": "DC-OH" }));
    assert!(play.held().is_empty());
}

/// Tests that what comes back is on the shelf of a node that had none of the item, that it does not
/// make a vendor without limit offer one, and that the latter is said.
#[test]
fn returns_are_put_on_a_shelf_that_can_hold_them() {
    let mut play = Play::new();
    let row = |play: &Play, node: &str, sku: &str| {
        let ids = (play.0.node_names.get(node).unwrap(), play.0.sku_names.get(sku).unwrap());
        play.0.stock.get(&ids).map(|stock| stock.on_hand)
    };
    let came = |id: &str, node: &str| json!({ "return_id": id, "node_id": node });
    for (id, sku) in [("R1", "bulb"), ("R2", "mugs"), ("R3", "sofa"), ("R4", "mugs")] {
        let goods = json!({ "return_id": id, "sku": sku, "quantity": 2 });
        play.happens("return_announced", goods);
    }
    assert_eq!(row(&play, "DC-OH", "bulb"), None);
    play.happens("return_received", came("R1", "DC-OH"));
    assert_eq!((row(&play, "DC-OH", "bulb"), play.exceptions()), (Some(2), vec![]));
    play.happens("return_received", came("R3", "VEN-SOFA"));
    assert!(row(&play, "VEN-SOFA", "sofa").is_some() && play.exceptions().is_empty());
    play.happens("return_received", came("R2", "VEN-SOFA"));
    let detail = "VEN-SOFA has no mugs, and stock without limit of what it has: 2 units of the \
                  return R2 came and are not put on its shelf";
    assert_eq!(play.exceptions(), [(Cause::ContradictoryEvent, "", detail)]);
    assert_eq!(row(&play, "VEN-SOFA", "mugs"), None);
    // The goods have come: they are not announced any more.
    let names = play.0.return_names.iter().zip(play.0.returns.iter());
    let to_come = names.map(|((_, name), goods)| (name, goods.quantity - goods.received));
    assert_eq!(to_come.collect::<Vec<_>>(), [("R1", 0), ("R2", 0), ("R3", 0), ("R4", 2)]);
    // What a node promises elsewhere is no offer either.
    let reserved = json!({ "node_id": "VEN-SOFA", "sku": "mugs", "reserved": 1 });
    play.happens("stock_reserved", reserved);
    assert_eq!((row(&play, "VEN-SOFA", "mugs"), play.exceptions().len()), (None, 2));
    let full = json!({ "node_id": "DC-OH", "sku": "mugs", "on_hand": 999_999_999 });
    play.happens("stock_counted", full);
    play.happens("return_received", came("R4", "DC-OH"));
    assert_eq!((row(&play, "DC-OH", "mugs"), play.exceptions().len()), (Some(999_999_999), 3));
}
