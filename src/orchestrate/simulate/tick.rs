//! A planning run of a simulation: a wave from the state, planned, and told to the state as events.

use super::draft::Draft;
use super::world::World;
use crate::domain::{Model, Order, OrderLine, Wave, WaveParts};
use crate::ids::{IdVec, LineId, NodeId, OrderId, ServiceId};
use crate::orchestrate::event::{
    Change, CountFromOne, Date, Dates, LinePlanned, LineRecalled, LineReleased, Nodes, Text, Units,
};
use crate::orchestrate::state::{Portion, Stage};
use crate::plan::{Assignment, Plan};
use crate::planning::{PlanError, RunInputs, plan_wave};
use crate::solve::Control;
use crate::time::Day;
use crate::units::Quantity;
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

/// What a run does with what it plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Open units are planned and released.
    Release,
    /// Open units are planned for the run at an instant; what is planned stays.
    Promise(Timestamp),
    /// Open and planned units are planned again; what could not leave as planned if it waited for the
    /// run at an instant is released.
    Reconsider(Timestamp),
}

/// A wave made from the state, and what its lines are in the series.
struct Tick {
    wave: Wave,
    lines: IdVec<LineId, (OrderId, u32)>,
}

impl World<'_> {
    /// Plans what is open and does with it what `reach` says; returns whether there was anything.
    ///
    /// # Errors
    /// When there is no plan.
    pub(super) fn run(
        &mut self,
        at: Timestamp,
        reach: Reach,
        model: &Model,
        interrupted: &AtomicBool,
    ) -> Result<bool, PlanError> {
        let now = match reach {
            Reach::Promise(night) => night,
            Reach::Release | Reach::Reconsider(_) => at,
        };
        let is_free = |stage| match reach {
            Reach::Reconsider(_) => stage == Stage::Planned,
            Reach::Release | Reach::Promise(_) => false,
        };
        let Some(tick) = self.tick(now, is_free) else { return Ok(false) };
        let control = Control::new(model.solve.time_limit_s, interrupted, |_| ());
        let plan = plan_wave(&tick.wave, model, RunInputs::default(), &control)?;
        let at = at.to_zoned(self.series.wave.now.time_zone().clone());
        let decided = self.publish(&at, &tick, &plan);
        match reach {
            Reach::Promise(_) => (),
            Reach::Release => self.release(&at, decided, |_| true),
            Reach::Reconsider(night) => {
                let then = Wave::new(WaveParts { now: in_zone(self, night), ..tick.empty() });
                let is_due = |load: &Decided| {
                    let first = then.window(load.source).first();
                    first.is_none_or(|first| load.release_date < *first)
                };
                self.release(&at, decided, is_due);
            }
        }
        Ok(true)
    }

    /// The wave of what is not finished; nothing where nothing waits for a plan. Units that are
    /// planned are free where `is_free` says so, all others that are decided about stay as they are.
    ///
    /// A commitment has no lanes, so units that go over some are left out of the wave once they are
    /// decided about, with the stock and the capacity that they take.
    fn tick(&self, now: Timestamp, is_free: impl Fn(Stage) -> bool) -> Option<Tick> {
        let base = &self.series.wave;
        let mut tick = Draft {
            parts: WaveParts {
                now: in_zone(self, now),
                orders: IdVec::new(),
                lines: IdVec::new(),
                ..base.parts().clone()
            },
            lines: IdVec::new(),
            waits: false,
        };
        self.take_off_capacity(&mut tick.parts, &is_free);
        for (place, known) in &self.state.stock {
            let stock = tick.parts.stock.entry(*place).or_default();
            stock.on_hand = known.on_hand;
            stock.reserved = known.reserved;
            stock.safety_stock = known.safety_stock;
            stock.inbound = known.inbound.iter().map(|(day, units)| (*day, *units)).collect();
        }
        let is_gone = |part: &Portion| part.stage == Stage::Shipped || part.stage.is_final();
        for (id, order) in self.state.orders.enumerate() {
            if order.is_held() {
                tick.withhold(order);
            }
            if order.is_held() || order.lines.iter().flat_map(|line| &line.portions).all(is_gone) {
                continue;
            }
            let from = tick.parts.lines.len() as u32;
            let in_wave = OrderId(tick.parts.orders.len() as u32);
            for (place, line) in order.lines.iter().enumerate() {
                let known = &base.lines[self.series.line(id, place as u32)];
                if tick.add_line(OrderLine { order: in_wave, ..known.clone() }, line, &is_free) {
                    tick.lines.push((id, place as u32));
                }
            }
            let lines = from..tick.parts.lines.len() as u32;
            if !lines.is_empty() {
                tick.parts.orders.push(Order { lines, ..base.orders[id].clone() });
            }
        }
        tick.waits.then(|| Tick { wave: Wave::new(tick.parts), lines: tick.lines })
    }

    /// Tells the state what a plan decides about units that were open or free.
    fn publish(&mut self, at: &Zoned, tick: &Tick, plan: &Plan) -> Vec<Decided> {
        let mut decided = Vec::new();
        let mut rows: BTreeMap<LineId, Vec<&Assignment>> = BTreeMap::new();
        for row in &plan.assignments {
            rows.entry(row.line).or_default().push(row);
        }
        for line in tick.lines.ids() {
            let rows = rows.remove(&line).unwrap_or_default();
            self.publish_line(at, tick, plan, line, &rows, &mut decided);
        }
        decided
    }

    fn publish_line(
        &mut self,
        at: &Zoned,
        tick: &Tick,
        plan: &Plan,
        id: LineId,
        rows: &[&Assignment],
        decided: &mut Vec<Decided>,
    ) {
        let (order, line) = tick.lines[id];
        let mut known = Known::new(&tick.wave, id);
        let free: Quantity = known.free.values().sum();
        // What stays as it was needs no event.
        let left: Vec<(&Assignment, Quantity, Quantity)> = rows
            .iter()
            .map(|row| {
                let open = row.quantity - known.take_frozen(row);
                (*row, open, known.take_same(row, open))
            })
            .collect();
        let mut parts = Vec::new();
        for (row, open, same) in &left {
            parts.extend(known.replace(open - same).into_iter().map(|part| (*row, part)));
        }
        self.changes += parts.iter().filter(|(_, (_, instead))| instead.is_some()).count() as u64;
        if known.free.values().any(|units| *units > 0) {
            // Units that nothing serves any more are open again. All of the line are recalled, so
            // that it does not depend on which of them an event takes.
            self.changes += 1;
            self.recall(at, order, line, free);
            let open = left.iter().filter(|(_, open, _)| *open > 0);
            parts = open.map(|(row, open, _)| (*row, (*open, None))).collect();
        }
        for (row, (units, instead_of)) in parts {
            let planned = self.planned(tick, plan, row, units, instead_of);
            self.happen(at, Change::LinePlanned(planned));
        }
        for (row, quantity, _) in left.into_iter().filter(|(_, open, _)| *open > 0) {
            let (source, release_date) = (row.source, row.release_date);
            decided.push(Decided { order, line, quantity, source, release_date });
        }
    }

    /// Makes planned units open again.
    fn recall(&mut self, at: &Zoned, order: OrderId, line: u32, units: Quantity) {
        let (order_id, line) = self.names(order, line);
        let recalled = LineRecalled {
            order_id,
            line,
            quantity: Some(Units(units)),
            node_id: None,
            reason: Some(Text::from("planned anew")),
        };
        self.happen(at, Change::LineRecalled(recalled));
    }

    fn planned(
        &self,
        tick: &Tick,
        plan: &Plan,
        row: &Assignment,
        units: Quantity,
        instead_of: Option<NodeId>,
    ) -> LinePlanned {
        let (order, line) = tick.lines[row.line];
        let (order_id, line) = self.names(order, line);
        let lanes = &tick.wave.lanes;
        let route = (!row.hops.is_empty()).then(|| {
            let rest = row.hops.iter().map(|hop| self.node_name(lanes[hop.lane].to));
            Nodes(std::iter::once(self.node_name(row.source)).chain(rest).collect())
        });
        let departs = row.hops.iter().map(|hop| hop.departs).collect();
        LinePlanned {
            order_id,
            line,
            quantity: Some(Units(units)),
            node_id: self.node_name(row.source),
            instead_of: instead_of.map(|node| self.node_name(node)),
            departs: route.as_ref().map(|_| Dates(departs)),
            route,
            service: row.service.map(|id| Text::from(&*tick.wave.services[id].id)),
            release_date: Date(row.release_date),
            ship_date: Date(row.ship_date),
            delivery_date: Date(row.delivery_date),
            shipment_id: plan
                .shipments
                .get(row.shipment)
                .map(|known| Text::from(known.id.as_str())),
            tier: Some(CountFromOne(row.tier)),
            reason: None,
        }
    }

    /// Releases what is due, and has the sources take it.
    fn release(&mut self, at: &Zoned, decided: Vec<Decided>, is_due: impl Fn(&Decided) -> bool) {
        for load in decided.into_iter().filter(is_due) {
            let (order_id, line) = self.names(load.order, load.line);
            let released = LineReleased {
                order_id,
                line,
                quantity: Some(Units(load.quantity)),
                node_id: Some(self.node_name(load.source)),
            };
            self.happen(at, Change::LineReleased(released));
            self.accept(at.timestamp(), load.order, load.line);
        }
    }
}

/// Units that a plan sends from a source.
struct Decided {
    order: OrderId,
    /// By its place in the order.
    line: u32,
    quantity: Quantity,
    source: NodeId,
    release_date: Day,
}

impl Tick {
    /// The network alone.
    fn empty(&self) -> WaveParts {
        WaveParts {
            orders: IdVec::new(),
            lines: IdVec::new(),
            commitments: Vec::new(),
            exclusions: Vec::new(),
            stock: Default::default(),
            ..self.wave.parts().clone()
        }
    }
}

fn in_zone(world: &World<'_>, at: Timestamp) -> Zoned {
    at.to_zoned(world.series.wave.now.time_zone().clone())
}

/// Source, service and ship date: what a commitment keeps.
type Kept = (NodeId, Option<ServiceId>, Day);

/// What was decided about a line before.
struct Known {
    frozen: BTreeMap<Kept, Quantity>,
    free: BTreeMap<Kept, Quantity>,
}

impl Known {
    fn new(wave: &Wave, line: LineId) -> Known {
        let mut known = Known { frozen: BTreeMap::new(), free: BTreeMap::new() };
        for commitment in wave.commitments_of(line) {
            let Some(ship_date) = commitment.ship_date else { continue };
            let of = if commitment.is_frozen() { &mut known.frozen } else { &mut known.free };
            *of.entry((commitment.node, commitment.service, ship_date)).or_default() +=
                commitment.quantity;
        }
        known
    }

    /// The units of an assignment that are frozen.
    fn take_frozen(&mut self, row: &Assignment) -> Quantity {
        // A frozen part stands in the plan as if it came straight from its source.
        let is_direct = row.hops.is_empty();
        take(self.frozen.get_mut(&kept(row)).filter(|_| is_direct), row.quantity)
    }

    /// The units of an assignment that were planned the same way.
    fn take_same(&mut self, row: &Assignment, open: Quantity) -> Quantity {
        take(self.free.get_mut(&kept(row)), open)
    }

    /// The units that an assignment takes: from what was planned otherwise, by source, and the rest
    /// from those that wait.
    fn replace(&mut self, mut units: Quantity) -> Vec<(Quantity, Option<NodeId>)> {
        let mut parts = Vec::new();
        for ((node, _, _), left) in &mut self.free {
            let taken = take(Some(left), units);
            units -= taken;
            if taken > 0 {
                parts.push((taken, Some(*node)));
            }
        }
        if units > 0 {
            parts.push((units, None));
        }
        parts
    }
}

fn kept(row: &Assignment) -> Kept {
    (row.source, row.service, row.ship_date)
}

/// Takes at most so many units of what is left.
fn take(left: Option<&mut Quantity>, most: Quantity) -> Quantity {
    let Some(left) = left else { return 0 };
    let taken = most.min(*left);
    *left -= taken;
    taken
}

#[cfg(test)]
mod tests;
