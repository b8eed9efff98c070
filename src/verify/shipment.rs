//! Shipments: built from the assignments, costed, and compared with the plan's table.

use super::parcel::pack;
use super::part::Part;
use super::release::release;
use super::violation::{Violation, ViolationKind as Kind};
use super::{Context, Tally, close};
use crate::domain::CostKey;
use crate::ids::{NodeId, OrderId, ServiceId};
use crate::plan::Shipment;
use crate::time::Day;
use crate::units::{Money, round_half_up_f64};
use rustc_hash::FxHashMap;

type Key = (OrderId, NodeId, Option<ServiceId>, Day);

fn key(row: &Shipment) -> Key {
    (row.order, row.node, row.service, row.ship_date)
}

/// The plan's shipments by what they are.
pub(super) struct Shipments {
    rows: FxHashMap<Key, usize>,
    is_used: Vec<bool>,
}

impl Shipments {
    pub fn new(context: Context<'_>) -> Shipments {
        let mut rows = FxHashMap::default();
        for (index, row) in context.plan.shipments.iter().enumerate() {
            rows.entry(key(row)).or_insert(index);
        }
        Shipments { rows, is_used: vec![false; context.plan.shipments.len()] }
    }

    /// Builds and checks the shipments of an order.
    pub fn check(&mut self, context: Context<'_>, tally: &mut Tally, parts: &[Part<'_>]) {
        let mut sorted: Vec<&Part<'_>> = parts.iter().collect();
        sorted.sort_by_key(|part| (part.shipment(), part.row.line));
        let mut count = 0;
        for group in sorted.chunk_by(|a, b| a.shipment() == b.shipment()) {
            count += 1;
            let Some(built) = build(context, tally, group) else { continue };
            let Some(&index) = self.rows.get(&key(&built)) else {
                let what = labels(context, &built);
                tally.violations.push(Violation::new(
                    Kind::ShipmentMissing,
                    what,
                    "no row",
                    "a row",
                ));
                continue;
            };
            self.is_used[index] = true;
            compare(context, tally, &context.plan.shipments[index], &built);
            for part in group.iter().filter(|part| part.row.shipment != index) {
                let found = &context.plan.shipments[part.row.shipment].id;
                let expected = &context.plan.shipments[index].id;
                let what = part.labels(context);
                let kind = Kind::ShipmentReferenceWrong;
                tally.violations.push(Violation::new(kind, what, found, expected));
            }
        }
        if count > 1 {
            tally.costs[CostKey::Split] += context.model.costs.split_cost * (count - 1);
        }
    }

    /// Reports the rows that no assignment makes.
    pub fn finish(&self, context: Context<'_>, tally: &mut Tally) {
        for (row, _) in context.plan.shipments.iter().zip(&self.is_used).filter(|(_, used)| !**used)
        {
            let what = labels(context, row);
            tally.violations.push(Violation::new(
                Kind::ShipmentUnexpected,
                what,
                "a row",
                "no row",
            ));
        }
    }
}

fn labels(context: Context<'_>, row: &Shipment) -> Vec<(&'static str, String)> {
    let wave = context.wave;
    let mut what = vec![
        ("order", wave.orders[row.order].id.to_string()),
        ("node", wave.nodes[row.node].id.to_string()),
    ];
    if let Some(service) = row.service {
        what.push(("service", wave.services[service].id.to_string()));
    }
    what.push(("date", row.ship_date.to_string()));
    if !row.id.is_empty() {
        what.push(("shipment", row.id.clone()));
    }
    what
}

/// The shipment that parts make, with its costs and its use of node and carrier recorded.
fn build(context: Context<'_>, tally: &mut Tally, parts: &[&Part<'_>]) -> Option<Shipment> {
    let (wave, first) = (context.wave, *parts.first()?);
    let (node, service, ship_date) = first.shipment();
    let handling = release(context, tally, node, ship_date, parts);
    let kg = parts.iter().map(|part| wave.items[part.sku].kg * i64::from(part.row.quantity)).sum();
    let mut built = Shipment {
        id: String::new(),
        order: first.order,
        node,
        service,
        ship_date,
        delivery_date: first.delivery,
        lines: parts.chunk_by(|a, b| a.row.line == b.row.line).count() as u32,
        units: parts.iter().map(|part| part.row.quantity).sum(),
        parcels: 0,
        kg,
        billable_kg: 0.0,
        zone: None,
        distance_km: None,
        freight: Money::ZERO,
        handling,
        kg_co2: 0.0,
    };
    if let Some(service) = service {
        let packing = pack(wave, service, parts.iter().map(|part| (part.sku, part.row.quantity)));
        let frozen = pack(wave, service, parts.iter().map(|part| (part.sku, part.frozen)));
        built.parcels = packing.parcels();
        built.billable_kg = packing.billable_kg(wave);
        let carrier = tally.carriers.entry((node, service, ship_date)).or_default();
        carrier.total += u64::from(built.parcels);
        carrier.frozen += u64::from(frozen.parcels());
        built.distance_km = first.leg.map(|leg| leg.km);
        if let Some(zone) = first.leg.and_then(|leg| leg.zone) {
            built.zone = Some(zone.zone);
            built.freight = packing.freight(wave, zone);
        }
        let terms = &wave.services[service];
        built.kg_co2 = built.distance_km.unwrap_or(0.0)
            * (f64::from(built.parcels) * terms.kg_co2_per_parcel_km
                + built.kg.to_f64() * terms.kg_co2_per_kg_km);
    }
    tally.costs[CostKey::ParcelFreight] += built.freight;
    tally.costs[CostKey::Handling] += built.handling;
    tally.costs[CostKey::Carbon] += carbon(context, built.kg_co2);
    Some(built)
}

/// The price of emissions, rounded half up.
pub(super) fn carbon(context: Context<'_>, kg_co2: f64) -> Money {
    Money(round_half_up_f64(kg_co2 * context.model.costs.carbon_price.0 as f64))
}

fn compare(context: Context<'_>, tally: &mut Tally, row: &Shipment, built: &Shipment) {
    let mut wrong = |column: &str, found: String, expected: String| {
        let mut what = labels(context, row);
        what.push(("column", column.to_string()));
        tally.violations.push(Violation::new(Kind::ShipmentWrong, what, found, expected));
    };
    if row.delivery_date != built.delivery_date {
        wrong("delivery_date", row.delivery_date.to_string(), built.delivery_date.to_string());
    }
    let counts = [
        ("lines", row.lines, built.lines),
        ("units", row.units, built.units),
        ("parcels", row.parcels, built.parcels),
    ];
    for (column, found, expected) in counts.into_iter().filter(|(_, a, b)| a != b) {
        wrong(column, found.to_string(), expected.to_string());
    }
    if row.kg != built.kg {
        wrong("kg", row.kg.to_string(), built.kg.to_string());
    }
    if row.zone != built.zone {
        let name = |zone: Option<_>| {
            zone.map_or_else(|| "none".to_string(), |id| context.wave.zone_names[id].to_string())
        };
        wrong("zone", name(row.zone), name(built.zone));
    }
    let is_same_distance = match (row.distance_km, built.distance_km) {
        (Some(found), Some(expected)) => close(found, expected),
        (found, expected) => found == expected,
    };
    if !is_same_distance {
        let text = |km: Option<f64>| km.map_or_else(|| "none".to_string(), |km| km.to_string());
        wrong("distance_km", text(row.distance_km), text(built.distance_km));
    }
    let amounts =
        [("freight", row.freight, built.freight), ("handling", row.handling, built.handling)];
    for (column, found, expected) in amounts.into_iter().filter(|(_, a, b)| a != b) {
        wrong(column, context.money(found), context.money(expected));
    }
    let floats =
        [("billable_kg", row.billable_kg, built.billable_kg), ("kg_co2", row.kg_co2, built.kg_co2)];
    for (column, found, expected) in floats.into_iter().filter(|(_, a, b)| !close(*a, *b)) {
        wrong(column, found.to_string(), expected.to_string());
    }
}

/// Parcels of a service that a node hands over on a date.
#[derive(Clone, Copy, Default)]
pub(super) struct Parcels {
    pub total: u64,
    /// Those that commitments have frozen.
    pub frozen: u64,
}

/// Carriers pick up no more parcels than they take, frozen ones first.
pub(super) fn check_carriers(context: Context<'_>, tally: &mut Tally) {
    let wave = context.wave;
    let mut keys: Vec<(NodeId, ServiceId, Day)> = tally.carriers.keys().copied().collect();
    keys.sort_unstable();
    for (node, service, date) in keys {
        let Some(limit) = wave.parcels_per_day(node, service) else { continue };
        let parcels = tally.carriers[&(node, service, date)];
        let (free, left) =
            (parcels.total - parcels.frozen, u64::from(limit).saturating_sub(parcels.frozen));
        if free > left {
            let what = [
                ("node", wave.nodes[node].id.to_string()),
                ("service", wave.services[service].id.to_string()),
                ("date", date.to_string()),
            ];
            let expected = format!("at most {left} beside {} frozen", parcels.frozen);
            tally.violations.push(Violation::new(Kind::CarrierExceeded, what, free, expected));
        }
    }
}
