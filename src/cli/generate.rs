//! `generate`: a wave made up from a seed.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{Exit, exit};
use crate::generate::{Format, GenerateError, GenerateSettings, Regime, generate, write};
use crate::units::parse_fixed;
use clap::ValueEnum;
use serde_json::json;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  wavewright generate --out my-wave
  wavewright generate --orders 1000 --nodes 40 --skus 500 --regime peak --seed 7 --out my-wave
  wavewright generate --regime omnichannel --returns 0.05 --out my-wave";

/// Makes up a wave: realistic in shape, the same bytes for the same seed
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// Orders
    #[arg(long, value_name = "N", default_value_t = 200)]
    orders: usize,
    /// Nodes, at least 5
    #[arg(long, value_name = "N", default_value_t = 10)]
    nodes: usize,
    /// Items
    #[arg(long, value_name = "N", default_value_t = 100)]
    skus: usize,
    /// What is scarce
    #[arg(long, value_enum, default_value_t = RegimeName::Plentiful)]
    regime: RegimeName,
    /// Where the randomness starts
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Goods that come back, as a share of the orders: 0.05 is one return for twenty orders
    #[arg(long, value_name = "SHARE", default_value = "0", value_parser = per_thousand)]
    returns: u32,
    /// Folder for the wave, which must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Files of the tables; Parquet from 20000 orders on, unless said here
    #[arg(long, value_enum)]
    format: Option<FormatName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RegimeName {
    /// Stock of three times the demand, half of the capacity used
    Plentiful,
    /// Stock for a tenth more than the demand, at few nodes
    Scarce,
    /// Demand as large as the capacity, tight dates
    Peak,
    /// Pickups, transfers, hubs, vendors, kits, commitments
    Omnichannel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatName {
    Csv,
    Parquet,
}

/// A share as thousandths.
fn per_thousand(text: &str) -> Result<u32, String> {
    let value = parse_fixed(text, 3).ok().filter(|value| (0..=1000).contains(value));
    value
        .and_then(|value| u32::try_from(value).ok())
        .ok_or_else(|| "not a share from 0 to 1 with at most three decimal places".to_owned())
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let settings = GenerateSettings {
        orders: args.orders,
        nodes: args.nodes,
        skus: args.skus,
        regime: match args.regime {
            RegimeName::Plentiful => Regime::Plentiful,
            RegimeName::Scarce => Regime::Scarce,
            RegimeName::Peak => Regime::Peak,
            RegimeName::Omnichannel => Regime::Omnichannel,
        },
        returns: args.returns,
        seed: args.seed,
    };
    let format = match args.format {
        Some(FormatName::Csv) => Format::Csv,
        Some(FormatName::Parquet) => Format::Parquet,
        None => settings.format(),
    };
    let generated = generate(&settings)?;
    write(&generated, &args.out, format)?;
    let rows: Vec<(&str, usize)> =
        generated.tables.iter().map(|(name, table)| (*name, table.height())).collect();
    output.result(
        || {
            let rows: serde_json::Map<String, serde_json::Value> =
                rows.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
            json!({ "out": args.out, "rows": rows })
        },
        || {
            let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let lines: Vec<String> =
                rows.iter().map(|(name, count)| format!("  {name:width$}  {count:>9}")).collect();
            format!("{}\n\nWritten to {}", lines.join("\n"), args.out.display())
        },
    )?;
    Ok(Exit::Done)
}

impl From<GenerateError> for Failure {
    fn from(error: GenerateError) -> Failure {
        match error {
            GenerateError::OutOfRange { .. } => {
                Failure::usage(error.to_string(), "choose a number in the range")
            }
            GenerateError::Exists(_) => {
                Failure::usage(error.to_string(), "name a folder that does not exist")
            }
            GenerateError::Io { .. } | GenerateError::Table { .. } => {
                Failure::internal(format!("the wave is not written: {error}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_regime_has_its_name() {
        let names: Vec<String> = RegimeName::value_variants()
            .iter()
            .filter_map(|name| Some(name.to_possible_value()?.get_name().to_owned()))
            .collect();
        assert_eq!(names, Regime::ALL.map(Regime::name));
    }
}
