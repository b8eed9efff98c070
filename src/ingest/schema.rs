//! The input formats as data: JSON Schemas of the TOML files and the list of tables and columns.

use crate::ingest::model::RawModel;
use crate::ingest::rows::TABLES;
use crate::ingest::settings::RawSettings;
use crate::ingest::spec::{ColumnSpec, Presence, TableSpec};
use serde_json::{Value, json};

/// The JSON Schema of `wave.toml`.
pub fn settings_schema() -> Value {
    schemars::schema_for!(RawSettings).to_value()
}

/// The JSON Schema of a model.
pub fn model_schema() -> Value {
    schemars::schema_for!(RawModel).to_value()
}

/// The tables of a wave and their columns: an array of objects.
///
/// A table has `name`, `required`, `key` (column names, empty where rows may repeat), `about` and
/// `columns`; a column has `name`, `type`, `accepts`, `required`, `about`, and either `default`
/// (the text that an empty cell stands for) or `empty` (what an empty cell means, in words).
pub fn table_schema() -> Value {
    TABLES.iter().map(|table| table_value(table)).collect()
}

fn table_value(table: &TableSpec) -> Value {
    json!({
        "name": table.name,
        "required": table.required,
        "key": table.key,
        "about": table.doc.trim(),
        "columns": table.columns.iter().map(column_value).collect::<Vec<_>>(),
    })
}

fn column_value(column: &ColumnSpec) -> Value {
    let mut value = json!({
        "name": column.name,
        "type": column.kind,
        "accepts": (column.accepts)(),
        "required": column.presence == Presence::Required,
        "about": column.doc,
    });
    match column.presence {
        Presence::Required => (),
        Presence::Default(text) => value["default"] = text.into(),
        Presence::Optional(words) => value["empty"] = words.into(),
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_and_column_is_described() {
        let tables = table_schema();
        let tables = tables.as_array().unwrap();
        assert_eq!(tables.len(), 17);
        for table in tables {
            assert!(!table["about"].as_str().unwrap().is_empty(), "{}", table["name"]);
            let columns = table["columns"].as_array().unwrap();
            for key in table["key"].as_array().unwrap() {
                assert!(columns.iter().any(|column| column["name"] == *key), "{key}");
            }
            for column in columns {
                assert!(column["about"].as_str().unwrap().ends_with('.'), "{column}");
            }
        }
    }

    #[test]
    fn the_schema_of_wave_toml_names_its_keys() {
        let schema = settings_schema();
        let required = ["name", "now", "currency", "horizon_days"];
        assert_eq!(schema["required"], json!(required));
        assert_eq!(schema["additionalProperties"], false);
    }

    #[test]
    fn the_schema_of_a_model_needs_only_its_name() {
        let schema = model_schema();
        assert_eq!(schema["required"], json!(["name"]), "{schema:#}");
        let split = &schema["$defs"]["RawCosts"]["properties"]["split_cost"];
        assert_eq!((&split["default"], &split["minimum"]), (&json!(0.0), &json!(0)));
        let weights = &schema["properties"]["weights"];
        assert_eq!(weights["propertyNames"]["enum"][0], "parcel_freight");
    }
}
