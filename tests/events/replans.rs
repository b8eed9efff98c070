//! Plans of random states: what they say can be done.

use crate::random_events::next;
use crate::rng::Random;
use crate::start;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use wavewright::ids::EventId;
use wavewright::ingest::{model_to_json, read_model, wave_files};
use wavewright::orchestrate::replan::{Release, ReplanSettings, Request, replan};
use wavewright::orchestrate::state::{Cause, ExceptionRules};
use wavewright::orchestrate::wave::Network;
use wavewright::planning::RunInputs;
use wavewright::solve::Control;

const SEEDS: u64 = 20;
const EVENTS: usize = 120;

/// Tests that the events of a plan contradict nothing, whatever state it is of, and that they bind no
/// more units to a stock than it covers, or than were bound to it before.
#[test]
fn events_of_a_plan_go_with_the_state() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
    let network = Network::new(wave_files(&folder).unwrap()).unwrap();
    let mut told = 0;
    for seed in 0..SEEDS {
        let mut random = Random::new(seed);
        let mut state = start(ExceptionRules::default());
        for number in 0..EVENTS {
            let event = next(&mut random, &state, number);
            state.apply(&event);
        }
        let mut model = read_model("balanced", 2).unwrap();
        model.solve.threads = 1;
        model.rules.split_lines = seed % 2 == 1;
        let settings = ReplanSettings { release: Release::Within(2), ..ReplanSettings::default() };
        let request = Request {
            network: &network.wave,
            state: &state,
            model: &model,
            now: state.now,
            previous: None,
            settings,
        };
        let flag = AtomicBool::new(false);
        let control = Control::new(f64::INFINITY, &flag, |_| ());
        let inputs = RunInputs { model: model_to_json(&model, 2), ..RunInputs::default() };
        let made = replan(&request, inputs, &control).unwrap();
        let mut after = state.clone();
        // The queue gets the proposals as the plan is staged, before it is released.
        let events: Vec<_> = made.proposals.iter().chain(&made.events).collect();
        for event in &events {
            assert!(after.apply(event), "seed {seed}: {}", event.to_json());
            told += 1;
        }
        let since = EventId(state.events.len() as u32);
        let contradictions: Vec<_> = after
            .exceptions
            .iter()
            .filter(|found| found.cause == Cause::ContradictoryEvent && found.raised >= since)
            .map(|found| {
                let event = events[(found.raised.0 - since.0) as usize];
                format!("{}: {}", event.to_json(), found.detail)
            })
            .collect();
        assert!(contradictions.is_empty(), "seed {seed}: {contradictions:#?}");
        for (place, stock) in &after.stock {
            let before = state.stock[place].shortfall();
            let is_limited = !state.nodes[place.0].unlimited_stock;
            assert!(
                !is_limited || stock.shortfall() <= before,
                "seed {seed}: {place:?}, {before} short, then {}",
                stock.shortfall()
            );
        }
    }
    assert!(told > 100, "{told}");
}
