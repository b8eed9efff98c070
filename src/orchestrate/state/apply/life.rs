//! The life of a line's units from release to delivery, as nodes, carriers and vendors tell it.
//!
//! `accepted` and `packed` may be left out; the other stages follow each other. Units that left are
//! off the stock of their source.

use crate::ids::{ExceptionId, NodeId, OrderId, SkuId};
use crate::orchestrate::event::{
    LineAccepted, LineCancelled, LineDelivered, LinePacked, LinePicked, LinePickedUp, LineRecalled,
    LineRejected, LineReleased, LineShipped, Text, Units,
};
use crate::orchestrate::state::apply::{Contradiction, Done, Step, of_line, of_stock, units};
use crate::orchestrate::state::{Cause, Destination, Portion, Stage, Subject};
use crate::time::Day;
use crate::units::Quantity;

/// What an event about a line names: order, line, units and node.
pub(super) struct About {
    pub(super) order: OrderId,
    pub(super) line: u32,
    pub(super) wanted: Option<Quantity>,
    pub(super) node: Option<NodeId>,
}

impl About {
    pub(super) fn subject(&self) -> Subject {
        Subject { node: self.node, ..of_line(self.order, self.line) }
    }
}

impl Step<'_> {
    pub(super) fn about(
        &self,
        order: &str,
        line: &str,
        quantity: Option<Units>,
        node: &Option<Text>,
    ) -> Result<About, Contradiction> {
        let (order, line) = self.line(order, line)?;
        let node = self.optional_node(node).map_err(|wrong| wrong.about(of_line(order, line)))?;
        Ok(About { order, line, wanted: quantity.map(|units| units.0), node })
    }

    /// Moves units at a node to a stage.
    fn advance(&mut self, about: &About, from: &[Stage], to: Stage) -> Done {
        let node = about.node;
        let moved = self.shift(
            about.order,
            about.line,
            about.wanted,
            from,
            |part| part.is_at(node),
            |part| part.in_stage(to),
        );
        self.done(about, moved, None)
    }

    /// Writes the history of what was moved, and looks at what it settles.
    pub(super) fn done(
        &mut self,
        about: &About,
        moved: Result<Quantity, Contradiction>,
        note: Option<&str>,
    ) -> Done {
        let moved = moved.map_err(|wrong| Contradiction { subject: about.subject(), ..wrong })?;
        self.note(about.order, Some(about.line), Some(moved), about.node, note);
        self.settle(about.order, about.line);
        Ok(())
    }

    pub(super) fn release_line(&mut self, line: &LineReleased) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        self.not_held(about.order)?;
        self.advance(&about, &[Stage::Planned], Stage::Released)?;
        let order = &self.state.orders[about.order].lines[about.line as usize];
        let sources: Vec<NodeId> = order
            .portions
            .iter()
            .filter(|part| part.stage == Stage::Released)
            .filter_map(Portion::node)
            .collect();
        let sku = order.sku;
        sources.into_iter().for_each(|node| self.compare_stock(node, sku));
        Ok(())
    }

    /// Finds that an order waits.
    pub(super) fn not_held(&self, order: OrderId) -> Done {
        if self.state.orders[order].is_held() {
            let subject = Subject { order: Some(order), ..Subject::default() };
            return Err(Contradiction { subject, detail: "the order is held".to_owned() });
        }
        Ok(())
    }

    pub(super) fn recall_line(&mut self, line: &LineRecalled) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let node = about.node;
        let moved = self.shift(
            about.order,
            about.line,
            about.wanted,
            &[Stage::Planned, Stage::Released],
            |part| part.is_at(node),
            |part| Portion { way: None, ..part.in_stage(Stage::Open) },
        );
        self.done(&about, moved, line.reason.as_deref())
    }

    pub(super) fn accept_line(&mut self, line: &LineAccepted) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        self.advance(&about, &[Stage::Released], Stage::Accepted)
    }

    pub(super) fn pick_line(&mut self, line: &LinePicked) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        self.advance(&about, &[Stage::Accepted, Stage::Released], Stage::Picked)
    }

    pub(super) fn pack_line(&mut self, line: &LinePacked) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let node = about.node;
        let moved = self.shift(
            about.order,
            about.line,
            about.wanted,
            &[Stage::Picked],
            |part| part.is_at(node),
            |part| with_shipment(part.in_stage(Stage::Packed), &line.shipment_id),
        );
        self.done(&about, moved, None)
    }

    pub(super) fn reject_line(&mut self, line: &LineRejected) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let from = [Stage::Released, Stage::Accepted, Stage::Picked, Stage::Packed];
        let until = line.until.map(|date| date.0);
        self.stop(&about, &from, Cause::ShortPick, until, line.reason.as_deref())
    }

    /// Stops units that their source does not provide: they are an exception, and the source may
    /// not release the line again.
    pub(super) fn stop(
        &mut self,
        about: &About,
        from: &[Stage],
        cause: Cause,
        until: Option<Day>,
        reason: Option<&str>,
    ) -> Done {
        let (order, line) = (about.order, about.line);
        let portions = &self.state.orders[order].lines[line as usize].portions;
        let fitting = portions.iter().filter(|part| from.contains(&part.stage));
        let mut sources: Vec<NodeId> = fitting.filter_map(Portion::node).collect();
        sources.sort_unstable();
        sources.dedup();
        let source = match (about.node, sources.as_slice()) {
            (Some(node), _) => node,
            (None, [only]) => *only,
            (None, []) => return self.advance(about, from, Stage::Exception),
            (None, _) => {
                let detail = "the units come from several nodes, and none is named".to_owned();
                return Err(Contradiction { subject: about.subject(), detail });
            }
        };
        // The exception that the units are tied to is the next one to be raised.
        let next = ExceptionId(self.state.exceptions.len() as u32);
        let subject = Subject { node: Some(source), ..about.subject() };
        let id = self.state.open_about.get(&(cause, subject)).copied().unwrap_or(next);
        let fits = |part: &Portion| part.is_at(Some(source));
        let moved = self.shift(order, line, about.wanted, from, fits, |part| part.stopped(id));
        let moved = moved.map_err(|wrong| Contradiction { subject: about.subject(), ..wrong })?;
        self.note(order, Some(line), Some(moved), Some(source), reason);
        self.state.orders[order].lines[line as usize].exclude(source, until);
        let stopped = self.state.orders[order].lines[line as usize].stopped_by(id);
        let detail = reason.map_or_else(
            || format!("{} will not come from there", units(stopped.into())),
            str::to_owned,
        );
        self.raise(cause, subject, Some(stopped), detail);
        self.settle(order, line);
        let sku = self.state.orders[order].lines[line as usize].sku;
        self.compare_stock(source, sku);
        Ok(())
    }

    pub(super) fn ship_line(&mut self, line: &LineShipped) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let from = [Stage::Packed, Stage::Picked, Stage::Shipped];
        let leave = Leave {
            to: self.optional_node(&line.to_node).map_err(|wrong| wrong.about(about.subject()))?,
            service: &line.service,
            shipment: &line.shipment_id,
            delivery_date: line.delivery_date.map(|date| date.0),
            tracking: &line.tracking,
        };
        self.leave(&about, &from, &leave)
    }

    /// Sends units off from where they are: to the next node of their route, or to the customer.
    pub(super) fn leave(&mut self, about: &About, from: &[Stage], leave: &Leave<'_>) -> Done {
        let (order, line) = (about.order, about.line);
        let wrong = |wrong: Contradiction| Contradiction { subject: about.subject(), ..wrong };
        let service = self.service(leave.service).map_err(wrong)?;
        let is_pickup =
            matches!(self.state.orders[order].terms.destination, Destination::Pickup { .. });
        if is_pickup && leave.to.is_none() {
            let detail = "the order is collected, not sent to the customer".to_owned();
            return Err(Contradiction { subject: about.subject(), detail });
        }
        let left = self.leaving(about, from, |part| part.next_node() == Some(leave.to));
        let date = self.at.date();
        let moved = self.shift(
            order,
            line,
            about.wanted,
            from,
            |part| part.is_at(about.node) && part.next_node() == Some(leave.to),
            |part| {
                let mut part = with_shipment(part.in_stage(Stage::Shipped), leave.shipment);
                if let Some(way) = part.way.as_deref_mut() {
                    way.sent_to = leave.to;
                    if leave.to.is_none() {
                        way.ship_date = date;
                    }
                    way.service = service.or(way.service);
                    way.delivery_date = leave.delivery_date.unwrap_or(way.delivery_date);
                }
                part
            },
        );
        self.done(about, moved, leave.tracking.as_deref())?;
        self.take_off_stock(&left);
        Ok(())
    }

    /// The units that leave the stock of their source with a move of `about.wanted`: by source.
    fn leaving(
        &self,
        about: &About,
        from: &[Stage],
        fits: impl Fn(&Portion) -> bool,
    ) -> Vec<(NodeId, SkuId, Quantity)> {
        let line = &self.state.orders[about.order].lines[about.line as usize];
        let mut left = about.wanted.unwrap_or(Quantity::MAX);
        let mut leaving = Vec::new();
        for stage in from {
            let fitting = line
                .portions
                .iter()
                .filter(|part| part.stage == *stage && part.is_at(about.node) && fits(part));
            for part in fitting {
                let quantity = part.quantity.min(left);
                left -= quantity;
                if let Some(way) = part.way.as_deref().filter(|_| part.stage.is_committed()) {
                    leaving.push((way.source, line.sku, quantity));
                }
            }
        }
        leaving
    }

    /// Takes units that left off the stock of their source.
    fn take_off_stock(&mut self, left: &[(NodeId, SkuId, Quantity)]) {
        for &(node, sku, quantity) in left {
            let is_unlimited = self.state.nodes[node].unlimited_stock;
            let Some(stock) = self.state.stock.get_mut(&(node, sku)).filter(|_| !is_unlimited)
            else {
                continue;
            };
            let missing = quantity.saturating_sub(stock.on_hand);
            stock.on_hand = stock.on_hand.saturating_sub(quantity);
            if missing > 0 {
                let detail = format!("{} left that were not on hand", units(missing.into()));
                self.raise(Cause::StockDiscrepancy, of_stock(node, sku), Some(missing), detail);
            } else {
                self.compare_stock(node, sku);
            }
        }
    }

    pub(super) fn deliver_line(&mut self, line: &LineDelivered) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &None)?;
        let date = self.at.date();
        let moved = self.shift(
            about.order,
            about.line,
            about.wanted,
            &[Stage::Shipped],
            |part| part.is_on_the_way_in(&line.shipment_id),
            |part| delivered(part, date),
        );
        self.done(&about, moved, None)
    }

    pub(super) fn hand_over_line(&mut self, line: &LinePickedUp) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &line.node_id)?;
        let from = [Stage::Packed, Stage::Picked, Stage::Shipped];
        let left = self.leaving(&about, &from, |part| part.next_node() == Some(None));
        let (date, node) = (self.at.date(), about.node);
        let moved = self.shift(
            about.order,
            about.line,
            about.wanted,
            &from,
            |part| part.is_at(node) && part.next_node() == Some(None),
            |part| {
                let mut part = delivered(part, date);
                if let Some(way) = part.way.as_deref_mut() {
                    way.ship_date = date;
                }
                part
            },
        );
        self.done(&about, moved, None)?;
        self.take_off_stock(&left);
        Ok(())
    }

    pub(super) fn cancel_line(&mut self, line: &LineCancelled) -> Done {
        let about = self.about(&line.order_id, &line.line, line.quantity, &None)?;
        let moved = self.cancel_units(about.order, about.line, about.wanted, |_| true);
        self.done(&about, moved, line.reason.as_deref())
    }
}

/// How units leave a node.
pub(super) struct Leave<'e> {
    /// The node at the end of the lane; nothing for the customer.
    pub(super) to: Option<NodeId>,
    pub(super) service: &'e Option<Text>,
    pub(super) shipment: &'e Option<Text>,
    pub(super) delivery_date: Option<Day>,
    pub(super) tracking: &'e Option<Text>,
}

fn with_shipment(mut part: Portion, shipment: &Option<Text>) -> Portion {
    if let (Some(way), Some(shipment)) = (part.way.as_deref_mut(), shipment) {
        way.shipment = Some(shipment.0.clone());
    }
    part
}

fn delivered(part: Portion, date: Day) -> Portion {
    let mut part = part.in_stage(Stage::Delivered);
    if let Some(way) = part.way.as_deref_mut() {
        way.delivery_date = date;
        way.sent_to = None;
    }
    part
}

impl Portion {
    /// Where the units go next from where they are: the node after it on their route, or `None`
    /// within for the customer; nothing where they are at no node.
    fn next_node(&self) -> Option<Option<NodeId>> {
        let way = self.way.as_deref()?;
        let here = self.node()?;
        let passed = match self.stage {
            Stage::Shipped => way.via.iter().position(|node| *node == here)? + 1,
            _ => 0,
        };
        Some(way.via.get(passed).copied())
    }

    /// Whether the units are on the way to the customer, in a shipment where one is named.
    fn is_on_the_way_in(&self, shipment: &Option<Text>) -> bool {
        let Some(way) = self.way.as_deref() else { return false };
        let is_in = shipment.as_ref().is_none_or(|name| way.shipment.as_ref() == Some(&name.0));
        way.sent_to.is_none() && is_in
    }
}
