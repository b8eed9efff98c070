//! A plan in work that knows its cost: the columns of every order, and what they use together.

use crate::domain::CostKey;
use crate::options::{Decision, frozen_decisions, weighted_open_change, weighted_unfilled};
use crate::solve::column::Column;
use crate::solve::{Duals, OrderProblem, Stockroom, WaveProblem};
use crate::units::{Decimal, Objective};

/// The columns of every order that is planned.
pub(super) struct Book<'a> {
    pub problem: &'a WaveProblem<'a>,
    pub room: Stockroom<'a>,
    /// By order of the problem.
    pub columns: Vec<Vec<Column>>,
    /// Of each resource, by all columns.
    used: Vec<Decimal>,
    opened: Vec<u32>,
}

impl<'a> Book<'a> {
    /// An empty plan; `prices` guide the choice of every order.
    pub fn new(problem: &'a WaveProblem<'a>, prices: &Duals) -> Book<'a> {
        Book {
            problem,
            room: Stockroom::new(problem, prices),
            columns: vec![Vec::new(); problem.orders.len()],
            used: vec![Decimal::ZERO; problem.resources.len()],
            opened: vec![0; problem.resources.openings().len()],
        }
    }

    /// Plans the orders as they arrived, guided by prices, until it is told to stop.
    pub fn as_arrived(
        problem: &'a WaveProblem<'a>,
        prices: &Duals,
        stop: &dyn Fn() -> bool,
    ) -> Book<'a> {
        let mut book = Book::new(problem, prices);
        for order in problem.arrivals().into_iter().take_while(|_| !stop()) {
            book.plan(order);
        }
        book
    }

    /// Plans an order by the best that is left, in place of what it had.
    pub fn plan(&mut self, order: usize) {
        self.withdraw(order);
        let best = self.room.best(order).into_iter().collect();
        self.restore(order, best);
    }

    /// Takes an order out of the plan; returns its columns.
    pub fn withdraw(&mut self, order: usize) -> Vec<Column> {
        let columns = std::mem::take(&mut self.columns[order]);
        for column in &columns {
            self.room.give_back(column);
            for &(id, used) in &column.uses {
                self.used[id as usize] -= used;
            }
            for &opening in &column.opens {
                self.opened[opening as usize] -= 1;
            }
        }
        columns
    }

    /// Puts an order back as it was; it must fit.
    pub fn restore(&mut self, order: usize, columns: Vec<Column>) {
        for column in &columns {
            self.room.take(column);
            for &(id, used) in &column.uses {
                self.used[id as usize] += used;
            }
            for &opening in &column.opens {
                self.opened[opening as usize] += 1;
            }
        }
        self.columns[order] = columns;
    }

    /// What the columns of an order cost and what it leaves open, weighted, in minor units;
    /// what it shares with others aside.
    pub fn cost_of(&self, order: usize) -> f64 {
        cost_of(self.problem, order, &self.columns[order])
    }

    /// Overload and openings of the resources that some columns use, as the plan stands, in
    /// weighted minor units.
    pub fn shared_cost<'c>(&self, columns: impl Iterator<Item = &'c Column>) -> f64 {
        let mut total = 0.0;
        let (mut resources, mut openings) = (Vec::new(), Vec::new());
        for column in columns {
            resources.extend(column.uses.iter().map(|(id, _)| *id));
            openings.extend(column.opens.iter().copied());
        }
        resources.sort_unstable();
        resources.dedup();
        for id in resources {
            let row = &self.problem.resources.rows()[id as usize];
            let above = (self.used[id as usize] - row.supply).max(Decimal::ZERO);
            total += above.to_f64() * row.overload_cost;
        }
        openings.sort_unstable();
        openings.dedup();
        for id in openings {
            if self.opened[id as usize] > 0 {
                total += self.problem.resources.opening_cost(id).to_minor();
            }
        }
        total
    }

    /// What the open lines cost in all, weighted, in minor units.
    pub fn total(&self) -> f64 {
        let own: f64 = (0..self.columns.len()).map(|order| self.cost_of(order)).sum();
        own + self.shared_cost(self.columns.iter().flatten())
    }

    /// The plan as decisions, frozen commitments included.
    pub fn decisions(&self) -> Vec<Decision> {
        let wave = self.problem.planner.wave;
        let mut decisions = Vec::new();
        if !wave.commitments.is_empty() {
            decisions.extend(wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)));
        }
        for (columns, order) in self.columns.iter().zip(&self.problem.orders) {
            decisions.extend(columns.iter().flat_map(|column| column.decisions(&order.options)));
        }
        decisions
    }
}

/// What columns of an order cost together, with split cost and what they leave open, weighted,
/// in minor units.
pub(super) fn cost_of(problem: &WaveProblem, order: usize, columns: &[Column]) -> f64 {
    let (wave, model) = (problem.planner.wave, problem.planner.model);
    let OrderProblem { options, tables } = &problem.orders[order];
    let mut cost: Objective = columns.iter().map(|column| column.cost).sum();
    let shipments: u32 = columns.iter().map(|column| column.shipments).sum();
    let free = u32::from(options.frozen.is_empty());
    let splits = i64::from(shipments.saturating_sub(free));
    cost += Objective::weighted(model.weight(CostKey::Split), model.costs.split_cost * splits);
    for (at, line) in options.lines.iter().enumerate() {
        let filled: u32 = columns.iter().map(|column| column.quantity(at)).sum();
        if filled < line.quantity {
            cost += weighted_unfilled(wave, model, line.id, line.quantity - filled);
            cost += weighted_open_change(wave, model, line.id);
        }
    }
    let entries = columns.iter().flat_map(|column| &column.entries);
    cost.to_minor()
        + columns.iter().map(|column| column.line_share).sum::<f64>()
        + tables.exchanges.cost(options, entries)
}

/// Next to nothing for what is contended: of plans that cost an order the same, it takes the one
/// that leaves more to others.
pub(super) fn next_to_free(problem: &WaveProblem) -> Duals {
    let price = |contended: &bool| if *contended { 1e-3 } else { 0.0 };
    let mut duals = Duals::free(problem);
    duals.prices.resources = problem.contended.iter().map(price).collect();
    duals
}
