//! Sifting: of the shipments that orders could make, only those that matter are kept in memory.
//!
//! An order has thousands of shipments to choose from in a large network, nearly all of them far
//! worse than its best. Prices are found over the few that are kept. Then every order is built
//! anew with all of them, one after the other, and priced: that gives a bound for the whole wave,
//! and says which shipments are to be kept in the next round. (Bixby, Gregory, Lustig, Marsten and
//! Shanno 1992 call this sifting.)

use crate::ids::{NodeId, OrderId};
use crate::options::{Decision, Group, Lanes, OrderOptions, Planner, ShipmentKey};
use crate::solve::column::{Column, Entry};
use crate::solve::first_prices::FirstPrices;
use crate::solve::known::{KnownPrices, NamedCut, PricesByLine, placed};
use crate::solve::master::OrderColumn;
use crate::solve::moved::{moved_prices, moved_shares};
use crate::solve::order_plan::{OrderPlan, plan_order_seen};
use crate::solve::pricing::{OrderPrices, Prices, Scan};
use crate::solve::relax::{Relaxation, lagrangian_bound, supply_worth};
use crate::solve::tables::OrderTables;
use crate::solve::wave_options::{
    BATCH, Demand, Look, OrderProblem, Rest, WaveProblem, maybe_contended,
};
use crate::solve::{Control, ResourceId, Resources, Sifting, Start};
use crate::time::Day;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The part of the shipments kept of each contents that may be of one node.
const OF_NODE: f64 = 0.25;
/// How many times as many are kept of an order that the best plan leaves open.
const MORE: usize = 4;
/// Contents of a shipment up to which the cheapest of each are kept; of an order with more, those
/// of each single need and of all together.
const MAX_LISTED: usize = 15;
/// Order plans that are kept of each order, besides those in use.
const PLANS: usize = 24;
/// Rounds in which a wave is sifted for the first time, at most.
const MAX_ROUNDS: usize = 64;

/// Keeps of orders what matters at prices and what a plan decided for them.
pub(super) struct Sieve<'s> {
    planner: &'s Planner<'s>,
    resources: &'s Resources,
    by_line: &'s PricesByLine,
    decided: FxHashSet<(OrderId, ShipmentKey)>,
    keep: usize,
}

impl<'s> Sieve<'s> {
    pub fn new(
        planner: &'s Planner<'s>,
        resources: &'s Resources,
        by_line: &'s PricesByLine,
        decisions: &[Decision],
        keep: usize,
    ) -> Sieve<'s> {
        let lines = &planner.wave.lines;
        let decided = decisions.iter().map(|d| (lines[d.line].order, d.shipment())).collect();
        Sieve { planner, resources, by_line, decided, keep }
    }

    /// What is kept of an order with all that it could do.
    pub fn kept(&self, order: OrderProblem, prices: &Prices) -> Kept {
        let own = self.by_line.of_order(&order.options, &order.tables);
        let is_wanted = |group: &Group| self.decided.contains(&(order.options.order, group.key()));
        let wanted = order.options.groups.iter().map(is_wanted).collect();
        Kept::of(self.planner, self.resources, order, (prices, &own), wanted, self.keep)
    }
}

/// What the first sifting of a wave gives.
pub(super) struct First<'a> {
    pub problem: WaveProblem<'a>,
    pub relaxation: Relaxation,
    /// Whether all that the orders could do was looked at, so that the bound of the relaxation is one
    /// for the whole wave.
    pub is_whole: bool,
    /// What a look at all of that takes, about.
    pub seconds: f64,
}

/// Sifts a wave for the first time: at the prices of a similar one, where they are known, else at
/// prices that follow what the orders want; with what a plan of it decided. Where nothing is known of
/// a wave with lanes, most orders are looked at without the ways over lanes that are seldom of use, and
/// take most of the time. Returns nothing when told to stop.
pub(super) fn first<'a>(
    planner: &'a Planner<'a>,
    start: &Start,
    sifting: Sifting,
    control: &Control,
) -> Option<First<'a>> {
    let stop = || control.stopped().is_some();
    let began = control.seconds();
    let taken = || control.seconds() - began;
    let resources = Arc::new(Resources::new(planner));
    let by_line = start.prices.by_line(planner, &resources);
    let keep = sifting.kept(planner.wave.orders.len());
    let sieve = Sieve::new(planner, &resources, &by_line, &start.decisions, keep);
    let demand = Demand::new(&resources);
    let ids: Vec<OrderId> = planner.wave.orders.ids().collect();
    let rounds = (ids.len() / sifting.round).clamp(1, MAX_ROUNDS);
    let is_whole = !start.prices.is_empty() || planner.wave.lanes.is_empty() || rounds == 1;
    let sift = |ids: &[OrderId], prices: &Prices, lanes: Lanes| {
        let look = Look { planner, resources: &resources, lanes };
        look.at_orders(ids, &stop, &|order| {
            if is_whole {
                demand.add(planner, &order);
            }
            sieve.kept(order, prices)
        })
    };
    let mut of_first_round = 0.0;
    let (kept, prices, highest) = if start.prices.is_empty() {
        let mut first = FirstPrices::new(&resources, rounds);
        let mut kept = Vec::with_capacity(ids.len());
        for round in 0..rounds {
            let sample: Vec<OrderId> = ids.iter().skip(round).step_by(rounds).copied().collect();
            // The first round says how long it takes with all lanes.
            let with_lanes = is_whole || round == 0;
            let lanes = if with_lanes { Lanes::ToEnds } else { Lanes::ToMeetings };
            let of_round = sift(&sample, &first.prices, lanes);
            if round == 0 {
                of_first_round = taken();
            }
            let cost: f64 = of_round.iter().map(|order| order.least).sum();
            let used = of_round.par_iter().flat_map_iter(|order| order.uses(planner, &resources));
            let used: Vec<(ResourceId, f64)> = used.collect();
            first.follow(&resources, &used, cost / of_round.len().max(1) as f64);
            kept.extend(of_round);
        }
        kept.sort_by_key(|of_order| of_order.order.options.order);
        (kept, first.prices, first.highest)
    } else {
        let prices = start.prices.prices(planner, &resources);
        (sift(&ids, &prices, Lanes::ToEnds), prices.clone(), prices)
    };
    if stop() {
        return None;
    }
    let (contended, seconds) = if is_whole {
        (demand.contended(&resources), taken())
    } else {
        (maybe_contended(planner, &resources), of_first_round * rounds as f64)
    };
    let rest = Rest::default();
    let problem =
        WaveProblem { planner, resources, orders: Vec::new(), contended, is_whole: false, rest };
    // Who paid less than the highest price for something would not have paid less in all at that.
    let (problem, mut relaxation) = gathered(problem, kept, &start.prices, highest);
    relaxation.duals.prices = prices;
    Some(First { problem, relaxation, is_whole, seconds })
}

/// A problem of the orders that something is kept of, with the bound that it has at these prices.
pub(super) fn gathered<'a>(
    mut problem: WaveProblem<'a>,
    kept: Vec<Kept>,
    known: &KnownPrices,
    prices: Prices,
) -> (WaveProblem<'a>, Relaxation) {
    let mut relaxation = Relaxation::unknown(&problem);
    let mut plans = Vec::with_capacity(kept.len());
    for of_order in kept {
        problem.orders.push(of_order.order);
        relaxation.duals.orders.push(of_order.prices);
        relaxation.least.push(of_order.least);
        plans.push(of_order.entries);
    }
    relaxation.count_cuts(known.cuts(&problem));
    relaxation.duals.prices = prices;
    let worth = supply_worth(&problem, &relaxation.duals);
    relaxation.bound = lagrangian_bound(&problem, relaxation.least.iter().sum(), worth);
    let plans = plans.into_par_iter().enumerate();
    let plans = plans.map(|(at, entries)| OrderColumn::of_entries(&problem, at, entries));
    relaxation.columns = plans.collect();
    relaxation.values = vec![1.0; relaxation.columns.len()];
    (problem, relaxation)
}

/// Sifts a wave again, at the prices of a relaxation, whose bound then is one for the whole wave;
/// returns false when told to stop, with the bound as it was. Orders of which it is `known` what
/// they cost at least are left as they are.
pub fn again(
    problem: &mut WaveProblem,
    relaxation: &mut Relaxation,
    incumbent: &mut [Column],
    known: &[Option<f64>],
    keep: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> bool {
    let (planner, resources) = (problem.planner, problem.resources.clone());
    let worth = supply_worth(problem, &relaxation.duals);
    let cuts: Vec<NamedCut> =
        relaxation.cuts.iter().map(|cut| NamedCut::of(problem, cut)).collect();
    let plans = plans_to_keep(problem, relaxation);
    let mut sieved: Vec<Sieved> = (problem.orders.iter_mut())
        .zip(&mut relaxation.duals.orders)
        .zip(&mut relaxation.least)
        .zip(plans)
        .map(|(((order, prices), least), plans)| Sieved {
            order,
            prices,
            least,
            plans,
            incumbent: None,
            best: None,
        })
        .collect();
    for column in incumbent {
        let order = column.order as usize;
        sieved[order].incumbent = Some(column);
    }
    for (of_order, known) in sieved.iter_mut().zip(known) {
        if let Some(least) = known {
            *of_order.least = *least;
        }
    }
    let is_due = |at: usize| known.get(at).is_none_or(Option::is_none);
    let due = sieved.iter_mut().enumerate().filter(|(at, _)| is_due(*at));
    let mut due: Vec<&mut Sieved> = due.map(|(_, of_order)| of_order).collect();
    let prices = &relaxation.duals.prices;
    due.par_chunks_mut(BATCH).for_each(|batch| {
        if stop() {
            return;
        }
        let ids: Vec<OrderId> = batch.iter().map(|of_order| of_order.order.options.order).collect();
        let look = Look { planner, resources: &resources, lanes: Lanes::ToEnds };
        for (of_order, all) in batch.iter_mut().zip(look.at_batch(&ids)) {
            of_order.sift(planner, &resources, all, prices, keep);
        }
    });
    let is_done = due.iter().all(|of_order| of_order.best.is_some());
    let plans = sieved.into_iter().map(|of_order| (of_order.plans, of_order.best));
    let plans: Vec<(Vec<Chosen>, Option<Vec<Entry>>)> = plans.collect();
    let renewed = plans.into_par_iter().enumerate().flat_map_iter(|(at, (plans, best))| {
        // Its columns refer to the stocks and openings of the order by position.
        let renewed = |(plan, value): Chosen| (OrderColumn::new(problem, at, plan.shipped), value);
        let mut plans: Vec<Chosen> = plans.into_iter().map(renewed).collect();
        let best = best.map(|entries| OrderColumn::of_entries(problem, at, entries));
        plans.extend(
            best.filter(|best| plans.iter().all(|(plan, _)| plan.key() != best.key()))
                .map(|best| (best, 0.0)),
        );
        plans
    });
    (relaxation.columns, relaxation.values) = renewed.unzip();
    relaxation.cuts = placed(problem, &cuts);
    if is_done {
        relaxation.bound = lagrangian_bound(problem, relaxation.least.iter().sum(), worth);
    }
    is_done
}

/// An order plan with how much of it is chosen.
type Chosen = (OrderColumn, f64);

/// Takes the order plans of a relaxation that are worth keeping, by order: those in use, and those
/// of least reduced cost.
fn plans_to_keep(problem: &WaveProblem, relaxation: &mut Relaxation) -> Vec<Vec<Chosen>> {
    let reduced = relaxation.reduced_costs();
    let mut of_order: Vec<Vec<(f64, Chosen)>> = Vec::new();
    of_order.resize_with(problem.orders.len(), Vec::new);
    let (columns, values) = (&mut relaxation.columns, &relaxation.values);
    let columns = std::mem::take(columns).into_iter();
    for ((column, value), reduced) in columns.zip(values).zip(reduced) {
        of_order[column.order as usize].push((reduced, (column, *value)));
    }
    let nearest = |mut known: Vec<(f64, Chosen)>| {
        known
            .sort_by(|(a, (_, x)), (b, (_, y))| (*x <= 0.0).cmp(&(*y <= 0.0)).then(a.total_cmp(b)));
        let kept = known.into_iter().enumerate();
        let kept = kept.filter(|(at, (_, (_, value)))| *at < PLANS || *value > 0.0);
        kept.map(|(_, (_, chosen))| chosen).collect()
    };
    of_order.into_par_iter().map(nearest).collect()
}

/// An order while it is sifted again.
struct Sieved<'s> {
    order: &'s mut OrderProblem,
    prices: &'s mut OrderPrices,
    least: &'s mut f64,
    plans: Vec<Chosen>,
    incumbent: Option<&'s mut Column>,
    /// The best plan at the prices, once it is known.
    best: Option<Vec<Entry>>,
}

impl Sieved<'_> {
    /// Keeps what matters of all that the order could do.
    fn sift(
        &mut self,
        planner: &Planner,
        resources: &Resources,
        all: OrderProblem,
        prices: &Prices,
        keep: usize,
    ) {
        let OrderProblem { options, tables } = &*self.order;
        let mut order_prices = moved_prices(self.prices, tables, &all.tables);
        let departures = &all.options.transfers.departures;
        order_prices.shares =
            moved_shares(&self.prices.shares, &options.transfers.departures, departures);
        let place = places(options, &all.options);
        let is_filled = self
            .incumbent
            .as_ref()
            .is_some_and(|column| column.state(options, tables) == tables.states.full());
        let shipped = self.plans.iter_mut().filter_map(|(plan, _)| plan.shipped.as_mut());
        let columns = shipped.chain(self.incumbent.as_deref_mut());
        let mut entries: Vec<&mut Entry> = columns.flat_map(|column| &mut column.entries).collect();
        let mut wanted = vec![false; all.options.groups.len()];
        for entry in &entries {
            wanted[place[entry.group as usize]] = true;
        }
        let most = if is_filled { keep } else { MORE * keep };
        let kept = Kept::of(planner, resources, all, (prices, &order_prices), wanted, most);
        for entry in &mut entries {
            entry.group = kept.moved[place[entry.group as usize]];
        }
        *self.order = kept.order;
        *self.prices = kept.prices;
        *self.least = kept.least;
        self.best = Some(kept.entries);
    }
}

/// What is kept of an order.
pub(super) struct Kept {
    pub order: OrderProblem,
    prices: OrderPrices,
    /// Its best plan, and what no plan of it is below.
    entries: Vec<Entry>,
    pub least: f64,
    /// By group of all: how many of those before it are kept, its position if it is itself.
    moved: Vec<u32>,
}

impl Kept {
    /// Of an order with all that it could do: the groups wanted, those of its best plan at some
    /// prices, and up to `most` for each contents.
    fn of(
        planner: &Planner,
        resources: &Resources,
        order: OrderProblem,
        (prices, order_prices): (&Prices, &OrderPrices),
        mut wanted: Vec<bool>,
        most: usize,
    ) -> Kept {
        let OrderProblem { mut options, tables } = order;
        let scan = Scan {
            planner,
            resources,
            options: &options,
            tables: &tables,
            prices,
            order_prices,
            left: None,
        };
        let mut nearest = Nearest::new(&scan, most);
        let see = &mut |group, state, cost| nearest.see(group, state, cost);
        let OrderPlan { mut entries, least, shares } = plan_order_seen(&scan, see);
        for entry in &entries {
            wanted[entry.group as usize] = true;
        }
        nearest.mark(&mut wanted);
        let moved = positions(&wanted);
        for entry in &mut entries {
            entry.group = moved[entry.group as usize];
        }
        let mut is_wanted = wanted.into_iter();
        options.groups.retain(|_| is_wanted.next().unwrap_or(true));
        options.groups.shrink_to_fit();
        let departures = options.transfers.departures.clone();
        options.transfers.keep_towards(&ends(&options.groups));
        let kept = OrderTables::new(planner, resources, &options);
        let mut own = moved_prices(order_prices, &tables, &kept);
        own.shares = moved_shares(&shares, &departures, &options.transfers.departures);
        let order = OrderProblem { options, tables: kept };
        Kept { order, prices: own, entries, least, moved }
    }

    /// What the order's best plan uses.
    pub fn uses(&self, planner: &Planner, resources: &Resources) -> Vec<(ResourceId, f64)> {
        let options = &self.order.options;
        let column = Column::new(planner, resources, options, 0, self.entries.clone());
        column.uses.iter().map(|(id, used)| (*id, used.to_f64())).collect()
    }
}

/// The cheapest groups for each contents.
struct Nearest<'s, 'a> {
    scan: &'s Scan<'a>,
    most: usize,
    most_of_node: usize,
    /// By state, the list of its contents; `usize::MAX` where there is none.
    list_of: Vec<usize>,
    /// Cost and group, by rising cost.
    lists: Vec<Vec<(f64, usize)>>,
}

impl<'s, 'a> Nearest<'s, 'a> {
    /// Up to `most` for each contents.
    fn new(scan: &'s Scan<'a>, most: usize) -> Nearest<'s, 'a> {
        let OrderTables { states, exchanges, .. } = scan.tables;
        let whole = |need: usize| states.whole(need) * states.stride(need);
        let listed: Vec<usize> = if exchanges.classes() > 1 {
            // Where visits bring savings, the cheapest shipment is not all that counts: all are kept.
            Vec::new()
        } else if states.full() <= MAX_LISTED {
            (1..states.count()).collect()
        } else {
            (0..states.needs()).map(whole).chain([states.full()]).collect()
        };
        let mut list_of = vec![usize::MAX; states.count()];
        for (list, state) in listed.iter().enumerate() {
            list_of[*state] = list;
        }
        let lists = vec![Vec::with_capacity(most + 1); listed.len()];
        let most_of_node = (OF_NODE * most as f64).ceil() as usize;
        Nearest { scan, most, most_of_node, list_of, lists }
    }

    /// Takes a shipment of a group with some contents, where it is among the cheapest.
    fn see(&mut self, group: usize, state: usize, cost: f64) {
        let Some(list) = self.lists.get_mut(self.list_of[state]) else { return };
        if list.len() == self.most && list.last().is_some_and(|(worst, _)| cost >= *worst) {
            return;
        }
        let groups = &self.scan.options.groups;
        let node = groups[group].node;
        let mut same = (0..list.len()).rev().filter(|at| groups[list[*at].1].node == node);
        if let Some(worst) = same.next()
            && same.count() + 1 >= self.most_of_node
        {
            if cost >= list[worst].0 {
                return;
            }
            list.remove(worst);
        }
        let at = list.partition_point(|(known, _)| *known <= cost);
        list.insert(at, (cost, group));
        list.truncate(self.most);
    }

    /// Marks the cheapest groups, and those that join what is there already.
    fn mark(self, wanted: &mut [bool]) {
        let tables = self.scan.tables;
        if tables.exchanges.classes() > 1 {
            wanted.fill(true);
            return;
        }
        for (is_wanted, group) in wanted.iter_mut().zip(&tables.groups) {
            *is_wanted |= group.joins;
        }
        for (_, group) in self.lists.into_iter().flatten() {
            wanted[group] = true;
        }
    }
}

/// By group: how many before it are wanted.
fn positions(wanted: &[bool]) -> Vec<u32> {
    let count = |next: &mut u32, is_wanted: &bool| {
        let at = *next;
        *next += u32::from(*is_wanted);
        Some(at)
    };
    wanted.iter().scan(0, count).collect()
}

/// By group of the options kept: its position among all, which are in the same order.
fn places(kept: &OrderOptions, all: &OrderOptions) -> Vec<usize> {
    let mut others = all.groups.iter().map(Group::key);
    let mut next = 0;
    let place = |group: &Group| {
        next += others.position(|other| other == group.key()).map_or(0, |at| at + 1);
        next - 1
    };
    kept.groups.iter().map(place).collect()
}

/// The last day on which goods that come over lanes can leave, by node.
fn ends(groups: &[Group]) -> BTreeMap<NodeId, Day> {
    let mut ends = BTreeMap::new();
    for group in groups.iter().filter(|group| !group.moved.is_empty()) {
        let last = ends.entry(group.node).or_insert(group.ship_date);
        *last = group.ship_date.max(*last);
    }
    ends
}
