//! A planning run of a simulation: a replan of the state, and its events told to the state.

use super::world::World;
use crate::domain::{Method, Model};
use crate::orchestrate::event::{Change, LineReleased, Moment};
use crate::orchestrate::replan::{
    Previous, Release, Replan, ReplanError, ReplanSettings, Request, replan,
};
use crate::orchestrate::state::Stage;
use crate::orchestrate::wave::PlannedUnits;
use crate::planning::RunInputs;
use crate::solve::Control;
use jiff::{Timestamp, Zoned};
use std::sync::atomic::AtomicBool;

/// What a run does with what it plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Open units are planned and released.
    Release,
    /// Open units are planned for the run at an instant; what is planned stays.
    Promise(Timestamp),
    /// Open and planned units are planned again; what could not leave as planned if it waited for the
    /// run at an instant is released.
    Reconsider(Timestamp),
}

impl Reach {
    fn settings(self) -> ReplanSettings {
        let (planned, release) = match self {
            Reach::Release => (PlannedUnits::Stay, Release::All),
            Reach::Promise(_) => (PlannedUnits::Stay, Release::Nothing),
            Reach::Reconsider(next) => (PlannedUnits::MayChange, Release::BeforeRun(next)),
        };
        ReplanSettings { planned, max_changed: None, release }
    }
}

impl World<'_> {
    /// Plans what is open and does with it what `reach` says; returns whether there was anything.
    ///
    /// # Errors
    /// When there is no plan.
    pub(super) fn run(
        &mut self,
        at: Timestamp,
        reach: Reach,
        model: &Model,
        interrupted: &AtomicBool,
    ) -> Result<bool, ReplanError> {
        if !self.has_work(reach) {
            return Ok(false);
        }
        let now = match reach {
            Reach::Promise(night) => night,
            Reach::Release | Reach::Reconsider(_) => at,
        };
        let request = Request {
            network: &self.series.wave,
            state: &self.state,
            model,
            now: Moment::from(&self.in_zone(now)),
            previous: self.previous.as_ref(),
            settings: reach.settings(),
        };
        let control = Control::new(model.solve.time_limit_s, interrupted, |_| ());
        let made = replan(&request, RunInputs::default(), &control)?;
        self.changes += made.delta.changed() as u64;
        self.previous = previous(model, &made);
        let at = self.in_zone(at);
        for event in made.proposals.into_iter().chain(made.events) {
            self.happen(&at, event.change.clone());
            if let Change::LineReleased(LineReleased { order_id, line, .. }) = &event.change {
                self.accept(at.timestamp(), order_id, line);
            }
        }
        Ok(true)
    }

    /// Whether there are units to plan.
    fn has_work(&self, reach: Reach) -> bool {
        let waits = |stage: Stage| match stage {
            Stage::Open | Stage::Exception => true,
            Stage::Planned => matches!(reach, Reach::Reconsider(_)),
            _ => false,
        };
        let orders = self.state.orders.iter().filter(|order| !order.is_held());
        let mut portions = orders.flat_map(|order| &order.lines).flat_map(|line| &line.portions);
        portions.any(|part| waits(part.stage))
    }

    fn in_zone(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.series.wave.now.time_zone().clone())
    }
}

/// What the next run starts from: a heuristic starts from nothing.
fn previous(model: &Model, made: &Replan) -> Option<Previous> {
    let is_heuristic = matches!(model.solve.method, Method::Heuristic(_));
    (!is_heuristic).then(|| made.previous())
}

#[cfg(test)]
mod tests;
