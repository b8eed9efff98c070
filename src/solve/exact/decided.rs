//! What of a wave is decided before planning begins.

use crate::domain::CostKey;
use crate::ids::LineId;
use crate::options::{
    Decision, Planner, frozen_decisions, weighted_open_change, weighted_unfilled,
};
use crate::solve::exact::Value;
use crate::solve::wave_options::WaveProblem;
use crate::units::{Decimal, Objective, Quantity};

/// The part of every objective that the program does not hold: what is decided already, with no
/// other line open.
pub(super) fn constant(problem: &WaveProblem, value: &Value) -> Objective {
    value(decided(problem)) - open(problem)
}

/// What it costs to leave all lines open of the orders of a problem.
pub(super) fn open(problem: &WaveProblem) -> Objective {
    let lines = problem.orders.iter().flat_map(|order| &order.options.lines);
    lines.map(|line| open_line(problem.planner, line.id, line.quantity)).sum()
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

/// The smallest step between objectives, in minor units; 0 where the weights have none.
pub(super) fn step(problem: &WaveProblem) -> f64 {
    let gcd = |a: i64, b: i64| {
        let (mut a, mut b) = (a, b);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let weights = CostKey::ALL.map(|key| problem.planner.model.weight(key).0);
    weights.into_iter().fold(0, gcd) as f64 / Decimal::SCALE as f64
}
