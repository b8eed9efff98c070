//! Sifted waves, and waves that start from the prices of others, against the oracle.

use crate::oracle;
use crate::properties::over_all;
use crate::random_wave::{Profile, Random, random_case};
use std::sync::atomic::AtomicBool;
use wavewright::domain::{Commitment, Model, Wave};
use wavewright::options::Planner;
use wavewright::plan::Ledger;
use wavewright::solve::{
    Approach, Control, ExactSettings, KnownPrices, Sifting, Start, solve_exact,
};
use wavewright::units::Objective;

/// Seeds of each profile.
const SEEDS: u64 = 80;

/// Sifted so that hardly anything is kept, at other prices for each order.
const FINELY: Sifting = Sifting { from: 0, keep: 1, known_from: usize::MAX, round: 1 };
const NOT_AT_ALL: Sifting = Sifting { from: usize::MAX, ..FINELY };

/// What decomposition finds and proves from some start.
struct Decomposed {
    objective: Objective,
    bound: f64,
    prices: KnownPrices,
}

fn decomposed(wave: &Wave, model: &Model, start: &Start, sifting: Sifting) -> Decomposed {
    let planner = Planner::new(wave, model);
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| {});
    let approach = Approach::Decompose;
    let settings = ExactSettings { approach, gap: 0.0, threads: 1, seed: 1, sifting };
    let value = |decisions| Ledger::new(&planner, decisions).objective(model);
    let outcome = solve_exact(&planner, settings, start, &value, &control).expect("solves");
    let outcome = outcome.expect("nothing stops it");
    Decomposed {
        objective: value(outcome.decisions),
        bound: outcome.bound.expect("it proves one"),
        prices: outcome.prices,
    }
}

fn is_bounded_by(found: &Decomposed, best: Objective, case: (Profile, u64)) {
    let least = best.to_minor();
    assert!(found.bound <= least + 1e-6, "{case:?}: {} is above {least}", found.bound);
    assert!(found.objective >= best, "{case:?}: {:?} below {best:?}", found.objective);
}

/// Tests that the bound of a sifted wave is one for the whole wave, and that its plan is one.
#[test]
fn sifted_waves_are_bounded_as_a_whole() {
    over_all(SEEDS, 0.9, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        let Ok(best) = oracle::solve(&wave, &model) else { return false };
        let found = decomposed(&wave, &model, &Start::default(), FINELY);
        is_bounded_by(&found, best.objective, (profile, seed));
        true
    });
}

/// Tests that the prices of a wave prove nothing false about another, with other stock, quantities
/// and costs of openings; sifted or not.
#[test]
fn prices_of_another_wave_prove_nothing_false() {
    over_all(SEEDS, 0.5, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        // Frozen units need the stock that they have.
        if wave.commitments.iter().any(Commitment::is_frozen) {
            return false;
        }
        let known = decomposed(&wave, &model, &Start::default(), NOT_AT_ALL).prices;
        let mut rng = Random::new(seed);
        let mut parts = wave.parts().clone();
        let mut rows: Vec<_> = parts.stock.iter_mut().collect();
        rows.sort_by_key(|(key, _)| **key);
        for (_, stock) in rows {
            stock.on_hand = (stock.on_hand + rng.count(0, 2)).saturating_sub(1);
        }
        for line in parts.lines.iter_mut() {
            line.quantity = (line.quantity + rng.count(0, 2)).saturating_sub(1).max(1);
        }
        for node in parts.nodes.iter_mut() {
            node.open_cost = node.open_cost * rng.between(0, 2);
        }
        parts.commitments.clear();
        let other = Wave::new(parts);
        let Ok(best) = oracle::solve(&other, &model) else { return false };
        let start = Start { prices: known, ..Start::default() };
        for sifting in [FINELY, NOT_AT_ALL] {
            let found = decomposed(&other, &model, &start, sifting);
            is_bounded_by(&found, best.objective, (profile, seed));
        }
        true
    });
}
