//! Every option of every line: where it comes from, how it moves, how and when it leaves.

use crate::oracle::{LineOption, Part, Reach};
use wavewright::domain::{Deadline, Journey, Model, NodeKind, Service, Wave};
use wavewright::ids::{IdVec, LineId, NodeId, ServiceId};
use wavewright::network::haversine_km;
use wavewright::plan::Hop;
use wavewright::time::Day;

/// The days on which each node can release.
pub fn windows(wave: &Wave) -> IdVec<NodeId, Vec<Day>> {
    wave.nodes
        .iter()
        .map(|node| {
            let is_working = |day: Day| {
                node.calendar.is_none_or(|calendar| wave.calendars[calendar].is_open(day))
            };
            let local = wave.now.with_time_zone(node.time_zone.clone());
            let today = Day::from(local.date());
            let last = today.plus(wave.horizon_days);
            let minute = (local.time().hour(), local.time().minute());
            let is_taken_in = minute <= (node.cutoff.hour(), node.cutoff.minute());

            let next_working = |mut day: Day| {
                day = day.plus(1);
                while !is_working(day) && day <= last {
                    day = day.plus(1);
                }
                day
            };
            let mut first =
                if is_working(today) && is_taken_in { today } else { next_working(today) };
            for _ in 0..node.lead_days {
                first = next_working(first);
            }
            (first.0..=last.0).map(Day).filter(|day| is_working(*day)).collect()
        })
        .collect()
}

/// Every option of a line that time, place, eligibility, exclusions and a hard deadline allow.
pub fn of_line(
    wave: &Wave,
    model: &Model,
    windows: &IdVec<NodeId, Vec<Day>>,
    line: LineId,
) -> Vec<LineOption> {
    let mut walk = Walk {
        wave,
        model,
        windows,
        line,
        last_day: windows.iter().flatten().copied().max().unwrap_or(Day(i32::MIN)),
        options: Vec::new(),
    };
    for source in wave.nodes.ids() {
        let is_stocked = wave.stock.contains_key(&(source, wave.lines[line].sku));
        if wave.nodes[source].kind == NodeKind::Hub || !is_stocked {
            continue;
        }
        for &day in &windows[source] {
            if walk.may_release(source, day) {
                walk.leave(source, &[], source, day);
            }
            walk.move_on(source, &[], source, day, day);
        }
    }
    walk.options
}

/// The enumeration of one line's options.
struct Walk<'a> {
    wave: &'a Wave,
    model: &'a Model,
    windows: &'a IdVec<NodeId, Vec<Day>>,
    line: LineId,
    last_day: Day,
    options: Vec<LineOption>,
}

impl Walk<'_> {
    fn may_release(&self, source: NodeId, day: Day) -> bool {
        let order = self.wave.lines[self.line].order;
        !self.wave.exclusions.iter().any(|row| {
            row.order == order
                && row.line.is_none_or(|line| line == self.line)
                && row.node == source
                && day < row.until
        })
    }

    /// Follows every lane from `at` that departs between two days, and ends wherever it leads.
    fn move_on(&mut self, source: NodeId, hops: &[Hop], at: NodeId, from: Day, to: Day) {
        if hops.len() >= self.model.rules.max_lanes as usize {
            return;
        }
        for (lane_id, lane) in self.wave.lanes.enumerate() {
            let was_there =
                lane.to == source || hops.iter().any(|hop| self.wave.lanes[hop.lane].to == lane.to);
            if lane.from != at || was_there {
                continue;
            }
            for departs in (from.0..=to.0).map(Day).filter(|day| lane.operates.contains(*day)) {
                if hops.is_empty() && !self.may_release(source, departs) {
                    continue;
                }
                let mut hops = hops.to_vec();
                hops.push(Hop { lane: lane_id, departs });
                let arrives = departs.plus(lane.transit_days);
                for &day in self.windows[lane.to].iter().filter(|day| **day >= arrives) {
                    self.leave(source, &hops, lane.to, day);
                }
                self.move_on(source, &hops, lane.to, arrives, self.last_day);
            }
        }
    }

    /// Adds the ways to the customer from the last node on a day.
    fn leave(&mut self, source: NodeId, hops: &[Hop], last_node: NodeId, day: Day) {
        let order = &self.wave.orders[self.wave.lines[self.line].order];
        match &order.journey {
            Journey::Pickup { node, radius_km } => {
                let chosen = &self.wave.nodes[*node];
                let other = &self.wave.nodes[last_node];
                let apart = haversine_km(
                    (chosen.latitude, chosen.longitude),
                    (other.latitude, other.longitude),
                );
                if other.pickup && (last_node == *node || apart <= *radius_km) {
                    self.add(source, hops, last_node, None, day, day, None);
                }
            }
            Journey::Ship(_) => {
                let offered = &self.wave.nodes[last_node].services;
                for service in offered.iter().map(|offer| offer.service) {
                    let Some((reach, delivery)) = self.parcel(last_node, service, day) else {
                        continue;
                    };
                    let reach = Some(reach);
                    self.add(source, hops, last_node, Some(service), day, delivery, reach);
                }
            }
        }
    }

    /// Where a parcel of the line may go by a service: its reach and delivery date.
    fn parcel(&self, node_id: NodeId, service_id: ServiceId, day: Day) -> Option<(Reach, Day)> {
        let line = &self.wave.lines[self.line];
        let node = &self.wave.nodes[node_id];
        let service = &self.wave.services[service_id];
        let item = &self.wave.items[line.sku];
        let place = self.wave.destination(line.order)?;
        let (reach, delivery) = reach(self.wave, node_id, service, self.line, day)?;
        let is_eligible = node.ships
            && (service.hazmat || !item.hazmat)
            && service.max_kg.is_none_or(|max| item.kg <= max)
            && service.max_length.is_none_or(|max| item.longest_side().is_none_or(|s| s <= max))
            && node.country == place.country
            && self.model.rules.max_distance_km.is_none_or(|max| reach.km <= max);
        is_eligible.then_some((reach, delivery))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of an option, named where it is made"
    )]
    fn add(
        &mut self,
        source: NodeId,
        hops: &[Hop],
        last_node: NodeId,
        service: Option<ServiceId>,
        ship_date: Day,
        delivery_date: Day,
        reach: Option<Reach>,
    ) {
        let late_days = late_days(self.wave, self.line, ship_date, delivery_date);
        let order = &self.wave.orders[self.wave.lines[self.line].order];
        let deadline = order.deadline.unwrap_or(self.model.rules.deadline);
        if deadline == Deadline::Hard && late_days > 0 {
            return;
        }
        self.options.push(LineOption {
            source,
            hops: hops.to_vec(),
            release_date: hops.first().map_or(ship_date, |hop| hop.departs),
            last_node,
            service,
            ship_date,
            delivery_date,
            late_days,
            reach,
        });
    }
}

/// Distance, zone and delivery date of a parcel; nothing where the service is not offered.
fn reach(
    wave: &Wave,
    node: NodeId,
    service: &Service,
    line: LineId,
    day: Day,
) -> Option<(Reach, Day)> {
    let node = &wave.nodes[node];
    let place = wave.destination(wave.lines[line].order)?;
    let km = haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude));
    let table = &wave.zone_tables[service.zone_table];
    let found = table.lookup(&node.postal_code, &place.postal_code, km)?;
    wave.rate_cards[service.rate_card].breaks(found.zone)?;
    let delivery = service.operates.nth_after(day, found.transit_days);
    Some((Reach { km, zone: found.zone }, delivery))
}

fn late_days(wave: &Wave, line: LineId, ship_date: Day, delivery_date: Day) -> u32 {
    let order = &wave.orders[wave.lines[line].order];
    let mut late = 0;
    if let Some(by) = order.deliver_by {
        late = late.max(delivery_date.0 - by.0);
    }
    if let Some(by) = order.ship_by {
        late = late.max(ship_date.0 - by.0);
    }
    u32::try_from(late).expect("at least 0")
}

/// The parts of a line that are shipped, picked or pinned; they leave their source directly.
pub fn frozen_parts(wave: &Wave, line: LineId) -> Vec<Part> {
    let rows = wave.commitments.iter().filter(|row| row.line == line && row.is_frozen());
    rows.map(|row| {
        let ship_date = row.ship_date.expect("a frozen commitment has a ship date");
        let found = row.service.map(|service| {
            reach(wave, row.node, &wave.services[service], line, ship_date)
                .expect("a frozen parcel has a zone and a price")
        });
        let delivery_date = found.map_or(ship_date, |(_, delivery)| delivery);
        let option = LineOption {
            source: row.node,
            hops: Vec::new(),
            release_date: ship_date,
            last_node: row.node,
            service: row.service,
            ship_date,
            delivery_date,
            late_days: late_days(wave, line, ship_date, delivery_date),
            reach: found.map(|(reach, _)| reach),
        };
        Part { line, units: row.quantity, option, is_frozen: true }
    })
    .collect()
}

/// The earliest tier with a node that could serve the whole line alone and on time.
pub fn first_tier_on_time(
    wave: &Wave,
    model: &Model,
    line: LineId,
    options: &[LineOption],
) -> Option<u32> {
    let wanted = i64::from(wave.lines[line].quantity);
    let sku = wave.lines[line].sku;
    let serves = |option: &&LineOption| {
        option.late_days == 0
            && (wave.nodes[option.source].unlimited_stock
                || available(wave, option.source, sku, option.release_date) >= wanted)
    };
    let on_time = options.iter().filter(serves);
    on_time.map(|option| model.tier(&wave.nodes[option.source])).min()
}

/// Units that may have been released by the end of a day, before anything is.
pub fn available(wave: &Wave, node: NodeId, sku: wavewright::ids::SkuId, by: Day) -> i64 {
    let Some(row) = wave.stock.get(&(node, sku)) else { return 0 };
    let mut units = i64::from(row.on_hand) - i64::from(row.reserved) - i64::from(row.safety_stock);
    for &(date, arriving) in &row.inbound {
        if date <= by {
            units += i64::from(arriving);
        }
    }
    units.max(0)
}
