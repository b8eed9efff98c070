//! `sweep`: a wave planned while one or two settings of the model vary.

use crate::analysis::{
    Frontier, FrontierPoint, check_frontier_folder, frontier_page, write_frontier,
};
use crate::cli::failure::Failure;
use crate::cli::input::{self, ModelArg, SolveArgs, WaveArg};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Display;
use crate::cli::{Exit, exit, summary};
use crate::domain::{Model, Wave};
use crate::ingest::{SettingError, digests};
use crate::plan::Status;
use crate::planning::RunInputs;
use crate::solve::Control;
use crate::sweep::{SweepError, SweepPoint, Vary, VaryError, models, sweep};
use comfy_table::{CellAlignment, Table};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Instant;

const EXAMPLES: &str = "\
Examples:
  wavewright sweep datasets/quickstart --vary costs.split_cost=0:10:1 --out sweep
  wavewright sweep my-wave --model green --vary costs.carbon_price=0,0.1,0.5,2 --out sweep
  wavewright sweep my-wave --vary costs.late_cost=0:10:2 --vary costs.split_cost=0:4:1 --out sweep

--vary takes any numeric setting of a model: SETTING=START:STOP:STEP, or values with commas.";

/// Plans a wave while one or two settings vary: cost against splits, lateness and carbon
///
/// Each point is planned, proven and verified like any plan. The folder given with --out holds the
/// tables points and costs as Parquet, the page sweep.html, and every plan, or what it held before.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    wave: WaveArg,
    #[command(flatten)]
    model: ModelArg,
    /// What varies, once or twice
    #[arg(long, value_name = "SETTING=START:STOP:STEP", required = true)]
    vary: Vec<String>,
    /// Folder for the sweep: new, empty, or with a sweep to replace
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Writes the tables as CSV too
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    solve: SolveArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let varies = varies(&args.vary)?;
    check_frontier_folder(&args.out)?;
    let wave = input::wave(&args.wave.wave, output)?;
    let mut model = input::model(&args.model.model, &wave)?;
    args.solve.apply(&mut model);
    let count = models(&wave, &model, &varies)?.len();
    let digests = digests(&args.wave.wave, &args.model.model)
        .map_err(|error| Failure::internal(format!("the input cannot be read again: {error}")))?;
    let inputs = RunInputs { digests, ..RunInputs::default() };

    let interrupt = Interrupt::listen(output)?;
    let display = Display::new(output, model.solve.time_limit_s, wave.minor_digits);
    let started = Instant::now();
    let points = input::on_threads(model.solve.threads, || {
        sweep(&wave, &model, &varies, &inputs, |done, at, model| {
            if !interrupt.is_asked() {
                display.begin(&format!("{at}: point {} of {count}", done + 1));
            }
            let listener = |progress| display.show(progress);
            Control::new(model.solve.time_limit_s, &interrupt.flag, listener)
        })
    });
    display.finish();
    let points = points??;
    if points.len() < count {
        output.remark(&format!("interrupted: {} of {count} points are planned", points.len()));
    }
    output.remark(&format!(
        "{:.1} s for {}",
        started.elapsed().as_secs_f64(),
        summary::count(points.len() as u64, "point")
    ));

    let frontier = frontier(&wave, &model, &varies, &points);
    let page = frontier_page(&frontier)
        .map_err(|error| Failure::internal(format!("the page has no JSON form: {error}")))?;
    let plans: Vec<_> = points.iter().map(|point| &point.plan).collect();
    {
        let _writing = interrupt.writing();
        write_frontier(&wave, &frontier, &plans, &page, &args.out, args.csv)?;
    }
    output.result(
        || json!({ "out": args.out, "settings": frontier.settings, "points": frontier.points }),
        || render(&frontier, &args.out),
    )?;
    let is_open = |point: &SweepPoint| point.plan.certificate.status == Status::GapOpen;
    Ok(if points.iter().any(is_open) { Exit::GapOpen } else { Exit::Done })
}

/// What varies: one or two settings.
fn varies(texts: &[String]) -> Result<Vec<Vary>, Failure> {
    let varies = texts.iter().map(|text| text.parse()).collect::<Result<Vec<Vary>, VaryError>>()?;
    match &varies[..] {
        [one, two] if one.setting == two.setting => Err(Failure::usage(
            format!("{} is to vary twice", one.setting),
            "name another setting, or one --vary only",
        )),
        [_] | [_, _] => Ok(varies),
        _ => Err(Failure::usage(
            format!("{} settings are to vary", varies.len()),
            "vary one or two; a sweep over more has too many points to read",
        )),
    }
}

fn frontier(wave: &Wave, model: &Model, varies: &[Vary], points: &[SweepPoint]) -> Frontier {
    let point = |point: &SweepPoint| {
        let values = point.values.clone();
        FrontierPoint::new(point.index + 1, values, wave, &point.model, &point.plan)
    };
    Frontier {
        wave: wave.name.to_string(),
        model: model.name.to_string(),
        currency: wave.currency.to_string(),
        minor_digits: wave.minor_digits,
        settings: varies.iter().map(|vary| vary.setting.clone()).collect(),
        has_decisions: wave.commitments.iter().any(|known| !known.is_frozen()),
        points: points.iter().map(point).collect(),
    }
}

/// The points as a table.
fn render(frontier: &Frontier, out: &Path) -> String {
    let mut table = Table::new();
    table.load_style(summary::STYLE);
    let mut head = frontier.settings.clone();
    let rest = [
        "objective",
        "gap %",
        "paid",
        "shipments",
        "split %",
        "late lines",
        "days late",
        "kg CO2e",
    ];
    head.extend(rest.map(str::to_owned));
    head.extend(frontier.has_decisions.then(|| "changed".to_owned()));
    table.set_header(head);
    let places = frontier.minor_digits as usize;
    let percent = |share: Option<f64>, places: usize| match share {
        Some(share) if share.is_finite() => format!("{:.places$}", 100.0 * share),
        _ => "-".to_owned(),
    };
    for point in &frontier.points {
        let mut row: Vec<String> =
            point.values.iter().map(|value| value.to_f64().to_string()).collect();
        row.extend([
            format!("{:.places$}", point.objective),
            percent(point.gap, 2),
            format!("{:.places$}", point.paid),
            point.shipments.to_string(),
            percent(point.split_rate, 1),
            point.late_lines.to_string(),
            point.days_late.to_string(),
            format!("{:.1}", point.kg_co2),
        ]);
        row.extend(frontier.has_decisions.then(|| point.changed_lines.to_string()));
        table.add_row(row);
    }
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!(
        "Sweep of {} by the model {}, in {}\n\n{table}\n\nWritten to {}",
        frontier.wave,
        frontier.model,
        frontier.currency,
        out.display()
    )
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Failure {
        let help = match &error {
            SettingError::Unknown { suggestion: Some(name), .. } => format!("did you mean {name}?"),
            SettingError::Unknown { .. } => {
                "name one such as costs.split_cost; `wavewright schema model` lists all".to_owned()
            }
            SettingError::Bad { .. } => {
                "vary the setting over values that a model may have".to_owned()
            }
        };
        Failure::usage(error.to_string(), help)
    }
}

impl From<VaryError> for Failure {
    fn from(error: VaryError) -> Failure {
        match error {
            VaryError::Setting(error) => Failure::from(error),
            error => {
                Failure::usage(error.to_string(), "for example --vary costs.split_cost=0:10:1")
            }
        }
    }
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Failure {
        match error {
            SweepError::Setting(error) => Failure::from(error),
            SweepError::Plan { source, .. } => Failure::from(source),
        }
    }
}
