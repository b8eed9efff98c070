//! The stocks that an order may use, and the terms of its lines where they lie.

use crate::ids::NodeId;
use crate::options::{OrderOptions, Planner, StockProfile, Way};
use crate::solve::tables::OrderTables;
use crate::solve::{Resources, StockRows};
use crate::time::Day;
use crate::units::Quantity;

/// Limited stock that a line may use: of one source, on the dates of one step of its profile.
#[derive(Clone, Debug)]
pub struct LineStock {
    /// Index into the order's open lines.
    pub line: usize,
    pub node: NodeId,
    pub step: u32,
    pub rows: StockRows,
}

/// Line, node and step of a stock of an order.
pub type StockKey = (usize, NodeId, u32);

impl LineStock {
    pub fn key(&self) -> StockKey {
        (self.line, self.node, self.step)
    }
}

/// The position of a stock among those of an order.
pub fn stock_place(key: StockKey, tables: &OrderTables) -> Option<usize> {
    tables.stocks.iter().position(|stock| stock.key() == key)
}

/// The stocks of an order, numbered as they are met.
pub(super) struct Stocks<'a> {
    pub(super) planner: &'a Planner<'a>,
    pub(super) resources: &'a Resources,
    pub(super) known: Vec<LineStock>,
    /// By open line: its terms at the node that was asked for last.
    lines: Vec<Option<AtNode<'a>>>,
}

/// The terms of a line at a node.
#[derive(Clone)]
pub(super) struct AtNode<'a> {
    node: NodeId,
    /// Nothing where the stock is unlimited.
    profile: Option<&'a StockProfile>,
    /// Per unit.
    pub(super) minutes: f64,
    /// Its terms where the node is the source.
    pub(super) own: Way,
}

impl<'a> Stocks<'a> {
    pub(super) fn new(
        planner: &'a Planner<'a>,
        resources: &'a Resources,
        options: &OrderOptions,
    ) -> Self {
        Stocks { planner, resources, known: Vec::new(), lines: vec![None; options.lines.len()] }
    }

    pub(super) fn at_node(
        &mut self,
        options: &OrderOptions,
        line: usize,
        node: NodeId,
    ) -> &AtNode<'a> {
        let (planner, sku) = (self.planner, options.lines[line].sku);
        let known = self.lines[line].take().filter(|known| known.node == node);
        self.lines[line].insert(known.unwrap_or_else(|| AtNode {
            node,
            profile: planner.stock(node, sku),
            minutes: planner.wave.node_item(node, sku).minutes.to_f64(),
            own: options.own_terms(planner, line, node),
        }))
    }

    /// The index of the stock that a line uses when it is released on a day.
    pub(super) fn index(
        &mut self,
        options: &OrderOptions,
        line: usize,
        node: NodeId,
        day: Day,
    ) -> Option<u32> {
        let step = self.at_node(options, line, node).profile?.step_at(day) as u32;
        let known = self.known.iter().rposition(|stock| stock.key() == (line, node, step));
        Some(known.unwrap_or_else(|| {
            let sku = options.lines[line].sku;
            let rows = self.resources.stock_rows(self.planner, node, sku, day);
            self.known.push(LineStock { line, node, step, rows });
            self.known.len() - 1
        }) as u32)
    }
}

/// The price of a release of units in all of its stock rows.
pub fn stock_price(values: &[f64], rows: &StockRows, units: Quantity) -> f64 {
    rows.uses(units).map(|(id, used)| values[id as usize] * used as f64).sum()
}
