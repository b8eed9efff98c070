//! `reevaluate`: the myopic plan, then orders planned again as long as that helps.
//!
//! After Xu, Allgor and Graves, "Benefits of reevaluating real-time order fulfillment decisions",
//! Manufacturing & Service Operations Management 11(2), 2009. An order is planned again from what
//! is left; one that could be cheaper with something that another holds takes its turn first, and
//! the other is planned after it. Each step is kept only if the plan as a whole costs less.

use crate::solve::column::Column;
use crate::solve::{ResourceId, Stockroom, WaveProblem};
use crate::strategies::book::{Book, cost_of, next_to_free};
use crate::strategies::cheapest_order;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Passes over all orders.
const MAX_PASSES: usize = 10;
/// Orders that are asked to give way to one, in a pass.
const MAX_HOLDERS: usize = 4;
/// What a step must save, in weighted minor units.
const LEAST: f64 = 1e-6;

pub(super) fn plan<'a>(problem: &'a WaveProblem<'a>, stop: &(dyn Fn() -> bool + Sync)) -> Book<'a> {
    let mut book = cheapest_order::plan(problem, stop);
    if stop() {
        return book;
    }
    let ideals = ideals(problem, stop);
    if stop() {
        return book;
    }
    let mut history = History::new(problem.orders.len());
    for _ in 0..MAX_PASSES {
        let mut saved = 0.0;
        let mut holders = Holders::new(&book);
        // Those that lose most by what others hold come first: a time limit cuts the least.
        let losses = ideals.iter().enumerate().map(|(at, ideal)| (book.cost_of(at) - ideal.0, at));
        let mut losses: Vec<(f64, usize)> = losses.filter(|(loss, _)| *loss > LEAST).collect();
        losses.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (_, order) in losses {
            if stop() {
                return book;
            }
            let (ideal, uses) = &ideals[order];
            saved += step(&mut book, &[order], &mut holders, &mut history);
            saved += exchange(&mut book, order, *ideal, uses, &mut holders, &mut history);
        }
        if saved <= LEAST {
            break;
        }
    }
    book
}

/// How often each order has changed, and which pairs were tried in vain as they were.
struct History {
    changes: Vec<u32>,
    in_vain: FxHashMap<(usize, usize), (u32, u32)>,
}

impl History {
    fn new(orders: usize) -> History {
        History { changes: vec![0; orders], in_vain: FxHashMap::default() }
    }

    /// Whether a pair is worth another try; it counts as tried from now on.
    fn is_new(&mut self, order: usize, other: usize) -> bool {
        let now = (self.changes[order], self.changes[other]);
        self.in_vain.insert((order, other), now) != Some(now)
    }
}

/// What each order would cost if it were alone, and the contended things that it would use.
fn ideals(problem: &WaveProblem, stop: &(dyn Fn() -> bool + Sync)) -> Vec<(f64, Vec<ResourceId>)> {
    let untouched = Stockroom::new(problem, &next_to_free(problem));
    let alone = |order: usize| {
        let columns: Vec<Column> = untouched.best(order).into_iter().collect();
        let uses = columns.iter().flat_map(|column| column.uses.iter().map(|(id, _)| *id));
        let mut uses: Vec<ResourceId> = uses.filter(|id| problem.contended[*id as usize]).collect();
        uses.sort_unstable();
        uses.dedup();
        (cost_of(problem, order, &columns), uses)
    };
    let orders = (0..problem.orders.len()).into_par_iter();
    let ideals: Vec<Option<_>> = orders.map(|order| (!stop()).then(|| alone(order))).collect();
    ideals.into_iter().map_while(|ideal| ideal).collect()
}

/// The orders that use each contended thing.
struct Holders(FxHashMap<ResourceId, Vec<usize>>);

impl Holders {
    fn new(book: &Book) -> Holders {
        let mut holders = Holders(FxHashMap::default());
        for order in 0..book.columns.len() {
            holders.add(book, order);
        }
        holders
    }

    fn add(&mut self, book: &Book, order: usize) {
        for column in &book.columns[order] {
            for (id, _) in &column.uses {
                if book.problem.contended[*id as usize] {
                    let of_resource = self.0.entry(*id).or_default();
                    if !of_resource.contains(&order) {
                        of_resource.push(order);
                    }
                }
            }
        }
    }
}

/// Lets an order take what it would use if it were alone from one that holds some of it.
fn exchange(
    book: &mut Book,
    order: usize,
    ideal: f64,
    uses: &[ResourceId],
    holders: &mut Holders,
    history: &mut History,
) -> f64 {
    let mut saved = 0.0;
    let mut asked = 0;
    for id in uses {
        let of_resource = holders.0.get(id).map_or(&[][..], Vec::as_slice);
        let others: Vec<usize> = of_resource
            .iter()
            .copied()
            .filter(|other| *other != order)
            .filter(|other| holds(&book.columns[*other], *id))
            .collect();
        for other in others {
            if asked == MAX_HOLDERS || book.cost_of(order) - ideal <= LEAST {
                return saved;
            }
            if history.is_new(order, other) {
                asked += 1;
                saved += step(book, &[order, other], holders, history);
            }
        }
    }
    saved
}

fn holds(columns: &[Column], id: ResourceId) -> bool {
    columns.iter().any(|column| column.uses.iter().any(|(used, _)| *used == id))
}

/// Plans orders again, the first one first; keeps that if it saves something, and returns how
/// much.
fn step(book: &mut Book, orders: &[usize], holders: &mut Holders, history: &mut History) -> f64 {
    let own = |book: &Book| orders.iter().map(|order| book.cost_of(*order)).sum::<f64>();
    let before: Vec<Vec<Column>> =
        orders.iter().map(|order| book.columns[*order].clone()).collect();
    let (own_before, first_before) = (own(book), book.cost_of(orders[0]));
    for order in orders {
        book.withdraw(*order);
    }
    for (at, order) in orders.iter().enumerate() {
        book.plan(*order);
        // Where the first gains nothing, the others are not asked.
        if at == 0 && book.cost_of(*order) >= first_before - LEAST {
            book.withdraw(*order);
            for (order, columns) in orders.iter().zip(before) {
                book.restore(*order, columns);
            }
            return 0.0;
        }
    }
    let after: Vec<Vec<Column>> = orders.iter().map(|order| book.columns[*order].clone()).collect();
    let own_after = own(book);
    let touched = || before.iter().chain(&after).flatten();
    let shared_after = book.shared_cost(touched());
    for order in orders {
        book.withdraw(*order);
    }
    for (order, columns) in orders.iter().zip(&before) {
        book.restore(*order, columns.clone());
    }
    let saved = own_before + book.shared_cost(touched()) - own_after - shared_after;
    if saved <= LEAST {
        return 0.0;
    }
    for order in orders {
        book.withdraw(*order);
    }
    for (order, columns) in orders.iter().zip(after) {
        book.restore(*order, columns);
        holders.add(book, *order);
        history.changes[*order] += 1;
    }
    saved
}
