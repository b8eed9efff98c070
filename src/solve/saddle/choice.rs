//! The linear program over known order plans: every order takes fractions of its plans that sum to
//! one, within what there is.

use crate::solve::cuts::Cut;
use crate::solve::master::OrderColumn;
use crate::solve::rows::CutTerms;
use crate::solve::saddle::sparse::Sparse;
use crate::solve::wave_options::WaveProblem;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Resource(u32),
    Cut(usize),
    /// How much of a need passes a node that costs something to open.
    Opening {
        order: u32,
        need: u32,
        opening: u32,
    },
}

/// What there is of something, with more at a price.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub supply: f64,
    pub overload: f64,
    pub overload_cost: f64,
    /// What it costs at least.
    pub floor: f64,
}

/// A node that costs something to open, as the rows of the needs that pass it: it is open as far
/// as the one that passes most, so that the rows' prices together are at most its cost.
#[derive(Clone, Debug)]
pub struct Opening {
    pub rows: Range<usize>,
    pub cost: f64,
}

/// The program. Orders with one plan that opens nothing are not in it: what they use is taken off.
#[derive(Debug)]
pub struct Choice {
    /// Limits, then openings.
    pub rows: Vec<Row>,
    pub limits: Vec<Limit>,
    pub openings: Vec<Opening>,
    /// Positions among all plans; those of an order follow each other.
    pub columns: Vec<u32>,
    /// The first plan of each order, and one past the last.
    start: Vec<u32>,
    pub cost: Vec<f64>,
    /// By plan.
    pub uses: Sparse,
    /// By row.
    pub used_by: Sparse,
    /// What the orders without a choice cost.
    pub fixed: f64,
}

/// Order, need and opening of the order.
type OpeningUse = (u32, u32, u32);

impl Choice {
    pub fn new(problem: &WaveProblem, plans: &[OrderColumn], cuts: &[Cut]) -> Choice {
        let (start, columns) = grouped(problem.orders.len(), plans);
        let mut cut_terms = CutTerms::default();
        for (number, cut) in cuts.iter().enumerate() {
            cut_terms.add(number, cut);
        }
        let of_cuts = |plan: &OrderColumn| cut_terms.sums(plan.order as usize, &plan.stocks);
        let mut is_chosen = vec![false; plans.len()];
        for at in &columns {
            is_chosen[*at as usize] = true;
        }
        let mut taken = vec![0.0; problem.resources.len()];
        let mut taken_of_cuts = vec![0.0; cuts.len()];
        let rest = problem.rest.priced.as_ref();
        let mut fixed = rest.map_or(0.0, |rest| rest.least);
        for (plan, _) in plans.iter().zip(&is_chosen).filter(|(_, is_chosen)| !**is_chosen) {
            fixed += plan.cost;
            plan.uses.iter().for_each(|(id, used)| taken[*id as usize] += used);
            of_cuts(plan).iter().for_each(|(cut, sum)| taken_of_cuts[*cut] += sum);
        }
        let chosen = || columns.iter().map(|at| &plans[*at as usize]);

        let mut rows: Vec<Row> = Vec::new();
        let mut limits: Vec<Limit> = Vec::new();
        let mut row_of = vec![u32::MAX; problem.resources.len()];
        for (id, _) in chosen().flat_map(|plan| &plan.uses) {
            row_of[*id as usize] = 0;
        }
        for (id, row) in row_of.iter_mut().enumerate().filter(|(_, row)| **row == 0) {
            let resource = &problem.resources.rows()[id];
            *row = rows.len() as u32;
            rows.push(Row::Resource(id as u32));
            limits.push(Limit {
                supply: resource.supply.to_f64() - taken[id],
                overload: resource.overload.to_f64(),
                overload_cost: resource.overload_cost,
                floor: rest.map_or(0.0, |rest| rest.floors[id]),
            });
        }
        // What none of these plans use is worth what it costs at least.
        let unused = rest.into_iter().flat_map(|rest| rest.floors.iter().enumerate());
        for (id, floor) in unused.filter(|(id, floor)| row_of[*id] == u32::MAX && **floor > 0.0) {
            let resource = &problem.resources.rows()[id];
            let over = (floor - resource.overload_cost).max(0.0) * resource.overload.to_f64();
            fixed -= floor * (resource.supply.to_f64() - taken[id]) + over;
        }
        let first_cut = rows.len();
        for (number, cut) in cuts.iter().enumerate() {
            rows.push(Row::Cut(number));
            let supply = cut.limit - taken_of_cuts[number];
            let floor = rest.and_then(|rest| rest.cut_floors.get(number)).copied().unwrap_or(0.0);
            limits.push(Limit { supply, overload: 0.0, overload_cost: 0.0, floor });
        }
        let id = |(order, _, opening): OpeningUse| {
            problem.orders[order as usize].tables.openings[opening as usize]
        };
        let passes = |plan: &OrderColumn| -> Vec<(OpeningUse, f64)> {
            let use_of = |&(need, opening, share): &(usize, usize, f64)| {
                ((plan.order, need as u32, opening as u32), share)
            };
            plan.openings.iter().map(use_of).collect()
        };
        let mut uses_of: BTreeMap<(u32, OpeningUse), u32> = BTreeMap::new();
        for plan in chosen() {
            uses_of.extend(passes(plan).into_iter().map(|(used, _)| ((id(used), used), 0)));
        }
        let mut openings: Vec<Opening> = Vec::new();
        let mut last = None;
        for ((id, (order, need, opening)), row) in &mut uses_of {
            *row = rows.len() as u32;
            if last != Some(*id) {
                let paid = rest.map_or(0.0, |rest| rest.paid[*id as usize]);
                let cost = (problem.resources.opening_cost(*id).to_minor() - paid).max(0.0);
                openings.push(Opening { rows: rows.len()..rows.len(), cost });
                last = Some(*id);
            }
            rows.push(Row::Opening { order: *order, need: *need, opening: *opening });
            openings.last_mut().expect("one was just begun").rows.end = rows.len();
        }
        let mut uses = Sparse::new();
        for plan in chosen() {
            let resources = plan.uses.iter().map(|(id, used)| (row_of[*id as usize], *used));
            let cuts = of_cuts(plan).into_iter();
            let cuts = cuts.map(|(cut, sum)| ((first_cut + cut) as u32, sum));
            let passed = passes(plan).into_iter();
            let passed = passed.map(|(used, share)| (uses_of[&(id(used), used)], share));
            uses.push(resources.chain(cuts).chain(passed));
        }
        let used_by = uses.transposed(rows.len());
        let cost = chosen().map(|plan| plan.cost).collect();
        Choice { rows, limits, openings, columns, start, cost, uses, used_by, fixed }
    }

    pub fn orders(&self) -> usize {
        self.start.len() - 1
    }

    /// The plans of an order.
    pub fn of_order(&self, order: usize) -> Range<usize> {
        self.start[order] as usize..self.start[order + 1] as usize
    }
}

/// The positions of the plans of orders with more than one, or one that opens something, order by
/// order, and where each order begins.
fn grouped(orders: usize, plans: &[OrderColumn]) -> (Vec<u32>, Vec<u32>) {
    let mut count = vec![0u32; orders];
    let mut opens = vec![false; orders];
    for plan in plans {
        count[plan.order as usize] += 1;
        opens[plan.order as usize] |= !plan.openings.is_empty();
    }
    let mut next = vec![u32::MAX; orders];
    let mut start = vec![0u32];
    let counts = count.iter().enumerate();
    for (order, count) in counts.filter(|(order, count)| **count > 1 || opens[*order]) {
        next[order] = start[start.len() - 1];
        start.push(next[order] + count);
    }
    let mut columns = vec![0u32; start[start.len() - 1] as usize];
    for (at, plan) in plans.iter().enumerate() {
        let next = &mut next[plan.order as usize];
        if *next != u32::MAX {
            columns[*next as usize] = at as u32;
            *next += 1;
        }
    }
    (start, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Orders with a dear plan and one that is cheaper by the amount given: three that take one of
    /// the only limit for it, and two that pass the only opening.
    fn program(limited: [f64; 3], opening: [f64; 2]) -> Choice {
        let mut uses = Sparse::new();
        let mut cost = Vec::new();
        for (row, saved) in [0, 0, 0, 1, 2].into_iter().zip(limited.into_iter().chain(opening)) {
            uses.push([(row, 1.0)].into_iter());
            uses.push([].into_iter());
            cost.extend([10.0, 10.0 + saved]);
        }
        let passes = |order| Row::Opening { order, need: 0, opening: 0 };
        Choice {
            rows: vec![Row::Resource(0), passes(3), passes(4)],
            limits: vec![Limit { supply: 1.5, overload: 0.25, overload_cost: 5.0, floor: 0.0 }],
            openings: vec![Opening { rows: 1..3, cost: 5.0 }],
            columns: (0..10).collect(),
            start: vec![0, 2, 4, 6, 8, 10],
            cost,
            used_by: uses.transposed(3),
            uses,
            fixed: 1000.0,
        }
    }

    /// Solves it, and again from where that ended, as rounds do.
    fn solved(choice: &Choice) -> (Vec<f64>, Vec<f64>, f64) {
        let (point, _) = choice.solve(vec![0.0; 3], vec![0.0; 10], 1e-8);
        let (point, value) = choice.solve(point.prices, point.fractions, 1e-8);
        (point.prices, point.fractions, value)
    }

    /// All that exceeds the limit is taken at its price, the rest of the second order is served
    /// otherwise, and the opening pays for both orders together, for neither alone.
    #[test]
    fn a_small_program_is_solved() {
        let choice = program([4.0, 6.0, 9.0], [2.0, 4.0]);
        let (prices, fractions, value) = solved(&choice);
        let limited = (30.0 + 4.0 + 0.25 * 6.0) + 0.25 * 5.0;
        let least = 1000.0 + limited + 20.0 + 5.0;
        assert!((least - 1e-3..=least + 1e-9).contains(&value), "{value}, not {least}");
        assert!((prices[0] - 6.0).abs() < 0.01, "{prices:?}");
        assert!((prices[1] + prices[2] - 5.0).abs() < 0.01, "{prices:?}");
        let expected = [0.0, 1.0, 0.75, 0.25, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0];
        for (found, expected) in fractions.iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{fractions:?}");
        }
    }

    /// Where the overload costs more than it saves and the opening too, neither is used.
    #[test]
    fn what_does_not_pay_is_left() {
        let choice = program([1.0, 2.0, 3.0], [2.0, 2.5]);
        let (prices, fractions, value) = solved(&choice);
        let least = 1000.0 + 30.0 + 1.0 + 0.5 * 2.0 + 20.0 + 4.5;
        assert!((least - 1e-3..=least + 1e-9).contains(&value), "{value}, not {least}");
        assert!((prices[0] - 2.0).abs() < 0.01, "{prices:?}");
        let expected = [0.0, 1.0, 0.5, 0.5, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0];
        for (found, expected) in fractions.iter().zip(expected) {
            assert!((found - expected).abs() < 0.01, "{fractions:?}");
        }
    }
}
