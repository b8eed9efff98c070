//! The record of a run: when the best plan and the bound got better.

use crate::solve::Progress;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, PoisonError};

/// Steps kept: enough to draw, few enough to store.
const MOST: usize = 400;

/// What was known at a time of a run. Money is in the wave's currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Since the start of planning.
    pub seconds: f64,
    pub stage: String,
    /// The objective of the best plan so far.
    pub incumbent: Option<f64>,
    pub bound: Option<f64>,
}

/// Collects the steps of a run from any thread.
#[derive(Debug, Default)]
pub struct ProgressLog {
    steps: Mutex<Vec<Step>>,
}

impl ProgressLog {
    /// Notes a report, if it tells more than the one before. Amounts are in minor units, of which
    /// the currency has `10^minor_digits`.
    pub fn note(&self, seconds: f64, progress: Progress, minor_digits: u32) {
        let unit = 10_f64.powi(minor_digits as i32);
        let amount = |amount: f64| Some(amount / unit).filter(|amount| amount.is_finite());
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let last = steps.last();
        let step = Step {
            seconds,
            stage: progress.stage.name().to_string(),
            // A report may leave out what has not changed.
            incumbent: progress.incumbent.and_then(amount).or(last.and_then(|last| last.incumbent)),
            bound: progress.bound.and_then(amount).or(last.and_then(|last| last.bound)),
        };
        let is_news =
            last.is_none_or(|last| (last.incumbent, last.bound) != (step.incumbent, step.bound));
        if is_news && (step.incumbent.is_some() || step.bound.is_some()) {
            steps.push(step);
        }
        if steps.len() > MOST {
            // Every other step goes, the newest stays.
            let newest = steps.len() - 1;
            let mut index = 0..;
            steps.retain(|_| index.next().is_some_and(|index| index % 2 == 0 || index == newest));
        }
    }

    /// The steps in their order.
    pub fn into_steps(self) -> Vec<Step> {
        self.steps.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::Stage;

    fn report(incumbent: Option<f64>, bound: Option<f64>) -> Progress {
        Progress { stage: Stage::Prices, incumbent, bound }
    }

    #[test]
    fn only_news_is_kept_and_what_is_left_out_stays_known() {
        let log = ProgressLog::default();
        log.note(0.0, report(None, None), 2);
        log.note(1.0, report(Some(500.0), None), 2);
        log.note(2.0, report(Some(500.0), None), 2);
        log.note(3.0, report(None, Some(400.0)), 2);
        log.note(4.0, report(None, Some(f64::NEG_INFINITY)), 2);
        let steps = log.into_steps();
        let known: Vec<_> = steps.iter().map(|s| (s.seconds, s.incumbent, s.bound)).collect();
        assert_eq!(known, [(1.0, Some(5.0), None), (3.0, Some(5.0), Some(4.0))]);
    }

    #[test]
    fn a_long_run_is_thinned_and_keeps_its_end() {
        let log = ProgressLog::default();
        for step in 0..10_000_u32 {
            log.note(f64::from(step), report(Some(1e6 - f64::from(step)), None), 0);
        }
        let steps = log.into_steps();
        assert!(steps.len() <= MOST, "{}", steps.len());
        assert_eq!(steps.last().map(|step| step.seconds), Some(9_999.0));
        assert!(steps.is_sorted_by(|a, b| a.seconds < b.seconds));
    }
}
