//! `events apply`: a file of events, each applied once.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit, summary};
use crate::ids::ExceptionId;
use crate::orchestrate::apply::{ApplyError, BATCH, apply};
use crate::orchestrate::current::Current;
use crate::orchestrate::event::{EventFile, read_event_file, read_events};
use crate::orchestrate::state::{State, exception_name};
use serde_json::{Value, json};
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

/// Exceptions that are shown; the queue has all.
const SHOWN: usize = 20;

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let mut store = args.state.open()?;
    let mut current = Current::read(&mut store)?;
    let read = read(&args.file, current.state.minor_digits)?;
    let (all, batch) = (read.events.len(), args.batch as usize);
    let applied = apply(&mut store, &mut current, &read, &read.events, batch, |kept| {
        output.remark(&format!("{kept} of {all} events are kept"));
    });
    let applied = applied.map_err(|error| match error {
        ApplyError::Findings(findings) => Failure::findings(findings),
        ApplyError::Store(error) => error.into(),
        ApplyError::State(error) => error.into(),
    })?;
    current.save_if_due(&mut store)?;
    let exceptions: Vec<ExceptionId> = applied.exceptions().collect();
    let state = &current.state;
    output.result(
        || {
            let exceptions: Vec<Value> =
                exceptions.iter().map(|id| exception_json(state, *id)).collect();
            json!({ "applied": applied.new, "known": applied.known, "exceptions": exceptions })
        },
        || {
            let new = summary::count(applied.new, "event");
            let mut lines = vec![format!("{new} applied, {} known already", applied.known)];
            if !exceptions.is_empty() {
                let arose = summary::count(exceptions.len() as u64, "exception");
                lines.push(format!("{arose} arose"));
                let shown = exceptions.iter().take(SHOWN);
                lines.extend(shown.map(|id| exception_line(state, *id)));
            }
            if exceptions.len() > SHOWN {
                lines.push(format!("  ... and {} more", exceptions.len() - SHOWN));
            }
            lines.join("\n")
        },
    )?;
    Ok(Exit::Done)
}

/// Reads the events of a file, or of stdin.
fn read(file: &Path, minor_digits: u32) -> Result<EventFile, Failure> {
    if file != Path::new("-") {
        return read_event_file(file, minor_digits).map_err(Failure::findings);
    }
    let mut text = Vec::new();
    std::io::stdin()
        .read_to_end(&mut text)
        .map_err(|error| Failure::internal(format!("stdin cannot be read: {error}")))?;
    read_events("stdin", &text, minor_digits).map_err(Failure::findings)
}

fn exception_line(state: &State, id: ExceptionId) -> String {
    let exception = &state.exceptions[id];
    let about =
        exception.subject.order.map(|order| format!(" of {}", state.order_names.name(order)));
    let about = about.unwrap_or_default();
    format!("  {} {}{about}: {}", exception_name(id), exception.cause.name(), exception.detail)
}

fn exception_json(state: &State, id: ExceptionId) -> Value {
    let exception = &state.exceptions[id];
    json!({
        "id": exception_name(id),
        "cause": exception.cause.name(),
        "order": exception.subject.order.map(|order| state.order_names.name(order)),
        "event": state.event_names.name(exception.raised),
        "detail": exception.detail,
        "open": exception.is_open(),
    })
}
