//! The shipped series of three days on each database: applied by the program, and then again.

use crate::replans::{done, run};
use crate::states::StatePlace;
use serde_json::Value;
use std::path::Path;
use wavewright::ingest::read_wave;
use wavewright::orchestrate::current::Current;
use wavewright::orchestrate::event::{Event, read_event_file};
use wavewright::orchestrate::state::{ExceptionRules, State};
use wavewright::orchestrate::store::Store;

crate::on_both!(
    the_series_makes_the_same_state_on_each_database,
    the_series_applied_again_changes_nothing_that_is_shown,
);

const APPLY: &str = "events apply datasets/omnichannel/events.jsonl";

fn events() -> Vec<Event> {
    read_event_file(Path::new("datasets/omnichannel/events.jsonl"), 2).unwrap().events
}

/// The state after the series, made in memory alone.
fn played() -> State {
    let wave = read_wave(Path::new("datasets/omnichannel")).unwrap().wave;
    let mut state = State::new(&wave, ExceptionRules::default());
    events().iter().for_each(|event| _ = state.apply(event));
    state
}

/// Everything that the views say.
fn shown(place: &StatePlace) -> Vec<Value> {
    let orders = played().order_names.iter().map(|(_, name)| name.to_owned()).collect::<Vec<_>>();
    let views = ["stock", "exceptions --all", "events list --all"].map(str::to_owned);
    let orders = orders.iter().map(|order| format!("order show {order}"));
    views.into_iter().chain(orders).map(|view| done(place, &view)).collect()
}

fn the_series_makes_the_same_state_on_each_database(place: &StatePlace) {
    done(place, "init datasets/omnichannel");
    let (all, expected) = (events().len() as u64, played());
    for (is_first, batch) in [(true, 7), (false, 7), (false, 1000)] {
        let told = done(place, &format!("{APPLY} --batch {batch}"));
        // One event is told twice in the series itself.
        let new = if is_first { all - 1 } else { 0 };
        assert_eq!((&told["applied"], &told["known"]), (&new.into(), &(all - new).into()));
        let raised = told["exceptions"].as_array().unwrap().len();
        assert_eq!(raised, if is_first { expected.exceptions.len() } else { 0 });
        let mut store = Store::open(&place.address()).unwrap();
        let current = Current::read(&mut store).unwrap();
        assert_eq!(current.sequence, all - 1);
        assert!(current.state == expected);
        assert!(Current::rebuild(&mut store, all - 1).unwrap().state == expected);
    }
    let checked = run(place, "events check");
    assert!(checked.status.success(), "{checked:?}");
}

fn the_series_applied_again_changes_nothing_that_is_shown(place: &StatePlace) {
    done(place, "init datasets/omnichannel");
    done(place, APPLY);
    let once = shown(place);
    done(place, APPLY);
    assert_eq!(shown(place), once);
}
