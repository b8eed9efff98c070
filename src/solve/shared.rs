//! Columns of several shipments that share a transfer.
//!
//! Two shipments of an order that came over the same lane on the same date pay the lane and the
//! release at its source once. Priced apart they would pay twice, so that such a combination is a
//! column of its own.

use crate::solve::column::Entry;
use crate::solve::pricing::{Priced, Scan, Visit};
use crate::solve::tables::price_of;

/// The most columns of an order that are looked at for combination.
const MAX_MEMBERS: usize = 400;

/// Keeps the columns that move something and cost less than a limit.
struct Members<'a> {
    scan: &'a Scan<'a>,
    inner: &'a dyn Visit,
    found: Vec<Priced>,
    saving: f64,
}

impl Visit for Members<'_> {
    fn limit(&self, _: usize, _: u32) -> f64 {
        f64::INFINITY
    }

    fn visit(&mut self, found: Priced) {
        let moved = found.entries.iter().any(|entry| !self.hops(entry).is_empty());
        let near = self.inner.limit(found.state, found.shipments) + self.saving;
        if moved && found.cost < near {
            self.found.push(found);
        }
    }
}

impl Members<'_> {
    fn hops(&self, entry: &Entry) -> &[crate::network::Hop] {
        &self.scan.options.arrivals[entry.arrival as usize].hops
    }
}

/// Visits the columns of two and more shipments that share a transfer and cost less than the
/// limit of their state. Returns how many shipments were left out by a limit.
pub fn combinations(scan: &Scan, visit: &mut dyn Visit) -> u64 {
    if !scan.tables.shares {
        return 0;
    }
    let prices = &scan.prices.resources;
    let once = scan.tables.arrivals.iter().map(|arrival| {
        let lines =
            if scan.options.split_lines { price_of(prices, arrival.release.lines) } else { 0.0 };
        arrival.shared + price_of(prices, arrival.release.shipments) + lines
    });
    // Two columns may share a transfer for each pair of needs.
    let pairs = scan.tables.states.needs().div_ceil(2) as f64;
    let saving = once.fold(0.0, f64::max) * pairs;
    let mut members = Members { scan, inner: visit, found: Vec::new(), saving };
    scan.shipments(&mut members);
    let mut members = members.found;
    let mut left_out = keep_cheapest(&mut members);
    let mut frontier: Vec<Priced> = members.clone();
    for _ in 1..scan.tables.states.needs().max(2) {
        let mut next = Vec::new();
        for first in &frontier {
            for both in members.iter().filter_map(|second| combine(scan, first, second)) {
                if both.cost < visit.limit(both.state, both.shipments) {
                    visit.visit(both.clone());
                }
                next.push(both);
            }
        }
        left_out += keep_cheapest(&mut next);
        frontier = next;
    }
    left_out
}

/// Keeps the cheapest columns; returns how many it dropped.
fn keep_cheapest(columns: &mut Vec<Priced>) -> u64 {
    columns.sort_by(|a, b| a.cost.total_cmp(&b.cost).then_with(|| a.entries.cmp(&b.entries)));
    let dropped = columns.len().saturating_sub(MAX_MEMBERS);
    columns.truncate(MAX_MEMBERS);
    dropped as u64
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
