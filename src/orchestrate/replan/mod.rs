//! Replanning: what is open or may still change of a state is planned anew, from the plan that is
//! there, and said as what changes and as the events that make it so.
//!
//! Nothing here touches a store: [`replan`] is a function of its arguments, but for the limits of a
//! [`Control`].

mod delta;
mod parts;
mod previous;
mod proposals;
mod release;
mod stable;
mod staged;

pub use delta::{DELTA_COLUMNS, Delta, DeltaRow, Difference, Leg, delta_table};
pub use previous::Previous;
pub use release::Release;
pub use staged::{EVENTS_FILE, Outdated, PREVIOUS_FILE, Refusal, Staged, still_holding};

use crate::domain::{Model, Wave};
use crate::options::Planner;
use crate::orchestrate::event::{Event, Moment};
use crate::orchestrate::state::State;
use crate::orchestrate::wave::{PlannedUnits, StateWave, state_wave};
use crate::plan::{Plan, StoppedBy};
use crate::planning::{PlanError, RunInputs};
use crate::solve::Control;
use parts::Parts;

/// What a replan may change, and what of it nodes are told at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ReplanSettings {
    pub planned: PlannedUnits,
    /// The most lines that may depart from what was planned or released for them.
    pub max_changed: Option<usize>,
    pub release: Release,
}

/// Everything that a replan reads.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The wave that the state starts from.
    pub network: &'a Wave,
    pub state: &'a State,
    pub model: &'a Model,
    /// The instant of planning.
    pub now: Moment,
    /// An earlier plan of the same network: what it decided for lines that have no plan, and what it
    /// found stock and capacity to be worth.
    pub previous: Option<&'a Previous>,
    pub settings: ReplanSettings,
}

/// A plan of a state that nobody has been told of yet.
#[derive(Clone, Debug)]
pub struct Replan {
    pub now: Moment,
    /// Events that were in the state: the plan follows the last of them.
    pub base: u64,
    pub state_wave: StateWave,
    pub plan: Plan,
    pub delta: Delta,
    /// The events that put the plan into effect, line after line.
    pub events: Vec<Event>,
    /// What the plan would do about open exceptions, as events.
    pub proposals: Vec<Event>,
}

impl Replan {
    pub fn wave(&self) -> &Wave {
        &self.state_wave.wave
    }

    /// What a later replan can start from.
    pub fn previous(&self) -> Previous {
        Previous::new(self.wave(), &self.plan)
    }
}

/// Why there is no replan.
#[derive(Debug, thiserror::Error)]
pub enum ReplanError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// More lines have to change than may, whatever it costs not to.
    #[error("{least} lines change at least, {most} may")]
    TooManyChanges { least: usize, most: usize },
    /// No plan changes as few lines as may change, and planning was stopped: there may be one.
    #[error(
        "{} before there was a plan that changes few enough lines: {least} change, {most} may",
        ended(*.by)
    )]
    Stopped { by: StoppedBy, least: usize, most: usize },
}

/// How planning ended, as the start of a sentence.
fn ended(by: StoppedBy) -> &'static str {
    match by {
        StoppedBy::TimeLimit => "the time was up",
        StoppedBy::MemoryLimit => "the memory was used up",
        StoppedBy::Interrupt => "planning was interrupted",
        StoppedBy::Gap | StoppedBy::Finished => "planning ended",
    }
}

/// Plans what is open or may still change of a state.
///
/// # Errors
/// As [`replan_wave`].
pub fn replan(
    request: &Request<'_>,
    inputs: RunInputs,
    control: &Control,
) -> Result<Replan, ReplanError> {
    let Request { network, state, now, settings, .. } = *request;
    let state_wave = state_wave(network, state, now, settings.planned);
    replan_wave(request, state_wave, inputs, control)
}

/// As [`replan`], of a wave of the state that is made already.
///
/// # Errors
/// When the solver fails, more lines have to change than may, or planning was stopped before it had
/// a plan that changes few enough.
pub fn replan_wave(
    request: &Request<'_>,
    state_wave: StateWave,
    inputs: RunInputs,
    control: &Control,
) -> Result<Replan, ReplanError> {
    let Request { state, model, now, settings, .. } = *request;
    let start = previous::start(state, &state_wave, request.previous);
    let inputs = RunInputs { start, ..inputs };
    let plan = stable::plan(&state_wave.wave, model, settings.max_changed, inputs, control)?;
    let parts = Parts::new(state, &state_wave, &plan);
    let planner = Planner::new(&state_wave.wave, model);
    let delta = Delta::new(state, &planner, &state_wave, &plan, &parts);
    let release = settings.release;
    let events = release::events(state, &planner, &state_wave, &plan, &parts, now, release);
    drop(planner);
    let proposals = proposals::events(state, &state_wave, &plan, &delta, now);
    let base = state.events.len() as u64;
    Ok(Replan { now, base, state_wave, plan, delta, events, proposals })
}

/// The id of an event that the planner makes: the log that it follows is in it, so that another
/// plan's has another one.
fn event_id(state: &State, what: &str, number: usize) -> String {
    format!("{what}-{}-{}", state.events.len(), number + 1)
}

#[cfg(test)]
mod tests;
