//! Running the exact method: first plan, prices, columns that matter, branch and bound.

use crate::domain::CostKey;
use crate::options::{
    Decision, Planner, frozen_decisions, weighted_open_change, weighted_unfilled,
};
use crate::solve::column::{Column, Entry};
use crate::solve::exact::{Formulation, Pieces, enumerate};
use crate::solve::greedy::greedy;
use crate::solve::highs::{HighsError, MipSettings, run_mip};
use crate::solve::master::OrderColumn;
use crate::solve::neighbourhoods;
use crate::solve::primal;
use crate::solve::relax::{Duals, Relaxation, relax};
use crate::solve::resume::resume;
use crate::solve::wave_options::WaveProblem;
use crate::solve::{Control, Progress, Proof, ResourceKey, Scope, Stage, StoppedBy};
use crate::units::{Decimal, Objective};
use good_lp::solvers::highs::highs;
use std::collections::BTreeMap;

/// Where the prices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approach {
    /// Chosen by size and contention.
    Auto,
    /// A linear program solved to its end: column generation with a simplex method.
    Exact,
    /// Price decomposition with a first-order method, whose rounds grow linearly with the orders.
    Decompose,
}

impl Approach {
    /// What it is for a problem.
    pub fn on(self, problem: &WaveProblem) -> Approach {
        if self == Approach::Auto { Approach::chosen(problem).0 } else { self }
    }

    /// The choice for a problem, and why.
    pub fn chosen(problem: &WaveProblem) -> (Approach, String) {
        let orders = problem.orders.len();
        let contended = problem.contended.iter().filter(|contended| **contended).count();
        let openings = problem.resources.openings().len();
        if contended + openings == 0 {
            return (Approach::Exact, "no two orders compete for anything".to_string());
        }
        if orders <= EXACT_ORDERS {
            return (Approach::Exact, format!("{orders} open orders are few enough"));
        }
        let why = format!(
            "{orders} open orders compete for {contended} limits; above {EXACT_ORDERS} orders this is faster"
        );
        (Approach::Decompose, why)
    }

    pub fn name(self) -> &'static str {
        match self {
            Approach::Auto => "auto",
            Approach::Exact => "exact",
            Approach::Decompose => "decompose",
        }
    }
}

/// What planning to a proven gap is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactSettings {
    pub approach: Approach,
    /// Relative gap at which to stop.
    pub gap: f64,
    pub threads: u32,
    pub seed: u64,
}

/// What a method decided and proved.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Frozen commitments included.
    pub decisions: Vec<Decision>,
    /// A lower bound on the objective, in weighted minor units; none for a heuristic.
    pub bound: Option<f64>,
    pub proof: Proof,
    pub scope: Scope,
    /// The named limits behind a pruned scope.
    pub limits: BTreeMap<String, u64>,
    pub stopped_by: StoppedBy,
    /// Worth of one more unit, in weighted minor units.
    pub shadow_prices: Vec<(ResourceKey, f64)>,
    /// Why the approach was chosen, where it was left open.
    pub chosen: Option<(Approach, String)>,
}

/// Another plan to start from.
#[derive(Clone, Debug, Default)]
pub struct Start {
    pub decisions: Vec<Decision>,
    /// Worth of one more unit, in weighted minor units; of a stock, in all of its steps together.
    pub prices: Vec<(ResourceKey, f64)>,
}

/// What decisions cost, recomputed from the domain: the solver's own numbers are never used.
pub type Value<'a> = dyn Fn(Vec<Decision>) -> Objective + Sync + 'a;

/// Orders up to which a wave is planned to a gap of 0, whatever gap is asked for.
const SMALL_WAVE: usize = 25;
/// Orders up to which `auto` takes the exact method.
const EXACT_ORDERS: usize = 400;
/// The relative distance of bound and master from which on rounding can find something good.
const ROUND_FROM: f64 = 0.03;
/// The part of that distance from which on it is worth its time again.
const NEXT_ROUNDING: f64 = 0.25;
/// The part of the time that prices may take; the rest is for good plans.
const PRICING_TIME: f64 = 0.6;
/// Passes of re-evaluation.
const PASSES: usize = 3;
/// How often the distance is halved in search of a program that can be written down.
const MAX_HALVINGS: usize = 24;
/// Shipments and parts of a program that HiGHS can still make something of.
pub(super) const MAX_PIECES: usize = 100_000;

/// Plans a wave to a proven gap, from another plan where there is one; `value` says what decisions
/// cost.
///
/// # Errors
/// When HiGHS fails.
pub fn solve_exact(
    planner: &Planner,
    settings: ExactSettings,
    start: &Start,
    value: &Value,
    control: &Control,
) -> Result<Outcome, HighsError> {
    let problem = WaveProblem::new(planner);
    // A small wave is proven to the end: that takes no longer than to ask whether it is enough.
    let is_small = problem.orders.len() <= SMALL_WAVE;
    let chosen = (settings.approach == Approach::Auto).then(|| Approach::chosen(&problem));
    let approach = settings.approach.on(&problem);
    let gap = if is_small { 0.0 } else { settings.gap };
    let aim = ExactSettings { gap, approach, ..settings };
    let mut run = Run::new(&problem, aim, value, control);
    run.first_plan();
    if !start.decisions.is_empty() {
        run.offer(resume(&problem, &start.decisions, &|| control.stopped().is_some()));
        run.report(Stage::FirstPlan);
    }
    let relaxation = run.relax(&start.prices)?;
    if run.is_open() {
        run.neighbourhoods(&relaxation)?;
    }
    if run.is_open() {
        run.restricted(&relaxation)?;
    }
    if run.is_open() {
        run.prove(&relaxation)?;
    }
    run.settings = settings;
    Ok(Outcome { chosen, ..run.outcome(&relaxation) })
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
    run.first_plan();
    let relaxation = run.relax(&[])?;
    run.rounded(&relaxation.duals, &relaxation.columns, &relaxation.values);
    if run.is_open() {
        run.restricted(&relaxation)?;
    }
    let lower = relaxation.bound + run.constant.to_minor();
    let found = run.pieces_within(&relaxation, run.objective.to_minor() - lower);
    run.report(Stage::Columns);
    Ok(found.map(|pieces| run.with_incumbent(pieces)))
}

/// The part of every objective that the program does not hold: the frozen commitments, with no
/// line open.
pub(super) fn constant(problem: &WaveProblem, value: &Value) -> Objective {
    let planner = problem.planner;
    let open: Objective = problem
        .orders
        .iter()
        .flat_map(|order| &order.options.lines)
        .map(|line| {
            weighted_unfilled(planner.wave, planner.model, line.id, line.quantity)
                + weighted_open_change(planner.wave, planner.model, line.id)
        })
        .sum();
    value(all_frozen(planner)) - open
}

struct Run<'a> {
    problem: &'a WaveProblem<'a>,
    settings: ExactSettings,
    value: &'a Value<'a>,
    control: &'a Control<'a>,
    /// What is decided already, in weighted minor units: the frozen commitments.
    constant: Objective,
    incumbent: Vec<Column>,
    objective: Objective,
    /// On the whole objective.
    bound: f64,
    proof: Proof,
    limits: BTreeMap<String, u64>,
}

impl<'a> Run<'a> {
    fn new(
        problem: &'a WaveProblem<'a>,
        settings: ExactSettings,
        value: &'a Value<'a>,
        control: &'a Control<'a>,
    ) -> Run<'a> {
        Run {
            problem,
            settings,
            value,
            control,
            constant: constant(problem, value),
            incumbent: Vec::new(),
            objective: value(all_frozen(problem.planner)),
            bound: f64::NEG_INFINITY,
            proof: Proof::Decompose,
            limits: problem.limits(),
        }
    }

    fn decisions(&self, columns: &[Column]) -> Vec<Decision> {
        let mut decisions = all_frozen(self.problem.planner);
        for column in columns {
            let options = &self.problem.orders[column.order as usize].options;
            decisions.extend(column.decisions(options));
        }
        decisions
    }

    /// Takes columns as the incumbent where the ledger says that they are better.
    fn offer(&mut self, columns: Vec<Column>) {
        let objective = (self.value)(self.decisions(&columns));
        if objective < self.objective {
            self.objective = objective;
            self.incumbent = columns;
        }
    }

    fn report(&self, stage: Stage) {
        self.control.report(Progress {
            stage,
            incumbent: Some(self.objective.to_minor()),
            bound: self.bound.is_finite().then_some(self.bound),
        });
    }

    fn stop(&self) -> bool {
        self.control.stopped().is_some()
    }

    /// The smallest step between objectives, in minor units; 0 where the weights have none.
    fn step(&self) -> f64 {
        let gcd = |a: i64, b: i64| {
            let (mut a, mut b) = (a, b);
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        let weights = CostKey::ALL.map(|key| self.problem.planner.model.weight(key).0);
        weights.into_iter().fold(0, gcd) as f64 / Decimal::SCALE as f64
    }

    /// Raises the bound to what is proven, and to the next objective that exists.
    fn prove_bound(&mut self, bound: f64, proof: Proof) {
        let step = self.step();
        let lifted = if step > 0.0 {
            let margin = 1e-9 * bound.abs() + 1e-6;
            (((bound - margin) / step).ceil() * step).max(bound)
        } else {
            bound
        };
        let bound = lifted.min(self.objective.to_minor());
        if bound > self.bound {
            self.bound = bound;
            self.proof = proof;
        }
    }

    /// Whether there is a gap left and the time to close it.
    fn is_open(&self) -> bool {
        let objective = self.objective.to_minor();
        objective - self.bound > self.settings.gap * objective.abs() && !self.stop()
    }

    /// The orders one after the other as they arrived, each from what is left.
    fn first_plan(&mut self) {
        let free = Duals::free(self.problem);
        let columns = greedy(self.problem, &free, &|| self.stop());
        self.offer(columns);
        self.report(Stage::FirstPlan);
    }

    fn relax(&mut self, prices: &[(ResourceKey, f64)]) -> Result<Relaxation, HighsError> {
        let constant = self.constant.to_minor();
        let start = self.incumbent.clone();
        // Rounding is worth its time whenever the bound has come much closer to the master.
        let mut next_distance = ROUND_FROM;
        let (settings, problem) = (self.settings, self.problem);
        let control = self.control.part(PRICING_TIME);
        let relaxation = relax(problem, &start, prices, settings, &control, &mut |step| {
            self.prove_bound(step.bound + constant, Proof::Decompose);
            let distance = (step.master - step.bound) / step.master.abs();
            if distance < next_distance && !self.stop() {
                next_distance = distance * NEXT_ROUNDING;
                self.rounded(step.duals, step.columns, step.values);
            }
            self.report(Stage::Prices);
            self.objective.to_minor() - constant
        })?;
        self.prove_bound(relaxation.bound + constant, Proof::Decompose);
        self.report(Stage::Prices);
        Ok(relaxation)
    }

    /// A plan from a fractional one, by rounding and re-evaluation.
    fn rounded(&mut self, duals: &Duals, columns: &[OrderColumn], values: &[f64]) {
        let plan = primal::round(self.problem, duals, columns, values, &|| self.stop());
        self.offer_reevaluated(plan);
    }

    /// Takes a plan as the incumbent, after re-evaluation, where it is better.
    fn offer_reevaluated(&mut self, mut plan: Vec<Option<Column>>) {
        primal::reevaluate(self.problem, &mut plan, PASSES, &|| self.stop());
        self.offer(plan.into_iter().flatten().collect());
    }

    /// A better plan by search in its neighbourhoods.
    fn neighbourhoods(&mut self, relaxation: &Relaxation) -> Result<(), HighsError> {
        let problem = self.problem;
        let plan = primal::by_order(problem, self.incumbent.iter().cloned());
        let settings = self.mip_settings(self.control.seconds_left());
        let plan = neighbourhoods::improve(problem, relaxation, plan, settings, self.control)?;
        self.offer(plan.into_iter().flatten().collect());
        self.report(Stage::Neighbourhoods);
        Ok(())
    }

    /// The program over the order plans that pricing has found: a good plan, not a proof.
    fn restricted(&mut self, relaxation: &Relaxation) -> Result<(), HighsError> {
        let problem = self.problem;
        let start = primal::by_order(problem, self.incumbent.iter().cloned());
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
        let objective = self.objective.to_minor();
        MipSettings {
            relative_gap: 0.0,
            absolute_gap: (0.9 * self.settings.gap * objective.abs()).max(0.5 * self.step()),
            threads: self.settings.threads,
            seed: self.settings.seed,
            seconds,
            nodes: i32::MAX,
            offset: self.constant.to_minor(),
            proven: self.bound,
            proves_up_to: f64::NEG_INFINITY,
        }
    }

    /// The program over every column that could be part of a better plan, as far as it can be
    /// written down.
    fn prove(&mut self, relaxation: &Relaxation) -> Result<(), HighsError> {
        let objective = self.objective.to_minor();
        let lower = relaxation.bound + self.constant.to_minor();
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
        pieces.extend(Pieces::of_columns(self.problem, &self.incumbent));
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
            return Ok(self.constant.to_minor());
        }
        let start = formulation.start(&self.incumbent);
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
        let bound = run.bound + self.constant.to_minor();
        // HiGHS keeps to its limits within 1e-6.
        Ok(bound - 1e-7 * bound.abs() - 1e-6 - self.problem.rounding_slack())
    }

    fn outcome(self, relaxation: &Relaxation) -> Outcome {
        let objective = self.objective.to_minor();
        let reached = objective - self.bound <= self.settings.gap * objective.abs();
        let stopped_by = match self.control.stopped() {
            _ if reached => StoppedBy::Gap,
            Some(stopped) => stopped,
            None => StoppedBy::Finished,
        };
        let keys = self.problem.resources.rows().iter().map(|row| row.key);
        let scope = if self.limits.is_empty() { Scope::Whole } else { Scope::Pruned };
        Outcome {
            decisions: self.decisions(&self.incumbent),
            bound: Some(self.bound),
            proof: self.proof,
            scope,
            limits: self.limits,
            stopped_by,
            shadow_prices: keys
                .zip(relaxation.duals.prices.resources.iter().copied())
                .filter(|(_, price)| *price > 0.0)
                .collect(),
            chosen: None,
        }
    }
}

fn all_frozen(planner: &Planner) -> Vec<Decision> {
    let wave = planner.wave;
    if wave.commitments.is_empty() {
        return Vec::new();
    }
    wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)).collect()
}

/// Entries, sorted by order, as order plans.
fn order_plans(problem: &WaveProblem, entries: Vec<(u32, &Entry)>) -> Vec<Column> {
    let orders = entries.chunk_by(|(a, _), (b, _)| a == b);
    let plan = |of_order: &[(u32, &Entry)]| {
        let entries = of_order.iter().map(|(_, entry)| (*entry).clone());
        problem.column(of_order[0].0, entries.collect())
    };
    orders.map(plan).collect()
}
