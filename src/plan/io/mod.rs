//! Plan folders: written complete or not at all, and read back.

mod cells;
mod codes;
mod columns;
mod extras;
mod fields;
mod frame;
mod lookup;
mod plain;
mod read;
mod rows;
mod write;

pub use codes::PLAN_CODES;
pub use columns::PLAN_TABLES;
pub use frame::Frame;
pub use plain::{
    AssignmentRow, LoadRow, PlanRows, ReturnRow, ShipmentRow, StockRow, TransferRow, UnfilledRow,
    read_rows,
};
pub use read::read_plan;
pub use write::{
    WriteError, check_folder, holds_result, names_in, write_folder, write_plan, write_table,
    write_text,
};

/// The file of the certificate.
const CERTIFICATE: &str = "certificate.json";
