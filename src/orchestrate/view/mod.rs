//! Views: what a state says about an order, about stock and about exceptions, as tables.
//!
//! A view is a pure function of a state. Its rows have a fixed order, so that two views can be
//! compared.

mod columns;
mod exceptions;
mod order;
mod stock;

pub use exceptions::{ExceptionFilter, exceptions};
pub use order::{OrderView, order};
pub use stock::{StockFilter, availability, stock};
