//! `plan`: a verified plan of a wave, with its certificate.

use crate::analysis::Kpis;
use crate::cli::failure::Failure;
use crate::cli::input::{self, ModelArg, SolveArgs, WaveArg};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Watch;
use crate::cli::{Exit, exit, summary};
use crate::ingest::{digests, model_to_json};
use crate::plan::{Plan, Status, check_folder, write_plan};
use crate::planning::{RunInputs, plan_wave};
use crate::solve::resident_memory;
use bytesize::ByteSize;
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

const EXAMPLES: &str = "\
Examples:
  wavewright plan datasets/quickstart --out plan
  wavewright plan datasets/quickstart --model fewest-splits --out plan --csv
  wavewright plan my-wave --model my-model.toml --gap 0.005 --time-limit 120 --out plan
  wavewright plan my-wave --memory-limit 8GiB --out plan
  wavewright plan my-wave --out plan --quiet --json > result.json

Ctrl-C and the limits on time and memory stop with the best plan so far, which is verified and
written with the gap that is still open; a second Ctrl-C ends at once.";

/// Plans a wave: finds, proves, verifies and writes
///
/// The folder given with --out holds the tables of the plan as Parquet and certificate.json, or
/// what it held before: it is written whole or not at all. A plan that is there is replaced.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    wave: WaveArg,
    #[command(flatten)]
    model: ModelArg,
    /// Folder for the plan: new, empty, or with a plan to replace
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    /// Memory in use at which to stop, such as 4GiB; the best plan by then is written
    ///
    /// The memory is that of the whole program, the wave included. Writing the plan takes a little
    /// more of it.
    #[arg(long, value_name = "SIZE", value_parser = input::size)]
    memory_limit: Option<ByteSize>,
    #[command(flatten)]
    solve: SolveArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    check_folder(&args.out)?;
    if args.memory_limit.is_some() && resident_memory().is_none() {
        return Err(Failure::usage(
            "this system does not tell how much memory a program uses",
            "leave out --memory-limit",
        ));
    }
    let started = Instant::now();
    let threads = args.solve.limits.threads.unwrap_or(0);
    let wave = input::on_threads(threads, || input::wave(&args.wave.wave, output))??;
    let mut model = input::model(&args.model.model, &wave)?;
    args.solve.apply(&mut model);
    let digests = digests(&args.wave.wave, &args.model.model)
        .map_err(|error| Failure::internal(format!("the input cannot be read again: {error}")))?;
    let inputs = RunInputs {
        digests,
        model: model_to_json(&model, wave.minor_digits),
        seconds: [("read".to_owned(), started.elapsed().as_secs_f64())].into(),
        ..RunInputs::default()
    };

    let interrupt = Interrupt::listen(output)?;
    let watch =
        Watch::new(output, &interrupt, wave.minor_digits).with_memory_limit(args.memory_limit);
    let (plan, steps) =
        watch.run(&model.solve, |control| plan_wave(&wave, &model, inputs, control))?;
    let mut plan = plan?;
    plan.certificate.seconds.progress = steps;
    {
        let _writing = interrupt.writing();
        write_plan(&wave, &plan, &args.out, args.csv)?;
    }

    let kpis = Kpis::new(&wave, &plan);
    output.result(
        || json!({ "out": args.out, "certificate": plan.certificate, "kpis": kpis }),
        || summary::render(&wave, &model, &plan, &kpis, &args.out),
    )?;
    Ok(exit_of(&plan))
}

fn exit_of(plan: &Plan) -> Exit {
    match plan.certificate.status {
        Status::Optimal | Status::Heuristic => Exit::Done,
        Status::GapOpen => Exit::GapOpen,
    }
}
