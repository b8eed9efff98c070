//! `report`: plans of one wave side by side, as a page for a browser.

use crate::analysis::{NamedPlan, PageError, ReportError, different_inputs, report, write_page};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{Exit, exit, input, summary};
use crate::diagnostics::Findings;
use crate::domain::Wave;
use crate::ingest::wave_digests;
use crate::plan::read_rows;
use serde_json::json;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  wavewright report out/quickstart --wave datasets/quickstart --out report.html
  wavewright report out/nearest out/optimal --wave datasets/quickstart --out report.html";

/// Shows plans in a page: cost by term, map, service, load, prices, changed orders
///
/// The page is one file that opens in any browser without a network. The first plan is the base
/// that the others are compared with. With --wave the page has a map.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// Folders of plans of one wave, the base first
    #[arg(value_name = "PLAN", required = true)]
    plans: Vec<PathBuf>,
    /// File for the page; an earlier one is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The wave of the plans, for the map and for dates
    #[arg(long, value_name = "WAVE")]
    wave: Option<PathBuf>,
    /// The most changed orders to list for each comparison, those with the largest difference first
    #[arg(long, value_name = "N", default_value_t = 500)]
    orders: usize,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    check_out(&args.out)?;
    let plans = read_plans(&args.plans)?;
    let wave = match &args.wave {
        Some(folder) => {
            let wave = input::wave(folder, output)?;
            check_wave(folder, &wave, &plans)?;
            Some(wave)
        }
        None => {
            output.remark("the page has no map: name the wave of the plans with --wave");
            None
        }
    };
    let page = report(&plans, wave.as_ref(), args.orders)?;
    write_page(&page, &args.out)?;
    let count = summary::count(plans.len() as u64, "plan");
    output.result(
        || json!({ "out": args.out, "plans": plans.iter().map(|plan| &plan.name).collect::<Vec<_>>() }),
        || format!("Report of {count} written to {}", args.out.display()),
    )?;
    Ok(Exit::Done)
}

/// Reads every plan; findings of all of them are told at once, each with its plan's name.
fn read_plans(folders: &[PathBuf]) -> Result<Vec<NamedPlan>, Failure> {
    let (mut plans, mut findings) = (Vec::new(), Findings::default());
    for (folder, name) in folders.iter().zip(names(folders)) {
        match read_rows(folder) {
            Ok(rows) => plans.push(NamedPlan { name, rows }),
            Err(found) => findings.extend(found.within(&name)),
        }
    }
    if findings.is_empty() { Ok(plans) } else { Err(Failure::findings(findings)) }
}

/// Checks that a page may be written, without writing anything.
pub(super) fn check_out(out: &Path) -> Result<(), Failure> {
    let help = "name a file in a folder that exists";
    if out.is_dir() {
        return Err(Failure::usage(format!("{} is a folder", out.display()), help));
    }
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(Failure::usage(format!("{} is in no folder", out.display()), help));
    }
    Ok(())
}

/// A name for each plan: its folder's, with as many of the folders around it as it takes to tell
/// the plans apart.
fn names(folders: &[PathBuf]) -> Vec<String> {
    let whole: Vec<PathBuf> = folders
        .iter()
        .map(|folder| std::path::absolute(folder).unwrap_or_else(|_| folder.clone()))
        .collect();
    let tail = |path: &Path, length: usize| {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        parts[parts.len().saturating_sub(length)..].join("/")
    };
    let longest = whole.iter().map(|path| path.iter().count()).max().unwrap_or(1);
    let mut names = Vec::new();
    for length in 1..=longest {
        names = whole.iter().map(|path| tail(path, length)).collect();
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        if distinct.len() == names.len() {
            return names;
        }
    }
    // One folder twice.
    names.iter().enumerate().map(|(index, name)| format!("{name} ({})", index + 1)).collect()
}

/// Checks that the wave named is the one that was planned.
fn check_wave(folder: &Path, wave: &Wave, plans: &[NamedPlan]) -> Result<(), Failure> {
    let help = "name the wave that was planned, or plan it again";
    let digests = wave_digests(folder)
        .map_err(|error| Failure::internal(format!("the wave cannot be read again: {error}")))?;
    for plan in plans {
        let planned = &plan.rows.certificate.wave;
        if *planned != *wave.name {
            let message = format!("{} is a plan of {planned:?}, not of {:?}", plan.name, wave.name);
            return Err(Failure::usage(message, help));
        }
        let files = different_inputs(&digests, &plan.rows.certificate.inputs);
        if !files.is_empty() {
            let message = format!(
                "{} is not a plan of this wave as it is now; other files: {}",
                plan.name,
                files.join(", ")
            );
            return Err(Failure::usage(message, help));
        }
    }
    Ok(())
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Failure {
        match error {
            ReportError::Json(_) => Failure::internal(error.to_string()),
            error => Failure::usage(error.to_string(), "name plans of one wave"),
        }
    }
}

impl From<PageError> for Failure {
    fn from(error: PageError) -> Failure {
        Failure::internal(format!("the page is not written: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_have_names_that_tell_them_apart() {
        let name = |folders: &[&str]| names(&folders.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(name(&["out/base", "out/best/"]), ["base", "best"]);
        assert_eq!(name(&["/a/one/plan", "/a/two/plan"]), ["one/plan", "two/plan"]);
        let twice = name(&["/a/plan", "/a/plan"]);
        assert!(twice[0].ends_with("a/plan (1)") && twice[1].ends_with("a/plan (2)"), "{twice:?}");
    }
}
