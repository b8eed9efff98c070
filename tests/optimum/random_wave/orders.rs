//! Random orders with their lines, commitments and exclusions.

use super::network::{POSTAL_CODES, country};
use super::{Dials, Random, money, shifted, thousandths, today};
use wavewright::domain::{
    Commitment, Deadline, Exclusion, Journey, Level, NodeKind, Order, OrderLine, Place, WaveParts,
};
use wavewright::ids::{LineId, NodeId, OrderId, ServiceId};
use wavewright::network::haversine_km;
use wavewright::time::Day;

pub fn fill(rng: &mut Random, dials: &Dials, parts: &mut WaveParts) {
    for index in 0..rng.count(dials.orders.0, dials.orders.1) {
        let first = parts.lines.len() as u32;
        let count = rng.count(dials.lines.0, dials.lines.1);
        let order = order(rng, dials, parts, index, first..first + count);
        let order = parts.orders.push(order);
        lines(rng, dials, parts, order);
        for line in parts.orders[order].line_ids() {
            if rng.chance(dials.commitments) {
                commitments(rng, parts, line);
            }
        }
        if rng.chance(18) {
            let line_ids: Vec<LineId> = parts.orders[order].line_ids().collect();
            let nodes: Vec<NodeId> = parts.nodes.ids().collect();
            let until = shifted(today(parts), rng.between(1, 2));
            parts.exclusions.push(Exclusion {
                order,
                line: rng.maybe(60, |rng| rng.pick(&line_ids)),
                node: rng.pick(&nodes),
                until: rng.pick(&[until, Day::NEVER]),
            });
        }
    }
}

fn order(
    rng: &mut Random,
    dials: &Dials,
    parts: &WaveParts,
    index: u32,
    lines: std::ops::Range<u32>,
) -> Order {
    let today = today(parts);
    let journey =
        rng.maybe(dials.pickup, |rng| pickup(rng, parts)).flatten().unwrap_or_else(|| ship(rng));
    Order {
        id: format!("order-{index}").into(),
        placed_at: parts.now.timestamp(),
        journey,
        ship_by: rng.maybe(30, |rng| shifted(today, rng.between(-1, 3))),
        deliver_by: rng.maybe(65, |rng| shifted(today, rng.between(-1, 6))),
        deadline: rng.maybe(25, |rng| rng.pick(&[Deadline::Hard, Deadline::Soft])),
        weight: thousandths(rng.pick(&[1000, 1000, 1500, 333, 3000])),
        channel: "web".into(),
        customer_tier: "".into(),
        ship_complete: rng.chance(15),
        max_shipments: rng.maybe(15, |rng| rng.count(1, 2)),
        exchange_of: None,
        lines,
    }
}

fn ship(rng: &mut Random) -> Journey {
    Journey::Ship(Place {
        latitude: 38.0 + rng.between(0, 400) as f64 / 100.0,
        longitude: -88.0 + rng.between(0, 500) as f64 / 100.0,
        country: country(rng),
        postal_code: rng.pick(&POSTAL_CODES).into(),
    })
}

/// A pickup at a node that hands over, where there is one.
fn pickup(rng: &mut Random, parts: &WaveParts) -> Option<Journey> {
    let nodes: Vec<NodeId> =
        parts.nodes.enumerate().filter(|(_, node)| node.pickup).map(|(id, _)| id).collect();
    if nodes.is_empty() {
        return None;
    }
    let radius_km = rng.pick(&[0.0, 0.0, 250.0, 600.0]);
    Some(Journey::Pickup { node: rng.pick(&nodes), radius_km })
}

fn lines(rng: &mut Random, dials: &Dials, parts: &mut WaveParts, order: OrderId) {
    let skus: Vec<_> = parts.items.ids().collect();
    let has_kit = rng.chance(20);
    for (index, line) in parts.orders[order].line_ids().enumerate() {
        let together = (has_kit && rng.chance(80)).then(|| "kit".into());
        let added = parts.lines.push(OrderLine {
            order,
            line: format!("{}", index + 1).into(),
            sku: rng.pick(&skus),
            quantity: rng.count(1, dials.most_units),
            unit_price: money(rng, 0, 4000),
            together,
        });
        assert_eq!(added, line, "lines are numbered order after order");
    }
}

/// One or two past decisions about a line, for at most all of its units.
fn commitments(rng: &mut Random, parts: &mut WaveParts, line: LineId) {
    let mut left = parts.lines[line].quantity;
    for _ in 0..rng.pick(&[1, 1, 2]) {
        if left == 0 {
            break;
        }
        let quantity = if rng.chance(60) { left } else { rng.count(1, left) };
        let level = rng.pick(&[Level::Shipped, Level::Picked, Level::Released, Level::Planned]);
        let pinned = rng.chance(25);
        let is_frozen = pinned || matches!(level, Level::Shipped | Level::Picked);
        let row = if is_frozen {
            frozen_terms(rng, parts, line)
        } else {
            Some(loose_terms(rng, parts, line))
        };
        let Some((node, service, ship_date)) = row else { continue };
        let row = Commitment { line, quantity, node, service, ship_date, level, pinned };
        // Two frozen rows that say the same would be one decision.
        let is_same = |other: &&Commitment| {
            other.line == line
                && (other.node, other.service, other.ship_date) == (node, service, ship_date)
        };
        if is_frozen && parts.commitments.iter().any(|row| is_same(&row)) {
            continue;
        }
        left -= quantity;
        parts.commitments.push(row);
    }
}

type Terms = (NodeId, Option<ServiceId>, Option<Day>);

/// Source, service and ship date that have a price, whatever else speaks against them.
fn frozen_terms(rng: &mut Random, parts: &WaveParts, line: LineId) -> Option<Terms> {
    let order = &parts.orders[parts.lines[line].order];
    let ship_date = Some(shifted(today(parts), rng.pick(&[-1, 0, 0, 0, 1, 2])));
    let sources = parts.nodes.enumerate().filter(|(_, node)| node.kind != NodeKind::Hub);
    let mut found: Vec<Terms> = Vec::new();
    for (id, node) in sources {
        let Journey::Ship(place) = &order.journey else {
            found.push((id, None, ship_date));
            continue;
        };
        for offer in &node.services {
            let service = &parts.services[offer.service];
            let km =
                haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude));
            let table = &parts.zone_tables[service.zone_table];
            let zone = table.lookup(&node.postal_code, &place.postal_code, km);
            if zone.is_some_and(|z| parts.rate_cards[service.rate_card].breaks(z.zone).is_some()) {
                found.push((id, Some(offer.service), ship_date));
            }
        }
    }
    if found.is_empty() { None } else { Some(rng.pick(&found)) }
}

/// What a loose commitment says; fields may be empty.
fn loose_terms(rng: &mut Random, parts: &WaveParts, line: LineId) -> Terms {
    let nodes: Vec<NodeId> = parts.nodes.ids().collect();
    let services: Vec<ServiceId> = parts.services.ids().collect();
    let is_ship = matches!(parts.orders[parts.lines[line].order].journey, Journey::Ship(_));
    let with_service = if is_ship { 60 } else { 10 };
    let today = today(parts);
    (
        rng.pick(&nodes),
        rng.maybe(with_service, |rng| rng.pick(&services)),
        rng.maybe(60, |rng| shifted(today, rng.between(0, 2))),
    )
}
