//! `runs`: what replans have staged, and what became of it.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::release::{as_json, still_to_release};
use crate::cli::state::StateArg;
use crate::cli::summary::count;
use crate::cli::table::OutArg;
use crate::cli::{Exit, exit};
use crate::orchestrate::current::Current;
use crate::orchestrate::replan::Outdated;
use crate::orchestrate::store::{Run, RunStatus, Store};
use crate::orchestrate::view::runs;
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use serde_json::json;
use std::collections::BTreeMap;

const EXAMPLES: &str = "\
Examples:
  wavewright runs list --state my-state
  wavewright runs show R120-3f9a1c02 --state my-state
  wavewright runs discard R120-3f9a1c02 --state my-state";

/// Shows the runs of replan, and discards a staged one
///
/// A run is staged until it is released, or discarded: by hand, or as another one is staged.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(ListArgs),
    /// Shows a run: its record and, of a staged one, what its release would do now
    Show(RunArgs),
    /// Discards a staged run: it will not be released, and its plan is thrown away
    Discard(RunArgs),
}

/// Lists the runs: what each read, and what became of it
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
struct ListArgs {
    #[command(flatten)]
    state: StateArg,
    /// Those of this status only
    #[arg(long, value_parser = PossibleValuesParser::new(RunStatus::ALL.map(RunStatus::name)))]
    status: Option<String>,
    #[command(flatten)]
    out: OutArg,
}

/// A run of a state
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
struct RunArgs {
    /// The run's id
    #[arg(value_name = "ID")]
    run: String,
    #[command(flatten)]
    state: StateArg,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list(args, output),
        Command::Show(args) => show(args, output),
        Command::Discard(args) => discard(args, output),
    }
}

fn list(args: &ListArgs, output: Output) -> Result<Exit, Failure> {
    let known = args.state.open()?.runs()?;
    let table = runs(&known, args.status.as_deref().and_then(RunStatus::from_name));
    args.out.tell("runs", &table, "no such runs", output)?;
    Ok(Exit::Done)
}

fn discard(args: &RunArgs, output: Output) -> Result<Exit, Failure> {
    args.state.open()?.discard(&args.run)?;
    let told = || format!("The run {} is discarded", args.run);
    output.result(|| json!({ "run": args.run, "status": RunStatus::Discarded.name() }), told)?;
    Ok(Exit::Done)
}

/// What has become of a staged plan since it was made.
#[derive(Default)]
struct Since {
    /// The run that was released instead of it.
    overtaken_by: Option<String>,
    /// Events of the log that the plan does not know.
    events: usize,
    /// What its release would add, by kind.
    kinds: BTreeMap<&'static str, u64>,
    outdated: Outdated,
}

fn since(store: &mut Store, run: &Run) -> Result<Since, Failure> {
    if run.status != RunStatus::Staged {
        return Ok(Since::default());
    }
    let state = Current::read(store)?.state;
    let base = usize::try_from(run.base).unwrap_or(usize::MAX);
    let later = state.events.iter().skip(base);
    // Proposals are the plan's own.
    let events = later.filter(|event| event.kind() != "exception_proposed").count();
    let overtaken_by = store.overtaken_by(run)?;
    if overtaken_by.is_some() {
        return Ok(Since { overtaken_by, events, ..Since::default() });
    }
    let (to_release, outdated) = still_to_release(store, run, &state)?;
    let mut kinds = BTreeMap::new();
    to_release.iter().for_each(|event| *kinds.entry(event.kind()).or_default() += 1);
    Ok(Since { overtaken_by, events, kinds, outdated })
}

fn show(args: &RunArgs, output: Output) -> Result<Exit, Failure> {
    let mut store = args.state.open()?;
    let run = store.run(&args.run)?;
    let since = since(&mut store, &run)?;
    output.result(
        || {
            json!({
                "run": run.id,
                "status": run.status.name(),
                "asked": run.asked,
                "base": run.base,
                "model": run.model,
                "plan_digest": run.plan_digest,
                "released_at": run.released_at,
                "overtaken_by": since.overtaken_by,
                "events_since": since.events,
                "events": since.kinds,
                "outdated": as_json(&since.outdated),
            })
        },
        || format!("Run {}{}", run.id, shown(&run, &since)),
    )?;
    Ok(Exit::Done)
}

fn shown(run: &Run, since: &Since) -> String {
    let mut rows = vec![
        ("status", run.status.name().to_owned()),
        ("asked", run.asked.clone()),
        ("base", format!("event {} of the log", run.base)),
        ("model", run.model.clone()),
    ];
    rows.extend(run.released_at.map(|at| ("released", format!("up to event {at}"))));
    if since.events > 0 {
        let events = count(since.events as u64, "event");
        rows.push(("since", format!("{events} that the plan does not know")));
    }
    match &since.overtaken_by {
        Some(by) => rows.push((
            "release",
            format!("would be refused: {by} was released since it read the state; plan again"),
        )),
        None if run.status == RunStatus::Staged && since.kinds.is_empty() => {
            rows.push(("release", "would add nothing".to_owned()));
        }
        None => (),
    }
    let kinds = since.kinds.iter();
    rows.extend(kinds.map(|(kind, count)| ("release", format!("would add {count} {kind}"))));
    let left_out = since.outdated.lines.iter().map(|((order, line), refusal)| {
        ("left out", format!("order {order}, line {line}: {refusal}"))
    });
    rows.extend(left_out);
    rows.iter().map(|(label, value)| format!("\n  {label:10}  {value}")).collect()
}
