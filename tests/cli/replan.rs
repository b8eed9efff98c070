//! `replan` and `release`: a plan of a state, its folder, and what it says.

use crate::program::{Place, names};
use serde_json::Value;
use wavewright::orchestrate::store::{Address, Store};

const ORDERS: &str = r#"{"id":"e1","at":"2026-11-23T07:00:00-05:00","event":"order_placed","order_id":"A","latitude":40.44,"longitude":-79.99,"postal_code":"15222","deliver_by":"2026-11-27","lines":[{"line":"1","sku":"tent","quantity":1,"unit_price":"179.00"},{"line":"2","sku":"stove","quantity":1,"unit_price":"59.00"}]}
{"id":"e2","at":"2026-11-23T07:05:00-05:00","event":"order_placed","order_id":"B","latitude":40.75,"longitude":-73.99,"postal_code":"10001","lines":[{"line":"1","sku":"tent","quantity":2,"unit_price":"179.00"}]}
"#;

fn place() -> Place {
    let place = Place::new();
    std::fs::write(place.path("orders.jsonl"), ORDERS).unwrap();
    for args in
        ["init datasets/quickstart --state DIR/s", "events apply DIR/orders.jsonl --state DIR/s"]
    {
        assert_eq!(place.run(args).code, 0);
    }
    place
}

/// Tests that a plan is written with its delta and the wave that it is of, verified by `verify`, and
/// replaced by the next one.
#[test]
fn a_replan_is_a_plan_with_its_wave() {
    let place = place();
    let ran = place.run("replan --state DIR/s --out DIR/p --csv --quiet");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("2 orders, 3 lines"), "{ran:?}");
    assert!(ran.stdout.contains("3 newly filled"), "{ran:?}");
    let files = names(&place.path("p"));
    for file in ["certificate.json", "delta.csv", "delta.parquet", "assignments.parquet", "wave"] {
        assert!(files.contains(&file.to_owned()), "{files:?}");
    }
    let delta = std::fs::read_to_string(place.path("p/delta.csv")).unwrap();
    let head = wavewright::orchestrate::replan::DELTA_COLUMNS.join(",");
    assert_eq!(delta.lines().next(), Some(&*head));
    assert!(delta.contains("A,1,tent,newly_filled,,,,,1,"), "{delta}");
    let verified = place.run("verify DIR/p/wave DIR/p");
    assert_eq!(verified.code, 0, "{verified:?}");
    assert_eq!(place.run("check DIR/p/wave").code, 0);
    // The same plan of the same state is the same run.
    let again = place.run("replan --state DIR/s --out DIR/p --quiet --json");
    let run = again.json()["run"].as_str().unwrap().to_owned();
    assert!(ran.stdout.contains(&run), "{run}: {ran:?}");
    assert!(!names(&place.path("p")).contains(&"delta.csv".to_owned()));
    std::fs::write(place.path("p/mine.txt"), "").unwrap();
    assert_eq!(place.run("replan --state DIR/s --out DIR/p").code, 2);
}

/// Tests that a plan is in the log once it is released, and that the next one then changes nothing.
#[test]
fn a_released_plan_is_kept_by_the_next() {
    let place = place();
    let run = place.run("replan --state DIR/s --out DIR/p --json --quiet").json()["run"].clone();
    let run = run.as_str().unwrap();
    let released = place.run(&format!("release --state DIR/s --run {run}"));
    assert_eq!(released.code, 0, "{released:?}");
    assert!(released.stdout.contains(&format!("of run {run} are in the log")), "{released:?}");
    let log = place.run("events list --state DIR/s --order A").stdout;
    assert!(log.contains("\"event\":\"line_planned\""), "{log}");
    let next = place.run("replan --state DIR/s --out DIR/p --json --quiet").json();
    assert_eq!((&next["changed_lines"], &next["events"]), (&0.into(), &0.into()), "{next}");
    let again = place.run(&format!("release --state DIR/s --run {run} --json"));
    assert_eq!(again.code, 2);
    let told = again.json()["error"]["message"].clone();
    assert!(told.as_str().unwrap().contains("is released, and only a staged run"), "{told}");
    assert_eq!(place.run("release --state DIR/s --run R0").code, 2);
}

/// Tests that a dry run keeps nothing, and that `now` does not go back.
#[test]
fn a_dry_run_keeps_nothing() {
    let place = place();
    let before = place.run("events list --state DIR/s --all").stdout;
    let now = "2026-11-24T09:00:00-05:00";
    let ran = place.run(&format!("replan --state DIR/s --out DIR/p --dry-run --now {now} --json"));
    let told = ran.json();
    assert_eq!((&told["run"], &told["now"]), (&Value::Null, &now.into()), "{told}");
    assert!(!place.names().contains(&"s-replan".to_owned()));
    assert_eq!(place.run("events list --state DIR/s --all").stdout, before);
    let earlier = place.run("replan --state DIR/s --out DIR/p --now 2026-11-23T06:30:00-05:00");
    assert_eq!(earlier.code, 2);
    assert!(earlier.stderr.contains("before the latest event"), "{earlier:?}");
    let lines = place.run("replan --state DIR/s --out DIR/p --now soon");
    assert_eq!(lines.code, 2);
}

/// Tests that with a limit on changes and one on time there is a plan with so few changes, or it is
/// said why there is none; whichever it is, however fast the machine.
#[test]
fn a_limit_on_changes_holds_whatever_the_time() {
    let place = place();
    let run = place.run("replan --state DIR/s --out DIR/p --json --quiet").json()["run"].clone();
    let released = place.run(&format!("release --state DIR/s --run {}", run.as_str().unwrap()));
    assert_eq!(released.code, 0, "{released:?}");
    // Nothing is left of what the tents were to come from: two lines have to change.
    let nodes = place.run("stock --sku tent --state DIR/s --json").json();
    let mut text = String::new();
    for row in nodes["stock"].as_array().unwrap().iter().filter(|row| row["committed"] != 0) {
        let node = row["node_id"].as_str().unwrap();
        text += &format!(
            r#"{{"id":"c-{node}","at":"2026-11-23T07:10:00-05:00","event":"stock_counted","node_id":"{node}","sku":"tent","on_hand":0}}"#
        );
        text.push('\n');
    }
    std::fs::write(place.path("counted.jsonl"), text).unwrap();
    assert_eq!(place.run("events apply DIR/counted.jsonl --state DIR/s").code, 0);
    for limit in ["0", "60"] {
        for most in [0, 1, 3] {
            let args = format!("--max-changed {most} --time-limit {limit} --dry-run --json");
            let ran = place.run(&format!("replan --state DIR/s --out DIR/{limit}-{most} {args}"));
            let is_written = place.path(&format!("{limit}-{most}")).exists();
            match ran.code {
                0 | 4 => {
                    assert!(ran.json()["changed_lines"].as_u64().unwrap() <= most, "{ran:?}");
                    assert!(most >= 2 && is_written, "{ran:?}");
                    let verified = format!("verify DIR/{limit}-{most}/wave DIR/{limit}-{most}");
                    assert_eq!(place.run(&verified).code, 0);
                }
                5 => {
                    let told = ran.json()["error"]["message"].as_str().unwrap().to_owned();
                    let why = ["lines change at least", "the time was up before there was a plan"];
                    assert!(why.iter().any(|why| told.contains(why)), "{told}");
                    assert!(told.ends_with(&format!(", {most} may")), "{told}");
                    assert!(most < 3 && !is_written, "{ran:?}");
                }
                _ => panic!("{ran:?}"),
            }
        }
    }
}

/// Tests that a run which nothing came of may be made again: a job that plans and releases over and
/// over does not fail while nothing happens.
#[test]
fn plans_of_nothing_are_released_again_and_again() {
    let place = place();
    for round in 0..4 {
        let ran = place.run("replan --state DIR/s --release-within 9 --out DIR/p --json --quiet");
        assert_eq!(ran.code, 0, "{round}: {ran:?}");
        let run = ran.json()["run"].as_str().unwrap().to_owned();
        let released = place.run(&format!("release --state DIR/s --run {run} --json")).json();
        assert_eq!(released["events"] == 0, round > 0, "{released}");
    }
}

/// Tests that runs are listed and shown, that a plan takes the place of the one before, and that one
/// that is discarded is not released, until it is made again.
#[test]
fn runs_are_seen_and_discarded() {
    let place = place();
    let replan = |model: &str, minute: u32| {
        let now = format!("--now 2026-11-23T07:{minute}:00-05:00");
        let args = format!("--model {model} {now} --out DIR/p --json --quiet");
        let args = format!("replan --state DIR/s {args}");
        place.run(&args).json()["run"].as_str().unwrap().to_owned()
    };
    let none = place.run("runs list --state DIR/s");
    assert_eq!((none.code, &*none.stdout), (0, "no such runs\n"));
    let (first, second) = (replan("balanced", 20), replan("fastest", 30));
    let listed = || -> Vec<(String, String)> {
        let runs = place.run("runs list --state DIR/s --json").json()["runs"].clone();
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        let mut rows: Vec<_> = runs
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(row, "run"), text(row, "status")))
            .collect();
        rows.sort_by_key(|(run, _)| *run != first);
        rows
    };
    let expected = |a: &str, b: &str| vec![(first.clone(), a.into()), (second.clone(), b.into())];
    assert_eq!(listed(), expected("discarded", "staged"));
    let staged = place.run("runs list --status staged --state DIR/s").stdout;
    assert!(staged.contains(&second) && !staged.contains(&first), "{staged}");
    assert_eq!(place.run(&format!("release --state DIR/s --run {first}")).code, 2);
    let shown = place.run(&format!("runs show {second} --state DIR/s --json")).json();
    assert_eq!((&shown["status"], &shown["model"]), (&"staged".into(), &"fastest".into()));
    assert_eq!(shown["events"]["line_planned"], 3);
    assert_eq!(shown["outdated"], serde_json::json!([]));
    assert_eq!((&shown["events_since"], &shown["overtaken_by"]), (&0.into(), &Value::Null));
    let held = r#"{"id":"h","at":"2026-11-23T07:09:00-05:00","event":"order_held","order_id":"A"}"#;
    std::fs::write(place.path("held.jsonl"), held).unwrap();
    assert_eq!(place.run("events apply DIR/held.jsonl --state DIR/s").code, 0);
    let shown = place.run(&format!("runs show {second} --state DIR/s")).stdout;
    assert!(shown.contains("would add 1 line_planned"), "{shown}");
    assert!(shown.contains("since       1 event that the plan does not know"), "{shown}");
    assert!(shown.contains("order A, line 2: the order is held"), "{shown}");
    let discarded = place.run(&format!("runs discard {second} --state DIR/s"));
    assert_eq!((discarded.code, discarded.stdout), (0, format!("The run {second} is discarded\n")));
    assert_eq!(listed(), expected("discarded", "discarded"));
    assert_eq!(place.run(&format!("runs discard {second} --state DIR/s")).code, 2);
    assert_eq!(place.run("runs show R9 --state DIR/s").code, 2);
}

/// Tests that a staged run says so where another one was released since it read the state, as a release
/// while it was planned is, and that it then cannot be released.
#[test]
fn a_run_that_was_overtaken_says_so() {
    let place = place();
    let run = place.run("replan --state DIR/s --out DIR/p --json --quiet").json()["run"].clone();
    let run = run.as_str().unwrap();
    assert_eq!(place.run(&format!("release --state DIR/s --run {run}")).code, 0);
    let address = Address::parse(place.path("s").to_str().unwrap()).unwrap();
    let mut store = Store::open(&address).unwrap();
    let asked = "2026-11-23T07:05:00-05:00";
    store.stage("R2-late", asked, 2, "balanced", "late").unwrap();
    let shown = place.run("runs show R2-late --state DIR/s");
    let told = format!("release     would be refused: {run} was released since it read the state");
    assert!(shown.code == 0 && shown.stdout.contains(&told), "{shown:?}");
    let shown = place.run("runs show R2-late --state DIR/s --json").json();
    assert_eq!((&shown["overtaken_by"], &shown["events"]), (&run.into(), &serde_json::json!({})));
    assert!(shown["events_since"].as_u64() > Some(0), "{shown}");
    assert_eq!(place.run("release --state DIR/s --run R2-late").code, 2);
    // One that was released is not overtaken by a later one.
    let shown = place.run(&format!("runs show {run} --state DIR/s --json")).json();
    assert_eq!((&shown["status"], &shown["overtaken_by"]), (&"released".into(), &Value::Null));
}

/// Tests which lines nodes are told of where the next replan is named, and that planned ones stay as
/// they are where that is asked for.
#[test]
fn what_can_wait_is_not_released() {
    let place = place();
    let replan = |more: &str| {
        let ran = place.run(&format!("replan --state DIR/s --out DIR/p --json --quiet {more}"));
        let run = ran.json()["run"].as_str().unwrap().to_owned();
        (run.clone(), place.run(&format!("runs show {run} --state DIR/s --json")).json())
    };
    let released = |shown: &Value| shown["events"]["line_released"].as_u64().unwrap_or(0);
    let (_, soon) = replan("--next-run 2026-11-23T07:15:00-05:00");
    let (_, late) = replan("--next-run 2027-01-01T07:15:00-05:00");
    assert_eq!((released(&soon), released(&late)), (0, 3));
    let (run, _) = replan("--next-run 2026-11-23T07:15:00-05:00");
    assert_eq!(place.run(&format!("release --state DIR/s --run {run}")).code, 0);
    let later = "--now 2026-11-25T07:00:00-05:00 --model fastest";
    let (_, free) = replan(later);
    let (_, kept) = replan(&format!("{later} --keep-planned"));
    assert!(!free["events"].as_object().unwrap().is_empty(), "{free}");
    assert_eq!(kept["events"], serde_json::json!({}));
    let early = "replan --state DIR/s --out DIR/p --next-run 2026-11-23T07:00:00-05:00";
    let refused = place.run(early);
    assert!(refused.code == 2 && refused.stderr.contains("--next-run is before"), "{refused:?}");
}

/// Tests that returns which nobody can plan are told, with what to do about them.
#[test]
fn returns_without_a_place_are_told() {
    let place = place();
    let goods = r#"{"id":"r","at":"2026-11-23T07:09:00-05:00","event":"return_announced","return_id":"R1","sku":"tent","quantity":1}"#;
    std::fs::write(place.path("returns.jsonl"), goods).unwrap();
    assert_eq!(place.run("events apply DIR/returns.jsonl --state DIR/s").code, 0);
    let ran = place.run("replan --state DIR/s --dry-run --out DIR/p --quiet");
    let told = "the return R1 is left out: it has no place, no drop node and no order that waits";
    assert!(ran.stdout.contains(told), "{ran:?}");
    let json = place.run("replan --state DIR/s --dry-run --out DIR/p --quiet --json").json();
    let found = &json["returns_to_correct"][0];
    assert_eq!((&found["return_id"], &found["in_wave"]), (&"R1".into(), &false.into()));
    assert!(found["action"].as_str().unwrap().starts_with("announce it again"), "{found}");
    // Announced again with a place it is routed.
    let goods = r#"{"id":"r2","at":"2026-11-23T07:10:00-05:00","event":"return_announced","return_id":"R1","sku":"tent","quantity":1,"latitude":40.44,"longitude":-79.99,"postal_code":"15222"}"#;
    std::fs::write(place.path("returns.jsonl"), goods).unwrap();
    assert_eq!(place.run("events apply DIR/returns.jsonl --state DIR/s").code, 0);
    let ran = place.run("replan --state DIR/s --dry-run --out DIR/p --quiet");
    assert!(ran.stdout.contains("1 return routed, in the table returns"), "{ran:?}");
}
