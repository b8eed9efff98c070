//! What a replan starts from: the plan that is in the state, and an earlier one by the names of its
//! orders, nodes and items, so that it can be kept.

use super::parts::{decision, lines};
use crate::domain::{CapacityUnit, Wave};
use crate::ids::{LaneId, LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::network::Hop;
use crate::options::Decision;
use crate::orchestrate::state::State;
use crate::orchestrate::wave::StateWave;
use crate::plan::Plan;
use crate::planning::start_from;
use crate::solve::{
    CutOn, CutTerm, KnownLeast, KnownPrices, NamedCut, OpeningPrice, ResourceKey, Start,
};
use crate::time::Day;
use crate::units::Quantity;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Node and sku.
type StockName = (Box<str>, Box<str>);
/// Order and line.
type LineName = (Box<str>, Box<str>);

/// A plan by names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Previous {
    decisions: Vec<Decided>,
    /// Worth of a unit more of work, by node and date.
    capacity: Vec<(Box<str>, Day, CapacityUnit, f64)>,
    /// Worth of a unit more of stock, by node, sku, step of its profile, and divisor where it counts
    /// in multiples of that.
    stock: Vec<(StockName, u32, Option<u32>, f64)>,
    /// Worth of a parcel more, by node, service and date.
    carriers: Vec<(Box<str>, Box<str>, Day, f64)>,
    /// What a line pays to pass a node on a date, by order, line, node and date.
    openings: Vec<(LineName, Box<str>, Day, f64)>,
    cuts: Vec<PricedCut>,
    /// What an order costs at least at these prices, with its fingerprint.
    leasts: Vec<(Box<str>, u64, f64)>,
}

/// What it costs to use up a cut on a stock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PricedCut {
    node: Box<str>,
    sku: Box<str>,
    step: u32,
    units: i64,
    limit: f64,
    /// Order, line, units, step and coefficient.
    terms: Vec<(LineName, Quantity, u32, f64)>,
    price: f64,
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
        let sku = |id: SkuId| wave.items[id].sku.clone();
        for (key, price) in start.prices.resources {
            match key {
                ResourceKey::Capacity { node: at, day, unit } => {
                    previous.capacity.push((node(at), day, unit, price));
                }
                ResourceKey::Stock { node: at, sku: item, step } => {
                    previous.stock.push(((node(at), sku(item)), step, None, price));
                }
                ResourceKey::StockRounded { node: at, sku: item, step, divisor } => {
                    previous.stock.push(((node(at), sku(item)), step, Some(divisor), price));
                }
                ResourceKey::Carrier { node: at, service, day } => {
                    let service = wave.services[service].id.clone();
                    previous.carriers.push((node(at), service, day, price));
                }
            }
        }
        let line = |id: LineId| {
            let line = &wave.lines[id];
            (wave.orders[line.order].id.clone(), line.line.clone())
        };
        for OpeningPrice { line: first, node: at, day, price } in start.prices.openings {
            previous.openings.push((line(first), node(at), day, price));
        }
        for (cut, price) in start.prices.cuts {
            let term =
                |term: &CutTerm| (line(term.line), term.quantity, term.step, term.coefficient);
            previous.cuts.push(PricedCut {
                node: node(cut.on.node),
                sku: sku(cut.on.sku),
                step: cut.on.step,
                units: cut.on.units,
                limit: cut.limit,
                terms: cut.terms.iter().map(term).collect(),
                price,
            });
        }
        for KnownLeast { order, fingerprint, least } in start.prices.leasts {
            previous.leasts.push((wave.orders[order].id.clone(), fingerprint, least));
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

    fn decision(&self, line: LineId, decided: &Decided) -> Option<Decision> {
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

impl Ids<'_> {
    /// The prices of an earlier plan, of what is still there.
    fn prices(
        &self,
        previous: &Previous,
        lines: &FxHashMap<(&str, &str), LineId>,
        orders: &FxHashMap<&str, OrderId>,
    ) -> KnownPrices {
        let mut prices = KnownPrices::default();
        for (node, day, unit, price) in &previous.capacity {
            if let Some(node) = self.node(node) {
                let key = ResourceKey::Capacity { node, day: *day, unit: *unit };
                prices.resources.push((key, *price));
            }
        }
        for ((node, sku), step, divisor, price) in &previous.stock {
            if let Some((node, sku)) = self.node(node).zip(self.skus.get(&**sku).copied()) {
                let step = *step;
                let key = divisor.map_or(ResourceKey::Stock { node, sku, step }, |divisor| {
                    ResourceKey::StockRounded { node, sku, step, divisor }
                });
                prices.resources.push((key, *price));
            }
        }
        for (node, service, day, price) in &previous.carriers {
            if let Some((node, service)) =
                self.node(node).zip(self.services.get(&**service).copied())
            {
                let key = ResourceKey::Carrier { node, service, day: *day };
                prices.resources.push((key, *price));
            }
        }
        for ((order, line), node, day, price) in &previous.openings {
            if let Some((&line, node)) = lines.get(&(&**order, &**line)).zip(self.node(node)) {
                prices.openings.push(OpeningPrice { line, node, day: *day, price: *price });
            }
        }
        for cut in &previous.cuts {
            let Some((node, sku)) = self.node(&cut.node).zip(self.skus.get(&*cut.sku).copied())
            else {
                continue;
            };
            // A cut holds without the lines that are gone.
            let term = |known: &(LineName, Quantity, u32, f64)| {
                let ((order, line), quantity, step, coefficient) = known;
                let &line = lines.get(&(&**order, &**line))?;
                let (quantity, step, coefficient) = (*quantity, *step, *coefficient);
                Some(CutTerm { line, quantity, step, coefficient })
            };
            let on = CutOn { node, sku, step: cut.step, units: cut.units };
            let terms = cut.terms.iter().filter_map(term).collect();
            prices.cuts.push((NamedCut { on, limit: cut.limit, terms }, cut.price));
        }
        for (name, fingerprint, least) in &previous.leasts {
            if let Some(&order) = orders.get(&**name) {
                let (fingerprint, least) = (*fingerprint, *least);
                prices.leasts.push(KnownLeast { order, fingerprint, least });
            }
        }
        prices
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
    let mut known_lines: FxHashMap<(&str, &str), LineId> = FxHashMap::default();
    for line in lines(of) {
        let (order, place) = of.lines[line];
        let known = &state.orders[order].lines[place as usize];
        let name = (state.order_names.name(order), &*known.name);
        known_lines.insert(name, line);
        let loose = known.portions.iter().filter(|part| of.is_loose(part));
        let before = start.decisions.len();
        start.decisions.extend(loose.filter_map(|part| decision(wave, line, part)));
        if start.decisions.len() == before {
            let rows = decided.get(&name).map_or(&[][..], Vec::as_slice);
            start.decisions.extend(rows.iter().filter_map(|row| ids.decision(line, row)));
        }
    }
    if let Some(previous) = previous {
        let orders = wave.orders.enumerate().map(|(id, order)| (&*order.id, id)).collect();
        start.prices = ids.prices(previous, &known_lines, &orders);
    }
    start
}
