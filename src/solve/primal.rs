//! Good plans from a fractional one: rounding, re-evaluation of each order, and the program over
//! the order plans that are nearly as good as the best.

use crate::solve::Control;
use crate::solve::column::Column;
use crate::solve::cuts::Cut;
use crate::solve::greedy::Stockroom;
use crate::solve::highs::{GrowingLp, HighsError, LpColumn, LpRow, MipSettings};
use crate::solve::master::{OrderColumn, PlanKey};
use crate::solve::pricing::Prices;
use crate::solve::relax::Duals;
use crate::solve::rows::{CutTerms, Outside, SharedRows};
use crate::solve::wave_options::WaveProblem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// What each order ships; nothing where all of it stays open.
pub fn by_order(
    problem: &WaveProblem,
    columns: impl Iterator<Item = Column>,
) -> Vec<Option<Column>> {
    let mut plan = vec![None; problem.orders.len()];
    for column in columns {
        let order = column.order as usize;
        plan[order] = Some(column);
    }
    plan
}

/// Plans the orders one after the other, those first that the fractional plan is surest about: by
/// its choice where that fits, else by the best plan from what is left at the guiding prices.
pub fn round(
    problem: &WaveProblem,
    guide: &Duals,
    columns: &[OrderColumn],
    values: &[f64],
    stop: &dyn Fn() -> bool,
) -> Vec<Option<Column>> {
    let mut choice: Vec<(f64, usize)> = vec![(0.0, usize::MAX); problem.orders.len()];
    for (index, (column, &value)) in columns.iter().zip(values).enumerate() {
        let known = &mut choice[column.order as usize];
        if value > known.0 + 1e-9 {
            *known = (value, index);
        }
    }
    let mut sequence: Vec<usize> = (0..problem.orders.len()).collect();
    sequence.sort_by(|&a, &b| choice[b].0.total_cmp(&choice[a].0).then(a.cmp(&b)));
    let mut room = Stockroom::new(problem, guide);
    let mut plan = vec![None; problem.orders.len()];
    for order in sequence {
        if stop() {
            break;
        }
        let chosen = columns.get(choice[order].1).and_then(|column| column.shipped.as_ref());
        plan[order] = match chosen {
            Some(column) if room.fits(column) => {
                room.take(column);
                Some(column.clone())
            }
            _ => room.plan(order),
        };
    }
    plan
}

/// Orders that are planned again side by side: so many, or one in so many of the wave; in so many
/// grains, of each of which one thread plans the orders one after the other.
const SIDE_BY_SIDE: usize = 128;
const OF_WAVE: usize = 64;
const GRAINS: usize = 8;

/// Takes each order back and plans it again from what is left, until a pass changes little or it
/// is told to stop. (Xu, Allgor and Graves 2009.) Of orders that are planned side by side, one that
/// comes too late for what it wanted waits for the next pass.
pub fn reevaluate(
    problem: &WaveProblem,
    plan: &mut [Option<Column>],
    passes: usize,
    stop: &(dyn Fn() -> bool + Sync),
) {
    let mut room = Stockroom::new(problem, &Duals::free(problem));
    for column in plan.iter().flatten() {
        room.take(column);
    }
    let many = SIDE_BY_SIDE.max(plan.len() / OF_WAVE);
    for _ in 0..passes {
        let mut changed = 0;
        for first in (0..plan.len()).step_by(many) {
            let orders: Vec<usize> = (first..plan.len().min(first + many)).collect();
            let known = &*plan;
            let grains = orders.par_chunks(many.div_ceil(GRAINS));
            let better = grains.flat_map_iter(|orders| {
                let mut room = room.clone();
                let better = |&order: &usize| {
                    if stop() { None } else { room.better(order, known[order].as_ref()) }
                };
                orders.iter().map(better).collect::<Vec<_>>()
            });
            let better: Vec<Option<Option<Column>>> = better.collect();
            for (order, new) in orders.into_iter().zip(better) {
                let Some(new) = new else { continue };
                changed += usize::from(room.exchange(order, &mut plan[order], new));
            }
            if stop() {
                return;
            }
        }
        if changed * 500 <= plan.len() {
            return;
        }
    }
}

/// Order plans in the program, at most.
const MAX_COLUMNS: usize = 40_000;

/// The best plan that order plans of small reduced cost make up, if one better than the start is
/// found. `reduced` says how far each is from the best of its order.
///
/// # Errors
/// When HiGHS fails.
pub fn combine(
    problem: &WaveProblem,
    columns: &[OrderColumn],
    reduced: &[f64],
    cuts: &[Cut],
    start: &[Option<Column>],
    settings: MipSettings,
    control: &Control,
) -> Result<Option<Vec<Option<Column>>>, HighsError> {
    let mut nearest: Vec<usize> = (0..columns.len()).collect();
    nearest.sort_by(|&a, &b| reduced[a].total_cmp(&reduced[b]).then(a.cmp(&b)));
    nearest.truncate(MAX_COLUMNS);
    nearest.sort_unstable();
    let mut program = Program::new(problem, cuts, Outside::nothing(problem))?;
    for (order, column) in start.iter().enumerate() {
        program.add(OrderColumn::new(problem, order, column.clone()))?;
    }
    for at in nearest {
        program.add(columns[at].clone())?;
    }
    let found = program.solve(settings, control)?;
    let is_new = !found.is_empty();
    Ok(is_new.then(|| by_order(problem, found.into_iter().filter_map(|plan| plan.shipped))))
}

/// The program that chooses one of the given plans of every order that has some. The first plans of
/// the orders together are its start: they must fit.
pub struct Program<'a> {
    problem: &'a WaveProblem<'a>,
    lp: GrowingLp,
    plans: Vec<(OrderColumn, LpColumn)>,
    known: FxHashSet<PlanKey>,
    rows: SharedRows<'a>,
    /// Of the orders that have plans, with the place of the first.
    orders: FxHashMap<u32, (LpRow, usize)>,
    /// By opening and order.
    opening_uses: FxHashMap<(u32, u32), LpRow>,
    cuts: Vec<LpRow>,
    cut_terms: CutTerms,
}

/// What the linear relaxation of a program says that things are worth, in weighted minor units;
/// without prices of openings.
pub struct Worth {
    pub prices: Prices,
    /// What the best known plan of each order costs at all prices, by order.
    pub orders: FxHashMap<u32, f64>,
}

impl<'a> Program<'a> {
    /// Nothing to choose from yet, around what is done outside.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn new(
        problem: &'a WaveProblem<'a>,
        cuts: &[Cut],
        outside: Outside,
    ) -> Result<Program<'a>, HighsError> {
        let mut program = Program {
            problem,
            lp: GrowingLp::new(0)?,
            plans: Vec::new(),
            known: FxHashSet::default(),
            rows: SharedRows::new(problem, outside, true),
            orders: FxHashMap::default(),
            opening_uses: FxHashMap::default(),
            cuts: Vec::with_capacity(cuts.len()),
            cut_terms: CutTerms::default(),
        };
        for (number, cut) in cuts.iter().enumerate() {
            program.cuts.push(program.lp.add_row(f64::NEG_INFINITY, cut.limit, [])?);
            program.cut_terms.add(number, cut);
        }
        Ok(program)
    }

    /// Adds an order plan to choose from, unless it is among them; returns whether it was added.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn add(&mut self, plan: OrderColumn) -> Result<bool, HighsError> {
        if !self.known.insert(plan.key()) {
            return Ok(false);
        }
        let row = match self.orders.get(&plan.order) {
            Some((row, _)) => *row,
            None => {
                let row = self.lp.add_row(1.0, 1.0, [])?;
                self.orders.insert(plan.order, (row, self.plans.len()));
                row
            }
        };
        let mut terms = vec![(row, 1.0)];
        for &(id, used) in &plan.uses {
            terms.push((self.rows.resource(&mut self.lp, id)?, used));
        }
        for id in plan.opened(self.problem) {
            if self.rows.outside().is_open(id) {
                continue;
            }
            let row = match self.opening_uses.get(&(id, plan.order)) {
                Some(row) => *row,
                None => {
                    let open = self.rows.opening(&mut self.lp, id)?;
                    let row = self.lp.add_row(f64::NEG_INFINITY, 0.0, [(open, -1.0)])?;
                    self.opening_uses.insert((id, plan.order), row);
                    row
                }
            };
            terms.push((row, 1.0));
        }
        let of_cuts = self.cut_terms.sums(plan.order as usize, &plan.stocks).into_iter();
        terms.extend(of_cuts.map(|(number, sum)| (self.cuts[number], sum)));
        let column = self.lp.add_binary(plan.cost, terms)?;
        self.plans.push((plan, column));
        Ok(true)
    }

    /// Solves the linear relaxation.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn relax(&mut self) -> Result<Worth, HighsError> {
        let duals = self.lp.solve()?.duals;
        let mut resources = vec![0.0; self.problem.resources.len()];
        for (id, row) in &self.rows.resources {
            resources[*id as usize] = (-duals[row.index]).max(0.0);
        }
        let orders = self.orders.iter().map(|(order, (row, _))| (*order, duals[row.index]));
        Ok(Worth { prices: Prices { resources }, orders: orders.collect() })
    }

    /// The value of every column when the first plan of each order is chosen.
    fn start(&self) -> Vec<f64> {
        let mut values = vec![0.0; self.lp.columns()];
        let mut used: FxHashMap<u32, f64> = FxHashMap::default();
        for (plan, column) in self.orders.values().map(|(_, first)| &self.plans[*first]) {
            values[column.index] = 1.0;
            for &(id, amount) in &plan.uses {
                *used.entry(id).or_default() += amount;
            }
            for id in plan.opened(self.problem) {
                if let Some(opening) = self.rows.openings.get(&id) {
                    values[opening.index] = 1.0;
                }
            }
        }
        for (id, column) in &self.rows.overloads {
            let supply = self.problem.resources.rows()[*id as usize].supply.to_f64();
            let outside = self.rows.outside().taken[*id as usize];
            let over = used.get(id).copied().unwrap_or(0.0) + outside - supply;
            values[column.index] = over.max(0.0);
        }
        values
    }

    /// The plans chosen; none where nothing was found.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn solve(
        self,
        settings: MipSettings,
        control: &Control,
    ) -> Result<Vec<OrderColumn>, HighsError> {
        let start = self.start();
        let run = self.lp.run_mip(settings, Some(&start), control)?;
        let Some(values) = run.values else { return Ok(Vec::new()) };
        let chosen = self.plans.into_iter().filter(|(_, column)| values[column.index] > 0.5);
        Ok(chosen.map(|(plan, _)| plan).collect())
    }
}
