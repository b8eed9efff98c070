//! What a method that proves is asked for, and what it gives back.

use crate::options::{Decision, Planner};
use crate::solve::wave_options::WaveProblem;
use crate::solve::{KnownPrices, Proof, Scope, StoppedBy};
use crate::units::Objective;
use std::collections::BTreeMap;

/// Orders up to which `auto` takes the exact method.
const EXACT_ORDERS: usize = 400;

/// Where the prices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approach {
    /// Chosen by size and contention.
    Auto,
    /// A linear program solved to its end: column generation with a simplex method.
    Exact,
    /// Price decomposition with a first-order method, whose rounds grow linearly with the orders.
    Decompose,
}

impl Approach {
    /// What it is for a problem.
    pub fn on(self, problem: &WaveProblem) -> Approach {
        if self == Approach::Auto { Approach::chosen(problem).0 } else { self }
    }

    /// The choice for a problem, and why.
    pub fn chosen(problem: &WaveProblem) -> (Approach, String) {
        let orders = problem.orders.len();
        let contended = problem.contended.iter().filter(|contended| **contended).count();
        let openings = problem.resources.openings().len();
        if contended + openings == 0 {
            return (Approach::Exact, "no two orders compete for anything".to_string());
        }
        if orders <= EXACT_ORDERS {
            return (Approach::Exact, format!("{orders} open orders are few enough"));
        }
        let why = format!(
            "{orders} open orders compete for {contended} limits; above {EXACT_ORDERS} orders this is faster"
        );
        (Approach::Decompose, why)
    }

    pub fn name(self) -> &'static str {
        match self {
            Approach::Auto => "auto",
            Approach::Exact => "exact",
            Approach::Decompose => "decompose",
        }
    }
}

/// What planning to a proven gap is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactSettings {
    pub approach: Approach,
    /// Relative gap at which to stop.
    pub gap: f64,
    pub threads: u32,
    pub seed: u64,
    pub sifting: Sifting,
}

/// How many nodes one counts for where lines may move over lanes.
const WITH_LANES: usize = 4;
/// Orders up to which a wave keeps as many shipments of each as it is asked to, and how many a wave
/// of any size keeps.
const FULL_ORDERS: usize = 100_000;
const FEWEST_KEPT: usize = 5;

/// When and how finely a wave is sifted: only the options that matter are kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sifting {
    /// Orders times nodes from which on; with lanes, a node counts as four.
    pub from: usize,
    /// Shipments of an order that are kept of each contents; of very large waves fewer, see
    /// [`Sifting::kept`].
    pub keep: usize,
    /// Orders from which on what is known of most of them is worth a plan of the others; fewer are
    /// looked at as fast.
    pub known_from: usize,
    /// Orders, at least, after which the first look at all of them moves its prices.
    pub round: usize,
}

impl Sifting {
    /// Shipments of each contents that are kept of each of so many orders: memory grows more slowly
    /// than the wave.
    pub fn kept(&self, orders: usize) -> usize {
        let affordable = self.keep * FULL_ORDERS / orders.max(1);
        affordable.max(FEWEST_KEPT).min(self.keep)
    }
}

impl Default for Sifting {
    fn default() -> Sifting {
        Sifting { from: 100_000, keep: 16, known_from: 10_000, round: 32 }
    }
}

impl ExactSettings {
    /// Whether only the options that matter of a wave are kept in memory: where it is large, or lines
    /// may move over lanes and so leave from any node.
    pub fn sifts(&self, planner: &Planner) -> bool {
        let Planner { wave, model, .. } = planner;
        let is_moved = !wave.lanes.is_empty() && model.rules.max_lanes > 0;
        let size = wave.orders.len() * wave.nodes.len() * if is_moved { WITH_LANES } else { 1 };
        self.approach != Approach::Exact && size >= self.sifting.from
    }
}

/// What a method decided and proved.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Frozen commitments included.
    pub decisions: Vec<Decision>,
    /// A lower bound on the objective, in weighted minor units; none for a heuristic.
    pub bound: Option<f64>,
    pub proof: Proof,
    pub scope: Scope,
    /// The named limits behind a pruned scope.
    pub limits: BTreeMap<String, u64>,
    pub stopped_by: StoppedBy,
    /// Behind the bound; none of a heuristic.
    pub prices: KnownPrices,
    /// Why the approach was chosen, where it was left open.
    pub chosen: Option<(Approach, String)>,
}

/// Another plan to start from.
#[derive(Clone, Debug, Default)]
pub struct Start {
    pub decisions: Vec<Decision>,
    pub prices: KnownPrices,
}

/// What decisions cost, recomputed from the domain: the solver's own numbers are never used.
pub type Value<'a> = dyn Fn(Vec<Decision>) -> Objective + Sync + 'a;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn very_large_waves_keep_fewer_shipments() {
        let sifting = Sifting::default();
        assert_eq!(
            [0, 100_000, 200_000, 10_000_000].map(|orders| sifting.kept(orders)),
            [16, 16, 8, 5]
        );
        let one = Sifting { keep: 1, ..sifting };
        assert_eq!(one.kept(10_000_000), 1);
    }
}
