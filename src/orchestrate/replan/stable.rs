//! Planning with a limit on how many lines change.
//!
//! The limit is met by the price of a change: where a plan changes too much, it is made again at a
//! higher `change_cost`, first four times as high each time until few enough lines change, then
//! between the last two prices. This is Lagrangian relaxation of the limit (Fisher, "The Lagrangian
//! relaxation method for solving integer programming problems", 1981): the plan is the best of all
//! with as few changes, but a limit between the numbers that prices lead to is not used up.

use super::ReplanError;
use crate::domain::{CostKey, Model, Wave};
use crate::ingest::model_to_json;
use crate::plan::{Plan, StoppedBy, changed_lines};
use crate::planning::{RunInputs, plan_wave, start_from};
use crate::solve::{Control, Start};
use crate::units::{Decimal, Money};

/// Rises of the price, each fourfold.
const RISES: u32 = 9;

/// The part of the time that is left for each plan.
const SHARE: f64 = 0.4;

/// Prices tried between the last two.
const BETWEEN: u32 = 3;

/// Plans a wave so that at most so many lines change; without a limit, once.
///
/// The certificate has the model by which the plan was made, with its price of a change.
pub(super) fn plan(
    wave: &Wave,
    model: &Model,
    most: Option<usize>,
    inputs: RunInputs,
    control: &Control,
) -> Result<Plan, ReplanError> {
    let Some(most) = most else { return Ok(plan_wave(wave, model, inputs, control)?) };
    let free = plan_wave(wave, model, inputs.clone(), &control.part(SHARE))?;
    let changed = changed_lines(wave, &free).len();
    if changed <= most {
        return Ok(free);
    }
    let mut best = None;
    let mut least = changed;
    let mut stopped = None;
    let mut low = model.costs.change_cost.max(Money(10_i64.pow(wave.minor_digits)));
    let mut high = low;
    // Where the time is up the plan is that of the start, which is the one with the fewest changes.
    let decisions = inputs.start.decisions.clone();
    let mut start = Start { decisions: decisions.clone(), ..start_from(wave, &free) };
    let mut attempt = |price: Money| -> Result<(Plan, usize), ReplanError> {
        let mut dearer = model.clone();
        dearer.costs.change_cost = price;
        let weight = &mut dearer.weights[CostKey::Change as usize];
        *weight = (*weight).max(Decimal::ONE);
        let json = model_to_json(&dearer, wave.minor_digits);
        let inputs = RunInputs { start: start.clone(), model: json, ..inputs.clone() };
        let plan = plan_wave(wave, &dearer, inputs, &control.part(SHARE))?;
        start = Start { decisions: decisions.clone(), ..start_from(wave, &plan) };
        let changed = changed_lines(wave, &plan).len();
        Ok((plan, changed))
    };
    for _ in 0..RISES {
        (low, high) = (high, high * 4);
        let (plan, changed) = attempt(high)?;
        least = least.min(changed);
        // A plan that was not finished does not say how few lines can change.
        stopped = stopped_by(&plan).or_else(|| control.stopped());
        if changed <= most {
            best = Some(plan);
            break;
        }
        if control.stopped().is_some() {
            break;
        }
    }
    let Some(mut best) = best else {
        return Err(match stopped {
            Some(by) => ReplanError::Stopped { by, least, most },
            None => ReplanError::TooManyChanges { least, most },
        });
    };
    for _ in 0..BETWEEN {
        let middle = Money((low.0 as f64 * high.0 as f64).sqrt().round() as i64);
        if control.stopped().is_some() || middle <= low || middle >= high {
            break;
        }
        let (plan, changed) = attempt(middle)?;
        if changed <= most {
            (best, high) = (plan, middle);
        } else {
            low = middle;
        }
    }
    Ok(best)
}

/// What ended a plan before its method was done, if anything did.
fn stopped_by(plan: &Plan) -> Option<StoppedBy> {
    let by = plan.certificate.stopped_by;
    match by {
        StoppedBy::TimeLimit | StoppedBy::MemoryLimit | StoppedBy::Interrupt => Some(by),
        StoppedBy::Gap | StoppedBy::Finished => None,
    }
}
