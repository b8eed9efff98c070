//! Fields that take one of a few names.

use crate::domain::{CapacityUnit, Condition, Deadline};
use crate::orchestrate::event::value::{Field, Parsed};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use std::borrow::Cow;

/// One of a few names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<T>(pub T);

/// A type whose values have names.
pub(crate) trait Named: Copy + 'static {
    const SCHEMA: &'static str;
    fn all() -> &'static [Self];
    fn name(self) -> &'static str;
}

impl<'de, T: Named> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Name<T>, D::Error> {
        let find = |text: &str| T::all().iter().copied().find(|known| known.name() == text);
        from.deserialize_str(Parsed("one of the known names", |text: &str| find(text).map(Name)))
    }
}

impl<T: Named> Serialize for Name<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0.name())
    }
}

impl<T: Named> Field for Name<T> {
    fn accepts() -> String {
        let names: Vec<&str> = T::all().iter().map(|known| known.name()).collect();
        format!("one of {}", names.join(", "))
    }
}

impl<T: Named> JsonSchema for Name<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::SCHEMA.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = T::all().iter().map(|known| known.name()).collect();
        json!({ "type": "string", "enum": names }).try_into().unwrap_or_default()
    }
}

macro_rules! named {
    ($($type:ident: $($value:ident $name:literal),*;)*) => {$(
        impl Named for $type {
            const SCHEMA: &'static str = stringify!($type);

            fn all() -> &'static [$type] {
                &[$($type::$value),*]
            }

            fn name(self) -> &'static str {
                match self {
                    $($type::$value => $name,)*
                }
            }
        }
    )*};
}

named! {
    CapacityUnit: Units "units", Lines "lines", Shipments "shipments", Minutes "minutes";
    Condition: New "new", Used "used", Damaged "damaged";
    Deadline: Hard "hard", Soft "soft";
    JourneyKind: Ship "ship", Pickup "pickup";
    PlannerCause: Unfillable "unfillable", DateAtRisk "date_at_risk";
    Resolution: Release "release", Hold "hold", Cancel "cancel", Dismiss "dismiss";
}

/// How the customer gets an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JourneyKind {
    Ship,
    Pickup,
}

/// What the planner finds to stop a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlannerCause {
    /// No plan serves it.
    Unfillable,
    /// No plan serves it in time.
    DateAtRisk,
}

/// What is done about an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Resolution {
    /// The units are open again, the order goes on.
    Release,
    /// The order waits.
    Hold,
    /// The units are cancelled.
    Cancel,
    /// Nothing: it has been seen.
    Dismiss,
}

impl Resolution {
    /// Its name in events and views.
    pub fn name(self) -> &'static str {
        Named::name(self)
    }
}
