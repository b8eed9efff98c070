//! A connection to SQLite or PostgreSQL that waits for its answers: what the rest of the store
//! needs of the library, without its asynchrony.

use crate::orchestrate::store::address::file_url;
use crate::orchestrate::store::{Address, StoreError};
use sqlx::any::{AnyArguments, AnyConnectOptions, AnyRow};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe, ConnectOptions, Connection, Executor};
use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// A statement with its values.
pub(super) type Statement<'q> = Query<'q, Any, AnyArguments>;

/// Where the two databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

/// An open connection.
pub(super) struct Database {
    runtime: Runtime,
    /// There until it is closed.
    connection: Option<AnyConnection>,
    address: Address,
    dialect: Dialect,
    /// How long to wait for another writer.
    wait: Duration,
}

impl Database {
    /// Connects to a file that is there, or to a PostgreSQL database.
    ///
    /// A commit returns when its changes are on the disk. Nothing is written yet: the file may be
    /// that of another program.
    ///
    /// # Errors
    /// [`StoreError::Open`] where the database does not answer.
    pub(super) fn connect(address: &Address, wait: Duration) -> Result<Database, StoreError> {
        sqlx::any::install_default_drivers();
        let open = |source: sqlx::Error| match sqlite_code(&source) {
            Some(NOT_A_DATABASE) => StoreError::NotAState(address.clone()),
            _ => StoreError::Open { address: address.clone(), source: Box::new(source) },
        };
        let io = |source: std::io::Error| open(sqlx::Error::Io(source));
        let (url, dialect) = match address {
            Address::File(path) => (file_url(path).map_err(io)?, Dialect::Sqlite),
            Address::Postgres(url) => (url.as_str().to_owned(), Dialect::Postgres),
        };
        let options = AnyConnectOptions::from_str(&url).map_err(open)?.disable_statement_logging();
        let runtime = Builder::new_current_thread().enable_all().build().map_err(io)?;
        let connection = Some(runtime.block_on(options.connect()).map_err(open)?);
        let address = address.clone();
        let mut database = Database { runtime, connection, address, dialect, wait };
        let settings = database.settings();
        database.run_script(&settings)?;
        Ok(database)
    }

    /// What a connection is told first.
    fn settings(&self) -> String {
        let wait = self.wait.as_millis();
        match self.dialect {
            // The write-ahead log is on the disk before a commit returns.
            Dialect::Sqlite => {
                format!("PRAGMA busy_timeout = {wait}; PRAGMA synchronous = FULL;")
            }
            // A timeout of 0 would mean none.
            Dialect::Postgres => format!(
                "SELECT set_config('synchronous_commit', 'on', false) \
                 WHERE current_setting('synchronous_commit') = 'off'; \
                 SET lock_timeout = {};",
                wait.max(1)
            ),
        }
    }

    /// Sets what a database keeps of its own: readers of a file do not wait for a writer.
    pub(super) fn prepare_new(&mut self) -> Result<(), StoreError> {
        match self.dialect {
            Dialect::Sqlite => self.run_script("PRAGMA journal_mode = WAL"),
            Dialect::Postgres => Ok(()),
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Runs several statements without values.
    pub(super) fn run_script(&mut self, script: &str) -> Result<(), StoreError> {
        let script = sqlx::raw_sql(AssertSqlSafe(script));
        self.ask(async move |connection| connection.execute(script).await).map(|_| ())
    }

    /// Runs a statement and returns how many rows it changed.
    pub(super) fn run(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        let done = self.ask(async move |connection| statement.execute(connection).await)?;
        Ok(done.rows_affected())
    }

    /// The rows of a statement.
    pub(super) fn rows(&mut self, statement: Statement<'_>) -> Result<Vec<AnyRow>, StoreError> {
        self.ask(async move |connection| statement.fetch_all(connection).await)
    }

    /// Does something in a transaction, as the only writer: all of it is kept, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another writer takes too long; what `work` returns;
    /// [`StoreError::Commit`] where it is not certain whether the changes were kept.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Database) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match self.dialect {
            Dialect::Sqlite => self.run_script("BEGIN IMMEDIATE")?,
            Dialect::Postgres => self.run_script("BEGIN")?,
        }
        let done = self.lock().and_then(|()| work(self));
        match done {
            Ok(result) => match self.run_script("COMMIT") {
                Ok(()) => Ok(result),
                Err(StoreError::Database { address, source }) => {
                    self.roll_back();
                    Err(StoreError::Commit { address, source })
                }
                Err(other) => {
                    self.roll_back();
                    Err(other)
                }
            },
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    /// Makes this the only writer until the end of the transaction.
    fn lock(&mut self) -> Result<(), StoreError> {
        match self.dialect {
            // BEGIN IMMEDIATE has done it.
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.run_script(
                "SELECT pg_advisory_xact_lock(\
                 hashtextextended('wavewright ' || coalesce(current_schema(), ''), 0))",
            ),
        }
    }

    fn roll_back(&mut self) {
        // Where this fails the connection is gone, and the transaction with it.
        let _ = self.run_script("ROLLBACK");
    }

    /// A row has what this program would not have written.
    pub(super) fn damaged(&self, what: impl fmt::Display) -> StoreError {
        StoreError::Damaged { address: self.address.clone(), what: what.to_string() }
    }

    fn ask<'c, T, F>(
        &'c mut self,
        question: impl FnOnce(&'c mut AnyConnection) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, sqlx::Error>>,
    {
        let Database { runtime, connection, address, wait, .. } = self;
        let Some(connection) = connection else {
            let source = Box::new(sqlx::Error::PoolClosed);
            return Err(StoreError::Database { address: address.clone(), source });
        };
        runtime.block_on(question(connection)).map_err(|source| {
            let address = address.clone();
            if is_locked(&source) {
                StoreError::Locked { address, seconds: wait.as_secs() }
            } else if sqlite_code(&source) == Some(NOT_A_DATABASE) {
                StoreError::NotAState(address)
            } else {
                StoreError::Database { address, source: Box::new(source) }
            }
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            // SQLite puts its log into the file and removes it; a failure leaves it beside the
            // file, where the next connection finds it.
            let _ = self.runtime.block_on(connection.close());
        }
    }
}

/// SQLite's code for a file of another kind.
const NOT_A_DATABASE: i32 = 26;

/// The primary code of an error of SQLite, whose codes are numbers of few digits.
fn sqlite_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    // The codes of PostgreSQL have five characters.
    if code.len() >= 5 { None } else { code.parse::<i32>().ok().map(|code| code & 0xff) }
}

/// Whether another writer is why a statement failed.
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    // SQLITE_BUSY; lock_not_available.
    sqlite_code(error) == Some(5) || code.is_some_and(|code| code == "55P03")
}
