//! The state of orders, stock and network that events add up to.
//!
//! [`State::apply`] is a pure fold: the same events in the same order give the same state, whatever
//! was snapshot in between. It never fails. What goes against what is known changes nothing and is
//! an entry in the queue of exceptions; an event whose id is known does nothing at all.

mod apply;
mod exception;
mod names;
mod order;
mod rules;
mod stock;

pub use exception::{
    Action, Cause, Exception, Outcome, Proposal, Subject, exception_id, exception_name,
};
pub use names::Names;
pub use order::{Destination, Entry, Hold, Line, Order, OrderStatus, Portion, Stage, Terms, Way};
pub use rules::{ExceptionRules, RULES_FILE};
pub use stock::{Inbound, Stock};

use crate::domain::{Capacity, Condition, NodeKind, Place, Wave};
use crate::ids::{EventId, ExceptionId, IdVec, NodeId, OrderId, ReturnId, ServiceId, SkuId};
use crate::orchestrate::event::Moment;
use crate::time::Day;
use crate::units::{Money, Quantity};
use names::pairs;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Names of inbound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InboundId(pub u32);

impl crate::ids::Id for InboundId {
    fn from_index(index: usize) -> Self {
        InboundId(index as u32)
    }
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node's part of the state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Node {
    pub kind: NodeKind,
    pub name: Box<str>,
    /// Its stock is a promise: it never runs out.
    pub unlimited_stock: bool,
    pub closed: Option<Closure>,
    /// Rows that events set, in their order; a later row replaces an earlier one of the same unit
    /// and date, and both the wave's.
    pub capacities: Vec<Capacity>,
}

/// A node that does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub from: Day,
    /// The first date on which it works again; nothing where nobody knows.
    pub until: Option<Day>,
}

impl Node {
    /// Whether the node is closed on a date.
    pub fn is_closed(&self, day: Day) -> bool {
        self.closed.is_some_and(|closed| {
            closed.from <= day && closed.until.is_none_or(|until| day < until)
        })
    }

    /// Whether units that were to leave on a date, or are late from before, cannot.
    pub(crate) fn is_stranded(&self, day: Day) -> bool {
        self.closed.is_some_and(|closed| closed.until.is_none_or(|until| day < until))
    }
}

/// An event that was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub at: Moment,
    /// Its kind, by its place in the list of kinds.
    kind: u8,
}

impl Applied {
    /// The name of its kind.
    pub fn kind(self) -> &'static str {
        crate::orchestrate::event::kind_name(self.kind)
    }
}

/// Units that come back from a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Return {
    pub order: Option<OrderId>,
    pub sku: SkuId,
    pub quantity: Quantity,
    /// Units that have arrived.
    pub received: Quantity,
    pub condition: Condition,
    pub place: Option<Place>,
    pub drop_node: Option<NodeId>,
}

impl Return {
    /// Whether `other` says something else about the same goods, of which none have come.
    fn is_corrected_by(&self, other: &Return) -> bool {
        let goods = |of: &Return| (of.order, of.sku, of.quantity);
        self.received == 0 && goods(self) == goods(other) && self != other
    }
}

/// Everything that is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The latest instant of all events, at first that of the wave.
    pub now: Moment,
    pub currency: Box<str>,
    pub minor_digits: u32,
    pub rules: ExceptionRules,
    pub node_names: Names<NodeId>,
    pub nodes: IdVec<NodeId, Node>,
    pub sku_names: Names<SkuId>,
    pub service_names: Names<ServiceId>,
    #[serde(with = "pairs")]
    pub stock: BTreeMap<(NodeId, SkuId), Stock>,
    inbound_names: Names<InboundId>,
    inbound: IdVec<InboundId, Inbound>,
    /// What a unit costs the customer, where the price list has it.
    #[serde(with = "pairs")]
    pub prices: BTreeMap<SkuId, Money>,
    pub order_names: Names<OrderId>,
    pub orders: IdVec<OrderId, Order>,
    pub return_names: Names<ReturnId>,
    pub returns: IdVec<ReturnId, Return>,
    pub exceptions: IdVec<ExceptionId, Exception>,
    /// The ids of the events that were applied, and what is kept of each.
    pub event_names: Names<EventId>,
    pub events: IdVec<EventId, Applied>,
    /// Open exceptions, in the order in which they were raised.
    pub open_exceptions: BTreeSet<ExceptionId>,
    /// Those of them that may be open once only, by what they are about.
    #[serde(with = "pairs")]
    open_about: BTreeMap<(Cause, Subject), ExceptionId>,
    /// Closed nodes that work again on a date.
    reopening: BTreeSet<(Day, NodeId)>,
    /// Orders with a date that is still to be watched.
    due: BTreeSet<(Day, OrderId)>,
}

impl State {
    /// The state before any event: the network, items and stock of a wave. Orders, commitments and
    /// returns of the wave are left out; they are events.
    pub fn new(wave: &Wave, rules: ExceptionRules) -> State {
        let nodes = wave.nodes.iter().map(|node| Node {
            kind: node.kind,
            name: node.name.clone(),
            unlimited_stock: node.unlimited_stock,
            closed: None,
            capacities: Vec::new(),
        });
        let mut state = State {
            now: Moment::from(&wave.now),
            currency: wave.currency.clone(),
            minor_digits: wave.minor_digits,
            rules,
            node_names: wave.nodes.iter().map(|node| &*node.id).collect(),
            nodes: nodes.collect(),
            sku_names: wave.items.iter().map(|item| &*item.sku).collect(),
            service_names: wave.services.iter().map(|service| &*service.id).collect(),
            stock: BTreeMap::new(),
            inbound_names: Names::new(),
            inbound: IdVec::new(),
            prices: BTreeMap::new(),
            order_names: Names::new(),
            orders: IdVec::new(),
            return_names: Names::new(),
            returns: IdVec::new(),
            exceptions: IdVec::new(),
            event_names: Names::new(),
            events: IdVec::new(),
            open_exceptions: BTreeSet::new(),
            open_about: BTreeMap::new(),
            reopening: BTreeSet::new(),
            due: BTreeSet::new(),
        };
        let rows: BTreeMap<_, _> = wave.stock.iter().map(|(key, stock)| (*key, stock)).collect();
        for ((node, sku), stock) in rows {
            let inbound = stock.inbound.iter().copied().collect();
            let row = Stock::new(stock.on_hand, stock.reserved, stock.safety_stock, inbound);
            state.stock.insert((node, sku), row);
            for &(date, quantity) in &stock.inbound {
                let (node_name, sku_name) =
                    (state.node_names.name(node), state.sku_names.name(sku));
                let name = format!("{node_name}/{sku_name}/{date}");
                if state.inbound_names.add(&name).is_some() {
                    state.inbound.push(Inbound { node, sku, date, quantity });
                }
            }
        }
        state
    }

    /// The date of `now`, where the latest event was written.
    pub fn today(&self) -> Day {
        self.now.date()
    }

    /// Stock on its way, with its name, in the order in which it was announced; what has come in
    /// full or was cancelled has no units left.
    pub fn inbound(&self) -> impl Iterator<Item = (&str, &Inbound)> {
        self.inbound_names.iter().map(|(_, name)| name).zip(self.inbound.iter())
    }

    /// An order by its id.
    pub fn order(&self, name: &str) -> Option<(OrderId, &Order)> {
        let id = self.order_names.get(name)?;
        Some((id, &self.orders[id]))
    }

    /// Whether an event is known.
    pub fn has_applied(&self, event: &str) -> bool {
        self.event_names.get(event).is_some()
    }
}
