//! Assignments with what the wave says about them: frozen units, last node and dates.

use super::Context;
use super::parcel::{Leg, leg};
use super::violation::{Violation, ViolationKind};
use crate::ids::{Id, LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::plan::Assignment;
use crate::time::Day;

/// An assignment row, seen from the wave.
pub(super) struct Part<'a> {
    pub row: &'a Assignment,
    pub order: OrderId,
    pub sku: SkuId,
    /// Where the route ends and the final shipment leaves.
    pub last: NodeId,
    /// Units that a commitment has frozen here.
    pub frozen: u32,
    /// The other units.
    pub free: u32,
    /// Nothing for a pickup.
    pub leg: Option<Leg>,
    pub delivery: Day,
    pub late_days: u32,
}

impl Part<'_> {
    /// The first departure.
    pub fn release(&self) -> Day {
        self.row.hops.first().map_or(self.row.ship_date, |hop| hop.departs)
    }

    /// What tells the shipments of an order apart.
    pub fn shipment(&self) -> (NodeId, Option<ServiceId>, Day) {
        (self.last, self.row.service, self.row.ship_date)
    }

    pub fn labels(&self, context: Context<'_>) -> Vec<(&'static str, String)> {
        line_labels(context, self.row.line)
    }
}

pub(super) fn line_labels(context: Context<'_>, line: LineId) -> Vec<(&'static str, String)> {
    let row = &context.wave.lines[line];
    let order = context.wave.orders[row.order].id.to_string();
    vec![("order", order), ("line", row.line.to_string())]
}

/// The rows of a plan by line.
pub(super) struct Rows {
    /// Where the rows of each line start in `rows`; one more than there are lines.
    starts: Vec<u32>,
    rows: Vec<u32>,
    /// Unfilled units by line.
    unfilled: Vec<u64>,
}

impl Rows {
    pub fn new(context: Context<'_>) -> Rows {
        let Context { wave, plan, .. } = context;
        let mut starts = vec![0_u32; wave.lines.len() + 1];
        for row in &plan.assignments {
            starts[row.line.index() + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut rows = vec![0; plan.assignments.len()];
        for (index, row) in (0_u32..).zip(&plan.assignments) {
            let slot = &mut next[row.line.index()];
            rows[*slot as usize] = index;
            *slot += 1;
        }
        let mut unfilled = vec![0; wave.lines.len()];
        for row in &plan.unfilled {
            unfilled[row.line.index()] += u64::from(row.quantity);
        }
        Rows { starts, rows, unfilled }
    }

    pub fn unfilled(&self, line: LineId) -> u64 {
        self.unfilled[line.index()]
    }

    /// The parts of an order, line after line. Frozen units that the plan lacks are reported.
    pub fn parts<'a>(
        &self,
        context: Context<'a>,
        order: OrderId,
        violations: &mut Vec<Violation>,
    ) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        for line in context.wave.orders[order].line_ids() {
            let mut frozen = frozen_units(context, line);
            let range = self.starts[line.index()]..self.starts[line.index() + 1];
            for &index in &self.rows[range.start as usize..range.end as usize] {
                let row = &context.plan.assignments[index as usize];
                parts.push(part(context, order, row, &mut frozen));
            }
            for missing in frozen.iter().filter(|group| group.left > 0) {
                let mut what = line_labels(context, line);
                what.push(("node", context.wave.nodes[missing.node].id.to_string()));
                what.push(("date", missing.ship_date.to_string()));
                violations.push(Violation::new(
                    ViolationKind::CommitmentMissing,
                    what,
                    missing.quantity - missing.left,
                    missing.quantity,
                ));
            }
        }
        parts
    }
}

/// Units of a line that are frozen at one option.
struct Frozen {
    node: NodeId,
    service: Option<ServiceId>,
    ship_date: Day,
    quantity: u32,
    /// Not yet found in the plan.
    left: u32,
}

fn frozen_units(context: Context<'_>, line: LineId) -> Vec<Frozen> {
    let wave = context.wave;
    let is_shipped = wave.destination(wave.lines[line].order).is_some();
    let mut groups: Vec<Frozen> = Vec::new();
    for commitment in wave.commitments_of(line).filter(|commitment| commitment.is_frozen()) {
        // Validation gives every frozen commitment a ship date.
        let Some(ship_date) = commitment.ship_date else { continue };
        let service = commitment.service.filter(|_| is_shipped);
        let quantity = commitment.quantity;
        let same = |group: &&mut Frozen| {
            (group.node, group.service, group.ship_date) == (commitment.node, service, ship_date)
        };
        if let Some(group) = groups.iter_mut().find(same) {
            group.quantity += quantity;
            group.left += quantity;
        } else {
            let node = commitment.node;
            groups.push(Frozen { node, service, ship_date, quantity, left: quantity });
        }
    }
    groups
}

fn part<'a>(
    context: Context<'a>,
    order: OrderId,
    row: &'a Assignment,
    frozen: &mut [Frozen],
) -> Part<'a> {
    let wave = context.wave;
    let last = row.hops.last().map_or(row.source, |hop| wave.lanes[hop.lane].to);
    let mut frozen_here = 0;
    if row.hops.is_empty() {
        let option = (row.source, row.service, row.ship_date);
        let same = |group: &&mut Frozen| (group.node, group.service, group.ship_date) == option;
        if let Some(group) = frozen.iter_mut().find(same) {
            frozen_here = group.left.min(row.quantity);
            group.left -= frozen_here;
        }
    }
    let leg = row.service.and_then(|service| leg(wave, order, last, service));
    let transit = leg.and_then(|leg| leg.zone).map(|zone| zone.transit_days);
    // No zone, no transit: a plan that sends such a parcel has a violation for it.
    let delivery = match (row.service, transit) {
        (Some(service), Some(days)) => wave.services[service].delivery_date(row.ship_date, days),
        _ => row.ship_date,
    };
    Part {
        row,
        order,
        sku: wave.lines[row.line].sku,
        last,
        frozen: frozen_here,
        free: row.quantity - frozen_here,
        leg,
        delivery,
        late_days: wave.late_days(order, row.ship_date, delivery),
    }
}
