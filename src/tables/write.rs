//! Tables to files, byte for byte the same each time.

use crate::tables::{Column, Table, TableError};
use crate::units::format_fixed;
use polars::prelude::{
    Column as Frame, CsvWriter, DataFrame, DataType, Float64Chunked, Int32Chunked, Int64Chunked,
    Int128Chunked, IntoColumn, IntoSeries, NamedFrom, NewChunkedArray, ParquetCompression,
    ParquetWriter, SerWriter, Series, StatisticsOptions, StringChunked, TimeUnit, TimeZone,
};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Digits of a decimal column: the most that 128 bits hold.
const PRECISION: usize = 38;

/// Writes a table as Parquet: decimals as decimals, dates as `date32`, instants as microseconds
/// in UTC.
///
/// # Errors
/// When the columns are of unequal length or the file cannot be written.
pub fn write_parquet(table: &Table, path: &Path) -> Result<(), TableError> {
    let mut frame = frame(table, typed)?;
    let mut out = BufWriter::new(File::create(path)?);
    // One row group written by one thread: the same bytes on every machine.
    ParquetWriter::new(&mut out)
        .with_compression(ParquetCompression::Snappy)
        .with_statistics(StatisticsOptions::default())
        .with_row_group_size(Some(frame.height().max(1)))
        .set_parallel(false)
        .finish(&mut frame)?;
    out.flush()?;
    Ok(())
}

/// Writes a table as CSV with a header, empty cells empty.
///
/// # Errors
/// When the columns are of unequal length or the file cannot be written.
pub fn write_csv(table: &Table, path: &Path) -> Result<(), TableError> {
    let mut frame = frame(table, as_text)?;
    let mut out = BufWriter::new(File::create(path)?);
    CsvWriter::new(&mut out).include_header(true).n_threads(1).finish(&mut frame)?;
    out.flush()?;
    Ok(())
}

type Convert = fn(&str, &Column) -> Result<Series, TableError>;

fn frame(table: &Table, convert: Convert) -> Result<DataFrame, TableError> {
    let height = table.height();
    if table.columns.iter().any(|(_, column)| column.len() != height) {
        return Err(TableError::UnequalColumns);
    }
    let columns =
        table.columns.iter().map(|(name, column)| Ok(convert(name, column)?.into_column()));
    let columns = columns.collect::<Result<Vec<Frame>, TableError>>()?;
    Ok(DataFrame::new(height, columns)?)
}

fn typed(name: &str, column: &Column) -> Result<Series, TableError> {
    let name = name.into();
    Ok(match column {
        Column::Text(values) => {
            StringChunked::from_iter_options(name, values.iter().map(Option::as_deref))
                .into_series()
        }
        Column::Int(values) => Series::new(name, values),
        Column::Bool(values) => Series::new(name, values),
        Column::Float(values) => {
            Float64Chunked::from_iter_options(name, values.iter().copied()).into_series()
        }
        Column::Decimal { places, values } => {
            Int128Chunked::from_iter_options(name, values.iter().copied())
                .into_decimal(PRECISION, *places as usize)?
                .into_series()
        }
        Column::Date(values) => {
            let days = values.iter().map(|day| day.map(|day| day.0));
            Int32Chunked::from_iter_options(name, days).into_series().cast(&DataType::Date)?
        }
        Column::Instant(values) => {
            let times = values.iter().map(|time| time.map(|time| time.as_microsecond()));
            let kind = DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC));
            Int64Chunked::from_iter_options(name, times).into_series().cast(&kind)?
        }
    })
}

fn as_text(name: &str, column: &Column) -> Result<Series, TableError> {
    fn texts<T>(name: &str, values: &[Option<T>], text: impl Fn(&T) -> String) -> Series {
        let texts = values.iter().map(|value| value.as_ref().map(&text));
        StringChunked::from_iter_options(name.into(), texts).into_series()
    }
    Ok(match column {
        Column::Text(_) => typed(name, column)?,
        Column::Int(values) => texts(name, values, i64::to_string),
        Column::Bool(values) => texts(name, values, bool::to_string),
        Column::Float(values) => texts(name, values, f64::to_string),
        Column::Decimal { places, values } => {
            texts(name, values, |value| format_fixed(*value, *places))
        }
        Column::Date(values) => texts(name, values, ToString::to_string),
        Column::Instant(values) => texts(name, values, ToString::to_string),
    })
}
