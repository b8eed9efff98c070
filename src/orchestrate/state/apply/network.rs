//! Nodes that close, open again and change what they can do; the price list.

use crate::domain::Capacity;
use crate::ids::{NodeId, OrderId, SkuId};
use crate::orchestrate::event::{CapacityChanged, NodeClosed, NodeReopened, PriceChanged};
use crate::orchestrate::state::apply::{Contradiction, Done, Step, units};
use crate::orchestrate::state::{Cause, Closure, Subject};

/// What an exception about a node is about.
pub(super) fn of_node(node: NodeId) -> Subject {
    Subject { node: Some(node), ..Subject::default() }
}

impl Step<'_> {
    pub(super) fn close(&mut self, closed: &NodeClosed) -> Done {
        let node = self.node(&closed.node_id)?;
        let from = self.at.date();
        let until = closed.until.map(|date| date.0);
        if until.is_some_and(|until| until <= from) {
            let detail = "it works again before it closes".to_owned();
            return Err(Contradiction { subject: of_node(node), detail });
        }
        // A node that is closed already is closed longer or shorter from now on.
        if let Some(Closure { until: Some(day), .. }) = self.state.nodes[node].closed {
            self.state.reopening.remove(&(day, node));
        }
        let from = self.state.nodes[node].closed.map_or(from, |known| known.from);
        self.state.nodes[node].closed = Some(Closure { from, until });
        self.state.reopening.extend(until.map(|day| (day, node)));
        let bound = self.bound_at(node);
        let quantity: u64 = bound.iter().map(|(_, _, units)| u64::from(*units)).sum();
        let mut detail = match closed.until {
            Some(date) => format!("closed until {date}, {} bound to it", units(quantity)),
            None => format!("closed, {} bound to it", units(quantity)),
        };
        if let Some(reason) = &closed.reason {
            detail = format!("{}: {detail}", &**reason);
        }
        for (order, line, units) in bound {
            self.note(order, Some(line), Some(units), Some(node), closed.reason.as_deref());
        }
        let quantity = u32::try_from(quantity).unwrap_or(u32::MAX);
        self.raise(Cause::NodeOutage, of_node(node), Some(quantity), detail);
        Ok(())
    }

    /// Units that are bound to the stock of a node, by order and line.
    pub(super) fn bound_at(&self, node: NodeId) -> Vec<(OrderId, u32, u32)> {
        let rows = self.state.stock.range((node, SkuId(0))..=(node, SkuId(u32::MAX)));
        let bound = rows.flat_map(|(_, stock)| stock.bound());
        let mut bound: Vec<_> =
            bound.map(|((_, order, line), units)| (order, line, units)).collect();
        bound.sort_unstable();
        bound.dedup_by(|next, first| {
            let is_same = (next.0, next.1) == (first.0, first.1);
            if is_same {
                first.2 += next.2;
            }
            is_same
        });
        bound
    }

    /// The orders with units at a closed node that were to leave before it works again.
    pub(super) fn stranded_at(&self, node: NodeId) -> Vec<OrderId> {
        let rows = self.state.stock.range((node, SkuId(0))..=(node, SkuId(u32::MAX)));
        let bound = rows.flat_map(|(_, stock)| stock.bound());
        let stranded = bound.filter(|((day, ..), _)| self.state.nodes[node].is_stranded(*day));
        let mut orders: Vec<OrderId> = stranded.map(|((_, order, _), _)| order).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    pub(super) fn reopen(&mut self, reopened: &NodeReopened) -> Done {
        let node = self.node(&reopened.node_id)?;
        match self.state.nodes[node].closed {
            Some(closed) => {
                if let Some(day) = closed.until {
                    self.state.reopening.remove(&(day, node));
                }
                self.open(node);
                Ok(())
            }
            None => {
                let detail = "the node is not closed".to_owned();
                Err(Contradiction { subject: of_node(node), detail })
            }
        }
    }

    /// A closed node works again.
    pub(super) fn open(&mut self, node: NodeId) {
        self.state.nodes[node].closed = None;
        self.pass(Cause::NodeOutage, of_node(node));
    }

    pub(super) fn set_capacity(&mut self, change: &CapacityChanged) -> Done {
        let node = self.node(&change.node_id)?;
        let cost = self.price(change.overload_cost).map_err(|wrong| wrong.about(of_node(node)))?;
        let row = Capacity {
            date: change.date.map(|date| date.0),
            unit: change.unit.0,
            capacity: change.capacity.0,
            overload: change.overload.map_or(crate::units::Decimal::ZERO, |work| work.0),
            overload_cost: cost,
        };
        let rows = &mut self.state.nodes[node].capacities;
        match rows.iter_mut().find(|known| (known.date, known.unit) == (row.date, row.unit)) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
        Ok(())
    }

    pub(super) fn set_price(&mut self, change: &PriceChanged) -> Done {
        let sku = self.sku(&change.sku)?;
        let subject = Subject { sku: Some(sku), ..Subject::default() };
        let price = self.money(change.unit_price.0).map_err(|wrong| wrong.about(subject))?;
        self.state.prices.insert(sku, price);
        Ok(())
    }
}
