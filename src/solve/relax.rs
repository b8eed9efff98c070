//! Prices and a lower bound for the whole wave, by column generation.
//!
//! A linear program chooses among the columns found so far; its duals price stock, capacity and
//! openings; pricing every order at these prices finds better columns and, as a Lagrangian
//! relaxation, a bound: what the orders cost at best when they pay for what they use, less what
//! the supplies are worth. The bound holds for any prices, whatever the master's accuracy.
//! (Dantzig and Wolfe 1960; Geoffrion 1974.)

use crate::solve::column::Column;
use crate::solve::highs::{Col, GrowingLp, HighsError, LpRow};
use crate::solve::order_plan::{BestColumns, OrderBound, Terms, best_plan, open_cost};
use crate::solve::pricing::{OrderPrices, Prices};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::solve::{Control, Progress, Stage};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// What the relaxation knows.
#[derive(Clone, Debug)]
pub struct Relaxation {
    /// A lower bound on the cost of the open lines, in weighted minor units.
    pub bound: f64,
    /// The prices of that bound.
    pub prices: Prices,
    pub order_prices: Vec<OrderPrices>,
    /// Every column generated.
    pub columns: Vec<Column>,
    /// Orders of which not every combination of shipments that share a transfer was looked at.
    pub unseen: u64,
}

/// New columns of an order in a round, at most.
const COLUMNS_A_ROUND: usize = 8;
/// The master has converged when it is this close to the bound, relatively.
const CONVERGED: f64 = 1e-6;
const MAX_ROUNDS: usize = 200;

/// The restricted master: rows appear with the first column that needs them.
struct Master<'a> {
    problem: &'a WaveProblem<'a>,
    lp: GrowingLp,
    needs: Vec<Vec<LpRow>>,
    shipments: Vec<Option<LpRow>>,
    resources: FxHashMap<u32, LpRow>,
    openings: FxHashMap<u32, Col>,
    /// By order, need and opening of the order.
    opening_uses: FxHashMap<(usize, usize, usize), LpRow>,
    known: FxHashSet<(u32, Box<[crate::solve::column::Entry]>)>,
    columns: Vec<Column>,
    values: Vec<(LpRow, f64)>,
}

impl<'a> Master<'a> {
    fn new(problem: &'a WaveProblem<'a>, seed: u64) -> Result<Master<'a>, HighsError> {
        let mut master = Master {
            problem,
            lp: GrowingLp::new(seed)?,
            needs: Vec::with_capacity(problem.orders.len()),
            shipments: Vec::with_capacity(problem.orders.len()),
            resources: FxHashMap::default(),
            openings: FxHashMap::default(),
            opening_uses: FxHashMap::default(),
            known: FxHashSet::default(),
            columns: Vec::new(),
            values: Vec::new(),
        };
        for order in &problem.orders {
            master.add_order(order)?;
        }
        Ok(master)
    }

    /// Rows of the needs with the columns that leave them open, and the row that counts shipments.
    fn add_order(&mut self, order: &OrderProblem) -> Result<(), HighsError> {
        let OrderProblem { options, tables } = order;
        let states = &tables.states;
        let terms = Terms::new(options, tables);
        let mut rows = Vec::with_capacity(states.needs());
        for need in 0..states.needs() {
            let whole = states.whole(need) as f64;
            rows.push(self.lp.add_row(whole, whole, [])?);
        }
        if options.ship_complete {
            let all = rows.iter().enumerate();
            let all: Vec<(LpRow, f64)> =
                all.map(|(need, row)| (*row, states.whole(need) as f64)).collect();
            self.lp.add_column(open_cost(tables, 0), f64::INFINITY, all)?;
        } else {
            for (need, row) in rows.iter().enumerate() {
                let whole = states.whole(need) as f64;
                let cost = tables.unfilled[need][0] + tables.open_change[need];
                let cost = cost.to_minor() / whole;
                self.lp.add_column(cost, f64::INFINITY, [(*row, 1.0)])?;
            }
        }
        let counts = states.needs() > 1 || !states.is_binary() || terms.max_shipments == 0;
        let row = if counts {
            let free = usize::from(!terms.has_frozen);
            let most = terms.max_shipments.saturating_sub(free) as f64;
            let free = free.min(terms.max_shipments) as f64;
            let row = self.lp.add_row(f64::NEG_INFINITY, free, [])?;
            self.lp.add_column(terms.split, most, [(row, -1.0)])?;
            Some(row)
        } else {
            None
        };
        self.needs.push(rows);
        self.shipments.push(row);
        Ok(())
    }

    fn add(&mut self, column: Column) -> Result<bool, HighsError> {
        if !self.known.insert((column.order, column.entries.clone())) {
            return Ok(false);
        }
        let order = column.order as usize;
        let problem = self.problem;
        let OrderProblem { options, tables } = &problem.orders[order];
        self.values.clear();
        for (need, row) in self.needs[order].iter().enumerate() {
            let line = options.needs[need].lines[0];
            let units = column.quantity(line);
            if units > 0 {
                let amount = if options.lines[line].divisible { units as f64 } else { 1.0 };
                self.values.push((*row, amount));
            }
        }
        if let Some(row) = self.shipments[order].filter(|_| column.shipments > 0) {
            self.values.push((row, column.shipments as f64));
        }
        for &(id, used) in &column.uses {
            if !problem.contended[id as usize] {
                continue;
            }
            let row = match self.resources.get(&id) {
                Some(row) => *row,
                None => {
                    let resource = &problem.resources.rows()[id as usize];
                    let supply = resource.supply.to_f64();
                    let row = self.lp.add_row(f64::NEG_INFINITY, supply, [])?;
                    let overload = resource.overload.to_f64();
                    if overload > 0.0 {
                        self.lp.add_column(resource.overload_cost, overload, [(row, -1.0)])?;
                    }
                    self.resources.insert(id, row);
                    row
                }
            };
            self.values.push((row, used.to_f64()));
        }
        for (need, opening, share) in tables.openings_of(options, &column.entries) {
            let row = match self.opening_uses.get(&(order, need, opening)) {
                Some(row) => *row,
                None => {
                    let id = tables.openings[opening];
                    let open = match self.openings.get(&id) {
                        Some(column) => *column,
                        None => {
                            let cost = problem.resources.opening_cost(id).to_minor();
                            let column = self.lp.add_column(cost, f64::INFINITY, [])?;
                            self.openings.insert(id, column);
                            column
                        }
                    };
                    let row = self.lp.add_row(f64::NEG_INFINITY, 0.0, [(open, -1.0)])?;
                    self.opening_uses.insert((order, need, opening), row);
                    row
                }
            };
            self.values.push((row, share));
        }
        let cost = column.cost.to_minor() + column.line_share;
        self.lp.add_column(cost, f64::INFINITY, self.values.iter().copied())?;
        self.columns.push(column);
        Ok(true)
    }
}

/// What pricing an order gave.
struct OrderResult {
    columns: Vec<Column>,
    /// No plan of the order costs less at these prices.
    least: f64,
    unseen: bool,
}

/// Generates columns until the bound meets the master or comes within the target gap of the
/// incumbent, or the control says stop. Prices every order at least once.
///
/// # Errors
/// When HiGHS fails.
pub fn relax(
    problem: &WaveProblem,
    start: &[Column],
    seed: u64,
    incumbent: f64,
    target_gap: f64,
    control: &Control,
    listen: &dyn Fn(Progress),
) -> Result<Relaxation, HighsError> {
    let mut master = Master::new(problem, seed)?;
    for column in start {
        master.add(column.clone())?;
    }
    let free = Prices { resources: vec![0.0; problem.resources.len()] };
    let no_prices: Vec<OrderPrices> =
        problem.orders.iter().map(|order| OrderPrices::free(&order.tables)).collect();
    let mut best = Relaxation {
        bound: f64::NEG_INFINITY,
        prices: free.clone(),
        order_prices: no_prices.clone(),
        columns: Vec::new(),
        unseen: 0,
    };
    let (mut prices, mut order_prices) = (free, no_prices);
    let mut order_duals: Option<Vec<(Vec<f64>, f64)>> = None;
    let mut objective = f64::INFINITY;
    for _ in 0..MAX_ROUNDS {
        let results = price_all(problem, &prices, &order_prices, order_duals.as_deref());
        let bound = lagrangian_bound(problem, &prices, &order_prices, &results);
        if bound > best.bound {
            best.bound = bound;
            best.unseen = results.iter().filter(|result| result.unseen).count() as u64;
            best.prices = prices.clone();
            best.order_prices = order_prices.clone();
        }
        let mut added = 0;
        for column in results.into_iter().flat_map(|result| result.columns) {
            added += usize::from(master.add(column)?);
        }
        listen(Progress { stage: Stage::Prices, incumbent: None, bound: Some(best.bound) });
        let close =
            objective.is_finite() && objective - best.bound <= CONVERGED * objective.abs().max(1.0);
        let enough = incumbent - best.bound <= target_gap * incumbent.abs();
        if close || added == 0 || enough {
            break;
        }
        if control.stopped().is_some() {
            break;
        }
        let solution = master.lp.solve()?;
        objective = solution.objective;
        let duals = &solution.duals;
        for (id, price) in prices.resources.iter_mut().enumerate() {
            let row = master.resources.get(&(id as u32));
            *price = row.map_or(0.0, |row| (-duals[row.index]).max(0.0));
        }
        for ((order, need, opening), row) in &master.opening_uses {
            order_prices[*order].openings[*need][*opening] = (-duals[row.index]).max(0.0);
        }
        let of_order = |order: usize| {
            let needs = master.needs[order].iter().map(|row| duals[row.index]).collect();
            let shipment = master.shipments[order].map_or(0.0, |row| (-duals[row.index]).max(0.0));
            (needs, shipment)
        };
        order_duals = Some((0..problem.orders.len()).map(of_order).collect());
    }
    best.columns = master.columns;
    Ok(best)
}

/// Prices every order: its best plan, and the columns that the master lacks.
fn price_all(
    problem: &WaveProblem,
    prices: &Prices,
    order_prices: &[OrderPrices],
    duals: Option<&[(Vec<f64>, f64)]>,
) -> Vec<OrderResult> {
    let price = |index: usize| {
        let OrderProblem { options, tables } = &problem.orders[index];
        let scan = problem.scan(index, prices, &order_prices[index]);
        let mut best = BestColumns::find(&scan);
        let OrderBound { least, unseen, .. } = OrderBound::new(&scan, &mut best);
        let plan = best_plan(options, tables, &best);
        let column =
            |entries: &[crate::solve::column::Entry]| scan.column(index as u32, entries.to_vec());
        let mut columns: Vec<Column> =
            plan.columns.iter().map(|found| column(&found.entries)).collect();
        if let Some((needs, shipment)) = duals.map(|duals| &duals[index]) {
            let mut attractive: Vec<(f64, &crate::solve::pricing::Priced)> = best
                .iter()
                .map(|found| {
                    let worth: f64 = (0..tables.states.needs())
                        .map(|need| tables.states.digit(found.state, need) as f64 * needs[need])
                        .sum();
                    (found.cost + shipment * found.shipments as f64 - worth, found)
                })
                .filter(|(reduced, _)| *reduced < -1e-6)
                .collect();
            attractive.sort_by(|a, b| a.0.total_cmp(&b.0));
            let some = attractive.iter().take(COLUMNS_A_ROUND);
            columns.extend(some.map(|(_, found)| column(&found.entries)));
        }
        OrderResult { least, unseen, columns }
    };
    (0..problem.orders.len()).into_par_iter().map(price).collect()
}

/// The Lagrangian bound at these prices.
fn lagrangian_bound(
    problem: &WaveProblem,
    prices: &Prices,
    order_prices: &[OrderPrices],
    results: &[OrderResult],
) -> f64 {
    let orders: f64 = results.iter().map(|result| result.least).sum();
    let mut bound = orders;
    for (row, price) in problem.resources.rows().iter().zip(&prices.resources) {
        bound -= price * row.supply.to_f64();
        bound -= (price - row.overload_cost).max(0.0) * row.overload.to_f64();
    }
    let mut paid = vec![0.0; problem.resources.openings().len()];
    for (order, prices) in problem.orders.iter().zip(order_prices) {
        for (local, id) in order.tables.openings.iter().enumerate() {
            paid[*id as usize] += prices.openings.iter().map(|of_need| of_need[local]).sum::<f64>();
        }
    }
    for ((_, cost), paid) in problem.resources.openings().zip(paid) {
        bound -= (paid - cost.to_minor()).max(0.0);
    }
    // The sums above are in floating point; their error is far below this.
    bound - 1e-9 * (orders.abs() + (orders - bound).abs()) - problem.rounding_slack()
}
