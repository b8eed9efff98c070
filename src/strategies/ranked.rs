//! What the rules share: nodes are asked in the sequence of a rank, for a line or a whole order.

use crate::ids::NodeId;
use crate::strategies::desk::{Desk, Pass};
use std::cmp::Ordering;

/// A node's place in a ranking, the smaller the sooner; of equal ranks the node with the smaller id.
pub(super) type Rank<'r> = &'r dyn Fn(&Desk<'_>, NodeId) -> [f64; 2];

/// Serves the wanted lines together, or not at all; whether it did.
pub(super) type Serve<'s> = &'s dyn Fn(&mut Desk<'_>) -> bool;

impl Desk<'_> {
    /// Serves the order need by need; where that leaves something open that it must not, or for
    /// want of shipments, once more with all lines together.
    pub fn serve_order(&mut self, serve_wanted: Serve<'_>) {
        let start = self.mark();
        self.serve_needs(serve_wanted);
        let is_whole = self.lines.iter().all(|line| line.served);
        let complete = self.planner.wave.orders[self.order].ship_complete;
        if is_whole || self.needs < 2 || !(complete || self.shipments_left == 0) {
            return;
        }
        self.go_back(start);
        if !self.serve_whole(serve_wanted) && !complete {
            self.serve_needs(serve_wanted);
        }
    }

    /// Serves each need on its own.
    pub fn serve_needs(&mut self, serve_wanted: Serve<'_>) {
        for need in 0..self.needs {
            if self.want(need) {
                serve_wanted(self);
            }
        }
    }

    /// Serves all open lines together; whether that worked.
    pub fn serve_whole(&mut self, serve_wanted: Serve<'_>) -> bool {
        self.want_all() && serve_wanted(self)
    }

    /// Serves the wanted lines together: in time before late, directly before over lanes.
    pub fn serve_ranked(&mut self, rank: Rank<'_>, ring_fence: i64) -> bool {
        for late in [false, true] {
            let passes = self.passes();
            let of_date = || passes.clone().filter(move |pass| pass.late == late);
            for pass in of_date() {
                if self.place_ranked(Pass { ring_fence, ..pass }, rank) {
                    return true;
                }
            }
            for pass in of_date() {
                if self.place_moved(Pass { ring_fence, ..pass }) {
                    return true;
                }
            }
        }
        false
    }

    /// Serves the wanted lines from the first node that can; whether there is one.
    pub fn place_ranked(&mut self, pass: Pass, rank: Rank<'_>) -> bool {
        self.rank_sources(rank);
        while let Some((_, node)) = self.next_ranked() {
            if let Some(found) = self.find(node, pass) {
                self.commit(&found);
                return true;
            }
        }
        false
    }

    /// Ranks the nodes that may have the first wanted line.
    pub fn rank_sources(&mut self, rank: Rank<'_>) {
        let line = self.lines[self.wanted[0]];
        let mut ranking = std::mem::take(&mut self.ranking);
        ranking.clear();
        for (at, source) in self.room.sources(line.sku) {
            if self.room.available_ever(at) >= i64::from(line.quantity)
                && self.may_end_at(source.node)
            {
                ranking.push((rank(self, source.node), source.node));
            }
        }
        self.ranking = ranking;
    }

    /// Takes the best node from the ranking: most orders need one or two, so it is never sorted.
    pub fn next_ranked(&mut self) -> Option<([f64; 2], NodeId)> {
        let by_rank = |a: &([f64; 2], NodeId), b: &([f64; 2], NodeId)| -> Ordering {
            let first = a.0[0].total_cmp(&b.0[0]).then(a.0[1].total_cmp(&b.0[1]));
            first.then(a.1.cmp(&b.1))
        };
        let best =
            (0..self.ranking.len()).min_by(|a, b| by_rank(&self.ranking[*a], &self.ranking[*b]))?;
        Some(self.ranking.swap_remove(best))
    }
}
