//! Prices and a lower bound for the whole wave, by column generation.
//!
//! A linear program chooses among the order plans found so far; its duals price stock, capacity
//! and openings; pricing every order at these prices finds better plans and, as a Lagrangian
//! relaxation, a bound: what the orders cost at best when they pay for what they use, less what
//! the supplies are worth. The bound holds for any prices, whatever the master's accuracy. Prices
//! move only part of the way from the best known to the master's, which keeps them from swinging.
//! (Dantzig and Wolfe 1960; Geoffrion 1974; Wentges 1997.)

use crate::solve::ascent::ascend;
use crate::solve::column::Column;
use crate::solve::cuts::{Cut, Pools};
use crate::solve::highs::HighsError;
use crate::solve::master::{Master, OrderColumn, PlanKey};
use crate::solve::order_plan::{OrderPlan, plan_order};
use crate::solve::pricing::{OrderPrices, Prices};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::solve::{Approach, Control, ExactSettings, KnownPrices};
use crate::solve::{primal, saddle};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Prices of everything that orders compete for.
#[derive(Clone, Debug, Default)]
pub struct Duals {
    pub prices: Prices,
    /// By order.
    pub orders: Vec<OrderPrices>,
    /// By number of the cut; what they price is among the orders' prices.
    pub cuts: Vec<f64>,
    /// What the limits of the cuts are worth at their prices.
    pub cut_worth: f64,
}

impl Duals {
    /// Nothing costs anything.
    pub fn free(problem: &WaveProblem) -> Duals {
        let orders = problem.orders.iter().map(|order| OrderPrices::free(&order.tables)).collect();
        Duals {
            prices: Prices { resources: vec![0.0; problem.resources.len()] },
            orders,
            cuts: Vec::new(),
            cut_worth: 0.0,
        }
    }

    /// Takes all prices back; shares stay.
    pub(super) fn clear(&mut self) {
        self.prices.resources.fill(0.0);
        for of_order in &mut self.orders {
            of_order.stocks.fill(0.0);
            of_order.openings.iter_mut().for_each(|of_need| of_need.fill(0.0));
        }
        self.cuts.clear();
        self.cut_worth = 0.0;
    }

    /// Counts the price of the next cut, which the orders' prices have already.
    pub(super) fn count_cut(&mut self, cut: &Cut, price: f64) {
        self.cuts.push(price);
        self.cut_worth += price * cut.limit;
    }

    /// Prices the next cut.
    pub(super) fn price_cut(&mut self, cut: &Cut, price: f64) {
        self.count_cut(cut, price);
        for &(order, stock, coefficient) in &cut.terms {
            self.orders[order].stocks[stock] += price * coefficient;
        }
    }

    /// Moves to the others, but for a part of the way.
    fn approach(&mut self, others: &Duals, part_kept: f64) {
        let mix = |here: &mut [f64], there: &[f64]| {
            for (here, there) in here.iter_mut().zip(there) {
                *here = part_kept * *here + (1.0 - part_kept) * there;
            }
        };
        mix(&mut self.prices.resources, &others.prices.resources);
        self.cuts.resize(others.cuts.len(), 0.0);
        mix(&mut self.cuts, &others.cuts);
        for (here, there) in self.orders.iter_mut().zip(&others.orders) {
            mix(&mut here.stocks, &there.stocks);
            for (here, there) in here.openings.iter_mut().zip(&there.openings) {
                mix(here, there);
            }
        }
        self.cut_worth = part_kept * self.cut_worth + (1.0 - part_kept) * others.cut_worth;
    }
}

/// What the relaxation knows.
#[derive(Clone, Debug)]
pub struct Relaxation {
    /// A lower bound on the cost of the open lines, in weighted minor units.
    pub bound: f64,
    /// The prices of that bound.
    pub duals: Duals,
    /// What each order costs at least at these prices.
    pub least: Vec<f64>,
    /// Every order plan generated.
    pub columns: Vec<OrderColumn>,
    /// Their part in the master's last solution.
    pub values: Vec<f64>,
    pub cuts: Vec<Cut>,
}

impl Relaxation {
    /// Nothing is known.
    pub(super) fn unknown(problem: &WaveProblem) -> Relaxation {
        Relaxation {
            bound: f64::NEG_INFINITY,
            duals: Duals::free(problem),
            least: Vec::new(),
            columns: Vec::new(),
            values: Vec::new(),
            cuts: Vec::new(),
        }
    }

    /// Prices of another wave are known, as far as they mean something in this one.
    pub(super) fn known(problem: &WaveProblem, known: &KnownPrices) -> Relaxation {
        let mut relaxation = Relaxation::unknown(problem);
        let by_line = known.by_line(problem.planner, &problem.resources);
        let of_order = |order: &OrderProblem| by_line.of_order(&order.options, &order.tables);
        relaxation.duals.prices = known.prices(problem.planner, &problem.resources);
        relaxation.duals.orders = problem.orders.iter().map(of_order).collect();
        relaxation.count_cuts(known.cuts(problem));
        relaxation
    }

    /// Adds cuts whose prices the orders' prices have already.
    pub(super) fn count_cuts(&mut self, cuts: Vec<(Cut, f64)>) {
        for (cut, price) in cuts {
            self.duals.count_cut(&cut, price);
            self.cuts.push(cut);
        }
    }

    /// Keeps a bound, with the prices behind it, if it is better; returns whether it is.
    pub(super) fn raise(&mut self, bound: f64, duals: &Duals, results: &[OrderResult]) -> bool {
        let is_better = bound > self.bound;
        if is_better {
            self.bound = bound;
            self.duals = duals.clone();
            self.least = results.iter().map(|result| result.least).collect();
        }
        is_better
    }

    /// What tells the order plans that it has from others.
    pub(super) fn keys(&self) -> FxHashSet<PlanKey> {
        self.columns.iter().map(OrderColumn::key).collect()
    }

    /// How far it is, without a master.
    pub(super) fn step(&self) -> Step<'_> {
        Step {
            bound: self.bound,
            master: f64::INFINITY,
            duals: &self.duals,
            columns: &[],
            values: &[],
        }
    }

    /// How far each order plan is from the best of its order at the prices of the bound.
    pub fn reduced_costs(&self) -> Vec<f64> {
        self.columns.iter().map(|column| self.reduced_cost(column)).collect()
    }

    /// How far an order plan is from the best of its order at the prices of the bound.
    pub fn reduced_cost(&self, column: &OrderColumn) -> f64 {
        let order = column.order as usize;
        let prices = &self.duals.orders[order];
        let used = column.uses.iter();
        let used = used.map(|(id, used)| self.duals.prices.resources[*id as usize] * used);
        let stocks = column.stocks.iter().map(|stock| prices.stocks[*stock]);
        let openings = column.openings.iter();
        let openings =
            openings.map(|(need, opening, share)| prices.openings[*need][*opening] * share);
        let paid: f64 = used.chain(stocks).chain(openings).sum();
        column.cost + paid - self.least[order]
    }
}

/// The master has converged when it is this close to the bound, relatively.
const CONVERGED: f64 = 1e-6;
/// How close it has to be before cuts are looked for.
pub(super) const CUTS_FROM: f64 = 5e-4;
/// A round that closes less than this part of the distance has stalled: the prices of the next are
/// the master's own.
const STALLED: f64 = 0.02;
const MAX_ROUNDS: usize = 400;
/// Rounds of cuts, at most.
const MAX_CUT_ROUNDS: usize = 40;
/// Steps of ascent before the other master, which finds its way slowly from prices far off.
pub(super) const FIRST_STEPS: usize = 5;
/// Steps from prices that are known, which leave them where they are.
const KNOWN_STEPS: usize = 1;

/// The part of the way that prices do not go.
const SMOOTHING: f64 = 0.5;

/// How far the relaxation is; the columns from the length of `values` on are new.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub bound: f64,
    pub master: f64,
    pub duals: &'a Duals,
    pub columns: &'a [OrderColumn],
    pub values: &'a [f64],
}

/// What pricing an order gave.
pub(super) struct OrderResult {
    pub plan: OrderColumn,
    /// No plan of the order costs less at these prices.
    pub least: f64,
    /// Between its needs, for that bound.
    pub shares: Vec<f32>,
}

/// Generates order plans and cuts until the bound meets the master or comes within the target gap
/// of the incumbent, or the control says stop. Prices every order at least once. `improve` hears
/// of every round and says what the best plan costs. `known` is what the prices of a similar wave
/// say; price decomposition begins there.
///
/// # Errors
/// When HiGHS fails.
pub fn relax(
    problem: &WaveProblem,
    start: &[Column],
    known: Option<Relaxation>,
    settings: ExactSettings,
    control: &Control,
    improve: &mut dyn FnMut(Step) -> f64,
) -> Result<Relaxation, HighsError> {
    let ExactSettings { seed, gap: target_gap, .. } = settings;
    let mut best = Relaxation::unknown(problem);
    if problem.orders.is_empty() {
        best.bound = 0.0;
        return Ok(best);
    }
    let plan = primal::by_order(problem, start.iter().cloned());
    if settings.approach == Approach::Decompose {
        let steps = if known.is_some() { KNOWN_STEPS } else { FIRST_STEPS };
        let relaxation = ascend(problem, known.unwrap_or(best), steps, control, improve);
        return saddle::raise(
            problem,
            relaxation,
            &plan,
            saddle::MAX_ROUNDS,
            settings,
            control,
            improve,
        );
    }
    let mut master = Master::new(problem, plan, seed)?;
    let pools = Pools::new(problem);
    let mut duals = best.duals.clone();
    let mut of_master = best.duals.clone();
    let mut objective = f64::INFINITY;
    let mut released = Vec::new();
    let (mut is_smoothed, mut cut_rounds) = (false, 0);
    for _ in 0..MAX_ROUNDS {
        let (bound, results) = price_wave(problem, &mut duals);
        for (order, known) in of_master.orders.iter_mut().zip(&duals.orders) {
            order.shares.clone_from(&known.shares);
        }
        let before = best.bound;
        best.raise(bound, &duals, &results);
        let mut added = 0;
        for result in results {
            added += usize::from(master.add(result.plan)?);
        }
        let incumbent = improve(Step {
            master: objective,
            columns: &master.columns,
            values: &best.values,
            ..best.step()
        });
        if incumbent - best.bound <= target_gap * incumbent.abs() || control.stopped().is_some() {
            break;
        }
        let distance = (objective - best.bound) / objective.abs().max(1.0);
        let is_solved = objective.is_finite();
        let is_done = is_solved && (distance <= CONVERGED || (added == 0 && !is_smoothed));
        let mut cuts = 0;
        if is_solved && (is_done || distance <= CUTS_FROM) && cut_rounds < MAX_CUT_ROUNDS {
            cut_rounds += 1;
            for cut in pools.violated(&released)? {
                cuts += 1;
                master.cut(cut)?;
            }
        }
        if is_done && cuts == 0 {
            break;
        }
        if is_solved && added == 0 && cuts == 0 {
            duals = of_master.clone();
            is_smoothed = false;
            continue;
        }
        let solved = master.solve(&mut of_master)?;
        objective = solved.objective;
        released = solved.released;
        best.values = solved.values;
        let is_stalled = is_smoothed && best.bound - before < STALLED * (objective - best.bound);
        is_smoothed = best.bound.is_finite() && !is_stalled;
        duals = of_master.clone();
        if is_smoothed {
            duals = best.duals.clone();
            duals.approach(&of_master, SMOOTHING);
        }
    }
    best.cuts = master.cuts();
    best.columns = master.columns;
    best.values.resize(best.columns.len(), 0.0);
    Ok(best)
}

/// Prices every order, and keeps the shares that it found; returns the bound at these prices.
pub(super) fn price_wave(problem: &WaveProblem, duals: &mut Duals) -> (f64, Vec<OrderResult>) {
    let results = price_all(problem, duals);
    let orders = results.iter().map(|result| result.least).sum();
    let bound = lagrangian_bound(problem, orders, supply_worth(problem, duals));
    for (order, result) in duals.orders.iter_mut().zip(&results) {
        order.shares.clone_from(&result.shares);
    }
    (bound, results)
}

/// Prices every order: its best plan.
fn price_all(problem: &WaveProblem, duals: &Duals) -> Vec<OrderResult> {
    let price = |index: usize| {
        let scan = problem.scan(index, &duals.prices, &duals.orders[index]);
        let OrderPlan { entries, least, shares } = plan_order(&scan);
        let shipped = (!entries.is_empty()).then(|| scan.column(index as u32, entries));
        OrderResult { least, shares, plan: OrderColumn::new(problem, index, shipped) }
    };
    (0..problem.orders.len()).into_par_iter().map(price).collect()
}

/// What the supplies are worth at these prices.
pub(super) fn supply_worth(problem: &WaveProblem, duals: &Duals) -> f64 {
    let mut worth = duals.cut_worth;
    for (row, price) in problem.resources.rows().iter().zip(&duals.prices.resources) {
        worth += price * row.supply.to_f64();
        worth += (price - row.overload_cost).max(0.0) * row.overload.to_f64();
    }
    let mut paid = match &problem.rest.priced {
        Some(rest) => rest.paid.clone(),
        None => vec![0.0; problem.resources.openings().len()],
    };
    for (order, prices) in problem.orders.iter().zip(&duals.orders) {
        for (local, id) in order.tables.openings.iter().enumerate() {
            paid[*id as usize] += prices.openings.iter().map(|of_need| of_need[local]).sum::<f64>();
        }
    }
    let openings = problem.resources.openings().zip(paid);
    worth + openings.map(|((_, cost), paid)| (paid - cost.to_minor()).max(0.0)).sum::<f64>()
}

/// The Lagrangian bound: what the orders cost at least together, less what the supplies are worth.
pub(super) fn lagrangian_bound(problem: &WaveProblem, orders: f64, worth: f64) -> f64 {
    let orders = orders + problem.rest.priced.as_ref().map_or(0.0, |rest| rest.least);
    // Those sums are in floating point; their error is far below this.
    orders - worth - 1e-9 * (orders.abs() + worth.abs()) - problem.rounding_slack()
}
