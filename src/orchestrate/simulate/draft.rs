//! Parts of a wave that is made from the state of a simulation: lines with what was decided about
//! them, and what is left out with the stock and the capacity that it takes.

use super::world::World;
use crate::domain::{Capacity, CapacityUnit, Commitment, Exclusion, Level, OrderLine, WaveParts};
use crate::ids::{IdVec, LineId, NodeId, OrderId};
use crate::options::{Content, work};
use crate::orchestrate::state::{Line, Order, Portion, Stage};
use crate::time::Day;
use crate::units::Decimal;
use std::collections::BTreeMap;

/// A wave that is being made.
pub(super) struct Draft {
    pub(super) parts: WaveParts,
    pub(super) lines: IdVec<LineId, (OrderId, u32)>,
    /// Whether anything waits for a plan.
    pub(super) waits: bool,
}

impl Draft {
    /// Keeps the stock of an order that is not in the wave from everything that is.
    pub(super) fn withhold(&mut self, order: &Order) {
        for line in &order.lines {
            for part in line.portions.iter().filter(|part| part.stage.is_committed()) {
                if let Some(way) = part.way.as_deref() {
                    let stock = self.parts.stock.entry((way.source, line.sku)).or_default();
                    stock.reserved = stock.reserved.saturating_add(part.quantity);
                }
            }
        }
    }

    /// Adds a line as the state has it; false where all of it is left out.
    pub(super) fn add_line(
        &mut self,
        mut line: OrderLine,
        known: &Line,
        is_free: &impl Fn(Stage) -> bool,
    ) -> bool {
        let id = LineId(self.parts.lines.len() as u32);
        let (order, sku) = (line.order, line.sku);
        let mut commitments = Vec::new();
        for part in &known.portions {
            let has_left = matches!(part.stage, Stage::Shipped | Stage::Delivered);
            let way = part.way.as_deref().filter(|_| has_left || part.stage.is_committed());
            self.waits |= way.is_none() || is_free(part.stage);
            let Some(way) = way else { continue };
            let stock = self.parts.stock.entry((way.source, sku)).or_default();
            if !way.via.is_empty() && !is_free(part.stage) {
                line.quantity -= part.quantity;
                if !has_left {
                    stock.on_hand = stock.on_hand.saturating_sub(part.quantity);
                }
                continue;
            }
            // The stock of a wave is stated as if nothing had left.
            stock.on_hand += if has_left { part.quantity } else { 0 };
            commitments.extend(commitment(id, part, is_free));
        }
        if line.quantity == 0 {
            return false;
        }
        self.parts.lines.push(line);
        self.parts.commitments.extend(commitments);
        self.parts.exclusions.extend(known.excluded.iter().map(|(node, until)| Exclusion {
            order,
            line: Some(id),
            node: *node,
            until: until.unwrap_or(Day::NEVER),
        }));
        true
    }
}

/// What is decided about units; nothing where they wait.
fn commitment(
    line: LineId,
    part: &Portion,
    is_free: &impl Fn(Stage) -> bool,
) -> Option<Commitment> {
    let way = part.way.as_deref()?;
    let level = match part.stage {
        Stage::Planned => Level::Planned,
        Stage::Released | Stage::Accepted => Level::Released,
        Stage::Picked | Stage::Packed => Level::Picked,
        Stage::Shipped | Stage::Delivered => Level::Shipped,
        Stage::Open | Stage::Exception | Stage::Cancelled => return None,
    };
    Some(Commitment {
        line,
        quantity: part.quantity,
        node: way.source,
        service: way.service,
        ship_date: Some(way.ship_date),
        level,
        pinned: !is_free(part.stage) && level > Level::Picked,
    })
}

impl World<'_> {
    /// Takes the work for units that are left out off the capacity of their dates.
    pub(super) fn take_off_capacity(
        &self,
        parts: &mut WaveParts,
        is_free: &impl Fn(Stage) -> bool,
    ) {
        let base = &self.series.wave;
        // What leaves a node for an order on a date, by the node at the end of the lane.
        let mut releases: BTreeMap<(NodeId, Day, OrderId, Option<NodeId>), Vec<Content>> =
            BTreeMap::new();
        for (order, of_order) in self.state.orders.enumerate() {
            for (place, line) in of_order.lines.iter().enumerate() {
                let under_way = line.portions.iter().filter(|part| {
                    part.stage == Stage::Shipped
                        || part.stage.is_committed() && !is_free(part.stage)
                });
                for part in under_way {
                    let Some(way) = part.way.as_deref().filter(|way| !way.via.is_empty()) else {
                        continue;
                    };
                    let line = self.series.line(order, place as u32);
                    let content = Content {
                        line: line.0,
                        sku: base.lines[line].sku,
                        quantity: part.quantity,
                    };
                    let first = (way.source, way.release_date, order, way.via.first().copied());
                    let last = (way.last_node(), way.ship_date, order, None);
                    for release in [first, last] {
                        releases.entry(release).or_default().push(content);
                    }
                }
            }
        }
        let mut used: BTreeMap<(NodeId, Day, CapacityUnit), Decimal> = BTreeMap::new();
        for ((node, day, _, _), contents) in releases {
            for (unit, amount) in work(base, node, &contents).uses() {
                *used.entry((node, day, unit)).or_default() += amount;
            }
        }
        for ((node, day, unit), used) in used {
            let Some(row) = base.capacities_on(node, day).find(|row| row.unit == unit) else {
                continue;
            };
            let above = (used - row.capacity).max(Decimal::ZERO);
            let left = Capacity {
                date: Some(day),
                capacity: (row.capacity - used).max(Decimal::ZERO),
                overload: (row.overload - above).max(Decimal::ZERO),
                ..*row
            };
            let rows = &mut parts.nodes[node].capacities;
            rows.retain(|known| (known.date, known.unit) != (Some(day), unit));
            rows.push(left);
        }
    }
}
