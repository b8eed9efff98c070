//! Runs: staged, then released with their events, once, or discarded.

use crate::log::{entries, entry, new_store};
use crate::states::StatePlace;
use std::collections::BTreeMap;
use wavewright::orchestrate::store::{RunStatus, Store, StoreError};

crate::on_both!(
    a_run_is_released_with_its_events_and_once,
    of_two_runs_on_the_same_state_one_is_released,
    a_run_that_fails_to_be_released_stays_staged,
    many_releases_at_once_release_once,
    a_run_takes_the_place_of_the_one_before,
);

const ASKED: &str = "2026-11-23T08:00:00Z";

fn a_run_is_released_with_its_events_and_once(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..4)).unwrap();
    let staged = store.stage("r1", ASKED, 4, "balanced", "abc").unwrap();
    assert_eq!((staged.status, staged.released_at), (RunStatus::Staged, None));
    assert_eq!(store.run("r1").unwrap(), staged);
    assert!(matches!(store.stage("r1", ASKED, 4, "m", "d"), Err(StoreError::RunExists(_))));
    let appended = store.release("r1", &entries(4..6)).unwrap();
    assert_eq!((appended.base, appended.last()), (4, 6));
    let released = store.run("r1").unwrap();
    assert_eq!((released.status, released.released_at), (RunStatus::Released, Some(6)));
    let is_refused =
        |error| matches!(error, Err(StoreError::NotStaged { status: RunStatus::Released, .. }));
    assert!(is_refused(store.release("r1", &entries(6..8)).map(|_| ())));
    assert!(is_refused(store.discard("r1")));
    assert_eq!(store.last_sequence().unwrap(), 6);
    assert!(matches!(store.release("r2", &[]), Err(StoreError::NoRun(_))));
    assert!(matches!(store.run("r2"), Err(StoreError::NoRun(_))));
}

fn of_two_runs_on_the_same_state_one_is_released(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..4)).unwrap();
    store.stage("b", ASKED, 4, "balanced", "abc").unwrap();
    // A run that read the state later knows what the others released.
    store.release("b", &[]).unwrap();
    store.append(&entries(4..5)).unwrap();
    store.stage("c", ASKED, 5, "balanced", "abc").unwrap();
    store.release("c", &entries(5..6)).unwrap();
    // One that took longer to plan does not.
    store.stage("a", ASKED, 4, "balanced", "abc").unwrap();
    let error = store.release("a", &entries(6..8)).unwrap_err();
    assert_eq!(error.to_string(), "the run c was released after the run a had read the state");
    store.discard("a").unwrap();
    let runs = store.runs().unwrap();
    let told: Vec<_> = runs.iter().map(|run| (&*run.id, run.status, run.released_at)).collect();
    assert_eq!(
        told,
        [
            ("a", RunStatus::Discarded, None),
            ("b", RunStatus::Released, Some(4)),
            ("c", RunStatus::Released, Some(6)),
        ]
    );
    assert_eq!(store.last_sequence().unwrap(), 6);
}

fn a_run_that_fails_to_be_released_stays_staged(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..2)).unwrap();
    store.stage("r1", ASKED, 2, "balanced", "abc").unwrap();
    let wrong = [entry("new", None, "{}"), entry("e1", None, "{\"n\":100}")];
    assert!(matches!(store.release("r1", &wrong), Err(StoreError::OtherContent(_))));
    assert_eq!(store.run("r1").unwrap().status, RunStatus::Staged);
    assert_eq!(store.last_sequence().unwrap(), 2);
    store.release("r1", &wrong[..1]).unwrap();
    assert_eq!(store.last_sequence().unwrap(), 3);
}

fn many_releases_at_once_release_once(place: &StatePlace) {
    let mut store = new_store(place);
    // A state of no events: without one, nothing would show that a run was released since.
    store.stage("r0", ASKED, 0, "balanced", "abc").unwrap();
    let release = |worker: usize| {
        let mut store = Store::open(&place.address()).unwrap();
        let id = format!("r{}", worker % 2);
        // Another plan of the same state may be staged in between.
        let staged = worker < 2 && store.stage(&format!("r{worker}"), ASKED, 0, "m", "d").is_ok();
        assert!(staged || worker != 1);
        store.release(&id, &entries(worker..worker + 1)).is_ok()
    };
    let done: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..6).map(|worker| scope.spawn(move || release(worker))).collect();
        workers.into_iter().map(|worker| usize::from(worker.join().unwrap())).sum()
    });
    assert_eq!(done, 1);
    assert_eq!(store.last_sequence().unwrap(), 1);
}

/// What a run keeps takes room: a run that is staged takes the place of the one before, of which the
/// record stays.
fn a_run_takes_the_place_of_the_one_before(place: &StatePlace) {
    let mut store = new_store(place);
    store.append(&entries(0..4)).unwrap();
    let files = |text: &str| BTreeMap::from([("plan".to_owned(), text.as_bytes().to_vec())]);
    let stage = |store: &mut Store, id: &str, digest: &str| {
        store.stage_with(id, ASKED, 4, "balanced", digest, &files(id)).map(|_| ())
    };
    let kept = |store: &mut Store| {
        let runs = store.runs().unwrap();
        let kept = runs.into_iter().map(|run| {
            let files = store.run_files(&run.id).unwrap();
            assert!(files.is_empty() || files["plan"] == run.id.as_bytes());
            (run.id, run.status, !files.is_empty())
        });
        kept.collect::<Vec<_>>()
    };
    let told = |id: &str, status, is_kept| (id.to_owned(), status, is_kept);
    use RunStatus::{Discarded, Released, Staged};
    stage(&mut store, "a", "abc").unwrap();
    stage(&mut store, "b", "abd").unwrap();
    assert_eq!(kept(&mut store), [told("a", Discarded, false), told("b", Staged, true)]);
    assert!(matches!(store.release("a", &[]), Err(StoreError::NotStaged { .. })));
    // The same plan again is the run that it was; another one is not.
    assert!(matches!(stage(&mut store, "a", "other"), Err(StoreError::RunExists(_))));
    stage(&mut store, "a", "abc").unwrap();
    assert_eq!(kept(&mut store), [told("a", Staged, true), told("b", Discarded, false)]);
    store.discard("a").unwrap();
    assert_eq!(kept(&mut store), [told("a", Discarded, false), told("b", Discarded, false)]);
    stage(&mut store, "b", "abd").unwrap();
    store.release("b", &entries(4..5)).unwrap();
    // The next replan starts from what was released.
    assert_eq!(kept(&mut store), [told("a", Discarded, false), told("b", Released, true)]);
    assert!(matches!(stage(&mut store, "b", "abd"), Err(StoreError::RunExists(_))));
}
