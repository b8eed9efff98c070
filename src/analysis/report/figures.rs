//! The summary of a plan in figures, from its rows alone.

use crate::domain::CostKey;
use crate::plan::PlanRows;
use crate::units::Money;
use rustc_hash::{FxHashMap, FxHashSet};

/// Key figures of a plan. Rates are shares from 0 to 1, and absent where there is nothing to take
/// a share of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figures {
    pub orders: u64,
    pub lines: u64,
    pub units: u64,
    pub fill_rate: Option<f64>,
    pub shipments: u64,
    pub shipments_per_order: Option<f64>,
    pub split_rate: Option<f64>,
    /// Lines of which some part is late.
    pub late_lines: u64,
    /// Of the lines served whose order has a date; known only with the wave.
    pub on_time_rate: Option<f64>,
    /// Days by lines, of a divided line its latest part.
    pub days_late: u64,
    pub mean_km: Option<f64>,
    pub kg_co2: f64,
    pub freight: Money,
}

impl Figures {
    /// Counts a plan; `dated` are the orders that carry a date, where the wave is known.
    pub fn new(rows: &PlanRows, dated: Option<&FxHashSet<&str>>) -> Figures {
        let mut orders: FxHashSet<&str> = FxHashSet::default();
        let mut lines: FxHashMap<(&str, &str), u32> = FxHashMap::default();
        let mut served = 0;
        for row in &rows.assignments {
            orders.insert(&row.order);
            let late = lines.entry((&row.order, &row.line)).or_default();
            *late = row.days_late.max(*late);
            served += u64::from(row.quantity);
        }
        let is_dated = |order: &str| dated.is_none_or(|dated| dated.contains(order));
        // Sums and counts do not depend on the order of a hash map.
        let dated_lines = lines.keys().filter(|(order, _)| is_dated(order)).count() as u64;
        let late_lines = lines.values().filter(|late| **late > 0).count() as u64;
        let days_late = lines.values().map(|late| u64::from(*late)).sum();
        let mut open = 0;
        for row in &rows.unfilled {
            orders.insert(&row.order);
            lines.entry((&row.order, &row.line)).or_default();
            open += u64::from(row.quantity);
        }
        let mut by_order: FxHashMap<&str, u64> = FxHashMap::default();
        for row in &rows.shipments {
            *by_order.entry(&row.order).or_default() += 1;
        }
        let split = by_order.values().filter(|count| **count > 1).count() as u64;
        let parcels = rows.shipments.iter().filter_map(|row| row.distance_km);
        let (count, km) = parcels.fold((0_u64, 0.0), |(count, sum), km| (count + 1, sum + km));
        let moved: f64 = rows.transfers.iter().map(|row| row.kg_co2).sum();
        let sent: f64 = rows.shipments.iter().map(|row| row.kg_co2).sum();
        let shipments = rows.shipments.len() as u64;
        Figures {
            orders: orders.len() as u64,
            lines: lines.len() as u64,
            units: served + open,
            fill_rate: share(served, served + open),
            shipments,
            shipments_per_order: share(shipments, by_order.len() as u64),
            split_rate: share(split, by_order.len() as u64),
            late_lines,
            on_time_rate: dated.and_then(|_| share(dated_lines - late_lines, dated_lines)),
            days_late,
            mean_km: (count > 0).then(|| km / count as f64),
            kg_co2: moved + sent,
            freight: rows.shipments.iter().map(|row| row.freight).sum(),
        }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// What a term counts in the objective: its amount by its weight in the certificate's model.
pub(super) fn weighted(rows: &PlanRows, key: CostKey) -> f64 {
    let amount = rows.certificate.cost.get(key.name()).copied().unwrap_or(0.0);
    amount * weight(rows, key)
}

/// The weight of a term; 1 unless the model names it.
pub(super) fn weight(rows: &PlanRows, key: CostKey) -> f64 {
    let weights = rows.certificate.model.get("weights");
    weights
        .and_then(|weights| weights.get(key.name()))
        .and_then(|value| value.as_f64())
        .unwrap_or(1.0)
}
