//! Writing a plan folder: beside its place first, then renamed into it.

use super::CERTIFICATE;
use super::columns::PLAN_TABLES;
use super::rows::tables;
use crate::domain::Wave;
use crate::plan::Plan;
use crate::tables::{Table, TableError, write_csv, write_parquet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Why a plan was not written. Nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("{} is not replaced: its {file} belongs to no plan", .folder.display())]
    NotAPlan { folder: PathBuf, file: String },
    #[error("{} is not replaced: it holds no comparison", .0.display())]
    NotAComparison(PathBuf),
    #[error("{} is not replaced: it holds no sweep", .0.display())]
    NotASweep(PathBuf),
    #[error("{} is not replaced: it holds no simulation", .0.display())]
    NotASimulation(PathBuf),
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {source}", .path.display())]
    Table { path: PathBuf, source: TableError },
    #[error("the certificate has no JSON form: {0}")]
    Certificate(#[from] serde_json::Error),
}

/// Gives an I/O error its path.
fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError + '_ {
    move |source| WriteError::Io { path: path.to_path_buf(), source }
}

/// Writes a plan as a folder of Parquet tables and a certificate; with `csv`, the tables as CSV
/// beside them. An earlier plan in that folder is replaced.
///
/// Everything is written into a folder beside `folder` and renamed when it is complete and on
/// disk, so that `folder` holds a whole plan or what it held before.
///
/// # Errors
/// When `folder` holds anything that is no part of a plan, or when writing fails.
pub fn write_plan(wave: &Wave, plan: &Plan, folder: &Path, csv: bool) -> Result<(), WriteError> {
    let check = || check_replaceable(folder);
    write_folder(folder, check, |fresh| write_files(wave, plan, fresh, csv))
}

/// Writes a folder into one beside it, which takes its place when it is complete and on disk.
/// `check` says whether `folder` holds something to replace, and fails where that must stay.
///
/// # Errors
/// When `check` or `write` fails, or the system does; `folder` then holds what it held before.
pub fn write_folder(
    folder: &Path,
    check: impl FnOnce() -> Result<bool, WriteError>,
    write: impl FnOnce(&Path) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let is_replacing = check()?;
    // The folder's own path may be relative, with no parent to name.
    let folder = std::path::absolute(folder).map_err(at(folder))?;
    let parent = folder.parent().unwrap_or(&folder).to_path_buf();
    fs::create_dir_all(&parent).map_err(at(&parent))?;
    let fresh = beside(&folder, &parent)?;
    write(fresh.path())?;
    if is_replacing {
        replace(fresh, &folder, &parent)?;
    } else {
        // An empty folder gives way to the new one.
        fs::rename(fresh.path(), &folder).map_err(at(&folder))?;
        let _moved = fresh.keep();
    }
    sync_folder(&parent)
}

/// Writes a table as Parquet, and as CSV too where that is wanted, and waits until it is on disk.
///
/// # Errors
/// When the system refuses.
pub fn write_table(table: &Table, folder: &Path, name: &str, csv: bool) -> Result<(), WriteError> {
    let write = |extension: &str, write: fn(&_, &Path) -> Result<(), TableError>| {
        let path = folder.join(name).with_extension(extension);
        write(table, &path).map_err(|source| WriteError::Table { path: path.clone(), source })?;
        sync(&path)
    };
    write("parquet", write_parquet)?;
    if csv { write("csv", write_csv) } else { Ok(()) }
}

/// Writes a text and waits until it is on disk.
///
/// # Errors
/// When the system refuses.
pub fn write_text(text: &str, path: &Path) -> Result<(), WriteError> {
    fs::write(path, text).map_err(at(path))?;
    sync(path)
}

/// Checks that a plan may be written to `folder`, without writing anything.
///
/// # Errors
/// When `folder` holds anything that is no part of a plan, or cannot be read.
pub fn check_folder(folder: &Path) -> Result<(), WriteError> {
    check_replaceable(folder).map(|_| ())
}

/// Whether `folder` holds an earlier plan; false where it is empty or does not exist.
fn check_replaceable(folder: &Path) -> Result<bool, WriteError> {
    let files = names_in(folder)?;
    match files.iter().find(|file| !is_part_of_a_plan(file)) {
        Some(file) => {
            Err(WriteError::NotAPlan { folder: folder.to_path_buf(), file: file.clone() })
        }
        None => Ok(!files.is_empty()),
    }
}

/// The names of what a folder holds, sorted; none where it does not exist.
///
/// # Errors
/// When it is no folder or cannot be read.
pub fn names_in(folder: &Path) -> Result<Vec<String>, WriteError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(WriteError::NotAFolder(folder.to_path_buf()));
        }
        Err(error) => return Err(at(folder)(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry.map_err(at(folder))?.file_name().to_string_lossy().into_owned());
    }
    files.sort();
    Ok(files)
}

/// Whether `folder` holds an earlier result of a kind, to be replaced by another; false where it is
/// empty or does not exist. Such a result has the file `marker`, and nothing else but the folder
/// `inner` and tables of those names.
///
/// # Errors
/// `other` of the folder where it holds anything else, or that it cannot be read.
pub fn holds_result(
    folder: &Path,
    marker: &str,
    inner: &str,
    tables: &[&str],
    other: fn(PathBuf) -> WriteError,
) -> Result<bool, WriteError> {
    let names = names_in(folder)?;
    let is_own = |name: &String| {
        let stem = name.strip_suffix(".parquet").or_else(|| name.strip_suffix(".csv"));
        name == marker || name == inner || stem.is_some_and(|stem| tables.contains(&stem))
    };
    let holds_one = names.iter().any(|name| name == marker) && names.iter().all(is_own);
    match names.is_empty() {
        true => Ok(false),
        false if holds_one => Ok(true),
        false => Err(other(folder.to_path_buf())),
    }
}

fn is_part_of_a_plan(file: &str) -> bool {
    let is_table = |name: &str| PLAN_TABLES.iter().any(|(table, _)| *table == name);
    file == CERTIFICATE
        || file.strip_suffix(".parquet").is_some_and(is_table)
        || file.strip_suffix(".csv").is_some_and(is_table)
}

/// A new folder beside `folder`, removed when it is dropped.
fn beside(folder: &Path, parent: &Path) -> Result<TempDir, WriteError> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let prefix = format!(".{name}.");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // Temporary folders are private; a plan is as readable as anything else that the user makes.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    builder.tempdir_in(parent).map_err(at(parent))
}

fn write_files(wave: &Wave, plan: &Plan, folder: &Path, csv: bool) -> Result<(), WriteError> {
    for (name, table) in tables(wave, plan) {
        write_table(&table, folder, name, csv)?;
    }
    let text = serde_json::to_string_pretty(&plan.certificate)? + "\n";
    write_text(&text, &folder.join(CERTIFICATE))?;
    sync_folder(folder)
}

/// Puts `fresh` in the place of `folder`; where that fails, `folder` is put back.
fn replace(fresh: TempDir, folder: &Path, parent: &Path) -> Result<(), WriteError> {
    let earlier = beside(folder, parent)?;
    // Renaming replaces the empty folder that holds the name.
    fs::rename(folder, earlier.path()).map_err(at(folder))?;
    if let Err(error) = fs::rename(fresh.path(), folder) {
        if let Err(error) = fs::rename(earlier.path(), folder) {
            // Where it cannot go back, the earlier plan stays under its temporary name.
            return Err(at(&earlier.keep())(error));
        }
        return Err(at(folder)(error));
    }
    let _moved = fresh.keep();
    let path = earlier.path().to_path_buf();
    earlier.close().map_err(at(&path))
}

/// Waits until a folder's list of files is on disk, where the system lets a folder be opened.
fn sync_folder(path: &Path) -> Result<(), WriteError> {
    if cfg!(unix) { sync(path) } else { Ok(()) }
}

/// Waits until a file is on disk.
fn sync(path: &Path) -> Result<(), WriteError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(at(path))
}
