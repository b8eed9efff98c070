//! How long a million events take: to read from JSON Lines, and to fold into a state.

use std::path::Path;
use std::time::Instant;
use wavewright::ingest::read_wave;
use wavewright::orchestrate::event::read_events;
use wavewright::orchestrate::state::{ExceptionRules, State};

/// Orders, each with the ten events of an undisturbed life.
const ORDERS: usize = 100_000;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
    let wave = read_wave(&folder).expect("a shipped wave").wave;
    let mut lines = String::new();
    for order in 0..ORDERS {
        let mut event = |number: usize, kind: &str, fields: &str| {
            let at = format!("2026-11-30T{:02}:{:02}:00-05:00", 9 + number, order % 60);
            let head =
                format!("{{\"id\":\"e{order}-{number}\",\"at\":\"{at}\",\"event\":\"{kind}\",");
            lines.push_str(&format!("{head}\"order_id\":\"H{order}\"{fields}}}\n"));
        };
        let placed = r#","latitude":40.73,"longitude":-73.99,"postal_code":"10003","deliver_by":"2026-12-05","lines":[{"line":"1","sku":"throw","quantity":2,"unit_price":"59.00"}]"#;
        let planned = r#","line":"1","quantity":2,"node_id":"DC-NJ","service":"ground","release_date":"2026-12-01","ship_date":"2026-12-01","delivery_date":"2026-12-03""#;
        event(0, "order_placed", placed);
        event(1, "order_held", r#","reason":"payment""#);
        event(2, "order_released", "");
        event(3, "line_planned", planned);
        event(4, "line_released", r#","line":"1""#);
        event(5, "line_accepted", r#","line":"1","node_id":"DC-NJ""#);
        event(6, "line_picked", r#","line":"1","quantity":2,"node_id":"DC-NJ""#);
        event(7, "line_packed", r#","line":"1""#);
        event(8, "line_shipped", r#","line":"1","node_id":"DC-NJ","tracking":"N""#);
        event(9, "line_delivered", r#","line":"1""#);
    }
    let mut start = Instant::now();
    let mut lap = |what: &str| {
        println!("{what:<10} {:7.2} s", start.elapsed().as_secs_f64());
        start = Instant::now();
    };
    let events =
        read_events("events", lines.as_bytes(), 2).expect("the events are well-formed").events;
    lap("read");
    let mut state = State::new(&wave, ExceptionRules::default());
    for event in &events {
        state.apply(event);
    }
    lap("fold");
    println!("{} events, {} exceptions", events.len(), state.exceptions.len());
}
