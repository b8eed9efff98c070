//! The delta: what a plan changes against what was decided before, for which events, and what that
//! costs or saves.

use super::parts::{Part, Parts, decision, hops, lines};
use crate::domain::{CostKey, Wave};
use crate::ids::{EventId, Id, IdVec, LineId, NodeId, OrderId, ServiceId};
use crate::options::{Planner, frozen_decisions};
use crate::orchestrate::state::{Portion, State};
use crate::orchestrate::wave::StateWave;
use crate::plan::{Frame, Ledger, Plan};
use crate::tables::Table;
use crate::time::Day;
use crate::units::{Decimal, Money, Objective, Quantity, round_half_up};
use std::collections::BTreeSet;

/// What is different about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Difference {
    /// Other nodes release it.
    Source,
    /// Other services, or a handover.
    Service,
    /// Other ship dates.
    Date,
    /// Other lanes, or other departures.
    Route,
    /// It goes more ways, or fewer.
    Split,
    /// More units have a plan.
    NewlyFilled,
    /// Fewer units have a plan.
    NewlyUnfilled,
}

impl Difference {
    pub const ALL: [Difference; 7] = [
        Difference::Source,
        Difference::Service,
        Difference::Date,
        Difference::Route,
        Difference::Split,
        Difference::NewlyFilled,
        Difference::NewlyUnfilled,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Difference::Source => "source",
            Difference::Service => "service",
            Difference::Date => "date",
            Difference::Route => "route",
            Difference::Split => "split",
            Difference::NewlyFilled => "newly_filled",
            Difference::NewlyUnfilled => "newly_unfilled",
        }
    }
}

/// Units that go one way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leg {
    pub quantity: Quantity,
    pub source: NodeId,
    /// Nothing for a pickup.
    pub service: Option<ServiceId>,
    pub ship_date: Day,
}

/// A line whose units go another way than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeltaRow {
    /// The order in the state.
    pub order: OrderId,
    /// The line's place in the order.
    pub line: u32,
    pub differences: Vec<Difference>,
    /// Of units that may change, frozen ones left out.
    pub from: Vec<Leg>,
    pub to: Vec<Leg>,
    /// What happened since the line was planned last, to it and where it was to come from.
    pub events: Vec<EventId>,
    /// What its order costs more than as it was decided before, the change cost aside; below 0 it
    /// saves. On the first row of an order, 0 on the others, so that rows add up.
    pub cost: Money,
}

/// All that a plan changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// By order and line.
    pub rows: Vec<DeltaRow>,
}

impl Delta {
    pub(super) fn new(
        state: &State,
        planner: &Planner<'_>,
        of: &StateWave,
        plan: &Plan,
        parts: &Parts<'_>,
    ) -> Delta {
        let wave = &of.wave;
        let mut rows: Vec<DeltaRow> = Vec::new();
        for line in lines(of) {
            let (before, planned) = (&parts.before[line], &parts.planned[line]);
            let differences = differences(wave, before, planned);
            if differences.is_empty() {
                continue;
            }
            let (order, place) = of.lines[line];
            rows.push(DeltaRow {
                order,
                line: place,
                differences,
                from: from(before),
                to: to(planned),
                events: events(state, order, place, before),
                cost: Money::ZERO,
            });
        }
        let mut delta = Delta { rows };
        if !delta.rows.is_empty() {
            delta.enter_costs(planner, of, plan, state);
        }
        delta
    }

    /// Compares what each order costs with what it cost as it was decided before.
    fn enter_costs(&mut self, planner: &Planner<'_>, of: &StateWave, plan: &Plan, state: &State) {
        let (wave, model) = (&of.wave, planner.model);
        // An order's costs are its own: the others can be left out.
        let mut concerned: IdVec<OrderId, bool> = wave.orders.iter().map(|_| false).collect();
        let place = |order: OrderId| of.orders.as_slice().binary_search(&order).ok();
        for row in &self.rows {
            if let Some(at) = place(row.order) {
                concerned[OrderId::from_index(at)] = true;
            }
        }
        let is_concerned = |line: LineId| concerned[wave.lines[line].order];
        let mut decided = Vec::new();
        for order in wave.orders.ids().filter(|order| concerned[*order]) {
            decided.extend(frozen_decisions(wave, order));
        }
        for line in lines(of).filter(|line| is_concerned(*line)) {
            let (order, place) = of.lines[line];
            let portions = state.orders[order].lines[place as usize].portions.iter();
            decided.extend(
                portions.filter(|part| of.is_loose(part)).filter_map(|p| decision(wave, line, p)),
            );
        }
        let mut planned = plan.decisions();
        planned.retain(|row| is_concerned(row.line));
        let before = Ledger::new(planner, decided);
        let after = Ledger::new(planner, planned);
        let weighted = |ledger: &Ledger, order: OrderId| -> Objective {
            let costs = &ledger.order_costs[order];
            let keys = CostKey::ALL.into_iter().filter(|key| *key != CostKey::Change);
            keys.map(|key| Objective::weighted(model.weight(key), costs[key])).sum()
        };
        let mut last = None;
        for row in &mut self.rows {
            if last == Some(row.order) {
                continue;
            }
            last = Some(row.order);
            // Orders are in the wave in the order of the state.
            if let Some(at) = place(row.order) {
                let id = OrderId::from_index(at);
                let more = weighted(&after, id) - weighted(&before, id);
                row.cost = Money(round_half_up(more.0, i128::from(Decimal::SCALE)));
            }
        }
    }

    /// Lines with a difference of a kind.
    pub fn count(&self, difference: Difference) -> usize {
        self.rows.iter().filter(|row| row.differences.contains(&difference)).count()
    }

    /// Lines that had a plan and get another source, service or ship date, or no plan for some units;
    /// the way between may be another one.
    pub fn changed(&self) -> usize {
        const CHANGES: [Difference; 4] =
            [Difference::Source, Difference::Service, Difference::Date, Difference::NewlyUnfilled];
        let changes = |row: &&DeltaRow| {
            !row.from.is_empty() && row.differences.iter().any(|what| CHANGES.contains(what))
        };
        self.rows.iter().filter(changes).count()
    }

    /// What all of it costs more than before; below 0 it saves.
    pub fn cost(&self) -> Money {
        self.rows.iter().map(|row| row.cost).sum()
    }
}

fn from(before: &[&Portion]) -> Vec<Leg> {
    let legs = before.iter().filter_map(|part| {
        let way = part.way.as_deref()?;
        let (source, service, ship_date) = (way.source, way.service, way.ship_date);
        Some(Leg { quantity: part.quantity, source, service, ship_date })
    });
    merged(legs.collect())
}

fn to(planned: &[Part<'_>]) -> Vec<Leg> {
    let legs = planned.iter().map(|part| Leg {
        quantity: part.quantity,
        source: part.assignment.source,
        service: part.assignment.service,
        ship_date: part.assignment.ship_date,
    });
    merged(legs.collect())
}

/// Adds up units that go the same way; planned and released ones are of one plan.
fn merged(mut legs: Vec<Leg>) -> Vec<Leg> {
    let way = |leg: &Leg| (leg.ship_date, leg.source, leg.service);
    legs.sort_by_key(way);
    legs.dedup_by(|next, first| {
        let is_same = way(next) == way(first);
        if is_same {
            first.quantity += next.quantity;
        }
        is_same
    });
    legs
}

fn differ<T: Ord>(old: &[Leg], new: &[Leg], what: impl Fn(&Leg) -> T) -> bool {
    let set = |legs: &[Leg]| legs.iter().map(&what).collect::<BTreeSet<T>>();
    set(old) != set(new)
}

fn differences(wave: &Wave, before: &[&Portion], planned: &[Part<'_>]) -> Vec<Difference> {
    let (old, new) = (from(before), to(planned));
    let units = |legs: &[Leg]| legs.iter().map(|leg| leg.quantity).sum::<Quantity>();
    let mut found = Vec::new();
    if !old.is_empty() && !new.is_empty() {
        if differ(&old, &new, |leg| leg.source) {
            found.push(Difference::Source);
        }
        if differ(&old, &new, |leg| leg.service) {
            found.push(Difference::Service);
        }
        if differ(&old, &new, |leg| leg.ship_date) {
            found.push(Difference::Date);
        }
        let routes_before: BTreeSet<_> =
            before.iter().filter_map(|part| hops(wave, part.way.as_deref()?)).collect();
        let routes: BTreeSet<_> = planned.iter().map(|part| part.assignment.hops.clone()).collect();
        if routes_before != routes {
            found.push(Difference::Route);
        }
        if old.len() != new.len() {
            found.push(Difference::Split);
        }
    }
    match units(&old).cmp(&units(&new)) {
        std::cmp::Ordering::Less => found.push(Difference::NewlyFilled),
        std::cmp::Ordering::Greater => found.push(Difference::NewlyUnfilled),
        std::cmp::Ordering::Equal => (),
    }
    found
}

/// The events since a line was planned last: those of its history, and those that raised an
/// exception about its source.
fn events(state: &State, order: OrderId, line: u32, before: &[&Portion]) -> Vec<EventId> {
    const OF_PLANS: [&str; 4] =
        ["line_planned", "line_released", "line_recalled", "exception_proposed"];
    let of = &state.orders[order];
    let about =
        |entry: &&crate::orchestrate::state::Entry| entry.line.is_none_or(|only| only == line);
    let history: Vec<_> = of.history.iter().filter(about).collect();
    let is_plan = |event: EventId| state.events[event].kind() == "line_planned";
    let since = history.iter().rposition(|entry| is_plan(entry.event));
    let after = since.map_or(EventId(0), |at| history[at].event);
    let told = history[since.map_or(0, |at| at + 1)..].iter().map(|entry| entry.event);
    let mut found: Vec<EventId> =
        told.filter(|event| !OF_PLANS.contains(&state.events[*event].kind())).collect();
    let sources: Vec<NodeId> =
        before.iter().filter_map(|part| Some(part.way.as_deref()?.source)).collect();
    let sku = of.lines[line as usize].sku;
    // Exceptions are in the order of the events that raised them.
    let since = state.exceptions.as_slice().partition_point(|known| known.raised <= after);
    for exception in &state.exceptions.as_slice()[since..] {
        let subject = &exception.subject;
        let is_here = subject.node.is_some_and(|node| sources.contains(&node))
            && subject.order.is_none()
            && subject.sku.is_none_or(|about| about == sku);
        if is_here {
            found.push(exception.raised);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The columns of the table `delta`.
pub const DELTA_COLUMNS: [&str; 14] = [
    "order_id",
    "line",
    "sku",
    "differences",
    "from_quantity",
    "from_node",
    "from_service",
    "from_ship_date",
    "to_quantity",
    "to_node",
    "to_service",
    "to_ship_date",
    "events",
    "cost",
];

/// The delta as a table. Where units go several ways, the parts of a cell have `+` between them.
pub fn delta_table(state: &State, delta: &Delta) -> Table {
    let joined = |texts: Vec<String>, mark: &str| texts.join(mark);
    let legs =
        |legs: &[Leg], text: &dyn Fn(&Leg) -> String| joined(legs.iter().map(text).collect(), "+");
    let node = |leg: &Leg| state.node_names.name(leg.source).to_owned();
    let service =
        |leg: &Leg| leg.service.map_or("", |service| state.service_names.name(service)).to_owned();
    let date = |leg: &Leg| leg.ship_date.to_string();
    let quantity = |leg: &Leg| leg.quantity.to_string();
    let line = |row: &DeltaRow| &state.orders[row.order].lines[row.line as usize];
    let mut frame = Frame::new(&delta.rows, state.minor_digits);
    frame
        .text("order_id", |row| state.order_names.name(row.order).to_owned())
        .text("line", |row| line(row).name.to_string())
        .text("sku", |row| state.sku_names.name(line(row).sku).to_owned())
        .text("differences", |row| {
            joined(row.differences.iter().map(|what| what.name().to_owned()).collect(), " ")
        })
        .text("from_quantity", |row| legs(&row.from, &quantity))
        .text("from_node", |row| legs(&row.from, &node))
        .text("from_service", |row| legs(&row.from, &service))
        .text("from_ship_date", |row| legs(&row.from, &date))
        .text("to_quantity", |row| legs(&row.to, &quantity))
        .text("to_node", |row| legs(&row.to, &node))
        .text("to_service", |row| legs(&row.to, &service))
        .text("to_ship_date", |row| legs(&row.to, &date))
        .text("events", |row| {
            let names = row.events.iter().map(|id| state.event_names.name(*id).to_owned());
            joined(names.collect(), " ")
        })
        .money("cost", |row| row.cost)
        .finish()
}
