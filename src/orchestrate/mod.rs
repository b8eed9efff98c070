//! From what happened to what is to be done: the events of orders, stock and nodes.

pub mod store;
