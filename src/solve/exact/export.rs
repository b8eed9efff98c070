//! The exact program of a wave as a file that other solvers read.

use crate::domain::Wave;
use crate::options::{OpenLine, Planner};
use crate::solve::Control;
use crate::solve::exact::decided::constant;
use crate::solve::exact::names::plain;
use crate::solve::exact::run::pieces_that_matter;
use crate::solve::exact::{ExactSettings, Formulation, Part, Shipment, Value, enumerate};
use crate::solve::highs::{HighsError, write_model};
use crate::solve::relax::Duals;
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::units::Quantity;
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

/// Shipments and parts of a wave up to which all of them are written.
const MAX_ALL: usize = 40_000;
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
    let all = enumerate(&problem, &Duals::free(&problem), f64::INFINITY, MAX_ALL);
    let is_whole = all.is_some();
    let pieces = match all {
        Some(pieces) => pieces,
        None => {
            pieces_that_matter(&problem, settings, value, control)?.ok_or(ExportError::TooLarge)?
        }
    };
    let formulation = Formulation::new(&problem, &pieces);
    let mut names = formulation.names().clone();
    let shipments = pieces.shipments.iter().map(|shipment| ship_name(&problem, shipment));
    let parts = pieces.parts.iter().map(|part| part_name(&problem, part));
    for (name, readable) in names.columns.iter_mut().zip(shipments.chain(parts)) {
        *name = readable;
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

/// `ship.order.node.service.date.line`, with all lines.
fn ship_name(problem: &WaveProblem, shipment: &Shipment) -> String {
    let wave = problem.planner.wave;
    let OrderProblem { options, tables } = &problem.orders[shipment.order as usize];
    let mut parts = vec!["ship".to_owned()];
    parts.extend(group_parts(problem, shipment.order, shipment.group));
    for (index, line) in options.lines.iter().enumerate() {
        let units = tables.states.units(options, shipment.state, index);
        if units > 0 {
            parts.push(units_name(wave, line, units));
        }
    }
    joined(&parts)
}

/// `part.order.node.service.date.line`, with the source and the dates of each lane for units that
/// come over lanes.
fn part_name(problem: &WaveProblem, part: &Part) -> String {
    let wave = problem.planner.wave;
    let options = &problem.orders[part.order as usize].options;
    let entry = &part.entry;
    let mut parts = vec!["part".to_owned()];
    parts.extend(group_parts(problem, part.order, entry.group));
    let mut name = units_name(wave, &options.lines[entry.line as usize], entry.quantity);
    if !entry.hops.is_empty() {
        name.push_str(&format!("_from_{}", wave.nodes[entry.source].id));
        for hop in &entry.hops {
            name.push_str(&format!("_{}", hop.departs));
        }
    }
    parts.push(name);
    joined(&parts)
}

/// Order, node, service and date of a group.
fn group_parts(problem: &WaveProblem, order: u32, group: u32) -> [String; 4] {
    let wave = problem.planner.wave;
    let options = &problem.orders[order as usize].options;
    let group = &options.groups[group as usize];
    let service = group.service.map(|service| wave.services[service].id.to_string());
    [
        wave.orders[options.order].id.to_string(),
        wave.nodes[group.node].id.to_string(),
        service.unwrap_or_else(|| "pickup".to_owned()),
        group.ship_date.to_string(),
    ]
}

/// The line, `x2` where it is not whole.
fn units_name(wave: &Wave, line: &OpenLine, units: Quantity) -> String {
    let terms = &wave.lines[line.id];
    let whole = units == terms.quantity;
    if whole { terms.line.to_string() } else { format!("{}x{units}", terms.line) }
}

fn joined(parts: &[String]) -> String {
    let mut name: String = parts.iter().map(|part| plain(part)).collect::<Vec<_>>().join(".");
    name.truncate(MAX_NAME);
    name
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
