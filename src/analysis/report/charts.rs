//! What the charts of one plan show, aggregated.

use super::figures::{weight, weighted};
use crate::domain::{CapacityUnit, CostKey};
use crate::plan::{LoadRow, PlanRows};
use serde::Serialize;
use std::collections::BTreeMap;

/// Shadow prices shown of stock, and of capacity.
const PRICES: usize = 12;
/// Nodes and units shown in the chart of loads: the busiest.
const LOADS: usize = 24;

/// The data of a plan's charts.
#[derive(Debug, Serialize)]
pub(super) struct Charts {
    /// Terms that are not 0.
    cost: Vec<Term>,
    per_order: Vec<Bar>,
    lateness: Vec<Bar>,
    unfilled: Vec<Bar>,
    load: Vec<Load>,
    /// Of how many nodes and units those of `load` are the busiest.
    load_of: usize,
    prices: Vec<Price>,
    progress: Vec<Point>,
}

#[derive(Debug, Serialize)]
struct Term {
    key: &'static str,
    amount: f64,
    weight: f64,
    counted: f64,
}

/// How many there are of something.
#[derive(Debug, PartialEq, Serialize)]
struct Bar {
    name: String,
    count: u64,
    share: f64,
}

#[derive(Debug, Serialize)]
struct Load {
    /// The node, and the unit unless it is `units`.
    name: String,
    unit: &'static str,
    date: String,
    used: f64,
    capacity: Option<f64>,
    /// Used by capacity; nothing without a capacity, or where it is 0.
    share: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Price {
    /// `stock` or `capacity`.
    of: &'static str,
    name: String,
    price: f64,
}

#[derive(Debug, Serialize)]
struct Point {
    seconds: f64,
    what: &'static str,
    amount: f64,
}

impl Charts {
    pub fn new(rows: &PlanRows) -> Charts {
        let (load, load_of) = load(rows);
        Charts {
            cost: cost(rows),
            per_order: per_order(rows),
            lateness: lateness(rows),
            unfilled: unfilled(rows),
            load,
            load_of,
            prices: prices(rows),
            progress: progress(rows),
        }
    }
}

fn cost(rows: &PlanRows) -> Vec<Term> {
    let term = |key: CostKey| Term {
        key: key.name(),
        amount: rows.certificate.cost.get(key.name()).copied().unwrap_or(0.0),
        weight: weight(rows, key),
        counted: weighted(rows, key),
    };
    CostKey::ALL.into_iter().map(term).filter(|term| term.amount != 0.0).collect()
}

/// Bars of counts by name, each with its share of the sum.
fn bars(counts: impl IntoIterator<Item = (String, u64)>) -> Vec<Bar> {
    let counts: Vec<(String, u64)> = counts.into_iter().collect();
    let sum: u64 = counts.iter().map(|(_, count)| count).sum();
    let share = |count: u64| if sum > 0 { count as f64 / sum as f64 } else { 0.0 };
    counts.into_iter().map(|(name, count)| Bar { name, count, share: share(count) }).collect()
}

/// Orders by their number of shipments; those with nothing sent count as 0.
fn per_order(rows: &PlanRows) -> Vec<Bar> {
    const MOST: usize = 5;
    let mut shipments: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows.unfilled {
        shipments.entry(&row.order).or_default();
    }
    for row in &rows.shipments {
        *shipments.entry(&row.order).or_default() += 1;
    }
    let mut counts = [0_u64; MOST + 1];
    for count in shipments.into_values() {
        counts[count.min(MOST)] += 1;
    }
    let name = |count: usize| {
        if count == MOST { format!("{MOST} or more") } else { count.to_string() }
    };
    bars(counts.into_iter().enumerate().map(|(count, orders)| (name(count), orders)))
}

/// Lines served by the days that their latest part is late.
fn lateness(rows: &PlanRows) -> Vec<Bar> {
    const NAMES: [(&str, u32); 7] = [
        ("on time", 0),
        ("1 day", 1),
        ("2 days", 2),
        ("3 days", 3),
        ("4 to 7 days", 7),
        ("8 to 14 days", 14),
        ("15 days or more", u32::MAX),
    ];
    let mut lines: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for row in &rows.assignments {
        let late = lines.entry((&row.order, &row.line)).or_default();
        *late = row.days_late.max(*late);
    }
    let mut counts = NAMES.map(|(name, _)| (name.to_owned(), 0));
    for late in lines.into_values() {
        let place = NAMES.iter().position(|(_, most)| late <= *most).unwrap_or(NAMES.len() - 1);
        counts[place].1 += 1;
    }
    bars(counts)
}

/// Open units by their most binding reason, the most first.
fn unfilled(rows: &PlanRows) -> Vec<Bar> {
    let mut units: BTreeMap<&str, u64> = BTreeMap::new();
    for row in &rows.unfilled {
        let reason = row.reasons.first().map_or("unknown", String::as_str);
        *units.entry(reason).or_default() += u64::from(row.quantity);
    }
    let mut units: Vec<(String, u64)> =
        units.into_iter().map(|(reason, units)| (reason.to_owned(), units)).collect();
    units.sort_by_key(|(_, units)| std::cmp::Reverse(*units));
    bars(units)
}

fn load_name(row: &LoadRow) -> String {
    match row.unit {
        CapacityUnit::Units => row.node.clone(),
        unit => format!("{}, {}", row.node, unit.name()),
    }
}

/// Used by capacity; nothing where there is none.
fn use_of(row: &LoadRow) -> Option<f64> {
    let capacity = row.capacity?.to_f64();
    (capacity > 0.0).then(|| row.used.to_f64() / capacity)
}

/// The loads of the nodes and units with the highest use on any date, the highest first, and how
/// many nodes and units with a capacity there are.
fn load(rows: &PlanRows) -> (Vec<Load>, usize) {
    let mut groups: BTreeMap<(&str, CapacityUnit), Vec<&LoadRow>> = BTreeMap::new();
    for row in rows.node_load.iter().filter(|row| row.capacity.is_some()) {
        groups.entry((&row.node, row.unit)).or_default().push(row);
    }
    let of = groups.len();
    let peak = |rows: &[&LoadRow]| rows.iter().filter_map(|row| use_of(row)).fold(0.0, f64::max);
    let mut groups: Vec<Vec<&LoadRow>> = groups.into_values().collect();
    groups.sort_by(|a, b| peak(b).total_cmp(&peak(a)));
    groups.truncate(LOADS);
    let load = |row: &LoadRow| Load {
        name: load_name(row),
        unit: row.unit.name(),
        date: row.date.to_string(),
        used: row.used.to_f64(),
        capacity: row.capacity.map(|capacity| capacity.to_f64()),
        share: use_of(row),
    };
    (groups.into_iter().flatten().map(load).collect(), of)
}

/// The highest shadow prices of capacity and of stock.
fn prices(rows: &PlanRows) -> Vec<Price> {
    let capacity = rows.node_load.iter().filter_map(|row| {
        let name = format!("{}, {}, {}", row.node, row.unit.name(), row.date);
        Some(Price { of: "capacity", name, price: row.shadow_price? })
    });
    let stock = rows.stock_use.iter().filter_map(|row| {
        let name = format!("{} at {}", row.sku, row.node);
        Some(Price { of: "stock", name, price: row.shadow_price? })
    });
    let top = |prices: Vec<Price>| {
        let mut prices: Vec<Price> = prices.into_iter().filter(|row| row.price > 0.0).collect();
        prices.sort_by(|a, b| b.price.total_cmp(&a.price).then_with(|| a.name.cmp(&b.name)));
        prices.truncate(PRICES);
        prices
    };
    let mut both = top(stock.collect());
    both.extend(top(capacity.collect()));
    both
}

/// Best plan and bound over the time of planning, with where they ended.
fn progress(rows: &PlanRows) -> Vec<Point> {
    let seconds = &rows.certificate.seconds;
    let mut points = Vec::new();
    let Some(last) = seconds.progress.last() else { return points };
    let end = seconds.stages.get("solve").map_or(last.seconds, |solve| solve.max(last.seconds));
    let mut add = |what, amounts: &[(f64, Option<f64>)], last: Option<f64>| {
        let known = amounts.iter().filter_map(|(at, amount)| Some((*at, (*amount)?)));
        let known = known.chain(last.map(|last| (end, last)));
        points.extend(known.map(|(seconds, amount)| Point { seconds, what, amount }));
    };
    let of = |step: fn(&crate::plan::Step) -> Option<f64>| -> Vec<(f64, Option<f64>)> {
        seconds.progress.iter().map(|one| (one.seconds, step(one))).collect()
    };
    let certificate = &rows.certificate;
    add("best plan", &of(|step| step.incumbent), Some(certificate.objective));
    add("bound", &of(|step| step.bound), certificate.bound);
    points
}
