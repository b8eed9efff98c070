//! Large waves: prices over the options that matter, and bounds over all of them.

use crate::options::Planner;
use crate::solve::exact::best::Best;
use crate::solve::exact::run::{PRICING_TIME, Run};
use crate::solve::exact::{Approach, ExactSettings, Outcome, Start, Value};
use crate::solve::highs::HighsError;
use crate::solve::relax::{FIRST_STEPS, Relaxation};
use crate::solve::saddle::MAX_ROUNDS;
use crate::solve::sift::{self, First};
use crate::solve::wave_options::WaveProblem;
use crate::solve::{Control, KnownPrices};

/// Times that prices are raised and the wave is sifted again, at most.
const SIFTINGS: usize = 3;
/// The part of the time left that raising prices takes for the last time.
const LAST_PRICING_TIME: f64 = 0.3;
/// Rounds in which prices are raised before a wave is sifted again.
const FIRST_ROUNDS: usize = 5;
/// What the bound may lack because of options that were not kept, as a part of the gap asked for;
/// where time is limited, of this part of the gap that is open, if that is more.
pub(super) const MISSED: f64 = 0.1;
const OF_OPEN_GAP: f64 = 0.25;
/// The part of the time left that raising prices before another sifting is to have at least.
const MIN_PART: f64 = 0.2;
/// The part of the time left up to which sifting is worth its time before prices were raised.
const SHORT: f64 = 0.2;

/// Plans a wave of which only the options that matter are kept in memory; nothing where it is told
/// to stop before all orders were looked at.
///
/// # Errors
/// When HiGHS fails.
pub(super) fn solve_sifted(
    planner: &Planner,
    settings: ExactSettings,
    start: &Start,
    value: &Value,
    control: &Control,
) -> Result<Option<Outcome>, HighsError> {
    let keep = settings.sifting.kept(planner.wave.orders.len());
    let stop = || control.stopped().is_some();
    let Some(First { mut problem, mut relaxation, is_whole, seconds: seconds_each }) =
        sift::first(planner, start, settings.sifting, control)
    else {
        return Ok(None);
    };
    // A part of the time left, less what another look at all orders takes.
    let part_beside = |part: f64| {
        let left = control.seconds_left();
        if left.is_finite() { (part - seconds_each / left).max(0.0) } else { part }
    };
    let sift_again = |problem: &mut WaveProblem, relaxation: &mut Relaxation, mut best: Best| {
        let is_done = sift::again(problem, relaxation, &mut best.incumbent, &[], keep, &stop);
        let mut run = Run::from(best, problem, settings, value, control);
        if is_done {
            run.prove_relaxed(relaxation);
        }
        (run.best, is_done)
    };
    // The prices behind the best bound, which is one for all that orders could do.
    let proven = is_whole.then(|| KnownPrices::proven(&problem, &relaxation));
    let mut proven = proven.map(|prices| (relaxation.bound, prices));
    let mut keep_proven =
        |(best, is_done): (Best, bool), problem: &WaveProblem, relaxation: &Relaxation| {
            let is_better = proven.as_ref().is_none_or(|(bound, _)| relaxation.bound >= *bound);
            if is_done && is_better {
                proven = Some((relaxation.bound, KnownPrices::proven(problem, relaxation)));
            }
            best
        };
    let chosen = (settings.approach == Approach::Auto).then(|| Approach::chosen(&problem));
    let mut run = Run::new(&problem, settings, value, control);
    if is_whole {
        run.prove_relaxed(&relaxation);
    }
    run.first_plan(start, &relaxation.duals);
    // Prices that are known are near enough to go on from there, and have their bound.
    let mut has_bound = !start.prices.is_empty();
    if run.is_open() && has_bound {
        relaxation = run.repair(relaxation)?;
    } else if run.is_open() {
        let without = run.best.objective;
        relaxation = run.ascend(relaxation, FIRST_STEPS, part_beside(1.0 - MIN_PART));
        relaxation = run.raise(relaxation, FIRST_ROUNDS, part_beside(1.0 - MIN_PART))?;
        if run.best.objective == without {
            run.guided_plan(&relaxation.duals);
        }
    }
    // Prices that a repair has raised have none yet.
    let is_due = !has_bound || run.is_open();
    let mut best = run.best;
    // Without any bound, it comes before everything else.
    let part = if is_whole { SHORT } else { 1.0 };
    if is_due && seconds_each <= part * control.seconds_left() {
        best = keep_proven(sift_again(&mut problem, &mut relaxation, best), &problem, &relaxation);
        has_bound = true;
    }
    for _ in 0..SIFTINGS {
        let mut run = Run::from(best, &problem, settings, value, control);
        if !run.is_open() {
            best = run.best;
            break;
        }
        // What is left has to do for another sifting, and for good plans; with too little for
        // both, good plans come first, once there is a bound.
        let left = control.seconds_left();
        let part = part_beside(PRICING_TIME);
        let has_time = part >= MIN_PART;
        let is_last = !has_time && (has_bound || seconds_each > left);
        if has_time || is_last {
            let part = if is_last { LAST_PRICING_TIME } else { part };
            relaxation = run.raise(relaxation, MAX_ROUNDS, part)?;
        }
        let is_open = run.is_open();
        best = run.best;
        if is_last || !is_open {
            break;
        }
        let reached = relaxation.bound;
        best = keep_proven(sift_again(&mut problem, &mut relaxation, best), &problem, &relaxation);
        has_bound = true;
        let of_open_gap = if left.is_finite() { OF_OPEN_GAP * best.gap() } else { 0.0 };
        let gap = settings.gap.max(of_open_gap);
        if reached - relaxation.bound <= MISSED * gap * reached.abs() {
            break;
        }
    }
    let mut run = Run::from(best, &problem, settings, value, control);
    // These prices, and the shipments that are kept now, may give a better plan than those before.
    if run.is_open() {
        run.round(&relaxation);
    }
    run.improve(&mut relaxation)?;
    let outcome = run.outcome(&relaxation);
    let Some((_, mut prices)) = proven else { return Ok(Some(Outcome { chosen, ..outcome })) };
    prices.enter_fingerprints(planner, &problem.resources);
    Ok(Some(Outcome { chosen, prices, ..outcome }))
}
