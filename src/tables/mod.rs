//! Tables in files: the one place that knows polars.
//!
//! `ingest` reads waves and `plan` writes plans through these neutral types, so that neither
//! depends on a data-frame library. A [`Source`] reads a file cell by cell without copying it;
//! [`read`] turns a whole file into a [`Table`] and [`write_parquet`] and [`write_csv`] write one.

mod csv;
mod source;
mod write;

pub use source::{Cell, Kind, Source};
pub use write::{write_csv, write_parquet};

use crate::time::Day;
use jiff::Timestamp;
use std::path::Path;

/// A table of equally long columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<(String, Column)>,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }
}

/// A column's values; `None` is an empty cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
    Float(Vec<Option<f64>>),
    /// Integers with `places` implied decimal places.
    Decimal {
        places: u32,
        values: Vec<Option<i128>>,
    },
    Date(Vec<Option<Day>>),
    Instant(Vec<Option<Timestamp>>),
}

impl Column {
    pub fn len(&self) -> usize {
        match self {
            Column::Text(values) => values.len(),
            Column::Int(values) => values.len(),
            Column::Bool(values) => values.len(),
            Column::Float(values) => values.len(),
            Column::Decimal { values, .. } => values.len(),
            Column::Date(values) => values.len(),
            Column::Instant(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row of a CSV file with another number of cells than its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedRow {
    /// The data row, from 1.
    pub row: usize,
    pub cells: usize,
}

/// Why a file is not a table.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    #[error("is neither a .csv nor a .parquet file")]
    UnknownFormat,
    #[error("has no header row")]
    NoHeader,
    /// Nothing for the header.
    #[error("is not UTF-8 text{}", at_row(*.row))]
    NotUtf8 { row: Option<usize> },
    #[error("has a quotation mark out of place{}", at_row(*.row))]
    Quotes { row: Option<usize> },
    #[error("has {} rows with more or fewer cells than the header's {expected}", .rows.len())]
    Ragged { expected: usize, rows: Vec<RaggedRow> },
    #[error("has the column {0:?} more than once")]
    DuplicateColumn(String),
    #[error("has columns of unequal length")]
    UnequalColumns,
    #[error("has the column {column:?} of type {kind}, which is not a table's")]
    UnsupportedColumn { column: String, kind: String },
    #[error("cannot be read or written: {0}")]
    Malformed(String),
}

impl From<polars::error::PolarsError> for TableError {
    fn from(error: polars::error::PolarsError) -> TableError {
        TableError::Malformed(error.to_string())
    }
}

fn at_row(row: Option<usize>) -> String {
    row.map_or_else(|| " in its header".to_owned(), |row| format!(" at row {row}"))
}

/// Reads a `.csv` file, every column as text, or a `.parquet` file with its types.
///
/// An empty text is an empty cell. Timestamps without a zone become text.
///
/// # Errors
/// When the file cannot be read, is malformed, or has a column of a type that no table holds.
pub fn read(path: &Path) -> Result<Table, TableError> {
    let source = Source::open(path)?;
    let names = source.names().map(str::to_owned).collect::<Vec<_>>();
    let columns = names.into_iter().enumerate().map(|(index, name)| {
        let column = source.to_column(index)?;
        Ok((name, column))
    });
    Ok(Table { columns: columns.collect::<Result<_, TableError>>()? })
}

#[cfg(test)]
mod tests;
