//! Appending events to the log of a state and applying them to the state: all of a file's events
//! are judged before the first one is kept.

use crate::diagnostics::{Code, Finding, Findings, codes};
use crate::ids::{ExceptionId, Id};
use crate::orchestrate::current::{Current, StateError};
use crate::orchestrate::event::{Event, EventFile};
use crate::orchestrate::store::{Entry, Store, StoreError};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;

/// Events of a transaction, unless it is said otherwise: enough that the disk does not take the
/// time, few enough for the memory.
pub const BATCH: usize = 20_000;

/// The most bytes of an id: an index of PostgreSQL takes hardly more than twice as many.
const LONGEST_KEY: usize = 1_000;

/// Why events were not appended.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// Events that cannot be appended; none of the file was.
    #[error("{} events contradict the log", .0.len())]
    Findings(Findings),
    /// Events of transactions before are in the log.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// As above.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Where events come from, for findings about them.
#[derive(Clone, Copy, Debug)]
pub struct Source<'s> {
    pub file: &'s str,
    /// The row of each event; none where they do not come in rows.
    pub rows: &'s [usize],
}

impl<'s> From<&'s str> for Source<'s> {
    fn from(file: &'s str) -> Source<'s> {
        Source { file, rows: &[] }
    }
}

impl<'s> From<&'s EventFile> for Source<'s> {
    fn from(read: &'s EventFile) -> Source<'s> {
        Source { file: &read.file, rows: &read.rows }
    }
}

impl Source<'_> {
    /// A finding about an event, by its place among all.
    fn finding(
        self,
        place: usize,
        code: &'static Code,
        cause: impl Into<String>,
        action: impl Into<String>,
    ) -> Finding {
        let finding = Finding::new(code, self.file, cause, action);
        match self.rows.get(place) {
            Some(row) => finding.row(*row),
            None => finding,
        }
    }
}

/// What became of the events of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Events that were not in the log before.
    pub new: u64,
    /// Events that were.
    pub known: u64,
    /// The exceptions of the state that arose from the new events, by their places in the queue.
    /// Where another program appended events at the same time, theirs may lie between.
    pub exceptions: Vec<Range<usize>>,
}

impl Applied {
    /// The exceptions that arose, in the order in which they were raised.
    pub fn exceptions(&self) -> impl Iterator<Item = ExceptionId> + '_ {
        self.exceptions.iter().cloned().flatten().map(ExceptionId::from_index)
    }
}

/// Appends events to the log in transactions of `batch`, and applies those that are new to the
/// state, which is that of the store. `kept` is told after each transaction how many events are now
/// on the disk.
///
/// An event whose id is in the log does nothing, so that a file may be applied again.
///
/// # Errors
/// [`ApplyError::Findings`], with the file and the row, where the id of an event is that of another
/// event in the log, or one that the log cannot keep: nothing is appended.
pub fn apply<'s>(
    store: &mut Store,
    current: &mut Current,
    source: impl Into<Source<'s>>,
    events: &[Event],
    batch: usize,
    mut kept: impl FnMut(u64),
) -> Result<Applied, ApplyError> {
    let batch = batch.max(1);
    check(store, source.into(), events, batch)?;
    let mut applied = Applied::default();
    for events in events.chunks(batch) {
        let entries: Vec<Entry> = events.iter().map(entry).collect();
        let appended = store.append(&entries)?;
        let new = appended.new_count() as u64;
        applied.new += new;
        applied.known += events.len() as u64 - new;
        kept(applied.new + applied.known);
        // What another program has appended meanwhile comes first.
        current.catch_up(store, appended.base)?;
        let before = current.state.exceptions.len();
        let fresh = events.iter().zip(&appended.is_new).filter(|(_, is_new)| **is_new);
        for (sequence, (event, _)) in (appended.base + 1..).zip(fresh) {
            current.step(event, sequence);
        }
        applied.exceptions.push(before..current.state.exceptions.len());
    }
    Ok(applied)
}

/// Checks that the log can keep the events, and that none has the id of another one in it.
fn check(
    store: &mut Store,
    source: Source<'_>,
    events: &[Event],
    batch: usize,
) -> Result<(), ApplyError> {
    let mut findings = Findings::default();
    for (from, events) in (0..).step_by(batch).zip(events.chunks(batch)) {
        let entries: Vec<Entry> = events.iter().map(entry).collect();
        let keys = (from..).zip(&entries).flat_map(|(at, entry)| keys(entry).map(move |k| (at, k)));
        for (at, (column, id)) in keys {
            if id.len() > LONGEST_KEY || id.contains('\0') {
                let accepts =
                    format!("an id of at most {LONGEST_KEY} bytes without the character NUL");
                let (cause, action) = (format!("is not {accepts}"), format!("write {accepts}"));
                let finding = source.finding(at, &codes::E0806, cause, action).column(column);
                findings.push(finding.value(id));
            }
        }
        if !findings.is_empty() {
            // The database could not be asked for them.
            continue;
        }
        for position in store.contradicting(&entries)? {
            let cause = "is the id of another event in the log";
            let action = "give each event an id of its own";
            let finding = source.finding(from + position, &codes::E0807, cause, action);
            findings.push(finding.column("id").value(&*events[position].id));
        }
    }
    if findings.is_empty() { Ok(()) } else { Err(ApplyError::Findings(findings)) }
}

/// The texts of an entry by which it is found again, with the fields that they come from.
fn keys(entry: &Entry) -> impl Iterator<Item = (&'static str, &str)> {
    let order = entry.order.as_deref().map(|order| ("order_id", order));
    std::iter::once(("id", &*entry.id)).chain(order)
}

/// An event as the log keeps it.
pub fn entry(event: &Event) -> Entry {
    #[derive(Deserialize)]
    struct About<'a> {
        #[serde(borrow, default)]
        order_id: Option<Cow<'a, str>>,
    }
    let payload = event.to_json();
    // The fields of an event are texts, numbers and arrays of them: its JSON can be read.
    let about: Option<About<'_>> = serde_json::from_str(&payload).ok();
    let order = about.and_then(|about| about.order_id).map(Cow::into_owned);
    Entry {
        id: event.id.to_string(),
        at: event.at.to_string(),
        kind: event.kind().to_owned(),
        order,
        payload,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orchestrate::event::read_events;

    #[test]
    fn an_entry_names_the_order_and_holds_the_event() {
        let held =
            r#"{"id":"a","at":"2026-11-30T10:00:00-05:00","event":"order_held","order_id":"H\"1"}"#;
        let counted = r#"{"id":"b","at":"2026-11-30T10:00:00Z","event":"stock_counted","node_id":"N","sku":"s","on_hand":3}"#;
        let events = read_events("e", format!("{held}\n{counted}").as_bytes(), 2).unwrap().events;
        let entries: Vec<Entry> = events.iter().map(entry).collect();
        assert_eq!(entries[0].order.as_deref(), Some("H\"1"));
        assert_eq!((&*entries[0].id, &*entries[0].kind), ("a", "order_held"));
        assert_eq!(entries[0].at, "2026-11-30T10:00:00-05:00");
        assert_eq!(entries[1].order, None);
        for (entry, event) in entries.iter().zip(&events) {
            assert_eq!(Event::from_json(&entry.payload).unwrap(), *event);
        }
    }
}
