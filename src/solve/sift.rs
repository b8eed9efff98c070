//! Sifting: of the shipments that orders could make, only those that matter are kept in memory.
//!
//! An order has thousands of shipments to choose from in a large network, nearly all of them far
//! worse than its best. Prices are found over the few that are kept. Then every order is built
//! anew with all of them, one after the other, and priced: that gives a bound for the whole wave,
//! and says which shipments are to be kept in the next round. (Bixby, Gregory, Lustig, Marsten and
//! Shanno 1992 call this sifting.)

use crate::ids::{NodeId, OrderId, ServiceId};
use crate::options::{Group, OrderOptions, Planner};
use crate::solve::column::{Column, Entry};
use crate::solve::cuts::Cut;
use crate::solve::master::OrderColumn;
use crate::solve::order_plan::{OrderPlan, plan_order};
use crate::solve::pricing::{OrderPrices, Prices, Scan};
use crate::solve::relax::{Duals, Relaxation, lagrangian_bound};
use crate::solve::routes::Routes;
use crate::solve::tables::{LineStock, OrderTables};
use crate::solve::wave_options::{Demand, OrderProblem, WaveProblem, build_orders};
use crate::solve::{Resources, Start};
use crate::time::Day;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
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

/// What was kept of a wave, with a bound for all of it.
pub struct Sifted<'a> {
    pub problem: WaveProblem<'a>,
    /// Its bound is one for the whole wave.
    pub relaxation: Relaxation,
    /// The best plan, as far as it was known.
    pub incumbent: Vec<Column>,
}

/// Sifts a wave for the first time: at the prices of a similar one, where they are known, and with
/// what a plan of it decided.
pub fn first<'a>(planner: &'a Planner<'a>, start: &Start, keep: usize) -> Sifted<'a> {
    let resources = Arc::new(Resources::new(planner));
    let prices = Prices::known(planner, &resources, &start.prices);
    let lines = &planner.wave.lines;
    let decided: FxHashSet<(OrderId, GroupKey)> = (start.decisions.iter())
        .map(|d| (lines[d.line].order, (d.node, d.service, d.ship_date)))
        .collect();
    let demand = Demand::new(&resources);
    let ids: Vec<OrderId> = planner.wave.orders.ids().collect();
    let kept = build_orders(planner, &resources, &ids, &|| false, &|_, order| {
        demand.add(planner, &order);
        let order_prices = OrderPrices::free(&order.tables);
        let is_wanted = |group: &Group| decided.contains(&(order.options.order, group_key(group)));
        let wanted = order.options.groups.iter().map(is_wanted).collect();
        Kept::of(planner, &resources, order, (&prices, &order_prices), wanted, keep)
    });
    let contended = demand.contended(&resources);
    let nothing =
        WaveProblem { planner, resources, orders: Vec::new(), contended, is_whole: false };
    let relaxation = Relaxation::unknown(&nothing);
    let relaxation = Relaxation { duals: Duals { prices, ..relaxation.duals }, ..relaxation };
    sifted(&nothing, &relaxation, kept, &[], &[])
}

/// Sifts a wave again, at the prices of a relaxation; nothing when told to stop.
pub fn again<'a>(
    problem: &WaveProblem<'a>,
    relaxation: &Relaxation,
    incumbent: &[Column],
    keep: usize,
    stop: &(dyn Fn() -> bool + Sync),
) -> Option<Sifted<'a>> {
    let (planner, resources) = (problem.planner, &problem.resources);
    let duals = &relaxation.duals;
    let known = plans_to_keep(problem, relaxation);
    let mut plan: Vec<Option<&Column>> = vec![None; problem.orders.len()];
    for column in incumbent {
        plan[column.order as usize] = Some(column);
    }
    let ids: Vec<OrderId> = problem.orders.iter().map(|order| order.options.order).collect();
    let kept = build_orders(planner, resources, &ids, stop, &|at, order| {
        let OrderProblem { options, tables } = &problem.orders[at];
        let order_prices = moved_prices(&duals.orders[at], tables, &order.tables);
        let place = places(options, &order.options);
        let mut wanted = vec![false; order.options.groups.len()];
        let shipped = known[at].iter().filter_map(|(known, _)| known.shipped.as_ref());
        for entry in shipped.chain(plan[at]).flat_map(|column| &column.entries) {
            wanted[place[entry.group as usize]] = true;
        }
        let is_filled =
            plan[at].is_some_and(|column| column.state(options, tables) == tables.states.full());
        let most = if is_filled { keep } else { MORE * keep };
        let mut kept =
            Kept::of(planner, resources, order, (&duals.prices, &order_prices), wanted, most);
        kept.moved = place.into_iter().map(|at| kept.moved[at]).collect();
        kept
    });
    if kept.len() < problem.orders.len() {
        return None;
    }
    Some(sifted(problem, relaxation, kept, &known, incumbent))
}

/// An order plan with how much of it is chosen.
type Chosen<'c> = (&'c OrderColumn, f64);

/// The order plans worth keeping, by order: those in use, and those of least reduced cost.
fn plans_to_keep<'c>(problem: &WaveProblem, relaxation: &'c Relaxation) -> Vec<Vec<Chosen<'c>>> {
    let mut of_order: Vec<Vec<(bool, f64, usize)>> = vec![Vec::new(); problem.orders.len()];
    for (index, (column, value)) in relaxation.columns.iter().zip(&relaxation.values).enumerate() {
        let reduced = relaxation.reduced_cost(column);
        of_order[column.order as usize].push((*value <= 0.0, reduced, index));
    }
    let nearest = |mut known: Vec<(bool, f64, usize)>| {
        known.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        let kept = known.iter().enumerate().filter(|(at, known)| *at < PLANS || !known.0);
        kept.map(|(_, known)| (&relaxation.columns[known.2], relaxation.values[known.2])).collect()
    };
    of_order.into_par_iter().map(nearest).collect()
}

/// What is kept of an order.
struct Kept {
    order: OrderProblem,
    prices: OrderPrices,
    /// Its best plan, and what no plan of it is below.
    entries: Vec<Entry>,
    least: f64,
    /// By group of before: its position among the groups now; nothing where it is not kept.
    moved: Vec<Option<u32>>,
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
        let OrderPlan { mut entries, least, shares } = plan_order(&scan);
        for entry in &entries {
            wanted[entry.group as usize] = true;
        }
        nearest(&scan, most, &mut wanted);
        let moved = positions(&wanted);
        for entry in &mut entries {
            // Its group was wanted just now.
            entry.group = moved[entry.group as usize].unwrap_or(u32::MAX);
        }
        let mut is_wanted = wanted.into_iter();
        options.groups.retain(|_| is_wanted.next().unwrap_or(true));
        options.groups.shrink_to_fit();
        options.transfers.drop_unmoved();
        let kept = OrderTables::new(planner, resources, &options);
        let mut own = moved_prices(order_prices, &tables, &kept);
        own.shares = shares;
        let order = OrderProblem { options, tables: kept };
        Kept { order, prices: own, entries, least, moved }
    }
}

/// Adds the cheapest groups for each contents.
fn nearest(scan: &Scan, most: usize, wanted: &mut [bool]) {
    let (options, tables) = (scan.options, scan.tables);
    // Where visits bring savings, the cheapest shipment is not all that counts.
    if tables.exchanges.classes() > 1 {
        wanted.fill(true);
        return;
    }
    let most_of_node = (OF_NODE * most as f64).ceil() as usize;
    let states = &tables.states;
    let mut list_of = vec![usize::MAX; states.count()];
    let mut listed = 0;
    let mut list = |state: usize| {
        list_of[state] = listed;
        listed += 1;
    };
    if states.full() <= MAX_LISTED {
        (1..states.count()).for_each(&mut list);
    } else {
        (0..states.needs()).for_each(|need| list(states.whole(need) * states.stride(need)));
        list(states.full());
    }
    let mut lists: Vec<Vec<(f64, usize)>> = vec![Vec::with_capacity(most + 1); listed];
    scan.shipments(&Routes::cheapest(scan), |group, state, cost| {
        if tables.groups[group].joins {
            wanted[group] = true;
        }
        let Some(list) = lists.get_mut(list_of[state]) else { return };
        if list.len() == most && list.last().is_some_and(|(worst, _)| cost >= *worst) {
            return;
        }
        let node = options.groups[group].node;
        let mut same = (0..list.len()).rev().filter(|at| options.groups[list[*at].1].node == node);
        if let Some(worst) = same.next()
            && same.count() + 1 >= most_of_node
        {
            if cost >= list[worst].0 {
                return;
            }
            list.remove(worst);
        }
        let at = list.partition_point(|(known, _)| *known <= cost);
        list.insert(at, (cost, group));
        list.truncate(most);
    });
    for (_, group) in lists.into_iter().flatten() {
        wanted[group] = true;
    }
}

/// What tells the groups of an order apart.
type GroupKey = (NodeId, Option<ServiceId>, Day);

fn group_key(group: &Group) -> GroupKey {
    (group.node, group.service, group.ship_date)
}

/// By group: its position among those that are wanted.
fn positions(wanted: &[bool]) -> Vec<Option<u32>> {
    let mut next = 0..;
    wanted.iter().map(|is_wanted| if *is_wanted { next.next() } else { None }).collect()
}

/// By group of the options kept: its position among all, which are in the same order.
fn places(kept: &OrderOptions, all: &OrderOptions) -> Vec<usize> {
    let mut others = all.groups.iter().map(group_key);
    let mut next = 0;
    let place = |group: &Group| {
        next += others.position(|other| other == group_key(group)).map_or(0, |at| at + 1);
        next - 1
    };
    kept.groups.iter().map(place).collect()
}

/// The prices of an order in terms of other tables of it. What these do not have is left out.
fn moved_prices(prices: &OrderPrices, from: &OrderTables, to: &OrderTables) -> OrderPrices {
    let mut moved = OrderPrices { shares: prices.shares.clone(), ..OrderPrices::free(to) };
    for (opening, id) in from.openings.iter().enumerate() {
        let is_priced = prices.openings.iter().any(|of_need| of_need[opening] > 0.0);
        let place = is_priced.then(|| to.openings.iter().position(|other| other == id)).flatten();
        if let Some(place) = place {
            for (there, here) in moved.openings.iter_mut().zip(&prices.openings) {
                there[place] = here[opening];
            }
        }
    }
    for (stock, price) in from.stocks.iter().zip(&prices.stocks).filter(|(_, price)| **price > 0.0)
    {
        if let Some(place) = stock_place(stock, to) {
            moved.stocks[place] = *price;
        }
    }
    moved
}

fn stock_place(stock: &LineStock, tables: &OrderTables) -> Option<usize> {
    let key = |stock: &LineStock| (stock.line, stock.node, stock.step);
    tables.stocks.iter().position(|other| key(other) == key(stock))
}

/// Puts together what was kept of each order, with order plans and the best plan of before, and
/// the bound at the prices of before.
fn sifted<'a>(
    before: &WaveProblem<'a>,
    relaxation: &Relaxation,
    kept: Vec<Kept>,
    known: &[Vec<Chosen>],
    incumbent: &[Column],
) -> Sifted<'a> {
    let least: Vec<f64> = kept.iter().map(|kept| kept.least).collect();
    let bound = lagrangian_bound(before, &relaxation.duals, least.iter().sum());
    let mut orders = Vec::with_capacity(kept.len());
    let mut prices = Vec::with_capacity(kept.len());
    let mut plans = Vec::with_capacity(kept.len());
    let mut moved = Vec::with_capacity(kept.len());
    for of_order in kept {
        orders.push(of_order.order);
        prices.push(of_order.prices);
        plans.push(of_order.entries);
        moved.push(of_order.moved);
    }
    let problem = WaveProblem {
        planner: before.planner,
        resources: before.resources.clone(),
        orders,
        contended: before.contended.clone(),
        is_whole: false,
    };
    let moved = |column: &Column| {
        let mut column = column.clone();
        for entry in &mut column.entries {
            // The groups of what is kept were wanted.
            let place = moved[column.order as usize][entry.group as usize];
            entry.group = place.unwrap_or(u32::MAX);
        }
        column
    };
    // The plans known of each order, and the best one where it is new.
    let of_order = |(at, entries): (usize, Vec<Entry>)| {
        let known = known.get(at).map_or(&[][..], Vec::as_slice).iter();
        let mut plans: Vec<(OrderColumn, f64)> = known
            .map(|(plan, value)| {
                (OrderColumn::new(&problem, at, plan.shipped.as_ref().map(moved)), *value)
            })
            .collect();
        let shipped = (!entries.is_empty()).then(|| problem.column(at as u32, entries));
        let best = OrderColumn::new(&problem, at, shipped);
        if plans.iter().all(|(plan, _)| plan.key() != best.key()) {
            let value = if plans.is_empty() { 1.0 } else { 0.0 };
            plans.push((best, value));
        }
        plans
    };
    let plans = plans.into_par_iter().enumerate().flat_map_iter(of_order);
    let (columns, values): (Vec<OrderColumn>, Vec<f64>) = plans.unzip();
    let cuts = relaxation.cuts.iter().map(|cut| moved_cut(cut, before, &problem)).collect();
    let incumbent = incumbent.iter().map(moved).collect();
    let duals = Duals {
        prices: relaxation.duals.prices.clone(),
        orders: prices,
        cuts: relaxation.duals.cuts.clone(),
        cut_worth: relaxation.duals.cut_worth,
    };
    let relaxation = Relaxation { bound, duals, least, columns, values, cuts };
    Sifted { problem, relaxation, incumbent }
}

/// A cut on the stocks that are kept; without the others it says less, but nothing false.
fn moved_cut(cut: &Cut, before: &WaveProblem, after: &WaveProblem) -> Cut {
    let moved = |&(order, stock, coefficient): &(usize, usize, f64)| {
        let stock = &before.orders[order].tables.stocks[stock];
        let place = stock_place(stock, &after.orders[order].tables)?;
        Some((order, place, coefficient))
    };
    Cut { terms: cut.terms.iter().filter_map(moved).collect(), limit: cut.limit }
}
