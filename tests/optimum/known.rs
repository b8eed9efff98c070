//! Waves that are planned by what is known of the orders of another, against the oracle and against
//! a look at all orders.

use crate::oracle;
use crate::properties::over_all;
use crate::random_wave::{Random, random_case};
use jiff::ToSpan;
use std::sync::atomic::AtomicBool;
use wavewright::domain::{Commitment, Level, Model, Wave, WaveParts};
use wavewright::generate::{Format, GenerateSettings, Regime, generate, write};
use wavewright::ids::{Id, LineId, OrderId};
use wavewright::ingest::{read_model, read_wave};
use wavewright::options::{Decision, Planner};
use wavewright::plan::Ledger;
use wavewright::solve::{
    Approach, Control, ExactSettings, KnownPrices, Outcome, Sifting, Start, solve_exact,
};
use wavewright::units::{Decimal, Money, Objective};

/// Seeds of each profile.
const SEEDS: u64 = 150;

/// Whatever the plan, it is good enough.
const ANY_GAP: f64 = 1e9;

const FINELY: Sifting = Sifting { from: 0, keep: 1, known_from: 0, round: 1 };

struct Found {
    objective: Objective,
    bound: f64,
    /// Whether it was planned by what is known of orders, and of how many it was not.
    by_known: Option<usize>,
    start: Start,
}

fn planned(wave: &Wave, model: &Model, start: &Start, gap: f64, sifting: Sifting) -> Found {
    let planner = Planner::new(wave, model);
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| {});
    let settings = ExactSettings { approach: Approach::Auto, gap, threads: 1, seed: 1, sifting };
    let value = |decisions| Ledger::new(&planner, decisions).objective(model);
    let outcome = solve_exact(&planner, settings, start, &value, &control).expect("solves");
    let Outcome { decisions, bound, prices, chosen, .. } = outcome.expect("nothing stops it");
    let why = chosen.map_or(String::new(), |(_, why)| why);
    let by_known = why.contains("are not as they were").then(|| {
        let number = why.split(' ').next().and_then(|number| number.parse().ok());
        number.expect("the reason begins with a number")
    });
    Found {
        objective: value(decisions.clone()),
        bound: bound.expect("it proves one"),
        by_known,
        start: Start { decisions, prices },
    }
}

/// The same start for a wave with so many orders only.
fn within(start: &Start, wave: &Wave) -> Start {
    let (orders, lines) = (wave.orders.len(), wave.lines.len());
    let is_line = |line: LineId| line.index() < lines;
    let mut start = start.clone();
    start.decisions.retain(|decision| is_line(decision.line));
    let KnownPrices { openings, cuts, leasts, .. } = &mut start.prices;
    openings.retain(|known| is_line(known.line));
    cuts.iter_mut().for_each(|(cut, _)| cut.terms.retain(|term| is_line(term.line)));
    leasts.retain(|known| known.order.index() < orders);
    start
}

/// Takes the last order out of a wave.
fn without_last(parts: &mut WaveParts) {
    let last = OrderId::from_index(parts.orders.len() - 1);
    let lines = parts.orders[last].lines.start;
    parts.orders = parts.orders.iter().take(last.index()).cloned().collect();
    parts.lines = parts.lines.iter().take(lines as usize).cloned().collect();
    parts.commitments.retain(|row| row.line.0 < lines);
    parts.exclusions.retain(|row| row.order < last);
    parts.returns = parts.returns.iter().filter(|row| row.order != Some(last)).cloned().collect();
    for column in &mut parts.order_extras {
        column.values.truncate(last.index());
    }
    for column in &mut parts.line_extras {
        column.values.truncate(lines as usize);
    }
}

/// Planned commitments as `release` makes them of decisions; a route is none.
fn commitments(decisions: &[Decision]) -> Vec<Commitment> {
    let direct = decisions.iter().filter(|decision| decision.hops.is_empty());
    let commitment = |decision: &Decision| Commitment {
        line: decision.line,
        quantity: decision.quantity,
        node: decision.source,
        service: decision.service,
        ship_date: Some(decision.ship_date),
        level: Level::Planned,
        pinned: false,
    };
    direct.map(commitment).collect()
}

/// Something that happens between two plans of a wave.
fn happens(parts: &mut WaveParts, decisions: &[Decision], rng: &mut Random) {
    let change = rng.between(0, 9);
    if rng.chance(50) && parts.commitments.is_empty() {
        parts.commitments = commitments(decisions);
    }
    match change {
        0 => without_last(parts),
        1 | 2 => {
            let mut keys: Vec<_> = parts.stock.keys().copied().collect();
            keys.sort_unstable();
            if !keys.is_empty() {
                let stock = parts.stock.get_mut(&rng.pick(&keys)).expect("it is one of them");
                stock.on_hand = (stock.on_hand + rng.count(0, 3)).saturating_sub(1);
            }
        }
        3 => parts.now = &parts.now + rng.between(1, 30).hours(),
        4 => {
            for node in parts.nodes.iter_mut() {
                for row in &mut node.capacities {
                    let more = Decimal::from_int(rng.between(-2, 2));
                    row.capacity = (row.capacity + more).max(Decimal::ZERO);
                }
                for offer in &mut node.services {
                    let more = rng.count(0, 2);
                    offer.parcels_per_day = offer.parcels_per_day.map(|limit| limit + more);
                }
            }
        }
        5 => parts.nodes.iter_mut().take(1).for_each(|node| node.ships = false),
        6 => parts.nodes.iter_mut().for_each(|node| {
            node.unit_cost = Money((node.unit_cost.0 + rng.between(-20, 20)).max(0));
            node.open_cost = node.open_cost * rng.between(0, 2);
        }),
        7 => {
            let line = LineId::from_index(rng.between(0, parts.lines.len() as i64 - 1) as usize);
            parts.lines[line].quantity += 1;
        }
        8 => {
            let line = LineId::from_index(rng.between(0, parts.lines.len() as i64 - 1) as usize);
            parts.lines[line].unit_price = Money(rng.between(1, 9_000));
        }
        _ => (),
    }
}

/// Tests that the least costs known of orders prove nothing false after something happened, and lead
/// to no plan that is none; at once, and after prices have moved.
#[test]
fn what_is_known_of_orders_proves_nothing_false() {
    let mut by_known = 0;
    let known = std::cell::RefCell::new(&mut by_known);
    over_all(SEEDS, 0.4, |seed, profile| {
        let (before, model) = random_case(seed, profile);
        if before.commitments.iter().any(Commitment::is_frozen) {
            // Frozen units need the stock that they have.
            return false;
        }
        let mut rng = Random::new(seed);
        let mut parts = before.parts().clone();
        // An order that comes later.
        let is_added = parts.orders.len() > 1 && rng.chance(20);
        if is_added {
            without_last(&mut parts);
        }
        let first = Wave::new(parts.clone());
        let found = planned(&first, &model, &Start::default(), 0.0, FINELY);
        let after = if is_added {
            before
        } else {
            happens(&mut parts, &found.start.decisions, &mut rng);
            Wave::new(parts)
        };
        let Ok(best) = oracle::solve(&after, &model) else { return false };
        let start = within(&found.start, &after);
        for gap in [ANY_GAP, 0.2, 0.05, 0.01, 0.0] {
            let found = planned(&after, &model, &start, gap, FINELY);
            let least = best.objective.to_minor();
            let case = (profile, seed, gap);
            assert!(found.bound <= least + 1e-6, "{case:?}: {} is above {least}", found.bound);
            assert!(found.objective >= best.objective, "{case:?}");
            **known.borrow_mut() += usize::from(found.by_known.is_some());
            // What is kept of this plan proves nothing false either.
            let again = planned(&after, &model, &found.start, ANY_GAP, FINELY);
            assert!(again.bound <= least + 1e-6, "{case:?}: {} is above {least}", again.bound);
        }
        true
    });
    assert!(by_known > 1_000, "{by_known} plans by what was known");
}

/// Tests that where nothing happened, what is known says as much as a look at all orders at the same
/// prices.
#[test]
fn what_is_known_says_as_much_as_another_look() {
    over_all(SEEDS, 0.15, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        let mut nodes = wave.nodes.iter().flat_map(|node| &node.capacities);
        if nodes.any(|row| row.overload > Decimal::ZERO) {
            // A part of a wave knows less of how overload is rounded.
            return false;
        }
        let first = planned(&wave, &model, &Start::default(), 0.0, FINELY);
        let start = &first.start;
        let by_known = planned(&wave, &model, start, ANY_GAP, FINELY);
        if by_known.by_known.is_none() {
            return false;
        }
        let looked = Sifting { known_from: usize::MAX, ..FINELY };
        let looked = planned(&wave, &model, start, ANY_GAP, looked);
        let (reused, whole) = (by_known.bound, looked.bound.min(by_known.objective.to_minor()));
        let case = (profile, seed);
        assert!(reused >= whole - 1e-6 * whole.abs() - 1e-6, "{case:?}: {reused} is below {whole}");
        true
    });
}

/// A generated wave of some hundred orders.
fn generated() -> (Wave, Model) {
    let settings = GenerateSettings {
        orders: 450,
        nodes: 12,
        skus: 200,
        regime: Regime::Plentiful,
        returns: 0,
        seed: 3,
    };
    let tables = generate(&settings).expect("the settings are within the limits");
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().join("wave");
    write(&tables, &folder, Format::Csv).expect("the temporary folder takes the wave");
    let wave = read_wave(&folder).expect("a generated wave is valid").wave;
    let model = read_model("balanced", wave.minor_digits).expect("the model is shipped");
    (wave, model)
}

/// Tests that after small changes most orders are not looked at again, and that the gap is proven all
/// the same; twice the same.
#[test]
fn after_small_changes_most_orders_are_known() {
    let (whole, model) = generated();
    let gap = 0.01;
    let sifting = Sifting { from: 0, known_from: 0, ..Sifting::default() };
    let mut parts = whole.parts().clone();
    for _ in 0..4 {
        without_last(&mut parts);
    }
    let first = planned(&Wave::new(parts), &model, &Start::default(), gap / 2.0, sifting);
    assert!(first.start.prices.leasts.len() > 400);
    // Some come, and what was planned is there as commitments, ten minutes later.
    let mut parts = whole.parts().clone();
    parts.commitments = commitments(&first.start.decisions);
    parts.now = &parts.now + 10.minutes();
    let wave = Wave::new(parts.clone());
    let second = planned(&wave, &model, &first.start, gap, sifting);
    assert_eq!(second.by_known, Some(4));
    assert!(second.objective.to_minor() - second.bound <= gap * second.objective.to_minor());
    let again = planned(&wave, &model, &first.start, gap, sifting);
    assert_eq!(again.start.decisions, second.start.decisions);
    assert_eq!(again.start.prices, second.start.prices);
    // Nothing happens, or stock is counted that nobody comes near to using up.
    let (key, stock) = parts
        .stock
        .iter_mut()
        .max_by_key(|(key, stock)| (stock.on_hand, **key))
        .expect("there is stock");
    assert!(stock.on_hand > 20, "{key:?}");
    let unpriced = second.start.prices.resources.iter().all(|(resource, _)| {
        !format!("{resource:?}").contains(&format!("{:?}, sku: {:?}", key.0, key.1))
    });
    assert!(unpriced, "{key:?}");
    stock.on_hand += 1;
    let third = planned(&Wave::new(parts.clone()), &model, &second.start, gap, sifting);
    let moved = second.start.prices.leasts.len();
    assert!(third.by_known.is_some_and(|number| 20 * number < moved), "{:?}", third.by_known);
    // Where the network is another one, nothing is known.
    parts.nodes.iter_mut().for_each(|node| node.unit_cost += Money(1));
    let other = planned(&Wave::new(parts), &model, &third.start, gap, sifting);
    assert_eq!(other.by_known, None);
}
