//! Why lines stay open: each reason is the outcome of a test on the wave and the finished plan.

use crate::domain::{CapacityUnit, Wave};
use crate::ids::{LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::network::distance_matrix;
use crate::options::{
    Bar, Content, Group, Lanes, OrderOptions, Planner, Pruned, ShipmentKey, can_reach, freight,
    order_options, work,
};
use crate::plan::{Ledger, Reason, Unfilled};
use crate::time::Day;
use crate::units::Decimal;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Fills in the reasons and the cheapest fix of every open line.
pub fn explain(planner: &Planner, ledger: &mut Ledger) {
    let mut unfilled = std::mem::take(&mut ledger.unfilled);
    let usage = Usage::new(planner.wave, ledger);
    let order = |row: &Unfilled| planner.wave.lines[row.line].order;
    let orders: Vec<&mut [Unfilled]> = unfilled.chunk_by_mut(|a, b| order(a) == order(b)).collect();
    orders.into_par_iter().for_each(|of_order| explain_order(planner, &usage, of_order));
    ledger.unfilled = unfilled;
}

fn explain_order(planner: &Planner, usage: &Usage, rows: &mut [Unfilled]) {
    let order = planner.wave.lines[rows[0].line].order;
    let km = distance_matrix(planner.wave, &[order]);
    let mut pruned: Vec<Pruned> = Vec::new();
    let km = km.row(0).to_vec();
    let options = order_options(planner, order, &km, Lanes::All, &mut |option| pruned.push(option));
    let open: Vec<LineId> = rows.iter().map(|row| row.line).collect();
    for row in rows {
        let case = Case { planner, usage, options: &options, pruned: &pruned, order };
        (row.reasons, row.cheapest_fix) = case.reasons(row, &open);
    }
}

/// What the plan uses of stock and carriers.
struct Usage {
    /// Units by date, sorted.
    stock: FxHashMap<(NodeId, SkuId), Vec<(Day, i64)>>,
    parcels: FxHashMap<(NodeId, ServiceId, Day), i64>,
    loads: FxHashMap<(NodeId, Day, CapacityUnit), Decimal>,
    /// What each order ships.
    shipments: FxHashMap<OrderId, Vec<ShipmentKey>>,
}

impl Usage {
    fn new(wave: &Wave, ledger: &Ledger) -> Usage {
        let mut usage = Usage {
            stock: FxHashMap::default(),
            parcels: FxHashMap::default(),
            loads: FxHashMap::default(),
            shipments: FxHashMap::default(),
        };
        for a in &ledger.assignments {
            let key = (a.source, wave.lines[a.line].sku);
            usage.stock.entry(key).or_default().push((a.release_date, a.quantity as i64));
        }
        for shipment in &ledger.shipments {
            let made = (shipment.node, shipment.service, shipment.ship_date);
            usage.shipments.entry(shipment.order).or_default().push(made);
            if let Some(service) = shipment.service {
                let key = (shipment.node, service, shipment.ship_date);
                *usage.parcels.entry(key).or_default() += shipment.parcels as i64;
            }
        }
        // A popular item has thousands of releases, but few dates.
        for taken in usage.stock.values_mut() {
            taken.sort_unstable();
            taken.dedup_by(|(date, units), (kept, sum)| {
                let is_same = date == kept;
                *sum += if is_same { *units } else { 0 };
                is_same
            });
        }
        for load in &ledger.node_load {
            usage.loads.insert((load.node, load.date, load.unit), load.used);
        }
        usage
    }

    /// Units of an item that could still leave a source on a day.
    fn stock_left(&self, wave: &Wave, source: NodeId, sku: SkuId, day: Day) -> i64 {
        let Some(stock) = wave.stock_of(source, sku) else { return 0 };
        if wave.nodes[source].unlimited_stock {
            return i64::MAX;
        }
        let taken = self.stock.get(&(source, sku)).map_or(&[][..], Vec::as_slice);
        let left_on = |date: Day| {
            let used: i64 =
                taken.iter().filter(|(at, _)| *at <= date).map(|(_, units)| units).sum();
            stock.available_by(date) - used
        };
        let later = taken.iter().map(|(date, _)| *date).filter(|date| *date > day);
        later.chain([day]).map(left_on).min().unwrap_or(0)
    }

    /// The shipments of an order.
    fn made(&self, order: OrderId) -> &[ShipmentKey] {
        self.shipments.get(&order).map_or(&[], Vec::as_slice)
    }

    /// Whether an order makes the shipment of a group.
    fn makes(&self, order: OrderId, group: &Group) -> bool {
        self.made(order).contains(&group.key())
    }

    /// Whether a node takes so much more work on a day.
    fn takes(
        &self,
        wave: &Wave,
        node: NodeId,
        day: Day,
        contents: &[Content],
        joins: bool,
    ) -> bool {
        let more = work(wave, node, contents);
        wave.capacities_on(node, day).all(|limit| {
            let used = self.loads.get(&(node, day, limit.unit)).copied().unwrap_or_default();
            let added = match limit.unit {
                CapacityUnit::Units => Decimal::from_int(more.units as i64),
                CapacityUnit::Lines => Decimal::from_int(more.lines as i64),
                CapacityUnit::Shipments => Decimal::from_int(i64::from(!joins)),
                CapacityUnit::Minutes => more.minutes,
            };
            used + added <= limit.capacity + limit.overload
        })
    }
}

/// Reasons so far, and the first help that was named.
#[derive(Default)]
struct Found {
    reasons: Vec<Reason>,
    fix: String,
}

impl Found {
    fn add(&mut self, reason: Reason, help: impl FnOnce() -> String) {
        if self.fix.is_empty() {
            self.fix = help();
        }
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

/// A way that an open line could have gone.
struct Possible<'a> {
    group: &'a Group,
    source: NodeId,
    release: Day,
}

/// One order with open lines.
struct Case<'a> {
    planner: &'a Planner<'a>,
    usage: &'a Usage,
    options: &'a OrderOptions,
    pruned: &'a [Pruned],
    order: OrderId,
}

impl Case<'_> {
    /// All reasons that apply to an open line, the most binding first, and what would help.
    fn reasons(&self, row: &Unfilled, open: &[LineId]) -> (Vec<Reason>, String) {
        let wave = self.planner.wave;
        let terms = &wave.lines[row.line];
        let sku = &wave.items[terms.sku].sku;
        let index = self.options.lines.iter().position(|line| line.id == row.line);
        let ways = index.map_or_else(Vec::new, |line| self.ways(line));
        let barred = |bar: Bar| self.pruned.iter().find(|p| p.line == row.line && p.bar == bar);
        let mut found = Found::default();
        if ways.is_empty() {
            if !can_reach(self.planner, self.order, row.line) {
                found.add(Reason::Ineligible, String::new);
            }
            if !self.has_stock(row) {
                let nodes = wave.stocked_at(terms.sku);
                let place = nodes
                    .first()
                    .map_or(String::new(), |node| format!(" at {}", wave.nodes[*node].id));
                found.add(Reason::NoStock, || format!("{} more of {sku}{place}", row.quantity));
            }
            if let Some(pruned) = barred(Bar::Excluded) {
                let node = &wave.nodes[pruned.source].id;
                found.add(Reason::Exclusion, || format!("lift the exclusion of {node}"));
            }
            if let Some(pruned) = barred(Bar::Late) {
                let node = &wave.nodes[pruned.node].id;
                let help = || format!("a later date, or a soft deadline, for {node}");
                found.add(Reason::Deadline, help);
            }
        }
        let mut anything_left = false;
        let needed = if self.planner.model.rules.split_lines { 1 } else { row.quantity as i64 };
        let contents = [Content { line: row.line.0, sku: terms.sku, quantity: needed as u32 }];
        let mut room = Room::new(self, &contents);
        for Possible { group, source, release } in ways {
            let left = room.stock_left(source, release);
            let name = &wave.nodes[source].id;
            if left < needed {
                let missing = needed - left.max(0);
                let help = || format!("{missing} more of {sku} at {name}");
                found.add(Reason::StockTakenByBetterUse, help);
                continue;
            }
            if let Some((node, day)) = room.full_node(group, source, release) {
                let node = &wave.nodes[node].id;
                found.add(Reason::Capacity, || format!("more capacity at {node} on {day}"));
                continue;
            }
            if self.one_too_many(group) {
                found.add(Reason::MaxShipments, || "one more shipment for the order".to_string());
                continue;
            }
            anything_left = true;
        }
        let kit = terms.together.as_deref();
        let companions = open.iter().filter(|other| {
            let same_kit = kit.is_some() && wave.lines[**other].together.as_deref() == kit;
            **other != row.line && (self.options.ship_complete || same_kit)
        });
        if companions.count() > 0 {
            found.add(Reason::ShipComplete, String::new);
        }
        if anything_left || found.reasons.is_empty() {
            let help = || "a higher cost of leaving the line open".to_string();
            found.add(Reason::NotWorthIt, help);
        }
        found.reasons.sort_by_key(|reason| RANK.iter().position(|ranked| ranked == reason));
        (found.reasons, found.fix)
    }

    /// Every way of an open line: direct, and by each source and release over lanes.
    fn ways(&self, line: usize) -> Vec<Possible<'_>> {
        let transfers = &self.options.transfers;
        // Node, source, release, and the first day on which it can be there.
        let mut moved: Vec<(NodeId, NodeId, Day, Day)> = Vec::new();
        for (index, supply) in transfers.supplies_of(line) {
            for release in &supply.days {
                transfers.arrivals(index, std::slice::from_ref(release), &mut |node, arrives| {
                    moved.push((node, supply.source, *release, arrives));
                });
            }
        }
        moved.sort_unstable();
        moved.dedup_by_key(|(node, source, release, _)| (*node, *source, *release));
        let mut ways = Vec::new();
        for group in &self.options.groups {
            if group.takes_direct(line) {
                let (source, release) = (group.node, group.ship_date);
                ways.push(Possible { group, source, release });
            }
            if group.takes_moved(line) {
                let first = moved.partition_point(|(node, ..)| *node < group.node);
                let there = moved[first..]
                    .iter()
                    .take_while(|(node, ..)| *node == group.node)
                    .filter(|(.., arrives)| *arrives <= group.ship_date);
                ways.extend(there.map(|&(_, source, release, _)| Possible {
                    group,
                    source,
                    release,
                }));
            }
        }
        ways
    }

    /// Whether some source has the open units free by some date.
    fn has_stock(&self, row: &Unfilled) -> bool {
        let sku = self.planner.wave.lines[row.line].sku;
        let needed = if self.planner.model.rules.split_lines { 1 } else { row.quantity as i64 };
        self.planner.sources(sku).any(|source| {
            let window = self.planner.wave.window(source);
            let profile = self.planner.stock(source, sku);
            window.iter().any(|day| profile.is_none_or(|p| p.available_on(*day) >= needed))
        })
    }

    /// Whether a shipment of this group would be one more than the order may have.
    fn one_too_many(&self, group: &Group) -> bool {
        let wave = self.planner.wave;
        let Some(limit) = wave.max_shipments(self.order, self.planner.model) else { return false };
        let limit = limit.max(self.options.frozen.len() as u32);
        let made = self.usage.made(self.order).len() as u32;
        made >= limit && !self.usage.makes(self.order, group)
    }
}

/// What is left for an open line, worked out once for each place and day.
struct Room<'c, 'a> {
    case: &'c Case<'a>,
    contents: &'c [Content],
    /// Units by source and release.
    stock: FxHashMap<(NodeId, Day), i64>,
    /// Whether a node takes the line on a day; and whether with a shipment that is made anyway.
    takes: FxHashMap<(NodeId, Day, bool), bool>,
    /// Whether the carrier of a group takes the line; of the last group asked about.
    carrier: Option<(&'c Group, bool)>,
}

impl<'c> Room<'c, '_> {
    fn new<'a>(case: &'c Case<'a>, contents: &'c [Content]) -> Room<'c, 'a> {
        let (stock, takes) = (FxHashMap::default(), FxHashMap::default());
        Room { case, contents, stock, takes, carrier: None }
    }

    fn stock_left(&mut self, source: NodeId, release: Day) -> i64 {
        let (case, sku) = (self.case, self.contents[0].sku);
        let left = || case.usage.stock_left(case.planner.wave, source, sku, release);
        *self.stock.entry((source, release)).or_insert_with(left)
    }

    fn takes(&mut self, node: NodeId, day: Day, joins: bool) -> bool {
        let (case, contents) = (self.case, self.contents);
        let takes = || case.usage.takes(case.planner.wave, node, day, contents, joins);
        *self.takes.entry((node, day, joins)).or_insert_with(takes)
    }

    /// The node and date that have no room for the line by an option, if one has not.
    fn full_node(
        &mut self,
        group: &'c Group,
        source: NodeId,
        release: Day,
    ) -> Option<(NodeId, Day)> {
        let shipped_with = self.case.usage.makes(self.case.order, group);
        if !self.takes(group.node, group.ship_date, shipped_with) {
            return Some((group.node, group.ship_date));
        }
        if source != group.node && !self.takes(source, release, false) {
            return Some((source, release));
        }
        let is_known = self.carrier.is_some_and(|(known, _)| std::ptr::eq(known, group));
        if !is_known {
            self.carrier = Some((group, shipped_with || self.carrier_takes(group)));
        }
        let takes = self.carrier.is_none_or(|(_, takes)| takes);
        (!takes).then_some((group.node, group.ship_date))
    }

    fn carrier_takes(&self, group: &Group) -> bool {
        let (wave, usage) = (self.case.planner.wave, self.case.usage);
        let Some((service, zone)) = group.service.zip(group.zone) else { return true };
        let Some(limit) = wave.parcels_per_day(group.node, service) else { return true };
        let used = usage.parcels.get(&(group.node, service, group.ship_date)).copied();
        let parcels = freight(wave, service, zone.zone, self.contents).map_or(0, |f| f.parcels);
        used.unwrap_or(0) + parcels as i64 <= limit as i64
    }
}

/// The reasons from the most binding to the least.
const RANK: [Reason; 9] = [
    Reason::Ineligible,
    Reason::NoStock,
    Reason::Exclusion,
    Reason::Deadline,
    Reason::StockTakenByBetterUse,
    Reason::Capacity,
    Reason::ShipComplete,
    Reason::MaxShipments,
    Reason::NotWorthIt,
];
