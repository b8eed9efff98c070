//! The lock of replans: of programs that plan the same state, one works.
//!
//! It is held by a file beside a state that is a file, and by the connection to PostgreSQL; the
//! system lets go of either where a program ends, however it does.

use crate::orchestrate::store::database::Dialect;
use crate::orchestrate::store::{Address, Store, StoreError};
use sqlx::Row;
use std::fs::{File, TryLockError};
use std::path::PathBuf;

/// A lock, held until it is dropped and, in PostgreSQL, as long as the store is open.
#[derive(Debug)]
pub struct ReplanLock {
    _file: Option<File>,
}

impl Store {
    /// Takes the lock of replans, without waiting.
    ///
    /// # Errors
    /// [`StoreError::Replanning`] where another program has it; [`StoreError::Io`].
    pub fn lock_replans(&mut self) -> Result<ReplanLock, StoreError> {
        let address = self.address().clone();
        match (&address, self.database.dialect()) {
            (Address::File(path), Dialect::Sqlite) => {
                let path = PathBuf::from(format!("{}-replan", path.display()));
                let io = |source| StoreError::Io { path: path.clone(), source };
                let mut options = File::options();
                let file = options.create(true).append(true).open(&path).map_err(io)?;
                match file.try_lock() {
                    Ok(()) => Ok(ReplanLock { _file: Some(file) }),
                    Err(TryLockError::WouldBlock) => Err(StoreError::Replanning(address)),
                    Err(TryLockError::Error(error)) => Err(io(error)),
                }
            }
            _ => {
                let lock = "SELECT pg_try_advisory_lock(\
                     hashtextextended('wavewright replan ' || coalesce(current_schema(), ''), 0))";
                let rows = self.database.rows(sqlx::query(lock))?;
                match rows.first().and_then(|row| row.try_get::<bool, _>(0).ok()) {
                    Some(true) => Ok(ReplanLock { _file: None }),
                    _ => Err(StoreError::Replanning(address)),
                }
            }
        }
    }
}
