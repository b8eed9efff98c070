//! The pages about the input formats, written from their descriptions.

use crate::ingest::rows::TABLES;
use crate::ingest::schema::{model_schema, settings_schema};
use crate::ingest::spec::{Presence, TableSpec};
use serde_json::Value;
use std::fmt::Write;

const WAVE_HEAD: &str = "\
# Waves

<!-- Generated from the descriptions in src/ingest. Run the tests with UPDATE=1 to write it anew. -->

A wave is a folder with the file `wave.toml` and tables. A table is a file `NAME.csv` or
`NAME.parquet`, never both. Other files, such as a README or a model, are left alone; a CSV or
Parquet file of another name is an error, so that a mistyped name cannot hide a table.

Check a wave with `wavewright check FOLDER`. All findings are reported at once; the pages under
`errors` say what each code means.

## Cells

- The first row of a CSV file names the columns. Text is UTF-8, cells with commas, line feeds or
  quotation marks are quoted, and quotation marks in them doubled.
- An empty cell stands for the default. So does an absent column, unless it is required.
- Columns whose names start with `x_` are yours; those of `orders` and `order_lines` are carried
  through. Any other unknown column is an error.
- Ids are text, upper and lower case apart. In Parquet they are strings.
- Numbers are read exactly. Doubles in Parquet stand for their shortest decimal form, so 0.1 is 0.1;
  decimals are better.
- Money has at most the decimal places of the wave's currency; rates may have four.
- Dates are `YYYY-MM-DD` or Parquet dates. Instants are RFC 3339 with an offset, or Parquet
  timestamps with a zone. Clock times are `HH:MM` and text.
- Days are `daily`, ranges and lists of `mon` to `sun`: `mon-fri`, `mon,wed,sat`.
- A wave has at most 10 million order lines and 10,000 nodes.
";

const MODEL_HEAD: &str = "\
# Models

<!-- Generated from the descriptions in src/ingest. Run the tests with UPDATE=1 to write it anew. -->

A model is a TOML file that says what a plan aims at: weights, prices, rules and solver settings.
`--model` takes the name of a shipped model or the path of your own. Amounts are in the currency of
the wave, with at most its decimal places; none is negative. Every key but `name` has a default, and
an unknown key is an error.
";

/// The page about waves, in Markdown.
pub fn wave_page() -> String {
    let mut page = WAVE_HEAD.to_owned();
    page.push_str("\n## wave.toml\n\nEvery key is required.\n\n| key | meaning |\n|---|---|\n");
    for (key, value) in properties(&settings_schema()) {
        _ = writeln!(page, "| `{key}` | {} |", about(&value));
    }
    page.push_str("\n```toml\nname = \"spring-monday\"\nnow = \"2026-03-02T06:00:00-06:00\"\n");
    page.push_str("currency = \"USD\"\nhorizon_days = 5\n```\n\n## Tables\n");
    for table in TABLES {
        table_section(&mut page, table);
    }
    page
}

fn table_section(page: &mut String, table: &TableSpec) {
    let need = if table.required { "Required. " } else { "" };
    _ = writeln!(page, "\n### {}\n\n{need}{}", table.name, table.doc.trim());
    if table.key.is_empty() {
        page.push_str("Rows may repeat.\n");
    } else {
        let key: Vec<String> = table.key.iter().map(|column| format!("`{column}`")).collect();
        _ = writeln!(page, "Key: {}.", key.join(", "));
    }
    page.push_str("\n| column | accepts | if empty | meaning |\n|---|---|---|---|\n");
    for column in table.columns {
        let empty = match column.presence {
            Presence::Required => "**required**".to_owned(),
            Presence::Default("") => "empty text".to_owned(),
            Presence::Default(text) => format!("`{text}`"),
            Presence::Optional(words) => words.to_owned(),
        };
        let accepts = (column.accepts)();
        _ = writeln!(page, "| `{}` | {accepts} | {empty} | {} |", column.name, column.doc);
    }
}

/// The page about models, in Markdown.
pub fn model_page() -> String {
    let schema = model_schema();
    let mut page = MODEL_HEAD.to_owned();
    for (key, value) in properties(&schema) {
        let heading = if key == "name" { "`name`".to_owned() } else { format!("`[{key}]`") };
        let section = value["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let section = section.map_or(&value, |name| &schema["$defs"][name]);
        let words = about(if value["description"].is_null() { section } else { &value });
        _ = writeln!(page, "\n## {heading}\n\n{words}");
        if let Some(keys) = value["propertyNames"]["enum"].as_array() {
            let keys: Vec<String> =
                keys.iter().filter_map(Value::as_str).map(|key| format!("`{key}`")).collect();
            _ = writeln!(page, "\nKeys: {}.", keys.join(", "));
        }
        let keys = properties(section);
        if keys.is_empty() {
            continue;
        }
        page.push_str("\n| key | default | meaning |\n|---|---|---|\n");
        for (key, value) in keys {
            let default = match &value["default"] {
                Value::Null => "none".to_owned(),
                default => format!("`{default}`"),
            };
            _ = writeln!(page, "| `{key}` | {default} | {} |", about(&value));
        }
    }
    page
}

/// The keys of a schema's object: the name first, then by the alphabet.
fn properties(schema: &Value) -> Vec<(String, Value)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut keys: Vec<_> = properties.map(|(key, value)| (key.clone(), value.clone())).collect();
    keys.sort_by(|(a, _), (b, _)| (a != "name", a).cmp(&(b != "name", b)));
    keys
}

/// What a schema says about itself, on one line, with the names that it accepts.
fn about(schema: &Value) -> String {
    let mut words = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    if let Some(names) = schema["enum"].as_array() {
        let names: Vec<String> =
            names.iter().filter_map(Value::as_str).map(|name| format!("`{name}`")).collect();
        _ = write!(words, " One of {}.", names.join(", "));
    }
    words
}
