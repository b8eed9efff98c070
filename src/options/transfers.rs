//! The lanes that can move an order's lines, with the dates that can be worth taking.
//!
//! Moving a departure to an earlier date keeps its cost and lets the goods arrive no later. So a
//! lane is worth taking only on the first operating day after something reaches its start, or on
//! a day that a source chooses for its own reasons; every other date is dominated. What waits at a
//! lane's start may leave with what comes later, so that all lines share these dates. Where a
//! lane costs nothing but its freight by weight, goods that leave apart may cost a minor unit less
//! than together, by rounding: such a lane may be taken on as many days as there are parts.

use crate::ids::{Id, LaneId, NodeId};
use crate::network::{Hop, next_departure};
use crate::options::Planner;
use crate::time::Day;
use std::collections::BTreeMap;

/// A source that can release a line, with the days on which it may.
#[derive(Clone, Debug)]
pub struct Supply {
    /// Index into the order's open lines.
    pub line: usize,
    pub source: NodeId,
    /// Days of the source's window on which enough stock is free and no exclusion holds.
    pub days: Vec<Day>,
    /// The days among them on which more becomes possible than the day before.
    pub fresh: Vec<Day>,
}

/// A lane on a date on which lines of the order may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    pub hop: Hop,
    pub from: NodeId,
    pub to: NodeId,
    pub arrives: Day,
}

/// Every supply of an order, and every departure over a lane.
#[derive(Clone, Debug, Default)]
pub struct Transfers {
    /// By line, then source.
    pub supplies: Vec<Supply>,
    /// By start, lane and date.
    pub departures: Vec<Departure>,
    pub max_lanes: usize,
}

/// A line's way over lanes: departures as indices, the last of which ends where the line leaves.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// Index into the supplies.
    pub supply: usize,
    pub departures: &'a [usize],
    pub node: NodeId,
    pub arrives: Day,
}

/// Of what departures are asked for: an order, and where it may end.
pub(super) struct Reach<'a> {
    /// In how many parts goods move, at most.
    pub parts: usize,
    pub last_day: Day,
    /// Whether a shipment of the order may leave from a node.
    pub is_end: &'a dyn Fn(NodeId) -> bool,
}

impl Transfers {
    /// The departures that can be worth taking up to a day towards the ends of an order.
    pub(super) fn new(planner: &Planner, supplies: Vec<Supply>, reach: Reach) -> Transfers {
        let wave = planner.wave;
        let max_lanes = planner.model.rules.max_lanes as usize;
        let mut transfers = Transfers { supplies, departures: Vec::new(), max_lanes };
        let days = transfers.supplies.iter().flat_map(|supply| supply.days.first());
        let Some(&first_day) = days.min().filter(|_| !wave.lanes.is_empty() && max_lanes > 0)
        else {
            return transfers;
        };
        let Reach { parts, last_day, is_end } = reach;
        let ahead = Ahead::new(planner, max_lanes, is_end);
        let mut known = Days::new(wave.lanes.len(), first_day, last_day);
        // Where and when something arrives that may go on.
        let mut ends: Vec<(NodeId, Day)> = Vec::new();
        let mut met = Days::new(wave.nodes.len(), first_day, last_day);
        let mut leave = |hop: Hop, ends: &mut Vec<(NodeId, Day)>| {
            let lane = &wave.lanes[hop.lane];
            let arrives = hop.departs.plus(lane.transit_days);
            if arrives <= last_day
                && known.insert(hop.lane.index(), hop.departs)
                && met.insert(lane.to.index(), arrives)
            {
                ends.push((lane.to, arrives));
            }
        };
        for supply in &transfers.supplies {
            for lane in lanes_from(planner, supply.source) {
                if ahead.leads(wave.lanes[lane].to, max_lanes - 1) {
                    release_days(planner, supply, lane, parts, &mut |hop| leave(hop, &mut ends));
                }
            }
        }
        // What leaves over a lane may go on over the next.
        for lanes_left in (0..max_lanes - 1).rev() {
            let mut next = Vec::new();
            for (node, arrived) in ends {
                for lane in lanes_from(planner, node) {
                    if !ahead.leads(wave.lanes[lane].to, lanes_left) {
                        continue;
                    }
                    let mut from = arrived;
                    for _ in 0..planner.days_worth(lane, parts) {
                        let departs = next_departure(wave, lane, from);
                        leave(Hop { lane, departs }, &mut next);
                        from = departs.plus(1);
                    }
                }
            }
            ends = next;
        }
        for (id, lane) in wave.lanes.enumerate() {
            let (from, to) = (lane.from, lane.to);
            transfers.departures.extend(known.of(id.index()).map(|departs| {
                let arrives = departs.plus(lane.transit_days);
                Departure { hop: Hop { lane: id, departs }, from, to, arrives }
            }));
        }
        transfers.departures.sort_by_key(|departure| (departure.from, departure.hop));
        transfers
    }

    /// Leaves out the departures from which nothing can come to a node of `ends` by its day, and
    /// the supplies of which nothing can leave over a lane.
    pub fn keep_towards(&mut self, ends: &BTreeMap<NodeId, Day>) {
        // By node: the last departure from which an end is reached.
        let mut onward: BTreeMap<NodeId, Day> = BTreeMap::new();
        let leads = |departure: &Departure, onward: &BTreeMap<NodeId, Day>| {
            let last = ends.get(&departure.to).max(onward.get(&departure.to));
            last.is_some_and(|last| departure.arrives <= *last)
        };
        for _ in 1..self.max_lanes {
            let mut before: BTreeMap<NodeId, Day> = BTreeMap::new();
            for departure in self.departures.iter().filter(|departure| leads(departure, &onward)) {
                let last = before.entry(departure.from).or_insert(departure.hop.departs);
                *last = departure.hop.departs.max(*last);
            }
            onward = before;
        }
        self.departures.retain(|departure| leads(departure, &onward));
        self.departures.shrink_to_fit();
        let mut supplies = std::mem::take(&mut self.supplies);
        supplies.retain(|supply| !self.from(supply.source).is_empty());
        supplies.shrink_to_fit();
        self.supplies = supplies;
    }

    /// Visits where and when goods of a supply that are released on one of some days can come over
    /// lanes; the same place and day several times, and days on which they would come there again.
    pub fn arrivals(&self, supply: usize, days: &[Day], visit: &mut dyn FnMut(NodeId, Day)) {
        let source = self.supplies[supply].source;
        // By node, the first day on which goods can be there after so many lanes.
        let mut first: Vec<(NodeId, Day)> = Vec::new();
        for departure in &self.departures[self.from(source)] {
            if days.binary_search(&departure.hop.departs).is_ok() {
                visit(departure.to, departure.arrives);
                first.push((departure.to, departure.arrives));
            }
        }
        for _ in 1..self.max_lanes {
            first.sort_unstable();
            first.dedup_by_key(|(node, _)| *node);
            let mut next = Vec::new();
            for (node, day) in first {
                for departure in &self.departures[self.from(node)] {
                    if departure.hop.departs >= day && departure.to != source {
                        visit(departure.to, departure.arrives);
                        next.push((departure.to, departure.arrives));
                    }
                }
            }
            first = next;
        }
    }

    /// The supplies of a line, with their indices.
    pub fn supplies_of(&self, line: usize) -> impl Iterator<Item = (usize, &Supply)> {
        let start = self.supplies.partition_point(|supply| supply.line < line);
        let of_line = self.supplies[start..].iter().take_while(move |s| s.line == line);
        of_line.enumerate().map(move |(at, supply)| (start + at, supply))
    }

    /// The departures from a node, as indices.
    pub fn from(&self, node: NodeId) -> std::ops::Range<usize> {
        let start = self.departures.partition_point(|departure| departure.from < node);
        start..start + self.departures[start..].partition_point(|d| d.from == node)
    }

    /// Visits every route of a supply: simple paths of the lanes allowed.
    pub fn routes(&self, supply: usize, visit: &mut dyn FnMut(Route)) {
        let Supply { source, days, .. } = &self.supplies[supply];
        let mut path = Vec::with_capacity(self.max_lanes);
        for first in self.from(*source) {
            if days.binary_search(&self.departures[first].hop.departs).is_ok() {
                path.clear();
                path.push(first);
                self.follow(supply, &mut path, visit);
            }
        }
    }

    fn follow(&self, supply: usize, path: &mut Vec<usize>, visit: &mut dyn FnMut(Route)) {
        let Departure { to, arrives, .. } = self.departures[path[path.len() - 1]];
        visit(Route { supply, departures: path, node: to, arrives });
        if path.len() == self.max_lanes {
            return;
        }
        for next in self.from(to) {
            let departure = &self.departures[next];
            let waits = departure.hop.departs >= arrives;
            let passed = |at: &usize| self.departures[*at].from == departure.to;
            if waits && !path.iter().any(passed) {
                path.push(next);
                self.follow(supply, path, visit);
                path.pop();
            }
        }
    }

    /// The hops of a route.
    pub fn hops(&self, departures: &[usize]) -> Box<[Hop]> {
        departures.iter().map(|at| self.departures[*at].hop).collect()
    }

    /// The index of the departure of a hop.
    pub fn departure(&self, from: NodeId, hop: Hop) -> Option<usize> {
        self.departures.binary_search_by_key(&(from, hop), |d| (d.from, d.hop)).ok()
    }
}

fn lanes_from<'a>(planner: &'a Planner, node: NodeId) -> impl Iterator<Item = LaneId> + 'a {
    planner.routes.from(node).iter().take_while(|path| path.len() == 1).map(|path| path[0])
}

/// The days on which a source chooses to send a line over a lane.
fn release_days(
    planner: &Planner,
    supply: &Supply,
    lane: LaneId,
    parts: usize,
    leave: &mut dyn FnMut(Hop),
) {
    let operates = planner.wave.lanes[lane].operates;
    let mut leave = |days: &mut dyn Iterator<Item = &Day>| {
        days.for_each(|day| leave(Hop { lane, departs: *day }));
    };
    if planner.dates_matter(supply.source) {
        return leave(&mut supply.days.iter().filter(|day| operates.contains(**day)));
    }
    for fresh in &supply.fresh {
        let from = supply.days.partition_point(|day| day < fresh);
        let open = supply.days[from..].iter().filter(|day| operates.contains(**day));
        leave(&mut open.take(planner.days_worth(lane, parts)));
    }
}

/// By node: how many lanes it takes to come to an end.
struct Ahead(Vec<usize>);

impl Ahead {
    fn new(planner: &Planner, max_lanes: usize, is_end: &dyn Fn(NodeId) -> bool) -> Ahead {
        let wave = planner.wave;
        let lanes = |node| if is_end(node) { 0 } else { usize::MAX };
        let mut ahead: Vec<usize> = wave.nodes.ids().map(lanes).collect();
        for lanes in 1..max_lanes {
            for lane in wave.lanes.iter() {
                if ahead[lane.to.index()] == lanes - 1 && ahead[lane.from.index()] > lanes {
                    ahead[lane.from.index()] = lanes;
                }
            }
        }
        Ahead(ahead)
    }

    /// Whether something that comes to a node may come to an end over so many more lanes.
    fn leads(&self, node: NodeId, lanes_left: usize) -> bool {
        self.0[node.index()] <= lanes_left
    }
}

/// Days of each of several things.
struct Days {
    first: Day,
    days: usize,
    is_in: Vec<bool>,
}

impl Days {
    fn new(things: usize, first: Day, last: Day) -> Days {
        let days = usize::try_from(last.0 - first.0 + 1).unwrap_or(0);
        Days { first, days, is_in: vec![false; things * days] }
    }

    /// Enters a day that is not before the first nor after the last; returns whether it is new.
    fn insert(&mut self, thing: usize, day: Day) -> bool {
        let at = thing * self.days + (day.0 - self.first.0) as usize;
        !std::mem::replace(&mut self.is_in[at], true)
    }

    fn of(&self, thing: usize) -> impl Iterator<Item = Day> + '_ {
        let days = self.is_in[thing * self.days..][..self.days].iter().enumerate();
        days.filter(|(_, is_in)| **is_in).map(|(day, _)| self.first.plus(day as u32))
    }
}
