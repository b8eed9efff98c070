//! Stock: counted, received, corrected, reserved, and on its way.

use crate::domain::NodeKind;
use crate::ids::{NodeId, OrderId, SkuId};
use crate::orchestrate::event::{
    InboundAnnounced, InboundDelayed, StockAdjusted, StockCounted, StockReceived, StockReserved,
};
use crate::orchestrate::state::apply::{Contradiction, Done, Step, of_line, of_stock, units};
use crate::orchestrate::state::{Cause, Inbound, Stock, Subject};
use crate::time::Day;
use std::collections::BTreeMap;

/// The most units of an item at a node.
pub(super) const MOST_STOCK: u32 = 1_000_000_000;

impl Step<'_> {
    /// A place for stock: not a hub.
    fn place_of_stock(&self, node: &str, sku: &str) -> Result<(NodeId, SkuId), Contradiction> {
        let node_id = self.node(node)?;
        let subject = Subject { node: Some(node_id), ..Subject::default() };
        let sku = self.sku(sku).map_err(|wrong| wrong.about(subject))?;
        if self.state.nodes[node_id].kind == NodeKind::Hub {
            let detail = format!("{node} is a hub and holds no stock");
            return Err(Contradiction { subject, detail });
        }
        Ok((node_id, sku))
    }

    /// Finds that units cannot come where stock has no limit and there is none of the item: a row of
    /// it would say that there is no end of them.
    pub(super) fn takes(&self, place: (NodeId, SkuId)) -> Done {
        let (node, sku) = place;
        if !self.state.nodes[node].unlimited_stock || self.state.stock.contains_key(&place) {
            return Ok(());
        }
        let (name, item) = (self.state.node_names.name(node), self.state.sku_names.name(sku));
        let detail = format!("{name} has no {item}, and stock without limit of what it has");
        Err(Contradiction { subject: of_stock(node, sku), detail })
    }

    /// The row of stock, an empty one where there was none.
    pub(super) fn stock(&mut self, place: (NodeId, SkuId)) -> &mut Stock {
        self.state.stock.entry(place).or_insert_with(|| Stock::new(0, 0, 0, BTreeMap::new()))
    }

    /// Sets what is on hand, and compares it with what is bound.
    fn set_on_hand(&mut self, place: (NodeId, SkuId), on_hand: Option<u32>) -> Done {
        let Some(on_hand) = on_hand.filter(|units| *units <= MOST_STOCK) else {
            let detail = format!("more than {MOST_STOCK} units, or fewer than none, on hand");
            return Err(Contradiction { subject: of_stock(place.0, place.1), detail });
        };
        self.stock(place).on_hand = on_hand;
        self.compare_stock(place.0, place.1);
        Ok(())
    }

    /// Raises an exception where stock does not cover what is bound to it, and passes one where it
    /// does again.
    pub(super) fn compare_stock(&mut self, node: NodeId, sku: SkuId) {
        if self.state.nodes[node].unlimited_stock {
            return;
        }
        let Some(stock) = self.state.stock.get(&(node, sku)) else { return };
        let subject = of_stock(node, sku);
        match stock.shortfall() {
            0 => {
                if self.pass(Cause::StockDiscrepancy, subject) {
                    let bound: Vec<_> = stock_lines(&self.state.stock, (node, sku));
                    bound.into_iter().for_each(|(order, line)| self.settle(order, line));
                }
            }
            short => {
                let detail = format!(
                    "{} on hand, {} bound: short by {short}",
                    stock.on_hand,
                    stock.committed()
                );
                let short = u32::try_from(short).unwrap_or(u32::MAX);
                self.raise(Cause::StockDiscrepancy, subject, Some(short), detail);
            }
        }
    }

    /// Passes the discrepancies of stock that units were freed from, where it covers the rest.
    pub(super) fn compare_freed(&mut self) {
        for (node, sku) in std::mem::take(&mut self.freed) {
            let about = (Cause::StockDiscrepancy, of_stock(node, sku));
            if self.state.open_about.contains_key(&about) {
                self.compare_stock(node, sku);
            }
        }
    }

    pub(super) fn count(&mut self, count: &StockCounted) -> Done {
        let place = self.place_of_stock(&count.node_id, &count.sku)?;
        if let Some(safety_stock) = count.safety_stock {
            self.stock(place).safety_stock = safety_stock.0;
        }
        self.set_on_hand(place, Some(count.on_hand.0))
    }

    pub(super) fn receive(&mut self, receipt: &StockReceived) -> Done {
        let place = self.place_of_stock(&receipt.node_id, &receipt.sku)?;
        self.takes(place)?;
        let subject = of_stock(place.0, place.1);
        let inbound = match &receipt.inbound_id {
            None => None,
            Some(name) => match self.state.inbound_names.get(name) {
                Some(id) if (self.state.inbound[id].node, self.state.inbound[id].sku) == place => {
                    Some(id)
                }
                Some(_) => {
                    let detail = format!("the inbound {} is another item's or node's", &**name);
                    return Err(Contradiction { subject, detail });
                }
                None => {
                    let detail = format!("the inbound {} is unknown", &**name);
                    return Err(Contradiction { subject, detail });
                }
            },
        };
        let on_hand = self.stock(place).on_hand.checked_add(receipt.quantity.0);
        if on_hand.is_none_or(|units| units > MOST_STOCK) {
            return self.set_on_hand(place, None);
        }
        if let Some(id) = inbound {
            let Inbound { date, quantity, .. } = self.state.inbound[id];
            // What comes above what was announced was not on its way.
            let left = quantity.saturating_sub(receipt.quantity.0);
            self.move_inbound(place, Some((date, quantity)), Some((date, left)));
            self.state.inbound[id].quantity = left;
        }
        self.set_on_hand(place, on_hand)
    }

    pub(super) fn adjust(&mut self, adjustment: &StockAdjusted) -> Done {
        let place = self.place_of_stock(&adjustment.node_id, &adjustment.sku)?;
        self.takes(place)?;
        let on_hand = self.state.stock.get(&place).map_or(0, |stock| stock.on_hand);
        let after = on_hand.checked_add_signed(adjustment.change.0);
        if after.is_none() {
            let detail = format!(
                "{} fewer than the {on_hand} on hand",
                units(adjustment.change.0.unsigned_abs().into())
            );
            return Err(Contradiction { subject: of_stock(place.0, place.1), detail });
        }
        self.set_on_hand(place, after)
    }

    pub(super) fn reserve(&mut self, reservation: &StockReserved) -> Done {
        let place = self.place_of_stock(&reservation.node_id, &reservation.sku)?;
        self.takes(place)?;
        self.stock(place).reserved = reservation.reserved.0;
        self.compare_stock(place.0, place.1);
        Ok(())
    }

    pub(super) fn announce(&mut self, inbound: &InboundAnnounced) -> Done {
        let place = self.place_of_stock(&inbound.node_id, &inbound.sku)?;
        self.takes(place)?;
        if self.state.inbound_names.add(&inbound.inbound_id).is_none() {
            let detail = format!("the inbound {} is announced already", &*inbound.inbound_id);
            return Err(Contradiction { subject: of_stock(place.0, place.1), detail });
        }
        let (date, quantity) = (inbound.date.0, inbound.quantity.0);
        let (node, sku) = place;
        self.state.inbound.push(Inbound { node, sku, date, quantity });
        self.move_inbound(place, None, Some((date, quantity)));
        self.compare_stock(node, sku);
        Ok(())
    }

    pub(super) fn delay(&mut self, delay: &InboundDelayed) -> Done {
        let Some(id) = self.state.inbound_names.get(&delay.inbound_id) else {
            let detail = format!("the inbound {} is unknown", &*delay.inbound_id);
            return Err(Contradiction { subject: Subject::default(), detail });
        };
        let Inbound { node, sku, date, quantity } = self.state.inbound[id];
        if quantity == 0 {
            let detail = format!("nothing of the inbound {} is to come", &*delay.inbound_id);
            return Err(Contradiction { subject: of_stock(node, sku), detail });
        }
        let later = delay.date.0;
        let left = delay.quantity.map_or(quantity, |count| count.0.min(MOST_STOCK));
        self.move_inbound((node, sku), Some((date, quantity)), Some((later, left)));
        self.state.inbound[id] = Inbound { node, sku, date: later, quantity: left };
        let stock = self.stock((node, sku));
        let short = if stock.shortfall() > 0 { stock.short_lines() } else { Vec::new() };
        for (order, line, _) in short {
            let subject = Subject { node: Some(node), sku: Some(sku), ..of_line(order, line) };
            let detail = format!("the inbound {} comes on {later}", &*delay.inbound_id);
            self.raise(Cause::DateAtRisk, subject, None, detail);
        }
        self.compare_stock(node, sku);
        Ok(())
    }

    /// Replaces units on their way by others.
    fn move_inbound(
        &mut self,
        place: (NodeId, SkuId),
        from: Option<(Day, u32)>,
        to: Option<(Day, u32)>,
    ) {
        let inbound = &mut self.stock(place).inbound;
        if let Some((date, units)) = from
            && let Some(left) = inbound.get_mut(&date)
        {
            *left = left.saturating_sub(units);
            if *left == 0 {
                inbound.remove(&date);
            }
        }
        if let Some((date, units)) = to.filter(|(_, units)| *units > 0) {
            let there = inbound.entry(date).or_insert(0);
            *there = there.saturating_add(units);
        }
    }
}

/// The lines that units of a row of stock are bound to.
fn stock_lines(
    stock: &BTreeMap<(NodeId, SkuId), Stock>,
    place: (NodeId, SkuId),
) -> Vec<(OrderId, u32)> {
    let bound = stock.get(&place).into_iter().flat_map(Stock::bound);
    bound.map(|((_, order, line), _)| (order, line)).collect()
}
