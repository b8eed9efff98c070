//! What time and progress do to exceptions: dates that pass or are met, units that no longer wait.

use crate::ids::{ExceptionId, OrderId};
use crate::orchestrate::state::apply::{Step, of_line, of_order};
use crate::orchestrate::state::{Cause, Outcome, Stage, Subject};

impl Step<'_> {
    /// Looks at the dates that have passed, and at the nodes that work again.
    pub(super) fn watch(&mut self) {
        let today = self.state.today();
        while let Some(&(day, order)) = self.state.due.first().filter(|(day, _)| *day < today) {
            self.state.due.remove(&(day, order));
            for line in 0..self.state.orders[order].lines.len() as u32 {
                self.settle(order, line);
            }
        }
        while let Some(&(day, node)) = self.state.reopening.first().filter(|(day, _)| *day <= today)
        {
            self.state.reopening.remove(&(day, node));
            self.open(node);
        }
    }

    /// Ends the exceptions of a line whose reason is gone, and raises one where its date is at
    /// risk.
    pub(super) fn settle(&mut self, order: OrderId, line: u32) {
        if !self.state.open_about.is_empty() {
            self.settle_units(order, line);
        }
        let risk = self.risk(order, line);
        let subject = of_line(order, line);
        let waits = self.state.orders[order].lines[line as usize].waits() > 0;
        match risk {
            Some(detail) if !self.was_decided(order, subject, &detail) => {
                self.raise(Cause::DateAtRisk, subject, None, detail);
            }
            // What the planner found of units that wait is not for the dates to judge.
            None if !waits => _ = self.pass(Cause::DateAtRisk, subject),
            _ => (),
        }
    }

    fn settle_units(&mut self, order: OrderId, line: u32) {
        for cause in [Cause::ShortPick, Cause::VendorReject] {
            for id in self.open_of(cause, order, line) {
                if self.state.orders[order].lines[line as usize].stopped_by(id) == 0 {
                    self.end(id, Outcome::Passed);
                }
            }
        }
        if self.state.orders[order].lines[line as usize].waits() == 0 {
            self.pass(Cause::Unfillable, of_line(order, line));
            if self.state.orders[order].lines.iter().all(|line| line.waits() == 0) {
                self.pass(Cause::Unfillable, of_order(order));
            }
        }
        for id in self.open_of(Cause::DateAtRisk, order, line) {
            let subject = self.state.exceptions[id].subject;
            if let (Some(node), Some(sku)) = (subject.node, subject.sku) {
                let of = &self.state.orders[order].lines[line as usize];
                let is_bound = of.portions.iter().any(|part| part.node() == Some(node));
                let stock = self.state.stock.get(&(node, sku));
                if !is_bound || stock.is_none_or(|stock| stock.shortfall() == 0) {
                    self.end(id, Outcome::Passed);
                }
            }
        }
        if self.state.orders[order].lines[line as usize].is_settled() {
            for id in self.open_of(Cause::PriceMismatch, order, line) {
                self.end(id, Outcome::Passed);
            }
        }
        if self.state.orders[order].is_done() {
            self.pass(Cause::DateAtRisk, of_order(order));
        }
    }

    /// The open exceptions of a cause about a line.
    fn open_of(&self, cause: Cause, order: OrderId, line: u32) -> Vec<ExceptionId> {
        let from = (cause, of_line(order, line));
        let to = (cause, of_line(order, line + 1));
        self.state.open_about.range(from..to).map(|(_, id)| *id).collect()
    }

    /// Whether the same was decided about before.
    fn was_decided(&self, order: OrderId, subject: Subject, detail: &str) -> bool {
        let known = self.state.orders[order].exceptions.iter().rev();
        let mut same = known
            .map(|id| &self.state.exceptions[*id])
            .filter(|known| known.cause == Cause::DateAtRisk && known.subject == subject);
        same.next().is_some_and(|last| {
            let is_decided =
                matches!(last.resolved, Some((Outcome::Rule | Outcome::Decided(_), _)));
            is_decided && &*last.detail == detail
        })
    }

    /// Why a line misses a date of its order, in words.
    fn risk(&self, order: OrderId, line: u32) -> Option<String> {
        let of = &self.state.orders[order];
        let (ship_by, deliver_by) = (of.terms.ship_by, of.terms.deliver_by);
        if ship_by.is_none() && deliver_by.is_none() {
            return None;
        }
        let today = self.state.today();
        let portions = of.lines[line as usize].portions.iter();
        let live = portions.filter(|part| !part.stage.is_final());
        live.filter_map(|part| {
            let way = part.way.as_deref();
            let is_away =
                part.stage == Stage::Shipped && way.is_some_and(|way| way.sent_to.is_none());
            if let Some(by) = deliver_by {
                if today > by {
                    return Some((0, format!("was to be delivered by {by}")));
                }
                if let Some(day) = way.map(|way| way.delivery_date).filter(|day| *day > by) {
                    return Some((2, format!("expected on {day}, wanted by {by}")));
                }
            }
            if let Some(by) = ship_by.filter(|_| !is_away) {
                if today > by {
                    return Some((1, format!("was to leave by {by}")));
                }
                if let Some(day) = way.map(|way| way.ship_date).filter(|day| *day > by) {
                    return Some((3, format!("leaves on {day}, wanted by {by}")));
                }
            }
            None
        })
        .min()
        .map(|(_, detail)| detail)
    }
}
