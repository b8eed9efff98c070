//! `init`: a state that starts from a wave.

use crate::cli::failure::Failure;
use crate::cli::input::{self, WaveArg};
use crate::cli::output::Output;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit};
use crate::ingest::wave_files;
use crate::orchestrate::store::Store;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright init my-wave --state my-state
  wavewright init my-wave --state postgres://planner@db.example/orders";

/// Makes a state that starts from a wave: its network, items, stock and orders
///
/// The wave is checked as by check, and its files are kept in the state. From then on events say
/// what happens. A state that is there already is never replaced.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    wave: WaveArg,
    #[command(flatten)]
    state: StateArg,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let address = args.state.address()?;
    let folder = &args.wave.wave;
    let wave = input::wave(folder, output)?;
    let files = wave_files(folder).map_err(|error| {
        Failure::internal(format!("{} cannot be read: {error}", folder.display()))
    })?;
    Store::create(&address, &files)?;
    output.result(
        || json!({ "state": address.to_string(), "wave": wave.name, "files": files.keys().collect::<Vec<_>>() }),
        || format!("{address} starts from {}", wave.name),
    )?;
    Ok(Exit::Done)
}
