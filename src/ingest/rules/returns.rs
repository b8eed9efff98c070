//! Returns: keys, references, places, nodes that take them.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Journey, Node, Place, Return, WaveParts};
use crate::ids::{NodeId, OrderId, ReturnId, SkuId};
use crate::ingest::read::Rows;
use crate::ingest::rows::ReturnRow;
use crate::ingest::rules::eligibility::takes;
use crate::ingest::rules::keys::{Index, Part};
use crate::ingest::spec::Row;
use crate::network::haversine_km;
use rayon::prelude::*;

/// Returns, each from a place, brought to a node, or part of an exchange.
pub(crate) fn returns(
    table: &Rows<ReturnRow<'_>>,
    orders: &Index<'_, OrderId>,
    nodes: &Part<'_, NodeId, Node>,
    items: &Index<'_, SkuId>,
    findings: &mut Findings,
) -> Vec<Option<Return>> {
    let _: Index<'_, ReturnId> = Index::new(table, |row| row.return_id, findings);
    let returns = table.rows.iter().map(|row| {
        let order = orders.follow(table, row, "order_id", row.order_id, findings);
        let sku = items.follow(table, row, "sku", row.sku, findings);
        let drop_node = nodes.index.follow(table, row, "drop_node", row.drop_node, findings);
        if let Some(node) = drop_node.and_then(|id| nodes.get(id))
            && !node.accepts_returns
        {
            let action = "correct it, or set the node's accepts_returns";
            let finding =
                table.finding(&codes::E0404, row, "drop_node", "does not accept returns", action);
            findings.push(finding.value(node.id.as_ref()));
        }
        let is_elsewhere = row.drop_node.is_some() || row.order_id.is_some();
        let missing = match (row.latitude, row.longitude) {
            (Some(_), None) => Some("longitude"),
            (None, Some(_)) => Some("latitude"),
            (None, None) if !is_elsewhere => Some("latitude"),
            _ => None,
        };
        if let Some(column) = missing.filter(|_| row.is_whole()) {
            let cause = "is needed to know where the return comes from";
            let action = "fill in latitude and longitude, or name a drop_node or an order_id";
            findings.push(table.finding(&codes::E0402, row, column, cause, action));
        }
        let place = match (row.latitude, row.longitude) {
            (Some(latitude), Some(longitude)) => Some(Place {
                latitude,
                longitude,
                country: row.country?.into(),
                postal_code: row.postal_code?.into(),
            }),
            _ => None,
        };
        Some(Return {
            id: row.return_id?.into(),
            order,
            sku: sku?,
            quantity: row.quantity?,
            condition: row.condition?,
            place,
            drop_node,
        })
    });
    returns.collect()
}

/// Warns of each return that no node can take, whatever the plan.
pub(crate) fn warn(parts: &WaveParts, table: &Rows<ReturnRow<'_>>, findings: &mut Findings) {
    let accepting: Vec<&Node> = parts.nodes.iter().filter(|node| node.accepts_returns).collect();
    let returns = parts.returns.as_slice();
    let is_taken: Vec<bool> =
        returns.par_iter().map(|one| is_taken(parts, &accepting, one)).collect();
    for ((row, one), _) in table.rows.iter().zip(returns).zip(is_taken).filter(|(_, taken)| !taken)
    {
        let cause = "comes from where no node can take it: none that accepts returns is reached by \
                     a service that takes the item";
        let action = "complete the network, or expect it to stay with the customer";
        let finding = table.finding(&codes::W0407, row, "return_id", cause, action);
        findings.push(finding.value(one.id.as_ref()));
    }
}

/// Whether some node can take a return: where it lies, by a service, or at a visit.
fn is_taken(parts: &WaveParts, accepting: &[&Node], one: &Return) -> bool {
    let journey = one.order.map(|order| &parts.orders[order].journey);
    let place = match (&one.place, journey) {
        (Some(place), _) | (None, Some(Journey::Ship(place))) => Some(place),
        _ => None,
    };
    let item = &parts.items[one.sku];
    let is_sent = |node: &Node, place: &Place| {
        let from = (place.latitude, place.longitude);
        let km = haversine_km(from, (node.latitude, node.longitude));
        node.services.iter().map(|offer| &parts.services[offer.service]).any(|service| {
            let table = &parts.zone_tables[service.zone_table];
            let zone = table.lookup(&place.postal_code, &node.postal_code, km);
            let card = &parts.rate_cards[service.rate_card];
            takes(service, item) && zone.is_some_and(|zone| card.breaks(zone.zone).is_some())
        })
    };
    let is_visited = |node: &Node| match journey {
        Some(Journey::Pickup { node: chosen, radius_km }) => {
            let chosen = &parts.nodes[*chosen];
            let at = |node: &Node| (node.latitude, node.longitude);
            node.pickup
                && (node.id == chosen.id || haversine_km(at(chosen), at(node)) <= *radius_km)
        }
        _ => false,
    };
    one.drop_node.is_some()
        || accepting.iter().any(|node| {
            place.is_none_or(|place| place.country == node.country)
                && (is_visited(node) || place.is_some_and(|place| is_sent(node, place)))
        })
}
