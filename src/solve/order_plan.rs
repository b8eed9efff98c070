//! The best plan of one order at given prices, by dynamic programming over its states.

use crate::ids::LaneId;
use crate::options::OrderOptions;
use crate::solve::apart;
use crate::solve::best_shipments::{BestShipments, ByState, Kind};
use crate::solve::column::{Entry, Move, moves};
use crate::solve::exchanges::Claim;
use crate::solve::joint::{self, JointRoutes};
use crate::solve::joint_shipments;
use crate::solve::pricing::{OrderPrices, Scan};
use crate::solve::states::States;
use crate::solve::tables::OrderTables;

/// For each layer, number of added shipments and state, the least cost of covering exactly that
/// state with these savings claimed and visits made, and the last shipment of such a cover.
#[derive(Clone, Debug)]
pub struct Covers {
    /// Added shipments of each layer, 0 included.
    width: usize,
    /// By layer and added shipments, then by state.
    cost: Vec<Vec<f64>>,
    last: Vec<Vec<Option<Last>>>,
}

/// The last shipment of a cover.
#[derive(Clone, Copy, Debug)]
struct Last {
    kind: Kind,
    state: usize,
    /// The layer before.
    layer: usize,
}

impl Covers {
    /// Combines shipments into covers of every state with up to `max_shipments` added ones.
    pub fn new(tables: &OrderTables, best: &ByState, max_shipments: usize) -> Covers {
        let (states, exchanges) = (&tables.states, &tables.exchanges);
        let (count, layers) = (states.count(), exchanges.layers());
        let width = max_shipments + 1;
        let mut covers = Covers {
            width,
            cost: vec![vec![f64::INFINITY; count]; layers * width],
            last: vec![vec![None; count]; layers * width],
        };
        covers.cost[0][0] = 0.0;
        // A cover grows by the shipment that takes units of the first need not yet whole; to be
        // found whatever the order, shipments are added by rising state.
        for target in 1..count {
            // Of the covers with the same shipments in another order, one is enough.
            states.first_parts(target, |part| {
                for (kind, price) in best.of_state(part) {
                    for &claim in exchanges.claims(kind.class) {
                        for layer in 0..layers {
                            let Some(after) = exchanges.after(layer, claim) else { continue };
                            let last = Last { kind, state: part, layer };
                            covers.grow((layer, after), target, last, price - claim.saved);
                        }
                    }
                }
            });
        }
        covers
    }

    /// Enters the covers of a state that end with a shipment.
    fn grow(&mut self, layers: (usize, usize), target: usize, last: Last, price: f64) {
        let (from, to) = (layers.0 * self.width, layers.1 * self.width);
        for shipments in last.kind.added..self.width {
            let before = self.cost[from + shipments - last.kind.added][target - last.state];
            if before + price < self.cost[to + shipments][target] {
                self.cost[to + shipments][target] = before + price;
                self.last[to + shipments][target] = Some(last);
            }
        }
    }

    /// The cheapest way to complete an order when shipments, so many of them added, cover a state
    /// with a claim: covers of more, the split cost of all, what stays open, and what the visits
    /// cost.
    pub fn cheapest_rest(
        &self,
        tables: &OrderTables,
        terms: &Terms,
        covered: usize,
        shipments: usize,
        claim: Claim,
    ) -> Rest {
        let (states, exchanges) = (&tables.states, &tables.exchanges);
        let mut least = Rest { cost: f64::INFINITY, layer: 0, shipments: 0, state: 0 };
        for state in 0..states.count() {
            if !states.fit_together(state, covered) || !terms.allows(states, covered + state) {
                continue;
            }
            let open = open_cost(tables, covered + state);
            for layer in 0..exchanges.layers() {
                let Some(after) = exchanges.after(layer, claim) else { continue };
                let own = open + exchanges.visit_cost(after) - claim.saved;
                for more in 0..=terms.max_shipments.saturating_sub(shipments) {
                    let covers = self.cost[layer * self.width + more][state];
                    let cost = covers + terms.split_cost(more + shipments) + own;
                    if cost < least.cost {
                        least = Rest { cost, layer, shipments: more, state };
                    }
                }
            }
        }
        least
    }

    pub fn entries(&self, scan: &Scan, best: &BestShipments, rest: &Rest) -> Vec<Entry> {
        let Rest { mut layer, mut shipments, mut state, .. } = *rest;
        let mut entries = Vec::new();
        while let Some(last) = self.last[layer * self.width + shipments][state] {
            entries.extend(best.entries(scan, last.kind, last.state));
            state -= last.state;
            shipments -= last.kind.added;
            layer = last.layer;
        }
        entries
    }
}

/// A cover of a state by added shipments, and what it costs to complete an order with it.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    pub cost: f64,
    layer: usize,
    shipments: usize,
    state: usize,
}

/// The terms of an order plan that are not in its shipments.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The most shipments that can be of use.
    pub max_shipments: usize,
    /// Whether frozen shipments exist, so that every added one is a split.
    pub has_frozen: bool,
    pub split: f64,
    pub ship_complete: bool,
}

impl Terms {
    pub fn new(options: &OrderOptions, tables: &OrderTables) -> Terms {
        Terms::of(options, &tables.states, tables.split)
    }

    /// The same of an order without tables, by the weighted cost of one more shipment.
    pub fn of(options: &OrderOptions, states: &States, split: f64) -> Terms {
        let most: usize = (0..states.needs()).map(|need| states.whole(need)).sum();
        let most = options.shipments_left.map_or(most, |left| most.min(left as usize));
        Terms {
            max_shipments: most,
            has_frozen: !options.frozen.is_empty(),
            split,
            ship_complete: options.ship_complete,
        }
    }

    /// Cost of splitting an order into this many added shipments.
    pub fn split_cost(&self, shipments: usize) -> f64 {
        let free = usize::from(!self.has_frozen);
        self.split * shipments.saturating_sub(free) as f64
    }

    pub fn allows(&self, states: &States, state: usize) -> bool {
        !self.ship_complete || state == 0 || state == states.full()
    }
}

/// What a plan pays at least for what a state leaves open, in weighted minor units.
pub fn open_cost(tables: &OrderTables, state: usize) -> f64 {
    let digits = (0..tables.states.needs()).map(|need| tables.states.digit(state, need));
    tables.left_open.iter().zip(digits).map(|(of_need, digit)| of_need[digit]).sum()
}

/// Lower bounds on the plans of an order at some shares, and the plan behind them.
#[derive(Clone, Debug)]
pub struct OrderBound {
    covers: Covers,
    terms: Terms,
    /// No plan costs less.
    pub least: f64,
    pub entries: Vec<Entry>,
}

impl OrderBound {
    /// At the shares of the scan's prices; `see` is shown every shipment: group, state and cost.
    pub fn new(scan: &Scan, see: &mut impl FnMut(usize, usize, f64)) -> OrderBound {
        let (options, tables) = (scan.options, scan.tables);
        let terms = Terms::new(options, tables);
        let best = scan.cheapest(see);
        let covers = Covers::new(tables, &best.found, terms.max_shipments);
        let rest = covers.cheapest_rest(tables, &terms, 0, 0, Claim::NONE);
        let entries = covers.entries(scan, &best, &rest);
        OrderBound { covers, terms, least: rest.cost, entries }
    }

    /// What the rest of an order costs at least when a shipment of a kind covers a state; the
    /// savings that the shipment claims are taken off.
    pub fn rest(&self, tables: &OrderTables, covered: usize, kind: Kind) -> f64 {
        let claims = tables.exchanges.claims(kind.class).iter();
        let rest = |claim: &Claim| {
            self.covers.cheapest_rest(tables, &self.terms, covered, kind.added, *claim).cost
        };
        claims.map(rest).fold(f64::INFINITY, f64::min)
    }
}

/// The best plan known of an order, and the best lower bound.
#[derive(Clone, Debug)]
pub struct OrderPlan {
    pub entries: Vec<Entry>,
    pub least: f64,
    /// The shares of that bound, where they are not equal.
    pub shares: Vec<f32>,
}

/// Rounds of moving shares.
const MAX_SHARE_ROUNDS: usize = 6;
const PLAN_ROUNDS: usize = 2;
/// The step of a round is one over its number and this: shares that are known are near enough already
/// for shorter ones.
const LATER: (usize, usize) = (1, 4);

/// Plans an order at the prices of a scan.
pub fn plan_order(scan: &Scan) -> OrderPlan {
    plan_order_seen(scan, &mut |_, _, _| ())
}

/// The same; `see` is shown every shipment: group, state and cost.
pub fn plan_order_seen(scan: &Scan, see: &mut impl FnMut(usize, usize, f64)) -> OrderPlan {
    match plan_jointly(scan, see) {
        Some(plan) => plan,
        None => plan_by_shares(scan, see),
    }
}

/// Plans an order by routes that its lines find together; nothing where these would not be exact.
pub fn plan_jointly(scan: &Scan, see: &mut impl FnMut(usize, usize, f64)) -> Option<OrderPlan> {
    let routes = JointRoutes::new(scan)?;
    let terms = Terms::new(scan.options, scan.tables);
    let best = joint_shipments::cheapest(scan, routes, see);
    let covers = Covers::new(scan.tables, &best.found, terms.max_shipments);
    let rest = covers.cheapest_rest(scan.tables, &terms, 0, 0, Claim::NONE);
    let mut entries = covers.entries(scan, &best, &rest);
    if !joint::are_simple(scan, &entries) {
        entries = plan_by_shares(scan, &mut |_, _, _| ()).entries;
    }
    if scan.left.is_some() {
        // A plan is wanted, and no bound.
        return Some(OrderPlan { entries, least: rest.cost, shares: Vec::new() });
    }
    let plan = by_shares(scan, (rest.cost, entries), |scan| apart::cheapest(scan, &terms));
    Some(OrderPlan { least: f64::min(plan.least, rest.cost), ..plan })
}

/// Plans an order by the shares in which its needs pay for lanes; `see` is shown every shipment at the
/// shares of the scan.
pub fn plan_by_shares(scan: &Scan, see: &mut impl FnMut(usize, usize, f64)) -> OrderPlan {
    let mut is_first = true;
    by_shares(scan, (f64::INFINITY, Vec::new()), |scan| {
        let bound = if std::mem::take(&mut is_first) {
            OrderBound::new(scan, see)
        } else {
            OrderBound::new(scan, &mut |_, _, _| ())
        };
        (bound.least, bound.entries)
    })
}

/// Raises a bound by moving the shares in which the needs of an order pay for lanes: `at_shares` says
/// what plans cost at least at shares, and which plan that is. Another plan is known, with its cost.
///
/// Where the plan moves something, what its needs pay for a lane moves towards those that use it,
/// which raises the bound until it meets the cheapest plan's cost, or no further.
fn by_shares(
    scan: &Scan,
    (mut cheapest, entries): (f64, Vec<Entry>),
    mut at_shares: impl FnMut(&Scan) -> (f64, Vec<Entry>),
) -> OrderPlan {
    let shares = scan.order_prices.shares.clone();
    let mut plan = OrderPlan { least: f64::NEG_INFINITY, entries, shares };
    let mut own = OrderPrices::default();
    let is_new = scan.order_prices.shares.is_empty();
    let later = if is_new { LATER.0 } else { LATER.1 };
    // Where a plan is wanted, and no bound, the first shares say nearly all.
    let rounds = if scan.left.is_some() { PLAN_ROUNDS } else { MAX_SHARE_ROUNDS };
    for round in 1..=rounds {
        let scan = if round == 1 { *scan } else { Scan { order_prices: &own, ..*scan } };
        let (least, entries) = at_shares(&scan);
        if least > plan.least {
            plan.least = least;
            plan.shares = scan.order_prices.shares.clone();
        }
        if least >= cheapest {
            break;
        }
        let used = used_parts(&scan, &entries);
        let unpaid: f64 = used.iter().map(|part| part.once * (1.0 - part.paid)).sum();
        if least + unpaid < cheapest {
            cheapest = least + unpaid;
            plan.entries = entries;
        }
        if cheapest - plan.least <= 1e-6 * cheapest.abs() + 1e-6 {
            break;
        }
        let shares = moved_shares(&scan, &used, 1.0 / (round + later) as f64, is_new);
        if round == 1 {
            own = scan.order_prices.clone();
        }
        own.shares = shares;
    }
    plan
}

/// What is paid once for a release or a lane that a plan uses.
struct UsedPart {
    departure: usize,
    lane: bool,
    once: f64,
    /// The part that the needs using it pay.
    paid: f64,
    /// How much of each need uses it.
    by_need: Vec<f64>,
}

fn used_parts(scan: &Scan, entries: &[Entry]) -> Vec<UsedPart> {
    let options = scan.options;
    let mut used = Vec::new();
    if entries.iter().all(|entry| entry.hops.is_empty()) {
        return used;
    }
    for (of_move, contents) in moves(options, entries) {
        let (hop, lane) = match of_move {
            Move::Release(hop) => (hop, false),
            Move::Lane(hop) => (hop, true),
        };
        let from = scan.planner.wave.lanes[hop.lane].from;
        let Some(departure) = options.transfers.departure(from, hop) else { continue };
        let once = scan.paid_once(departure)[usize::from(lane)];
        if once <= 0.0 {
            continue;
        }
        let mut by_need = vec![0.0; options.needs.len()];
        for content in &contents {
            let Some(line) = options.lines.iter().position(|line| line.id.0 == content.line) else {
                continue;
            };
            by_need[options.lines[line].need] += options.share_of_need(line, content.quantity);
        }
        let parts = by_need.iter().enumerate();
        let paid = parts.map(|(need, used)| used * scan.part_of(need, departure, lane)).sum();
        used.push(UsedPart { departure, lane, once, paid, by_need });
    }
    used
}

/// The shares, moved a step towards the needs that use each part. Those of lanes that the plan does
/// not use follow where nothing is known yet (`all`), or the next plan would go where shares are still
/// equal, one departure after the other.
fn moved_shares(scan: &Scan, used: &[UsedPart], step: f64, all: bool) -> Vec<f32> {
    let needs = scan.options.needs.len();
    let width = 2 * scan.tables.departures.len();
    let mut shares = scan.order_prices.shares.clone();
    if shares.is_empty() {
        shares = vec![1.0 / needs as f32; needs * width];
    }
    // By need, how much of all that uses some parts.
    let targets = |parts: &mut dyn Iterator<Item = &UsedPart>| -> Vec<f64> {
        let mut sums = vec![0.0; needs];
        parts.for_each(|part| {
            sums.iter_mut().zip(&part.by_need).for_each(|(sum, used)| *sum += used);
        });
        let users: f64 = sums.iter().sum();
        sums.iter_mut().for_each(|sum| *sum /= users.max(1e-9));
        sums
    };
    let mut follow = |departure: usize, lane: bool, targets: &[f64]| {
        for (need, target) in targets.iter().enumerate() {
            let at = need * width + 2 * departure + usize::from(lane);
            // Rounded down, so that the shares never sum to more than 1.
            let moved = (1.0 - step) * f64::from(shares[at]) + step * target;
            shares[at] = (moved * (1.0 - 1e-6)) as f32;
        }
    };
    if !all {
        for part in used {
            follow(part.departure, part.lane, &targets(&mut std::iter::once(part)));
        }
        return shares;
    }
    let departures = &scan.options.transfers.departures;
    let lane_of = |departure: usize| departures[departure].hop.lane;
    for lane in [false, true] {
        let of_kind = || used.iter().filter(|part| part.lane == lane);
        if of_kind().next().is_none() {
            continue;
        }
        // Another date of a lane that is used is nearer than another lane.
        let of_lane = |part: &UsedPart| {
            let id = lane_of(part.departure);
            (id, targets(&mut of_kind().filter(|other| lane_of(other.departure) == id)))
        };
        let of_lanes: Vec<(LaneId, Vec<f64>)> = of_kind().map(of_lane).collect();
        let of_all = targets(&mut of_kind());
        for departure in 0..departures.len() {
            let id = lane_of(departure);
            let of_lane = of_lanes.iter().find(|(other, _)| *other == id);
            follow(departure, lane, of_lane.map_or(&of_all, |(_, targets)| targets));
        }
    }
    shares
}
