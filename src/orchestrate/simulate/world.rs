//! The world of a simulation: what is known, what is due, and the log of what happened.

use super::Series;
use super::agenda::{Agenda, Hours, Task};
use crate::domain::{Journey, Order};
use crate::ids::{LineId, NodeId, OrderId, SkuId};
use crate::options::Decision;
use crate::orchestrate::event::{
    Amount, Change, CountFromOne, Date, Event, Factor, JourneyKind, Km, Latitude, Longitude,
    Moment, Name, OrderPlaced, PlacedLine, StockReceived, Text, Units,
};
use crate::orchestrate::replan::Previous;
use crate::orchestrate::state::State;
use crate::units::{Decimal, Money, Quantity};
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;

/// A simulation under way.
#[derive(Debug)]
pub(super) struct World<'s> {
    pub(super) series: &'s Series,
    pub(super) state: State,
    pub(super) agenda: Agenda,
    /// Every event so far.
    pub(super) log: Vec<Event>,
    /// What left for its customer, as it did.
    pub(super) done: Vec<Decision>,
    /// Units that are off the shelf and still on the books.
    pub(super) picked: BTreeMap<(NodeId, SkuId), Quantity>,
    /// Units on the books that are not on the shelf, until the next count.
    pub(super) missing: BTreeMap<(NodeId, SkuId), Quantity>,
    /// Lines that a source could not provide.
    pub(super) rejections: u64,
    /// How often a plan for units of a line was replaced by another one.
    pub(super) changes: u64,
    /// What the last run lets the next one start from.
    pub(super) previous: Option<Previous>,
    pub(super) seed: u64,
}

impl<'s> World<'s> {
    /// The world before the first order: arrivals and inbound are due.
    pub(super) fn new(series: &'s Series, seed: u64) -> World<'s> {
        let state = State::new(&series.wave, series.rules.clone());
        let start = series.wave.instant();
        let mut agenda = Agenda::default();
        for (order, at) in series.arrivals() {
            agenda.add(at, Task::Arrive(order));
        }
        for (index, (_, inbound)) in state.inbound().enumerate() {
            let opens = Hours::new(&series.wave, inbound.node).opens(inbound.date);
            agenda.add(opens.max(start), Task::Receive(index));
        }
        World {
            series,
            state,
            agenda,
            log: Vec::new(),
            done: Vec::new(),
            picked: BTreeMap::new(),
            missing: BTreeMap::new(),
            rejections: 0,
            changes: 0,
            previous: None,
            seed,
        }
    }

    /// Something happens: it goes into the log and into the state.
    pub(super) fn happen(&mut self, at: &Zoned, change: Change) {
        let id = format!("{:07}", self.log.len() + 1);
        let event = Event { id: Text::from(id.as_str()), at: Moment::from(at), change };
        self.state.apply(&event);
        self.log.push(event);
    }

    /// A node as its wave knows it.
    pub(super) fn hours(&self, node: NodeId) -> Hours<'s> {
        Hours::new(&self.series.wave, node)
    }

    pub(super) fn node_name(&self, node: NodeId) -> Text {
        Text::from(&*self.series.wave.nodes[node].id)
    }

    pub(super) fn sku_name(&self, sku: SkuId) -> Text {
        Text::from(&*self.series.wave.items[sku].sku)
    }

    /// The names of an order and of a line of it.
    pub(super) fn names(&self, order: OrderId, line: u32) -> (Text, Text) {
        let id = self.series.line(order, line);
        let wave = &self.series.wave;
        (Text::from(&*wave.orders[order].id), Text::from(&*wave.lines[id].line))
    }

    /// A customer places an order.
    pub(super) fn arrive(&mut self, order: OrderId) {
        let wave = &self.series.wave;
        let terms = &wave.orders[order];
        let at = terms.placed_at.to_zoned(wave.now.time_zone().clone());
        let lines = terms.line_ids().map(|id| placed_line(self.series, id)).collect();
        self.happen(&at, Change::OrderPlaced(placed(self.series, terms, lines)));
    }

    /// Inbound arrives.
    pub(super) fn receive(&mut self, at: Timestamp, index: usize) {
        let Some((name, inbound)) = self.state.inbound().nth(index) else { return };
        if inbound.quantity == 0 {
            return;
        }
        let (node, received) = (
            inbound.node,
            StockReceived {
                node_id: self.node_name(inbound.node),
                sku: self.sku_name(inbound.sku),
                quantity: Units(inbound.quantity),
                inbound_id: Some(Text::from(name)),
            },
        );
        let at = self.hours(node).local(at);
        self.happen(&at, Change::StockReceived(received));
    }
}

fn amount(series: &Series, money: Money) -> Amount {
    let places = Decimal::PLACES.saturating_sub(series.wave.minor_digits);
    Amount(Decimal(money.0 * 10_i64.pow(places)))
}

fn placed_line(series: &Series, id: LineId) -> PlacedLine {
    let line = &series.wave.lines[id];
    PlacedLine {
        line: Text::from(&*line.line),
        sku: Text::from(&*series.wave.items[line.sku].sku),
        quantity: Units(line.quantity),
        unit_price: Some(amount(series, line.unit_price)),
        together: line.together.as_deref().map(Text::from),
    }
}

/// An order as the event that places it.
fn placed(series: &Series, order: &Order, lines: Vec<PlacedLine>) -> OrderPlaced {
    let text = |text: &str| (!text.is_empty()).then(|| Text::from(text));
    let place = match &order.journey {
        Journey::Ship(place) => Some(place),
        Journey::Pickup { .. } => None,
    };
    let pickup = match order.journey {
        Journey::Ship(_) => None,
        Journey::Pickup { node, radius_km } => Some((node, radius_km)),
    };
    OrderPlaced {
        order_id: Text::from(&*order.id),
        placed_at: None,
        journey: pickup.map(|_| Name(JourneyKind::Pickup)),
        latitude: place.map(|place| Latitude(place.latitude)),
        longitude: place.map(|place| Longitude(place.longitude)),
        country: place.and_then(|place| text(&place.country)),
        postal_code: place.and_then(|place| text(&place.postal_code)),
        pickup_node: pickup.map(|(node, _)| Text::from(&*series.wave.nodes[node].id)),
        pickup_radius_km: pickup.map(|(_, km)| Km(km)),
        ship_by: order.ship_by.map(Date),
        deliver_by: order.deliver_by.map(Date),
        deadline: order.deadline.map(Name),
        weight: Some(Factor(order.weight)),
        channel: text(&order.channel),
        customer_tier: text(&order.customer_tier),
        ship_complete: order.ship_complete.then_some(true),
        max_shipments: order.max_shipments.map(CountFromOne),
        exchange_of: order.exchange_of.as_deref().map(Text::from),
        lines,
    }
}
