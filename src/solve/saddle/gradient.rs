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
    /// Where a step leads to.
    next: Point,
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
        let mut used = Vec::new();
        self.use_rows(&fractions, &mut used);
        Point { prices, fractions, used }
    }

    /// What a plan costs and pays.
    fn price(&self, plan: usize, prices: &[f64]) -> f64 {
        self.cost[plan] + self.uses.times(plan, prices)
    }

    /// Writes what is used of each row.
    fn use_rows(&self, fractions: &[f64], used: &mut Vec<f64>) {
        let rows = (0..self.rows.len()).into_par_iter().with_min_len(GRAIN);
        rows.map(|row| self.used_by.times(row, fractions)).collect_into_vec(used);
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
            let unused = (limit.supply - used).max(0.0);
            limit.overload_cost * over + (excess - over) * (price + EXCESS_COST)
                - limit.floor * unused
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
            next: at.clone(),
        };
        let nothing = Point {
            prices: vec![0.0; at.prices.len()],
            fractions: vec![0.0; at.fractions.len()],
            used: Vec::new(),
        };
        let prices = pace.price_distance(&nothing, at);
        let fractions = pace.fraction_distance(&nothing, at);
        if prices > 0.0 && fractions > 0.0 {
            pace.weight = FIRST_WEIGHT * prices / fractions;
        }
        pace
    }

    /// Takes a step, as long as it may be; returns its length.
    fn advance(&mut self, here: &mut Point, steps: &mut u32) -> f64 {
        loop {
            *steps += 1;
            self.step(here);
            let longest = self.longest(here);
            let taken = self.length;
            let k = f64::from(*steps + 1);
            let shorter = (1.0 - k.powf(-0.3)) * longest;
            self.length = shorter.min((1.0 + k.powf(-0.6)) * taken);
            if taken <= longest {
                std::mem::swap(here, &mut self.next);
                return taken;
            }
        }
    }

    /// One step of the fractions, then of the prices.
    fn step(&mut self, here: &Point) {
        let choice = self.choice;
        let Point { prices, fractions, used } = &mut self.next;
        let mut blocks = Vec::with_capacity(choice.orders() / GRAIN + 1);
        let mut rest: &mut [f64] = fractions;
        for first in (0..choice.orders()).step_by(GRAIN) {
            let orders = first..choice.orders().min(first + GRAIN);
            let plans = choice.of_order(first).start..choice.of_order(orders.end - 1).end;
            let (of_block, others) = rest.split_at_mut(plans.len());
            blocks.push((orders, of_block));
            rest = others;
        }
        let by = self.length / self.weight;
        let order_steps = &self.order_steps;
        blocks.into_par_iter().for_each(|(orders, of_block)| {
            let begin = choice.of_order(orders.start).start;
            for order in orders {
                let plans = choice.of_order(order);
                let fractions = &mut of_block[plans.start - begin..plans.end - begin];
                let by = by * order_steps[order];
                for (fraction, plan) in fractions.iter_mut().zip(plans) {
                    *fraction = here.fractions[plan] - by * choice.price(plan, &here.prices);
                }
                onto_simplex(fractions, 1.0, false);
            }
        });
        choice.use_rows(fractions, used);
        let by = |row: usize| self.length * self.weight * self.price_steps[row];
        let moved = |row: usize, supply: f64| {
            here.prices[row] + by(row) * (2.0 * used[row] - here.used[row] - supply)
        };
        for (row, limit) in choice.limits.iter().enumerate() {
            let price = moved(row, limit.supply);
            prices[row] = if price <= limit.overload_cost || limit.overload == 0.0 {
                price.max(limit.floor)
            } else {
                (price - by(row) * limit.overload).max(limit.overload_cost).max(limit.floor)
            };
        }
        for (row, price) in prices.iter_mut().enumerate().skip(choice.limits.len()) {
            *price = moved(row, 0.0);
        }
        for opening in &choice.openings {
            onto_simplex(&mut prices[opening.rows.clone()], opening.cost, true);
        }
    }

    /// The longest step that the movement to the next point allows.
    fn longest(&self, here: &Point) -> f64 {
        let next = &self.next;
        let (mut both, mut of_prices) = (0.0, 0.0);
        for (row, step) in self.price_steps.iter().enumerate() {
            let price = next.prices[row] - here.prices[row];
            both += price * (next.used[row] - here.used[row]);
            of_prices += price * price / step;
        }
        if both == 0.0 {
            return f64::INFINITY;
        }
        let of_fractions = self.fraction_distance(here, next).powi(2);
        0.5 * (self.weight * of_fractions + of_prices / self.weight) / both.abs()
    }

    /// Gives longer steps to what has moved further.
    fn weigh(&mut self, from: &Point, to: &Point) {
        let (prices, fractions) = (self.price_distance(from, to), self.fraction_distance(from, to));
        if prices > 1e-9 && fractions > 1e-9 {
            self.weight = (self.weight * prices / fractions).sqrt();
        }
    }

    /// How far the prices of two points are apart, in steps.
    fn price_distance(&self, a: &Point, b: &Point) -> f64 {
        let prices = a.prices.iter().zip(&b.prices).zip(&self.price_steps);
        prices.map(|((a, b), step)| (a - b).powi(2) / step).sum::<f64>().sqrt()
    }

    /// How far the fractions of two points are apart, in steps.
    fn fraction_distance(&self, a: &Point, b: &Point) -> f64 {
        let square = |(order, step): (usize, &f64)| {
            let plans = self.choice.of_order(order);
            let pairs = a.fractions[plans.clone()].iter().zip(&b.fractions[plans]);
            pairs.map(|(a, b)| (a - b).powi(2)).sum::<f64>() / step
        };
        self.order_steps.iter().enumerate().map(square).sum::<f64>().sqrt()
    }
}

/// Moves values to the nearest that are not negative and sum to `sum`, or to no more than it.
/// (Michelot 1986.)
fn onto_simplex(values: &mut [f64], sum: f64, or_less: bool) {
    if or_less && values.iter().map(|value| value.max(0.0)).sum::<f64>() <= sum {
        values.iter_mut().for_each(|value| *value = value.max(0.0));
        return;
    }
    // What is taken off every value, seen from the largest, rises while those that it makes
    // negative leave.
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut taken_off = f64::NEG_INFINITY;
    let mut left = usize::MAX;
    loop {
        let (mut total, mut count) = (0.0, 0);
        for value in values.iter().map(|value| value - most).filter(|value| *value > taken_off) {
            total += value;
            count += 1;
        }
        if count >= left || count == 0 {
            break;
        }
        left = count;
        taken_off = (total - sum) / count as f64;
    }
    for value in values {
        *value = (*value - most - taken_off).max(0.0);
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
        assert_eq!(moved(&[-1e18, -1e18, -2e18], 1.0, false), [0.5, 0.5, 0.0]);
        assert_eq!(moved(&[1e-17, 0.3, 0.1 + 0.2], 1.0, false).iter().sum::<f64>(), 1.0);
    }

    #[test]
    fn less_than_the_sum_may_stay() {
        assert_eq!(moved(&[0.5, -1.0], 1.0, true), [0.5, 0.0]);
        assert_eq!(moved(&[2.0, 0.0], 1.0, true), [1.0, 0.0]);
    }
}
