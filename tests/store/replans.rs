//! Replans by several programs at once: one plans, and stock is released once.

use crate::states::StatePlace;
use std::process::{Child, Command, Output, Stdio};
use wavewright::orchestrate::current::Current;
use wavewright::orchestrate::state::{Cause, Stage, State};
use wavewright::orchestrate::store::{RunStatus, Store};

crate::on_both!(
    two_plans_of_the_same_stock_are_not_both_released,
    one_program_at_a_time_replans,
    what_happens_between_plan_and_release_is_not_undone,
);

/// Runs the program on a state; `OUT` in its arguments is a folder of the place.
fn start(place: &StatePlace, args: &str) -> Child {
    let out = place.path("").to_str().unwrap().to_owned();
    let mut command = Command::new(env!("CARGO_BIN_EXE_wavewright"));
    command.args(args.split(' ').map(|arg| arg.replace("OUT", &out)));
    command.args(["--state", &place.address]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub fn run(place: &StatePlace, args: &str) -> Output {
    start(place, args).wait_with_output().unwrap()
}

pub fn done(place: &StatePlace, args: &str) -> serde_json::Value {
    let ran = run(place, &format!("{args} --json"));
    assert!(ran.status.success(), "{args}: {ran:?}");
    serde_json::from_slice(&ran.stdout).unwrap()
}

/// A state in which ten orders want a tent, of which there are few.
fn with_orders(place: &StatePlace) {
    let mut text = String::new();
    for number in 0..10 {
        text += &format!(
            r#"{{"id":"e{number}","at":"2026-11-23T07:{number:02}:00-05:00","event":"order_placed","order_id":"O{number}","latitude":40.4,"longitude":-80.0,"postal_code":"15222","deliver_by":"2026-11-27","lines":[{{"line":"1","sku":"tent","quantity":1,"unit_price":"179.00"}}]}}"#
        );
        text.push('\n');
    }
    std::fs::write(place.path("orders.jsonl"), text).unwrap();
    done(place, "init datasets/quickstart");
    done(place, "events apply OUT/orders.jsonl");
}

fn state(place: &StatePlace) -> State {
    Current::read(&mut Store::open(&place.address()).unwrap()).unwrap().state
}

/// Units by stage, over all orders.
fn units(state: &State, stage: Stage) -> u32 {
    state.orders.iter().flat_map(|order| &order.lines).map(|line| line.units(stage)).sum()
}

fn is_sound(state: &State) {
    let found: Vec<_> = state.exceptions.iter().map(|found| (found.cause, &found.detail)).collect();
    let is_of_plans =
        |cause: Cause| cause == Cause::ContradictoryEvent || cause == Cause::StockDiscrepancy;
    assert!(!found.iter().any(|(cause, _)| is_of_plans(*cause)), "{found:?}");
    assert!(state.stock.values().all(|stock| stock.shortfall() == 0));
}

fn two_plans_of_the_same_stock_are_not_both_released(place: &StatePlace) {
    with_orders(place);
    let plan = |model: &str| {
        let ran =
            done(place, &format!("replan --model {model} --release-within 9 --out OUT/{model}"));
        ran["run"].as_str().unwrap().to_owned()
    };
    let runs = [plan("balanced"), plan("fastest")];
    let (first, second) = (&runs[0], &runs[1]);
    assert_ne!(first, second);
    let children =
        [first, second, first, second].map(|id| start(place, &format!("release --run {id}")));
    let ended = children.map(|child| child.wait_with_output().unwrap());
    let codes: Vec<i32> = ended.iter().map(|ran| ran.status.code().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{ended:?}");
    assert_eq!(codes.iter().filter(|code| **code == 2).count(), 3, "{ended:?}");
    let mut store = Store::open(&place.address()).unwrap();
    let statuses: Vec<RunStatus> = store.runs().unwrap().iter().map(|run| run.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == RunStatus::Released).count(), 1);
    assert!(store.run_files(first).unwrap().is_empty());
    for (id, status) in runs.iter().map(|id| (id, store.run(id).unwrap().status)) {
        let again = run(place, &format!("release --run {id}"));
        assert_eq!(again.status.code(), Some(2));
        let told = String::from_utf8(again.stderr).unwrap();
        let expected = match status {
            RunStatus::Released => "is released",
            // The one that was staged first made way for the other.
            _ => "is discarded",
        };
        assert!(told.split_whitespace().collect::<Vec<_>>().join(" ").contains(expected), "{told}");
    }
    let state = state(place);
    is_sound(&state);
    assert_eq!(units(&state, Stage::Released) + units(&state, Stage::Open), 10);
    assert!(units(&state, Stage::Released) > 0);
}

fn one_program_at_a_time_replans(place: &StatePlace) {
    with_orders(place);
    let mut store = Store::open(&place.address()).unwrap();
    let lock = store.lock_replans().unwrap();
    let refused = run(place, "replan --out OUT/plan");
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("another program is planning"), "{told}");
    assert!(!place.path("plan").exists());
    // One that changes nothing is in nobody's way.
    done(place, "replan --dry-run --out OUT/plan");
    assert_eq!(store.runs().unwrap(), []);
    drop(lock);
    drop(store);
    done(place, "replan --out OUT/plan");
}

fn what_happens_between_plan_and_release_is_not_undone(place: &StatePlace) {
    with_orders(place);
    let run_id = done(place, "replan --release-within 9 --out OUT/plan")["run"].clone();
    let planned = std::fs::read_dir(place.path("plan/wave")).unwrap().count();
    assert!(planned > 8);
    let served: Vec<String> = {
        let mut store = Store::open(&place.address()).unwrap();
        let files = store.run_files(run_id.as_str().unwrap()).unwrap();
        let text = String::from_utf8(files["events.jsonl"].clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let events: Vec<serde_json::Value> = lines.collect();
        let planned = events.iter().filter(|event| event["event"] == "line_planned");
        planned.map(|event| event["order_id"].as_str().unwrap().to_owned()).collect()
    };
    let cancelled = &served[0];
    let text = format!(
        r#"{{"id":"c1","at":"2026-11-23T08:00:00-05:00","event":"order_cancelled","order_id":"{cancelled}"}}"#
    );
    std::fs::write(place.path("cancelled.jsonl"), text).unwrap();
    done(place, "events apply OUT/cancelled.jsonl");
    let released = done(place, &format!("release --run {}", run_id.as_str().unwrap()));
    let reason = "order_cancelled since the plan was made";
    let outdated = serde_json::json!([{ "order": cancelled, "line": "1", "reason": reason }]);
    assert_eq!(released["outdated"], outdated);
    let state = state(place);
    is_sound(&state);
    assert_eq!(units(&state, Stage::Cancelled), 1);
    assert_eq!(units(&state, Stage::Released) as usize, served.len() - 1);
}
