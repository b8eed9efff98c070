//! The options and tables of every order of a wave, built in parallel.

use crate::domain::CostKey;
use crate::ids::{IdVec, NodeId, OrderId, SkuId};
use crate::network::distance_matrix;
use crate::options::{Decision, Lanes, OrderOptions, Planner, order_options};
use crate::solve::column::{Column, Entry, Pricer};
use crate::solve::pricing::{OrderPrices, Prices, Scan};
use crate::solve::tables::{OrderTables, ReleaseIds};
use crate::solve::{Resource, ResourceId, ResourceKey, Resources};
use crate::units::Decimal;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Orders whose distances are computed at a time.
pub(super) const BATCH: usize = 32;

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
    pub resources: Arc<Resources>,
    /// The orders with open lines, in the order of the wave.
    pub orders: Vec<OrderProblem>,
    /// By resource: whether all orders together could want more than there is for free.
    pub contended: Arc<[bool]>,
    /// Whether the orders have all of their options: a bound for them is one for the wave.
    pub is_whole: bool,
    /// The orders that are left out.
    pub rest: Rest,
}

/// Orders that a problem leaves out: they do what was decided for them.
#[derive(Debug, Default)]
pub struct Rest {
    /// Whether there are any, or could be.
    pub is_some: bool,
    pub decisions: Vec<Decision>,
    /// Their lines that the limits of [`WaveProblem::limits`] concern.
    pub undivided: u64,
    pub bundled: u64,
    /// Where the problem stands for the whole wave: what they cost at least.
    pub priced: Option<PricedRest>,
}

/// What the orders that are left out of a problem cost at least, at all prices that are not below
/// some: no order costs less where it pays more.
#[derive(Clone, Debug, Default)]
pub struct PricedRest {
    /// In weighted minor units.
    pub least: f64,
    /// By opening: what they pay for it.
    pub paid: Vec<f64>,
    /// By resource, and by number of the cut.
    pub floors: Vec<f64>,
    pub cut_floors: Vec<f64>,
}

impl<'a> WaveProblem<'a> {
    pub fn new(planner: &'a Planner<'a>) -> WaveProblem<'a> {
        let resources = Arc::new(Resources::new(planner));
        let demand = Demand::new(&resources);
        let ids: Vec<OrderId> = planner.wave.orders.ids().collect();
        let look = Look { planner, resources: &resources, lanes: Lanes::ToEnds };
        let orders = look.at_orders(&ids, &|| false, &|order| {
            demand.add(planner, &order);
            order
        });
        let contended = demand.contended(&resources);
        WaveProblem { planner, resources, orders, contended, is_whole: true, rest: Rest::default() }
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
        let rows = self.resources.rows().iter().zip(self.contended.iter());
        let rounded = rows.filter(|(row, contended)| **contended && row.rounds_overload());
        rounded.count() as f64 * 0.5 * weight
    }

    /// The named limits that left options out, with how much.
    pub fn limits(&self) -> std::collections::BTreeMap<String, u64> {
        let sum = |count: &dyn Fn(&OrderOptions) -> u64| -> u64 {
            self.orders.iter().map(|order| count(&order.options)).sum()
        };
        let limits = [
            ("undivided_lines", sum(&|options| options.undivided) + self.rest.undivided),
            ("bundled_lines", sum(&|options| options.bundled) + self.rest.bundled),
        ];
        limits
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| (name.to_string(), count))
            .collect()
    }
}

/// Builds the options and tables of orders.
#[derive(Clone, Copy)]
pub(super) struct Look<'l> {
    pub planner: &'l Planner<'l>,
    pub resources: &'l Resources,
    pub lanes: Lanes,
}

impl<'l> Look<'l> {
    /// At those of the orders that have open lines, in batches side by side; keeps of each what
    /// `keep` makes of it; when told to stop, of some of them only.
    pub fn at_orders<T: Send>(
        self,
        ids: &[OrderId],
        stop: &(impl Fn() -> bool + Sync + ?Sized),
        keep: &(impl Fn(OrderProblem) -> T + Sync),
    ) -> Vec<T> {
        let of_batch = |batch: &[OrderId]| {
            let batch = if stop() { &[] } else { batch };
            self.at_batch(batch).map(keep).collect::<Vec<T>>()
        };
        ids.par_chunks(BATCH).flat_map_iter(of_batch).collect()
    }

    /// At those of the orders that have open lines, one after the other.
    pub fn at_batch(self, batch: &'l [OrderId]) -> impl Iterator<Item = OrderProblem> + 'l {
        let km = distance_matrix(self.planner.wave, batch);
        batch.iter().enumerate().filter_map(move |(row, &order)| {
            let km = km.row(row).to_vec();
            let options = order_options(self.planner, order, &km, self.lanes, &mut |_| {});
            let is_open = !options.lines.is_empty();
            is_open.then(|| {
                let tables = OrderTables::new(self.planner, self.resources, &options);
                OrderProblem { options, tables }
            })
        })
    }
}

/// The most that orders could want of each resource. Each order counts with more than it can ever
/// use.
pub(super) struct Demand(Mutex<Vec<Decimal>>);

impl Demand {
    pub(super) fn new(resources: &Resources) -> Demand {
        Demand(Mutex::new(vec![Decimal::ZERO; resources.len()]))
    }

    pub(super) fn add(&self, planner: &Planner, order: &OrderProblem) {
        let wanted = wanted(planner, order);
        let mut sums = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, amount) in wanted {
            sums[id as usize] += amount;
        }
    }

    /// Whether all orders together could want more of each resource than there is for free.
    pub(super) fn contended(self, resources: &Resources) -> Arc<[bool]> {
        let sums = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        resources.rows().iter().zip(sums).map(|(row, wanted)| wanted > row.supply).collect()
    }
}

/// Whether the orders could want more of each resource than there is for free, where they were not
/// looked at with all of their options: units of an item may come from anywhere.
pub(super) fn maybe_contended(planner: &Planner, resources: &Resources) -> Arc<[bool]> {
    let wave = planner.wave;
    let mut units: IdVec<SkuId, i64> = wave.items.iter().map(|_| 0).collect();
    for (id, line) in wave.lines.enumerate() {
        units[line.sku] += i64::from(wave.open_quantity(id));
    }
    let is_contended = |row: &Resource| match row.key {
        ResourceKey::Stock { sku, .. } | ResourceKey::StockRounded { sku, .. } => {
            Decimal::from_int(units[sku]) > row.supply
        }
        _ => true,
    };
    resources.rows().iter().map(is_contended).collect()
}

/// What an order could want of each resource, at most.
fn wanted(planner: &Planner, order: &OrderProblem) -> FxHashMap<ResourceId, Decimal> {
    let OrderProblem { options, tables } = order;
    let mut wanted: FxHashMap<ResourceId, Decimal> = FxHashMap::default();
    let whole = |count: u32| Decimal::from_int(i64::from(count));
    let units = |line: usize| options.lines[line].quantity;
    let parts = |line: usize| if options.split_lines { units(line) } else { 1 };
    let minutes = |release: &ReleaseIds, node: NodeId, line: usize| {
        let each = || planner.wave.node_item(node, options.lines[line].sku).minutes;
        release.minutes.map_or(Decimal::ZERO, |_| each() * i64::from(units(line)))
    };
    // A line counts once for each resource that any of its options uses.
    let mut seen: FxHashSet<(ResourceId, usize)> = FxHashSet::default();
    let mut want = |id: Option<ResourceId>, line: usize, amount: Decimal| {
        if let Some(id) = id.filter(|id| seen.insert((*id, line))) {
            *wanted.entry(id).or_default() += amount;
        }
    };
    for (group, of_node) in tables.groups.iter().zip(&options.groups) {
        let parcels = tables.shipments.parcels(group.shipment);
        for table in tables.lines(group) {
            let (line, need) = (table.line, options.lines[table.line].need);
            want(group.release.units, line, whole(units(line)));
            want(group.release.lines, line, whole(parts(line)));
            want(group.release.shipments, line, whole(parts(line)));
            want(group.release.minutes, line, minutes(&group.release, of_node.node, line));
            let alone = parcels[tables.states.stride(need) * tables.states.whole(need)];
            want(group.carrier, line, whole(alone.max(parts(line))));
        }
    }
    for supply in &options.transfers.supplies {
        let line = supply.line;
        let departures = options.transfers.departures.iter().zip(&tables.departures);
        for (_, departure) in departures.filter(|(d, _)| d.from == supply.source) {
            want(departure.release.units, line, whole(units(line)));
            want(departure.release.lines, line, whole(parts(line)));
            // One a lane; a line may leave over as many as it has parts.
            want(departure.release.shipments, line, whole(parts(line)));
            want(departure.release.minutes, line, minutes(&departure.release, supply.source, line));
        }
    }
    for stock in &tables.stocks {
        for (id, used) in stock.rows.uses(units(stock.line)) {
            want(Some(id), stock.line, whole(used));
        }
    }
    wanted
}
