//! Every way to serve the open lines of an order, with its exact cost.
//!
//! An option of a line is a way into a [`Group`]: the group says which node hands the line to the
//! carrier or the customer, by which service and on which date. The line comes from that node's
//! own stock (a [`Way`] into the group), or over lanes by a [`Route`] of the order's [`Transfers`].
//! Lines in one group leave as one shipment.

mod build;
mod bundles;
mod decision;
mod eligibility;
mod escalation;
mod frozen;
mod lines;
mod planner;
mod returns;
mod tariff;
mod transfers;
mod ways;

pub use build::{Lanes, MAX_STATES, decided_options, frozen_late_days, order_options};
pub use decision::{Decision, frozen_decisions};
pub use eligibility::{Bar, can_reach, customer_km, line_bar, offered_zone, zone};
pub use escalation::first_tier_on_time;
pub use frozen::{FrozenPart, FrozenShipment, frozen_parts};
pub use lines::{
    change_applies, change_applies_to_unfilled, lateness_cost, unfilled_cost, weighted_open_change,
    weighted_unfilled,
};
pub use planner::{Planner, StockProfile};
pub use returns::{ReturnOption, ReturnOptions, handed_in};
pub use tariff::{
    Content, Freight, Work, carbon, freight, handling, shipment_co2, transfer_co2,
    transfer_freight, weight, work,
};
pub use transfers::{Departure, Route, Supply, Transfers};

use crate::domain::ZoneMatch;
use crate::ids::{LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::time::Day;
use crate::units::{Objective, Quantity};
use smallvec::SmallVec;

/// The open units of a line.
#[derive(Clone, Debug)]
pub struct OpenLine {
    pub id: LineId,
    pub sku: SkuId,
    pub quantity: Quantity,
    /// Index into the order's needs.
    pub need: usize,
    /// Whether its units may go different ways in different shipments.
    pub divisible: bool,
}

impl OpenLine {
    /// Units of the line as contents of a shipment.
    pub fn content(&self, quantity: Quantity) -> Content {
        Content { line: self.id.0, sku: self.sku, quantity }
    }
}

/// What is filled together or not at all: a line, or the open lines of a kit.
#[derive(Clone, Debug)]
pub struct Need {
    /// Indices into the open lines.
    pub lines: Vec<usize>,
}

/// A line's way into a shipment, with its own terms.
#[derive(Clone, Debug)]
pub struct Way {
    /// Index into the order's open lines.
    pub line: usize,
    pub source: NodeId,
    /// Weighted cost of each part of the line that comes this way: rejection risk and tier.
    pub part_cost: Objective,
    /// Weighted lateness, which the line pays once, at its latest part.
    pub lateness: Objective,
    /// Weighted cost of departing from a commitment, which the line pays once.
    pub change: Objective,
    /// Weighted cost per unit: purchase and inventory opportunity.
    pub unit_cost: Objective,
}

/// A shipment that could be made: lines of the order that leave together.
#[derive(Clone, Debug)]
pub struct Group {
    pub node: NodeId,
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    pub delivery_date: Day,
    pub zone: Option<ZoneMatch>,
    pub km: f64,
    pub late_days: u32,
    /// Index of the frozen shipment that lines would join.
    pub joins: Option<usize>,
    /// The open lines that may come from the node's own stock, by index.
    pub direct: GroupLines,
    /// The open lines that may come over lanes in time, by index.
    pub moved: GroupLines,
}

/// What tells the shipments of an order apart: node, service (none where it is handed over), ship
/// date.
pub type ShipmentKey = (NodeId, Option<ServiceId>, Day);

/// Indices of lines; those of most groups are few enough to lie in the group itself.
pub type GroupLines = SmallVec<[u32; 4]>;

impl Group {
    pub fn key(&self) -> ShipmentKey {
        (self.node, self.service, self.ship_date)
    }

    /// Whether an open line may come some way.
    pub fn takes(&self, line: usize) -> bool {
        self.takes_direct(line) || self.takes_moved(line)
    }

    /// Whether an open line may come from the node's own stock.
    pub fn takes_direct(&self, line: usize) -> bool {
        self.direct.contains(&(line as u32))
    }

    /// Whether an open line may come over lanes.
    pub fn takes_moved(&self, line: usize) -> bool {
        self.moved.contains(&(line as u32))
    }
}

/// Everything that can happen to the open lines of an order.
#[derive(Clone, Debug)]
pub struct OrderOptions {
    pub order: OrderId,
    pub lines: Vec<OpenLine>,
    pub needs: Vec<Need>,
    pub transfers: Transfers,
    /// By open line: the first tier that could serve it on time (see [`first_tier_on_time`]).
    pub first_tiers: Vec<u32>,
    pub groups: Vec<Group>,
    pub frozen: Vec<FrozenShipment>,
    /// Shipments that may be added to the frozen ones.
    pub shipments_left: Option<u32>,
    /// Whether all needs are filled or none.
    pub ship_complete: bool,
    /// Whether the units of a line may be divided.
    pub split_lines: bool,
    /// Lines that stay whole although they might be divided, because the order would have more
    /// than [`MAX_STATES`] states.
    pub undivided: u64,
    /// Lines that travel with others because the order has too many needs.
    pub bundled: u64,
}

impl OrderOptions {
    /// Whether no two of its lines are for the same item.
    pub fn orders_items_once(&self) -> bool {
        let lines = &self.lines;
        (1..lines.len()).all(|at| lines[..at].iter().all(|other| other.sku != lines[at].sku))
    }

    /// In how many parts the open lines may go, at most, when undivided they are so many.
    pub fn parts(&self, undivided: usize) -> usize {
        if self.split_lines {
            self.lines.iter().map(|line| line.quantity as usize).sum()
        } else {
            undivided
        }
    }

    /// What units of an open line are of its need, whose lines count alike.
    pub fn share_of_need(&self, line: usize, units: Quantity) -> f64 {
        let terms = &self.lines[line];
        let in_need = self.needs[terms.need].lines.len() as f64;
        f64::from(units) / f64::from(terms.quantity) / in_need
    }
}

/// An option that was left out, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pruned {
    pub line: LineId,
    pub source: NodeId,
    pub node: NodeId,
    pub service: Option<ServiceId>,
    pub bar: Bar,
}
