//! The certificate: what the plan costs, what is proven about it, and how it came about.

pub use crate::solve::{Proof, Scope, StoppedBy};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How the plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Within the gap asked for.
    Optimal,
    GapOpen,
    Heuristic,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Status::Optimal => "optimal",
            Status::GapOpen => "gap_open",
            Status::Heuristic => "heuristic",
        }
    }
}

/// The certificate of a plan. Money is in the wave's currency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Certificate {
    pub wave: String,
    pub currency: String,
    /// Recomputed from the domain: the weighted sum of `cost`.
    pub objective: f64,
    /// A proven lower bound on the objective; null only for a heuristic.
    pub bound: Option<f64>,
    /// (objective - bound) / |objective|, with one minor unit in place of an objective of 0; null
    /// only for a heuristic.
    pub gap: Option<f64>,
    pub proof: Proof,
    pub scope: Scope,
    /// The named limits that make the scope `pruned`, with how much each left out.
    #[serde(default)]
    pub limits: BTreeMap<String, u64>,
    pub status: Status,
    pub stopped_by: StoppedBy,
    /// The method that ran, and why where it was chosen automatically.
    pub method: String,
    #[serde(default)]
    pub method_reason: String,
    /// Unweighted, by cost key.
    pub cost: BTreeMap<String, f64>,
    /// The model in full, as in its file.
    pub model: serde_json::Value,
    /// Wall-clock seconds by stage.
    pub seconds: BTreeMap<String, f64>,
    pub seed: u64,
    pub threads: u32,
    pub versions: BTreeMap<String, String>,
    /// SHA-256 of every input file, by its name.
    pub inputs: BTreeMap<String, String>,
}
