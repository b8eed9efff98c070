//! Names of the program's columns and rows that a person can read and a model file takes.

use crate::domain::CapacityUnit;
use crate::ids::{NodeId, ReturnId};
use crate::solve::ResourceKey;
use crate::solve::wave_options::WaveProblem;

/// Characters at most of what a name says about an opening, of an order or one of its needs, of a
/// return or its node, and of a resource. The LP format takes names of 255: an opening and a need fit
/// in one, with their family, as do an order, a return and a node.
const MAX_OPENING: usize = 90;
const MAX_NEED: usize = 120;
const MAX_RETURN: usize = 50;
const MAX_RESOURCE: usize = 200;

/// Names of columns and rows, in the order of the program, that a person can read.
#[derive(Clone, Debug, Default)]
pub struct Names {
    pub columns: Vec<String>,
    pub rows: Vec<String>,
}

/// The id of an order, by its position among those of the problem.
pub(super) fn order_id(problem: &WaveProblem, order: usize) -> String {
    cut(plain(&problem.planner.wave.orders[problem.orders[order].options.order].id), MAX_NEED)
}

/// An order with the lines of one of its needs.
pub(super) fn need_name(problem: &WaveProblem, order: usize, need: usize) -> String {
    let wave = problem.planner.wave;
    let options = &problem.orders[order].options;
    let lines: Vec<String> = options.needs[need]
        .lines
        .iter()
        .map(|line| plain(&wave.lines[options.lines[*line].id].line))
        .collect();
    cut(format!("{}.{}", order_id(problem, order), lines.join(".")), MAX_NEED)
}

/// An order with one of its open lines.
pub(super) fn line_name(problem: &WaveProblem, order: usize, line: usize) -> String {
    let id = problem.orders[order].options.lines[line].id;
    let line = plain(&problem.planner.wave.lines[id].line);
    cut(format!("{}.{line}", order_id(problem, order)), MAX_NEED)
}

/// The id of a return.
pub(super) fn return_name(problem: &WaveProblem, id: ReturnId) -> String {
    cut(plain(&problem.planner.wave.returns[id].id), MAX_RETURN)
}

/// The id of a node.
pub(super) fn node_name(problem: &WaveProblem, id: NodeId) -> String {
    cut(plain(&problem.planner.wave.nodes[id].id), MAX_RETURN)
}

/// The row of a limited resource, with its family.
pub(super) fn resource_name(problem: &WaveProblem, key: &ResourceKey) -> String {
    let wave = problem.planner.wave;
    let node = |id: NodeId| plain(&wave.nodes[id].id);
    let name = match *key {
        ResourceKey::Stock { node: id, sku, step } => {
            format!("stock.{}.{}.{step}", node(id), plain(&wave.items[sku].sku))
        }
        ResourceKey::StockRounded { node: id, sku, step, divisor } => {
            let sku = plain(&wave.items[sku].sku);
            format!("stock_rounded.{}.{sku}.{step}.{divisor}", node(id))
        }
        ResourceKey::Capacity { node: id, day, unit } => {
            let unit = match unit {
                CapacityUnit::Units => "units",
                CapacityUnit::Lines => "lines",
                CapacityUnit::Shipments => "shipments",
                CapacityUnit::Minutes => "minutes",
            };
            format!("capacity.{}.{}.{unit}", node(id), plain(&day.to_string()))
        }
        ResourceKey::Carrier { node: id, service, day } => {
            let service = plain(&wave.services[service].id);
            format!("carrier.{}.{service}.{}", node(id), plain(&day.to_string()))
        }
    };
    cut(name, MAX_RESOURCE)
}

/// The node and the date of an opening.
pub(super) fn opening_name(problem: &WaveProblem, id: u32) -> String {
    let found = problem.resources.openings().nth(id as usize);
    found.map_or_else(String::new, |((node, day), _)| {
        let node = plain(&problem.planner.wave.nodes[node].id);
        cut(format!("{node}.{}", plain(&day.to_string())), MAX_OPENING)
    })
}

/// A name as model files take it: letters, digits and underscores.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// A plain name without what is too long; names that then are the same are numbered on export.
fn cut(mut name: String, most: usize) -> String {
    name.truncate(most);
    name
}
