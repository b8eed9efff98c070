//! The options and tables of every order of a wave, built in parallel.

use crate::domain::CostKey;
use crate::ids::OrderId;
use crate::network::distance_matrix;
use crate::options::{OrderOptions, Planner, order_options};
use crate::solve::column::{Column, Entry, Pricer};
use crate::solve::pricing::{OrderPrices, Prices, Scan};
use crate::solve::tables::OrderTables;
use crate::solve::{ResourceId, Resources};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// Orders whose distances are computed at a time.
const BATCH: usize = 256;

/// An order with open lines.
#[derive(Debug)]
pub struct OrderProblem {
    pub options: OrderOptions,
    pub tables: OrderTables,
}

/// The whole wave as orders that compete for resources.
#[derive(Debug)]
pub struct WaveProblem<'a> {
    pub planner: &'a Planner<'a>,
    pub resources: Resources,
    /// The orders with open lines, in the order of the wave.
    pub orders: Vec<OrderProblem>,
    /// By resource: whether all orders together could want more than there is for free.
    pub contended: Vec<bool>,
}

impl<'a> WaveProblem<'a> {
    pub fn new(planner: &'a Planner<'a>) -> WaveProblem<'a> {
        let wave = planner.wave;
        let resources = Resources::new(planner);
        let ids: Vec<OrderId> = wave.orders.ids().collect();
        let orders: Vec<OrderProblem> = ids
            .par_chunks(BATCH)
            .flat_map_iter(|batch| {
                let km = distance_matrix(wave, batch);
                let problems: Vec<OrderProblem> = batch
                    .iter()
                    .zip(km.rows())
                    .filter_map(|(&order, km)| {
                        let km = km.to_vec();
                        let options = order_options(planner, order, &km, &mut |_| {});
                        if options.lines.is_empty() {
                            return None;
                        }
                        let tables = OrderTables::new(planner, &resources, &options);
                        Some(OrderProblem { options, tables })
                    })
                    .collect();
                problems
            })
            .collect();
        let contended = contended(&resources, &orders);
        WaveProblem { planner, resources, orders, contended }
    }

    /// The orders as they arrived, as indices.
    pub fn arrivals(&self) -> Vec<usize> {
        let orders = &self.planner.wave.orders;
        let mut sequence: Vec<usize> = (0..self.orders.len()).collect();
        sequence.sort_by_key(|&index| {
            let order = self.orders[index].options.order;
            (orders[order].placed_at, order)
        });
        sequence
    }

    /// Entries of an order with their exact cost and uses.
    pub fn column(&self, order: u32, entries: Vec<Entry>) -> Column {
        let options = &self.orders[order as usize].options;
        Column::new(self.planner, &self.resources, options, order, entries)
    }

    /// Prices what an order does.
    pub fn pricer(&self, order: u32) -> Pricer<'_> {
        let options = &self.orders[order as usize].options;
        Pricer::new(self.planner, &self.resources, options)
    }

    /// What pricing an order reads.
    pub fn scan<'b>(
        &'b self,
        order: usize,
        prices: &'b Prices,
        order_prices: &'b OrderPrices,
    ) -> Scan<'b> {
        let OrderProblem { options, tables } = &self.orders[order];
        Scan {
            planner: self.planner,
            resources: &self.resources,
            options,
            tables,
            prices,
            order_prices,
            left: None,
        }
    }

    /// How much the overload cost, rounded once per node, date and unit, can be below the sum
    /// that a linear program sees.
    pub fn rounding_slack(&self) -> f64 {
        let weight = self.planner.model.weight(CostKey::Overload).to_f64();
        let rows = self.resources.rows().iter().filter(|row| row.rounds_overload());
        rows.count() as f64 * 0.5 * weight
    }

    /// The named limits that left options out, with how much.
    pub fn limits(&self) -> std::collections::BTreeMap<String, u64> {
        let sum = |count: &dyn Fn(&OrderOptions) -> u64| -> u64 {
            self.orders.iter().map(|order| count(&order.options)).sum()
        };
        let limits = [
            ("undivided_lines", sum(&|options| options.undivided)),
            ("bundled_lines", sum(&|options| options.bundled)),
        ];
        limits
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_string(), count))
            .collect()
    }
}

/// Whether all orders together could want more of each resource than there is for free. Each
/// order counts with more than it can ever use.
fn contended(resources: &Resources, orders: &[OrderProblem]) -> Vec<bool> {
    let mut wanted = vec![0.0; resources.len()];
    let mut of_order: FxHashMap<ResourceId, f64> = FxHashMap::default();
    for OrderProblem { options, tables } in orders {
        of_order.clear();
        let units = |line: usize| options.lines[line].quantity as f64;
        // A line counts once for each resource that any of its options uses.
        let mut seen: FxHashSet<(ResourceId, usize)> = FxHashSet::default();
        let mut want = |id: Option<ResourceId>, line: usize, amount: f64| {
            if let Some(id) = id.filter(|id| seen.insert((*id, line))) {
                *of_order.entry(id).or_default() += amount;
            }
        };
        for group in &tables.groups {
            let parcels = &tables.shipments[group.shipment].parcels;
            for table in &group.lines {
                let (line, need) = (table.line, options.lines[table.line].need);
                let parts = if options.split_lines { units(line) } else { 1.0 };
                want(group.release.units, line, units(line));
                want(group.release.lines, line, parts);
                want(group.release.shipments, line, parts);
                want(group.release.minutes, line, table.minutes * units(line));
                let alone = parcels[tables.states.stride(need) * tables.states.whole(need)] as f64;
                want(group.carrier, line, alone.max(parts));
            }
        }
        for (supply, table) in options.transfers.supplies.iter().zip(&tables.supplies) {
            let line = supply.line;
            let parts = if options.split_lines { units(line) } else { 1.0 };
            let departures = options.transfers.departures.iter().zip(&tables.departures);
            for (_, departure) in departures.filter(|(d, _)| d.from == supply.source) {
                want(departure.release.units, line, units(line));
                want(departure.release.lines, line, parts);
                // One a lane; a line may leave over as many as it has parts.
                want(departure.release.shipments, line, parts);
                want(departure.release.minutes, line, table.minutes * units(line));
            }
        }
        for stock in &tables.stocks {
            for (id, used) in stock.rows.uses(options.lines[stock.line].quantity) {
                want(Some(id), stock.line, used as f64);
            }
        }
        for (id, amount) in &of_order {
            wanted[*id as usize] += amount;
        }
    }
    let rows = resources.rows().iter();
    rows.zip(wanted).map(|(row, wanted)| wanted > row.supply.to_f64()).collect()
}
