//! Large waves: prices over the options that matter, and bounds over all of them.

use crate::options::Planner;
use crate::solve::Control;
use crate::solve::exact::run::{PRICING_TIME, Run};
use crate::solve::exact::{Approach, ExactSettings, Outcome, Start, Value};
use crate::solve::highs::HighsError;
use crate::solve::relax::FIRST_STEPS;
use crate::solve::saddle::MAX_ROUNDS;
use crate::solve::sift;

/// Times that the wave is sifted again after prices were raised, at most.
const SIFTINGS: usize = 3;
/// What the bound may lack because of options that were not kept, as a part of the gap asked for.
pub(super) const MISSED: f64 = 0.1;
/// The part of the time left from which on sifting the wave is a long matter.
const LONG: f64 = 0.2;
/// The part of the time left that raising prices before another sifting is to have at least.
const MIN_PART: f64 = 0.2;

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
    let keep = settings.sifting.keep;
    let began = control.seconds();
    let stop = || control.stopped().is_some();
    let Some((mut problem, mut relaxation)) = sift::first(planner, start, keep, &stop) else {
        return Ok(None);
    };
    let seconds_each = control.seconds() - began;
    let chosen = (settings.approach == Approach::Auto).then(|| Approach::chosen(&problem));
    let mut run = Run::new(&problem, settings, value, control);
    run.prove_relaxed(&relaxation);
    run.first_plan(start, &relaxation.duals);
    // Prices that are known are near enough to go on from there.
    let is_known = !start.prices.is_empty();
    if run.is_open() && is_known {
        relaxation = run.repair(relaxation)?;
    } else if run.is_open() {
        relaxation = run.ascend(relaxation, FIRST_STEPS);
        run.guided_plan(&relaxation.duals);
    }
    // What was sifted at known prices has its bound, and another one once they were raised.
    let is_bound = is_known && !run.is_open();
    let mut best = run.best;
    for sifting in 0..=SIFTINGS {
        let reached = relaxation.bound;
        let incumbent = &mut best.incumbent;
        // Where time is short, prices are raised before the next look at all orders.
        let is_long = seconds_each > LONG * control.seconds_left();
        let is_new = sifting > 0 || !(is_bound || is_long);
        let is_done = is_new && sift::again(&mut problem, &mut relaxation, incumbent, keep, &stop);
        let mut run = Run::from(best, &problem, settings, value, control);
        if is_done {
            run.prove_relaxed(&relaxation);
        }
        let missed = reached - relaxation.bound;
        let is_enough = sifting > 0 && missed <= MISSED * settings.gap * reached.abs();
        let goes_on = !is_enough && sifting < SIFTINGS && run.is_open();
        // What is left has to do for another sifting, and for good plans; with too little for
        // both, good plans come first, once there is a bound at prices that were raised.
        let left = control.seconds_left();
        let part_of_time = if left.is_finite() { PRICING_TIME - seconds_each / left } else { 1.0 };
        let is_urgent = !is_new && !is_known && seconds_each <= left;
        let sifts_again = goes_on && (part_of_time >= MIN_PART || is_urgent);
        if goes_on && (part_of_time >= MIN_PART || !sifts_again) {
            let part_of_time = if sifts_again { part_of_time } else { PRICING_TIME };
            relaxation = run.raise(relaxation, MAX_ROUNDS, part_of_time)?;
        }
        best = run.best;
        if !sifts_again {
            break;
        }
    }
    let mut run = Run::from(best, &problem, settings, value, control);
    run.improve(&relaxation)?;
    Ok(Some(Outcome { chosen, ..run.outcome(&relaxation) }))
}
