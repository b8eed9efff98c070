//! The command line: one file a subcommand. stdout is data, stderr is progress and messages; only
//! this part of the library prints.

mod check;
mod compare;
mod comparison;
mod completions;
mod events;
mod exceptions;
mod exit;
mod export_model;
mod failure;
mod findings;
mod generate;
mod init;
mod input;
mod interrupt;
mod order;
mod output;
mod plan;
mod progress;
mod reference;
mod release;
mod replan;
mod report;
mod runs;
mod schema;
mod simulate;
mod simulation;
mod state;
mod stock;
mod summary;
mod sweep;
mod table;
mod verify;

pub use exit::Exit;
pub use reference::reference;

use clap::{Parser, Subcommand};
use failure::Failure;
use output::Output;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Plans waves of orders over a fulfilment network and proves how good the plan is.
///
/// A wave is a folder of tables: orders, nodes, stock, carriers. A model says what is wanted of the
/// plan: prices, rules, solver settings. `plan` finds a plan with a proven bound and verifies it.
#[derive(Debug, Parser)]
#[command(name = "wavewright", version, max_term_width = 100, after_help = exit::help())]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(generate::Args),
    Check(check::Args),
    Plan(plan::Args),
    Compare(compare::Args),
    Verify(verify::Args),
    Report(report::Args),
    Sweep(sweep::Args),
    Simulate(simulate::Args),
    Init(init::Args),
    Events(events::Args),
    Order(order::Args),
    Stock(stock::Args),
    Exceptions(exceptions::Args),
    Replan(replan::Args),
    Release(release::Args),
    Runs(runs::Args),
    Schema(schema::Args),
    ExportModel(export_model::Args),
    Completions(completions::Args),
}

/// Runs the program with the arguments of a process, its own name first, and says how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A panic has told its message on stderr by the time that it gets here.
    let exit = catch_unwind(AssertUnwindSafe(|| parse_and_run(args))).unwrap_or(Exit::Internal);
    ExitCode::from(exit.code())
}

fn parse_and_run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell where this fails: the pipe is closed.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let output = cli.output;
    execute(cli.command, output).unwrap_or_else(|failure| failure.tell(output))
}

fn execute(command: Command, output: Output) -> Result<Exit, Failure> {
    match command {
        Command::Generate(args) => generate::run(&args, output),
        Command::Check(args) => check::run(&args, output),
        Command::Plan(args) => plan::run(&args, output),
        Command::Compare(args) => compare::run(&args, output),
        Command::Verify(args) => verify::run(&args, output),
        Command::Report(args) => report::run(&args, output),
        Command::Sweep(args) => sweep::run(&args, output),
        Command::Simulate(args) => simulate::run(&args, output),
        Command::Init(args) => init::run(&args, output),
        Command::Events(args) => events::run(&args, output),
        Command::Order(args) => order::run(&args, output),
        Command::Stock(args) => stock::run(&args, output),
        Command::Exceptions(args) => exceptions::run(&args, output),
        Command::Replan(args) => replan::run(&args, output),
        Command::Release(args) => release::run(&args, output),
        Command::Runs(args) => runs::run(&args, output),
        Command::Schema(args) => schema::run(&args, output),
        Command::ExportModel(args) => export_model::run(&args, output),
        Command::Completions(args) => completions::run(&args, output),
    }
}
