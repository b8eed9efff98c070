//! A plan to start from: what another plan decided, as far as it can still be done.

use crate::ids::NodeId;
use crate::options::{Decision, OrderOptions, Planner};
use crate::solve::WaveProblem;
use crate::solve::column::{Column, Entry, state_of};
use crate::solve::greedy::Stockroom;
use crate::solve::order_plan::Terms;
use crate::solve::relax::Duals;
use crate::solve::states::States;
use crate::solve::wave_options::OrderProblem;
use crate::time::Day;
use crate::units::Quantity;
use rustc_hash::FxHashMap;

/// The columns of the decisions of another plan. An order of which something is no option any
/// more, or does not fit, is planned from what is left, as are orders with frozen units, which
/// decisions hold together with others.
pub fn resume(
    problem: &WaveProblem,
    decisions: &[Decision],
    guide: &Duals,
    stop: &dyn Fn() -> bool,
) -> Vec<Column> {
    let lines = &problem.planner.wave.lines;
    let mut by_order: FxHashMap<_, Vec<&Decision>> = FxHashMap::default();
    for decision in decisions {
        by_order.entry(lines[decision.line].order).or_default().push(decision);
    }
    let mut room = Stockroom::new(problem, guide);
    let mut columns = Vec::new();
    let mut rest = Vec::new();
    for order in problem.arrivals() {
        let decided = by_order.get(&problem.orders[order].options.order).map_or(&[][..], |d| d);
        let OrderProblem { options, tables } = &problem.orders[order];
        let priced = |entries| problem.column(order as u32, entries);
        let column = column(problem.planner, options, &tables.states, decided, priced);
        match column.filter(|column| room.fits(column)) {
            Some(column) => {
                room.take(&column);
                columns.push(column);
            }
            None => rest.push(order),
        }
    }
    let rest = rest.into_iter().take_while(|_| !stop());
    columns.extend(rest.filter_map(|order| room.plan(order)));
    columns
}

/// What was decided for an order, if it obeys every rule of the order; nothing for an order that
/// ships nothing. `priced` makes a column of entries.
pub(super) fn column(
    planner: &Planner,
    options: &OrderOptions,
    states: &States,
    decided: &[&Decision],
    priced: impl Fn(Vec<Entry>) -> Column,
) -> Option<Column> {
    if decided.is_empty() || !options.frozen.is_empty() {
        return None;
    }
    let entries: Option<Vec<Entry>> =
        decided.iter().map(|decision| entry(planner, options, decision)).collect();
    let entries = entries?;
    let units = |line: usize| -> Quantity {
        entries.iter().filter(|e| e.line as usize == line).map(|e| e.quantity).sum()
    };
    let is_allowed = |line: usize| {
        let terms = &options.lines[line];
        let parts = entries.iter().filter(|e| e.line as usize == line);
        let together = options.needs[terms.need].lines.iter();
        let taken = units(line);
        let all_or_none = taken == terms.quantity || taken == 0;
        (all_or_none || (terms.divisible && taken < terms.quantity))
            && (options.split_lines || parts.count() <= 1)
            && together.into_iter().all(|other| (units(*other) > 0) == (taken > 0))
    };
    if !(0..options.lines.len()).all(is_allowed) {
        return None;
    }
    // What a split costs does not say how many are allowed.
    let terms = Terms::of(options, states, 0.0);
    let state = state_of(options, states, &entries);
    let column = priced(entries);
    let is_allowed =
        terms.allows(states, state) && column.shipments as usize <= terms.max_shipments;
    is_allowed.then_some(column)
}

/// A decision as an entry of the order's options; nothing where it is none of them.
fn entry(planner: &Planner, options: &OrderOptions, decision: &Decision) -> Option<Entry> {
    let line = options.lines.iter().position(|line| line.id == decision.line)?;
    let group = options.groups.iter().position(|group| group.key() == decision.shipment())?;
    let may_come = if decision.hops.is_empty() {
        decision.source == decision.node && options.groups[group].takes_direct(line)
    } else {
        options.groups[group].takes_moved(line)
            && arrival(planner, options, line, decision)
                .is_some_and(|(node, day)| node == decision.node && day <= decision.ship_date)
    };
    may_come.then(|| Entry {
        group: group as u32,
        line: line as u32,
        source: decision.source,
        hops: decision.hops.clone().into(),
        quantity: decision.quantity,
    })
}

/// Where and when a route over lanes ends; nothing where it is none of the order's.
fn arrival(
    planner: &Planner,
    options: &OrderOptions,
    line: usize,
    decision: &Decision,
) -> Option<(NodeId, Day)> {
    let transfers = &options.transfers;
    let supply = |s: &&crate::options::Supply| (s.line, s.source) == (line, decision.source);
    let first = decision.hops.first()?.departs;
    transfers.supplies.iter().find(supply)?.days.binary_search(&first).ok()?;
    if decision.hops.len() > transfers.max_lanes {
        return None;
    }
    let (mut node, mut day) = (decision.source, first);
    for hop in &decision.hops {
        let departure = &transfers.departures[transfers.departure(node, *hop)?];
        if departure.hop.departs < day {
            return None;
        }
        (node, day) = (planner.wave.lanes[hop.lane].to, departure.arrives);
    }
    Some((node, day))
}
