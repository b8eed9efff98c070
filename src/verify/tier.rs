//! Escalation by deadline: the first tier that could serve a whole line on time on its own.

use super::Context;
use super::option::serves_on_time;
use crate::ids::{Id, IdVec, LineId, NodeId};
use crate::time::Day;
use rustc_hash::FxHashMap;

/// Finds tiers, remembering how far the lanes lead from a node on a day.
pub(super) struct Tiers<'a> {
    context: Context<'a>,
    lanes_from: IdVec<NodeId, Vec<usize>>,
    /// By source and the first day of release: nodes with the earliest arrival at each.
    reached: FxHashMap<(NodeId, Day), Vec<(NodeId, Day)>>,
}

impl<'a> Tiers<'a> {
    pub fn new(context: Context<'a>) -> Tiers<'a> {
        let mut lanes_from: IdVec<NodeId, Vec<usize>> =
            context.wave.nodes.iter().map(|_| Vec::new()).collect();
        for (index, lane) in context.wave.lanes.iter().enumerate() {
            lanes_from[lane.from].push(index);
        }
        Tiers { context, lanes_from, reached: FxHashMap::default() }
    }

    /// Whether a source of a tier before `tier` could serve all units of a line on time, with
    /// capacity and other lines aside.
    pub fn is_served_before(&mut self, line: LineId, tier: u32) -> bool {
        let (wave, model) = (self.context.wave, self.context.model);
        let sources = wave.stocked_at(wave.lines[line].sku).iter().copied();
        sources
            .filter(|source| model.tier(&wave.nodes[*source]) < tier)
            .any(|source| self.serves(line, source))
    }

    /// Later release never leads to earlier arrival, so only the first day with enough stock
    /// counts.
    fn serves(&mut self, line: LineId, source: NodeId) -> bool {
        let context = self.context;
        let wave = context.wave;
        let row = &wave.lines[line];
        let Some(stock) = wave.stock_of(source, row.sku) else { return false };
        let is_unlimited = wave.nodes[source].unlimited_stock;
        let can_release = |day: &&Day| {
            (is_unlimited || stock.available_by(**day) >= i64::from(row.quantity))
                && !wave.is_excluded(line, source, **day)
        };
        let Some(&first) = wave.window(source).iter().find(can_release) else { return false };
        if serves_on_time(context, row.order, row.sku, source, first) {
            return true;
        }
        self.reach(source, first).iter().any(|&(node, arrival)| {
            let window = wave.window(node);
            let ship_date = window.get(window.partition_point(|day| *day < arrival));
            ship_date.is_some_and(|day| serves_on_time(context, row.order, row.sku, node, *day))
        })
    }

    /// The nodes that lanes lead to from `source`, released from `first` on, with the earliest
    /// arrival over at most the model's number of lanes. A route that comes back to a node could
    /// as well have waited there, so the earliest arrivals are those of simple paths.
    fn reach(&mut self, source: NodeId, first: Day) -> &[(NodeId, Day)] {
        let Tiers { context, lanes_from, reached } = self;
        let wave = context.wave;
        reached.entry((source, first)).or_insert_with(|| {
            let mut earliest: FxHashMap<NodeId, Day> = FxHashMap::default();
            let mut frontier = vec![(source, first)];
            for step in 0..context.model.rules.max_lanes {
                let mut next: FxHashMap<NodeId, Day> = FxHashMap::default();
                for &(node, ready) in &frontier {
                    for &index in &lanes_from[node] {
                        let lane = &wave.lanes.as_slice()[index];
                        let departs = if step == 0 {
                            let mut days = wave.window(source).iter().copied();
                            days.find(|day| *day >= ready && lane.operates.contains(*day))
                        } else {
                            (0..7).map(|days| ready.plus(days)).find(|d| lane.operates.contains(*d))
                        };
                        let Some(departs) = departs.filter(|_| lane.to != source) else { continue };
                        let arrival = departs.plus(lane.transit_days);
                        if earliest.get(&lane.to).is_none_or(|known| arrival < *known) {
                            earliest.insert(lane.to, arrival);
                            next.insert(lane.to, arrival);
                        }
                    }
                }
                if next.is_empty() {
                    break;
                }
                frontier = next.into_iter().collect();
            }
            let mut found: Vec<(NodeId, Day)> = earliest.into_iter().collect();
            found.sort_unstable_by_key(|(node, _)| node.index());
            found
        })
    }
}
