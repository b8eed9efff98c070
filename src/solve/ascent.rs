//! Prices by subgradient ascent: cheap steps towards the prices that a linear program would find.
//!
//! At given prices the orders' best plans say what is wanted of every resource; prices rise where
//! more is wanted than there is and fall where less is. Steps follow the last directions too and
//! shrink when the bound stops rising (Camerini, Fratta and Maffioli 1975). What a node costs to
//! open is divided among the needs that used it last.

use crate::solve::Control;
use crate::solve::master::PlanKey;
use crate::solve::relax::{Duals, OrderResult, Relaxation, Step, price_wave};
use crate::solve::wave_options::WaveProblem;
use rustc_hash::FxHashMap;

/// The first step aims this far above the bound, relatively.
const FIRST_AIM: f64 = 0.05;
/// Steps without a better bound after which they shrink, and by what.
const PATIENCE: usize = 3;
const SHRINK: f64 = 0.7;
/// How much of the last direction a step keeps.
const MOMENTUM: f64 = 0.6;
/// Aims below this are not worth a step.
const LAST_AIM: f64 = 1e-4;

/// Steps whose bound is this near to the best, relatively, give order plans worth keeping.
const NEAR: f64 = 0.03;

/// Takes up to so many steps. The order plans of the relaxation are those of all steps that came
/// near; those at the best prices, one an order, are chosen in full.
pub fn ascend(
    problem: &WaveProblem,
    steps: usize,
    control: &Control,
    improve: &mut dyn FnMut(Step) -> f64,
) -> Relaxation {
    let mut best = Relaxation::unknown(problem);
    let mut duals = best.duals.clone();
    let mut direction = vec![0.0; problem.resources.len()];
    let (mut aim, mut failed) = (FIRST_AIM, 0);
    let mut known: FxHashMap<PlanKey, usize> = FxHashMap::default();
    for _ in 0..steps {
        let (bound, results) = price_wave(problem, &mut duals);
        let excess = excess(problem, &duals, &results);
        let openings = opening_shares(problem, &results);
        let is_step = bound >= best.bound + 1e-5 * bound.abs();
        failed = if is_step { 0 } else { failed + 1 };
        let is_best = best.raise(bound, &duals, &results);
        if bound >= best.bound - NEAR * best.bound.abs() {
            if is_best {
                best.values.fill(0.0);
            }
            for result in results {
                let at = *known.entry(result.plan.key()).or_insert_with(|| {
                    best.columns.push(result.plan);
                    best.values.push(0.0);
                    best.columns.len() - 1
                });
                if is_best {
                    best.values[at] = 1.0;
                }
            }
        }
        improve(best.step());
        if failed >= PATIENCE {
            (aim, failed) = (aim * SHRINK, 0);
            duals = best.duals.clone();
        }
        if aim < LAST_AIM || control.stopped().is_some() {
            break;
        }
        for (along, excess) in direction.iter_mut().zip(&excess) {
            *along = MOMENTUM * *along + excess;
        }
        let prices = &mut duals.prices.resources;
        // Prices that are 0 do not fall.
        let moves = |price: f64, along: f64| price > 0.0 || along > 0.0;
        let along = prices.iter().zip(&direction).filter(|(price, along)| moves(**price, **along));
        let square: f64 = along.map(|(_, along)| along * along).sum();
        if square <= 0.0 {
            break;
        }
        let length = aim * best.bound.abs().max(1.0) / square;
        for (price, along) in prices.iter_mut().zip(&direction) {
            *price = (*price + length * along).max(0.0);
        }
        for (of_order, shares) in duals.orders.iter_mut().zip(openings) {
            of_order.openings = shares;
        }
    }
    best
}

/// What is wanted of each contended resource beyond its supply.
fn excess(problem: &WaveProblem, duals: &Duals, results: &[OrderResult]) -> Vec<f64> {
    let rows = problem.resources.rows().iter().zip(&problem.contended);
    let mut excess: Vec<f64> = rows
        .zip(&duals.prices.resources)
        .map(|((row, contended), price)| {
            let overload = if *price > row.overload_cost { row.overload.to_f64() } else { 0.0 };
            if *contended { -row.supply.to_f64() - overload } else { 0.0 }
        })
        .collect();
    for (id, used) in results.iter().flat_map(|result| &result.plan.uses) {
        excess[*id as usize] += used;
    }
    excess
}

/// The price of every use of an opening: its cost, divided among the needs that use it; by order,
/// need and opening of the order.
fn opening_shares(problem: &WaveProblem, results: &[OrderResult]) -> Vec<Vec<Vec<f64>>> {
    let mut used = vec![0.0; problem.resources.openings().len()];
    for (order, result) in problem.orders.iter().zip(results) {
        for (_, local, share) in &result.plan.openings {
            used[order.tables.openings[*local] as usize] += share;
        }
    }
    let of_order = |(order, result): (&crate::solve::OrderProblem, &OrderResult)| {
        let tables = &order.tables;
        let mut prices = vec![vec![0.0; tables.openings.len()]; tables.states.needs()];
        for (need, local, _) in &result.plan.openings {
            let id = tables.openings[*local];
            let cost = problem.resources.opening_cost(id).to_minor();
            prices[*need][*local] = cost / used[id as usize].max(1.0);
        }
        prices
    };
    problem.orders.iter().zip(results).map(of_order).collect()
}
