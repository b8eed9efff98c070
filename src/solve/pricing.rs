//! Pricing: the columns of an order that are cheapest when stock and capacity have prices.
//!
//! For every group and every state of the order, the cost of the shipment is looked up and the
//! terms of its lines are added; where lines may come by several ways, the ways are searched depth
//! first. The result is exact: for each state the least reduced cost over all columns.

use crate::domain::CostKey;
use crate::ids::LaneId;
use crate::options::{Content, OrderOptions, Planner};
use crate::options::{carbon, handling, transfer_co2, transfer_freight, weight};
use crate::solve::column::{Column, Entry};
use crate::solve::tables::{
    ArrivalTable, GroupTable, OrderTables, WayTable, price_of, stock_price,
};
use crate::solve::{ResourceId, Resources, search};
use crate::time::Day;
use crate::units::{Decimal, Objective, Quantity};

/// Prices of what orders compete for, in weighted minor units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prices {
    /// By resource, not negative.
    pub resources: Vec<f64>,
}

/// Prices of the rows that belong to one order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderPrices {
    /// Of the openings that each need uses: by need, then by the order's openings.
    pub openings: Vec<Vec<f64>>,
    /// Of the cuts on whole lines, by stock of the order.
    pub stocks: Vec<f64>,
}

impl OrderPrices {
    pub fn free(tables: &OrderTables) -> OrderPrices {
        let openings = vec![vec![0.0; tables.openings.len()]; tables.states.needs()];
        OrderPrices { openings, stocks: vec![0.0; tables.stocks.len()] }
    }
}

/// A column that pricing has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    pub state: usize,
    /// Shipments beyond the frozen ones.
    pub shipments: u32,
    /// Cost plus the prices of what it uses.
    pub cost: f64,
    pub entries: Vec<Entry>,
}

/// What pricing reads.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    pub planner: &'a Planner<'a>,
    pub resources: &'a Resources,
    pub options: &'a OrderOptions,
    pub tables: &'a OrderTables,
    pub prices: &'a Prices,
    pub order_prices: &'a OrderPrices,
    /// What is left of each resource, where only columns that fit are wanted.
    pub left: Option<&'a [Decimal]>,
}

/// Receives columns.
pub trait Visit {
    /// From which cost on a column of a state is of no interest; `may_move`: whether it may come
    /// over a lane.
    fn limit(&self, state: usize, shipments: u32, may_move: bool) -> f64;
    /// Whether only the cheapest column of each state is wanted.
    fn only_cheapest(&self) -> bool;
    fn visit(&mut self, found: Priced);
}

impl Scan<'_> {
    /// A priced column with its exact cost and uses.
    pub fn column(&self, order: u32, entries: Vec<Entry>) -> Column {
        Column::new(self.planner, self.resources, self.options, order, entries)
    }

    /// Visits every column of one shipment that costs less than the limit of its state.
    pub fn shipments(&self, visit: &mut dyn Visit) {
        for (index, group) in self.tables.groups.iter().enumerate() {
            if group.branches || !self.tables.states.is_binary() {
                continue;
            }
            self.plain_group(index, group, visit);
        }
        // The groups to search come last, when the limits are tight.
        for (index, group) in self.tables.groups.iter().enumerate() {
            if group.branches || !self.tables.states.is_binary() {
                search::group(self, index, group, visit);
            }
        }
    }

    /// What a group's shipment pays whatever is in it.
    pub(super) fn group_price(&self, group: &GroupTable) -> f64 {
        if group.joins { 0.0 } else { price_of(&self.prices.resources, group.release.shipments) }
    }

    /// What units of a line pay in a group: their own terms and the work at the shipping node,
    /// stock aside.
    pub(super) fn way_cost(&self, group: &GroupTable, way: &WayTable, units: Quantity) -> f64 {
        let prices = &self.prices.resources;
        let line = &self.options.lines[way.line];
        let q = units as f64;
        let share = q / line.quantity as f64;
        let mut cost = way.part_cost + way.unit_cost * q + way.line_cost * share;
        cost += q * price_of(prices, group.release.units);
        cost += q * way.minutes * price_of(prices, group.release.minutes);
        if !way.line_is_there {
            cost += price_of(prices, group.release.lines);
        }
        cost + self.stock_cost(way.stock, units)
    }

    /// What units of a line pay for the stock that they use.
    pub(super) fn stock_cost(&self, stock: Option<usize>, units: Quantity) -> f64 {
        let Some(index) = stock else { return 0.0 };
        let stock = &self.tables.stocks[index];
        stock_price(&self.prices.resources, &stock.rows, units) + self.order_prices.stocks[index]
    }

    pub(super) fn opening_cost(&self, need: usize, opening: Option<usize>, share: f64) -> f64 {
        opening.map_or(0.0, |opening| self.order_prices.openings[need][opening] * share)
    }

    /// Groups in which every line has one way, from the node's own stock, and goes whole.
    fn plain_group(&self, index: usize, group: &GroupTable, visit: &mut dyn Visit) {
        let states = &self.tables.states;
        let table = &self.tables.shipments[group.shipment];
        let mut needs: Vec<(usize, f64)> = Vec::with_capacity(states.needs());
        for way in &group.ways {
            let line = &self.options.lines[way.line];
            let cost = self.way_cost(group, way, line.quantity);
            match needs.iter_mut().find(|(need, _)| *need == line.need) {
                Some((_, total)) => *total += cost,
                None => {
                    let opening = self.opening_cost(line.need, group.release.opening, 1.0);
                    needs.push((line.need, cost + opening));
                }
            }
        }
        let fixed = self.group_price(group);
        let parcel_price = price_of(&self.prices.resources, group.carrier);
        let shipments = u32::from(!group.joins);
        let mut sums = vec![(0_usize, 0.0_f64); 1 << needs.len()];
        for mask in 1..sums.len() {
            let low = mask.trailing_zeros() as usize;
            let (state, cost) = sums[mask & (mask - 1)];
            let state = state + states.stride(needs[low].0);
            let cost = cost + needs[low].1;
            sums[mask] = (state, cost);
            let total =
                cost + fixed + table.cost[state] + parcel_price * table.parcels[state] as f64;
            if total < visit.limit(state, shipments, false) {
                let in_state =
                    |way: &&WayTable| states.digit(state, self.options.lines[way.line].need) > 0;
                let entries = group.ways.iter().filter(in_state).map(|way| Entry {
                    group: index as u32,
                    line: way.line as u32,
                    arrival: way.arrival as u32,
                    quantity: self.options.lines[way.line].quantity,
                });
                self.offer(
                    visit,
                    Priced { state, shipments, cost: total, entries: entries.collect() },
                );
            }
        }
    }

    /// Hands a column on, unless it does not fit the limits or what is left of them.
    fn offer(&self, visit: &mut dyn Visit, found: Priced) {
        if self.fits(&found.entries) {
            visit.visit(found);
        }
    }

    /// Whether a column fits the limits, or what is left of them.
    pub(super) fn fits(&self, entries: &[Entry]) -> bool {
        if !self.tables.tight && self.left.is_none() {
            return true;
        }
        let column = self.column(0, entries.to_vec());
        match self.left {
            Some(left) => column.uses.iter().all(|(id, used)| *used <= left[*id as usize]),
            None => column.fits_alone(self.resources),
        }
    }

    /// What there is at most of a resource, or what is left of it.
    pub(super) fn limit(&self, id: Option<ResourceId>) -> f64 {
        id.map_or(f64::INFINITY, |id| match self.left {
            Some(left) => left[id as usize].to_f64(),
            None => self.resources.rows()[id as usize].limit().to_f64(),
        })
    }

    /// Cost and prices of the transfers of a column: lane freight, and the release at each source.
    pub fn transfers(&self, entries: &[Entry]) -> f64 {
        let planner = self.planner;
        let (wave, model) = (planner.wave, planner.model);
        let mut total = 0.0;
        let mut done: Vec<(LaneId, Day, bool)> = Vec::new();
        let mut contents: Vec<Content> = Vec::new();
        for entry in entries {
            let arrival = &self.options.arrivals[entry.arrival as usize];
            for (position, hop) in arrival.hops.iter().enumerate() {
                let first = position == 0;
                if first {
                    let stock = self.arrival(entry).stock[entry.line as usize];
                    total += self.stock_cost(stock, entry.quantity);
                }
                for released in [false, true] {
                    if (released && !first) || done.contains(&(hop.lane, hop.departs, released)) {
                        continue;
                    }
                    done.push((hop.lane, hop.departs, released));
                    contents.clear();
                    let mut release = 0.0;
                    for other in entries {
                        let hops = &self.options.arrivals[other.arrival as usize].hops;
                        let there =
                            if released { hops.first() == Some(hop) } else { hops.contains(hop) };
                        if there {
                            contents.push(self.content(other));
                            release += self.opening_share(other);
                        }
                    }
                    let lane = &wave.lanes[hop.lane];
                    if released {
                        let amount = handling(wave, lane.from, &contents);
                        let weight = model.weight(CostKey::Handling);
                        total += Objective::weighted(weight, amount).to_minor() + release;
                        total += self.release_price(self.arrival(entry), lane.from, &contents);
                    } else {
                        let kg = weight(wave, &contents);
                        let freight = transfer_freight(lane, kg);
                        let co2 = carbon(transfer_co2(lane, kg), model.costs.carbon_price);
                        let cost =
                            Objective::weighted(model.weight(CostKey::TransferFreight), freight)
                                + Objective::weighted(model.weight(CostKey::Carbon), co2);
                        total += cost.to_minor();
                    }
                }
            }
        }
        total
    }

    fn arrival(&self, entry: &Entry) -> &ArrivalTable {
        &self.tables.arrivals[entry.arrival as usize]
    }

    fn content(&self, entry: &Entry) -> Content {
        let line = &self.options.lines[entry.line as usize];
        Content { line: line.id.0, sku: line.sku, quantity: entry.quantity }
    }

    /// The opening price that a moved part pays at its source.
    pub(super) fn opening_share(&self, entry: &Entry) -> f64 {
        let line = &self.options.lines[entry.line as usize];
        let in_need = self.options.needs[line.need].lines.len() as f64;
        let share = entry.quantity as f64 / line.quantity as f64 / in_need;
        self.opening_cost(line.need, self.arrival(entry).release.opening, share)
    }

    fn release_price(
        &self,
        arrival: &ArrivalTable,
        source: crate::ids::NodeId,
        contents: &[Content],
    ) -> f64 {
        let ids = &arrival.release;
        let prices = &self.prices.resources;
        let work = crate::options::work(self.planner.wave, source, contents);
        work.units as f64 * price_of(prices, ids.units)
            + work.lines as f64 * price_of(prices, ids.lines)
            + price_of(prices, ids.shipments)
            + work.minutes.to_f64() * price_of(prices, ids.minutes)
    }
}
