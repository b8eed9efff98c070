//! Events: what happened, as it is written in a file of JSON Lines and kept in the log.
//!
//! An event is one JSON object on a line: `id`, `at` (RFC 3339), `event` (its kind) and the fields
//! of the kind, which `kinds` declares. An [`Event`] is well-formed; whether it agrees with what
//! happened before is for the state to say.

mod kinds;
mod page;
mod read;
mod schema;
mod spec;
mod validate;
mod value;

pub use kinds::*;
pub use page::event_page;
pub use read::{EventFile, read_event_file, read_events};
pub use schema::event_schema;
pub use value::{
    Amount, Count, CountFromOne, Date, Dates, Difference, Factor, JourneyKind, Km, Latitude,
    Longitude, Moment, Name, Nodes, PlannerCause, Resolution, SignedAmount, Text, Units, Work,
};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The fields that every event has.
const HEAD: [&str; 3] = ["id", "at", "event"];

/// The name of the kind at a place in the list of kinds.
pub(crate) fn kind_name(index: u8) -> &'static str {
    KINDS.get(usize::from(index)).map_or("", |kind| kind.name)
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Unique in a log: an event whose id is there already does nothing.
    pub id: Text,
    pub at: Moment,
    pub change: Change,
}

/// Why a text is not an event.
#[derive(Debug, thiserror::Error)]
#[error("is not an event: {0}")]
pub struct EventError(#[from] serde_json::Error);

impl Event {
    /// The name of its kind.
    pub fn kind(&self) -> &'static str {
        self.change.kind()
    }

    /// Reads one event from its JSON text.
    ///
    /// # Errors
    /// When the text is not a JSON object with exactly the fields of its kind; the first fault only:
    /// [`read_events`] finds all.
    pub fn from_json(text: &str) -> Result<Event, EventError> {
        /// The kind decides how the other fields are read, so it is looked for first.
        #[derive(Deserialize)]
        struct Kind<'a> {
            #[serde(borrow)]
            event: Cow<'a, str>,
        }
        let kind: Kind<'_> = serde_json::from_str(text)?;
        let mut from = serde_json::Deserializer::from_str(text);
        let event = from.deserialize_map(OfKind(&kind.event))?;
        from.end()?;
        Ok(event)
    }

    /// Its JSON text on one line: `id`, `at`, `event`, then the fields in the order of its kind.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Written<'a> {
            id: &'a Text,
            at: &'a Moment,
            event: &'static str,
            #[serde(flatten)]
            change: &'a Change,
        }
        let written =
            Written { id: &self.id, at: &self.at, event: self.kind(), change: &self.change };
        // Texts, numbers and arrays of them always have a JSON form.
        serde_json::to_string(&written).unwrap_or_default()
    }
}

/// Reads an object as an event of a kind.
struct OfKind<'k>(&'k str);

impl<'de> Visitor<'de> for OfKind<'_> {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Event, M::Error> {
        let mut head = Head { id: None, at: None, has_kind: false };
        let change = Change::read(self.0, Fields { map: &mut map, head: &mut head })
            .unwrap_or_else(|| Err(M::Error::custom(format_args!("unknown kind `{}`", self.0))))?;
        let id = head.id.ok_or_else(|| M::Error::missing_field("id"))?;
        let at = head.at.ok_or_else(|| M::Error::missing_field("at"))?;
        Ok(Event { id, at, change })
    }
}

/// What an event has besides the fields of its kind.
struct Head {
    id: Option<Text>,
    at: Option<Moment>,
    has_kind: bool,
}

impl Head {
    /// Takes the value of a field of the head.
    fn take<'de, M: MapAccess<'de>>(&mut self, name: &str, map: &mut M) -> Result<(), M::Error> {
        let was_there = match name {
            "id" => self.id.replace(map.next_value()?).is_some(),
            "at" => self.at.replace(map.next_value()?).is_some(),
            _ => {
                map.next_value::<serde::de::IgnoredAny>()?;
                std::mem::replace(&mut self.has_kind, true)
            }
        };
        if was_there {
            return Err(M::Error::custom(format_args!("duplicate field `{name}`")));
        }
        Ok(())
    }
}

/// The fields of an object without those of the head, which are taken on the way.
struct Fields<'m, M> {
    map: &'m mut M,
    head: &'m mut Head,
}

#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Fields<'_, M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, M::Error> {
        while let Some(Key(name)) = self.map.next_key::<Key<'de>>()? {
            if HEAD.contains(&name.as_ref()) {
                self.head.take(&name, self.map)?;
            } else {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, M::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICKED: &str = r#"{"event":"line_picked","quantity":2,"id":"e1","order_id":"H1","line":"1","at":"2026-11-30T10:00:00-05:00"}"#;

    #[test]
    fn an_event_is_read_whatever_the_order_of_its_fields_and_written_in_its_own() {
        let event = Event::from_json(PICKED).unwrap();
        assert_eq!((event.kind(), &*event.id), ("line_picked", "e1"));
        assert_eq!(event.at.date().to_string(), "2026-11-30");
        let Change::LinePicked(picked) = &event.change else { panic!("{event:?}") };
        assert_eq!((picked.quantity, &picked.node_id), (Some(Units(2)), &None));
        let written = event.to_json();
        assert_eq!(
            written,
            r#"{"id":"e1","at":"2026-11-30T10:00:00-05:00","event":"line_picked","order_id":"H1","line":"1","quantity":2}"#
        );
        assert_eq!(Event::from_json(&written).unwrap(), event);
    }

    #[test]
    fn the_date_is_that_of_the_offset_written() {
        let late = PICKED.replace("10:00:00-05:00", "23:30:00-05:00");
        let event = Event::from_json(&late).unwrap();
        assert_eq!(event.at.instant.to_string(), "2026-12-01T04:30:00Z");
        assert_eq!(event.at.date().to_string(), "2026-11-30");
    }

    /// The log keeps an event as it is written: read back it has to be the same.
    #[test]
    fn what_is_read_is_what_is_read_from_the_log_again() {
        let event = |at: &str, date: &str| {
            Event::from_json(&format!(
                r#"{{"id":"e","at":"{at}","event":"inbound_delayed","inbound_id":"i","date":"{date}"}}"#
            ))
        };
        let (at, date) = ("2026-11-30T10:00:00-05:00", "2026-12-01");
        for (at, date) in [
            (at, "0000-01-01"),
            (at, "9909-12-08"),
            (at, "9999-12-31"),
            ("2026-11-30T10:00:00.123456789+05:45", date),
            ("2026-11-30T10:00Z", date),
            ("0000-01-01T00:00:00+23:59", date),
        ] {
            let read = event(at, date).unwrap();
            assert_eq!(Event::from_json(&read.to_json()).unwrap(), read, "{at} {date}");
        }
        for (at, date) in [
            (at, "-999-01-01"),
            (at, "+026-01-01"),
            (at, "2026-1-001"),
            ("2026-11-30T10:00:00+05:45:30", date),
        ] {
            assert!(event(at, date).is_err(), "{at} {date}");
        }
    }

    #[test]
    fn amounts_are_exact_as_numbers_and_as_text() {
        let price = |amount: &str| {
            let text = format!(
                r#"{{"id":"e","at":"2026-11-30T10:00:00Z","event":"price_changed","sku":"a","unit_price":{amount}}}"#
            );
            match Event::from_json(&text).map(|event| event.change) {
                Ok(Change::PriceChanged(change)) => Some(change.unit_price.0.0),
                _ => None,
            }
        };
        assert_eq!(price("0.1"), Some(100_000_000));
        assert_eq!(price("\"0.1\""), Some(100_000_000));
        assert_eq!(price("12"), Some(12_000_000_000));
        assert_eq!(price("-1"), None);
        assert_eq!(price("\"1,5\""), None);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for bad in [
            PICKED.replace("line_picked", "line_pickled"),
            PICKED.replace("\"quantity\"", "\"units\""),
            PICKED.replace("2,", "0,"),
            PICKED.replace("\"id\"", "\"at\""),
            PICKED.replace("-05:00", ""),
            format!("{PICKED} x"),
            "[]".to_owned(),
        ] {
            assert!(Event::from_json(&bad).is_err(), "{bad}");
        }
    }
}
