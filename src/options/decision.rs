//! What a method decides: units of a line, by one option.

use crate::domain::Wave;
use crate::ids::{LineId, NodeId, OrderId, ServiceId};
use crate::network::Hop;
use crate::options::{ShipmentKey, frozen_parts};
use crate::time::Day;
use crate::units::Quantity;

/// Units of a line through one option. Decisions sort by line, then by release and option.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decision {
    pub line: LineId,
    pub ship_date: Day,
    pub source: NodeId,
    pub hops: Vec<Hop>,
    pub node: NodeId,
    pub service: Option<ServiceId>,
    pub quantity: Quantity,
}

impl Decision {
    /// The first departure; the ship date where there is no lane.
    pub fn release_date(&self) -> Day {
        self.hops.first().map_or(self.ship_date, |hop| hop.departs)
    }

    /// The shipment that the units leave in.
    pub fn shipment(&self) -> ShipmentKey {
        (self.node, self.service, self.ship_date)
    }

    pub fn same_option(&self, other: &Decision) -> bool {
        (self.line, self.source, self.shipment()) == (other.line, other.source, other.shipment())
            && self.hops == other.hops
    }
}

/// The decisions that frozen commitments stand for.
pub fn frozen_decisions(wave: &Wave, order: OrderId) -> Vec<Decision> {
    frozen_parts(wave, order)
        .into_iter()
        .map(|part| Decision {
            line: part.line,
            ship_date: part.ship_date,
            source: part.source,
            hops: Vec::new(),
            node: part.source,
            service: part.service,
            quantity: part.quantity,
        })
        .collect()
}
