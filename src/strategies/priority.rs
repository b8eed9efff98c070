//! `priority`: what rule engines do. Locations are ranked, stores keep a unit of each item back, and
//! one location for the whole order is looked for before the order is split.
//!
//! The rank is the model's tier of a node, or where the model ranks nothing its kind: distribution
//! centres, third parties, stores, vendors; within a rank, the nearest first. The sequence of
//! rounds is the one that order management systems document for their sourcing rules: complete
//! from one location, then split, then the same without the ring-fence.

use crate::domain::NodeKind;
use crate::ids::NodeId;
use crate::strategies::desk::Desk;

/// Units of each item that a store keeps, beyond its safety stock, until nobody else can serve.
const RING_FENCE: i64 = 1;

pub(super) fn serve(desk: &mut Desk<'_>) {
    let complete = desk.planner.wave.orders[desk.order].ship_complete;
    for ring_fence in [RING_FENCE, 0] {
        if desk.serve_whole(&|desk| desk.serve_ranked(&rank, ring_fence)) {
            return;
        }
        let start = desk.mark();
        desk.serve_needs(&|desk| desk.serve_ranked(&rank, ring_fence));
        if desk.lines.iter().all(|line| line.served) {
            return;
        }
        if complete {
            desk.go_back(start);
        }
    }
}

fn rank(desk: &Desk<'_>, node: NodeId) -> [f64; 2] {
    let (wave, model) = (desk.planner.wave, desk.planner.model);
    let place = &wave.nodes[node];
    let ranks = !model.rules.tiers.is_empty() || place.tier.is_some();
    let tier = if ranks {
        desk.planner.tier(node)
    } else {
        match place.kind {
            NodeKind::Dc => 1,
            NodeKind::ThirdParty => 2,
            NodeKind::Store => 3,
            NodeKind::Vendor => 4,
            NodeKind::Hub => 5,
        }
    };
    [f64::from(tier), desk.nearness(node)]
}
