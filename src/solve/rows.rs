//! The rows and columns that programs over order plans share: limited resources with their
//! overload, openings, and cuts.

use crate::solve::OpeningId;
use crate::solve::cuts::Cut;
use crate::solve::highs::{GrowingLp, HighsError, LpColumn, LpRow};
use crate::solve::master::OrderColumn;
use crate::solve::wave_options::WaveProblem;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What is done outside of a program.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Of each resource, by id.
    pub taken: Vec<f64>,
    /// How many orders pass each opening.
    opened: Vec<u32>,
}

impl Outside {
    pub fn nothing(problem: &WaveProblem) -> Outside {
        let openings = problem.resources.openings().len();
        Outside { taken: vec![0.0; problem.resources.len()], opened: vec![0; openings] }
    }

    /// Adds a plan of an order.
    pub fn add(&mut self, problem: &WaveProblem, column: &OrderColumn) {
        for (id, used) in &column.uses {
            self.taken[*id as usize] += used;
        }
        for id in column.opened(problem) {
            self.opened[id as usize] += 1;
        }
    }

    /// Takes back a plan that was added.
    pub fn remove(&mut self, problem: &WaveProblem, column: &OrderColumn) {
        for (id, used) in &column.uses {
            self.taken[*id as usize] -= used;
        }
        for id in column.opened(problem) {
            self.opened[id as usize] -= 1;
        }
    }

    /// Whether a node is open for a date anyway.
    pub fn is_open(&self, id: OpeningId) -> bool {
        self.opened[id as usize] > 0
    }
}

/// Rows of resources and columns of overload and openings, made when they are first needed.
#[derive(Debug)]
pub struct SharedRows<'a> {
    problem: &'a WaveProblem<'a>,
    outside: Outside,
    /// Whether openings are 0 or 1, rather than anything above 0.
    is_integral: bool,
    pub resources: FxHashMap<u32, LpRow>,
    pub overloads: Vec<(u32, LpColumn)>,
    pub openings: FxHashMap<u32, LpColumn>,
}

impl<'a> SharedRows<'a> {
    pub fn new(
        problem: &'a WaveProblem<'a>,
        outside: Outside,
        is_integral: bool,
    ) -> SharedRows<'a> {
        SharedRows {
            problem,
            outside,
            is_integral,
            resources: FxHashMap::default(),
            overloads: Vec::new(),
            openings: FxHashMap::default(),
        }
    }

    pub fn outside(&self) -> &Outside {
        &self.outside
    }

    /// The row of a resource.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn resource(&mut self, lp: &mut GrowingLp, id: u32) -> Result<LpRow, HighsError> {
        if let Some(row) = self.resources.get(&id) {
            return Ok(*row);
        }
        let resource = &self.problem.resources.rows()[id as usize];
        let left = resource.supply.to_f64() - self.outside.taken[id as usize];
        let row = lp.add_row(f64::NEG_INFINITY, left, [])?;
        let overload = resource.overload.to_f64();
        if overload > 0.0 {
            let over = lp.add_column(resource.overload_cost, overload, [(row, -1.0)])?;
            self.overloads.push((id, over));
        }
        self.resources.insert(id, row);
        Ok(row)
    }

    /// The column of an opening.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn opening(&mut self, lp: &mut GrowingLp, id: u32) -> Result<LpColumn, HighsError> {
        if let Some(column) = self.openings.get(&id) {
            return Ok(*column);
        }
        let cost = self.problem.resources.opening_cost(id).to_minor();
        let column = if self.is_integral {
            lp.add_binary(cost, [])?
        } else {
            lp.add_column(cost, f64::INFINITY, [])?
        };
        self.openings.insert(id, column);
        Ok(column)
    }
}

/// Which cuts count a stock of an order, with their coefficients.
#[derive(Debug, Default)]
pub struct CutTerms(FxHashMap<(usize, usize), Vec<(usize, f64)>>);

impl CutTerms {
    /// Enters the cut of a number.
    pub fn add(&mut self, number: usize, cut: &Cut) {
        for &(order, stock, coefficient) in &cut.terms {
            self.0.entry((order, stock)).or_default().push((number, coefficient));
        }
    }

    /// The coefficient of each cut when an order uses these stocks.
    pub fn sums(&self, order: usize, stocks: &[usize]) -> BTreeMap<usize, f64> {
        let mut sums = BTreeMap::new();
        for &stock in stocks {
            for &(cut, coefficient) in self.0.get(&(order, stock)).into_iter().flatten() {
                *sums.entry(cut).or_default() += coefficient;
            }
        }
        sums
    }
}
