//! What plans amount to: figures, and pages that show them.

mod kpis;
mod page;
mod report;

pub use kpis::Kpis;
pub use page::{PageError, write_page};
pub use report::{NamedPlan, ReportError, different_inputs, report};
