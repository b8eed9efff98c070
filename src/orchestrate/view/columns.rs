//! Columns of a table from rows.

use crate::tables::{Column, Table};
use crate::time::Day;
use crate::units::Money;

/// A table that grows by a column at a time.
pub(super) struct Columns<'r, R> {
    rows: &'r [R],
    table: Table,
}

impl<'r, R> Columns<'r, R> {
    pub(super) fn new(rows: &'r [R]) -> Columns<'r, R> {
        Columns { rows, table: Table::default() }
    }

    fn push(mut self, name: &str, column: Column) -> Self {
        self.table.columns.push((name.to_owned(), column));
        self
    }

    pub(super) fn text(self, name: &str, text: impl Fn(&R) -> Option<String>) -> Self {
        let column = Column::Text(self.rows.iter().map(text).collect());
        self.push(name, column)
    }

    pub(super) fn count(self, name: &str, count: impl Fn(&R) -> Option<u64>) -> Self {
        let count = |row: &R| count(row).map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let column = Column::Int(self.rows.iter().map(count).collect());
        self.push(name, column)
    }

    pub(super) fn date(self, name: &str, date: impl Fn(&R) -> Option<Day>) -> Self {
        let column = Column::Date(self.rows.iter().map(date).collect());
        self.push(name, column)
    }

    pub(super) fn truth(self, name: &str, truth: impl Fn(&R) -> bool) -> Self {
        let column = Column::Bool(self.rows.iter().map(|row| Some(truth(row))).collect());
        self.push(name, column)
    }

    pub(super) fn money(
        self,
        name: &str,
        places: u32,
        money: impl Fn(&R) -> Option<Money>,
    ) -> Self {
        let values = self.rows.iter().map(|row| money(row).map(|money| i128::from(money.0)));
        let column = Column::Decimal { places, values: values.collect() };
        self.push(name, column)
    }

    pub(super) fn done(self) -> Table {
        self.table
    }
}
