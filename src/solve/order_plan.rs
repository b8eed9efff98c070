//! The best plan of one order at given prices, by dynamic programming over its states.

use crate::options::OrderOptions;
use crate::solve::pricing::{Priced, Scan, Visit};
use crate::solve::shared::{Discount, Wanted, combinations};
use crate::solve::states::States;
use crate::solve::tables::OrderTables;

/// The cheapest column of each state, by how many shipments it adds (0, 1, or more).
#[derive(Clone, Debug)]
pub struct BestColumns {
    all: [Vec<Option<Priced>>; 3],
    /// Of the columns that move something over a lane.
    moved: [Vec<Option<Priced>>; 3],
    /// Whether the order's shipments may share transfers, so that moved columns matter.
    shares: bool,
    arrivals_moved: Vec<bool>,
}

impl BestColumns {
    /// Prices every column of an order.
    pub fn find(scan: &Scan) -> BestColumns {
        let empty = || vec![None; scan.tables.states.count()];
        let slots = || [empty(), empty(), empty()];
        let mut best = BestColumns {
            all: slots(),
            moved: slots(),
            shares: scan.tables.shares,
            arrivals_moved: scan.options.arrivals.iter().map(|a| !a.hops.is_empty()).collect(),
        };
        scan.shipments(&mut best);
        best
    }

    pub fn iter(&self) -> impl Iterator<Item = &Priced> {
        self.all.iter().flatten().flatten()
    }

    fn slot(&self, state: usize, shipments: u32) -> &Option<Priced> {
        &self.all[shipments.min(2) as usize][state]
    }

    fn choices(&self) -> impl Iterator<Item = Choice> {
        self.iter().map(|found| Choice {
            shipments: found.shipments,
            state: found.state,
            cost: found.cost,
            shares: false,
        })
    }

    /// The columns, and those that move something at what they could cost if others shared their
    /// transfers: covers of both are a lower bound on any plan, whatever its shipments share.
    fn optimistic_choices(&self, scan: &Scan) -> impl Iterator<Item = Choice> {
        let discount = Discount::new(scan);
        let moved = self.moved.iter().flatten().flatten().map(move |found| Choice {
            shipments: found.shipments,
            state: found.state,
            cost: found.cost - discount.of(found.state),
            shares: true,
        });
        self.choices().chain(moved)
    }
}

impl Visit for BestColumns {
    fn limit(&self, state: usize, shipments: u32, may_move: bool) -> f64 {
        let slots = if self.shares && may_move { &self.moved } else { &self.all };
        slots[shipments.min(2) as usize][state].as_ref().map_or(f64::INFINITY, |best| best.cost)
    }

    fn only_cheapest(&self) -> bool {
        true
    }

    fn visit(&mut self, found: Priced) {
        let slot = found.shipments.min(2) as usize;
        let better = |known: &Option<Priced>| known.as_ref().is_none_or(|k| found.cost < k.cost);
        let moved = found.entries.iter().any(|entry| self.arrivals_moved[entry.arrival as usize]);
        if self.shares && moved && better(&self.moved[slot][found.state]) {
            self.moved[slot][found.state] = Some(found.clone());
        }
        let state = found.state;
        if better(&self.all[slot][state]) {
            self.all[slot][state] = Some(found);
        }
    }
}

/// A column that a cover may use.
#[derive(Clone, Copy, Debug)]
struct Choice {
    shipments: u32,
    state: usize,
    cost: f64,
    /// Whether the cost supposes that another column of the cover shares a transfer.
    shares: bool,
}

/// How many columns of a cover share transfers: none, one so far, or enough.
const SHARING: usize = 3;

/// For each number of added shipments and each state, the least cost of covering exactly that
/// state, and the last column of such a cover.
#[derive(Clone, Debug)]
pub struct Covers {
    /// By added shipments, then by columns that share, then by state.
    cost: Vec<[Vec<f64>; SHARING]>,
    /// Of covers that share nothing.
    last: Vec<Vec<Option<(u32, usize)>>>,
}

impl Covers {
    /// Combines columns into covers of every state with up to `max_shipments` added shipments.
    fn new(states: &States, choices: impl Iterator<Item = Choice>, max_shipments: usize) -> Covers {
        let count = states.count();
        let mut covers = Covers {
            cost: vec![std::array::from_fn(|_| vec![f64::INFINITY; count]); max_shipments + 1],
            last: vec![vec![None; count]; max_shipments + 1],
        };
        covers.cost[0][0][0] = 0.0;
        // A cover grows by the column that takes units of the first need not yet whole; to be
        // found whatever the order, columns are added by rising state.
        let choices: Vec<Choice> = choices.collect();
        for target in 1..count {
            for &Choice { shipments: added, state: part, cost: price, shares } in &choices {
                if part > target || !states.is_within(part, target) {
                    continue;
                }
                // Of the covers with the same columns in another order, one is enough.
                if first_need(states, part) != first_need(states, target) {
                    continue;
                }
                for shipments in added as usize..=max_shipments {
                    for sharing in 0..SHARING {
                        let before = &covers.cost[shipments - added as usize][sharing];
                        let cost = before[target - part] + price;
                        let sharing = (sharing + usize::from(shares)).min(SHARING - 1);
                        if cost < covers.cost[shipments][sharing][target] {
                            covers.cost[shipments][sharing][target] = cost;
                            if sharing == 0 {
                                covers.last[shipments][target] = Some((added, part));
                            }
                        }
                    }
                }
            }
        }
        covers
    }

    /// The least cost of a cover; of its columns none share a transfer, or several do.
    fn cost(&self, shipments: usize, state: usize) -> f64 {
        let [alone, _, shared] = &self.cost[shipments];
        alone[state].min(shared[state])
    }

    /// The cheapest way to complete an order when columns with so many shipments cover a state:
    /// covers of more, the split cost of all, and what stays open.
    fn cheapest_rest(
        &self,
        tables: &OrderTables,
        terms: &Terms,
        covered: usize,
        shipments: usize,
    ) -> f64 {
        let states = &tables.states;
        let mut least = f64::INFINITY;
        for rest in 0..states.count() {
            let fits = (0..states.needs()).all(|need| {
                states.digit(rest, need) + states.digit(covered, need) <= states.whole(need)
            });
            if !fits || !terms.allows(states, covered + rest) {
                continue;
            }
            let open = open_cost(tables, covered + rest);
            for more in 0..=terms.max_shipments.saturating_sub(shipments) {
                let cost = self.cost(more, rest) + terms.split_cost(more + shipments) + open;
                least = least.min(cost);
            }
        }
        least
    }

    fn columns<'a>(
        &self,
        best: &'a BestColumns,
        mut shipments: usize,
        mut state: usize,
    ) -> Vec<&'a Priced> {
        let mut columns = Vec::new();
        while let Some((added, part)) = self.last[shipments][state] {
            columns.extend(best.slot(part, added));
            state -= part;
            shipments -= added as usize;
        }
        columns
    }
}

fn first_need(states: &States, state: usize) -> Option<usize> {
    (0..states.needs()).find(|need| states.digit(state, *need) > 0)
}

/// The terms of an order plan that are not in its columns.
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

/// A plan of one order.
#[derive(Clone, Debug)]
pub struct OrderPlan {
    pub cost: f64,
    pub columns: Vec<Priced>,
}

/// Lower bounds on the plans of an order, whatever their shipments share.
#[derive(Clone, Debug)]
pub struct OrderBound {
    covers: Covers,
    terms: Terms,
    /// No plan costs less.
    pub least: f64,
}

impl OrderBound {
    /// Bounds the plans of an order from below. Where shipments that share transfers could make a
    /// cheaper plan than the columns say, looks for them and adds them to the columns.
    pub fn new(scan: &Scan, best: &mut BestColumns) -> OrderBound {
        let (options, tables) = (scan.options, scan.tables);
        let terms = Terms::new(options, tables);
        let states = &tables.states;
        if !tables.shares {
            let covers = Covers::new(states, best.choices(), terms.max_shipments);
            let least = covers.cheapest_rest(tables, &terms, 0, 0);
            return OrderBound { covers, terms, least };
        }
        let covers = Covers::new(states, best.optimistic_choices(scan), terms.max_shipments);
        let optimistic = covers.cheapest_rest(tables, &terms, 0, 0);
        let mut bound = OrderBound { covers, terms, least: optimistic };
        let plan = best_plan(options, tables, best).cost;
        if optimistic >= plan - 1e-9 {
            bound.least = plan;
            return bound;
        }
        let mut cheaper = Cheaper { tables, bound: &bound, than: plan, found: Vec::new() };
        let complete = combinations(scan, &mut cheaper, Wanted::Cheapest);
        let found = cheaper.found;
        for found in found {
            if found.cost < best.limit(found.state, found.shipments, false) {
                best.visit(found);
            }
        }
        if complete {
            bound.least = best_plan(options, tables, best).cost;
        }
        bound
    }

    /// What the rest of an order costs at least when columns with so many shipments cover a
    /// state.
    pub fn rest(&self, tables: &OrderTables, covered: usize, shipments: usize) -> f64 {
        self.covers.cheapest_rest(tables, &self.terms, covered, shipments)
    }
}

/// Collects columns that could be part of a plan that costs less than another.
struct Cheaper<'a> {
    tables: &'a OrderTables,
    bound: &'a OrderBound,
    than: f64,
    found: Vec<Priced>,
}

impl Visit for Cheaper<'_> {
    fn limit(&self, state: usize, shipments: u32, _: bool) -> f64 {
        if shipments as usize > self.bound.terms.max_shipments {
            return f64::NEG_INFINITY;
        }
        self.than - self.bound.rest(self.tables, state, shipments as usize)
    }

    fn only_cheapest(&self) -> bool {
        false
    }

    fn visit(&mut self, found: Priced) {
        self.found.push(found);
    }
}

/// The best plan of an order at the prices of the scan.
pub fn best_plan(options: &OrderOptions, tables: &OrderTables, best: &BestColumns) -> OrderPlan {
    let terms = Terms::new(options, tables);
    let covers = Covers::new(&tables.states, best.choices(), terms.max_shipments);
    let mut choice = (f64::INFINITY, 0, 0);
    for state in 0..tables.states.count() {
        if !terms.allows(&tables.states, state) {
            continue;
        }
        let open = open_cost(tables, state);
        for shipments in 0..=terms.max_shipments {
            let cost = covers.cost(shipments, state) + terms.split_cost(shipments) + open;
            if cost < choice.0 {
                choice = (cost, shipments, state);
            }
        }
    }
    let (cost, shipments, state) = choice;
    OrderPlan {
        cost,
        columns: covers.columns(best, shipments, state).into_iter().cloned().collect(),
    }
}
