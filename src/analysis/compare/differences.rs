//! What differs for an order between two plans, and what it costs or saves.

use super::orders::OrderResult;
use crate::domain::Wave;
use crate::ids::{Id, OrderId};
use crate::plan::{Assignment, Plan};

/// Something about an order that differs between two plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Units of a line come from other nodes.
    Source,
    /// They take another route to the node that ships them, which may be another too.
    Route,
    /// Another service, or a handover in place of one.
    Service,
    /// Another ship date.
    Date,
    /// Another number of shipments.
    Split,
    /// Other units stay open.
    Filled,
}

impl Change {
    pub const ALL: [Change; 6] = [
        Change::Source,
        Change::Route,
        Change::Service,
        Change::Date,
        Change::Split,
        Change::Filled,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Change::Source => "source",
            Change::Route => "route",
            Change::Service => "service",
            Change::Date => "date",
            Change::Split => "split",
            Change::Filled => "filled",
        }
    }
}

/// An order that differs from the base plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub order: OrderId,
    /// What the order costs more than in the base plan, weighted, in minor units; negative where it
    /// saves.
    pub minor: f64,
    /// In the sequence of [`Change::ALL`].
    pub changes: Vec<Change>,
}

/// The orders that differ between a base plan and another, those that save most first, of equals
/// in the sequence of the wave.
pub(super) fn differences(
    wave: &Wave,
    (base_plan, base): (&Plan, &[OrderResult]),
    (plan, results): (&Plan, &[OrderResult]),
) -> Vec<Difference> {
    let base_rows = by_order(wave, base_plan);
    let rows = by_order(wave, plan);
    let mut differences: Vec<Difference> = wave
        .orders
        .ids()
        .filter_map(|order| {
            let at = order.index();
            let changes = changes((base_rows[at], &base[at]), (rows[at], &results[at]));
            let more = (results[at].cost - base[at].cost).to_minor();
            let differs = !changes.is_empty() || more != 0.0;
            differs.then_some(Difference { order, minor: more, changes })
        })
        .collect();
    differences.sort_by(|a, b| a.minor.total_cmp(&b.minor).then(a.order.cmp(&b.order)));
    differences
}

/// The assignments of each order.
fn by_order<'p>(wave: &Wave, plan: &'p Plan) -> Vec<&'p [Assignment]> {
    let mut rows: Vec<&[Assignment]> = vec![&[]; wave.orders.len()];
    let order = |row: &Assignment| wave.lines[row.line].order;
    for of_order in plan.assignments.chunk_by(|a, b| order(a) == order(b)) {
        rows[order(&of_order[0]).index()] = of_order;
    }
    rows
}

fn changes(
    (base_rows, base): (&[Assignment], &OrderResult),
    (rows, result): (&[Assignment], &OrderResult),
) -> Vec<Change> {
    // Lines that are open in one of the plans differ in that alone.
    let is_in =
        |row: &Assignment, others: &[Assignment]| others.iter().any(|other| other.line == row.line);
    let differs = |of: &dyn Fn(&Assignment) -> String| {
        let side = |rows: &[Assignment], others: &[Assignment]| {
            let both = rows.iter().filter(|row| is_in(row, others));
            let mut side: Vec<(u32, String)> = both.map(|row| (row.line.0, of(row))).collect();
            side.sort();
            side.dedup();
            side
        };
        side(base_rows, rows) != side(rows, base_rows)
    };
    let open = |rows: &[Assignment], line| {
        rows.iter().filter(|row| row.line == line).map(|row| row.quantity).sum::<u32>()
    };
    let lines = base_rows.iter().chain(rows).map(|row| row.line);
    let mut found = Vec::new();
    for change in Change::ALL {
        let is_there = match change {
            Change::Source => differs(&|row| row.source.0.to_string()),
            Change::Route => {
                let via = |row: &Assignment| {
                    let lanes: Vec<u32> = row.hops.iter().map(|hop| hop.lane.0).collect();
                    format!("{lanes:?}")
                };
                differs(&via)
            }
            Change::Service => differs(&|row| format!("{:?}", row.service)),
            Change::Date => differs(&|row| row.ship_date.to_string()),
            Change::Split => base.shipments != result.shipments,
            Change::Filled => lines.clone().any(|line| open(base_rows, line) != open(rows, line)),
        };
        if is_there {
            found.push(change);
        }
    }
    found
}
