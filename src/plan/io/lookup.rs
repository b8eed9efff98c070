//! From the ids in a plan's tables to those of the wave.

use crate::domain::Wave;
use crate::ids::{LaneId, LineId, NodeId, OrderId, ReturnId, ServiceId, SkuId, ZoneId};
use rustc_hash::FxHashMap;

type ByName<'a, I> = FxHashMap<&'a str, I>;

/// The ids of a wave by their text.
pub(super) struct Lookup<'a> {
    wave: &'a Wave,
    pub orders: ByName<'a, OrderId>,
    pub nodes: ByName<'a, NodeId>,
    pub skus: ByName<'a, SkuId>,
    pub services: ByName<'a, ServiceId>,
    pub zones: ByName<'a, ZoneId>,
    pub returns: ByName<'a, ReturnId>,
    lanes: FxHashMap<(NodeId, NodeId), LaneId>,
}

impl<'a> Lookup<'a> {
    pub fn new(wave: &'a Wave) -> Lookup<'a> {
        Lookup {
            wave,
            orders: wave.orders.enumerate().map(|(id, order)| (&*order.id, id)).collect(),
            nodes: wave.nodes.enumerate().map(|(id, node)| (&*node.id, id)).collect(),
            skus: wave.items.enumerate().map(|(id, item)| (&*item.sku, id)).collect(),
            services: wave.services.enumerate().map(|(id, one)| (&*one.id, id)).collect(),
            zones: wave.zone_names.enumerate().map(|(id, name)| (&**name, id)).collect(),
            returns: wave.returns.enumerate().map(|(id, one)| (&*one.id, id)).collect(),
            lanes: wave.lanes.enumerate().map(|(id, lane)| ((lane.from, lane.to), id)).collect(),
        }
    }

    /// A line of an order by its name.
    pub fn line(&self, order: OrderId, name: &str) -> Option<LineId> {
        self.wave.orders[order].line_ids().find(|id| *self.wave.lines[*id].line == *name)
    }

    pub fn lane(&self, from: NodeId, to: NodeId) -> Option<LaneId> {
        self.lanes.get(&(from, to)).copied()
    }
}
