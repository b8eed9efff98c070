//! When a policy plans, and when it tells the nodes.

use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A day, from one nightly run to the next.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The shortest time between two runs.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
/// The longest.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When orders are planned and released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Each order is planned and released as it comes in, and what a node rejects as it is rejected.
    /// What cannot be served is tried again every day.
    Myopic,
    /// What came in since the last run is planned and released together.
    Window(Every),
    /// Each order is planned as it comes in and planned again every night, with all others that
    /// wait, until the night before it has to leave; then it is released (Xu, Allgor and Graves,
    /// Benefits of Reevaluating Real-Time Order Fulfillment Decisions, 2009).
    Nightly,
}

/// The time between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(SignedDuration);

/// Why a text is not a time between runs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time from 1m to 168h in whole minutes, such as 30m, 2h or 24h")]
pub struct EveryError;

impl FromStr for Every {
    type Err = EveryError;

    /// Reads `30m`, `2h`, `1h30m`.
    fn from_str(text: &str) -> Result<Every, EveryError> {
        let time: SignedDuration = text.parse().map_err(|_| EveryError)?;
        let is_whole = time.as_secs() % 60 == 0 && time.subsec_nanos() == 0;
        match is_whole && (SHORTEST..=LONGEST).contains(&time) {
            true => Ok(Every(time)),
            false => Err(EveryError),
        }
    }
}

impl fmt::Display for Every {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.as_mins();
        match (minutes / 60, minutes % 60) {
            (0, minutes) => write!(f, "{minutes}m"),
            (hours, 0) => write!(f, "{hours}h"),
            (hours, minutes) => write!(f, "{hours}h{minutes}m"),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Policy::Myopic => f.write_str("myopic"),
            Policy::Window(every) => write!(f, "window {every}"),
            Policy::Nightly => f.write_str("nightly"),
        }
    }
}

impl Policy {
    /// The time between two runs that come round.
    fn every(self) -> SignedDuration {
        match self {
            Policy::Window(Every(time)) => time,
            Policy::Myopic | Policy::Nightly => DAY,
        }
    }

    /// The first run after an instant; the runs are told from `anchor`, before and after it.
    pub(super) fn next_run(self, anchor: Timestamp, after: Timestamp) -> Timestamp {
        let every = self.every().as_secs();
        let gone = after.as_second() - anchor.as_second();
        let next = anchor.as_second() + (gone.div_euclid(every) + 1) * every;
        // Beyond the calendar there is no run.
        Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
    }

    /// Whether an order is planned as it comes in.
    pub(super) fn plans_at_once(self) -> bool {
        matches!(self, Policy::Myopic | Policy::Nightly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written() {
        for (text, written) in [("30m", "30m"), ("2h", "2h"), ("90m", "1h30m"), ("1440m", "24h")] {
            let every: Every = text.parse().unwrap();
            assert_eq!(every.to_string(), written);
            assert_eq!(Policy::Window(every).to_string(), format!("window {written}"));
        }
        for text in ["", "2", "0h", "-2h", "30s", "200h", "soon"] {
            assert_eq!(text.parse::<Every>(), Err(EveryError), "{text}");
        }
    }

    #[test]
    fn runs_are_told_from_the_anchor_on_both_sides_of_it() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let anchor = at("2026-11-23T11:00:00Z");
        let window = Policy::Window("2h".parse().unwrap());
        let next = |policy: Policy, after| policy.next_run(anchor, at(after)).to_string();
        assert_eq!(next(window, "2026-11-22T23:30:00Z"), "2026-11-23T01:00:00Z");
        assert_eq!(next(window, "2026-11-23T11:00:00Z"), "2026-11-23T13:00:00Z");
        assert_eq!(next(Policy::Nightly, "2026-11-22T10:59:59Z"), "2026-11-22T11:00:00Z");
    }
}
