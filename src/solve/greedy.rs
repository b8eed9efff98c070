//! A first plan: the orders one after the other, each by its best plan from what is left.

use crate::solve::column::{Column, Entry};
use crate::solve::master::order_cost;
use crate::solve::order_plan::plan_order;
use crate::solve::pricing::{Left, Prices, Scan};
use crate::solve::relax::Duals;
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::units::Decimal;
use std::sync::Arc;

/// What is left of the limits while orders are planned one after the other.
#[derive(Clone, Debug)]
pub struct Stockroom<'a> {
    problem: &'a WaveProblem<'a>,
    left: Vec<Decimal>,
    /// Prices that guide the choice.
    guide: Arc<Duals>,
    /// Those of resources, with the cost of overload where capacity is used up.
    now: Prices,
    opened: Vec<u32>,
    opening_costs: Vec<f64>,
}

impl<'a> Stockroom<'a> {
    /// An untouched wave, with prices that guide the choice.
    pub fn new(problem: &'a WaveProblem<'a>, guide: &Duals) -> Stockroom<'a> {
        let rows = problem.resources.rows();
        let openings = problem.resources.openings();
        let mut room = Stockroom {
            problem,
            left: rows.iter().map(|row| row.limit()).collect(),
            guide: Arc::new(guide.clone()),
            now: guide.prices.clone(),
            opened: vec![0; openings.len()],
            opening_costs: openings.map(|(_, cost)| cost.to_minor()).collect(),
        };
        for id in 0..rows.len() {
            room.reprice(id);
        }
        room
    }

    /// Work above capacity costs what it costs, whatever the guiding price.
    fn reprice(&mut self, id: usize) {
        let row = &self.problem.resources.rows()[id];
        let overloaded = row.overload > Decimal::ZERO && self.left[id] <= row.overload;
        let guide = self.guide.prices.resources[id];
        self.now.resources[id] = if overloaded { guide.max(row.overload_cost) } else { guide };
    }

    pub fn take(&mut self, column: &Column) {
        for &(id, used) in &column.uses {
            self.left[id as usize] -= used;
            self.reprice(id as usize);
        }
        for &opening in &column.opens {
            self.opened[opening as usize] += 1;
        }
    }

    pub fn give_back(&mut self, column: &Column) {
        for &(id, used) in &column.uses {
            self.left[id as usize] += used;
            self.reprice(id as usize);
        }
        for &opening in &column.opens {
            self.opened[opening as usize] -= 1;
        }
    }

    pub fn fits(&self, column: &Column) -> bool {
        column.fits(&self.left)
    }

    /// Takes the best plan of an order that fits what is left, and returns it; nothing where all
    /// stays open.
    pub fn plan(&mut self, order: usize) -> Option<Column> {
        let best = self.best(order)?;
        self.take(&best);
        Some(best)
    }

    /// What a plan of an order costs, with the overload and the openings that it would cause.
    pub fn cost(&self, order: usize, shipped: Option<&Column>) -> f64 {
        let mut cost = order_cost(self.problem, order, shipped);
        if let Some(column) = shipped {
            for &(id, used) in &column.uses {
                let row = &self.problem.resources.rows()[id as usize];
                if row.overload > Decimal::ZERO {
                    let free = (self.left[id as usize] - row.overload).max(Decimal::ZERO);
                    cost += (used - free).max(Decimal::ZERO).to_f64() * row.overload_cost;
                }
            }
            let closed = column.opens.iter().filter(|id| self.opened[**id as usize] == 0);
            cost += closed.map(|id| self.opening_costs[*id as usize]).sum::<f64>();
        }
        cost
    }

    /// What an order could do that costs less than what it does now; what is taken stays as it is.
    pub fn better(&mut self, order: usize, now: Option<&Column>) -> Option<Option<Column>> {
        if let Some(column) = now {
            self.give_back(column);
        }
        let new = self.best(order);
        let is_better = self.saves(order, now, new.as_ref());
        if let Some(column) = now {
            self.take(column);
        }
        is_better.then_some(new)
    }

    /// Lets an order do something else, where that fits and costs less; returns whether it does.
    pub fn exchange(
        &mut self,
        order: usize,
        now: &mut Option<Column>,
        new: Option<Column>,
    ) -> bool {
        if let Some(column) = &*now {
            self.give_back(column);
        }
        let fits = new.as_ref().is_none_or(|column| self.fits(column));
        let is_better = fits && self.saves(order, now.as_ref(), new.as_ref());
        if is_better {
            *now = new;
        }
        if let Some(column) = &*now {
            self.take(column);
        }
        is_better
    }

    /// Whether one plan of an order costs less than another.
    fn saves(&self, order: usize, now: Option<&Column>, new: Option<&Column>) -> bool {
        self.cost(order, new) < self.cost(order, now) - 1e-6
    }

    /// The best plan of an order that fits what is left; nothing where all stays open.
    pub fn best(&self, order: usize) -> Option<Column> {
        self.best_at(order, &self.now)
    }

    /// The same, at other prices of resources.
    pub fn best_at(&self, order: usize, prices: &Prices) -> Option<Column> {
        let problem = self.problem;
        let OrderProblem { options, tables } = &problem.orders[order];
        let mut order_prices = self.guide.orders[order].clone();
        for of_need in &mut order_prices.openings {
            for (price, &opening) in of_need.iter_mut().zip(&tables.openings) {
                let is_open = self.opened[opening as usize] > 0;
                *price = if is_open { 0.0 } else { self.opening_costs[opening as usize] };
            }
        }
        let scan = |holds_shipments: bool| Scan {
            planner: problem.planner,
            resources: &problem.resources,
            options,
            tables,
            prices,
            order_prices: &order_prices,
            left: Some(Left { amounts: &self.left, holds_shipments }),
        };
        let column = |entries: Vec<Entry>| scan(true).column(order as u32, entries);
        // To hold every shipment to the limits takes much longer, and is seldom needed.
        let whole = column(plan_order(&scan(false)).entries);
        let whole = if self.fits(&whole) { whole } else { column(plan_order(&scan(true)).entries) };
        let taken = if self.fits(&whole) {
            whole
        } else if options.ship_complete {
            return None;
        } else {
            // Each shipment fits on its own; together they may want the same last unit.
            let mut taken: Vec<Entry> = Vec::new();
            for shipment in whole.entries.chunk_by(|a, b| a.group == b.group) {
                let more: Vec<Entry> = taken.iter().chain(shipment).cloned().collect();
                if self.fits(&column(more.clone())) {
                    taken = more;
                }
            }
            column(taken)
        };
        if taken.entries.is_empty() {
            return None;
        }
        Some(taken)
    }
}

/// Plans the orders as they arrived, guided by prices of what they compete for, until it is told
/// to stop.
pub fn greedy(problem: &WaveProblem, guide: &Duals, stop: &dyn Fn() -> bool) -> Vec<Column> {
    let mut room = Stockroom::new(problem, guide);
    let orders = problem.arrivals().into_iter().take_while(|_| !stop());
    orders.filter_map(|order| room.plan(order)).collect()
}
