//! Transfers of an order's lines over the lanes, with the dates that can be worth taking.
//!
//! Moving a departure to an earlier date keeps its cost and lets the goods arrive no later. So a
//! lane is worth taking only on the first operating day after something reaches its start, or on
//! a day that a source chooses for its own reasons; every other date is dominated.

use crate::ids::{LaneId, NodeId};
use crate::network::Hop;
use crate::network::next_departure;
use crate::options::{OpenLine, Planner};
use crate::time::Day;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// An open line moved over lanes to the node that will ship it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub line: usize,
    pub source: NodeId,
    pub hops: Vec<Hop>,
    pub node: NodeId,
    pub arrives: Day,
}

/// A source that can release a line, with the days on which it may.
#[derive(Clone, Debug)]
pub struct Supply {
    pub line: usize,
    pub source: NodeId,
    /// Days of the source's window on which enough stock is free and no exclusion holds.
    pub days: Vec<Day>,
    /// The days among them on which more becomes possible than the day before.
    pub fresh: Vec<Day>,
}

/// Every transfer of the open lines that is not dominated, up to `last_day`.
pub fn transfers(
    planner: &Planner,
    lines: &[OpenLine],
    supplies: &[Supply],
    last_day: Day,
) -> Vec<Moved> {
    let wave = planner.wave;
    let releases = releases_by_lane(planner, supplies);
    let mut moved: Vec<Moved> = Vec::new();
    // Lines at the start of their next lane; the first generation leaves its source.
    let mut generation: Vec<Moved> = Vec::new();
    for supply in supplies {
        for lane in lanes_from(planner, supply.source) {
            for &day in releases[&lane].iter().filter(|day| supply.days.binary_search(day).is_ok())
            {
                generation.push(step(planner, supply.line, supply.source, &[], lane, day));
            }
        }
    }
    for _ in 1..=planner.model.rules.max_lanes {
        generation.retain(|at| at.arrives <= last_day);
        moved.extend(generation.iter().cloned());
        // The days on which it is worth leaving each node reached, by lane.
        let mut departures: FxHashMap<LaneId, BTreeSet<Day>> = FxHashMap::default();
        for at in &generation {
            for lane in lanes_from(planner, at.node) {
                let days = departures.entry(lane).or_default();
                days.insert(next_departure(wave, lane, at.arrives));
                days.extend(releases.get(&lane).into_iter().flatten().copied());
            }
        }
        // Alone and whole, a line takes the first departure; with others it may wait for theirs.
        let alone = lines.len() == 1 && !planner.model.rules.split_lines;
        let mut next = Vec::new();
        for at in
            generation.iter().filter(|at| at.hops.len() < planner.model.rules.max_lanes as usize)
        {
            for lane in lanes_from(planner, at.node) {
                let to = wave.lanes[lane].to;
                let visited =
                    to == at.source || at.hops.iter().any(|h| wave.lanes[h.lane].to == to);
                if visited {
                    continue;
                }
                let first = next_departure(wave, lane, at.arrives);
                if first > last_day {
                    continue;
                }
                let days = departures[&lane].range(first..=last_day);
                for &day in days.take(if alone { 1 } else { usize::MAX }) {
                    next.push(step(planner, at.line, at.source, &at.hops, lane, day));
                }
            }
        }
        generation = next;
    }
    moved.sort_by(|a, b| {
        (a.node, a.line, a.source, &a.hops).cmp(&(b.node, b.line, b.source, &b.hops))
    });
    moved.dedup();
    moved
}

fn lanes_from<'a>(planner: &'a Planner, node: NodeId) -> impl Iterator<Item = LaneId> + 'a {
    planner.routes.from(node).iter().take_while(|path| path.len() == 1).map(|path| path[0])
}

fn step(
    planner: &Planner,
    line: usize,
    source: NodeId,
    hops: &[Hop],
    lane: LaneId,
    departs: Day,
) -> Moved {
    let terms = &planner.wave.lanes[lane];
    let mut hops = hops.to_vec();
    hops.push(Hop { lane, departs });
    Moved { line, source, hops, node: terms.to, arrives: departs.plus(terms.transit_days) }
}

/// The days on which a source may send lines over each of its lanes.
fn releases_by_lane(planner: &Planner, supplies: &[Supply]) -> FxHashMap<LaneId, BTreeSet<Day>> {
    let mut releases: FxHashMap<LaneId, BTreeSet<Day>> = FxHashMap::default();
    for supply in supplies {
        for lane in lanes_from(planner, supply.source) {
            let operates = planner.wave.lanes[lane].operates;
            let days = releases.entry(lane).or_default();
            if planner.dates_matter(supply.source) {
                days.extend(supply.days.iter().filter(|day| operates.contains(**day)));
                continue;
            }
            for fresh in &supply.fresh {
                let from = supply.days.partition_point(|day| day < fresh);
                days.extend(supply.days[from..].iter().find(|day| operates.contains(**day)));
            }
        }
    }
    releases
}
