//! What commands read: waves, models and the settings that replace those of a model.

use crate::cli::failure::Failure;
use crate::cli::findings;
use crate::cli::output::Output;
use crate::diagnostics::Findings;
use crate::domain::{Method, Model, Wave};
use crate::ingest::{Ingested, read_model, read_wave};
use crate::planning::{METHODS, OPTIMAL};
use bytesize::ByteSize;
use clap::builder::PossibleValuesParser;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The wave that a command is about.
#[derive(Debug, clap::Args)]
pub(super) struct WaveArg {
    /// Folder of the wave: wave.toml and its tables
    #[arg(value_name = "WAVE")]
    pub(super) wave: PathBuf,
}

/// The model that a command plans by.
#[derive(Debug, clap::Args)]
pub(super) struct ModelArg {
    /// A shipped model by its name, or the path of a model file
    ///
    /// Shipped are balanced, cost, fastest, fewest-splits, green, peak, ship-by and stores-last.
    #[arg(long, value_name = "MODEL", default_value = "balanced")]
    pub(super) model: String,
}

/// Settings that replace those in the model's `[solve]`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "In place of the model's [solve]")]
pub(super) struct SolveArgs {
    /// The way to plan
    #[arg(long, value_parser = PossibleValuesParser::new(METHODS))]
    method: Option<String>,
    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

/// Settings of the solver that replace those in the model's `[solve]`.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "In place of the model's [solve]")]
pub(super) struct LimitArgs {
    /// Relative gap at which to stop: 0.001 is 0.1 %
    #[arg(long, value_name = "G", value_parser = number(1e6))]
    gap: Option<f64>,
    /// Seconds of planning; the best plan by then is written
    #[arg(long, value_name = "S", value_parser = number(1e9))]
    time_limit: Option<f64>,
    /// Threads; 0 takes all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100_000))]
    pub(super) threads: Option<u32>,
    /// Seed of the solver: the same seed and threads give the same plan
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
}

/// A number from 0 to `most`, as models take it.
fn number(most: f64) -> impl Fn(&str) -> Result<f64, String> + Clone + Send + Sync + 'static {
    move |text| {
        let number = text.parse().ok().filter(|number| (0.0..=most).contains(number));
        number.ok_or_else(|| format!("not a number from 0 to {most}"))
    }
}

/// A number of bytes, with or without a unit.
pub(super) fn size(text: &str) -> Result<ByteSize, String> {
    text.parse().map_err(|_| "not a size such as 4GiB or 500MB".to_owned())
}

impl SolveArgs {
    /// Puts the settings that are given in the place of the model's.
    pub(super) fn apply(&self, model: &mut Model) {
        self.limits.apply(model, self.method.as_deref());
    }
}

impl LimitArgs {
    /// Puts the settings that are given, and a method, in the place of the model's.
    pub(super) fn apply(&self, model: &mut Model, method: Option<&str>) {
        let solve = &mut model.solve;
        if let Some(method) = method {
            solve.method = match method {
                "auto" | OPTIMAL => Method::Auto,
                "exact" => Method::Exact,
                "decompose" => Method::Decompose,
                other => Method::Heuristic(other.into()),
            };
        }
        solve.gap = self.gap.unwrap_or(solve.gap);
        solve.time_limit_s = self.time_limit.unwrap_or(solve.time_limit_s);
        solve.threads = self.threads.unwrap_or(solve.threads);
        solve.seed = self.seed.unwrap_or(solve.seed);
    }
}

/// Reads a wave; its warnings are told in a line.
pub(super) fn wave(folder: &Path, output: Output) -> Result<Wave, Failure> {
    let read = read_wave(folder).map_err(Failure::findings)?;
    remark_warnings(&read.warnings, None, output);
    Ok(read.wave)
}

/// A wave among others.
pub(super) struct LabelledWave {
    /// The name of its folder.
    pub(super) label: String,
    pub(super) folder: PathBuf,
    pub(super) wave: Wave,
    /// What reading took, in seconds.
    pub(super) seconds: f64,
}

/// Reads waves on so many threads, all of them before anything is planned; a folder without
/// `wave.toml` stands for the waves in it. Of several, findings are told under the wave's label.
pub(super) fn waves(
    given: &[PathBuf],
    threads: u32,
    output: Output,
) -> Result<Vec<LabelledWave>, Failure> {
    let folders = wave_folders(given)?;
    let is_alone = folders.len() == 1;
    let (mut waves, mut findings) = (Vec::with_capacity(folders.len()), Findings::default());
    for (label, folder) in folders {
        let started = Instant::now();
        match on_threads(threads, || read_wave(&folder))? {
            Ok(Ingested { wave, warnings }) => {
                remark_warnings(&warnings, (!is_alone).then_some(&label), output);
                let seconds = started.elapsed().as_secs_f64();
                waves.push(LabelledWave { label, folder, wave, seconds });
            }
            Err(found) if is_alone => findings = found,
            Err(found) => findings.extend(found.within(&label)),
        }
    }
    if findings.is_empty() { Ok(waves) } else { Err(Failure::findings(findings)) }
}

/// Tells in a line that there are warnings, and about which of several waves.
fn remark_warnings(warnings: &Findings, label: Option<&String>, output: Output) {
    if !warnings.is_empty() {
        let of = label.map_or(String::new(), |label| format!("{label}: "));
        let count = findings::count(warnings);
        output.remark(&format!("{of}{count} (wavewright check shows them)"));
    }
}

/// The waves with their labels: a folder without `wave.toml` stands for the waves in it.
fn wave_folders(given: &[PathBuf]) -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in given {
        let inner = if is_wave(folder) { Vec::new() } else { waves_in(folder) };
        // Where there are none, reading the folder as a wave says what is wrong with it.
        if inner.is_empty() { folders.push(folder.clone()) } else { folders.extend(inner) }
    }
    let mut labelled: Vec<(String, PathBuf)> = Vec::with_capacity(folders.len());
    for folder in folders {
        let whole = std::fs::canonicalize(&folder).unwrap_or_else(|_| folder.clone());
        let label = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if let Some((_, other)) = labelled.iter().find(|(known, _)| *known == label) {
            return Err(Failure::usage(
                format!("{} and {} have the same name", other.display(), folder.display()),
                "results are told apart by the names of the waves' folders: rename one",
            ));
        }
        labelled.push((label, folder));
    }
    Ok(labelled)
}

fn is_wave(folder: &Path) -> bool {
    folder.join("wave.toml").exists()
}

/// The waves in a folder, by name.
fn waves_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut waves: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_wave(path)).collect();
    waves.sort();
    waves
}

/// Reads a model for a wave.
pub(super) fn model(name_or_path: &str, wave: &Wave) -> Result<Model, Failure> {
    read_model(name_or_path, wave.minor_digits).map_err(Failure::findings)
}

/// Does something on so many threads; on all cores for 0.
pub(super) fn on_threads<R: Send>(
    threads: u32,
    work: impl FnOnce() -> R + Send,
) -> Result<R, Failure> {
    // As much stack as the main thread has: the solver runs in the pool.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads as usize)
        .stack_size(8 << 20)
        .build()
        .map_err(|error| Failure::internal(format!("no threads to plan on: {error}")))?;
    Ok(pool.install(work))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::shipped_models;
    use clap::{Args as _, Command};

    #[test]
    fn the_help_names_every_shipped_model() {
        let help = ModelArg::augment_args(Command::new("test")).render_long_help().to_string();
        for name in shipped_models() {
            assert!(help.contains(name), "{name}: {help}");
        }
    }

    #[test]
    fn sizes_have_the_usual_units() {
        for (text, bytes) in [("4GiB", 4 << 30), ("1.5gb", 1_500_000_000), ("2048", 2048)] {
            assert_eq!(size(text), Ok(ByteSize::b(bytes)), "{text}");
        }
        for text in ["", "-4", "4 GX", "lots"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_have_the_range_of_models() {
        let parse = number(1e6);
        assert_eq!(parse("0.5"), Ok(0.5));
        for text in ["-1", "NaN", "inf", "1e7", "x"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
