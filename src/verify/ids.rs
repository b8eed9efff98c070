//! That every id and index of a plan exists and no row is about more than was ordered, so that the
//! other checks may follow and add them up.

use super::Context;
use super::part::line_labels;
use super::violation::{Violation, ViolationKind};
use crate::ids::{Id, IdVec, LineId};
use crate::units::Quantity;
use rustc_hash::FxHashSet;

/// Reports what the wave or the plan does not have, and rows above the ordered quantity.
pub(super) fn check(context: Context<'_>) -> Vec<Violation> {
    let Context { wave, plan, .. } = context;
    let mut found = Vec::new();
    for (at, row) in plan.assignments.iter().enumerate() {
        let is_known = has(&wave.lines, row.line)
            && has(&wave.nodes, row.source)
            && has(&wave.nodes, row.last_node)
            && row.hops.iter().all(|hop| has(&wave.lanes, hop.lane))
            && row.service.is_none_or(|service| has(&wave.services, service))
            && row.shipment < plan.shipments.len();
        unknown(&mut found, "assignments", at, is_known);
        if is_known {
            excess(context, &mut found, row.line, row.quantity);
        }
    }
    for (at, row) in plan.shipments.iter().enumerate() {
        let is_known = has(&wave.orders, row.order)
            && has(&wave.nodes, row.node)
            && row.service.is_none_or(|service| has(&wave.services, service))
            && row.zone.is_none_or(|zone| has(&wave.zone_names, zone));
        unknown(&mut found, "shipments", at, is_known);
    }
    for (at, row) in plan.transfers.iter().enumerate() {
        let is_known = has(&wave.orders, row.order) && has(&wave.lanes, row.lane);
        unknown(&mut found, "transfers", at, is_known);
    }
    for (at, row) in plan.unfilled.iter().enumerate() {
        let is_known = has(&wave.lines, row.line);
        unknown(&mut found, "unfilled", at, is_known);
        if is_known {
            excess(context, &mut found, row.line, row.quantity);
        }
    }
    for (at, row) in plan.node_load.iter().enumerate() {
        unknown(&mut found, "node_load", at, has(&wave.nodes, row.node));
    }
    for (at, row) in plan.stock_use.iter().enumerate() {
        let is_known = has(&wave.nodes, row.node) && has(&wave.items, row.sku);
        unknown(&mut found, "stock_use", at, is_known);
    }
    for (at, row) in plan.returns.iter().enumerate() {
        let is_known = has(&wave.returns, row.id)
            && has(&wave.nodes, row.node)
            && row.service.is_none_or(|service| has(&wave.services, service));
        unknown(&mut found, "returns", at, is_known);
    }
    found
}

fn excess(context: Context<'_>, found: &mut Vec<Violation>, line: LineId, quantity: Quantity) {
    let ordered = context.wave.lines[line].quantity;
    if quantity > ordered {
        let what = line_labels(context, line);
        found.push(Violation::new(ViolationKind::QuantityMismatch, what, quantity, ordered));
    }
}

fn has<I: Id, T>(things: &IdVec<I, T>, id: I) -> bool {
    id.index() < things.len()
}

fn unknown(found: &mut Vec<Violation>, table: &'static str, at: usize, is_known: bool) {
    if !is_known {
        let what = [("table", table.to_string()), ("row", (at + 1).to_string())];
        let kind = ViolationKind::UnknownId;
        found.push(Violation::new(kind, what, "an id that does not exist", "ids of the wave"));
    }
}

/// Reports shipments and transfers that share an id.
pub(super) fn duplicates(context: Context<'_>, violations: &mut Vec<Violation>) {
    let mut repeated = |label: &'static str, ids: &mut dyn Iterator<Item = &String>| {
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        for id in ids {
            if !seen.insert(id) {
                let (kind, what) = (ViolationKind::IdDuplicate, [(label, id.clone())]);
                violations.push(Violation::new(kind, what, "two rows", "one row"));
            }
        }
    };
    repeated("shipment", &mut context.plan.shipments.iter().map(|row| &row.id));
    repeated("transfer", &mut context.plan.transfers.iter().map(|row| &row.id));
}
