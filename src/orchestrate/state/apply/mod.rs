//! One step of the fold: an event on a state.

mod dates;
mod exceptions;
mod life;
mod network;
mod orders;
mod planned;
mod portions;
mod returns;
mod stock;
mod vendors;

use crate::ids::{EventId, NodeId, OrderId, ServiceId, SkuId};
use crate::orchestrate::event::{Amount, Change, Event, Moment, Text};
use crate::orchestrate::state::{Applied, Cause, Entry, State, Subject};
use crate::time::Day;
use crate::units::{Decimal, Money, Quantity};

impl State {
    /// Applies an event, and says whether it is a new one: one whose id is known does nothing.
    ///
    /// An event that goes against what is known changes nothing, or less than it says, and is an
    /// entry in the queue of exceptions.
    pub fn apply(&mut self, event: &Event) -> bool {
        let Some(id) = self.event_names.add(&event.id) else { return false };
        self.events.push(Applied { at: event.at, kind: event.change.index() });
        if event.at.instant > self.now.instant {
            self.now = event.at;
        }
        let (freed, bound) = (Vec::new(), Vec::new());
        let mut step = Step { state: self, event: id, at: event.at, freed, bound };
        step.watch();
        if let Err(contradiction) = step.change(&event.change) {
            step.contradict(contradiction);
        }
        step.hold_bound();
        step.compare_freed();
        true
    }
}

/// A state while an event is applied to it.
struct Step<'s> {
    state: &'s mut State,
    event: EventId,
    at: Moment,
    /// Stock that units were freed from.
    freed: Vec<(NodeId, SkuId)>,
    /// Stock that units were bound to, with their release date and order.
    bound: Vec<(NodeId, SkuId, Day, OrderId)>,
}

/// How an event goes against what is known.
#[derive(Debug)]
struct Contradiction {
    subject: Subject,
    detail: String,
}

type Done = Result<(), Contradiction>;

impl Step<'_> {
    /// Does what an event says, or nothing.
    fn change(&mut self, change: &Change) -> Done {
        match change {
            Change::OrderPlaced(order) => self.place(order),
            Change::OrderChanged(order) => self.change_order(order),
            Change::OrderCancelled(order) => self.cancel_order(order),
            Change::OrderHeld(order) => self.hold_order(&order.order_id, &order.reason),
            Change::OrderReleased(order) => self.release_order(&order.order_id, &order.reason),
            Change::LinePlanned(line) => self.plan_line(line),
            Change::LineReleased(line) => self.release_line(line),
            Change::LineRecalled(line) => self.recall_line(line),
            Change::LineAccepted(line) => self.accept_line(line),
            Change::LineRejected(line) => self.reject_line(line),
            Change::LinePicked(line) => self.pick_line(line),
            Change::LinePacked(line) => self.pack_line(line),
            Change::LineShipped(line) => self.ship_line(line),
            Change::LineDelivered(line) => self.deliver_line(line),
            Change::LinePickedUp(line) => self.hand_over_line(line),
            Change::LineCancelled(line) => self.cancel_line(line),
            Change::VendorAcknowledged(line) => self.acknowledge(line),
            Change::VendorRejected(line) => self.refuse(line),
            Change::VendorShipped(line) => self.ship_from_vendor(line),
            Change::StockCounted(stock) => self.count(stock),
            Change::StockReceived(stock) => self.receive(stock),
            Change::StockAdjusted(stock) => self.adjust(stock),
            Change::StockReserved(stock) => self.reserve(stock),
            Change::InboundAnnounced(inbound) => self.announce(inbound),
            Change::InboundDelayed(inbound) => self.delay(inbound),
            Change::NodeClosed(node) => self.close(node),
            Change::NodeReopened(node) => self.reopen(node),
            Change::CapacityChanged(capacity) => self.set_capacity(capacity),
            Change::PriceChanged(price) => self.set_price(price),
            Change::ReturnAnnounced(goods) => self.announce_return(goods),
            Change::ReturnReceived(goods) => self.receive_return(goods),
            Change::ExceptionRaised(raised) => self.raise_for_planner(raised),
            Change::ExceptionProposed(proposed) => self.propose(proposed),
            Change::ExceptionResolved(resolved) => self.decide(resolved),
        }
    }

    /// Enters a contradiction into the queue, and into the history of its order.
    fn contradict(&mut self, contradiction: Contradiction) {
        let Contradiction { subject, detail } = contradiction;
        if let Some(order) = subject.order {
            self.note(order, subject.line, None, subject.node, Some(&detail));
        }
        self.raise(Cause::ContradictoryEvent, subject, None, detail);
    }

    /// Adds to the history of an order.
    fn note(
        &mut self,
        order: OrderId,
        line: Option<u32>,
        quantity: Option<Quantity>,
        node: Option<NodeId>,
        note: Option<&str>,
    ) {
        let note = note.map(Into::into);
        let entry = Entry { event: self.event, line, quantity, node, note };
        self.state.orders[order].history.push(entry);
    }

    fn node(&self, name: &str) -> Result<NodeId, Contradiction> {
        let known = self.state.node_names.get(name);
        known.ok_or_else(|| unknown(Subject::default(), "node", name))
    }

    fn optional_node(&self, name: &Option<Text>) -> Result<Option<NodeId>, Contradiction> {
        name.as_ref().map(|name| self.node(name)).transpose()
    }

    fn sku(&self, name: &str) -> Result<SkuId, Contradiction> {
        let known = self.state.sku_names.get(name);
        known.ok_or_else(|| unknown(Subject::default(), "item", name))
    }

    fn service(&self, name: &Option<Text>) -> Result<Option<ServiceId>, Contradiction> {
        let Some(name) = name else { return Ok(None) };
        let known = self.state.service_names.get(name);
        known.map(Some).ok_or_else(|| unknown(Subject::default(), "service", name))
    }

    fn order(&self, name: &str) -> Result<OrderId, Contradiction> {
        let known = self.state.order_names.get(name);
        known.ok_or_else(|| unknown(Subject::default(), "order", name))
    }

    /// An order and a line of it.
    fn line(&self, order: &str, name: &str) -> Result<(OrderId, u32), Contradiction> {
        let order = self.order(order)?;
        match self.state.orders[order].line(name) {
            Some(line) => Ok((order, line)),
            None => Err(unknown(of_order(order), "line", name)),
        }
    }

    /// An amount in minor units.
    fn money(&self, amount: Decimal) -> Result<Money, Contradiction> {
        let places = Decimal::PLACES - self.state.minor_digits.min(Decimal::PLACES);
        let unit = 10_i64.pow(places);
        if amount.0 % unit != 0 {
            let digits = self.state.minor_digits;
            let detail = format!("{amount} has more than {digits} decimal places");
            return Err(Contradiction { subject: Subject::default(), detail });
        }
        Ok(Money(amount.0 / unit))
    }

    fn price(&self, amount: Option<Amount>) -> Result<Money, Contradiction> {
        self.money(amount.map_or(Decimal::ZERO, |amount| amount.0))
    }
}

fn unknown(subject: Subject, what: &str, name: &str) -> Contradiction {
    Contradiction { subject, detail: format!("the {what} {name} is unknown") }
}

fn of_order(order: OrderId) -> Subject {
    Subject { order: Some(order), ..Subject::default() }
}

fn of_line(order: OrderId, line: u32) -> Subject {
    Subject { order: Some(order), line: Some(line), ..Subject::default() }
}

fn of_stock(node: NodeId, sku: SkuId) -> Subject {
    Subject { node: Some(node), sku: Some(sku), ..Subject::default() }
}

/// `1 unit`, `2 units`.
fn units(quantity: u64) -> String {
    format!("{quantity} unit{}", if quantity == 1 { "" } else { "s" })
}

impl Contradiction {
    /// The same, about this where nothing more exact is known.
    fn about(mut self, subject: Subject) -> Contradiction {
        if self.subject == Subject::default() {
            self.subject = subject;
        }
        self
    }
}
