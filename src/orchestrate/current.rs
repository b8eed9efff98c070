//! The state as of now: the snapshot of a store, and the events of the log after it.
//!
//! The log is the truth. A snapshot saves the fold over the events before it and can be thrown away
//! at any time.

use crate::diagnostics::Findings;
use crate::ingest::read_wave;
use crate::orchestrate::event::Event;
use crate::orchestrate::state::{ExceptionRules, State};
use crate::orchestrate::store::{Snapshot, Store, StoreError};

/// The format of a snapshot's bytes: MessagePack of [`State`]. It has to rise with every change of
/// what a state holds or of how events make it, so that an earlier snapshot is not taken for one of
/// today.
pub const FORMAT: u32 = 4;

/// Events that may follow the snapshot before a new one is saved: to apply them takes a fraction of
/// a second, less than to save a large state.
pub const UNSAVED: u64 = 10_000;

/// Events that are read at once.
const CHUNK: usize = 10_000;

/// Why there is no state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files that the state starts from are no longer a wave, to this program.
    #[error("the files that the state starts from have {} findings", .0.len())]
    Wave(Findings),
    #[error("the files of the state cannot be laid out: {0}")]
    Io(#[from] std::io::Error),
    /// A row of the log that this program cannot read.
    #[error("event {sequence} of the log cannot be read: {cause}")]
    Event { sequence: u64, cause: String },
    #[error("the snapshot cannot be written: {0}")]
    Snapshot(String),
}

/// The state after an event of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Current {
    pub state: State,
    /// The last event that is in it; 0 where there is none.
    pub sequence: u64,
    /// The last event of the snapshot in the store, if it was used.
    saved: Option<u64>,
}

impl Current {
    /// Reads the state after the last event of the log.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn read(store: &mut Store) -> Result<Current, StateError> {
        let mut current = match Current::from_snapshot(store)? {
            Some(current) => current,
            None => Current::start(store)?,
        };
        current.catch_up(store, u64::MAX)?;
        Ok(current)
    }

    /// Makes the state from the log alone, up to an event of it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn rebuild(store: &mut Store, until: u64) -> Result<Current, StateError> {
        let mut current = Current::start(store)?;
        current.catch_up(store, until)?;
        Ok(current)
    }

    /// The state of the snapshot; nothing where there is none that this program can use.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn from_snapshot(store: &mut Store) -> Result<Option<Current>, StateError> {
        let Some(snapshot) = store.snapshot()?.filter(|snapshot| snapshot.format == FORMAT) else {
            return Ok(None);
        };
        let sequence = snapshot.sequence;
        let state = rmp_serde::from_slice(&snapshot.bytes).ok();
        Ok(state.map(|state| Current { state, sequence, saved: Some(sequence) }))
    }

    /// The state before any event, from the files that it starts from.
    fn start(store: &mut Store) -> Result<Current, StateError> {
        let folder = tempfile::tempdir()?;
        for (name, bytes) in store.files()? {
            std::fs::write(folder.path().join(name), bytes)?;
        }
        let wave = read_wave(folder.path()).map_err(StateError::Wave)?.wave;
        let rules =
            ExceptionRules::read(folder.path(), wave.minor_digits).map_err(StateError::Wave)?;
        Ok(Current { state: State::new(&wave, rules), sequence: 0, saved: None })
    }

    /// Applies the events of the log after those that are in the state, up to one of them.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn catch_up(&mut self, store: &mut Store, until: u64) -> Result<(), StateError> {
        while self.sequence < until {
            let left = usize::try_from(until - self.sequence).unwrap_or(usize::MAX);
            let chunk = store.read(self.sequence, CHUNK.min(left))?;
            if chunk.is_empty() {
                break;
            }
            for logged in chunk {
                let sequence = logged.sequence;
                let event = Event::from_json(&logged.entry.payload)
                    .map_err(|error| StateError::Event { sequence, cause: error.to_string() })?;
                self.step(&event, sequence);
            }
        }
        Ok(())
    }

    /// Applies the event at a place of the log, which follows those that are in the state.
    pub(crate) fn step(&mut self, event: &Event, sequence: u64) {
        self.state.apply(event);
        self.sequence = sequence;
    }

    /// Saves a snapshot where the one in the store is far behind.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save_if_due(&mut self, store: &mut Store) -> Result<(), StateError> {
        if self.saved.is_some_and(|saved| self.sequence - saved < UNSAVED) {
            return Ok(());
        }
        self.save(store)
    }

    /// Saves a snapshot.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn save(&mut self, store: &mut Store) -> Result<(), StateError> {
        let bytes = rmp_serde::to_vec(&self.state)
            .map_err(|error| StateError::Snapshot(error.to_string()))?;
        store.save_snapshot(&Snapshot { sequence: self.sequence, format: FORMAT, bytes })?;
        self.saved = Some(self.sequence);
        Ok(())
    }
}
