//! What the README says is what the program does: its summary, its first wave, its exit codes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;
use wavewright::cli::Exit;
use wavewright::ingest::{read_model, read_wave};
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;

fn readme_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn readme() -> String {
    fs::read_to_string(readme_path()).expect("the README exists")
}

/// The files of the README: a line that starts with a name between backticks, then a fenced block.
fn files(readme: &str) -> BTreeMap<&str, &str> {
    let mut files = BTreeMap::new();
    for (at, _) in readme.match_indices("\n`") {
        let Some((name, rest)) = readme[at + 2..].split_once('`') else { continue };
        let Some((_, block)) = rest.split_once('\n') else { continue };
        let block = block.strip_prefix("```csv\n").or_else(|| block.strip_prefix("```toml\n"));
        if let Some((text, _)) = block.and_then(|block| block.split_once("```")) {
            files.insert(name, text);
        }
    }
    files
}

/// Tests that the wave of the README has no finding and that its best plan costs what is printed.
#[test]
fn the_first_wave_costs_what_the_readme_says() {
    let readme = readme();
    let files = files(&readme);
    assert_eq!(files.len(), 9, "{:?}", files.keys());
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("the folder takes the file");
    }

    let read = read_wave(folder.path()).expect("the wave of the README is valid");
    assert!(read.warnings.is_empty(), "{:?}", read.warnings);
    let wave = read.wave;
    let model = read_model("balanced", wave.minor_digits).expect("a shipped model is valid");
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| {});
    let plan = plan_wave(&wave, &model, RunInputs::default(), &control).expect("a plan exists");

    let (objective, bound) = (plan.certificate.objective, plan.certificate.bound);
    assert_eq!((objective, bound), (31.70, Some(31.70)));
    assert!(readme.contains("The plan costs **31.70**, and the bound is 31.70 too"));
    // Each shipment with its share of the story.
    let costs: BTreeMap<String, i64> = plan
        .shipments
        .iter()
        .map(|row| (wave.orders[row.order].id.to_string(), row.freight.0 + row.handling.0))
        .collect();
    let expected = [("A-Philadelphia", 1320), ("B-Hartford", 970), ("C-Houston", 880)];
    assert_eq!(costs, expected.map(|(order, cost)| (order.to_string(), cost)).into());
}

/// Tests that the summary of the quickstart in the README is what the program prints.
#[test]
fn the_summary_is_what_the_program_prints() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("plan");
    let output = Command::new(env!("CARGO_BIN_EXE_wavewright"))
        .args(["plan", "datasets/quickstart", "--model", "balanced", "--quiet", "--out"])
        .arg(&out)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("the summary is text");
    let printed = printed.replace(&out.display().to_string(), "out/quickstart");

    let readme = readme();
    let opening = "Printed by the program";
    let start = readme.find(opening).expect("the README has a summary");
    let start = start + readme[start..].find("```text\n").expect("in a block") + "```text\n".len();
    let end = start + readme[start..].find("```").expect("that is closed");
    // Tables end their lines with spaces, which editors remove.
    let plain = |text: &str| -> String {
        text.trim_end().lines().map(|line| format!("{}\n", line.trim_end())).collect()
    };
    if std::env::var_os("UPDATE").is_some() {
        let text = format!("{}{}{}", &readme[..start], plain(&printed), &readme[end..]);
        fs::write(readme_path(), text).expect("the README can be written");
    } else {
        assert_eq!(plain(&readme[start..end]), plain(&printed), "UPDATE=1 writes it anew");
    }
}

/// Tests that the README lists every exit code with its meaning, and no other.
#[test]
fn exit_codes_are_those_of_the_program() {
    let readme = readme();
    let (_, section) = readme.split_once("## Exit codes").expect("the README lists them");
    let (section, _) = section.split_once("\n## ").expect("more follows");
    let rows: Vec<&str> = section.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    let expected: Vec<String> =
        Exit::ALL.map(|exit| format!("| {} | {} |", exit.code(), exit.meaning())).into();
    assert_eq!(rows, expected);
}
