//! Nodes, their calendars and capacities, and the lanes between them.

use crate::domain::NodeService;
use crate::ids::{CalendarId, NodeId};
use crate::time::{Day, Weekdays};
use crate::units::{Decimal, Money};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What stands between the nodes of a route, and between its dates, where they are written as one
/// text; no node id has it.
pub const ROUTE_MARK: char = '>';

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NodeKind {
    Dc,
    Store,
    ThirdParty,
    Vendor,
    Hub,
}

impl NodeKind {
    pub const ALL: [NodeKind; 5] =
        [NodeKind::Dc, NodeKind::Store, NodeKind::ThirdParty, NodeKind::Vendor, NodeKind::Hub];

    pub fn name(self) -> &'static str {
        match self {
            NodeKind::Dc => "dc",
            NodeKind::Store => "store",
            NodeKind::ThirdParty => "3pl",
            NodeKind::Vendor => "vendor",
            NodeKind::Hub => "hub",
        }
    }

    pub fn from_name(name: &str) -> Option<NodeKind> {
        NodeKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A place that can fulfil.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: Box<str>,
    pub kind: NodeKind,
    pub name: Box<str>,
    pub latitude: f64,
    pub longitude: f64,
    pub country: Box<str>,
    pub postal_code: Box<str>,
    pub time_zone: TimeZone,
    /// Every day where there is none.
    pub calendar: Option<CalendarId>,
    /// The latest clock time of intake; its minute is included.
    pub cutoff: Time,
    /// Working days of processing before the first ship date.
    pub lead_days: u32,
    pub ships: bool,
    pub pickup: bool,
    pub accepts_returns: bool,
    pub unlimited_stock: bool,
    pub shipment_cost: Money,
    pub line_cost: Money,
    pub unit_cost: Money,
    pub minute_cost: Money,
    pub open_cost: Money,
    /// The share of lines that the node rejects.
    pub reject_rate: Decimal,
    /// The node's own tier, from 1; else that of its kind in the model.
    pub tier: Option<u32>,
    pub capacities: Vec<Capacity>,
    /// The services offered; every service where the input names none.
    pub services: Vec<NodeService>,
}

/// The working days of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub id: Box<str>,
    pub weekdays: Weekdays,
    pub closed: BTreeSet<Day>,
}

impl Calendar {
    pub fn is_open(&self, day: Day) -> bool {
        self.weekdays.contains(day) && !self.closed.contains(&day)
    }
}

/// What a capacity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CapacityUnit {
    Units,
    Lines,
    Shipments,
    Minutes,
}

impl CapacityUnit {
    pub const ALL: [CapacityUnit; 4] =
        [CapacityUnit::Units, CapacityUnit::Lines, CapacityUnit::Shipments, CapacityUnit::Minutes];

    pub fn name(self) -> &'static str {
        match self {
            CapacityUnit::Units => "units",
            CapacityUnit::Lines => "lines",
            CapacityUnit::Shipments => "shipments",
            CapacityUnit::Minutes => "minutes",
        }
    }

    pub fn from_name(name: &str) -> Option<CapacityUnit> {
        CapacityUnit::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

/// Work that a node takes on a date, or on every date that has no row of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    pub date: Option<Day>,
    pub unit: CapacityUnit,
    pub capacity: Decimal,
    /// Work above the capacity that is allowed at `overload_cost` a unit.
    pub overload: Decimal,
    pub overload_cost: Money,
}

/// An allowed movement between two nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub from: NodeId,
    pub to: NodeId,
    pub transit_days: u32,
    pub shipment_cost: Money,
    pub cost_per_kg: Money,
    pub operates: Weekdays,
    pub kg_co2_per_kg: f64,
}
