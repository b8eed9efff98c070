//! What plans amount to: figures, and pages that show them.

pub mod compare;
mod frontier;
mod kpis;
mod page;
mod report;
mod waiting;

pub use frontier::{
    FRONTIER_TABLES, Frontier, FrontierPoint, check_frontier_folder, frontier_page, write_frontier,
};
pub use kpis::Kpis;
pub use page::{PageError, write_page};
pub use report::{NamedPlan, ReportError, different_inputs, report};
pub use waiting::{
    PolicyRow, WAITING_FIGURES, WAITING_TABLES, Waiting, WaitingPaired, WaitingRun,
    check_waiting_folder, waiting_page, write_waiting,
};
