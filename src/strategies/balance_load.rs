//! `balance-load`: each line from the node that is least busy, of equals from the nearest.
//!
//! The greedy rule of list scheduling: Graham, "Bounds for certain multiprocessing anomalies",
//! Bell System Technical Journal 45(9), 1966.

use crate::ids::NodeId;
use crate::strategies::desk::Desk;

pub(super) fn serve(desk: &mut Desk<'_>) {
    desk.serve_order(&|desk| desk.serve_ranked(&rank, 0));
}

fn rank(desk: &Desk<'_>, node: NodeId) -> [f64; 2] {
    // A node without a day in its window serves nothing; its rank does not matter.
    let is_open = !desk.planner.wave.window(node).is_empty();
    let load = if is_open { desk.room.load(node, 0) } else { f64::INFINITY };
    [load, desk.nearness(node)]
}
