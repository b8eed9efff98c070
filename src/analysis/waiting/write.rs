//! Writing a simulation: a folder with its tables, its page and, where asked for, every event.

use super::Waiting;
use super::tables::{WAITING_TABLES, tables};
use crate::plan::{WriteError, holds_result, write_folder, write_table, write_text};
use std::path::Path;

/// The file that makes a folder a simulation.
const PAGE: &str = "simulation.html";
/// The folder of the events, a file of JSON Lines a run.
const EVENTS: &str = "events";

/// Writes the tables and the page of a simulation, and the `events` of its runs, each with the name
/// of its file without extension; an earlier simulation in that folder is replaced. The folder holds
/// the whole of it or what it held before.
///
/// # Errors
/// When the folder holds anything that is no simulation, or when writing fails.
pub fn write_waiting(
    waiting: &Waiting,
    page: &str,
    events: &[(String, String)],
    folder: &Path,
    csv: bool,
) -> Result<(), WriteError> {
    write_folder(
        folder,
        || is_replaceable(folder),
        |fresh| {
            for (name, table) in tables(waiting) {
                write_table(&table, fresh, name, csv)?;
            }
            if !events.is_empty() {
                let inner = fresh.join(EVENTS);
                std::fs::create_dir(&inner)
                    .map_err(|source| WriteError::Io { path: inner.clone(), source })?;
                for (name, lines) in events {
                    write_text(lines, &inner.join(format!("{name}.jsonl")))?;
                }
            }
            write_text(page, &fresh.join(PAGE))
        },
    )
}

/// Checks that a simulation may be written to `folder`, without writing anything.
///
/// # Errors
/// When the folder holds anything that is no simulation, or cannot be read.
pub fn check_waiting_folder(folder: &Path) -> Result<(), WriteError> {
    is_replaceable(folder).map(|_| ())
}

/// Whether `folder` holds an earlier simulation; false where it is empty or does not exist.
fn is_replaceable(folder: &Path) -> Result<bool, WriteError> {
    holds_result(folder, PAGE, EVENTS, &WAITING_TABLES, WriteError::NotASimulation)
}
