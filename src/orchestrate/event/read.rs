//! Events from JSON Lines, or everything that is wrong with them.

use crate::diagnostics::{Finding, Findings, codes};
use crate::ingest::nearest;
use crate::orchestrate::event::kinds::KINDS;
use crate::orchestrate::event::spec::{self, FieldSpec};
use crate::orchestrate::event::validate::conflicts;
use crate::orchestrate::event::value::{Fault, Moment, Text, Wrong};
use crate::orchestrate::event::{Event, HEAD};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::collections::hash_map::Entry;
use std::path::Path;

/// UTF-8's, which stands for nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The head of an event, as fields.
const HEAD_FIELDS: [FieldSpec; 3] = [
    FieldSpec::of::<Text>(
        HEAD[0],
        None,
        "Unique; an event whose id is known already does nothing.",
    ),
    FieldSpec::of::<Moment>(
        HEAD[1],
        None,
        "When it happened; its offset says what the date was there.",
    ),
    FieldSpec::of::<Text>(HEAD[2], None, "Its kind."),
];

/// Events with the rows of the file that they were read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFile {
    /// As findings name it.
    pub file: String,
    pub events: Vec<Event>,
    /// The row of each event, from 1 on; empty lines count.
    pub rows: Vec<usize>,
}

/// Reads a file of events: see [`read_events`].
///
/// # Errors
/// All findings, sorted; a file that cannot be read is one.
pub fn read_event_file(path: &Path, minor_digits: u32) -> Result<EventFile, Findings> {
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    match std::fs::read(path) {
        Ok(text) => read_events(&file, &text, minor_digits),
        Err(error) => {
            let cause = format!("cannot be read: {error}");
            let action = "name a file of JSON Lines, one event a line";
            let mut findings = Findings::default();
            findings.push(Finding::new(&codes::E0801, &file, cause, action));
            Err(findings)
        }
    }
}

/// Reads JSON Lines: one event a line, empty lines left out. `file` is named in findings;
/// `minor_digits` are the decimal places of the wave's currency.
///
/// An event that is there twice is kept twice; the state passes it over.
///
/// # Errors
/// All findings, sorted by line; no event is returned where there is one.
pub fn read_events(file: &str, text: &[u8], minor_digits: u32) -> Result<EventFile, Findings> {
    // Editors of some systems begin a file with a mark of its encoding.
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let lines: Vec<(usize, &[u8])> = text
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
        .collect();
    let read: Vec<Result<Event, Vec<Finding>>> =
        lines.par_iter().map(|(row, line)| one(file, *row, line, minor_digits)).collect();
    let mut findings = Findings::default();
    repeated(file, &lines, &read, &mut findings);
    let mut events = Vec::with_capacity(read.len());
    let mut rows = Vec::with_capacity(read.len());
    for (event, (row, _)) in read.into_iter().zip(&lines) {
        match event {
            Ok(event) => {
                events.push(event);
                rows.push(*row);
            }
            Err(found) => found.into_iter().for_each(|finding| findings.push(finding)),
        }
    }
    if findings.is_empty() {
        return Ok(EventFile { file: file.to_owned(), events, rows });
    }
    findings.sort();
    Err(findings)
}

fn one(file: &str, row: usize, line: &[u8], minor_digits: u32) -> Result<Event, Vec<Finding>> {
    let Ok(text) = std::str::from_utf8(line) else {
        let finding = Finding::new(&codes::E0801, file, "is not UTF-8 text", "save it as UTF-8");
        return Err(vec![finding.row(row)]);
    };
    match Event::from_json(text) {
        Ok(event) => {
            let found: Vec<Finding> = conflicts(&event, minor_digits)
                .into_iter()
                .map(|conflict| {
                    let finding =
                        Finding::new(conflict.code, file, conflict.cause, conflict.action);
                    let finding = finding.row(row).column(conflict.field);
                    match conflict.value {
                        Some(value) => finding.value(value),
                        None => finding,
                    }
                })
                .collect();
            if found.is_empty() { Ok(event) } else { Err(found) }
        }
        Err(error) => Err(faults(file, row, text, &error.to_string())),
    }
}

/// Everything that is wrong with a line that is no event.
fn faults(file: &str, row: usize, text: &str, first: &str) -> Vec<Finding> {
    let no_object = |cause: String| {
        let action = "write one JSON object a line, each of its fields once";
        vec![Finding::new(&codes::E0802, file, cause, action).row(row)]
    };
    let object = match serde_json::from_str(text) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return no_object("is not a JSON object".to_owned()),
        Err(error) => return no_object(format!("is not valid JSON: {error}")),
    };
    let mut faults = Vec::new();
    let mut findings = Vec::new();
    let kind = object.get("event").and_then(Value::as_str);
    match (kind, kind.and_then(|name| KINDS.iter().find(|kind| kind.name == name))) {
        (_, Some(kind)) => {
            spec::faults(&object, kind.fields, &HEAD, "", &mut faults);
        }
        (Some(name), None) => {
            let action = match nearest(name, KINDS.iter().map(|kind| kind.name)) {
                Some(known) => format!("did you mean {known}?"),
                None => "write one of the kinds that the page on events lists".to_owned(),
            };
            let finding = Finding::new(&codes::E0805, file, "is no kind of event", action);
            findings.push(finding.row(row).column("event").value(name));
        }
        (None, None) => (),
    }
    let head = object.iter().filter(|(name, _)| HEAD.contains(&name.as_str()));
    let head = head.map(|(name, value)| (name.clone(), value.clone())).collect();
    spec::faults(&head, &HEAD_FIELDS, &[], "", &mut faults);
    findings.extend(faults.into_iter().map(|fault| finding(file, row, fault)));
    if findings.is_empty() {
        // Such as a field that is there twice, which an object read by name does not show.
        return no_object(format!("cannot be read: {first}"));
    }
    findings
}

fn finding(file: &str, row: usize, fault: Fault) -> Finding {
    let (finding, value) = match fault.what {
        Wrong::Missing(accepts) => {
            let action = format!("add it: {accepts}");
            (Finding::new(&codes::E0803, file, "is needed", action), None)
        }
        Wrong::Unknown(near) => {
            let action = match near {
                Some(name) => format!("did you mean {name}?"),
                None => "leave it out".to_owned(),
            };
            (Finding::new(&codes::E0804, file, "is no field of such an event", action), None)
        }
        Wrong::Value(value, accepts) => {
            let (cause, action) = (format!("is not {accepts}"), format!("write {accepts}"));
            (Finding::new(&codes::E0806, file, cause, action), Some(value))
        }
    };
    let finding = finding.row(row).column(fault.path);
    match value {
        Some(value) => finding.value(value),
        None => finding,
    }
}

/// Finds ids that name two different events, lines that are no events among them.
fn repeated(
    file: &str,
    lines: &[(usize, &[u8])],
    read: &[Result<Event, Vec<Finding>>],
    findings: &mut Findings,
) {
    // What a line that is no event says, where that can be read at all.
    let wrong: FxHashMap<usize, Value> = read
        .iter()
        .enumerate()
        .filter(|(_, event)| event.is_err())
        .filter_map(|(index, _)| Some((index, serde_json::from_slice(lines[index].1).ok()?)))
        .collect();
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    first.reserve(read.len());
    for (index, event) in read.iter().enumerate() {
        let id = match event {
            Ok(event) => Some(&*event.id),
            Err(_) => wrong.get(&index).and_then(|line| line.get(HEAD[0])?.as_str()),
        };
        // That an id is empty is a finding of its own.
        let Some(id) = id.filter(|id| !id.is_empty()) else { continue };
        let known = match first.entry(id) {
            Entry::Vacant(slot) => {
                slot.insert(index);
                continue;
            }
            Entry::Occupied(slot) => *slot.get(),
        };
        let is_same = match (&read[known], event) {
            (Ok(known), Ok(event)) => known == event,
            (Err(_), Err(_)) => wrong.get(&known) == wrong.get(&index),
            _ => false,
        };
        if !is_same {
            let cause = format!("is the id of another event in row {}", lines[known].0);
            let action = "give each event an id of its own";
            let finding = Finding::new(&codes::E0807, file, cause, action);
            findings.push(finding.row(lines[index].0).column("id").value(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Event>, Vec<String>> {
        read_events("e.jsonl", text.as_bytes(), 2)
            .map(|read| read.events)
            .map_err(|findings| findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn every_fault_of_every_line_is_found() {
        let text = concat!(
            r#"{"id":"a","at":"2026-11-30T10:00:00","event":"order_held","orderid":"H1"}"#,
            "\n\n",
            r#"{"id":"b","at":"2026-11-30T10:00:00Z","event":"order_hold","order_id":"H1"}"#,
            "\n[1]\n{\n",
            r#"{"id":"c","at":"2026-11-30T10:00:00Z","event":"order_placed","order_id":"H1","journey":"walk","lines":[{"line":"1","sku":"a","quantity":0},{"line":"2","quantity":1}]}"#,
            "\n",
            r#"{"id":"d","id":"d","at":"2026-11-30T10:00:00Z","event":"order_held","order_id":"H1"}"#,
        );
        let findings = read(text).unwrap_err();
        let expected = [
            "E0806 e.jsonl, row 1, column at = \"2026-11-30T10:00:00\": is not an instant with an offset",
            "E0803 e.jsonl, row 1, column order_id: is needed (add it: text in quotes that is not empty)",
            "E0804 e.jsonl, row 1, column orderid: is no field of such an event (did you mean order_id?)",
            "E0805 e.jsonl, row 3, column event = \"order_hold\": is no kind of event (did you mean order_held?)",
            "E0802 e.jsonl, row 4: is not a JSON object",
            "E0802 e.jsonl, row 5: is not valid JSON",
            "E0806 e.jsonl, row 6, column journey = \"walk\": is not one of ship, pickup",
            "E0806 e.jsonl, row 6, column lines[0].quantity = \"0\": is not a whole number from 1 to 100000",
            "E0803 e.jsonl, row 6, column lines[1].sku: is needed",
            "E0802 e.jsonl, row 7: cannot be read: is not an event: duplicate field `id`",
        ];
        assert_eq!(findings.len(), expected.len(), "{findings:#?}");
        for (finding, expected) in findings.iter().zip(expected) {
            assert!(finding.starts_with(expected), "{finding}\n{expected}");
        }
    }

    #[test]
    fn the_same_event_may_be_there_twice_but_not_two_under_one_id() {
        let held = r#"{"id":"a","at":"2026-11-30T10:00:00Z","event":"order_held","order_id":"H1"}"#;
        assert_eq!(read(&format!("\u{feff}{held}\r\n{held}\n")).unwrap().len(), 2);
        let findings = read(&format!("{held}\n{}\n", held.replace("H1", "H2"))).unwrap_err();
        assert!(findings[0].starts_with("E0807 e.jsonl, row 2, column id = \"a\""), "{findings:?}");
    }

    #[test]
    fn ids_of_lines_that_are_no_events_count_too() {
        let held = r#"{"id":"a","at":"2026-11-30T10:00:00Z","event":"order_held","order_id":"H1"}"#;
        let bad = held.replace("order_held", "order_hold");
        let other = bad.replace("H1", "H2");
        let codes = |lines: &[&str]| -> Vec<String> {
            let findings = read(&lines.join("\n")).unwrap_err();
            findings.iter().map(|found| found.split([',', ':']).take(2).collect()).collect()
        };
        let expected = ["E0805 e.jsonl row 2", "E0807 e.jsonl row 2", "E0807 e.jsonl row 3"];
        assert_eq!(codes(&[held, &bad, &held.replace("H1", "H3"), held]), expected);
        let expected = [
            "E0805 e.jsonl row 1",
            "E0807 e.jsonl row 2",
            "E0805 e.jsonl row 3",
            "E0805 e.jsonl row 4",
            "E0807 e.jsonl row 4",
        ];
        // The same line again is one finding a line, and no conflict.
        assert_eq!(codes(&[&bad, held, &bad, &other]), expected);
        let nameless = bad.replace("\"a\"", "\"\"");
        let found = codes(&[&nameless, &nameless.replace("H1", "H2")]);
        assert!(found.iter().all(|found| !found.starts_with("E0807")), "{found:?}");
        assert_eq!(codes(&["{", "{"]), ["E0802 e.jsonl row 1", "E0802 e.jsonl row 2"]);
    }

    #[test]
    fn events_that_contradict_themselves_are_found() {
        let placed = r#"{"id":"a","at":"2026-11-30T10:00:00Z","event":"order_placed","order_id":"H1","lines":[{"line":"1","sku":"a","quantity":1,"unit_price":"1.005"},{"line":"1","sku":"a","quantity":1}]}"#;
        let findings = read(placed).unwrap_err();
        let codes: Vec<&str> = findings.iter().map(|finding| &finding[..5]).collect();
        assert_eq!(codes, ["E0808", "E0207", "E0808"], "{findings:?}");
        let returned = r#"{"id":"a","at":"2026-11-30T10:00:00Z","event":"return_announced","return_id":"R","sku":"a","quantity":1,"longitude":-71.0}"#;
        let findings = read(returned).unwrap_err();
        assert!(findings[0].starts_with("E0808 e.jsonl, row 1, column latitude"), "{findings:?}");
        for kind in [r#""order_placed","latitude":40.7,"longitude":-74.0"#, r#""order_changed""#] {
            let head =
                r#"{"id":"a","at":"2026-11-30T10:00:00Z","order_id":"H1","lines":[],"event":"#;
            let findings = read(&format!("{head}{kind}}}")).unwrap_err();
            let told = "E0806 e.jsonl, row 1, column lines = \"[]\": is not an array of objects";
            assert!(findings.len() == 1 && findings[0].starts_with(told), "{findings:?}");
        }
        let planned = r#"{"id":"a","at":"2026-11-30T10:00:00Z","event":"line_planned","order_id":"H1","line":"1","node_id":"A","route":"B>C>D","departs":"2026-11-30","release_date":"2026-12-02","ship_date":"2026-12-01","delivery_date":"2026-12-03"}"#;
        let findings = read(planned).unwrap_err();
        assert_eq!(findings.len(), 3, "{findings:?}");
    }
}
