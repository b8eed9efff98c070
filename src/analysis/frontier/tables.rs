//! The tables of a sweep.

use super::{Frontier, FrontierPoint};
use crate::domain::CostKey;
use crate::plan::Frame;
use crate::tables::Table;
use crate::units::Decimal;

/// The tables of a sweep's folder, by file name without extension.
pub const FRONTIER_TABLES: [&str; 2] = ["points", "costs"];

/// Every table with its name, in the order of [`FRONTIER_TABLES`].
pub(super) fn tables(frontier: &Frontier) -> Vec<(&'static str, Table)> {
    FRONTIER_TABLES.into_iter().zip([points(frontier), costs(frontier)]).collect()
}

/// A row for each point.
fn points(frontier: &Frontier) -> Table {
    let mut frame = Frame::new(&frontier.points, frontier.minor_digits);
    frame.count("point", |row| row.point as i64);
    for (index, setting) in frontier.settings.iter().enumerate() {
        frame.decimal(setting, |row| row.values.get(index).copied());
    }
    frame
        .float("objective", |row| Some(row.objective))
        .float("bound", |row| row.bound)
        .float("gap", |row| row.gap)
        .text("status", |row| row.status.to_owned())
        .amount("paid", |row| row.paid)
        .count("shipments", |row| row.shipments as i64)
        .float("shipments_per_order", |row| row.shipments_per_order)
        .float("split_rate", |row| row.split_rate)
        .count("late_lines", |row| row.late_lines as i64)
        .count("days_late", |row| row.days_late as i64)
        .float("on_time_rate", |row| row.on_time_rate)
        .float("fill_rate", |row| row.fill_rate)
        .count("changed_lines", |row| row.changed_lines as i64)
        .float("kg_co2", |row| Some(row.kg_co2))
        .finish()
}

/// A row for each point and cost term.
fn costs(frontier: &Frontier) -> Table {
    let rows: Vec<(&FrontierPoint, CostKey)> = frontier
        .points
        .iter()
        .flat_map(|point| CostKey::ALL.into_iter().map(move |key| (point, key)))
        .collect();
    let amount = |row: &(&FrontierPoint, CostKey)| row.0.cost.get(row.1.name()).copied();
    Frame::new(&rows, frontier.minor_digits)
        .count("point", |row| row.0.point as i64)
        .text("key", |row| row.1.name().to_owned())
        .amount("amount", |row| amount(row).unwrap_or(0.0))
        .decimal("weight", |row| {
            Some(row.0.weights.get(row.1 as usize).copied().unwrap_or(Decimal::ONE))
        })
        .finish()
}
