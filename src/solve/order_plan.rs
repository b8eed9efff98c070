//! The best plan of one order at given prices, by dynamic programming over its states.

use crate::options::OrderOptions;
use crate::solve::pricing::{Priced, Scan, Visit};
use crate::solve::shared::combinations;
use crate::solve::states::States;
use crate::solve::tables::OrderTables;

/// The cheapest column of each state, by how many shipments it adds (0, 1, or more).
#[derive(Clone, Debug)]
pub struct BestColumns {
    by_shipments: [Vec<Option<Priced>>; 3],
    /// Columns that a limit left out of the search.
    pub left_out: u64,
}

impl BestColumns {
    /// Prices every column of an order.
    pub fn find(scan: &Scan) -> BestColumns {
        let empty = || vec![None; scan.tables.states.count()];
        let mut best = BestColumns { by_shipments: [empty(), empty(), empty()], left_out: 0 };
        scan.shipments(&mut best);
        best.left_out = combinations(scan, &mut best);
        best
    }

    pub fn iter(&self) -> impl Iterator<Item = &Priced> {
        self.by_shipments.iter().flatten().flatten()
    }

    fn slot(&self, state: usize, shipments: u32) -> &Option<Priced> {
        &self.by_shipments[shipments.min(2) as usize][state]
    }
}

impl Visit for BestColumns {
    fn limit(&self, state: usize, shipments: u32) -> f64 {
        self.slot(state, shipments).as_ref().map_or(f64::INFINITY, |best| best.cost)
    }

    fn visit(&mut self, found: Priced) {
        let slot = &mut self.by_shipments[found.shipments.min(2) as usize][found.state];
        *slot = Some(found);
    }
}

/// For each number of added shipments and each state, the least cost of covering exactly that
/// state, and the last column of such a cover.
#[derive(Clone, Debug)]
pub struct Covers {
    cost: Vec<Vec<f64>>,
    last: Vec<Vec<Option<(u32, usize)>>>,
}

impl Covers {
    /// Combines columns into covers of every state with up to `max_shipments` added shipments.
    pub fn new(states: &States, best: &BestColumns, max_shipments: usize) -> Covers {
        let count = states.count();
        let mut covers = Covers {
            cost: vec![vec![f64::INFINITY; count]; max_shipments + 1],
            last: vec![vec![None; count]; max_shipments + 1],
        };
        covers.cost[0][0] = 0.0;
        // A cover grows by the column that takes units of the first need not yet whole; to be
        // found whatever the order, columns are added by rising state.
        let columns: Vec<&Priced> = best.iter().collect();
        for target in 1..count {
            for column in &columns {
                if column.state > target || !states.is_within(column.state, target) {
                    continue;
                }
                let before = target - column.state;
                // Of the covers with the same columns in another order, one is enough.
                if first_need(states, column.state) != first_need(states, target) {
                    continue;
                }
                let added = column.shipments as usize;
                for shipments in added..=max_shipments {
                    let cost = covers.cost[shipments - added][before] + column.cost;
                    if cost < covers.cost[shipments][target] {
                        covers.cost[shipments][target] = cost;
                        covers.last[shipments][target] = Some((column.shipments, column.state));
                    }
                }
            }
        }
        covers
    }

    pub fn cost(&self, shipments: usize, state: usize) -> f64 {
        self.cost[shipments][state]
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

/// The weighted cost of what a state leaves open.
pub fn open_cost(tables: &OrderTables, state: usize) -> f64 {
    let states = &tables.states;
    (0..states.needs())
        .map(|need| tables.unfilled[need][states.digit(state, need)].to_minor())
        .sum()
}

/// A plan of one order.
#[derive(Clone, Debug)]
pub struct OrderPlan {
    pub cost: f64,
    pub columns: Vec<Priced>,
}

/// The best plan of an order at the prices of the scan.
pub fn best_plan(options: &OrderOptions, tables: &OrderTables, best: &BestColumns) -> OrderPlan {
    let terms = Terms::new(options, tables);
    let covers = Covers::new(&tables.states, best, terms.max_shipments);
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

/// What each state costs at least when it is what one column leaves over: the best plan of the
/// rest of the order, for every state the rest may still fill.
///
/// `cheapest_rest[s][r]`: added shipments left `s`, units already covered `r`.
pub fn cheapest_rest(
    options: &OrderOptions,
    tables: &OrderTables,
    best: &BestColumns,
) -> impl Fn(usize, u32) -> f64 {
    let terms = Terms::new(options, tables);
    let states = tables.states.clone();
    let covers = Covers::new(&states, best, terms.max_shipments);
    let open: Vec<f64> = (0..states.count()).map(|state| open_cost(tables, state)).collect();
    move |covered, shipments| {
        let used = shipments as usize;
        let mut least = f64::INFINITY;
        if used > terms.max_shipments {
            return least;
        }
        for rest in 0..states.count() {
            let fits = (0..states.needs()).all(|need| {
                states.digit(rest, need) + states.digit(covered, need) <= states.whole(need)
            });
            if !fits || !terms.allows(&states, covered + rest) {
                continue;
            }
            for more in 0..=terms.max_shipments - used {
                let cost =
                    covers.cost(more, rest) + terms.split_cost(more + used) + open[covered + rest];
                least = least.min(cost);
            }
        }
        least
    }
}
