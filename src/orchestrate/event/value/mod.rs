//! The types of an event's fields: what each accepts, and how it is written.
//!
//! Reading is exact and strict: a value that is not of its type is a fault, never bent to fit.

mod names;
mod numbers;

pub use names::{JourneyKind, Name, PlannerCause, Resolution};
pub use numbers::{
    Amount, Count, CountFromOne, Difference, Factor, Km, Latitude, Longitude, SignedAmount, Units,
    Work,
};

use crate::time::Day;
use jiff::Timestamp;
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;
use std::ops::Deref;

/// The type of a field.
pub(crate) trait Field: DeserializeOwned {
    /// What the field accepts, in words.
    fn accepts() -> String;

    /// Finds what is wrong with a value: the path to it below `path`, and what is accepted there.
    fn faults(value: &Value, path: &str, faults: &mut Vec<Fault>) {
        if Self::deserialize(value).is_err() {
            faults.push(Fault::value(path, value, &Self::accepts()));
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The field, such as `lines[0].sku`.
    pub(crate) path: String,
    pub(crate) what: Wrong,
}

/// How a field is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It must be there; what it accepts.
    Missing(String),
    /// No such field; the nearest known one.
    Unknown(Option<&'static str>),
    /// Not a value of its type: the value as it is written, and what is accepted.
    Value(String, String),
}

impl Fault {
    pub(crate) fn value(path: &str, value: &Value, accepts: &str) -> Fault {
        let shown = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Fault { path: path.to_owned(), what: Wrong::Value(shown, accepts.to_owned()) }
    }
}

/// Reads a text through `parse`.
struct Parsed<T, F: FnOnce(&str) -> Option<T>>(&'static str, F);

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for Parsed<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let expected = self.0;
        (self.1)(text).ok_or_else(|| E::custom(format_args!("is not {expected}")))
    }
}

/// Says what a type of fields accepts, in words and as a schema.
macro_rules! described {
    ($name:ident $accepts:literal $schema:tt) => {
        impl $crate::orchestrate::event::value::Field for $name {
            fn accepts() -> String {
                $accepts.to_owned()
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
use described;

/// Types that are written as text: the type, what it accepts, its schema, and how it is read.
macro_rules! texts {
    ($($name:ident $accepts:literal $schema:tt = $parse:expr;)*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                from.deserialize_str(Parsed($accepts, $parse))
            }
        }

        described! { $name $accepts $schema }
    )*};
}

texts! {
    Text "text in quotes that is not empty" { "type": "string", "minLength": 1 } =
        |text| (!text.is_empty()).then(|| Text(text.into()));
    Date "a date such as 2026-11-23" { "type": "string", "format": "date" } =
        |text| day(text).map(Date);
    Nodes "nodes with > between them" { "type": "string", "minLength": 1 } =
        |text| parts(text, |part| (!part.is_empty()).then(|| Text(part.into()))).map(Nodes);
    Dates "dates with > between them" { "type": "string" } =
        |text| match text {
            "" => Some(Dates(Vec::new())),
            _ => parts(text, day).map(Dates),
        };
}

/// A date with a year of four digits: others are written in another way than they are read.
fn day(text: &str) -> Option<Day> {
    let is_plain = text.len() == 10 && text.starts_with(|first: char| first.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

/// The parts of a text between the marks of a route, each read.
fn parts<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(crate::domain::ROUTE_MARK).map(read).collect()
}

/// A text with something in it: an id, a name or a remark.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text(pub Box<str>);

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(text.into())
    }
}

/// An instant with the offset that it is written with, which says what the date was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub instant: Timestamp,
    pub offset: Offset,
}

impl Moment {
    /// Reads RFC 3339, whose offsets are whole minutes: others could not be written again.
    pub fn parse(text: &str) -> Option<Moment> {
        let pieces = Pieces::parse(text).ok()?;
        let offset = pieces.to_numeric_offset().filter(|offset| offset.seconds() % 60 == 0)?;
        let local = pieces.date().to_datetime(pieces.time()?);
        Some(Moment { instant: offset.to_timestamp(local).ok()?, offset })
    }

    /// The date where it was written.
    pub fn date(self) -> Day {
        Day::from(self.offset.to_datetime(self.instant).date())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.instant.display_with_offset(self.offset), f)
    }
}

impl From<&jiff::Zoned> for Moment {
    fn from(zoned: &jiff::Zoned) -> Moment {
        Moment { instant: zoned.timestamp(), offset: zoned.offset() }
    }
}

impl Moment {
    /// The same, as a time of `jiff` with a fixed offset.
    pub fn zoned(self) -> jiff::Zoned {
        self.instant.to_zoned(TimeZone::fixed(self.offset))
    }
}

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub Day);

/// The nodes of a route, its source first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nodes(pub Vec<Text>);

/// The dates on which a route departs, one a lane; none without lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates(pub Vec<Day>);

impl fmt::Display for Nodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|node| &**node).collect::<Vec<_>>().join(">"))
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(Day::to_string).collect::<Vec<_>>().join(">"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

macro_rules! written_as_text {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    )*};
}
written_as_text! { Date Nodes Dates }

/// As RFC 3339 for people; seconds, nanoseconds and offset where the format is not for them.
impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return to.collect_str(self);
        }
        let parts =
            (self.instant.as_second(), self.instant.subsec_nanosecond(), self.offset.seconds());
        parts.serialize(to)
    }
}

described! {
    Moment "an instant with an offset such as 2026-11-23T06:00:00-05:00"
    { "type": "string", "format": "date-time" }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        if from.is_human_readable() {
            let expected = "an instant with an offset such as 2026-11-23T06:00:00-05:00";
            return from.deserialize_str(Parsed(expected, Moment::parse));
        }
        let (second, nanosecond, offset) = Deserialize::deserialize(from)?;
        Ok(Moment {
            instant: Timestamp::new(second, nanosecond).map_err(D::Error::custom)?,
            offset: Offset::from_seconds(offset).map_err(D::Error::custom)?,
        })
    }
}

impl Field for bool {
    fn accepts() -> String {
        "true or false".to_owned()
    }
}
