//! The notebooks: stored without outputs, and every cell of them runs.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn notebooks() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("notebooks")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "ipynb"));
    files.sort();
    files
}

fn cells(notebook: &Value) -> &[Value] {
    notebook["cells"].as_array().unwrap()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Executes a notebook in the environment that scripts/notebooks makes, away from the home folder,
/// and returns what came of it.
fn execute(notebook: &Path) -> Value {
    let python = root().join(".tools/notebooks/bin/python");
    assert!(
        python.is_file(),
        "the notebooks have no Python environment: run scripts/notebooks, as `make test` does"
    );
    let folder = tempfile::tempdir().unwrap();
    let done = folder.path().join("done.ipynb");
    let output = Command::new(python)
        .arg(root().join("scripts/run-notebook"))
        .args([notebook, &done])
        .env("WAVEWRIGHT", env!("CARGO_BIN_EXE_wavewright"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(
            ["HOME", "TMPDIR", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"]
                .map(|name| (name, folder.path().to_path_buf())),
        )
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", notebook.display());
    read(&done)
}

/// Runs a notebook and counts the charts that it shows.
fn charts(name: &str) -> usize {
    let executed = execute(&root().join("notebooks").join(name));
    let outputs = cells(&executed).iter().filter_map(|cell| cell["outputs"].as_array()).flatten();
    outputs.filter(|output| output["data"]["text/html"].to_string().contains("vegaEmbed")).count()
}

/// Tests that notebooks are stored as they are written, not as they were run.
#[test]
fn outputs_are_stripped() {
    let names: Vec<String> = notebooks()
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let expected =
        ["01-first-wave.ipynb", "02-heuristic-vs-optimal.ipynb", "03-what-capacity-is-worth.ipynb"];
    assert_eq!(names, expected);
    for path in notebooks() {
        for cell in cells(&read(&path)).iter().filter(|cell| cell["cell_type"] == "code") {
            assert_eq!(cell["outputs"], Value::Array(Vec::new()), "{}", path.display());
            assert_eq!(cell["execution_count"], Value::Null, "{}", path.display());
        }
    }
}

/// Tests that every requirement is pinned to a version.
#[test]
fn requirements_are_pinned() {
    let text = fs::read_to_string(root().join("notebooks/requirements.txt")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.iter().any(|line| line.starts_with("polars==")), "{text}");
    assert!(lines.iter().any(|line| line.starts_with("altair==")), "{text}");
    for line in lines {
        assert!(
            line.split_once("==")
                .is_some_and(|(name, version)| !name.is_empty() && !version.is_empty()),
            "{line}"
        );
    }
}

/// Tests that the first notebook runs and draws.
#[test]
fn a_first_wave() {
    assert_eq!(charts("01-first-wave.ipynb"), 2);
}

/// Tests that the second notebook runs and draws.
#[test]
fn heuristic_vs_optimal() {
    assert_eq!(charts("02-heuristic-vs-optimal.ipynb"), 4);
}

/// Tests that the third notebook runs and draws.
#[test]
fn what_capacity_is_worth() {
    assert_eq!(charts("03-what-capacity-is-worth.ipynb"), 2);
}
