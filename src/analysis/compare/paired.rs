//! Paired differences over several waves: what a strategy adds to the base, wave by wave, with its
//! spread.
//!
//! Pairing takes what waves have in common out of the comparison (Law, Simulation Modeling and
//! Analysis, on common random numbers); the interval is Student's.

use super::JudgedWave;
use super::figures::{FIGURES, Unit};
use serde::Serialize;

/// A figure of a strategy against the base over the waves in which both have it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paired {
    pub strategy: String,
    pub figure: &'static str,
    pub unit: Unit,
    pub waves: usize,
    /// Means over the waves.
    pub base_mean: f64,
    pub mean: f64,
    #[serde(flatten)]
    pub spread: Spread,
    /// Waves in which the figure is below that of the base.
    pub waves_below: usize,
}

/// Mean and spread of differences.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub mean_difference: f64,
    /// Of the sample; absent for fewer than two.
    pub standard_deviation: Option<f64>,
    /// The 95 % interval of the mean difference; absent for fewer than two.
    pub low95: Option<f64>,
    pub high95: Option<f64>,
    pub least: f64,
    pub most: f64,
}

/// The 97.5 % quantiles of Student's distribution for 1 to 30 degrees of freedom.
const STUDENT: [f64; 30] = [
    12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004,
    2.262_157, 2.228_139, 2.200_985, 2.178_813, 2.160_369, 2.144_787, 2.131_450, 2.119_905,
    2.109_816, 2.100_922, 2.093_024, 2.085_963, 2.079_614, 2.073_873, 2.068_658, 2.063_899,
    2.059_539, 2.055_529, 2.051_831, 2.048_407, 2.045_230, 2.042_272,
];
/// Of the normal distribution.
const NORMAL: f64 = 1.959_964;

/// The 97.5 % quantile of Student's distribution: beyond the table, the first terms of its expansion
/// around that of the normal distribution (Fisher and Cornish, 1960), which are exact to four places
/// there.
fn quantile(freedom: usize) -> f64 {
    let expansion = || {
        let (z, freedom) = (NORMAL, freedom as f64);
        let first = (z.powi(3) + z) / 4.0;
        let second = (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0;
        z + first / freedom + second / freedom.powi(2)
    };
    STUDENT.get(freedom - 1).copied().unwrap_or_else(expansion)
}

/// The mean and spread of some differences; nothing for none.
pub fn spread(differences: &[f64]) -> Option<Spread> {
    let count = differences.len();
    if count == 0 {
        return None;
    }
    let mean = differences.iter().sum::<f64>() / count as f64;
    let deviation = (count > 1).then(|| {
        let squares: f64 = differences.iter().map(|value| (value - mean).powi(2)).sum();
        (squares / (count - 1) as f64).sqrt()
    });
    let half = deviation.map(|deviation| quantile(count - 1) * deviation / (count as f64).sqrt());
    Some(Spread {
        mean_difference: mean,
        standard_deviation: deviation,
        low95: half.map(|half| mean - half),
        high95: half.map(|half| mean + half),
        least: differences.iter().copied().fold(f64::INFINITY, f64::min),
        most: differences.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    })
}

/// Every figure of every strategy but the base; nothing for a single wave.
pub(super) fn paired(strategies: &[String], waves: &[JudgedWave], base: usize) -> Vec<Paired> {
    let mut rows = Vec::new();
    if waves.len() < 2 {
        return rows;
    }
    for (at, strategy) in strategies.iter().enumerate().filter(|(at, _)| *at != base) {
        for figure in &FIGURES {
            let value = |wave: &JudgedWave, at: usize| (figure.value)(&wave.plans[at].figures);
            let pairs: Vec<(f64, f64)> =
                waves.iter().filter_map(|wave| value(wave, base).zip(value(wave, at))).collect();
            let differences: Vec<f64> = pairs.iter().map(|(base, own)| own - base).collect();
            let Some(spread) = spread(&differences) else { continue };
            let mean =
                |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / pairs.len() as f64;
            rows.push(Paired {
                strategy: strategy.clone(),
                figure: figure.name,
                unit: figure.unit,
                waves: pairs.len(),
                base_mean: mean(|pair| pair.0),
                mean: mean(|pair| pair.1),
                spread,
                waves_below: differences.iter().filter(|difference| **difference < 0.0).count(),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_students() {
        // By hand: mean 2, sample deviation 1, half width 4.302653 / sqrt(3) = 2.484138.
        let found = spread(&[1.0, 2.0, 3.0]).unwrap();
        assert_eq!((found.mean_difference, found.standard_deviation), (2.0, Some(1.0)));
        assert!((found.low95.unwrap() - (2.0 - 2.484138)).abs() < 1e-6, "{found:?}");
        assert!((found.high95.unwrap() - (2.0 + 2.484138)).abs() < 1e-6, "{found:?}");
        assert_eq!((found.least, found.most), (1.0, 3.0));
    }

    #[test]
    fn one_difference_has_no_spread() {
        let found = spread(&[-4.0]).unwrap();
        assert_eq!((found.mean_difference, found.standard_deviation), (-4.0, None));
        assert_eq!((found.low95, found.high95), (None, None));
        assert_eq!(spread(&[]), None);
    }

    #[test]
    fn the_table_goes_on_without_a_step() {
        // From tables of Student's distribution.
        for (freedom, expected) in [(30, 2.0423), (31, 2.0395), (40, 2.0211), (120, 1.9799)] {
            let found = quantile(freedom);
            assert!((found - expected).abs() < 1e-4, "{freedom}: {found}");
        }
    }
}
