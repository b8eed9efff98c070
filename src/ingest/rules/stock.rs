//! Items, their terms at nodes, and stock.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Item, Node, NodeItem, NodeKind, Stock};
use crate::ids::{NodeId, SkuId};
use crate::ingest::read::Rows;
use crate::ingest::rows::{InboundRow, InventoryRow, ItemRow, NodeItemRow};
use crate::ingest::rules::keys::{Index, Part, unique};
use crate::ingest::spec::Row;
use crate::units::Money;
use rustc_hash::FxHashMap;

/// What is known by node and item.
pub(crate) type ByNodeItem<T> = FxHashMap<(NodeId, SkuId), T>;

/// Items: keys.
pub(crate) fn items<'a>(
    table: &Rows<ItemRow<'a>>,
    findings: &mut Findings,
) -> Part<'a, SkuId, Item> {
    let index = Index::new(table, |row| row.sku, findings);
    let item = |row: &ItemRow| {
        Some(Item {
            sku: row.sku?.into(),
            name: row.name?.into(),
            kg: row.kg?,
            sides: [row.length, row.width, row.height],
            value: row.value?,
            hazmat: row.hazmat?,
            ships_alone: row.ships_alone?,
        })
    };
    Part { index, items: table.rows.iter().map(item).collect() }
}

/// A node and an item as a finding shows them.
fn shown((node, sku): &(&str, &str)) -> String {
    format!("{node}, {sku}")
}

/// Terms of items at nodes: keys, references, purchase costs only at vendors.
pub(crate) fn node_items<'a>(
    table: &Rows<NodeItemRow<'a>>,
    nodes: &Part<'_, NodeId, Node>,
    items: &Index<'_, SkuId>,
    findings: &mut Findings,
) -> ByNodeItem<NodeItem> {
    let key = |row: &NodeItemRow<'a>| Some((row.node_id?, row.sku?));
    unique(table, key, shown, findings);
    let mut terms = ByNodeItem::default();
    for row in &table.rows {
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let sku = items.follow(table, row, "sku", row.sku, findings);
        let (Some(node), Some(sku)) = (node, sku) else { continue };
        let is_vendor = nodes.get(node).is_none_or(|node| node.kind == NodeKind::Vendor);
        if let Some(cost) = row.purchase_cost
            && cost != Money::ZERO
            && !is_vendor
        {
            let cause = format!("is ignored: {} is no vendor", row.node_id.unwrap_or_default());
            let action = "remove it, or make the node a vendor";
            findings.push(table.finding(&codes::W0406, row, "purchase_cost", cause, action));
        }
        let node_item = (|| {
            let purchase_cost = if is_vendor { row.purchase_cost? } else { Money::ZERO };
            Some(NodeItem { minutes: row.minutes?, unit_cost: row.unit_cost?, purchase_cost })
        })();
        if let Some(node_item) = node_item {
            terms.insert((node, sku), node_item);
        }
    }
    terms
}

/// Stock on hand: keys, references, none at hubs.
pub(crate) fn inventory<'a>(
    table: &Rows<InventoryRow<'a>>,
    nodes: &Part<'_, NodeId, Node>,
    items: &Index<'_, SkuId>,
    findings: &mut Findings,
) -> ByNodeItem<Stock> {
    let key = |row: &InventoryRow<'a>| Some((row.node_id?, row.sku?));
    unique(table, key, shown, findings);
    let mut stock = ByNodeItem::default();
    stock.reserve(table.rows.len());
    for row in &table.rows {
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let sku = items.follow(table, row, "sku", row.sku, findings);
        let (Some(node), Some(sku)) = (node, sku) else { continue };
        no_hub(table, row, row.node_id, nodes.get(node), findings);
        let entry = (|| {
            Some(Stock {
                on_hand: row.on_hand?,
                reserved: row.reserved?,
                safety_stock: row.safety_stock?,
                opportunity_cost: row.opportunity_cost?,
                restock_value: row.restock_value?,
                inbound: Vec::new(),
            })
        })();
        if let Some(entry) = entry {
            stock.insert((node, sku), entry);
        }
    }
    stock
}

fn no_hub<'a, R: Row<'a>>(
    table: &Rows<R>,
    row: &R,
    id: Option<&str>,
    node: Option<&Node>,
    findings: &mut Findings,
) {
    if node.is_some_and(|node| node.kind == NodeKind::Hub) {
        let action = "move the stock to another node, or give the node another kind";
        let finding =
            table.finding(&codes::E0403, row, "node_id", "is a hub, which holds no stock", action);
        findings.push(finding.value(id.unwrap_or_default()));
    }
}

/// Adds inbound to the stock that it tops up: references, none at hubs, sums that can be kept.
pub(crate) fn inbound(
    table: &Rows<InboundRow<'_>>,
    nodes: &Part<'_, NodeId, Node>,
    items: &Index<'_, SkuId>,
    is_inventory_partial: bool,
    stock: &mut ByNodeItem<Stock>,
    findings: &mut Findings,
) {
    let mut arrivals: ByNodeItem<Vec<(crate::time::Day, u64, usize)>> = ByNodeItem::default();
    for (index, row) in table.rows.iter().enumerate() {
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let sku = items.follow(table, row, "sku", row.sku, findings);
        let (Some(id), Some(sku)) = (node, sku) else { continue };
        let node = nodes.get(id);
        no_hub(table, row, row.node_id, node, findings);
        // Unlimited stock belongs to inventory rows, so inbound must not look like one.
        if node.is_some_and(|node| node.unlimited_stock)
            && !stock.contains_key(&(id, sku))
            && !is_inventory_partial
        {
            let cause = "has no inventory row at this node of unlimited stock";
            let action = "add the row to inventory, or remove the inbound";
            let finding = table.finding(&codes::E0302, row, "sku", cause, action);
            findings.push(finding.value(row.sku.unwrap_or_default()));
        }
        if let (Some(date), Some(quantity)) = (row.date, row.quantity) {
            arrivals.entry((id, sku)).or_default().push((date, u64::from(quantity), index));
        }
    }
    let mut keys: Vec<_> = arrivals.keys().copied().collect();
    keys.sort_unstable();
    for key in keys {
        let Some(mut arrivals) = arrivals.remove(&key) else { continue };
        arrivals.sort_by_key(|(date, ..)| *date);
        let entry: &mut Stock = stock.entry(key).or_default();
        let mut total = 0_u64;
        for (date, quantity, index) in arrivals {
            total += quantity;
            if u32::try_from(total).is_err() {
                let cause = "brings the inbound of its node and item above 4294967295 units";
                let finding = table.finding(
                    &codes::E0401,
                    &table.rows[index],
                    "quantity",
                    cause,
                    "correct the value",
                );
                findings.push(finding.value(quantity.to_string()));
                break;
            }
            match entry.inbound.last_mut() {
                Some((last, units)) if *last == date => *units += quantity as u32,
                _ => entry.inbound.push((date, quantity as u32)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::rules::fixture::{codes_of, rows};
    use crate::ingest::rules::network::{calendars, nodes};
    use crate::tables::Source;
    use crate::time::Day;

    const NODES: &[u8] = b"node_id,kind,latitude,longitude,unlimited_stock\n\
        D,dc,1,1,\nH,hub,1,1,\nV,vendor,1,1,true\n";
    const ITEMS: &[u8] = b"sku,kg\na,1\nb,2\n";

    fn check<'a, R: Row<'a>>(
        source: &'a Source,
        rule: impl Fn(&Rows<R>, &Part<'_, NodeId, Node>, &Index<'_, SkuId>, &mut Findings),
    ) -> Vec<String> {
        let (nodes_file, items_file) =
            (Source::from_csv(NODES).unwrap(), Source::from_csv(ITEMS).unwrap());
        let mut findings = Findings::default();
        let calendars = calendars(&Rows::absent(false), &mut findings);
        let nodes = nodes(&rows(&nodes_file), &calendars.index, &mut findings);
        let items = items(&rows(&items_file), &mut findings);
        rule(&rows(source), &nodes, &items.index, &mut findings);
        codes_of(&findings)
    }

    #[test]
    fn purchase_costs_hold_at_vendors_only() {
        let file =
            Source::from_csv(b"node_id,sku,purchase_cost\nD,a,1\nV,a,2\nD,b,0\nV,a,2\n").unwrap();
        let found = check(&file, |table, nodes, items, findings| {
            let terms = node_items(table, nodes, items, findings);
            let cost = |node| terms[&(NodeId(node), SkuId(0))].purchase_cost;
            assert_eq!((cost(0), cost(2)), (Money(0), Money(200)));
        });
        assert_eq!(found, ["E0301:4", "W0406:1"]);
    }

    #[test]
    fn hubs_hold_no_stock_and_rows_are_there_once() {
        let file = Source::from_csv(b"node_id,sku,on_hand\nD,a,1\nH,a,2\nD,a,3\nD,x,1\n").unwrap();
        let found = check(&file, |table, nodes, items, findings| {
            inventory(table, nodes, items, findings);
        });
        assert_eq!(found, ["E0301:3", "E0403:2", "E0302:4"]);
    }

    #[test]
    fn inbound_adds_up_by_date() {
        let file = Source::from_csv(
            b"node_id,sku,date,quantity\nD,a,2026-11-25,2\nD,a,2026-11-24,1\nD,a,2026-11-25,3\nV,a,2026-11-24,1\n",
        )
        .unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        let found = check(&file, |table, nodes, items, findings| {
            let mut stock = ByNodeItem::default();
            inbound(table, nodes, items, false, &mut stock, findings);
            let expected = [(day("2026-11-24"), 1), (day("2026-11-25"), 5)];
            assert_eq!(stock[&(NodeId(0), SkuId(0))].inbound, expected);
        });
        assert_eq!(found, ["E0302:4"]);
    }
}
