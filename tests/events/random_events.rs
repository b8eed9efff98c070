//! Random series of events: most go on from where the state is, some go against it.

use crate::event;
use crate::rng::Random;
use serde_json::{Value, json};
use wavewright::orchestrate::event::Event;
use wavewright::orchestrate::state::{Portion, Stage, State, exception_name};

const NODES: [&str; 6] = ["DC-NJ", "DC-OH", "ST-BOS", "VEN-LAMP", "HUB-HBG", "NOWHERE"];
const SKUS: [&str; 4] = ["throw", "candle", "lamp-table", "nothing"];
const ORDERS: u32 = 6;

/// The next event of a series, from what the state is.
pub fn next(random: &mut Random, state: &State, number: usize) -> Event {
    let id = match random.chance(4) && number > 0 {
        // An id that is known already.
        true => format!("e{}", random.count(0, number as u32 - 1)),
        false => format!("e{number}"),
    };
    // Time goes on by about an hour an event, sometimes back.
    let hours = number as i64 + random.between(-3, 1);
    let (day, hour) = (hours.max(0) / 24, hours.max(0) % 24);
    let at = format!(
        "2026-{:02}-{:02}T{hour:02}:00:00-05:00",
        11 + (29 + day) / 30,
        1 + (29 + day) % 30
    );
    let (kind, fields) = match random.chance(65) {
        true => follow(random, state).unwrap_or_else(|| any(random, state)),
        false => any(random, state),
    };
    event(&id, &at, kind, fields)
}

fn order(random: &mut Random) -> String {
    format!("H{}", random.count(1, ORDERS))
}

fn date(random: &mut Random) -> String {
    format!("2026-12-{:02}", random.count(1, 28))
}

/// What comes next for some units of some line.
fn follow(random: &mut Random, state: &State) -> Option<(&'static str, Value)> {
    let live: Vec<(String, String, &Portion)> = state
        .order_names
        .iter()
        .flat_map(|(id, name)| state.orders[id].lines.iter().map(move |line| (name, line)))
        .flat_map(|(name, line)| line.portions.iter().map(move |part| (name, line, part)))
        .filter(|(_, _, part)| !part.stage.is_final())
        .map(|(name, line, part)| (name.to_owned(), line.name.to_string(), part))
        .collect();
    if live.is_empty() {
        return None;
    }
    let (order, line, part) = random.pick(&live);
    let quantity = random.count(1, part.quantity);
    let mut fields = json!({ "order_id": order, "line": line, "quantity": quantity });
    if random.chance(15) {
        fields.as_object_mut()?.remove("quantity");
    }
    let way = part.way.as_deref();
    let node = way.map(|way| state.node_names.name(way.source).to_owned());
    let is_vendor = node.as_deref() == Some("VEN-LAMP");
    let kind = match part.stage {
        Stage::Open | Stage::Exception => {
            plan(random, &mut fields);
            "line_planned"
        }
        Stage::Planned if random.chance(15) => {
            plan(random, &mut fields);
            "line_planned"
        }
        Stage::Planned => "line_released",
        Stage::Released | Stage::Accepted if is_vendor => random.pick(&[
            "vendor_acknowledged",
            "vendor_shipped",
            "vendor_shipped",
            "vendor_rejected",
        ]),
        Stage::Released => random.pick(&["line_accepted", "line_picked", "line_rejected"]),
        Stage::Accepted => random.pick(&["line_picked", "line_picked", "line_rejected"]),
        Stage::Picked | Stage::Packed => {
            if random.chance(30) {
                random.pick(&["line_packed", "line_picked_up", "line_rejected"])
            } else {
                leave(&mut fields, part, state);
                "line_shipped"
            }
        }
        Stage::Shipped if way.is_some_and(|way| way.sent_to.is_some()) => {
            if random.chance(40) {
                "line_picked_up"
            } else {
                leave(&mut fields, part, state);
                "line_shipped"
            }
        }
        Stage::Shipped => "line_delivered",
        Stage::Delivered | Stage::Cancelled => "line_cancelled",
    };
    Some((kind, fields))
}

fn leave(fields: &mut Value, part: &Portion, state: &State) {
    let Some(way) = part.way.as_deref() else { return };
    let next = match way.sent_to {
        None => way.via.first(),
        Some(here) => {
            way.via.iter().position(|node| *node == here).and_then(|at| way.via.get(at + 1))
        }
    };
    if let Some(node) = next {
        fields["to_node"] = json!(state.node_names.name(*node));
    }
}

fn plan(random: &mut Random, fields: &mut Value) {
    let node = random.pick(&NODES[..4]);
    let day = random.count(1, 20);
    let date = |day: u32| format!("2026-12-{day:02}");
    fields["node_id"] = json!(node);
    fields["release_date"] = json!(date(day));
    fields["ship_date"] = json!(date(day + 1));
    fields["delivery_date"] = json!(date(day + random.count(1, 5)));
    if random.chance(40) && node != "HUB-HBG" {
        fields["route"] = json!(format!("{node}>HUB-HBG"));
        fields["departs"] = json!(date(day));
    }
    if random.chance(70) {
        fields["service"] = json!("ground");
    }
    if random.chance(20) {
        fields["instead_of"] = json!(random.pick(&NODES));
    }
}

/// Any event, whether it goes with the state or not.
fn any(random: &mut Random, state: &State) -> (&'static str, Value) {
    let mut about_order = json!({ "order_id": order(random) });
    let mut about_line = about_order.clone();
    about_line["line"] = json!(random.pick(&["1", "2", "3"]));
    if let Some(quantity) = random.maybe(60, |random| random.count(1, 4)) {
        about_line["quantity"] = json!(quantity);
    }
    let mut about_stock = json!({ "node_id": random.pick(&NODES), "sku": random.pick(&SKUS) });
    match random.count(0, 32) {
        0..=4 => {
            let mut order =
                json!({ "order_id": order(random), "latitude": 40.7, "longitude": -74.0 });
            if random.chance(30) {
                order = json!({ "order_id": order["order_id"], "journey": "pickup", "pickup_node": random.pick(&NODES) });
            }
            if random.chance(60) {
                order["deliver_by"] = json!(date(random));
                order["ship_by"] = json!(date(random));
            }
            order["lines"] = (1..=random.count(1, 3)).map(|line| json!({
                "line": line.to_string(), "sku": random.pick(&["throw", "throw", "candle", "candle", "candle", "lamp-table", "lamp-table", "lamp-table", "lamp-table", "nothing"]),
                "quantity": random.count(1, 5), "unit_price": random.pick(&["10.00", "12.50"]),
            })).collect();
            ("order_placed", order)
        }
        5 | 6 => {
            about_order["lines"] =
                json!([{ "line": random.pick(&["1", "2", "4"]), "quantity": random.count(1, 6) }]);
            if random.chance(30) {
                about_order["lines"][0]["sku"] = json!(random.pick(&SKUS));
            }
            if random.chance(30) {
                about_order["lines"][0]["unit_price"] = json!("10.00");
            }
            if random.chance(40) {
                about_order["deliver_by"] = json!(date(random));
            }
            ("order_changed", about_order)
        }
        7 => (random.pick(&["order_cancelled", "order_held"]), about_order),
        8 | 9 => (random.pick(&["order_released", "order_held"]), about_order),
        10 => {
            plan(random, &mut about_line);
            ("line_planned", about_line)
        }
        11 => (random.pick(&["line_released", "line_accepted", "line_rejected"]), about_line),
        12 => (random.pick(&["line_picked", "line_packed", "line_shipped"]), about_line),
        13 => (random.pick(&["line_delivered", "line_picked_up", "line_cancelled"]), about_line),
        14 => {
            let kinds = ["vendor_acknowledged", "vendor_rejected", "vendor_shipped"];
            (random.pick(&kinds), about_line)
        }
        15 | 16 => {
            about_stock["on_hand"] = json!(random.count(0, 8));
            ("stock_counted", about_stock)
        }
        17 => {
            about_stock["quantity"] = json!(random.count(1, 5));
            if random.chance(50) {
                about_stock["inbound_id"] = json!(format!("PO{}", random.count(1, 4)));
            }
            ("stock_received", about_stock)
        }
        18 => {
            about_stock["change"] = json!(random.pick(&[-3, -1, 2]));
            ("stock_adjusted", about_stock)
        }
        19 => {
            about_stock["reserved"] = json!(random.count(0, 3));
            ("stock_reserved", about_stock)
        }
        20 | 21 => {
            about_stock["inbound_id"] = json!(format!("PO{}", random.count(1, 4)));
            about_stock["date"] = json!(date(random));
            about_stock["quantity"] = json!(random.count(1, 6));
            ("inbound_announced", about_stock)
        }
        22 => {
            let delay =
                json!({ "inbound_id": format!("PO{}", random.count(1, 4)), "date": date(random) });
            ("inbound_delayed", delay)
        }
        23 => {
            let mut node = json!({ "node_id": random.pick(&NODES) });
            if random.chance(50) {
                node["until"] = json!(date(random));
            }
            ("node_closed", node)
        }
        24 => ("node_reopened", json!({ "node_id": random.pick(&NODES) })),
        25 => {
            let capacity = json!({ "node_id": random.pick(&NODES), "unit": "units", "capacity": random.count(0, 9), "date": date(random) });
            ("capacity_changed", capacity)
        }
        26 => {
            let price = random.pick(&["10.00", "11.00", "12.50"]);
            ("price_changed", json!({ "sku": random.pick(&SKUS), "unit_price": price }))
        }
        27 => {
            let mut goods = json!({ "return_id": format!("R{}", random.count(1, 3)), "sku": random.pick(&SKUS), "quantity": random.count(1, 3) });
            if random.chance(50) {
                goods["order_id"] = about_order["order_id"].clone();
            }
            ("return_announced", goods)
        }
        28 => {
            let mut goods = json!({ "return_id": format!("R{}", random.count(1, 3)), "node_id": random.pick(&NODES) });
            if random.chance(50) {
                goods["quantity"] = json!(random.count(1, 3));
                goods["restocked"] = json!(random.count(0, 3));
            }
            ("return_received", goods)
        }
        29 => {
            about_line["cause"] = json!(random.pick(&["unfillable", "date_at_risk"]));
            if random.chance(30) {
                about_line.as_object_mut().expect("an object").remove("line");
            }
            ("exception_raised", about_line)
        }
        _ => {
            let open: Vec<String> =
                state.open_exceptions.iter().map(|id| exception_name(*id)).collect();
            let name = match open.is_empty() || random.chance(20) {
                true => format!("X{}", random.count(0, 30)),
                false => random.pick(&open),
            };
            if random.chance(25) {
                let proposal =
                    json!({ "exception_id": name, "proposal": "from elsewhere", "cost": "-1.50" });
                return ("exception_proposed", proposal);
            }
            let resolution = random.pick(&["release", "hold", "cancel", "dismiss"]);
            ("exception_resolved", json!({ "exception_id": name, "resolution": resolution }))
        }
    }
}
