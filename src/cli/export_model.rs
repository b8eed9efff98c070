//! `export-model`: the exact program of a wave, for other solvers and for reading.

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Output;

#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(_args: &Args, _output: Output) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
