//! The families of constraints of what moves over lanes: lines that leave together are priced
//! together, whatever shipments they are for.

use crate::options::Content;
use crate::solve::ResourceId;
use crate::solve::column::{Move, move_cost, moves};
use crate::solve::exact::formulation::{Formulation, Numbered};
use crate::solve::exact::names::order_id;
use crate::solve::wave_options::OrderProblem;
use crate::units::{Decimal, Quantity};
use good_lp::{Expression, constraint, variable};
use std::collections::BTreeMap;

/// Units that move together, by line id.
pub(super) type Contents = Vec<(u32, Quantity)>;

/// A variable of units that move together, with what they use.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub variable: Numbered,
    pub uses: Vec<(ResourceId, Decimal)>,
}

impl Formulation<'_> {
    /// `moved[o,m,q]`, `carried[o,m,l]`, `moved_once[o,m]`: what leaves together over a lane, or is
    /// released into it, is priced together, whatever shipments it is for.
    pub(super) fn move_lines(&mut self) {
        for (order, columns) in self.columns_by_order().into_iter().enumerate() {
            let OrderProblem { options, .. } = &self.problem.orders[order];
            // Units by move, line and column.
            let mut carried: BTreeMap<Move, BTreeMap<u32, Vec<(usize, Quantity)>>> =
                BTreeMap::new();
            for &column in &columns {
                for (of_move, contents) in moves(options, &self.columns[column].entries) {
                    let of_move = carried.entry(of_move).or_default();
                    for content in contents {
                        of_move.entry(content.line).or_default().push((column, content.quantity));
                    }
                }
            }
            for (position, (of_move, lines)) in carried.into_iter().enumerate() {
                let name = format!("{}.{position}", order_id(self.problem, order));
                self.one_move(order, of_move, &lines, &name);
            }
        }
    }

    /// The variables of everything that may leave together in one move, and their constraints.
    fn one_move(
        &mut self,
        order: usize,
        of_move: Move,
        lines: &BTreeMap<u32, Vec<(usize, Quantity)>>,
        name: &str,
    ) {
        let problem = self.problem;
        let OrderProblem { options, .. } = &problem.orders[order];
        let mut all: Vec<Vec<Content>> = vec![Vec::new()];
        for line in options.lines.iter().filter(|line| lines.contains_key(&line.id.0)) {
            let least = if options.split_lines { 1 } else { line.quantity };
            let more = all.iter().flat_map(|contents| {
                (least..=line.quantity).map(move |quantity| {
                    let content = Content { line: line.id.0, sku: line.sku, quantity };
                    contents.iter().copied().chain([content]).collect::<Vec<Content>>()
                })
            });
            let more: Vec<Vec<Content>> = more.collect();
            all.extend(more);
        }
        all.retain(|contents| !contents.is_empty());
        let mut carried: BTreeMap<u32, Expression> = BTreeMap::new();
        let mut once = Expression::default();
        let count = all.len();
        for (index, contents) in all.into_iter().enumerate() {
            let (cost, uses) =
                move_cost(problem.planner, &problem.resources, options, of_move, &contents);
            let variable = self.variable(format!("moved.{name}.{index}"), variable().binary());
            self.objective.add_mul(cost.to_minor(), variable.variable);
            once.add_mul(1.0, variable.variable);
            for content in &contents {
                let of_line = carried.entry(content.line).or_default();
                of_line.add_mul(-f64::from(content.quantity), variable.variable);
            }
            let key = (order, of_move, units_by_line(&contents));
            self.moved.insert(key, Moved { variable, uses });
        }
        for (line, mut balance) in carried {
            for &(column, quantity) in lines.get(&line).into_iter().flatten() {
                balance.add_mul(f64::from(quantity), self.ship[column].variable);
            }
            self.constrain(format!("carried.{name}.{line}"), constraint!(balance == 0.0));
        }
        if count > 1 {
            self.constrain(format!("moved_once.{name}"), constraint!(once <= 1.0));
        }
    }
}

/// Units by line id, sorted.
pub(super) fn units_by_line(contents: &[Content]) -> Contents {
    let mut units: Contents = contents.iter().map(|c| (c.line, c.quantity)).collect();
    units.sort_unstable();
    units
}
