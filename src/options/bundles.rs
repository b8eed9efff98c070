//! Very large orders: lines that one node can serve are bundled, so that the ways to combine
//! them stay countable. A bundle is filled like a kit; the certificate then says `pruned`.

use crate::ids::NodeId;
use crate::options::{Need, OpenLine, Planner};
use std::collections::BTreeMap;

/// The most needs of an order; every subset of them is priced.
pub const MAX_NEEDS: usize = 10;

/// Bundles the needs of an order that has more than [`MAX_NEEDS`]; returns how many lines travel
/// with others for that reason.
pub fn bundle_needs(planner: &Planner, lines: &mut [OpenLine], needs: &mut Vec<Need>) -> u64 {
    if needs.len() <= MAX_NEEDS {
        return 0;
    }
    // Needs by the node that can serve most of what is left.
    let mut rest: Vec<Need> = std::mem::take(needs);
    let mut clusters: Vec<Vec<Need>> = Vec::new();
    while !rest.is_empty() && clusters.len() + 1 < MAX_NEEDS {
        let mut served: BTreeMap<NodeId, usize> = BTreeMap::new();
        for need in &rest {
            for node in nodes_of(planner, lines, need) {
                *served.entry(node).or_default() += 1;
            }
        }
        let Some((&node, _)) =
            served.iter().max_by_key(|(node, count)| (**count, u32::MAX - node.0))
        else {
            break;
        };
        let (here, elsewhere) =
            rest.into_iter().partition(|need| nodes_of(planner, lines, need).contains(&node));
        clusters.push(here);
        rest = elsewhere;
    }
    if !rest.is_empty() {
        clusters.push(rest);
    }
    // Large clusters are divided, so that a line that runs out takes few others with it.
    while clusters.len() < MAX_NEEDS {
        let Some(widest) =
            (0..clusters.len()).max_by_key(|at| (clusters[*at].len(), usize::MAX - at))
        else {
            break;
        };
        let half = clusters[widest].len() / 2;
        if half == 0 {
            break;
        }
        let second = clusters[widest].split_off(half);
        clusters.push(second);
    }
    let mut bundled = 0;
    for cluster in clusters {
        bundled += cluster.len() as u64 - 1;
        let index = needs.len();
        let merged: Vec<usize> = cluster.into_iter().flat_map(|need| need.lines).collect();
        for &line in &merged {
            lines[line].need = index;
            lines[line].divisible = false;
        }
        needs.push(Need { lines: merged });
    }
    bundled
}

/// The nodes that could serve all lines of a need, as far as stock says.
fn nodes_of(planner: &Planner, lines: &[OpenLine], need: &Need) -> Vec<NodeId> {
    let holds = |node: NodeId, line: &OpenLine| {
        let last = planner.wave.window(node).last();
        let stock = planner.stock(node, line.sku);
        last.is_some_and(|day| stock.is_none_or(|s| s.available_on(*day) >= line.quantity as i64))
    };
    let first = &lines[need.lines[0]];
    planner
        .sources(first.sku)
        .filter(|&node| {
            need.lines.iter().all(|&line| {
                let line = &lines[line];
                planner.wave.stock_of(node, line.sku).is_some() && holds(node, line)
            })
        })
        .collect()
}
