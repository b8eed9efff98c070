//! `events apply`: a file of events, each applied once.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit, summary};
use crate::ingest::minor_digits;
use crate::orchestrate::apply::{ApplyError, BATCH, apply};
use crate::orchestrate::event::{Event, read_event_file, read_events};
use crate::orchestrate::store::Store;
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  wavewright events apply today.jsonl --state my-state
  gunzip -c today.jsonl.gz | wavewright events apply - --state my-state";

/// Applies events of a file of JSON Lines: those that are known already do nothing
///
/// A line that is no event is a finding, and nothing of the file is applied then. A file that was
/// interrupted, or may have been applied before, is simply applied again.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// The events, one a line; - reads stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    state: StateArg,
    /// Events of a transaction: so many at once are on the disk
    #[arg(long, value_name = "N", default_value_t = BATCH as u64,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    batch: u64,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let mut store = args.state.open()?;
    let name = args.file.file_name().unwrap_or(args.file.as_os_str()).to_string_lossy();
    let events = read(&mut store, &args.file)?;
    let all = events.len();
    let applied = apply(&mut store, &name, &events, args.batch as usize, |kept| {
        output.remark(&format!("{kept} of {all} events are kept"));
    });
    let applied = applied.map_err(|error| match error {
        ApplyError::Findings(findings) => Failure::findings(findings),
        ApplyError::Store(error) => error.into(),
    })?;
    output.result(
        || json!({ "applied": applied.new, "known": applied.known }),
        || {
            let new = summary::count(applied.new, "event");
            format!("{new} applied, {} known already", applied.known)
        },
    )?;
    Ok(Exit::Done)
}

/// Reads the events of a file, or of stdin.
fn read(store: &mut Store, file: &Path) -> Result<Vec<Event>, Failure> {
    let settings = store.file("wave.toml")?.and_then(|bytes| String::from_utf8(bytes).ok());
    let digits = settings.and_then(|text| minor_digits(&text)).ok_or_else(|| {
        Failure::internal(format!("the state at {} names no currency", store.address()))
    })?;
    if file != Path::new("-") {
        return read_event_file(file, digits).map_err(Failure::findings);
    }
    let mut text = Vec::new();
    std::io::stdin()
        .read_to_end(&mut text)
        .map_err(|error| Failure::internal(format!("stdin cannot be read: {error}")))?;
    read_events("stdin", &text, digits).map_err(Failure::findings)
}
