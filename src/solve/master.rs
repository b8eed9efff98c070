//! The restricted master of column generation: a linear program that chooses among the order plans
//! found so far. Its rows are one an order, one a contended resource, and one for each need of an
//! order that passes a node which costs something to open.

use crate::solve::column::{Column, Entry};
use crate::solve::cuts::Cut;
use crate::solve::highs::{GrowingLp, HighsError, LpColumn, LpRow};
use crate::solve::order_plan::{Terms, open_cost};
use crate::solve::relax::Duals;
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// A plan of one order: shipments, and what stays open.
#[derive(Clone, Debug)]
pub struct OrderColumn {
    pub order: u32,
    /// Of all terms of the order, in weighted minor units; a lower bound where lines are divided.
    pub cost: f64,
    /// Of contended resources, by id.
    pub uses: Vec<(u32, f64)>,
    /// Need, opening of the order, and the share of the need that passes there.
    pub openings: Vec<(usize, usize, f64)>,
    /// Stocks of the order that whole lines use.
    pub stocks: Vec<usize>,
    pub shipped: Option<Column>,
}

impl OrderColumn {
    /// A plan of an order by what it ships; nothing where all stays open.
    pub fn new(problem: &WaveProblem, order: usize, shipped: Option<Column>) -> OrderColumn {
        let OrderProblem { options, tables } = &problem.orders[order];
        let terms = Terms::new(options, tables);
        let mut uses: Vec<(u32, f64)> = Vec::new();
        let mut openings: Vec<(usize, usize, f64)> = Vec::new();
        let mut stocks: Vec<usize> = Vec::new();
        let (mut cost, mut added, mut state) = (0.0, 0, 0);
        if let Some(column) = &shipped {
            cost += column.cost.to_minor() + column.line_share;
            added += column.shipments as usize;
            let contended = column.uses.iter().filter(|(id, _)| problem.contended[*id as usize]);
            uses.extend(contended.map(|(id, used)| (*id, used.to_f64())));
            stocks.extend(column.entries.iter().filter_map(|e| tables.stock_of(options, e)));
            openings = tables.openings_of(options, &column.entries);
            state = column.state(options, tables);
        }
        cost += terms.split_cost(added) + open_cost(tables, state);
        OrderColumn { order: order as u32, cost, uses, openings, stocks, shipped }
    }

    fn key(&self) -> (u32, Box<[Entry]>) {
        let entries = self.shipped.as_ref().map(|column| column.entries.clone());
        (self.order, entries.unwrap_or_default())
    }
}

/// A solution of the master.
#[derive(Clone, Debug)]
pub struct Solved {
    pub objective: f64,
    /// How much of each line is released, by order and stock of the order.
    pub released: Vec<Vec<f64>>,
    /// By column.
    pub values: Vec<f64>,
}

/// The master; rows of resources and openings appear with the first column that needs them.
pub struct Master<'a> {
    problem: &'a WaveProblem<'a>,
    lp: GrowingLp,
    orders: Vec<LpRow>,
    resources: FxHashMap<u32, LpRow>,
    openings: FxHashMap<u32, LpColumn>,
    /// By order, need and opening of the order.
    opening_uses: FxHashMap<(usize, usize, usize), LpRow>,
    known: FxHashSet<(u32, Box<[Entry]>)>,
    pub columns: Vec<OrderColumn>,
    /// Of the columns.
    lp_columns: Vec<LpColumn>,
    /// By order.
    columns_of: Vec<Vec<usize>>,
    cuts: Vec<(Cut, LpRow)>,
    /// By order and stock of the order: the cuts that count it, with their coefficients.
    cut_terms: FxHashMap<(usize, usize), Vec<(usize, f64)>>,
    values: Vec<(LpRow, f64)>,
}

impl<'a> Master<'a> {
    /// A master in which every order stays open.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn new(problem: &'a WaveProblem<'a>, seed: u64) -> Result<Master<'a>, HighsError> {
        let mut master = Master {
            problem,
            lp: GrowingLp::new(seed)?,
            orders: Vec::with_capacity(problem.orders.len()),
            resources: FxHashMap::default(),
            openings: FxHashMap::default(),
            opening_uses: FxHashMap::default(),
            known: FxHashSet::default(),
            columns: Vec::new(),
            lp_columns: Vec::new(),
            columns_of: vec![Vec::new(); problem.orders.len()],
            cuts: Vec::new(),
            cut_terms: FxHashMap::default(),
            values: Vec::new(),
        };
        for order in 0..problem.orders.len() {
            let row = master.lp.add_row(1.0, 1.0, [])?;
            master.orders.push(row);
            master.add(OrderColumn::new(problem, order, None))?;
        }
        Ok(master)
    }

    /// Adds a plan of an order; returns whether it is new.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn add(&mut self, column: OrderColumn) -> Result<bool, HighsError> {
        if !self.known.insert(column.key()) {
            return Ok(false);
        }
        let order = column.order as usize;
        let problem = self.problem;
        let tables = &problem.orders[order].tables;
        self.values.clear();
        self.values.push((self.orders[order], 1.0));
        for &(id, used) in &column.uses {
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
            self.values.push((row, used));
        }
        for &(need, opening, share) in &column.openings {
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
        let mut of_cuts: BTreeMap<usize, f64> = BTreeMap::new();
        for &stock in &column.stocks {
            for &(cut, coefficient) in self.cut_terms.get(&(order, stock)).into_iter().flatten() {
                *of_cuts.entry(cut).or_default() += coefficient;
            }
        }
        self.values.extend(of_cuts.into_iter().map(|(cut, sum)| (self.cuts[cut].1, sum)));
        let added = self.lp.add_column(column.cost, f64::INFINITY, self.values.iter().copied())?;
        self.lp_columns.push(added);
        self.columns_of[order].push(self.columns.len());
        self.columns.push(column);
        Ok(true)
    }

    /// Adds a cut that every plan satisfies.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn cut(&mut self, cut: Cut) -> Result<(), HighsError> {
        let number = self.cuts.len();
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for &(order, stock, coefficient) in &cut.terms {
            self.cut_terms.entry((order, stock)).or_default().push((number, coefficient));
            for &at in &self.columns_of[order] {
                let uses = self.columns[at].stocks.iter().filter(|used| **used == stock).count();
                if uses > 0 {
                    *sums.entry(at).or_default() += coefficient * uses as f64;
                }
            }
        }
        let terms: Vec<(LpColumn, f64)> =
            sums.into_iter().map(|(at, sum)| (self.lp_columns[at], sum)).collect();
        let row = self.lp.add_row(f64::NEG_INFINITY, cut.limit, terms)?;
        self.cuts.push((cut, row));
        Ok(())
    }

    pub fn cuts(&self) -> Vec<Cut> {
        self.cuts.iter().map(|(cut, _)| cut.clone()).collect()
    }

    /// How much of each line a solution releases, by order and stock of the order.
    fn released(&self, values: &[f64]) -> Vec<Vec<f64>> {
        let orders = self.problem.orders.iter();
        let mut released: Vec<Vec<f64>> =
            orders.map(|order| vec![0.0; order.tables.stocks.len()]).collect();
        for (column, lp_column) in self.columns.iter().zip(&self.lp_columns) {
            let value = values[lp_column.index];
            if value > 1e-9 {
                for &stock in &column.stocks {
                    released[column.order as usize][stock] += value;
                }
            }
        }
        released
    }

    /// Solves; writes the duals into the prices and returns the objective.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn solve(&mut self, into: &mut Duals) -> Result<Solved, HighsError> {
        let solution = self.lp.solve()?;
        let duals = &solution.duals;
        for (id, price) in into.prices.resources.iter_mut().enumerate() {
            let row = self.resources.get(&(id as u32));
            *price = row.map_or(0.0, |row| (-duals[row.index]).max(0.0));
        }
        for ((order, need, opening), row) in &self.opening_uses {
            into.orders[*order].openings[*need][*opening] = (-duals[row.index]).max(0.0);
        }
        for of_order in &mut into.orders {
            of_order.stocks.fill(0.0);
        }
        into.cut_worth = 0.0;
        for (cut, row) in &self.cuts {
            let price = (-duals[row.index]).max(0.0);
            into.cut_worth += price * cut.limit;
            for &(order, stock, coefficient) in &cut.terms {
                into.orders[order].stocks[stock] += price * coefficient;
            }
        }
        Ok(Solved {
            objective: solution.objective,
            released: self.released(&solution.values),
            values: self.lp_columns.iter().map(|c| solution.values[c.index]).collect(),
        })
    }
}
