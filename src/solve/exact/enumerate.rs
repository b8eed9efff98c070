//! The shipments and parts that can still matter.

use crate::network::Hop;
use crate::solve::best_shipments::Kind;
use crate::solve::column::Entry;
use crate::solve::exact::pieces::{Part, Pieces, Shipment, fits_alone};
use crate::solve::order_plan::{OrderBound, OrderPlan, Terms, plan_by_shares, plan_jointly};
use crate::solve::pricing::OrderPrices;
use crate::solve::relax::Duals;
use crate::solve::routes::all_routes;
use crate::solve::search::{self, Found};
use crate::solve::wave_options::WaveProblem;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Lines of an order that may leave together in one move; every subset of them is priced.
const MAX_MOVED_LINES: usize = 10;

/// Every shipment and part that is in a plan of its order that costs, at these prices, at most
/// `distance` more than the order's best plan; all of them for an infinite distance. Nothing where
/// they are more than `most`, or too many lines may leave together.
pub fn enumerate(
    problem: &WaveProblem,
    duals: &Duals,
    distance: f64,
    most: usize,
) -> Option<Pieces> {
    let count = AtomicUsize::new(0);
    let of_order = |index: usize| {
        let found = of_order(problem, duals, index, distance, &count, most)?;
        let order = index as u32;
        let shipments = found.shipments.into_iter();
        let shipments = shipments.map(|(group, state)| Shipment::new(problem, order, group, state));
        let parts = found.parts.into_iter().map(|entry| Part::new(problem, order, entry));
        Some(Pieces {
            shipments: shipments.filter(|s| fits_alone(problem, &s.uses)).collect(),
            parts: parts.filter(|part| fits_alone(problem, &part.uses)).collect(),
        })
    };
    let all: Option<Vec<Pieces>> =
        (0..problem.orders.len()).into_par_iter().map(of_order).collect();
    let mut pieces = Pieces::default();
    for of_order in all? {
        pieces.shipments.extend(of_order.shipments);
        pieces.parts.extend(of_order.parts);
    }
    pieces.sort();
    Some(pieces)
}

/// What is near enough of one order; nothing where it is too much.
fn of_order(
    problem: &WaveProblem,
    duals: &Duals,
    index: usize,
    distance: f64,
    count: &AtomicUsize,
    most: usize,
) -> Option<Found> {
    let tables = &problem.orders[index].tables;
    let scan = problem.scan(index, &duals.prices, &duals.orders[index]);
    // What a plan with some shipment costs is known by shares only, at best by those of its own.
    let OrderPlan { least, shares, .. } = plan_by_shares(&scan, &mut |_, _, _| ());
    let least = plan_jointly(&scan, &mut |_, _, _| ()).map_or(least, |plan| plan.least);
    let own = OrderPrices { shares, ..duals.orders[index].clone() };
    let scan = problem.scan(index, &duals.prices, &own);
    let bound = OrderBound::new(&scan, &mut |_, _, _| ());
    // The limit of a state: what a shipment may cost so that some plan with it is near enough.
    let limit =
        |state: usize, kind: Kind| least + distance - bound.rest(tables, state, kind) + 1e-6;
    let of_class = |class: usize| -> Vec<[f64; 2]> {
        (0..tables.states.count())
            .map(|state| std::array::from_fn(|added| limit(state, Kind { class, added })))
            .collect()
    };
    let limits: Vec<Vec<[f64; 2]>> = (0..tables.exchanges.classes()).map(of_class).collect();
    let may_add = Terms::new(scan.options, tables).max_shipments > 0;
    let routes = all_routes(&scan);
    let mut found = Found::default();
    for group in 0..tables.groups.len() {
        let before = found.shipments.len() + found.parts.len();
        let of_group = &limits[tables.exchanges.class(group)];
        let limit = |state: usize, shipments: u32| {
            if shipments > 0 && !may_add {
                return f64::NEG_INFINITY;
            }
            of_group[state][shipments as usize]
        };
        search::shipments(&scan, &routes, group, &limit, &mut found);
        let more = found.shipments.len() + found.parts.len() - before;
        if count.fetch_add(more, Ordering::Relaxed) + more > most {
            return None;
        }
    }
    (!moves_too_many(&found.parts)).then_some(found)
}

/// Whether too many lines may leave together.
fn moves_too_many(parts: &[Entry]) -> bool {
    let mut lines: BTreeMap<Hop, BTreeSet<u32>> = BTreeMap::new();
    for entry in parts {
        for hop in &entry.hops {
            lines.entry(*hop).or_default().insert(entry.line);
        }
    }
    lines.values().any(|lines| lines.len() > MAX_MOVED_LINES)
}
