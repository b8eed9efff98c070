//! Draws that are the same on every platform: a fixed generator and integer arithmetic.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A stream of draws.
///
/// The generator's algorithm is part of its name and every draw is integer arithmetic, so neither
/// a new version of a library nor another processor changes a wave.
pub(super) struct Random(Pcg64Mcg);

impl Random {
    /// A stream of its own for each part of a wave, so that a change in one leaves the others.
    pub(super) fn new(seed: u64, part: u64) -> Random {
        Random(Pcg64Mcg::seed_from_u64(seed ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// From 0 up to, but not including, `end`; 0 where `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        // The high half of a product; its bias is below `end` / 2^64.
        ((u128::from(self.0.next_u64()) * u128::from(end)) >> 64) as u64
    }

    /// From `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// Between `low` and `high`, the middle more often than the ends.
    pub(super) fn around(&mut self, low: i64, high: i64) -> i64 {
        (self.between(low, high) + self.between(low, high)) / 2
    }

    /// True `per_mille` times in a thousand.
    pub(super) fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of the values.
    pub(super) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }

    /// One of `(per mille, value)`, the last where the shares leave a rest.
    pub(super) fn share<T: Copy>(&mut self, values: &[(u64, T)]) -> T {
        let mut left = self.below(1000);
        for &(share, value) in values {
            if left < share {
                return value;
            }
            left -= share;
        }
        values[values.len() - 1].1
    }

    /// An index, each as often as its weight asks.
    pub(super) fn weighted(&mut self, weights: &Cumulative) -> usize {
        let at = self.below(weights.total());
        weights.0.partition_point(|sum| *sum <= at)
    }

    pub(super) fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// Running sums of weights, for draws by weight.
pub(super) struct Cumulative(Vec<u64>);

impl Cumulative {
    pub(super) fn new(weights: impl IntoIterator<Item = u64>) -> Cumulative {
        let sums = weights.into_iter().scan(0_u64, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Cumulative(sums.collect())
    }

    pub(super) fn total(&self) -> u64 {
        self.0.last().copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_known_draws() {
        let mut random = Random::new(1, 0);
        let draws: Vec<u64> = (0..4).map(|_| random.below(1000)).collect();
        let mut again = Random::new(1, 0);
        assert_eq!(draws, (0..4).map(|_| again.below(1000)).collect::<Vec<_>>());
        let mut other = Random::new(1, 1);
        assert_ne!(draws, (0..4).map(|_| other.below(1000)).collect::<Vec<_>>());
    }

    #[test]
    fn draws_stay_in_their_range_and_reach_its_ends() {
        let mut random = Random::new(7, 0);
        let draws: Vec<i64> = (0..500).map(|_| random.between(-2, 2)).collect();
        assert_eq!((draws.iter().min(), draws.iter().max()), (Some(&-2), Some(&2)));
    }

    #[test]
    fn a_weight_of_nothing_is_never_drawn() {
        let weights = Cumulative::new([0, 3, 0, 1]);
        let mut random = Random::new(3, 0);
        let mut count = [0; 4];
        for _ in 0..4000 {
            count[random.weighted(&weights)] += 1;
        }
        assert_eq!((count[0], count[2]), (0, 0));
        assert!((2800..3200).contains(&count[1]), "{count:?}");
    }
}
