//! What a sweep varies: `costs.split_cost=0:10:1`, from 0 to 10 in steps of 1, or values by name.

use crate::ingest::{SettingError, check_setting};
use crate::units::{Decimal, parse_fixed};
use std::str::FromStr;

/// The most values of one setting.
const MOST: i64 = 10_000;

/// A setting and the values that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    /// Section and key, such as `costs.split_cost`.
    pub setting: String,
    /// In their sequence, each once.
    pub values: Vec<Decimal>,
}

/// Why a text does not say what to vary.
#[derive(Debug, thiserror::Error)]
pub enum VaryError {
    #[error(
        "{0:?} does not say what to vary: write SETTING=START:STOP:STEP or SETTING=VALUE,VALUE"
    )]
    Form(String),
    #[error("{text:?} is not a number with at most nine decimal places")]
    Number { text: String },
    #[error("the step of {0} must be above 0")]
    Step(String),
    #[error("{setting} goes from {start} to {stop}, which is less")]
    Backwards { setting: String, start: String, stop: String },
    #[error("{setting} takes {count} values, more than {MOST}")]
    TooMany { setting: String, count: i64 },
    #[error("{setting} takes the value {value} twice")]
    Twice { setting: String, value: String },
    #[error(transparent)]
    Setting(#[from] SettingError),
}

impl FromStr for Vary {
    type Err = VaryError;

    fn from_str(text: &str) -> Result<Vary, VaryError> {
        let form = || VaryError::Form(text.to_owned());
        let (setting, values) = text.split_once('=').ok_or_else(form)?;
        let setting = setting.trim();
        check_setting(setting)?;
        let parts: Vec<&str> = values.split(':').collect();
        let values = match parts[..] {
            [list] if !list.trim().is_empty() => {
                list.split(',').map(number).collect::<Result<Vec<_>, _>>()?
            }
            [start, stop, step] => range(setting, start, stop, step)?,
            _ => return Err(form()),
        };
        let mut sorted = values.clone();
        sorted.sort();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let value = pair[0].to_f64().to_string();
            return Err(VaryError::Twice { setting: setting.to_owned(), value });
        }
        Ok(Vary { setting: setting.to_owned(), values })
    }
}

fn number(text: &str) -> Result<Decimal, VaryError> {
    let text = text.trim();
    let value = parse_fixed(text, Decimal::PLACES);
    value.map(Decimal).map_err(|_| VaryError::Number { text: text.to_owned() })
}

/// From start to stop, the stop included where a step ends there.
fn range(setting: &str, start: &str, stop: &str, step: &str) -> Result<Vec<Decimal>, VaryError> {
    let (first, last, by) = (number(start)?, number(stop)?, number(step)?);
    let setting = setting.to_owned();
    if by <= Decimal::ZERO {
        return Err(VaryError::Step(setting));
    }
    if last < first {
        let (start, stop) = (start.to_owned(), stop.to_owned());
        return Err(VaryError::Backwards { setting, start, stop });
    }
    // In wide integers: the ends may lie as far apart as numbers go.
    let steps = (i128::from(last.0) - i128::from(first.0)) / i128::from(by.0);
    let count = i64::try_from(steps + 1).unwrap_or(i64::MAX);
    if count > MOST {
        return Err(VaryError::TooMany { setting, count });
    }
    Ok((0..count).map(|step| Decimal(first.0 + step * by.0)).collect())
}

/// Every combination of values, the last setting varying fastest.
pub fn grid(varies: &[Vary]) -> Vec<Vec<Decimal>> {
    let mut points = vec![Vec::new()];
    for vary in varies {
        let longer = |point: &Vec<Decimal>| {
            let point = point.clone();
            vary.values.iter().map(move |value| [&point[..], &[*value]].concat())
        };
        points = points.iter().flat_map(longer).collect();
    }
    points
}

/// The sequence in which to plan the points of a grid: forth and back, so that each point differs
/// from the one before in one setting by one step.
pub(super) fn forth_and_back(varies: &[Vary]) -> Vec<usize> {
    let fastest = varies.last().map_or(1, |vary| vary.values.len()).max(1);
    let rows = varies.iter().rev().skip(1).map(|vary| vary.values.len()).product::<usize>();
    let row = |row: usize| {
        let (start, end) = (row * fastest, (row + 1) * fastest);
        let step = move |at: usize| if row.is_multiple_of(2) { start + at } else { end - 1 - at };
        (0..fastest).map(step)
    };
    (0..rows).flat_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<f64> {
        let vary: Vary = text.parse().unwrap();
        vary.values.into_iter().map(Decimal::to_f64).collect()
    }

    #[test]
    fn ranges_and_lists_are_read() {
        assert_eq!(values("costs.split_cost=0:3:1"), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(values("costs.split_cost=0.1:0.45:0.1"), [0.1, 0.2, 0.3, 0.4]);
        assert_eq!(values("weights.carbon=2:2:1"), [2.0]);
        assert_eq!(values("costs.late_cost = 5, 0.5,50"), [5.0, 0.5, 50.0]);
    }

    #[test]
    fn what_cannot_be_varied_is_refused_with_its_reason() {
        let cases = [
            ("costs.split_cost", "does not say what to vary"),
            ("costs.split_cost=", "does not say what to vary"),
            ("costs.split_cost=1:2", "does not say what to vary"),
            ("costs.split_cost=a:2:1", "\"a\" is not a number"),
            ("costs.split_cost=0:2:0", "must be above 0"),
            ("costs.split_cost=3:2:1", "from 3 to 2, which is less"),
            ("costs.split_cost=0:1000000:1", "takes 1000001 values"),
            ("costs.split_cost=1,2,1.0", "takes the value 1 twice"),
            ("costs.spilt_cost=0:1:1", "no model has the numeric setting \"costs.spilt_cost\""),
        ];
        for (text, why) in cases {
            let error = text.parse::<Vary>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn neighbours_are_planned_one_after_the_other() {
        let one: Vary = "costs.split_cost=0:2:1".parse().unwrap();
        let two: Vary = "costs.late_cost=0:1:1".parse().unwrap();
        assert_eq!(forth_and_back(std::slice::from_ref(&one)), [0, 1, 2]);
        let varies = [one, two];
        let order = forth_and_back(&varies);
        assert_eq!(order, [0, 1, 3, 2, 4, 5]);
        let points = grid(&varies);
        assert_eq!(points.len(), 6);
        for pair in order.windows(2) {
            let (a, b) = (&points[pair[0]], &points[pair[1]]);
            assert_eq!(a.iter().zip(b).filter(|(a, b)| a != b).count(), 1, "{a:?} {b:?}");
        }
    }
}
