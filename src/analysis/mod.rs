//! What a plan amounts to, in figures.

pub mod compare;
mod kpis;

pub use kpis::Kpis;
