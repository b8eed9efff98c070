//! The fold over events: invariants on random series, and what single events do.

mod properties;
mod random_events;
mod replans;
#[path = "../optimum/random_wave/rng.rs"]
mod rng;
mod series;
mod single;
mod views;

use serde_json::{Value, json};
use std::path::Path;
use wavewright::ingest::read_wave;
use wavewright::orchestrate::event::Event;
use wavewright::orchestrate::state::{ExceptionRules, State};

/// The state that the omnichannel wave starts.
fn start(rules: ExceptionRules) -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
    let wave = read_wave(&folder).expect("a shipped wave").wave;
    State::new(&wave, rules)
}

/// An event of a kind with fields; `id` and `at` are added.
fn event(id: &str, at: &str, kind: &str, mut fields: Value) -> Event {
    fields["id"] = json!(id);
    fields["at"] = json!(at);
    fields["event"] = json!(kind);
    Event::from_json(&fields.to_string()).unwrap_or_else(|error| panic!("{fields}: {error}"))
}
