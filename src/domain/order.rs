//! Orders, their lines, and what earlier decisions and exceptions say about them; returns.

use crate::ids::{LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::time::Day;
use crate::units::{Decimal, Money, Quantity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Where a customer is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
    pub country: Box<str>,
    pub postal_code: Box<str>,
}

/// How the customer gets the order.
#[derive(Clone, Debug, PartialEq)]
pub enum Journey {
    Ship(Place),
    Pickup { node: NodeId, radius_km: f64 },
}

/// Customer demand under one promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: Box<str>,
    pub placed_at: Timestamp,
    pub journey: Journey,
    pub ship_by: Option<Day>,
    pub deliver_by: Option<Day>,
    /// The order's own deadline rule; else the model's.
    pub deadline: Option<crate::domain::Deadline>,
    /// Factor of lateness and unfilled.
    pub weight: Decimal,
    pub channel: Box<str>,
    pub customer_tier: Box<str>,
    pub ship_complete: bool,
    /// The order's own limit; else the model's.
    pub max_shipments: Option<u32>,
    pub exchange_of: Option<Box<str>>,
    /// The order's lines, as a range of line indices.
    pub lines: Range<u32>,
}

impl Order {
    pub fn line_ids(&self) -> impl DoubleEndedIterator<Item = LineId> + ExactSizeIterator + use<> {
        self.lines.clone().map(LineId)
    }
}

/// An item and quantity wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderLine {
    pub order: OrderId,
    /// The line's name within its order.
    pub line: Box<str>,
    pub sku: SkuId,
    pub quantity: Quantity,
    pub unit_price: Money,
    /// Kit that the line belongs to: lines of an order with the same name travel together.
    pub together: Option<Box<str>>,
}

/// How firm a past decision is, from firmest to loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Shipped,
    Picked,
    Released,
    Planned,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Shipped, Level::Picked, Level::Released, Level::Planned];

    pub fn name(self) -> &'static str {
        match self {
            Level::Shipped => "shipped",
            Level::Picked => "picked",
            Level::Released => "released",
            Level::Planned => "planned",
        }
    }

    pub fn from_name(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Whether a decision of this level, pinned or not, stays as it is.
    pub fn is_frozen(self, pinned: bool) -> bool {
        pinned || matches!(self, Level::Shipped | Level::Picked)
    }
}

/// A past decision about units of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub line: LineId,
    pub quantity: Quantity,
    pub node: NodeId,
    pub service: Option<ServiceId>,
    pub ship_date: Option<Day>,
    pub level: Level,
    pub pinned: bool,
}

impl Commitment {
    /// Whether source, service and ship date stay as they are. A frozen commitment has a ship
    /// date, and a service where its order is shipped.
    pub fn is_frozen(&self) -> bool {
        self.level.is_frozen(self.pinned)
    }
}

/// A node that may not release a line before a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    pub order: OrderId,
    /// Every line of the order where there is none.
    pub line: Option<LineId>,
    pub node: NodeId,
    /// The first date on which the node may release again; [`Day::NEVER`] where there is none.
    pub until: Day,
}

/// The state of a returned item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Condition {
    New,
    Used,
    Damaged,
}

impl Condition {
    pub const ALL: [Condition; 3] = [Condition::New, Condition::Used, Condition::Damaged];

    pub fn name(self) -> &'static str {
        match self {
            Condition::New => "new",
            Condition::Used => "used",
            Condition::Damaged => "damaged",
        }
    }

    pub fn from_name(name: &str) -> Option<Condition> {
        Condition::ALL.into_iter().find(|condition| condition.name() == name)
    }
}

/// Units that come back from a customer.
#[derive(Clone, Debug, PartialEq)]
pub struct Return {
    pub id: Box<str>,
    /// The order of the exchange that it belongs to.
    pub order: Option<OrderId>,
    pub sku: SkuId,
    pub quantity: Quantity,
    pub condition: Condition,
    pub place: Option<Place>,
    /// Where it was brought; it stays there.
    pub drop_node: Option<NodeId>,
}
