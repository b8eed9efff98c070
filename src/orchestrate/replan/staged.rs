//! A plan that waits to be released, as a run keeps it, and what of it still holds when it is.

use super::Replan;
use crate::ids::{EventId, OrderId};
use crate::orchestrate::event::{Change, Event};
use crate::orchestrate::state::{Line, State};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

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

/// Why the events of a plan about a line are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The order waits.
    Held,
    /// Something happened to the line, or to its order: the kind of the event.
    Touched(&'static str),
    /// It goes with another line of its order, to which something happened.
    Together { line: String, because: &'static str },
    /// The state does not have it.
    Unknown,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Held => f.write_str("the order is held"),
            Refusal::Touched(kind) => write!(f, "{kind} since the plan was made"),
            Refusal::Together { line, because } => {
                write!(f, "it goes with line {line}: {because} since the plan was made")
            }
            Refusal::Unknown => f.write_str("it is unknown"),
        }
    }
}

/// The lines that the events of a plan are not about any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outdated {
    /// By order and line.
    pub lines: BTreeMap<(String, String), Refusal>,
}

/// What happens to units as they go the way that was decided for them: a line that a plan leaves as
/// it is goes on as planned.
const PROGRESS: [&str; 8] = [
    "line_accepted",
    "line_picked",
    "line_packed",
    "line_shipped",
    "line_delivered",
    "line_picked_up",
    "vendor_acknowledged",
    "vendor_shipped",
];

/// Leaves out the events about lines to which something happened after the first `base` events, and
/// about orders that are held now: the plan does not know it, and a later one will. Lines that have
/// to go together, all of an order that is to be complete or those of a kit, are left out together:
/// else a part of them would go by a plan that no longer has the rest.
pub fn still_holding(state: &State, base: u64, events: Vec<Event>) -> (Vec<Event>, Outdated) {
    let mut outdated = Outdated::default();
    // The lines of each order that the plan is about, by their places.
    let mut planned: BTreeMap<OrderId, BTreeSet<u32>> = BTreeMap::new();
    for (order, line) in events.iter().filter_map(about) {
        let known = state.order(order).and_then(|(id, of)| Some((id, of.line(line)?)));
        let refusal = match known {
            Some((id, place)) => {
                planned.entry(id).or_default().insert(place);
                refusal(state, base, id, place)
            }
            None => Some(Refusal::Unknown),
        };
        if let Some(refusal) = refusal {
            outdated.lines.insert((order.to_owned(), line.to_owned()), refusal);
        }
    }
    for (order, lines) in planned {
        refuse_together(state, base, order, &lines, &mut outdated);
    }
    let holds = |event: &Event| {
        let line = about(event).map(|(order, line)| (order.to_owned(), line.to_owned()));
        line.is_none_or(|line| !outdated.lines.contains_key(&line))
    };
    (events.into_iter().filter(holds).collect(), outdated)
}

/// Refuses the lines of an order that have to go with one of which the plan no longer holds.
fn refuse_together(
    state: &State,
    base: u64,
    order: OrderId,
    planned: &BTreeSet<u32>,
    outdated: &mut Outdated,
) {
    let of = &state.orders[order];
    // A line that the plan leaves as it is breaks it too, unless it goes on as it was to.
    let breaks = |place: u32| {
        let is_planned = planned.contains(&place);
        let mut kinds = touched(state, base, order, place);
        kinds.find(|kind| is_planned || !PROGRESS.contains(kind))
    };
    let broken: Vec<(u32, &'static str)> =
        (0..of.lines.len() as u32).filter_map(|place| Some((place, breaks(place)?))).collect();
    let name = state.order_names.name(order);
    for &place in planned {
        let line = &of.lines[place as usize];
        let goes_with = |other: &Line| {
            of.terms.ship_complete || line.together.is_some() && line.together == other.together
        };
        let other = broken.iter().find(|(other, _)| goes_with(&of.lines[*other as usize]));
        if let Some((other, because)) = other {
            let refusal =
                Refusal::Together { line: of.lines[*other as usize].name.to_string(), because };
            let key = (name.to_owned(), line.name.to_string());
            outdated.lines.entry(key).or_insert(refusal);
        }
    }
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

fn refusal(state: &State, base: u64, order: OrderId, line: u32) -> Option<Refusal> {
    if state.orders[order].is_held() {
        return Some(Refusal::Held);
    }
    touched(state, base, order, line).next().map(Refusal::Touched)
}

/// The kinds of the events after the first `base` ones that are about a line or about all of its
/// order, the latest first.
fn touched(
    state: &State,
    base: u64,
    order: OrderId,
    line: u32,
) -> impl Iterator<Item = &'static str> {
    let since = state.orders[order].history.iter().rev();
    let since = since.take_while(move |entry| is_since(entry.event, base));
    let about = since.filter(move |entry| entry.line.is_none_or(|other| other == line));
    about.map(|entry| state.events[entry.event].kind())
}

/// Whether an event came after the first `base` ones.
fn is_since(event: EventId, base: u64) -> bool {
    u64::from(event.0) >= base
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_wave;
    use crate::orchestrate::state::ExceptionRules;
    use serde_json::{Value, json};
    use std::path::Path;

    fn event(number: usize, kind: &str, order: &str, line: Option<&str>, more: Value) -> Event {
        let mut fields = json!({
            "id": format!("e{number}"), "at": "2026-11-30T09:00:00-05:00", "event": kind,
            "order_id": order,
        });
        let fields = fields.as_object_mut().unwrap();
        fields.extend(line.map(|line| ("line".to_owned(), json!(line))));
        fields.extend(more.as_object().unwrap().clone());
        Event::from_json(&json!(fields).to_string()).unwrap()
    }

    fn planned(order: &str, line: &str) -> Event {
        let date = "2026-12-02";
        let more = json!({
            "node_id": "DC-NJ", "release_date": date, "ship_date": date, "delivery_date": date,
        });
        event(999, "line_planned", order, Some(line), more)
    }

    /// A state in which orders of two lines, or three, are placed: `A` is to be complete, the first
    /// two lines of `B` are a kit, `C` is neither.
    struct Play(State);

    impl Play {
        fn new() -> Play {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
            let wave = read_wave(&folder).unwrap().wave;
            let mut play = Play(State::new(&wave, ExceptionRules::default()));
            for (order, kit, lines) in [("A", None, 2), ("B", Some("kit"), 3), ("C", None, 2)] {
                let line = |number: usize| {
                    let kit = kit.filter(|_| number < 3);
                    json!({ "line": number.to_string(), "sku": "throw", "quantity": 1, "together": kit })
                };
                let mut lines: Vec<Value> = (1..=lines).map(line).collect();
                let loose = lines.iter_mut().filter(|line| line["together"].is_null());
                loose.for_each(|line| _ = line.as_object_mut().unwrap().remove("together"));
                let placed = json!({
                    "latitude": 40.7, "longitude": -74.0, "ship_complete": order == "A",
                    "lines": lines,
                });
                play.happens("order_placed", order, None, placed);
            }
            play
        }

        fn happens(&mut self, kind: &str, order: &str, line: Option<&str>, more: Value) {
            let number = self.0.events.len();
            assert!(self.0.apply(&event(number, kind, order, line, more)));
            assert!(self.0.open_exceptions.is_empty());
        }

        /// What is left out of a plan that was made before the events after the first `base`.
        fn refused(&self, base: u64, events: &[Event]) -> Vec<String> {
            let (holding, outdated) = still_holding(&self.0, base, events.to_vec());
            let refused = outdated.lines.len();
            assert_eq!(holding.len() + refused, events.len(), "each line has one event");
            let told = outdated.lines.iter();
            told.map(|((order, line), why)| format!("{order} {line}: {why}")).collect()
        }
    }

    #[test]
    fn lines_that_go_together_are_withheld_together() {
        let mut play = Play::new();
        let base = play.0.events.len() as u64;
        let plan: Vec<Event> = ["A1", "A2", "B1", "B2", "B3", "C1", "C2"]
            .map(|at| planned(&at[..1], &at[1..]))
            .to_vec();
        assert!(play.refused(base, &plan).is_empty());
        for (order, line) in [("A", "2"), ("B", "1"), ("C", "1")] {
            play.happens("line_cancelled", order, Some(line), json!({}));
        }
        assert_eq!(
            play.refused(base, &plan),
            [
                "A 1: it goes with line 2: line_cancelled since the plan was made",
                "A 2: line_cancelled since the plan was made",
                "B 1: line_cancelled since the plan was made",
                "B 2: it goes with line 1: line_cancelled since the plan was made",
                "C 1: line_cancelled since the plan was made",
            ]
        );
        play.happens("order_held", "C", None, json!({}));
        let told = play.refused(base, &plan);
        assert_eq!(told[4..], ["C 1: the order is held", "C 2: the order is held"]);
    }

    #[test]
    fn a_line_that_goes_on_as_it_was_planned_stops_no_other() {
        let mut play = Play::new();
        for line in ["1", "2"] {
            assert!(
                play.0
                    .apply(&Event { id: format!("p{line}").as_str().into(), ..planned("A", line) })
            );
        }
        play.happens("line_released", "A", Some("2"), json!({}));
        let base = play.0.events.len() as u64;
        // The plan leaves the second line as it is, and has the first one follow.
        let plan = [event(999, "line_released", "A", Some("1"), json!({}))];
        play.happens("line_accepted", "A", Some("2"), json!({}));
        assert!(play.refused(base, &plan).is_empty());
        play.happens("line_rejected", "A", Some("2"), json!({}));
        assert_eq!(
            play.refused(base, &plan),
            ["A 1: it goes with line 2: line_rejected since the plan was made"]
        );
    }
}
