//! Past decisions and exclusions: references, what frozen ones must say, quantities, prices.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Commitment, Exclusion, Journey, Node, NodeKind, Service, WaveParts};
use crate::ids::{Id, LineId, NodeId, OrderId, ServiceId};
use crate::ingest::read::Rows;
use crate::ingest::rows::{CommitmentRow, ExclusionRow};
use crate::ingest::rules::keys::Part;
use crate::ingest::rules::orders::Demand;
use crate::ingest::spec::Row;
use crate::network::haversine_km;
use crate::time::Day;
use rustc_hash::FxHashMap;

/// Follows the name of a line within its order.
fn line<'a, R: Row<'a>>(
    table: &Rows<R>,
    row: &R,
    demand: &Demand<'_>,
    order: Option<OrderId>,
    name: Option<&str>,
    findings: &mut Findings,
) -> Option<LineId> {
    let (order, name) = (order?, name?);
    let found = demand.line(order, name);
    if found.is_none() && !demand.is_partial {
        let action = "correct it, or add the line to order_lines";
        let finding = table.finding(&codes::E0302, row, "line", "is no line of the order", action);
        findings.push(finding.value(name));
    }
    found
}

/// Commitments: references, sources, what frozen ones must say, quantities.
pub(crate) fn commitments(
    table: &Rows<CommitmentRow<'_>>,
    demand: &Demand<'_>,
    nodes: &Part<'_, NodeId, Node>,
    services: &Part<'_, ServiceId, Service>,
    findings: &mut Findings,
) -> Vec<Option<Commitment>> {
    let mut committed: FxHashMap<LineId, u64> = FxHashMap::default();
    let commitments = table.rows.iter().map(|row| {
        let order = demand.orders.index.follow(table, row, "order_id", row.order_id, findings);
        let line = line(table, row, demand, order, row.line, findings);
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let service = services.index.follow(table, row, "service", row.service, findings);
        if let (Some(line), Some(quantity)) = (line, row.quantity) {
            let total = committed.entry(line).or_default();
            *total += u64::from(quantity);
            if let Some(wanted) = &demand.lines[line.index()]
                && *total > u64::from(wanted.quantity)
            {
                let cause = format!(
                    "brings the commitments of the line to {total} units of the {} wanted",
                    wanted.quantity
                );
                let finding =
                    table.finding(&codes::E0604, row, "quantity", cause, "correct the quantities");
                findings.push(finding.value(quantity.to_string()));
            }
        }
        let source = node.and_then(|node| nodes.get(node));
        if source.is_some_and(|node| node.kind == NodeKind::Hub) {
            let cause = "is a hub, which is never a source";
            let finding = table.finding(
                &codes::E0606,
                row,
                "node_id",
                cause,
                "name the node that had the stock",
            );
            findings.push(finding.value(row.node_id.unwrap_or_default()));
        }
        let commitment = Commitment {
            line: line?,
            quantity: row.quantity?,
            node: node?,
            service,
            ship_date: row.ship_date,
            level: row.level?,
            pinned: row.pinned?,
        };
        if row.is_whole() && commitment.is_frozen() {
            frozen(table, row, demand, order?, findings);
        }
        Some(commitment)
    });
    commitments.collect()
}

/// What a frozen commitment must say, by the journey of its order.
fn frozen<'a>(
    table: &Rows<CommitmentRow<'a>>,
    row: &CommitmentRow<'a>,
    demand: &Demand<'_>,
    order: OrderId,
    findings: &mut Findings,
) {
    if row.ship_date.is_none() {
        let cause = "is needed: the commitment is frozen, so its ship date stays";
        let action = "fill it in, or loosen the level";
        findings.push(table.finding(&codes::E0601, row, "ship_date", cause, action));
    }
    match (demand.orders.get(order).map(|order| &order.journey), row.service) {
        (Some(Journey::Ship(_)), None) => {
            let cause = "is needed: the commitment is frozen and its order shipped";
            let action = "fill it in, or loosen the level";
            findings.push(table.finding(&codes::E0602, row, "service", cause, action));
        }
        (Some(Journey::Pickup { .. }), Some(service)) => {
            let cause = "is given, but the order is collected";
            let finding = table.finding(&codes::E0605, row, "service", cause, "leave it empty");
            findings.push(finding.value(service));
        }
        _ => (),
    }
}

/// Finds frozen parcels that have no zone, or whose zone has no price.
pub(crate) fn prices(parts: &WaveParts, table: &Rows<CommitmentRow<'_>>, findings: &mut Findings) {
    for (commitment, row) in parts.commitments.iter().zip(&table.rows) {
        let order = &parts.orders[parts.lines[commitment.line].order];
        let (true, Journey::Ship(place), Some(service)) =
            (commitment.is_frozen(), &order.journey, commitment.service)
        else {
            continue;
        };
        let node = &parts.nodes[commitment.node];
        let service = &parts.services[service];
        let zone_table = &parts.zone_tables[service.zone_table];
        let km = haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude));
        let zone = zone_table.lookup(&node.postal_code, &place.postal_code, km);
        let cause = match zone {
            None => format!("has no zone from {} to the order's place, {km:.1} km", node.id),
            Some(found) => {
                if parts.rate_cards[service.rate_card].breaks(found.zone).is_some() {
                    continue;
                }
                let zone = &parts.zone_names[found.zone];
                format!("has no price for zone {zone}, from {} to the order's place", node.id)
            }
        };
        let action = "correct the service, or complete zones and rates";
        let finding = table.finding(&codes::E0603, row, "service", cause, action);
        findings.push(finding.value(service.id.as_ref()));
    }
}

/// Exclusions: references.
pub(crate) fn exclusions(
    table: &Rows<ExclusionRow<'_>>,
    demand: &Demand<'_>,
    nodes: &Part<'_, NodeId, Node>,
    findings: &mut Findings,
) -> Vec<Option<Exclusion>> {
    let exclusions = table.rows.iter().map(|row| {
        let order = demand.orders.index.follow(table, row, "order_id", row.order_id, findings);
        let line = line(table, row, demand, order, row.line, findings);
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let until = row.until.unwrap_or(Day::NEVER);
        Some(Exclusion { order: order?, line, node: node?, until })
    });
    exclusions.collect()
}
