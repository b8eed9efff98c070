//! Columns of several shipments that share a transfer.
//!
//! Two shipments of an order that came over the same lane on the same date pay the lane and the
//! release at its source once. Priced apart they would pay twice, so that such a combination is a
//! column of its own.

use crate::network::Hop;
use crate::solve::column::Entry;
use crate::solve::pricing::{Priced, Scan, Visit};
use crate::solve::tables::price_of;

/// The most columns of an order that are looked at for combination.
const MAX_MEMBERS: usize = 300;

/// What a column can save, at most, because others share its transfers.
///
/// A transfer that j columns share is paid once instead of j times. A column with l of the L lines
/// on it is given 1 - l / L of its cost; over the columns that is j - 1. A column of m of the N
/// lines of an order then gets at most min(m (1 - 1/N), (N - m) / 2) transfers.
#[derive(Clone, Debug)]
pub struct Discount {
    by_state: Vec<f64>,
    /// The most that a whole order plan can save.
    pub most: f64,
}

impl Discount {
    pub fn new(scan: &Scan) -> Discount {
        let prices = &scan.prices.resources;
        let states = &scan.tables.states;
        let split = scan.options.split_lines;
        let once = scan.tables.arrivals.iter().map(|arrival| {
            let lines = if split { price_of(prices, arrival.release.lines) } else { 0.0 };
            arrival.shared + price_of(prices, arrival.release.shipments) + lines
        });
        let once = once.fold(0.0, f64::max);
        // Parts of a divided line count one by one.
        let parts = |state: usize| -> f64 {
            let lines = scan.options.lines.iter().enumerate();
            let of_line = lines.map(|(index, line)| {
                let units = states.units(scan.options, state, index);
                if split { units } else { units.div_ceil(line.quantity) }
            });
            f64::from(of_line.sum::<u32>())
        };
        let all = parts(states.full());
        let of_state = |state: usize| {
            let here = parts(state);
            once * (here * (1.0 - 1.0 / all)).min((all - here) / 2.0).max(0.0)
        };
        Discount {
            by_state: (0..states.count()).map(of_state).collect(),
            most: once * (all - 1.0).max(0.0),
        }
    }

    pub fn of(&self, state: usize) -> f64 {
        self.by_state[state]
    }
}

/// Keeps the columns that move something and cost less than a limit.
struct Members<'a> {
    scan: &'a Scan<'a>,
    inner: &'a dyn Visit,
    found: Vec<Priced>,
    discount: Discount,
}

impl Visit for Members<'_> {
    fn limit(&self, state: usize, shipments: u32, may_move: bool) -> f64 {
        if may_move && self.found.len() <= MAX_MEMBERS {
            self.inner.limit(state, shipments, true) + self.discount.of(state)
        } else {
            f64::NEG_INFINITY
        }
    }

    fn only_cheapest(&self) -> bool {
        false
    }

    fn visit(&mut self, found: Priced) {
        if found.entries.iter().any(|entry| !hops(self.scan, entry).is_empty()) {
            self.found.push(found);
        }
    }
}

fn hops<'a>(scan: &'a Scan, entry: &Entry) -> &'a [Hop] {
    &scan.options.arrivals[entry.arrival as usize].hops
}

/// Visits the columns of two and more shipments that share a transfer and cost less than the
/// limit of their state. Returns by how much a plan may be cheaper than the columns visited say:
/// 0 where all combinations were looked at.
pub fn combinations(scan: &Scan, visit: &mut dyn Visit) -> f64 {
    if !scan.tables.shares {
        return 0.0;
    }
    let discount = Discount::new(scan);
    let unseen = discount.most;
    let mut members = Members { scan, inner: visit, found: Vec::new(), discount };
    scan.shipments(&mut members);
    let mut members = members.found;
    let mut complete = keep_cheapest(&mut members);
    let mut frontier: Vec<Priced> = members.clone();
    for _ in 1..scan.tables.states.needs().max(2) {
        let mut next = Vec::new();
        for first in &frontier {
            for both in members.iter().filter_map(|second| combine(scan, first, second)) {
                if both.cost < visit.limit(both.state, both.shipments, true) {
                    visit.visit(both.clone());
                }
                next.push(both);
            }
        }
        complete &= keep_cheapest(&mut next);
        frontier = next;
    }
    if complete { 0.0 } else { unseen }
}

/// Keeps the cheapest columns; returns whether these are all.
fn keep_cheapest(columns: &mut Vec<Priced>) -> bool {
    columns.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.entries.cmp(&b.entries)));
    let all = columns.len() <= MAX_MEMBERS;
    columns.truncate(MAX_MEMBERS);
    all
}

/// Both columns as one, where they have different groups, cover different units and share a
/// transfer; the first group of the second comes after those of the first.
fn combine(scan: &Scan, first: &Priced, second: &Priced) -> Option<Priced> {
    let states = &scan.tables.states;
    let after = second.entries.first()?.group > first.entries.last()?.group;
    let fits = (0..states.needs()).all(|need| {
        states.digit(first.state, need) + states.digit(second.state, need) <= states.whole(need)
    });
    if !after || !fits {
        return None;
    }
    let hops = |entry: &Entry| &scan.options.arrivals[entry.arrival as usize].hops;
    let shares = first
        .entries
        .iter()
        .any(|a| second.entries.iter().any(|b| hops(a).iter().any(|hop| hops(b).contains(hop))));
    if !shares {
        return None;
    }
    let mut entries = first.entries.clone();
    entries.extend_from_slice(&second.entries);
    let apart = scan.transfers(&first.entries) + scan.transfers(&second.entries);
    let together = scan.transfers(&entries);
    Some(Priced {
        state: first.state + second.state,
        shipments: first.shipments + second.shipments,
        cost: first.cost + second.cost - apart + together,
        entries,
    })
}
