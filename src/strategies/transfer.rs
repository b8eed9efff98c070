//! Placing lines that first move over lanes: what rules do where nobody can serve directly.

use crate::domain::Journey;
use crate::ids::{LaneId, NodeId};
use crate::network::{Hop, next_departure};
use crate::strategies::desk::{Desk, Pass};
use crate::strategies::place::Placement;
use crate::strategies::room::Work;
use crate::time::Day;

/// A transfer of the wanted lines and how they leave its last node.
struct Moved {
    source: NodeId,
    /// Into the source's window.
    day: usize,
    departs: Day,
    work: Work,
    hops: Vec<Hop>,
    end: Placement,
}

impl Desk<'_> {
    /// Serves the wanted lines from one source over lanes, by the transfer after which they leave
    /// first; of equals, by that over fewest lanes from the first node. Goods that could be sent
    /// from where they are do not move. Whether that worked.
    pub fn place_moved(&mut self, pass: Pass) -> bool {
        let planner = self.planner;
        if planner.wave.lanes.is_empty() {
            return false;
        }
        if !self.mark_movers() {
            return false;
        }
        let mut best: Option<Moved> = None;
        self.find_ends();
        for end in 0..self.ends.1.len() {
            let last = self.ends.1[end];
            for route in 0..self.routes_to[last].len() {
                let (source, path) = self.routes_to[last][route];
                if self.movers[source] != self.mover_stamp {
                    continue;
                }
                let path = &planner.routes.from(source)[path as usize];
                let Some(moved) = self.find_moved(source, path, last, pass) else { continue };
                let key = |moved: &Moved| {
                    let end = &moved.end;
                    (end.late_days, end.ship_date, moved.hops.len(), moved.departs, moved.source)
                };
                if best.as_ref().is_none_or(|known| key(&moved) < key(known)) {
                    best = Some(moved);
                }
            }
        }
        let Some(moved) = best else { return false };
        self.rows.clear();
        for position in 0..self.wanted.len() {
            let line = self.lines[self.wanted[position]];
            if let Some(row) = self.room.source_at(line.sku, moved.source) {
                self.room.take_stock(row, moved.departs, line.quantity);
            }
        }
        self.room.take_work(moved.source, moved.day, &moved.work);
        self.commit_end(&moved.end, moved.source, &moved.hops);
        true
    }

    /// Finds the nodes that may hand over the order and that lanes lead to, once for each order.
    fn find_ends(&mut self) {
        if self.ends.0 == Some(self.order) {
            return;
        }
        let mut ends = std::mem::take(&mut self.ends.1);
        ends.clear();
        let may_end = |&node: &NodeId| !self.routes_to[node].is_empty() && self.may_end_at(node);
        match self.planner.wave.orders[self.order].journey {
            Journey::Pickup { node, radius_km: 0.0 } => ends.extend(Some(node).filter(may_end)),
            _ => ends.extend(self.routes_to.ids().filter(may_end)),
        }
        self.ends = (Some(self.order), ends);
    }

    /// Marks the nodes that may have the first wanted line and cannot send it themselves; whether
    /// there are any.
    fn mark_movers(&mut self) -> bool {
        let line = self.lines[self.wanted[0]];
        self.mover_stamp += 1;
        let mut found = false;
        for (at, source) in self.room.sources(line.sku) {
            if self.room.available_ever(at) >= i64::from(line.quantity)
                && !self.may_end_at(source.node)
            {
                self.movers[source.node] = self.mover_stamp;
                found = true;
            }
        }
        found
    }

    /// The first departure from a source over a path after which the wanted lines can leave.
    fn find_moved(
        &mut self,
        source: NodeId,
        path: &[LaneId],
        last: NodeId,
        pass: Pass,
    ) -> Option<Moved> {
        let wave = self.planner.wave;
        if !self.locate(source) {
            return None;
        }
        let work = self.work(source, None);
        let operates = wave.lanes[path[0]].operates;
        let window = wave.window(source);
        let (day, departs) = window.iter().copied().enumerate().find(|(day, departs)| {
            operates.contains(*departs)
                && self.has_stock(source, *departs, pass)
                && self.room.fits(source, *day, &work, pass.overload)
        })?;
        let mut hops = Vec::with_capacity(path.len());
        let mut at = departs;
        for &lane in path {
            let departs = next_departure(wave, lane, at);
            hops.push(Hop { lane, departs });
            at = departs.plus(wave.lanes[lane].transit_days);
        }
        let end = self.find_from(last, at, false, pass)?;
        Some(Moved { source, day, departs, work, hops, end })
    }
}
