//! `stock`: what is there, what is bound, and what can be promised by a date.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::{StateArg, find};
use crate::cli::table::OutArg;
use crate::cli::{Exit, exit};
use crate::orchestrate::view::{StockFilter, availability, stock};
use crate::time::Day;

const EXAMPLES: &str = "\
Examples:
  wavewright stock --state my-state --sku throw
  wavewright stock --state my-state --node DC-NJ --by 2026-12-04
  wavewright stock --state my-state --network --out availability.parquet
  wavewright stock --state my-state --discrepancies";

/// Shows stock over all nodes, and what can be promised by a date
///
/// Available to promise is on hand less reserved, safety stock and units bound to orders, with what
/// comes in by the date, as far as units that are bound later leave it. It is empty where stock is
/// without limit.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    state: StateArg,
    /// This item only
    #[arg(long, value_name = "SKU")]
    sku: Option<String>,
    /// This node only
    #[arg(long, value_name = "NODE")]
    node: Option<String>,
    /// What can be promised by this date; by the date of the latest event unless named
    #[arg(long, value_name = "DATE")]
    by: Option<Day>,
    /// A row an item: what the whole network can promise, and by kind of node
    #[arg(long, conflicts_with = "discrepancies")]
    network: bool,
    /// Rows only whose stock does not cover what is bound to it
    #[arg(long)]
    discrepancies: bool,
    #[command(flatten)]
    out: OutArg,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let state = args.state.read()?;
    let filter = StockFilter {
        sku: find(&state.sku_names, "item", args.sku.as_deref())?,
        node: find(&state.node_names, "node", args.node.as_deref())?,
        by: args.by,
        discrepancies: args.discrepancies,
    };
    let (name, table) = match args.network {
        true => ("availability", availability(&state, filter)),
        false => ("stock", stock(&state, filter)),
    };
    args.out.tell(name, &table, "no such stock", output)?;
    Ok(Exit::Done)
}
