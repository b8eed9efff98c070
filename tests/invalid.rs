//! Codes, their pages and their failing waves: each code has both, and nothing else is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use wavewright::diagnostics::{Findings, REGISTRY, Severity};
use wavewright::ingest::{read_model, read_wave};
use wavewright::orchestrate::event::read_event_file;
use wavewright::orchestrate::state::ExceptionRules;
use wavewright::plan::PLAN_CODES;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names in a folder, without their extension.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let name =
        |entry: std::fs::DirEntry| entry.path().file_stem().unwrap().to_str().unwrap().into();
    entries.map(|entry| name(entry.unwrap())).collect()
}

/// Everything that reading a failing wave finds, with its model where the code is about models, and
/// with the events and the rules for exceptions where it has any.
fn findings(code: &str) -> Findings {
    let wave = folder("datasets/invalid").join(code);
    let mut findings = match read_wave(&wave) {
        Ok(ingested) => ingested.warnings,
        Err(findings) => findings,
    };
    if code.starts_with("E07") {
        let model = wave.join("model.toml");
        findings.extend(read_model(model.to_str().unwrap(), 2).err().unwrap_or_default());
    }
    let events = wave.join("events.jsonl");
    if events.exists() {
        findings.extend(read_event_file(&events, 2).err().unwrap_or_default());
    }
    findings.extend(ExceptionRules::read(&wave, 2).err().unwrap_or_default());
    findings
}

#[test]
fn each_code_has_a_failing_wave_and_each_failing_wave_a_code() {
    let codes: BTreeSet<String> = REGISTRY.iter().map(|code| code.id.into()).collect();
    assert_eq!(names(&folder("datasets/invalid")), codes);
}

#[test]
fn each_code_has_a_page_and_each_page_a_code() {
    let mut codes: BTreeSet<String> = REGISTRY.iter().map(|code| code.id.into()).collect();
    codes.extend(PLAN_CODES.iter().map(|(id, _)| (*id).into()));
    codes.insert("README".into());
    assert_eq!(names(&folder("docs/errors")), codes);
}

#[test]
fn each_failing_wave_has_its_code_and_no_other() {
    for code in REGISTRY {
        let findings = findings(code.id);
        let found: BTreeSet<&str> = findings.iter().map(|finding| finding.code).collect();
        assert_eq!(found, BTreeSet::from([code.id]), "{findings}");
        assert_eq!(findings.has_errors(), code.severity == Severity::Error);
    }
}

#[test]
fn each_page_shows_what_its_failing_wave_says() {
    for code in REGISTRY {
        let path = folder("docs/errors").join(code.id).with_extension("md");
        let page = std::fs::read_to_string(&path).unwrap();
        let title = format!("# {}: {}\n", code.id, code.title);
        assert!(page.starts_with(&title), "{} does not open with {title}", path.display());
        for finding in findings(code.id).iter() {
            assert!(page.contains(&finding.to_string()), "{} lacks: {finding}", path.display());
        }
        for part in [&format!("`datasets/invalid/{}`", code.id), "\n## What to do\n"] {
            assert!(page.contains(part), "{} lacks {part}", path.display());
        }
    }
}

#[test]
fn the_list_of_pages_names_each_code_in_order() {
    let list = std::fs::read_to_string(folder("docs/errors/README.md")).unwrap();
    let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| [")).collect();
    let expected: Vec<String> = REGISTRY
        .iter()
        .map(|code| (code.id, code.title))
        .chain(PLAN_CODES)
        .map(|(id, title)| format!("| [{id}]({id}.md) | {title} |"))
        .collect();
    assert_eq!(rows, expected);
}

#[test]
fn a_wave_with_several_faults_names_them_all() {
    let wave = tempfile::tempdir().unwrap();
    // Without items, so that a table is missing too.
    for (code, file) in [
        ("E0103", "wave.toml"),
        ("E0202", "order_lines.csv"),
        ("E0301", "inventory.csv"),
        ("E0401", "nodes.csv"),
        ("E0501", "zones.csv"),
        ("W0403", "orders.csv"),
    ] {
        let from = folder("datasets/invalid").join(code);
        std::fs::copy(from.join(file), wave.path().join(file)).unwrap();
    }
    let findings = read_wave(wave.path()).unwrap_err();
    let mut found: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    found.sort_unstable();
    let expected = ["E0103", "E0106", "E0202", "E0301", "E0401", "E0501", "W0403"];
    assert_eq!(found, expected, "{findings}");
}
