//! Tables in files: the one place that knows polars.
//!
//! `ingest` reads waves and `plan` writes plans through these neutral columns, so that neither
//! depends on a data-frame library.

use crate::time::Day;

/// A table of equally long columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub columns: Vec<(String, Column)>,
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
}
