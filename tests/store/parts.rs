//! Files and snapshots: bytes in, the same bytes out.

use crate::log::{entries, new_store};
use crate::states::StatePlace;
use std::collections::BTreeMap;
use wavewright::orchestrate::store::{Snapshot, Store};

crate::on_both!(files_come_back_as_they_were, the_latest_snapshot_is_kept);

/// Bytes of every value, more than fit into one part.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + at / 256) as u8).collect()
}

fn files_come_back_as_they_were(place: &StatePlace) {
    let files: BTreeMap<String, Vec<u8>> =
        [("empty.csv", 0), ("nodes.csv", 300), ("ünder_lines.parquet", 17 << 20)]
            .map(|(name, length)| (name.to_owned(), bytes(length)))
            .into();
    drop(Store::create(&place.address(), &files).unwrap());
    let mut store = Store::open(&place.address()).unwrap();
    assert!(store.files().unwrap() == files);
    for (name, bytes) in &files {
        assert!(store.file(name).unwrap().as_ref() == Some(bytes), "{name}");
    }
    assert_eq!(store.file("orders.csv").unwrap(), None);
}

fn the_latest_snapshot_is_kept(place: &StatePlace) {
    let mut store = new_store(place);
    assert_eq!(store.snapshot().unwrap(), None);
    store.append(&entries(0..9)).unwrap();
    let snapshot = |sequence, format, length| Snapshot { sequence, format, bytes: bytes(length) };
    for (saved, kept) in [
        (snapshot(3, 1, 17 << 20), true),
        (snapshot(5, 1, 100), true),
        // Another program saved a later one first.
        (snapshot(4, 1, 0), false),
        // Another format replaces what it cannot use.
        (snapshot(4, 2, 0), true),
        (snapshot(4, 2, 10), true),
    ] {
        let before = store.snapshot().unwrap();
        store.save_snapshot(&saved).unwrap();
        let expected = if kept { Some(saved) } else { before };
        assert!(store.snapshot().unwrap() == expected);
    }
}
