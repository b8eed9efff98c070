//! Rolling simulation: a wave series played through the events, the state and the planner, so that
//! policies of when to plan and when to release can be compared.
//!
//! Everything that happens is an event that the state applies: orders come in, runs [replan] the
//! state, nodes pick or reject, carriers deliver. A policy sees the state and nothing else.
//! All that is drawn comes from the seed, and the same seed is the same luck for every policy.

mod agenda;
mod chance;
mod floor;
mod policy;
mod series;
mod settle;
mod tick;
mod world;

pub use policy::{Every, EveryError, Policy};
pub use series::{Series, SeriesError, SeriesFault};
pub use settle::Played;

use crate::domain::Model;
use crate::orchestrate::replan::ReplanError;
use agenda::Task;
use jiff::{SignedDuration, Timestamp};
use settle::settle;
use std::sync::atomic::{AtomicBool, Ordering};
use tick::Reach;
use world::World;

/// Why a simulation ended without its result.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    #[error("at {at}: {source}")]
    Plan { at: Timestamp, source: ReplanError },
    #[error("interrupted")]
    Interrupted,
}

/// Plays a series under a policy, with the method of the model as the planner of each run.
///
/// Orders are planned until the horizon of the series after the last of them; what is not released
/// by then stays unfilled. The same series, model, policy and seed give the same events, as long as
/// no time limit of the model ends a run.
///
/// # Errors
/// When a run has no plan, or `interrupted` is set.
pub fn simulate(
    series: &Series,
    model: &Model,
    policy: Policy,
    seed: u64,
    interrupted: &AtomicBool,
) -> Result<Played, SimulateError> {
    let mut play = Play::new(series, model, policy, seed, interrupted);
    while let Some((at, task)) = play.world.agenda.next() {
        if interrupted.load(Ordering::Relaxed) {
            return Err(SimulateError::Interrupted);
        }
        play.step(at, task).map_err(|source| SimulateError::Plan { at, source })?;
    }
    Ok(settle(play.world, model, &policy.to_string(), play.runs))
}

/// A policy at play.
struct Play<'a> {
    world: World<'a>,
    model: &'a Model,
    policy: Policy,
    interrupted: &'a AtomicBool,
    /// After this nothing more is planned.
    end: Timestamp,
    /// Whether anything happened since the last run that a plan could answer to.
    has_news: bool,
    /// The date of the last run.
    last_day: jiff::civil::Date,
    runs: u64,
}

impl<'a> Play<'a> {
    fn new(
        series: &'a Series,
        model: &'a Model,
        policy: Policy,
        seed: u64,
        interrupted: &'a AtomicBool,
    ) -> Play<'a> {
        let mut world = World::new(series, seed);
        let start = series.wave.instant();
        let last = series.arrivals().last().map_or(start, |(_, at)| at);
        let days = i64::from(series.wave.horizon_days) + 1;
        // Beyond the calendar there is no end.
        let end = last.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX);
        world.agenda.add(policy.next_run(series.anchor.timestamp(), start), Task::Run);
        let last_day = series.wave.now.date();
        Play { world, model, policy, interrupted, end, has_news: false, last_day, runs: 0 }
    }

    fn next_run(&self, after: Timestamp) -> Timestamp {
        self.policy.next_run(self.world.series.anchor.timestamp(), after)
    }

    /// Does what is due.
    fn step(&mut self, at: Timestamp, task: Task) -> Result<(), ReplanError> {
        let rejections = self.world.rejections;
        let is_new = matches!(task, Task::Arrive(_));
        match task {
            Task::Receive(inbound) => self.world.receive(at, inbound),
            Task::Arrive(order) => self.world.arrive(order),
            Task::Count(node, sku) => self.world.count(at, node, sku),
            Task::Run => return self.come_round(at),
            Task::RunAtOnce => return self.run_at_once(at),
            Task::Pick(load) => {
                self.world.pick(at, load);
                if self.world.rejections == rejections {
                    return Ok(());
                }
            }
            Task::Depart(load) => {
                self.world.depart(at, load);
                return Ok(());
            }
            Task::Deliver(load) => {
                self.world.deliver(at, &load);
                return Ok(());
            }
        }
        self.has_news = true;
        let is_rejected = self.world.rejections > rejections;
        if is_new && self.policy.plans_at_once() || is_rejected && self.policy == Policy::Myopic {
            self.world.agenda.add(at, Task::RunAtOnce);
        }
        Ok(())
    }

    /// A run that comes round; the next one is due then.
    fn come_round(&mut self, at: Timestamp) -> Result<(), ReplanError> {
        let next = self.next_run(at);
        if next <= self.end {
            self.world.agenda.add(next, Task::Run);
        }
        let reach = match self.policy {
            Policy::Nightly => Reach::Reconsider(next),
            Policy::Myopic | Policy::Window(_) => Reach::Release,
        };
        // Once a day time itself is news; and the last night before units leave has to be used.
        let zone = self.world.series.wave.now.time_zone();
        let is_new_day = at.to_zoned(zone.clone()).date() != self.last_day;
        if self.has_news || is_new_day || self.policy == Policy::Nightly {
            self.run(at, reach)?;
        }
        Ok(())
    }

    fn run_at_once(&mut self, at: Timestamp) -> Result<(), ReplanError> {
        if at > self.end {
            return Ok(());
        }
        let reach = match self.policy {
            Policy::Nightly => Reach::Promise(self.next_run(at)),
            Policy::Myopic | Policy::Window(_) => Reach::Release,
        };
        self.run(at, reach)
    }

    fn run(&mut self, at: Timestamp, reach: Reach) -> Result<(), ReplanError> {
        self.runs += u64::from(self.world.run(at, reach, self.model, self.interrupted)?);
        self.has_news = false;
        self.last_day = at.to_zoned(self.world.series.wave.now.time_zone().clone()).date();
        Ok(())
    }
}
