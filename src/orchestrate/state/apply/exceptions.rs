//! Exceptions: raised, dealt with by rule or by an event, and passed where what they are about is no
//! longer so.

use crate::ids::{ExceptionId, NodeId, OrderId};
use crate::orchestrate::event::{
    ExceptionProposed, ExceptionRaised, ExceptionResolved, PlannerCause, Resolution,
};
use crate::orchestrate::state::apply::network::of_node;
use crate::orchestrate::state::apply::{Contradiction, Done, Step, of_line, of_order, of_stock};
use crate::orchestrate::state::{
    Action, Cause, Exception, Hold, Outcome, Portion, Proposal, Stage, Subject, exception_id,
};
use crate::units::Quantity;
use std::collections::BTreeSet;

/// Units that a node has not taken off the shelf: they can be recalled.
const RECALLABLE: [Stage; 3] = [Stage::Planned, Stage::Released, Stage::Accepted];

/// A line that an exception concerns.
struct Concerned {
    order: OrderId,
    line: u32,
    /// The node whose units it is about.
    node: Option<NodeId>,
    /// Units of it, where it is not about all.
    units: Option<Quantity>,
}

impl Step<'_> {
    /// Raises an exception and does what the rules say. Where one about the same is open, that one
    /// is brought up to date, and holds what it concerns by now.
    pub(super) fn raise(
        &mut self,
        cause: Cause,
        subject: Subject,
        quantity: Option<Quantity>,
        detail: String,
    ) {
        let detail = detail.into_boxed_str();
        let is_once = cause != Cause::ContradictoryEvent;
        if is_once && let Some(&id) = self.state.open_about.get(&(cause, subject)) {
            let open = &mut self.state.exceptions[id];
            (open.quantity, open.detail) = (quantity, detail);
            if open.action == Action::Hold {
                self.hold_concerned(id);
            }
            return;
        }
        let action = self.state.rules.action(cause);
        let id = self.state.exceptions.push(Exception {
            cause,
            subject,
            quantity,
            detail,
            raised: self.event,
            action,
            holds: BTreeSet::new(),
            let_go: BTreeSet::new(),
            resolved: None,
            proposal: None,
        });
        self.state.open_exceptions.insert(id);
        if is_once {
            self.state.open_about.insert((cause, subject), id);
        }
        if let Some(order) = subject.order {
            self.state.orders[order].exceptions.push(id);
        }
        match action {
            Action::Release => {
                self.free(id, true);
                self.end(id, Outcome::Rule);
            }
            Action::Hold => self.hold_concerned(id),
            Action::Escalate => (),
        }
    }

    /// Has the orders wait that an exception concerns.
    fn hold_concerned(&mut self, id: ExceptionId) {
        let Exception { cause, subject, .. } = self.state.exceptions[id];
        let orders = match subject.node {
            Some(node) if cause == Cause::NodeOutage => self.stranded_at(node),
            _ => self.orders_of(id),
        };
        orders.into_iter().for_each(|order| self.hold(id, order));
    }

    fn hold(&mut self, id: ExceptionId, order: OrderId) {
        let exception = &mut self.state.exceptions[id];
        if !exception.let_go.contains(&order) && exception.holds.insert(order) {
            self.state.orders[order].holds.push(Hold::Exception(id));
        }
    }

    /// Has the orders wait whose units were bound to stock that an open exception is about: one of
    /// a node that is closed as they are to leave, or of stock that does not cover them.
    pub(super) fn hold_bound(&mut self) {
        let bound = std::mem::take(&mut self.bound);
        if self.state.open_about.is_empty() {
            return;
        }
        for (node, sku, release_date, order) in bound {
            let outage = self.state.open_about.get(&(Cause::NodeOutage, of_node(node))).copied();
            if let Some(id) = outage.filter(|id| self.holds_orders(*id))
                && self.state.nodes[node].is_stranded(release_date)
            {
                self.hold(id, order);
            }
            let about = (Cause::StockDiscrepancy, of_stock(node, sku));
            let discrepancy = self.state.open_about.get(&about).copied();
            if discrepancy.is_some_and(|id| self.holds_orders(id)) {
                self.compare_stock(node, sku);
            }
        }
    }

    fn holds_orders(&self, id: ExceptionId) -> bool {
        self.state.exceptions[id].action == Action::Hold
    }

    /// Ends an exception; orders that wait for it go on.
    pub(super) fn end(&mut self, id: ExceptionId, outcome: Outcome) {
        let exception = &mut self.state.exceptions[id];
        exception.resolved = Some((outcome, self.event));
        self.state.open_exceptions.remove(&id);
        self.state.open_about.remove(&(exception.cause, exception.subject));
        exception.let_go.clear();
        for order in std::mem::take(&mut exception.holds) {
            self.state.orders[order].holds.retain(|hold| *hold != Hold::Exception(id));
        }
    }

    /// Ends the exception about this where there is an open one, and says whether there was.
    pub(super) fn pass(&mut self, cause: Cause, subject: Subject) -> bool {
        let open = self.state.open_about.get(&(cause, subject)).copied();
        if let Some(id) = open {
            self.end(id, Outcome::Passed);
        }
        open.is_some()
    }

    /// The lines that an exception concerns.
    fn lines_of(&self, id: ExceptionId) -> Vec<Concerned> {
        let Exception { cause, subject, .. } = &self.state.exceptions[id];
        let node = subject.node;
        let all = |(order, line): (OrderId, u32)| Concerned { order, line, node, units: None };
        match (subject.order, subject.line, node, subject.sku) {
            (Some(order), Some(line), ..) => vec![all((order, line))],
            (Some(order), None, ..) => {
                let lines = 0..self.state.orders[order].lines.len() as u32;
                lines.map(|line| all((order, line))).collect()
            }
            (None, _, Some(at), Some(sku)) if *cause == Cause::StockDiscrepancy => {
                let stock = self.state.stock.get(&(at, sku));
                let short = stock.map_or_else(Vec::new, |stock| stock.short_lines()).into_iter();
                short
                    .map(|(order, line, units)| Concerned {
                        units: Some(units),
                        ..all((order, line))
                    })
                    .collect()
            }
            (None, _, Some(at), None) if *cause == Cause::NodeOutage => {
                let bound = self.bound_at(at).into_iter();
                bound.map(|(order, line, _)| all((order, line))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn orders_of(&self, id: ExceptionId) -> Vec<OrderId> {
        let mut orders: Vec<OrderId> =
            self.lines_of(id).into_iter().map(|concerned| concerned.order).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    /// Makes open again what an exception stops and, where asked, recalls units from a node that
    /// cannot provide them.
    pub(super) fn free(&mut self, id: ExceptionId, recalls: bool) {
        let cause = self.state.exceptions[id].cause;
        for Concerned { order, line, node, .. } in self.lines_of(id) {
            let is_stopped = |part: &Portion| part.exception == Some(id);
            self.reopen_units(order, line, &[Stage::Exception], is_stopped);
            if recalls && matches!(cause, Cause::NodeOutage | Cause::StockDiscrepancy) {
                let recalled = self.reopen_units(order, line, &RECALLABLE, |part| part.is_at(node));
                if recalled > 0 {
                    let note = Some("recalled: to be planned anew");
                    self.note(order, Some(line), Some(recalled), node, note);
                }
            }
        }
    }

    /// An exception by its name, open.
    fn open_exception(&self, name: &str) -> Result<ExceptionId, Contradiction> {
        let found = exception_id(name).filter(|id| self.state.exceptions.get(*id).is_some());
        let Some(id) = found else {
            let detail = format!("the exception {name} is unknown");
            return Err(Contradiction { subject: Subject::default(), detail });
        };
        if !self.state.exceptions[id].is_open() {
            let detail = format!("the exception {name} is resolved already");
            return Err(Contradiction { subject: self.state.exceptions[id].subject, detail });
        }
        Ok(id)
    }

    pub(super) fn decide(&mut self, decision: &ExceptionResolved) -> Done {
        let id = self.open_exception(&decision.exception_id)?;
        let resolution = decision.resolution.0;
        let Exception { cause, subject, .. } = self.state.exceptions[id];
        if cause == Cause::ContradictoryEvent && resolution == Resolution::Cancel {
            let detail = "a contradiction has no units to cancel".to_owned();
            return Err(Contradiction { subject, detail });
        }
        let (lines, orders) = (self.lines_of(id), self.orders_of(id));
        match resolution {
            Resolution::Release => self.free(id, true),
            Resolution::Dismiss => self.free(id, false),
            Resolution::Hold => {
                self.free(id, false);
                for order in &orders {
                    let order = &mut self.state.orders[*order];
                    if !order.is_done() && !order.holds.contains(&Hold::Asked) {
                        order.holds.push(Hold::Asked);
                    }
                }
            }
            Resolution::Cancel => {
                for &Concerned { order, line, node, units } in &lines {
                    let stops = matches!(cause, Cause::ShortPick | Cause::VendorReject);
                    let is_at_node = cause == Cause::NodeOutage || cause == Cause::StockDiscrepancy;
                    // That nothing is left to cancel is no contradiction here.
                    let _ = self.cancel_units(order, line, units, |part| {
                        (!stops || part.exception == Some(id)) && (!is_at_node || part.is_at(node))
                    });
                }
            }
        }
        let name = &*decision.exception_id;
        let reason =
            decision.reason.as_deref().map_or_else(String::new, |text| format!(": {text}"));
        let note = format!("{name} {}{reason}", resolution.name());
        for order in orders {
            self.note(order, subject.line, None, subject.node, Some(&note));
        }
        self.end(id, Outcome::Decided(resolution));
        for Concerned { order, line, .. } in lines {
            self.settle(order, line);
        }
        if let (Some(node), Some(sku)) = (subject.node, subject.sku)
            && resolution == Resolution::Cancel
        {
            self.compare_stock(node, sku);
        }
        Ok(())
    }

    pub(super) fn propose(&mut self, proposed: &ExceptionProposed) -> Done {
        let id = self.open_exception(&proposed.exception_id)?;
        let subject = self.state.exceptions[id].subject;
        let cost = proposed.cost.map(|cost| self.money(cost.0)).transpose();
        let cost = cost.map_err(|wrong| wrong.about(subject))?;
        let text = proposed.proposal.0.clone();
        self.state.exceptions[id].proposal = Some(Proposal { text, cost, event: self.event });
        Ok(())
    }

    pub(super) fn raise_for_planner(&mut self, raised: &ExceptionRaised) -> Done {
        let (order, line) = match &raised.line {
            Some(line) => {
                self.line(&raised.order_id, line).map(|(order, line)| (order, Some(line)))?
            }
            None => (self.order(&raised.order_id)?, None),
        };
        let subject = line.map_or(of_order(order), |line| of_line(order, line));
        let cause = match raised.cause.0 {
            PlannerCause::Unfillable => Cause::Unfillable,
            PlannerCause::DateAtRisk => Cause::DateAtRisk,
        };
        let of = &self.state.orders[order];
        let lines = of.lines.iter().enumerate();
        let mut concerned = lines.filter(|(at, _)| line.is_none_or(|only| only as usize == *at));
        let waits = concerned.any(|(_, line)| line.waits() > 0);
        if of.is_done() || (cause == Cause::Unfillable && !waits) {
            let detail = "nothing of it waits to be planned".to_owned();
            return Err(Contradiction { subject, detail });
        }
        let reason = raised.reason.as_deref();
        self.note(order, line, raised.quantity.map(|units| units.0), None, reason);
        let detail = reason.unwrap_or(cause.name()).to_owned();
        self.raise(cause, subject, raised.quantity.map(|units| units.0), detail);
        Ok(())
    }
}
