//! The best plan of one order at given prices, by dynamic programming over its states.

use crate::options::OrderOptions;
use crate::solve::column::{Entry, Move, moves};
use crate::solve::pricing::{BestShipments, OrderPrices, Scan};
use crate::solve::states::States;
use crate::solve::tables::OrderTables;

/// For each number of added shipments and each state, the least cost of covering exactly that
/// state, and the last shipment of such a cover.
#[derive(Clone, Debug)]
pub struct Covers {
    cost: Vec<Vec<f64>>,
    last: Vec<Vec<Option<(usize, usize)>>>,
}

impl Covers {
    /// Combines shipments into covers of every state with up to `max_shipments` added ones.
    fn new(states: &States, best: &BestShipments, max_shipments: usize) -> Covers {
        let count = states.count();
        let mut covers = Covers {
            cost: vec![vec![f64::INFINITY; count]; max_shipments + 1],
            last: vec![vec![None; count]; max_shipments + 1],
        };
        covers.cost[0][0] = 0.0;
        // A cover grows by the shipment that takes units of the first need not yet whole; to be
        // found whatever the order, shipments are added by rising state.
        let choices: Vec<(usize, usize, f64)> = best.iter().collect();
        for target in 1..count {
            for &(added, part, price) in &choices {
                if part > target || !states.is_within(part, target) {
                    continue;
                }
                // Of the covers with the same shipments in another order, one is enough.
                if first_need(states, part) != first_need(states, target) {
                    continue;
                }
                for shipments in added..=max_shipments {
                    let cost = covers.cost[shipments - added][target - part] + price;
                    if cost < covers.cost[shipments][target] {
                        covers.cost[shipments][target] = cost;
                        covers.last[shipments][target] = Some((added, part));
                    }
                }
            }
        }
        covers
    }

    /// The cheapest way to complete an order when shipments, so many of them added, cover a
    /// state: covers of more, the split cost of all, and what stays open.
    fn cheapest_rest(
        &self,
        tables: &OrderTables,
        terms: &Terms,
        covered: usize,
        shipments: usize,
    ) -> Rest {
        let states = &tables.states;
        let mut least = Rest { cost: f64::INFINITY, shipments: 0, state: 0 };
        for state in 0..states.count() {
            let fits = (0..states.needs()).all(|need| {
                states.digit(state, need) + states.digit(covered, need) <= states.whole(need)
            });
            if !fits || !terms.allows(states, covered + state) {
                continue;
            }
            let open = open_cost(tables, covered + state);
            for more in 0..=terms.max_shipments.saturating_sub(shipments) {
                let cost = self.cost[more][state] + terms.split_cost(more + shipments) + open;
                if cost < least.cost {
                    least = Rest { cost, shipments: more, state };
                }
            }
        }
        least
    }

    fn entries(&self, scan: &Scan, best: &BestShipments, rest: &Rest) -> Vec<Entry> {
        let Rest { mut shipments, mut state, .. } = *rest;
        let mut entries = Vec::new();
        while let Some((added, part)) = self.last[shipments][state] {
            entries.extend(best.entries(scan, added, part));
            state -= part;
            shipments -= added;
        }
        entries
    }
}

/// A cover of a state by added shipments, and what it costs to complete an order with it.
#[derive(Clone, Copy, Debug)]
struct Rest {
    cost: f64,
    shipments: usize,
    state: usize,
}

fn first_need(states: &States, state: usize) -> Option<usize> {
    (0..states.needs()).find(|need| states.digit(state, *need) > 0)
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
        let states = &tables.states;
        let most: usize = (0..states.needs()).map(|need| states.whole(need)).sum();
        let most = options.shipments_left.map_or(most, |left| most.min(left as usize));
        Terms {
            max_shipments: most,
            has_frozen: !options.frozen.is_empty(),
            split: tables.split,
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

/// The weighted cost of what a state leaves open; a divisible line pays its change in proportion,
/// which is a lower bound.
pub fn open_cost(tables: &OrderTables, state: usize) -> f64 {
    let states = &tables.states;
    (0..states.needs())
        .map(|need| {
            let digit = states.digit(state, need);
            let open = (states.whole(need) - digit) as f64 / states.whole(need) as f64;
            tables.unfilled[need][digit].to_minor() + tables.open_change[need].to_minor() * open
        })
        .sum()
}

/// Lower bounds on the plans of an order, and the plan behind them.
#[derive(Clone, Debug)]
pub struct OrderBound {
    covers: Covers,
    terms: Terms,
    /// No plan costs less.
    pub least: f64,
    pub entries: Vec<Entry>,
}

impl OrderBound {
    /// At the shares of the scan's prices.
    pub fn new(scan: &Scan) -> OrderBound {
        let (options, tables) = (scan.options, scan.tables);
        let terms = Terms::new(options, tables);
        let best = scan.cheapest();
        let covers = Covers::new(&tables.states, &best, terms.max_shipments);
        let rest = covers.cheapest_rest(tables, &terms, 0, 0);
        let entries = covers.entries(scan, &best, &rest);
        OrderBound { covers, terms, least: rest.cost, entries }
    }

    /// What the rest of an order costs at least when shipments, so many of them added, cover a
    /// state.
    pub fn rest(&self, tables: &OrderTables, covered: usize, shipments: usize) -> f64 {
        self.covers.cheapest_rest(tables, &self.terms, covered, shipments).cost
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
const MAX_SHARE_ROUNDS: usize = 4;

/// Plans an order at the prices of a scan.
///
/// Where the plan moves something, what its needs pay for a lane moves towards those that use it,
/// which raises the bound until it meets the plan's cost, or no further.
pub fn plan_order(scan: &Scan) -> OrderPlan {
    let mut bound = OrderBound::new(scan);
    let mut plan = OrderPlan {
        least: bound.least,
        entries: Vec::new(),
        shares: scan.order_prices.shares.clone(),
    };
    let mut own = OrderPrices::default();
    let mut cheapest = f64::INFINITY;
    for round in 1..=MAX_SHARE_ROUNDS {
        let scan = if round == 1 { *scan } else { Scan { order_prices: &own, ..*scan } };
        if round > 1 {
            bound = OrderBound::new(&scan);
        }
        if bound.least > plan.least {
            plan.least = bound.least;
            plan.shares = scan.order_prices.shares.clone();
        }
        let used = used_parts(&scan, &bound.entries);
        let unpaid: f64 = used.iter().map(|part| part.once * (1.0 - part.paid)).sum();
        let cost = bound.least + unpaid;
        if cost < cheapest {
            cheapest = cost;
            plan.entries = std::mem::take(&mut bound.entries);
        }
        if cheapest - plan.least <= 1e-6 * cheapest.abs() + 1e-6 {
            break;
        }
        let shares = moved_shares(&scan, &used, 1.0 / (round as f64 + 1.0));
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

/// The shares, moved a step towards the needs that use each part.
fn moved_shares(scan: &Scan, used: &[UsedPart], step: f64) -> Vec<f32> {
    let needs = scan.options.needs.len();
    let width = 2 * scan.tables.departures.len();
    let mut shares = scan.order_prices.shares.clone();
    if shares.is_empty() {
        shares = vec![1.0 / needs as f32; needs * width];
    }
    for part in used {
        let users: f64 = part.by_need.iter().sum();
        for need in 0..needs {
            let at = need * width + 2 * part.departure + usize::from(part.lane);
            let target = part.by_need[need] / users;
            // Rounded down, so that the shares never sum to more than 1.
            let moved = (1.0 - step) * f64::from(shares[at]) + step * target;
            shares[at] = (moved * (1.0 - 1e-6)) as f32;
        }
    }
    shares
}
