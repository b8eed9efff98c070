//! What of a wave is decided before planning begins.

use crate::ids::LineId;
use crate::options::{
    Decision, Planner, frozen_decisions, weighted_open_change, weighted_unfilled,
};
use crate::solve::exact::Value;
use crate::solve::wave_options::WaveProblem;
use crate::units::{Objective, Quantity};

/// The part of every objective that the program does not hold: what is decided already, with no
/// other line open.
pub(super) fn constant(problem: &WaveProblem, value: &Value) -> Objective {
    let planner = problem.planner;
    let lines = problem.orders.iter().flat_map(|order| &order.options.lines);
    let open: Objective = lines.map(|line| open_line(planner, line.id, line.quantity)).sum();
    value(decided(problem)) - open
}

/// What it costs to leave units of a line open.
pub(super) fn open_line(planner: &Planner, line: LineId, units: Quantity) -> Objective {
    weighted_unfilled(planner.wave, planner.model, line, units)
        + weighted_open_change(planner.wave, planner.model, line)
}

/// What is decided whatever the orders of a problem do.
pub(super) fn decided(problem: &WaveProblem) -> Vec<Decision> {
    let mut decisions = all_frozen(problem.planner);
    decisions.extend_from_slice(&problem.rest.decisions);
    decisions
}

/// The decisions that frozen commitments are.
pub(super) fn all_frozen(planner: &Planner) -> Vec<Decision> {
    let wave = planner.wave;
    if wave.commitments.is_empty() {
        return Vec::new();
    }
    wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)).collect()
}
