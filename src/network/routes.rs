//! Routes over the lanes: every simple path from a node that a plan may use.

use crate::domain::Wave;
use crate::ids::{Id, IdVec, LaneId, NodeId};
use crate::time::Day;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

/// A departure over a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hop {
    pub lane: LaneId,
    pub departs: Day,
}

/// The lanes of a wave as a graph, with the simple paths of at most `max_lanes` lanes.
#[derive(Debug)]
pub struct Routes {
    graph: DiGraph<NodeId, LaneId>,
    paths_from: IdVec<NodeId, Vec<Vec<LaneId>>>,
}

impl Routes {
    /// Enumerates the paths once; a wave without lanes costs nothing.
    pub fn new(wave: &Wave, max_lanes: u32) -> Routes {
        let mut graph = DiGraph::with_capacity(wave.nodes.len(), wave.lanes.len());
        for id in wave.nodes.ids() {
            graph.add_node(id);
        }
        for (id, lane) in wave.lanes.enumerate() {
            graph.add_edge(NodeIndex::new(lane.from.index()), NodeIndex::new(lane.to.index()), id);
        }
        let mut routes = Routes { graph, paths_from: IdVec::new() };
        for id in wave.nodes.ids() {
            let mut paths = Vec::new();
            routes.extend(id, max_lanes, &mut vec![id], &mut Vec::new(), &mut paths);
            paths.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
            routes.paths_from.push(paths);
        }
        routes
    }

    fn extend(
        &self,
        at: NodeId,
        lanes_left: u32,
        visited: &mut Vec<NodeId>,
        path: &mut Vec<LaneId>,
        paths: &mut Vec<Vec<LaneId>>,
    ) {
        if lanes_left == 0 {
            return;
        }
        for edge in self.graph.edges(NodeIndex::new(at.index())) {
            let next = self.graph[edge.target()];
            if visited.contains(&next) {
                continue;
            }
            visited.push(next);
            path.push(*edge.weight());
            paths.push(path.clone());
            self.extend(next, lanes_left - 1, visited, path, paths);
            path.pop();
            visited.pop();
        }
    }

    /// The paths that start at a node, the shorter first.
    pub fn from(&self, node: NodeId) -> &[Vec<LaneId>] {
        &self.paths_from[node]
    }
}

/// The first day on or after `day` on which a lane operates.
pub fn next_departure(wave: &Wave, lane: LaneId, day: Day) -> Day {
    let operates = wave.lanes[lane].operates;
    if operates.contains(day) { day } else { operates.nth_after(day, 1) }
}

/// The day on which a path is done at the earliest, leaving no earlier than `day`: each lane is
/// taken on its first operating day.
pub fn earliest_arrival(wave: &Wave, path: &[LaneId], day: Day) -> Day {
    path.iter()
        .fold(day, |at, &lane| next_departure(wave, lane, at).plus(wave.lanes[lane].transit_days))
}
