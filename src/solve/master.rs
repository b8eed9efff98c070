//! The restricted master of column generation: a linear program that chooses among the order plans
//! found so far. Its rows are one an order, one a contended resource, and one for each need of an
//! order that passes a node which costs something to open; those that matter.

use crate::solve::OpeningId;
use crate::solve::column::{Column, Entry};
use crate::solve::cuts::Cut;
use crate::solve::highs::{GrowingLp, HighsError, LpColumn, LpRow};
use crate::solve::order_plan::{Terms, open_cost};
use crate::solve::relax::Duals;
use crate::solve::rows::{CutTerms, Outside, SharedRows};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Order and entries of a plan, as a number: a wave has millions of plans, and the odds that two of
/// them share it are about one in a million. A plan taken for another would merely be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlanKey(u64);

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
            let used = column.entries.iter().filter_map(|e| tables.stock_of(options, e));
            stocks.extend(used.map(|stock| stock as usize));
            openings = tables.openings_of(options, &column.entries);
        }
        uses.shrink_to_fit();
        stocks.shrink_to_fit();
        openings.shrink_to_fit();
        OrderColumn { order: order as u32, cost, uses, openings, stocks, shipped }
    }

    /// A plan of an order by its entries.
    pub fn of_entries(problem: &WaveProblem, order: usize, entries: Vec<Entry>) -> OrderColumn {
        let shipped = (!entries.is_empty()).then(|| problem.column(order as u32, entries));
        OrderColumn::new(problem, order, shipped)
    }

    /// The openings that it passes, sorted.
    pub fn opened(&self, problem: &WaveProblem) -> Vec<OpeningId> {
        let openings = &problem.orders[self.order as usize].tables.openings;
        let mut opened: Vec<OpeningId> =
            self.openings.iter().map(|(_, local, _)| openings[*local]).collect();
        opened.sort_unstable();
        opened.dedup();
        opened
    }

    /// What tells it from other plans.
    pub fn key(&self) -> PlanKey {
        let mut hasher = DefaultHasher::new();
        self.order.hash(&mut hasher);
        self.shipped.as_ref().map(|column| &column.entries).hash(&mut hasher);
        PlanKey(hasher.finish())
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
        + tables.exchanges.cost(options, &column.entries)
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

/// The master. Every order has a plan to start from; the columns are departures from these, so
/// that orders and resources which no departure touches are not in the program, and its first
/// basis, nothing departs, is feasible.
pub struct Master<'a> {
    problem: &'a WaveProblem<'a>,
    lp: GrowingLp,
    /// Rows of orders with departures.
    orders: Vec<Option<LpRow>>,
    rows: SharedRows<'a>,
    /// By order, need and opening of the order.
    opening_uses: FxHashMap<(usize, usize, usize), LpRow>,
    known: FxHashSet<PlanKey>,
    /// Those to start from, by order, then the departures.
    pub columns: Vec<OrderColumn>,
    /// Of the departures.
    lp_columns: Vec<LpColumn>,
    /// Departures by order, as indices into `columns`.
    columns_of: Vec<Vec<usize>>,
    cuts: Vec<(Cut, LpRow)>,
    cut_terms: CutTerms,
    /// Of the plans to start from.
    start_cost: f64,
}

impl<'a> Master<'a> {
    /// A master in which every order does what a feasible plan says.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn new(
        problem: &'a WaveProblem<'a>,
        start: Vec<Option<Column>>,
        seed: u64,
    ) -> Result<Master<'a>, HighsError> {
        let columns: Vec<OrderColumn> = start
            .into_iter()
            .enumerate()
            .map(|(order, shipped)| OrderColumn::new(problem, order, shipped))
            .collect();
        // The openings of these plans are columns of the program.
        let mut outside = Outside::nothing(problem);
        for (id, used) in columns.iter().flat_map(|column| &column.uses) {
            outside.taken[*id as usize] += used;
        }
        let rows = problem.resources.rows().iter().zip(&outside.taken);
        let overloaded = rows.enumerate().filter(|(_, (row, taken))| row.supply.to_f64() < **taken);
        let overloaded: Vec<usize> = overloaded.map(|(id, _)| id).collect();
        let mut master = Master {
            problem,
            lp: GrowingLp::new(seed)?,
            orders: vec![None; columns.len()],
            rows: SharedRows::new(problem, outside, false),
            opening_uses: FxHashMap::default(),
            known: columns.iter().map(OrderColumn::key).collect(),
            lp_columns: Vec::new(),
            columns_of: vec![Vec::new(); columns.len()],
            cuts: Vec::new(),
            cut_terms: CutTerms::default(),
            start_cost: columns.iter().map(|column| column.cost).sum(),
            columns,
        };
        for id in overloaded {
            master.rows.resource(&mut master.lp, id as u32)?;
        }
        for order in 0..master.orders.len() {
            for (need, opening, _) in master.columns[order].openings.clone() {
                master.opening_use(order, need, opening)?;
            }
        }
        Ok(master)
    }

    /// The row of what a need sends past an opening.
    fn opening_use(
        &mut self,
        order: usize,
        need: usize,
        opening: usize,
    ) -> Result<LpRow, HighsError> {
        if let Some(row) = self.opening_uses.get(&(order, need, opening)) {
            return Ok(*row);
        }
        let id = self.problem.orders[order].tables.openings[opening];
        let open = self.rows.opening(&mut self.lp, id)?;
        let start = &self.columns[order].openings;
        let at_start = start.iter().find(|(n, o, _)| (*n, *o) == (need, opening));
        let at_start = at_start.map_or(0.0, |(_, _, share)| *share);
        let row = self.lp.add_row(f64::NEG_INFINITY, -at_start, [(open, -1.0)])?;
        self.opening_uses.insert((order, need, opening), row);
        Ok(row)
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
        let row = match self.orders[order] {
            Some(row) => row,
            None => self.lp.add_row(f64::NEG_INFINITY, 1.0, [])?,
        };
        self.orders[order] = Some(row);
        let start = self.columns[order].clone();
        let mut values = vec![(row, 1.0)];
        let uses = |column: &OrderColumn| column.uses.clone();
        for (id, used) in difference(uses(&column), uses(&start)) {
            values.push((self.rows.resource(&mut self.lp, id)?, used));
        }
        let shares = |column: &OrderColumn| -> Vec<((usize, usize), f64)> {
            column
                .openings
                .iter()
                .map(|(need, opening, share)| ((*need, *opening), *share))
                .collect()
        };
        for ((need, opening), share) in difference(shares(&column), shares(&start)) {
            values.push((self.opening_use(order, need, opening)?, share));
        }
        let sums = |column: &OrderColumn| self.cut_terms.sums(order, &column.stocks);
        let of_cuts = difference(sums(&column), sums(&start)).into_iter();
        values.extend(of_cuts.map(|(cut, sum)| (self.cuts[cut].1, sum)));
        let added = self.lp.add_column(column.cost - start.cost, f64::INFINITY, values)?;
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
        let mut orders: Vec<usize> = cut.terms.iter().map(|(order, _, _)| *order).collect();
        orders.sort_unstable();
        orders.dedup();
        let mut limit = cut.limit;
        let mut terms: Vec<(LpColumn, f64)> = Vec::new();
        for order in orders {
            let sum = |column: usize| {
                let sums = self.cut_terms.sums(order, &self.columns[column].stocks);
                sums.get(&number).copied().unwrap_or(0.0)
            };
            let at_start = sum(order);
            limit -= at_start;
            for &at in &self.columns_of[order] {
                let more = sum(at) - at_start;
                if more != 0.0 {
                    terms.push((self.lp_columns[at - self.orders.len()], more));
                }
            }
        }
        let row = self.lp.add_row(f64::NEG_INFINITY, limit, terms)?;
        self.cuts.push((cut, row));
        Ok(())
    }

    pub fn cuts(&self) -> Vec<Cut> {
        self.cuts.iter().map(|(cut, _)| cut.clone()).collect()
    }

    /// How much of each column is in a solution of the program.
    fn values(&self, solution: &[f64]) -> Vec<f64> {
        let mut values = vec![1.0; self.orders.len()];
        for (column, lp_column) in self.columns[self.orders.len()..].iter().zip(&self.lp_columns) {
            values.push(solution[lp_column.index]);
            values[column.order as usize] -= solution[lp_column.index];
        }
        values
    }

    /// Solves, and writes the duals into the prices.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn solve(&mut self, into: &mut Duals) -> Result<Solved, HighsError> {
        let solution = self.lp.solve()?;
        let duals = &solution.duals;
        into.clear();
        let price = |row: LpRow| (-duals[row.index]).max(0.0);
        for (id, row) in &self.rows.resources {
            into.prices.resources[*id as usize] = price(*row);
        }
        for ((order, need, opening), row) in &self.opening_uses {
            into.orders[*order].openings[*need][*opening] = price(*row);
        }
        for (cut, row) in &self.cuts {
            into.price_cut(cut, price(*row));
        }
        let values = self.values(&solution.values);
        Ok(Solved {
            objective: solution.objective + self.start_cost,
            released: released(self.problem, &self.columns, &values),
            values,
        })
    }
}

/// How much of each line some order plans release, each as far as it is chosen, by order and stock
/// of the order.
pub fn released(problem: &WaveProblem, plans: &[OrderColumn], values: &[f64]) -> Vec<Vec<f64>> {
    let orders = problem.orders.iter();
    let mut released: Vec<Vec<f64>> =
        orders.map(|order| vec![0.0; order.tables.stocks.len()]).collect();
    for (plan, &value) in plans.iter().zip(values) {
        if value > 1e-9 {
            for &stock in &plan.stocks {
                released[plan.order as usize][stock] += value;
            }
        }
    }
    released
}

/// What one list has more than another, by key.
fn difference<K: Ord>(
    more: impl IntoIterator<Item = (K, f64)>,
    less: impl IntoIterator<Item = (K, f64)>,
) -> BTreeMap<K, f64> {
    let mut sums: BTreeMap<K, f64> = BTreeMap::new();
    let less = less.into_iter().map(|(key, value)| (key, -value));
    for (key, value) in more.into_iter().chain(less) {
        *sums.entry(key).or_default() += value;
    }
    sums.retain(|_, value| *value != 0.0);
    sums
}
