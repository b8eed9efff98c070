//! `simulate`: policies of when to plan, played over a wave series.

use crate::analysis::{Waiting, WaitingRun, check_waiting_folder, waiting_page, write_waiting};
use crate::cli::failure::Failure;
use crate::cli::input::{self, LimitArgs, ModelArg};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::simulation;
use crate::cli::{Exit, exit};
use crate::domain::{Model, Wave};
use crate::orchestrate::event::Event;
use crate::orchestrate::simulate::{
    Every, Played, Policy, Series, SeriesError, SimulateError, simulate,
};
use crate::orchestrate::state::ExceptionRules;
use crate::planning::METHODS;
use clap::builder::PossibleValuesParser;
use rayon::prelude::*;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  wavewright simulate datasets/omnichannel --strategy cheapest-order --out simulated
  wavewright simulate week/* --strategy nearest --strategy priority --replan-every 30m \\
      --replan-every 2h --replan-every 24h --seeds 1,2,3,4,5 --out simulated

A time is written 30m, 2h, 1h30m or 24h.";

/// Plays orders, picks, rejections and counts over days and compares when to plan: what waiting is worth
///
/// The orders of the waves come in when they were placed; network and stock are those of the first
/// wave. Compared are: myopic, each order planned and released as it comes in; windows, all that came
/// in since the last run together; nightly, each order planned at once and again every night until the
/// night before it leaves. Costs are those of what was shipped in the end, by its real dates.
///
/// The folder given with --out holds the tables policies, runs, costs and paired as Parquet and the
/// page simulation.html, or what it held before.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// Folders of waves, or folders that hold them
    #[arg(value_name = "WAVE", required = true)]
    waves: Vec<PathBuf>,
    /// What plans at each run; may be named several times
    #[arg(
        long,
        value_name = "NAME",
        default_value = "cheapest-order",
        value_parser = PossibleValuesParser::new(METHODS)
    )]
    strategy: Vec<String>,
    /// A time between two runs; each is a policy
    #[arg(long, value_name = "TIME", default_values = ["2h", "24h"])]
    replan_every: Vec<Every>,
    /// Seeds of what goes wrong at the nodes; several give paired differences
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "1")]
    seeds: Vec<u64>,
    #[command(flatten)]
    model: ModelArg,
    /// Folder for the simulation: new, empty, or with a simulation to replace
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    /// Writes the events of every run too, as files that events apply reads
    #[arg(long)]
    events: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

/// A run to be played.
struct Game {
    seed: u64,
    strategy: String,
    policy: Policy,
    model: Model,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    check_waiting_folder(&args.out)?;
    check_distinct(args)?;
    let (name, series) = series(args, output)?;
    let model = input::model(&args.model.model, &series.wave)?;
    let games = games(args, &model);
    let interrupt = Interrupt::listen(output)?;
    let played = input::on_threads(args.limits.threads.unwrap_or(0), || {
        let play = |game: &Game| {
            let played = simulate(&series, &game.model, game.policy, game.seed, &interrupt.flag);
            output.remark(&format!("{} with {}, seed {}", game.policy, game.strategy, game.seed));
            played
        };
        games.par_iter().map(play).collect::<Vec<Result<Played, SimulateError>>>()
    })?;
    let played = played.into_iter().collect::<Result<Vec<Played>, SimulateError>>()?;

    let runs = games.iter().zip(&played).map(|(game, played)| measure(game, &series.wave, played));
    let waiting = Waiting::new(name, &series.wave, &model, runs.collect());
    let page = waiting_page(&waiting)
        .map_err(|error| Failure::internal(format!("the page has no JSON form: {error}")))?;
    let events = if args.events { event_files(&games, &played) } else { Vec::new() };
    {
        let _writing = interrupt.writing();
        write_waiting(&waiting, &page, &events, &args.out, args.csv)?;
    }
    output.result(
        || {
            json!({
                "out": args.out,
                "policies": waiting.policies,
                "runs": waiting.runs,
                "paired": waiting.paired,
            })
        },
        || simulation::render(&waiting, &args.out),
    )?;
    Ok(Exit::Done)
}

/// Finds what is named twice.
fn check_distinct(args: &Args) -> Result<(), Failure> {
    let times: Vec<String> = args.replan_every.iter().map(Every::to_string).collect();
    let seeds: Vec<String> = args.seeds.iter().map(u64::to_string).collect();
    for (what, names) in [("strategy", &args.strategy), ("time", &times), ("seed", &seeds)] {
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                let help = format!("name each {what} once");
                return Err(Failure::usage(format!("the {what} {name} is named twice"), help));
            }
        }
    }
    Ok(())
}

/// The series with its name.
fn series(args: &Args, output: Output) -> Result<(String, Series), Failure> {
    let read = input::waves(&args.waves, args.limits.threads.unwrap_or(0), output)?;
    let first = read.first().map(|read| read.folder.clone());
    let (labels, waves): (Vec<String>, Vec<Wave>) =
        read.into_iter().map(|read| (read.label, read.wave)).unzip();
    let digits = waves.first().map_or(0, |wave| wave.minor_digits);
    let rules = match &first {
        Some(folder) => ExceptionRules::read(folder, digits).map_err(Failure::findings)?,
        None => ExceptionRules::default(),
    };
    let series = Series::new(&waves, rules)?;
    Ok((labels.join(", "), series))
}

/// Every run: by seed, then by strategy, then by policy.
fn games(args: &Args, model: &Model) -> Vec<Game> {
    let mut policies = vec![Policy::Myopic];
    policies.extend(args.replan_every.iter().copied().map(Policy::Window));
    policies.push(Policy::Nightly);
    let mut games = Vec::new();
    for &seed in &args.seeds {
        for strategy in &args.strategy {
            for &policy in &policies {
                let mut model = model.clone();
                args.limits.apply(&mut model, Some(strategy));
                games.push(Game { seed, strategy: strategy.clone(), policy, model });
            }
        }
    }
    games
}

fn measure(game: &Game, wave: &Wave, played: &Played) -> WaitingRun {
    let name = (game.policy.to_string(), game.strategy.clone());
    WaitingRun {
        days_to_customer: played.days_to_customer,
        changed_lines: played.changes,
        rejected_lines: played.rejections,
        waves_planned: played.runs,
        ..WaitingRun::new(name.0, name.1, game.seed, wave, &played.plan)
    }
}

/// The events of each run with the name of its file.
fn event_files(games: &[Game], played: &[Played]) -> Vec<(String, String)> {
    let file = |(game, played): (&Game, &Played)| {
        let policy = game.policy.to_string().replace(' ', "-");
        let name = format!("{}-{policy}-{}", game.strategy, game.seed);
        let lines: String =
            played.events.iter().map(Event::to_json).map(|line| line + "\n").collect();
        (name, lines)
    };
    games.iter().zip(played).map(file).collect()
}

impl From<SeriesError> for Failure {
    fn from(error: SeriesError) -> Failure {
        Failure::usage(
            error.to_string(),
            "name waves of one network, in the order in which they are to be played",
        )
    }
}

impl From<SimulateError> for Failure {
    fn from(error: SimulateError) -> Failure {
        match error {
            SimulateError::Plan { source, .. } => Failure::from(source),
            SimulateError::Interrupted => Failure::Message {
                exit: Exit::Interrupted,
                message: "interrupted before every run had been played".to_owned(),
                help: Some("nothing is written: a comparison needs all of them".to_owned()),
            },
        }
    }
}
