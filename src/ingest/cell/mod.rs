//! The types of cells: what each accepts, and how its text becomes a value.

use crate::diagnostics::{Code, codes};
use crate::domain::{CapacityUnit, Condition, Deadline, Level, NodeKind};
use crate::ingest::nearest::nearest;
use crate::tables::{Cell, Kind};
use crate::time::{Day, Weekdays};
use crate::units::{self, FixedError, Length, parse_fixed};
use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// What reading a cell depends on besides the cell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// Decimal places of the wave's currency.
    pub(crate) minor_digits: u32,
}

/// Why a cell is not a value of its column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) code: &'static Code,
    pub(crate) cause: String,
    pub(crate) action: String,
}

impl Fault {
    fn new(code: &'static Code, cause: impl Into<String>, action: impl Into<String>) -> Fault {
        Fault { code, cause: cause.into(), action: action.into() }
    }
}

/// The type of a column's cells.
pub(crate) trait CellType {
    type Value<'a>;
    /// The name of the type in the format's description.
    const NAME: &'static str;

    /// What the type accepts, in words.
    fn accepts() -> String;

    /// Whether a column of a file may hold this type.
    fn fits(kind: &Kind) -> bool;

    /// Reads a cell that is not empty.
    fn parse<'a>(cell: Cell<'a>, context: &Context) -> Result<Self::Value<'a>, Fault>;
}

fn text_of<'a>(cell: Cell<'a>, accepts: &str) -> Result<&'a str, Fault> {
    match cell {
        Cell::Text(text) => Ok(text),
        _ => Err(not_a(accepts)),
    }
}

fn not_a(accepts: &str) -> Fault {
    Fault::new(&codes::E0206, format!("is not {accepts}"), format!("write {accepts}"))
}

fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Empty | Kind::Text | Kind::Int | Kind::Float | Kind::Decimal)
}

fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Empty | Kind::Text)
}

/// A number as an integer with implied decimal places, exactly.
pub(crate) fn fixed(cell: Cell<'_>, places: u32) -> Result<i64, FixedError> {
    let scaled = |value: i128, from: u32| {
        let (up, down) = (places.saturating_sub(from), from.saturating_sub(places));
        let divisor = 10_i128.checked_pow(down).ok_or(FixedError::TooLarge)?;
        if value % divisor != 0 {
            return Err(FixedError::TooManyPlaces(places));
        }
        let factor = 10_i128.checked_pow(up).ok_or(FixedError::TooLarge)?;
        let value = (value / divisor).checked_mul(factor).ok_or(FixedError::TooLarge)?;
        i64::try_from(value).map_err(|_| FixedError::TooLarge)
    };
    match cell {
        Cell::Text(text) => parse_fixed(text, places),
        Cell::Int(value) => scaled(i128::from(value), 0),
        Cell::Decimal(value, from) => scaled(value, from),
        Cell::Float(value) => fixed_double(value, places),
        _ => Err(FixedError::NotANumber),
    }
}

/// A double by its shortest decimal form.
fn fixed_double(value: f64, places: u32) -> Result<i64, FixedError> {
    let scale = 10_f64.powi(places as i32);
    let scaled = (value * scale).round();
    // Up to 15 digits the shortest form of a double is the only one that reads back as it.
    if scaled.abs() < 1e15 && scaled / scale == value {
        return Ok(scaled as i64);
    }
    if !value.is_finite() {
        return Err(FixedError::NotANumber);
    }
    parse_fixed(&value.to_string(), places)
}

/// The range of a number, both ends included.
struct Range {
    places: u32,
    /// Whether a fraction makes it no such number at all, rather than too precise a one.
    whole: bool,
    /// In units of the last place.
    least: i64,
    most: i64,
}

impl Range {
    fn read(&self, cell: Cell<'_>, accepts: &str) -> Result<i64, Fault> {
        let value = fixed(cell, self.places).map_err(|error| match error {
            FixedError::NotANumber => not_a(accepts),
            FixedError::TooManyPlaces(_) if self.whole => not_a(accepts),
            FixedError::TooManyPlaces(places) => Fault::new(
                &codes::E0207,
                error.to_string(),
                format!("round it to {places} decimal places"),
            ),
            FixedError::TooLarge => out_of_range(accepts),
        })?;
        if (self.least..=self.most).contains(&value) {
            Ok(value)
        } else {
            Err(out_of_range(accepts))
        }
    }
}

fn out_of_range(accepts: &str) -> Fault {
    Fault::new(&codes::E0401, format!("is out of range: {accepts}"), "correct the value")
}

/// Declares types of cells: the name in the format, what it accepts in words, which columns of a
/// file may hold it, and how a cell becomes a value.
macro_rules! cell_types {
    ($($(#[$doc:meta])* $name:ident($text:literal, $accepts:expr, $fits:expr) -> $value:ty =
        |$cell:pat_param, $context:pat_param| $parse:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl CellType for $name {
            type Value<'a> = $value;
            const NAME: &'static str = $text;

            fn accepts() -> String {
                $accepts
            }

            fn fits(kind: &Kind) -> bool {
                $fits(kind)
            }

            fn parse<'a>($cell: Cell<'a>, $context: &Context) -> Result<$value, Fault> {
                $parse
            }
        }
    )*};
}

macro_rules! text_types {
    ($($(#[$doc:meta])* $name:ident($text:literal, $accepts:literal) -> $value:ty = $parse:expr;)*) => {
        cell_types! {$(
            $(#[$doc])*
            $name($text, $accepts.to_owned(), is_text) -> $value = |cell, _| {
                $parse(text_of(cell, $accepts)?).ok_or_else(|| not_a($accepts))
            };
        )*}
    };
}

text_types! {
    /// Ids and names.
    Text("text", "text") -> &'a str = Some;
    /// A clock time; its minute counts.
    Clock("clock time", "a clock time such as 16:30") -> Time =
        |text: &str| (text.len() == 5).then(|| Time::strptime("%H:%M", text).ok()).flatten();
    Days("days", "days such as daily, mon-fri or mon,wed,sat") -> Weekdays = Weekdays::parse;
    Zone("time zone", "an IANA time zone such as America/Chicago") -> TimeZone =
        |text: &str| TimeZone::get(text).ok();
    /// Dates with spaces between them.
    Dates("dates", "dates such as 2026-11-26 2026-12-25") -> BTreeSet<Day> =
        |text: &str| text.split_whitespace().map(|date| date.parse().ok()).collect::<Option<_>>();
}

macro_rules! choices {
    ($($name:ident: $value:ty, $names:expr, $from_name:expr;)*) => {
        cell_types! {$(
            $name("name", format!("one of {}", $names.join(", ")), is_text) -> $value = |cell, _| {
                let text = text_of(cell, "text")?;
                $from_name(text).ok_or_else(|| {
                    let names: Vec<&str> = $names.into_iter().collect();
                    let action = match nearest(text, names.iter().copied()) {
                        Some(name) => format!("did you mean {name}?"),
                        None => format!("write {}", Self::accepts()),
                    };
                    Fault::new(&codes::E0208, format!("is not {}", Self::accepts()), action)
                })
            };
        )*}
    };
}

/// The journey of an order, before its place is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JourneyName {
    Ship,
    Pickup,
}

/// Reads the name of a deadline rule.
pub(crate) fn deadline_from_name(name: &str) -> Option<Deadline> {
    match name {
        "hard" => Some(Deadline::Hard),
        "soft" => Some(Deadline::Soft),
        _ => None,
    }
}

choices! {
    NodeKinds: NodeKind, NodeKind::ALL.map(NodeKind::name), NodeKind::from_name;
    CapacityUnits: CapacityUnit, CapacityUnit::ALL.map(CapacityUnit::name), CapacityUnit::from_name;
    Conditions: Condition, Condition::ALL.map(Condition::name), Condition::from_name;
    Levels: Level, Level::ALL.map(Level::name), Level::from_name;
    Deadlines: Deadline, ["hard", "soft"], deadline_from_name;
    Journeys: JourneyName, ["ship", "pickup"], |name: &str| match name {
        "ship" => Some(JourneyName::Ship),
        "pickup" => Some(JourneyName::Pickup),
        _ => None,
    };
}

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident($text:literal, $accepts:literal, $kind:ident) -> $value:ty =
        $parse:expr;)*) => {
        cell_types! {$(
            $(#[$doc])*
            $name($text, $accepts.to_owned(), |kind: &Kind| is_text(kind) || *kind == Kind::$kind)
                -> $value = |cell, _| match cell {
                    Cell::$kind(value) => Ok(value),
                    Cell::Text(text) => $parse(text).ok_or_else(|| not_a($accepts)),
                    _ => Err(not_a($accepts)),
                };
        )*}
    };
}

typed! {
    /// `true` or `false`.
    Bool("bool", "true or false", Bool) -> bool = |text: &str| text.parse().ok();
    /// A calendar date.
    Date("date", "a date such as 2026-11-23", Date) -> Day = |text: &str| text.parse().ok();
    /// An instant with its offset.
    Instant("instant", "an instant with an offset such as 2026-11-23T06:00:00-05:00", Instant)
        -> Timestamp = |text: &str| text.parse().ok();
}

mod numbers;

pub(crate) use numbers::*;

#[cfg(test)]
mod tests;
