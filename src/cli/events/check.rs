//! `events check`: whether the log makes the state that is used.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit, summary};
use crate::orchestrate::current::Current;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright events check --state my-state
  wavewright events check --repair --state my-state";

/// Makes the state again from the whole log, and compares it with the snapshot that commands use
///
/// The log is what counts: a snapshot that differs can be replaced by --repair.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    state: StateArg,
    /// Saves the state that the log makes as the snapshot
    #[arg(long)]
    repair: bool,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let mut store = args.state.open()?;
    let last = store.last_sequence()?;
    let snapshot = Current::from_snapshot(&mut store)?;
    let until = snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
    let mut rebuilt = Current::rebuild(&mut store, until)?;
    // A snapshot of events that the log does not have differs, too.
    let agrees = snapshot.as_ref().is_none_or(|snapshot| {
        rebuilt.sequence == snapshot.sequence && rebuilt.state == snapshot.state
    });
    rebuilt.catch_up(&mut store, last)?;
    if args.repair {
        store.drop_snapshot()?;
        rebuilt.save(&mut store)?;
    } else if !agrees {
        return Err(Failure::Message {
            exit: Exit::Internal,
            message: format!("the snapshot after event {until} is not what the log makes"),
            help: Some("run events check --repair, and please report it".to_owned()),
        });
    }
    let exceptions = rebuilt.state.open_exceptions.len() as u64;
    output.result(
        || {
            json!({
                "events": last,
                "snapshot": snapshot.as_ref().map(|snapshot| snapshot.sequence),
                "agrees": agrees,
                "repaired": args.repair,
                "orders": rebuilt.state.orders.len(),
                "open_exceptions": exceptions,
            })
        },
        || {
            let told = match (&snapshot, agrees) {
                (None, _) => "there is no snapshot".to_owned(),
                (_, true) => format!("the snapshot after event {until} is what the log makes"),
                (_, false) => format!("the snapshot after event {until} was replaced"),
            };
            let (events, orders) = (
                summary::count(last, "event"),
                summary::count(rebuilt.state.orders.len() as u64, "order"),
            );
            let open = summary::count(exceptions, "open exception");
            format!("{events}, {orders}, {open}; {told}")
        },
    )?;
    Ok(Exit::Done)
}
