//! What a sweep found: cost, splits, lateness and carbon against each other, as tables and a page.

mod page;
mod tables;
mod write;

pub use page::frontier_page;
pub use tables::FRONTIER_TABLES;
pub use write::{check_frontier_folder, write_frontier};

use crate::analysis::Kpis;
use crate::domain::{CostKey, Model, Wave};
use crate::ids::LineId;
use crate::plan::{Plan, Status, changed_lines};
use crate::units::Decimal;
use serde::Serialize;
use std::collections::BTreeMap;

/// The terms that are paid to somebody, as opposed to those that price what is wished for.
pub(in crate::analysis) const PAID: [CostKey; 6] = [
    CostKey::ParcelFreight,
    CostKey::TransferFreight,
    CostKey::Handling,
    CostKey::ItemPurchase,
    CostKey::Overload,
    CostKey::NodeOpening,
];

/// Plans of one wave while settings of the model vary.
#[derive(Clone, Debug)]
pub struct Frontier {
    pub wave: String,
    pub model: String,
    pub currency: String,
    pub minor_digits: u32,
    /// The settings that vary, as `section.key`.
    pub settings: Vec<String>,
    /// Whether plans of the wave can change what was decided before.
    pub has_decisions: bool,
    pub points: Vec<FrontierPoint>,
}

/// One plan of a sweep in figures. Amounts are in the wave's currency; rates are shares from 0 to
/// 1, absent where there is nothing to take a share of.
#[derive(Clone, Debug, Serialize)]
pub struct FrontierPoint {
    /// Place in the grid, from 1; the name of the plan's folder.
    pub point: usize,
    /// Of each setting.
    #[serde(serialize_with = "as_numbers")]
    pub values: Vec<Decimal>,
    /// As this point's model weighs it: objectives of different points are no amounts to compare.
    pub objective: f64,
    pub bound: Option<f64>,
    pub gap: Option<f64>,
    pub status: &'static str,
    /// What is paid: parcel and transfer freight, handling, purchases, overload and node opening.
    pub paid: f64,
    pub shipments: u64,
    pub shipments_per_order: Option<f64>,
    pub split_rate: Option<f64>,
    pub late_lines: u64,
    /// Over all lines, of a divided line its latest part.
    pub days_late: u64,
    pub on_time_rate: Option<f64>,
    pub fill_rate: Option<f64>,
    /// Lines that depart from what the wave's commitments say was planned or released for them.
    pub changed_lines: u64,
    pub kg_co2: f64,
    /// Unweighted, by cost key.
    #[serde(skip)]
    pub cost: BTreeMap<String, f64>,
    #[serde(skip)]
    pub weights: Vec<Decimal>,
}

fn as_numbers<S: serde::Serializer>(values: &[Decimal], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(values.iter().map(|value| value.to_f64()))
}

impl FrontierPoint {
    /// Measures the plan of a point, whose place in the grid counts from 1.
    pub fn new(
        point: usize,
        values: Vec<Decimal>,
        wave: &Wave,
        model: &Model,
        plan: &Plan,
    ) -> FrontierPoint {
        let kpis = Kpis::new(wave, plan);
        let late = late_lines(plan);
        let certificate = &plan.certificate;
        let cost = &certificate.cost;
        FrontierPoint {
            point,
            values,
            objective: certificate.objective,
            bound: certificate.bound,
            gap: certificate.gap,
            status: Status::name(certificate.status),
            paid: PAID.iter().filter_map(|key| cost.get(key.name())).sum(),
            shipments: kpis.shipments,
            shipments_per_order: kpis.shipments_per_order,
            split_rate: kpis.split_rate,
            late_lines: late.len() as u64,
            days_late: late.values().map(|days| u64::from(*days)).sum(),
            on_time_rate: kpis.on_time_rate,
            fill_rate: kpis.fill_rate,
            changed_lines: changed_lines(wave, plan).len() as u64,
            kg_co2: kpis.kg_co2,
            cost: cost.clone(),
            weights: model.weights.to_vec(),
        }
    }
}

/// The lines of which some part is late, with the days of the latest.
pub(in crate::analysis) fn late_lines(plan: &Plan) -> BTreeMap<LineId, u32> {
    let mut late: BTreeMap<LineId, u32> = BTreeMap::new();
    for row in plan.assignments.iter().filter(|row| row.days_late > 0) {
        let days = late.entry(row.line).or_default();
        *days = row.days_late.max(*days);
    }
    late
}
