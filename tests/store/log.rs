//! The log: what is appended is there, once and in order.

use crate::states::StatePlace;
use std::collections::BTreeMap;
use wavewright::orchestrate::store::{Entry, Store, StoreError};

crate::on_both!(
    events_come_back_as_they_were,
    an_event_is_kept_once,
    an_id_stands_for_one_event,
    the_log_is_read_in_chunks,
    the_end_of_the_log_and_of_an_order_are_read,
    large_batches_are_kept_whole,
);

pub fn new_store(place: &StatePlace) -> Store {
    Store::create(&place.address(), &BTreeMap::new()).unwrap()
}

pub fn entry(id: &str, order: Option<&str>, payload: &str) -> Entry {
    Entry {
        id: id.into(),
        at: "2026-11-23T08:00:00Z".into(),
        kind: "order_placed".into(),
        order: order.map(str::to_owned),
        payload: payload.into(),
    }
}

pub fn entries(ids: std::ops::Range<usize>) -> Vec<Entry> {
    ids.map(|id| entry(&format!("e{id}"), None, &format!("{{\"n\":{id}}}"))).collect()
}

fn events_come_back_as_they_were(place: &StatePlace) {
    let odd =
        entry("é – 'quoted' \"; DROP TABLE events", Some("ö"), "{\"text\": \"日本 \\u0000 %$1\"}");
    let all = [odd, entry("", None, "{}"), entry("e1", Some(""), "{ }")];
    let mut store = new_store(place);
    let appended = store.append(&all).unwrap();
    assert_eq!((appended.base, appended.last(), appended.new_count()), (0, 3, 3));
    drop(store);
    let mut store = Store::open(&place.address()).unwrap();
    let read = store.read(0, 10).unwrap();
    assert_eq!(read.iter().map(|logged| logged.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(read.into_iter().map(|logged| logged.entry).collect::<Vec<_>>(), all);
}

fn an_event_is_kept_once(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..3)).unwrap();
    let mut again = entries(2..5);
    again.push(again[1].clone());
    let appended = store.append(&again).unwrap();
    assert_eq!((appended.base, appended.last()), (3, 5));
    assert_eq!(appended.is_new, [false, true, true, false]);
    assert_eq!(store.append(&[]).unwrap().last(), 5);
    let ids: Vec<String> =
        store.read(0, 10).unwrap().into_iter().map(|logged| logged.entry.id).collect();
    assert_eq!(ids, ["e0", "e1", "e2", "e3", "e4"]);
}

fn an_id_stands_for_one_event(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..2)).unwrap();
    let batch = [
        entry("new", None, "{}"),
        entry("e1", None, "{\"n\":1}"),
        entry("e1", None, "{\"n\":100}"),
        entry("new", None, "{\"other\":1}"),
    ];
    assert_eq!(store.contradicting(&batch).unwrap(), [2, 3]);
    for wrong in [&batch[..3], &[batch[0].clone(), batch[3].clone()]] {
        let error = store.append(wrong).unwrap_err();
        assert!(matches!(&error, StoreError::OtherContent(_)), "{error}");
    }
    // Nothing of the batch was kept, and the store goes on.
    assert_eq!(store.last_sequence().unwrap(), 2);
    assert_eq!(store.append(&batch[..2]).unwrap().last(), 3);
}

fn the_log_is_read_in_chunks(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..7)).unwrap();
    let (mut after, mut sizes) = (0, Vec::new());
    loop {
        let chunk = store.read(after, 3).unwrap();
        let Some(last) = chunk.last() else { break };
        assert_eq!(chunk[0].sequence, after + 1);
        after = last.sequence;
        sizes.push(chunk.len());
    }
    assert_eq!(sizes, [3, 3, 1]);
}

fn the_end_of_the_log_and_of_an_order_are_read(place: &StatePlace) {
    let mut store = new_store(place);
    let about = |id: usize| entry(&format!("e{id}"), [None, Some("A"), Some("B")][id % 3], "{}");
    store.append(&(1..=9).map(about).collect::<Vec<_>>()).unwrap();
    let sequences = |logged: Vec<wavewright::orchestrate::store::Logged>| -> Vec<u64> {
        logged.iter().map(|logged| logged.sequence).collect()
    };
    assert_eq!(sequences(store.tail(2).unwrap()), [8, 9]);
    assert_eq!(sequences(store.of_order("A", 100).unwrap()), [1, 4, 7]);
    assert_eq!(sequences(store.of_order("A", 2).unwrap()), [4, 7]);
    assert!(store.of_order("C", 2).unwrap().is_empty());
}

fn large_batches_are_kept_whole(place: &StatePlace) {
    let mut store = new_store(place);
    for known in [false, true] {
        let appended = store.append(&entries(0..2345)).unwrap();
        assert_eq!(appended.new_count(), if known { 0 } else { 2345 });
    }
    let read = store.read(0, 10_000).unwrap();
    assert!(read.into_iter().map(|logged| logged.entry).eq(entries(0..2345)));
}
