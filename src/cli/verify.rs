//! `verify`: whether a plan is feasible and says the truth.

use crate::cli::failure::Failure;
use crate::cli::input::{self, WaveArg};
use crate::cli::output::Output;
use crate::cli::{Exit, exit, summary};
use crate::domain::{Model, Wave};
use crate::ingest::model_from_json;
use crate::plan::{Plan, read_plan};
use crate::units::format_fixed;
use crate::verify::{Verification, verify};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Violations shown unless all are asked for.
const SHOWN: usize = 50;

const EXAMPLES: &str = "\
Examples:
  wavewright verify datasets/quickstart plan
  wavewright verify datasets/quickstart plan --json";

/// Recomputes a plan from its wave: every rule, every derived column, every cost
///
/// The model is the one in the plan's certificate. Nothing is shared with the code that plans.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    wave: WaveArg,
    /// Folder of the plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Shows all violations, not the first 50
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let wave = input::wave(&args.wave.wave, output)?;
    let plan = read_plan(&wave, &args.plan).map_err(Failure::findings)?;
    let model =
        model_from_json(&plan.certificate.model, wave.minor_digits).map_err(Failure::findings)?;
    let found = verify(&wave, &model, &plan);
    output
        .result(|| value(&wave, &plan, &found), || text(&wave, &model, &plan, &found, args.all))?;
    Ok(if found.is_valid() { Exit::Done } else { Exit::Violations })
}

fn value(wave: &Wave, plan: &Plan, found: &Verification) -> Value {
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let cost: serde_json::Map<String, Value> = found
        .costs
        .iter()
        .map(|(key, amount)| (key.name().to_owned(), json!(amount.0 as f64 / unit)))
        .collect();
    json!({
        "valid": found.is_valid(),
        "violations": found.violations,
        "objective": found.objective.to_minor() / unit,
        "cost": cost,
        "certificate": {
            "objective": plan.certificate.objective,
            "bound": plan.certificate.bound,
            "gap": plan.certificate.gap,
        },
    })
}

fn text(wave: &Wave, model: &Model, plan: &Plan, found: &Verification, all: bool) -> String {
    let mut text = String::new();
    let most = if all { usize::MAX } else { SHOWN };
    // Writing to a text cannot fail.
    for violation in found.violations.iter().take(most) {
        let _ = writeln!(text, "{violation}");
    }
    if found.violations.len() > most {
        let _ = writeln!(text, "... and {} more (--all shows them)", found.violations.len() - most);
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let _ = writeln!(
        text,
        "Recomputed costs of {} by the model {}\n\n{}\n",
        wave.name,
        model.name,
        summary::costs(model, wave, &|key| found.costs[key].0 as f64 / unit)
    );
    let amount = |amount: f64| format_fixed((amount * unit).round() as i128, wave.minor_digits);
    let _ = writeln!(
        text,
        "  objective  {} {}",
        amount(found.objective.to_minor() / unit),
        wave.currency
    );
    let _ =
        writeln!(text, "  certified  {} {}\n", amount(plan.certificate.objective), wave.currency);
    text + &match found.violations.len() {
        0 => "Valid: feasible, and its certificate is true".to_owned(),
        1 => "Not valid: 1 violation".to_owned(),
        count => format!("Not valid: {count} violations"),
    }
}
