//! Waves that hardly differ from one whose prices are known: only what changed is planned anew, and
//! what competes with it.
//!
//! What an order costs at least at the known prices is the same as before where its fingerprint is,
//! so that the bound for the whole wave needs a look at the other orders only. The plan is that of
//! before but for some orders: those that changed, those that the change displaces, and those that
//! are far from their best. Prices move with these orders too. What the others cost at least is
//! known as long as no price falls that they might pay; so only the prices of items may fall that
//! nobody else orders. (The bound is the Lagrangian one, which holds for any prices: Geoffrion 1974.)

use crate::ids::OrderId;
use crate::options::Planner;
use crate::solve::column::Column;
use crate::solve::exact::best::Best;
use crate::solve::exact::decided::{all_frozen, open_line};
use crate::solve::exact::ground::{Ground, Shares};
use crate::solve::exact::run::{PRICING_TIME, Run};
use crate::solve::exact::{Approach, ExactSettings, Outcome, Start, Value};
use crate::solve::highs::HighsError;
use crate::solve::known::KnownLeast;
use crate::solve::pricing::{OrderPrices, Prices};
use crate::solve::relax::{Relaxation, Step};
use crate::solve::sift::{self, Kept};
use crate::solve::wave_options::{PricedRest, Rest, WaveProblem};
use crate::solve::{Control, KnownPrices, Proof, ResourceKey, Resources, primal, saddle};
use crate::units::Objective;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Rounds of prices, at most.
const ROUNDS: usize = 3;
/// Rounds of prices that give a plan its choices.
const PLAN_ROUNDS: usize = 2;
/// Up to which part of the gap asked for prices are raised.
const ENOUGH: f64 = 0.5;
/// How many times the gap asked for may be open for a search to be worth its time.
const NEAR: f64 = 1.1;
/// What may be lost of the bound because an order is not looked at again, as a part of what it
/// costs.
const LOST: f64 = 1e-4;

/// What came of it.
pub(super) enum Changed {
    /// The gap asked for is reached.
    Done(Box<Outcome>),
    /// It is not; another start, where there is a better one.
    Open(Option<Start>),
}

/// Plans a wave by what is known of most of its orders.
///
/// # Errors
/// When HiGHS fails.
pub(super) fn solve_changed(
    planner: &Planner,
    settings: ExactSettings,
    start: &Start,
    value: &Value,
    control: &Control,
) -> Result<Changed, HighsError> {
    let is_small = planner.wave.orders.len() < settings.sifting.known_from;
    if is_small || start.prices.leasts.is_empty() || start.decisions.is_empty() {
        return Ok(Changed::Open(None));
    }
    let resources = Arc::new(Resources::new(planner));
    let by_line = start.prices.by_line(planner, &resources);
    let prices = start.prices.prices(planner, &resources);
    let ground = Ground { planner, resources, by_line: &by_line, prices: &prices, start };
    let Some(mut divided) = ground.divided() else { return Ok(Changed::Open(None)) };
    let (keep, stop) = (settings.sifting.keep, || control.stopped().is_some());
    let changed = divided.changed();
    let why = format!(
        "{} of {} open orders are not as they were when prices were found",
        changed.len(),
        divided.orders.len()
    );
    let mut kept = ground.built(&changed, keep, &stop);
    let others = ground.competitors(&mut divided, &kept);
    kept.extend(ground.built(&others, keep, &stop));
    if stop() {
        return Ok(Changed::Open(None));
    }
    kept.sort_by_key(|of_order| of_order.order.options.order);
    let mut task = Task::new(planner, &start.prices, prices.clone(), ground.shares(divided), kept);

    // The plan of before, and the bound at the known prices.
    let constant = constant_of_all(planner, value).to_minor();
    let whole = task.relaxation.bound + constant;
    task.fix_rest();
    let mut run = Run::new(&task.problem, settings, value, control);
    run.prove(whole, Proof::Decompose);
    run.first_plan(start, &task.relaxation.duals);
    if run.is_open() {
        run.reevaluate();
    }
    if run.is_open() {
        run.raise(task.unproven(), PLAN_ROUNDS, PRICING_TIME)?;
    }
    let mut is_open = run.is_open();
    let mut best = run.best;
    let mut is_proven = true;
    if is_open {
        task.price_rest();
        task.raise(&best, constant, settings, control)?;
        let known = task.known_leasts();
        let Task { problem, relaxation, .. } = &mut task;
        is_proven = sift::again(problem, relaxation, &mut best.incumbent, &known, keep, &stop);
        let whole = task.relaxation.bound + constant;
        task.fix_rest();
        let mut run = Run::from(best, &task.problem, settings, value, control);
        if is_proven {
            run.prove(whole, Proof::Decompose);
        }
        if run.is_open() {
            run.raise(task.unproven(), PLAN_ROUNDS, PRICING_TIME)?;
        }
        if run.is_open() && run.best.gap() <= NEAR * settings.gap {
            run.neighbourhoods(&task.relaxation)?;
        }
        is_open = run.is_open();
        best = run.best;
    }
    let run = Run::from(best, &task.problem, settings, value, control);
    let outcome = run.outcome(&task.relaxation);
    let mut prices = if is_proven {
        start.prices.moved(&task.problem, &task.relaxation)
    } else {
        KnownPrices { leasts: Vec::new(), ..start.prices.clone() }
    };
    if is_open {
        return Ok(Changed::Open(Some(Start { decisions: outcome.decisions, prices })));
    }
    if is_proven {
        prices.leasts = task.leasts();
        prices.enter_fingerprints(planner, &task.whole);
    }
    let chosen = (settings.approach == Approach::Auto).then_some((Approach::Decompose, why));
    Ok(Changed::Done(Box::new(Outcome { prices, chosen, ..outcome })))
}

/// What of every objective is not in a bound for the whole wave.
fn constant_of_all(planner: &Planner, value: &Value) -> Objective {
    let wave = planner.wave;
    let lines = wave.lines.ids().map(|line| (line, wave.open_quantity(line)));
    let lines = lines.filter(|(_, units)| *units > 0);
    let open: Objective = lines.map(|(line, units)| open_line(planner, line, units)).sum();
    value(all_frozen(planner)) - open
}

/// Planning some orders, while the rest does what was decided for it.
struct Task<'a> {
    problem: WaveProblem<'a>,
    relaxation: Relaxation,
    whole: Arc<Resources>,
    /// What the rest leaves of all.
    reduced: Arc<Resources>,
    priced: PricedRest,
    /// Of the rest.
    leasts: Vec<KnownLeast>,
    /// Of the orders, at the known prices; with what these are.
    known: Vec<f64>,
    prices: Prices,
    own_prices: Vec<OrderPrices>,
}

impl<'a> Task<'a> {
    fn new(
        planner: &'a Planner<'a>,
        known: &KnownPrices,
        prices: Prices,
        shares: Shares,
        kept: Vec<Kept>,
    ) -> Task<'a> {
        let Shares { whole, reduced, decisions, undivided, bundled, priced, leasts } = shares;
        let rest =
            Rest { is_some: true, decisions, undivided, bundled, priced: Some(priced.clone()) };
        let problem = WaveProblem {
            planner,
            resources: whole.clone(),
            orders: Vec::new(),
            // Nothing is known of what the others could want.
            contended: vec![true; whole.len()].into(),
            is_whole: false,
            rest,
        };
        let (problem, relaxation) = sift::gathered(problem, kept, known, prices.clone());
        let known = relaxation.least.clone();
        let own_prices = relaxation.duals.orders.clone();
        Task { problem, relaxation, whole, reduced, priced, leasts, known, prices, own_prices }
    }

    /// The rest has taken what it takes: plans are made of what is left.
    fn fix_rest(&mut self) {
        self.problem.resources = self.reduced.clone();
        self.problem.rest.priced = None;
    }

    /// The rest costs at least what it costs: bounds are those of the whole wave.
    fn price_rest(&mut self) {
        self.problem.resources = self.whole.clone();
        self.problem.rest.priced = Some(self.priced.clone());
    }

    /// What is known, as a start for plans of what the rest leaves: that is less than what the
    /// bound is about.
    fn unproven(&self) -> Relaxation {
        Relaxation { bound: f64::NEG_INFINITY, ..self.relaxation.clone() }
    }

    /// Raises the bound by moving prices; none falls that the rest might pay.
    fn raise(
        &mut self,
        best: &Best,
        constant: f64,
        settings: ExactSettings,
        control: &Control,
    ) -> Result<(), HighsError> {
        let plan: Vec<Option<Column>> =
            primal::by_order(&self.problem, best.incumbent.iter().cloned());
        let objective = best.objective.to_minor();
        let of_orders = objective - constant;
        let gap = ENOUGH * settings.gap * objective.abs() / of_orders.abs().max(1.0);
        let settings = ExactSettings { gap, approach: Approach::Decompose, ..settings };
        let known = std::mem::replace(&mut self.relaxation, Relaxation::unknown(&self.problem));
        let report = &mut |_: Step| of_orders;
        self.relaxation =
            saddle::raise(&self.problem, known, &plan, ROUNDS, settings, control, report)?;
        let prices = &mut self.relaxation.duals.prices.resources;
        for (price, floor) in prices.iter_mut().zip(&self.priced.floors) {
            *price = price.max(*floor);
        }
        Ok(())
    }

    /// What orders cost at least that need no other look: no price of theirs fell, and they would
    /// hardly pay more.
    fn known_leasts(&self) -> Vec<Option<f64>> {
        let duals = &self.relaxation.duals;
        let rows =
            self.whole.rows().iter().zip(&duals.prices.resources).zip(&self.prices.resources);
        let mut fallen = FxHashSet::default();
        for ((row, _), _) in rows.filter(|((_, now), before)| now < before) {
            match row.key {
                ResourceKey::Stock { sku, .. } | ResourceKey::StockRounded { sku, .. } => {
                    fallen.insert(sku);
                }
                // Their prices do not fall; where they do, every order is looked at.
                _ => return Vec::new(),
            }
        }
        let is_less = |now: &[f64], before: &[f64]| now.iter().zip(before).any(|(a, b)| a < b);
        let orders = self.problem.orders.iter().zip(&duals.orders).zip(&self.own_prices);
        let leasts = self.relaxation.least.iter().zip(&self.known);
        let known = orders.zip(leasts).map(|(((order, now), before), (kept, known))| {
            let mut openings = now.openings.iter().zip(&before.openings);
            let has_fallen = order.options.lines.iter().any(|line| fallen.contains(&line.sku))
                || is_less(&now.stocks, &before.stocks)
                || openings.any(|(now, before)| is_less(now, before));
            (!has_fallen && kept - known <= LOST * known.abs()).then_some(*known)
        });
        known.collect()
    }

    /// What every order costs at least.
    fn leasts(&mut self) -> Vec<KnownLeast> {
        let mut leasts = std::mem::take(&mut self.leasts);
        let of_orders = self.problem.orders.iter().zip(&self.relaxation.least);
        let known = |(order, least): (OrderId, f64)| KnownLeast { order, fingerprint: 0, least };
        leasts.extend(of_orders.map(|(order, least)| known((order.options.order, *least))));
        leasts.sort_by_key(|known| known.order);
        leasts
    }
}
