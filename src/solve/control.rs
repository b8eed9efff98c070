//! When a method has to stop, and whom it tells how far it is.

use crate::solve::StoppedBy;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What a method is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Options,
    FirstPlan,
    Prices,
    Columns,
    BranchAndBound,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Options => "options",
            Stage::FirstPlan => "first plan",
            Stage::Prices => "prices",
            Stage::Columns => "columns",
            Stage::BranchAndBound => "branch and bound",
        }
    }
}

/// How far a method is; amounts in weighted minor units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub stage: Stage,
    pub incumbent: Option<f64>,
    pub bound: Option<f64>,
}

/// Limits from outside, and a listener.
pub struct Control<'a> {
    started: Instant,
    limit: Option<Duration>,
    interrupted: &'a AtomicBool,
    listener: Box<dyn Fn(Progress) + Sync + 'a>,
}

impl<'a> Control<'a> {
    /// `time_limit_s`: no limit where it is not finite.
    pub fn new(
        time_limit_s: f64,
        interrupted: &'a AtomicBool,
        listener: impl Fn(Progress) + Sync + 'a,
    ) -> Control<'a> {
        Control {
            started: Instant::now(),
            limit: Duration::try_from_secs_f64(time_limit_s).ok(),
            interrupted,
            listener: Box::new(listener),
        }
    }

    pub fn report(&self, progress: Progress) {
        (self.listener)(progress);
    }

    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    /// Seconds until the limit; infinite where there is none.
    pub fn seconds_left(&self) -> f64 {
        self.limit.map_or(f64::INFINITY, |limit| {
            limit.saturating_sub(self.started.elapsed()).as_secs_f64()
        })
    }

    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Why the method has to stop now, if it has to.
    pub fn stopped(&self) -> Option<StoppedBy> {
        if self.is_interrupted() {
            Some(StoppedBy::Interrupt)
        } else if self.seconds_left() <= 0.0 {
            Some(StoppedBy::TimeLimit)
        } else {
            None
        }
    }
}

impl std::fmt::Debug for Control<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("limit", &self.limit).finish_non_exhaustive()
    }
}
