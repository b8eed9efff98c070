//! Fields that are numbers: exact decimals, counts and places on the earth.

use crate::orchestrate::event::value::described;
use crate::units::{Decimal, parse_fixed};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Reads a number, or a text of one, with nine decimal places, exactly.
struct Exact {
    least: i64,
    most: i64,
    accepts: &'static str,
}

impl Exact {
    fn check<E: Error>(&self, value: Option<i64>) -> Result<Decimal, E> {
        let value = value.filter(|value| (self.least..=self.most).contains(value));
        value.map(Decimal).ok_or_else(|| E::custom(format_args!("is not {}", self.accepts)))
    }
}

impl Visitor<'_> for Exact {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.accepts)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Decimal, E> {
        self.check(i64::try_from(value).ok().and_then(|value| value.checked_mul(Decimal::SCALE)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Decimal, E> {
        self.check(value.checked_mul(Decimal::SCALE))
    }

    /// A double stands for its shortest decimal form, as in the tables of a wave.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Decimal, E> {
        self.check(parse_fixed(&value.to_string(), Decimal::PLACES).ok())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        self.check(parse_fixed(text, Decimal::PLACES).ok())
    }
}

/// Exact decimals: the type, its range, and what it accepts. They are written as text.
macro_rules! decimals {
    ($($(#[$doc:meta])* $name:ident $least:expr, $most:expr, $accepts:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub Decimal);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                let scale = Decimal::SCALE;
                let exact =
                    Exact { least: $least * scale, most: $most * scale, accepts: $accepts };
                from.deserialize_any(exact).map($name)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        described! {
            $name $accepts
            {
                "type": ["string", "number"], "pattern": r"^-?[0-9]*\.?[0-9]*$",
                "minimum": $least, "maximum": $most
            }
        }
    )*};
}

decimals! {
    /// An amount in the currency of the wave, with at most its decimal places.
    Amount 0, 1_000_000_000, "an amount of money from 0 to 1000000000";
    /// An amount that may be negative.
    SignedAmount -1_000_000_000, 1_000_000_000,
        "an amount of money from -1000000000 to 1000000000";
    /// Work that a node takes.
    Work 0, 1_000_000_000, "a number from 0 to 1000000000";
    /// The importance of an order.
    Factor 0, 1_000_000, "a number from 0 to 1000000";
}

/// Numbers within a range: the type, what it is a number of, its range, and what it accepts.
macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($inner:ty) $kind:literal $least:expr, $most:expr, $accepts:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
        pub struct $name(pub $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                let value = <$inner>::deserialize(from)?;
                if ($least..=$most).contains(&value) {
                    Ok($name(value))
                } else {
                    Err(D::Error::custom(concat!("is not ", $accepts)))
                }
            }
        }

        described! {
            $name $accepts
            { "type": $kind, "minimum": $least, "maximum": $most }
        }
    )*};
}

numbers! {
    /// Units of an item.
    Units(u32) "integer" 1, 100_000, "a whole number from 1 to 100000";
    /// Stock and limits.
    Count(u32) "integer" 0, 1_000_000_000, "a whole number from 0 to 1000000000";
    /// A limit that lets something through.
    CountFromOne(u32) "integer" 1, 1_000_000_000, "a whole number from 1 to 1000000000";
    /// Units that came or went.
    Difference(i32) "integer" -1_000_000_000, 1_000_000_000,
        "a whole number from -1000000000 to 1000000000";
    Latitude(f64) "number" -90.0, 90.0, "degrees from -90 to 90";
    Longitude(f64) "number" -180.0, 180.0, "degrees from -180 to 180";
    Km(f64) "number" 0.0, 1e6, "a distance in km from 0 to 1000000";
}
