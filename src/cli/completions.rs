//! `completions`: what shells need to complete the program's arguments.

use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{Cli, Exit, exit};
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  wavewright completions bash > ~/.local/share/bash-completion/completions/wavewright
  wavewright completions zsh > ~/.zfunc/_wavewright";

/// Prints the script that completes arguments in a shell
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "wavewright", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    output.result(
        || json!({ "shell": args.shell.to_string(), "script": script }),
        || script.clone(),
    )?;
    Ok(Exit::Done)
}
