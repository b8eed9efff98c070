//! Tables of views: on the terminal, as JSON, or into a file.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::summary::STYLE;
use crate::tables::{Column, Table, write_csv, write_parquet};
use crate::units::format_fixed;
use comfy_table::{CellAlignment, ContentArrangement};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Where a table goes.
#[derive(Debug, clap::Args)]
pub(super) struct OutArg {
    /// Writes the table to a file instead, by its ending: .csv or .parquet
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl OutArg {
    /// Shows a table, or writes it to the file that is named; `none` is told where it has no rows.
    pub(super) fn tell(
        &self,
        name: &str,
        table: &Table,
        none: &str,
        output: Output,
    ) -> Result<(), Failure> {
        if let Some(path) = &self.out {
            write(table, path)?;
            output.remark(&format!("{} rows written to {}", table.height(), path.display()));
            return Ok(());
        }
        let text = || match table.height() {
            0 => none.to_owned(),
            _ => render(table),
        };
        output.result(|| Value::from(Map::from_iter([(name.to_owned(), json(table))])), text)
    }
}

/// Writes a table beside its place, and moves it there when it is whole.
fn write(table: &Table, path: &Path) -> Result<(), Failure> {
    let write = match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => write_csv,
        Some("parquet") => write_parquet,
        _ => {
            let message = format!("{} is neither a .csv nor a .parquet file", path.display());
            return Err(Failure::usage(message, "name a file that ends in .csv or .parquet"));
        }
    };
    let failed = |error: &dyn std::fmt::Display| {
        Failure::internal(format!("{} cannot be written: {error}", path.display()))
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".table-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = builder.tempfile_in(folder).map_err(|error| failed(&error))?.into_temp_path();
    write(table, &beside).map_err(|error| failed(&error))?;
    beside.persist(path).map_err(|error| failed(&error.error))
}

/// A table for the terminal, without the columns that are empty.
pub(super) fn render(table: &Table) -> String {
    let shown: Vec<&(String, Column)> = table
        .columns
        .iter()
        .filter(|(_, column)| (0..column.len()).any(|row| text(column, row).is_some()))
        .collect();
    let mut out = comfy_table::Table::new();
    out.load_style(STYLE);
    // On a terminal, long texts are broken to its width; a file or a pipe has no width.
    out.set_content_arrangement(ContentArrangement::Dynamic);
    out.set_header(shown.iter().map(|(name, _)| name));
    for row in 0..table.height() {
        out.add_row(shown.iter().map(|(_, column)| text(column, row).unwrap_or_default()));
    }
    for (index, (_, column)) in shown.iter().enumerate() {
        let is_number = matches!(column, Column::Int(_) | Column::Decimal { .. });
        if let Some(column) = out.column_mut(index).filter(|_| is_number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    out.trim_fmt()
}

/// A cell as text; nothing where it is empty.
fn text(column: &Column, row: usize) -> Option<String> {
    match column {
        Column::Text(values) => values[row].clone(),
        Column::Int(values) => values[row].map(|value| value.to_string()),
        Column::Bool(values) => values[row].map(|value| if value { "yes" } else { "no" }.into()),
        Column::Float(values) => values[row].map(|value| value.to_string()),
        Column::Decimal { places, values } => values[row].map(|value| format_fixed(value, *places)),
        Column::Date(values) => values[row].map(|value| value.to_string()),
        Column::Instant(values) => values[row].map(|value| value.to_string()),
    }
}

/// A table as an array of objects, `null` where a cell is empty; amounts are text, so that they are
/// exact.
pub(super) fn json(table: &Table) -> Value {
    let cell = |column: &Column, row: usize| match column {
        Column::Int(values) => Value::from(values[row]),
        Column::Bool(values) => Value::from(values[row]),
        Column::Float(values) => Value::from(values[row]),
        other => Value::from(text(other, row)),
    };
    let row = |row: usize| -> Map<String, Value> {
        table.columns.iter().map(|(name, column)| (name.clone(), cell(column, row))).collect()
    };
    (0..table.height()).map(row).collect()
}
