//! What a replan starts from: the plan that is in the state, and an earlier one by the names of its
//! orders, nodes and items, so that it can be kept.

use super::parts::{decision, is_loose, lines};
use crate::domain::{CapacityUnit, Wave};
use crate::ids::{LaneId, NodeId, ServiceId, SkuId};
use crate::network::Hop;
use crate::options::Decision;
use crate::orchestrate::state::State;
use crate::orchestrate::wave::StateWave;
use crate::plan::Plan;
use crate::planning::start_from;
use crate::solve::{ResourceKey, Start};
use crate::time::Day;
use crate::units::Quantity;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A plan by names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Previous {
    decisions: Vec<Decided>,
    /// Worth of a unit more of work, by node and date.
    capacity: Vec<(Box<str>, Day, CapacityUnit, f64)>,
    /// Worth of a unit more of stock, by node and sku.
    stock: Vec<(Box<str>, Box<str>, f64)>,
}

/// What was decided for units of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Decided {
    order: Box<str>,
    line: Box<str>,
    source: Box<str>,
    /// The node after each lane, with the date of departure.
    hops: Vec<(Box<str>, Day)>,
    service: Option<Box<str>>,
    ship_date: Day,
    quantity: Quantity,
}

impl Previous {
    /// Takes what is worth keeping of a plan.
    pub fn new(wave: &Wave, plan: &Plan) -> Previous {
        let start = start_from(wave, plan);
        let node = |id: NodeId| wave.nodes[id].id.clone();
        let mut previous = Previous::default();
        for decision in &start.decisions {
            let line = &wave.lines[decision.line];
            let hops = decision.hops.iter();
            previous.decisions.push(Decided {
                order: wave.orders[line.order].id.clone(),
                line: line.line.clone(),
                source: node(decision.source),
                hops: hops.map(|hop| (node(wave.lanes[hop.lane].to), hop.departs)).collect(),
                service: decision.service.map(|service| wave.services[service].id.clone()),
                ship_date: decision.ship_date,
                quantity: decision.quantity,
            });
        }
        for (key, price) in start.prices {
            match key {
                ResourceKey::Capacity { node: at, day, unit } => {
                    previous.capacity.push((node(at), day, unit, price));
                }
                ResourceKey::Stock { node: at, sku, .. } => {
                    previous.stock.push((node(at), wave.items[sku].sku.clone(), price));
                }
                ResourceKey::StockRounded { .. } | ResourceKey::Carrier { .. } => (),
            }
        }
        previous
    }
}

/// Ids of a wave by their names.
struct Ids<'w> {
    nodes: FxHashMap<&'w str, NodeId>,
    skus: FxHashMap<&'w str, SkuId>,
    services: FxHashMap<&'w str, ServiceId>,
    lanes: FxHashMap<(NodeId, NodeId), LaneId>,
}

impl<'w> Ids<'w> {
    fn new(wave: &'w Wave) -> Ids<'w> {
        Ids {
            nodes: wave.nodes.enumerate().map(|(id, node)| (&*node.id, id)).collect(),
            skus: wave.items.enumerate().map(|(id, item)| (&*item.sku, id)).collect(),
            services: wave.services.enumerate().map(|(id, known)| (&*known.id, id)).collect(),
            lanes: wave.lanes.enumerate().map(|(id, lane)| ((lane.from, lane.to), id)).collect(),
        }
    }

    fn node(&self, name: &str) -> Option<NodeId> {
        self.nodes.get(name).copied()
    }

    fn decision(&self, line: crate::ids::LineId, decided: &Decided) -> Option<Decision> {
        let source = self.node(&decided.source)?;
        let mut node = source;
        let mut hops = Vec::with_capacity(decided.hops.len());
        for (to, departs) in &decided.hops {
            let to = self.node(to)?;
            hops.push(Hop { lane: *self.lanes.get(&(node, to))?, departs: *departs });
            node = to;
        }
        let service = match &decided.service {
            None => None,
            Some(name) => Some(*self.services.get(&**name)?),
        };
        let (ship_date, quantity) = (decided.ship_date, decided.quantity);
        Some(Decision { line, ship_date, source, hops, node, service, quantity })
    }
}

/// What the planner starts from: for each line what the state says of its plan, else what the
/// earlier plan said; and the earlier plan's prices. What is no option any more is left out there.
pub(super) fn start(state: &State, of: &StateWave, previous: Option<&Previous>) -> Start {
    let wave = &of.wave;
    let ids = Ids::new(wave);
    let mut decided: FxHashMap<(&str, &str), Vec<&Decided>> = FxHashMap::default();
    for row in previous.into_iter().flat_map(|previous| &previous.decisions) {
        decided.entry((&row.order, &row.line)).or_default().push(row);
    }
    let mut start = Start::default();
    for line in lines(of) {
        let (order, place) = of.lines[line];
        let known = &state.orders[order].lines[place as usize];
        let loose = known.portions.iter().filter(|part| is_loose(part));
        let before = start.decisions.len();
        start.decisions.extend(loose.filter_map(|part| decision(wave, line, part)));
        if start.decisions.len() == before {
            let name = (state.order_names.name(order), &*known.name);
            let rows = decided.get(&name).map_or(&[][..], Vec::as_slice);
            start.decisions.extend(rows.iter().filter_map(|row| ids.decision(line, row)));
        }
    }
    for (node, day, unit, price) in previous.into_iter().flat_map(|known| &known.capacity) {
        if let Some(node) = ids.node(node) {
            start.prices.push((ResourceKey::Capacity { node, day: *day, unit: *unit }, *price));
        }
    }
    for (node, sku, price) in previous.into_iter().flat_map(|known| &known.stock) {
        if let Some((node, sku)) = ids.node(node).zip(ids.skus.get(&**sku).copied()) {
            start.prices.push((ResourceKey::Stock { node, sku, step: 0 }, *price));
        }
    }
    start
}
