//! The cheapest combination of order plans within the limits that orders share.

use crate::oracle::limits::{Limits, Usage};
use crate::oracle::order_plans::{OrderPlan, OrderPlans};
use crate::oracle::{Case, Part, TooLarge};
use wavewright::units::Objective;

/// Steps of the depth-first search.
const MOST_STEPS: u64 = 3_000_000;
/// Plans of an order between which dominance is decided.
const MOST_KEPT: usize = 10_000;

/// A plan of an order with what it uses beyond the order's frozen parts.
struct Candidate {
    plan: OrderPlan,
    usage: Usage,
}

/// Chooses a plan for every order so that the whole costs least; says as well what planning the
/// orders one at a time costs.
///
/// # Errors
/// When the search exceeds its budget.
pub fn best_combination(
    case: &Case,
    limits: &Limits,
    orders: &[OrderPlans],
) -> Result<(Vec<Part>, Objective), TooLarge> {
    // A plan per order that fits alone bounds from below; whole plans made one order at a time
    // bound from above. Between them few plans are left.
    let nothing = vec![0; limits.len()];
    let least: Vec<Objective> =
        orders.iter().map(|order| first_fit(case, limits, order, &nothing).plan.cost).collect();
    let least_of_all: Objective = least.iter().copied().sum();
    let in_turn = one_at_a_time(case, limits, orders, 0);
    let in_turn_cost = in_turn.0;
    let mut best = in_turn;
    for first in 1..orders.len() {
        let found = one_at_a_time(case, limits, orders, first);
        if found.0 < best.0 {
            best = found;
        }
    }
    let mut candidates = Vec::new();
    for (order, &least) in orders.iter().zip(&least) {
        let others = least_of_all - least;
        let mut kept = Vec::new();
        for &plan in order.plans.iter().take_while(|plan| plan.cost + others <= best.0) {
            let usage = limits.usage_beyond_frozen(case, &order.parts(plan));
            let cost = plan.cost + others + limits.shared_cost(&usage);
            if limits.fits(&usage) && cost <= best.0 {
                kept.push(Candidate { plan, usage });
            }
        }
        candidates.push(kept);
    }
    let matters = resources_that_matter(limits, &candidates);
    let candidates = candidates
        .into_iter()
        .map(|of_order| undominated(of_order, &matters))
        .collect::<Result<Vec<_>, TooLarge>>()?;

    let mut after = vec![Objective::ZERO; orders.len() + 1];
    for index in (0..orders.len()).rev() {
        let least = candidates[index].first().map_or(Objective::ZERO, |c| c.plan.cost);
        after[index] = after[index + 1] + least;
    }
    let mut search = Search { limits, candidates: &candidates, after, best, steps: 0 };
    search.extend(&mut Vec::new(), Objective::ZERO, &nothing)?;
    let (_, chosen) = search.best;
    let parts = orders.iter().zip(&chosen).flat_map(|(order, plan)| order.parts(*plan));
    Ok((parts.cloned().collect(), in_turn_cost))
}

/// The cheapest plan of an order that fits beside what is used.
fn first_fit(case: &Case, limits: &Limits, order: &OrderPlans, used: &[i64]) -> Candidate {
    for &plan in &order.plans {
        let usage = limits.usage_beyond_frozen(case, &order.parts(plan));
        let total: Usage = usage.iter().zip(used).map(|(a, b)| a + b).collect();
        if limits.fits(&total) {
            return Candidate { plan, usage };
        }
    }
    unreachable!("an order without any line filled always fits")
}

/// A whole plan made order after order, beginning with `first`.
fn one_at_a_time(
    case: &Case,
    limits: &Limits,
    orders: &[OrderPlans],
    first: usize,
) -> (Objective, Vec<OrderPlan>) {
    let mut used = vec![0; limits.len()];
    let mut cost = Objective::ZERO;
    let mut chosen = vec![None; orders.len()];
    for step in 0..orders.len() {
        let index = (first + step) % orders.len();
        let found = first_fit(case, limits, &orders[index], &used);
        cost += found.plan.cost;
        used.iter_mut().zip(&found.usage).for_each(|(sum, amount)| *sum += amount);
        chosen[index] = Some(found.plan);
    }
    (cost + limits.shared_cost(&used), chosen.into_iter().flatten().collect())
}

/// The resources that the candidates together could exhaust or that have a price.
fn resources_that_matter(limits: &Limits, candidates: &[Vec<Candidate>]) -> Vec<usize> {
    let most = |index: usize| -> i64 {
        let of_order = |c: &Vec<Candidate>| c.iter().map(|c| c.usage[index]).max().unwrap_or(0);
        candidates.iter().map(of_order).sum()
    };
    (0..limits.len()).filter(|&index| limits.matters(index, most(index))).collect()
}

/// Leaves out every candidate that another one beats or equals in cost and in every use.
fn undominated(candidates: Vec<Candidate>, matters: &[usize]) -> Result<Vec<Candidate>, TooLarge> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let beats = |other: &Candidate| {
            matters.iter().all(|&index| other.usage[index] <= candidate.usage[index])
        };
        if !kept.iter().any(beats) {
            kept.push(candidate);
        }
        if kept.len() > MOST_KEPT {
            return Err(TooLarge);
        }
    }
    Ok(kept)
}

struct Search<'a> {
    limits: &'a Limits,
    /// By order, by rising cost.
    candidates: &'a [Vec<Candidate>],
    /// The least that the orders from an index on cost.
    after: Vec<Objective>,
    best: (Objective, Vec<OrderPlan>),
    steps: u64,
}

impl Search<'_> {
    /// Tries every plan of the next order, given those `chosen` before, their cost and use.
    fn extend(
        &mut self,
        chosen: &mut Vec<OrderPlan>,
        cost: Objective,
        used: &[i64],
    ) -> Result<(), TooLarge> {
        let shared = self.limits.shared_cost(used);
        let index = chosen.len();
        if index == self.candidates.len() {
            if cost + shared < self.best.0 {
                self.best = (cost + shared, chosen.clone());
            }
            return Ok(());
        }
        for candidate in &self.candidates[index] {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(TooLarge);
            }
            let cost = cost + candidate.plan.cost;
            if cost + shared + self.after[index + 1] >= self.best.0 {
                break;
            }
            let used: Usage = used.iter().zip(&candidate.usage).map(|(a, b)| a + b).collect();
            if self.limits.fits(&used) {
                chosen.push(candidate.plan);
                self.extend(chosen, cost, &used)?;
                chosen.pop();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::{order_plans, returns};
    use crate::random_wave::{Profile, random_case};
    use wavewright::domain::CostKey;

    /// Every combination of order plans, without bounds or dominance; nothing where there are
    /// too many.
    fn least_of_all(case: &Case, limits: &Limits, orders: &[OrderPlans]) -> Option<Objective> {
        let mut combinations = vec![(Objective::ZERO, vec![0; limits.len()])];
        for order in orders {
            if combinations.len() * order.plans.len() > 30_000 {
                return None;
            }
            let plans: Vec<Candidate> = order
                .plans
                .iter()
                .map(|&plan| {
                    let usage = limits.usage_beyond_frozen(case, &order.parts(plan));
                    Candidate { plan, usage }
                })
                .collect();
            let with = |(cost, used): &(Objective, Usage), next: &Candidate| {
                let used: Usage = used.iter().zip(&next.usage).map(|(a, b)| a + b).collect();
                (*cost + next.plan.cost, used)
            };
            combinations = combinations
                .iter()
                .flat_map(|so_far| plans.iter().map(move |next| with(so_far, next)))
                .collect();
        }
        let fitting = combinations.iter().filter(|(_, used)| limits.fits(used));
        fitting.map(|(cost, used)| *cost + limits.shared_cost(used)).min()
    }

    /// Tests that bounds and dominance never cut off the optimum.
    #[test]
    fn the_search_finds_the_least_of_all_combinations() {
        let mut compared = 0;
        for profile in Profile::ALL {
            for seed in 0..60 {
                let (wave, model) = random_case(seed, profile);
                let case = Case::new(&wave, &model);
                let limits = Limits::new(&case);
                let plans = |order| order_plans::enumerate(&case, &limits, order);
                let orders: Result<Vec<_>, TooLarge> = wave.orders.ids().map(plans).collect();
                let (Ok(orders), Ok(best)) = (orders, crate::oracle::solve(&wave, &model)) else {
                    continue;
                };
                let apart = returns::planned(&wave, &model, None, [].iter()).into_iter();
                let apart = apart.map(|(_, cost)| cost).sum();
                let apart = Objective::weighted(model.weight(CostKey::Returns), apart);
                if let Some(least) = least_of_all(&case, &limits, &orders) {
                    let least = least + apart;
                    assert_eq!(best.objective, least, "{profile:?} {seed}");
                    compared += usize::from(orders.len() > 1);
                }
            }
        }
        assert!(compared > 100, "{compared} waves of several orders compared");
    }
}
