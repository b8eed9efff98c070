//! What was really shipped, written up: every cost recomputed from the domain.

use super::world::World;
use crate::domain::{CostKey, Model};
use crate::options::Planner;
use crate::plan::{Certificate, Ledger, Plan, Proof, Scope, Seconds, Status, StoppedBy};
use crate::solve::KnownPrices;
use crate::units::Money;
use std::collections::BTreeMap;

/// A run of a simulation.
#[derive(Clone, Debug)]
pub struct Played {
    /// What left for the customers, on the dates on which it did, as a plan of the series. Its costs
    /// are those of the ledger, but for two that are not risks or departures from an earlier
    /// plan here but happened: `rejection_risk` is the model's `reject_cost` for each line that a source
    /// rejected, `change` its `change_cost` for each plan of a line that was replaced.
    pub plan: Plan,
    /// Lines that a source could not provide.
    pub rejections: u64,
    /// Plans of units of a line that were replaced by others.
    pub changes: u64,
    /// Waves that were planned.
    pub runs: u64,
    /// Days from the order to the customer, the mean over the units; nothing where none came.
    pub days_to_customer: Option<f64>,
    /// What happened, in its order.
    pub events: Vec<crate::orchestrate::event::Event>,
}

/// Writes up a simulation that has ended.
pub(super) fn settle(world: World<'_>, model: &Model, method: &str, runs: u64) -> Played {
    let wave = &world.series.wave;
    let planner = Planner::new(wave, model);
    let days_to_customer = days_to_customer(&world);
    let ledger = Ledger::new(&planner, world.done);
    let mut costs = ledger.costs;
    let times = |cost: Money, count: u64| cost * i64::try_from(count).unwrap_or(i64::MAX);
    costs[CostKey::RejectionRisk] = times(model.costs.reject_cost, world.rejections);
    costs[CostKey::Change] = times(model.costs.change_cost, world.changes);
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let cost = costs.iter().map(|(key, amount)| (key.name().to_owned(), amount.0 as f64 / unit));
    let certificate = Certificate {
        wave: wave.name.to_string(),
        currency: wave.currency.to_string(),
        objective: costs.objective(model).to_minor() / unit,
        bound: None,
        gap: None,
        proof: Proof::None,
        scope: Scope::Whole,
        limits: BTreeMap::new(),
        status: Status::Heuristic,
        stopped_by: StoppedBy::Finished,
        method: method.to_owned(),
        method_reason: String::new(),
        cost: cost.collect(),
        model: serde_json::Value::Null,
        seconds: Seconds::default(),
        seed: world.seed,
        threads: 0,
        versions: BTreeMap::new(),
        inputs: BTreeMap::new(),
    };
    Played {
        plan: Plan {
            certificate,
            assignments: ledger.assignments,
            shipments: ledger.shipments,
            transfers: ledger.transfers,
            unfilled: ledger.unfilled,
            node_load: ledger.node_load,
            stock_use: ledger.stock_use,
            returns: Vec::new(),
            prices: KnownPrices::default(),
        },
        rejections: world.rejections,
        changes: world.changes,
        runs,
        days_to_customer,
        events: world.log,
    }
}

/// From placement, at the place of the planner, to the date of delivery.
fn days_to_customer(world: &World<'_>) -> Option<f64> {
    let zone = world.series.wave.now.time_zone();
    let (mut days, mut units) = (0_i64, 0_i64);
    for order in world.state.orders.iter() {
        let placed = order.terms.placed_at.instant.to_zoned(zone.clone()).date();
        for part in order.lines.iter().flat_map(|line| &line.portions) {
            let delivered = part.stage == crate::orchestrate::state::Stage::Delivered;
            if let Some(way) = part.way.as_deref().filter(|_| delivered) {
                let taken = way.delivery_date.days_since(crate::time::Day::from(placed));
                days += taken * i64::from(part.quantity);
                units += i64::from(part.quantity);
            }
        }
    }
    (units > 0).then(|| days as f64 / units as f64)
}
