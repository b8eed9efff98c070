//! `regret`: the order first that has most to lose.
//!
//! What an order loses is how much dearer its best plan becomes when the scarce things that it
//! would take are gone. After the heuristic of Martello and Toth, "An algorithm for the generalized
//! assignment problem", Operational Research '81, 1981, with whole order plans in place of items.

use crate::solve::column::Column;
use crate::solve::{Stockroom, WaveProblem};
use crate::strategies::book::{Book, cost_of, next_to_free};
use rayon::prelude::*;

/// Orders priced with one stockroom.
const BATCH: usize = 512;

pub(super) fn plan<'a>(problem: &'a WaveProblem<'a>, stop: &(dyn Fn() -> bool + Sync)) -> Book<'a> {
    let prices = next_to_free(problem);
    let untouched = Stockroom::new(problem, &prices);
    let sequence = problem.arrivals();
    let mut regrets: Vec<(f64, usize)> = sequence
        .par_chunks(BATCH)
        .flat_map_iter(|orders| {
            let mut room = untouched.clone();
            let regrets: Vec<(f64, usize)> = orders
                .iter()
                .take_while(|_| !stop())
                .map(|&order| (regret(problem, &mut room, order), order))
                .collect();
            regrets
        })
        .collect();
    // Of equals, the one that came first.
    regrets.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut book = Book::new(problem, &prices);
    for (_, order) in regrets.into_iter().take_while(|_| !stop()) {
        book.plan(order);
    }
    book
}

/// How much dearer an order becomes without the contended things that its best plan uses. The room
/// is left as it was.
fn regret(problem: &WaveProblem, room: &mut Stockroom, order: usize) -> f64 {
    let first: Vec<Column> = room.best(order).into_iter().collect();
    let rows = problem.resources.rows();
    let mut scarce: Vec<_> = first
        .iter()
        .flat_map(|column| column.uses.iter())
        .filter(|(id, _)| problem.contended[*id as usize])
        .map(|(id, _)| (*id, rows[*id as usize].limit()))
        .collect();
    scarce.sort_unstable();
    scarce.dedup();
    if scarce.is_empty() {
        return 0.0;
    }
    let gone = Column {
        order: order as u32,
        entries: Box::default(),
        cost: Default::default(),
        line_share: 0.0,
        shipments: 0,
        uses: scarce.into(),
        opens: Box::default(),
    };
    room.take(&gone);
    let second: Vec<Column> = room.best(order).into_iter().collect();
    room.give_back(&gone);
    cost_of(problem, order, &second) - cost_of(problem, order, &first)
}
