//! Returns: that each goes where it may, that none is forgotten, and what they cost.

use super::parcel::pack;
use super::violation::{Violation, ViolationKind as Kind};
use super::{Context, Tally};
use crate::domain::{Condition, CostKey, Place, Return, Wave, ZoneMatch};
use crate::ids::{NodeId, OrderId, ReturnId, ServiceId};
use crate::network::haversine_km;
use crate::plan::PlannedReturn;
use crate::units::{Decimal, Money, round_half_up};
use std::collections::BTreeSet;

/// The nodes at which lines of an order are handed over.
type Visits = BTreeSet<(OrderId, NodeId)>;

/// Checks the returns of a plan and adds up what they cost.
pub(super) fn check(context: Context<'_>, tally: &mut Tally) {
    let (wave, plan) = (context.wave, context.plan);
    if wave.returns.is_empty() {
        return;
    }
    let handed_over = plan.assignments.iter().filter(|row| {
        let order = wave.lines[row.line].order;
        row.service.is_none() && wave.destination(order).is_none()
    });
    let visits: Visits =
        handed_over.map(|row| (wave.lines[row.line].order, row.last_node)).collect();
    let mut rows = vec![0; wave.returns.len()];
    for row in &plan.returns {
        let count = &mut rows[row.id.0 as usize];
        *count += 1;
        if *count > 1 {
            let what = labels(wave, row.id);
            tally.violations.push(Violation::new(
                Kind::ReturnRepeated,
                what,
                "two rows",
                "one row",
            ));
        }
        let freight = way(context, &visits, row, &mut tally.violations);
        let recovered = recovered_value(context, row);
        columns(context, row, freight, recovered, &mut tally.violations);
        let (node, one) = (&wave.nodes[row.node], &wave.returns[row.id]);
        let inspection = node.unit_cost + wave.node_item(row.node, one.sku).unit_cost;
        tally.costs[CostKey::Returns] += freight + inspection * i64::from(one.quantity) - recovered;
    }
    for (id, one) in wave.returns.enumerate().filter(|(id, _)| rows[id.0 as usize] == 0) {
        if let Some(node) = taker(wave, &visits, one) {
            let expected = format!("a row: {} can take it", wave.nodes[node].id);
            let what = labels(wave, id);
            tally.violations.push(Violation::new(Kind::ReturnMissing, what, "no row", expected));
        }
    }
}

fn labels(wave: &Wave, id: ReturnId) -> Vec<(&'static str, String)> {
    vec![("return", wave.returns[id].id.to_string())]
}

/// Where the customer of a return is, if that is known.
fn origin<'a>(wave: &'a Wave, one: &'a Return) -> Option<&'a Place> {
    match (&one.place, one.order) {
        (Some(place), _) => Some(place),
        (None, Some(order)) => wave.destination(order),
        (None, None) => None,
    }
}

/// The zone in which a service brings something from a customer to a node.
fn zone(wave: &Wave, from: &Place, to: NodeId, service: ServiceId) -> Option<ZoneMatch> {
    let (to, service) = (&wave.nodes[to], &wave.services[service]);
    let km = haversine_km((from.latitude, from.longitude), (to.latitude, to.longitude));
    let table = &wave.zone_tables[service.zone_table];
    let found = table.lookup(&from.postal_code, &to.postal_code, km)?;
    wave.rate_cards[service.rate_card].breaks(found.zone).map(|_| found)
}

/// What bars a service from carrying a return.
fn service_bar(wave: &Wave, one: &Return, service: ServiceId) -> Option<Kind> {
    let (item, service) = (&wave.items[one.sku], &wave.services[service]);
    let is_long = |side| service.max_length.is_some_and(|most| side > most);
    match () {
        () if item.hazmat && !service.hazmat => Some(Kind::Hazmat),
        () if service.max_kg.is_some_and(|most| item.kg > most) => Some(Kind::TooHeavy),
        () if item.sides.iter().flatten().any(|side| is_long(*side)) => Some(Kind::TooLong),
        () => None,
    }
}

/// Checks how a return gets to its node; returns what its freight ought to be.
fn way(
    context: Context<'_>,
    visits: &Visits,
    row: &PlannedReturn,
    violations: &mut Vec<Violation>,
) -> Money {
    let wave = context.wave;
    let (one, node) = (&wave.returns[row.id], &wave.nodes[row.node]);
    let mut broken = |kind, found: &str, expected: &str| {
        let mut what = labels(wave, row.id);
        what.push(("node", node.id.to_string()));
        if let Some(service) = row.service {
            what.push(("service", wave.services[service].id.to_string()));
        }
        violations.push(Violation::new(kind, what, found, expected));
    };
    if let Some(stays) = one.drop_node {
        if stays != row.node || row.service.is_some() {
            let expected = format!("stays at {}", wave.nodes[stays].id);
            broken(Kind::ReturnMoved, "goes on", &expected);
        }
        return Money::ZERO;
    }
    let from = origin(wave, one);
    if !node.accepts_returns {
        broken(Kind::ReturnNotAccepted, "a row", "a node that accepts returns");
    }
    if let Some(place) = from.filter(|place| place.country != node.country) {
        broken(Kind::OtherCountry, &node.country, &place.country);
    }
    let Some(service) = row.service else {
        if one.order.is_none_or(|order| !visits.contains(&(order, row.node))) {
            broken(Kind::ReturnNotBrought, "no handover", "a handover of its order");
        }
        return Money::ZERO;
    };
    if node.services.iter().all(|offer| offer.service != service) {
        broken(Kind::ServiceNotOffered, "not offered", "a service of the node");
    }
    if let Some(kind) = service_bar(wave, one, service) {
        broken(kind, "the item", "what the service takes");
    }
    match from.and_then(|place| zone(wave, place, row.node, service)) {
        Some(zone) => {
            pack(wave, service, std::iter::once((one.sku, one.quantity))).freight(wave, zone)
        }
        None => {
            broken(Kind::NoZone, "none", "a zone from the customer to the node, with a rate");
            Money::ZERO
        }
    }
}

/// What the goods are worth at their node, in their condition.
fn recovered_value(context: Context<'_>, row: &PlannedReturn) -> Money {
    let one = &context.wave.returns[row.id];
    let Some(stock) = context.wave.stock_of(row.node, one.sku) else { return Money::ZERO };
    let new = i128::from(stock.restock_value.0) * i128::from(one.quantity);
    let share = match one.condition {
        Condition::New => return Money(round_half_up(new, 1)),
        Condition::Used => context.model.returns.restock_share_used,
        Condition::Damaged => context.model.returns.restock_share_damaged,
    };
    Money(round_half_up(new * i128::from(share.0), i128::from(Decimal::SCALE)))
}

fn columns(
    context: Context<'_>,
    row: &PlannedReturn,
    freight: Money,
    recovered: Money,
    violations: &mut Vec<Violation>,
) {
    let mut wrong = |column: &str, found: String, expected: String| {
        let mut what = labels(context.wave, row.id);
        what.push(("column", column.to_string()));
        violations.push(Violation::new(Kind::ReturnWrong, what, found, expected));
    };
    let quantity = context.wave.returns[row.id].quantity;
    if row.quantity != quantity {
        wrong("quantity", row.quantity.to_string(), quantity.to_string());
    }
    if row.freight != freight {
        wrong("freight", context.money(row.freight), context.money(freight));
    }
    if row.recovered_value != recovered {
        wrong("recovered_value", context.money(row.recovered_value), context.money(recovered));
    }
}

/// A node that can take a return, if there is one.
fn taker(wave: &Wave, visits: &Visits, one: &Return) -> Option<NodeId> {
    if one.drop_node.is_some() {
        return one.drop_node;
    }
    let from = origin(wave, one);
    let takes = |node: &NodeId| {
        let terms = &wave.nodes[*node];
        let is_visited = one.order.is_some_and(|order| visits.contains(&(order, *node)));
        let is_sent = |service: ServiceId| {
            let reaches = from.is_some_and(|place| zone(wave, place, *node, service).is_some());
            reaches && service_bar(wave, one, service).is_none()
        };
        terms.accepts_returns
            && from.is_none_or(|place| place.country == terms.country)
            && (is_visited || terms.services.iter().any(|offer| is_sent(offer.service)))
    };
    wave.nodes.ids().find(takes)
}
