//! The columns of each table of a plan folder, in their order.

pub(super) const ASSIGNMENTS: [&str; 16] = [
    "order_id",
    "line",
    "sku",
    "quantity",
    "kind",
    "source_node",
    "last_node",
    "route",
    "departs",
    "release_date",
    "service",
    "ship_date",
    "delivery_date",
    "days_late",
    "shipment_id",
    "tier",
];

pub(super) const SHIPMENTS: [&str; 16] = [
    "shipment_id",
    "order_id",
    "node_id",
    "service",
    "ship_date",
    "delivery_date",
    "lines",
    "units",
    "parcels",
    "kg",
    "billable_kg",
    "zone",
    "distance_km",
    "freight",
    "handling",
    "kg_co2",
];

pub(super) const TRANSFERS: [&str; 12] = [
    "transfer_id",
    "order_id",
    "from_node",
    "to_node",
    "departs",
    "arrives",
    "lines",
    "units",
    "kg",
    "freight",
    "handling",
    "kg_co2",
];

pub(super) const UNFILLED: [&str; 6] =
    ["order_id", "line", "sku", "quantity", "reasons", "cheapest_fix"];

pub(super) const NODE_LOAD: [&str; 7] =
    ["node_id", "date", "unit", "used", "capacity", "overload", "shadow_price"];

pub(super) const STOCK_USE: [&str; 5] = ["node_id", "sku", "available", "used", "shadow_price"];

pub(super) const RETURNS: [&str; 7] =
    ["return_id", "sku", "quantity", "node_id", "service", "freight", "recovered_value"];

/// Every table of a plan folder, by file name without extension, with its columns.
pub const PLAN_TABLES: [(&str, &[&str]); 7] = [
    ("assignments", &ASSIGNMENTS),
    ("shipments", &SHIPMENTS),
    ("transfers", &TRANSFERS),
    ("unfilled", &UNFILLED),
    ("node_load", &NODE_LOAD),
    ("stock_use", &STOCK_USE),
    ("returns", &RETURNS),
];
