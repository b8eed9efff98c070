//! The wave and its parts: what is to be planned, immutable and already validated.
//!
//! A [`Wave`] is made by [`Wave::new`] from [`WaveParts`], which only `ingest` fills. Everything
//! else reads it.

mod cost;
mod item;
mod model;
mod network;
mod order;
mod service;
mod stock;
mod wave;

pub use cost::{CostKey, Costs};
pub use item::{Item, NodeItem};
pub use model::{Deadline, Escalate, Method, Model, ModelCosts, ReturnRules, Rules, SolveSettings};
pub use network::{Calendar, Capacity, CapacityUnit, Lane, Node, NodeKind, ROUTE_MARK};
pub use order::{
    Commitment, Condition, Exclusion, Journey, Level, Order, OrderLine, Place, Return,
};
pub use service::{Break, NodeService, RateCard, Service, ZoneMatch, ZoneRow, ZoneTable};
pub use stock::Stock;
pub use wave::{ExtraColumn, Wave, WaveParts};
