//! A plan that waits to be released, as a run keeps it, and what of it still holds when it is.

use super::Replan;
use crate::ids::{EventId, OrderId};
use crate::orchestrate::event::{Change, Event};
use crate::orchestrate::state::State;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The file of a run with the events of its plan, one a line.
pub const EVENTS_FILE: &str = "events.jsonl";

/// The file of a run that a later one starts from: MessagePack of [`super::Previous`].
pub const PREVIOUS_FILE: &str = "previous";

/// What a run keeps of a replan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// Names the place in the log that was read, and the plan.
    pub run: String,
    /// SHA-256 of the events, in hexadecimal.
    pub digest: String,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Staged {
    /// # Errors
    /// When what a later run starts from has no bytes.
    pub fn new(replan: &Replan) -> Result<Staged, rmp_serde::encode::Error> {
        let mut text = String::new();
        for event in &replan.events {
            text.push_str(&event.to_json());
            text.push('\n');
        }
        let mut digest = String::new();
        for byte in Sha256::digest(text.as_bytes()) {
            // Writing to a text cannot fail.
            let _ = write!(digest, "{byte:02x}");
        }
        let run = format!("R{}-{}", replan.base, &digest[..8]);
        let previous = rmp_serde::to_vec(&replan.previous())?;
        let files = [(EVENTS_FILE, text.into_bytes()), (PREVIOUS_FILE, previous)];
        let files = files.map(|(name, bytes)| (name.to_owned(), bytes));
        Ok(Staged { run, digest, files: files.into() })
    }
}

/// The events of a plan that still hold, and the lines that they are not about any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outdated {
    /// Order and line, sorted.
    pub lines: BTreeSet<(String, String)>,
}

/// Leaves out the events about lines to which something happened after the first `base` events, and
/// about orders that are held now: the plan does not know it, and a later one will.
pub fn still_holding(state: &State, base: u64, events: Vec<Event>) -> (Vec<Event>, Outdated) {
    let mut outdated = Outdated::default();
    let holding = events.into_iter().filter(|event| {
        let Some((order, line)) = about(event) else { return true };
        let holds = state.order(order).is_some_and(|(id, _)| is_untouched(state, base, id, line));
        if !holds {
            outdated.lines.insert((order.to_owned(), line.to_owned()));
        }
        holds
    });
    (holding.collect(), outdated)
}

/// The line that an event of a plan is about.
fn about(event: &Event) -> Option<(&str, &str)> {
    match &event.change {
        Change::LinePlanned(known) => Some((&known.order_id, &known.line)),
        Change::LineRecalled(known) => Some((&known.order_id, &known.line)),
        Change::LineReleased(known) => Some((&known.order_id, &known.line)),
        Change::ExceptionRaised(known) => Some((&known.order_id, known.line.as_ref()?)),
        _ => None,
    }
}

fn is_untouched(state: &State, base: u64, order: OrderId, line: &str) -> bool {
    let of = &state.orders[order];
    let Some(place) = of.line(line).filter(|_| !of.is_held()) else { return false };
    let mut since = of.history.iter().rev().take_while(|entry| is_since(entry.event, base));
    since.all(|entry| entry.line.is_some_and(|other| other != place))
}

/// Whether an event came after the first `base` ones.
fn is_since(event: EventId, base: u64) -> bool {
    u64::from(event.0) >= base
}
