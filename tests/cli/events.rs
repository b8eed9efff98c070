//! `init` and `events`: a state from a wave, and events into it and out of it.

use crate::program::{Place, Ran};
use snapbox::{assert_data_eq, file};
use std::io::Write;
use std::process::Stdio;
use wavewright::orchestrate::store::{Address, Store};

const EVENTS: &str = r#"{"id":"e1","at":"2026-11-30T08:40:00-05:00","event":"order_placed","order_id":"H1","latitude":40.73,"longitude":-73.99,"lines":[{"line":"1","sku":"tent","quantity":2,"unit_price":110}]}
{"at":"2026-11-30T09:00:00-05:00","id":"e2","event":"order_held","order_id":"H1","reason":"address"}

{"id":"e3","at":"2026-11-30T09:05:00-05:00","event":"order_released","order_id":"H1"}
{"id":"e4","at":"2026-11-30T09:10:00-05:00","event":"order_held","order_id":"H2"}
"#;

/// A place with a state and the file of events above.
fn place() -> Place {
    let place = Place::new();
    std::fs::write(place.path("events.jsonl"), EVENTS).unwrap();
    let ran = place.run("init datasets/quickstart --state DIR/state");
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_eq!(ran.stdout, "DIR/state starts from quickstart\n");
    place
}

fn apply(place: &Place) -> Ran {
    place.run("events apply DIR/events.jsonl --state DIR/state")
}

/// Tests that a state is one file, that it is told as JSON too, and that it is never replaced.
#[test]
fn a_state_starts_from_a_wave() {
    let place = place();
    assert_eq!(place.names(), ["events.jsonl", "state"]);
    let again = place.run("init datasets/quickstart --state DIR/state --json");
    assert_eq!(again.code, 2);
    assert_eq!(again.json()["error"]["message"], "there is a state at DIR/state already");
    let json = place.run("init datasets/quickstart --state DIR/other --json").json();
    assert_eq!((&json["state"], &json["wave"]), (&"DIR/other".into(), &"quickstart".into()));
    assert!(json["files"].as_array().unwrap().contains(&"wave.toml".into()), "{json}");
}

/// Tests that a wave with findings makes no state.
#[test]
fn a_bad_wave_starts_nothing() {
    let place = Place::new();
    let ran = place.run("init datasets/invalid/E0206 --state DIR/state --json");
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()["findings"][0]["code"], "E0206");
    assert!(place.names().is_empty());
}

/// Tests that events are applied once, however often their file is, and what is said then.
#[test]
fn events_are_applied_once() {
    let place = place();
    let first = apply(&place);
    assert_eq!((first.code, &*first.stderr), (0, "4 of 4 events are kept\n"));
    assert_data_eq!(first.stdout, file!["snapshots/events-apply.txt"].raw());
    let args = "events apply DIR/events.jsonl --batch 3 --state DIR/state";
    let second = place.run(args);
    assert_eq!(second.stderr, "3 of 4 events are kept\n4 of 4 events are kept\n");
    assert_data_eq!(second.stdout, file!["snapshots/events-apply-again.txt"].raw());
    let json = place.run(&format!("{args} --json")).json();
    assert_eq!((&json["applied"], &json["known"]), (&0.into(), &4.into()));
    assert_eq!(json["exceptions"], serde_json::json!([]));
    let quiet = place.run(&format!("{args} --quiet"));
    assert_eq!((quiet.code, &*quiet.stderr), (0, ""));
}

/// Tests that events are read from stdin, and named so in findings.
#[test]
fn stdin_is_a_file_of_events() {
    let place = place();
    let feed = |text: &str| {
        let mut command = place.command("events apply - --state DIR/state");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        place.ran(child.wait_with_output().unwrap())
    };
    assert_eq!(feed("").stdout, "0 events applied, 0 known already\n");
    let said = feed(EVENTS).stdout;
    assert!(said.starts_with("4 events applied, 0 known already\n1 exception arose\n"), "{said}");
    let ran = feed("{}\n");
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("stdin, row 1"), "{}", ran.stderr);
}

/// Tests that nothing of a file is applied where a line of it is no event, or where an id is that
/// of another event in the log.
#[test]
fn a_file_is_applied_whole_or_not_at_all() {
    let place = place();
    let write = |text: &str| std::fs::write(place.path("bad.jsonl"), text).unwrap();
    let bad = || place.run("events apply DIR/bad.jsonl --batch 1 --state DIR/state");
    write(&EVENTS.replace("order_released", "order_relased"));
    let ran = bad();
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert!(ran.stderr.contains("did you mean order_released?"), "{}", ran.stderr);
    assert_eq!(place.run("events list --state DIR/state").stdout, "");
    assert_eq!(apply(&place).code, 0);
    write(&EVENTS.replace("H2", "H3").replace("\"e3\"", "\"e5\""));
    let ran = bad();
    assert_eq!((ran.code, &*ran.stdout), (3, ""));
    assert_data_eq!(ran.stderr, file!["snapshots/events-apply-bad.txt"].raw());
    assert_eq!(place.run("events list --state DIR/state").stdout.lines().count(), 4);
    assert_eq!(place.run("events apply DIR/none.jsonl --state DIR/state").code, 3);
}

/// Tests that the log comes out as it can go in, whole, in part, and of one order.
#[test]
fn the_log_can_be_listed_and_applied_to_another_state() {
    let place = place();
    assert_eq!(
        place.run("events list --state DIR/state --json").json()["events"],
        serde_json::json!([])
    );
    apply(&place);
    let all = place.run("events list --state DIR/state");
    assert_eq!((all.code, &*all.stderr), (0, ""));
    assert_data_eq!(all.stdout.clone(), file!["snapshots/events-list.txt"].raw());
    let list = |args: &str| place.run(&format!("events list --state DIR/state {args}")).stdout;
    assert_eq!(list("--all"), all.stdout);
    let lines: Vec<&str> = all.stdout.lines().collect();
    assert_eq!(list("--last 2").lines().collect::<Vec<_>>(), lines[2..]);
    assert_eq!(list("--order H1").lines().collect::<Vec<_>>(), lines[..3]);
    assert_eq!(list("--order H1 --last 1").lines().collect::<Vec<_>>(), lines[2..3]);
    assert_eq!(list("--order H9"), "");
    for args in ["--json", "--json --all"] {
        let json: serde_json::Value = serde_json::from_str(&list(args)).unwrap();
        assert_eq!(json["events"][1]["sequence"], 2);
        assert_eq!(json["events"][1]["event"]["reason"], "address");
    }
    std::fs::write(place.path("log.jsonl"), &all.stdout).unwrap();
    place.run("init datasets/quickstart --state DIR/copy");
    let ran = place.run("events apply DIR/log.jsonl --state DIR/copy");
    assert!(ran.stdout.starts_with("4 events applied, 0 known already\n"), "{}", ran.stdout);
    assert_eq!(place.run("events list --state DIR/copy").stdout, all.stdout);
}

/// Tests that exceptions are told as JSON: which, why, and by which event.
#[test]
fn exceptions_are_told_as_json() {
    let place = place();
    let json = place.run("events apply DIR/events.jsonl --json --state DIR/state").json();
    let exceptions = json["exceptions"].as_array().unwrap();
    assert_eq!(exceptions.len(), 1, "{json}");
    let expected = [("id", "X1"), ("cause", "contradictory_event"), ("event", "e4")];
    for (name, value) in expected {
        assert_eq!(exceptions[0][name], value, "{json}");
    }
    assert_eq!((&exceptions[0]["order"], &exceptions[0]["open"]), (&().into(), &true.into()));
}

/// Tests that the rules about exceptions are those of the wave's folder, and are checked.
#[test]
fn the_rules_about_exceptions_come_with_the_wave() {
    let place = Place::new();
    std::fs::create_dir(place.path("wave")).unwrap();
    for file in std::fs::read_dir("datasets/quickstart").unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), place.path("wave").join(file.file_name())).unwrap();
    }
    let rules = |text: &str| std::fs::write(place.path("wave/exceptions.toml"), text).unwrap();
    rules("price_mismatch = \"wait\"\n");
    let ran = place.run("init DIR/wave --state DIR/state");
    assert_eq!(ran.code, 3);
    assert!(ran.stderr.contains("error[E0809] exceptions.toml"), "{}", ran.stderr);
    assert_eq!(place.names(), ["wave"]);
    rules("price_tolerance = 5\n");
    let json = place.run("init DIR/wave --state DIR/state --json").json();
    assert!(json["files"].as_array().unwrap().contains(&"exceptions.toml".into()), "{json}");
}

/// Tests that a snapshot which is not what the log makes is found and replaced.
#[test]
fn the_log_counts_and_not_the_snapshot() {
    let place = place();
    apply(&place);
    let check = |args: &str| place.run(&format!("events check --state DIR/state{args}"));
    let sound = check("");
    assert_eq!((sound.code, &*sound.stderr), (0, ""));
    assert_data_eq!(sound.stdout, file!["snapshots/events-check.txt"].raw());
    let json = check(" --json").json();
    assert_eq!((&json["events"], &json["snapshot"]), (&4.into(), &0.into()));
    assert_eq!((&json["agrees"], &json["repaired"]), (&true.into(), &false.into()));

    // The state of another log.
    place.run("init datasets/omnichannel --state DIR/other");
    let open = |name: &str| {
        let path = place.path(name).to_str().unwrap().to_owned();
        Store::open(&Address::parse(&path).unwrap()).unwrap()
    };
    let snapshot = open("other").snapshot().unwrap().unwrap();
    open("state").save_snapshot(&snapshot).unwrap();
    let wrong = check("");
    assert_eq!((wrong.code, &*wrong.stdout), (1, ""));
    assert!(wrong.stderr.contains("after event 0 is not what the log makes"), "{}", wrong.stderr);
    let repaired = check(" --repair");
    assert_eq!(repaired.code, 0);
    assert!(repaired.stdout.ends_with("the snapshot after event 0 was replaced\n"), "{repaired:?}");
    assert_eq!(check(" --json").json()["snapshot"], 4);
}
