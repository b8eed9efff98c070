//! Returns: keys, references, places, nodes that take them.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Node, Place, Return};
use crate::ids::{NodeId, OrderId, ReturnId, SkuId};
use crate::ingest::read::Rows;
use crate::ingest::rows::ReturnRow;
use crate::ingest::rules::keys::{Index, Part};
use crate::ingest::spec::Row;

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
