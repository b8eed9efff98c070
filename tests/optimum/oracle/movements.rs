//! What the parts of one order make move: its shipments, transfers and releases.

use crate::oracle::{Case, Part, Reach, ShipmentKey, freight};
use wavewright::ids::{LaneId, LineId, NodeId, SkuId};
use wavewright::time::Day;
use wavewright::units::Money;

/// What leaves a node towards the customer at once.
pub struct Shipment<'a> {
    pub key: ShipmentKey,
    pub reach: Option<Reach>,
    pub parts: Vec<&'a Part>,
}

/// What moves over a lane at once.
pub struct Transfer<'a> {
    pub lane: LaneId,
    pub departs: Day,
    pub parts: Vec<&'a Part>,
}

/// Work at a node on a date.
pub struct Release {
    pub node: NodeId,
    pub date: Day,
    pub units: i64,
    pub lines: i64,
    /// Nine places.
    pub minutes: i64,
    /// Sum of the unit costs of the node and of its items.
    pub unit_costs: Money,
}

/// The movements of an order.
pub struct Movements<'a> {
    pub shipments: Vec<Shipment<'a>>,
    pub transfers: Vec<Transfer<'a>>,
    pub releases: Vec<Release>,
}

impl<'a> Movements<'a> {
    pub fn new(case: &Case, parts: &[&'a Part]) -> Movements<'a> {
        let mut shipments: Vec<Shipment> = Vec::new();
        let mut transfers: Vec<Transfer> = Vec::new();
        let mut departures: Vec<(NodeId, LaneId, Day, Vec<&Part>)> = Vec::new();
        for &part in parts {
            let option = &part.option;
            let key = option.shipment();
            match shipments.iter_mut().find(|shipment| shipment.key == key) {
                Some(shipment) => shipment.parts.push(part),
                None => {
                    shipments.push(Shipment { key, reach: option.reach, parts: vec![part] });
                }
            }
            for hop in &option.hops {
                let mut same =
                    transfers.iter_mut().filter(|t| t.lane == hop.lane && t.departs == hop.departs);
                match same.next() {
                    Some(transfer) => transfer.parts.push(part),
                    None => transfers.push(Transfer {
                        lane: hop.lane,
                        departs: hop.departs,
                        parts: vec![part],
                    }),
                }
            }
            if let Some(first) = option.hops.first() {
                let leaving = (option.source, first.lane, first.departs);
                match departures.iter_mut().find(|d| (d.0, d.1, d.2) == leaving) {
                    Some((.., together)) => together.push(part),
                    None => departures.push((leaving.0, leaving.1, leaving.2, vec![part])),
                }
            }
        }
        let mut releases = Vec::new();
        for Shipment { key: (node, _, date), parts, .. } in &shipments {
            releases.push(release(case, *node, *date, parts));
        }
        for (node, _, date, parts) in &departures {
            releases.push(release(case, *node, *date, parts));
        }
        Movements { shipments, transfers, releases }
    }
}

fn release(case: &Case, node: NodeId, date: Day, parts: &[&Part]) -> Release {
    let mut lines: Vec<LineId> = parts.iter().map(|part| part.line).collect();
    lines.sort_unstable();
    lines.dedup();
    let mut release = Release {
        node,
        date,
        units: 0,
        lines: lines.len() as i64,
        minutes: 0,
        unit_costs: Money::ZERO,
    };
    for part in parts {
        let units = i64::from(part.units);
        let at_node = case.wave.node_item(node, case.wave.lines[part.line].sku);
        release.units += units;
        release.minutes += units * at_node.minutes.0;
        release.unit_costs += (case.wave.nodes[node].unit_cost + at_node.unit_cost) * units;
    }
    release
}

/// The skus and units of some parts.
pub fn contents<'p>(case: &Case, parts: &'p [&'p Part]) -> impl Iterator<Item = (SkuId, u32)> {
    parts.iter().map(|part| (case.wave.lines[part.line].sku, part.units))
}

/// The weight of some parts, at nine places.
pub fn kg(case: &Case, parts: &[&Part]) -> i64 {
    contents(case, parts).map(|(sku, units)| case.wave.items[sku].kg.0 * i64::from(units)).sum()
}

impl Shipment<'_> {
    /// Price and parcels; nothing for a handover.
    pub fn freight(&self, case: &Case) -> Option<freight::Freight> {
        let service = &case.wave.services[self.key.1?];
        Some(freight::of_shipment(case.wave, service, self.reach?, contents(case, &self.parts)))
    }
}
