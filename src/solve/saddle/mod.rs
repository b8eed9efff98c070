//! A master for many orders: prices and fractions of the known order plans that balance each
//! other, found by a first-order method.
//!
//! A round costs passes over the known order plans, however many there are, where a simplex method
//! needs a basis that grows with the wave.

mod choice;
mod gradient;
mod sparse;

use crate::solve::column::Column;
use crate::solve::cuts::{Cut, Pools};
use crate::solve::highs::HighsError;
use crate::solve::master::{OrderColumn, released};
use crate::solve::relax::{CUTS_FROM, Duals, Relaxation, Step, price_wave};
use crate::solve::wave_options::WaveProblem;
use crate::solve::{Control, ExactSettings};
use choice::{Choice, Row};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// The bound has converged when it is this close to the master, and has stalled when it rises by
/// less in a round; as a part of the gap asked for, and relatively at least.
const CONVERGED: f64 = 0.02;
/// Where the plan is further off than the target gap, rounds are to give more: so much of that.
const OF_GAP: f64 = 0.25;
const MIN_CONVERGED: f64 = 1e-6;
/// Rounds of cuts, at most.
const MAX_CUT_ROUNDS: usize = 12;
/// Rounds, at most.
pub const MAX_ROUNDS: usize = 60;
/// How close the master's values have to be, relatively, as a part of the distance from the bound.
const CLOSE: f64 = 0.1;
const MIN_CLOSE: f64 = 1e-6;
/// Rounds in a row that may stall.
const PATIENCE: usize = 3;

/// Generates order plans and cuts from what a relaxation knows and a plan of the wave, until the
/// bound meets the master or comes within the target gap of the incumbent, after so many rounds, or
/// when the control says stop.
///
/// # Errors
/// When HiGHS, which finds the cuts, fails.
pub fn raise(
    problem: &WaveProblem,
    mut best: Relaxation,
    plan: &[Option<Column>],
    rounds: usize,
    settings: ExactSettings,
    control: &Control,
    improve: &mut dyn FnMut(Step) -> f64,
) -> Result<Relaxation, HighsError> {
    let mut known = best.keys();
    // With a plan of the wave among them, the prices of the master are bounded.
    let plan = plan.iter().enumerate();
    let plan = plan.map(|(order, shipped)| OrderColumn::new(problem, order, shipped.clone()));
    best.columns.extend(plan.filter(|plan| known.insert(plan.key())));
    best.values.resize(best.columns.len(), 0.0);
    let pools = Pools::new(problem);
    let mut duals = best.duals.clone();
    let (mut distance, mut stalled) = (CUTS_FROM, 0);
    // A part of a wave is planned so often that cuts are worth less than the time to find them.
    let mut cut_rounds = if problem.rest.is_some { MAX_CUT_ROUNDS } else { 0 };
    for _ in 0..rounds {
        let close = (CLOSE * distance).max(MIN_CLOSE);
        let found = balance(problem, &best.columns, &best.cuts, &best.values, close, &mut duals);
        best.values = found.values;
        let (bound, results) = price_wave(problem, &mut duals);
        let before = best.bound;
        best.raise(bound, &duals, &results);
        for result in results {
            if known.insert(result.plan.key()) {
                best.columns.push(result.plan);
                best.values.push(0.0);
            }
        }
        distance = (found.objective - best.bound) / found.objective.abs().max(1.0);
        let incumbent = improve(Step {
            master: found.objective,
            columns: &best.columns,
            values: &best.values,
            ..best.step()
        });
        let is_closed = incumbent - best.bound <= settings.gap * incumbent.abs();
        if is_closed || control.stopped().is_some() {
            return Ok(best);
        }
        let gap = settings.gap.max(OF_GAP * (incumbent - best.bound) / incumbent.abs());
        let converged = (CONVERGED * gap).max(MIN_CONVERGED);
        stalled = if best.bound - before <= converged * best.bound.abs() { stalled + 1 } else { 0 };
        let mut is_cut = false;
        // Where pricing is a bound only, the distance stays.
        let is_settled = (bound - before).abs() <= CUTS_FROM * best.bound.abs();
        if (distance <= CUTS_FROM || is_settled) && cut_rounds < MAX_CUT_ROUNDS {
            cut_rounds += 1;
            let cuts = pools.violated(&released(problem, &best.columns, &best.values))?;
            is_cut = !cuts.is_empty();
            best.cuts.extend(cuts);
        }
        if stalled >= PATIENCE || (!is_cut && distance <= converged) {
            break;
        }
    }
    Ok(best)
}

/// Rounds of other prices, and how far those of a resource are off, relatively, at most.
const VARIATIONS: u64 = 8;
const VARIATION: f64 = 0.3;

/// Adds order plans that are good at prices near the best ones, for plans of the wave to choose
/// among: others at each `time`.
pub fn vary(problem: &WaveProblem, best: &mut Relaxation, seed: u64, time: u64, control: &Control) {
    let mut known = best.keys();
    for round in time * VARIATIONS..(time + 1) * VARIATIONS {
        if control.stopped().is_some() {
            return;
        }
        let mut random = Pcg64Mcg::seed_from_u64(seed.wrapping_add(round));
        let mut duals = best.duals.clone();
        for price in duals.prices.resources.iter_mut().filter(|price| **price > 0.0) {
            let part = f64::from(random.next_u32()) / f64::from(u32::MAX);
            *price *= 1.0 + VARIATION * (2.0 * part - 1.0);
        }
        let (bound, results) = price_wave(problem, &mut duals);
        best.raise(bound, &duals, &results);
        best.columns.extend(results.into_iter().map(|r| r.plan).filter(|p| known.insert(p.key())));
    }
    best.values.resize(best.columns.len(), 0.0);
}

/// What the master found.
struct Balance {
    /// What the known order plans cost at least together, in weighted minor units.
    objective: f64,
    /// How much of each is chosen.
    values: Vec<f64>,
}

/// Solves the linear program over some order plans, every order has one at least, to within
/// `close`, relatively; from the prices given and the fractions of the first of the plans. Writes
/// the prices.
fn balance(
    problem: &WaveProblem,
    columns: &[OrderColumn],
    cuts: &[Cut],
    values: &[f64],
    close: f64,
    duals: &mut Duals,
) -> Balance {
    let choice = Choice::new(problem, columns, cuts);
    let price = |row: &Row| match *row {
        Row::Resource(id) => duals.prices.resources[id as usize],
        Row::Cut(number) => duals.cuts.get(number).copied().unwrap_or(0.0),
        Row::Opening { order, need, opening } => {
            duals.orders[order as usize].openings[need as usize][opening as usize]
        }
    };
    let prices = choice.rows.iter().map(price).collect();
    let known = |column: &u32| values.get(*column as usize).copied().unwrap_or(0.0);
    let fractions = choice.columns.iter().map(known).collect();
    let (point, objective) = choice.solve(prices, fractions, close);
    duals.clear();
    if let Some(rest) = &problem.rest.priced {
        duals.prices.resources.clone_from(&rest.floors);
    }
    for (row, &price) in choice.rows.iter().zip(&point.prices) {
        match *row {
            Row::Resource(id) => duals.prices.resources[id as usize] = price,
            Row::Cut(cut) => duals.price_cut(&cuts[cut], price),
            Row::Opening { order, need, opening } => {
                duals.orders[order as usize].openings[need as usize][opening as usize] = price;
            }
        }
    }
    let mut values = vec![1.0; columns.len()];
    for (column, value) in choice.columns.iter().zip(&point.fractions) {
        values[*column as usize] = *value;
    }
    Balance { objective, values }
}
