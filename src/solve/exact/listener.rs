//! What a run makes of prices while they come along: bounds, and plans by rounding.

use crate::solve::exact::run::Run;
use crate::solve::relax::Step;
use crate::solve::{Proof, Stage};

/// The relative distance of bound and master from which on rounding can find something good.
const ROUND_FROM: f64 = 0.03;
/// The part of that distance from which on it is worth its time again.
const NEXT_ROUNDING: f64 = 0.25;

/// Hears how prices come along, and rounds what they say to plans.
pub(super) struct Listener {
    /// The relative distance of bound and master from which on that is worth its time again.
    next_distance: f64,
}

impl Listener {
    pub fn new() -> Listener {
        Listener { next_distance: ROUND_FROM }
    }

    /// Returns what the best plan costs, less what is decided already.
    pub fn hear(&mut self, run: &mut Run, step: Step) -> f64 {
        let constant = run.best.constant.to_minor();
        if run.problem.is_whole {
            run.prove_bound(step.bound + constant, Proof::Decompose);
        }
        let distance = (step.master - step.bound) / step.master.abs();
        if distance < self.next_distance && !run.stop() {
            self.next_distance = distance * NEXT_ROUNDING;
            run.rounded(step.duals, step.columns, step.values);
        }
        run.report(Stage::Prices);
        run.best.objective.to_minor() - constant
    }
}
