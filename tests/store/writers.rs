//! Writers beside each other: they take turns, and one that waits too long says so.

use crate::log::{entries, new_store};
use crate::states::StatePlace;
use sqlx::{Connection, Executor};
use std::time::Duration;
use wavewright::orchestrate::store::{Store, StoreError};

crate::on_both!(writers_take_turns, a_writer_does_not_wait_for_ever);

fn writers_take_turns(place: &StatePlace) {
    drop(new_store(place));
    std::thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                let mut store = Store::open(&place.address()).unwrap();
                for batch in 0..10 {
                    // Each event comes from two writers.
                    let first = (worker / 2) * 100 + batch * 10;
                    store.append(&entries(first..first + 10)).unwrap();
                }
            });
        }
    });
    let mut store = Store::open(&place.address()).unwrap();
    let log = store.read(0, 1000).unwrap();
    assert!(log.iter().map(|logged| logged.sequence).eq(1..=200));
    let mut ids: Vec<_> = log.into_iter().map(|logged| logged.entry).collect();
    ids.sort_by_key(|entry| entry.id[1..].parse::<usize>().unwrap());
    assert_eq!(ids, entries(0..200));
}

fn a_writer_does_not_wait_for_ever(place: &StatePlace) {
    drop(new_store(place));
    let mut store = Store::open_waiting(&place.address(), Duration::ZERO).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    sqlx::any::install_default_drivers();
    let (url, hold) = if place.is_file() {
        (format!("sqlite:{}", place.address), "BEGIN IMMEDIATE")
    } else {
        let key = "hashtextextended('wavewright public', 0)";
        let hold = format!("BEGIN; SELECT pg_advisory_xact_lock({key})");
        (place.address.clone(), &*hold.leak())
    };
    let mut other = runtime.block_on(sqlx::AnyConnection::connect(&url)).unwrap();
    runtime.block_on(other.execute(sqlx::raw_sql(hold))).unwrap();
    let error = store.append(&entries(0..1)).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    assert!(error.to_string().contains("another program is writing to"), "{error}");
    // Readers do not wait.
    assert_eq!(store.last_sequence().unwrap(), 0);
    runtime.block_on(other.execute(sqlx::raw_sql("ROLLBACK"))).unwrap();
    assert_eq!(store.append(&entries(0..1)).unwrap().last(), 1);
}
