//! The reference formulation on two backends of good_lp: what it says depends on no solver.

use good_lp::solvers::highs::{HighsProblem, highs};
use good_lp::solvers::microlp::microlp;
use wavewright::domain::{Model, Wave};
use wavewright::options::{Decision, Planner, frozen_decisions};
use wavewright::options::{weighted_open_change, weighted_unfilled};
use wavewright::plan::Ledger;
use wavewright::solve::exact::{Formulation, Pieces, enumerate};
use wavewright::solve::{Duals, WaveProblem};
use wavewright::units::Objective;

/// What the program of a wave says, in weighted minor units.
pub struct Agreed {
    /// With the part that is no decision.
    pub least: f64,
    /// How much the overload, rounded per node and date, may differ from the program's.
    pub rounding: f64,
}

/// Solves the program over all of them with both backends and asserts that they agree; nothing
/// where a wave has more than `most` shipments and parts or some that are not enumerated.
pub fn agreed(wave: &Wave, model: &Model, most: usize) -> Option<Agreed> {
    let planner = Planner::new(wave, model);
    let problem = WaveProblem::new(&planner);
    let pieces = enumerate(&problem, &Duals::free(&problem), f64::INFINITY, most)?;
    let is_empty = Formulation::new(&problem, &pieces).names().columns.is_empty();
    if is_empty {
        // Not every backend takes a program without a variable.
        return Some(Agreed { least: constant(&problem).to_minor(), rounding: 1e-6 });
    }
    let by_highs = by_highs(&problem, &pieces);
    let by_microlp = Formulation::new(&problem, &pieces)
        .solve_with(microlp)
        .expect("a program has a solution: everything may stay open");
    let constant = constant(&problem).to_minor();
    let least = by_highs + constant;
    let tolerance = 1e-6 * by_highs.abs().max(1.0);
    assert!(
        (by_highs - by_microlp).abs() <= tolerance,
        "{}: {by_highs} by HiGHS, {by_microlp} by microlp",
        wave.name
    );
    Some(Agreed { least, rounding: problem.rounding_slack() + tolerance })
}

/// The least cost of a program by HiGHS, in weighted minor units; without the part that is no
/// decision.
pub fn by_highs(problem: &WaveProblem, pieces: &Pieces) -> f64 {
    let exactly = |program| -> HighsProblem {
        highs(program).set_mip_rel_gap(0.0).expect("a gap that is no number below 0")
    };
    Formulation::new(problem, pieces)
        .solve_with(exactly)
        .expect("a program has a solution: everything may stay open")
}

/// The part of the objective that the program does not hold: the frozen commitments, with no line
/// open.
pub fn constant(problem: &WaveProblem) -> Objective {
    let Planner { wave, model, .. } = *problem.planner;
    let frozen: Vec<Decision> =
        wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)).collect();
    let lines = problem.orders.iter().flat_map(|order| &order.options.lines);
    let open: Objective = lines
        .map(|line| {
            weighted_unfilled(wave, model, line.id, line.quantity)
                + weighted_open_change(wave, model, line.id)
        })
        .sum();
    Ledger::new(problem.planner, frozen).objective(model) - open
}
