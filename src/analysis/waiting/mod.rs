//! What waiting is worth: simulated policies against each other, as tables and a page.

mod page;
mod tables;
mod write;

pub use page::waiting_page;
pub use tables::WAITING_TABLES;
pub use write::{check_waiting_folder, write_waiting};

use crate::analysis::Kpis;
use crate::analysis::compare::{Spread, spread};
use crate::analysis::frontier::{PAID, late_lines};
use crate::domain::Wave;
use crate::plan::Plan;
use serde::Serialize;
use std::collections::BTreeMap;

/// A policy played once, in figures. Amounts are in the currency of the series, unweighted but for
/// the objective; rates are shares from 0 to 1, absent where there is nothing to take a share of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaitingRun {
    pub policy: String,
    pub strategy: String,
    pub seed: u64,
    /// The weighted sum of the cost terms of what was shipped.
    pub objective: f64,
    /// Freight, transfers, handling, purchases, overload and node opening.
    pub paid: f64,
    pub shipments: u64,
    pub shipments_per_order: Option<f64>,
    pub split_rate: Option<f64>,
    pub late_lines: u64,
    /// Over all lines, of a divided line its latest part.
    pub days_late: u64,
    pub on_time_rate: Option<f64>,
    /// From the order to the customer, the mean over the units.
    pub days_to_customer: Option<f64>,
    pub fill_rate: Option<f64>,
    pub unfilled_units: u64,
    /// Plans of units of a line that were replaced by others.
    pub changed_lines: u64,
    /// Lines that a source could not provide.
    pub rejected_lines: u64,
    /// Waves that were planned.
    pub waves_planned: u64,
    pub kg_co2: f64,
    /// Before its weight, by cost key.
    #[serde(skip)]
    pub cost: BTreeMap<String, f64>,
}

impl WaitingRun {
    /// Measures what a policy shipped, as a plan of the series; what a plan does not say is left 0.
    pub fn new(
        policy: String,
        strategy: String,
        seed: u64,
        wave: &Wave,
        plan: &Plan,
    ) -> WaitingRun {
        let kpis = Kpis::new(wave, plan);
        let late = late_lines(plan);
        let cost = &plan.certificate.cost;
        WaitingRun {
            policy,
            strategy,
            seed,
            objective: plan.certificate.objective,
            paid: PAID.iter().filter_map(|key| cost.get(key.name())).sum(),
            shipments: kpis.shipments,
            shipments_per_order: kpis.shipments_per_order,
            split_rate: kpis.split_rate,
            late_lines: late.len() as u64,
            days_late: late.values().map(|days| u64::from(*days)).sum(),
            on_time_rate: kpis.on_time_rate,
            days_to_customer: None,
            fill_rate: kpis.fill_rate,
            unfilled_units: plan.unfilled.iter().map(|row| u64::from(row.quantity)).sum(),
            changed_lines: 0,
            rejected_lines: 0,
            waves_planned: 0,
            kg_co2: kpis.kg_co2,
            cost: cost.clone(),
        }
    }
}

/// A figure of a run: its name and where it stands.
pub type WaitingFigure = (&'static str, fn(&WaitingRun) -> Option<f64>);

/// The figures that are averaged and compared, in the sequence of the tables.
pub const WAITING_FIGURES: [WaitingFigure; 14] = [
    ("objective", |run| Some(run.objective)),
    ("paid", |run| Some(run.paid)),
    ("shipments", |run| Some(run.shipments as f64)),
    ("shipments_per_order", |run| run.shipments_per_order),
    ("split_rate", |run| run.split_rate),
    ("late_lines", |run| Some(run.late_lines as f64)),
    ("days_late", |run| Some(run.days_late as f64)),
    ("on_time_rate", |run| run.on_time_rate),
    ("days_to_customer", |run| run.days_to_customer),
    ("fill_rate", |run| run.fill_rate),
    ("unfilled_units", |run| Some(run.unfilled_units as f64)),
    ("changed_lines", |run| Some(run.changed_lines as f64)),
    ("rejected_lines", |run| Some(run.rejected_lines as f64)),
    ("kg_co2", |run| Some(run.kg_co2)),
];

/// A policy with a strategy, in means over the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyRow {
    pub policy: String,
    pub strategy: String,
    pub seeds: usize,
    /// The objective of the base less that of this row: what waiting, or another strategy, is worth.
    pub value: f64,
    /// In the sequence of [`WAITING_FIGURES`]; over the seeds that have the figure.
    #[serde(serialize_with = "by_name")]
    pub means: Vec<Option<f64>>,
}

fn by_name<S: serde::Serializer>(means: &[Option<f64>], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(WAITING_FIGURES.iter().zip(means).map(|((name, _), mean)| (name, mean)))
}

impl PolicyRow {
    /// The mean of a figure by its name.
    pub fn mean(&self, figure: &str) -> Option<f64> {
        let at = WAITING_FIGURES.iter().position(|(name, _)| *name == figure)?;
        self.means.get(at).copied().flatten()
    }
}

/// A figure of a policy against the base, seed by seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaitingPaired {
    pub policy: String,
    pub strategy: String,
    pub figure: &'static str,
    pub seeds: usize,
    #[serde(flatten)]
    pub spread: Spread,
}

/// Policies played over a wave series.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub series: String,
    pub model: String,
    pub currency: String,
    pub minor_digits: u32,
    /// The weight of each cost term, by its key.
    pub weights: BTreeMap<String, f64>,
    pub orders: u64,
    /// By seed, then in the sequence in which strategies and policies were named.
    pub runs: Vec<WaitingRun>,
    /// By strategy and policy, the base first.
    pub policies: Vec<PolicyRow>,
    /// For several seeds, the base left out.
    pub paired: Vec<WaitingPaired>,
}

impl Waiting {
    /// Compares runs; the first strategy with the first policy is the base.
    pub fn new(
        series: String,
        wave: &Wave,
        model: &crate::domain::Model,
        runs: Vec<WaitingRun>,
    ) -> Waiting {
        let mut names: Vec<(String, String)> = Vec::new();
        for run in &runs {
            let name = (run.policy.clone(), run.strategy.clone());
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let of = |(policy, strategy): &(String, String)| -> Vec<&WaitingRun> {
            let is_own = |run: &&WaitingRun| &run.policy == policy && &run.strategy == strategy;
            runs.iter().filter(is_own).collect()
        };
        let base = names.first().map(of).unwrap_or_default();
        let policies = names.iter().map(|name| policy_row(name, &of(name), &base)).collect();
        let paired = names.iter().skip(1).flat_map(|name| paired(name, &of(name), &base)).collect();
        let weight =
            |key: crate::domain::CostKey| (key.name().to_owned(), model.weight(key).to_f64());
        Waiting {
            series,
            model: model.name.to_string(),
            currency: wave.currency.to_string(),
            minor_digits: wave.minor_digits,
            weights: crate::domain::CostKey::ALL.into_iter().map(weight).collect(),
            orders: wave.orders.len() as u64,
            policies,
            paired,
            runs,
        }
    }
}

fn policy_row(name: &(String, String), runs: &[&WaitingRun], base: &[&WaitingRun]) -> PolicyRow {
    let mean = |runs: &[&WaitingRun], value: fn(&WaitingRun) -> Option<f64>| {
        let values: Vec<f64> = runs.iter().filter_map(|run| value(run)).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let objective = |runs: &[&WaitingRun]| mean(runs, |run| Some(run.objective)).unwrap_or(0.0);
    PolicyRow {
        policy: name.0.clone(),
        strategy: name.1.clone(),
        seeds: runs.len(),
        value: objective(base) - objective(runs),
        means: WAITING_FIGURES.iter().map(|(_, value)| mean(runs, *value)).collect(),
    }
}

/// The differences of every figure to the base, over the seeds in which both have it; nothing for
/// a single seed.
fn paired(
    name: &(String, String),
    runs: &[&WaitingRun],
    base: &[&WaitingRun],
) -> Vec<WaitingPaired> {
    let mut rows = Vec::new();
    for (figure, value) in WAITING_FIGURES {
        let both = runs.iter().filter_map(|run| {
            let base = base.iter().find(|base| base.seed == run.seed)?;
            value(run).zip(value(base))
        });
        let differences: Vec<f64> = both.map(|(own, base)| own - base).collect();
        if let Some(spread) = spread(&differences).filter(|_| differences.len() > 1) {
            rows.push(WaitingPaired {
                policy: name.0.clone(),
                strategy: name.1.clone(),
                figure,
                seeds: differences.len(),
                spread,
            });
        }
    }
    rows
}
