//! `compare`: plans of the same waves by several strategies, side by side.

use crate::analysis::compare::{
    Comparison, Run, WaveRuns, check_comparison_folder, write_comparison,
};
use crate::cli::comparison;
use crate::cli::failure::Failure;
use crate::cli::input::{self, LabelledWave, LimitArgs, ModelArg};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Watch;
use crate::cli::{Exit, exit};
use crate::domain::Model;
use crate::ingest::{digests, model_to_json};
use crate::plan::Status;
use crate::planning::{METHODS, RunInputs, plan_wave};
use clap::builder::PossibleValuesParser;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  wavewright compare datasets/quickstart --strategies nearest,cheapest-order,optimal --out out/compared
  wavewright compare nights/* --strategies priority,reevaluate,optimal --time-limit 120 --out week
  wavewright compare my-wave --strategies priority,optimal --base priority --csv --out compared";

/// Plans waves by several strategies and compares the plans
///
/// The folder given with --out holds tables about costs, orders, nodes and groups, a summary as
/// JSON, and every plan in a folder of its own under plans/. It is written whole or not at all.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// Folders of waves, or folders that hold them; several give paired differences
    #[arg(value_name = "WAVE", required = true)]
    waves: Vec<PathBuf>,
    /// What to compare, separated by commas
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "nearest,priority,cheapest-order,optimal",
        value_parser = PossibleValuesParser::new(METHODS)
    )]
    strategies: Vec<String>,
    /// The strategy that the others are compared with; the first one unless named
    #[arg(long, value_name = "NAME")]
    base: Option<String>,
    #[command(flatten)]
    model: ModelArg,
    /// Folder for the comparison: new, empty, or with a comparison to replace
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    check_comparison_folder(&args.out)?;
    let base = base(args)?;
    let tasks = tasks(args, output)?;
    let interrupt = Interrupt::listen(output)?;
    let mut waves: Vec<WaveRuns> = Vec::with_capacity(tasks.len());
    for task in tasks {
        waves.push(plan_all(args, output, &interrupt, task)?);
    }
    let comparison = Comparison::new(&waves, base);
    {
        let _writing = interrupt.writing();
        write_comparison(&waves, &comparison, &args.out, args.csv)?;
    }
    output.result(
        || json!({ "out": args.out, "comparison": comparison.summary(&waves) }),
        || comparison::render(&waves, &comparison, &args.out),
    )?;
    let is_open = |run: &Run| run.plan.certificate.status == Status::GapOpen;
    let any_open = waves.iter().flat_map(|wave| &wave.runs).any(is_open);
    Ok(if any_open { Exit::GapOpen } else { Exit::Done })
}

/// The position of the base among the strategies, which must be distinct.
fn base(args: &Args) -> Result<usize, Failure> {
    for (at, name) in args.strategies.iter().enumerate() {
        if args.strategies[..at].contains(name) {
            let help = "name each strategy once";
            return Err(Failure::usage(format!("the strategy {name} is named twice"), help));
        }
    }
    let Some(base) = &args.base else { return Ok(0) };
    args.strategies.iter().position(|name| name == base).ok_or_else(|| {
        Failure::usage(
            format!("the base {base} is not among the strategies"),
            format!("take one of {}, or add it to --strategies", args.strategies.join(", ")),
        )
    })
}

/// A wave to be planned, as it was read.
struct Task {
    read: LabelledWave,
    model: Model,
    digests: BTreeMap<String, String>,
}

/// Reads every wave and the model, so that what is wrong with any is told before the first is
/// planned.
fn tasks(args: &Args, output: Output) -> Result<Vec<Task>, Failure> {
    let waves = input::waves(&args.waves, args.limits.threads.unwrap_or(0), output)?;
    check_currency(&waves)?;
    let task = |read: LabelledWave| {
        let model = input::model(&args.model.model, &read.wave)?;
        let digests = digests(&read.folder, &args.model.model).map_err(|error| {
            Failure::internal(format!("the input cannot be read again: {error}"))
        })?;
        Ok(Task { read, model, digests })
    };
    waves.into_iter().map(task).collect()
}

/// Money of several waves is only comparable in one currency.
fn check_currency(waves: &[LabelledWave]) -> Result<(), Failure> {
    let Some((first, others)) = waves.split_first() else { return Ok(()) };
    match others.iter().find(|other| other.wave.currency != first.wave.currency) {
        None => Ok(()),
        Some(other) => Err(Failure::usage(
            format!(
                "{} is in {}, {} in {}",
                first.label, first.wave.currency, other.label, other.wave.currency
            ),
            "compare waves of one currency at a time",
        )),
    }
}

/// Plans a wave by every strategy.
fn plan_all(
    args: &Args,
    output: Output,
    interrupt: &Interrupt,
    task: Task,
) -> Result<WaveRuns, Failure> {
    let Task { read: LabelledWave { label, wave, seconds, .. }, model, digests } = task;
    let mut runs = Vec::with_capacity(args.strategies.len());
    for strategy in &args.strategies {
        let mut model = model.clone();
        args.limits.apply(&mut model, Some(strategy));
        let inputs = RunInputs {
            digests: digests.clone(),
            model: model_to_json(&model, wave.minor_digits),
            seconds: [("read".to_owned(), seconds)].into(),
            ..RunInputs::default()
        };
        output.remark(&format!("{label}: {strategy}"));
        let watch = Watch::new(output, interrupt, wave.minor_digits);
        let (plan, steps) =
            watch.run(&model.solve, |control| plan_wave(&wave, &model, inputs, control))?;
        let mut plan = plan?;
        plan.certificate.seconds.progress = steps;
        if interrupt.is_asked() {
            return Err(Failure::Message {
                exit: Exit::Interrupted,
                message: "interrupted before every strategy had its plan".to_owned(),
                help: Some("nothing is written: a comparison needs all of them".to_owned()),
            });
        }
        runs.push(Run { strategy: strategy.clone(), plan });
    }
    Ok(WaveRuns { label, wave, model, runs })
}
