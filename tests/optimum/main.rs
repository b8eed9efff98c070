//! The methods that prove a bound against a brute-force oracle, on small random waves.

#[path = "../backends/mod.rs"]
mod backends;
#[path = "../common/mod.rs"]
mod common;
mod compare;
mod decompose;
mod hand;
mod known;
mod oracle;
mod properties;
mod random_wave;
mod sifted;
mod sketch;
mod solver;
mod strategies;
mod verified;
mod worth;

use random_wave::{Profile, features, random_case};
use std::collections::BTreeMap;
use wavewright::domain::CostKey;

/// Tests that the random waves use every column, every setting, every cost and every kind of
/// decision, and that few are too large to enumerate.
#[test]
fn random_waves_use_everything() {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let names = features::COLUMNS.iter().chain(features::SETTINGS).map(|(name, _)| *name);
    let names = names.chain(features::DECISIONS.iter().map(|(name, _)| *name));
    seen.extend(names.chain(CostKey::ALL.map(CostKey::name)).map(|name| (name, 0)));
    let mut too_large = 0;
    let seeds = 150;
    for profile in Profile::ALL {
        for seed in 0..seeds {
            let (wave, model) = random_case(seed, profile);
            let Ok(best) = oracle::solve(&wave, &model) else {
                too_large += 1;
                continue;
            };
            let mut count = |name, is_used| *seen.entry(name).or_insert(0) += u32::from(is_used);
            for (name, is_used) in features::COLUMNS.iter().chain(features::SETTINGS) {
                count(name, is_used(&wave, &model));
            }
            for (name, is_taken) in features::DECISIONS {
                count(name, is_taken(&wave, &best));
            }
            for (key, amount) in best.costs.iter() {
                count(key.name(), amount.0 != 0);
            }
        }
    }
    let unused: Vec<&str> = seen.iter().filter(|(_, n)| **n < 3).map(|(name, _)| *name).collect();
    assert!(unused.is_empty(), "used by fewer than three random waves: {unused:?}");
    assert!(too_large * 50 < seeds * Profile::ALL.len() as u64, "{too_large} waves are too large");
}
