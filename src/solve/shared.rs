//! Columns of several shipments that share a transfer.
//!
//! Two shipments of an order that came over the same lane on the same date pay the lane and the
//! release at its source once. Priced apart they would pay twice, so that such a combination is a
//! column of its own.

use crate::network::Hop;
use crate::solve::column::Entry;
use crate::solve::pricing::{Priced, Scan, Visit};
use crate::solve::tables::price_of;
use std::collections::BTreeMap;

/// The most columns of an order that are searched for combination, and that are combined.
const MAX_FOUND: usize = 1_000;
/// States of an order beyond which shipments are not combined: the certificate's limit
/// `shared_transfers`.
const MAX_COMBINED_STATES: usize = 8;
const MAX_MEMBERS: usize = 300;

/// What a column can save, at most, because others share its transfers.
///
/// A transfer that j columns share is paid once instead of j times. A column with l of the L lines
/// on it is given 1 - l / L of its cost; over the columns that is j - 1. A column of m of the N
/// lines of an order then gets at most min(m (1 - 1/N), (N - m) / 2) transfers.
#[derive(Clone, Debug)]
pub struct Discount {
    by_state: Vec<f64>,
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
        Discount { by_state: (0..states.count()).map(of_state).collect() }
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
        if may_move && self.found.len() <= MAX_FOUND {
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
/// limit of their state. Returns whether all combinations were looked at.
pub fn combinations(scan: &Scan, visit: &mut dyn Visit, wanted: Wanted) -> bool {
    if !scan.tables.shares {
        return true;
    }
    if scan.tables.states.count() > MAX_COMBINED_STATES {
        return false;
    }
    let discount = Discount::new(scan);
    let mut members = Members { scan, inner: visit, found: Vec::new(), discount };
    scan.shipments(&mut members);
    let mut members = members.found;
    let mut complete = members.len() <= MAX_FOUND;
    if wanted == Wanted::Cheapest {
        keep_different(scan, &mut members);
    }
    complete &= keep_cheapest(&mut members);
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
        next.sort_by(|a, b| a.entries.cmp(&b.entries));
        next.dedup_by(|a, b| a.entries == b.entries);
        complete &= keep_cheapest(&mut next);
        frontier = next;
    }
    complete
}

/// Which combinations are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those of a cheapest plan.
    Cheapest,
    /// All below the limits.
    All,
}

/// Keeps, of the columns that cover the same state over the same transfers, the cheapest and the
/// cheapest in another group: whatever they are combined with, one of the two is best.
fn keep_different(scan: &Scan, columns: &mut Vec<Priced>) {
    columns.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.entries.cmp(&b.entries)));
    let key = |column: &Priced| {
        let mut moves: Vec<Hop> =
            column.entries.iter().flat_map(|entry| hops(scan, entry)).copied().collect();
        moves.sort_unstable();
        moves.dedup();
        (column.state, column.shipments, moves)
    };
    let mut kept: BTreeMap<(usize, u32, Vec<Hop>), Vec<u32>> = BTreeMap::new();
    columns.retain(|column| {
        let groups = kept.entry(key(column)).or_default();
        let group = column.entries[0].group;
        let new = groups.len() < 2 && !groups.contains(&group);
        if new {
            groups.push(group);
        }
        new
    });
}

/// Keeps the cheapest columns; returns whether these are all.
fn keep_cheapest(columns: &mut Vec<Priced>) -> bool {
    columns.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.entries.cmp(&b.entries)));
    let all = columns.len() <= MAX_MEMBERS;
    columns.truncate(MAX_MEMBERS);
    all
}

/// Both columns as one, where they have different groups, cover different units and share a
/// transfer.
fn combine(scan: &Scan, first: &Priced, second: &Priced) -> Option<Priced> {
    let states = &scan.tables.states;
    let apart = first.entries.iter().all(|a| second.entries.iter().all(|b| a.group != b.group));
    let fits = (0..states.needs()).all(|need| {
        states.digit(first.state, need) + states.digit(second.state, need) <= states.whole(need)
    });
    if !apart || !fits {
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
    entries.sort_unstable();
    let alone = scan.transfers(&first.entries) + scan.transfers(&second.entries);
    let together = scan.transfers(&entries);
    Some(Priced {
        state: first.state + second.state,
        shipments: first.shipments + second.shipments,
        cost: first.cost + second.cost - alone + together,
        entries,
    })
}
