//! Escalation by deadline: the first tier that could serve a whole line on time on its own.

use super::Context;
use super::option::{reaches_on_time, serves_on_time};
use crate::ids::{IdVec, LineId, NodeId, OrderId};
use crate::time::Day;
use rustc_hash::FxHashMap;

/// Finds tiers, remembering how far the lanes lead from a node on a day.
pub(super) struct Tiers<'a> {
    context: Context<'a>,
    lanes_from: IdVec<NodeId, Vec<usize>>,
    /// By source and the first day of release: nodes with the earliest arrival at each.
    reached: FxHashMap<(NodeId, Day), Vec<(NodeId, Day)>>,
    answers: Answers,
    /// The nodes that the customer of an order can be served from on time, whatever the item.
    near: (Option<OrderId>, Vec<NodeId>),
}

/// What is known about leaving each node in time for the line at hand, so that sources which lead
/// to the same node ask once. A later day is never better.
struct Answers {
    line: Option<LineId>,
    latest_on_time: IdVec<NodeId, Option<Day>>,
    earliest_late: IdVec<NodeId, Option<Day>>,
}

impl Answers {
    fn new(nodes: usize) -> Answers {
        let none = || IdVec::from(vec![None; nodes]);
        Answers { line: None, latest_on_time: none(), earliest_late: none() }
    }

    /// Whether the line could leave a node for the customer on a day without being late.
    fn ask(&mut self, context: Context<'_>, line: LineId, at: NodeId, day: Day) -> bool {
        if self.line != Some(line) {
            self.line = Some(line);
            self.latest_on_time
                .iter_mut()
                .chain(self.earliest_late.iter_mut())
                .for_each(|day| *day = None);
        }
        if self.latest_on_time[at].is_some_and(|known| day <= known) {
            return true;
        }
        if self.earliest_late[at].is_some_and(|known| known <= day) {
            return false;
        }
        let row = &context.wave.lines[line];
        let is_on_time = serves_on_time(context, row.order, row.sku, at, day);
        let known = if is_on_time { &mut self.latest_on_time } else { &mut self.earliest_late };
        known[at] = Some(day);
        is_on_time
    }
}

impl<'a> Tiers<'a> {
    pub fn new(context: Context<'a>) -> Tiers<'a> {
        let mut lanes_from: IdVec<NodeId, Vec<usize>> =
            context.wave.nodes.iter().map(|_| Vec::new()).collect();
        for (index, lane) in context.wave.lanes.iter().enumerate() {
            lanes_from[lane.from].push(index);
        }
        let answers = Answers::new(context.wave.nodes.len());
        Tiers {
            context,
            lanes_from,
            reached: FxHashMap::default(),
            answers,
            near: (None, Vec::new()),
        }
    }

    /// Whether a source of a tier before `tier` could serve all units of a line on time, with
    /// capacity and other lines aside.
    pub fn is_served_before(&mut self, line: LineId, tier: u32) -> bool {
        let (wave, model) = (self.context.wave, self.context.model);
        let stocked = wave.stocked_at(wave.lines[line].sku).iter();
        let earlier = stocked.filter(|source| model.tier(&wave.nodes[**source]) < tier);
        let releases: Vec<(NodeId, Day)> = earlier
            .filter_map(|source| self.first_release(line, *source).map(|day| (*source, day)))
            .collect();
        // Sources that need no lane first: they are quickly asked.
        let mut is_direct =
            |&(source, day): &(NodeId, Day)| self.answers.ask(self.context, line, source, day);
        releases.iter().any(&mut is_direct) || self.serves_over_lanes(line, &releases)
    }

    /// The first day on which a source has all units of a line and may release them. A later
    /// release never leads to an earlier arrival, so no other day counts.
    fn first_release(&self, line: LineId, source: NodeId) -> Option<Day> {
        let wave = self.context.wave;
        let row = &wave.lines[line];
        let stock = wave.stock_of(source, row.sku)?;
        let is_unlimited = wave.nodes[source].unlimited_stock;
        let can_release = |day: &Day| {
            (is_unlimited || stock.available_by(*day) >= i64::from(row.quantity))
                && !wave.is_excluded(line, source, *day)
        };
        wave.window(source).iter().copied().find(can_release)
    }

    /// Whether lanes lead from one of the sources, from its first release on, to a node that can
    /// serve the line on time.
    fn serves_over_lanes(&mut self, line: LineId, releases: &[(NodeId, Day)]) -> bool {
        if self.context.model.rules.max_lanes == 0 {
            return false;
        }
        self.find_near(self.context.wave.lines[line].order);
        for &(source, first) in releases {
            self.reach(source, first);
            let Tiers { context, reached, answers, near, .. } = self;
            let arrivals = reached.get(&(source, first)).map_or(&[][..], Vec::as_slice);
            let is_on_time = |node: NodeId| {
                let at = arrivals.binary_search_by_key(&node, |(known, _)| *known).ok()?;
                let window = context.wave.window(node);
                let ship_date = window.get(window.partition_point(|day| *day < arrivals[at].1))?;
                Some(answers.ask(*context, line, node, *ship_date))
            };
            if near.1.iter().copied().filter_map(is_on_time).any(|is_on_time| is_on_time) {
                return true;
            }
        }
        false
    }

    fn find_near(&mut self, order: OrderId) {
        if self.near.0 == Some(order) {
            return;
        }
        let context = self.context;
        let can_serve = |node: &NodeId| {
            let first = context.wave.window(*node).first();
            first.is_some_and(|day| reaches_on_time(context, order, *node, *day))
        };
        self.near = (Some(order), context.wave.nodes.ids().filter(can_serve).collect());
    }

    /// Records the nodes that lanes lead to from `source`, released from `first` on, with the earliest
    /// arrival over at most the model's number of lanes. A route that comes back to a node could
    /// as well have waited there, so the earliest arrivals are those of simple paths.
    fn reach(&mut self, source: NodeId, first: Day) {
        let Tiers { context, lanes_from, reached, .. } = self;
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
            found.sort_unstable_by_key(|(node, _)| *node);
            found
        });
    }
}
