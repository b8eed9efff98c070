//! What of a wave is decided before planning begins.

use crate::options::{
    Decision, Planner, frozen_decisions, weighted_open_change, weighted_unfilled,
};
use crate::solve::exact::Value;
use crate::solve::wave_options::WaveProblem;
use crate::units::Objective;

/// The part of every objective that the program does not hold: the frozen commitments, with no
/// line open.
pub(super) fn constant(problem: &WaveProblem, value: &Value) -> Objective {
    let planner = problem.planner;
    let open: Objective = problem
        .orders
        .iter()
        .flat_map(|order| &order.options.lines)
        .map(|line| {
            weighted_unfilled(planner.wave, planner.model, line.id, line.quantity)
                + weighted_open_change(planner.wave, planner.model, line.id)
        })
        .sum();
    value(all_frozen(planner)) - open
}

/// The decisions that frozen commitments are.
pub(super) fn all_frozen(planner: &Planner) -> Vec<Decision> {
    let wave = planner.wave;
    if wave.commitments.is_empty() {
        return Vec::new();
    }
    wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)).collect()
}
