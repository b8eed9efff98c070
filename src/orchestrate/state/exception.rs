//! The queue of exceptions: what stops a line or contradicts what is known, and what became of it.

use crate::ids::{EventId, ExceptionId, NodeId, OrderId, SkuId};
use crate::orchestrate::event::Resolution;
use crate::units::{Money, Quantity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why an exception was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// A line's price is not that of the price list.
    PriceMismatch,
    /// Stock does not cover what is bound to it.
    StockDiscrepancy,
    /// A source could not provide units.
    ShortPick,
    /// A node stopped working.
    NodeOutage,
    /// A vendor refused units.
    VendorReject,
    /// A date will not be met, or was not.
    DateAtRisk,
    /// No plan serves the units.
    Unfillable,
    /// An event that does not go with what happened before; it changed nothing, or less than it
    /// says.
    ContradictoryEvent,
}

impl Cause {
    pub const ALL: [Cause; 8] = [
        Cause::PriceMismatch,
        Cause::StockDiscrepancy,
        Cause::ShortPick,
        Cause::NodeOutage,
        Cause::VendorReject,
        Cause::DateAtRisk,
        Cause::Unfillable,
        Cause::ContradictoryEvent,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Cause::PriceMismatch => "price_mismatch",
            Cause::StockDiscrepancy => "stock_discrepancy",
            Cause::ShortPick => "short_pick",
            Cause::NodeOutage => "node_outage",
            Cause::VendorReject => "vendor_reject",
            Cause::DateAtRisk => "date_at_risk",
            Cause::Unfillable => "unfillable",
            Cause::ContradictoryEvent => "contradictory_event",
        }
    }

    pub fn from_name(name: &str) -> Option<Cause> {
        Cause::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// What an exception concerns; each part where it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    pub order: Option<OrderId>,
    /// The line's place in the order.
    pub line: Option<u32>,
    pub node: Option<NodeId>,
    pub sku: Option<SkuId>,
}

/// What the rules do about an exception at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// The units are open again and the exception is resolved.
    Release,
    /// The orders that it concerns, now or later, wait until it is resolved.
    Hold,
    /// Somebody is to look at it.
    Escalate,
}

impl Action {
    pub const ALL: [Action; 3] = [Action::Release, Action::Hold, Action::Escalate];

    pub fn name(self) -> &'static str {
        match self {
            Action::Release => "release",
            Action::Hold => "hold",
            Action::Escalate => "escalate",
        }
    }
}

/// How an exception ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Released by rule as it was raised.
    Rule,
    /// Decided by an `exception_resolved` event.
    Decided(Resolution),
    /// What it was about is no longer so: units are planned anew, stock covers what is bound.
    Passed,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Rule => "rule",
            Outcome::Decided(resolution) => resolution.name(),
            Outcome::Passed => "passed",
        }
    }
}

/// What the planner would do, and what that costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub text: Box<str>,
    /// More than without it; below 0 it saves.
    pub cost: Option<Money>,
    pub event: EventId,
}

/// An entry of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    pub cause: Cause,
    pub subject: Subject,
    /// Units concerned, where they can be counted.
    pub quantity: Option<Quantity>,
    /// What happened, in words.
    pub detail: Box<str>,
    /// The event that raised it: its instant is since when.
    pub raised: EventId,
    pub action: Action,
    /// The orders that wait for it.
    pub holds: BTreeSet<OrderId>,
    /// The orders that somebody let go on all the same: it does not hold them again.
    pub let_go: BTreeSet<OrderId>,
    /// How it ended, and the event that ended it; nothing while it is open.
    pub resolved: Option<(Outcome, EventId)>,
    /// Nothing until the planner has looked at it.
    pub proposal: Option<Proposal>,
}

impl Exception {
    pub fn is_open(&self) -> bool {
        self.resolved.is_none()
    }
}

/// The name of an exception in events and views: `X` and its number, from 1.
pub fn exception_name(id: ExceptionId) -> String {
    format!("X{}", id.0 + 1)
}

/// The exception of this name, if it is one.
pub fn exception_id(name: &str) -> Option<ExceptionId> {
    let digits = name.strip_prefix('X')?;
    let is_plain = !digits.starts_with(['0', '+']);
    let number: u32 = digits.parse().ok().filter(|_| is_plain)?;
    Some(ExceptionId(number.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_exceptions_are_read_back() {
        assert_eq!(exception_name(ExceptionId(0)), "X1");
        assert_eq!(exception_id("X12"), Some(ExceptionId(11)));
        for wrong in ["X0", "X01", "X+1", "x1", "X", "1"] {
            assert_eq!(exception_id(wrong), None, "{wrong}");
        }
    }
}
