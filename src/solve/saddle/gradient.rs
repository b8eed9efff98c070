//! The primal-dual hybrid gradient on the linear program over order plans.
//!
//! Every order moves its fractions towards plans that are cheap at the prices and back onto the
//! simplex; every price moves with what is wanted beyond the supply. Steps are as long as the last
//! movement allows, and the iteration goes on from its average where that is better. (Chambolle
//! and Pock 2011; Applegate et al. 2021.)

use crate::solve::saddle::choice::Choice;
use rayon::prelude::*;

/// Iterations between looks at how good they were.
const EPOCH: usize = 50;
/// Looks in one solution, at most.
const MAX_EPOCHS: usize = 10;
/// What a unit beyond a limit costs at least when a primal value is looked at, in minor units.
const EXCESS_COST: f64 = 100.0;
/// The first weight of prices against fractions: that part of the quotient of their sizes.
const FIRST_WEIGHT: f64 = 0.1;
/// Orders or rows that are worth a thread's attention.
const GRAIN: usize = 512;

/// Prices of the rows and fractions of the plans.
#[derive(Clone, Debug)]
pub struct Point {
    pub prices: Vec<f64>,
    pub fractions: Vec<f64>,
    /// Of each row, by the fractions.
    used: Vec<f64>,
}

impl Point {
    /// Moves a part of the way to another point.
    fn approach(&mut self, other: &Point, part: f64) {
        let mix = |here: &mut [f64], there: &[f64]| {
            for (here, there) in here.iter_mut().zip(there) {
                *here += part * (there - *here);
            }
        };
        mix(&mut self.prices, &other.prices);
        mix(&mut self.fractions, &other.fractions);
        mix(&mut self.used, &other.used);
    }
}

/// How the iteration moves.
struct Pace<'a> {
    choice: &'a Choice,
    /// Length of a step of the fractions of an order, and of a price, for a length of 1.
    order_steps: Vec<f64>,
    price_steps: Vec<f64>,
    /// Of a step; and how much longer the steps of prices are than those of fractions.
    length: f64,
    weight: f64,
}

impl Choice {
    /// Iterates from some prices and fractions until the values of both are within `close` of each
    /// other, relatively, or it takes too long. Returns good prices, with fractions near to what
    /// belongs to them, and the value of the prices: a lower bound on this program.
    pub fn solve(&self, prices: Vec<f64>, fractions: Vec<f64>, close: f64) -> (Point, f64) {
        let mut here = self.start_from(prices, fractions);
        let mut best = here.clone();
        let mut best_value = self.dual_value(&best.prices);
        let mut least_gap = f64::INFINITY;
        let mut pace = Pace::new(self, &here);
        let mut steps = 0;
        for _ in 0..MAX_EPOCHS {
            let from = here.clone();
            let mut average = here.clone();
            let mut sum = 0.0;
            for _ in 0..EPOCH {
                let taken = pace.advance(&mut here, &mut steps);
                sum += taken;
                average.approach(&here, taken / sum);
            }
            let [gap, average_gap] = [&here, &average].map(|point| {
                let value = self.dual_value(&point.prices);
                if value > best_value {
                    best_value = value;
                    best.prices.clone_from(&point.prices);
                }
                self.primal_value(point) - value
            });
            if average_gap <= gap {
                here = average;
            }
            let gap = gap.min(average_gap);
            if gap < least_gap {
                least_gap = gap;
                best.fractions.clone_from(&here.fractions);
            }
            if gap <= close * best_value.abs() {
                break;
            }
            pace.weigh(&from, &here);
        }
        (best, best_value)
    }

    /// A point; orders without fractions take the plan that is cheapest at the prices.
    fn start_from(&self, mut prices: Vec<f64>, mut fractions: Vec<f64>) -> Point {
        for opening in &self.openings {
            onto_simplex(&mut prices[opening.rows.clone()], opening.cost, true);
        }
        for order in 0..self.orders() {
            let plans = self.of_order(order);
            let sum: f64 = fractions[plans.clone()].iter().sum();
            if sum > 0.5 {
                fractions[plans].iter_mut().for_each(|fraction| *fraction /= sum);
                continue;
            }
            let price = |plan: &usize| self.price(*plan, &prices);
            let best = plans.clone().min_by(|a, b| price(a).total_cmp(&price(b)));
            fractions[plans].fill(0.0);
            if let Some(best) = best {
                fractions[best] = 1.0;
            }
        }
        let used = self.used(&fractions);
        Point { prices, fractions, used }
    }

    /// What a plan costs and pays.
    fn price(&self, plan: usize, prices: &[f64]) -> f64 {
        self.cost[plan] + self.uses.times(plan, prices)
    }

    /// What is used of each row.
    fn used(&self, fractions: &[f64]) -> Vec<f64> {
        let rows = (0..self.rows.len()).into_par_iter().with_min_len(GRAIN);
        rows.map(|row| self.used_by.times(row, fractions)).collect()
    }

    /// What the plans cost at least at these prices.
    fn dual_value(&self, prices: &[f64]) -> f64 {
        let least = |order: usize| {
            let plans = self.of_order(order);
            plans.map(|plan| self.price(plan, prices)).fold(f64::INFINITY, f64::min)
        };
        let orders = (0..self.orders()).into_par_iter().with_min_len(GRAIN);
        let least: Vec<f64> = orders.map(least).collect();
        let worth = self.limits.iter().zip(prices).map(|(limit, price)| {
            price * limit.supply + (price - limit.overload_cost).max(0.0) * limit.overload
        });
        self.fixed + least.iter().sum::<f64>() - worth.sum::<f64>()
    }

    /// What the fractions cost, with a price on what exceeds the limits.
    fn primal_value(&self, point: &Point) -> f64 {
        let cost: f64 = self.cost.iter().zip(&point.fractions).map(|(cost, x)| cost * x).sum();
        let limits = self.limits.iter().zip(&point.used).zip(&point.prices);
        let beyond = limits.map(|((limit, used), price)| {
            let excess = (used - limit.supply).max(0.0);
            let over = excess.min(limit.overload);
            limit.overload_cost * over + (excess - over) * (price + EXCESS_COST)
        });
        let opened = self.openings.iter().map(|opening| {
            let most = point.used[opening.rows.clone()].iter().copied().fold(0.0, f64::max);
            opening.cost * most
        });
        self.fixed + cost + beyond.sum::<f64>() + opened.sum::<f64>()
    }
}

impl<'a> Pace<'a> {
    /// Steps by the sizes of columns and rows. (Pock and Chambolle 2011.)
    fn new(choice: &'a Choice, at: &Point) -> Pace<'a> {
        let of_order = |order| {
            let sums = choice.of_order(order).map(|plan| choice.uses.sum(plan));
            1.0 / sums.fold(1.0, f64::max)
        };
        let of_row = |row| 1.0 / choice.used_by.sum(row).max(1e-9);
        let mut pace = Pace {
            choice,
            order_steps: (0..choice.orders()).map(of_order).collect(),
            price_steps: (0..choice.rows.len()).map(of_row).collect(),
            length: 1.0,
            weight: 1.0,
        };
        let (prices, fractions) = (pace.price_size(&at.prices), pace.fraction_size(&at.fractions));
        if prices > 0.0 && fractions > 0.0 {
            pace.weight = FIRST_WEIGHT * prices / fractions;
        }
        pace
    }

    /// Takes a step, as long as it may be; returns its length.
    fn advance(&mut self, here: &mut Point, steps: &mut u32) -> f64 {
        loop {
            *steps += 1;
            let next = self.step(here);
            let longest = self.longest(here, &next);
            let taken = self.length;
            let k = f64::from(*steps + 1);
            let shorter = (1.0 - k.powf(-0.3)) * longest;
            self.length = shorter.min((1.0 + k.powf(-0.6)) * taken);
            if taken <= longest {
                *here = next;
                return taken;
            }
        }
    }

    /// One step of the fractions, then of the prices.
    fn step(&self, here: &Point) -> Point {
        let choice = self.choice;
        let mut fractions = here.fractions.clone();
        let mut of_orders = Vec::with_capacity(choice.orders());
        let mut rest: &mut [f64] = &mut fractions;
        for order in 0..choice.orders() {
            let (of_order, others) = rest.split_at_mut(choice.of_order(order).len());
            of_orders.push(of_order);
            rest = others;
        }
        let orders = of_orders.into_par_iter().with_min_len(GRAIN).enumerate();
        orders.for_each(|(order, fractions)| {
            let by = self.length / self.weight * self.order_steps[order];
            for (fraction, plan) in fractions.iter_mut().zip(choice.of_order(order)) {
                *fraction -= by * choice.price(plan, &here.prices);
            }
            onto_simplex(fractions, 1.0, false);
        });
        let used = choice.used(&fractions);
        let by = |row: usize| self.length * self.weight * self.price_steps[row];
        let moved = |row: usize, supply: f64| {
            here.prices[row] + by(row) * (2.0 * used[row] - here.used[row] - supply)
        };
        let mut prices = Vec::with_capacity(choice.rows.len());
        for (row, limit) in choice.limits.iter().enumerate() {
            let price = moved(row, limit.supply);
            prices.push(if price <= limit.overload_cost || limit.overload == 0.0 {
                price.max(0.0)
            } else {
                (price - by(row) * limit.overload).max(limit.overload_cost)
            });
        }
        prices.extend((choice.limits.len()..choice.rows.len()).map(|row| moved(row, 0.0)));
        for opening in &choice.openings {
            onto_simplex(&mut prices[opening.rows.clone()], opening.cost, true);
        }
        Point { prices, fractions, used }
    }

    /// The longest step that the movement between two points allows.
    fn longest(&self, a: &Point, b: &Point) -> f64 {
        let prices = self.price_size(&apart(&a.prices, &b.prices)).powi(2);
        let fractions = self.fraction_size(&apart(&a.fractions, &b.fractions)).powi(2);
        let rows = apart(&a.prices, &b.prices).into_iter().zip(apart(&a.used, &b.used));
        let both: f64 = rows.map(|(price, used)| price * used).sum();
        if both == 0.0 {
            return f64::INFINITY;
        }
        0.5 * (self.weight * fractions + prices / self.weight) / both.abs()
    }

    /// Gives longer steps to what has moved further.
    fn weigh(&mut self, from: &Point, to: &Point) {
        let prices = self.price_size(&apart(&from.prices, &to.prices));
        let fractions = self.fraction_size(&apart(&from.fractions, &to.fractions));
        if prices > 1e-9 && fractions > 1e-9 {
            self.weight = (self.weight * prices / fractions).sqrt();
        }
    }

    fn price_size(&self, prices: &[f64]) -> f64 {
        let squares =
            prices.iter().zip(&self.price_steps).map(|(price, step)| price * price / step);
        squares.sum::<f64>().sqrt()
    }

    fn fraction_size(&self, fractions: &[f64]) -> f64 {
        let square = |(order, step): (usize, &f64)| {
            let of_order = fractions[self.choice.of_order(order)].iter();
            of_order.map(|fraction| fraction * fraction).sum::<f64>() / step
        };
        self.order_steps.iter().enumerate().map(square).sum::<f64>().sqrt()
    }
}

fn apart(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| b - a).collect()
}

/// Moves values to the nearest that are not negative and sum to `sum`, or to no more than it.
/// (Held, Wolfe and Crowder 1974.)
fn onto_simplex(values: &mut [f64], sum: f64, or_less: bool) {
    if or_less && values.iter().map(|value| value.max(0.0)).sum::<f64>() <= sum {
        values.iter_mut().for_each(|value| *value = value.max(0.0));
        return;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let (mut total, mut taken_off) = (0.0, 0.0);
    for (count, value) in sorted.iter().enumerate() {
        total += value;
        let candidate = (total - sum) / (count as f64 + 1.0);
        if candidate >= *value {
            break;
        }
        taken_off = candidate;
    }
    for value in values {
        *value = (*value - taken_off).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(values: &[f64], sum: f64, or_less: bool) -> Vec<f64> {
        let mut values = values.to_vec();
        onto_simplex(&mut values, sum, or_less);
        values
    }

    #[test]
    fn values_move_to_the_nearest_of_the_simplex() {
        assert_eq!(moved(&[0.25, 0.75], 1.0, false), [0.25, 0.75]);
        assert_eq!(moved(&[3.0, 1.0, -5.0], 1.0, false), [1.0, 0.0, 0.0]);
        assert_eq!(moved(&[1.5, 1.5], 2.0, false), [1.0, 1.0]);
        assert_eq!(moved(&[-1.0, -1.0], 1.0, false), [0.5, 0.5]);
    }

    #[test]
    fn less_than_the_sum_may_stay() {
        assert_eq!(moved(&[0.5, -1.0], 1.0, true), [0.5, 0.0]);
        assert_eq!(moved(&[2.0, 0.0], 1.0, true), [1.0, 0.0]);
    }
}
