//! What a plan means for each order.

use crate::domain::{Model, Wave};
use crate::ids::{Id, OrderId};
use crate::plan::{Ledger, Plan};
use crate::units::Objective;

/// One order in one plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OrderResult {
    /// The weighted cost of the order; overload and the opening of nodes, which orders share,
    /// aside.
    pub cost: Objective,
    pub lines: u32,
    pub units: u64,
    pub open_units: u64,
    /// Lines of which something is served, if the order has a date, and those of them that no part
    /// of is late.
    pub dated_lines: u32,
    pub lines_on_time: u32,
    /// Whether the order has a date.
    pub is_dated: bool,
    /// Whether nothing of it is open or late.
    pub is_on_time: bool,
    /// Over its lines, the days of the latest part.
    pub days_late: u64,
    pub shipments: u32,
    pub parcels: u32,
    pub kg_co2: f64,
    /// Of its parcel shipments.
    pub km: f64,
    pub shipped_parcels: u32,
}

/// Every order of a wave in a plan, whose ledger is given.
pub(super) fn results(
    wave: &Wave,
    model: &Model,
    plan: &Plan,
    ledger: &Ledger,
) -> Vec<OrderResult> {
    let mut results: Vec<OrderResult> = wave
        .orders
        .enumerate()
        .map(|(id, order)| {
            let lines = order.line_ids().map(|line| &wave.lines[line]);
            OrderResult {
                cost: ledger.order_costs[id].objective(model),
                lines: lines.len() as u32,
                units: lines.map(|line| u64::from(line.quantity)).sum(),
                is_dated: order.deliver_by.is_some() || order.ship_by.is_some(),
                is_on_time: true,
                ..OrderResult::default()
            }
        })
        .collect();
    let of = |order: OrderId| order.index();
    for rows in plan.assignments.chunk_by(|a, b| a.line == b.line) {
        let result = &mut results[of(wave.lines[rows[0].line].order)];
        let late = rows.iter().map(|row| row.days_late).max().unwrap_or(0);
        result.days_late += u64::from(late);
        if result.is_dated {
            result.dated_lines += 1;
            result.lines_on_time += u32::from(late == 0);
        }
        result.is_on_time &= late == 0;
    }
    for row in &plan.unfilled {
        let result = &mut results[of(wave.lines[row.line].order)];
        result.open_units += u64::from(row.quantity);
        result.is_on_time = false;
    }
    for row in &plan.shipments {
        let result = &mut results[of(row.order)];
        result.shipments += 1;
        result.parcels += row.parcels;
        result.kg_co2 += row.kg_co2;
        if let Some(km) = row.distance_km {
            result.km += km;
            result.shipped_parcels += 1;
        }
    }
    for row in &plan.transfers {
        results[of(row.order)].kg_co2 += row.kg_co2;
    }
    results
}
