//! The log: appending events, each once, and reading them in the order in which they came.

use crate::orchestrate::store::database::{Database, Dialect, Statement};
use crate::orchestrate::store::{Store, StoreError};
use rustc_hash::FxHashMap;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

/// An event as the log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its own id; no two events of a log have the same.
    pub id: String,
    /// When it happened, RFC 3339.
    pub at: String,
    pub kind: String,
    /// The order that it is about, where it is about one.
    pub order: Option<String>,
    /// The whole event as JSON.
    pub payload: String,
}

/// An event in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its place, from 1 on, without gaps.
    pub sequence: u64,
    pub entry: Entry,
}

/// What became of events that were to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The last event of the log before; the new ones follow it without a gap.
    pub base: u64,
    /// Whether each event is new; the others were in the log, or earlier in the batch.
    pub is_new: Vec<bool>,
}

impl Appended {
    /// How many events are new.
    pub fn new_count(&self) -> usize {
        self.is_new.iter().filter(|is_new| **is_new).count()
    }

    /// The last event of the log now.
    pub fn last(&self) -> u64 {
        self.base + self.new_count() as u64
    }
}

const COLUMNS: &str = "sequence, id, at, kind, order_id, payload";

/// Rows of a statement that inserts or looks up many; fewer cost time, more save none.
const ROWS: usize = 500;

impl Store {
    /// Appends events in one transaction. Events whose id is in the log are left out.
    ///
    /// They are on the disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::OtherContent`] where an id is known with another payload: nothing is appended.
    pub fn append(&mut self, entries: &[Entry]) -> Result<Appended, StoreError> {
        self.database.transaction(|database| append(database, entries))
    }

    /// Up to `most` events after a place in the log; 0 is its beginning.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn read(&mut self, after: u64, most: usize) -> Result<Vec<Logged>, StoreError> {
        let sql =
            format!("SELECT {COLUMNS} FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2");
        let statement = sqlx::query(AssertSqlSafe(sql));
        self.logged(statement.bind(integer(after)).bind(integer(most as u64)))
    }

    /// The last `most` events of the log, the earliest of them first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn tail(&mut self, most: usize) -> Result<Vec<Logged>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM events ORDER BY sequence DESC LIMIT $1");
        let mut rows = self.logged(sqlx::query(AssertSqlSafe(sql)).bind(integer(most as u64)))?;
        rows.reverse();
        Ok(rows)
    }

    /// The last `most` events about an order, the earliest of them first.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn of_order(&mut self, order: &str, most: usize) -> Result<Vec<Logged>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM events WHERE order_id = $1 ORDER BY sequence DESC LIMIT $2"
        );
        let statement = sqlx::query(AssertSqlSafe(sql)).bind(order).bind(integer(most as u64));
        let mut rows = self.logged(statement)?;
        rows.reverse();
        Ok(rows)
    }

    /// The place of the last event; 0 where there is none.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn last_sequence(&mut self) -> Result<u64, StoreError> {
        last_sequence(&mut self.database)
    }

    /// Which of some events have the id of another event in the log, or of an earlier one of these:
    /// their positions, rising. Appending would be refused.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn contradicting(&mut self, entries: &[Entry]) -> Result<Vec<usize>, StoreError> {
        let mut seen = known(&mut self.database, entries)?;
        let mut found = Vec::new();
        for (position, entry) in entries.iter().enumerate() {
            if seen.entry(&entry.id).or_insert_with(|| entry.payload.clone()) != &entry.payload {
                found.push(position);
            }
        }
        Ok(found)
    }

    fn logged(&mut self, statement: Statement<'_>) -> Result<Vec<Logged>, StoreError> {
        let rows = self.database.rows(statement)?;
        rows.iter().map(|row| logged(row).map_err(|error| self.database.damaged(error))).collect()
    }
}

/// Appends events within a transaction.
pub(super) fn append(database: &mut Database, entries: &[Entry]) -> Result<Appended, StoreError> {
    let base = last_sequence(database)?;
    let mut seen = known(database, entries)?;
    let mut is_new = Vec::with_capacity(entries.len());
    let mut fresh = Vec::with_capacity(entries.len());
    for entry in entries {
        match seen.get(&*entry.id) {
            None => {
                seen.insert(&entry.id, entry.payload.clone());
                fresh.push(entry);
                is_new.push(true);
            }
            Some(payload) if *payload == entry.payload => is_new.push(false),
            Some(_) => return Err(StoreError::OtherContent(entry.id.clone())),
        }
    }
    let mut sequence = base;
    for rows in fresh.chunks(ROWS) {
        let sql = format!(
            "INSERT INTO events ({COLUMNS}) VALUES {}",
            tuples(database.dialect(), rows.len(), 6)
        );
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for entry in rows {
            sequence += 1;
            statement = statement
                .bind(integer(sequence))
                .bind(&*entry.id)
                .bind(&*entry.at)
                .bind(&*entry.kind)
                .bind(entry.order.as_deref())
                .bind(&*entry.payload);
        }
        database.run(statement)?;
    }
    Ok(Appended { base, is_new })
}

/// The payloads of those events that are in the log, by id.
fn known<'e>(
    database: &mut Database,
    entries: &'e [Entry],
) -> Result<FxHashMap<&'e str, String>, StoreError> {
    let mut known = FxHashMap::default();
    for entries in entries.chunks(ROWS) {
        let sql = format!(
            "SELECT id, payload FROM events WHERE id IN {}",
            tuples(database.dialect(), 1, entries.len())
        );
        let mut statement = sqlx::query(AssertSqlSafe(sql));
        for entry in entries {
            statement = statement.bind(&*entry.id);
        }
        let rows = database.rows(statement)?;
        let ids: FxHashMap<&str, &str> =
            entries.iter().map(|entry| (&*entry.id, &*entry.id)).collect();
        for row in rows {
            let read = || -> Result<(String, String), sqlx::Error> {
                Ok((row.try_get(0)?, row.try_get(1)?))
            };
            let (id, payload) = read().map_err(|error| database.damaged(error))?;
            if let Some(id) = ids.get(&*id) {
                known.insert(*id, payload);
            }
        }
    }
    Ok(known)
}

pub(super) fn last_sequence(database: &mut Database) -> Result<u64, StoreError> {
    let rows = database.rows(sqlx::query("SELECT COALESCE(MAX(sequence), 0) FROM events"))?;
    let last = rows.first().and_then(|row| row.try_get::<i64, _>(0).ok());
    last.and_then(|last| u64::try_from(last).ok())
        .ok_or_else(|| database.damaged("the log has no last event"))
}

fn logged(row: &AnyRow) -> Result<Logged, sqlx::Error> {
    let sequence: i64 = row.try_get(0)?;
    let sequence = u64::try_from(sequence).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
    let entry = Entry {
        id: row.try_get(1)?,
        at: row.try_get(2)?,
        kind: row.try_get(3)?,
        order: row.try_get(4)?,
        payload: row.try_get(5)?,
    };
    Ok(Logged { sequence, entry })
}

/// `($1, $2), ($3, $4)`: the places of values in a statement. SQLite's have no numbers: it would
/// look each of them up in a list.
fn tuples(dialect: Dialect, rows: usize, columns: usize) -> String {
    let place = |at: usize| match dialect {
        Dialect::Sqlite => "?".to_owned(),
        Dialect::Postgres => format!("${at}"),
    };
    let tuple = |row: usize| {
        let places: Vec<String> =
            (1..=columns).map(|column| place(row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(tuple).collect::<Vec<_>>().join(", ")
}

/// A number as databases keep it. Places in a log and counts are far below its limit.
pub(super) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_numbered_over_rows() {
        assert_eq!(tuples(Dialect::Postgres, 2, 2), "($1, $2), ($3, $4)");
        assert_eq!(tuples(Dialect::Postgres, 1, 3), "($1, $2, $3)");
        assert_eq!(tuples(Dialect::Sqlite, 2, 2), "(?, ?), (?, ?)");
    }
}
