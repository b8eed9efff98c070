//! Pricing: the shipments of an order that are cheapest when stock and capacity have prices.
//!
//! For every group and every state of the order, the cost of the shipment is looked up and the
//! cheapest way of each line is added: from the node's own stock, or over lanes. What the lines of
//! an order pay once for a lane and a release is divided among its needs, in shares that sum to
//! one: a relaxation, which makes the ways of its lines independent of each other. Ways that lines
//! find together are exact ([`joint`](crate::solve::joint)).

use crate::options::{OrderOptions, Planner};
use crate::solve::best_shipments::{BestShipments, ByState, Kind, Ways};
use crate::solve::column::{Column, Entry};
use crate::solve::routes::{LineWay, Routes};
use crate::solve::stocks::stock_price;
use crate::solve::tables::{GroupTable, LineTable, OrderTables, price_of};
use crate::solve::{ResourceId, Resources};
use crate::units::{Decimal, Quantity};

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
    /// The part that each need pays of what is paid once for a release (even positions) and a
    /// lane (odd positions) of each departure, by need; empty for equal parts. The parts of all
    /// needs sum to at most 1.
    pub shares: Vec<f32>,
}

impl OrderPrices {
    pub fn free(tables: &OrderTables) -> OrderPrices {
        OrderPrices {
            openings: vec![vec![0.0; tables.openings.len()]; tables.states.needs()],
            stocks: vec![0.0; tables.stocks.len()],
            shares: Vec::new(),
        }
    }
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
    /// Where only what fits is wanted.
    pub left: Option<Left<'a>>,
}

/// What there is left of the limits.
#[derive(Clone, Copy, Debug)]
pub struct Left<'a> {
    /// By resource.
    pub amounts: &'a [Decimal],
    /// Whether each shipment has to fit as a whole, and not only each of its lines and what leaves a
    /// node together.
    pub holds_shipments: bool,
}

/// The cheapest way of parts of a line into a group.
#[derive(Clone, Copy, Debug)]
pub struct Cheapest<'r> {
    pub cost: f64,
    pub way: LineWay<'r>,
}

/// Ways of a line into a group, with how many parts of it go each.
struct Parts<'r> {
    cost: f64,
    parts: Vec<(usize, LineWay<'r>)>,
}

impl<'a> Scan<'a> {
    /// Entries of the order with their exact cost and uses.
    pub fn column(&self, order: u32, entries: Vec<Entry>) -> Column {
        Column::new(self.planner, self.resources, self.options, order, entries)
    }

    /// Finds the cheapest shipment of every state; `see` is shown every shipment: group, state and
    /// cost.
    pub fn cheapest(&self, see: &mut impl FnMut(usize, usize, f64)) -> BestShipments {
        let routes = Routes::cheapest(self);
        let found = self.cheapest_by(&routes, see);
        BestShipments { found, ways: Ways::Alone(routes) }
    }

    /// The same where the routes of the lines are known.
    pub(super) fn cheapest_by(
        &self,
        routes: &Routes,
        see: &mut impl FnMut(usize, usize, f64),
    ) -> ByState {
        let is_told_apart = self.options.orders_items_once() && !self.options.split_lines;
        let mut found = ByState::new(self.tables);
        self.shipments(routes, |index, state, cost| {
            see(index, state, cost);
            let group = &self.tables.groups[index];
            let class = self.tables.exchanges.class(index);
            let kind = Kind { class, added: usize::from(!group.joins) };
            // Each line was asked already for what it uses where it comes from: that is all there is to
            // ask where none moves, or no other does.
            let fits = |left: Left| {
                !left.holds_shipments
                    || is_told_apart && (group.place.is_none() || self.options.lines.len() == 1)
                    || self.column(0, self.entries(index, state, routes)).fits(left.amounts)
            };
            if found.is_cheapest(kind, state, cost)
                && self.work_fits(group, state)
                && self.left.is_none_or(fits)
            {
                found.take(kind, state, cost, index);
            }
        });
        found
    }

    /// Visits every shipment that the lines' cheapest ways make up: group, state and cost.
    fn shipments(&self, routes: &Routes, mut visit: impl FnMut(usize, usize, f64)) {
        let states = &self.tables.states;
        // The states that lines of a group make up, with the cost of the lines.
        let mut covered: Vec<(usize, f64)> = Vec::with_capacity(states.count());
        for (index, group) in self.tables.groups.iter().enumerate() {
            covered.clear();
            covered.push((0, 0.0));
            for need in (0..states.needs()).filter(|need| group.takes_need(*need)) {
                let before = covered.len();
                for digit in 1..=states.whole(need) {
                    let cost = self.need_cost(group, need, digit, routes);
                    let Some(cost) = cost.filter(|cost| cost.is_finite()) else { continue };
                    for at in 0..before {
                        let (state, sum) = covered[at];
                        covered.push((state + digit * states.stride(need), sum + cost));
                    }
                }
            }
            for &(state, sum) in &covered[1..] {
                let cost = sum + self.shipment_cost(group, state);
                if cost.is_finite() {
                    visit(index, state, cost);
                }
            }
        }
    }

    /// What the shipment of a group costs that covers a state, without its lines.
    fn shipment_cost(&self, group: &GroupTable, state: usize) -> f64 {
        let shipments = &self.tables.shipments;
        let parcels = f64::from(shipments.parcels(group.shipment)[state]);
        let own = shipments.costs(group.shipment)[state];
        self.group_price(group) + own + self.parcel_price(group) * parcels
    }

    /// The same with the openings that its needs pay for.
    pub(super) fn whole_cost(&self, group: &GroupTable, state: usize) -> f64 {
        let states = &self.tables.states;
        let opening = |need: usize| {
            let share = self.share(need, states.digit(state, need));
            self.opening_cost(need, group.release.opening, share)
        };
        self.shipment_cost(group, state) + (0..states.needs()).map(opening).sum::<f64>()
    }

    /// What units of a need cost in a group, by the cheapest way of each of its lines.
    fn need_cost(
        &self,
        group: &GroupTable,
        need: usize,
        digit: usize,
        routes: &Routes,
    ) -> Option<f64> {
        let mut cost = 0.0;
        for &index in &self.options.needs[need].lines {
            let line = self.tables.lines(group).iter().find(|table| table.line == index)?;
            let parts = self.parts_at(index, digit);
            cost += self.line_cost(group, line, self.units(index, parts));
            cost += self.parts_cost(group, line, parts, routes)?;
        }
        Some(cost + self.opening_cost(need, group.release.opening, self.share(need, digit)))
    }

    /// Units of a line that goes its ways in so many parts: units, or the whole line.
    pub(super) fn units(&self, line: usize, parts: usize) -> Quantity {
        if self.options.split_lines { parts as Quantity } else { self.options.lines[line].quantity }
    }

    /// The parts of a line at a digit of its need.
    pub(super) fn parts_at(&self, line: usize, digit: usize) -> usize {
        if self.options.lines[line].divisible { digit } else { self.whole_parts(line) }
    }

    /// The parts of a whole line.
    pub(super) fn whole_parts(&self, line: usize) -> usize {
        if self.options.split_lines { self.options.lines[line].quantity as usize } else { 1 }
    }

    fn share(&self, need: usize, digit: usize) -> f64 {
        digit as f64 / self.tables.states.whole(need) as f64
    }

    /// What it costs a group's cheapest shipment more that something moves into it; of an order
    /// whose lines stay whole.
    pub(super) fn move_cost(&self, index: usize, state: usize, routes: &Routes) -> f64 {
        let group = &self.tables.groups[index];
        let of_line = |line: &LineTable| {
            let units = self.units(line.line, 1);
            let moved = routes.best(self, group, line, 1)?.cost;
            let direct = self.direct_cost(line, units).unwrap_or(f64::INFINITY);
            Some((moved - direct).max(0.0))
        };
        if group.place.is_none() {
            return f64::INFINITY;
        }
        let states = &self.tables.states;
        let taken = self.tables.lines(group).iter();
        let taken =
            taken.filter(|line| states.digit(state, self.options.lines[line.line].need) > 0);
        taken.filter_map(of_line).fold(f64::INFINITY, f64::min)
    }

    /// The entries of a group's cheapest shipment.
    pub(super) fn entries(&self, index: usize, state: usize, routes: &Routes) -> Vec<Entry> {
        let group = &self.tables.groups[index];
        let states = &self.tables.states;
        let mut entries: Vec<Entry> = Vec::new();
        for line in self.tables.lines(group) {
            let digit = states.digit(state, self.options.lines[line.line].need);
            if digit == 0 {
                continue;
            }
            let parts = self.parts_at(line.line, digit);
            let parts = self.cheapest_parts(group, line, parts, routes).map(|found| found.parts);
            for (parts, way) in parts.into_iter().flatten() {
                let part = self.entry(index, line.line, self.units(line.line, parts), way);
                let same = |known: &&mut Entry| {
                    (known.line, known.source, &known.hops) == (part.line, part.source, &part.hops)
                };
                match entries.iter_mut().find(same) {
                    Some(known) => known.quantity += part.quantity,
                    None => entries.push(part),
                }
            }
        }
        entries
    }

    pub(super) fn entry(
        &self,
        group: usize,
        line: usize,
        quantity: Quantity,
        way: LineWay,
    ) -> Entry {
        let (source, hops) = match way {
            LineWay::Direct => (self.options.groups[group].node, Box::default()),
            LineWay::Moved { supply, departures } => {
                let transfers = &self.options.transfers;
                (transfers.supplies[supply].source, transfers.hops(departures))
            }
        };
        Entry { group: group as u32, line: line as u32, source, hops, quantity }
    }

    /// What a group's shipment pays whatever is in it.
    pub(super) fn group_price(&self, group: &GroupTable) -> f64 {
        if group.joins { 0.0 } else { price_of(&self.prices.resources, group.release.shipments) }
    }

    /// What each parcel of a group pays.
    pub(super) fn parcel_price(&self, group: &GroupTable) -> f64 {
        price_of(&self.prices.resources, group.carrier)
    }

    /// What units of a line pay in a group, whatever their way: lateness, and the work at the
    /// shipping node.
    pub(super) fn line_cost(&self, group: &GroupTable, line: &LineTable, units: Quantity) -> f64 {
        let prices = &self.prices.resources;
        let q = units as f64;
        let mut cost = line.lateness * q / self.options.lines[line.line].quantity as f64;
        cost += q * price_of(prices, group.release.units);
        cost += q * line.minutes * price_of(prices, group.release.minutes);
        if !line.is_there {
            cost += price_of(prices, group.release.lines);
        }
        cost
    }

    /// What units of a line pay to come from the shipping node's own stock; nothing where the
    /// stock has too few.
    pub(super) fn direct_cost(&self, line: &LineTable, units: Quantity) -> Option<f64> {
        let way = line.direct.filter(|way| self.stock_fits(way.stock, units))?;
        let share = units as f64 / self.options.lines[line.line].quantity as f64;
        Some(
            way.part_cost
                + way.unit_cost * units as f64
                + way.change * share
                + self.stock_cost(way.stock, units),
        )
    }

    /// What so many parts of a line cost in a group by their cheapest ways.
    fn parts_cost(
        &self,
        group: &GroupTable,
        line: &LineTable,
        parts: usize,
        routes: &Routes,
    ) -> Option<f64> {
        if self.options.split_lines {
            return self.cheapest_parts(group, line, parts, routes).map(|found| found.cost);
        }
        self.cheapest_way(group, line, parts, routes).map(|found| found.cost)
    }

    /// The cheapest ways of so many parts of a line into a group: one, or several where its units
    /// may be divided and one way has too few of them.
    fn cheapest_parts<'r>(
        &self,
        group: &GroupTable,
        line: &LineTable,
        whole: usize,
        routes: &'r Routes,
    ) -> Option<Parts<'r>> {
        let single = |parts| self.cheapest_way(group, line, parts, routes);
        if !self.options.split_lines {
            return single(whole)
                .map(|found| Parts { cost: found.cost, parts: vec![(whole, found.way)] });
        }
        let mut sums: Vec<(f64, usize)> = vec![(0.0, 0)];
        for total in 1..=whole {
            let mut best = (f64::INFINITY, 0);
            for part in 1..=total {
                let cost = single(part).map_or(f64::INFINITY, |way| way.cost);
                let cost = sums[total - part].0 + cost;
                if cost < best.0 {
                    best = (cost, part);
                }
            }
            sums.push(best);
        }
        let cost = sums[whole].0;
        let mut parts = Vec::new();
        let mut left = whole;
        while left > 0 && cost.is_finite() {
            let part = sums[left].1;
            parts.push((part, single(part)?.way));
            left -= part;
        }
        cost.is_finite().then_some(Parts { cost, parts })
    }

    /// The cheapest way of so many parts of a line into a group.
    fn cheapest_way<'r>(
        &self,
        group: &GroupTable,
        line: &LineTable,
        parts: usize,
        routes: &'r Routes,
    ) -> Option<Cheapest<'r>> {
        let direct = self
            .direct_cost(line, self.units(line.line, parts))
            .map(|cost| Cheapest { cost, way: LineWay::Direct });
        let moved = routes.best(self, group, line, parts);
        match (direct, moved) {
            (Some(direct), Some(moved)) if moved.cost < direct.cost => Some(moved),
            (None, moved) => moved,
            (direct, _) => direct,
        }
    }

    /// What units of a line pay for the stock that they use.
    pub(super) fn stock_cost(&self, stock: Option<u32>, units: Quantity) -> f64 {
        let Some(index) = stock.map(|stock| stock as usize) else { return 0.0 };
        let stock = &self.tables.stocks[index];
        stock_price(&self.prices.resources, &stock.rows, units) + self.order_prices.stocks[index]
    }

    /// Whether a stock has so many units, or has them left.
    pub(super) fn stock_fits(&self, stock: Option<u32>, units: Quantity) -> bool {
        let Some(index) = stock else { return true };
        if !self.tables.tight && self.left.is_none() {
            return true;
        }
        let mut uses = self.tables.stocks[index as usize].rows.uses(units);
        uses.all(|(id, used)| self.limit(Some(id)) >= used as f64)
    }

    pub(super) fn opening_cost(&self, need: usize, opening: Option<u32>, share: f64) -> f64 {
        opening.map_or(0.0, |opening| self.order_prices.openings[need][opening as usize] * share)
    }

    /// Whether the work of a shipment fits the limits of its node on its date.
    pub(super) fn work_fits(&self, group: &GroupTable, state: usize) -> bool {
        if !self.tables.tight && self.left.is_none() {
            return true;
        }
        let parcels = self.tables.shipments.parcels(group.shipment)[state];
        let (mut units, mut lines, mut minutes) = (0, 0, 0.0);
        for line in self.tables.lines(group) {
            let taken = self.tables.states.units(self.options, state, line.line);
            if taken > 0 {
                units += taken;
                lines += u32::from(!line.is_there);
                minutes += line.minutes * taken as f64;
            }
        }
        let shipments = if group.joins { 0.0 } else { 1.0 };
        self.limit(group.release.units) >= units as f64
            && self.limit(group.release.lines) >= lines as f64
            && self.limit(group.release.shipments) >= shipments
            && self.limit(group.release.minutes) >= minutes - 1e-9
            && self.limit(group.carrier) >= parcels as f64
    }

    /// What there is at most of a resource, or what is left of it.
    pub(super) fn limit(&self, id: Option<ResourceId>) -> f64 {
        id.map_or(f64::INFINITY, |id| match self.left {
            Some(left) => left.amounts[id as usize].to_f64(),
            None => self.resources.rows()[id as usize].limit().to_f64(),
        })
    }

    /// What is paid once for a release into a departure and for its lane, at these prices.
    pub(super) fn paid_once(&self, departure: usize) -> [f64; 2] {
        let table = &self.tables.departures[departure];
        let release =
            table.release_cost + price_of(&self.prices.resources, table.release.shipments);
        [release, table.lane_cost]
    }

    /// The part that a need pays of what is paid once for a release or a lane.
    pub(super) fn part_of(&self, need: usize, departure: usize, lane: bool) -> f64 {
        let shares = &self.order_prices.shares;
        if shares.is_empty() {
            return 1.0 / self.tables.states.needs() as f64;
        }
        let width = 2 * self.tables.departures.len();
        f64::from(shares[need * width + 2 * departure + usize::from(lane)])
    }
}
