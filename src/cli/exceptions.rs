//! `exceptions`: what needs somebody's attention, and what became of it.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::{StateArg, find};
use crate::cli::table::OutArg;
use crate::cli::{Exit, exit};
use crate::orchestrate::state::Cause;
use crate::orchestrate::view::{ExceptionFilter, exceptions};
use clap::builder::PossibleValuesParser;

const EXAMPLES: &str = "\
Examples:
  wavewright exceptions --state my-state
  wavewright exceptions --state my-state --all --cause short_pick
  wavewright exceptions --state my-state --out exceptions.csv";

/// Lists the open exceptions: cause, what each concerns, since when, what is proposed
///
/// An exception is resolved by rule, by an exception_resolved event, or as its reason goes away.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    state: StateArg,
    /// Resolved ones too
    #[arg(long)]
    all: bool,
    /// Those of this cause only
    #[arg(long, value_parser = PossibleValuesParser::new(Cause::ALL.map(Cause::name)))]
    cause: Option<String>,
    /// Those about this order only
    #[arg(long, value_name = "ID")]
    order: Option<String>,
    #[command(flatten)]
    out: OutArg,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let state = args.state.read()?;
    let filter = ExceptionFilter {
        all: args.all,
        cause: args.cause.as_deref().and_then(Cause::from_name),
        order: find(&state.order_names, "order", args.order.as_deref())?,
    };
    let table = exceptions(&state, filter);
    args.out.tell("exceptions", &table, "no exceptions", output)?;
    Ok(Exit::Done)
}
