//! The families of constraints of what moves over lanes: lines that leave together are priced
//! together, whatever shipments they are for.

use crate::options::Content;
use crate::solve::ResourceId;
use crate::solve::column::{Move, Priced, moves_of};
use crate::solve::exact::formulation::{Formulation, Numbered};
use crate::solve::exact::names::order_id;
use crate::solve::wave_options::OrderProblem;
use crate::units::{Decimal, Quantity};
use good_lp::{Expression, constraint, variable};
use std::collections::BTreeMap;

/// Parts with their units, by line id.
type PartsOfMove = BTreeMap<u32, Vec<(usize, Quantity)>>;

/// Units that move together, by line id.
pub(super) type Contents = Vec<(u32, Quantity)>;

/// A variable of units that move together, with what they use.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub variable: Numbered,
    pub uses: Box<[(ResourceId, Decimal)]>,
}

impl Formulation<'_> {
    /// `moved[o,m,q]`, `carried[o,m,l]`, `moved_once[o,m]`: what leaves together over a lane, or is
    /// released into it, is priced together, whatever shipments it is for.
    pub(super) fn move_lines(&mut self) {
        // Units by order, move and line, with the part that they are of.
        let mut carried: BTreeMap<usize, BTreeMap<Move, PartsOfMove>> = BTreeMap::new();
        for (at, part) in self.pieces.parts.iter().enumerate() {
            let order = part.order as usize;
            let options = &self.problem.orders[order].options;
            for of_move in moves_of(&part.entry) {
                let of_move = carried.entry(order).or_default().entry(of_move).or_default();
                let line = options.lines[part.entry.line as usize].id.0;
                of_move.entry(line).or_default().push((at, part.entry.quantity));
            }
        }
        for (order, of_order) in carried {
            for (position, (of_move, lines)) in of_order.into_iter().enumerate() {
                let name = format!("{}.{position}", order_id(self.problem, order));
                self.one_move(order, of_move, &lines, &name);
            }
        }
    }

    /// The variables of everything that may leave together in one move, and their constraints.
    fn one_move(&mut self, order: usize, of_move: Move, lines: &PartsOfMove, name: &str) {
        let problem = self.problem;
        let OrderProblem { options, .. } = &problem.orders[order];
        let mut all: Vec<Vec<Content>> = vec![Vec::new()];
        for line in options.lines.iter().filter(|line| lines.contains_key(&line.id.0)) {
            let least = if options.split_lines { 1 } else { line.quantity };
            let more = all.iter().flat_map(|contents| {
                (least..=line.quantity).map(move |quantity| {
                    let content = line.content(quantity);
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
            let mut pricer = problem.pricer(order as u32);
            pricer.transfer(of_move, &contents);
            let Priced { cost, uses } = pricer.priced();
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
            for &(part, quantity) in lines.get(&line).into_iter().flatten() {
                balance.add_mul(f64::from(quantity), self.part[part].variable);
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
