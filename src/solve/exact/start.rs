//! A start for the solver: the values of the program's variables in a plan.

use crate::solve::column::{Column, moves};
use crate::solve::exact::formulation::{Formulation, Numbered};
use crate::solve::exact::moved::units_by_line;
use crate::solve::exact::pieces::Pieces;
use crate::solve::wave_options::OrderProblem;
use std::collections::BTreeMap;

impl Formulation<'_> {
    /// The value of every variable when these order plans are carried out, whose pieces are among
    /// the program's.
    pub fn start(&self, plans: &[Column]) -> Vec<f64> {
        let problem = self.problem;
        let mut values = vec![0.0; self.names().columns.len()];
        let mut set = |variable: Numbered, value: f64| values[variable.index] = value;
        let mut used: BTreeMap<u32, f64> = BTreeMap::new();
        let made = Pieces::of_columns(problem, plans);
        for shipment in &made.shipments {
            let at = self.pieces.shipments.binary_search_by_key(&shipment.key(), |s| s.key());
            if let Ok(at) = at {
                set(self.ship[at], 1.0);
            }
            for (&(order, line, _), worst) in &self.worst {
                let OrderProblem { options, tables } = &problem.orders[order];
                let is_late = order == shipment.order as usize
                    && worst.groups.contains(&shipment.group)
                    && tables.states.units(options, shipment.state, line) > 0;
                if is_late {
                    set(worst.variable, 1.0);
                }
            }
        }
        for part in &made.parts {
            let at = self.pieces.parts.binary_search_by(|other| other.key().cmp(&part.key()));
            if let Ok(at) = at {
                set(self.part[at], 1.0);
            }
            let key = (part.order as usize, part.entry.line as usize);
            if let Some(changed) = self.changed.get(&key).filter(|_| part.change.0 > 0) {
                set(*changed, 1.0);
            }
        }
        let mut states = vec![0; problem.orders.len()];
        for plan in plans {
            let order = plan.order as usize;
            let OrderProblem { options, tables } = &problem.orders[order];
            states[order] = plan.state(options, tables);
            if let Some(split) = self.split.get(&order) {
                let free = u32::from(options.frozen.is_empty());
                set(*split, f64::from(plan.shipments.saturating_sub(free)));
            }
            for (id, amount) in &plan.uses {
                *used.entry(*id).or_default() += amount.to_f64();
            }
            for brought in self.brought_by(plan) {
                set(brought, 1.0);
            }
            for opened in plan.opens.iter().filter_map(|opening| self.opened.get(opening)) {
                set(*opened, 1.0);
            }
            for (of_move, contents) in moves(options, &plan.entries) {
                let key = (order, of_move, units_by_line(&contents));
                if let Some(moved) = self.moved.get(&key) {
                    set(moved.variable, 1.0);
                }
            }
        }
        for (&(order, need, covered), open) in &self.open {
            let OrderProblem { options, tables } = &problem.orders[order];
            if tables.states.digit(states[order], need) == covered {
                set(*open, 1.0);
                let line = options.needs[need].lines[0];
                let changed = self.changed.get(&(order, line));
                if let Some(changed) = changed.filter(|_| tables.open_change[need].0 > 0) {
                    set(*changed, 1.0);
                }
            }
        }
        for (id, overload) in &self.overload {
            let supply = problem.resources.rows()[*id as usize].supply.to_f64();
            let over = used.get(id).copied().unwrap_or(0.0) - supply;
            set(*overload, over.max(0.0));
        }
        values
    }
}
