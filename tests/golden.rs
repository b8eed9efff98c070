//! The golden waves: each has a least cost that its README works out by hand.

mod backends;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use wavewright::domain::{CostKey, Model, Wave};
use wavewright::ingest::{read_model, read_wave};
use wavewright::plan::{Plan, Status, read_plan, write_plan};
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;
use wavewright::units::{Decimal, parse_fixed};
use wavewright::verify::verify;

/// A wave, a model, and what the cheapest plan costs.
struct Case {
    name: String,
    wave: Wave,
    model: Model,
    /// Nine places beyond the minor unit.
    objective: i128,
    /// In minor units.
    costs: Vec<(CostKey, i64)>,
}

/// The folders of the golden waves, by name.
fn folders() -> Vec<PathBuf> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/golden");
    let entries = std::fs::read_dir(golden).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

/// Every case of every golden wave, to be planned without a gap.
fn cases() -> Vec<Case> {
    let cases: Vec<Case> = folders().iter().flat_map(|folder| cases_of(folder)).collect();
    assert!(cases.len() >= 18, "only {} cases", cases.len());
    cases
}

fn cases_of(folder: &Path) -> Vec<Case> {
    let expected = folder.join("expected.toml");
    let text = std::fs::read_to_string(&expected)
        .unwrap_or_else(|error| panic!("{}: {error}", expected.display()));
    let expected: toml::Table = text.parse().unwrap();
    let wave = read_wave(folder).unwrap().wave;
    let cases = expected["case"].as_array().unwrap();
    cases.iter().map(|case| read_case(folder, &wave, case.as_table().unwrap())).collect()
}

fn read_case(folder: &Path, wave: &Wave, case: &toml::Table) -> Case {
    let file = case["model"].as_str().unwrap();
    let beside = folder.join(file);
    let path = if beside.is_file() { beside.to_str().unwrap() } else { file };
    let mut model = read_model(path, wave.minor_digits).unwrap();
    model.solve.gap = 0.0;
    let amount = |value: &toml::Value, places| parse_fixed(value.as_str().unwrap(), places);
    let costs = case["cost"].as_table().unwrap();
    let places = wave.minor_digits + Decimal::PLACES;
    Case {
        name: format!("{} with {file}", wave.name),
        wave: wave.clone(),
        model,
        objective: amount(&case["objective"], places).unwrap().into(),
        costs: costs
            .iter()
            .map(|(key, value)| {
                let key = CostKey::from_name(key).unwrap_or_else(|| panic!("no cost {key}"));
                (key, amount(value, wave.minor_digits).unwrap())
            })
            .collect(),
    }
}

fn plan(wave: &Wave, model: &Model) -> Plan {
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| {});
    plan_wave(wave, model, RunInputs::default(), &control).unwrap()
}

/// Tests that every golden wave is planned at the cost worked out, proven, and that what is
/// written says the same.
#[test]
fn golden_waves_are_planned_at_their_least_cost() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for (index, case) in cases().iter().enumerate() {
        let plan = plan(&case.wave, &case.model);
        let out = folder.path().join(index.to_string());
        write_plan(&case.wave, &plan, &out, false).unwrap();
        let read = read_plan(&case.wave, &out).unwrap();
        let found = verify(&case.wave, &case.model, &read);
        assert!(found.is_valid(), "{}: {:#?}", case.name, found.violations);
        if found.objective.0 != case.objective {
            let objective = found.objective.0;
            wrong.push(format!("{}: objective {objective}, not {}", case.name, case.objective));
        }
        for (key, expected) in &case.costs {
            let cost = found.costs[*key].0;
            if cost != *expected {
                wrong.push(format!("{}: {} {cost}, not {expected}", case.name, key.name()));
            }
        }
        let certificate = &read.certificate;
        let proven = (certificate.status, certificate.bound);
        if proven != (Status::Optimal, Some(certificate.objective)) {
            let objective = certificate.objective;
            wrong.push(format!("{}: {proven:?} for an objective of {objective}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Tests that both backends find, in the formulation over all columns, the cost worked out.
#[test]
fn the_formulation_says_the_same_on_both_backends() {
    for case in cases() {
        let agreed = backends::agreed(&case.wave, &case.model, 400)
            .unwrap_or_else(|| panic!("{}: too many columns", case.name));
        let expected = case.objective as f64 / Decimal::SCALE as f64;
        let apart = (agreed.least - expected).abs();
        assert!(apart <= agreed.rounding, "{}: {}, not {expected}", case.name, agreed.least);
    }
}

/// Tests that a wave planned twice gives the same tables, byte by byte.
#[test]
fn the_same_seed_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    for (index, case) in cases().iter().enumerate() {
        let write = |name: &str| {
            let out = folder.path().join(format!("{index}-{name}"));
            write_plan(&case.wave, &plan(&case.wave, &case.model), &out, true).unwrap();
            tables(&out)
        };
        let (first, second) = (write("first"), write("second"));
        assert!(first.len() >= 2, "{}: {} tables", case.name, first.len());
        for ((name, bytes), (again, other)) in first.iter().zip(&second) {
            assert_eq!(name, again, "{}", case.name);
            assert!(bytes == other, "{}: {name} differs", case.name);
        }
        assert_eq!(first.len(), second.len(), "{}", case.name);
    }
}

/// The tables of a plan by name; not the certificate, which tells the seconds it took.
fn tables(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut tables: Vec<(String, Vec<u8>)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension != "json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(&path).unwrap())
        })
        .collect();
    tables.sort();
    tables
}
