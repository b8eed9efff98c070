//! Placing lines of an order at a node: the first day with stock and room, the cheapest service in
//! time, joining a shipment that leaves there anyway.

use crate::domain::{CostKey, Journey, NodeKind};
use crate::ids::{NodeId, ServiceId};
use crate::network::Hop;
use crate::options::{
    Decision, Freight, Planner, carbon, customer_km, freight, lateness_cost, line_bar,
    shipment_co2, zone,
};
use crate::strategies::desk::{Desk, OpenLine, Pass};
use crate::strategies::floor::parcel_kg;
use crate::strategies::room::Work;
use crate::time::Day;
use crate::units::Decimal;

/// How the wanted lines could leave a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    pub node: NodeId,
    /// Into the node's window.
    pub day: usize,
    pub ship_date: Day,
    /// Which of the node's services, with its zone; nothing where the order is handed over.
    pub offer: Option<Quote>,
    /// The shipment that the lines join.
    pub joins: Option<usize>,
    pub late_days: u32,
    pub work: Work,
}

/// A service of a node with what it asks for the shipment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    pub at: usize,
    pub service: ServiceId,
    pub km: f64,
    /// Of the whole shipment, joined lines included.
    pub freight: Freight,
}

/// Why there is no service on a day.
enum NoService {
    /// All that take the lines are late: so they are on every later day.
    Late,
    /// Another day may do.
    NotThen,
    /// None takes the lines at all.
    Never,
}

impl Desk<'_> {
    /// How the wanted lines could leave a node that has them all.
    pub fn find(&mut self, node: NodeId, pass: Pass) -> Option<Placement> {
        if self.locate(node) { self.find_from(node, Day(i32::MIN), true, pass) } else { None }
    }

    /// Finds the source of each wanted line at a node; whether it has them all.
    pub fn locate(&mut self, node: NodeId) -> bool {
        self.rows.clear();
        for &at in &self.wanted {
            match self.room.source_at(self.lines[at].sku, node) {
                Some(row) => self.rows.push(row),
                None => return false,
            }
        }
        true
    }

    /// How the wanted lines could leave a node on a day from `earliest` on; `own` where they come
    /// from its stock.
    pub fn find_from(
        &mut self,
        node: NodeId,
        earliest: Day,
        own: bool,
        pass: Pass,
    ) -> Option<Placement> {
        let wave = self.planner.wave;
        if !self.may_end_at(node) {
            return None;
        }
        let window = wave.window(node);
        for joins in 0..self.made_count {
            if self.made[joins].node != node || self.made[joins].gone {
                continue;
            }
            let ship_date = self.made[joins].ship_date;
            let Ok(day) = window.binary_search(&ship_date) else { continue };
            if ship_date < earliest || (own && !self.has_stock(node, ship_date, pass)) {
                continue;
            }
            let work = self.work(node, Some(joins));
            if !self.room.fits(node, day, &work, pass.overload) {
                continue;
            }
            let made = Placement {
                node,
                day,
                ship_date,
                offer: None,
                joins: Some(joins),
                late_days: 0,
                work,
            };
            if let Some(found) = self.join(made, pass) {
                return Some(found);
            }
        }
        if self.shipments_left == 0 {
            return None;
        }
        let work = self.work(node, None);
        let first = window.partition_point(|day| *day < earliest);
        for (day, &ship_date) in window.iter().enumerate().skip(first) {
            if own && !self.has_stock(node, ship_date, pass) {
                continue;
            }
            if !self.room.fits(node, day, &work, pass.overload) {
                continue;
            }
            let found =
                Placement { node, day, ship_date, offer: None, joins: None, late_days: 0, work };
            match self.serve_by(found, pass) {
                Ok(found) => return Some(found),
                Err(NoService::NotThen) => {}
                Err(NoService::Late | NoService::Never) => return None,
            }
        }
        None
    }

    /// Kilometres to the customer, worked out once for each order and node.
    fn km(&mut self, node: NodeId) -> f64 {
        if self.km_of[node].0 != Some(self.order) {
            self.km_of[node] = (Some(self.order), customer_km(self.planner.wave, self.order, node));
        }
        self.km_of[node].1
    }

    /// Whether a node may hand over shipments of the order.
    pub fn may_end_at(&self, node: NodeId) -> bool {
        let (wave, model) = (self.planner.wave, self.planner.model);
        let from = &wave.nodes[node];
        match &wave.orders[self.order].journey {
            Journey::Ship(place) => {
                let max = model.rules.max_distance_km;
                from.ships
                    && from.country == place.country
                    && max.is_none_or(|max| customer_km(wave, self.order, node) <= max)
            }
            Journey::Pickup { node: chosen, radius_km } => {
                let near = node == *chosen
                    || (*radius_km > 0.0 && self.is_within(node, *chosen, *radius_km));
                from.pickup && near
            }
        }
    }

    /// Whether the wanted lines may leave the node that they were located at on a day.
    pub fn has_stock(&self, node: NodeId, day: Day, pass: Pass) -> bool {
        let wave = self.planner.wave;
        let keeps = wave.nodes[node].kind == NodeKind::Store;
        let kept = if keeps { pass.ring_fence } else { 0 };
        self.wanted.iter().zip(&self.rows).enumerate().all(|(position, (&at, &row))| {
            let line = &self.lines[at];
            // Lines of the same item share the stock.
            let before = self.wanted[..position].iter().zip(&self.rows);
            let shared = before.filter(|(_, other)| **other == row);
            let taken: i64 = shared.map(|(at, _)| i64::from(self.lines[*at].quantity)).sum();
            let wanted = taken + i64::from(line.quantity);
            self.room.available(row, day) - kept >= wanted
                && (wave.exclusions.is_empty() || !wave.is_excluded(line.id, node, day))
        })
    }

    /// The work of the wanted lines at a node, beyond that of the shipment that they join.
    pub fn work(&self, node: NodeId, joins: Option<usize>) -> Work {
        let wave = self.planner.wave;
        let there = joins.map_or(&[][..], |joins| &self.made[joins].contents);
        let (mut units, mut lines, mut minutes) = (0_i64, 0_i64, 0_i64);
        for &at in &self.wanted {
            let line = &self.lines[at];
            units += i64::from(line.quantity);
            lines += i64::from(there.iter().all(|content| content.line != line.id.0));
            if !wave.node_items.is_empty() && !wave.nodes[node].capacities.is_empty() {
                minutes += wave.node_item(node, line.sku).minutes.0 * i64::from(line.quantity);
            }
        }
        let shipments = i64::from(joins.is_none());
        [units * Decimal::SCALE, lines * Decimal::SCALE, shipments * Decimal::SCALE, minutes]
    }

    /// Puts the contents of a shipment and the wanted lines into the buffer.
    fn fill_contents(&mut self, joins: Option<usize>) {
        self.contents.clear();
        if let Some(joins) = joins {
            self.contents.extend_from_slice(&self.made[joins].contents);
        }
        let wanted = self.wanted.iter().map(|at| &self.lines[*at]);
        self.contents.extend(wanted.map(OpenLine::content));
    }

    fn takes_wanted(&self, service: ServiceId) -> bool {
        let wave = self.planner.wave;
        self.wanted.iter().all(|at| line_bar(wave, self.lines[*at].id, service).is_none())
    }

    /// Lets the wanted lines join the shipment, if its service takes them in time.
    fn join(&mut self, found: Placement, pass: Pass) -> Option<Placement> {
        let wave = self.planner.wave;
        let joins = found.joins?;
        let Some(service) = self.made[joins].service else {
            let late_days = wave.late_days(self.order, found.ship_date, found.ship_date);
            let barred = self.is_barred_late(late_days, pass);
            return (!barred).then_some(Placement { late_days, ..found });
        };
        let offers = &wave.nodes[found.node].services;
        let at = offers.iter().position(|offer| offer.service == service)?;
        if !self.takes_wanted(service) {
            return None;
        }
        self.fill_contents(Some(joins));
        let km = self.km(found.node);
        let (late_days, quote) = self.quote(&found, at, km, pass).ok()?;
        Some(Placement { offer: Some(quote), late_days, ..found })
    }

    /// The service of a new shipment: the least late, then the cheapest.
    fn serve_by(&mut self, found: Placement, pass: Pass) -> Result<Placement, NoService> {
        let wave = self.planner.wave;
        if wave.destination(self.order).is_none() {
            let late_days = wave.late_days(self.order, found.ship_date, found.ship_date);
            if self.is_barred_late(late_days, pass) {
                return Err(NoService::Late);
            }
            // The shipment of that day that could not be joined stays as it is.
            let taken = self.made_at(found.node, None, found.ship_date).is_some();
            return if taken {
                Err(NoService::NotThen)
            } else {
                Ok(Placement { late_days, ..found })
            };
        }
        self.fill_contents(None);
        let km = self.km(found.node);
        let kg = parcel_kg(wave, self.contents.iter().copied());
        let mut best: Option<([f64; 2], u32, Quote)> = None;
        let mut why = NoService::Never;
        for at in 0..wave.nodes[found.node].services.len() {
            let service = wave.nodes[found.node].services[at].service;
            if !self.takes_wanted(service) {
                continue;
            }
            if pass.by_cost
                && best.as_ref().zip(kg).is_some_and(|((rank, ..), kg)| {
                    self.freight_floor(found.node, Some(service), kg) > rank[0]
                })
            {
                continue;
            }
            let taken = self.made_at(found.node, Some(service), found.ship_date).is_some();
            match if taken { Err(NoService::NotThen) } else { self.quote(&found, at, km, pass) } {
                Ok((late_days, quote)) => {
                    let rank = self.service_rank(late_days, &quote, pass);
                    if best.as_ref().is_none_or(|(least, _, _)| rank < *least) {
                        best = Some((rank, late_days, quote));
                    }
                }
                Err(NoService::NotThen) => why = NoService::NotThen,
                Err(NoService::Late) if matches!(why, NoService::Never) => why = NoService::Late,
                Err(_) => {}
            }
        }
        let (_, late_days, quote) = best.ok_or(why)?;
        Ok(Placement { offer: Some(quote), late_days, ..found })
    }

    /// What a parcel of `kg` costs at least from a node, by a service or by any, weighted, in minor
    /// units; nothing where the order is fetched.
    pub fn freight_floor(&self, node: NodeId, service: Option<ServiceId>, kg: Decimal) -> f64 {
        let is_fetched = self.planner.wave.destination(self.order).is_none();
        let Some(floors) = self.floors.as_ref().filter(|_| !is_fetched) else { return 0.0 };
        let nearness = self.nearness(node);
        let floor = match service {
            Some(service) => floors.of_service(service, nearness, kg),
            None => floors.of_node(node, nearness, kg),
        };
        self.planner.model.weight(CostKey::ParcelFreight).to_f64() * floor
    }

    /// The smaller, the better the service.
    fn service_rank(&self, late_days: u32, quote: &Quote, pass: Pass) -> [f64; 2] {
        if !pass.by_cost {
            return [f64::from(late_days), quote.freight.amount.0 as f64];
        }
        let (wave, model) = (self.planner.wave, self.planner.model);
        let late = lateness_cost(wave, model, self.order, late_days).0 as f64;
        let late = model.weight(CostKey::Lateness).to_f64() * late * self.wanted.len() as f64;
        let cost = shipment_cost(self.planner, quote.service, quote.km, &quote.freight);
        [cost + late, f64::from(late_days)]
    }

    /// What a placement adds to freight and carbon, weighted, in minor units.
    pub fn freight_cost(&self, found: &Placement) -> f64 {
        let Some(quote) = &found.offer else { return 0.0 };
        let there = found.joins.map_or(0.0, |joins| self.made[joins].cost);
        shipment_cost(self.planner, quote.service, quote.km, &quote.freight) - there
    }

    /// What a service asks for the contents in the buffer, if it brings them in time and has room.
    fn quote(
        &self,
        found: &Placement,
        at: usize,
        km: f64,
        pass: Pass,
    ) -> Result<(u32, Quote), NoService> {
        let wave = self.planner.wave;
        let service = wave.nodes[found.node].services[at].service;
        let place = wave.destination(self.order).ok_or(NoService::Never)?;
        let zone =
            zone(wave, service, found.node, &place.postal_code, km).ok_or(NoService::Never)?;
        let delivery = wave.services[service].delivery_date(found.ship_date, zone.transit_days);
        let late_days = wave.late_days(self.order, found.ship_date, delivery);
        if self.is_barred_late(late_days, pass) {
            return Err(NoService::Late);
        }
        let freight = freight(wave, service, zone.zone, &self.contents).ok_or(NoService::Never)?;
        let there = found.joins.map_or(0, |joins| self.made[joins].parcels);
        let more = i64::from(freight.parcels) - i64::from(there);
        let left = self.room.parcels_left(self.planner, found.node, at, found.day);
        if more > left {
            return Err(NoService::NotThen);
        }
        Ok((late_days, Quote { at, service, km, freight }))
    }

    /// Takes a placement from the node's own stock.
    pub fn commit(&mut self, found: &Placement) {
        for position in 0..self.wanted.len() {
            let quantity = self.lines[self.wanted[position]].quantity;
            self.room.take_stock(self.rows[position], found.ship_date, quantity);
        }
        self.commit_end(found, found.node, &[]);
    }

    /// Books the shipment of a placement and decides its lines.
    pub fn commit_end(&mut self, found: &Placement, source: NodeId, hops: &[Hop]) {
        let service = found.offer.map(|quote| quote.service);
        self.room.take_work(found.node, found.day, &found.work);
        let made = found.joins.unwrap_or_else(|| {
            self.new_made(found.node, service, found.ship_date);
            self.shipments_left -= 1;
            self.made_count - 1
        });
        if let Some(Quote { at, service, km, freight }) = found.offer {
            let cost = shipment_cost(self.planner, service, km, &freight);
            let more = i64::from(freight.parcels) - i64::from(self.made[made].parcels);
            self.room.take_parcels(self.planner, found.node, at, found.day, more);
            (self.made[made].parcels, self.made[made].cost) = (freight.parcels, cost);
        }
        for position in 0..self.wanted.len() {
            let line = &mut self.lines[self.wanted[position]];
            line.served = true;
            self.made[made].contents.push(line.content());
            self.joined.push(made as u32);
            self.decisions.push(Decision {
                line: line.id,
                ship_date: found.ship_date,
                source,
                hops: hops.to_vec(),
                node: found.node,
                service,
                quantity: line.quantity,
            });
        }
    }
}

/// Freight and carbon of a whole shipment, weighted, in minor units.
pub(super) fn shipment_cost(
    planner: &Planner,
    service: ServiceId,
    km: f64,
    freight: &Freight,
) -> f64 {
    let (wave, model) = (planner.wave, planner.model);
    let co2 = shipment_co2(&wave.services[service], km, freight.parcels, freight.kg);
    let carbon = carbon(co2, model.costs.carbon_price).0 as f64;
    model.weight(CostKey::ParcelFreight).to_f64() * freight.amount.0 as f64
        + model.weight(CostKey::Carbon).to_f64() * carbon
}
