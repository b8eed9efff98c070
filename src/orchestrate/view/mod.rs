//! Views: what a state says about orders, stock and exceptions, and the record of its runs, as tables.
//!
//! A view is a pure function of what it shows. Its rows have a fixed order, so that two views can be
//! compared.

mod columns;
mod exceptions;
mod order;
mod orders;
mod runs;
mod stock;

pub use exceptions::{ExceptionFilter, exceptions};
pub use order::{OrderView, order};
pub use orders::orders;
pub use runs::runs;
pub use stock::{StockFilter, availability, stock};
