//! What holds for the least cost of any wave, whoever finds it.
//!
//! Each property takes a planner as a function from wave and model to the least cost, or nothing
//! where it gives up; it asserts, and tells whether it had anything to say about the case.

use crate::random_wave::{Profile, Random, random_case};
use wavewright::domain::{Commitment, Escalate, Journey, Model, Order, Wave};
use wavewright::ids::{Id, IdVec, LineId, NodeId, OrderId, ReturnId, ServiceId};
use wavewright::units::{Decimal, Money, Objective};

/// Asserts that the order of rows does not matter.
pub fn row_order_does_not_matter(
    seed: u64,
    profile: Profile,
    least: impl Fn(&Wave, &Model) -> Option<Objective>,
) -> bool {
    let (wave, model) = random_case(seed, profile);
    let permuted = permuted(&wave, &mut Random::new(seed));
    let (Some(before), Some(after)) = (least(&wave, &model), least(&permuted, &model)) else {
        return false;
    };
    assert_eq!(before, after, "{profile:?} {seed}: rows in another order");
    true
}

/// Asserts that more stock and more capacity never cost more.
pub fn more_never_costs_more(
    seed: u64,
    profile: Profile,
    least: impl Fn(&Wave, &Model) -> Option<Objective>,
) -> bool {
    let (wave, mut model) = random_case(seed, profile);
    if model.rules.escalate == Escalate::Deadline {
        // Stock that lets an earlier tier be on time takes the later tiers' exemption away.
        model.rules.escalate = Escalate::Cost;
    }
    let mut rng = Random::new(seed);
    let mut parts = wave.parts().clone();
    let mut rows: Vec<_> = parts.stock.iter_mut().collect();
    rows.sort_by_key(|(key, _)| **key);
    for (_, stock) in rows {
        stock.on_hand += rng.count(0, 1);
    }
    for node in parts.nodes.iter_mut() {
        for row in &mut node.capacities {
            row.capacity += Decimal::from_int(rng.between(0, 1));
        }
        for limit in node.services.iter_mut().filter_map(|offer| offer.parcels_per_day.as_mut()) {
            *limit += rng.count(0, 1);
        }
    }
    let (Some(before), Some(after)) = (least(&wave, &model), least(&Wave::new(parts), &model))
    else {
        return false;
    };
    assert!(after <= before, "{profile:?} {seed}: more room costs {after:?}, not {before:?}");
    true
}

/// Asserts that the objective is proportional to the weights.
pub fn scaled_weights_scale_the_objective(
    seed: u64,
    profile: Profile,
    least: impl Fn(&Wave, &Model) -> Option<Objective>,
) -> bool {
    let (wave, model) = random_case(seed, profile);
    let mut scaled = model.clone();
    for weight in &mut scaled.weights {
        *weight = *weight * 3;
    }
    let (Some(once), Some(thrice)) = (least(&wave, &model), least(&wave, &scaled)) else {
        return false;
    };
    assert_eq!(thrice.0, 3 * once.0, "{profile:?} {seed}: weights times three");
    true
}

/// What a planner decided that was free to decide.
pub struct Decided {
    pub objective: Objective,
    /// Without the frozen parts; nothing where some part travels by a lane, which no commitment
    /// describes.
    pub decisions: Option<Vec<Commitment>>,
}

/// Asserts that a plan whose decisions are pinned costs the same again: what was chosen freely is
/// as good when it is frozen.
///
/// Says nothing about plans with transfers.
pub fn pinned_plans_cost_the_same(
    seed: u64,
    profile: Profile,
    plan: impl Fn(&Wave, &Model) -> Option<Decided>,
    least: impl Fn(&Wave, &Model) -> Option<Objective>,
) -> bool {
    let (wave, mut model) = random_case(seed, profile);
    // A pinned line pays nothing for a change, a free one may.
    model.costs.change_cost = Money::ZERO;
    let Some(Decided { objective, decisions: Some(decisions) }) = plan(&wave, &model) else {
        return false;
    };
    let mut parts = wave.parts().clone();
    let pinned = decisions.into_iter().map(|row| Commitment { pinned: true, ..row });
    parts.commitments.extend(pinned);
    let Some(again) = least(&Wave::new(parts), &model) else { return false };
    assert_eq!(again, objective, "{profile:?} {seed}: the same plan, pinned");
    true
}

/// Asserts that a plan does what the frozen commitments of its wave say.
///
/// A decision is a line, its units, source, service and ship date, of parts that leave directly.
pub fn frozen_stays_frozen(wave: &Wave, decisions: &[Commitment]) {
    for row in wave.commitments.iter().filter(|row| row.is_frozen()) {
        let same = decisions.iter().filter(|made| {
            (made.line, made.node) == (row.line, row.node)
                && (made.service, made.ship_date) == (row.service, row.ship_date)
        });
        let units: u32 = same.map(|made| made.quantity).sum();
        assert!(units >= row.quantity, "a frozen commitment is gone: {row:?}");
    }
}

/// Checks a property on the first `seeds` waves of every profile, and asserts that it had something
/// to say about the `least_share` of them.
pub fn over_all(seeds: u64, least_share: f64, property: impl Fn(u64, Profile) -> bool) {
    let cases = Profile::ALL.iter().flat_map(|p| (0..seeds).map(move |seed| (seed, *p)));
    let checked = cases.filter(|(seed, profile)| property(*seed, *profile)).count();
    let all = Profile::ALL.len() as f64 * seeds as f64;
    assert!(checked as f64 >= least_share * all, "only {checked} of {all} cases");
}

/// Old index to new.
struct Moves(Vec<usize>);

impl Moves {
    /// A random order of `rows`, and where each went.
    fn apply<I: Id, T: Clone>(rows: &mut IdVec<I, T>, rng: &mut Random) -> Moves {
        let order = rng.shuffled(rows.len());
        let mut moves = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            moves[old] = new;
        }
        *rows = order.iter().map(|&old| rows.as_slice()[old].clone()).collect();
        Moves(moves)
    }

    fn of<I: Id>(&self, old: I) -> I {
        I::from_index(self.0[old.index()])
    }
}

/// The same wave with the rows of its tables in another order.
fn permuted(wave: &Wave, rng: &mut Random) -> Wave {
    let mut parts = wave.parts().clone();
    let nodes: Moves = Moves::apply::<NodeId, _>(&mut parts.nodes, rng);
    let services: Moves = Moves::apply::<ServiceId, _>(&mut parts.services, rng);
    let orders: Moves = Moves::apply::<OrderId, _>(&mut parts.orders, rng);
    Moves::apply(&mut parts.lanes, rng);
    for node in parts.nodes.iter_mut() {
        node.services.reverse();
        node.capacities.reverse();
        for offer in &mut node.services {
            offer.service = services.of(offer.service);
        }
    }
    let keyed = |(node, sku)| (nodes.of(node), sku);
    parts.stock = parts.stock.into_iter().map(|(key, row)| (keyed(key), row)).collect();
    parts.node_items = parts.node_items.into_iter().map(|(key, row)| (keyed(key), row)).collect();
    for lane in parts.lanes.iter_mut() {
        (lane.from, lane.to) = (nodes.of(lane.from), nodes.of(lane.to));
    }
    let mut lines = IdVec::new();
    let mut moved_lines = vec![0; parts.lines.len()];
    for order in parts.orders.iter_mut() {
        if let Journey::Pickup { node, .. } = &mut order.journey {
            *node = nodes.of(*node);
        }
        order.lines = renumbered(order, &parts.lines, &mut lines, &mut moved_lines, &orders);
    }
    parts.lines = lines;
    let moved_lines = Moves(moved_lines);
    for row in &mut parts.commitments {
        row.line = moved_lines.of(row.line);
        row.node = nodes.of(row.node);
        row.service = row.service.map(|service| services.of(service));
    }
    parts.commitments.reverse();
    for row in &mut parts.exclusions {
        row.order = orders.of(row.order);
        row.line = row.line.map(|line| moved_lines.of(line));
        row.node = nodes.of(row.node);
    }
    parts.exclusions.reverse();
    Moves::apply::<ReturnId, _>(&mut parts.returns, rng);
    for one in parts.returns.iter_mut() {
        one.order = one.order.map(|order| orders.of(order));
        one.drop_node = one.drop_node.map(|node| nodes.of(node));
    }
    Wave::new(parts)
}

/// Appends the lines of an order, the last first, and returns their new range.
fn renumbered(
    order: &Order,
    old: &IdVec<LineId, wavewright::domain::OrderLine>,
    new: &mut IdVec<LineId, wavewright::domain::OrderLine>,
    moved: &mut [usize],
    orders: &Moves,
) -> std::ops::Range<u32> {
    let first = new.len() as u32;
    for id in order.line_ids().rev() {
        let mut line = old[id].clone();
        line.order = orders.of(line.order);
        moved[id.index()] = new.push(line).index();
    }
    first..new.len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle;
    use wavewright::domain::Level;

    const SEEDS: u64 = 60;

    fn by_oracle(wave: &Wave, model: &Model) -> Option<oracle::Optimum> {
        oracle::solve(wave, model).ok()
    }

    fn decision(part: &oracle::Part) -> Commitment {
        Commitment {
            line: part.line,
            quantity: part.units,
            node: part.option.source,
            service: part.option.service,
            ship_date: Some(part.option.ship_date),
            level: Level::Planned,
            pinned: false,
        }
    }

    fn decided(wave: &Wave, model: &Model) -> Option<Decided> {
        let best = by_oracle(wave, model)?;
        let free = best.parts.iter().filter(|part| !part.is_frozen);
        let decisions = free.map(|part| part.option.hops.is_empty().then(|| decision(part)));
        Some(Decided { objective: best.objective, decisions: decisions.collect() })
    }

    fn least(wave: &Wave, model: &Model) -> Option<Objective> {
        by_oracle(wave, model).map(|best| best.objective)
    }

    /// Tests that the oracle does not mind the order of rows.
    #[test]
    fn the_oracle_ignores_row_order() {
        over_all(SEEDS, 0.95, |seed, profile| row_order_does_not_matter(seed, profile, least));
    }

    /// Tests that the oracle finds no more cost with more stock and capacity.
    #[test]
    fn the_oracle_uses_more_room() {
        over_all(SEEDS, 0.95, |seed, profile| more_never_costs_more(seed, profile, least));
    }

    /// Tests that the oracle's objective grows with the weights.
    #[test]
    fn the_oracle_scales() {
        over_all(SEEDS, 0.95, |seed, profile| {
            scaled_weights_scale_the_objective(seed, profile, least)
        });
    }

    /// Tests that the oracle's plans cost the same when they are pinned.
    #[test]
    fn the_oracle_agrees_with_its_pinned_plans() {
        let property = |seed, profile| pinned_plans_cost_the_same(seed, profile, decided, least);
        over_all(SEEDS, 0.7, property);
    }

    /// Tests that the oracle keeps frozen commitments, and that losing one would be found.
    #[test]
    fn the_oracle_keeps_what_is_frozen() {
        let mut frozen = 0;
        for seed in 0..SEEDS {
            let (wave, model) = random_case(seed, Profile::Commitments);
            let Some(best) = by_oracle(&wave, &model) else { continue };
            let direct = best.parts.iter().filter(|part| part.option.hops.is_empty());
            let decisions: Vec<Commitment> = direct.map(decision).collect();
            frozen_stays_frozen(&wave, &decisions);
            if wave.commitments.iter().any(Commitment::is_frozen) {
                frozen += 1;
                let lost = std::panic::catch_unwind(|| frozen_stays_frozen(&wave, &[]));
                assert!(lost.is_err(), "seed {seed}");
            }
        }
        assert!(frozen > SEEDS / 2, "{frozen} waves with frozen commitments");
    }
}
