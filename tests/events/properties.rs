//! Properties of the fold, on random series of events: units are conserved, nothing is negative,
//! what contradicts changes nothing, and it does not matter how the series is cut or repeated.

use crate::random_events::next;
use crate::rng::Random;
use crate::start;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use wavewright::ids::{NodeId, OrderId, SkuId};
use wavewright::ingest::wave_files;
use wavewright::orchestrate::event::Event;
use wavewright::orchestrate::state::{Action, Cause, ExceptionRules, Hold, Outcome, Stage, State};
use wavewright::orchestrate::wave::{Network, PlannedUnits, state_wave, write_state_wave};
use wavewright::time::Day;

const SEEDS: u64 = 60;
const EVENTS: usize = 400;

/// Rules that differ from seed to seed; every third seed has the defaults.
fn rules(seed: u64) -> ExceptionRules {
    let mut random = Random::new(seed);
    let mut rules = ExceptionRules::default();
    if !seed.is_multiple_of(3) {
        for cause in Cause::ALL {
            rules.set_action(cause, random.pick(&Action::ALL));
        }
    }
    rules
}

/// A series, with a look at the state before and after each event.
fn play(seed: u64, mut look: impl FnMut(&State, &Event, &State)) -> (Vec<Event>, State) {
    let mut random = Random::new(seed);
    let mut state = start(rules(seed));
    let mut events = Vec::new();
    for number in 0..EVENTS {
        let event = next(&mut random, &state, number);
        let before = state.clone();
        let is_new = state.apply(&event);
        assert_eq!(is_new, !before.has_applied(&event.id));
        if !is_new {
            assert_eq!(state, before, "a known id does nothing");
        }
        look(&before, &event, &state);
        events.push(event);
    }
    (events, state)
}

/// A copy through the text form.
fn snapshot(state: &State) -> State {
    let text = serde_json::to_string(state).expect("a state is written");
    serde_json::from_str(&text).expect("and read")
}

/// Units bound, by node and item, then date, order and line.
type Bound = BTreeMap<(NodeId, SkuId), BTreeMap<(Day, OrderId, u32), u32>>;

/// What is bound, anew from the portions.
fn bound(state: &State) -> Bound {
    let mut bound = Bound::new();
    for (order, of) in state.orders.enumerate() {
        for (index, line) in of.lines.iter().enumerate() {
            for part in line.portions.iter().filter(|part| part.stage.is_committed()) {
                let way = part.way.as_deref().expect("units that are planned have a way");
                let row = bound.entry((way.source, line.sku)).or_default();
                *row.entry((way.release_date, order, index as u32)).or_default() += part.quantity;
            }
        }
    }
    bound
}

/// Units of all lines in stages.
fn units(state: &State, stages: &[Stage]) -> u64 {
    let lines = state.orders.iter().flat_map(|order| &order.lines);
    let portions = lines.flat_map(|line| &line.portions);
    let portions = portions.filter(|part| stages.contains(&part.stage));
    portions.map(|part| u64::from(part.quantity)).sum()
}

fn on_hand(state: &State) -> u64 {
    state.stock.values().map(|stock| u64::from(stock.on_hand)).sum()
}

/// Tests that the units of a line are its portions, each there once, that what is bound to stock is
/// what the portions say, and that exceptions, stopped units and holds agree.
#[test]
fn units_stock_and_exceptions_agree() {
    for seed in 0..SEEDS {
        play(seed, |_, event, state| {
            let context = || format!("seed {seed}, after {}", event.to_json());
            for order in state.orders.iter() {
                for line in &order.lines {
                    let sum: u32 = line.portions.iter().map(|part| part.quantity).sum();
                    assert_eq!(sum, line.ordered, "{}", context());
                    assert!(line.portions.iter().all(|part| part.quantity > 0), "{}", context());
                    assert!(line.portions.is_sorted_by_key(|part| part.stage), "{}", context());
                    for (at, part) in line.portions.iter().enumerate() {
                        let same = line.portions[at + 1..].iter().any(|other| {
                            (other.stage, &other.way, other.exception)
                                == (part.stage, &part.way, part.exception)
                        });
                        assert!(!same, "portions are joined: {}", context());
                        let stops = part.exception.map(|id| state.exceptions[id].is_open());
                        let expected = (part.stage == Stage::Exception).then_some(true);
                        assert_eq!(stops, expected, "{}", context());
                    }
                }
                for hold in &order.holds {
                    if let Hold::Exception(id) = hold {
                        assert!(state.exceptions[*id].is_open(), "{}", context());
                    }
                }
            }
            for (id, exception) in state.exceptions.enumerate() {
                let waits =
                    |order: &OrderId| state.orders[*order].holds.contains(&Hold::Exception(id));
                assert!(exception.holds.iter().all(waits), "{}", context());
                let holds_all = exception.is_open() && exception.action == Action::Hold;
                let place = exception.subject.node.zip(exception.subject.sku);
                if exception.cause == Cause::StockDiscrepancy && holds_all {
                    // Whoever goes short waits, however late it came to that.
                    let short = place.map_or(Vec::new(), |place| state.stock[&place].short_lines());
                    let is_known =
                        |order: &OrderId| waits(order) || exception.let_go.contains(order);
                    assert!(short.iter().all(|(order, ..)| is_known(order)), "{}", context());
                }
            }
            let expected = bound(state);
            for (place, stock) in &state.stock {
                let there: BTreeMap<_, _> = stock.bound().collect();
                assert_eq!(
                    there,
                    expected.get(place).cloned().unwrap_or_default(),
                    "{}",
                    context()
                );
                let sum: u64 = there.values().map(|units| u64::from(*units)).sum();
                assert_eq!(stock.committed(), sum, "{}", context());
            }
            assert!(expected.keys().all(|place| state.stock.contains_key(place)), "{}", context());
            let open: BTreeSet<_> = state
                .exceptions
                .enumerate()
                .filter(|(_, e)| e.is_open())
                .map(|(id, _)| id)
                .collect();
            assert_eq!(state.open_exceptions, open, "{}", context());
        });
    }
}

/// Tests that units leave the stock of their source when they leave it and at no other time, down to
/// none.
#[test]
fn units_that_leave_are_off_the_stock() {
    let away = [Stage::Shipped, Stage::Delivered];
    for seed in 0..SEEDS {
        play(seed, |before, event, after| {
            let left = units(after, &away) - units(before, &away);
            let (had, has) = (on_hand(before), on_hand(after));
            let context = || format!("seed {seed}, {}", event.to_json());
            match event.kind() {
                "stock_counted" | "stock_received" | "stock_adjusted" | "return_received" => {
                    assert_eq!(left, 0, "{}", context());
                }
                _ if left == 0 => assert_eq!(had, has, "{}", context()),
                _ => {
                    let taken = had - has;
                    assert!(taken <= left, "{}", context());
                    // Fewer only where the books had fewer, or where stock is without limit.
                    let is_short = after.exceptions.iter().any(|exception| {
                        exception.cause == Cause::StockDiscrepancy
                            && exception.detail.contains("not on hand")
                    });
                    let is_unlimited = after.nodes.iter().any(|node| node.unlimited_stock);
                    assert!(taken == left || is_short || is_unlimited, "{}", context());
                }
            }
        });
    }
}

/// Tests that an event that contradicts what is known moves no units and no stock, except for the
/// cancellation of an order of which a part has left.
#[test]
fn contradictions_change_nothing() {
    let mut contradictions = 0;
    for seed in 0..SEEDS {
        play(seed, |before, event, after| {
            let new = after.exceptions.len() - before.exceptions.len();
            let is_contradictory = new > 0
                && after.exceptions.iter().last().map(|last| last.cause)
                    == Some(Cause::ContradictoryEvent);
            if !is_contradictory || event.kind() == "order_cancelled" {
                return;
            }
            contradictions += 1;
            assert_eq!(before.stock, after.stock, "seed {seed}, {}", event.to_json());
            assert_eq!(before.orders.len(), after.orders.len());
            for (known, now) in before.orders.iter().zip(after.orders.iter()) {
                assert_eq!((&known.lines, &known.terms), (&now.lines, &now.terms));
            }
        });
    }
    assert!(contradictions > 1000, "only {contradictions}");
}

/// Tests that a snapshot is the state: read back it is equal, and what follows is the same; and that
/// events applied again change nothing.
#[test]
fn the_fold_may_be_cut_and_repeated() {
    for seed in 0..SEEDS {
        let (events, state) = play(seed, |_, _, _| {});
        assert_eq!(snapshot(&state), state, "seed {seed}");
        let cut = Random::new(seed).count(0, EVENTS as u32) as usize;
        let mut parts = start(rules(seed));
        events[..cut].iter().for_each(|event| _ = parts.apply(event));
        let mut parts = snapshot(&parts);
        events[cut..].iter().for_each(|event| _ = parts.apply(event));
        assert_eq!(parts, state, "seed {seed}, cut at {cut}");
        let text = |state: &State| serde_json::to_string(state).expect("a state is written");
        assert_eq!(text(&parts), text(&state), "equal states have equal bytes");
        events.iter().for_each(|event| assert!(!parts.apply(event)));
        assert_eq!(parts, state, "seed {seed}, applied twice");
    }
}

/// Tests that a series in any order is taken: what no longer fits is in the queue, and every event is
/// accounted for.
#[test]
fn a_series_out_of_order_is_taken() {
    for seed in 0..SEEDS {
        let (events, _) = play(seed, |_, _, _| {});
        let mut state = start(rules(seed));
        let order = Random::new(seed).shuffled(events.len());
        let new = order.into_iter().filter(|at| state.apply(&events[*at])).count();
        assert_eq!(state.events.len(), new, "seed {seed}");
        let contradictions = state.exceptions.iter();
        let contradictions =
            contradictions.filter(|exception| exception.cause == Cause::ContradictoryEvent);
        assert!(contradictions.count() > 0, "seed {seed}");
        let anew: usize = bound(&state).values().map(BTreeMap::len).sum();
        let kept: usize = state.stock.values().map(|stock| stock.bound().count()).sum();
        assert_eq!(anew, kept, "seed {seed}");
        assert_eq!(snapshot(&state), state, "seed {seed}");
    }
}

/// Tests that every state can be said as a wave, whatever contradicted on the way to it: one event
/// that could not would stop all plans. The tables say the same wave. What the wave holds of an order are all of its units that
/// are not cancelled, but for those that are left out and told.
#[test]
fn every_state_is_a_wave() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
    let network = Network::new(wave_files(&folder).unwrap()).unwrap();
    for seed in 0..SEEDS {
        let mut number = 0;
        play(seed, |_, _, state| {
            number += 1;
            if number % 100 != 0 {
                return;
            }
            let context = || format!("seed {seed}, after {number} events");
            let planned = [PlannedUnits::MayChange, PlannedUnits::Stay][number / 100 % 2];
            let made = state_wave(&network.wave, state, state.now, planned);
            let folder = tempfile::tempdir().unwrap();
            let read = write_state_wave(&network, state, state.now, planned, folder.path())
                .unwrap_or_else(|error| panic!("{}: {error:?}", context()));
            assert_eq!(made.wave.parts(), read.wave.parts(), "{}", context());
            let wanted =
                |(order, line): (OrderId, u32)| state.orders[order].lines[line as usize].wanted();
            let mut told: BTreeMap<(OrderId, u32), u32> = BTreeMap::new();
            for (line, at) in made.lines.enumerate() {
                *told.entry(*at).or_default() += made.wave.lines[line].quantity;
            }
            for units in &made.left_out {
                *told.entry((units.order, units.line)).or_default() += units.quantity;
            }
            for (at, units) in told {
                assert_eq!(units, wanted(at), "{}", context());
            }
        });
    }
}

/// Tests that the random series meet every kind of event, stage, cause, action and outcome.
#[test]
fn random_series_meet_everything() {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut see = |what: String| *seen.entry(what).or_insert(0) += 1;
    let mut kinds = BTreeSet::new();
    for seed in 0..SEEDS {
        let (events, state) = play(seed, |_, _, state| {
            for order in state.orders.iter() {
                see(format!("order {}", order.status().name()));
                for part in order.lines.iter().flat_map(|line| &line.portions) {
                    see(format!("units {}", part.stage.name()));
                }
            }
        });
        kinds.extend(events.iter().map(Event::kind));
        for exception in state.exceptions.iter() {
            see(format!("cause {}", exception.cause.name()));
            see(format!("action {}", exception.action.name()));
            if let Some((outcome, _)) = exception.resolved {
                let is_decided = matches!(outcome, Outcome::Decided(_));
                see(format!("outcome {} {is_decided}", outcome.name()));
            }
        }
    }
    assert_eq!(kinds.len(), 33, "{kinds:?}");
    let expected = 10 + 10 + Cause::ALL.len() + Action::ALL.len() + 6;
    assert_eq!(seen.len(), expected, "{seen:#?}");
}
