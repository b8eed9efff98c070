//! The families of constraints of lines whose units may come several ways: what such a line pays
//! once, it does not pay for each part.

use crate::solve::exact::formulation::{Formulation, Numbered};
use crate::solve::exact::names::line_name;
use crate::units::Objective;
use good_lp::{Expression, Variable, constraint, variable};
use std::collections::BTreeMap;

/// A level of lateness of a divisible line.
#[derive(Clone, Debug)]
pub(super) struct Worst {
    pub variable: Numbered,
    /// The groups in which the line is so late, or later.
    pub groups: Vec<u32>,
}

impl Formulation<'_> {
    /// `part_once[o,g,l,w]`: of the amounts of a line that may come one way, one does.
    pub(super) fn part_once(&mut self) {
        let mut amounts: Vec<(String, Expression)> = Vec::new();
        let same = |a: usize, b: usize| {
            let (a, b) = (&self.pieces.parts[a], &self.pieces.parts[b]);
            let way = |part: &crate::solve::exact::pieces::Part| {
                (part.order, part.entry.group, part.entry.line, part.entry.source)
            };
            way(a) == way(b) && a.entry.hops == b.entry.hops
        };
        let all: Vec<usize> = (0..self.pieces.parts.len()).collect();
        // Those of one way come one after the other.
        for of_way in all.chunk_by(|a, b| same(*a, *b)).filter(|of_way| of_way.len() > 1) {
            let part = &self.pieces.parts[of_way[0]];
            let line = line_name(self.problem, part.order as usize, part.entry.line as usize);
            let sum = of_way.iter().map(|at| self.part[*at].variable).sum();
            amounts.push((format!("part_once.{line}.{}", of_way[0]), sum));
        }
        for (name, sum) in amounts {
            self.constrain(name, constraint!(sum <= 1.0));
        }
    }

    /// `worst[o,l,c]`, `pays[o,l,c,g]`: a divisible line pays lateness once, at its latest part;
    /// each level is paid on top of the one below.
    pub(super) fn pay_worst_part(&mut self) {
        let problem = self.problem;
        // Lateness and variables by line and group.
        let mut parts: BTreeMap<(usize, usize), BTreeMap<u32, (Lateness, Expression)>> =
            BTreeMap::new();
        for (shipment, ship) in self.pieces.shipments.iter().zip(&self.ship) {
            let order = shipment.order as usize;
            let order_problem = &problem.orders[order];
            let (options, tables) = (&order_problem.options, &order_problem.tables);
            for table in tables.lines(&tables.groups[shipment.group as usize]) {
                let units = tables.states.units(options, shipment.state, table.line);
                if options.lines[table.line].divisible && units > 0 && table.lateness > 0.0 {
                    let of_line = parts.entry((order, table.line)).or_default();
                    let of_group = of_line.entry(shipment.group);
                    let (_, sum) =
                        of_group.or_insert_with(|| (table.lateness, Expression::default()));
                    sum.add_mul(1.0, ship.variable);
                }
            }
        }
        for ((order, line), groups) in parts {
            let mut levels: Vec<Lateness> = groups.values().map(|(level, _)| *level).collect();
            levels.sort_by(f64::total_cmp);
            levels.dedup();
            let mut below = 0.0;
            for (at, level) in levels.into_iter().enumerate() {
                let name = format!("{}.{at}", line_name(problem, order, line));
                let worst = self.variable(format!("worst.{name}"), variable().binary());
                self.objective.add_mul(level - below, worst.variable);
                below = level;
                let reach = groups.iter().filter(|(_, (lateness, _))| *lateness >= level);
                let mut of_level = Worst { variable: worst, groups: Vec::new() };
                for (&group, (_, made)) in reach {
                    of_level.groups.push(group);
                    let (made, worst) = (made.clone(), worst.variable);
                    self.constrain(format!("pays.{name}.{group}"), constraint!(made <= worst));
                }
                self.worst.insert((order, line, at), of_level);
            }
        }
    }

    /// `changed[o,l]`, `changes[o,l,i]`: a line that may come several ways pays once for departing
    /// from its commitments, with a part or, where it is divisible, with units that stay open.
    pub(super) fn pay_changes(&mut self) {
        let problem = self.problem;
        let mut causes: BTreeMap<(usize, usize), (Objective, Vec<Variable>)> = BTreeMap::new();
        for (piece, part) in self.pieces.parts.iter().zip(&self.part) {
            if piece.change.0 > 0 {
                let key = (piece.order as usize, piece.entry.line as usize);
                let (cost, of_line) = causes.entry(key).or_default();
                *cost = piece.change;
                of_line.push(part.variable);
            }
        }
        for (&(order, need, _), open) in &self.open {
            let change = problem.orders[order].tables.open_change[need];
            if change.0 > 0 {
                let line = problem.orders[order].options.needs[need].lines[0];
                let (cost, of_line) = causes.entry((order, line)).or_default();
                *cost = change;
                of_line.push(open.variable);
            }
        }
        for ((order, line), (cost, causes)) in causes {
            let name = line_name(problem, order, line);
            let changed = self.variable(format!("changed.{name}"), variable().binary());
            self.changed.insert((order, line), changed);
            self.objective.add_mul(cost.to_minor(), changed.variable);
            for (index, cause) in causes.into_iter().enumerate() {
                let changed = changed.variable;
                self.constrain(format!("changes.{name}.{index}"), constraint!(cause <= changed));
            }
        }
    }
}

/// Of a line in a group, in weighted minor units.
type Lateness = f64;
