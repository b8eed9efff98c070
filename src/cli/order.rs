//! `order`: everything about one order, and all orders at a glance.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state::{StateArg, find};
use crate::cli::table::{OutArg, json, render};
use crate::cli::{Exit, exit};
use crate::orchestrate::state::OrderStatus;
use crate::orchestrate::view::{OrderView, order, orders};
use crate::time::Day;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright order show H1 --state my-state
  wavewright order show H1 --state my-state --json
  wavewright order list --state my-state --status held";

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
    List(ListArgs),
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

/// Lists the orders: status, dates, units and open exceptions of each
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
struct ListArgs {
    #[command(flatten)]
    state: StateArg,
    /// Those of this status only
    #[arg(long, value_parser = PossibleValuesParser::new(OrderStatus::ALL.map(OrderStatus::name)))]
    status: Option<String>,
    #[command(flatten)]
    out: OutArg,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    match &args.command {
        Command::Show(args) => show(args, output),
        Command::List(args) => list(args, output),
    }
}

fn list(args: &ListArgs, output: Output) -> Result<Exit, Failure> {
    let state = args.state.read()?;
    let table = orders(&state, args.status.as_deref().and_then(OrderStatus::from_name));
    args.out.tell("orders", &table, "no such orders", output)?;
    Ok(Exit::Done)
}

fn show(args: &ShowArgs, output: Output) -> Result<Exit, Failure> {
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
