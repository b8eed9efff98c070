//! The files of a wave's folder: which tables are there, opened, and the digests of what is read.

use crate::diagnostics::{Finding, Findings, codes};
use crate::ingest::model::ModelFile;
use crate::ingest::nearest::nearest;
use crate::ingest::rows::TABLES;
use crate::ingest::settings;
use crate::tables::{Source, TableError};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// The most rows of a table that a wave may have.
const LIMITS: [(&str, usize); 2] = [("order_lines", 10_000_000), ("nodes", 10_000)];

/// The files of a folder.
pub(crate) struct Folder {
    /// The text of `wave.toml`.
    pub(crate) settings: Option<String>,
    /// The files of each table that there is, by its name: one, or both formats.
    files: BTreeMap<&'static str, Vec<String>>,
}

impl Folder {
    /// Lists a folder: `wave.toml`, the tables, and no table that is unknown.
    pub(crate) fn list(path: &Path, findings: &mut Findings) -> Folder {
        let mut folder = Folder { settings: None, files: BTreeMap::new() };
        let names = match file_names(path) {
            Ok(names) => names,
            Err(error) => {
                findings.push(settings::missing("the folder", &error));
                return folder;
            }
        };
        match std::fs::read_to_string(path.join(settings::FILE)) {
            Ok(text) => folder.settings = Some(text),
            Err(error) => findings.push(settings::missing("the file", &error)),
        }
        for name in names {
            let Some((stem, "csv" | "parquet")) = name.rsplit_once('.') else { continue };
            let Some(table) = TABLES.iter().find(|table| table.name == stem) else {
                let action = match nearest(stem, TABLES.iter().map(|table| table.name)) {
                    Some(known) => format!("did you mean {known}?"),
                    None => "move the file out of the folder".to_owned(),
                };
                findings.push(Finding::new(&codes::E0108, &name, "is no table of a wave", action));
                continue;
            };
            folder.files.entry(table.name).or_default().push(name);
        }
        for table in TABLES {
            match folder.files.get(table.name).map(Vec::as_slice) {
                None | Some([]) if table.required => {
                    let file = format!("{}.csv", table.name);
                    let action = "add it, as .csv or as .parquet";
                    findings.push(Finding::new(&codes::E0106, &file, "is missing", action));
                }
                Some([one, other]) => {
                    let cause = format!("is there beside {other}");
                    findings.push(Finding::new(&codes::E0107, one, cause, "keep one of the two"));
                }
                _ => (),
            }
        }
        folder
    }

    /// Opens the tables that are there once.
    pub(crate) fn open(&self, path: &Path, findings: &mut Findings) -> Sources {
        let mut sources = Sources { opened: BTreeMap::new() };
        for table in TABLES {
            let source = match self.files.get(table.name).map(Vec::as_slice) {
                None | Some([]) if table.required => Opened::Unreadable,
                None | Some([]) => Opened::Absent,
                Some([file]) => match Source::open(&path.join(file)) {
                    Ok(source) => Opened::Source(file.clone(), Box::new(source)),
                    Err(error) => {
                        unreadable(file, &error, findings);
                        Opened::Unreadable
                    }
                },
                Some(_) => Opened::Unreadable,
            };
            sources.opened.insert(table.name, source);
        }
        sources
    }
}

/// The names of the files in a folder, sorted.
fn file_names(path: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        // Through links, so that a wave may share tables with another.
        if entry.path().is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// A table of the format in a folder.
pub(crate) enum Opened {
    Absent,
    /// Missing though required, there twice, or not readable; there is a finding.
    Unreadable,
    /// The name of the file and its cells.
    Source(String, Box<Source>),
}

/// The opened tables of a folder, by name.
pub(crate) struct Sources {
    opened: BTreeMap<&'static str, Opened>,
}

impl Sources {
    pub(crate) fn get(&self, table: &str) -> &Opened {
        self.opened.get(table).unwrap_or(&Opened::Absent)
    }

    /// Finds tables above the limits of the format.
    pub(crate) fn check_limits(&self, findings: &mut Findings) -> bool {
        let mut is_within = true;
        for (table, most) in LIMITS {
            if let Opened::Source(file, source) = self.get(table)
                && source.height() > most
            {
                let cause = format!("has {} rows; a wave has at most {most}", source.height());
                findings.push(Finding::new(&codes::E0112, file, cause, "divide the wave"));
                is_within = false;
            }
        }
        is_within
    }
}

/// Finds why a file is not a table.
fn unreadable(file: &str, error: &TableError, findings: &mut Findings) {
    let at = |finding: Finding, row: &Option<usize>| match row {
        Some(row) => finding.row(*row),
        None => finding,
    };
    match error {
        TableError::NotUtf8 { row } => {
            let finding =
                Finding::new(&codes::E0110, file, "is not UTF-8 text", "save it as UTF-8");
            findings.push(at(finding, row));
        }
        TableError::Quotes { row } => {
            let action = "quote cells as a whole, and double quotation marks within them";
            let cause = "has a quotation mark out of place";
            findings.push(at(Finding::new(&codes::E0109, file, cause, action), row));
        }
        TableError::Ragged { expected, rows } => {
            for ragged in rows {
                let cause = format!("has {} cells; the header has {expected}", ragged.cells);
                let action = "complete the row, and quote cells that hold commas";
                findings.push(Finding::new(&codes::E0111, file, cause, action).row(ragged.row));
            }
        }
        TableError::DuplicateColumn(column) => {
            let cause = "is there more than once";
            let finding = Finding::new(&codes::E0203, file, cause, "keep one of the columns");
            findings.push(finding.column(column.as_str()));
        }
        TableError::NoHeader => {
            let action = "write the names of the columns in the first row";
            findings.push(Finding::new(&codes::E0109, file, error.to_string(), action));
        }
        other => {
            let action = "write the file again";
            findings.push(Finding::new(&codes::E0109, file, other.to_string(), action));
        }
    }
}

/// The SHA-256 digest of every input file in hexadecimal, by its name: the settings and tables of
/// a wave's folder, and the model, a shipped one by its name in `models/`.
///
/// # Errors
/// When a file cannot be read.
pub fn digests(folder: &Path, model: &str) -> std::io::Result<BTreeMap<String, String>> {
    let mut digests = wave_digests(folder)?;
    let model =
        ModelFile::open(model).map_err(|finding| std::io::Error::other(finding.to_string()))?;
    digests.insert(model.file, digest(model.text.as_bytes()));
    Ok(digests)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of every file of a wave, by its name.
///
/// # Errors
/// When a file cannot be read.
pub fn wave_digests(folder: &Path) -> std::io::Result<BTreeMap<String, String>> {
    of_files(folder, |bytes| digest(&bytes))
}

/// The bytes of every file of a wave, by its name.
///
/// # Errors
/// When a file cannot be read.
pub fn wave_files(folder: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    of_files(folder, |bytes| bytes)
}

/// Something about the settings and every table of a wave's folder, by the file's name.
fn of_files<T>(folder: &Path, what: impl Fn(Vec<u8>) -> T) -> std::io::Result<BTreeMap<String, T>> {
    let mut found = BTreeMap::new();
    for name in file_names(folder)? {
        let is_table = name.rsplit_once('.').is_some_and(|(stem, extension)| {
            matches!(extension, "csv" | "parquet") && TABLES.iter().any(|table| table.name == stem)
        });
        if is_table || name == settings::FILE {
            let bytes = std::fs::read(folder.join(&name))?;
            found.insert(name, what(bytes));
        }
    }
    Ok(found)
}
