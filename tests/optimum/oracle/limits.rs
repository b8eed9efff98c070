//! What orders compete for: stock by date, work, carriers' parcels, and the opening of nodes.

use crate::oracle::movements::Movements;
use crate::oracle::options::available;
use crate::oracle::{Case, Part};
use std::collections::{BTreeMap, BTreeSet};
use wavewright::domain::{Capacity, CapacityUnit, CostKey, Costs};
use wavewright::ids::{NodeId, OrderId, ServiceId, SkuId};
use wavewright::time::Day;
use wavewright::units::{Decimal, Money, Objective, Quantity, round_half_up};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Resource {
    /// Units released by the end of a day.
    Stock {
        node: NodeId,
        sku: SkuId,
        by: Day,
    },
    /// Work on a date, at nine places.
    Work {
        node: NodeId,
        date: Day,
        unit: CapacityUnit,
    },
    Parcels {
        node: NodeId,
        service: ServiceId,
        date: Day,
    },
    /// 1 where the node releases anything.
    Opening {
        node: NodeId,
        date: Day,
    },
}

#[derive(Clone, Copy, Debug)]
enum Price {
    Free,
    Overload(Capacity),
    Opening(Money),
}

/// Every resource of a wave, with what commitments use of it.
pub struct Limits {
    resources: BTreeMap<Resource, usize>,
    prices: Vec<Price>,
    /// What frozen parts use.
    frozen: Vec<i64>,
    /// What may be used beyond `frozen`; nothing where there is no limit.
    room: Vec<Option<i64>>,
    overload_weight: Decimal,
    opening_weight: Decimal,
}

/// Use of every resource, by its index.
pub type Usage = Vec<i64>;

impl Limits {
    pub fn new(case: &Case) -> Limits {
        let mut limits = Limits {
            resources: BTreeMap::new(),
            prices: Vec::new(),
            frozen: Vec::new(),
            room: Vec::new(),
            overload_weight: case.model.weight(CostKey::Overload),
            opening_weight: case.model.weight(CostKey::NodeOpening),
        };
        let mut totals = Vec::new();
        for (resource, total, price) in resources(case) {
            limits.resources.insert(resource, totals.len());
            totals.push(total);
            limits.prices.push(price);
        }
        limits.frozen = vec![0; totals.len()];
        for order in case.wave.orders.ids() {
            let parts = case.frozen_parts_of(order);
            let used = limits.usage(case, &parts.iter().collect::<Vec<_>>());
            for (sum, used) in limits.frozen.iter_mut().zip(used) {
                *sum += used;
            }
        }
        let room = |(total, frozen): (&Option<i64>, &i64)| total.map(|all| (all - frozen).max(0));
        limits.room = totals.iter().zip(&limits.frozen).map(room).collect();
        limits
    }

    /// What the parts of one order use.
    pub fn usage(&self, case: &Case, parts: &[&Part]) -> Usage {
        let mut usage = vec![0; self.resources.len()];
        let mut add = |resource: Resource, amount: i64| {
            if let Some(&index) = self.resources.get(&resource) {
                usage[index] += amount;
            }
        };
        for part in parts {
            let (node, sku) = (part.option.source, case.wave.lines[part.line].sku);
            let from = Resource::Stock { node, sku, by: part.option.release_date };
            let until = Resource::Stock { node, sku, by: Day(i32::MAX) };
            for (&by_date, _) in self.resources.range(from..=until) {
                add(by_date, i64::from(part.units));
            }
        }
        let movements = Movements::new(case, parts);
        for release in &movements.releases {
            let (node, date) = (release.node, release.date);
            for (unit, amount) in [
                (CapacityUnit::Units, release.units * Decimal::SCALE),
                (CapacityUnit::Lines, release.lines * Decimal::SCALE),
                (CapacityUnit::Shipments, Decimal::SCALE),
                (CapacityUnit::Minutes, release.minutes),
            ] {
                add(Resource::Work { node, date, unit }, amount);
            }
        }
        for shipment in &movements.shipments {
            let (node, service, date) = shipment.key;
            if let (Some(service), Some(freight)) = (service, shipment.freight(case)) {
                add(Resource::Parcels { node, service, date }, freight.parcels);
            }
        }
        for release in &movements.releases {
            let opening = Resource::Opening { node: release.node, date: release.date };
            if let Some(&index) = self.resources.get(&opening) {
                usage[index] = 1;
            }
        }
        usage
    }

    /// What an order uses beyond its frozen parts.
    pub fn usage_beyond_frozen(&self, case: &Case, parts: &[&Part]) -> Usage {
        let frozen: Vec<&Part> = parts.iter().copied().filter(|part| part.is_frozen).collect();
        let mut usage = self.usage(case, parts);
        if !frozen.is_empty() {
            for (used, frozen) in usage.iter_mut().zip(self.usage(case, &frozen)) {
                *used -= frozen;
            }
        }
        usage
    }

    /// Whether what is used beyond the frozen parts fits.
    pub fn fits(&self, usage: &[i64]) -> bool {
        usage.iter().zip(&self.room).all(|(used, room)| room.is_none_or(|room| *used <= room))
    }

    /// Units that a node may release from a date on, beside the frozen ones.
    pub fn stock_room(&self, node: NodeId, sku: SkuId, from: Day) -> Quantity {
        let from = Resource::Stock { node, sku, by: from };
        let until = Resource::Stock { node, sku, by: Day(i32::MAX) };
        let rooms = self.resources.range(from..=until).filter_map(|(_, &index)| self.room[index]);
        rooms.min().map_or(Quantity::MAX, |room| room as Quantity)
    }

    pub fn len(&self) -> usize {
        self.room.len()
    }

    /// Whether a resource can make a difference when at most `most` of it is used beyond the
    /// frozen parts.
    pub fn matters(&self, index: usize, most: i64) -> bool {
        self.room[index].is_some_and(|room| most > room)
            || self.shared_cost_of(index, most) != self.shared_cost_of(index, 0)
    }

    /// The weighted cost of overload and opening, given what is used beyond the frozen parts.
    pub fn shared_cost(&self, usage: &[i64]) -> Objective {
        (0..self.len()).map(|index| self.shared_cost_of(index, usage[index])).sum()
    }

    fn shared_cost_of(&self, index: usize, used: i64) -> Objective {
        let amount = self.amount(index, self.frozen[index] + used);
        let weight = match self.prices[index] {
            Price::Free => return Objective::ZERO,
            Price::Overload(_) => self.overload_weight,
            Price::Opening(_) => self.opening_weight,
        };
        Objective::weighted(weight, amount)
    }

    /// The unweighted price of using `total`.
    fn amount(&self, index: usize, total: i64) -> Money {
        match self.prices[index] {
            Price::Free => Money::ZERO,
            Price::Opening(cost) => {
                if total > 0 {
                    cost
                } else {
                    Money::ZERO
                }
            }
            Price::Overload(row) => {
                let above = (total - row.capacity.0).max(0).min(row.overload.0);
                let priced = i128::from(above) * i128::from(row.overload_cost.0);
                Money(round_half_up(priced, i128::from(Decimal::SCALE)))
            }
        }
    }

    /// Overload and opening of a whole plan, frozen parts included.
    pub fn shared_costs(&self, parts: &[&Part], case: &Case) -> Costs {
        let mut total = vec![0; self.len()];
        for order in case.wave.orders.ids() {
            let of_order: Vec<&Part> =
                parts.iter().copied().filter(|part| order_of(case, part) == order).collect();
            for (sum, used) in total.iter_mut().zip(self.usage(case, &of_order)) {
                *sum += used;
            }
        }
        let mut costs = Costs::default();
        for (index, &used) in total.iter().enumerate() {
            let key = match self.prices[index] {
                Price::Free => continue,
                Price::Overload(_) => CostKey::Overload,
                Price::Opening(_) => CostKey::NodeOpening,
            };
            costs[key] += self.amount(index, used);
        }
        costs
    }
}

fn order_of(case: &Case, part: &Part) -> OrderId {
    case.wave.lines[part.line].order
}

/// The resources that some part may use, each with its whole limit and its price.
fn resources(case: &Case) -> Vec<(Resource, Option<i64>, Price)> {
    let wave = case.wave;
    let mut stocks = BTreeSet::new();
    let mut days = BTreeSet::new();
    let mut pickups = BTreeSet::new();
    for line in wave.lines.ids() {
        let sku = wave.lines[line].sku;
        let frozen = case.frozen[line].iter().map(|part| &part.option);
        for option in case.options[line].iter().chain(frozen) {
            stocks.insert((option.source, sku, option.release_date));
            days.insert((option.source, option.release_date));
            days.insert((option.last_node, option.ship_date));
            if let Some(service) = option.service {
                pickups.insert((option.last_node, service, option.ship_date));
            }
        }
    }
    let mut found = Vec::new();
    for (node, sku, by) in stocks {
        if wave.stock.contains_key(&(node, sku)) && !wave.nodes[node].unlimited_stock {
            let limit = available(wave, node, sku, by);
            found.push((Resource::Stock { node, sku, by }, Some(limit), Price::Free));
        }
    }
    for (id, date) in days {
        let node = &wave.nodes[id];
        for unit in CapacityUnit::ALL {
            let rows = || node.capacities.iter().filter(|row| row.unit == unit);
            let dated = rows().find(|row| row.date == Some(date));
            if let Some(row) = dated.or_else(|| rows().find(|row| row.date.is_none())) {
                let limit = Some(row.capacity.0 + row.overload.0);
                let resource = Resource::Work { node: id, date, unit };
                found.push((resource, limit, Price::Overload(*row)));
            }
        }
        let opening = Resource::Opening { node: id, date };
        found.push((opening, None, Price::Opening(node.open_cost)));
    }
    for (node, service, date) in pickups {
        let offers = wave.nodes[node].services.iter();
        let most = offers.filter(|offer| offer.service == service).find_map(|o| o.parcels_per_day);
        if let Some(most) = most {
            let resource = Resource::Parcels { node, service, date };
            found.push((resource, Some(i64::from(most)), Price::Free));
        }
    }
    found
}
