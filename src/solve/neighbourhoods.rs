//! Better plans by large-neighbourhood search: orders that stand in each other's way are taken out
//! of a plan together, and HiGHS chooses anew among their order plans, given what the others leave:
//! those of small reduced cost, and those made for what is left there.
//! (Shaw 1998; the neighbourhoods follow what is contended.)

use crate::solve::column::Column;
use crate::solve::greedy::Stockroom;
use crate::solve::highs::{HighsError, MipSettings};
use crate::solve::master::OrderColumn;
use crate::solve::primal::Program;
use crate::solve::recreate::{add_cheaper, recreate};
use crate::solve::relax::Relaxation;
use crate::solve::rows::Outside;
use crate::solve::wave_options::WaveProblem;
use crate::solve::{Control, OpeningId};
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::SeedableRng;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Orders of a neighbourhood, and nodes of branch and bound in it: they grow when less gives nothing
/// more.
const EFFORTS: [(usize, i32); 3] = [(80, 5), (160, 5), (160, 200)];
/// Order plans of each that may be chosen, of small reduced cost.
const CHOICES: usize = 40;
/// Times that orders are planned anew for more of them, and rounds at the program's own prices.
const RECREATIONS: usize = 2;
const ROUNDS: usize = 2;
/// Those of an order, the best at the prices, whose rivals come into its neighbourhood.
const WISHES: usize = 10;
/// Rivals for each limit that come in at once.
const RIVALS: usize = 4;
/// Neighbourhoods that are searched side by side, whatever the number of threads.
const BATCH: usize = 4;
/// What all efforts have to gain for more of them, as a part of what is wanted.
const WORTH: f64 = 0.02;
/// Passes over all orders with one effort, at most, before the next.
const PASSES: usize = 4;

/// A plan while it is searched.
struct Search<'a> {
    problem: &'a WaveProblem<'a>,
    relaxation: &'a Relaxation,
    /// Order plans to choose from, by order, the nearest first; indices into the relaxation's.
    choices: Vec<Vec<u32>>,
    /// Of the relaxation's order plans.
    reduced: Vec<f64>,
    /// What each order does now, and how far that is from its best at the prices.
    current: Vec<OrderColumn>,
    regret: Vec<f64>,
    outside: Outside,
    /// What the plan leaves, at the prices.
    room: Stockroom<'a>,
    /// The orders that use each contended resource.
    users: FxHashMap<u32, Vec<u32>>,
    /// How much is still to be gained.
    wanted: f64,
    passes: u64,
}

/// Improves a plan until it costs less by `enough`, passes over all orders find little, or the
/// control says stop.
///
/// # Errors
/// When HiGHS fails.
pub fn improve(
    problem: &WaveProblem,
    relaxation: &Relaxation,
    plan: Vec<Option<Column>>,
    enough: f64,
    settings: MipSettings,
    control: &Control,
) -> Result<Vec<Option<Column>>, HighsError> {
    let mut search = Search::new(problem, relaxation, plan, enough);
    loop {
        let before = search.wanted;
        for (size, nodes) in EFFORTS {
            let settings = MipSettings { nodes, absolute_gap: 0.5, threads: 1, ..settings };
            for _ in 0..PASSES {
                if !search.pass(size, settings, control)? {
                    break;
                }
            }
        }
        // Without a bound all that can be had is wanted, and no gain is a part of it.
        if search.is_done(control) || search.wanted >= (1.0 - WORTH) * before {
            return Ok(search.plan());
        }
    }
}

impl<'a> Search<'a> {
    fn new(
        problem: &'a WaveProblem<'a>,
        relaxation: &'a Relaxation,
        plan: Vec<Option<Column>>,
        enough: f64,
    ) -> Search<'a> {
        let reduced = relaxation.reduced_costs();
        let mut choices: Vec<Vec<u32>> = vec![Vec::new(); problem.orders.len()];
        for (index, column) in relaxation.columns.iter().enumerate() {
            choices[column.order as usize].push(index as u32);
        }
        for of_order in &mut choices {
            of_order.sort_by(|&a, &b| {
                reduced[a as usize].total_cmp(&reduced[b as usize]).then(a.cmp(&b))
            });
            of_order.truncate(CHOICES);
        }
        let current: Vec<OrderColumn> = plan
            .into_iter()
            .enumerate()
            .map(|(order, shipped)| OrderColumn::new(problem, order, shipped))
            .collect();
        let mut search = Search {
            problem,
            relaxation,
            choices,
            reduced,
            regret: current.iter().map(|column| relaxation.reduced_cost(column)).collect(),
            outside: Outside::nothing(problem),
            room: Stockroom::new(problem, &relaxation.duals),
            users: FxHashMap::default(),
            wanted: enough,
            passes: 0,
            current: Vec::new(),
        };
        for column in &current {
            search.enter(column);
        }
        search.current = current;
        search
    }

    fn plan(self) -> Vec<Option<Column>> {
        self.current.into_iter().map(|column| column.shipped).collect()
    }

    /// Searches around every order that does worse than the prices promise, those that do worst
    /// first; returns whether the plan has become better.
    fn pass(
        &mut self,
        size: usize,
        settings: MipSettings,
        control: &Control,
    ) -> Result<bool, HighsError> {
        let mut seeds: Vec<usize> = (0..self.current.len()).collect();
        seeds.retain(|&order| self.regret[order] > 1.0);
        seeds.sort_by(|&a, &b| self.regret[b].total_cmp(&self.regret[a]).then(a.cmp(&b)));
        self.passes += 1;
        let mut is_tried = vec![false; self.current.len()];
        let mut is_better = false;
        let mut next = 0;
        while next < seeds.len() && !self.is_done(control) {
            let mut batch: Vec<Vec<usize>> = Vec::with_capacity(BATCH);
            while batch.len() < BATCH
                && let Some(&seed) = seeds.get(next)
            {
                next += 1;
                if is_tried[seed] || self.regret[seed] <= 1.0 {
                    continue;
                }
                let orders = self.neighbourhood(seed, size, &batch);
                for &order in &orders {
                    is_tried[order] = true;
                }
                batch.push(orders);
            }
            let room = || self.room.clone();
            let chosen = batch
                .par_iter()
                .map_init(room, |room, orders| self.choose_anew(orders, room, settings, control));
            let chosen: Result<Vec<_>, HighsError> = chosen.collect();
            for (orders, columns) in batch.iter().zip(chosen?) {
                let stays = columns.is_empty();
                if self.take(columns) {
                    is_better = true;
                } else if !stays {
                    // Another took what it wanted: it chooses from what is left.
                    let room = &mut self.room.clone();
                    let columns = self.choose_anew(orders, room, settings, control)?;
                    is_better |= self.take(columns);
                }
            }
        }
        Ok(is_better && !self.is_done(control))
    }

    fn is_done(&self, control: &Control) -> bool {
        self.wanted <= 0.0 || control.stopped().is_some()
    }

    /// An order, those that use what it would rather have, what those would rather have, and so
    /// on, up to so many; none of those in other neighbourhoods.
    fn neighbourhood(&self, seed: usize, size: usize, others: &[Vec<usize>]) -> Vec<usize> {
        let is_free = |order: &usize| others.iter().all(|o| o.binary_search(order).is_err());
        let rows = self.problem.resources.rows();
        let mut orders = vec![seed];
        let mut rivals: FxHashMap<u32, std::vec::IntoIter<usize>> = FxHashMap::default();
        let mut at = 0;
        while at < orders.len() && orders.len() < size {
            for &choice in self.choices[orders[at]].iter().take(WISHES) {
                for &(id, used) in &self.relaxation.columns[choice as usize].uses {
                    let row = &rows[id as usize];
                    let left = row.supply.to_f64() - self.outside.taken[id as usize];
                    if used <= left {
                        continue;
                    }
                    let of_row =
                        rivals.entry(id).or_insert_with(|| self.rivals(id, &is_free).into_iter());
                    let new = of_row.filter(|rival| !orders.contains(rival));
                    let new: Vec<usize> = new.take(RIVALS.min(size - orders.len())).collect();
                    orders.extend(new);
                }
            }
            at += 1;
        }
        orders.sort_unstable();
        orders
    }

    /// The orders that use a resource, those first that could do without it most cheaply.
    fn rivals(&self, id: u32, is_free: &dyn Fn(&usize) -> bool) -> Vec<usize> {
        let users = self.users.get(&id).into_iter().flatten().map(|user| *user as usize);
        let users = users.filter(is_free);
        let mut rivals: Vec<(f64, usize)> =
            users.map(|user| (self.leaving_cost(user, id), user)).collect();
        rivals.sort_by(|(a, x), (b, y)| a.total_cmp(b).then(x.cmp(y)));
        rivals.into_iter().map(|(_, user)| user).collect()
    }

    /// What it costs at the prices that an order leaves a resource.
    fn leaving_cost(&self, order: usize, id: u32) -> f64 {
        let others = self.choices[order].iter().map(|choice| *choice as usize);
        let leaves = |choice: &usize| {
            self.relaxation.columns[*choice].uses.iter().all(|(used, _)| *used != id)
        };
        // The choices are sorted by reduced cost.
        let least = others.filter(leaves).map(|choice| self.reduced[choice]).next();
        least.unwrap_or(f64::INFINITY) - self.regret[order]
    }

    /// Solves the program of some orders, the others fixed, with a room that the plan leaves; returns
    /// what orders do otherwise.
    fn choose_anew(
        &self,
        orders: &[usize],
        room: &mut Stockroom,
        settings: MipSettings,
        control: &Control,
    ) -> Result<Vec<OrderColumn>, HighsError> {
        let mut outside = self.outside.clone();
        for &order in orders {
            outside.remove(self.problem, &self.current[order]);
        }
        let mut program = Program::new(self.problem, &[], outside)?;
        for &order in orders {
            program.add(self.current[order].clone())?;
        }
        for &choice in orders.iter().flat_map(|order| &self.choices[*order]) {
            program.add(self.relaxation.columns[choice as usize].clone())?;
        }
        let shipped = || orders.iter().filter_map(|order| self.current[*order].shipped.as_ref());
        shipped().for_each(|column| room.give_back(column));
        self.make_plans(orders, &mut program, room, settings.seed, control)?;
        shipped().for_each(|column| room.take(column));
        let mut chosen = program.solve(settings, &control.part(1.0))?;
        chosen.retain(|column| column.key() != self.current[column.order as usize].key());
        Ok(chosen)
    }

    /// Adds order plans that fit into what other orders leave, a room without these.
    fn make_plans(
        &self,
        orders: &[usize],
        program: &mut Program,
        room: &mut Stockroom,
        seed: u64,
        control: &Control,
    ) -> Result<(), HighsError> {
        // No two neighbourhoods of a pass have the same first order.
        let seed = seed.wrapping_add(self.passes << 32).wrapping_add(orders[0] as u64);
        let random = &mut Pcg64Mcg::seed_from_u64(seed);
        let stop = || control.stopped().is_some();
        for plan in recreate(self.problem, room, orders, RECREATIONS, random, &stop) {
            program.add(plan)?;
        }
        add_cheaper(self.problem, program, room, orders, ROUNDS, &stop)
    }

    /// Lets orders do something else, if that fits and costs less now; returns whether it does.
    fn take(&mut self, columns: Vec<OrderColumn>) -> bool {
        if columns.is_empty() {
            return false;
        }
        let before: Vec<OrderColumn> =
            columns.iter().map(|column| self.current[column.order as usize].clone()).collect();
        let touched = Touched::by(self.problem, before.iter().chain(&columns));
        let cost = |columns: &[OrderColumn]| columns.iter().map(|column| column.cost).sum::<f64>();
        let old = cost(&before) + touched.cost(self.problem, &self.outside);
        self.exchange(&before, &columns);
        let new = cost(&columns) + touched.cost(self.problem, &self.outside);
        if new < old - 1e-6 {
            self.wanted -= old - new;
            return true;
        }
        self.exchange(&columns, &before);
        false
    }

    /// Puts order plans in the place of others of the same orders.
    fn exchange(&mut self, out: &[OrderColumn], into: &[OrderColumn]) {
        for column in out {
            self.outside.remove(self.problem, column);
            column.shipped.iter().for_each(|shipped| self.room.give_back(shipped));
            for (id, _) in &column.uses {
                if let Some(users) = self.users.get_mut(id) {
                    users.retain(|user| *user != column.order);
                }
            }
        }
        for column in into {
            self.enter(column);
            let order = column.order as usize;
            self.regret[order] = self.relaxation.reduced_cost(column);
            self.current[order] = column.clone();
        }
    }

    /// Counts what an order plan uses.
    fn enter(&mut self, column: &OrderColumn) {
        self.outside.add(self.problem, column);
        column.shipped.iter().for_each(|shipped| self.room.take(shipped));
        for (id, _) in &column.uses {
            self.users.entry(*id).or_default().push(column.order);
        }
    }
}

/// The resources and openings that some order plans touch.
struct Touched {
    resources: Vec<u32>,
    openings: Vec<OpeningId>,
}

impl Touched {
    fn by<'c>(problem: &WaveProblem, plans: impl Iterator<Item = &'c OrderColumn>) -> Touched {
        let mut touched = Touched { resources: Vec::new(), openings: Vec::new() };
        for plan in plans {
            touched.resources.extend(plan.uses.iter().map(|(id, _)| *id));
            touched.openings.extend(plan.opened(problem));
        }
        touched.resources.sort_unstable();
        touched.resources.dedup();
        touched.openings.sort_unstable();
        touched.openings.dedup();
        touched
    }

    /// What overload and openings cost there; infinite where something does not fit.
    fn cost(&self, problem: &WaveProblem, taken: &Outside) -> f64 {
        let of_resource = |&id: &u32| {
            let row = &problem.resources.rows()[id as usize];
            let over = (taken.taken[id as usize] - row.supply.to_f64()).max(0.0);
            if over > row.overload.to_f64() + 1e-6 {
                f64::INFINITY
            } else {
                row.overload_cost * over
            }
        };
        let opened = self.openings.iter().filter(|id| taken.is_open(**id));
        let opened = opened.map(|id| problem.resources.opening_cost(*id).to_minor());
        self.resources.iter().map(of_resource).sum::<f64>() + opened.sum::<f64>()
    }
}
