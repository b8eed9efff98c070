//! Orders that are taken out of a plan, planned anew one after the other in random sequence: order
//! plans that fit what the others leave, and each other. (Schrimpf, Schneider, Stamm-Wilbrandt and
//! Dueck 2000.)

use crate::solve::greedy::Stockroom;
use crate::solve::master::OrderColumn;
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
