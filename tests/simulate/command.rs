//! `simulate`: its table, its folder, what it refuses.

use crate::program::{Place, names};
use snapbox::{assert_data_eq, file};

const PLAYED: &str = "simulate datasets/quickstart --strategy nearest --strategy cheapest-order \
                      --replan-every 2h --threads 1 --quiet";

/// Tests the table of policies, alone and with the spread over several seeds.
#[test]
fn the_policies_are_told() {
    let place = Place::new();
    let ran = place.run(&format!("{PLAYED} --seeds 1,2,3 --out DIR/simulated"));
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_data_eq!(ran.stdout, file!["../cli/snapshots/simulate.txt"].raw());
}

/// Tests that the folder holds tables, page and, where asked for, events that can be applied; that a
/// simulation replaces a simulation with the same bytes, and nothing else.
#[test]
fn the_folder_holds_every_run() {
    let place = Place::new();
    let run = |more: &str| place.run(format!("{PLAYED} --out DIR/simulated {more}").trim());
    let told = run("--json --csv --events").json();
    assert_eq!(told["policies"].as_array().unwrap().len(), 6);
    assert_eq!(told["policies"][0]["policy"], "myopic");
    assert_eq!(told["policies"][0]["value"], 0.0);
    let folder = place.path("simulated");
    let csv = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(csv("policies.csv").starts_with("policy,strategy,seeds,value_of_waiting,objective,"));
    assert_eq!((csv("runs.csv").lines().count(), csv("paired.csv").lines().count()), (7, 1));
    let events = names(&folder.join("events"));
    assert_eq!(events.len(), 6);
    assert_eq!(events[5], "nearest-window-2h-1.jsonl");
    assert_eq!(place.run("init datasets/quickstart --state DIR/state").code, 0);
    let apply = "events apply DIR/simulated/events/nearest-window-2h-1.jsonl --state DIR/state";
    assert_eq!(place.run(apply).code, 0);
    let (page, events) = (csv("simulation.html"), csv("events/nearest-nightly-1.jsonl"));
    assert_eq!(run("--events").code, 0);
    assert_eq!((csv("simulation.html"), csv("events/nearest-nightly-1.jsonl")), (page, events));
    assert_eq!(run("").code, 0);
    assert_eq!(
        names(&folder),
        ["costs.parquet", "paired.parquet", "policies.parquet", "runs.parquet", "simulation.html"]
    );
    std::fs::write(folder.join("notes.txt"), "mine").unwrap();
    let refused = run("");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("it holds no simulation"), "{}", refused.stderr);
}

/// Tests that what cannot be played is refused before anything is.
#[test]
fn bad_arguments_are_refused() {
    let place = Place::new();
    let cases = [
        ("datasets/quickstart --replan-every soon", "such as 30m, 2h or 24h"),
        ("datasets/quickstart --replan-every 2h --replan-every 120m", "the time 2h is named twice"),
        ("datasets/quickstart --seeds 1,1", "the seed 1 is named twice"),
        ("datasets/quickstart --strategy luck", "possible values"),
        ("datasets/quickstart datasets/omnichannel", "the waves are no series"),
    ];
    for (args, why) in cases {
        let ran = place.run(&format!("simulate {args} --quiet --out DIR/simulated"));
        assert_eq!((ran.code, &*ran.stdout), (2, ""), "{args}: {ran:?}");
        assert!(ran.stderr.contains(why), "{args}: {}", ran.stderr);
    }
    assert!(place.names().is_empty());
}
