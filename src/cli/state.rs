//! The state that a command is about, and what is told where it cannot be used.

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::ids::Id;
use crate::ingest::nearest;
use crate::orchestrate::current::{Current, StateError};
use crate::orchestrate::state::{Names, State};
use crate::orchestrate::store::{Address, Store, StoreError};

/// The state that a command is about.
#[derive(Debug, clap::Args)]
pub(super) struct StateArg {
    /// The state: a file, or a PostgreSQL database as postgres://user@host/database
    #[arg(long, value_name = "STATE")]
    state: String,
}

impl StateArg {
    pub(super) fn address(&self) -> Result<Address, Failure> {
        Ok(Address::parse(&self.state)?)
    }

    /// Opens a state that is there.
    pub(super) fn open(&self) -> Result<Store, Failure> {
        Ok(Store::open(&self.address()?)?)
    }

    /// The state after all events.
    pub(super) fn read(&self) -> Result<State, Failure> {
        Ok(Current::read(&mut self.open()?)?.state)
    }
}

/// The id of a name that the user gave; that it is unknown is told with the nearest known one.
pub(super) fn find<I: Id>(
    names: &Names<I>,
    what: &str,
    name: Option<&str>,
) -> Result<Option<I>, Failure> {
    let Some(name) = name else { return Ok(None) };
    if let Some(id) = names.get(name) {
        return Ok(Some(id));
    }
    // Ids have upper case as often as not; the nearest name is looked for without it.
    let known: Vec<(String, &str)> =
        names.iter().map(|(_, known)| (known.to_lowercase(), known)).collect();
    let near = nearest(name, known.iter().map(|(lower, _)| lower.as_str()));
    let near = near.and_then(|near| known.iter().find(|(lower, _)| lower == near));
    let help = match near {
        Some((_, known)) => format!("did you mean {known}?"),
        None => format!("name one of the {} that the state has", names.len()),
    };
    Err(Failure::usage(format!("the {what} {name} is unknown"), help))
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        let usage = |help: &str| Failure::usage(error.to_string(), help);
        let refused = |help: &str| Failure::Message {
            exit: Exit::Internal,
            message: error.to_string(),
            help: Some(help.to_owned()),
        };
        match &error {
            StoreError::Address { .. } => {
                usage("name a file, or a database as postgres://user@host/database")
            }
            StoreError::Missing(_) => usage("make one: wavewright init WAVE --state STATE"),
            StoreError::Exists(_) => usage("name a file or a database without a state"),
            StoreError::NotAState(_) => {
                usage("name a state, or make one: wavewright init WAVE --state STATE")
            }
            StoreError::Encoding { .. } => {
                usage("name a database that was created with the encoding UTF8")
            }
            StoreError::NoRun(_) | StoreError::RunExists(_) | StoreError::NotStaged { .. } => {
                usage("name a run that is staged: wavewright runs list --status staged")
            }
            StoreError::Overtaken { .. } => usage("plan again: wavewright replan"),
            StoreError::Replanning(_) => refused("wait until the other program has finished"),
            StoreError::Newer { .. } => refused("use that newer version of the program"),
            StoreError::Moved(_) => refused("run the command again"),
            StoreError::Locked { .. } => refused("wait until the other program has finished"),
            StoreError::Commit { .. } => {
                refused("run the command again: events that were kept are not applied twice")
            }
            StoreError::Damaged { .. } => refused("go back to a backup of the state"),
            StoreError::Open { .. }
            | StoreError::Database { .. }
            | StoreError::Io { .. }
            | StoreError::OtherContent(_) => Failure::internal(error.to_string()),
        }
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Failure {
        match error {
            StateError::Store(error) => error.into(),
            StateError::Wave(findings) => Failure::findings(findings),
            other => Failure::internal(other.to_string()),
        }
    }
}
