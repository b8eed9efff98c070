//! Key figures of a plan: how much of the demand it serves, in how many shipments, how late.

use crate::domain::Wave;
use crate::ids::{LineId, OrderId};
use crate::plan::{AssignmentKind, Plan};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Key figures of a plan. A rate is a share from 0 to 1, and absent where there is nothing to
/// take a share of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kpis {
    pub orders: u64,
    pub lines: u64,
    pub units: u64,
    /// Orders of which something is shipped or handed over.
    pub orders_served: u64,
    /// Units that are assigned.
    pub units_served: u64,
    /// Units served by units ordered.
    pub fill_rate: Option<f64>,
    /// Orders without open units by orders.
    pub order_fill_rate: Option<f64>,
    pub shipments: u64,
    pub parcels: u64,
    pub transfers: u64,
    /// Shipments by orders served.
    pub shipments_per_order: Option<f64>,
    /// Orders with several shipments by orders served.
    pub split_rate: Option<f64>,
    /// Lines served, of orders with a date.
    pub dated_lines: u64,
    /// Those of them that no part of is late, by all of them.
    pub on_time_rate: Option<f64>,
    pub kg_co2: f64,
    pub returns: u64,
    /// Returns that some node takes.
    pub returns_planned: u64,
    /// Those of them that a carrier brings.
    pub returns_sent: u64,
    /// Assigned units by kind.
    pub units_by_kind: BTreeMap<&'static str, u64>,
    /// Open units by their first reason.
    pub unfilled_by_reason: BTreeMap<&'static str, u64>,
}

impl Kpis {
    /// Counts a plan of `wave`.
    pub fn new(wave: &Wave, plan: &Plan) -> Kpis {
        let units = wave.lines.iter().map(|line| u64::from(line.quantity)).sum();
        let units_served = plan.assignments.iter().map(|row| u64::from(row.quantity)).sum();
        let mut shipments: BTreeMap<OrderId, u64> = BTreeMap::new();
        for shipment in &plan.shipments {
            *shipments.entry(shipment.order).or_default() += 1;
        }
        let open: BTreeSet<OrderId> =
            plan.unfilled.iter().map(|row| wave.lines[row.line].order).collect();
        let served = shipments.len() as u64;
        let split = shipments.values().filter(|count| **count > 1).count() as u64;
        let (dated, late) = dates(wave, plan);
        let mut units_by_kind: BTreeMap<&'static str, u64> = BTreeMap::new();
        for row in &plan.assignments {
            *units_by_kind.entry(AssignmentKind::name(row.kind)).or_default() +=
                u64::from(row.quantity);
        }
        let mut unfilled_by_reason: BTreeMap<&'static str, u64> = BTreeMap::new();
        for row in &plan.unfilled {
            let reason = row.reasons.first().map_or("none", |reason| reason.name());
            *unfilled_by_reason.entry(reason).or_default() += u64::from(row.quantity);
        }
        let orders = wave.orders.len() as u64;
        let moved = plan.transfers.iter().map(|row| row.kg_co2);
        let sent = plan.shipments.iter().map(|row| row.kg_co2);
        Kpis {
            orders,
            lines: wave.lines.len() as u64,
            units,
            orders_served: served,
            units_served,
            fill_rate: share(units_served, units),
            order_fill_rate: share(orders - open.len() as u64, orders),
            shipments: plan.shipments.len() as u64,
            parcels: plan.shipments.iter().map(|row| u64::from(row.parcels)).sum(),
            transfers: plan.transfers.len() as u64,
            shipments_per_order: share(plan.shipments.len() as u64, served),
            split_rate: share(split, served),
            dated_lines: dated,
            on_time_rate: share(dated - late, dated),
            // The sum of no doubles is -0.
            kg_co2: 0.0 + moved.chain(sent).sum::<f64>(),
            returns: wave.returns.len() as u64,
            returns_planned: plan.returns.len() as u64,
            returns_sent: plan.returns.iter().filter(|row| row.service.is_some()).count() as u64,
            units_by_kind,
            unfilled_by_reason,
        }
    }
}

/// The lines served of orders with a date, and how many of them are late in some part.
fn dates(wave: &Wave, plan: &Plan) -> (u64, u64) {
    let mut is_late: BTreeMap<LineId, bool> = BTreeMap::new();
    for row in &plan.assignments {
        let order = &wave.orders[wave.lines[row.line].order];
        if order.deliver_by.is_some() || order.ship_by.is_some() {
            *is_late.entry(row.line).or_default() |= row.days_late > 0;
        }
    }
    (is_late.len() as u64, is_late.values().filter(|late| **late).count() as u64)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
