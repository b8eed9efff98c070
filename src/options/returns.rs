//! Where goods that come back can go, and what that costs.
//!
//! A return goes by itself, by a service from its customer to a node, unless it was brought to a
//! node already. Where the customer collects lines of the order that it is exchanged for, it may
//! be handed in at that visit: the one choice that depends on the rest of the plan.

use crate::domain::{Condition, Journey, Model, Place, Return, Wave};
use crate::ids::{IdVec, NodeId, OrderId, ReturnId, ServiceId};
use crate::network::haversine_km;
use crate::options::eligibility::{Bar, item_bar};
use crate::options::{Content, freight};
use crate::units::{Decimal, Money, round_half_up};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A node that takes a return, and how it gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnOption {
    pub node: NodeId,
    /// Nothing where the customer brings it.
    pub service: Option<ServiceId>,
    pub freight: Money,
    pub recovered_value: Money,
    /// Freight and inspection less the value recovered.
    pub cost: Money,
}

impl ReturnOption {
    /// The cheaper first; of equals what needs no carrier, then the first node and service.
    fn rank(&self) -> (Money, bool, NodeId, Option<ServiceId>) {
        (self.cost, self.service.is_some(), self.node, self.service)
    }
}

/// The returns of a wave, with what each costs by itself.
#[derive(Debug)]
pub struct ReturnOptions {
    /// Nothing where no node can take it.
    alone: IdVec<ReturnId, Option<ReturnOption>>,
    /// The returns that may be handed in where lines of their order are handed over.
    exchanges: FxHashMap<OrderId, Vec<ReturnId>>,
}

impl ReturnOptions {
    pub fn new(wave: &Wave, model: &Model) -> ReturnOptions {
        let all: Vec<&Return> = wave.returns.iter().collect();
        let alone: Vec<_> = all.par_iter().map(|one| alone(wave, model, one)).collect();
        let mut exchanges: FxHashMap<OrderId, Vec<ReturnId>> = FxHashMap::default();
        for (id, one) in wave.returns.enumerate().filter(|(_, one)| one.drop_node.is_none()) {
            let order = one
                .order
                .filter(|order| matches!(wave.orders[*order].journey, Journey::Pickup { .. }));
            if let Some(order) = order {
                exchanges.entry(order).or_default().push(id);
            }
        }
        ReturnOptions { alone: alone.into_iter().collect(), exchanges }
    }

    /// The returns that may be handed in where lines of an order are handed over.
    pub fn exchanges(&self, order: OrderId) -> &[ReturnId] {
        self.exchanges.get(&order).map_or(&[], Vec::as_slice)
    }

    /// The best that a return can do when the lines of its order are handed over at these nodes;
    /// nothing where no node can take it.
    pub fn best(
        &self,
        wave: &Wave,
        model: &Model,
        id: ReturnId,
        handovers: impl IntoIterator<Item = NodeId>,
    ) -> Option<ReturnOption> {
        let brought = handovers.into_iter().filter_map(|node| handed_in(wave, model, id, node));
        self.alone[id].into_iter().chain(brought).min_by_key(ReturnOption::rank)
    }
}

/// A return that is handed in where the lines of its order are handed over; nothing where the node
/// does not take it.
pub fn handed_in(wave: &Wave, model: &Model, id: ReturnId, node: NodeId) -> Option<ReturnOption> {
    let one = &wave.returns[id];
    let may = one.drop_node.is_none() && takes(wave, node, customer(wave, one));
    may.then(|| option(wave, model, one, node, None, Money::ZERO))
}

/// What a return does by itself.
fn alone(wave: &Wave, model: &Model, one: &Return) -> Option<ReturnOption> {
    if let Some(node) = one.drop_node {
        return Some(option(wave, model, one, node, None, Money::ZERO));
    }
    let place = customer(wave, one)?;
    let taking = wave.nodes.ids().filter(|node| takes(wave, *node, Some(place)));
    taking.filter_map(|node| by_service(wave, model, one, node, place)).min_by_key(|o| o.rank())
}

/// Where the customer is: the return's own place, else that of its order.
fn customer<'a>(wave: &'a Wave, one: &'a Return) -> Option<&'a Place> {
    one.place.as_ref().or_else(|| wave.destination(one.order?))
}

/// Whether a node takes returns of a customer, as far as their place is known.
fn takes(wave: &Wave, node: NodeId, customer: Option<&Place>) -> bool {
    let node = &wave.nodes[node];
    node.accepts_returns && customer.is_none_or(|place| place.country == node.country)
}

/// The cheapest service from a customer to a node.
fn by_service(
    wave: &Wave,
    model: &Model,
    one: &Return,
    node: NodeId,
    place: &Place,
) -> Option<ReturnOption> {
    let to = &wave.nodes[node];
    let km = haversine_km((place.latitude, place.longitude), (to.latitude, to.longitude));
    let contents = [Content { line: 0, sku: one.sku, quantity: one.quantity }];
    let by = |service: ServiceId| {
        let bar: Option<Bar> = item_bar(wave, one.sku, service);
        let table = &wave.zone_tables[wave.services[service].zone_table];
        let zone = table.lookup(&place.postal_code, &to.postal_code, km)?;
        let priced = freight(wave, service, zone.zone, &contents)?;
        bar.is_none().then(|| option(wave, model, one, node, Some(service), priced.amount))
    };
    to.services.iter().filter_map(|offer| by(offer.service)).min_by_key(ReturnOption::rank)
}

fn option(
    wave: &Wave,
    model: &Model,
    one: &Return,
    node: NodeId,
    service: Option<ServiceId>,
    freight: Money,
) -> ReturnOption {
    let unit_cost = wave.nodes[node].unit_cost + wave.node_item(node, one.sku).unit_cost;
    let value = wave.stock_of(node, one.sku).map_or(Money::ZERO, |stock| stock.restock_value);
    let share = match one.condition {
        Condition::New => Decimal::ONE,
        Condition::Used => model.returns.restock_share_used,
        Condition::Damaged => model.returns.restock_share_damaged,
    };
    let worth = i128::from(value.0) * i128::from(one.quantity) * i128::from(share.0);
    let recovered_value = Money(round_half_up(worth, i128::from(Decimal::SCALE)));
    let inspection = unit_cost * i64::from(one.quantity);
    let cost = freight + inspection - recovered_value;
    ReturnOption { node, service, freight, recovered_value, cost }
}
