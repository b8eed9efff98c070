//! What a method proves, for which problem, and why it stopped.

use serde::{Deserialize, Serialize};

/// What proved the bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The mixed-integer program, by branch and bound.
    Exact,
    /// Prices on stock and capacity, by Lagrangian duality.
    Decompose,
    /// Nothing: a heuristic.
    None,
}

/// The problem that the bound is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The wave as given.
    Whole,
    /// The wave without the options that a named limit left out.
    Pruned,
}

/// Why the solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// The gap asked for was reached.
    Gap,
    TimeLimit,
    MemoryLimit,
    /// Ctrl-C or SIGTERM.
    Interrupt,
    /// The method had nothing more to do.
    Finished,
}
