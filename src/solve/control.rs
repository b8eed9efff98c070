//! When a method has to stop, and whom it tells how far it is.

use crate::solve::StoppedBy;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a reading of the memory in use is good for: methods ask more often than it changes.
const READING_MS: u64 = 100;

/// What a method is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Options,
    FirstPlan,
    Prices,
    Neighbourhoods,
    Columns,
    BranchAndBound,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Options => "options",
            Stage::FirstPlan => "first plan",
            Stage::Prices => "prices",
            Stage::Neighbourhoods => "neighbourhoods",
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
    memory: Option<MemoryLimit<'a>>,
    interrupted: &'a AtomicBool,
    listener: Box<dyn Fn(Progress) + Sync + 'a>,
    /// What this is a part of, whose limits hold as well.
    whole: Option<&'a Control<'a>>,
}

/// A limit on the memory in use, and what is known of it.
struct MemoryLimit<'a> {
    bytes: u64,
    /// The bytes in use; nothing where the system does not tell.
    in_use: Box<dyn Fn() -> Option<u64> + Sync + 'a>,
    /// From when on a new reading is due, in milliseconds.
    next_ms: AtomicU64,
    /// Once above the limit always above it: what was freed since was needed, and would be again.
    exceeded: AtomicBool,
}

impl MemoryLimit<'_> {
    fn is_exceeded(&self, now_ms: u64) -> bool {
        let due_ms = self.next_ms.load(Ordering::Relaxed);
        let next_ms = now_ms + READING_MS;
        // Of several threads one reads.
        let reads = now_ms >= due_ms
            && self
                .next_ms
                .compare_exchange(due_ms, next_ms, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if reads && (self.in_use)().is_some_and(|bytes| bytes > self.bytes) {
            self.exceeded.store(true, Ordering::Relaxed);
        }
        self.exceeded.load(Ordering::Relaxed)
    }
}

/// The memory of this process that is resident, in bytes; nothing where the system does not tell.
pub fn resident_memory() -> Option<u64> {
    memory_stats::memory_stats().map(|stats| stats.physical_mem as u64)
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
            memory: None,
            interrupted,
            listener: Box::new(listener),
            whole: None,
        }
    }

    /// Stops also when more than `bytes` are in use, as `in_use` (see [`resident_memory`]) says.
    #[must_use]
    pub fn with_memory_limit(
        mut self,
        bytes: u64,
        in_use: impl Fn() -> Option<u64> + Sync + 'a,
    ) -> Control<'a> {
        let (next_ms, exceeded) = (AtomicU64::new(0), AtomicBool::new(false));
        self.memory = Some(MemoryLimit { bytes, in_use: Box::new(in_use), next_ms, exceeded });
        self
    }

    /// A control for a part of the time that is left, under the same limits; nobody hears what is
    /// reported to it.
    pub fn part(&self, share: f64) -> Control<'_> {
        let mut part = Control::new(share * self.seconds_left(), self.interrupted, |_| ());
        part.whole = Some(self);
        part
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

    fn is_memory_exceeded(&self) -> bool {
        let now_ms = self.started.elapsed().as_millis() as u64;
        self.memory.as_ref().is_some_and(|limit| limit.is_exceeded(now_ms))
    }

    /// Why the method has to stop now, if it has to.
    pub fn stopped(&self) -> Option<StoppedBy> {
        if let Some(why) = self.whole.and_then(Control::stopped) {
            Some(why)
        } else if self.is_interrupted() {
            Some(StoppedBy::Interrupt)
        } else if self.seconds_left() <= 0.0 {
            Some(StoppedBy::TimeLimit)
        } else if self.is_memory_exceeded() {
            Some(StoppedBy::MemoryLimit)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// A limit of 100 bytes that reads these values, one after the other.
    fn limit<const N: usize>(readings: [Option<u64>; N]) -> MemoryLimit<'static> {
        let left = Mutex::new(readings.into_iter());
        MemoryLimit {
            bytes: 100,
            in_use: Box::new(move || left.lock().unwrap().next().expect("a reading too many")),
            next_ms: AtomicU64::new(0),
            exceeded: AtomicBool::new(false),
        }
    }

    #[test]
    fn memory_above_its_limit_stops_a_method_for_good() {
        let limit = limit([Some(100), None, Some(101), Some(5)]);
        let times = [0, 1, 2, 3].map(|reading| reading * READING_MS);
        assert_eq!(times.map(|now| limit.is_exceeded(now)), [false, false, true, true]);
    }

    #[test]
    fn memory_is_read_once_in_a_while() {
        let limit = limit([Some(1), Some(101)]);
        let times = [0, 1, READING_MS - 1, READING_MS];
        assert_eq!(times.map(|now| limit.is_exceeded(now)), [false, false, false, true]);
    }

    #[test]
    fn a_control_says_what_stopped_it() {
        let interrupted = AtomicBool::new(false);
        let control = |used| {
            Control::new(f64::INFINITY, &interrupted, |_| ()).with_memory_limit(100, move || used)
        };
        assert_eq!(control(Some(101)).stopped(), Some(StoppedBy::MemoryLimit));
        assert_eq!(control(Some(100)).stopped(), None);
        assert_eq!(control(None).stopped(), None);
        let late = Control::new(0.0, &interrupted, |_| ()).with_memory_limit(100, || Some(101));
        assert_eq!(late.stopped(), Some(StoppedBy::TimeLimit));
        assert_eq!(Control::new(f64::INFINITY, &interrupted, |_| ()).stopped(), None);
    }

    #[test]
    fn a_part_ends_before_the_whole_and_with_it() {
        let interrupted = AtomicBool::new(false);
        let whole = Control::new(1000.0, &interrupted, |_| ());
        assert_eq!(whole.part(0.0).stopped(), Some(StoppedBy::TimeLimit));
        assert_eq!((whole.part(0.5).stopped(), whole.stopped()), (None, None));
        let full = Control::new(1000.0, &interrupted, |_| ()).with_memory_limit(1, || Some(2));
        assert_eq!(full.part(0.5).stopped(), Some(StoppedBy::MemoryLimit));
        let endless = Control::new(f64::INFINITY, &interrupted, |_| ());
        assert_eq!(endless.part(0.5).seconds_left(), f64::INFINITY);
    }

    #[test]
    fn this_process_has_some_memory() {
        assert!(resident_memory().is_none_or(|bytes| bytes > 0));
    }
}
