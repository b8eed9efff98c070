//! What plans amount to: figures, and pages that show them.

pub mod compare;
mod frontier;
mod kpis;
mod page;
mod report;

pub use frontier::{
    FRONTIER_TABLES, Frontier, FrontierPoint, check_frontier_folder, frontier_page, write_frontier,
};
pub use kpis::Kpis;
pub use page::{PageError, write_page};
pub use report::{NamedPlan, ReportError, different_inputs, report};
