//! `events list`: the end of the log, or of what happened to an order.

use crate::cli::failure::Failure;
use crate::cli::output::{Output, print, print_json};
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit};
use crate::orchestrate::store::{Logged, Store};
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  wavewright events list --state my-state
  wavewright events list --order H1 --state my-state
  wavewright events list --all --state my-state > log.jsonl";

/// Prints the events of the log as JSON Lines, in the order in which they were applied
///
/// The lines can be applied to another state. With --json each event has its place in the log.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    state: StateArg,
    /// Events about this order only
    #[arg(long, value_name = "ID")]
    order: Option<String>,
    /// So many events from the end of the log
    #[arg(long, value_name = "N", default_value_t = 100)]
    last: u32,
    /// All events, from the first one on
    #[arg(long, conflicts_with = "last")]
    all: bool,
}

/// Events read at once where all are wanted.
const CHUNK: usize = 10_000;

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let mut store = args.state.open()?;
    let last = if args.all { usize::MAX } else { args.last as usize };
    if let Some(order) = &args.order {
        tell(&store.of_order(order, last)?, output)?;
    } else if !args.all {
        tell(&store.tail(last)?, output)?;
    } else if output.json {
        let mut all = Vec::new();
        in_chunks(&mut store, |chunk| {
            all.extend(chunk);
            Ok(())
        })?;
        tell(&all, output)?;
    } else {
        in_chunks(&mut store, |chunk| tell(&chunk, output))?;
    }
    Ok(Exit::Done)
}

/// Does something with every event of the log, in turn.
fn in_chunks(
    store: &mut Store,
    mut take: impl FnMut(Vec<Logged>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let chunk = store.read(after, CHUNK)?;
        let Some(last) = chunk.last() else { return Ok(()) };
        after = last.sequence;
        take(chunk)?;
    }
}

fn tell(events: &[Logged], output: Output) -> Result<(), Failure> {
    if output.json {
        let events: Vec<Value> = events
            .iter()
            .map(|logged| {
                // What was kept as JSON is JSON; a text that is not is shown as one.
                let event: Value = serde_json::from_str(&logged.entry.payload)
                    .unwrap_or_else(|_| json!(logged.entry.payload));
                json!({ "sequence": logged.sequence, "event": event })
            })
            .collect();
        return print_json(&json!({ "events": events }));
    }
    if events.is_empty() {
        return Ok(());
    }
    let lines: Vec<&str> = events.iter().map(|logged| &*logged.entry.payload).collect();
    print(&lines.join("\n"))
}
