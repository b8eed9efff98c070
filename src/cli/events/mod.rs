//! `events`: what happened, into the log of a state and out of it.

mod apply;
mod check;
mod list;

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{Exit, exit};
use clap::Subcommand;

const EXAMPLES: &str = "\
Examples:
  wavewright events apply today.jsonl --state my-state
  wavewright events list --order H1 --state my-state";

/// Feeds events into the log of a state, and shows what is in it
///
/// An event is a line of JSON: what happened to an order, to stock, to a node. docs/formats/events.md
/// has all kinds.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Apply(apply::Args),
    List(list::Args),
    Check(check::Args),
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    match &args.command {
        Command::Apply(args) => apply::run(args, output),
        Command::List(args) => list::run(args, output),
        Command::Check(args) => check::run(args, output),
    }
}
