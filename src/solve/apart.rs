//! Plans of an order in which several shipments have something that comes over lanes.
//!
//! These may share what is paid once for a release or a lane, which routes that are found for one
//! shipment do not see: each need pays its share of it here.

use crate::solve::best_shipments::{ADDED, BestShipments, ByState, Ways};
use crate::solve::column::Entry;
use crate::solve::exchanges::Claim;
use crate::solve::order_plan::{Covers, Terms};
use crate::solve::pricing::Scan;
use crate::solve::routes::Routes;

/// The cheapest shipments at some shares.
struct Shipments {
    /// By any ways of their lines.
    any: BestShipments,
    /// Those into which something moves.
    moved: ByState,
}

/// What such a plan of an order costs at least at the shares of a scan, and the plan behind that.
pub fn cheapest(scan: &Scan, terms: &Terms) -> (f64, Vec<Entry>) {
    let (tables, states) = (scan.tables, &scan.tables.states);
    let mut best = (f64::INFINITY, Vec::new());
    if terms.max_shipments < 2 {
        return best;
    }
    let Shipments { any, moved } = Shipments::of(scan);
    let covers = Covers::new(tables, &any.found, terms.max_shipments);
    let cost = |state: usize| moved.cost(ADDED, state);
    for covered in 1..states.count() {
        let mut pair = (f64::INFINITY, 0);
        states.first_parts(covered, |part| {
            let sum = cost(part) + cost(covered ^ part);
            if sum < pair.0 {
                pair = (sum, part);
            }
        });
        let (pair, part) = pair;
        if pair >= best.0 {
            continue;
        }
        let rest = covers.cheapest_rest(tables, terms, covered, 2, Claim::NONE);
        if pair + rest.cost < best.0 {
            let mut entries = covers.entries(scan, &any, &rest);
            for state in [part, covered ^ part] {
                entries.extend(any.entries_of(scan, moved.group(ADDED, state), state));
            }
            best = (pair + rest.cost, entries);
        }
    }
    best
}

impl Shipments {
    fn of(scan: &Scan) -> Shipments {
        let routes = Routes::cheapest(scan);
        let mut moved = ByState::new(scan.tables);
        let any = scan.cheapest_by(&routes, &mut |group, state, cost| {
            if moved.is_cheapest(ADDED, state, cost) {
                let cost = cost + scan.move_cost(group, state, &routes);
                if moved.is_cheapest(ADDED, state, cost) {
                    moved.take(ADDED, state, cost, group);
                }
            }
        });
        Shipments { any: BestShipments { found: any, ways: Ways::Alone(routes) }, moved }
    }
}
