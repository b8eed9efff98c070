//! The rules that bind the lines of an order together, and the line's own units.

use super::Context;
use super::part::{Part, Rows, line_labels};
use super::violation::{Violation, ViolationKind as Kind};
use crate::ids::{LineId, NodeId, OrderId, ServiceId};
use crate::time::Day;
use std::collections::BTreeSet;

type ShipmentKey = (NodeId, Option<ServiceId>, Day);

/// Checks everything that an order decides on its own.
pub(super) fn check(
    context: Context<'_>,
    rows: &Rows,
    order: OrderId,
    parts: &[Part<'_>],
    violations: &mut Vec<Violation>,
) {
    for line in context.wave.orders[order].line_ids() {
        let from = parts.partition_point(|part| part.row.line < line);
        let to = parts.partition_point(|part| part.row.line <= line);
        units(context, line, &parts[from..to], rows.unfilled(line), violations);
    }
    ship_complete(context, rows, order, parts, violations);
    together(context, rows, order, parts, violations);
    let frozen = frozen_shipments(context, order);
    max_shipments(context, order, parts, &frozen, violations);
    let shipped = frozen.iter().filter(|(_, shipped)| *shipped).map(|(key, _)| *key);
    let shipped: Vec<ShipmentKey> = shipped.collect();
    for part in parts.iter().filter(|part| part.free > 0 && shipped.contains(&part.shipment())) {
        let mut what = part.labels(context);
        what.push(("node", context.wave.nodes[part.last].id.to_string()));
        what.push(("date", part.row.ship_date.to_string()));
        let found = format!("{} units added", part.free);
        violations.push(Violation::new(Kind::JoinedShipped, what, found, 0));
    }
}

/// Every unit is assigned or unfilled once, and a line is divided only where the model says so.
fn units(
    context: Context<'_>,
    line: LineId,
    parts: &[Part<'_>],
    unfilled: u64,
    violations: &mut Vec<Violation>,
) {
    let what = || line_labels(context, line);
    let ordered = u64::from(context.wave.lines[line].quantity);
    let assigned: u64 = parts.iter().map(|part| u64::from(part.row.quantity)).sum();
    if assigned + unfilled != ordered {
        let found = format!("{assigned} assigned and {unfilled} unfilled");
        violations.push(Violation::new(Kind::QuantityMismatch, what(), found, ordered));
    }
    for (at, part) in parts.iter().enumerate() {
        let option = |part: &Part<'_>| (part.row.source, part.shipment());
        let same =
            |other: &Part<'_>| option(other) == option(part) && other.row.hops == part.row.hops;
        if parts[..at].iter().any(same) {
            let source = context.wave.nodes[part.row.source].id.to_string();
            let what = what().into_iter().chain([("node", source)]);
            violations.push(Violation::new(Kind::DuplicateOption, what, "two rows", "one row"));
        }
    }
    let options = parts.iter().filter(|part| part.free > 0).count();
    if !context.model.rules.split_lines && (options > 1 || (options == 1 && unfilled > 0)) {
        let found = format!("{options} options and {unfilled} unfilled");
        violations.push(Violation::new(Kind::SplitLine, what(), found, "one option"));
    }
}

/// Free and unfilled units of a set of lines.
#[derive(Default)]
struct Rest {
    free: u64,
    unfilled: u64,
}

impl Rest {
    fn is_partial(&self) -> bool {
        self.free > 0 && self.unfilled > 0
    }

    fn describe(&self) -> String {
        format!("{} units filled and {} unfilled", self.free, self.unfilled)
    }
}

fn ship_complete(
    context: Context<'_>,
    rows: &Rows,
    id: OrderId,
    parts: &[Part<'_>],
    violations: &mut Vec<Violation>,
) {
    let order = &context.wave.orders[id];
    let rest = Rest {
        free: parts.iter().map(|part| u64::from(part.free)).sum(),
        unfilled: order.line_ids().map(|line| rows.unfilled(line)).sum(),
    };
    if order.ship_complete && rest.is_partial() {
        let what = [("order", order.id.to_string())];
        let found = rest.describe();
        violations.push(Violation::new(Kind::ShipCompleteBroken, what, found, "all or nothing"));
    }
}

fn together(
    context: Context<'_>,
    rows: &Rows,
    id: OrderId,
    parts: &[Part<'_>],
    violations: &mut Vec<Violation>,
) {
    let (wave, order) = (context.wave, &context.wave.orders[id]);
    let kit_of = |line: LineId| wave.lines[line].together.as_deref();
    let kits: BTreeSet<&str> = order.line_ids().filter_map(kit_of).collect();
    for kit in kits {
        let in_kit = |line: LineId| kit_of(line) == Some(kit);
        let members = || parts.iter().filter(|part| in_kit(part.row.line) && part.free > 0);
        let rest = Rest {
            free: members().map(|part| u64::from(part.free)).sum(),
            unfilled: order.line_ids().filter(|id| in_kit(*id)).map(|id| rows.unfilled(id)).sum(),
        };
        let shipments: BTreeSet<ShipmentKey> = members().map(Part::shipment).collect();
        let what = || [("order", order.id.to_string()), ("kit", kit.to_string())];
        if rest.is_partial() {
            let expected = "all or nothing";
            violations.push(Violation::new(
                Kind::TogetherBroken,
                what(),
                rest.describe(),
                expected,
            ));
        }
        if shipments.len() > 1 {
            let found = format!("{} shipments", shipments.len());
            violations.push(Violation::new(Kind::TogetherBroken, what(), found, "one shipment"));
        }
    }
}

/// The shipments that commitments have frozen, each with whether it has left.
fn frozen_shipments(context: Context<'_>, order: OrderId) -> Vec<(ShipmentKey, bool)> {
    let wave = context.wave;
    let is_shipped = wave.destination(order).is_some();
    let mut found: Vec<(ShipmentKey, bool)> = Vec::new();
    for line in wave.orders[order].line_ids() {
        for commitment in wave.commitments_of(line).filter(|commitment| commitment.is_frozen()) {
            let Some(ship_date) = commitment.ship_date else { continue };
            let key = (commitment.node, commitment.service.filter(|_| is_shipped), ship_date);
            let has_left = commitment.level == crate::domain::Level::Shipped;
            match found.iter_mut().find(|(known, _)| *known == key) {
                Some((_, shipped)) => *shipped |= has_left,
                None => found.push((key, has_left)),
            }
        }
    }
    found
}

fn max_shipments(
    context: Context<'_>,
    order: OrderId,
    parts: &[Part<'_>],
    frozen: &[(ShipmentKey, bool)],
    violations: &mut Vec<Violation>,
) {
    let wave = context.wave;
    let Some(limit) = wave.max_shipments(order, context.model) else { return };
    let limit = (limit as usize).max(frozen.len());
    let mut shipments: Vec<ShipmentKey> = parts.iter().map(Part::shipment).collect();
    shipments.sort_unstable();
    shipments.dedup();
    if shipments.len() > limit {
        let is_small = wave.order_value(order) < i128::from(context.model.rules.no_split_below.0);
        let kind = if is_small { Kind::NoSplitBelowBroken } else { Kind::MaxShipmentsExceeded };
        let what = [("order", wave.orders[order].id.to_string())];
        let expected = format!("at most {limit}");
        violations.push(Violation::new(kind, what, shipments.len(), expected));
    }
}
