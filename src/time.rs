//! Dates and weekdays. A [`Day`] is a calendar date without a zone; instants are `jiff` types.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A calendar date, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    /// Later than every date of a wave: the end of an exclusion without `until`.
    pub const NEVER: Day = Day(i32::MAX);

    pub fn plus(self, days: u32) -> Day {
        Day(self.0 + days as i32)
    }

    /// Calendar days from `earlier` to this day; negative when this day is before it.
    pub fn days_since(self, earlier: Day) -> i64 {
        self.0 as i64 - earlier.0 as i64
    }

    /// 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        (self.0 as i64 + 3).rem_euclid(7) as usize
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Day {
        let epoch = Date::constant(1970, 1, 1);
        Day(date.since(epoch).map_or(i32::MAX, |span| span.get_days()))
    }
}

impl From<Day> for Date {
    fn from(day: Day) -> Date {
        // The most days that a span has, which lead beyond either end of the calendar.
        const MOST: i32 = 7_304_484;
        let epoch = Date::constant(1970, 1, 1);
        epoch.saturating_add(jiff::Span::new().days(day.0.clamp(-MOST, MOST)))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Date::from(*self), f)
    }
}

impl std::str::FromStr for Day {
    type Err = jiff::Error;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Day, jiff::Error> {
        let date = Date::strptime("%Y-%m-%d", text)?;
        Ok(Day::from(date))
    }
}

/// A set of weekdays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Weekdays(u8);

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Weekdays {
    pub const DAILY: Weekdays = Weekdays::first(7);

    /// The first `days` days of the week from Monday on, at most all seven.
    pub const fn first(days: u32) -> Weekdays {
        Weekdays(if days < 7 { (1 << days) - 1 } else { 0b111_1111 })
    }

    pub fn contains(self, day: Day) -> bool {
        self.0 & (1 << day.weekday()) != 0
    }

    /// Reads `daily`, a range (`mon-fri`, `fri-mon`) or a comma list of days and ranges.
    ///
    /// Returns nothing when the text is not one of these.
    pub fn parse(text: &str) -> Option<Weekdays> {
        if text == "daily" {
            return Some(Weekdays::DAILY);
        }
        let index = |name: &str| NAMES.iter().position(|known| *known == name);
        let mut set = 0_u8;
        for part in text.split(',') {
            let part = part.trim();
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            let (mut at, last) = (index(from.trim())?, index(to.trim())?);
            loop {
                set |= 1 << at;
                if at == last {
                    break;
                }
                at = (at + 1) % 7;
            }
        }
        Some(Weekdays(set))
    }

    /// The `n`-th day of this set after `day`; `day` itself for `n = 0`.
    pub fn nth_after(self, day: Day, n: u32) -> Day {
        let mut at = day;
        let mut left = n;
        while left > 0 {
            at = at.plus(1);
            if self.contains(at) {
                left -= 1;
            }
        }
        at
    }
}

impl From<Weekday> for Weekdays {
    fn from(day: Weekday) -> Weekdays {
        Weekdays(1 << (day.to_monday_zero_offset() as u8))
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Weekdays::DAILY {
            return f.write_str("daily");
        }
        let names: Vec<&str> = NAMES
            .iter()
            .enumerate()
            .filter(|(i, _)| self.0 & (1 << i) != 0)
            .map(|(_, n)| *n)
            .collect();
        f.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_convert_both_ways() {
        let day: Day = "2026-11-23".parse().unwrap();
        assert_eq!(day.to_string(), "2026-11-23");
        assert_eq!(day.weekday(), 0, "a Monday");
        assert_eq!(day.plus(6).weekday(), 6);
        assert!("2026-02-30".parse::<Day>().is_err());
        assert_eq!("1969-12-31".parse::<Day>().unwrap(), Day(-1));
        // Far dates are what feeds write for ever, and for never.
        for text in ["0001-01-01", "1899-12-31", "9909-12-08", "9999-12-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        assert_eq!(Day::NEVER.to_string(), "9999-12-31");
    }

    #[test]
    fn weekdays_are_read_as_daily_ranges_and_lists() {
        let monday: Day = "2026-11-23".parse().unwrap();
        let week = Weekdays::parse("mon-fri").unwrap();
        assert!(week.contains(monday) && !week.contains(monday.plus(5)));
        assert_eq!(Weekdays::parse("mon,wed,sat").unwrap().to_string(), "mon,wed,sat");
        assert_eq!(Weekdays::parse("daily"), Some(Weekdays::DAILY));
        assert_eq!(Weekdays::first(5), week);
        assert_eq!(Weekdays::first(7), Weekdays::DAILY);
        assert_eq!(Weekdays::parse("fri-mon").unwrap().to_string(), "mon,fri,sat,sun");
        assert_eq!(Weekdays::parse("monday"), None);
    }

    #[test]
    fn the_nth_operating_day_skips_days_off() {
        let friday: Day = "2026-11-27".parse().unwrap();
        let week = Weekdays::parse("mon-fri").unwrap();
        assert_eq!(week.nth_after(friday, 1).to_string(), "2026-11-30");
        assert_eq!(week.nth_after(friday.plus(1), 0), friday.plus(1));
    }
}
