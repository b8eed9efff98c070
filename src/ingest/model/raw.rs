//! A model as it is written: the description of the file, and the full form in certificates.

use crate::domain::{CostKey, Deadline, Escalate, Method, Model, NodeKind};
use crate::units::Money;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A model. Only `name` is needed; what is absent has its default.
#[derive(JsonSchema, Serialize)]
#[schemars(deny_unknown_fields, title = "model")]
pub(crate) struct RawModel {
    /// What the model is called.
    #[schemars(length(min = 1))]
    name: String,
    /// Factor of each cost term in the objective, by its key: 1 unless named, 0 switches it off.
    #[schemars(default, transform = only_cost_keys)]
    weights: BTreeMap<&'static str, f64>,
    #[schemars(default)]
    costs: RawCosts,
    #[schemars(default)]
    rules: RawRules,
    #[schemars(default)]
    returns: RawReturns,
    #[schemars(default)]
    solve: RawSolve,
}

/// Prices that the wave does not hold, in its currency with at most its minor digits; 0 unless
/// named.
#[derive(JsonSchema, Serialize, Default)]
#[schemars(deny_unknown_fields, default)]
struct RawCosts {
    /// For each shipment of an order after its first.
    #[schemars(range(min = 0))]
    split_cost: f64,
    /// Per day late and line, times the order's weight.
    #[schemars(range(min = 0))]
    late_cost: f64,
    /// Per unit that stays open, times the order's weight.
    #[schemars(range(min = 0))]
    unfilled_cost: f64,
    /// Share of the unit price, added to `unfilled_cost`.
    #[schemars(range(min = 0))]
    unfilled_value_share: f64,
    /// What a line costs that its source rejects.
    #[schemars(range(min = 0))]
    reject_cost: f64,
    /// Per kg CO2e.
    #[schemars(range(min = 0))]
    carbon_price: f64,
    /// For each line that departs from its earlier plan.
    #[schemars(range(min = 0))]
    change_cost: f64,
}

/// What a plan may do.
#[derive(JsonSchema, Serialize)]
#[schemars(deny_unknown_fields, default)]
struct RawRules {
    /// Whether dates bind or are priced, where the order does not say.
    #[schemars(extend("enum" = ["hard", "soft"]))]
    deadline: &'static str,
    /// Whether the units of a line may be divided.
    split_lines: bool,
    /// The most shipments of an order, where it does not say; no limit unless named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1), with = "u32")]
    max_shipments: Option<u32>,
    /// The farthest that a parcel may go; 0 is no limit.
    #[schemars(range(min = 0))]
    max_distance_km: f64,
    /// Orders worth less have at most one shipment.
    #[schemars(range(min = 0))]
    no_split_below: f64,
    /// Node kinds by tier, the first tier first.
    #[schemars(transform = only_node_kinds)]
    tiers: Vec<Vec<&'static str>>,
    /// When a source of a later tier costs `tier_cost`.
    #[schemars(extend("enum" = ["none", "deadline", "cost"]))]
    escalate: &'static str,
    /// For each tier after the first.
    #[schemars(range(min = 0))]
    tier_cost: f64,
    /// The most lanes of a route.
    #[schemars(range(max = 100))]
    max_lanes: u32,
}

/// How returned goods keep their value.
#[derive(JsonSchema, Serialize)]
#[schemars(deny_unknown_fields, default)]
struct RawReturns {
    /// Of used goods.
    #[schemars(range(min = 0, max = 1))]
    restock_share_used: f64,
    /// Of damaged goods.
    #[schemars(range(min = 0, max = 1))]
    restock_share_damaged: f64,
}

/// Solver settings; the command line may override them.
#[derive(JsonSchema, Serialize)]
#[schemars(deny_unknown_fields, default)]
struct RawSolve {
    /// Relative gap at which to stop.
    #[schemars(range(min = 0))]
    gap: f64,
    /// Seconds after which to stop.
    #[schemars(range(min = 0))]
    time_limit_s: f64,
    /// 0: all cores.
    threads: u32,
    /// The same seed, threads and input give the same plan.
    seed: u64,
    /// `auto`, `exact`, `decompose`, or a heuristic's name.
    #[schemars(length(min = 1))]
    method: String,
}

impl Default for RawRules {
    fn default() -> RawRules {
        RawRules {
            deadline: "soft",
            split_lines: false,
            max_shipments: None,
            max_distance_km: 0.0,
            no_split_below: 0.0,
            tiers: Vec::new(),
            escalate: "none",
            tier_cost: 0.0,
            max_lanes: 2,
        }
    }
}

impl Default for RawReturns {
    fn default() -> RawReturns {
        RawReturns { restock_share_used: 1.0, restock_share_damaged: 1.0 }
    }
}

impl Default for RawSolve {
    fn default() -> RawSolve {
        let method = "auto".to_owned();
        RawSolve { gap: 0.001, time_limit_s: 600.0, threads: 0, seed: 1, method }
    }
}

impl RawModel {
    /// A model in full, amounts in the currency.
    pub(crate) fn new(model: &Model, minor_digits: u32) -> RawModel {
        let scale = 10_f64.powi(minor_digits as i32);
        let money = |amount: Money| amount.0 as f64 / scale;
        let Model { name, weights: _, costs, rules, returns, solve } = model;
        RawModel {
            name: name.to_string(),
            weights: CostKey::ALL
                .into_iter()
                .map(|key| (key.name(), model.weight(key).to_f64()))
                .collect(),
            costs: RawCosts {
                split_cost: money(costs.split_cost),
                late_cost: money(costs.late_cost),
                unfilled_cost: money(costs.unfilled_cost),
                unfilled_value_share: costs.unfilled_value_share.to_f64(),
                reject_cost: money(costs.reject_cost),
                carbon_price: money(costs.carbon_price),
                change_cost: money(costs.change_cost),
            },
            rules: RawRules {
                deadline: match rules.deadline {
                    Deadline::Hard => "hard",
                    Deadline::Soft => "soft",
                },
                split_lines: rules.split_lines,
                max_shipments: rules.max_shipments,
                max_distance_km: rules.max_distance_km.unwrap_or(0.0),
                no_split_below: money(rules.no_split_below),
                tiers: rules
                    .tiers
                    .iter()
                    .map(|kinds| kinds.iter().map(|kind| kind.name()).collect())
                    .collect(),
                escalate: match rules.escalate {
                    Escalate::None => "none",
                    Escalate::Deadline => "deadline",
                    Escalate::Cost => "cost",
                },
                tier_cost: money(rules.tier_cost),
                max_lanes: rules.max_lanes,
            },
            returns: RawReturns {
                restock_share_used: returns.restock_share_used.to_f64(),
                restock_share_damaged: returns.restock_share_damaged.to_f64(),
            },
            solve: RawSolve {
                gap: solve.gap,
                time_limit_s: solve.time_limit_s,
                threads: solve.threads,
                seed: solve.seed,
                method: method_name(&solve.method).to_owned(),
            },
        }
    }
}

/// The name of a method, as models have it.
pub fn method_name(method: &Method) -> &str {
    match method {
        Method::Auto => "auto",
        Method::Exact => "exact",
        Method::Decompose => "decompose",
        Method::Heuristic(name) => name,
    }
}

fn only_cost_keys(schema: &mut schemars::Schema) {
    let keys: Vec<_> = CostKey::ALL.map(CostKey::name).into_iter().collect();
    schema.insert("propertyNames".to_owned(), serde_json::json!({ "enum": keys }));
    let weight = serde_json::json!({ "type": "number", "minimum": 0 });
    schema.insert("additionalProperties".to_owned(), weight);
}

fn only_node_kinds(schema: &mut schemars::Schema) {
    let kinds = NodeKind::ALL.map(NodeKind::name);
    let list = serde_json::json!({ "type": "array", "items": { "enum": kinds } });
    schema.insert("items".to_owned(), list);
}
