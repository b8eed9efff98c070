//! The wave that the README writes out is valid and gives the numbers that the README says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use wavewright::ingest::{read_model, read_wave};
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;

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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README exists");
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
