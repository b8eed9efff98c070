//! The page about events, written from their descriptions.

use crate::orchestrate::event::kinds::{ChangedLine, KINDS, PlacedLine};
use crate::orchestrate::event::spec::{FieldSpec, Record};
use std::fmt::Write;

const HEAD: &str = "\
# Events

<!-- Generated from the descriptions in src/orchestrate. Run the tests with UPDATE=1 to write it anew. -->

A file of events is JSON Lines: one event a line, each an object with `id`, `at`, `event` and the
fields of its kind. `wavewright schema events` prints the JSON Schema.

- `id` is unique. An event whose id is known already does nothing, so a file can be applied again.
- `at` is RFC 3339 with an offset. Dates that follow from an event, such as the day of a delivery, are
  those of the offset that it is written with.
- Ids are text, upper and lower case apart. Quantities are whole numbers. Money is a decimal, as
  text or as a number, with at most the decimal places of the wave's currency. Dates are `YYYY-MM-DD`.
- A field that is `null` is absent. An unknown field is an error.
- Where a line is not an event, nothing of the file is applied, and [all findings](../errors/README.md)
  are reported at once. An event that is well-formed and contradicts what happened before is kept, changes nothing, and
  opens an [exception](../guide/life-cycle.md#exceptions).
";

/// The page about events, in Markdown.
pub fn event_page() -> String {
    let mut page = HEAD.to_owned();
    for kind in KINDS {
        _ = writeln!(page, "\n## {}\n\n{}", kind.name, kind.doc.trim());
        table(&mut page, kind.fields);
        if let Some(example) = example(kind.name) {
            _ = writeln!(page, "\n```json\n{example}\n```");
        }
        match kind.name {
            "order_placed" => nested(&mut page, PlacedLine::FIELDS),
            "order_changed" => nested(&mut page, ChangedLine::FIELDS),
            _ => (),
        }
    }
    page
}

fn nested(page: &mut String, fields: &[FieldSpec]) {
    page.push_str("\nEach of its `lines`:\n");
    table(page, fields);
}

fn table(page: &mut String, fields: &[FieldSpec]) {
    page.push_str("\n| field | accepts | if absent | meaning |\n|---|---|---|---|\n");
    for field in fields {
        let absent = field.absent.unwrap_or("**required**");
        let accepts = (field.accepts)();
        _ = writeln!(page, "| `{}` | {accepts} | {absent} | {} |", field.name, field.doc);
    }
}

/// A line of each kind; the tests read them.
const EXAMPLES: &str = include_str!("examples.jsonl");

/// The example of a kind.
fn example(kind: &str) -> Option<&'static str> {
    let mark = format!("\"event\":\"{kind}\"");
    EXAMPLES.lines().find(|line| line.contains(&mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orchestrate::event::{Event, read_events};

    #[test]
    fn each_kind_has_an_example_that_reads_back_as_it_is_written() {
        let events = read_events("examples.jsonl", EXAMPLES.as_bytes(), 2).unwrap().events;
        let kinds: Vec<&str> = events.iter().map(Event::kind).collect();
        let known: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        assert_eq!(kinds, known);
        for (event, line) in events.iter().zip(EXAMPLES.lines()) {
            assert_eq!(Event::from_json(&event.to_json()).unwrap(), *event);
            assert_eq!(example(event.kind()), Some(line));
        }
    }
}
