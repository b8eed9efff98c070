//! The columns that can still matter.

use crate::network::Hop;
use crate::options::OrderOptions;
use crate::solve::ResourceId;
use crate::solve::column::{Column, CostOf, Entry};
use crate::solve::order_plan::{OrderBound, Terms};
use crate::solve::pricing::{Found, Visit};
use crate::solve::relax::Duals;
use crate::solve::routes::all_routes;
use crate::solve::search;
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::units::{Decimal, Quantity};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The columns within a distance of the best order plans.
#[derive(Clone, Debug)]
pub struct Enumeration {
    /// By order, then by entries.
    pub columns: Vec<Column>,
    /// Whether the search stopped because there were too many.
    pub overflow: bool,
}

/// Collects the columns of an order.
struct Collector<'a, F: Fn(usize, u32) -> f64> {
    limit: F,
    found: Vec<Found>,
    most: usize,
    /// Of all orders together.
    count: &'a AtomicUsize,
    most_in_all: usize,
}

impl<F: Fn(usize, u32) -> f64> Collector<'_, F> {
    fn overflows(&self) -> bool {
        self.found.len() > self.most || self.count.load(Ordering::Relaxed) > self.most_in_all
    }
}

impl<F: Fn(usize, u32) -> f64> Visit for Collector<'_, F> {
    fn limit(&self, state: usize, shipments: u32) -> f64 {
        if self.overflows() { f64::NEG_INFINITY } else { (self.limit)(state, shipments) }
    }

    fn visit(&mut self, found: Found) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.found.push(found);
    }
}

/// Every column that is part of a plan of its order that costs, at these prices, at most
/// `distance` more than the order's best plan; every column for an infinite distance. Stops when
/// an order has more than `most_columns` of them, or all orders more than `most_in_all`.
pub fn enumerate(
    problem: &WaveProblem,
    duals: &Duals,
    distance: f64,
    most_columns: usize,
    most_in_all: usize,
) -> Enumeration {
    let count = AtomicUsize::new(0);
    let of_order = |index: usize| {
        let OrderProblem { options, tables } = &problem.orders[index];
        let scan = problem.scan(index, &duals.prices, &duals.orders[index]);
        let bound = OrderBound::new(&scan);
        let most = Terms::new(options, tables).max_shipments;
        // The limit of a state: what a shipment may cost so that some plan with it is near enough.
        let mut limits: BTreeMap<(usize, u32), f64> = BTreeMap::new();
        for state in 1..tables.states.count() {
            for shipments in 0..=most.min(1) {
                let rest = bound.rest(tables, state, shipments);
                if rest.is_finite() {
                    let limit = bound.least + distance - rest + 1e-6;
                    limits.insert((state, shipments as u32), limit);
                }
            }
        }
        let limit = |state: usize, shipments: u32| {
            limits.get(&(state, shipments)).copied().unwrap_or(f64::NEG_INFINITY)
        };
        let mut all =
            Collector { limit, found: Vec::new(), most: most_columns, count: &count, most_in_all };
        search::shipments(&scan, &all_routes(&scan), &mut all);
        if all.overflows() || moves_too_many(&all.found) {
            return (Vec::new(), true);
        }
        let column = |found: Found| scan.column(index as u32, found.entries, CostOf::Shipments);
        let mut columns: Vec<Column> = all.found.into_iter().map(column).collect();
        columns.retain(|column| column.fits_alone(&problem.resources));
        drop_dominated(problem, options, &mut columns);
        columns.sort_by(|a, b| a.entries.cmp(&b.entries));
        columns.dedup_by(|a, b| a.entries == b.entries);
        (columns, false)
    };
    let results: Vec<(Vec<Column>, bool)> =
        (0..problem.orders.len()).into_par_iter().map(of_order).collect();
    let mut enumeration = Enumeration { columns: Vec::new(), overflow: false };
    for (columns, overflow) in results {
        enumeration.columns.extend(columns);
        enumeration.overflow |= overflow;
    }
    enumeration
}

/// Shipments of all orders that are looked at before the dominated ones are dropped.
pub(super) const MAX_FOUND: usize = 400_000;

/// Lines of an order that may leave together in one move; every subset of them is priced.
const MAX_MOVED_LINES: usize = 10;

/// Whether too many lines may leave together.
fn moves_too_many(found: &[Found]) -> bool {
    let mut lines: BTreeMap<Hop, BTreeSet<u32>> = BTreeMap::new();
    for entry in found.iter().flat_map(|found| &found.entries) {
        for hop in &entry.hops {
            lines.entry(*hop).or_default().insert(entry.line);
        }
    }
    lines.values().any(|lines| lines.len() > MAX_MOVED_LINES)
}

/// Drops columns for which another one covers the same units, costs no more, and uses no more of
/// anything that is contended.
///
/// A plan with the worse column stays feasible and costs no more with the better one instead,
/// unless that joins another column of its group; so a column may only replace one of its own
/// groups, or one of an order with a single need.
fn drop_dominated(problem: &WaveProblem, options: &OrderOptions, columns: &mut Vec<Column>) {
    let alone = options.needs.len() == 1 && !options.split_lines;
    let groups = |column: &Column| {
        let mut groups: Vec<u32> = column.entries.iter().map(|entry| entry.group).collect();
        groups.dedup();
        groups
    };
    // What moves over lanes has to stay the same: the cost of lanes is not the column's.
    let takes = |column: &Column| -> (Vec<Quantity>, Vec<Entry>) {
        let quantities = (0..options.lines.len()).map(|line| column.quantity(line)).collect();
        let moved = column.entries.iter().filter(|entry| !entry.hops.is_empty());
        let moved = moved.map(|entry| Entry { group: 0, ..entry.clone() }).collect();
        (quantities, moved)
    };
    let contended = |column: &Column| -> Vec<(ResourceId, Decimal)> {
        let uses = column.uses.iter().filter(|(id, _)| problem.contended[*id as usize]);
        uses.copied().collect()
    };
    // Columns that may replace each other, the cheapest first.
    type Key = ((Vec<Quantity>, Vec<Entry>), Vec<u32>, u32);
    let mut by_key: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (index, column) in columns.iter().enumerate() {
        let place = if alone { Vec::new() } else { groups(column) };
        by_key.entry((takes(column), place, column.shipments)).or_default().push(index);
    }
    let mut keep = vec![true; columns.len()];
    for mut alike in by_key.into_values() {
        alike.sort_by_key(|&index| (columns[index].cost, index));
        let mut kept: Vec<(Vec<(ResourceId, Decimal)>, usize)> = Vec::new();
        for index in alike {
            let uses = contended(&columns[index]);
            let worst = columns[index].line_share;
            let beaten = kept.iter().any(|(better, other)| {
                let fits = better
                    .iter()
                    .all(|(id, used)| uses.iter().any(|(same, most)| same == id && used <= most));
                let opens = &columns[*other].opens;
                fits && columns[*other].line_share <= worst
                    && opens.iter().all(|opening| columns[index].opens.contains(opening))
            });
            if beaten || kept.len() >= MAX_COMPARED {
                keep[index] = !beaten;
            } else {
                kept.push((uses, index));
            }
        }
    }
    let mut keep = keep.into_iter();
    columns.retain(|_| keep.next().unwrap_or(true));
}

/// Columns that another one is compared with, at most.
const MAX_COMPARED: usize = 200;
