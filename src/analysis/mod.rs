//! What a plan amounts to, in figures.

mod kpis;

pub use kpis::Kpis;
