//! The findings that reading a plan folder can lead to; each code has a page in the docs.

/// A file of the plan is missing.
pub(super) const MISSING_FILE: &str = "P0101";
/// A file cannot be read as a table.
pub(super) const UNREADABLE_TABLE: &str = "P0102";
/// A table lacks a column.
pub(super) const MISSING_COLUMN: &str = "P0103";
/// A table has a column that no plan has.
pub(super) const UNKNOWN_COLUMN: &str = "P0104";
/// A cell that must have a value is empty.
pub(super) const EMPTY_CELL: &str = "P0105";
/// A cell's value is not what its column holds.
pub(super) const BAD_VALUE: &str = "P0106";
/// An id is not in the wave, or not in the table that it points to.
pub(super) const UNKNOWN_ID: &str = "P0201";
/// A route is not one over the wave's lanes.
pub(super) const BAD_ROUTE: &str = "P0202";
/// The item is not that of the order line or return.
pub(super) const OTHER_SKU: &str = "P0203";
/// The certificate cannot be read.
pub(super) const BAD_CERTIFICATE: &str = "P0301";

/// Every code with its title.
pub const PLAN_CODES: [(&str, &str); 10] = [
    (MISSING_FILE, "A file of the plan is missing"),
    (UNREADABLE_TABLE, "A file cannot be read as a table"),
    (MISSING_COLUMN, "A table of the plan lacks a column"),
    (UNKNOWN_COLUMN, "A table has a column that no plan has"),
    (EMPTY_CELL, "A cell that must have a value is empty"),
    (BAD_VALUE, "A value is not what its column holds"),
    (UNKNOWN_ID, "An id does not exist"),
    (BAD_ROUTE, "A route is not one over the wave's lanes"),
    (OTHER_SKU, "The item is another one than ordered or returned"),
    (BAD_CERTIFICATE, "The certificate cannot be read"),
];
