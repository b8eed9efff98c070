//! What is played: the events hold together, and the costs are those of what left.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use wavewright::domain::{CostKey, Method, Model, Wave, WaveParts};
use wavewright::ids::IdVec;
use wavewright::ingest::{read_model, read_wave};
use wavewright::orchestrate::event::{Change, Event, read_events};
use wavewright::orchestrate::simulate::{
    Played, Policy, Series, SeriesFault, SimulateError, simulate,
};
use wavewright::orchestrate::state::{Cause, ExceptionRules, Stage, State};
use wavewright::units::Decimal;
use wavewright::verify::{ViolationKind, verify};

fn wave(name: &str) -> Wave {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets").join(name);
    read_wave(&folder).unwrap().wave
}

fn series(waves: &[Wave]) -> Series {
    Series::new(waves, ExceptionRules::default()).unwrap()
}

fn model(wave: &Wave, strategy: &str) -> Model {
    let mut model = read_model("balanced", wave.minor_digits).unwrap();
    model.solve.method = Method::Heuristic(strategy.into());
    model.solve.threads = 1;
    model
}

fn policies() -> [Policy; 4] {
    let window = |text: &str| Policy::Window(text.parse().unwrap());
    [Policy::Myopic, window("2h"), window("24h"), Policy::Nightly]
}

fn play(series: &Series, model: &Model, policy: Policy, seed: u64) -> Played {
    simulate(series, model, policy, seed, &AtomicBool::new(false)).unwrap()
}

/// A wave in which every node but the vendors rejects a share of the lines.
fn unreliable(wave: &Wave, share: Decimal) -> Wave {
    let mut parts = wave.parts().clone();
    parts.nodes.iter_mut().for_each(|node| node.reject_rate = share);
    Wave::new(parts)
}

/// Tests that the events of a run, read again as text, make a state in which nothing contradicts and
/// every unit is with its customer or waits, and that what was delivered is what the plan of
/// the run has.
#[test]
fn the_events_hold_together() {
    for name in ["quickstart", "omnichannel"] {
        let series = series(&[unreliable(&wave(name), Decimal(Decimal::SCALE / 10))]);
        let model = model(&series.wave, "cheapest-order");
        for policy in policies() {
            let played = play(&series, &model, policy, 1);
            let text: Vec<String> = played.events.iter().map(Event::to_json).collect();
            let events = read_events("events", text.join("\n").as_bytes(), 2).unwrap().events;
            assert_eq!(events, played.events, "{name} {policy}");
            let mut state = State::new(&series.wave, series.rules.clone());
            assert!(events.iter().all(|event| state.apply(event)));
            let wrong: Vec<_> = state
                .exceptions
                .iter()
                .filter(|known| known.cause == Cause::ContradictoryEvent)
                .map(|known| known.detail.clone())
                .collect();
            assert!(wrong.is_empty(), "{name} {policy}: {wrong:?}");
            let (mut delivered, mut waiting) = (0, 0);
            for line in state.orders.iter().flat_map(|order| &order.lines) {
                delivered += line.units(Stage::Delivered);
                waiting += line.waits() + line.units(Stage::Planned);
            }
            let ordered: u32 = series.wave.lines.iter().map(|line| line.quantity).sum();
            assert_eq!(delivered + waiting, ordered, "{name} {policy}: nothing is under way");
            let assigned: u32 = played.plan.assignments.iter().map(|row| row.quantity).sum();
            assert_eq!(assigned, delivered, "{name} {policy}");
            assert!(delivered * 2 > ordered, "{name} {policy}: {delivered} of {ordered}");
            let rejected = events.iter().filter(|event| {
                matches!(event.change, Change::LineRejected(_) | Change::VendorRejected(_))
            });
            assert_eq!(played.rejections, rejected.count() as u64);
            assert!(played.rejections > 0, "{name} {policy}");
        }
    }
}

/// Tests that the verifier recomputes the same costs from what was shipped, but for the two terms
/// that are counted, and finds that no stock, capacity or eligibility was overdrawn.
#[test]
fn the_costs_are_those_that_the_verifier_finds() {
    let series = series(&[wave("omnichannel")]);
    let model = model(&series.wave, "cheapest-order");
    for policy in policies() {
        let played = play(&series, &model, policy, 1);
        let found = verify(&series.wave, &model, &played.plan);
        for (key, amount) in found.costs.iter() {
            let told = played.plan.certificate.cost[key.name()];
            let expected = match key {
                CostKey::RejectionRisk => model.costs.reject_cost.0 * played.rejections as i64,
                CostKey::Change => model.costs.change_cost.0 * played.changes as i64,
                _ => amount.0,
            };
            assert!((told * 100.0 - expected as f64).abs() < 1e-6, "{policy} {}", key.name());
        }
        let overdrawn = [ViolationKind::StockExceeded, ViolationKind::CapacityExceeded];
        let overdrawn: Vec<_> =
            found.violations.iter().filter(|known| overdrawn.contains(&known.kind)).collect();
        assert!(overdrawn.is_empty(), "{policy}: {overdrawn:?}");
    }
}

/// Tests that a seed says everything, and that another one is other luck.
#[test]
fn a_seed_is_one_course_of_events() {
    let series = series(&[unreliable(&wave("quickstart"), Decimal(Decimal::SCALE / 3))]);
    let model = model(&series.wave, "nearest");
    for policy in policies() {
        let first = play(&series, &model, policy, 1);
        let again = play(&series, &model, policy, 1);
        assert_eq!((&first.plan, &first.events), (&again.plan, &again.events), "{policy}");
        let other = (2..6).map(|seed| play(&series, &model, policy, seed));
        assert!(other.into_iter().any(|other| other.events != first.events), "{policy}");
    }
}

/// Tests that nodes which never find anything deliver nothing, and that nodes without fail reject
/// nothing.
#[test]
fn the_reject_rate_is_what_nodes_reject() {
    let quickstart = wave("quickstart");
    let at = |share| {
        let series = series(&[unreliable(&quickstart, share)]);
        let model = model(&series.wave, "nearest");
        play(&series, &model, Policy::Myopic, 1)
    };
    let never = at(Decimal::ONE);
    assert!(never.plan.assignments.is_empty() && never.rejections > 0);
    let open: u32 = never.plan.unfilled.iter().map(|row| row.quantity).sum();
    assert_eq!(open, quickstart.lines.iter().map(|line| line.quantity).sum::<u32>());
    assert_eq!(at(Decimal::ZERO).rejections, 0);
}

/// Tests that only a policy that reconsiders changes plans, and that a window plans fewer waves than
/// orders.
#[test]
fn policies_do_what_they_say() {
    let series = series(&[wave("quickstart")]);
    let model = model(&series.wave, "cheapest-order");
    let [myopic, _, day, nightly] = policies().map(|policy| play(&series, &model, policy, 1));
    assert_eq!((myopic.changes, day.changes), (0, 0));
    assert!(myopic.runs >= series.wave.orders.len() as u64 && day.runs < 10, "{}", day.runs);
    assert!(nightly.runs > day.runs);
    let released = |played: &Played| {
        let releases = played.events.iter().filter(|event| event.kind() == "line_released");
        releases.map(|event| event.at.instant).min().unwrap()
    };
    let first = series.wave.instant();
    assert_eq!(released(&myopic), first, "the first order is released as it is placed");
    for played in [&day, &nightly] {
        let since = released(played).duration_since(series.anchor.timestamp());
        assert_eq!(since.as_secs() % 86_400, 0, "released in a run that comes round");
    }
}

/// Tests that several waves are one stretch of time: later orders by the first wave's network, an inbound
/// that both list once.
#[test]
fn waves_are_played_one_after_the_other() {
    let first = wave("quickstart");
    let mut parts = WaveParts { name: "later".into(), ..first.parts().clone() };
    for order in parts.orders.iter_mut() {
        order.id = format!("L{}", order.id).into();
        order.placed_at += jiff::SignedDuration::from_hours(24);
    }
    let later = Wave::new(parts);
    let both = series(&[first.clone(), later.clone()]);
    assert_eq!(both.wave.orders.len(), 2 * first.orders.len());
    assert!(both.wave.orders.as_slice().is_sorted_by_key(|order| order.placed_at));
    let inbound = |wave: &Wave| -> u32 {
        wave.stock.values().flat_map(|stock| &stock.inbound).map(|(_, units)| units).sum()
    };
    assert_eq!(inbound(&both.wave), inbound(&first));
    let model = model(&both.wave, "nearest");
    assert!(!play(&both, &model, Policy::Myopic, 1).plan.assignments.is_empty());

    let twice = Series::new(&[first.clone(), first.clone()], ExceptionRules::default());
    let faults = twice.unwrap_err().0;
    assert_eq!(faults.len(), first.orders.len());
    assert!(matches!(faults[0], SeriesFault::OrderTwice { .. }));
    let foreign = Series::new(&[later, wave("omnichannel")], ExceptionRules::default());
    let faults = foreign.unwrap_err().0;
    assert!(faults.iter().any(|fault| matches!(fault, SeriesFault::Unknown { .. })), "{faults:?}");
    let empty = WaveParts { orders: IdVec::new(), lines: IdVec::new(), ..first.parts().clone() };
    let empty = WaveParts { commitments: Vec::new(), exclusions: Vec::new(), ..empty };
    let none = Series::new(&[Wave::new(empty)], ExceptionRules::default());
    assert_eq!(none.unwrap_err().0, [SeriesFault::NoOrders]);
}

/// Tests that an interrupt ends a simulation without a result.
#[test]
fn an_interrupt_ends_it() {
    let series = series(&[wave("quickstart")]);
    let model = model(&series.wave, "nearest");
    let ended = simulate(&series, &model, Policy::Myopic, 1, &AtomicBool::new(true));
    assert!(matches!(ended, Err(SimulateError::Interrupted)));
}
