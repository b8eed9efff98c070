//! A first plan: the orders one after the other, each by its best plan from what is left.

use crate::solve::column::Column;
use crate::solve::order_plan::{BestColumns, best_plan};
use crate::solve::pricing::{OrderPrices, Prices, Scan};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::units::Decimal;

/// What is left of the limits while orders are planned one after the other.
#[derive(Clone, Debug)]
pub struct Stockroom<'a> {
    problem: &'a WaveProblem<'a>,
    left: Vec<Decimal>,
    /// Prices that guide the choice.
    guide: Prices,
    /// The same, with the cost of overload where capacity is used up.
    now: Prices,
    opened: Vec<u32>,
    opening_costs: Vec<f64>,
}

impl<'a> Stockroom<'a> {
    /// An untouched wave, with prices that guide the choice.
    pub fn new(problem: &'a WaveProblem<'a>, guide: &Prices) -> Stockroom<'a> {
        let rows = problem.resources.rows();
        let openings = problem.resources.openings();
        let mut room = Stockroom {
            problem,
            left: rows.iter().map(|row| row.limit()).collect(),
            guide: guide.clone(),
            now: guide.clone(),
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
        let guide = self.guide.resources[id];
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

    fn fits(&self, column: &Column) -> bool {
        column.uses.iter().all(|&(id, used)| used <= self.left[id as usize])
    }

    /// Takes the best plan of an order that fits what is left, and returns its columns.
    pub fn plan(&mut self, order: usize) -> Vec<Column> {
        let problem = self.problem;
        let OrderProblem { options, tables } = &problem.orders[order];
        let mut order_prices = OrderPrices::free(tables);
        for of_need in &mut order_prices.openings {
            for (price, &opening) in of_need.iter_mut().zip(&tables.openings) {
                if self.opened[opening as usize] == 0 {
                    *price = self.opening_costs[opening as usize];
                }
            }
        }
        let scan = Scan {
            planner: problem.planner,
            resources: &problem.resources,
            options,
            tables,
            prices: &self.now,
            order_prices: &order_prices,
            left: Some(&self.left),
        };
        let plan = best_plan(options, tables, &BestColumns::find(&scan));
        let columns = plan.columns.into_iter().map(|found| found.entries);
        let columns: Vec<Column> =
            columns.map(|entries| scan.column(order as u32, entries)).collect();
        let wanted = columns.len();
        let mut taken: Vec<Column> = Vec::with_capacity(wanted);
        for column in columns {
            // Each column fits on its own; together they may want the same last unit.
            if self.fits(&column) {
                self.take(&column);
                taken.push(column);
            }
        }
        if taken.len() < wanted && options.ship_complete {
            for column in taken.drain(..) {
                self.give_back(&column);
            }
        }
        taken
    }
}

/// Plans the orders in the given sequence, guided by prices of what they compete for, until it is
/// told to stop.
pub fn greedy(
    problem: &WaveProblem,
    guide: &Prices,
    sequence: impl Iterator<Item = usize>,
    stop: &dyn Fn() -> bool,
) -> Vec<Column> {
    let mut room = Stockroom::new(problem, guide);
    sequence.take_while(|_| !stop()).flat_map(|order| room.plan(order)).collect()
}
