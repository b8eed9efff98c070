//! The JSON Schema of a line of events.

use crate::orchestrate::event::kinds::{KINDS, schemas};
use serde_json::{Value, json};

/// The JSON Schema of an event: one object of each kind.
pub fn event_schema() -> Value {
    let mut generator = schemars::SchemaGenerator::default();
    let kinds: Vec<Value> = schemas(&mut generator)
        .into_iter()
        .zip(KINDS)
        .map(|((name, schema), kind)| {
            let mut schema = schema.to_value();
            let head = json!({
                "id": { "type": "string", "minLength": 1 },
                "at": { "type": "string", "format": "date-time" },
                "event": { "const": name },
            });
            if let (Some(properties), Some(head)) =
                (schema["properties"].as_object_mut(), head.as_object())
            {
                properties.extend(head.clone());
            }
            let mut required = vec!["id", "at", "event"];
            let needed = kind.fields.iter().filter(|field| field.absent.is_none());
            required.extend(needed.map(|field| field.name));
            schema["required"] = required.into();
            schema["title"] = name.into();
            schema
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "event",
        "description": "A line of a file of events.",
        "oneOf": kinds,
        "$defs": generator.take_definitions(true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_in_the_schema_with_its_fields() {
        let schema = event_schema();
        let kinds = schema["oneOf"].as_array().unwrap();
        assert_eq!(kinds.len(), KINDS.len());
        for (kind, described) in KINDS.iter().zip(kinds) {
            assert_eq!(described["additionalProperties"], false, "{}", kind.name);
            let properties = described["properties"].as_object().unwrap();
            assert_eq!(properties.len(), kind.fields.len() + 3, "{}", kind.name);
            for field in kind.fields {
                assert!(properties.contains_key(field.name), "{} {}", kind.name, field.name);
                assert!(field.doc.ends_with('.'), "{} {}", kind.name, field.name);
            }
        }
        let lines = &schema["$defs"]["PlacedLine"]["required"];
        assert_eq!(*lines, json!(["line", "sku", "quantity"]));
    }
}
