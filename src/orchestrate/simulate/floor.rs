//! The shop floor: what becomes of units that are released to their source.
//!
//! A node accepts at once, picks from its opening on the release date, hands over to the carrier after
//! its cutoff, and the carrier is as fast as its service says. A node fails to find a share of the
//! lines, its `reject_rate`: then the line is rejected, the units are wrong on the books, and a count
//! in the evening says so. Until then others are planned on them, and rejected too.

use super::agenda::{Load, Task};
use super::chance::is_short;
use super::world::World;
use crate::domain::NodeKind;
use crate::ids::{NodeId, SkuId};
use crate::network::Hop;
use crate::options::{Decision, offered_zone};
use crate::orchestrate::event::{
    Change, Count, LineAccepted, LineDelivered, LinePacked, LinePicked, LinePickedUp, LineRejected,
    LineShipped, StockCounted, Text, Units, VendorAcknowledged, VendorRejected, VendorShipped,
};
use crate::orchestrate::state::Stage;
use crate::time::Day;
use jiff::Timestamp;

impl World<'_> {
    fn is_vendor(&self, node: NodeId) -> bool {
        self.series.wave.nodes[node].kind == NodeKind::Vendor
    }

    fn sku(&self, load: &Load) -> SkuId {
        self.series.wave.lines[self.series.line(load.order, load.line)].sku
    }

    /// The sources of a line take what was released to them.
    pub(super) fn accept(&mut self, at: Timestamp, order: &str, line: &str) {
        let Some((order, known)) = self.state.order(order) else { return };
        let Some(line) = known.line(line) else { return };
        let portions = self.state.orders[order].lines[line as usize].portions.iter();
        let released = portions.filter(|part| part.stage == Stage::Released);
        let loads: Vec<Load> = released
            .filter_map(|part| {
                let way = part.way.as_deref()?.clone();
                Some(Load { order, line, quantity: part.quantity, way, hops: Vec::new() })
            })
            .collect();
        for load in loads {
            let source = load.way.source;
            let (order_id, line) = self.names(load.order, load.line);
            let quantity = Some(Units(load.quantity));
            let node_id = Some(self.node_name(source));
            let local = self.hours(source).local(at);
            let change = match self.is_vendor(source) {
                true => Change::VendorAcknowledged(VendorAcknowledged {
                    order_id,
                    line,
                    quantity,
                    node_id,
                    ship_date: None,
                    delivery_date: None,
                }),
                false => Change::LineAccepted(LineAccepted { order_id, line, quantity, node_id }),
            };
            self.happen(&local, change);
            let due = self.hours(source).picks(load.way.release_date);
            self.agenda.add(due.max(at), Task::Pick(load));
        }
    }

    /// A source takes units off its shelf, if it finds them.
    pub(super) fn pick(&mut self, at: Timestamp, load: Load) {
        let source = load.way.source;
        let place = (source, self.sku(&load));
        let rate = self.series.wave.nodes[source].reject_rate;
        let is_short = is_short(self.seed, rate, load.order, load.line, source);
        let on_shelf = self.on_shelf(place);
        if is_short || on_shelf.is_some_and(|units| units < load.quantity) {
            if let (true, Some(units)) = (is_short, on_shelf) {
                *self.missing.entry(place).or_default() += units.min(load.quantity);
            }
            return self.reject(at, &load);
        }
        if !self.is_vendor(source) {
            let (order_id, line) = self.names(load.order, load.line);
            let picked = LinePicked {
                order_id,
                line,
                quantity: Some(Units(load.quantity)),
                node_id: Some(self.node_name(source)),
            };
            let local = self.hours(source).local(at);
            self.happen(&local, Change::LinePicked(picked));
        }
        *self.picked.entry(place).or_default() += load.quantity;
        let leaves = load.way.departs.first().copied().unwrap_or(load.way.ship_date);
        self.depart_on(at, leaves, load);
    }

    /// Units that can be picked; nothing where there is no end of them.
    fn on_shelf(&self, place: (NodeId, SkuId)) -> Option<u32> {
        if self.series.wave.nodes[place.0].unlimited_stock {
            return None;
        }
        let there = self.state.stock.get(&place).map_or(0, |stock| stock.on_hand);
        let gone = [&self.picked, &self.missing].map(|units| units.get(&place).copied());
        Some(gone.into_iter().flatten().fold(there, u32::saturating_sub))
    }

    fn reject(&mut self, at: Timestamp, load: &Load) {
        let source = load.way.source;
        let (order_id, line) = self.names(load.order, load.line);
        let quantity = Some(Units(load.quantity));
        let node_id = Some(self.node_name(source));
        let local = self.hours(source).local(at);
        let is_vendor = self.is_vendor(source);
        let change = match is_vendor {
            true => Change::VendorRejected(VendorRejected {
                order_id,
                line,
                quantity,
                node_id,
                until: None,
                reason: Some(Text::from("cannot be provided")),
            }),
            false => Change::LineRejected(LineRejected {
                order_id,
                line,
                quantity,
                node_id,
                until: None,
                reason: Some(Text::from("not found on the shelf")),
            }),
        };
        self.happen(&local, change);
        self.rejections += 1;
        let place = (source, self.sku(load));
        if self.missing.contains_key(&place) {
            let evening = self.hours(source).counts(self.hours(source).date(at));
            self.agenda.add(evening.max(at), Task::Count(place.0, place.1));
        }
    }

    /// A node counts an item, picked units among it.
    pub(super) fn count(&mut self, at: Timestamp, node: NodeId, sku: SkuId) {
        let Some(missing) = self.missing.remove(&(node, sku)) else { return };
        let there = self.state.stock.get(&(node, sku)).map_or(0, |stock| stock.on_hand);
        let counted = StockCounted {
            node_id: self.node_name(node),
            sku: self.sku_name(sku),
            on_hand: Count(there.saturating_sub(missing)),
            safety_stock: None,
        };
        let local = self.hours(node).local(at);
        self.happen(&local, Change::StockCounted(counted));
    }

    /// Plans that units leave where they are on a day, or as soon after it as they can.
    fn depart_on(&mut self, at: Timestamp, day: Day, load: Load) {
        let here = node_at(&load);
        let hours = self.hours(here);
        let leaves = hours.leaves(day.max(hours.date(at)));
        self.agenda.add(leaves.max(at), Task::Depart(load));
    }

    /// Units leave a node: over the next lane of their route, or to their customer.
    pub(super) fn depart(&mut self, at: Timestamp, mut load: Load) {
        let here = node_at(&load);
        let (order_id, line) = self.names(load.order, load.line);
        let quantity = Some(Units(load.quantity));
        let node_id = Some(self.node_name(here));
        let local = self.hours(here).local(at);
        let today = self.hours(here).date(at);
        let is_first = load.hops.is_empty();
        let shipment_id = load.way.shipment.as_deref().map(Text::from);
        if is_first && !self.is_vendor(here) {
            let packed = LinePacked {
                order_id: order_id.clone(),
                line: line.clone(),
                quantity,
                node_id: node_id.clone(),
                shipment_id: shipment_id.clone(),
            };
            self.happen(&local, Change::LinePacked(packed));
        }
        let next = load.way.via.get(load.hops.len()).copied();
        let service = load.way.service;
        let delivery_date = match next {
            None => self.delivery(&load, today),
            Some(_) => None,
        };
        let to_node = next.map(|node| self.node_name(node));
        let change = if next.is_none() && service.is_none() {
            Change::LinePickedUp(LinePickedUp { order_id, line, quantity, node_id })
        } else if is_first && self.is_vendor(here) {
            Change::VendorShipped(VendorShipped {
                order_id,
                line,
                quantity,
                node_id,
                to_node,
                service: None,
                shipment_id,
                delivery_date: delivery_date.map(crate::orchestrate::event::Date),
                tracking: None,
            })
        } else {
            Change::LineShipped(LineShipped {
                order_id,
                line,
                quantity,
                node_id,
                to_node,
                service: None,
                shipment_id,
                delivery_date: delivery_date.map(crate::orchestrate::event::Date),
                tracking: None,
            })
        };
        self.happen(&local, change);
        if is_first {
            let picked = self.picked.entry((here, self.sku(&load))).or_default();
            *picked = picked.saturating_sub(load.quantity);
        }
        match next {
            Some(next) => self.over_lane(at, (here, next), today, load),
            None => {
                self.done.push(Decision {
                    line: self.series.line(load.order, load.line),
                    ship_date: today,
                    source: load.way.source,
                    hops: load.hops.clone(),
                    node: here,
                    service,
                    quantity: load.quantity,
                });
                if service.is_some() {
                    load.way.delivery_date = delivery_date.unwrap_or(load.way.delivery_date);
                    let due = self.hours(here).delivers(load.way.delivery_date);
                    self.agenda.add(due.max(at), Task::Deliver(load));
                }
            }
        }
    }

    /// Units move to the next node, where they wait for their next departure.
    fn over_lane(&mut self, at: Timestamp, lane: (NodeId, NodeId), today: Day, mut load: Load) {
        let mut lanes = self.series.wave.lanes.enumerate();
        // The plan was made over the lanes of the wave.
        let Some((id, terms)) = lanes.find(|(_, known)| (known.from, known.to) == lane) else {
            return;
        };
        load.hops.push(Hop { lane: id, departs: today });
        let planned = load.way.departs.get(load.hops.len()).copied();
        let leaves = planned.unwrap_or(load.way.ship_date);
        self.depart_on(at, leaves.max(today.plus(terms.transit_days)), load);
    }

    /// When a parcel that leaves today is with its customer.
    fn delivery(&self, load: &Load, today: Day) -> Option<Day> {
        let wave = &self.series.wave;
        let service = load.way.service?;
        let (zone, _) = offered_zone(wave, load.order, node_at(load), service)?;
        Some(wave.services[service].delivery_date(today, zone.transit_days))
    }

    /// The carrier hands units over.
    pub(super) fn deliver(&mut self, at: Timestamp, load: &Load) {
        let (order_id, line) = self.names(load.order, load.line);
        let local = self.hours(node_at(load)).local(at);
        let delivered = LineDelivered {
            order_id,
            line,
            quantity: Some(Units(load.quantity)),
            shipment_id: load.way.shipment.as_deref().map(Text::from),
        };
        self.happen(&local, Change::LineDelivered(delivered));
    }
}

/// Where units are.
fn node_at(load: &Load) -> NodeId {
    match load.hops.len() {
        0 => load.way.source,
        passed => load.way.via.get(passed - 1).copied().unwrap_or(load.way.source),
    }
}
