//! The tables of a simulation.

use super::{WAITING_FIGURES, Waiting, WaitingPaired, WaitingRun};
use crate::domain::CostKey;
use crate::plan::Frame;
use crate::tables::Table;

/// The tables of a simulation's folder, by file name without extension.
pub const WAITING_TABLES: [&str; 4] = ["policies", "runs", "costs", "paired"];

/// Every table with its name, in the order of [`WAITING_TABLES`].
pub(super) fn tables(waiting: &Waiting) -> Vec<(&'static str, Table)> {
    let tables = [policies(waiting), runs(waiting), costs(waiting), paired(waiting)];
    WAITING_TABLES.into_iter().zip(tables).collect()
}

/// A row for each policy with each strategy: means over the seeds.
fn policies(waiting: &Waiting) -> Table {
    let mut frame = Frame::new(&waiting.policies, waiting.minor_digits);
    frame
        .text("policy", |row| row.policy.clone())
        .text("strategy", |row| row.strategy.clone())
        .count("seeds", |row| row.seeds as i64)
        .float("value_of_waiting", |row| Some(row.value));
    for (at, (name, _)) in WAITING_FIGURES.iter().enumerate() {
        frame.float(name, |row| row.means.get(at).copied().flatten());
    }
    frame.finish()
}

/// A row for each run.
fn runs(waiting: &Waiting) -> Table {
    Frame::new(&waiting.runs, waiting.minor_digits)
        .text("policy", |row| row.policy.clone())
        .text("strategy", |row| row.strategy.clone())
        .count("seed", |row| row.seed as i64)
        .float("objective", |row| Some(row.objective))
        .amount("paid", |row| row.paid)
        .count("shipments", |row| row.shipments as i64)
        .float("shipments_per_order", |row| row.shipments_per_order)
        .float("split_rate", |row| row.split_rate)
        .count("late_lines", |row| row.late_lines as i64)
        .count("days_late", |row| row.days_late as i64)
        .float("on_time_rate", |row| row.on_time_rate)
        .float("days_to_customer", |row| row.days_to_customer)
        .float("fill_rate", |row| row.fill_rate)
        .count("unfilled_units", |row| row.unfilled_units as i64)
        .count("changed_lines", |row| row.changed_lines as i64)
        .count("rejected_lines", |row| row.rejected_lines as i64)
        .count("waves_planned", |row| row.waves_planned as i64)
        .float("kg_co2", |row| Some(row.kg_co2))
        .finish()
}

/// A row for each run and cost term.
fn costs(waiting: &Waiting) -> Table {
    let rows: Vec<(&WaitingRun, CostKey)> = waiting
        .runs
        .iter()
        .flat_map(|run| CostKey::ALL.into_iter().map(move |key| (run, key)))
        .collect();
    let amount = |row: &(&WaitingRun, CostKey)| row.0.cost.get(row.1.name()).copied();
    Frame::new(&rows, waiting.minor_digits)
        .text("policy", |row| row.0.policy.clone())
        .text("strategy", |row| row.0.strategy.clone())
        .count("seed", |row| row.0.seed as i64)
        .text("key", |row| row.1.name().to_owned())
        .amount("amount", |row| amount(row).unwrap_or(0.0))
        .float("weight", |row| waiting.weights.get(row.1.name()).copied())
        .finish()
}

/// A row for each figure of each policy against the base.
fn paired(waiting: &Waiting) -> Table {
    let of = |value: fn(&WaitingPaired) -> Option<f64>| value;
    Frame::new(&waiting.paired, waiting.minor_digits)
        .text("policy", |row| row.policy.clone())
        .text("strategy", |row| row.strategy.clone())
        .text("figure", |row| row.figure.to_owned())
        .count("seeds", |row| row.seeds as i64)
        .float("mean_difference", |row| Some(row.spread.mean_difference))
        .float("standard_deviation", of(|row| row.spread.standard_deviation))
        .float("low95", of(|row| row.spread.low95))
        .float("high95", of(|row| row.spread.high95))
        .float("least", |row| Some(row.spread.least))
        .float("most", |row| Some(row.spread.most))
        .finish()
}
