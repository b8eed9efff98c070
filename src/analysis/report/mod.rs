//! The report: plans of one wave side by side, as a page for a browser.
//!
//! Everything is aggregated here; the page holds no row per order but for the orders that changed
//! most.

mod body;
mod changes;
mod charts;
mod figures;
mod map;

use crate::analysis::page;
use crate::domain::Wave;
use crate::plan::{PlanRows, Status};
use changes::Changes;
use charts::Charts;
use figures::Figures;
use map::Map;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::Serialize;

const SCRIPT: &str = include_str!("report.js");
const SPECS: &str = include_str!("charts.json");

/// A plan under the name that the report gives it.
#[derive(Debug)]
pub struct NamedPlan {
    pub name: String,
    pub rows: PlanRows,
}

/// Why plans cannot stand in one report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("there is no plan to report")]
    NoPlans,
    #[error("{plan} is a plan of {wave:?}, {base} one of {base_wave:?}")]
    OtherWave { plan: String, wave: String, base: String, base_wave: String },
    #[error("{plan} was planned from other data than {base}; other files: {}", .files.join(", "))]
    OtherData { plan: String, base: String, files: Vec<String> },
    #[error("the report has no JSON form: {0}")]
    Json(#[from] serde_json::Error),
}

/// What the page's script gets.
#[derive(Serialize)]
struct Data<'a> {
    currency: &'a str,
    places: u32,
    plans: Vec<PlanData>,
    /// From the first plan to each of the others.
    changes: Vec<Changes>,
    map: Option<Map>,
}

#[derive(Serialize)]
struct PlanData {
    name: String,
    objective: f64,
    bound: Option<f64>,
    #[serde(flatten)]
    charts: Charts,
}

/// The page about plans of one wave. The first plan is the base that the others are compared with;
/// the last is shown first. With the wave there is a map. `orders` is the most changed orders to
/// list for each comparison.
///
/// # Errors
/// When there is no plan, or the plans are of different waves.
pub fn report(
    plans: &[NamedPlan],
    wave: Option<&Wave>,
    orders: usize,
) -> Result<String, ReportError> {
    let [base, others @ ..] = plans else { return Err(ReportError::NoPlans) };
    for plan in others {
        check_same_wave(base, plan)?;
    }
    let dated = wave.map(orders_with_dates);
    let (figures, charts): (Vec<Figures>, Vec<Charts>) = plans
        .par_iter()
        .map(|plan| (Figures::new(&plan.rows, dated.as_ref()), Charts::new(&plan.rows)))
        .unzip();
    let changes: Vec<Changes> =
        others.par_iter().map(|plan| Changes::new(&base.rows, &plan.rows, orders)).collect();
    let body = body::body(plans, &figures, &changes, wave.is_some());
    let data = Data {
        currency: &base.rows.certificate.currency,
        places: base.rows.minor_digits,
        plans: plans
            .iter()
            .zip(charts)
            .map(|(plan, charts)| PlanData {
                name: plan.name.clone(),
                objective: plan.rows.certificate.objective,
                bound: plan.rows.certificate.bound.filter(|_| is_proven(plan)),
                charts,
            })
            .collect(),
        changes,
        map: wave.map(|wave| Map::new(wave, plans)),
    };
    let title = format!("{}: plans", base.rows.certificate.wave);
    Ok(page::html(&title, &body, &data, SPECS, SCRIPT)?)
}

fn is_proven(plan: &NamedPlan) -> bool {
    plan.rows.certificate.status != Status::Heuristic
}

/// Ids of the orders that carry a date.
fn orders_with_dates(wave: &Wave) -> FxHashSet<&str> {
    let dated =
        wave.orders.iter().filter(|order| order.deliver_by.is_some() || order.ship_by.is_some());
    dated.map(|order| &*order.id).collect()
}

/// Checks that two plans are of one wave, by its name, currency and the digests of its files.
fn check_same_wave(base: &NamedPlan, plan: &NamedPlan) -> Result<(), ReportError> {
    let (a, b) = (&base.rows.certificate, &plan.rows.certificate);
    if (&a.wave, &a.currency) != (&b.wave, &b.currency) {
        return Err(ReportError::OtherWave {
            plan: plan.name.clone(),
            wave: b.wave.clone(),
            base: base.name.clone(),
            base_wave: a.wave.clone(),
        });
    }
    let files = different_inputs(&a.inputs, &b.inputs);
    if files.is_empty() {
        return Ok(());
    }
    Err(ReportError::OtherData { plan: plan.name.clone(), base: base.name.clone(), files })
}

/// The files of a wave that two certificates saw differently. Models may differ: their files are
/// the only ones that are neither a table nor `wave.toml`.
pub fn different_inputs(
    a: &std::collections::BTreeMap<String, String>,
    b: &std::collections::BTreeMap<String, String>,
) -> Vec<String> {
    let is_of_wave =
        |file: &str| file == "wave.toml" || file.ends_with(".csv") || file.ends_with(".parquet");
    let mut files: Vec<String> =
        a.keys().chain(b.keys()).filter(|file| is_of_wave(file)).cloned().collect();
    files.sort();
    files.dedup();
    files.retain(|file| a.get(file) != b.get(file));
    files
}

#[cfg(test)]
mod tests;
