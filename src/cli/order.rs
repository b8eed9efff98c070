//! `order`: everything about one order.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::{StateArg, find};
use crate::cli::table::{json, render};
use crate::cli::{Exit, exit};
use crate::orchestrate::view::{OrderView, order};
use crate::time::Day;
use clap::Subcommand;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright order show H1 --state my-state
  wavewright order show H1 --state my-state --json";

/// Shows orders
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(ShowArgs),
}

/// Shows an order: its lines and where their units are, its shipments, dates, history, exceptions
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
struct ShowArgs {
    /// The order's id
    #[arg(value_name = "ID")]
    order: String,
    #[command(flatten)]
    state: StateArg,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let Command::Show(args) = &args.command;
    let state = args.state.read()?;
    if let Some(id) = find(&state.order_names, "order", Some(&args.order))? {
        let view = order(&state, id);
        output.result(|| as_json(&view), || as_text(&view))?;
    }
    Ok(Exit::Done)
}

fn as_json(view: &OrderView) -> serde_json::Value {
    let date = |day: Option<Day>| day.map(|day| day.to_string());
    json!({
        "order_id": view.order_id,
        "status": view.status.name(),
        "placed_at": view.placed_at,
        "destination": view.destination,
        "ship_by": date(view.ship_by),
        "deliver_by": date(view.deliver_by),
        "expected": date(view.expected),
        "lines": json(&view.lines),
        "shipments": json(&view.shipments),
        "history": json(&view.history),
        "exceptions": json(&view.exceptions),
    })
}

fn as_text(view: &OrderView) -> String {
    let mut rows = vec![
        ("status", view.status.name().to_owned()),
        ("placed at", view.placed_at.clone()),
        ("goes", view.destination.clone()),
    ];
    let dates =
        [("ship by", view.ship_by), ("deliver by", view.deliver_by), ("expected", view.expected)];
    rows.extend(dates.into_iter().filter_map(|(name, day)| Some((name, day?.to_string()))));
    let rows: Vec<String> =
        rows.iter().map(|(label, value)| format!("  {label:10}  {value}")).collect();
    let mut parts = vec![format!("Order {}", view.order_id), rows.join("\n")];
    let tables = [
        ("Lines", &view.lines),
        ("Shipments", &view.shipments),
        ("History", &view.history),
        ("Exceptions", &view.exceptions),
    ];
    for (title, table) in tables.into_iter().filter(|(_, table)| table.height() > 0) {
        parts.push(format!("{title}\n{}", render(table)));
    }
    parts.join("\n\n")
}
