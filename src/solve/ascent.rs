//! Prices by subgradient ascent: cheap steps towards the prices that a linear program would find.
//!
//! At given prices the orders' best plans say what is wanted of every resource; prices rise where
//! more is wanted than there is and fall where less is, each by a step of its own: as long as the
//! others', whatever the size of its excess, and shorter as steps go on (after Duchi, Hazan and
//! Singer 2011, with their sums forgotten over time). What a node costs to open is divided among
//! the needs that used it last.

use crate::solve::Control;
use crate::solve::master::PlanKey;
use crate::solve::relax::{Duals, OrderResult, Relaxation, Step, price_wave};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use rustc_hash::FxHashMap;

/// The first step of a price, as a part of what an order costs on average.
const FIRST_STEP: f64 = 0.1;
/// The part of its length that a step has of the one before.
const SHRINK: f64 = 0.95;
/// How much of the last direction a step keeps, and how much of the squares behind its length.
const MOMENTUM: f64 = 0.6;
const MEMORY: f64 = 0.95;

/// Steps whose bound is this near to the best, relatively, give order plans worth keeping.
const NEAR: f64 = 0.03;

/// Takes up to so many steps from the prices of a relaxation, and raises its bound. It gains the
/// order plans of all steps that came near; those at the best prices, one an order, are chosen in
/// full.
pub fn ascend(
    problem: &WaveProblem,
    mut best: Relaxation,
    steps: usize,
    control: &Control,
    improve: &mut dyn FnMut(Step) -> f64,
) -> Relaxation {
    let mut duals = best.duals.clone();
    let mut direction = vec![0.0; problem.resources.len()];
    let mut squares = vec![0.0; problem.resources.len()];
    let mut length = 0.0;
    let plans = best.columns.iter().enumerate();
    let mut known: FxHashMap<PlanKey, usize> = plans.map(|(at, plan)| (plan.key(), at)).collect();
    for step in 0..steps {
        let (bound, results) = price_wave(problem, &mut duals);
        let excess = excess(problem, &duals, &results);
        let openings = opening_shares(problem, &results);
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
        if control.stopped().is_some() {
            break;
        }
        length = if step == 0 {
            FIRST_STEP * bound.abs() / problem.orders.len() as f64
        } else {
            SHRINK * length
        };
        let prices = &mut duals.prices.resources;
        for (((price, along), square), excess) in
            prices.iter_mut().zip(&mut direction).zip(&mut squares).zip(&excess)
        {
            // Prices that are 0 do not fall.
            if *price > 0.0 || *excess > 0.0 {
                *square = MEMORY * *square + excess * excess;
                *along = MOMENTUM * *along + (1.0 - MOMENTUM) * excess;
                *price = (*price + length * *along / square.sqrt().max(1e-9)).max(0.0);
            }
        }
        for (of_order, shares) in duals.orders.iter_mut().zip(openings) {
            of_order.openings = shares;
        }
    }
    best
}

/// What is wanted of each contended resource beyond its supply.
fn excess(problem: &WaveProblem, duals: &Duals, results: &[OrderResult]) -> Vec<f64> {
    let rows = problem.resources.rows().iter().zip(problem.contended.iter());
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
    let of_order = |(order, result): (&OrderProblem, &OrderResult)| {
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
