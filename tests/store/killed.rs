//! A program that is killed while it applies events: what it said to be kept is kept, and nothing is
//! kept twice, however often and whenever it is killed.

use crate::states::StatePlace;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use wavewright::orchestrate::current::Current;
use wavewright::orchestrate::store::{Entry, Store};

crate::on_both!(what_was_kept_before_a_kill_stays_and_comes_once);

/// Events of the file, and of a transaction.
const EVENTS: usize = 4_000;
const BATCH: usize = 40;

fn what_was_kept_before_a_kill_stays_and_comes_once(place: &StatePlace) {
    write_events(place);
    init(place);
    let undisturbed = StatePlace::sqlite();
    init(&undisturbed);
    let mut child = start(&undisturbed, place);
    drop(child.stderr.take());
    assert!(child.wait().unwrap().success());
    let expected = log(&undisturbed);
    assert_eq!(expected.len(), EVENTS);

    let (mut kills, mut in_transaction, mut kept) = (0, 0, 0);
    loop {
        let mut child = start(place, place);
        // Some transactions further than what is kept, then at once or in the next one.
        let acknowledged = acknowledged(&mut child, kept + BATCH * (1 + kills % 3));
        if kills % 2 == 1 {
            wait_for_writing(place, &mut child);
        }
        child.kill().unwrap();
        let ended = child.wait().unwrap();
        let log = log(place);
        assert!(log.len() >= acknowledged, "{} of {acknowledged} events are left", log.len());
        assert!(log == expected[..log.len()], "after {acknowledged} events, kill {kills}");
        if ended.success() {
            assert_eq!(log.len(), EVENTS);
            break;
        }
        in_transaction += usize::from(log.len() > acknowledged);
        kept = log.len();
        kills += 1;
    }
    let state = |place: &StatePlace| {
        Current::read(&mut Store::open(&place.address()).unwrap()).unwrap().state
    };
    assert!(state(place) == state(&undisturbed));
    // Each kill let a few transactions pass, so that there were many.
    assert!(kills > 10, "{kills} kills, {in_transaction} of them before the word was out");
}

/// Writes the life of orders that follow one another.
fn write_events(place: &StatePlace) {
    let at = "2026-11-30T08:40:00-05:00";
    let mut text = String::new();
    for number in 0..EVENTS {
        let (order, step) = (number / 2, number % 2);
        let what = match step {
            0 => {
                r#""event":"order_placed","latitude":40.7,"longitude":-74.0,"lines":[{"line":"1","sku":"lamp","quantity":1}]"#
            }
            _ => r#""event":"order_cancelled""#,
        };
        text +=
            &format!("{{\"id\":\"e{number}\",\"at\":\"{at}\",\"order_id\":\"H{order}\",{what}}}\n");
    }
    std::fs::write(place.path("events.jsonl"), text).unwrap();
}

fn program(place: &StatePlace, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wavewright"));
    command.args(args).args(["--state", &place.address]).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn init(place: &StatePlace) {
    assert!(program(place, &["init", "datasets/quickstart"]).status().unwrap().success());
}

/// Starts applying the events of a place.
fn start(place: &StatePlace, events: &StatePlace) -> Child {
    let file = events.path("events.jsonl");
    let batch = BATCH.to_string();
    program(place, &["events", "apply", file.to_str().unwrap(), "--batch", &batch])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Reads what the program says until so many events are kept; returns the last number said.
fn acknowledged(child: &mut Child, wanted: usize) -> usize {
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut kept = 0;
    while kept < wanted {
        let Some(line) = said.next() else { break };
        let line = line.unwrap();
        let (number, rest) = line.split_once(' ').expect("a number and words");
        assert_eq!(rest, format!("of {EVENTS} events are kept"), "{line}");
        kept = number.parse().unwrap();
    }
    // The program goes on when nobody reads what it says.
    kept
}

/// Waits until the write-ahead log of a file changes: a commit is being written. A server's log is
/// not looked at.
fn wait_for_writing(place: &StatePlace, child: &mut Child) {
    let look = || {
        let file = std::fs::metadata(format!("{}-wal", place.address)).ok()?;
        Some((file.len(), file.modified().unwrap()))
    };
    let before = look();
    while before.is_some() && look() == before && child.try_wait().unwrap().is_none() {}
}

/// The whole log, after a check that its places have no gap.
fn log(place: &StatePlace) -> Vec<Entry> {
    let logged = Store::open(&place.address()).unwrap().read(0, usize::MAX).unwrap();
    assert!(logged.iter().map(|logged| logged.sequence).eq(1..=logged.len() as u64));
    logged.into_iter().map(|logged| logged.entry).collect()
}
