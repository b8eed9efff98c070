//! The events that put a plan into effect.
//!
//! Units that go as they went before need no event. A line that goes as a whole from one way to
//! another is one event; where units of a line go several ways, all of them that may change are
//! recalled first, so that it never depends on which of them an event takes.

use super::event_id;
use super::parts::{Part, Parts, is_same, lines, via};
use crate::domain::{Escalate, Wave};
use crate::ids::{IdVec, LineId, NodeId, OrderId};
use crate::options::{Planner, first_tier_on_time};
use crate::orchestrate::event::{
    Change, CountFromOne, Date, Dates, Event, ExceptionRaised, LinePlanned, LineRecalled,
    LineReleased, Moment, Name, Nodes, PlannerCause, Text, Units,
};
use crate::orchestrate::state::{Cause, Portion, Stage, State, Subject};
use crate::orchestrate::wave::StateWave;
use crate::plan::{Plan, Reason, Unfilled};
use crate::time::Day;
use crate::units::Quantity;
use jiff::Timestamp;
use rustc_hash::FxHashMap;

/// Of which lines nodes are told at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// Those whose first departure is so many days after today, or earlier.
    Within(u32),
    /// Those that could not leave as planned if they waited for a run at an instant.
    BeforeRun(Timestamp),
    All,
    Nothing,
}

impl Default for Release {
    /// What leaves today.
    fn default() -> Release {
        Release::Within(0)
    }
}

impl Release {
    /// The last date of a first departure that a node is told of.
    fn last_date(self, wave: &Wave, node: NodeId) -> Day {
        match self {
            Release::Within(days) => {
                let zone = wave.nodes[node].time_zone.clone();
                Day::from(wave.now.with_time_zone(zone).date()).plus(days)
            }
            Release::BeforeRun(next) => {
                let first = wave.first_ship_date_at(node, next);
                first.map_or(Day::NEVER, |first| Day(first.0 - 1))
            }
            Release::All => Day::NEVER,
            Release::Nothing => Day(i32::MIN),
        }
    }
}

/// The events of a plan, line after line.
pub(super) fn events(
    state: &State,
    planner: &Planner<'_>,
    of: &StateWave,
    plan: &Plan,
    parts: &Parts<'_>,
    now: Moment,
    release: Release,
) -> Vec<Event> {
    let shipments = Shipments::new(state, of, plan);
    let due = of.wave.nodes.ids().map(|node| release.last_date(&of.wave, node)).collect();
    let writer = Writer { state, planner, of, shipments, due };
    let mut changes = Vec::new();
    let unfilled: FxHashMap<LineId, &Unfilled> =
        plan.unfilled.iter().map(|row| (row.line, row)).collect();
    for line in lines(of) {
        writer.line(line, &parts.before[line], &parts.planned[line], &mut changes);
        if let Some(row) = unfilled.get(&line) {
            changes.extend(writer.unfillable(line, row));
        }
    }
    let events = changes.into_iter().enumerate().map(|(number, change)| Event {
        id: event_id(state, "plan", number).as_str().into(),
        at: now,
        change,
    });
    events.collect()
}

struct Writer<'p> {
    state: &'p State,
    planner: &'p Planner<'p>,
    of: &'p StateWave,
    shipments: Shipments,
    /// The last date of a first departure that a node is told of now.
    due: IdVec<NodeId, Day>,
}

impl Writer<'_> {
    fn wave(&self) -> &Wave {
        &self.of.wave
    }

    fn names(&self, line: LineId) -> (Text, Text) {
        let (order, place) = self.of.lines[line];
        let name = &self.state.orders[order].lines[place as usize].name;
        (self.state.order_names.name(order).into(), Text(name.clone()))
    }

    fn is_due(&self, part: &Part<'_>) -> bool {
        part.assignment.release_date <= self.due[part.assignment.source]
    }

    fn line(
        &self,
        line: LineId,
        before: &[&Portion],
        planned: &[Part<'_>],
        changes: &mut Vec<Change>,
    ) {
        let goes_on = |portion: &Portion| {
            let way = portion.way.as_deref();
            planned
                .iter()
                .any(|part| way.is_some_and(|way| is_same(self.wave(), way, part.assignment)))
        };
        let units =
            |portions: &[&Portion]| portions.iter().map(|part| part.quantity).sum::<Quantity>();
        match (before, planned) {
            ([], []) => (),
            // Whatever is open, or all that is planned or released, goes one way.
            (before, [only]) if before.is_empty() || units(before) == only.quantity => {
                let is_kept = before.iter().all(|portion| goes_on(portion));
                if !is_kept || before.is_empty() {
                    self.plan_anew(line, before, only, changes);
                } else if self.is_due(only) {
                    let waiting: Quantity = before
                        .iter()
                        .filter(|part| part.stage == Stage::Planned)
                        .map(|part| part.quantity)
                        .sum();
                    self.release(line, only, waiting, changes);
                }
            }
            (before, planned) if self.is_as_before(before, planned) => {
                for part in planned {
                    let waits = |portion: &&&Portion| {
                        portion.stage == Stage::Planned
                            && portion
                                .way
                                .as_deref()
                                .is_some_and(|way| is_same(self.wave(), way, part.assignment))
                    };
                    let waiting = before.iter().filter(waits).map(|part| part.quantity).sum();
                    // Which units an event takes is known where one way starts from their node.
                    let here = planned
                        .iter()
                        .filter(|other| other.assignment.source == part.assignment.source);
                    if here.count() == 1 && self.is_due(part) {
                        self.release(line, part, waiting, changes);
                    }
                }
            }
            (before, planned) => {
                if !before.is_empty() {
                    let (order_id, name) = self.names(line);
                    changes.push(Change::LineRecalled(LineRecalled {
                        order_id,
                        line: name,
                        quantity: Some(Units(units(before))),
                        node_id: None,
                        reason: Some("planned anew".into()),
                    }));
                }
                // What is released at once comes first: a release takes what is planned at a node.
                let (due, later): (Vec<&Part<'_>>, Vec<&Part<'_>>) =
                    planned.iter().partition(|part| self.is_due(part));
                for part in due.into_iter().chain(later) {
                    self.plan_anew(line, &[], part, changes);
                }
            }
        }
    }

    /// Whether all units go the ways they went before.
    fn is_as_before(&self, before: &[&Portion], planned: &[Part<'_>]) -> bool {
        let going = |part: &Part<'_>| -> Quantity {
            let same = before.iter().filter(|portion| {
                portion.way.as_deref().is_some_and(|way| is_same(self.wave(), way, part.assignment))
            });
            same.map(|portion| portion.quantity).sum()
        };
        let all: Quantity = before.iter().map(|portion| portion.quantity).sum();
        let kept: Quantity = planned.iter().map(|part| part.quantity).sum();
        all == kept && planned.iter().all(|part| going(part) == part.quantity)
    }

    /// Plans units that are open, or those of one plan before, and releases them where it is time.
    fn plan_anew(
        &self,
        line: LineId,
        before: &[&Portion],
        part: &Part<'_>,
        changes: &mut Vec<Change>,
    ) {
        let wave = self.wave();
        let row = part.assignment;
        let (order_id, name) = self.names(line);
        let sources: Vec<NodeId> =
            before.iter().filter_map(|part| Some(part.way.as_deref()?.source)).collect();
        if sources.windows(2).any(|pair| pair[0] != pair[1]) {
            changes.push(Change::LineRecalled(LineRecalled {
                order_id: order_id.clone(),
                line: name.clone(),
                quantity: Some(Units(part.quantity)),
                node_id: None,
                reason: Some("planned anew".into()),
            }));
        }
        let one_source = sources.first().filter(|first| sources.iter().all(|node| node == *first));
        let node = |node: NodeId| Text(wave.nodes[node].id.clone());
        let route = std::iter::once(row.source).chain(via(wave, row)).map(node).collect();
        let has_lanes = !row.hops.is_empty();
        changes.push(Change::LinePlanned(LinePlanned {
            order_id,
            line: name,
            quantity: Some(Units(part.quantity)),
            node_id: node(row.source),
            instead_of: one_source.map(|source| node(*source)),
            route: has_lanes.then_some(Nodes(route)),
            departs: has_lanes.then(|| Dates(row.hops.iter().map(|hop| hop.departs).collect())),
            service: row.service.map(|service| Text(wave.services[service].id.clone())),
            release_date: Date(row.release_date),
            ship_date: Date(row.ship_date),
            delivery_date: Date(row.delivery_date),
            shipment_id: self.shipments.names[row.shipment].as_deref().map(Text::from),
            tier: Some(CountFromOne(row.tier.max(1))),
            reason: self.escalation(line, row.tier),
        }));
        if self.is_due(part) {
            self.release(line, part, part.quantity, changes);
        }
    }

    fn release(&self, line: LineId, part: &Part<'_>, units: Quantity, changes: &mut Vec<Change>) {
        if units == 0 {
            return;
        }
        let (order_id, name) = self.names(line);
        changes.push(Change::LineReleased(LineReleased {
            order_id,
            line: name,
            quantity: Some(Units(units)),
            node_id: Some(Text(self.wave().nodes[part.assignment.source].id.clone())),
        }));
    }

    /// Why a line comes from a later tier, where its dates open it: no earlier tier could serve it on
    /// time.
    fn escalation(&self, line: LineId, tier: u32) -> Option<Text> {
        let wave = self.wave();
        let id = wave.lines[line].order;
        let by_dates = self.planner.model.rules.escalate == Escalate::Deadline && tier > 1;
        if !by_dates || first_tier_on_time(self.planner, id, line) < tier {
            return None;
        }
        let order = &wave.orders[id];
        let dates = [("to leave", order.ship_by), ("to be delivered", order.deliver_by)];
        let dates = dates.into_iter().filter_map(|(what, day)| Some(format!("{what} by {}", day?)));
        let dates: Vec<String> = dates.collect();
        let reason = match dates.is_empty() {
            true => "opened: no earlier tier has it".to_owned(),
            false => format!("opened: no earlier tier has it in time, {}", dates.join(" and ")),
        };
        Some(reason.as_str().into())
    }

    /// That no plan serves units, where the queue does not say it already.
    fn unfillable(&self, line: LineId, row: &Unfilled) -> Option<Change> {
        let (order, place) = self.of.lines[line];
        let names: Vec<&str> = row.reasons.iter().copied().map(Reason::name).collect();
        let mut reason = names.join(" ");
        if !row.cheapest_fix.is_empty() {
            reason = format!("{reason}; would help: {}", row.cheapest_fix);
        }
        if reason.is_empty() {
            reason = Cause::Unfillable.name().to_owned();
        }
        let subject = Subject { order: Some(order), line: Some(place), ..Subject::default() };
        let known = self.state.orders[order].exceptions.iter().rev();
        let mut same = known
            .map(|id| &self.state.exceptions[*id])
            .filter(|known| (known.cause, known.subject) == (Cause::Unfillable, subject));
        // One that was decided about is not raised again as long as it says the same.
        if same
            .next()
            .is_some_and(|last| *last.detail == *reason && last.quantity == Some(row.quantity))
        {
            return None;
        }
        let (order_id, name) = self.names(line);
        Some(Change::ExceptionRaised(ExceptionRaised {
            order_id,
            line: Some(name),
            cause: Name(PlannerCause::Unfillable),
            quantity: Some(Units(row.quantity)),
            reason: Some(reason.as_str().into()),
        }))
    }
}

/// What the shipments of a plan are called: as before where units that are in one stay in it, else
/// by a name that the order has not had.
struct Shipments {
    names: Vec<Option<String>>,
}

impl Shipments {
    fn new(state: &State, of: &StateWave, plan: &Plan) -> Shipments {
        let wave = &of.wave;
        let mut names: Vec<Option<String>> = vec![None; plan.shipments.len()];
        // Names that portions of the wave's orders have, and those of them that stay.
        for row in &plan.assignments {
            let (order, place) = of.lines[row.line];
            let portions = &state.orders[order].lines[place as usize].portions;
            for way in portions.iter().filter_map(|part| part.way.as_deref()) {
                let stays = (way.last_node(), way.service, way.ship_date)
                    == (row.last_node, row.service, row.ship_date);
                if let Some(name) = way.shipment.as_deref().filter(|_| stays) {
                    let known = &mut names[row.shipment];
                    if known.as_deref().is_none_or(|known| name < known) {
                        *known = Some(name.to_owned());
                    }
                }
            }
        }
        let mut taken: FxHashMap<OrderId, Vec<String>> = FxHashMap::default();
        for (shipment, row) in plan.shipments.iter().enumerate() {
            let order = of.orders[row.order];
            let used = taken.entry(row.order).or_insert_with(|| {
                let portions = state.orders[order].lines.iter().flat_map(|line| &line.portions);
                let ways = portions.filter_map(|part| part.way.as_deref());
                ways.filter_map(|way| way.shipment.as_deref().map(str::to_owned)).collect()
            });
            if names[shipment].is_some() {
                continue;
            }
            let order_name = &wave.orders[row.order].id;
            let free = (1..).map(|number| format!("{order_name}-S{number}"));
            let name = free.into_iter().find(|name| !used.contains(name));
            used.extend(name.clone());
            names[shipment] = name;
        }
        Shipments { names }
    }
}
