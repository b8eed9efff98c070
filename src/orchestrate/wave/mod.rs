//! A wave from a state: what is still to be planned, as the folder of tables that `ingest` reads.
//!
//! The network is that of the files which the state starts from, with what events changed since.
//! Orders that wait for a plan, or that nodes work on, are in the wave with all of their units that
//! were not cancelled; what was decided for units is a commitment, as firm as their stage. The
//! folder is read by the ordinary ingest, so that every check of a wave applies.

mod demand;
mod returns;
mod tables;

pub use demand::LeftOut;
pub use returns::ReturnToCorrect;

use crate::diagnostics::Findings;
use crate::domain::Wave;
use crate::ids::{IdVec, LineId, OrderId};
use crate::ingest::read_wave;
use crate::orchestrate::event::Moment;
use crate::orchestrate::state::State;
use crate::orchestrate::store::{Store, StoreError};
use crate::tables::TableError;
use demand::Demand;
use std::collections::BTreeMap;
use std::path::Path;

/// The wave that a state starts from: its network, items and terms stay as they are there.
#[derive(Clone, Debug)]
pub struct Network {
    pub wave: Wave,
    /// The files, by name.
    files: BTreeMap<String, Vec<u8>>,
}

/// Why there is no wave.
#[derive(Debug, thiserror::Error)]
pub enum WaveError {
    /// What the files say is no wave; the names of files and columns are those of the wave format.
    #[error("the wave of the state has {} findings", .0.len())]
    Findings(Findings),
    #[error("the wave of the state cannot be laid out: {0}")]
    Io(#[from] std::io::Error),
    #[error("the table {name} {source}")]
    Table { name: &'static str, source: TableError },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Network {
    /// Reads the network from the files that a state starts from, by name.
    ///
    /// # Errors
    /// [`WaveError::Findings`] where they are no wave to this program.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Result<Network, WaveError> {
        let folder = tempfile::tempdir()?;
        for (name, bytes) in &files {
            std::fs::write(folder.path().join(name), bytes)?;
        }
        let wave = read_wave(folder.path()).map_err(WaveError::Findings)?.wave;
        Ok(Network { wave, files })
    }

    /// The network of a state in a store.
    ///
    /// # Errors
    /// Where the store cannot be read, or the files are no wave to this program.
    pub fn read(store: &mut Store) -> Result<Network, WaveError> {
        Network::new(store.files()?)
    }
}

/// A wave of a state.
#[derive(Clone, Debug)]
pub struct StateWave {
    pub wave: Wave,
    /// The orders of the state that are in it, by their ids in the wave.
    pub orders: IdVec<OrderId, OrderId>,
    /// The lines of the state that are in it, by their ids in the wave: order and place in it.
    pub lines: IdVec<LineId, (OrderId, u32)>,
    /// Units that are under way and cannot be said in a wave.
    pub left_out: Vec<LeftOut>,
    /// Returns to come that are not in the wave, or not as they were announced.
    pub returns_to_correct: Vec<ReturnToCorrect>,
    /// What `ingest` warns of.
    pub warnings: Findings,
}

/// Makes the wave of a state at an instant.
///
/// # Errors
/// [`WaveError::Findings`] where the state cannot be said as a wave.
pub fn state_wave(network: &Network, state: &State, now: Moment) -> Result<StateWave, WaveError> {
    let folder = tempfile::tempdir()?;
    write_state_wave(network, state, now, folder.path())
}

/// Makes the wave of a state at an instant in an empty folder, and reads it from there.
///
/// # Errors
/// As [`state_wave`]; the folder then holds what was written.
pub fn write_state_wave(
    network: &Network,
    state: &State,
    now: Moment,
    folder: &Path,
) -> Result<StateWave, WaveError> {
    let demand = Demand::new(&network.wave, state, now.date());
    let (returns, returns_to_correct) = returns::returns(&network.wave, state, &demand.orders);
    tables::write(network, state, &demand, &returns, now, folder)?;
    let read = read_wave(folder).map_err(WaveError::Findings)?;
    Ok(StateWave {
        wave: read.wave,
        orders: demand.orders.into(),
        lines: demand.lines.iter().map(|line| (line.order, line.line)).collect(),
        left_out: demand.left_out,
        returns_to_correct,
        warnings: read.warnings,
    })
}

#[cfg(test)]
mod tests;
