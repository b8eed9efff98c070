//! A wave from a state: what is still to be planned, as the folder of tables that `ingest` reads.
//!
//! The network is that of the files which the state starts from, with what events changed since.
//! Orders that wait for a plan, or that nodes work on, are in the wave with all of their units that
//! were not cancelled; what was decided for units is a commitment, as firm as their stage. A folder
//! that is written is read by the ordinary ingest, so that every check of a wave applies.

mod demand;
mod parts;
mod returns;
mod tables;

pub use demand::LeftOut;
pub use returns::ReturnToCorrect;

use crate::diagnostics::Findings;
use crate::domain::Wave;
use crate::ids::{IdVec, LineId, OrderId};
use crate::ingest::read_wave;
use crate::orchestrate::event::Moment;
use crate::orchestrate::state::{Portion, Stage, State};
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
    /// What may become of planned units.
    pub planned: PlannedUnits,
    /// Units that are under way and cannot be said in a wave.
    pub left_out: Vec<LeftOut>,
    /// Returns to come that are not in the wave, or not as they were announced.
    pub returns_to_correct: Vec<ReturnToCorrect>,
    /// What `ingest` warns of.
    pub warnings: Findings,
}

impl StateWave {
    /// Whether a plan was made for units that another plan may change.
    pub(crate) fn is_loose(&self, part: &Portion) -> bool {
        let is_free = match part.stage {
            Stage::Planned => self.planned == PlannedUnits::MayChange,
            Stage::Released => true,
            _ => false,
        };
        is_free && part.way.is_some()
    }
}

/// What another plan may do about units that are planned, and that no node was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PlannedUnits {
    #[default]
    MayChange,
    Stay,
}

/// Makes the wave of a state at an instant, by the network that the state starts from.
pub fn state_wave(network: &Wave, state: &State, now: Moment, planned: PlannedUnits) -> StateWave {
    let demand = Demand::new(network, state, now.date(), planned);
    let (returns, returns_to_correct) = returns::returns(network, state, &demand.orders);
    StateWave {
        wave: parts::wave(network, state, &demand, &returns, now),
        orders: demand.orders.into(),
        lines: demand.lines.iter().map(|line| (line.order, line.line)).collect(),
        planned,
        left_out: demand.left_out,
        returns_to_correct,
        warnings: Findings::default(),
    }
}

/// As [`state_wave`], in an empty folder; what is given is the wave that is read from there.
///
/// # Errors
/// [`WaveError::Findings`] where the state cannot be said as a wave; the folder then holds what was
/// written.
pub fn write_state_wave(
    network: &Network,
    state: &State,
    now: Moment,
    planned: PlannedUnits,
    folder: &Path,
) -> Result<StateWave, WaveError> {
    let made = state_wave(&network.wave, state, now, planned);
    tables::write(network, &made.wave, folder)?;
    let read = read_wave(folder).map_err(WaveError::Findings)?;
    Ok(StateWave { wave: read.wave, warnings: read.warnings, ..made })
}

#[cfg(test)]
mod tests;
