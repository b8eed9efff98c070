//! The restricted master of column generation: a linear program that chooses among the order plans
//! found so far. Its rows are one an order, one a contended resource, and one for each need of an
//! order that passes a node which costs something to open.

use crate::solve::column::{Column, Entry};
use crate::solve::cuts::Cut;
use crate::solve::highs::{GrowingLp, HighsError, LpColumn, LpRow};
use crate::solve::order_plan::{Terms, open_cost};
use crate::solve::relax::Duals;
use crate::solve::rows::{CutTerms, SharedRows};
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
        let cost = order_cost(problem, order, shipped.as_ref());
        let mut uses: Vec<(u32, f64)> = Vec::new();
        let mut openings: Vec<(usize, usize, f64)> = Vec::new();
        let mut stocks: Vec<usize> = Vec::new();
        if let Some(column) = &shipped {
            let contended = column.uses.iter().filter(|(id, _)| problem.contended[*id as usize]);
            uses.extend(contended.map(|(id, used)| (*id, used.to_f64())));
            stocks.extend(column.entries.iter().filter_map(|e| tables.stock_of(options, e)));
            openings = tables.openings_of(options, &column.entries);
        }
        OrderColumn { order: order as u32, cost, uses, openings, stocks, shipped }
    }

    fn key(&self) -> (u32, Box<[Entry]>) {
        let entries = self.shipped.as_ref().map(|column| column.entries.clone());
        (self.order, entries.unwrap_or_default())
    }
}

/// All terms of an order that ships this, in weighted minor units; a lower bound where lines are
/// divided.
pub fn order_cost(problem: &WaveProblem, order: usize, shipped: Option<&Column>) -> f64 {
    let OrderProblem { options, tables } = &problem.orders[order];
    let terms = Terms::new(options, tables);
    let Some(column) = shipped else { return open_cost(tables, 0) };
    column.cost.to_minor()
        + column.line_share
        + terms.split_cost(column.shipments as usize)
        + open_cost(tables, column.state(options, tables))
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
    rows: SharedRows<'a>,
    /// By order, need and opening of the order.
    opening_uses: FxHashMap<(usize, usize, usize), LpRow>,
    known: FxHashSet<(u32, Box<[Entry]>)>,
    pub columns: Vec<OrderColumn>,
    /// Of the columns.
    lp_columns: Vec<LpColumn>,
    /// By order.
    columns_of: Vec<Vec<usize>>,
    cuts: Vec<(Cut, LpRow)>,
    cut_terms: CutTerms,
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
            rows: SharedRows::new(problem, false),
            opening_uses: FxHashMap::default(),
            known: FxHashSet::default(),
            columns: Vec::new(),
            lp_columns: Vec::new(),
            columns_of: vec![Vec::new(); problem.orders.len()],
            cuts: Vec::new(),
            cut_terms: CutTerms::default(),
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
            self.values.push((self.rows.resource(&mut self.lp, id)?, used));
        }
        for &(need, opening, share) in &column.openings {
            let row = match self.opening_uses.get(&(order, need, opening)) {
                Some(row) => *row,
                None => {
                    let open = self.rows.opening(&mut self.lp, tables.openings[opening])?;
                    let row = self.lp.add_row(f64::NEG_INFINITY, 0.0, [(open, -1.0)])?;
                    self.opening_uses.insert((order, need, opening), row);
                    row
                }
            };
            self.values.push((row, share));
        }
        let of_cuts = self.cut_terms.sums(order, &column.stocks);
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
        self.cut_terms.add(number, &cut);
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for &(order, stock, coefficient) in &cut.terms {
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

    /// Solves, and writes the duals into the prices.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn solve(&mut self, into: &mut Duals) -> Result<Solved, HighsError> {
        let solution = self.lp.solve()?;
        let duals = &solution.duals;
        for (id, price) in into.prices.resources.iter_mut().enumerate() {
            let row = self.rows.resources.get(&(id as u32));
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
