//! Orders and lines that no node is eligible for.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Item, Journey, Place, Service, WaveParts};
use crate::ids::{IdVec, LineId, NodeId, OrderId, SkuId};
use crate::ingest::read::Rows;
use crate::ingest::rows::{OrderLineRow, OrderRow};
use crate::network::haversine_km;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Warns of each order that no node can serve, and of each line where only that line is hopeless.
///
/// Judged is what holds for every plan and model: journey, country, service, zone, price and the
/// limits of a parcel. Frozen lines need no eligible node.
pub(crate) fn warn(
    parts: &WaveParts,
    orders: &Rows<OrderRow<'_>>,
    lines: &Rows<OrderLineRow<'_>>,
    row_of: &IdVec<LineId, u32>,
    findings: &mut Findings,
) {
    let network = Reach::new(parts);
    let hopeless: Vec<(OrderId, Vec<LineId>)> = parts
        .orders
        .as_slice()
        .par_iter()
        .enumerate()
        .map(|(index, _)| OrderId(index as u32))
        .map(|order| (order, network.hopeless(order)))
        .filter(|(_, lines)| !lines.is_empty())
        .collect();
    for (id, ids) in hopeless {
        let order = &parts.orders[id];
        if ids.len() == order.lines.len() {
            let (column, value, cause) = match &order.journey {
                Journey::Ship(_) => (
                    "order_id",
                    order.id.as_ref(),
                    "cannot be shipped: no node of its country has a service that reaches it with \
                     a price and takes its items",
                ),
                Journey::Pickup { node, .. } => (
                    "pickup_node",
                    parts.nodes[*node].id.as_ref(),
                    "hands nothing over, nor does a node within the order's radius",
                ),
            };
            let row = &orders.rows[id.0 as usize];
            let finding = orders.finding(&codes::W0404, row, column, cause, ACTION);
            findings.push(finding.value(value));
            continue;
        }
        for line in ids {
            let row = &lines.rows[row_of[line] as usize];
            let cause = "cannot be shipped: no service that reaches the order takes the item";
            let finding = lines.finding(&codes::W0404, row, "sku", cause, ACTION);
            findings.push(finding.value(row.sku.unwrap_or_default()));
        }
    }
}

const ACTION: &str = "complete the network, or expect it to stay open";

/// What of the network an order can be served by.
struct Reach<'w> {
    parts: &'w WaveParts,
    /// Nodes that ship and offer a service, by country.
    shippers: FxHashMap<&'w str, Vec<NodeId>>,
    /// Whether some service takes an item.
    is_carried: IdVec<SkuId, bool>,
    /// Units that need no eligible node any more.
    frozen: FxHashMap<LineId, u32>,
}

impl<'w> Reach<'w> {
    fn new(parts: &'w WaveParts) -> Reach<'w> {
        let mut shippers: FxHashMap<&str, Vec<NodeId>> = FxHashMap::default();
        for (id, node) in parts.nodes.enumerate() {
            if node.ships && !node.services.is_empty() {
                shippers.entry(&node.country).or_default().push(id);
            }
        }
        let is_carried = parts
            .items
            .iter()
            .map(|item| parts.services.iter().any(|service| takes(service, item)));
        let is_carried = is_carried.collect();
        let mut frozen: FxHashMap<LineId, u32> = FxHashMap::default();
        for commitment in parts.commitments.iter().filter(|commitment| commitment.is_frozen()) {
            *frozen.entry(commitment.line).or_default() += commitment.quantity;
        }
        Reach { parts, shippers, is_carried, frozen }
    }

    /// The lines of an order that no node is eligible for.
    fn hopeless(&self, order: OrderId) -> Vec<LineId> {
        let parts = self.parts;
        let order = &parts.orders[order];
        let is_open = |line: &LineId| {
            self.frozen.get(line).is_none_or(|units| *units < parts.lines[*line].quantity)
        };
        let mut open: Vec<LineId> = order.line_ids().filter(is_open).collect();
        match &order.journey {
            Journey::Pickup { node, radius_km } => {
                if self.is_handed_over(*node, *radius_km) {
                    open.clear();
                }
                open
            }
            Journey::Ship(place) => {
                let (carried, mut hopeless): (Vec<_>, Vec<_>) =
                    open.into_iter().partition(|line| self.is_carried[parts.lines[*line].sku]);
                hopeless.extend(self.unreached(place, carried));
                hopeless.sort_unstable();
                hopeless
            }
        }
    }

    fn is_handed_over(&self, node: NodeId, radius_km: f64) -> bool {
        let nodes = &self.parts.nodes;
        let centre = &nodes[node];
        let at = |id: NodeId| (nodes[id].latitude, nodes[id].longitude);
        centre.pickup
            || nodes
                .enumerate()
                .any(|(id, other)| other.pickup && haversine_km(at(node), at(id)) <= radius_km)
    }

    /// The lines that no node can send to a place.
    fn unreached(&self, place: &Place, mut lines: Vec<LineId>) -> Vec<LineId> {
        let parts = self.parts;
        let shippers = self.shippers.get(place.country.as_ref()).map_or(&[][..], Vec::as_slice);
        for id in shippers {
            let node = &parts.nodes[*id];
            let mut km = None;
            for offer in &node.services {
                if lines.is_empty() {
                    return lines;
                }
                let service = &parts.services[offer.service];
                let is_taken = |line: &LineId| takes(service, &parts.items[parts.lines[*line].sku]);
                if !lines.iter().any(is_taken) {
                    continue;
                }
                let km = *km.get_or_insert_with(|| {
                    haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude))
                });
                let table = &parts.zone_tables[service.zone_table];
                let zone = table.lookup(&node.postal_code, &place.postal_code, km);
                let card = &parts.rate_cards[service.rate_card];
                if zone.is_some_and(|found| card.breaks(found.zone).is_some()) {
                    lines.retain(|line| !is_taken(line));
                }
            }
        }
        lines
    }
}

/// Whether a service takes a unit of an item.
pub(super) fn takes(service: &Service, item: &Item) -> bool {
    (service.hazmat || !item.hazmat)
        && service.max_kg.is_none_or(|most| item.kg <= most)
        && service.max_length.is_none_or(|most| item.longest_side().is_none_or(|side| side <= most))
}
