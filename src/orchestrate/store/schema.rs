//! The tables, and how those of earlier versions become those of today.

use crate::orchestrate::store::StoreError;
use crate::orchestrate::store::database::{Database, Dialect};
use sqlx::Row;

/// The changes of the tables, the first one first. One that was released is never changed.
const MIGRATIONS: [Migration; 3] = [
    Migration {
        sqlite: include_str!("migrations/sqlite/0001_log.sql"),
        postgres: include_str!("migrations/postgres/0001_log.sql"),
    },
    Migration {
        sqlite: include_str!("migrations/sqlite/0002_runs.sql"),
        postgres: include_str!("migrations/postgres/0002_runs.sql"),
    },
    Migration {
        sqlite: include_str!("migrations/sqlite/0003_run_files.sql"),
        postgres: include_str!("migrations/postgres/0003_run_files.sql"),
    },
];

/// The version of the tables: how many changes they have behind them.
pub(super) const VERSION: i64 = MIGRATIONS.len() as i64;

struct Migration {
    sqlite: &'static str,
    postgres: &'static str,
}

/// Makes the tables of a new state, within a transaction.
///
/// # Errors
/// [`StoreError::Exists`] where there is a state; [`StoreError::Encoding`].
pub(super) fn create(database: &mut Database) -> Result<(), StoreError> {
    create_as_of(database, VERSION)
}

fn create_as_of(database: &mut Database, version: i64) -> Result<(), StoreError> {
    if version_of(database)?.is_some() {
        return Err(StoreError::Exists(database.address().clone()));
    }
    check_encoding(database)?;
    database.run_script(
        "CREATE TABLE wavewright_schema (version BIGINT NOT NULL); \
         INSERT INTO wavewright_schema (version) VALUES (0);",
    )?;
    migrate(database, 0, version)
}

/// Brings the tables of a state to today's version.
///
/// # Errors
/// [`StoreError::NotAState`]; [`StoreError::Newer`] where a newer program has changed the tables.
pub(super) fn update(database: &mut Database) -> Result<(), StoreError> {
    if checked_version(database)? == VERSION {
        return Ok(());
    }
    database.transaction(|database| {
        // Another program may have done it since.
        let found = checked_version(database)?;
        migrate(database, found, VERSION)
    })
}

/// The version of a state's tables, not above today's.
fn checked_version(database: &mut Database) -> Result<i64, StoreError> {
    let address = database.address().clone();
    match version_of(database)? {
        None => Err(StoreError::NotAState(address)),
        Some(found) if found > VERSION => Err(StoreError::Newer { address, found, known: VERSION }),
        Some(found) => Ok(found),
    }
}

/// Makes the changes after version `from` up to `to`.
fn migrate(database: &mut Database, from: i64, to: i64) -> Result<(), StoreError> {
    for (version, migration) in (1..).zip(&MIGRATIONS) {
        if version > from && version <= to {
            database.run_script(match database.dialect() {
                Dialect::Sqlite => migration.sqlite,
                Dialect::Postgres => migration.postgres,
            })?;
        }
    }
    database.run(sqlx::query("UPDATE wavewright_schema SET version = $1").bind(to))?;
    Ok(())
}

/// The version of the tables; nothing where there are none.
fn version_of(database: &mut Database) -> Result<Option<i64>, StoreError> {
    let tables = sqlx::query(match database.dialect() {
        Dialect::Sqlite => {
            "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'wavewright_schema'"
        }
        Dialect::Postgres => {
            "SELECT COUNT(*) FROM pg_tables \
             WHERE schemaname = current_schema() AND tablename = 'wavewright_schema'"
        }
    });
    let tables = database.rows(tables)?;
    if tables.iter().all(|row| row.try_get::<i64, _>(0).unwrap_or(0) == 0) {
        return Ok(None);
    }
    let rows = database.rows(sqlx::query("SELECT version FROM wavewright_schema"))?;
    let version = match &*rows {
        [row] => row.try_get::<i64, _>(0).ok().filter(|version| *version > 0),
        _ => None,
    };
    version.map(Some).ok_or_else(|| database.damaged("it does not say its version"))
}

/// Checks that the database keeps every character.
fn check_encoding(database: &mut Database) -> Result<(), StoreError> {
    if database.dialect() == Dialect::Sqlite {
        // A file of ours is in SQLite's own choice, which is UTF-8.
        return Ok(());
    }
    let rows = database.rows(sqlx::query("SELECT current_setting('server_encoding')"))?;
    let encoding: String = rows
        .first()
        .and_then(|row| row.try_get(0).ok())
        .ok_or_else(|| database.damaged("it does not say its encoding"))?;
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(StoreError::Encoding { address: database.address().clone(), encoding })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orchestrate::store::{Address, Store};
    use std::time::Duration;

    fn empty(folder: &tempfile::TempDir) -> Address {
        let path = folder.path().join("state");
        std::fs::write(&path, "").unwrap();
        Address::File(path)
    }

    #[test]
    fn the_tables_of_an_earlier_version_become_those_of_today() {
        for version in 1..VERSION {
            let folder = tempfile::tempdir().unwrap();
            let address = empty(&folder);
            let mut database = Database::connect(&address, Duration::ZERO).unwrap();
            database.transaction(|database| create_as_of(database, version)).unwrap();
            assert_eq!(version_of(&mut database).unwrap(), Some(version));
            let event = "INSERT INTO events VALUES (1, 'e1', '2026-11-02T09:00Z', 'k', NULL, '{}')";
            database.run_script(event).unwrap();
            drop(database);
            let mut store = Store::open(&address).unwrap();
            assert_eq!(store.read(0, 10).unwrap()[0].entry.id, "e1");
            assert_eq!(store.runs().unwrap(), []);
            drop(store);
            let mut database = Database::connect(&address, Duration::ZERO).unwrap();
            assert_eq!(version_of(&mut database).unwrap(), Some(VERSION));
        }
    }

    #[test]
    fn a_newer_version_is_refused_and_says_which() {
        let folder = tempfile::tempdir().unwrap();
        let address = empty(&folder);
        let mut database = Database::connect(&address, Duration::ZERO).unwrap();
        database.transaction(create).unwrap();
        database.run_script("UPDATE wavewright_schema SET version = 99").unwrap();
        drop(database);
        let error = Store::open(&address).err().unwrap();
        assert!(error.to_string().contains("has version 99 of the tables"), "{error}");
    }
}
