//! Run records of replans: staged first; then released, once and with the events, or discarded.

use crate::orchestrate::store::database::Database;
use crate::orchestrate::store::log::{append, integer, last_sequence};
use crate::orchestrate::store::parts::{drop_files_of, drop_run_files, put_run_files};
use crate::orchestrate::store::{Appended, Entry, Store, StoreError};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;
use std::fmt;

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// Its plan waits to be released.
    Staged,
    /// Its plan is in the log.
    Released,
    /// Its plan will not be released.
    Discarded,
}

/// A replan: what it read and what it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    pub id: String,
    /// When it was asked for, RFC 3339.
    pub asked: String,
    /// The last event of the state that it read.
    pub base: u64,
    pub model: String,
    /// Digest of its plan's folder.
    pub plan_digest: String,
    pub status: RunStatus,
    /// The last event of the log once it was released.
    pub released_at: Option<u64>,
}

const COLUMNS: &str = "id, asked, base, model, plan_digest, status, released_at";

impl RunStatus {
    pub const ALL: [RunStatus; 3] = [RunStatus::Staged, RunStatus::Released, RunStatus::Discarded];

    pub fn from_name(name: &str) -> Option<RunStatus> {
        RunStatus::ALL.into_iter().find(|status| status.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            RunStatus::Staged => "staged",
            RunStatus::Released => "released",
            RunStatus::Discarded => "discarded",
        }
    }
}

impl Run {
    /// Whether a run is the same plan of the same state and nothing has come of it.
    fn may_be_staged_again(&self, again: &Run) -> bool {
        let is_same = (self.base, &self.plan_digest) == (again.base, &again.plan_digest);
        let added_nothing = self.released_at == Some(self.base);
        is_same && (self.status == RunStatus::Discarded || added_nothing)
    }
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Store {
    /// Records a run whose plan waits to be released. It takes the place of those that waited
    /// before: they are discarded. The same plan may be staged again where it was discarded, or where
    /// its release added nothing to the log.
    ///
    /// # Errors
    /// [`StoreError::RunExists`].
    pub fn stage(
        &mut self,
        id: &str,
        asked: &str,
        base: u64,
        model: &str,
        plan_digest: &str,
    ) -> Result<Run, StoreError> {
        self.stage_with(id, asked, base, model, plan_digest, &BTreeMap::new())
    }

    /// As [`Store::stage`], with what the run keeps, by name. What earlier runs kept is thrown away.
    ///
    /// # Errors
    /// [`StoreError::RunExists`].
    pub fn stage_with(
        &mut self,
        id: &str,
        asked: &str,
        base: u64,
        model: &str,
        plan_digest: &str,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Run, StoreError> {
        let run = Run {
            id: id.to_owned(),
            asked: asked.to_owned(),
            base,
            model: model.to_owned(),
            plan_digest: plan_digest.to_owned(),
            status: RunStatus::Staged,
            released_at: None,
        };
        self.database.transaction(|database| {
            let again = match find(database, id)? {
                Some(known) if !known.may_be_staged_again(&run) => {
                    return Err(StoreError::RunExists(id.to_owned()));
                }
                again => again.is_some(),
            };
            let replace = "UPDATE runs SET status = $1 WHERE status = $2";
            let replace = sqlx::query(replace).bind(RunStatus::Discarded.name());
            database.run(replace.bind(RunStatus::Staged.name()))?;
            if again {
                let stage = "UPDATE runs SET status = $1, released_at = NULL, asked = $2, \
                             model = $3 WHERE id = $4";
                let stage = sqlx::query(stage).bind(run.status.name()).bind(asked);
                database.run(stage.bind(model).bind(id))?;
            } else {
                let insert = "INSERT INTO runs (id, asked, base, model, plan_digest, status) \
                              VALUES ($1, $2, $3, $4, $5, $6)";
                let insert = sqlx::query(insert).bind(id).bind(asked).bind(integer(base));
                database.run(insert.bind(model).bind(plan_digest).bind(run.status.name()))?;
            }
            drop_run_files(database)?;
            put_run_files(database, id, files)
        })?;
        Ok(run)
    }

    /// Appends the events of a staged run and records it as released, all in one transaction: of
    /// two runs that read the same state only one is released, and none twice.
    ///
    /// # Errors
    /// [`StoreError::NoRun`]; [`StoreError::NotStaged`]; [`StoreError::Overtaken`] where another
    /// run was released since this one read the state; those of [`Store::append`].
    pub fn release(&mut self, id: &str, entries: &[Entry]) -> Result<Appended, StoreError> {
        self.release_after(id, None, entries)
    }

    /// As [`Store::release`], where `last` is still the last event of the log.
    ///
    /// # Errors
    /// As [`Store::release`]; [`StoreError::Moved`] where the log has grown.
    pub fn release_at(
        &mut self,
        id: &str,
        last: u64,
        entries: &[Entry],
    ) -> Result<Appended, StoreError> {
        self.release_after(id, Some(last), entries)
    }

    fn release_after(
        &mut self,
        id: &str,
        last: Option<u64>,
        entries: &[Entry],
    ) -> Result<Appended, StoreError> {
        let address = self.address().clone();
        self.database.transaction(|database| {
            let run = find(database, id)?.ok_or_else(|| StoreError::NoRun(id.to_owned()))?;
            if let Some(by) = overtaken_by(database, &run)? {
                return Err(StoreError::Overtaken { id: id.to_owned(), by });
            }
            if run.status == RunStatus::Staged
                && let Some(last) = last
                && last_sequence(database)? != last
            {
                return Err(StoreError::Moved(address));
            }
            let appended = append(database, entries)?;
            settle(database, &run, RunStatus::Released)?;
            Ok(appended)
        })
    }

    /// Records that a staged run will not be released, and throws away what it kept.
    ///
    /// # Errors
    /// [`StoreError::NoRun`]; [`StoreError::NotStaged`].
    pub fn discard(&mut self, id: &str) -> Result<(), StoreError> {
        self.database.transaction(|database| {
            let run = find(database, id)?.ok_or_else(|| StoreError::NoRun(id.to_owned()))?;
            settle(database, &run, RunStatus::Discarded)?;
            drop_files_of(database, id)
        })
    }

    /// A run by its id.
    ///
    /// # Errors
    /// [`StoreError::NoRun`].
    pub fn run(&mut self, id: &str) -> Result<Run, StoreError> {
        find(&mut self.database, id)?.ok_or_else(|| StoreError::NoRun(id.to_owned()))
    }

    /// The run that was released since a staged one read the state, so that this one cannot be any
    /// more; nothing where there is none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn overtaken_by(&mut self, run: &Run) -> Result<Option<String>, StoreError> {
        overtaken_by(&mut self.database, run)
    }

    /// All runs, by what they read and then by id.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn runs(&mut self) -> Result<Vec<Run>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM runs");
        let rows = self.database.rows(sqlx::query(AssertSqlSafe(sql)))?;
        let mut runs =
            rows.iter().map(|row| read(&self.database, row)).collect::<Result<Vec<_>, _>>()?;
        // Databases sort texts in the way of their language.
        runs.sort_by(|a, b| (a.base, &a.id).cmp(&(b.base, &b.id)));
        Ok(runs)
    }
}

fn overtaken_by(database: &mut Database, run: &Run) -> Result<Option<String>, StoreError> {
    if run.status != RunStatus::Staged {
        return Ok(None);
    }
    let since =
        "SELECT id FROM runs WHERE released_at > $1 AND id <> $2 ORDER BY released_at LIMIT 1";
    let rows = database.rows(sqlx::query(since).bind(integer(run.base)).bind(&*run.id))?;
    let by = rows.first().map(|row| row.try_get(0)).transpose();
    by.map_err(|error| database.damaged(error))
}

/// Moves a run from staged to what it becomes.
fn settle(database: &mut Database, run: &Run, status: RunStatus) -> Result<(), StoreError> {
    let last = last_sequence(database)?;
    let released_at = (status == RunStatus::Released).then_some(integer(last));
    let update = "UPDATE runs SET status = $1, released_at = $2 WHERE id = $3 AND status = $4";
    let update = sqlx::query(update).bind(status.name()).bind(released_at).bind(&*run.id);
    if database.run(update.bind(RunStatus::Staged.name()))? == 1 {
        return Ok(());
    }
    Err(StoreError::NotStaged { id: run.id.clone(), status: run.status })
}

fn find(database: &mut Database, id: &str) -> Result<Option<Run>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM runs WHERE id = $1");
    let rows = database.rows(sqlx::query(AssertSqlSafe(sql)).bind(id))?;
    rows.first().map(|row| read(database, row)).transpose()
}

fn read(database: &Database, row: &AnyRow) -> Result<Run, StoreError> {
    let place =
        |number: i64| u64::try_from(number).map_err(|error| sqlx::Error::Decode(Box::new(error)));
    let run = || -> Result<Run, sqlx::Error> {
        let status: String = row.try_get(5)?;
        let known = RunStatus::from_name(&status);
        Ok(Run {
            id: row.try_get(0)?,
            asked: row.try_get(1)?,
            base: place(row.try_get(2)?)?,
            model: row.try_get(3)?,
            plan_digest: row.try_get(4)?,
            status: known.ok_or_else(|| {
                sqlx::Error::Decode(format!("a run has the status {status}").into())
            })?,
            released_at: row.try_get::<Option<i64>, _>(6)?.map(place).transpose()?,
        })
    };
    run().map_err(|error| database.damaged(error))
}
