//! `release`: a staged plan becomes events of the log.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit, summary};
use crate::orchestrate::apply::entry;
use crate::orchestrate::current::Current;
use crate::orchestrate::event::{Event, read_events};
use crate::orchestrate::replan::{EVENTS_FILE, Outdated, Refusal, still_holding};
use crate::orchestrate::state::State;
use crate::orchestrate::store::{Entry, Run, RunStatus, Store, StoreError};
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  wavewright release --state my-state --run R120-3f9a1c02";

/// Lines that are named, at most.
const SHOWN: usize = 50;

/// How often events that come meanwhile are looked at before giving up.
const ATTEMPTS: usize = 100;

/// Puts a staged plan into effect: its events come into the log, all of them at once
///
/// A run is released once, and only where no other was released since it read the state. Lines to
/// which something happened meanwhile are left as they are, with those that have to go together with
/// them; they are named, and the next replan looks at them.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    state: StateArg,
    /// The run that replan staged
    #[arg(long, value_name = "ID")]
    run: String,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let mut store = args.state.open()?;
    let mut current = Current::read(&mut store)?;
    let mut attempts = 0;
    let (released, outdated) = loop {
        let run = store.run(&args.run)?;
        if run.status != RunStatus::Staged {
            return Err(StoreError::NotStaged { id: run.id, status: run.status }.into());
        }
        let (events, outdated) = still_to_release(&mut store, &run, &current.state)?;
        let entries: Vec<Entry> = events.iter().map(entry).collect();
        match store.release_at(&args.run, current.sequence, &entries) {
            Ok(_) => break (entries.len(), outdated),
            Err(StoreError::Moved(_)) if attempts < ATTEMPTS => attempts += 1,
            Err(error) => return Err(error.into()),
        }
        current.catch_up(&mut store, u64::MAX)?;
    };
    current.catch_up(&mut store, u64::MAX)?;
    current.save_if_due(&mut store)?;
    output.result(
        || json!({ "run": args.run, "events": released, "outdated": as_json(&outdated) }),
        || {
            let events = summary::count(released as u64, "event");
            let mut text = format!("{events} of run {} are in the log", args.run);
            if !outdated.lines.is_empty() {
                let lines = summary::count(outdated.lines.len() as u64, "line");
                text = format!("{text}; {lines} left as they are, for the next replan:");
                for ((order, line), refusal) in outdated.lines.iter().take(SHOWN) {
                    text = format!("{text}\n  order {order}, line {line}: {refusal}");
                }
                if outdated.lines.len() > SHOWN {
                    let more = outdated.lines.len() - SHOWN;
                    text = format!("{text}\n  and {more} more, which --json names");
                }
            }
            text
        },
    )?;
    Ok(Exit::Done)
}

/// The events of a staged run that hold in a state, and the lines that they are not about any more.
pub(super) fn still_to_release(
    store: &mut Store,
    run: &Run,
    state: &State,
) -> Result<(Vec<Event>, Outdated), Failure> {
    let files = store.run_files(&run.id)?;
    let text = files.get(EVENTS_FILE).map_or(&[][..], Vec::as_slice);
    let read = read_events(EVENTS_FILE, text, state.minor_digits).map_err(Failure::findings)?;
    Ok(still_holding(state, run.base, read.events))
}

/// The lines left as they are, each with its reason.
pub(super) fn as_json(outdated: &Outdated) -> Vec<Value> {
    let line = |((order, line), refusal): (&(String, String), &Refusal)| json!({ "order": order, "line": line, "reason": refusal.to_string() });
    outdated.lines.iter().map(line).collect()
}
