//! A table file opened for reading: typed cells without a copy of the text.

use crate::tables::{Column, TableError, csv};
use crate::time::Day;
use jiff::Timestamp;
use jiff::civil::DateTime;
use polars::prelude::{
    BooleanChunked, CsvParseOptions, CsvReadOptions, DataFrame, DataType, Float32Chunked,
    Float64Chunked, Int32Chunked, Int64Chunked, Int128Chunked, ParquetReader, Schema, SerReader,
    Series, StringChunked, TimeUnit,
};
use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

/// A cell of a table file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Int(i64),
    Bool(bool),
    Float(f64),
    /// An integer with so many implied decimal places.
    Decimal(i128, u32),
    Date(Day),
    Instant(Timestamp),
    /// A timestamp without a zone.
    Local(DateTime),
}

/// What the cells of a column are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every cell is empty.
    Empty,
    Text,
    Int,
    Bool,
    Float,
    Decimal,
    Date,
    Instant,
    /// Timestamps without a zone.
    Local,
    /// A type that no table holds, by its name.
    Unsupported(String),
}

/// The cells of a column, in one run of memory each.
enum Cells {
    Empty,
    Text(StringChunked),
    Int(Int64Chunked),
    Bool(BooleanChunked),
    Single(Float32Chunked),
    Double(Float64Chunked),
    Decimal(Int128Chunked, u32),
    Date(Int32Chunked),
    Instant(Int64Chunked, TimeUnit),
    Local(Int64Chunked, TimeUnit),
    Unsupported(String),
}

/// A table file.
pub struct Source {
    names: Vec<String>,
    columns: Vec<Cells>,
    height: usize,
}

impl Source {
    /// Opens a `.csv` file, whose cells are all text, or a `.parquet` file.
    ///
    /// # Errors
    /// When the file cannot be read or is malformed.
    pub fn open(path: &Path) -> Result<Source, TableError> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Source::from_csv(&std::fs::read(path)?),
            Some("parquet") => {
                let frame = ParquetReader::new(File::open(path)?).finish()?;
                let names = frame.get_column_names().iter().map(|name| name.to_string()).collect();
                Ok(Source::from_frame(frame, names))
            }
            _ => Err(TableError::UnknownFormat),
        }
    }

    /// The table in the bytes of a CSV file; every cell is text.
    ///
    /// # Errors
    /// When the text is malformed.
    pub fn from_csv(bytes: &[u8]) -> Result<Source, TableError> {
        let shape = csv::check(bytes)?;
        // The position names the column, so that odd header names need no care here.
        let positions = (0..shape.header.len()).map(|at| at.to_string().into());
        let schema = Schema::from_iter(positions.map(|name| (name, DataType::String)));
        let frame = CsvReadOptions::default()
            .with_has_header(true)
            .with_schema(Some(Arc::new(schema)))
            .with_raise_if_empty(false)
            .with_rechunk(true)
            .with_parse_options(CsvParseOptions::default().with_try_parse_dates(false))
            .into_reader_with_file_handle(Cursor::new(shape.text))
            .finish()?;
        if frame.height() != shape.rows {
            let (read, there) = (frame.height(), shape.rows);
            return Err(TableError::Malformed(format!("{read} rows of {there} were understood")));
        }
        Ok(Source::from_frame(frame, shape.header))
    }

    fn from_frame(frame: DataFrame, names: Vec<String>) -> Source {
        let height = frame.height();
        let columns = frame.columns().iter();
        let columns = columns.map(|column| Cells::new(column.as_materialized_series())).collect();
        Source { names, columns, height }
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The names of the columns, in the order of the file.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// What the cells of a column are.
    pub fn kind(&self, column: usize) -> Kind {
        match &self.columns[column] {
            Cells::Empty => Kind::Empty,
            Cells::Text(_) => Kind::Text,
            Cells::Int(_) => Kind::Int,
            Cells::Bool(_) => Kind::Bool,
            Cells::Single(_) | Cells::Double(_) => Kind::Float,
            Cells::Decimal(..) => Kind::Decimal,
            Cells::Date(_) => Kind::Date,
            Cells::Instant(..) => Kind::Instant,
            Cells::Local(..) => Kind::Local,
            Cells::Unsupported(name) => Kind::Unsupported(name.clone()),
        }
    }

    /// The cell of a column and row, both from 0. An empty text is an empty cell, so is every
    /// cell of an unsupported column.
    pub fn cell(&self, column: usize, row: usize) -> Cell<'_> {
        self.columns[column].get(row).unwrap_or(Cell::Empty)
    }

    /// A copy of a column.
    pub(super) fn to_column(&self, column: usize) -> Result<Column, TableError> {
        macro_rules! collect {
            ($($pattern:pat => $value:expr),*) => {
                (0..self.height).map(|row| match self.cell(column, row) {
                    $($pattern => Some($value),)*
                    _ => None,
                }).collect()
            };
        }
        Ok(match &self.columns[column] {
            Cells::Empty | Cells::Text(_) | Cells::Local(..) => Column::Text(collect!(
                Cell::Text(text) => text.to_owned(), Cell::Local(time) => time.to_string()
            )),
            Cells::Int(_) => Column::Int(collect!(Cell::Int(value) => value)),
            Cells::Bool(_) => Column::Bool(collect!(Cell::Bool(value) => value)),
            Cells::Single(_) | Cells::Double(_) => {
                Column::Float(collect!(Cell::Float(value) => value))
            }
            Cells::Decimal(_, places) => {
                let values = collect!(Cell::Decimal(value, _) => value);
                Column::Decimal { places: *places, values }
            }
            Cells::Date(_) => Column::Date(collect!(Cell::Date(day) => day)),
            Cells::Instant(..) => Column::Instant(collect!(Cell::Instant(time) => time)),
            Cells::Unsupported(kind) => {
                let (column, kind) = (self.names[column].clone(), kind.clone());
                return Err(TableError::UnsupportedColumn { column, kind });
            }
        })
    }
}

impl Cells {
    fn new(series: &Series) -> Cells {
        let kind = series.dtype().clone();
        Cells::typed(&series.rechunk()).unwrap_or_else(|_| Cells::Unsupported(kind.to_string()))
    }

    fn typed(series: &Series) -> Result<Cells, polars::error::PolarsError> {
        Ok(match series.dtype() {
            DataType::Null => Cells::Empty,
            DataType::String => Cells::Text(series.str()?.clone()),
            DataType::Categorical(..) | DataType::Enum(..) => {
                Cells::Text(series.strict_cast(&DataType::String)?.str()?.clone())
            }
            kind if kind.is_integer() => {
                Cells::Int(series.strict_cast(&DataType::Int64)?.i64()?.clone())
            }
            DataType::Boolean => Cells::Bool(series.bool()?.clone()),
            DataType::Float32 => Cells::Single(series.f32()?.clone()),
            DataType::Float64 => Cells::Double(series.f64()?.clone()),
            DataType::Decimal(_, places) => {
                Cells::Decimal(series.decimal()?.physical().clone(), *places as u32)
            }
            DataType::Date => Cells::Date(series.date()?.physical().clone()),
            DataType::Datetime(unit, zone) => {
                let values = series.datetime()?.physical().clone();
                match zone {
                    Some(_) => Cells::Instant(values, *unit),
                    None => Cells::Local(values, *unit),
                }
            }
            other => Cells::Unsupported(other.to_string()),
        })
    }

    fn get(&self, row: usize) -> Option<Cell<'_>> {
        match self {
            Cells::Empty | Cells::Unsupported(_) => None,
            Cells::Text(values) => values.get(row).filter(|text| !text.is_empty()).map(Cell::Text),
            Cells::Int(values) => values.get(row).map(Cell::Int),
            Cells::Bool(values) => values.get(row).map(Cell::Bool),
            Cells::Single(values) => values.get(row).map(|value| Cell::Float(widen(value))),
            Cells::Double(values) => values.get(row).map(Cell::Float),
            Cells::Decimal(values, places) => {
                values.get(row).map(|value| Cell::Decimal(value, *places))
            }
            Cells::Date(values) => values.get(row).map(|day| Cell::Date(Day(day))),
            Cells::Instant(values, unit) => {
                values.get(row).and_then(|value| instant(value, *unit)).map(Cell::Instant)
            }
            Cells::Local(values, unit) => {
                let time = values.get(row).and_then(|value| instant(value, *unit))?;
                Some(Cell::Local(time.to_zoned(jiff::tz::TimeZone::UTC).datetime()))
            }
        }
    }
}

/// The double that reads like the single: 0.1 stays 0.1.
fn widen(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

fn instant(value: i64, unit: TimeUnit) -> Option<Timestamp> {
    match unit {
        TimeUnit::Nanoseconds => Timestamp::from_nanosecond(i128::from(value)).ok(),
        TimeUnit::Microseconds => Timestamp::from_microsecond(value).ok(),
        TimeUnit::Milliseconds => Timestamp::from_millisecond(value).ok(),
    }
}
