//! How long it takes to apply a large file of events: `cargo bench --bench store`.
//!
//! Orders of a generated wave are placed, planned, released, accepted, picked, packed, shipped and
//! delivered, from stock that each event takes from. The file is applied to a new state, in SQLite
//! in a temporary folder, or in the empty database that `STATE` names; then it is applied again, and
//! the state is read and made again from the log. `EVENTS` sets how many there are.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;
use wavewright::domain::{Journey, Wave};
use wavewright::generate::{Format, GenerateSettings, Regime, generate, write};
use wavewright::ingest::{read_wave, wave_files};
use wavewright::orchestrate::apply::{BATCH, apply};
use wavewright::orchestrate::current::Current;
use wavewright::orchestrate::event::read_event_file;
use wavewright::orchestrate::store::{Address, Store};

fn main() {
    let count = std::env::var("EVENTS").ok().and_then(|text| text.parse().ok());
    let count: usize = count.unwrap_or(1_000_000);
    let root = tempfile::tempdir().expect("a temporary folder");
    let (folder, file) = (root.path().join("wave"), root.path().join("events.jsonl"));
    let settings = GenerateSettings {
        orders: count / 12,
        nodes: 150,
        skus: 5_000,
        regime: Regime::Plentiful,
        returns: 0,
        seed: 1,
    };
    let generated = generate(&settings).expect("the settings are within the limits");
    write(&generated, &folder, Format::Parquet).expect("the temporary folder takes the wave");
    let wave = read_wave(&folder).expect("a generated wave is valid").wave;
    let events = series(&wave, count);
    println!("{} events in {} MB", events.lines().count(), events.len() / 1_000_000);
    std::fs::write(&file, events).expect("the temporary folder takes the events");

    let state = std::env::var("STATE").ok();
    let state = state.unwrap_or_else(|| root.path().join("state").display().to_string());
    let address = Address::parse(&state).expect("STATE is the address of a state");
    let files = wave_files(&folder).expect("the wave can be read");
    drop(Store::create(&address, &files).expect("there is no state yet"));
    for _ in 0..2 {
        apply_file(&address, &file);
    }
    read_state(&address);
}

/// Does what `events apply` does, and prints what takes how long.
fn apply_file(address: &Address, file: &Path) {
    let start = Instant::now();
    let mut store = Store::open(address).expect("the state is there");
    let mut current = Current::read(&mut store).expect("the state can be read");
    let opened = start.elapsed();
    let events =
        read_event_file(file, current.state.minor_digits).expect("the events are valid").events;
    let read = start.elapsed();
    let applied = apply(&mut store, &mut current, "events.jsonl", &events, BATCH, |_| ());
    let applied = applied.expect("the state takes the events");
    let kept = start.elapsed();
    current.save_if_due(&mut store).expect("the state takes the snapshot");
    let saved = start.elapsed();
    println!(
        "{address}: {} events applied and {} known in {:.1} s: state {:.1} s, file {:.1} s, log and \
         state {:.1} s, snapshot {:.1} s; {} exceptions",
        applied.new,
        applied.known,
        saved.as_secs_f64(),
        opened.as_secs_f64(),
        (read - opened).as_secs_f64(),
        (kept - read).as_secs_f64(),
        (saved - kept).as_secs_f64(),
        applied.exceptions().count(),
    );
}

/// Reads the state by its snapshot, and makes it again from the log.
fn read_state(address: &Address) {
    let start = Instant::now();
    let mut store = Store::open(address).expect("the state is there");
    let current = Current::read(&mut store).expect("the state can be read");
    let read = start.elapsed();
    let rebuilt = Current::rebuild(&mut store, current.sequence).expect("the log can be read");
    let rebuilt_in = start.elapsed() - read;
    assert!(rebuilt.state == current.state, "the state is what the log makes");
    println!(
        "{address}: the state after {} events read in {:.1} s, made again from the log in {:.1} s",
        current.sequence,
        read.as_secs_f64(),
        rebuilt_in.as_secs_f64()
    );
}

/// Events of the orders of a wave, one order after the other, each line from a node that has it.
fn series(wave: &Wave, count: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    let mut left: BTreeMap<_, u32> =
        wave.stock.iter().map(|(key, stock)| (*key, stock.on_hand)).collect();
    let mut add = |fields: &str, text: &mut String| {
        if number < count {
            number += 1;
            // Writing to a text cannot fail.
            let _ =
                writeln!(text, "{{\"id\":\"e{number}\",\"at\":\"{}\",{fields}}}", wave.instant());
        }
        number < count
    };
    let today = wave.now.date();
    for order in wave.orders.iter() {
        let Journey::Ship(place) = &order.journey else { continue };
        let lines: Vec<String> = order
            .line_ids()
            .map(|id| &wave.lines[id])
            .map(|line| {
                let sku = &wave.items[line.sku].sku;
                format!(r#"{{"line":"{}","sku":"{sku}","quantity":{}}}"#, line.line, line.quantity)
            })
            .collect();
        let (id, lines) = (&order.id, lines.join(","));
        let placed = format!(
            r#""event":"order_placed","order_id":"{id}","latitude":{},"longitude":{},"lines":[{lines}]"#,
            place.latitude, place.longitude
        );
        if !add(&placed, &mut text) {
            return text;
        }
        for line in order.line_ids().map(|id| &wave.lines[id]) {
            let source = wave.stocked_at(line.sku).iter().find(|node| {
                left.get(&(**node, line.sku)).is_some_and(|left| *left >= line.quantity)
            });
            let Some(source) = source else { continue };
            *left.entry((*source, line.sku)).or_default() -= line.quantity;
            let service = &wave.services.iter().next().expect("the wave has services").id;
            let plan = format!(
                r#","node_id":"{}","service":"{service}","release_date":"{today}","ship_date":"{today}","delivery_date":"{}""#,
                wave.nodes[*source].id,
                today.saturating_add(jiff::Span::new().days(2)),
            );
            for (kind, more) in [
                ("line_planned", &*plan),
                ("line_released", ""),
                ("line_accepted", ""),
                ("line_picked", ""),
                ("line_packed", ""),
                ("line_shipped", ""),
                ("line_delivered", ""),
            ] {
                let line = &line.line;
                let fields = format!(r#""event":"{kind}","order_id":"{id}","line":"{line}"{more}"#);
                if !add(&fields, &mut text) {
                    return text;
                }
            }
        }
    }
    text
}
