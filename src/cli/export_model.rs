//! `export-model`: the exact program of a wave, for other solvers and for reading.

use crate::cli::failure::Failure;
use crate::cli::input::{self, ModelArg, SolveArgs, WaveArg};
use crate::cli::interrupt::Interrupt;
use crate::cli::output::Output;
use crate::cli::progress::Watch;
use crate::cli::{Exit, exit};
use crate::program::write_program;
use crate::solve::ExportError;
use serde_json::json;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  wavewright export-model datasets/quickstart --out quickstart.mps
  wavewright export-model my-wave --model my-model.toml --out my-wave.lp";

/// Writes the exact program of a wave as MPS or LP, for other solvers
///
/// The program of a small wave has every column. A larger wave is planned first; columns that are
/// proven to be in no better plan are left out. The objective is in minor units (cents), each
/// term times its weight.
#[derive(Debug, clap::Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::help()))]
pub(super) struct Args {
    #[command(flatten)]
    wave: WaveArg,
    #[command(flatten)]
    model: ModelArg,
    /// File for the program, ending in .mps or .lp; replaced if it is there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    solve: SolveArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<Exit, Failure> {
    let suffix = suffix(&args.out)?;
    let folder = match args.out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Err(Failure::usage(
            format!("{} is no folder", folder.display()),
            "name a file in a folder that is there",
        ));
    }
    let elsewhere = tempfile::tempdir()
        .map_err(|error| Failure::internal(format!("no temporary folder: {error}")))?;
    let program = elsewhere.path().join(format!("program{suffix}"));

    let wave = input::wave(&args.wave.wave, output)?;
    let mut model = input::model(&args.model.model, &wave)?;
    args.solve.apply(&mut model);
    let interrupt = Interrupt::listen(output)?;
    let watch = Watch::new(output, &interrupt, wave.minor_digits);
    let (exported, _) =
        watch.run(&model.solve, |control| write_program(&wave, &model, &program, control))?;
    let exported = exported?;
    {
        let _writing = interrupt.writing();
        publish(&program, folder, &args.out)
            .map_err(|error| Failure::internal(format!("{}: {error}", args.out.display())))?;
    }
    let columns = if exported.is_whole {
        "every column of the wave"
    } else {
        "the columns that can be in a plan better than the best one known"
    };
    output.remark(&format!("with {columns}"));
    output.result(
        || {
            json!({
                "out": args.out,
                "columns": exported.columns,
                "rows": exported.rows,
                "whole": exported.is_whole,
            })
        },
        || {
            let (columns, rows) = (exported.columns, exported.rows);
            format!("{columns} columns, {rows} rows\nWritten to {}", args.out.display())
        },
    )?;
    Ok(Exit::Done)
}

/// The format of a file by its name.
fn suffix(out: &Path) -> Result<&'static str, Failure> {
    match out.extension().and_then(|extension| extension.to_str()) {
        _ if out.is_dir() => Err(Failure::usage(
            format!("{} is a folder", out.display()),
            "name a file that ends in .mps or .lp",
        )),
        Some("mps") => Ok(".mps"),
        Some("lp") => Ok(".lp"),
        _ => Err(Failure::usage(
            format!("{} has no format", out.display()),
            "let the name of the file end in .mps or .lp",
        )),
    }
}

/// Copies a file beside its place and renames it, so that it is there whole or not at all.
fn publish(file: &Path, folder: &Path, out: &Path) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".program-");
    // Temporary files are private; this one is as readable as anything else that the user makes.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut unfinished = builder.tempfile_in(folder)?;
    io::copy(&mut File::open(file)?, &mut unfinished)?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(out)?;
    Ok(())
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Failure {
        match error {
            ExportError::TooLarge => Failure::Message {
                exit: Exit::NoPlan,
                message: error.to_string(),
                help: Some("export a smaller wave, or give more time".to_owned()),
            },
            ExportError::Solver(error) => Failure::from(error),
        }
    }
}
