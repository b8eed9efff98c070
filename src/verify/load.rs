//! Work at nodes: capacities, overload, opening, and the table of node loads.

use super::release::Load;
use super::violation::{Violation, ViolationKind as Kind};
use super::{Context, Tally};
use crate::domain::{Capacity, CapacityUnit, CostKey};
use crate::ids::NodeId;
use crate::plan::NodeLoad;
use crate::time::Day;
use crate::units::{Decimal, Money, round_half_up};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Checks capacities, prices overload and opening, and compares the table of node loads.
pub(super) fn check(context: Context<'_>, tally: &mut Tally) {
    let wave = context.wave;
    let mut rows: FxHashMap<(NodeId, Day, CapacityUnit), &NodeLoad> = FxHashMap::default();
    for row in &context.plan.node_load {
        if rows.insert((row.node, row.date, row.unit), row).is_some() {
            unexpected(context, tally, row, "one row");
        }
    }
    let mut dates: BTreeSet<(NodeId, Day)> = tally.loads.keys().copied().collect();
    for row in &context.plan.node_load {
        dates.insert((row.node, row.date));
    }
    for (node, _) in wave.nodes.enumerate().filter(|(_, terms)| !terms.capacities.is_empty()) {
        dates.extend(wave.window(node).iter().map(|day| (node, *day)));
    }
    for (node, date) in dates {
        let load = tally.loads.get(&(node, date)).copied();
        if load.is_some() {
            tally.costs[CostKey::NodeOpening] += wave.nodes[node].open_cost;
        }
        let load = load.unwrap_or_default();
        let is_working = wave.window(node).binary_search(&date).is_ok();
        for unit in CapacityUnit::ALL {
            let limit = wave.capacities_on(node, date).find(|row| row.unit == unit);
            let built = build(node, date, unit, &load, limit);
            if let Some(limit) = limit {
                let price = i128::from(limit.overload_cost.0) * i128::from(built.overload.0);
                let scale = i128::from(Decimal::SCALE);
                tally.costs[CostKey::Overload] += Money(round_half_up(price, scale));
                within(context, tally, &built, &load, limit);
            }
            let is_needed = built.used > Decimal::ZERO || (limit.is_some() && is_working);
            match rows.get(&(node, date, unit)) {
                Some(row) if built.used == Decimal::ZERO && limit.is_none() => {
                    unexpected(context, tally, row, "no row");
                }
                Some(row) => compare(context, tally, row, &built),
                None if is_needed => {
                    let (kind, what) = (Kind::NodeLoadMissing, labels(context, &built));
                    tally.violations.push(Violation::new(kind, what, "no row", "a row"));
                }
                None => {}
            }
        }
    }
}

fn build(
    node: NodeId,
    date: Day,
    unit: CapacityUnit,
    load: &Load,
    limit: Option<&Capacity>,
) -> NodeLoad {
    let used = Decimal(load.total.of(unit) as i64);
    let overload = limit.map_or(Decimal::ZERO, |limit| {
        Decimal((used - limit.capacity).0.max(0).min(limit.overload.0))
    });
    let capacity = limit.map(|limit| limit.capacity);
    NodeLoad { node, date, unit, used, capacity, overload, shadow_price: None }
}

/// Work that is not frozen fits in what frozen work leaves of capacity and overload.
fn within(
    context: Context<'_>,
    tally: &mut Tally,
    built: &NodeLoad,
    load: &Load,
    limit: &Capacity,
) {
    let frozen = load.frozen.of(built.unit);
    let free = load.total.of(built.unit) - frozen;
    let left = (i128::from(limit.capacity.0) + i128::from(limit.overload.0) - frozen).max(0);
    if free > left {
        let text = |amount: i128| Decimal(amount as i64).to_string();
        let expected = format!("at most {} beside {} frozen", text(left), text(frozen));
        let (kind, what) = (Kind::CapacityExceeded, labels(context, built));
        tally.violations.push(Violation::new(kind, what, text(free), expected));
    }
}

fn labels(context: Context<'_>, row: &NodeLoad) -> Vec<(&'static str, String)> {
    vec![
        ("node", context.wave.nodes[row.node].id.to_string()),
        ("date", row.date.to_string()),
        ("unit", row.unit.name().to_string()),
    ]
}

fn unexpected(context: Context<'_>, tally: &mut Tally, row: &NodeLoad, expected: &str) {
    let (kind, what) = (Kind::NodeLoadUnexpected, labels(context, row));
    tally.violations.push(Violation::new(kind, what, "a row", expected));
}

fn compare(context: Context<'_>, tally: &mut Tally, row: &NodeLoad, built: &NodeLoad) {
    let text = |amount: Option<Decimal>| amount.map_or("none".to_string(), |it| it.to_string());
    let columns = [
        ("used", Some(row.used), Some(built.used)),
        ("capacity", row.capacity, built.capacity),
        ("overload", Some(row.overload), Some(built.overload)),
    ];
    for (column, found, expected) in columns.into_iter().filter(|(_, a, b)| a != b) {
        let mut what = labels(context, row);
        what.push(("column", column.to_string()));
        let kind = Kind::NodeLoadWrong;
        tally.violations.push(Violation::new(kind, what, text(found), text(expected)));
    }
}
