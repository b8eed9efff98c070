//! The state of a store: however it comes about, it is what the log makes.

use crate::states::StatePlace;
use std::path::Path;
use wavewright::ingest::wave_files;
use wavewright::orchestrate::apply::{ApplyError, Source, apply};
use wavewright::orchestrate::current::{Current, FORMAT};
use wavewright::orchestrate::event::{Event, read_event_file};
use wavewright::orchestrate::store::{Snapshot, Store};

crate::on_both!(
    the_state_is_what_the_log_makes,
    a_snapshot_of_no_use_is_passed_over,
    writers_beside_each_other_see_all_events,
    an_id_of_another_event_stops_the_whole_file,
    ids_that_a_database_cannot_keep_are_findings,
);

fn new_store(place: &StatePlace) -> Store {
    let files = wave_files(Path::new("datasets/omnichannel")).unwrap();
    Store::create(&place.address(), &files).unwrap()
}

/// Events of every kind.
fn events() -> Vec<Event> {
    read_event_file(Path::new("src/orchestrate/event/examples.jsonl"), 2).unwrap().events
}

/// Copies of the events under other ids, which contradict what is known.
fn renamed(writer: &str) -> Vec<Event> {
    let mut events = events();
    for event in &mut events {
        event.id = (&*format!("{writer}-{}", &*event.id)).into();
    }
    events
}

fn the_state_is_what_the_log_makes(place: &StatePlace) {
    let events = events();
    let mut store = new_store(place);
    let mut current = Current::read(&mut store).unwrap();
    for (batch, saves) in [(5, true), (7, false), (100, false)] {
        let mut kept = Vec::new();
        // Half of the events are known from the second time on.
        let part = &events[..if saves { events.len() / 2 } else { events.len() }];
        let applied =
            apply(&mut store, &mut current, "e", part, batch, |count| kept.push(count)).unwrap();
        assert_eq!(kept.last(), Some(&(part.len() as u64)));
        assert_eq!(kept.len(), part.len().div_ceil(batch));
        assert_eq!(applied.new + applied.known, part.len() as u64);
        if saves {
            current.save(&mut store).unwrap();
        }
        let read = Current::read(&mut Store::open(&place.address()).unwrap()).unwrap();
        let last = store.last_sequence().unwrap();
        let rebuilt = Current::rebuild(&mut store, last).unwrap();
        assert_eq!((read.sequence, rebuilt.sequence, current.sequence), (last, last, last));
        assert!(read.state == rebuilt.state && rebuilt.state == current.state);
    }
    assert_eq!(store.last_sequence().unwrap(), events.len() as u64);
    let snapshot = Current::from_snapshot(&mut store).unwrap().unwrap();
    assert_eq!(snapshot.sequence, events.len() as u64 / 2);
    let until = snapshot.sequence;
    assert!(snapshot.state == Current::rebuild(&mut store, until).unwrap().state);
}

fn a_snapshot_of_no_use_is_passed_over(place: &StatePlace) {
    let mut store = new_store(place);
    let mut current = Current::read(&mut store).unwrap();
    let empty = current.state.clone();
    apply(&mut store, &mut current, "e", &events(), 100, |_| ()).unwrap();
    assert!(current.state != empty);
    for (format, bytes) in [(FORMAT, b"no state".to_vec()), (FORMAT + 1, vec![0xc0])] {
        store.drop_snapshot().unwrap();
        store.save_snapshot(&Snapshot { sequence: 3, format, bytes }).unwrap();
        assert!(Current::from_snapshot(&mut store).unwrap().is_none());
        let read = Current::read(&mut store).unwrap();
        assert!(read.state == current.state && read.sequence == current.sequence);
    }
    // Where there is none that is of use, one is due.
    let mut read = Current::read(&mut store).unwrap();
    store.drop_snapshot().unwrap();
    read.save_if_due(&mut store).unwrap();
    assert_eq!(store.snapshot().unwrap().unwrap().sequence, current.sequence);
}

fn writers_beside_each_other_see_all_events(place: &StatePlace) {
    drop(new_store(place));
    let write = |writer: usize| {
        let mut store = Store::open(&place.address()).unwrap();
        let mut current = Current::read(&mut store).unwrap();
        let events = renamed(["a", "b", "a"][writer]);
        let applied = apply(&mut store, &mut current, "e", &events, 3, |_| ()).unwrap();
        (current, applied)
    };
    let done: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    let mut store = Store::open(&place.address()).unwrap();
    let events = events().len() as u64;
    assert_eq!(done.iter().map(|(_, applied)| applied.new).sum::<u64>(), 2 * events);
    for (current, applied) in done {
        let rebuilt = Current::rebuild(&mut store, current.sequence).unwrap();
        assert!(rebuilt.state == current.state);
        // The exceptions are those of the events that were new.
        for id in applied.exceptions() {
            assert!(current.state.exceptions.iter().count() > id.0 as usize);
        }
    }
}

fn an_id_of_another_event_stops_the_whole_file(place: &StatePlace) {
    let mut store = new_store(place);
    let mut current = Current::read(&mut store).unwrap();
    let all = events();
    apply(&mut store, &mut current, "e", &all[..2], 1, |_| ()).unwrap();
    let mut wrong = renamed("new");
    let last = wrong.len() - 1;
    wrong[last].id = all[0].id.clone();
    let error = apply(&mut store, &mut current, "e", &wrong, 1, |_| ()).unwrap_err();
    let ApplyError::Findings(findings) = error else { panic!("{error}") };
    assert_eq!(findings.len(), 1);
    assert_eq!(findings.iter().next().unwrap().value.as_deref(), Some(&*all[0].id));
    assert_eq!(store.last_sequence().unwrap(), 2);
}

fn ids_that_a_database_cannot_keep_are_findings(place: &StatePlace) {
    let mut store = new_store(place);
    let mut current = Current::read(&mut store).unwrap();
    let held = |id: &str, order: &str| {
        let at = "2026-11-30T10:00:00Z";
        let event =
            format!(r#"{{"id":"{id}","at":"{at}","event":"order_held","order_id":"{order}"}}"#);
        Event::from_json(&event).unwrap()
    };
    let (longest, longer) = ("x".repeat(1000), "x".repeat(1001));
    let bad =
        [held("a\\u0000", "H"), held("b", &longer), held("c", "H\\u0000"), held(&longer, "H")];
    for batch in [1, 100] {
        let error = apply(&mut store, &mut current, "e", &bad, batch, |_| ()).unwrap_err();
        let ApplyError::Findings(findings) = error else { panic!("{error}") };
        let told: Vec<_> = findings.iter().map(|finding| finding.column.as_deref()).collect();
        assert_eq!(told, [Some("id"), Some("order_id"), Some("order_id"), Some("id")]);
    }
    let source = Source { file: "e.jsonl", rows: &[2, 3, 5, 8] };
    let error = apply(&mut store, &mut current, source, &bad, 3, |_| ()).unwrap_err();
    let ApplyError::Findings(findings) = error else { panic!("{error}") };
    let rows: Vec<_> = findings.iter().map(|finding| finding.row).collect();
    assert_eq!(rows, [Some(2), Some(3), Some(5), Some(8)]);
    let good = [held(&longest, &longest), held("tab\\t\\u0001", "é\\uFFFD")];
    let applied = apply(&mut store, &mut current, "e", &good, 100, |_| ()).unwrap();
    assert_eq!((applied.new, applied.known), (2, 0));
}
