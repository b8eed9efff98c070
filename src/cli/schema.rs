//! `schema`: the input formats, for programs.

use crate::cli::failure::Failure;
use crate::cli::output::{Output, print_json};
use crate::cli::{Exit, exit};
use crate::ingest::{model_schema, settings_schema, table_schema};
use crate::orchestrate::event::event_schema;
use clap::ValueEnum;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright schema model > model.schema.json
  wavewright schema tables";

/// Prints the input formats: JSON Schemas and the list of tables and columns
///
/// The output is JSON with and without --json. Without an argument it is an object of all four.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// Which format
    #[arg(value_enum)]
    part: Option<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// JSON Schema of wave.toml
    Wave,
    /// JSON Schema of a model file
    Model,
    /// The tables of a wave and their columns
    Tables,
    /// JSON Schema of a line of a file of events
    Events,
}

pub(super) fn run(args: &Args, _output: Output) -> Result<Exit, Failure> {
    print_json(&match args.part {
        Some(Part::Wave) => settings_schema(),
        Some(Part::Model) => model_schema(),
        Some(Part::Tables) => table_schema(),
        Some(Part::Events) => event_schema(),
        None => json!({
            "wave": settings_schema(),
            "model": model_schema(),
            "tables": table_schema(),
            "events": event_schema(),
        }),
    })?;
    Ok(Exit::Done)
}
