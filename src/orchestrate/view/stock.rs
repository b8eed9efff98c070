//! Stock over all nodes: what is there, what is bound, what can be promised by a date.

use crate::domain::NodeKind;
use crate::ids::{NodeId, SkuId};
use crate::orchestrate::state::{State, Stock};
use crate::orchestrate::view::columns::Columns;
use crate::tables::Table;
use crate::time::Day;

/// Which stock is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StockFilter {
    pub sku: Option<SkuId>,
    pub node: Option<NodeId>,
    /// What can be promised by this date; by the date of `now` where there is none.
    pub by: Option<Day>,
    /// Rows only that do not cover what is bound to them.
    pub discrepancies: bool,
}

/// A row of stock with its place.
struct Row<'s> {
    node: NodeId,
    sku: SkuId,
    stock: &'s Stock,
    is_unlimited: bool,
    is_closed: bool,
}

impl Row<'_> {
    /// Units that can be promised by a date; nothing for stock without limit.
    fn available(&self, by: Day) -> Option<u64> {
        match (self.is_closed, self.is_unlimited) {
            (true, _) => Some(0),
            (_, true) => None,
            _ => Some(self.stock.available_to_promise(by)),
        }
    }
}

fn rows(state: &State, filter: StockFilter) -> (Vec<Row<'_>>, Day) {
    let by = filter.by.unwrap_or(state.today());
    let rows = state.stock.iter().map(|(&(node, sku), stock)| Row {
        node,
        sku,
        stock,
        is_unlimited: state.nodes[node].unlimited_stock,
        is_closed: state.nodes[node].is_closed(by),
    });
    let rows = rows.filter(|row| {
        filter.node.is_none_or(|node| node == row.node)
            && filter.sku.is_none_or(|sku| sku == row.sku)
            && (!filter.discrepancies || (!row.is_unlimited && row.stock.shortfall() > 0))
    });
    (rows.collect(), by)
}

/// The stock of each node and item, by node and item as the wave has them: `node_id`, `kind`, `sku`,
/// `on_hand`, `reserved`, `committed` (units planned, released, accepted, picked or packed from
/// there), `safety_stock`, `inbound` (units that come by the date), `available` (to promise by the
/// date; empty where stock is without limit, 0 where the node is closed then), `by`, `short` (units
/// bound that nothing covers), `closed`.
pub fn stock(state: &State, filter: StockFilter) -> Table {
    let (rows, by) = rows(state, filter);
    Columns::new(&rows)
        .text("node_id", |row| Some(state.node_names.name(row.node).to_owned()))
        .text("kind", |row| Some(state.nodes[row.node].kind.name().to_owned()))
        .text("sku", |row| Some(state.sku_names.name(row.sku).to_owned()))
        .count("on_hand", |row| Some(row.stock.on_hand.into()))
        .count("reserved", |row| Some(row.stock.reserved.into()))
        .count("committed", |row| Some(row.stock.committed()))
        .count("safety_stock", |row| Some(row.stock.safety_stock.into()))
        .count("inbound", |row| Some(row.stock.inbound_by(by)))
        .count("available", |row| row.available(by))
        .date("by", |_| Some(by))
        .count("short", |row| Some(if row.is_unlimited { 0 } else { row.stock.shortfall() }))
        .truth("closed", |row| row.is_closed)
        .done()
}

/// What the whole network can promise of each item by a date, whoever asks for it and wherever (the
/// endless aisle): `sku`, `available` over all nodes with a limit, then `dc`, `store`, `3pl` and
/// `vendor`, `nodes` that can promise any, `unlimited` nodes among them, `by`.
pub fn availability(state: &State, filter: StockFilter) -> Table {
    let (mut rows, by) = rows(state, filter);
    rows.sort_by_key(|row| (row.sku, row.node));
    let items: Vec<&[Row<'_>]> = rows.chunk_by(|a, b| a.sku == b.sku).collect();
    let of_kind = |rows: &[Row<'_>], kind: Option<NodeKind>| -> u64 {
        let of_kind =
            rows.iter().filter(|row| kind.is_none_or(|kind| state.nodes[row.node].kind == kind));
        of_kind.filter_map(|row| row.available(by)).sum()
    };
    let mut columns = Columns::new(&items)
        .text("sku", |rows| Some(state.sku_names.name(rows.first()?.sku).to_owned()))
        .count("available", |rows| Some(of_kind(rows, None)));
    for kind in NodeKind::ALL.into_iter().filter(|kind| *kind != NodeKind::Hub) {
        columns = columns.count(kind.name(), |rows| Some(of_kind(rows, Some(kind))));
    }
    columns
        .count("nodes", |rows| {
            let any = rows.iter().filter(|row| row.available(by).is_none_or(|units| units > 0));
            Some(any.count() as u64)
        })
        .count("unlimited", |rows| {
            Some(rows.iter().filter(|row| row.available(by).is_none()).count() as u64)
        })
        .date("by", |_| Some(by))
        .done()
}
