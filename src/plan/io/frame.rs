//! Tables built column by column from the rows of a plan.

use crate::tables::{Column, Table};
use crate::time::Day;
use crate::units::{Decimal, Money};

/// Builds the columns of a table over one kind of row.
#[derive(Debug)]
pub struct Frame<'a, R> {
    rows: &'a [R],
    /// Decimal places of money.
    minor_digits: u32,
    table: Table,
}

impl<'a, R> Frame<'a, R> {
    pub fn new(rows: &'a [R], minor_digits: u32) -> Frame<'a, R> {
        Frame { rows, minor_digits, table: Table::default() }
    }

    fn push(&mut self, name: &str, column: Column) -> &mut Self {
        self.table.columns.push((name.to_string(), column));
        self
    }

    pub fn text(&mut self, name: &str, value: impl Fn(&R) -> String) -> &mut Self {
        let values = self.rows.iter().map(|row| Some(value(row)).filter(|text| !text.is_empty()));
        let column = Column::Text(values.collect());
        self.push(name, column)
    }

    pub fn count<N: Into<i64>>(&mut self, name: &str, value: impl Fn(&R) -> N) -> &mut Self {
        self.count_or_empty(name, |row| Some(value(row)))
    }

    pub fn count_or_empty<N: Into<i64>>(
        &mut self,
        name: &str,
        value: impl Fn(&R) -> Option<N>,
    ) -> &mut Self {
        let column = Column::Int(self.rows.iter().map(|row| value(row).map(Into::into)).collect());
        self.push(name, column)
    }

    pub fn date(&mut self, name: &str, value: impl Fn(&R) -> Day) -> &mut Self {
        let column = Column::Date(self.rows.iter().map(|row| Some(value(row))).collect());
        self.push(name, column)
    }

    pub fn money(&mut self, name: &str, value: impl Fn(&R) -> Money) -> &mut Self {
        let values = self.rows.iter().map(|row| Some(i128::from(value(row).0))).collect();
        self.push(name, Column::Decimal { places: self.minor_digits, values })
    }

    /// Money that is told in the currency and whole in its minor units, as a certificate tells it.
    pub fn amount(&mut self, name: &str, value: impl Fn(&R) -> f64) -> &mut Self {
        let unit = 10_f64.powi(self.minor_digits as i32);
        self.money(name, |row| Money((value(row) * unit).round() as i64))
    }

    pub fn decimal(&mut self, name: &str, value: impl Fn(&R) -> Option<Decimal>) -> &mut Self {
        let values = self.rows.iter().map(|row| value(row).map(|v| i128::from(v.0))).collect();
        self.push(name, Column::Decimal { places: Decimal::PLACES, values })
    }

    pub fn float(&mut self, name: &str, value: impl Fn(&R) -> Option<f64>) -> &mut Self {
        let column = Column::Float(self.rows.iter().map(value).collect());
        self.push(name, column)
    }

    pub fn flag(&mut self, name: &str, value: impl Fn(&R) -> bool) -> &mut Self {
        let column = Column::Bool(self.rows.iter().map(|row| Some(value(row))).collect());
        self.push(name, column)
    }

    pub fn finish(&mut self) -> Table {
        std::mem::take(&mut self.table)
    }
}
