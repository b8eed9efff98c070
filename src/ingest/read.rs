//! From a table file to rows: its columns against the description, then its cells.

use crate::diagnostics::{Code, Finding, Findings, codes};
use crate::domain::ExtraColumn;
use crate::ingest::cell::{CellType, Context};
use crate::ingest::nearest::nearest;
use crate::ingest::spec::{Presence, Row, TableSpec};
use crate::tables::{Cell, Kind, Source};
use crate::units::format_fixed;
use rayon::prelude::*;

/// What the names of the user's own columns start with.
const EXTRA_PREFIX: &str = "x_";

/// Rows read by one thread at a time.
const CHUNK: usize = 1 << 16;

/// The rows of a table.
#[derive(Debug)]
pub(crate) struct Rows<R> {
    /// The file, for findings.
    pub(crate) file: String,
    pub(crate) rows: Vec<R>,
    /// The user's own columns.
    pub(crate) extras: Vec<ExtraColumn>,
    /// Whether rows or keys may be missing because of a finding; references then are not judged.
    pub(crate) is_partial: bool,
}

impl<'a, R: Row<'a>> Rows<R> {
    /// A table that is not there: empty as it should be, or for want of a file that can be read.
    pub(crate) fn absent(is_partial: bool) -> Rows<R> {
        let file = format!("{}.csv", R::SPEC.name);
        Rows { file, rows: Vec::new(), extras: Vec::new(), is_partial }
    }

    /// Reads the rows of an opened file.
    pub(crate) fn read(
        source: &'a Source,
        file: &str,
        context: &Context,
        findings: &mut Findings,
    ) -> Rows<R> {
        let (places, extras) = columns(source, file, R::SPEC, findings);
        let height = source.height();
        let starts: Vec<usize> = (0..height).step_by(CHUNK).collect();
        let chunks: Vec<(Vec<R>, Findings)> = starts
            .into_par_iter()
            .map(|start| {
                let mut found = Findings::default();
                let rows = (start..height.min(start + CHUNK)).map(|row| {
                    let spec = R::SPEC;
                    let findings = &mut found;
                    let places = &places;
                    let mut cells = RowReader {
                        source,
                        spec,
                        places,
                        row,
                        column: 0,
                        is_whole: true,
                        file,
                        context,
                        findings,
                    };
                    R::read(&mut cells)
                });
                (rows.collect(), found)
            })
            .collect();
        let mut rows = Vec::with_capacity(height);
        for (chunk, found) in chunks {
            rows.extend(chunk);
            findings.extend(found);
        }
        let is_partial = places.contains(&Place::Unusable);
        Rows { file: file.to_owned(), rows, extras, is_partial }
    }

    /// A finding about a cell of a row.
    pub(crate) fn finding(
        &self,
        code: &'static Code,
        row: &R,
        column: &str,
        cause: impl Into<String>,
        action: impl Into<String>,
    ) -> Finding {
        Finding::new(code, &self.file, cause, action).row(row.number()).column(column)
    }
}

/// Where a column of the description is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    At(usize),
    Absent,
    /// Missing though required, or of the wrong type.
    Unusable,
}

/// Finds the columns of the description in a file, and the user's own.
fn columns(
    source: &Source,
    file: &str,
    spec: &TableSpec,
    findings: &mut Findings,
) -> (Vec<Place>, Vec<ExtraColumn>) {
    let names: Vec<&str> = source.names().collect();
    let mut extras = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if name.starts_with(EXTRA_PREFIX) {
            if let Kind::Unsupported(kind) = source.kind(index) {
                findings.push(wrong_type(
                    file,
                    name,
                    &kind,
                    "text, a number, a date or true or false",
                ));
            }
            let values = (0..source.height()).map(|row| show(source.cell(index, row)).into());
            extras.push(ExtraColumn { name: (*name).into(), values: values.collect() });
        } else if spec.column_names().all(|known| known != *name) {
            let action = match nearest(name, spec.column_names()) {
                // A whole header row in one cell.
                _ if name.contains([';', '\t', '|']) => "part columns with commas".to_owned(),
                Some(known) => format!("did you mean {known}? Columns of your own start with x_"),
                None => "remove it, or let its name start with x_ to carry it through".to_owned(),
            };
            let cause = format!("{} has no such column", spec.name);
            findings.push(Finding::new(&codes::E0202, file, cause, action).column(*name));
        }
    }
    let places = spec.columns.iter().map(|column| {
        let Some(index) = names.iter().position(|name| *name == column.name) else {
            if column.presence != Presence::Required {
                return Place::Absent;
            }
            let cause = format!("{} needs this column", spec.name);
            let action = format!("add it: {}", (column.accepts)());
            findings.push(Finding::new(&codes::E0201, file, cause, action).column(column.name));
            return Place::Unusable;
        };
        let kind = source.kind(index);
        if (column.fits)(&kind) {
            return Place::At(index);
        }
        findings.push(wrong_type(file, column.name, &kind_name(&kind), &(column.accepts)()));
        Place::Unusable
    });
    (places.collect(), extras)
}

fn wrong_type(file: &str, column: &str, kind: &str, accepts: &str) -> Finding {
    let cause = format!("is a column of {kind}, not of {accepts}");
    Finding::new(&codes::E0204, file, cause, "write the column with that type").column(column)
}

fn kind_name(kind: &Kind) -> String {
    match kind {
        Kind::Empty => "empty cells".to_owned(),
        Kind::Text => "text".to_owned(),
        Kind::Int => "integers".to_owned(),
        Kind::Bool => "booleans".to_owned(),
        Kind::Float => "doubles".to_owned(),
        Kind::Decimal => "decimals".to_owned(),
        Kind::Date => "dates".to_owned(),
        Kind::Instant => "timestamps".to_owned(),
        Kind::Local => "timestamps without a zone".to_owned(),
        Kind::Unsupported(name) => name.clone(),
    }
}

/// A cell as a person would write it.
fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Int(value) => value.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Float(value) => value.to_string(),
        Cell::Decimal(value, places) => format_fixed(value, places),
        Cell::Date(day) => day.to_string(),
        Cell::Instant(instant) => instant.to_string(),
        Cell::Local(time) => time.to_string(),
    }
}

/// Reads the cells of one row in the order of the described columns.
pub(crate) struct RowReader<'a, 'r> {
    source: &'a Source,
    spec: &'static TableSpec,
    places: &'r [Place],
    row: usize,
    column: usize,
    is_whole: bool,
    file: &'r str,
    context: &'r Context,
    findings: &'r mut Findings,
}

impl<'a> RowReader<'a, '_> {
    /// The value of the next column; nothing where the cell is empty without a default, or bad.
    pub(crate) fn next<T: CellType>(&mut self) -> Option<T::Value<'a>> {
        let index = self.column;
        self.column += 1;
        let spec = &self.spec.columns[index];
        let cell = match self.places[index] {
            Place::At(column) => self.source.cell(column, self.row),
            Place::Absent => Cell::Empty,
            Place::Unusable => {
                self.is_whole = false;
                return None;
            }
        };
        let cell = match (cell, spec.presence) {
            (Cell::Empty, Presence::Optional(_)) => return None,
            (Cell::Empty, Presence::Default(text)) => Cell::Text(text),
            (Cell::Empty, Presence::Required) => {
                let action = format!("write {}", (spec.accepts)());
                self.fault(Finding::new(&codes::E0205, self.file, "must not be empty", action));
                return None;
            }
            (cell, _) => cell,
        };
        match T::parse(cell, self.context) {
            Ok(value) => Some(value),
            Err(fault) => {
                let finding = Finding::new(fault.code, self.file, fault.cause, fault.action);
                self.fault(finding.value(show(cell)));
                None
            }
        }
    }

    fn fault(&mut self, finding: Finding) {
        self.is_whole = false;
        let column = self.spec.columns[self.column - 1].name;
        self.findings.push(finding.row(self.number()).column(column));
    }

    /// The data row, from 1.
    pub(crate) fn number(&self) -> usize {
        self.row + 1
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::rows::LaneRow;

    fn read(csv: &str, check: impl Fn(&Rows<LaneRow>, Vec<String>)) {
        let source = Source::from_csv(csv.as_bytes()).unwrap();
        let mut findings = Findings::default();
        let context = Context { minor_digits: 2 };
        let rows = Rows::read(&source, "lanes.csv", &context, &mut findings);
        let findings = findings.iter().map(ToString::to_string).collect();
        check(&rows, findings);
    }

    #[test]
    fn empty_cells_take_the_default() {
        read("from_node,to_node,transit_days,operates\nA,B,2,\n", |table, findings| {
            assert!(findings.is_empty(), "{findings:?}");
            let row = &table.rows[0];
            assert_eq!((row.from_node, row.transit_days), (Some("A"), Some(2)));
            assert_eq!(row.shipment_cost, Some(crate::units::Money(0)));
            assert_eq!(row.operates, Some(crate::time::Weekdays::DAILY));
            assert!(row.is_whole());
        });
    }

    #[test]
    fn every_bad_cell_and_column_is_found() {
        let csv = "from_node,to_node,shipment_cost,operate,x_note\n,B,1.005,daily,n\nA,B,x,,\n";
        read(csv, |table, findings| {
            assert_eq!(
                findings,
                [
                    "E0202 lanes.csv, column operate: lanes has no such column (did you mean \
                     operates? Columns of your own start with x_)",
                    "E0201 lanes.csv, column transit_days: lanes needs this column (add it: a \
                     whole number from 0 to 3660)",
                    "E0205 lanes.csv, row 1, column from_node: must not be empty (write text)",
                    "E0207 lanes.csv, row 1, column shipment_cost = \"1.005\": has more than 2 \
                     decimal places (round it to 2 decimal places)",
                    "E0206 lanes.csv, row 2, column shipment_cost = \"x\": is not an amount of \
                     money from 0 to 1000000000 (write an amount of money from 0 to 1000000000)",
                ]
            );
            assert!(table.is_partial && table.rows.iter().all(|row| !row.is_whole()));
            assert_eq!(table.extras[0].values[0].as_ref(), "n");
        });
    }
}
