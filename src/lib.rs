//! wavewright plans waves of orders over a fulfilment network and proves how good the plan is.

pub mod analysis;
pub mod cli;
pub mod diagnostics;
pub mod domain;
pub mod generate;
pub mod ids;
pub mod ingest;
pub mod network;
pub mod options;
pub mod orchestrate;
pub mod plan;
pub mod planning;
pub mod program;
pub mod solve;
pub mod strategies;
pub mod sweep;
pub mod tables;
pub mod time;
pub mod units;
pub mod verify;
