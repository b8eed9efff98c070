//! Cuts on stock: inequalities on which whole lines are released from one stock, satisfied by
//! every plan, violated by the fractional one.
//!
//! Lines that go whole fill a stock like a knapsack. The most violated inequality of the
//! knapsack's convex hull is found exactly, by a linear program over its packings (Boyd 1993), and
//! lifted to the lines that the fractional plan leaves out. A cut prices (line, stock) pairs only,
//! so that pricing an order stays the same (Barnhart, Hane and Vance 2000 call such cuts robust).

use crate::ids::{NodeId, SkuId};
use crate::solve::highs::{GrowingLp, HighsError};
use crate::solve::wave_options::WaveProblem;
use crate::units::Quantity;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A cut: the coefficients of the (order, stock) pairs sum to at most `limit`.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// Order, stock of the order, and coefficient.
    pub terms: Vec<(usize, usize, f64)>,
    pub limit: f64,
    pub on: CutOn,
}

/// What a cut is on: the units that may leave a stock by the end of a step of its profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOn {
    pub node: NodeId,
    pub sku: SkuId,
    pub step: u32,
    pub units: i64,
}

/// A line that may be released from a stock by the end of a step of its profile.
#[derive(Clone, Debug)]
struct Candidate {
    order: usize,
    quantity: Quantity,
    /// Stocks of the order that count, with their steps.
    stocks: Vec<(usize, u32)>,
}

/// What competes for the stock of one item at one node.
#[derive(Clone, Debug)]
struct Pool {
    node: NodeId,
    sku: SkuId,
    /// Units by step of the profile, with what may be released of them.
    steps: Vec<i64>,
    candidates: Vec<Candidate>,
}

/// The stocks of a wave that whole lines compete for.
#[derive(Debug)]
pub struct Pools(Vec<Pool>);

/// The largest stock, in units, and the most fractional lines for which the hull is searched; the
/// more units a stock has, the less a fraction of a line weighs.
const MAX_UNITS: i64 = 64;
const MAX_LINES: usize = 40;
/// Violation, relative to the limit, from which on a cut is worth its row.
const VIOLATED: f64 = 0.01;
/// Multiples of a cut's coefficients that are tried to make them whole.
const MAX_MULTIPLE: u32 = 24;
const ROUNDED_MULTIPLE: f64 = 720.0;
const MAX_PACKINGS: usize = 200;

impl Pools {
    pub fn new(problem: &WaveProblem) -> Pools {
        let mut pools: BTreeMap<(NodeId, SkuId), Pool> = BTreeMap::new();
        for (order, of_order) in problem.orders.iter().enumerate() {
            let options = &of_order.options;
            if options.split_lines {
                continue;
            }
            for (index, stock) in of_order.tables.stocks.iter().enumerate() {
                let line = &options.lines[stock.line];
                let Some(profile) = problem.planner.stock(stock.node, line.sku) else { continue };
                let pool = pools.entry((stock.node, line.sku)).or_insert_with(|| Pool {
                    node: stock.node,
                    sku: line.sku,
                    steps: profile.steps().iter().map(|(_, units)| *units).collect(),
                    candidates: Vec::new(),
                });
                let same = |known: &&mut Candidate| {
                    known.order == order
                        && of_order.tables.stocks[known.stocks[0].0].line == stock.line
                };
                // The stocks of an order come one after the other.
                match pool.candidates.iter_mut().rev().take_while(|c| c.order == order).find(same) {
                    Some(known) => known.stocks.push((index, stock.step)),
                    None => pool.candidates.push(Candidate {
                        order,
                        quantity: line.quantity,
                        stocks: vec![(index, stock.step)],
                    }),
                }
            }
        }
        let competes = |pool: &Pool| {
            let wanted: i64 = pool.candidates.iter().map(|c| c.quantity as i64).sum();
            pool.candidates.iter().any(|c| c.quantity > 1)
                && pool.steps.first().is_some_and(|units| *units < wanted)
        };
        Pools(pools.into_values().filter(competes).collect())
    }

    /// The most violated cut of every stock and step. `released` says how much of a line a
    /// fractional plan releases, by order and stock of the order.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn violated(&self, released: &[Vec<f64>]) -> Result<Vec<Cut>, HighsError> {
        let of_pool = |pool: &Pool| -> Result<Vec<Cut>, HighsError> {
            let mut cuts = Vec::new();
            for (step, &units) in pool.steps.iter().enumerate() {
                if (1..=MAX_UNITS).contains(&units) {
                    cuts.extend(violated_cut(pool, step as u32, units as usize, released)?);
                }
            }
            Ok(cuts)
        };
        let found: Result<Vec<Vec<Cut>>, HighsError> = self.0.par_iter().map(of_pool).collect();
        Ok(found?.into_iter().flatten().collect())
    }
}

/// The most violated lifted cut of a stock up to a step.
fn violated_cut(
    pool: &Pool,
    step: u32,
    units: usize,
    released: &[Vec<f64>],
) -> Result<Option<Cut>, HighsError> {
    let counted: Vec<&Candidate> = pool
        .candidates
        .iter()
        .filter(|c| c.quantity as usize <= units && c.stocks.iter().any(|(_, s)| *s <= step))
        .collect();
    let part = |candidate: &Candidate| -> f64 {
        let of_order = &released[candidate.order];
        let stocks = candidate.stocks.iter().filter(|(_, of_step)| *of_step <= step);
        stocks.map(|(index, _)| of_order.get(*index).copied().unwrap_or(0.0)).sum()
    };
    let parts: Vec<f64> = counted.iter().map(|candidate| part(candidate)).collect();
    let active: Vec<usize> = (0..counted.len()).filter(|&at| parts[at] > 1e-6).collect();
    let wanted: f64 = active.iter().map(|&at| counted[at].quantity as f64).sum();
    let fractional = active.iter().any(|&at| parts[at] < 1.0 - 1e-6);
    if !fractional || wanted <= units as f64 || active.len() > MAX_LINES {
        return Ok(None);
    }
    let sizes: Vec<usize> = active.iter().map(|&at| counted[at].quantity as usize).collect();
    let values: Vec<f64> = active.iter().map(|&at| parts[at]).collect();
    let Some(coefficients) = separate(&sizes, &values, units)? else { return Ok(None) };
    let whole = integral(&coefficients);
    let mut best = vec![0_u64; units + 1];
    for (&size, &coefficient) in sizes.iter().zip(&whole) {
        pack(&mut best, size, coefficient);
    }
    let limit = best[units];
    let violation: f64 = whole.iter().zip(&values).map(|(c, v)| *c as f64 * v).sum();
    if limit == 0 || violation <= limit as f64 * (1.0 + VIOLATED) {
        return Ok(None);
    }
    let mut coefficient_of = vec![0_u64; counted.len()];
    for (&at, &coefficient) in active.iter().zip(&whole) {
        coefficient_of[at] = coefficient;
    }
    // The lines that the plan leaves out, the largest first: what each can take away at most.
    let mut others: Vec<usize> = (0..counted.len()).filter(|at| !active.contains(at)).collect();
    others.sort_by_key(|&at| (std::cmp::Reverse(counted[at].quantity), at));
    for at in others {
        let size = counted[at].quantity as usize;
        let lifted = limit - best[units - size];
        if lifted > 0 {
            pack(&mut best, size, lifted);
            coefficient_of[at] = lifted;
        }
    }
    let mut terms = Vec::new();
    for (candidate, &coefficient) in counted.iter().zip(&coefficient_of) {
        if coefficient > 0 {
            let stocks = candidate.stocks.iter().filter(|(_, of_step)| *of_step <= step);
            terms
                .extend(stocks.map(|(index, _)| {
                    (candidate.order, *index, coefficient as f64 / limit as f64)
                }));
        }
    }
    let on = CutOn { node: pool.node, sku: pool.sku, step, units: units as i64 };
    Ok(Some(Cut { terms, limit: 1.0, on }))
}

/// Adds an item to the best packings by size.
fn pack(best: &mut [u64], size: usize, value: u64) {
    for room in (size..best.len()).rev() {
        best[room] = best[room].max(best[room - size] + value);
    }
}

/// The coefficients, of packings worth at most 1, that value a fractional packing most; nothing
/// where it is worth no more than 1.
fn separate(sizes: &[usize], values: &[f64], units: usize) -> Result<Option<Vec<f64>>, HighsError> {
    let mut lp = GrowingLp::new(0)?;
    let mut columns = Vec::with_capacity(sizes.len());
    for value in values {
        columns.push(lp.add_column(-value, 1.0, [])?);
    }
    for _ in 0..MAX_PACKINGS {
        let solution = lp.solve()?;
        if -solution.objective <= 1.0 + VIOLATED {
            return Ok(None);
        }
        let coefficients = solution.values;
        let (worth, packed) = best_packing(sizes, &coefficients, units);
        if worth <= 1.0 + 1e-7 {
            return Ok(Some(coefficients));
        }
        let row: Vec<_> = packed.into_iter().map(|at| (columns[at], 1.0)).collect();
        lp.add_row(f64::NEG_INFINITY, 1.0, row)?;
    }
    Ok(None)
}

/// The packing worth most, and what it is worth.
fn best_packing(sizes: &[usize], worth: &[f64], units: usize) -> (f64, Vec<usize>) {
    let width = units + 1;
    let mut best = vec![0.0; width * (sizes.len() + 1)];
    for (at, (&size, &value)) in sizes.iter().zip(worth).enumerate() {
        let (before, after) = best.split_at_mut(width * (at + 1));
        let before = &before[width * at..];
        for room in 0..width {
            let with = if size <= room { before[room - size] + value } else { 0.0 };
            after[room] = before[room].max(with);
        }
    }
    let mut packed = Vec::new();
    let mut room = units;
    for at in (0..sizes.len()).rev() {
        if best[width * (at + 1) + room] > best[width * at + room] {
            packed.push(at);
            room -= sizes[at];
        }
    }
    (best[width * sizes.len() + units], packed)
}

/// The coefficients times a number that makes them whole; rounded down where none does.
fn integral(coefficients: &[f64]) -> Vec<u64> {
    for multiple in 1..=MAX_MULTIPLE {
        let scaled = || coefficients.iter().map(|c| c * f64::from(multiple));
        if scaled().all(|c| (c - c.round()).abs() < 1e-5) {
            return scaled().map(|c| c.round() as u64).collect();
        }
    }
    coefficients.iter().map(|c| (c * ROUNDED_MULTIPLE + 1e-6).floor() as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_of_half_lines_is_cut_off() {
        // Two lines of two units want three: one of them can have its own.
        let coefficients = separate(&[2, 2], &[0.75, 0.75], 3).unwrap().unwrap();
        assert_eq!(integral(&coefficients), [1, 1]);
        assert_eq!(separate(&[1, 2], &[1.0, 1.0], 3).unwrap(), None);
    }

    #[test]
    fn the_best_packing_fills_the_stock() {
        let (worth, packed) = best_packing(&[3, 2, 2], &[0.9, 0.5, 0.5], 4);
        assert_eq!((worth, packed), (1.0, vec![2, 1]));
    }
}
