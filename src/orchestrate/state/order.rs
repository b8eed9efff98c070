//! Orders as events made them: terms, lines, and where each unit stands.

use crate::domain::{Deadline, Place};
use crate::ids::{EventId, ExceptionId, NodeId, ServiceId, SkuId};
use crate::orchestrate::event::Moment;
use crate::time::Day;
use crate::units::{Decimal, Money, Quantity};
use serde::{Deserialize, Serialize};

/// Where units of a line stand, in the order of their life; then the two ways out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Nothing is decided.
    Open,
    /// A plan says where they come from.
    Planned,
    /// The source is told.
    Released,
    /// The source takes the work.
    Accepted,
    /// Off the shelf.
    Picked,
    Packed,
    /// Left a node: on the way to the customer or to the next node.
    Shipped,
    /// The customer has them, delivered or collected.
    Delivered,
    Cancelled,
    /// An exception stops them.
    Exception,
}

impl Stage {
    pub const ALL: [Stage; 10] = [
        Stage::Open,
        Stage::Planned,
        Stage::Released,
        Stage::Accepted,
        Stage::Picked,
        Stage::Packed,
        Stage::Shipped,
        Stage::Delivered,
        Stage::Cancelled,
        Stage::Exception,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Planned => "planned",
            Stage::Released => "released",
            Stage::Accepted => "accepted",
            Stage::Picked => "picked",
            Stage::Packed => "packed",
            Stage::Shipped => "shipped",
            Stage::Delivered => "delivered",
            Stage::Cancelled => "cancelled",
            Stage::Exception => "exception",
        }
    }

    /// Whether units are bound to stock that is still at their source.
    pub fn is_committed(self) -> bool {
        (Stage::Planned..=Stage::Packed).contains(&self)
    }

    /// Whether nothing more will happen to them.
    pub fn is_final(self) -> bool {
        matches!(self, Stage::Delivered | Stage::Cancelled)
    }
}

/// How units get to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub source: NodeId,
    /// The nodes after the source; empty where it serves the customer itself.
    pub via: Vec<NodeId>,
    /// The date of departure over each lane.
    pub departs: Vec<Day>,
    /// Nothing for a pickup.
    pub service: Option<ServiceId>,
    pub release_date: Day,
    pub ship_date: Day,
    /// Planned, or what the carrier or the vendor expects.
    pub delivery_date: Day,
    pub shipment: Option<Box<str>>,
    /// The node at the end of the last lane that they left over; nothing while they are at their
    /// source, and once they are on the way to the customer.
    pub sent_to: Option<NodeId>,
}

impl Way {
    /// The node that serves the customer.
    pub fn last_node(&self) -> NodeId {
        self.via.last().copied().unwrap_or(self.source)
    }
}

/// Units of a line that stand at one place together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    pub stage: Stage,
    pub quantity: Quantity,
    /// Nothing for open and stopped units, and for cancelled ones that never had one.
    pub way: Option<Box<Way>>,
    /// What stops units in [`Stage::Exception`].
    pub exception: Option<ExceptionId>,
}

/// A line with all of its units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The line's name within its order.
    pub name: Box<str>,
    pub sku: SkuId,
    /// All units ever wanted, cancelled ones among them: the sum over the portions.
    pub ordered: Quantity,
    pub unit_price: Money,
    pub together: Option<Box<str>>,
    /// By stage, then by when they came to it; never empty, none with no units.
    pub portions: Vec<Portion>,
    /// Nodes that may not release it, each until a date; nothing is never.
    pub excluded: Vec<(NodeId, Option<Day>)>,
}

impl Line {
    /// Units in a stage.
    pub fn units(&self, stage: Stage) -> Quantity {
        self.portions.iter().filter(|part| part.stage == stage).map(|part| part.quantity).sum()
    }

    /// Units wanted and not cancelled.
    pub fn wanted(&self) -> Quantity {
        self.ordered - self.units(Stage::Cancelled)
    }

    /// Units that wait for a plan: open ones, and those that an exception stops.
    pub fn waits(&self) -> Quantity {
        self.units(Stage::Open) + self.units(Stage::Exception)
    }

    /// Units that an exception stops.
    pub fn stopped_by(&self, exception: ExceptionId) -> Quantity {
        let stopped = self.portions.iter().filter(|part| part.exception == Some(exception));
        stopped.map(|part| part.quantity).sum()
    }

    /// Whether every unit is delivered or cancelled.
    pub fn is_settled(&self) -> bool {
        self.portions.iter().all(|part| part.stage.is_final())
    }

    /// Bars a node from releasing the line before a date; the later of two dates counts.
    pub(crate) fn exclude(&mut self, node: NodeId, until: Option<Day>) {
        match self.excluded.iter_mut().find(|(known, _)| *known == node) {
            Some((_, known)) => *known = known.zip(until).map(|(a, b)| a.max(b)),
            None => self.excluded.push((node, until)),
        }
    }

    /// The stage of its least advanced units that are not cancelled; stopped units come first of
    /// all.
    pub fn stage(&self) -> Stage {
        let stages = self.portions.iter().map(|part| part.stage);
        let least = stages.filter(|stage| *stage != Stage::Cancelled).min_by_key(|stage| {
            // What an exception stops is what needs looking at.
            (*stage != Stage::Exception, *stage)
        });
        least.unwrap_or(Stage::Cancelled)
    }
}

/// How the customer gets an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Destination {
    Ship(Place),
    Pickup { node: NodeId, radius_km: f64 },
}

/// What an order asks for besides its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    pub placed_at: Moment,
    pub destination: Destination,
    pub ship_by: Option<Day>,
    pub deliver_by: Option<Day>,
    pub deadline: Option<Deadline>,
    pub weight: Decimal,
    pub channel: Box<str>,
    pub customer_tier: Box<str>,
    pub ship_complete: bool,
    pub max_shipments: Option<u32>,
    pub exchange_of: Option<Box<str>>,
}

/// Why an order waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hold {
    /// An `order_held` event, or a decision about an exception.
    Asked,
    /// An exception, by rule, until it is resolved.
    Exception(ExceptionId),
}

/// What happened to an order; the event has the instant and the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub event: EventId,
    /// The line, by its place in the order; nothing where it is about the order.
    pub line: Option<u32>,
    pub quantity: Option<Quantity>,
    pub node: Option<NodeId>,
    /// What the event says in words.
    pub note: Option<Box<str>>,
}

/// Customer demand under one promise, with all that happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub terms: Terms,
    pub lines: Vec<Line>,
    pub holds: Vec<Hold>,
    pub history: Vec<Entry>,
    /// In the order in which they were raised.
    pub exceptions: Vec<ExceptionId>,
}

/// Where an order stands, derived from its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderStatus {
    /// It waits; nothing more is planned or released.
    Held,
    /// An exception stops a line.
    Exception,
    Open,
    Planned,
    /// The nodes work on it: released, accepted, picked or packed.
    InWork,
    /// A part has left, a part has not.
    PartlyShipped,
    Shipped,
    PartlyDelivered,
    Delivered,
    Cancelled,
}

impl OrderStatus {
    pub const ALL: [OrderStatus; 10] = [
        OrderStatus::Held,
        OrderStatus::Exception,
        OrderStatus::Open,
        OrderStatus::Planned,
        OrderStatus::InWork,
        OrderStatus::PartlyShipped,
        OrderStatus::Shipped,
        OrderStatus::PartlyDelivered,
        OrderStatus::Delivered,
        OrderStatus::Cancelled,
    ];

    pub fn from_name(name: &str) -> Option<OrderStatus> {
        OrderStatus::ALL.into_iter().find(|status| status.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            OrderStatus::Held => "held",
            OrderStatus::Exception => "exception",
            OrderStatus::Open => "open",
            OrderStatus::Planned => "planned",
            OrderStatus::InWork => "in_work",
            OrderStatus::PartlyShipped => "partly_shipped",
            OrderStatus::Shipped => "shipped",
            OrderStatus::PartlyDelivered => "partly_delivered",
            OrderStatus::Delivered => "delivered",
            OrderStatus::Cancelled => "cancelled",
        }
    }
}

impl Order {
    pub fn is_held(&self) -> bool {
        !self.holds.is_empty()
    }

    /// The stages of its units that are not cancelled.
    fn stages(&self) -> impl Iterator<Item = Stage> {
        let portions = self.lines.iter().flat_map(|line| &line.portions);
        portions.map(|part| part.stage).filter(|stage| *stage != Stage::Cancelled)
    }

    pub fn status(&self) -> OrderStatus {
        let Some(least) = self.stages().filter(|stage| *stage != Stage::Exception).min() else {
            return match self.stages().next() {
                Some(_) => OrderStatus::Exception,
                None => OrderStatus::Cancelled,
            };
        };
        if self.is_held() && !self.is_done() {
            return OrderStatus::Held;
        }
        if self.stages().any(|stage| stage == Stage::Exception) {
            return OrderStatus::Exception;
        }
        let most = self.stages().max().unwrap_or(least);
        match (least, most) {
            (Stage::Delivered, _) => OrderStatus::Delivered,
            (_, Stage::Delivered) => OrderStatus::PartlyDelivered,
            (Stage::Shipped, _) => OrderStatus::Shipped,
            (_, Stage::Shipped) => OrderStatus::PartlyShipped,
            (Stage::Open, _) => OrderStatus::Open,
            (Stage::Planned, _) => OrderStatus::Planned,
            _ => OrderStatus::InWork,
        }
    }

    /// Whether every unit is delivered or cancelled.
    pub fn is_done(&self) -> bool {
        self.stages().all(Stage::is_final)
    }

    /// The line of this name, by its place.
    pub fn line(&self, name: &str) -> Option<u32> {
        self.lines.iter().position(|line| &*line.name == name).map(|index| index as u32)
    }
}
