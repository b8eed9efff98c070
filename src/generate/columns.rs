//! Columns from rows.

use crate::tables::{Column, Table};
use crate::time::Day;

/// A table of named columns.
pub(super) fn table<const N: usize>(columns: [(&str, Column); N]) -> Table {
    let columns = columns.into_iter().map(|(name, column)| (name.to_owned(), column));
    Table { columns: columns.collect() }
}

/// An empty text is an empty cell.
pub(super) fn texts<'a, T, S: Into<String>>(rows: &'a [T], cell: impl Fn(&'a T) -> S) -> Column {
    let cells = rows.iter().map(|row| Some(cell(row).into()).filter(|text| !text.is_empty()));
    Column::Text(cells.collect())
}

pub(super) fn counts<T>(rows: &[T], cell: impl Fn(&T) -> u32) -> Column {
    Column::Int(rows.iter().map(|row| Some(i64::from(cell(row)))).collect())
}

pub(super) fn flags<T>(rows: &[T], cell: impl Fn(&T) -> bool) -> Column {
    Column::Bool(rows.iter().map(|row| Some(cell(row))).collect())
}

/// Integers with `places` implied decimal places; money has two.
pub(super) fn decimals<T>(rows: &[T], places: u32, cell: impl Fn(&T) -> i64) -> Column {
    let values = rows.iter().map(|row| Some(i128::from(cell(row)))).collect();
    Column::Decimal { places, values }
}

/// As [`decimals`], where a cell may be empty.
pub(super) fn some_decimals<T>(
    rows: &[T],
    places: u32,
    cell: impl Fn(&T) -> Option<i64>,
) -> Column {
    let values = rows.iter().map(|row| cell(row).map(i128::from)).collect();
    Column::Decimal { places, values }
}

pub(super) fn some_counts<T>(rows: &[T], cell: impl Fn(&T) -> Option<u32>) -> Column {
    Column::Int(rows.iter().map(|row| cell(row).map(i64::from)).collect())
}

pub(super) fn some_days<T>(rows: &[T], cell: impl Fn(&T) -> Option<Day>) -> Column {
    Column::Date(rows.iter().map(cell).collect())
}
