//! The rows of each table as they are read, before any rule looks at them.

mod demand;
mod network;
mod services;
mod stock;

pub(crate) use demand::{CommitmentRow, ExclusionRow, OrderLineRow, OrderRow, ReturnRow};
pub(crate) use network::{CalendarRow, LaneRow, NodeCapacityRow, NodeRow};
pub(crate) use services::{NodeServiceRow, RateRow, ServiceRow, ZoneRow};
pub(crate) use stock::{InboundRow, InventoryRow, ItemRow, NodeItemRow};

use crate::ingest::spec::{Row, TableSpec};

/// Every table of the format, in the order of its description.
pub(crate) static TABLES: &[&TableSpec] = &[
    NodeRow::SPEC,
    CalendarRow::SPEC,
    NodeCapacityRow::SPEC,
    ItemRow::SPEC,
    NodeItemRow::SPEC,
    InventoryRow::SPEC,
    InboundRow::SPEC,
    ServiceRow::SPEC,
    NodeServiceRow::SPEC,
    ZoneRow::SPEC,
    RateRow::SPEC,
    LaneRow::SPEC,
    OrderRow::SPEC,
    OrderLineRow::SPEC,
    ReturnRow::SPEC,
    CommitmentRow::SPEC,
    ExclusionRow::SPEC,
];
