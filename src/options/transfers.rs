//! The lanes that can move an order's lines, with the dates that can be worth taking.
//!
//! Moving a departure to an earlier date keeps its cost and lets the goods arrive no later. So a
//! lane is worth taking only on the first operating day after something reaches its start, or on
//! a day that a source chooses for its own reasons; every other date is dominated. What waits at a
//! lane's start may leave with what comes later, so that all lines share these dates. Where a
//! lane costs nothing but its freight by weight, goods that leave apart may cost a minor unit less
//! than together, by rounding: such a lane may be taken on as many days as there are parts.

use crate::ids::{LaneId, NodeId};
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

impl Transfers {
    /// The departures that can be worth taking up to `last_day` for goods that move in so many
    /// parts at most.
    pub fn new(planner: &Planner, supplies: Vec<Supply>, parts: usize, last_day: Day) -> Transfers {
        let max_lanes = planner.model.rules.max_lanes as usize;
        let mut transfers = Transfers { supplies, departures: Vec::new(), max_lanes };
        if planner.wave.lanes.is_empty() || max_lanes == 0 {
            return transfers;
        }
        let mut known: Vec<Hop> = Vec::new();
        for supply in &transfers.supplies {
            release_days(planner, supply, parts, &mut known);
        }
        sort_distinct(&mut known);
        // What leaves over a lane may go on over the next.
        let end = |hop: &Hop| {
            let lane = &planner.wave.lanes[hop.lane];
            (lane.to, hop.departs.plus(lane.transit_days))
        };
        let mut fresh = known.clone();
        for _ in 1..max_lanes {
            let mut ends: Vec<(NodeId, Day)> = fresh.iter().map(end).collect();
            sort_distinct(&mut ends);
            fresh.clear();
            for (node, arrived) in ends {
                for lane in lanes_from(planner, node) {
                    let mut from = arrived;
                    for _ in 0..planner.days_worth(lane, parts) {
                        let departs = next_departure(planner.wave, lane, from);
                        if departs <= last_day {
                            fresh.push(Hop { lane, departs });
                        }
                        from = departs.plus(1);
                    }
                }
            }
            sort_distinct(&mut fresh);
            fresh.retain(|hop| known.binary_search(hop).is_err());
            known.extend(&fresh);
            known.sort_unstable();
        }
        for hop in known {
            let (to, arrives) = end(&hop);
            if arrives <= last_day {
                let from = planner.wave.lanes[hop.lane].from;
                transfers.departures.push(Departure { hop, from, to, arrives });
            }
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

/// The days on which a source chooses to send a line over each of its lanes.
fn release_days(planner: &Planner, supply: &Supply, parts: usize, hops: &mut Vec<Hop>) {
    for lane in lanes_from(planner, supply.source) {
        let operates = planner.wave.lanes[lane].operates;
        let hop = |departs: &Day| Hop { lane, departs: *departs };
        if planner.dates_matter(supply.source) {
            hops.extend(supply.days.iter().filter(|day| operates.contains(**day)).map(hop));
            continue;
        }
        for fresh in &supply.fresh {
            let from = supply.days.partition_point(|day| day < fresh);
            let open = supply.days[from..].iter().filter(|day| operates.contains(**day));
            hops.extend(open.take(planner.days_worth(lane, parts)).map(hop));
        }
    }
}

fn sort_distinct<T: Ord>(items: &mut Vec<T>) {
    items.sort_unstable();
    items.dedup();
}
