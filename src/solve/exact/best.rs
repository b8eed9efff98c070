//! The best plan and the best bound that a run knows.

use crate::solve::Proof;
use crate::solve::column::Column;
use crate::units::Objective;

/// The best that is known.
#[derive(Clone, Debug)]
pub(super) struct Best {
    /// What is decided already, in weighted minor units: the frozen commitments.
    pub constant: Objective,
    pub incumbent: Vec<Column>,
    pub objective: Objective,
    /// On the whole objective.
    pub bound: f64,
    pub proof: Proof,
}

impl Best {
    /// The relative gap that is open.
    pub fn gap(&self) -> f64 {
        let objective = self.objective.to_minor();
        (objective - self.bound) / objective.abs().max(1.0)
    }
}
