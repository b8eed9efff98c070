//! The exact program of a wave as a file that other solvers read.

use crate::domain::Wave;
use crate::options::Planner;
use crate::solve::Control;
use crate::solve::column::Column;
use crate::solve::exact::enumerate::MAX_FOUND;
use crate::solve::exact::run::{columns_that_matter, constant};
use crate::solve::exact::{ExactSettings, Formulation, Value, enumerate};
use crate::solve::highs::{HighsError, write_model};
use crate::solve::relax::Duals;
use crate::solve::wave_options::WaveProblem;
use good_lp::solvers::highs::highs;
use rustc_hash::FxHashMap;
use std::path::Path;

/// A program that has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    pub columns: usize,
    pub rows: usize,
    /// Whether every column of the wave is in it; otherwise those without which no plan is better
    /// than the best one known, which leaves the optimum the same.
    pub is_whole: bool,
}

/// Why a program was not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    #[error("the program has too many columns to write down")]
    TooLarge,
    #[error(transparent)]
    Solver(#[from] HighsError),
}

/// Columns of an order up to which all of them are written.
const MAX_ALL_OF_ORDER: usize = 1_000;
/// Columns of a wave up to which all of them are written.
const MAX_ALL: usize = 20_000;
/// Characters of a name at most: the LP format takes 255.
const MAX_NAME: usize = 200;

/// Writes the program of a wave to a `.mps` or `.lp` file.
///
/// Its objective is that of the plan, in weighted minor units: the frozen commitments count as a
/// column `constant`, which is 1. Names are unique and say what they stand for.
///
/// # Errors
/// When the program is too large, the solver fails, or the file cannot be written.
pub fn export_program(
    planner: &Planner,
    settings: ExactSettings,
    value: &Value,
    path: &Path,
    control: &Control,
) -> Result<Exported, ExportError> {
    let problem = WaveProblem::new(planner);
    let all = all_columns(&problem);
    let is_whole = all.is_some();
    let columns = match all {
        Some(columns) => columns,
        None => {
            columns_that_matter(&problem, settings, value, control)?.ok_or(ExportError::TooLarge)?
        }
    };
    let formulation = Formulation::new(&problem, &columns);
    let mut names = formulation.names().clone();
    for (name, column) in names.columns.iter_mut().zip(&columns) {
        *name = ship_name(&problem, column);
    }
    names.columns.push("constant".to_owned());
    make_unique(&mut names.columns);
    make_unique(&mut names.rows);
    let failed = |_| HighsError::Failed("take the program");
    let mut model = formulation.model(highs).try_into_inner().map_err(failed)?;
    let offset = constant(&problem, value).to_minor();
    model
        .try_add_column_with_integrality(offset, 1.0..=1.0, [], false)
        .map_err(|_| HighsError::Failed("add a column"))?;
    write_model(model, &names.columns, &names.rows, path)?;
    Ok(Exported { columns: names.columns.len(), rows: names.rows.len(), is_whole })
}

/// Every column of a wave, where they are few.
fn all_columns(problem: &WaveProblem) -> Option<Vec<Column>> {
    let found =
        enumerate(problem, &Duals::free(problem), f64::INFINITY, MAX_ALL_OF_ORDER, MAX_FOUND);
    (!found.overflow && found.columns.len() <= MAX_ALL).then_some(found.columns)
}

/// `ship.order.node.service.date.line`, with all lines, and `via.node` for each lane on the way.
fn ship_name(problem: &WaveProblem, column: &Column) -> String {
    let wave = problem.planner.wave;
    let options = &problem.orders[column.order as usize].options;
    let mut parts = vec!["ship".to_owned(), wave.orders[options.order].id.to_string()];
    let mut last = None;
    for decision in column.decisions(options) {
        let shipment = (decision.node, decision.service, decision.ship_date);
        if last != Some(shipment) {
            last = Some(shipment);
            parts.push(wave.nodes[decision.node].id.to_string());
            let service = decision.service.map(|service| wave.services[service].id.to_string());
            parts.push(service.unwrap_or_else(|| "pickup".to_owned()));
            parts.push(decision.ship_date.to_string());
        }
        parts.push(line_name(wave, &decision));
    }
    let mut name: String = parts.iter().map(|part| plain(part)).collect::<Vec<_>>().join(".");
    name.truncate(MAX_NAME);
    name
}

/// The line, `x2` where it is not whole, and where it comes from.
fn line_name(wave: &Wave, decision: &crate::options::Decision) -> String {
    let line = &wave.lines[decision.line];
    let mut name = line.line.to_string();
    if decision.quantity != line.quantity {
        name.push_str(&format!("x{}", decision.quantity));
    }
    if !decision.hops.is_empty() {
        name.push_str(&format!("_from_{}", wave.nodes[decision.source].id));
        for hop in &decision.hops {
            name.push_str(&format!("_{}", hop.departs));
        }
    }
    name
}

/// A name as model files take it: letters, digits and underscores.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Appends a number to the second and later names that are the same: ids that differ only in
/// characters that model files do not take, or long names cut off.
fn make_unique(names: &mut [String]) {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for name in names.iter() {
        seen.insert(name.clone(), 0);
    }
    for name in names.iter_mut() {
        let count = seen.get(name).copied().unwrap_or(0) + 1;
        seen.insert(name.clone(), count);
        if count == 1 {
            continue;
        }
        let mut number = count;
        while seen.contains_key(&format!("{name}.again{number}")) {
            number += 1;
        }
        *name = format!("{name}.again{number}");
        seen.insert(name.clone(), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_unique_and_stay_where_they_can() {
        let mut names = ["a", "a.again2", "b", "a", "a"].map(str::to_owned);
        make_unique(&mut names);
        assert_eq!(names, ["a", "a.again2", "b", "a.again3", "a.again4"]);
    }

    #[test]
    fn names_have_no_characters_that_files_do_not_take() {
        assert_eq!(plain("Ö-1 a"), "__1_a");
    }
}
