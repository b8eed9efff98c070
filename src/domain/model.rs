//! A model: objective weights, costs, rules and solver settings.

use crate::domain::{CostKey, Node, NodeKind};
use crate::units::{Decimal, Money};
use serde::{Deserialize, Serialize};

/// Whether dates bind or are priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Deadline {
    Hard,
    Soft,
}

/// When a source of a later tier costs `tier_cost`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Escalate {
    /// Never.
    None,
    /// Always, except where no earlier tier could serve the line on time on its own.
    Deadline,
    /// Always.
    Cost,
}

/// The way a plan is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Chosen by size and contention.
    Auto,
    /// The reference formulation, as a mixed-integer program.
    Exact,
    /// Price decomposition.
    Decompose,
    /// A heuristic, by its name.
    Heuristic(Box<str>),
}

/// Prices that the wave does not hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelCosts {
    pub split_cost: Money,
    /// Per day and line.
    pub late_cost: Money,
    /// Per unit.
    pub unfilled_cost: Money,
    /// Share of the unit price, added to `unfilled_cost`.
    pub unfilled_value_share: Decimal,
    pub reject_cost: Money,
    /// Per kg CO2e.
    pub carbon_price: Money,
    pub change_cost: Money,
}

/// What a plan may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    pub deadline: Deadline,
    pub split_lines: bool,
    /// Shipments of an order.
    pub max_shipments: Option<u32>,
    /// Of a parcel.
    pub max_distance_km: Option<f64>,
    /// Orders worth less have one shipment.
    pub no_split_below: Money,
    /// Kinds by tier, the first tier first.
    pub tiers: Vec<Vec<NodeKind>>,
    pub escalate: Escalate,
    pub tier_cost: Money,
    /// Lanes of a route.
    pub max_lanes: u32,
}

/// No rule beyond those of every wave; two lanes at most.
impl Default for Rules {
    fn default() -> Rules {
        Rules {
            deadline: Deadline::Soft,
            split_lines: false,
            max_shipments: None,
            max_distance_km: None,
            no_split_below: Money::ZERO,
            tiers: Vec::new(),
            escalate: Escalate::None,
            tier_cost: Money::ZERO,
            max_lanes: 2,
        }
    }
}

/// How returned goods keep their value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnRules {
    pub restock_share_used: Decimal,
    pub restock_share_damaged: Decimal,
}

/// Returned goods are worth what new ones are.
impl Default for ReturnRules {
    fn default() -> ReturnRules {
        ReturnRules { restock_share_used: Decimal::ONE, restock_share_damaged: Decimal::ONE }
    }
}

/// Solver settings; the command line may override them.
#[derive(Clone, Debug, PartialEq)]
pub struct SolveSettings {
    /// Relative gap at which to stop.
    pub gap: f64,
    pub time_limit_s: f64,
    /// 0: all cores.
    pub threads: u32,
    pub seed: u64,
    pub method: Method,
}

/// A named set of objective weights, rules and solver settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub name: Box<str>,
    /// By cost key, in the order of [`CostKey::ALL`].
    pub weights: [Decimal; CostKey::ALL.len()],
    pub costs: ModelCosts,
    pub rules: Rules,
    pub returns: ReturnRules,
    pub solve: SolveSettings,
}

impl Model {
    pub fn weight(&self, key: CostKey) -> Decimal {
        self.weights[key as usize]
    }

    /// The tier of a node, from 1: its own, else that of its kind, else one after the last.
    pub fn tier(&self, node: &Node) -> u32 {
        if let Some(tier) = node.tier {
            return tier;
        }
        let place = self.rules.tiers.iter().position(|kinds| kinds.contains(&node.kind));
        place.unwrap_or(self.rules.tiers.len()) as u32 + 1
    }
}
