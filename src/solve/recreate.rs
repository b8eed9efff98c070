//! Order plans for orders that are taken out of a plan, which fit what the others leave: planned
//! anew one after the other in random sequence, so that they fit each other too (Schrimpf, Schneider,
//! Stamm-Wilbrandt and Dueck 2000), or cheaper than those known at the prices of the program over
//! these (columns for a part of a branch-and-price, Danna and Le Pape 2005).

use crate::solve::greedy::Stockroom;
use crate::solve::highs::HighsError;
use crate::solve::master::OrderColumn;
use crate::solve::primal::Program;
use crate::solve::wave_options::WaveProblem;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::Rng;

/// The order plans of so many rounds, or of fewer when it is told to stop, from what a room has left
/// without these orders; it is left with as much. Some may be the same.
pub fn recreate(
    problem: &WaveProblem,
    room: &mut Stockroom,
    orders: &[usize],
    rounds: usize,
    random: &mut Pcg64Mcg,
    stop: &dyn Fn() -> bool,
) -> Vec<OrderColumn> {
    let mut found = Vec::with_capacity(rounds * orders.len());
    let mut sequence = orders.to_vec();
    for _ in 0..rounds {
        if stop() {
            break;
        }
        sequence.sort_by_cached_key(|_| random.next_u64());
        let first = found.len();
        for &order in &sequence {
            let shipped = room.plan(order);
            found.push(OrderColumn::new(problem, order, shipped));
        }
        for plan in &found[first..] {
            plan.shipped.iter().for_each(|shipped| room.give_back(shipped));
        }
    }
    found
}

/// What a plan must save to be added, in weighted minor units.
const SAVED: f64 = 0.5;

/// Adds to a program over plans of these orders those that fit what a room has left without these
/// orders and cost less at the prices of its relaxation, for so many rounds, until there are none or
/// it is told to stop.
///
/// # Errors
/// When HiGHS fails.
pub fn add_cheaper(
    problem: &WaveProblem,
    program: &mut Program,
    room: &Stockroom,
    orders: &[usize],
    rounds: usize,
    stop: &dyn Fn() -> bool,
) -> Result<(), HighsError> {
    for _ in 0..rounds {
        if stop() {
            break;
        }
        let worth = program.relax()?;
        let mut is_new = false;
        for &order in orders {
            let plan = OrderColumn::new(problem, order, room.best_at(order, &worth.prices));
            let paid =
                plan.uses.iter().map(|(id, used)| worth.prices.resources[*id as usize] * used);
            if plan.cost + paid.sum::<f64>() < worth.orders[&plan.order] - SAVED {
                is_new |= program.add(plan)?;
            }
        }
        if !is_new {
            break;
        }
    }
    Ok(())
}
