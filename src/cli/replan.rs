//! `replan`: what is open or may still change of a state, planned anew and staged.

use crate::cli::failure::Failure;
use crate::cli::findings;
use crate::cli::input::{self, ModelArg, SolveArgs};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Watch;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit, summary};
use crate::domain::Model;
use crate::ingest::{digests, model_to_json};
use crate::orchestrate::apply::entry;
use crate::orchestrate::current::Current;
use crate::orchestrate::event::Moment;
use crate::orchestrate::replan::{
    Difference, PREVIOUS_FILE, Previous, Release, Replan, ReplanError, ReplanSettings, Request,
    Staged, delta_table, replan_wave,
};
use crate::orchestrate::state::State;
use crate::orchestrate::store::{Entry, RunStatus, Store, StoreError};
use crate::orchestrate::wave::{Network, PlannedUnits, StateWave, WaveError, write_state_wave};
use crate::plan::{
    PLAN_TABLES, Status, WriteError, names_in, write_folder, write_plan, write_table,
};
use crate::planning::RunInputs;
use crate::units::format_fixed;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Instant;

const EXAMPLES: &str = "\
Examples:
  wavewright replan --state my-state --out plan
  wavewright replan --state my-state --model peak --max-changed 20 --time-limit 60 --out plan
  wavewright replan --state my-state --dry-run --out plan
  wavewright verify plan/wave plan

The plan is staged: release puts it into effect.";

/// Plans anew what of a state is open or may still change, from the plan that is there
///
/// The folder given with --out holds the plan as plan writes it, the table delta of what changes and
/// why, and in the folder wave the wave that was planned, or what it held before. The plan is staged
/// as a run of the state, in place of the one that was staged before, and the open exceptions get what
/// it would do about them. One program at a time replans a state.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    state: StateArg,
    #[command(flatten)]
    model: ModelArg,
    /// Folder for the plan: new, empty, or with a plan to replace
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    /// The instant of planning, such as 2026-11-23T06:00:00-05:00 [default: that of the latest event]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    now: Option<Moment>,
    /// The most lines that may depart from what was planned or released for them
    #[arg(long, value_name = "N")]
    max_changed: Option<usize>,
    /// Nodes are told of lines that leave so many days after today, or earlier
    #[arg(long, value_name = "DAYS", default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(..=3_660))]
    release_within: u32,
    /// Nodes are told of lines that could not leave as planned if they waited for the next replan, at
    /// this instant
    #[arg(long, value_name = "INSTANT", value_parser = instant, conflicts_with = "release_within")]
    next_run: Option<Moment>,
    /// Lines that are planned stay as they are: what waits is planned around them
    #[arg(long)]
    keep_planned: bool,
    /// Plans and writes, and changes nothing in the state
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    solve: SolveArgs,
}

impl Args {
    fn settings(&self) -> ReplanSettings {
        let planned = match self.keep_planned {
            true => PlannedUnits::Stay,
            false => PlannedUnits::MayChange,
        };
        let release = match self.next_run {
            Some(next) => Release::BeforeRun(next.instant),
            None => Release::Within(self.release_within),
        };
        ReplanSettings { planned, max_changed: self.max_changed, release }
    }
}

fn instant(text: &str) -> Result<Moment, String> {
    Moment::parse(text).ok_or_else(|| "not an instant with its offset".to_owned())
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    check_out(&args.out)?;
    let started = Instant::now();
    let mut store = args.state.open()?;
    let _lock = if args.dry_run { None } else { Some(store.lock_replans()?) };
    let current = Current::read(&mut store)?;
    let state = &current.state;
    let now = args.now.unwrap_or(state.now);
    if now.instant < state.now.instant {
        return Err(Failure::usage(
            format!("--now is before the latest event, which was at {}", state.now),
            "name a later instant, or leave it out",
        ));
    }
    if args.next_run.is_some_and(|next| next.instant < now.instant) {
        let message = format!("--next-run is before the instant of planning, {now}");
        return Err(Failure::usage(message, "name a later instant"));
    }
    let settings = args.settings();
    let network = Network::read(&mut store)?;
    let mut model = input::model(&args.model.model, &network.wave)?;
    args.solve.apply(&mut model);
    let previous = previous(&mut store)?;
    let laid_out = tempfile::tempdir()
        .map_err(|error| Failure::internal(format!("no temporary folder: {error}")))?;
    let state_wave = write_state_wave(&network, state, now, settings.planned, laid_out.path())?;
    let digests = digests(laid_out.path(), &args.model.model)
        .map_err(|error| Failure::internal(format!("the input cannot be read again: {error}")))?;
    let inputs = RunInputs {
        digests,
        model: model_to_json(&model, state.minor_digits),
        seconds: [("read".to_owned(), started.elapsed().as_secs_f64())].into(),
        ..RunInputs::default()
    };
    let previous = previous.as_ref();
    let request = Request { network: &network.wave, state, model: &model, now, previous, settings };

    let interrupt = Interrupt::listen(output)?;
    let watch = Watch::new(output, &interrupt, state.minor_digits);
    let (replan, steps) =
        watch.run(&model.solve, |control| replan_wave(&request, state_wave, inputs, control))?;
    let mut replan = replan?;
    replan.plan.certificate.seconds.progress = steps;
    let _writing = interrupt.writing();
    write(&replan, state, laid_out.path(), args)?;
    let run = if args.dry_run {
        None
    } else {
        Some(stage(&mut store, &replan, current.sequence, &model)?)
    };
    tell(&replan, state, run.as_deref(), args, output)?;
    Ok(match replan.plan.certificate.status {
        Status::Optimal | Status::Heuristic => Exit::Done,
        Status::GapOpen => Exit::GapOpen,
    })
}

/// What the latest run that kept it lets a replan start from; one of an earlier program is not read.
fn previous(store: &mut Store) -> Result<Option<Previous>, Failure> {
    for run in store.runs()?.iter().rev() {
        if run.status == RunStatus::Discarded {
            continue;
        }
        if let Some(bytes) = store.run_files(&run.id)?.get(PREVIOUS_FILE) {
            return Ok(rmp_serde::from_slice(bytes).ok());
        }
    }
    Ok(None)
}

/// Keeps a plan as a run, and the proposals in the log; says what the run is called.
fn stage(store: &mut Store, replan: &Replan, base: u64, model: &Model) -> Result<String, Failure> {
    let staged = Staged::new(replan)
        .map_err(|error| Failure::internal(format!("the run cannot be kept: {error}")))?;
    let Staged { run, digest, files } = staged;
    let asked = replan.now.to_string();
    match store.stage_with(&run, &asked, base, &model.name, &digest, &files) {
        // The same plan of the same state waits already.
        Err(StoreError::RunExists(_)) if store.run(&run)?.status == RunStatus::Staged => (),
        other => _ = other?,
    }
    let proposals: Vec<Entry> = replan.proposals.iter().map(entry).collect();
    store.append(&proposals)?;
    Ok(run)
}

/// Whether a folder has nothing but a plan with its delta and its wave.
fn check_out(folder: &Path) -> Result<bool, WriteError> {
    let names = names_in(folder)?;
    let is_ours = |name: &str| {
        let stem = name.strip_suffix(".parquet").or_else(|| name.strip_suffix(".csv"));
        let is_table =
            |stem: &str| stem == "delta" || PLAN_TABLES.iter().any(|(table, _)| *table == stem);
        name == "certificate.json" || name == "wave" || stem.is_some_and(is_table)
    };
    match names.iter().find(|name| !is_ours(name)) {
        Some(file) => {
            Err(WriteError::NotAPlan { folder: folder.to_path_buf(), file: file.clone() })
        }
        None => Ok(!names.is_empty()),
    }
}

fn write(replan: &Replan, state: &State, wave: &Path, args: &Args) -> Result<(), WriteError> {
    let files = names_in(wave)?;
    write_folder(
        &args.out,
        || check_out(&args.out),
        |fresh| {
            write_plan(replan.wave(), &replan.plan, fresh, args.csv)?;
            write_table(&delta_table(state, &replan.delta), fresh, "delta", args.csv)?;
            let folder = fresh.join("wave");
            let io = |source| WriteError::Io { path: folder.clone(), source };
            std::fs::create_dir(&folder).map_err(io)?;
            for name in &files {
                std::fs::copy(wave.join(name), folder.join(name)).map_err(io)?;
            }
            Ok(())
        },
    )
}

fn tell(
    replan: &Replan,
    state: &State,
    run: Option<&str>,
    args: &Args,
    output: Output,
) -> Result<(), Failure> {
    let Replan { delta, plan, state_wave, .. } = replan;
    let certificate = &plan.certificate;
    if !state_wave.warnings.is_empty() {
        let count = findings::count(&state_wave.warnings);
        let folder = args.out.join("wave");
        output.remark(&format!("{count} (wavewright check {} shows them)", folder.display()));
    }
    let changed = delta.changed();
    let left_out: u32 = state_wave.left_out.iter().map(|units| units.quantity).sum();
    let cost = format_fixed(i128::from(delta.cost().0), state.minor_digits);
    output.result(
        || {
            let by_difference: serde_json::Map<_, _> = Difference::ALL
                .iter()
                .map(|what| (what.name().to_owned(), delta.count(*what).into()))
                .collect();
            json!({
                "run": run,
                "out": args.out,
                "now": replan.now.to_string(),
                "orders": state_wave.orders.len(),
                "lines": state_wave.lines.len(),
                "left_out_units": left_out,
                "returns": plan.returns.len(),
                "returns_to_correct": returns_to_correct(state_wave, state),
                "changed_lines": changed,
                "differences": by_difference,
                "delta_cost": cost,
                "events": replan.events.len(),
                "proposals": replan.proposals.len(),
                "certificate": certificate,
            })
        },
        || {
            let mut lines = vec![
                format!(
                    "Replan of {} at {}: {}, {}",
                    replan.wave().name,
                    replan.now,
                    summary::count(state_wave.orders.len() as u64, "order"),
                    summary::count(state_wave.lines.len() as u64, "line"),
                ),
                format!(
                    "  {} of them had a plan and get another; {} newly filled, {} newly unfilled",
                    changed,
                    delta.count(Difference::NewlyFilled),
                    delta.count(Difference::NewlyUnfilled),
                ),
                format!("  difference of the cost to what was decided before: {cost}"),
                format!("  objective {:.2}, {}", certificate.objective, gap(certificate.gap)),
            ];
            if left_out > 0 {
                let units = summary::count(left_out.into(), "unit");
                lines.push(format!("  {units} under way cannot be said in a wave"));
            }
            if !plan.returns.is_empty() {
                let returns = summary::count(plan.returns.len() as u64, "return");
                lines.push(format!("  {returns} routed, in the table returns"));
            }
            for goods in &state_wave.returns_to_correct {
                let name = state.return_names.name(goods.id);
                lines.push(format!(
                    "  the return {name} {} ({})",
                    goods.cause(state),
                    goods.action()
                ));
            }
            lines.push(match run {
                Some(run) => format!(
                    "{} staged as run {run}, written to {}",
                    summary::count(replan.events.len() as u64, "event"),
                    args.out.display()
                ),
                None => format!("Nothing is staged; written to {}", args.out.display()),
            });
            lines.join("\n")
        },
    )
}

/// Returns that are not in the wave as they were announced, each with its cause and what to do.
fn returns_to_correct(of: &StateWave, state: &State) -> Vec<serde_json::Value> {
    let rows = of.returns_to_correct.iter().map(|goods| {
        json!({
            "return_id": state.return_names.name(goods.id),
            "in_wave": !goods.is_left_out,
            "cause": goods.cause(state),
            "action": goods.action(),
        })
    });
    rows.collect()
}

fn gap(gap: Option<f64>) -> String {
    gap.map_or("without a bound".to_owned(), |gap| format!("gap {:.3} %", 100.0 * gap))
}

impl From<WaveError> for Failure {
    fn from(error: WaveError) -> Failure {
        match error {
            WaveError::Findings(findings) => Failure::findings(findings),
            WaveError::Store(error) => error.into(),
            other => Failure::internal(other.to_string()),
        }
    }
}

impl From<ReplanError> for Failure {
    fn from(error: ReplanError) -> Failure {
        match error {
            ReplanError::Plan(error) => error.into(),
            ReplanError::TooManyChanges { .. } => Failure::Message {
                exit: Exit::NoPlan,
                message: error.to_string(),
                help: Some("raise --max-changed".to_owned()),
            },
            ReplanError::Stopped { .. } => Failure::Message {
                exit: Exit::NoPlan,
                message: error.to_string(),
                help: Some("raise --time-limit or --max-changed".to_owned()),
            },
        }
    }
}
