//! Which shipments a line may be part of, and what bars the others.

use crate::domain::{Journey, Model, Wave, ZoneMatch};
use crate::ids::{LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::network::{haversine_km, node_distance_km};
use crate::options::Planner;

/// Why an option does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bar {
    /// The source never has enough units in time for a release.
    NoStock,
    /// Frozen commitments leave too few units.
    StockCommitted,
    /// An exclusion holds on every date.
    Excluded,
    /// No working day is left in the node's window, or none after the line arrives.
    NoDay,
    /// The node does not ship, or hands nothing over.
    NodeDoesNot,
    /// The pickup node is too far from the one that the customer chose.
    OutsideRadius,
    /// The node is farther from the customer than the model allows.
    TooFar,
    OtherCountry,
    Hazmat,
    TooHeavy,
    TooLong,
    /// No zone, or a zone that the rate card lacks.
    NoZone,
    /// Late, and the deadline is hard.
    Late,
    /// A frozen shipment of the same node, service and date has left already.
    AlreadyLeft,
    /// Another option costs no more, is as early and uses no more of anything that is limited.
    Dominated,
    /// A named limit of the search.
    Limit,
}

/// A service from a node to a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    pub service: ServiceId,
    pub zone: ZoneMatch,
}

/// The ways in which a node can hand over shipments of an order, judged without its lines: by each
/// service that reaches the customer, or (`None`) at the counter.
///
/// # Errors
/// What bars the node altogether.
pub fn offers(
    wave: &Wave,
    model: &Model,
    order: OrderId,
    node: NodeId,
    km: f64,
) -> Result<Vec<Option<Offer>>, Bar> {
    let Some(place) = wave.destination(order) else {
        return pickup_bar(wave, order, node).map_or(Ok(vec![None]), Err);
    };
    let from = &wave.nodes[node];
    if !from.ships {
        return Err(Bar::NodeDoesNot);
    }
    if from.country != place.country {
        return Err(Bar::OtherCountry);
    }
    if model.rules.max_distance_km.is_some_and(|max| km > max) {
        return Err(Bar::TooFar);
    }
    let offers: Vec<Option<Offer>> = from
        .services
        .iter()
        .filter_map(|offer| {
            let zone = zone(wave, offer.service, node, &place.postal_code, km)?;
            Some(Some(Offer { service: offer.service, zone }))
        })
        .collect();
    if offers.is_empty() { Err(Bar::NoZone) } else { Ok(offers) }
}

/// Whether a node could hand over shipments of an order, services and distance aside.
pub(super) fn may_hand_over(wave: &Wave, order: OrderId, node: NodeId) -> bool {
    match wave.destination(order) {
        None => pickup_bar(wave, order, node).is_none(),
        Some(_) => wave.nodes[node].ships,
    }
}

/// The distance in km from a node to the customer of an order; 0 for a pickup.
pub fn customer_km(wave: &Wave, order: OrderId, node: NodeId) -> f64 {
    let node = &wave.nodes[node];
    wave.destination(order).map_or(0.0, |place| {
        haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude))
    })
}

/// The zone of a service from a node to the customer of an order, and the distance in km.
pub fn offered_zone(
    wave: &Wave,
    order: OrderId,
    node: NodeId,
    service: ServiceId,
) -> Option<(ZoneMatch, f64)> {
    let place = wave.destination(order)?;
    let km = customer_km(wave, order, node);
    zone(wave, service, node, &place.postal_code, km).map(|zone| (zone, km))
}

/// The zone of a service from a node to a postal code, where the rate card knows it.
pub fn zone(
    wave: &Wave,
    service: ServiceId,
    node: NodeId,
    postal_code: &str,
    km: f64,
) -> Option<ZoneMatch> {
    let terms = &wave.services[service];
    let from = &wave.nodes[node].postal_code;
    let zone = wave.zone_tables[terms.zone_table].lookup(from, postal_code, km)?;
    wave.rate_cards[terms.rate_card].breaks(zone.zone)?;
    Some(zone)
}

/// What bars a line from a service, if anything.
pub fn line_bar(wave: &Wave, line: LineId, service: ServiceId) -> Option<Bar> {
    item_bar(wave, wave.lines[line].sku, service)
}

/// What bars an item from a service, if anything.
pub(super) fn item_bar(wave: &Wave, sku: SkuId, service: ServiceId) -> Option<Bar> {
    let (item, service) = (&wave.items[sku], &wave.services[service]);
    if item.hazmat && !service.hazmat {
        return Some(Bar::Hazmat);
    }
    if service.max_kg.is_some_and(|max| item.kg > max) {
        return Some(Bar::TooHeavy);
    }
    let too_long = |max| item.longest_side().is_some_and(|side| side > max);
    service.max_length.is_some_and(too_long).then_some(Bar::TooLong)
}

/// What bars a node from handing a pickup over, if anything.
fn pickup_bar(wave: &Wave, order: OrderId, node: NodeId) -> Option<Bar> {
    let Journey::Pickup { node: chosen, radius_km } = wave.orders[order].journey else {
        return Some(Bar::NodeDoesNot);
    };
    if !wave.nodes[node].pickup {
        return Some(Bar::NodeDoesNot);
    }
    let near = node == chosen || node_distance_km(wave, chosen, node) <= radius_km;
    (!near).then_some(Bar::OutsideRadius)
}

/// Whether any node may send or hand over a line to its customer, stock and dates aside.
pub fn can_reach(planner: &Planner, order: OrderId, line: LineId) -> bool {
    let wave = planner.wave;
    wave.nodes.ids().any(|node| {
        let km = customer_km(wave, order, node);
        let offers = offers(wave, planner.model, order, node, km).unwrap_or_default();
        offers
            .into_iter()
            .any(|offer| offer.is_none_or(|offer| line_bar(wave, line, offer.service).is_none()))
    })
}
