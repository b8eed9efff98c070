//! The store of a state: a log of events that only grows, in a file of SQLite or in PostgreSQL.
//!
//! The store keeps rows and bytes and does not know what events say. The log is the truth; a
//! snapshot spares reading it from the start. Every change is a transaction of the only writer,
//! and is on the disk when its function returns.

mod address;
mod database;
mod error;
mod lock;
mod log;
mod parts;
mod runs;
mod schema;

pub use address::{Address, PostgresUrl};
pub use error::StoreError;
pub use lock::ReplanLock;
pub use log::{Appended, Entry, Logged};
pub use parts::Snapshot;
pub use runs::{Run, RunStatus};

use database::Database;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a writer waits for another one, unless it is told otherwise.
pub const WAIT: Duration = Duration::from_secs(30);

/// An open state.
pub struct Store {
    database: Database,
}

impl Store {
    /// Makes a state that starts from the files of a wave, and opens it.
    ///
    /// It is there as a whole or not at all.
    ///
    /// # Errors
    /// [`StoreError::Exists`] where there is a state or another file; [`StoreError::Encoding`];
    /// [`StoreError::Open`]; [`StoreError::Io`].
    pub fn create(
        address: &Address,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Store, StoreError> {
        let fill = |address: &Address| {
            let mut database = Database::connect(address, WAIT)?;
            database.prepare_new()?;
            database.transaction(|database| {
                schema::create(database)?;
                parts::put_files(database, files)
            })
        };
        match address {
            Address::File(path) => create_file(path, |beside| fill(&Address::File(beside)))?,
            Address::Postgres(_) => fill(address)?,
        }
        Store::open(address)
    }

    /// Opens a state, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::NotAState`]; [`StoreError::Newer`];
    /// [`StoreError::Open`].
    pub fn open(address: &Address) -> Result<Store, StoreError> {
        Store::open_waiting(address, WAIT)
    }

    /// Opens a state and waits so long for other writers, to the millisecond.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_waiting(address: &Address, wait: Duration) -> Result<Store, StoreError> {
        if let Address::File(path) = address
            && !path.exists()
        {
            return Err(StoreError::Missing(address.clone()));
        }
        let mut database = Database::connect(address, wait)?;
        schema::update(&mut database)?;
        Ok(Store { database })
    }

    /// Where the state is.
    pub fn address(&self) -> &Address {
        self.database.address()
    }
}

/// Makes a file beside its place, lets it be filled, and moves it there; nothing is replaced.
fn create_file(
    path: &Path,
    fill: impl FnOnce(PathBuf) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let exists = || StoreError::Exists(Address::File(path.to_owned()));
    let io = |source| StoreError::Io { path: path.to_owned(), source };
    if path.exists() {
        return Err(exists());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".state-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = builder.tempfile_in(folder).map_err(io)?.into_temp_path();
    fill(beside.to_path_buf())?;
    let moved = beside.persist_noclobber(path);
    moved.map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(),
        _ => io(error.error),
    })?;
    // The name has to be on the disk too.
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)
}
