//! Placing lines that first move over lanes: what rules do where nobody can serve directly.

use crate::domain::Journey;
use crate::ids::{LaneId, NodeId};
use crate::network::{Hop, next_departure, node_distance_km};
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
    /// first; of equals, by that over fewest lanes from the first node. Whether that worked.
    pub fn place_moved(&mut self, pass: Pass) -> bool {
        let planner = self.planner;
        if planner.wave.lanes.is_empty() {
            return false;
        }
        let first = self.lines[self.wanted[0]];
        let mut best: Option<Moved> = None;
        let sources = self.room.sources(first.sku);
        let enough = |at: u32| self.room.available_ever(at) >= i64::from(first.quantity);
        let sources: Vec<NodeId> =
            sources.filter(|(at, _)| enough(*at)).map(|(_, source)| source.node).collect();
        for source in sources {
            for path in planner.routes.from(source) {
                let last = planner.wave.lanes[path[path.len() - 1]].to;
                if !self.may_fetch_at(last) {
                    continue;
                }
                let Some(moved) = self.find_moved(source, path, last, pass) else { continue };
                let key = |moved: &Moved| {
                    (moved.end.late_days, moved.end.ship_date, moved.hops.len(), moved.departs)
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

    /// Whether the journey of the order may end at a node, its country and distance aside.
    pub fn may_fetch_at(&self, node: NodeId) -> bool {
        let wave = self.planner.wave;
        match wave.orders[self.order].journey {
            Journey::Ship(_) => wave.nodes[node].ships,
            Journey::Pickup { node: chosen, radius_km } => {
                node == chosen
                    || (radius_km > 0.0 && node_distance_km(wave, chosen, node) <= radius_km)
            }
        }
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
