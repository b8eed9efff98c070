//! The columns that can still matter.

use crate::solve::column::Column;
use crate::solve::order_plan::{BestColumns, OrderBound, Terms};
use crate::solve::pricing::{OrderPrices, Priced, Prices, Visit};
use crate::solve::shared::combinations;
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The columns within a distance of the best order plans.
#[derive(Clone, Debug)]
pub struct Enumeration {
    /// By order, then by entries.
    pub columns: Vec<Column>,
    /// Whether the search stopped because there were too many.
    pub overflow: bool,
    /// By how much a plan can be cheaper than its columns say, because not every combination of
    /// shipments that share a transfer was looked at.
    pub unseen_saving: f64,
}

/// Collects the columns of an order.
struct Collector<F: Fn(usize, u32) -> f64> {
    limit: F,
    found: Vec<Priced>,
    most: usize,
}

impl<F: Fn(usize, u32) -> f64> Visit for Collector<F> {
    fn limit(&self, state: usize, shipments: u32, _: bool) -> f64 {
        if self.found.len() > self.most {
            f64::NEG_INFINITY
        } else {
            (self.limit)(state, shipments)
        }
    }

    fn only_cheapest(&self) -> bool {
        false
    }

    fn visit(&mut self, found: Priced) {
        self.found.push(found);
    }
}

/// Every column that is part of a plan of its order that costs, at these prices, at most
/// `distance` more than the order's best plan; every column for an infinite distance. Stops when
/// an order has more than `most_columns` of them.
pub fn enumerate(
    problem: &WaveProblem,
    prices: &Prices,
    order_prices: &[OrderPrices],
    distance: f64,
    most_columns: usize,
) -> Enumeration {
    let of_order = |index: usize| {
        let OrderProblem { options, tables } = &problem.orders[index];
        let scan = problem.scan(index, prices, &order_prices[index]);
        let mut best = BestColumns::find(&scan);
        let bound = OrderBound::new(&scan, &mut best);
        let most = Terms::new(options, tables).max_shipments;
        // The limit of a state: what a column may cost so that some plan with it is near enough.
        let mut limits: BTreeMap<(usize, u32), f64> = BTreeMap::new();
        for state in 1..tables.states.count() {
            for shipments in 0..=most {
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
        let mut all = Collector { limit, found: Vec::new(), most: most_columns };
        scan.shipments(&mut all);
        let unseen = combinations(&scan, &mut all);
        let overflow = all.found.len() > most_columns;
        let mut columns: Vec<Column> =
            all.found.into_iter().map(|found| scan.column(index as u32, found.entries)).collect();
        columns.retain(|column| column.fits_alone(&problem.resources));
        columns.sort_by(|a, b| a.entries.cmp(&b.entries));
        columns.dedup_by(|a, b| a.entries == b.entries);
        (columns, unseen, overflow)
    };
    let results: Vec<_> = (0..problem.orders.len()).into_par_iter().map(of_order).collect();
    let mut enumeration = Enumeration { columns: Vec::new(), overflow: false, unseen_saving: 0.0 };
    for (columns, unseen, overflow) in results {
        enumeration.columns.extend(columns);
        enumeration.unseen_saving += unseen;
        enumeration.overflow |= overflow;
    }
    enumeration
}
