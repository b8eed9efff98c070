//! Fingerprints of orders: all that the least cost of an order at some prices depends on, as a
//! number.
//!
//! An order that has the fingerprint it had before costs at least what it did before at these
//! prices, so that it need not be looked at again. Everything is in it that decides on the options
//! of the order, on their costs and on what they pay; of stock and capacity only as much as one
//! order could want, since what all of them want together is a matter of prices. The instant of
//! planning is in it by the release windows of the nodes. What is destructured here has all of its
//! fields named, so that a new one has to be thought of.

use crate::domain::{
    CapacityUnit, Commitment, Escalate, Exclusion, Journey, Model, Node, NodeService, Order,
    OrderLine, Place, Stock,
};
use crate::ids::{Id, IdVec, NodeId, OrderId, SkuId};
use crate::options::Planner;
use crate::solve::known::PricesByLine;
use crate::solve::pricing::Prices;
use crate::solve::{ResourceKey, Resources};
use crate::time::Day;
use crate::units::Decimal;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The fingerprints of the orders of a wave at some prices.
pub(super) struct Fingerprints<'p> {
    planner: &'p Planner<'p>,
    resources: &'p Resources,
    by_line: &'p PricesByLine,
    /// Of what all orders depend on.
    wave: u64,
    /// Of what those depend on that order an item; 0 where nobody does.
    items: IdVec<SkuId, u64>,
    exclusions: FxHashMap<OrderId, Vec<&'p Exclusion>>,
}

/// Takes in one thing after another.
struct Digest(DefaultHasher);

impl Digest {
    fn new() -> Digest {
        Digest(DefaultHasher::new())
    }

    fn add(&mut self, value: impl Hash) {
        value.hash(&mut self.0);
    }

    fn number(&mut self, value: f64) {
        self.add(value.to_bits());
    }

    /// Takes in all fields of something.
    fn shown(&mut self, value: &impl fmt::Debug) {
        // Writing into a digest cannot fail.
        let _ = fmt::write(self, format_args!("{value:?};"));
    }

    fn place(&mut self, place: &Place) {
        let Place { latitude, longitude, country, postal_code } = place;
        self.number(*latitude);
        self.number(*longitude);
        self.add((country, postal_code));
    }
}

impl fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

/// The most that any order wants.
struct Most {
    units: u32,
    lines: u32,
    /// 0 where nobody orders it.
    of_item: IdVec<SkuId, u32>,
}

impl Most {
    fn of(planner: &Planner) -> Most {
        let wave = planner.wave;
        let of_item = wave.items.iter().map(|_| 0).collect();
        let mut most = Most { units: 0, lines: 0, of_item };
        let mut wanted: Vec<(SkuId, u32)> = Vec::new();
        for order in wave.orders.iter() {
            wanted.clear();
            let (mut units, mut lines) = (0_u32, 0);
            for line in order.line_ids() {
                let quantity = wave.open_quantity(line);
                if quantity == 0 {
                    continue;
                }
                lines += 1;
                units = units.saturating_add(quantity);
                let sku = wave.lines[line].sku;
                match wanted.iter_mut().find(|(other, _)| *other == sku) {
                    Some((_, sum)) => *sum = sum.saturating_add(quantity),
                    None => wanted.push((sku, quantity)),
                }
            }
            most.units = most.units.max(units);
            most.lines = most.lines.max(lines);
            for &(sku, quantity) in &wanted {
                most.of_item[sku] = most.of_item[sku].max(quantity);
            }
        }
        most
    }
}

impl<'p> Fingerprints<'p> {
    pub fn new(
        planner: &'p Planner<'p>,
        resources: &'p Resources,
        prices: &Prices,
        by_line: &'p PricesByLine,
    ) -> Fingerprints<'p> {
        let most = Most::of(planner);
        let mut exclusions: FxHashMap<OrderId, Vec<&Exclusion>> = FxHashMap::default();
        for exclusion in &planner.wave.exclusions {
            exclusions.entry(exclusion.order).or_default().push(exclusion);
        }
        let wave = of_wave(planner, resources, prices, &most);
        let items = of_items(planner, resources, prices, &most);
        Fingerprints { planner, resources, by_line, wave, items, exclusions }
    }

    /// The fingerprint of an order; nothing where more counts than what is in it.
    pub fn of(&self, order: OrderId) -> Option<u64> {
        self.with(order, |_| true)
    }

    /// Whether an order that had a fingerprint costs no less now: it has the same one, or it had it
    /// before anything was decided for it that it now costs something to change.
    pub fn holds(&self, order: OrderId, before: u64) -> bool {
        let is = |print: Option<u64>| print == Some(before);
        is(self.of(order)) || is(self.with(order, Commitment::is_frozen))
    }

    /// The fingerprint of an order with some of its commitments.
    fn with(&self, order: OrderId, counts: impl Fn(&Commitment) -> bool) -> Option<u64> {
        if !self.planner.exchanges(order).is_empty() {
            return None;
        }
        let wave = self.planner.wave;
        let Order {
            id: _,
            placed_at: _,
            journey,
            ship_by,
            deliver_by,
            deadline,
            weight,
            channel: _,
            customer_tier: _,
            ship_complete,
            max_shipments,
            exchange_of: _,
            lines,
        } = &wave.orders[order];
        let mut digest = Digest::new();
        digest.add((self.wave, ship_by, deliver_by, deadline, weight.0));
        digest.add((ship_complete, max_shipments, lines.len()));
        match journey {
            Journey::Ship(place) => digest.place(place),
            Journey::Pickup { node, radius_km } => {
                digest.add(node);
                digest.number(*radius_km);
            }
        }
        for (at, id) in wave.orders[order].line_ids().enumerate() {
            let OrderLine { order: _, line: _, sku, quantity, unit_price, together } =
                &wave.lines[id];
            digest.add((at, self.items[*sku], quantity, unit_price.0, together));
            for commitment in wave.commitments_of(id).filter(|one| counts(one)) {
                let Commitment { line: _, quantity, node, service, ship_date, level, pinned } =
                    commitment;
                digest.add((quantity, node, service, ship_date, level, pinned));
            }
            let mut openings = self.by_line.openings_of(id).to_vec();
            openings.sort_by_key(|(id, _)| *id);
            for (id, price) in openings {
                digest.add(self.resources.opening_key(id));
                digest.number(price);
            }
            for (node, step, price) in self.by_line.stocks_of(id) {
                digest.add((node, step));
                digest.number(*price);
            }
        }
        for exclusion in self.exclusions.get(&order).into_iter().flatten() {
            let Exclusion { order: _, line, node, until } = exclusion;
            digest.add((line.map(|line| line.0 - lines.start), node, until));
        }
        Some(digest.0.finish())
    }
}

/// Of the model, the network and its release windows, and the prices of capacity and carriers.
fn of_wave(planner: &Planner, resources: &Resources, prices: &Prices, most: &Most) -> u64 {
    let wave = planner.wave;
    let mut digest = Digest::new();
    digest.add((env!("CARGO_PKG_VERSION"), wave.minor_digits));
    let Model { name: _, weights, costs, rules, returns: _, solve: _ } = planner.model;
    digest.shown(weights);
    digest.shown(costs);
    digest.shown(rules);
    for (id, node) in wave.nodes.enumerate() {
        let Node {
            id: name,
            kind,
            name: _,
            latitude,
            longitude,
            country,
            postal_code,
            // The window says what these mean for planning.
            time_zone: _,
            calendar: _,
            cutoff: _,
            lead_days: _,
            ships,
            pickup,
            accepts_returns: _,
            unlimited_stock,
            shipment_cost,
            line_cost,
            unit_cost,
            minute_cost,
            open_cost,
            reject_rate,
            tier,
            // Their limits are among the resources.
            capacities,
            services,
        } = node;
        digest.add((name, kind, country, postal_code, ships, pickup, unlimited_stock));
        digest.number(*latitude);
        digest.number(*longitude);
        for amount in [shipment_cost, line_cost, unit_cost, minute_cost, open_cost] {
            digest.add(amount.0);
        }
        digest.add((reject_rate.0, tier, capacities.is_empty(), wave.window(id)));
        for NodeService { service, parcels_per_day } in services {
            digest.add((service, parcels_per_day.is_some()));
        }
    }
    digest.shown(&wave.zone_tables);
    digest.shown(&wave.rate_cards);
    digest.shown(&wave.services);
    digest.shown(&wave.lanes);
    let minutes = wave.node_items.values().map(|item| item.minutes).max().unwrap_or_default();
    let units = Decimal::from_int(i64::from(most.units));
    for (row, price) in resources.rows().iter().zip(&prices.resources) {
        // A parcel has a unit at least, so that these are limits on parcels too.
        let wanted = match row.key {
            ResourceKey::Stock { .. } | ResourceKey::StockRounded { .. } => continue,
            ResourceKey::Carrier { .. } => units,
            ResourceKey::Capacity { unit, .. } => match unit {
                CapacityUnit::Units => units,
                CapacityUnit::Lines => Decimal::from_int(i64::from(most.lines)),
                CapacityUnit::Shipments => Decimal::ONE,
                CapacityUnit::Minutes => minutes * i64::from(most.units),
            },
        };
        digest.add((row.key, scarce(row.limit().0, wanted.0)));
        digest.number(*price);
    }
    digest.0.finish()
}

/// Of each item with what differs from node to node, and the prices of its stocks.
fn of_items(
    planner: &Planner,
    resources: &Resources,
    prices: &Prices,
    most: &Most,
) -> IdVec<SkuId, u64> {
    let wave = planner.wave;
    // Sums do not depend on the order of what is added.
    let mut terms: IdVec<SkuId, u64> = wave.items.iter().map(|_| 0).collect();
    for ((node, sku), item) in &wave.node_items {
        let mut digest = Digest::new();
        digest.add((node, item.minutes.0, item.unit_cost.0, item.purchase_cost.0));
        terms[*sku] = terms[*sku].wrapping_add(digest.0.finish());
    }
    let of_item = |at: usize| {
        let sku = SkuId::from_index(at);
        let most = i64::from(most.of_item[sku]);
        if most == 0 {
            return 0;
        }
        let mut digest = Digest::new();
        digest.shown(&wave.items[sku]);
        digest.add(terms[sku]);
        for &node in wave.stocked_at(sku) {
            of_stock(&mut digest, planner, (node, sku), most);
            for &(step, divisor, id) in resources.stock_rows_of(node, sku) {
                let price = prices.resources[id as usize];
                // A row without a price may come and go.
                if price > 0.0 {
                    digest.add((step, divisor));
                    digest.number(price);
                }
            }
        }
        digest.0.finish()
    };
    let items: Vec<u64> = (0..wave.items.len()).into_par_iter().map(of_item).collect();
    items.into()
}

/// What there is of something, where it may be too little for an order.
fn scarce(left: i64, most: i64) -> Option<i64> {
    (left < most).then_some(left)
}

/// Takes in a stock, as far as an order could want it.
fn of_stock(digest: &mut Digest, planner: &Planner, key: (NodeId, SkuId), most: i64) {
    let (node, sku) = key;
    let Some(stock) = planner.wave.stock_of(node, sku) else { return };
    let Stock {
        on_hand: _,
        reserved: _,
        safety_stock: _,
        opportunity_cost,
        restock_value: _,
        inbound,
    } = stock;
    digest.add((node, opportunity_cost.0));
    if planner.model.rules.escalate == Escalate::Deadline {
        // Tiers open by the stock before commitments.
        let days = inbound.iter().map(|(day, _)| *day);
        for day in std::iter::once(Day(i32::MIN)).chain(days) {
            digest.add((day, scarce(stock.available_by(day), most)));
        }
    }
    for (day, units) in planner.stock(node, sku).into_iter().flat_map(|profile| profile.steps()) {
        digest.add((day, scarce(*units, most)));
    }
}
