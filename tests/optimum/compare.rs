//! A planner against the oracle on one random wave.

use crate::oracle;
use crate::random_wave::{Profile, random_case};
use wavewright::domain::{Model, Wave};
use wavewright::units::Objective;

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    Equal,
    /// The oracle has no answer.
    TooLarge,
}

/// Asserts that a planner finds the least cost of a random wave, and that the lower bound it
/// proves (in minor units) is none of its own invention.
pub fn check_case(
    seed: u64,
    profile: Profile,
    solve: impl Fn(&Wave, &Model) -> (Objective, f64),
) -> Compared {
    let (wave, model) = random_case(seed, profile);
    let Ok(best) = oracle::solve(&wave, &model) else { return Compared::TooLarge };
    let (objective, bound) = solve(&wave, &model);
    if objective != best.objective {
        let parts: Vec<String> = best.parts.iter().map(|part| format!("  {part}\n")).collect();
        let costs: Vec<String> = best
            .costs
            .iter()
            .filter(|(_, amount)| amount.0 != 0)
            .map(|(key, amount)| format!("  {} {}\n", key.name(), amount.0))
            .collect();
        panic!(
            "{profile:?} {seed}: the planner's {} is not the least cost {}, which is\n{}by\n{}",
            objective.to_minor(),
            best.objective.to_minor(),
            costs.concat(),
            parts.concat()
        );
    }
    let least = best.objective.to_minor();
    let rounding = 1e-6 * least.abs().max(1.0);
    assert!(bound <= least + rounding, "{profile:?} {seed}: a bound of {bound} above {least}");
    Compared::Equal
}

/// Compares a planner with the oracle on the first `seeds` waves of a profile, and asserts that the
/// oracle has an answer to nearly all.
pub fn check_profile(
    profile: Profile,
    seeds: u64,
    solve: impl Fn(&Wave, &Model) -> (Objective, f64),
) {
    let compared = (0..seeds).map(|seed| check_case(seed, profile, &solve));
    let too_large = compared.filter(|compared| *compared == Compared::TooLarge).count() as u64;
    assert!(too_large * 20 <= seeds, "{profile:?}: {too_large} of {seeds} waves are too large");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_oracle(wave: &Wave, model: &Model) -> (Objective, f64) {
        let best = oracle::solve(wave, model).expect("a wave that is not too large");
        (best.objective, best.objective.to_minor())
    }

    /// Tests that the comparison accepts the oracle's own answer.
    #[test]
    fn the_least_cost_passes() {
        assert_eq!(check_case(1, Profile::Mixed, by_oracle), Compared::Equal);
        check_profile(Profile::Parcels, 10, by_oracle);
    }

    /// Tests that the comparison rejects a cost a little above the least.
    #[test]
    #[should_panic(expected = "is not the least cost")]
    fn a_higher_cost_fails() {
        check_case(1, Profile::Mixed, |wave, model| {
            let (objective, bound) = by_oracle(wave, model);
            (objective + Objective(1), bound)
        });
    }

    /// Tests that the comparison rejects a bound above the least cost.
    #[test]
    #[should_panic(expected = "a bound of")]
    fn a_bound_above_the_least_cost_fails() {
        check_case(1, Profile::Mixed, |wave, model| {
            let (objective, bound) = by_oracle(wave, model);
            (objective, bound + 1.0)
        });
    }
}
