//! The key figures of a plan, and what is known about each.

use super::orders::OrderResult;
use super::{Run, share};
use crate::domain::{CostKey, NodeKind, Wave};
use crate::ids::{NodeId, ServiceId};
use crate::network::haversine_km;
use crate::plan::{Plan, Scope, Shipment};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// The wave's currency.
    Money,
    /// From 0 to 1; a load may be more.
    Share,
    Number,
    Days,
    Km,
    KgCo2,
}

/// A key figure: its name, its unit, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    pub name: &'static str,
    pub unit: Unit,
    pub value: fn(&Figures) -> Option<f64>,
}

macro_rules! figures {
    ($($(#[$doc:meta])* $field:ident: $unit:ident),* $(,)?) => {
        /// The key figures of a plan; absent where there is nothing to take them of.
        #[derive(Clone, Debug, Default, PartialEq, Serialize)]
        pub struct Figures {
            $($(#[$doc])* pub $field: Option<f64>,)*
            /// Each cost term before its weight, in the currency, by key.
            pub cost: BTreeMap<String, f64>,
        }

        /// Every figure, in the sequence of the tables.
        pub const FIGURES: [Figure; [$(stringify!($field)),*].len()] = [
            $(Figure {
                name: stringify!($field),
                unit: Unit::$unit,
                value: |figures| figures.$field,
            }),*
        ];
    };
}

figures! {
    /// The weighted sum of the cost terms.
    objective: Money,
    /// (objective - bound) / |objective|, by the best bound that any plan of the wave has.
    gap_to_bound: Share,
    /// Objective by orders of the wave.
    cost_per_order: Money,
    shipments: Number,
    /// Shipments by orders of which something is served.
    shipments_per_order: Number,
    /// Orders with several shipments by orders of which something is served.
    split_rate: Share,
    parcels: Number,
    /// Lines served of orders with a date, those that no part of is late by all of them.
    on_time_line_rate: Share,
    /// Orders with a date, those with nothing open or late by all of them.
    on_time_order_rate: Share,
    /// Over the lines served, the days of the latest part.
    days_late: Days,
    /// Units served by units ordered.
    fill_rate: Share,
    /// Orders without open units by orders.
    order_fill_rate: Share,
    /// Parcel shipments that leave from another zone than the customer's nearest node would.
    cross_zone_share: Share,
    /// From node to customer, over the parcel shipments.
    mean_km: Km,
    /// Used by capacity, the mean over nodes, dates and units with a capacity above 0.
    mean_utilisation: Share,
    /// The highest of them.
    peak_utilisation: Share,
    /// Nodes, dates and units with work above capacity.
    overloads: Number,
    kg_co2: KgCo2,
    /// Stores and items of which the plan takes the last unit that was available.
    store_items_at_zero: Number,
    /// Stores with such an item.
    stores_at_zero: Number,
}

impl Figures {
    pub(super) fn new(
        wave: &Wave,
        plan: &Plan,
        orders: &[OrderResult],
        bound: Option<f64>,
    ) -> Figures {
        let certificate = &plan.certificate;
        let objective = certificate.objective;
        let sum = |value: fn(&OrderResult) -> f64| orders.iter().map(value).sum::<f64>();
        let count = |is: fn(&OrderResult) -> bool| orders.iter().filter(|o| is(o)).count() as f64;
        let served = count(|order| order.shipments > 0);
        let shipments = sum(|order| f64::from(order.shipments));
        let units = sum(|order| order.units as f64);
        let loads: Vec<f64> = plan
            .node_load
            .iter()
            .filter_map(|row| share(row.used.to_f64(), row.capacity?.to_f64()))
            .collect();
        let overloads = plan.node_load.iter().filter(|row| row.overload.0 > 0).count();
        let emptied = emptied_store_items(wave, plan);
        let stores: BTreeSet<NodeId> = emptied.iter().copied().collect();
        Figures {
            objective: Some(objective),
            gap_to_bound: bound.and_then(|bound| match objective - bound {
                0.0 => Some(0.0),
                open => share(open, objective.abs()),
            }),
            cost_per_order: share(objective, orders.len() as f64),
            shipments: Some(shipments),
            shipments_per_order: share(shipments, served),
            split_rate: share(count(|order| order.shipments > 1), served),
            parcels: Some(sum(|order| f64::from(order.parcels))),
            on_time_line_rate: share(
                sum(|order| f64::from(order.lines_on_time)),
                sum(|order| f64::from(order.dated_lines)),
            ),
            on_time_order_rate: share(
                count(|order| order.is_dated && order.is_on_time),
                count(|order| order.is_dated),
            ),
            days_late: Some(sum(|order| order.days_late as f64)),
            fill_rate: share(units - sum(|order| order.open_units as f64), units),
            order_fill_rate: share(count(|order| order.open_units == 0), orders.len() as f64),
            cross_zone_share: cross_zone_share(wave, plan),
            mean_km: share(sum(|order| order.km), sum(|order| f64::from(order.shipped_parcels))),
            mean_utilisation: share(loads.iter().sum(), loads.len() as f64),
            peak_utilisation: loads.iter().copied().reduce(f64::max),
            overloads: Some(overloads as f64),
            kg_co2: Some(sum(|order| order.kg_co2)),
            store_items_at_zero: Some(emptied.len() as f64),
            stores_at_zero: Some(stores.len() as f64),
            cost: CostKey::ALL
                .into_iter()
                .map(|key| {
                    let name = key.name().to_string();
                    let amount = certificate.cost.get(&name).copied().unwrap_or(0.0);
                    (name, amount)
                })
                .collect(),
        }
    }
}

/// The highest bound of a wave's plans that is for the wave as given.
pub(super) fn proven_bound(runs: &[Run]) -> Option<f64> {
    let whole = runs.iter().filter(|run| run.plan.certificate.scope == Scope::Whole);
    let bounds = whole.filter_map(|run| run.plan.certificate.bound);
    bounds.filter(|bound| bound.is_finite()).reduce(f64::max)
}

/// The store of each store and item of which the plan takes the last available unit.
fn emptied_store_items(wave: &Wave, plan: &Plan) -> Vec<NodeId> {
    let of_store = plan.stock_use.iter().filter(|row| wave.nodes[row.node].kind == NodeKind::Store);
    of_store
        .filter(|row| row.available.is_some_and(|available| available > 0 && row.used >= available))
        .map(|row| row.node)
        .collect()
}

/// The share of parcel shipments whose zone is not the one that their service has from the nearest
/// node that offers it to the customer.
fn cross_zone_share(wave: &Wave, plan: &Plan) -> Option<f64> {
    let mut nodes_of: BTreeMap<ServiceId, Vec<NodeId>> = BTreeMap::new();
    for (id, node) in wave.nodes.enumerate().filter(|(_, node)| node.ships) {
        for offer in &node.services {
            nodes_of.entry(offer.service).or_default().push(id);
        }
    }
    let (mut parcels, mut crossing) = (0_u64, 0_u64);
    for shipment in &plan.shipments {
        let Some((service, zone)) = shipment.service.zip(shipment.zone) else { continue };
        let nodes = nodes_of.get(&service).map_or(&[][..], Vec::as_slice);
        parcels += 1;
        crossing += u64::from(nearest_zone(wave, shipment, service, nodes) != Some(zone));
    }
    share(crossing as f64, parcels as f64)
}

/// The zone of a service to the customer of a shipment from the nearest of some nodes in the
/// customer's country.
fn nearest_zone(
    wave: &Wave,
    shipment: &Shipment,
    service: ServiceId,
    nodes: &[NodeId],
) -> Option<crate::ids::ZoneId> {
    let place = wave.destination(shipment.order)?;
    let km = |id: NodeId| {
        let node = &wave.nodes[id];
        haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude))
    };
    let there = nodes.iter().filter(|id| wave.nodes[**id].country == place.country);
    let (km, node) =
        there.map(|id| (km(*id), *id)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
    let table = &wave.zone_tables[wave.services[service].zone_table];
    let found = table.lookup(&wave.nodes[node].postal_code, &place.postal_code, km)?;
    Some(found.zone)
}
