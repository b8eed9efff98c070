//! Typed cells of a table file, with a finding for each that is not what its column holds.

use super::codes;
use crate::diagnostics::{Finding, Findings, Severity};
use crate::tables::{Cell, Source};
use crate::time::Day;
use crate::units::{format_fixed, parse_fixed};
use rustc_hash::FxHashMap;
use std::fmt::Display;

/// A finding about a file of a plan.
pub(super) fn finding(code: &'static str, file: &str, cause: String, action: &str) -> Finding {
    Finding {
        code,
        severity: Severity::Error,
        file: file.to_string(),
        row: None,
        column: None,
        value: None,
        cause,
        action: action.to_string(),
    }
}

/// A table file with a current row.
pub(super) struct Cells<'a> {
    file: String,
    source: Source,
    columns: FxHashMap<&'static str, usize>,
    row: usize,
    findings: &'a mut Findings,
}

impl<'a> Cells<'a> {
    /// Checks the columns of a table. Nothing where some are missing.
    pub fn new(
        file: String,
        source: Source,
        names: &[&'static str],
        findings: &'a mut Findings,
    ) -> Option<Cells<'a>> {
        let mut columns = FxHashMap::default();
        for (index, name) in source.names().enumerate() {
            match names.iter().find(|known| **known == name) {
                Some(known) => {
                    columns.insert(*known, index);
                }
                // The user's own columns belong to the wave.
                None if name.starts_with("x_") => {}
                None => {
                    let cause = format!("the column {name:?} is not one of a plan");
                    let action = "remove the column";
                    let column = Some(name.to_string());
                    let found = finding(codes::UNKNOWN_COLUMN, &file, cause, action);
                    findings.push(Finding { column, ..found });
                }
            }
        }
        for name in names.iter().filter(|name| !columns.contains_key(**name)) {
            let cause = format!("the column {name:?} is missing");
            let found = finding(codes::MISSING_COLUMN, &file, cause, "plan again");
            findings.push(Finding { column: Some(name.to_string()), ..found });
        }
        let is_complete = columns.len() == names.len();
        is_complete.then_some(Cells { file, source, columns, row: 0, findings })
    }

    pub fn height(&self) -> usize {
        self.source.height()
    }

    /// Moves to a row, from 0.
    pub fn go_to(&mut self, row: usize) {
        self.row = row;
    }

    fn cell(&self, name: &str) -> Cell<'_> {
        self.columns.get(name).map_or(Cell::Empty, |column| self.source.cell(*column, self.row))
    }

    /// Reports the current cell of a column.
    pub fn report(
        &mut self,
        code: &'static str,
        name: &str,
        value: impl Display,
        cause: &str,
        action: &str,
    ) {
        let found = finding(code, &self.file, cause.to_string(), action);
        self.findings.push(Finding {
            row: Some(self.row + 1),
            column: Some(name.to_string()),
            value: Some(value.to_string()),
            ..found
        });
    }

    fn bad(&mut self, name: &str, value: String, cause: &str) {
        self.report(codes::BAD_VALUE, name, value, cause, "plan again, or restore the value");
    }

    /// The value of a cell that may not be empty.
    pub fn needed<T>(&mut self, name: &str, value: Option<Option<T>>) -> Option<T> {
        let value = value?;
        if value.is_none() {
            let found = finding(
                codes::EMPTY_CELL,
                &self.file,
                "the cell is empty".to_string(),
                "plan again, or restore the value",
            );
            let (row, column) = (Some(self.row + 1), Some(name.to_string()));
            self.findings.push(Finding { row, column, ..found });
        }
        value
    }

    /// A text; empty where the cell is.
    pub fn text(&self, name: &str) -> String {
        match self.cell(name) {
            Cell::Empty => String::new(),
            other => show(other),
        }
    }

    /// A number as an integer with `places` implied places. As in all of these: nothing where the
    /// value is bad, which is reported, and nothing inside where the cell is empty.
    pub fn fixed(&mut self, name: &str, places: u32) -> Option<Option<i64>> {
        let text = match self.cell(name) {
            Cell::Empty => return Some(None),
            Cell::Int(value) if places == 0 => return Some(Some(value)),
            other => show(other),
        };
        match parse_fixed(&text, places) {
            Ok(value) => Some(Some(value)),
            Err(error) => {
                self.bad(name, text, &error.to_string());
                None
            }
        }
    }

    /// A whole number of a type.
    pub fn count<N: TryFrom<i64>>(&mut self, name: &str) -> Option<Option<N>> {
        match self.fixed(name, 0)? {
            None => Some(None),
            Some(value) => {
                let count = N::try_from(value).ok();
                if count.is_none() {
                    self.bad(name, value.to_string(), "is out of range");
                }
                count.map(Some)
            }
        }
    }

    pub fn float(&mut self, name: &str) -> Option<Option<f64>> {
        let text = match self.cell(name) {
            Cell::Empty => return Some(None),
            Cell::Float(value) => return Some(Some(value)),
            other => show(other),
        };
        let value = text.parse().ok();
        if value.is_none() {
            self.bad(name, text, "is not a number");
        }
        value.map(Some)
    }

    pub fn date(&mut self, name: &str) -> Option<Option<Day>> {
        let text = match self.cell(name) {
            Cell::Empty => return Some(None),
            Cell::Date(day) => return Some(Some(day)),
            other => show(other),
        };
        let day = text.parse().ok();
        if day.is_none() {
            self.bad(name, text, "is not a date (YYYY-MM-DD)");
        }
        day.map(Some)
    }

    /// A name out of a fixed list.
    pub fn choice<T: Copy>(
        &mut self,
        name: &str,
        all: &[T],
        text_of: impl Fn(T) -> &'static str,
    ) -> Option<Option<T>> {
        let text = self.text(name);
        if text.is_empty() {
            return Some(None);
        }
        let found = all.iter().copied().find(|one| text_of(*one) == text);
        if found.is_none() {
            self.bad(name, text, "is not one of the column's values");
        }
        found.map(Some)
    }

    /// An id of a kind of thing.
    pub fn id<I: Copy>(&mut self, name: &str, known: &FxHashMap<&str, I>) -> Option<Option<I>> {
        let text = self.text(name);
        if text.is_empty() {
            return Some(None);
        }
        let id = known.get(text.as_str()).copied();
        if id.is_none() {
            self.unknown(name, &text);
        }
        id.map(Some)
    }

    pub fn unknown(&mut self, name: &str, text: &str) {
        let action = "verify the plan against the wave that it was made for";
        self.report(codes::UNKNOWN_ID, name, text, "the id does not exist", action);
    }
}

/// A cell as text.
fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_string(),
        Cell::Int(value) => value.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Decimal(value, places) => format_fixed(value, places),
        Cell::Date(day) => day.to_string(),
        Cell::Instant(time) => time.to_string(),
        Cell::Local(time) => time.to_string(),
    }
}
