//! `check`: everything that is wrong with a wave and a model, and how large the wave is.

use crate::cli::failure::Failure;
use crate::cli::input::{self, WaveArg};
use crate::cli::output::Output;
use crate::cli::{Exit, exit, findings};
use crate::domain::Wave;
use crate::ingest::read_wave;
use serde_json::{Value, json};

const EXAMPLES: &str = "\
Examples:
  wavewright check my-wave
  wavewright check my-wave --model my-model.toml
  wavewright check my-wave --all --json";

/// Checks a wave, and a model with it: all findings at once
///
/// Each finding has a code; its page is docs/errors/CODE.md. Warnings do not stop a plan.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    wave: WaveArg,
    /// A model to check too: a shipped one by its name, or the path of a file
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Shows all findings, not the first 50
    #[arg(long)]
    all: bool,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let bad = |findings| Failure::Findings { findings, all: args.all };
    let read = read_wave(&args.wave.wave).map_err(bad)?;
    if let Some(name) = &args.model {
        input::model(name, &read.wave).map_err(|failure| match failure {
            Failure::Findings { findings, .. } => bad(findings),
            other => other,
        })?;
    }
    let sizes = sizes(&read.wave);
    output.result(
        || {
            let size: serde_json::Map<String, Value> =
                sizes.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            json!({ "wave": read.wave.name, "size": size, "findings": read.warnings })
        },
        || {
            let mut parts = Vec::new();
            if !read.warnings.is_empty() {
                parts.push(findings::render(&read.warnings, args.all));
            }
            let width = sizes.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let rows: Vec<String> =
                sizes.iter().map(|(name, count)| format!("  {name:width$}  {count:>9}")).collect();
            parts.push(rows.join("\n"));
            parts.push(format!("{} can be planned", read.wave.name));
            parts.join("\n\n")
        },
    )?;
    Ok(Exit::Done)
}

/// How much there is of everything.
fn sizes(wave: &Wave) -> Vec<(&'static str, u64)> {
    let units = wave.lines.iter().map(|line| u64::from(line.quantity)).sum();
    let count = |count: usize| count as u64;
    vec![
        ("orders", count(wave.orders.len())),
        ("order lines", count(wave.lines.len())),
        ("units", units),
        ("nodes", count(wave.nodes.len())),
        ("lanes", count(wave.lanes.len())),
        ("services", count(wave.services.len())),
        ("items", count(wave.items.len())),
        ("stock rows", count(wave.stock.len())),
        ("commitments", count(wave.commitments.len())),
        ("exclusions", count(wave.exclusions.len())),
        ("returns", count(wave.returns.len())),
        ("horizon days", u64::from(wave.horizon_days)),
    ]
}
