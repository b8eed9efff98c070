//! Where rules plan: orders come one after the other, each served from what is left.
//!
//! A rule ranks nodes; the [`Desk`] knows which of them could serve, books what is taken and sees to
//! it that every limit holds, so that each rule is a few lines. Its buffers are kept from order to
//! order: planning an order that needs nothing unusual does not touch the allocator.

use crate::domain::{Deadline, Journey};
use crate::ids::{IdVec, LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::network::{EARTH_RADIUS_KM, node_distance_km};
use crate::options::{Content, Decision, Planner, frozen_decisions, frozen_parts};
use crate::options::{freight, offered_zone};
use crate::strategies::floor::Floors;
use crate::strategies::place::shipment_cost;
use crate::strategies::room::Room;
use crate::time::Day;
use crate::units::Quantity;

/// How far a rule goes to serve: it asks with the strictest pass first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pass {
    /// Dates may be missed.
    pub late: bool,
    /// Work above capacity is allowed where it has a price.
    pub overload: bool,
    /// Whether the service is chosen by what the model says it costs; else the least late, of
    /// equals the cheapest.
    pub by_cost: bool,
    /// Units of an item that a store keeps for who walks in.
    pub ring_fence: i64,
}

/// The open units of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenLine {
    pub id: LineId,
    pub sku: SkuId,
    pub quantity: Quantity,
    /// Lines with the same need are a kit and go together.
    pub need: u32,
    pub served: bool,
}

impl OpenLine {
    pub fn content(&self) -> Content {
        Content { line: self.id.0, sku: self.sku, quantity: self.quantity }
    }
}

/// A shipment of the order in work.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub node: NodeId,
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    /// Whether it has left already, so that nothing joins it.
    pub gone: bool,
    pub parcels: u32,
    /// Freight and carbon, weighted, in minor units.
    pub cost: f64,
    pub contents: Vec<Content>,
}

/// A point to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    room: usize,
    made: usize,
    joined: usize,
    decisions: usize,
    shipments_left: u32,
}

/// A wave on which a rule works, and the order that it works on.
pub(super) struct Desk<'a> {
    pub planner: &'a Planner<'a>,
    pub room: Room,
    pub decisions: Vec<Decision>,
    /// Where the service is chosen by cost (see [`Pass::by_cost`]).
    pub floors: Option<Floors>,
    /// By last node: the source and which of its paths leads there.
    pub routes_to: IdVec<NodeId, Vec<(NodeId, u32)>>,
    /// Where goods may go over lanes for the order that was asked about last.
    pub ends: (Option<OrderId>, Vec<NodeId>),
    /// By node, the order that was asked about last, and its distance.
    pub km_of: IdVec<NodeId, (Option<OrderId>, f64)>,
    /// The nodes that bear the stamp are those that goods may move from.
    pub movers: IdVec<NodeId, u64>,
    pub mover_stamp: u64,
    /// On the unit sphere.
    positions: IdVec<NodeId, [f64; 3]>,
    pub order: OrderId,
    /// Where the customer is, or fetches the order.
    place: [f64; 3],
    /// The cosine of the angle that the pickup radius is.
    radius_cos: f64,
    is_hard: bool,
    is_dated: bool,
    pub lines: Vec<OpenLine>,
    pub needs: u32,
    pub shipments_left: u32,
    /// The first `made_count` are those of the order; the others wait to be used again.
    pub made: Vec<Made>,
    pub made_count: usize,
    /// Which shipment each line joined, in the order of the decisions.
    pub joined: Vec<u32>,
    /// The lines to be placed next, as indices into `lines`.
    pub wanted: Vec<usize>,
    /// The source of each wanted line at the node in question.
    pub rows: Vec<u32>,
    pub contents: Vec<Content>,
    pub ranking: Vec<([f64; 2], NodeId)>,
}

impl<'a> Desk<'a> {
    pub fn new(planner: &'a Planner<'a>) -> Desk<'a> {
        let wave = planner.wave;
        let frozen = if wave.commitments.is_empty() {
            Vec::new()
        } else {
            wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)).collect()
        };
        let mut decisions: Vec<Decision> = frozen;
        decisions.reserve(wave.lines.len());
        let mut routes_to: IdVec<NodeId, Vec<(NodeId, u32)>> =
            wave.nodes.iter().map(|_| Vec::new()).collect();
        for source in wave.nodes.ids() {
            for (at, path) in planner.routes.from(source).iter().enumerate() {
                routes_to[wave.lanes[path[path.len() - 1]].to].push((source, at as u32));
            }
        }
        Desk {
            planner,
            room: Room::new(planner),
            decisions,
            floors: None,
            routes_to,
            ends: (None, Vec::new()),
            movers: wave.nodes.iter().map(|_| 0).collect(),
            mover_stamp: 0,
            km_of: wave.nodes.iter().map(|_| (None, 0.0)).collect(),
            positions: wave.nodes.iter().map(|n| on_sphere(n.latitude, n.longitude)).collect(),
            order: OrderId(0),
            place: [0.0; 3],
            radius_cos: 1.0,
            is_hard: false,
            is_dated: false,
            lines: Vec::new(),
            needs: 0,
            shipments_left: 0,
            made: Vec::new(),
            made_count: 0,
            joined: Vec::new(),
            wanted: Vec::new(),
            rows: Vec::new(),
            contents: Vec::new(),
            ranking: Vec::new(),
        }
    }

    /// Plans the orders as they arrived, until told to stop.
    pub fn run(&mut self, serve: &dyn Fn(&mut Desk<'_>), stop: &dyn Fn() -> bool) {
        let wave = self.planner.wave;
        for order in arrival_sequence(self.planner) {
            if order.0.is_multiple_of(256) && stop() {
                return;
            }
            self.open(order);
            if self.lines.is_empty() {
                continue;
            }
            let start = self.mark();
            serve(self);
            let is_whole = self.lines.iter().all(|line| line.served);
            if !is_whole && wave.orders[order].ship_complete {
                self.go_back(start);
            }
            self.room.settle();
        }
    }

    /// Takes an order to the desk.
    fn open(&mut self, order: OrderId) {
        let (wave, model) = (self.planner.wave, self.planner.model);
        let terms = &wave.orders[order];
        self.order = order;
        self.place = match &terms.journey {
            Journey::Ship(place) => on_sphere(place.latitude, place.longitude),
            Journey::Pickup { node, radius_km } => {
                let angle = (radius_km / EARTH_RADIUS_KM).min(std::f64::consts::PI);
                self.radius_cos = angle.cos();
                self.positions[*node]
            }
        };
        self.is_hard = terms.deadline.unwrap_or(model.rules.deadline) == Deadline::Hard;
        self.is_dated = terms.deliver_by.is_some() || terms.ship_by.is_some();
        self.lines.clear();
        self.needs = 0;
        for id in terms.line_ids() {
            let quantity = wave.open_quantity(id);
            if quantity == 0 {
                continue;
            }
            let line = &wave.lines[id];
            let kit = line.together.as_deref();
            let same_kit = |other: &&OpenLine| {
                kit.is_some() && wave.lines[other.id].together.as_deref() == kit
            };
            let need = self.lines.iter().find(same_kit).map_or(self.needs, |other| other.need);
            self.needs = self.needs.max(need + 1);
            self.lines.push(OpenLine { id, sku: line.sku, quantity, need, served: false });
        }
        self.made_count = 0;
        self.joined.clear();
        if !wave.commitments.is_empty() {
            self.add_frozen(order);
        }
        let limit = wave.max_shipments(order, model).unwrap_or(u32::MAX);
        self.shipments_left = limit.saturating_sub(self.made_count as u32);
    }

    /// The shipments that frozen commitments make up.
    fn add_frozen(&mut self, order: OrderId) {
        let wave = self.planner.wave;
        for part in frozen_parts(wave, order) {
            let sku = wave.lines[part.line].sku;
            let content = Content { line: part.line.0, sku, quantity: part.quantity };
            let at = self.made_at(part.source, part.service, part.ship_date).unwrap_or_else(|| {
                self.new_made(part.source, part.service, part.ship_date);
                self.made_count - 1
            });
            self.made[at].contents.push(content);
            self.made[at].gone |= part.shipped;
        }
        self.reprice();
    }

    pub fn made_at(&self, node: NodeId, service: Option<ServiceId>, day: Day) -> Option<usize> {
        self.made[..self.made_count]
            .iter()
            .position(|made| (made.node, made.service, made.ship_date) == (node, service, day))
    }

    /// An empty shipment, in memory used before where there is some.
    pub fn new_made(&mut self, node: NodeId, service: Option<ServiceId>, ship_date: Day) {
        let at = self.made_count;
        self.made_count += 1;
        if at == self.made.len() {
            let contents = Vec::new();
            let (gone, parcels, cost) = (false, 0, 0.0);
            self.made.push(Made { node, service, ship_date, gone, parcels, cost, contents });
            return;
        }
        let made = &mut self.made[at];
        made.contents.clear();
        (made.node, made.service, made.ship_date) = (node, service, ship_date);
        (made.gone, made.parcels, made.cost) = (false, 0, 0.0);
    }

    pub fn mark(&self) -> Mark {
        Mark {
            room: self.room.mark(),
            made: self.made_count,
            joined: self.joined.len(),
            decisions: self.decisions.len(),
            shipments_left: self.shipments_left,
        }
    }

    /// Undoes what was decided about the order since a mark.
    pub fn go_back(&mut self, mark: Mark) {
        self.room.give_back(mark.room);
        for at in (mark.joined..self.joined.len()).rev() {
            self.made[self.joined[at] as usize].contents.pop();
        }
        self.joined.truncate(mark.joined);
        self.made_count = mark.made;
        self.reprice();
        for decision in self.decisions.drain(mark.decisions..) {
            if let Some(line) = self.lines.iter_mut().find(|line| line.id == decision.line) {
                line.served = false;
            }
        }
        self.shipments_left = mark.shipments_left;
    }

    /// Prices the shipments of the order anew.
    fn reprice(&mut self) {
        let wave = self.planner.wave;
        for made in &mut self.made[..self.made_count] {
            let priced = made.service.and_then(|service| {
                let (zone, km) = offered_zone(wave, self.order, made.node, service)?;
                let freight = freight(wave, service, zone.zone, &made.contents)?;
                Some((freight.parcels, shipment_cost(self.planner, service, km, &freight)))
            });
            (made.parcels, made.cost) = priced.unwrap_or_default();
        }
    }

    /// Wants the lines of a need that are not served yet; whether there are any.
    pub fn want(&mut self, need: u32) -> bool {
        self.wanted.clear();
        let lines = self.lines.iter().enumerate();
        let open = lines.filter(|(_, line)| line.need == need && !line.served);
        self.wanted.extend(open.map(|(at, _)| at));
        !self.wanted.is_empty()
    }

    /// Wants everything that is not served yet; whether there is anything.
    pub fn want_all(&mut self) -> bool {
        self.wanted.clear();
        let open = self.lines.iter().enumerate().filter(|(_, line)| !line.served);
        self.wanted.extend(open.map(|(at, _)| at));
        !self.wanted.is_empty()
    }

    /// The passes that make sense for the order: in time before late, within capacity before
    /// overload.
    pub fn passes(&self) -> impl Iterator<Item = Pass> + Clone + use<> {
        let may_be_late = self.is_dated && !self.is_hard;
        let has_overload = self.room.has_overload;
        let all = [(false, false), (false, true), (true, false), (true, true)];
        all.into_iter()
            .filter(move |(late, overload)| (may_be_late || !late) && (has_overload || !overload))
            .map(|(late, overload)| Pass { late, overload, by_cost: false, ring_fence: 0 })
    }

    /// A measure of distance to the customer that sorts as kilometres do.
    pub fn nearness(&self, node: NodeId) -> f64 {
        let [x, y, z] = self.positions[node];
        let [a, b, c] = self.place;
        -(x * a + y * b + z * c)
    }

    /// Whether a node is within the radius of the chosen pickup node. The angle between them decides
    /// where it is clear; the exact distance is worked out for the others only.
    pub fn is_within(&self, node: NodeId, chosen: NodeId, radius_km: f64) -> bool {
        let cosine = -self.nearness(node);
        if (cosine - self.radius_cos).abs() > 1e-9 {
            return cosine > self.radius_cos;
        }
        node_distance_km(self.planner.wave, chosen, node) <= radius_km
    }

    /// Whether a line is late where only lines in time are wanted, or the date binds.
    pub fn is_barred_late(&self, late_days: u32, pass: Pass) -> bool {
        late_days > 0 && (self.is_hard || !pass.late)
    }
}

/// The orders of a wave in the sequence of their arrival.
pub(super) fn arrival_sequence(planner: &Planner) -> Vec<OrderId> {
    let wave = planner.wave;
    let mut sequence: Vec<OrderId> = wave.orders.ids().collect();
    sequence.sort_by_key(|order| (wave.orders[*order].placed_at, *order));
    sequence
}

fn on_sphere(latitude: f64, longitude: f64) -> [f64; 3] {
    let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
    [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
}
