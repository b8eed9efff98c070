//! A plan: what each table of a plan folder holds, in typed form.

mod certificate;
mod changed;
mod io;
mod ledger;
mod progress;
mod reasons;
mod returns;

pub use crate::network::Hop;
pub use certificate::{Certificate, Proof, Scope, Seconds, Status, StoppedBy};
pub use changed::{changed_lines, frozen_units};
pub use io::{
    AssignmentRow, Frame, LoadRow, PLAN_CODES, PLAN_TABLES, PlanRows, ReturnRow, ShipmentRow,
    StockRow, TransferRow, UnfilledRow, WriteError, check_folder, holds_result, names_in,
    read_plan, read_rows, write_folder, write_plan, write_table, write_text,
};
pub use ledger::Ledger;
pub use progress::{ProgressLog, Step};
pub use reasons::explain;

use crate::domain::CapacityUnit;
use crate::ids::{LaneId, LineId, NodeId, OrderId, ReturnId, ServiceId, SkuId, ZoneId};
use crate::options::Decision;
use crate::solve::KnownPrices;
use crate::time::Day;
use crate::units::{Decimal, Money, Quantity};

/// What an assignment is: the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssignmentKind {
    Transfer,
    Backorder,
    DropShip,
    Pickup,
    Parcel,
}

impl AssignmentKind {
    pub const ALL: [AssignmentKind; 5] = [
        AssignmentKind::Transfer,
        AssignmentKind::Backorder,
        AssignmentKind::DropShip,
        AssignmentKind::Pickup,
        AssignmentKind::Parcel,
    ];

    pub fn name(self) -> &'static str {
        match self {
            AssignmentKind::Transfer => "transfer",
            AssignmentKind::Backorder => "backorder",
            AssignmentKind::DropShip => "drop_ship",
            AssignmentKind::Pickup => "pickup",
            AssignmentKind::Parcel => "parcel",
        }
    }
}

/// Units of a line through one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub line: LineId,
    pub quantity: Quantity,
    pub kind: AssignmentKind,
    pub source: NodeId,
    /// The lanes from source to last node, in order; empty where the source ships.
    pub hops: Vec<Hop>,
    pub last_node: NodeId,
    pub release_date: Day,
    /// Nothing for a pickup.
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    pub delivery_date: Day,
    pub days_late: u32,
    /// Index into the plan's shipments.
    pub shipment: usize,
    /// The source's tier, from 1.
    pub tier: u32,
}

/// What leaves one node for one order, on one date, by one service or handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Shipment {
    pub id: String,
    pub order: OrderId,
    pub node: NodeId,
    /// Nothing for a pickup.
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    pub delivery_date: Day,
    /// Distinct order lines.
    pub lines: u32,
    pub units: u32,
    /// 0 for a pickup.
    pub parcels: u32,
    pub kg: Decimal,
    /// Sum over the parcels; 0 for a pickup.
    pub billable_kg: f64,
    /// Nothing for a pickup.
    pub zone: Option<ZoneId>,
    /// From node to customer; nothing for a pickup.
    pub distance_km: Option<f64>,
    pub freight: Money,
    /// Of the shipment's release.
    pub handling: Money,
    pub kg_co2: f64,
}

/// What moves for one order over one lane on one date.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    pub id: String,
    pub order: OrderId,
    pub lane: LaneId,
    pub departs: Day,
    pub arrives: Day,
    pub lines: u32,
    pub units: u32,
    pub kg: Decimal,
    pub freight: Money,
    /// Of the release at the lane's start, for the lines that have their source there.
    pub handling: Money,
    pub kg_co2: f64,
}

/// Why a line stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NoStock,
    StockTakenByBetterUse,
    Capacity,
    Deadline,
    ShipComplete,
    MaxShipments,
    Ineligible,
    Exclusion,
    NotWorthIt,
}

impl Reason {
    pub const ALL: [Reason; 9] = [
        Reason::NoStock,
        Reason::StockTakenByBetterUse,
        Reason::Capacity,
        Reason::Deadline,
        Reason::ShipComplete,
        Reason::MaxShipments,
        Reason::Ineligible,
        Reason::Exclusion,
        Reason::NotWorthIt,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Reason::NoStock => "no_stock",
            Reason::StockTakenByBetterUse => "stock_taken_by_better_use",
            Reason::Capacity => "capacity",
            Reason::Deadline => "deadline",
            Reason::ShipComplete => "ship_complete",
            Reason::MaxShipments => "max_shipments",
            Reason::Ineligible => "ineligible",
            Reason::Exclusion => "exclusion",
            Reason::NotWorthIt => "not_worth_it",
        }
    }
}

/// Units of a line that stay open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfilled {
    pub line: LineId,
    pub quantity: Quantity,
    /// All that apply, the most binding first.
    pub reasons: Vec<Reason>,
    /// In words; empty where none is known.
    pub cheapest_fix: String,
}

/// Work at a node on a date.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLoad<N = NodeId> {
    pub node: N,
    pub date: Day,
    pub unit: CapacityUnit,
    pub used: Decimal,
    /// Nothing where the node has no limit.
    pub capacity: Option<Decimal>,
    /// Work above the capacity, at most the overload allowed.
    pub overload: Decimal,
    /// Worth of one more unit, in the currency; nothing where the method has no prices.
    pub shadow_price: Option<f64>,
}

/// Stock of an item at a node.
#[derive(Clone, Debug, PartialEq)]
pub struct StockUse<N = NodeId, S = SkuId> {
    pub node: N,
    pub sku: S,
    /// By the end of the horizon; nothing where it is unlimited.
    pub available: Option<i64>,
    pub used: i64,
    /// Worth of one more unit, in the currency; nothing where the method has no prices.
    pub shadow_price: Option<f64>,
}

/// Where a return goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedReturn {
    pub id: ReturnId,
    pub quantity: Quantity,
    pub node: NodeId,
    /// Nothing where it is brought.
    pub service: Option<ServiceId>,
    pub freight: Money,
    pub recovered_value: Money,
}

/// A whole plan: the tables of its folder and the certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub certificate: Certificate,
    /// By line, then by release date and the rest of the option.
    pub assignments: Vec<Assignment>,
    /// By order, then by ship date, node and service.
    pub shipments: Vec<Shipment>,
    /// By order, then by departure and lane.
    pub transfers: Vec<Transfer>,
    /// By line.
    pub unfilled: Vec<Unfilled>,
    /// By node, date and unit.
    pub node_load: Vec<NodeLoad>,
    /// By node and sku.
    pub stock_use: Vec<StockUse>,
    /// By return.
    pub returns: Vec<PlannedReturn>,
    /// For a later plan to start from; not in the files of a plan.
    pub prices: KnownPrices,
}
impl Plan {
    /// The decisions that the assignments stand for.
    pub fn decisions(&self) -> Vec<Decision> {
        let rows = self.assignments.iter();
        rows.map(|row| Decision {
            line: row.line,
            ship_date: row.ship_date,
            source: row.source,
            hops: row.hops.clone(),
            node: row.last_node,
            service: row.service,
            quantity: row.quantity,
        })
        .collect()
    }
}
