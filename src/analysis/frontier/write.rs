//! Writing a sweep: a folder with its tables, its page and every plan.

use super::Frontier;
use super::tables::{FRONTIER_TABLES, tables};
use crate::domain::Wave;
use crate::plan::{
    Plan, WriteError, holds_result, write_folder, write_plan, write_table, write_text,
};
use std::path::Path;

/// The folder of the plans, in which each has its point's number for a name.
const PLANS: &str = "plans";
/// The file that makes a folder a sweep.
const PAGE: &str = "sweep.html";

/// Writes the tables, the page and the plans of a sweep, the plans in the sequence of its points;
/// an earlier sweep in that folder is replaced. The folder holds the whole of it or what it held
/// before.
///
/// # Errors
/// When the folder holds anything that is no sweep, or when writing fails.
pub fn write_frontier(
    wave: &Wave,
    frontier: &Frontier,
    plans: &[&Plan],
    page: &str,
    folder: &Path,
    csv: bool,
) -> Result<(), WriteError> {
    write_folder(
        folder,
        || is_replaceable(folder),
        |fresh| {
            for (point, plan) in frontier.points.iter().zip(plans) {
                write_plan(wave, plan, &fresh.join(PLANS).join(point.point.to_string()), csv)?;
            }
            for (name, table) in tables(frontier) {
                write_table(&table, fresh, name, csv)?;
            }
            write_text(page, &fresh.join(PAGE))
        },
    )
}

/// Checks that a sweep may be written to `folder`, without writing anything.
///
/// # Errors
/// When the folder holds anything that is no sweep, or cannot be read.
pub fn check_frontier_folder(folder: &Path) -> Result<(), WriteError> {
    is_replaceable(folder).map(|_| ())
}

/// Whether `folder` holds an earlier sweep; false where it is empty or does not exist.
fn is_replaceable(folder: &Path) -> Result<bool, WriteError> {
    holds_result(folder, PAGE, PLANS, &FRONTIER_TABLES, WriteError::NotASweep)
}
