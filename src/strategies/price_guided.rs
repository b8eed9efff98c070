//! `price-guided`: the orders as they arrived, each by the best plan at prices of what is scarce.
//!
//! After Acimovic and Graves, "Making better fulfillment decisions on the fly in an online retail
//! environment", Manufacturing & Service Operations Management 17(1), 2015: the dual values of a
//! linear program stand for what the last units are worth to orders to come. They take a forecast;
//! here the wave itself is known, so the prices are those of its own relaxation.

use crate::domain::Model;
use crate::solve::{
    Approach, Control, ExactSettings, HighsError, Progress, Sifting, Stage, WaveProblem, relax,
};
use crate::strategies::book::Book;
use crate::strategies::cheapest_order;
use std::sync::atomic::{AtomicBool, Ordering};

/// Parts of the prices that are tried. At the whole price an order is often indifferent between what
/// it takes and what it leaves, and the sequence decides; a part of it leans towards its own best.
const PARTS: [f64; 3] = [1.0, 0.75, 0.5];

/// Plans with the prices of the relaxation, and with parts of them; the cheapest plan counts.
///
/// # Errors
/// When HiGHS fails.
pub(super) fn plan<'a>(
    problem: &'a WaveProblem<'a>,
    model: &Model,
    control: &Control,
) -> Result<Book<'a>, HighsError> {
    let stop = || control.stopped().is_some();
    let myopic = cheapest_order::plan(problem, &stop);
    let objective = myopic.total();
    let columns: Vec<_> = myopic.columns.iter().flatten().cloned().collect();
    // Half of the time is kept for the plan that the prices are for.
    let interrupted = AtomicBool::new(false);
    let half = Control::new(control.seconds_left() / 2.0, &interrupted, |_| ());
    let (gap, seed) = (model.solve.gap, model.solve.seed);
    let approach = Approach::Auto.on(problem);
    let settings = ExactSettings { approach, gap, threads: 1, seed, sifting: Sifting::default() };
    let relaxation = relax(problem, &columns, None, settings, &half, &mut |_| {
        control.report(Progress { stage: Stage::Prices, incumbent: None, bound: None });
        if control.is_interrupted() {
            interrupted.store(true, Ordering::Relaxed);
        }
        objective
    })?;
    let mut best: Option<(f64, Book)> = None;
    for part in PARTS {
        let mut duals = relaxation.duals.clone();
        duals.prices.resources.iter_mut().for_each(|price| *price *= part);
        let book = Book::as_arrived(problem, &duals, &stop);
        // A plan that was cut short leaves orders open: the one before it stays.
        let total = book.total();
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, book));
        }
    }
    Ok(best.map_or(myopic, |(_, book)| book))
}
