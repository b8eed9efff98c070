//! What can be wrong with a store, as its user has to know it.

use crate::orchestrate::store::{Address, RunStatus};
use std::path::PathBuf;

/// Why the store did not do what it was asked. Nothing has changed then, but for
/// [`StoreError::Commit`].
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The text names neither a file nor a PostgreSQL database.
    #[error("{address}: {cause}")]
    Address { address: String, cause: String },
    #[error("there is no state at {0}")]
    Missing(Address),
    /// A state is never replaced.
    #[error("there is a state at {0} already")]
    Exists(Address),
    /// The file or the database has something else in it.
    #[error("{0} is no state of wavewright")]
    NotAState(Address),
    /// A newer program has changed the tables.
    #[error(
        "the state at {address} has version {found} of the tables; this program knows versions up \
         to {known}"
    )]
    Newer { address: Address, found: i64, known: i64 },
    /// Another writer did not finish in time.
    #[error("another program is writing to {address}, and did not finish within {seconds} s")]
    Locked { address: Address, seconds: u64 },
    /// PostgreSQL would not keep every character.
    #[error("the database at {address} has the encoding {encoding}, not UTF8")]
    Encoding { address: Address, encoding: String },
    #[error("{address} cannot be opened: {source}")]
    Open { address: Address, source: Box<sqlx::Error> },
    #[error("{address}: {source}")]
    Database { address: Address, source: Box<sqlx::Error> },
    /// The transaction may or may not have been kept; asking again is safe.
    #[error("{address} did not confirm that it has kept the changes: {source}")]
    Commit { address: Address, source: Box<sqlx::Error> },
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
    /// An id is that of an earlier event which says something else.
    #[error("the event {0} is in the log with another content")]
    OtherContent(String),
    #[error("there is no run {0}")]
    NoRun(String),
    #[error("there is a run {0} already")]
    RunExists(String),
    #[error("the run {id} is {status}, and only a staged run can be released or discarded")]
    NotStaged { id: String, status: RunStatus },
    /// The plan does not know what the other run has released since.
    #[error("the run {by} was released after the run {id} had read the state")]
    Overtaken { id: String, by: String },
    /// Events came between reading the log and appending to it; ask again with what they changed.
    #[error("events came to {0} meanwhile")]
    Moved(Address),
    /// Another program plans the same state.
    #[error("another program is planning {0}")]
    Replanning(Address),
    /// A row that this program would not have written.
    #[error("the state at {address} is damaged: {what}")]
    Damaged { address: Address, what: String },
}
