//! Writing a comparison: a folder with its tables, a summary as JSON and every plan.

use super::tables::{COMPARISON_TABLES, tables};
use super::{Change, Comparison, Difference, JudgedWave, WaveRuns, nodes};
use crate::ids::NodeId;
use crate::plan::{WriteError, holds_result, write_folder, write_plan, write_table, write_text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The folder of the plans: one a wave, and in it one a strategy.
pub const PLANS: &str = "plans";
/// The file that makes a folder a comparison.
const SUMMARY: &str = "comparison.json";

/// Writes a comparison with its plans; an earlier one in that folder is replaced. The folder holds
/// the whole of it or what it held before.
///
/// # Errors
/// When the folder holds anything that is no comparison, or when writing fails.
pub fn write_comparison(
    waves: &[WaveRuns],
    comparison: &Comparison,
    folder: &Path,
    csv: bool,
) -> Result<(), WriteError> {
    let check = || is_replaceable(folder);
    write_folder(folder, check, |fresh| {
        for wave in waves {
            for run in &wave.runs {
                let place = fresh.join(PLANS).join(&wave.label).join(&run.strategy);
                write_plan(&wave.wave, &run.plan, &place, csv)?;
            }
        }
        for (name, table) in tables(waves, comparison) {
            write_table(&table, fresh, name, csv)?;
        }
        let text = format!("{:#}\n", comparison.summary(waves));
        write_text(&text, &fresh.join(SUMMARY))
    })
}

/// Checks that a comparison may be written to `folder`, without writing anything.
///
/// # Errors
/// When the folder holds anything that is no comparison, or cannot be read.
pub fn check_comparison_folder(folder: &Path) -> Result<(), WriteError> {
    is_replaceable(folder).map(|_| ())
}

/// Whether `folder` holds an earlier comparison; false where it is empty or does not exist.
fn is_replaceable(folder: &Path) -> Result<bool, WriteError> {
    holds_result(folder, SUMMARY, PLANS, &COMPARISON_TABLES, WriteError::NotAComparison)
}

/// Orders and nodes that gain or lose most, of each plan.
const EXTREMES: usize = 10;

impl Comparison {
    /// The comparison as JSON: figures of every plan, what changed against the base, who gains
    /// and loses most, and the paired differences.
    pub fn summary(&self, waves: &[WaveRuns]) -> Value {
        let judged = waves.iter().zip(&self.waves);
        let waves: Vec<Value> = judged
            .map(|(runs, judged)| {
                let plans =
                    (0..self.strategies.len()).map(|at| self.plan_summary(runs, judged, at));
                json!({
                    "wave": runs.label,
                    "name": runs.wave.name,
                    "model": runs.model.name,
                    "currency": runs.wave.currency,
                    "orders": runs.wave.orders.len(),
                    "bound": judged.bound,
                    "plans": plans.collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "base": self.strategies.get(self.base),
            "strategies": self.strategies,
            "waves": waves,
            "paired": self.paired,
        })
    }

    fn plan_summary(&self, runs: &WaveRuns, judged: &JudgedWave, at: usize) -> Value {
        let plan = &judged.plans[at];
        let certificate = &runs.runs[at].plan.certificate;
        let unit = 10_f64.powi(runs.wave.minor_digits as i32);
        let order = |row: &Difference| {
            let changes: Vec<&str> = row.changes.iter().map(|change| change.name()).collect();
            json!({
                "order_id": runs.wave.orders[row.order].id,
                "difference": row.minor / unit,
                "changes": changes,
            })
        };
        let (saving, losing) = self.extremes(judged, at);
        let moves = nodes::moves(&plan.nodes, &judged.plans[self.base].nodes);
        let node = |(node, units): &(NodeId, i64)| json!({ "node_id": runs.wave.nodes[*node].id, "units": units });
        let gaining = moves.iter().filter(|(_, units)| *units > 0).take(EXTREMES).map(node);
        let giving = moves.iter().rev().filter(|(_, units)| *units < 0).take(EXTREMES).map(node);
        json!({
            "strategy": self.strategies[at],
            "method": certificate.method,
            "status": certificate.status,
            "stopped_by": certificate.stopped_by,
            "figures": plan.figures,
            "orders_changed": plan.differences.len(),
            "changes": self.change_counts(judged, at),
            "orders_saving_most": saving.iter().map(|row| order(row)).collect::<Vec<_>>(),
            "orders_losing_most": losing.iter().map(|row| order(row)).collect::<Vec<_>>(),
            "nodes_gaining_most": gaining.collect::<Vec<_>>(),
            "nodes_giving_most": giving.collect::<Vec<_>>(),
        })
    }

    /// How many orders differ from the base in each way.
    pub fn change_counts(&self, judged: &JudgedWave, at: usize) -> BTreeMap<&'static str, usize> {
        let differences = &judged.plans[at].differences;
        Change::ALL
            .into_iter()
            .map(|change| {
                let with = differences.iter().filter(|row| row.changes.contains(&change));
                (change.name(), with.count())
            })
            .collect()
    }

    /// The orders that save and that lose most against the base, the extreme first.
    pub fn extremes<'j>(
        &self,
        judged: &'j JudgedWave,
        at: usize,
    ) -> (Vec<&'j Difference>, Vec<&'j Difference>) {
        let rows = &judged.plans[at].differences;
        let saving = rows.iter().filter(|row| row.minor < 0.0).take(EXTREMES).collect();
        let losing = rows.iter().rev().filter(|row| row.minor > 0.0).take(EXTREMES).collect();
        (saving, losing)
    }
}
