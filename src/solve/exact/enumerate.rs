//! The columns that can still matter.

use crate::solve::column::Column;
use crate::solve::order_plan::{BestColumns, best_plan, cheapest_rest};
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
    /// Columns that a limit left out.
    pub left_out: u64,
}

/// Collects the columns of an order.
struct Collector<F: Fn(usize, u32) -> f64> {
    limit: F,
    found: Vec<Priced>,
    most: usize,
}

impl<F: Fn(usize, u32) -> f64> Visit for Collector<F> {
    fn limit(&self, state: usize, shipments: u32) -> f64 {
        if self.found.len() > self.most {
            f64::NEG_INFINITY
        } else {
            (self.limit)(state, shipments)
        }
    }

    fn visit(&mut self, found: Priced) {
        self.found.push(found);
    }
}

/// Every column that is part of a plan of its order that costs, at these prices, at most
/// `distance` more than the order's best plan; every column for an infinite distance. Stops when
/// an order has more than `most` of them.
pub fn enumerate(
    problem: &WaveProblem,
    prices: &Prices,
    order_prices: &[OrderPrices],
    distance: f64,
    most: usize,
) -> Enumeration {
    let of_order = |index: usize| {
        let OrderProblem { options, tables } = &problem.orders[index];
        let scan = problem.scan(index, prices, &order_prices[index]);
        let best = BestColumns::find(&scan);
        let plan = best_plan(options, tables, &best);
        let rest = cheapest_rest(options, tables, &best);
        // The limit of a state: what a column may cost so that some plan with it is near enough.
        let mut limits: BTreeMap<(usize, u32), f64> = BTreeMap::new();
        for state in 1..tables.states.count() {
            for shipments in 0..=tables.states.needs().max(2) as u32 {
                let margin = plan.cost + distance - rest(state, shipments);
                let margin = if distance.is_infinite() && rest(state, shipments).is_finite() {
                    f64::INFINITY
                } else {
                    margin
                };
                limits.insert((state, shipments), margin + 1e-6);
            }
        }
        let limit = |state: usize, shipments: u32| {
            limits.get(&(state, shipments)).copied().unwrap_or(f64::NEG_INFINITY)
        };
        let mut all = Collector { limit, found: Vec::new(), most };
        scan.shipments(&mut all);
        let left_out = combinations(&scan, &mut all);
        let overflow = all.found.len() > most;
        let mut columns: Vec<Column> =
            all.found.into_iter().map(|found| scan.column(index as u32, found.entries)).collect();
        columns.retain(|column| column.fits_alone(&problem.resources));
        columns.sort_by(|a, b| a.entries.cmp(&b.entries));
        columns.dedup_by(|a, b| a.entries == b.entries);
        (columns, left_out, overflow)
    };
    let results: Vec<_> = (0..problem.orders.len()).into_par_iter().map(of_order).collect();
    let mut enumeration = Enumeration { columns: Vec::new(), overflow: false, left_out: 0 };
    for (columns, left_out, overflow) in results {
        enumeration.columns.extend(columns);
        enumeration.left_out += left_out;
        enumeration.overflow |= overflow;
    }
    enumeration
}
