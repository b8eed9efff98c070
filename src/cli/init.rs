//! `init`: a state that starts from a wave.

use crate::cli::failure::Failure;
use crate::cli::input::{self, WaveArg};
use crate::cli::output::Output;
use crate::cli::state::StateArg;
use crate::cli::{Exit, exit};
use crate::ingest::wave_files;
use crate::orchestrate::current::Current;
use crate::orchestrate::state::{ExceptionRules, RULES_FILE};
use crate::orchestrate::store::Store;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright init my-wave --state my-state
  wavewright init my-wave --state postgres://planner@db.example/orders";

/// Makes a state that starts from a wave: its network, items and stock
///
/// The wave is checked as by check, and its files are kept in the state, with exceptions.toml where
/// the folder has one. Orders, commitments and returns of the wave are not taken over: from now on
/// events say what happens. A state that is there already is never replaced.
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
    ExceptionRules::read(folder, wave.minor_digits).map_err(Failure::findings)?;
    let unreadable =
        |error| Failure::internal(format!("{} cannot be read: {error}", folder.display()));
    let mut files = wave_files(folder).map_err(unreadable)?;
    let rules = folder.join(RULES_FILE);
    if rules.exists() {
        files.insert(RULES_FILE.to_owned(), std::fs::read(rules).map_err(unreadable)?);
    }
    let mut store = Store::create(&address, &files)?;
    // The wave is not read again as long as there is a snapshot.
    Current::read(&mut store)?.save(&mut store)?;
    output.result(
        || {
            let files: Vec<&String> = files.keys().collect();
            json!({ "state": address.to_string(), "wave": wave.name, "files": files })
        },
        || format!("{address} starts from {}", wave.name),
    )?;
    Ok(Exit::Done)
}
