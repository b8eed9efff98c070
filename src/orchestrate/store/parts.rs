//! Bytes in parts: the files that a state starts from, and the snapshot.

use crate::orchestrate::store::database::{Database, Statement};
use crate::orchestrate::store::log::integer;
use crate::orchestrate::store::{Store, StoreError};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeMap;

/// Bytes of a part: far below what a cell may have, few enough rows.
const PART: usize = 16 << 20;

/// The state after an event, as bytes of some format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The last event that is in it.
    pub sequence: u64,
    /// The version of the bytes' format.
    pub format: u32,
    pub bytes: Vec<u8>,
}

impl Store {
    /// The files of the wave that the state was made from, by name.
    ///
    /// # Errors
    /// Where the database cannot be read, or parts are missing.
    pub fn files(&mut self) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let all = "SELECT name, part, bytes FROM files ORDER BY name, part";
        self.files_of(sqlx::query(all))
    }

    /// A file of the wave that the state was made from; nothing where there is none of the name.
    ///
    /// # Errors
    /// Where the database cannot be read, or parts are missing.
    pub fn file(&mut self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let one = "SELECT name, part, bytes FROM files WHERE name = $1 ORDER BY part";
        Ok(self.files_of(sqlx::query(one).bind(name))?.remove(name))
    }

    /// What a run keeps, by name; nothing where it keeps nothing.
    ///
    /// # Errors
    /// Where the database cannot be read, or parts are missing.
    pub fn run_files(&mut self, run: &str) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let all = "SELECT name, part, bytes FROM run_files WHERE run = $1 ORDER BY name, part";
        self.files_of(sqlx::query(all).bind(run))
    }

    fn files_of(
        &mut self,
        statement: Statement<'_>,
    ) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let rows = self.database.rows(statement)?;
        let mut files: BTreeMap<String, Parts> = BTreeMap::new();
        for row in rows {
            let read = || Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
            let (name, part, bytes): (String, i64, Vec<u8>) =
                read().map_err(|error: sqlx::Error| self.database.damaged(error))?;
            if !files.entry(name.clone()).or_default().push(part, &bytes) {
                return Err(self.database.damaged(format!("a part of the file {name} is missing")));
            }
        }
        Ok(files.into_iter().map(|(name, parts)| (name, parts.bytes)).collect())
    }

    /// The latest snapshot; nothing where none was saved.
    ///
    /// # Errors
    /// Where the database cannot be read, or parts are missing.
    pub fn snapshot(&mut self) -> Result<Option<Snapshot>, StoreError> {
        let rows = self.database.rows(sqlx::query(
            "SELECT sequence, format, part, bytes FROM snapshots ORDER BY sequence, part",
        ))?;
        let mut found: Option<(i64, i64)> = None;
        let mut parts = Parts::default();
        for row in rows {
            let read = || Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?));
            let (sequence, format, part, bytes): (i64, i64, i64, Vec<u8>) =
                read().map_err(|error: sqlx::Error| self.database.damaged(error))?;
            let one = *found.get_or_insert((sequence, format)) == (sequence, format);
            if !one || !parts.push(part, &bytes) {
                return Err(self.database.damaged("a part of the snapshot is missing"));
            }
        }
        let Some((sequence, format)) = found else { return Ok(None) };
        match (u64::try_from(sequence), u32::try_from(format)) {
            (Ok(sequence), Ok(format)) => {
                Ok(Some(Snapshot { sequence, format, bytes: parts.bytes }))
            }
            _ => Err(self.database.damaged("a snapshot has no place in the log")),
        }
    }

    /// Keeps a snapshot in place of the one before, unless that one is of a later event.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn save_snapshot(&mut self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let (sequence, format) = (integer(snapshot.sequence), i64::from(snapshot.format));
        self.database.transaction(|database| {
            let later =
                "SELECT sequence FROM snapshots WHERE sequence > $1 AND format = $2 LIMIT 1";
            let later = sqlx::query(later).bind(sequence).bind(format);
            if !database.rows(later)?.is_empty() {
                return Ok(());
            }
            database.run(sqlx::query("DELETE FROM snapshots"))?;
            for (part, bytes) in parts(&snapshot.bytes) {
                let insert = "INSERT INTO snapshots (sequence, part, format, bytes) \
                              VALUES ($1, $2, $3, $4)";
                let insert = sqlx::query(insert).bind(sequence).bind(part).bind(format);
                database.run(insert.bind(bytes))?;
            }
            Ok(())
        })
    }

    /// Throws the snapshot away, whatever it is.
    ///
    /// # Errors
    /// Where the database cannot be written.
    pub fn drop_snapshot(&mut self) -> Result<(), StoreError> {
        self.database.run(sqlx::query("DELETE FROM snapshots")).map(|_| ())
    }
}

/// Puts files into a new state, within a transaction.
pub(super) fn put_files(
    database: &mut Database,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), StoreError> {
    for (name, bytes) in files {
        for (part, bytes) in parts(bytes) {
            let insert = AssertSqlSafe("INSERT INTO files (name, part, bytes) VALUES ($1, $2, $3)");
            database.run(sqlx::query(insert).bind(&**name).bind(part).bind(bytes))?;
        }
    }
    Ok(())
}

/// Throws away what all runs kept, within a transaction.
pub(super) fn drop_run_files(database: &mut Database) -> Result<(), StoreError> {
    database.run(sqlx::query("DELETE FROM run_files")).map(|_| ())
}

/// Throws away what a run kept, within a transaction.
pub(super) fn drop_files_of(database: &mut Database, run: &str) -> Result<(), StoreError> {
    database.run(sqlx::query("DELETE FROM run_files WHERE run = $1").bind(run)).map(|_| ())
}

/// Puts what a run keeps, within a transaction.
pub(super) fn put_run_files(
    database: &mut Database,
    run: &str,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<(), StoreError> {
    for (name, bytes) in files {
        for (part, bytes) in parts(bytes) {
            let insert = "INSERT INTO run_files (run, name, part, bytes) VALUES ($1, $2, $3, $4)";
            let insert = sqlx::query(insert).bind(run).bind(&**name).bind(part);
            database.run(insert.bind(bytes))?;
        }
    }
    Ok(())
}

/// Bytes in parts with their numbers from 0 on; one part where there are no bytes.
fn parts(bytes: &[u8]) -> impl Iterator<Item = (i64, &[u8])> {
    let empty = bytes.is_empty().then_some(bytes);
    (0..).zip(bytes.chunks(PART).chain(empty))
}

/// Parts as they are put together.
#[derive(Default)]
struct Parts {
    next: i64,
    bytes: Vec<u8>,
}

impl Parts {
    /// Adds a part; says whether it is the one that follows.
    fn push(&mut self, part: i64, bytes: &[u8]) -> bool {
        let follows = part == self.next;
        self.next += 1;
        self.bytes.extend_from_slice(bytes);
        follows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_make_the_whole_again() {
        for length in [0, 1, PART, PART + 1] {
            let bytes: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let mut whole = Parts::default();
            assert!(parts(&bytes).all(|(part, bytes)| whole.push(part, bytes)), "{length}");
            assert_eq!(whole.bytes, bytes);
            assert_eq!(whole.next, 1.max(length.div_ceil(PART)) as i64);
        }
    }
}
