//! The families of constraints of returns that may be handed in where their order is handed over.

use crate::ids::NodeId;
use crate::solve::column::Column;
use crate::solve::exact::formulation::{Formulation, Numbered};
use crate::solve::exact::names::{node_name, order_id, return_name};
use crate::solve::wave_options::OrderProblem;
use good_lp::{Expression, constraint, variable};
use std::collections::BTreeMap;

/// The variables of returns; keys are order and position among the order's exchanges.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    /// `brought`: whether a return is handed in at a node.
    brought: BTreeMap<(usize, usize, NodeId), Numbered>,
    /// `visited`: whether something is handed over at a node that takes a return which nothing
    /// else can take.
    visited: BTreeMap<(usize, usize), Numbered>,
}

impl Formulation<'_> {
    /// `bring[o,r,n]`, `bring_once[o,r]`, `visit[o,n,r]`: a return is handed in at one node at most,
    /// where something of its order is handed over; a visit that alone makes it possible has its
    /// price.
    pub(super) fn bring_returns(&mut self) {
        for order in 0..self.problem.orders.len() {
            let handovers = self.handovers(order);
            let count = self.problem.orders[order].tables.exchanges.exchanges.len();
            for at in (0..count).filter(|_| !handovers.is_empty()) {
                self.one_return(order, at, &handovers);
            }
        }
    }

    /// The shipments of an order that are handed over: node, state and position.
    fn handovers(&self, order: usize) -> Vec<(NodeId, usize, usize)> {
        let OrderProblem { options, tables } = &self.problem.orders[order];
        if tables.exchanges.exchanges.is_empty() {
            return Vec::new();
        }
        let shipments = &self.pieces.shipments;
        let from = shipments.partition_point(|shipment| (shipment.order as usize) < order);
        let of_order = shipments[from..].iter().take_while(|s| s.order as usize == order);
        let handed_over = of_order.enumerate().filter_map(|(at, shipment)| {
            let group = &options.groups[shipment.group as usize];
            group.service.is_none().then_some((group.node, shipment.state, from + at))
        });
        handed_over.collect()
    }

    fn one_return(&mut self, order: usize, at: usize, handovers: &[(NodeId, usize, usize)]) {
        let problem = self.problem;
        let OrderProblem { options, tables } = &problem.orders[order];
        let exchange = &tables.exchanges.exchanges[at];
        let name = format!("{}.{}", order_id(problem, order), return_name(problem, exchange.id));
        let mut once = Expression::default();
        let mut count = 0;
        for &(node, saved) in exchange.savings.iter().filter(|(_, saved)| *saved > 0.0) {
            let mut balance = Expression::default();
            let visits = handovers.iter().filter(|(visited, _, _)| *visited == node);
            let visits: Vec<usize> = visits.map(|(_, _, ship)| *ship).collect();
            if visits.is_empty() {
                continue;
            }
            for ship in visits {
                balance.add_mul(-1.0, self.ship[ship].variable);
            }
            let name = format!("{name}.{}", node_name(problem, node));
            let brought = self.variable(format!("brought.{name}"), variable().binary());
            self.objective.add_mul(-saved, brought.variable);
            self.returns.brought.insert((order, at, node), brought);
            balance.add_mul(1.0, brought.variable);
            self.constrain(format!("bring.{name}"), constraint!(balance <= 0.0));
            once.add_mul(1.0, brought.variable);
            count += 1;
        }
        if count > 1 {
            self.constrain(format!("bring_once.{name}"), constraint!(once <= 1.0));
        }
        let taking = |node: &NodeId| exchange.savings.iter().any(|(taking, _)| taking == node);
        let visits: Vec<_> = handovers.iter().filter(|(node, _, _)| taking(node)).collect();
        if exchange.visit <= 0.0 || visits.is_empty() {
            return;
        }
        let visited = self.variable(format!("visited.{name}"), variable().binary());
        self.objective.add_mul(exchange.visit, visited.variable);
        self.returns.visited.insert((order, at), visited);
        for need in 0..options.needs.len() {
            let mut passing = Expression::default();
            let mut passes = false;
            for (_, state, ship) in &visits {
                let digit = tables.states.digit(*state, need);
                let share = digit as f64 / tables.states.whole(need) as f64;
                if digit > 0 {
                    passing.add_mul(share, self.ship[*ship].variable);
                    passes = true;
                }
            }
            if passes {
                passing.add_mul(-1.0, visited.variable);
                self.constrain(format!("visit.{name}.{need}"), constraint!(passing <= 0.0));
            }
        }
    }

    /// The variables that are 1 in an order plan.
    pub(super) fn brought_by(&self, plan: &Column) -> Vec<Numbered> {
        let order = plan.order as usize;
        let OrderProblem { options, tables } = &self.problem.orders[order];
        let is_visited = |node: NodeId| {
            plan.entries.iter().any(|entry| {
                let group = &options.groups[entry.group as usize];
                group.service.is_none() && group.node == node
            })
        };
        let mut found = Vec::new();
        for (at, exchange) in tables.exchanges.exchanges.iter().enumerate() {
            let Some((node, _)) = exchange.best(&is_visited) else { continue };
            found.extend(self.returns.brought.get(&(order, at, node)).copied());
            found.extend(self.returns.visited.get(&(order, at)).copied());
        }
        found
    }
}
