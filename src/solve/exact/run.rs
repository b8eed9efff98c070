//! Running the exact method: first plan, prices, columns that matter, branch and bound.

use crate::options::{Decision, Planner};
use crate::solve::ascent::ascend;
use crate::solve::column::Column;
use crate::solve::exact::best::Best;
use crate::solve::exact::changed::{Changed, solve_changed};
use crate::solve::exact::decided::{decided, open, step};
use crate::solve::exact::listener::Listener;
use crate::solve::exact::pieces::order_plans;
use crate::solve::exact::sifted::{MISSED, solve_sifted};
use crate::solve::exact::{
    Approach, ExactSettings, Formulation, Outcome, Pieces, Start, Value, enumerate,
};
use crate::solve::greedy::greedy;
use crate::solve::highs::{HighsError, MipSettings, run_mip};
use crate::solve::master::OrderColumn;
use crate::solve::neighbourhoods;
use crate::solve::primal;
use crate::solve::relax::{Duals, Relaxation, relax};
use crate::solve::resume::resume;
use crate::solve::saddle;
use crate::solve::wave_options::WaveProblem;
use crate::solve::{Control, KnownPrices, Progress, Proof, Scope, Stage, StoppedBy};
use good_lp::solvers::highs::highs;
use std::collections::BTreeMap;

/// Orders up to which a wave is planned to a gap of 0, whatever gap is asked for.
const SMALL_WAVE: usize = 25;
/// The part of the time that prices may take; the rest is for good plans.
pub(super) const PRICING_TIME: f64 = 0.6;
/// The part of the time left that may go into order plans at other prices, before a search.
const VARYING_TIME: f64 = 0.15;
/// Rounds of prices that give a repair its choices.
const REPAIR_ROUNDS: usize = 8;
/// What another search has to gain for one more, relatively.
const WORTH: f64 = 1e-4;
/// Passes of re-evaluation.
const PASSES: usize = 3;
/// How often the distance is halved in search of a program that can be written down.
const MAX_HALVINGS: usize = 24;
/// Shipments and parts of a program that HiGHS can still make something of.
pub(super) const MAX_PIECES: usize = 100_000;

/// Plans a wave to a proven gap, from another plan where there is one; `value` says what decisions
/// cost. Returns nothing when told to stop before there is anything to return.
///
/// # Errors
/// When HiGHS fails.
pub fn solve_exact(
    planner: &Planner,
    settings: ExactSettings,
    start: &Start,
    value: &Value,
    control: &Control,
) -> Result<Option<Outcome>, HighsError> {
    if settings.sifts(planner) {
        return match solve_changed(planner, settings, start, value, control)? {
            Changed::Done(outcome) => Ok(Some(*outcome)),
            Changed::Open(better) => {
                let start = better.as_ref().unwrap_or(start);
                solve_sifted(planner, settings, start, value, control)
            }
        };
    }
    let problem = WaveProblem::new(planner);
    // A small wave is proven to the end: that takes no longer than to ask whether it is enough.
    let is_small = problem.orders.len() <= SMALL_WAVE;
    let chosen = (settings.approach == Approach::Auto).then(|| Approach::chosen(&problem));
    let approach = chosen.as_ref().map_or(settings.approach, |(approach, _)| *approach);
    let gap = if is_small { 0.0 } else { settings.gap };
    let aim = ExactSettings { gap, approach, ..settings };
    let mut run = Run::new(&problem, aim, value, control);
    let known = (!start.prices.is_empty()).then(|| Relaxation::known(&problem, &start.prices));
    match &known {
        Some(known) => run.first_plan(start, &known.duals),
        None => run.first_plan(start, &Duals::free(&problem)),
    }
    let mut relaxation = run.relax(known)?;
    run.improve(&mut relaxation)?;
    if run.is_open() {
        run.prove_exactly(&relaxation)?;
    }
    run.settings = settings;
    Ok(Some(Outcome { chosen, ..run.outcome(&relaxation) }))
}

/// Everything that can be part of a plan better than the best one found, with what is part of that
/// one; nothing where it is too much to write down.
pub(super) fn pieces_that_matter(
    problem: &WaveProblem,
    settings: ExactSettings,
    value: &Value,
    control: &Control,
) -> Result<Option<Pieces>, HighsError> {
    let mut run = Run::new(problem, settings, value, control);
    run.first_plan(&Start::default(), &Duals::free(problem));
    let relaxation = run.relax(None)?;
    run.round(&relaxation);
    if run.is_open() {
        run.restricted(&relaxation)?;
    }
    let lower = relaxation.bound + run.best.constant.to_minor();
    let found = run.pieces_within(&relaxation, run.best.objective.to_minor() - lower);
    run.report(Stage::Columns);
    Ok(found.map(|pieces| run.with_incumbent(pieces)))
}

pub(super) struct Run<'a> {
    pub(super) problem: &'a WaveProblem<'a>,
    settings: ExactSettings,
    value: &'a Value<'a>,
    control: &'a Control<'a>,
    pub best: Best,
    limits: BTreeMap<String, u64>,
}

impl<'a> Run<'a> {
    pub fn new(
        problem: &'a WaveProblem<'a>,
        settings: ExactSettings,
        value: &'a Value<'a>,
        control: &'a Control<'a>,
    ) -> Run<'a> {
        let decided = value(decided(problem));
        let best = Best {
            constant: decided - open(problem),
            incumbent: Vec::new(),
            objective: decided,
            bound: f64::NEG_INFINITY,
            proof: Proof::Decompose,
        };
        Run::from(best, problem, settings, value, control)
    }

    /// From the best that is known of the same wave.
    pub fn from(
        best: Best,
        problem: &'a WaveProblem<'a>,
        settings: ExactSettings,
        value: &'a Value<'a>,
        control: &'a Control<'a>,
    ) -> Run<'a> {
        Run { problem, settings, value, control, best, limits: problem.limits() }
    }

    fn decisions(&self, columns: &[Column]) -> Vec<Decision> {
        let mut decisions = decided(self.problem);
        for column in columns {
            let options = &self.problem.orders[column.order as usize].options;
            decisions.extend(column.decisions(options));
        }
        decisions
    }

    /// Takes columns as the incumbent where the ledger says that they are better.
    fn offer(&mut self, columns: Vec<Column>) {
        let objective = (self.value)(self.decisions(&columns));
        if objective < self.best.objective {
            self.best.objective = objective;
            self.best.incumbent = columns;
        }
    }

    /// What each order ships in the incumbent.
    fn plan(&self) -> Vec<Option<Column>> {
        primal::by_order(self.problem, self.best.incumbent.iter().cloned())
    }

    pub(super) fn report(&self, stage: Stage) {
        self.control.report(Progress {
            stage,
            incumbent: Some(self.best.objective.to_minor()),
            bound: self.best.bound.is_finite().then_some(self.best.bound),
        });
    }

    pub(super) fn stop(&self) -> bool {
        self.control.stopped().is_some()
    }

    /// Raises the bound to what is proven, and to the next objective that exists.
    pub(super) fn prove_bound(&mut self, bound: f64, proof: Proof) {
        let step = step(self.problem);
        let lifted = if step > 0.0 {
            let margin = 1e-9 * bound.abs() + 1e-6;
            (((bound - margin) / step).ceil() * step).max(bound)
        } else {
            bound
        };
        let bound = lifted.min(self.best.objective.to_minor());
        if bound > self.best.bound {
            self.best.bound = bound;
            self.best.proof = proof;
        }
    }

    /// Whether there is a gap left and the time to close it.
    pub fn is_open(&self) -> bool {
        let objective = self.best.objective.to_minor();
        objective - self.best.bound > self.settings.gap * objective.abs() && !self.stop()
    }

    /// Another plan, as far as it can still be done; without one, the orders one after the other as
    /// they arrived, each from what is left at the guiding prices.
    pub fn first_plan(&mut self, start: &Start, guide: &Duals) {
        let stop = || self.stop();
        let columns = if start.decisions.is_empty() {
            greedy(self.problem, guide, &stop)
        } else {
            resume(self.problem, &start.decisions, guide, &stop)
        };
        self.offer(columns);
        self.report(Stage::FirstPlan);
    }

    /// Another plan, from nothing: the orders one after the other at prices.
    pub fn guided_plan(&mut self, guide: &Duals) {
        self.offer(greedy(self.problem, guide, &|| self.stop()));
        self.report(Stage::Prices);
    }

    /// Prices and a bound, from what is known of those of a similar wave.
    fn relax(&mut self, known: Option<Relaxation>) -> Result<Relaxation, HighsError> {
        let start = self.best.incumbent.clone();
        let (problem, settings) = (self.problem, self.settings);
        let control = self.control.part(PRICING_TIME);
        let mut listener = Listener::new();
        let relaxation = relax(problem, &start, known, settings, &control, &mut |step| {
            listener.hear(self, step)
        })?;
        self.prove_relaxed(&relaxation);
        Ok(relaxation)
    }

    /// Better prices from those of a relaxation, by cheap steps, in a part of the time.
    pub fn ascend(
        &mut self,
        relaxation: Relaxation,
        steps: usize,
        part_of_time: f64,
    ) -> Relaxation {
        let (problem, control) = (self.problem, self.control.part(part_of_time));
        let mut listener = Listener::new();
        ascend(problem, relaxation, steps, &control, &mut |step| listener.hear(self, step))
    }

    /// Better prices from those of a relaxation, in so many rounds and a part of the time.
    pub fn raise(
        &mut self,
        relaxation: Relaxation,
        rounds: usize,
        part_of_time: f64,
    ) -> Result<Relaxation, HighsError> {
        let (problem, settings) = (self.problem, self.settings);
        let plan = self.plan();
        let control = self.control.part(part_of_time);
        let mut listener = Listener::new();
        saddle::raise(problem, relaxation, &plan, rounds, settings, &control, &mut |step| {
            listener.hear(self, step)
        })
    }

    /// A better plan near the best one, at prices that are known to be good.
    pub fn repair(&mut self, mut relaxation: Relaxation) -> Result<Relaxation, HighsError> {
        self.offer_reevaluated(self.plan());
        if self.is_open() {
            relaxation = self.raise(relaxation, REPAIR_ROUNDS, PRICING_TIME)?;
            let objective = self.best.objective.to_minor();
            let open = objective - relaxation.bound - self.best.constant.to_minor();
            // A plan that is good enough at these prices has only to be proven: no search would.
            if open > (1.0 - MISSED) * self.settings.gap * objective.abs() {
                self.neighbourhoods(&relaxation)?;
            }
        }
        Ok(relaxation)
    }

    /// A plan from what a relaxation chose.
    pub fn round(&mut self, relaxation: &Relaxation) {
        self.rounded(&relaxation.duals, &relaxation.columns, &relaxation.values);
        self.report(Stage::Prices);
    }

    /// Plans each order again from what is left.
    pub fn reevaluate(&mut self) {
        self.offer_reevaluated(self.plan());
        self.report(Stage::Prices);
    }

    /// Takes a bound for the whole wave.
    pub fn prove(&mut self, bound: f64, proof: Proof) {
        self.prove_bound(bound, proof);
        self.report(Stage::Prices);
    }

    /// Takes the bound of a relaxation of the whole wave.
    pub fn prove_relaxed(&mut self, relaxation: &Relaxation) {
        self.prove_bound(relaxation.bound + self.best.constant.to_minor(), Proof::Decompose);
        self.report(Stage::Prices);
    }

    /// Better plans by search in neighbourhoods and among the order plans known, with more of them
    /// each time, as long as that helps.
    pub fn improve(&mut self, relaxation: &mut Relaxation) -> Result<(), HighsError> {
        let mut round = 0;
        while self.is_open() {
            let before = self.best.objective.to_minor();
            let control = self.control.part(VARYING_TIME);
            saddle::vary(self.problem, relaxation, self.settings.seed, round, &control);
            self.neighbourhoods(relaxation)?;
            if self.is_open() {
                self.restricted(relaxation)?;
            }
            let gained = before - self.best.objective.to_minor();
            if round > 0 && gained <= WORTH * before.abs() {
                break;
            }
            round += 1;
        }
        Ok(())
    }

    /// A plan from a fractional one, by rounding and re-evaluation.
    pub(super) fn rounded(&mut self, duals: &Duals, columns: &[OrderColumn], values: &[f64]) {
        let plan = primal::round(self.problem, duals, columns, values, &|| self.stop());
        self.offer_reevaluated(plan);
    }

    /// Takes a plan as the incumbent, after re-evaluation, where it is better.
    fn offer_reevaluated(&mut self, mut plan: Vec<Option<Column>>) {
        primal::reevaluate(self.problem, &mut plan, PASSES, &|| self.stop());
        self.offer(plan.into_iter().flatten().collect());
    }

    /// A better plan by search in its neighbourhoods.
    pub fn neighbourhoods(&mut self, relaxation: &Relaxation) -> Result<(), HighsError> {
        let problem = self.problem;
        let plan = self.plan();
        let settings = self.mip_settings(self.control.seconds_left());
        let objective = self.best.objective.to_minor();
        let enough = objective - self.best.bound - self.settings.gap * objective.abs();
        let plan =
            neighbourhoods::improve(problem, relaxation, plan, enough, settings, self.control)?;
        self.offer(plan.into_iter().flatten().collect());
        self.report(Stage::Neighbourhoods);
        Ok(())
    }

    /// The program over the order plans that pricing has found: a good plan, not a proof.
    fn restricted(&mut self, relaxation: &Relaxation) -> Result<(), HighsError> {
        let problem = self.problem;
        let start = self.plan();
        let reduced = relaxation.reduced_costs();
        let settings = self.mip_settings(self.control.seconds_left() * 0.25);
        let found = primal::combine(
            problem,
            &relaxation.columns,
            &reduced,
            &relaxation.cuts,
            &start,
            settings,
            self.control,
        )?;
        if let Some(plan) = found {
            self.offer_reevaluated(plan);
        }
        self.report(Stage::BranchAndBound);
        Ok(())
    }

    fn mip_settings(&self, seconds: f64) -> MipSettings {
        let objective = self.best.objective.to_minor();
        MipSettings {
            relative_gap: 0.0,
            absolute_gap: (0.9 * self.settings.gap * objective.abs()).max(0.5 * step(self.problem)),
            threads: self.settings.threads,
            seed: self.settings.seed,
            seconds,
            nodes: i32::MAX,
            offset: self.best.constant.to_minor(),
            proven: self.best.bound,
            proves_up_to: f64::NEG_INFINITY,
        }
    }

    /// The program over every column that could be part of a better plan, as far as it can be
    /// written down.
    fn prove_exactly(&mut self, relaxation: &Relaxation) -> Result<(), HighsError> {
        let objective = self.best.objective.to_minor();
        let lower = relaxation.bound + self.best.constant.to_minor();
        // Plans with any other column cost more than this above the bound.
        let mut distance = objective - self.settings.gap * objective.abs() - lower;
        let mut found = self.pieces_within(relaxation, distance);
        let mut halvings = 0;
        let pieces = loop {
            if let Some(pieces) = found {
                break self.with_incumbent(pieces);
            }
            if halvings == MAX_HALVINGS || self.stop() {
                return Ok(());
            }
            halvings += 1;
            distance /= 2.0;
            found = self.pieces_within(relaxation, distance);
        };
        self.report(Stage::Columns);
        let mut settings = self.mip_settings(self.control.seconds_left());
        settings.proves_up_to = lower + distance;
        let bound = self.branch_and_bound(&pieces, settings)?;
        self.prove_bound(bound.min(lower + distance), Proof::Exact);
        self.report(Stage::BranchAndBound);
        Ok(())
    }

    /// Pieces with those of the incumbent among them.
    fn with_incumbent(&self, mut pieces: Pieces) -> Pieces {
        pieces.extend(Pieces::of_columns(self.problem, &self.best.incumbent));
        pieces
    }

    fn pieces_within(&self, relaxation: &Relaxation, distance: f64) -> Option<Pieces> {
        enumerate(self.problem, &relaxation.duals, distance, MAX_PIECES)
    }

    /// Solves the program over some pieces; returns the bound on their plans.
    fn branch_and_bound(
        &mut self,
        pieces: &Pieces,
        settings: MipSettings,
    ) -> Result<f64, HighsError> {
        let formulation = Formulation::new(self.problem, pieces);
        if formulation.names().columns.is_empty() {
            // Everything is frozen: there is nothing to decide.
            return Ok(self.best.constant.to_minor());
        }
        let start = formulation.start(&self.best.incumbent);
        let parts: Vec<usize> = formulation.parts().collect();
        let model = formulation
            .model(highs)
            .try_into_inner()
            .map_err(|_| HighsError::Failed("take the program"))?;
        let run = run_mip(model, settings, Some(&start), self.control)?;
        if let Some(values) = run.values {
            let chosen = pieces.parts.iter().zip(parts).filter(|(_, at)| values[*at] > 0.5);
            let entries = chosen.map(|(part, _)| (part.order, &part.entry)).collect();
            self.offer(order_plans(self.problem, entries));
        }
        let bound = run.bound + self.best.constant.to_minor();
        // HiGHS keeps to its limits within 1e-6.
        Ok(bound - 1e-7 * bound.abs() - 1e-6 - self.problem.rounding_slack())
    }

    pub fn outcome(self, relaxation: &Relaxation) -> Outcome {
        let objective = self.best.objective.to_minor();
        let reached = objective - self.best.bound <= self.settings.gap * objective.abs();
        let stopped_by = match self.control.stopped() {
            _ if reached => StoppedBy::Gap,
            Some(stopped) => stopped,
            None => StoppedBy::Finished,
        };
        let scope = if self.limits.is_empty() { Scope::Whole } else { Scope::Pruned };
        Outcome {
            decisions: self.decisions(&self.best.incumbent),
            bound: self.best.bound.is_finite().then_some(self.best.bound),
            proof: self.best.proof,
            scope,
            limits: self.limits,
            stopped_by,
            prices: KnownPrices::of(self.problem, relaxation),
            chosen: None,
        }
    }
}
