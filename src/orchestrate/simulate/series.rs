//! A wave series: several waves as one stretch of time, whose orders come in when they were placed.

use crate::domain::{Journey, Order, OrderLine, Wave, WaveParts};
use crate::ids::{Id, IdVec, LineId, NodeId, OrderId, SkuId};
use crate::orchestrate::state::ExceptionRules;
use crate::time::Day;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Waves to be played.
#[derive(Clone, Debug)]
pub struct Series {
    /// The network and stock of the first wave with the inbound and the orders of all; `now` is the
    /// instant at which the first order is placed. Orders stand in the order in which they are
    /// placed; commitments, exclusions and returns are left out.
    pub wave: Wave,
    pub rules: ExceptionRules,
    /// The instant for which the first wave was made: runs are told from it.
    pub anchor: jiff::Zoned,
}

/// Why waves are no series.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the waves are no series:\n{}", .0.iter().map(|fault| format!("- {fault}")).collect::<Vec<_>>().join("\n"))]
pub struct SeriesError(pub Vec<SeriesFault>);

/// What a wave of a series has that does not go with the others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesFault {
    #[error("{wave} is in {currency}, the first wave in another currency")]
    Currency { wave: Box<str>, currency: Box<str> },
    #[error("{wave} has the order {order} of an earlier wave")]
    OrderTwice { wave: Box<str>, order: Box<str> },
    #[error("{wave} has the {what} {id}, which the first wave does not know")]
    Unknown { wave: Box<str>, what: &'static str, id: Box<str> },
    #[error("no wave has an order")]
    NoOrders,
}

impl Series {
    /// Puts waves together; `rules` say what is done about exceptions.
    ///
    /// # Errors
    /// Everything in which the waves do not go together.
    pub fn new(waves: &[Wave], rules: ExceptionRules) -> Result<Series, SeriesError> {
        let Some((first, later)) = waves.split_first() else {
            return Err(SeriesError(vec![SeriesFault::NoOrders]));
        };
        let mut known = Known::new(first);
        let mut orders: Vec<(Order, Vec<OrderLine>)> = known.orders(first);
        let mut inbound = known.inbound(first);
        for wave in later {
            if (&wave.currency, wave.minor_digits) != (&first.currency, first.minor_digits) {
                let (wave, currency) = (wave.name.clone(), wave.currency.clone());
                known.faults.push(SeriesFault::Currency { wave, currency });
            }
            orders.extend(known.orders(wave));
            for (key, units) in known.inbound(wave) {
                // What two waves both wait for is the same delivery.
                let most = inbound.entry(key).or_default();
                *most = units.max(*most);
            }
        }
        orders.sort_by(|(a, _), (b, _)| (a.placed_at, &a.id).cmp(&(b.placed_at, &b.id)));
        let start = orders.first().map(|(order, _)| order.placed_at);
        let start = start.filter(|_| known.faults.is_empty()).ok_or_else(|| {
            let faults = std::mem::take(&mut known.faults);
            SeriesError(if faults.is_empty() { vec![SeriesFault::NoOrders] } else { faults })
        })?;
        let mut parts = WaveParts {
            now: start.to_zoned(first.now.time_zone().clone()),
            commitments: Vec::new(),
            exclusions: Vec::new(),
            returns: IdVec::new(),
            order_extras: Vec::new(),
            line_extras: Vec::new(),
            orders: IdVec::new(),
            lines: IdVec::new(),
            ..first.parts().clone()
        };
        for stock in parts.stock.values_mut() {
            stock.inbound.clear();
        }
        for ((node, sku, day), units) in inbound {
            parts.stock.entry((node, sku)).or_default().inbound.push((day, units));
        }
        for (mut order, lines) in orders {
            let from = parts.lines.len() as u32;
            order.lines = from..from + lines.len() as u32;
            let id = parts.orders.push(order);
            for line in lines {
                parts.lines.push(OrderLine { order: id, ..line });
            }
        }
        Ok(Series { wave: Wave::new(parts), rules, anchor: first.now.clone() })
    }

    /// The orders with the instants at which they are placed, which do not fall.
    pub fn arrivals(&self) -> impl Iterator<Item = (OrderId, jiff::Timestamp)> + '_ {
        self.wave.orders.enumerate().map(|(id, order)| (id, order.placed_at))
    }

    /// A line of an order by its place in it.
    pub fn line(&self, order: OrderId, place: u32) -> LineId {
        LineId(self.wave.orders[order].lines.start + place)
    }
}

/// What the first wave knows, by its ids; and what does not go with it.
struct Known {
    nodes: FxHashMap<Box<str>, NodeId>,
    skus: FxHashMap<Box<str>, SkuId>,
    placed: FxHashSet<Box<str>>,
    faults: Vec<SeriesFault>,
}

impl Known {
    fn new(first: &Wave) -> Known {
        Known {
            nodes: first.nodes.enumerate().map(|(id, node)| (node.id.clone(), id)).collect(),
            skus: first.items.enumerate().map(|(id, item)| (item.sku.clone(), id)).collect(),
            placed: FxHashSet::default(),
            faults: Vec::new(),
        }
    }

    /// The first wave's id of a node; the first one where it has none, which is a fault.
    fn node(&mut self, wave: &Wave, node: NodeId) -> NodeId {
        let id = &wave.nodes[node].id;
        let found = self.nodes.get(id).copied();
        found.unwrap_or_else(|| {
            self.unknown(wave, "node", id);
            NodeId::from_index(0)
        })
    }

    fn sku(&mut self, wave: &Wave, sku: SkuId) -> SkuId {
        let id = &wave.items[sku].sku;
        let found = self.skus.get(id).copied();
        found.unwrap_or_else(|| {
            self.unknown(wave, "item", id);
            SkuId::from_index(0)
        })
    }

    fn unknown(&mut self, wave: &Wave, what: &'static str, id: &str) {
        let fault = SeriesFault::Unknown { wave: wave.name.clone(), what, id: id.into() };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// The orders of a wave with their lines, by the ids of the first wave.
    fn orders(&mut self, wave: &Wave) -> Vec<(Order, Vec<OrderLine>)> {
        let mut orders = Vec::with_capacity(wave.orders.len());
        for order in wave.orders.iter() {
            if !self.placed.insert(order.id.clone()) {
                let (wave, order) = (wave.name.clone(), order.id.clone());
                self.faults.push(SeriesFault::OrderTwice { wave, order });
                continue;
            }
            let journey = match &order.journey {
                Journey::Ship(place) => Journey::Ship(place.clone()),
                Journey::Pickup { node, radius_km } => {
                    Journey::Pickup { node: self.node(wave, *node), radius_km: *radius_km }
                }
            };
            let mut lines = Vec::with_capacity(order.lines.len());
            for id in order.line_ids() {
                let line = &wave.lines[id];
                lines.push(OrderLine { sku: self.sku(wave, line.sku), ..line.clone() });
            }
            orders.push((Order { journey, ..order.clone() }, lines));
        }
        orders
    }

    /// The inbound of a wave, by the ids of the first wave.
    fn inbound(&mut self, wave: &Wave) -> BTreeMap<(NodeId, SkuId, Day), u32> {
        let rows: BTreeMap<_, _> = wave.stock.iter().collect();
        let mut inbound = BTreeMap::new();
        for ((node, sku), stock) in rows {
            for (day, units) in &stock.inbound {
                let key = (self.node(wave, *node), self.sku(wave, *sku), *day);
                inbound.insert(key, *units);
            }
        }
        inbound
    }
}
