//! Building the options of an order: sources, transfers, shipments, and the terms of each line.

use crate::domain::NodeKind;
use crate::ids::{IdVec, LineId, NodeId, OrderId};
use crate::options::bundles::bundle_needs;
use crate::options::eligibility::{customer_km, line_bar, may_hand_over, offers};
use crate::options::escalation::first_tier_on_time;
use crate::options::frozen::frozen_shipments;
use crate::options::transfers::Reach;
use crate::options::{
    Bar, Decision, Group, GroupLines, Need, OpenLine, OrderOptions, Planner, Pruned, Supply,
    Transfers,
};
use crate::time::Day;
use std::collections::BTreeSet;

/// Builds the options of an order over some lanes; `km` holds the distance from each node to its
/// customer. What is left out goes to `pruned` with its reason: to say what bars a node that lines
/// have to come to, all lanes have to be looked at.
pub fn order_options(
    planner: &Planner,
    order: OrderId,
    km: &[f64],
    lanes: Lanes,
    pruned: &mut dyn FnMut(Pruned),
) -> OrderOptions {
    let builder = Builder { planner, order, km };
    let mut options = builder.without_groups(lanes, &|_, _| true, pruned);
    if options.lines.is_empty() {
        return options;
    }
    let moved = all_moved(planner, &options.transfers);
    let mut groups = Vec::new();
    for node in last_nodes(&options.transfers.supplies, &moved) {
        builder.add_groups(&options, node, &moved[node], &mut groups, pruned);
    }
    options.groups = groups;
    options
}

/// The options of an order that some decisions about it name, and no others; those that are none of
/// the order's are left out.
pub fn decided_options(planner: &Planner, order: OrderId, decisions: &[&Decision]) -> OrderOptions {
    let mut km = vec![0.0; planner.wave.nodes.len()];
    let nodes: BTreeSet<NodeId> = decisions.iter().map(|decision| decision.node).collect();
    for &node in &nodes {
        km[node.0 as usize] = customer_km(planner.wave, order, node);
    }
    let builder = Builder { planner, order, km: &km };
    let is_named = |line: LineId, source: NodeId| {
        decisions.iter().any(|decision| (decision.line, decision.source) == (line, source))
    };
    let has_lanes = decisions.iter().any(|decision| !decision.hops.is_empty());
    let lanes = if has_lanes { Lanes::ToEnds } else { Lanes::None };
    let mut options = builder.without_groups(lanes, &is_named, &mut |_| {});
    if options.lines.is_empty() {
        return options;
    }
    let moved = has_lanes.then(|| all_moved(planner, &options.transfers));
    let nothing = Moved::default();
    let mut groups = Vec::new();
    for node in nodes {
        let moved = moved.as_ref().map_or(&nothing, |moved| &moved[node]);
        builder.add_groups(&options, node, moved, &mut groups, &mut |_| {});
    }
    groups.retain(|group| decisions.iter().any(|decision| decision.shipment() == group.key()));
    options.groups = groups;
    options
}

/// The open lines, needs and frozen shipments of an order, without any option.
fn empty_options(planner: &Planner, order: OrderId) -> OrderOptions {
    let wave = planner.wave;
    let mut needs: Vec<Need> = Vec::new();
    let mut lines: Vec<OpenLine> = Vec::new();
    for id in wave.orders[order].line_ids() {
        let quantity = wave.open_quantity(id);
        if quantity == 0 {
            continue;
        }
        let kit = wave.lines[id].together.as_deref();
        let same_kit = |need: &Need| {
            kit.is_some() && wave.lines[lines[need.lines[0]].id].together.as_deref() == kit
        };
        let need = needs.iter().position(same_kit).unwrap_or_else(|| {
            needs.push(Need { lines: Vec::new() });
            needs.len() - 1
        });
        needs[need].lines.push(lines.len());
        let divisible = planner.model.rules.split_lines && kit.is_none() && quantity > 1;
        lines.push(OpenLine { id, sku: wave.lines[id].sku, quantity, need, divisible });
    }
    let bundled = bundle_needs(planner, &mut lines, &mut needs);
    let undivided = limit_states(&mut lines, needs.len());
    let frozen = frozen_shipments(wave, order);
    let limit = wave.max_shipments(order, planner.model);
    let shipments_left = limit.map(|limit| limit.saturating_sub(frozen.len() as u32));
    OrderOptions {
        order,
        lines,
        needs,
        transfers: Transfers::default(),
        first_tiers: Vec::new(),
        groups: Vec::new(),
        frozen,
        shipments_left,
        ship_complete: wave.orders[order].ship_complete,
        split_lines: planner.model.rules.split_lines,
        undivided,
        bundled,
    }
}

/// The most states of an order: the product over its needs of the amounts that can be filled.
/// Beyond it, lines stay whole; the certificate then says `pruned`.
pub const MAX_STATES: usize = 1024;

/// Keeps the lines with the most units whole until the order's states are few enough; returns
/// how many.
fn limit_states(lines: &mut [OpenLine], needs: usize) -> u64 {
    let mut undivided = 0;
    loop {
        let divisible = lines.iter().filter(|line| line.divisible);
        let (count, factors) = divisible.fold((0, 1.0), |(count, product), line| {
            (count + 1, product * (line.quantity as f64 + 1.0))
        });
        if factors * 2_f64.powi((needs - count) as i32) <= MAX_STATES as f64 {
            return undivided;
        }
        let widest = lines.iter_mut().filter(|line| line.divisible).max_by_key(|l| l.quantity);
        let Some(widest) = widest else { return undivided };
        widest.divisible = false;
        undivided += 1;
    }
}

/// What can come to a node over lanes.
#[derive(Clone, Debug, Default)]
struct Moved {
    /// Line, source, and the first day on which it can be there; sorted.
    lines: Vec<(usize, NodeId, Day)>,
    /// Every day on which something can arrive, sorted.
    days: Vec<Day>,
}

/// What can come over lanes, by node.
fn all_moved(planner: &Planner, transfers: &Transfers) -> IdVec<NodeId, Moved> {
    let mut moved: IdVec<NodeId, Moved> =
        planner.wave.nodes.iter().map(|_| Moved::default()).collect();
    for (index, Supply { line, source, days, .. }) in transfers.supplies.iter().enumerate() {
        transfers.arrivals(index, days, &mut |node, day| {
            let Moved { lines, days } = &mut moved[node];
            match lines.last_mut() {
                Some((known, from, first)) if (*known, *from) == (*line, *source) => {
                    *first = day.min(*first);
                }
                _ => lines.push((*line, *source, day)),
            }
            if let Err(at) = days.binary_search(&day) {
                days.insert(at, day);
            }
        });
    }
    moved
}

/// The nodes at which shipments of the order may end, by rising id.
fn last_nodes(supplies: &[Supply], moved: &IdVec<NodeId, Moved>) -> BTreeSet<NodeId> {
    let is_reached = |(node, moved): (NodeId, &Moved)| (!moved.lines.is_empty()).then_some(node);
    supplies.iter().map(|s| s.source).chain(moved.enumerate().filter_map(is_reached)).collect()
}

/// Which lanes are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lanes {
    None,
    /// Those over which something may come to where the order may be handed over.
    ToEnds,
    /// The same, but for orders that are shipped only to hubs and to where other lines of them are.
    ToMeetings,
    All,
}

struct Builder<'a> {
    planner: &'a Planner<'a>,
    order: OrderId,
    km: &'a [f64],
}

impl Builder<'_> {
    fn last_day(&self) -> Day {
        let wave = self.planner.wave;
        let last = wave.nodes.ids().filter_map(|node| wave.window(node).last()).max();
        last.copied().unwrap_or(Day(i32::MIN))
    }

    /// What an order can do, but for its shipments.
    fn without_groups(
        &self,
        lanes: Lanes,
        is_wanted: &dyn Fn(LineId, NodeId) -> bool,
        pruned: &mut dyn FnMut(Pruned),
    ) -> OrderOptions {
        let (planner, order) = (self.planner, self.order);
        let mut options = empty_options(planner, order);
        let supplies = self.supplies(&options, is_wanted, pruned);
        let must_meet = lanes == Lanes::ToMeetings && planner.wave.destination(order).is_some();
        let fewest = if must_meet { 2 } else { 1 };
        if lanes == Lanes::None || options.lines.len() < fewest {
            options.transfers.supplies = supplies;
        } else {
            let parts = options.parts(options.lines.len());
            let sources = supplies.iter().filter(|_| must_meet).map(|supply| supply.source);
            let sources: Vec<NodeId> = sources.collect();
            let may_meet = |node: NodeId| {
                planner.wave.nodes[node].kind == NodeKind::Hub || sources.contains(&node)
            };
            let is_end = |node: NodeId| {
                lanes == Lanes::All
                    || may_hand_over(planner.wave, order, node) && (!must_meet || may_meet(node))
            };
            let reach = Reach { parts, last_day: self.last_day(), is_end: &is_end };
            options.transfers = Transfers::new(planner, supplies, reach);
        }
        let first_tier = |line: &OpenLine| first_tier_on_time(planner, order, line.id);
        options.first_tiers = options.lines.iter().map(first_tier).collect();
        options
    }

    /// The sources of each open line that are wanted, with the days on which they may release it.
    fn supplies(
        &self,
        options: &OrderOptions,
        is_wanted: &dyn Fn(LineId, NodeId) -> bool,
        pruned: &mut dyn FnMut(Pruned),
    ) -> Vec<Supply> {
        let (planner, wave) = (self.planner, self.planner.wave);
        let mut supplies = Vec::new();
        for (index, line) in options.lines.iter().enumerate() {
            // A part of a divided line may be as small as a unit.
            let wanted = if options.split_lines { 1 } else { line.quantity as i64 };
            for source in planner.sources(line.sku).filter(|node| is_wanted(line.id, *node)) {
                let mut bar = |bar| {
                    pruned(Pruned { line: line.id, source, node: source, service: None, bar });
                };
                let profile = planner.stock(source, line.sku);
                let window = wave.window(source);
                let stocked = |day: &&Day| profile.is_none_or(|p| p.available_on(**day) >= wanted);
                let free = |day: &&Day| !wave.is_excluded(line.id, source, **day);
                let days: Vec<Day> = window.iter().filter(stocked).filter(free).copied().collect();
                if days.is_empty() {
                    let raw = wave.stock_of(source, line.sku);
                    let enough = |day: &Day| raw.is_some_and(|s| s.available_by(*day) >= wanted);
                    bar(match () {
                        () if window.is_empty() => Bar::NoDay,
                        () if window.iter().any(|day| stocked(&day)) => Bar::Excluded,
                        () if window.iter().any(enough) => Bar::StockCommitted,
                        () => Bar::NoStock,
                    });
                    continue;
                }
                let level = |day: Day| profile.map_or(0, |p| p.step_at(day));
                let mut fresh = vec![days[0]];
                for pair in days.windows(2) {
                    let gap = window.iter().any(|day| pair[0] < *day && *day < pair[1]);
                    if gap || level(pair[0]) != level(pair[1]) {
                        fresh.push(pair[1]);
                    }
                }
                supplies.push(Supply { line: index, source, days, fresh });
            }
        }
        supplies
    }

    fn add_groups(
        &self,
        options: &OrderOptions,
        node: NodeId,
        moved: &Moved,
        groups: &mut Vec<Group>,
        pruned: &mut dyn FnMut(Pruned),
    ) {
        let wave = self.planner.wave;
        let supplies = &options.transfers.supplies;
        let direct: Vec<&Supply> = supplies.iter().filter(|s| s.source == node).collect();
        let km = self.km[node.0 as usize];
        let offers = offers(wave, self.planner.model, self.order, node, km);
        let mut bar_all = |bar| {
            let direct = direct.iter().map(|s| (s.line, s.source));
            let moved = moved.lines.iter().map(|(line, source, _)| (*line, *source));
            for (line, source) in direct.chain(moved) {
                let line = options.lines[line].id;
                pruned(Pruned { line, source, node, service: None, bar });
            }
        };
        let offers = match offers {
            Ok(offers) => offers,
            Err(bar) => return bar_all(bar),
        };
        let dates = self.ship_dates(options, node, &direct, &moved.days);
        if dates.is_empty() {
            return bar_all(Bar::NoDay);
        }
        for offer in offers {
            let service = offer.map(|offer| offer.service);
            let bars: Vec<Option<Bar>> = options
                .lines
                .iter()
                .map(|line| service.and_then(|service| line_bar(wave, line.id, service)))
                .collect();
            for &ship_date in &dates {
                let delivery_date = offer.map_or(ship_date, |offer| {
                    wave.services[offer.service].delivery_date(ship_date, offer.zone.transit_days)
                });
                let late_days = wave.late_days(self.order, ship_date, delivery_date);
                let key = (node, service, ship_date);
                let joins = options.frozen.iter().position(|frozen| frozen.key() == key);
                let left = joins.is_some_and(|index| options.frozen[index].shipped);
                let group_bar = if left {
                    Some(Bar::AlreadyLeft)
                } else if late_days > 0 && wave.is_hard(self.order, self.planner.model) {
                    Some(Bar::Late)
                } else {
                    None
                };
                let mut group = Group {
                    node,
                    service,
                    ship_date,
                    delivery_date,
                    zone: offer.map(|offer| offer.zone),
                    km: if service.is_some() { km } else { 0.0 },
                    late_days,
                    joins,
                    direct: GroupLines::new(),
                    moved: GroupLines::new(),
                };
                let mut bar = |line: usize, source| {
                    let barred = group_bar.or(bars[line]);
                    if let Some(bar) = barred {
                        let line = options.lines[line].id;
                        pruned(Pruned { line, source, node, service, bar });
                    }
                    barred.is_some()
                };
                for supply in &direct {
                    let open = supply.days.binary_search(&ship_date).is_ok();
                    if open && !bar(supply.line, node) {
                        group.direct.push(supply.line as u32);
                    }
                }
                for &(line, source, _) in moved.lines.iter().filter(|(.., day)| *day <= ship_date) {
                    let known = group.moved.last() == Some(&(line as u32));
                    if !known && !bar(line, source) {
                        group.moved.push(line as u32);
                    }
                }
                drop_incomplete_kits(options, &mut group);
                if !group.direct.is_empty() || !group.moved.is_empty() {
                    groups.push(group);
                }
            }
        }
    }

    /// The dates on which it can be worth shipping from a node: all of its window where dates
    /// matter, else the first after something becomes possible, and those of commitments.
    fn ship_dates(
        &self,
        options: &OrderOptions,
        node: NodeId,
        direct: &[&Supply],
        arrivals: &[Day],
    ) -> Vec<Day> {
        let wave = self.planner.wave;
        let window = wave.window(node);
        if self.planner.dates_matter(node) {
            return window.to_vec();
        }
        let committed = options.lines.iter().flat_map(|line| wave.commitments_of(line.id));
        let wanted: BTreeSet<Day> = (direct.iter().flat_map(|supply| supply.fresh.iter().copied()))
            .chain(arrivals.iter().copied())
            .chain(committed.filter_map(|commitment| commitment.ship_date))
            .chain(options.frozen.iter().map(|shipment| shipment.ship_date))
            .collect();
        // Shipments that would leave together may be cheaper apart, each on a day of its own.
        let most = options.shipments_left.map_or(usize::MAX, |left| left as usize);
        // A day on which a frozen shipment leaves may be closed, or dearer to join than another.
        let frozen = options.frozen.iter().filter(|shipment| shipment.node == node).count();
        let days = options.parts(options.needs.len()).min(most).max(1) + frozen;
        let dates: BTreeSet<Day> = wanted
            .iter()
            .flat_map(|day| window.iter().skip_while(move |open| *open < day).take(days))
            .copied()
            .collect();
        dates.into_iter().collect()
    }
}

/// The late days of the frozen part of a line.
pub fn frozen_late_days(
    wave: &crate::domain::Wave,
    order: OrderId,
    line: LineId,
    frozen: &[crate::options::FrozenShipment],
) -> u32 {
    let with_line = frozen.iter().filter(|s| s.contents.iter().any(|c| c.line == line.0));
    with_line.map(|s| wave.late_days(order, s.ship_date, s.delivery_date)).max().unwrap_or(0)
}

/// Removes the ways of kits that are not all there: a kit leaves in one shipment.
fn drop_incomplete_kits(options: &OrderOptions, group: &mut Group) {
    let present = |line: usize| group.takes(line);
    let incomplete: Vec<usize> = (0..options.needs.len())
        .filter(|need| options.needs[*need].lines.iter().any(|&line| !present(line)))
        .collect();
    let is_whole = |line: &mut u32| !incomplete.contains(&options.lines[*line as usize].need);
    group.direct.retain(is_whole);
    group.moved.retain(is_whole);
}
