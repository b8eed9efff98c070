//! A wave made from a state: the network as it is, with what events changed, and the demand.

use super::demand::{Demand, Elsewhere, StatedLine};
use super::returns::StatedReturn;
use crate::domain::{
    Capacity, CapacityUnit, Commitment, Exclusion, Journey, Order, OrderLine, Return, Stock, Wave,
    WaveParts,
};
use crate::ids::{Id, IdVec, NodeId, OrderId, SkuId};
use crate::options::{Content, work};
use crate::orchestrate::event::Moment;
use crate::orchestrate::state::{Destination, Node, State};
use crate::time::Day;
use crate::units::{Decimal, Money};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Makes the wave; its nodes, items and services have the ids that they have in the network.
pub(super) fn wave(
    network: &Wave,
    state: &State,
    demand: &Demand,
    returns: &[StatedReturn<'_>],
    now: Moment,
) -> Wave {
    let maker = Maker { network, state, demand, now };
    let mut parts = WaveParts {
        now: now.zoned(),
        stock: maker.stock(),
        order_extras: Vec::new(),
        line_extras: Vec::new(),
        commitments: Vec::new(),
        exclusions: Vec::new(),
        returns: IdVec::new(),
        orders: IdVec::new(),
        lines: IdVec::new(),
        nodes: maker.nodes(),
        name: network.name.clone(),
        currency: network.currency.clone(),
        minor_digits: network.minor_digits,
        horizon_days: network.horizon_days,
        calendars: network.calendars.clone(),
        items: network.items.clone(),
        node_items: network.node_items.clone(),
        zone_names: network.zone_names.clone(),
        zone_tables: network.zone_tables.clone(),
        rate_cards: network.rate_cards.clone(),
        services: network.services.clone(),
        lanes: network.lanes.clone(),
    };
    maker.orders(&mut parts);
    parts.returns = returns.iter().map(|row| maker.goods(row)).collect();
    Wave::new(parts)
}

struct Maker<'w> {
    network: &'w Wave,
    state: &'w State,
    demand: &'w Demand,
    now: Moment,
}

impl Maker<'_> {
    fn nodes(&self) -> IdVec<NodeId, crate::domain::Node> {
        let mut nodes = self.network.nodes.clone();
        for (id, node) in self.state.nodes.enumerate() {
            self.change_capacities(node, &mut nodes[id].capacities);
        }
        for ((node, day, unit), used) in self.used_elsewhere() {
            let rows = &mut nodes[node].capacities;
            let of_unit = || rows.iter().filter(|row| row.unit == unit);
            let on_day = of_unit().find(|row| row.date == Some(day));
            if let Some(row) = on_day.or_else(|| of_unit().find(|row| row.date.is_none())) {
                let above = (used - row.capacity).max(Decimal::ZERO);
                let left = Capacity {
                    date: Some(day),
                    capacity: (row.capacity - used).max(Decimal::ZERO),
                    overload: (row.overload - above).max(Decimal::ZERO),
                    ..*row
                };
                set(rows, left);
            }
        }
        nodes
    }

    /// What a node can do: the rows of the network, those that events set in their place, and no
    /// units on the dates on which it is closed.
    fn change_capacities(&self, node: &Node, rows: &mut Vec<Capacity>) {
        node.capacities.iter().for_each(|row| set(rows, *row));
        // A day more on either side: the date at the node may be another one.
        let today = self.now.date();
        let horizon = self.network.horizon_days as i32;
        let dates = (today.0 - 1..=today.0 + horizon + 1).map(Day);
        for date in dates.filter(|date| node.is_closed(*date)) {
            let none = Capacity {
                date: Some(date),
                unit: CapacityUnit::Units,
                capacity: Decimal::ZERO,
                overload: Decimal::ZERO,
                overload_cost: Money::ZERO,
            };
            set(rows, none);
        }
    }

    /// The work for units that the wave has at another node than the one that does it: more than the
    /// wave has for those that do it, less for the others. What an order sends over a lane on a date
    /// is one release.
    fn used_elsewhere(&self) -> BTreeMap<(NodeId, Day, CapacityUnit), Decimal> {
        let mut releases: BTreeMap<_, Vec<Content>> = BTreeMap::new();
        // Dates before today are nobody's, wherever the node is.
        let first = Day(self.now.date().0 - 1);
        for work in self.demand.elsewhere.iter().filter(|work| work.day >= first) {
            let Elsewhere { order, line, node, to, day, quantity, is_stated } = *work;
            let sku = self.state.orders[order].lines[line as usize].sku;
            releases.entry((node, day, order, to, is_stated)).or_default().push(Content {
                line,
                sku,
                quantity,
            });
        }
        let mut used = BTreeMap::new();
        for ((node, day, .., is_stated), contents) in releases {
            for (unit, amount) in work(self.network, node, &contents).uses() {
                let amount = if is_stated { Decimal::ZERO - amount } else { amount };
                *used.entry((node, day, unit)).or_insert(Decimal::ZERO) += amount;
            }
        }
        used
    }

    /// The stock of the state, as if commitments had not happened.
    fn stock(&self) -> FxHashMap<(NodeId, SkuId), Stock> {
        let rows = self.state.stock.iter().map(|(place, known)| {
            let more = self.demand.stock.get(place).copied().unwrap_or_default();
            let terms = self.network.stock_of(place.0, place.1);
            let inbound = known.inbound.iter().filter(|(_, units)| **units > 0);
            let stock = Stock {
                on_hand: known.on_hand.saturating_add(more.on_hand),
                reserved: known.reserved.saturating_add(more.reserved),
                safety_stock: known.safety_stock,
                opportunity_cost: terms.map_or(Money::ZERO, |terms| terms.opportunity_cost),
                restock_value: terms.map_or(Money::ZERO, |terms| terms.restock_value),
                inbound: inbound.map(|(day, units)| (*day, *units)).collect(),
            };
            (*place, stock)
        });
        rows.collect()
    }

    /// The orders with their lines, and what was decided about those.
    fn orders(&self, parts: &mut WaveParts) {
        let mut lines = self.demand.lines.iter().peekable();
        for &order in &self.demand.orders {
            let id = OrderId::from_index(parts.orders.len());
            let from = parts.lines.len() as u32;
            while let Some(line) = lines.next_if(|line| line.order == order) {
                self.line(id, line, parts);
            }
            parts.orders.push(self.order(order, from..parts.lines.len() as u32));
        }
    }

    fn order(&self, order: OrderId, lines: std::ops::Range<u32>) -> Order {
        let terms = &self.state.orders[order].terms;
        Order {
            id: self.state.order_names.name(order).into(),
            placed_at: terms.placed_at.instant,
            journey: match &terms.destination {
                Destination::Ship(place) => Journey::Ship(place.clone()),
                Destination::Pickup { node, radius_km } => {
                    Journey::Pickup { node: *node, radius_km: *radius_km }
                }
            },
            ship_by: terms.ship_by,
            deliver_by: terms.deliver_by,
            deadline: terms.deadline,
            weight: terms.weight,
            channel: terms.channel.clone(),
            customer_tier: terms.customer_tier.clone(),
            ship_complete: terms.ship_complete,
            max_shipments: terms.max_shipments,
            exchange_of: terms.exchange_of.clone(),
            lines,
        }
    }

    fn line(&self, order: OrderId, stated: &StatedLine, parts: &mut WaveParts) {
        let known = &self.state.orders[stated.order].lines[stated.line as usize];
        let id = parts.lines.push(OrderLine {
            order,
            line: known.name.clone(),
            sku: known.sku,
            quantity: stated.quantity,
            unit_price: known.unit_price,
            together: known.together.clone(),
        });
        parts.commitments.extend(stated.commitments.iter().map(|row| Commitment {
            line: id,
            quantity: row.quantity,
            node: row.node,
            service: row.service,
            ship_date: Some(row.ship_date),
            level: row.level,
            pinned: row.pinned,
        }));
        parts.exclusions.extend(known.excluded.iter().map(|(node, until)| Exclusion {
            order,
            line: Some(id),
            node: *node,
            until: until.unwrap_or(Day::NEVER),
        }));
    }

    fn goods(&self, row: &StatedReturn<'_>) -> Return {
        let goods = &self.state.returns[row.id];
        // Orders are in the wave in the order of the state.
        let place = row.order.and_then(|order| self.demand.orders.binary_search(&order).ok());
        Return {
            id: self.state.return_names.name(row.id).into(),
            order: place.map(OrderId::from_index),
            sku: goods.sku,
            quantity: goods.quantity - goods.received,
            condition: goods.condition,
            place: row.place.cloned(),
            drop_node: row.drop_node,
        }
    }
}

/// Puts a row in the place of the one of its unit and date.
fn set(rows: &mut Vec<Capacity>, row: Capacity) {
    match rows.iter_mut().find(|known| (known.date, known.unit) == (row.date, row.unit)) {
        Some(known) => *known = row,
        None => rows.push(row),
    }
}
