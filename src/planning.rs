//! The road from a wave and a model to a verified plan.

use crate::domain::{CostKey, Method, Model, Wave};
use crate::options::Planner;
use crate::plan::{Certificate, Ledger, NodeLoad, Plan, Proof, Seconds, Status, explain};
use crate::solve::{
    Approach, Control, ExactSettings, HighsError, KnownPrices, LAST_STEP, Outcome, Progress,
    ResourceKey, Sifting, Stage, Start, StoppedBy, Value, solve_exact,
};
use crate::strategies::Strategy;
use crate::units::Decimal;
use crate::verify::{Violation, verify};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// What a run adds to a model's settings.
#[derive(Clone, Debug, Default)]
pub struct RunInputs {
    /// SHA-256 of every input file, by its name.
    pub digests: BTreeMap<String, String>,
    /// The model in full, for the certificate.
    pub model: serde_json::Value,
    /// Seconds of stages before planning, such as reading.
    pub seconds: BTreeMap<String, f64>,
    /// Another plan to start from; a heuristic does not.
    pub start: Start,
}

/// Why there is no plan.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlanError {
    #[error("the method {0:?} does not exist")]
    UnknownMethod(String),
    #[error(transparent)]
    Solver(#[from] HighsError),
    /// A mistake of the planner: the plan breaks a rule, so it is not given out.
    #[error("the plan found does not pass verification ({} violations)", .0.len())]
    Unverified(Vec<Violation>),
}

/// The strategy that stands for the method with the best bound: `auto` under the name that it has
/// in a comparison.
pub const OPTIMAL: &str = "optimal";

/// The methods that the command line may name: those with a bound, then the heuristics.
pub const METHODS: [&str; 13] = {
    let mut names = ["auto"; 13];
    (names[1], names[2], names[3]) = ("exact", "decompose", OPTIMAL);
    let mut at = 0;
    while at < Strategy::ALL.len() {
        names[4 + at] = Strategy::ALL[at].name();
        at += 1;
    }
    names
};

/// Plans a wave and verifies the plan.
///
/// # Errors
/// When the method does not exist, the solver fails, or the plan does not pass the verifier.
pub fn plan_wave(
    wave: &Wave,
    model: &Model,
    mut inputs: RunInputs,
    control: &Control,
) -> Result<Plan, PlanError> {
    let (approach, strategy) = match &model.solve.method {
        Method::Auto => (Approach::Auto, None),
        Method::Exact => (Approach::Exact, None),
        Method::Decompose => (Approach::Decompose, None),
        Method::Heuristic(name) => match Strategy::from_name(name) {
            Some(strategy) => (Approach::Auto, Some(strategy)),
            None => return Err(PlanError::UnknownMethod(name.to_string())),
        },
    };
    let planner = Planner::new(wave, model);
    let threads = threads(model);
    let (gap, seed) = (model.solve.gap, model.solve.seed);
    let settings = ExactSettings { approach, gap, threads, seed, sifting: Sifting::default() };
    let value = |decisions| Ledger::new(&planner, decisions).objective(model);
    let before = control.seconds();
    let outcome = match strategy {
        Some(strategy) => strategy.plan(&planner, control)?,
        None => prove(&planner, settings, std::mem::take(&mut inputs.start), &value, control)?,
    };
    let solved = control.seconds();
    let mut ledger = Ledger::new(&planner, outcome.decisions.clone());
    explain(&planner, &mut ledger);
    let mut seconds = inputs.seconds.clone();
    seconds.insert("solve".to_string(), solved - before);
    let mut certificate = certificate(wave, model, &ledger, &outcome, inputs);
    let (approach, reason) = outcome.chosen.clone().unwrap_or((approach, String::new()));
    certificate.method = strategy.map_or(approach.name(), Strategy::name).to_string();
    certificate.method_reason = reason;
    certificate.threads = threads;
    seconds.insert("write_up".to_string(), control.seconds() - solved);
    certificate.seconds = seconds.into();
    let mut plan = Plan {
        certificate,
        assignments: ledger.assignments,
        shipments: ledger.shipments,
        transfers: ledger.transfers,
        unfilled: ledger.unfilled,
        node_load: ledger.node_load,
        stock_use: ledger.stock_use,
        returns: ledger.returns,
        prices: KnownPrices::default(),
    };
    enter_shadow_prices(wave, &mut plan, &outcome);
    plan.prices = outcome.prices;
    let verified = verify(wave, model, &plan);
    plan.certificate.seconds.insert("total".to_string(), control.seconds());
    if verified.is_valid() { Ok(plan) } else { Err(PlanError::Unverified(verified.violations)) }
}

/// Plans to a proven gap. A large wave starts from the plan of a quick rule; that is also what there
/// is where the run has to stop before all orders were looked at.
fn prove(
    planner: &Planner,
    settings: ExactSettings,
    mut start: Start,
    value: &Value,
    control: &Control,
) -> Result<Outcome, HighsError> {
    // A rule takes so little time that it is never stopped.
    let never = AtomicBool::new(false);
    let unlimited = Control::new(f64::INFINITY, &never, |_| ());
    let rule = Strategy::CheapestLine;
    let mut by_rule = None;
    if settings.sifts(planner) && start.decisions.is_empty() {
        let quick = rule.plan(planner, &unlimited)?;
        start.decisions.clone_from(&quick.decisions);
        let incumbent = Some(value(start.decisions.clone()).to_minor());
        control.report(Progress { stage: Stage::FirstPlan, incumbent, bound: None });
        by_rule = Some(quick);
    }
    if let Some(found) = solve_exact(planner, settings, &start, value, control)? {
        return Ok(found);
    }
    let quick = match by_rule {
        Some(quick) => quick,
        None => rule.plan(planner, &unlimited)?,
    };
    let why =
        format!("stopped before all orders were looked at: the plan is that of {}", rule.name());
    let chosen = Some((settings.approach, why));
    let stopped_by = control.stopped().unwrap_or(StoppedBy::Finished);
    Ok(Outcome { stopped_by, chosen, ..quick })
}

/// A plan of a similar wave, to start from: what it decided, and what it found stock and capacity to
/// be worth: all of its prices, or those in its tables where it was read from files.
pub fn start_from(wave: &Wave, plan: &Plan) -> Start {
    if plan.prices != KnownPrices::default() {
        return Start { decisions: plan.decisions(), prices: plan.prices.clone() };
    }
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let mut prices = Vec::new();
    for row in &plan.node_load {
        if let Some(price) = row.shadow_price.filter(|price| *price > 0.0) {
            let key = ResourceKey::Capacity { node: row.node, day: row.date, unit: row.unit };
            prices.push((key, price * unit));
        }
    }
    for row in &plan.stock_use {
        if let Some(price) = row.shadow_price.filter(|price| *price > 0.0) {
            let key = ResourceKey::Stock { node: row.node, sku: row.sku, step: LAST_STEP };
            prices.push((key, price * unit));
        }
    }
    let prices = KnownPrices { resources: prices, ..KnownPrices::default() };
    Start { decisions: plan.decisions(), prices }
}

/// The threads that a model asks for; all cores for 0.
fn threads(model: &Model) -> u32 {
    match model.solve.threads {
        0 => std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32),
        some => some,
    }
}

fn certificate(
    wave: &Wave,
    model: &Model,
    ledger: &Ledger,
    outcome: &Outcome,
    inputs: RunInputs,
) -> Certificate {
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let objective = ledger.objective(model).to_minor();
    // Nothing less: -0 would be read as a number below 0.
    let bound = outcome.bound.map(|bound| bound.min(objective) + 0.0);
    let gap = bound.map(|bound| gap(objective, bound));
    let status = match gap {
        None => Status::Heuristic,
        Some(gap) if gap <= model.solve.gap => Status::Optimal,
        Some(_) => Status::GapOpen,
    };
    let versions = [
        ("wavewright", env!("CARGO_PKG_VERSION").to_string()),
        ("highs", crate::solve::highs_version()),
    ];
    Certificate {
        wave: wave.name.to_string(),
        currency: wave.currency.to_string(),
        objective: objective / unit,
        bound: bound.map(|bound| bound / unit),
        gap,
        proof: if bound.is_some() { outcome.proof } else { Proof::None },
        scope: outcome.scope,
        limits: outcome.limits.clone(),
        status,
        stopped_by: outcome.stopped_by,
        method: String::new(),
        method_reason: String::new(),
        cost: CostKey::ALL
            .into_iter()
            .map(|key| (key.name().to_string(), ledger.costs[key].0 as f64 / unit))
            .collect(),
        model: inputs.model,
        seconds: Seconds::default(),
        seed: model.solve.seed,
        threads: 0,
        versions: versions.into_iter().map(|(name, text)| (name.to_string(), text)).collect(),
        inputs: inputs.digests,
    }
}

/// (objective - bound) / |objective|, both in minor units. Where the objective is 0, a minor unit
/// stands in for it, so that an open gap is a number there too.
fn gap(objective: f64, bound: f64) -> f64 {
    let size = if objective == 0.0 { 1.0 } else { objective.abs() };
    (objective - bound) / size
}

/// Writes the worth of one more unit into the load and stock tables.
fn enter_shadow_prices(wave: &Wave, plan: &mut Plan, outcome: &Outcome) {
    if outcome.bound.is_none() {
        return;
    }
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let mut loads = FxHashMap::default();
    let mut stock = FxHashMap::default();
    for (key, price) in &outcome.prices.resources {
        match *key {
            ResourceKey::Capacity { node, day, unit } => {
                loads.insert((node, day, unit), *price);
            }
            // A unit more from the start counts in every step of the stock.
            ResourceKey::Stock { node, sku, .. } => {
                *stock.entry((node, sku)).or_insert(0.0) += price;
            }
            // Rounded rows tighten the relaxation; a unit more is not a unit of theirs.
            ResourceKey::StockRounded { .. } | ResourceKey::Carrier { .. } => {}
        }
    }
    // What a closed node could do is not in the program: it has no price, not that of nothing.
    let is_open = |row: &NodeLoad| {
        let limit = wave.capacities_on(row.node, row.date).find(|limit| limit.unit == row.unit);
        limit.is_some_and(|limit| limit.capacity + limit.overload > Decimal::ZERO)
    };
    for row in &mut plan.node_load {
        let price = loads.get(&(row.node, row.date, row.unit)).copied();
        row.shadow_price = is_open(row).then_some(price.unwrap_or(0.0) / unit);
    }
    for row in &mut plan.stock_use {
        let price = stock.get(&(row.node, row.sku)).copied();
        row.shadow_price = row.available.map(|_| price.unwrap_or(0.0) / unit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_is_a_number_for_every_objective() {
        assert_eq!(gap(200.0, 150.0), 0.25);
        assert_eq!(gap(-200.0, -250.0), 0.25);
        assert_eq!(gap(0.0, 0.0), 0.0);
        assert_eq!(gap(0.0, -25.0), 25.0);
    }
}
