//! Random networks: nodes, items, stock, services and lanes.

use super::{Dials, Random, maybe_money, money, shifted, thousandths, time_zone, today};
use jiff::civil::time;
use jiff::tz::TimeZone;
use wavewright::domain::{
    Break, Calendar, Capacity, CapacityUnit, Item, Lane, Node, NodeItem, NodeKind, NodeService,
    RateCard, Service, Stock, WaveParts, ZoneRow, ZoneTable,
};
use wavewright::ids::{CalendarId, Id, IdVec, NodeId, RateCardId, SkuId, ZoneId, ZoneTableId};
use wavewright::time::{Day, Weekdays};
use wavewright::units::{Decimal, Length, Rate};

/// The postal codes that nodes and customers have.
pub const POSTAL_CODES: [&str; 4] = ["10115", "10990", "20095", ""];

pub fn fill(rng: &mut Random, dials: &Dials, parts: &mut WaveParts) {
    calendars(rng, parts);
    items(rng, parts);
    services(rng, dials, parts);
    for index in 0..rng.count(dials.nodes.0, dials.nodes.1) {
        let node = node(rng, dials, parts, index);
        parts.nodes.push(node);
    }
    stock(rng, dials, parts);
    if rng.chance(dials.remote) {
        keep_apart(parts);
    }
    lanes(rng, dials, parts);
}

fn calendars(rng: &mut Random, parts: &mut WaveParts) {
    for (id, days) in [("weekdays", "mon-fri"), ("some", "mon,wed,fri-sun")] {
        let closed = rng.maybe(30, |rng| shifted(today(parts), rng.between(0, 2)));
        parts.calendars.push(Calendar {
            id: id.into(),
            weekdays: Weekdays::parse(days).expect("a list of days"),
            closed: closed.into_iter().collect(),
        });
    }
}

fn items(rng: &mut Random, parts: &mut WaveParts) {
    for index in 0..rng.count(2, 3) {
        let mut side = || rng.maybe(85, |rng| Length(rng.between(5, 60) * Length::SCALE));
        let sides = [side(), side(), side()];
        parts.items.push(Item {
            sku: format!("sku-{index}").into(),
            name: "".into(),
            kg: thousandths(rng.pick(&[0, 100, 300, 300, 1250, 1900, 2000, 4800, 7333])),
            sides,
            value: money(rng, 0, 100),
            hazmat: rng.chance(8),
            ships_alone: rng.chance(20),
        });
    }
}

fn services(rng: &mut Random, dials: &Dials, parts: &mut WaveParts) {
    let zones: Vec<ZoneId> =
        ["near", "far", "remote"].map(|name| parts.zone_names.push(name.into())).into();
    for table in 0..2 {
        let rows = zone_rows(rng, &zones);
        parts.zone_tables.push(ZoneTable::new(&format!("zones-{table}"), rows));
        let zones = zones.iter().map(|zone| breaks(rng, *zone)).collect::<IdVec<ZoneId, _>>();
        parts.rate_cards.push(RateCard { id: format!("rates-{table}").into(), zones });
    }
    for index in 0..rng.count(dials.services.0, dials.services.1) {
        parts.services.push(Service {
            id: format!("service-{index}").into(),
            carrier: "carrier".into(),
            zone_table: ZoneTableId::from_index(rng.between(0, 1) as usize),
            rate_card: RateCardId::from_index(rng.between(0, 1) as usize),
            dim_divisor: rng.maybe(60, |rng| Decimal::from_int(rng.pick(&[5000, 4000, 139]))),
            surcharge: thousandths(rng.pick(&[0, 0, 120, 75])),
            max_kg: rng.maybe(60, |rng| thousandths(rng.pick(&[2000, 5000, 7500, 7500, 10_500]))),
            max_length: rng.maybe(15, |rng| Length(rng.between(40, 60) * Length::SCALE)),
            hazmat: rng.chance(70),
            operates: operates(rng, &["mon-fri", "daily", "mon-sat"]),
            kg_co2_per_parcel_km: rng.pick(&[0.0, 0.0021, 0.01]),
            kg_co2_per_kg_km: rng.pick(&[0.0, 0.0003, 0.0017]),
        });
    }
}

fn zone_rows(rng: &mut Random, zones: &[ZoneId]) -> Vec<ZoneRow> {
    let mut rows = Vec::new();
    let mut transit = rng.count(0, 1);
    for (zone, max_km) in zones.iter().zip([150.0, 350.0, 5000.0]) {
        if rng.chance(96) {
            rows.push(ZoneRow::Band { max_km, zone: *zone, transit_days: transit });
        }
        transit += rng.count(0, 2);
    }
    if rng.chance(40) {
        for (origin, destination) in [("10", "20"), ("101", ""), ("", "20")] {
            rows.push(ZoneRow::Prefix {
                origin: origin.into(),
                destination: destination.into(),
                zone: rng.pick(zones),
                transit_days: rng.count(0, 2),
            });
        }
    }
    rows
}

/// Two or three breaks; a higher one may be cheaper, and two light parcels dearer or cheaper than
/// a heavy one. Now and then a card does not know a zone.
fn breaks(rng: &mut Random, zone: ZoneId) -> Vec<Break> {
    if zone.index() > 0 && rng.chance(6) {
        return Vec::new();
    }
    let limits = rng.pick(&[vec![300, 2000, 8000], vec![1000, 5000], vec![500, 501, 4000]]);
    let extra = Rate(rng.pick(&[0, 5000, 12_345]));
    let last = limits.len() - 1;
    limits
        .into_iter()
        .enumerate()
        .map(|(index, grams)| Break {
            up_to_kg: thousandths(grams),
            price: Rate(
                rng.between(20_000, 90_000) + 15_000 * (index as i64 + zone.index() as i64),
            ),
            extra_per_kg: if index == last { extra } else { Rate(0) },
        })
        .collect()
}

/// `US`, now and then another.
pub fn country(rng: &mut Random) -> Box<str> {
    if rng.chance(96) { "US".into() } else { "CA".into() }
}

fn operates(rng: &mut Random, texts: &[&str]) -> Weekdays {
    Weekdays::parse(rng.pick(texts)).expect("a list of days")
}

fn node(rng: &mut Random, dials: &Dials, parts: &WaveParts, index: u32) -> Node {
    use NodeKind::{Dc, Hub, Store, ThirdParty, Vendor};
    let is_hub = index > 0 && rng.chance(dials.hub);
    let kind = if is_hub { Hub } else { rng.pick(&[Dc, Dc, Store, Store, ThirdParty, Vendor]) };
    Node {
        id: format!("node-{index}").into(),
        kind,
        name: "".into(),
        latitude: 38.0 + rng.between(0, 400) as f64 / 100.0,
        longitude: -88.0 + rng.between(0, 500) as f64 / 100.0,
        country: country(rng),
        postal_code: rng.pick(&POSTAL_CODES).into(),
        time_zone: rng.pick(&[TimeZone::UTC, time_zone(-5), time_zone(-8), time_zone(9)]),
        calendar: rng.maybe(25, |rng| CalendarId::from_index(rng.between(0, 1) as usize)),
        cutoff: if rng.chance(75) { time(23, 59, 0, 0) } else { time(14, 0, 0, 0) },
        lead_days: u32::from(rng.chance(10)),
        ships: rng.chance(dials.ships),
        pickup: if kind == Store { rng.chance(95) } else { rng.chance(30) },
        accepts_returns: false,
        unlimited_stock: kind == Vendor && rng.chance(50),
        shipment_cost: maybe_money(rng, 50, 1, 150),
        line_cost: maybe_money(rng, 50, 1, 60),
        unit_cost: maybe_money(rng, 50, 1, 60),
        minute_cost: maybe_money(rng, 50, 1, 75),
        open_cost: maybe_money(rng, 20, 100, 1200),
        reject_rate: thousandths(rng.pick(&[0, 0, 25, 150, 333])),
        tier: rng.maybe(12, |rng| rng.count(1, 3)),
        capacities: capacities(rng, dials, today(parts)),
        services: node_services(rng, parts),
    }
}

/// At most one row a unit and date.
fn capacities(rng: &mut Random, dials: &Dials, today: Day) -> Vec<Capacity> {
    let mut rows = Vec::new();
    for unit in CapacityUnit::ALL {
        if !rng.chance(dials.capacity / 2) {
            continue;
        }
        let dated = shifted(today, rng.between(0, 1));
        for date in rng.pick(&[vec![None], vec![Some(dated)], vec![None, Some(dated)]]) {
            rows.push(Capacity {
                date,
                unit,
                capacity: match unit {
                    CapacityUnit::Minutes => thousandths(rng.pick(&[0, 1500, 4250, 6000])),
                    _ => Decimal::from_int(rng.between(0, 4)),
                },
                overload: match unit {
                    CapacityUnit::Minutes => thousandths(rng.pick(&[0, 1250, 8000])),
                    _ => Decimal::from_int(rng.pick(&[0, 1, 3])),
                },
                overload_cost: maybe_money(rng, 85, 20, 500),
            });
        }
    }
    rows
}

/// What the node offers: as without rows every service, or some.
fn node_services(rng: &mut Random, parts: &WaveParts) -> Vec<NodeService> {
    let all = parts.services.ids();
    if rng.chance(60) {
        return all.map(|service| NodeService { service, parcels_per_day: None }).collect();
    }
    let offered: Vec<_> = all.filter(|_| rng.chance(80)).collect();
    let parcels = |rng: &mut Random| rng.maybe(50, |rng| rng.count(0, 4));
    offered
        .into_iter()
        .map(|service| NodeService { service, parcels_per_day: parcels(rng) })
        .collect()
}

fn stock(rng: &mut Random, dials: &Dials, parts: &mut WaveParts) {
    let today = today(parts);
    let nodes: Vec<(NodeId, NodeKind)> =
        parts.nodes.enumerate().map(|(id, node)| (id, node.kind)).collect();
    let skus: Vec<SkuId> = parts.items.ids().collect();
    for &(node, kind) in &nodes {
        for &sku in &skus {
            if rng.chance(60) {
                let purchase_cost = match kind {
                    NodeKind::Vendor => money(rng, 0, 900),
                    _ => Default::default(),
                };
                let minutes = thousandths(rng.pick(&[0, 500, 1250, 2000]));
                let unit_cost = maybe_money(rng, 40, 1, 80);
                let item = NodeItem { minutes, unit_cost, purchase_cost };
                parts.node_items.insert((node, sku), item);
            }
            if kind == NodeKind::Hub || !rng.chance(dials.stocked) {
                continue;
            }
            let mut inbound: Vec<(Day, u32)> = Vec::new();
            for days in [-1, 0, 1, 2] {
                if rng.chance(10) {
                    inbound.push((shifted(today, days), rng.count(1, 3)));
                }
            }
            let stock = Stock {
                on_hand: rng.count(1, dials.most_on_hand),
                reserved: rng.pick(&[0, 0, 0, 0, 1]),
                safety_stock: rng.pick(&[0, 0, 0, 0, 0, 1, 3]),
                opportunity_cost: rng.maybe(40, |rng| money(rng, -1500, 600)).unwrap_or_default(),
                restock_value: Default::default(),
                inbound,
            };
            parts.stock.insert((node, sku), stock);
        }
    }
}

/// Lets the first half of the nodes hold all stock and the others meet all customers.
fn keep_apart(parts: &mut WaveParts) {
    let half = parts.nodes.len() / 2;
    for node in parts.nodes.iter_mut().take(half) {
        node.ships = false;
        node.pickup = false;
    }
    parts.stock.retain(|(node, _), _| node.index() < half);
}

fn lanes(rng: &mut Random, dials: &Dials, parts: &mut WaveParts) {
    let nodes: Vec<NodeId> = parts.nodes.ids().collect();
    let mut pairs: Vec<(NodeId, NodeId)> = Vec::new();
    for &from in &nodes {
        for &to in nodes.iter().filter(|to| **to != from) {
            // Lanes to a hub are drawn more often: merging is what hubs are for.
            let copies = if parts.nodes[to].kind == NodeKind::Hub { 3 } else { 1 };
            pairs.extend((0..copies).map(|_| (from, to)));
        }
    }
    let in_order: Vec<_> = nodes.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let is_chain = rng.chance(dials.chain);
    for index in 0..rng.count(dials.lanes.0, dials.lanes.1) as usize {
        let next = in_order.get(index).filter(|_| is_chain).copied();
        let (from, to) = next.unwrap_or_else(|| rng.pick(&pairs));
        if parts.lanes.iter().any(|lane| (lane.from, lane.to) == (from, to)) {
            continue;
        }
        parts.lanes.push(Lane {
            from,
            to,
            transit_days: rng.pick(&[0, 0, 1]),
            shipment_cost: maybe_money(rng, 60, 1, 150),
            cost_per_kg: maybe_money(rng, 60, 1, 40),
            operates: operates(rng, &["daily", "daily", "mon-fri", "mon,tue,sat"]),
            kg_co2_per_kg: rng.pick(&[0.0, 0.11, 0.35]),
        });
    }
}
