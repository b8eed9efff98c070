//! Commitments that stay: what they ship, and what they use up before anything else.

use crate::domain::{Level, Wave, ZoneMatch};
use crate::ids::{LineId, NodeId, OrderId, ServiceId};
use crate::network::haversine_km;
use crate::options::{Content, ShipmentKey, eligibility};
use crate::time::Day;
use crate::units::Quantity;

/// Frozen units of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrozenPart {
    pub line: LineId,
    pub quantity: Quantity,
    pub source: NodeId,
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    /// Whether it has left already.
    pub shipped: bool,
}

/// The frozen parts of an order that leave together.
#[derive(Clone, Debug)]
pub struct FrozenShipment {
    pub node: NodeId,
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    pub delivery_date: Day,
    pub zone: Option<ZoneMatch>,
    pub km: f64,
    /// Whether it has left, so that nothing can join it.
    pub shipped: bool,
    pub contents: Vec<Content>,
}

impl FrozenPart {
    /// The shipment that it leaves in.
    pub fn shipment(&self) -> ShipmentKey {
        (self.source, self.service, self.ship_date)
    }
}

impl FrozenShipment {
    pub fn key(&self) -> ShipmentKey {
        (self.node, self.service, self.ship_date)
    }
}

/// The frozen parts of an order by line and option; parts of one line that go the same way are
/// added up.
pub fn frozen_parts(wave: &Wave, order: OrderId) -> Vec<FrozenPart> {
    let mut parts: Vec<FrozenPart> = Vec::new();
    for line in wave.orders[order].line_ids() {
        for commitment in wave.commitments_of(line).filter(|c| c.is_frozen()) {
            let Some(ship_date) = commitment.ship_date else { continue };
            let shipped = commitment.level == Level::Shipped;
            let way = (commitment.node, commitment.service, ship_date);
            let same = parts.iter_mut().find(|part| (part.line, part.shipment()) == (line, way));
            match same {
                Some(part) => {
                    part.quantity += commitment.quantity;
                    part.shipped |= shipped;
                }
                None => parts.push(FrozenPart {
                    line,
                    quantity: commitment.quantity,
                    source: commitment.node,
                    service: commitment.service,
                    ship_date,
                    shipped,
                }),
            }
        }
    }
    parts.sort_by_key(|part| (part.line, part.ship_date, part.source, part.service));
    parts
}

/// The shipments that the frozen parts of an order make up.
pub fn frozen_shipments(wave: &Wave, order: OrderId) -> Vec<FrozenShipment> {
    let mut shipments: Vec<FrozenShipment> = Vec::new();
    for part in frozen_parts(wave, order) {
        let content =
            Content { line: part.line.0, sku: wave.lines[part.line].sku, quantity: part.quantity };
        if let Some(found) = shipments.iter_mut().find(|s| s.key() == part.shipment()) {
            found.contents.push(content);
            found.shipped |= part.shipped;
            continue;
        }
        let node = &wave.nodes[part.source];
        let km = wave.destination(order).map_or(0.0, |place| {
            haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude))
        });
        let zone = part.service.zip(wave.destination(order)).and_then(|(service, place)| {
            eligibility::zone(wave, service, part.source, &place.postal_code, km)
        });
        let delivery_date = match (part.service, zone) {
            (Some(service), Some(zone)) => {
                wave.services[service].delivery_date(part.ship_date, zone.transit_days)
            }
            _ => part.ship_date,
        };
        shipments.push(FrozenShipment {
            node: part.source,
            service: part.service,
            ship_date: part.ship_date,
            delivery_date,
            zone,
            km,
            shipped: part.shipped,
            contents: vec![content],
        });
    }
    shipments
}
