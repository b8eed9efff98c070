//! What an event is made of: the description that drives reading, suggestions, the schema and the
//! format page.
//!
//! Each kind is declared once, by the `events!` macro: its name, fields, their types and
//! documentation, and with them the type that holds it.

use crate::ingest::nearest;
use crate::orchestrate::event::value::{Fault, Field, Wrong};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A kind of event.
#[derive(Debug)]
pub(crate) struct KindSpec {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) fields: &'static [FieldSpec],
}

/// A field of an event, or of an object in one.
#[derive(Debug)]
pub(crate) struct FieldSpec {
    pub(crate) name: &'static str,
    /// What it means where it is absent, in words; nothing where it is required.
    pub(crate) absent: Option<&'static str>,
    pub(crate) doc: &'static str,
    pub(crate) accepts: fn() -> String,
    pub(crate) faults: fn(&Value, &str, &mut Vec<Fault>),
}

impl FieldSpec {
    /// A field of a type.
    pub(crate) const fn of<T: Field>(
        name: &'static str,
        absent: Option<&'static str>,
        doc: &'static str,
    ) -> FieldSpec {
        FieldSpec { name, absent, doc, accepts: T::accepts, faults: T::faults }
    }
}

/// An object with described fields.
pub(crate) trait Record: DeserializeOwned {
    const FIELDS: &'static [FieldSpec];
}

/// Finds every field of an object that is missing, unknown or wrong. `head` are fields that belong
/// to whatever holds the object.
pub(crate) fn faults(
    object: &Map<String, Value>,
    fields: &[FieldSpec],
    head: &[&str],
    path: &str,
    faults: &mut Vec<Fault>,
) {
    for (name, value) in object {
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            if !head.contains(&name.as_str()) {
                let near = nearest(name, fields.iter().map(|field| field.name));
                faults.push(Fault { path: format!("{path}{name}"), what: Wrong::Unknown(near) });
            }
            continue;
        };
        if !(value.is_null() && field.absent.is_some()) {
            (field.faults)(value, &format!("{path}{name}"), faults);
        }
    }
    let missing = fields.iter().filter(|field| field.absent.is_none());
    for field in missing.filter(|field| !object.contains_key(field.name)) {
        let path = format!("{path}{}", field.name);
        faults.push(Fault { path, what: Wrong::Missing((field.accepts)()) });
    }
}

impl<T: Record> Field for Vec<T> {
    fn accepts() -> String {
        "an array of objects, at least one".to_owned()
    }

    fn faults(value: &Value, path: &str, faults: &mut Vec<Fault>) {
        let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
            faults.push(Fault::value(path, value, &Self::accepts()));
            return;
        };
        for (index, item) in items.iter().enumerate() {
            let place = format!("{path}[{index}]");
            match item.as_object() {
                Some(object) => self::faults(object, T::FIELDS, &[], &format!("{place}."), faults),
                None => faults.push(Fault::value(&place, item, "an object")),
            }
        }
    }
}

/// Declares objects: their types and the descriptions of their fields.
macro_rules! records {
    ($(
        #[doc = $record_doc:literal]
        $record:ident {
            $($field:ident: $type:ty, $presence:ident $(($absent:literal))?, $doc:literal;)*
        }
    )*) => {$(
        #[doc = $record_doc]
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $record {
            $(
                #[doc = $doc]
                $(
                    #[doc = concat!("Absent: ", $absent, ".")]
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                )?
                pub $field: $crate::orchestrate::event::spec::held!($presence $type),
            )*
        }

        impl $crate::orchestrate::event::spec::Record for $record {
            const FIELDS: &'static [$crate::orchestrate::event::spec::FieldSpec] =
                &[$($crate::orchestrate::event::spec::FieldSpec::of::<$type>(
                    stringify!($field),
                    $crate::orchestrate::event::spec::absent!($($absent)?),
                    $doc,
                )),*];
        }
    )*};
}

macro_rules! held {
    (required $type:ty) => {
        $type
    };
    (optional $type:ty) => {
        Option<$type>
    };
}

macro_rules! absent {
    () => {
        None
    };
    ($words:literal) => {
        Some($words)
    };
}

/// Declares the kinds of events: a type each, what holds any of them, and how one is read by the
/// name of its kind.
macro_rules! events {
    ($(
        #[doc = $doc:literal]
        $kind:ident $name:literal { $($fields:tt)* }
    )*) => {
        $crate::orchestrate::event::spec::records! {$(
            #[doc = $doc]
            $kind { $($fields)* }
        )*}

        /// What happened.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Change {
            $(#[doc = $doc] $kind($kind),)*
        }

        impl Change {
            /// The name of its kind.
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Change::$kind(_) => $name,)*
                }
            }

            /// The place of its kind in the list of kinds.
            pub(crate) fn index(&self) -> u8 {
                enum Place {
                    $($kind),*
                }
                match self {
                    $(Change::$kind(_) => Place::$kind as u8,)*
                }
            }

            /// Reads the fields of a kind; nothing where there is no such kind.
            pub(crate) fn read<'de, M: serde::de::MapAccess<'de>>(
                kind: &str,
                fields: M,
            ) -> Option<Result<Change, M::Error>> {
                let from = serde::de::value::MapAccessDeserializer::new(fields);
                match kind {
                    $($name => Some(<$kind as serde::Deserialize>::deserialize(from).map(Change::$kind)),)*
                    _ => None,
                }
            }
        }

        impl serde::Serialize for Change {
            /// Its fields, without its kind.
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self {
                    $(Change::$kind(change) => change.serialize(to),)*
                }
            }
        }

        /// Every kind, in the order of an order's life.
        pub(crate) const KINDS: &[$crate::orchestrate::event::spec::KindSpec] =
            &[$($crate::orchestrate::event::spec::KindSpec {
                name: $name,
                doc: $doc,
                fields: <$kind as $crate::orchestrate::event::spec::Record>::FIELDS,
            }),*];

        /// The schema of the fields of each kind, by its name.
        pub(crate) fn schemas(generator: &mut schemars::SchemaGenerator) -> Vec<(&'static str, schemars::Schema)> {
            vec![$(($name, <$kind as schemars::JsonSchema>::json_schema(generator))),*]
        }
    };
}

pub(crate) use {absent, events, held, records};
