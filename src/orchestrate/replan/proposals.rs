//! What a plan would do about the open exceptions, and what that costs.

use super::delta::{Delta, DeltaRow};
use super::event_id;
use crate::ids::{NodeId, OrderId, SkuId};
use crate::orchestrate::event::{Change, Event, ExceptionProposed, Moment, SignedAmount};
use crate::orchestrate::state::{Cause, Exception, State, exception_name};
use crate::orchestrate::wave::StateWave;
use crate::plan::{Plan, Reason, Unfilled};
use crate::units::{Decimal, Money};
use rustc_hash::{FxHashMap, FxHashSet};

/// Lines that a proposal names; it says how many more there are.
const NAMED: usize = 3;

/// The proposals, an event each, in the order of the exceptions; none that is as it was.
pub(super) fn events(
    state: &State,
    of: &StateWave,
    plan: &Plan,
    delta: &Delta,
    now: Moment,
) -> Vec<Event> {
    let unfilled = plan.unfilled.iter().map(|row| (of.lines[row.line], row)).collect();
    let rows = delta.rows.iter().map(|row| ((row.order, row.line), row)).collect();
    let writer = Writer { state, of, delta, unfilled, rows };
    let open = state.open_exceptions.iter();
    let made = open.filter_map(|id| {
        let exception = &state.exceptions[*id];
        let (text, cost) = writer.proposal(exception)?;
        let is_known = exception
            .proposal
            .as_ref()
            .is_some_and(|known| *known.text == *text && known.cost == Some(cost));
        (!is_known).then(|| (exception_name(*id), text, cost))
    });
    let unit = 10_i64.pow(Decimal::PLACES - state.minor_digits.min(Decimal::PLACES));
    let events = made.enumerate().map(|(number, (name, text, cost))| Event {
        id: event_id(state, "proposal", number).as_str().into(),
        at: now,
        change: Change::ExceptionProposed(ExceptionProposed {
            exception_id: name.as_str().into(),
            proposal: text.as_str().into(),
            cost: Some(SignedAmount(Decimal(cost.0 * unit))),
        }),
    });
    events.collect()
}

struct Writer<'p> {
    state: &'p State,
    of: &'p StateWave,
    delta: &'p Delta,
    unfilled: FxHashMap<(OrderId, u32), &'p Unfilled>,
    rows: FxHashMap<(OrderId, u32), &'p DeltaRow>,
}

impl Writer<'_> {
    /// What is done about the lines of an exception; nothing where a plan has nothing to say.
    fn proposal(&self, exception: &Exception) -> Option<(String, Money)> {
        if matches!(exception.cause, Cause::PriceMismatch | Cause::ContradictoryEvent) {
            return None;
        }
        let concerned = self.lines(exception);
        if concerned.is_empty() {
            return None;
        }
        let told: Vec<String> = concerned.iter().take(NAMED).map(|at| self.told(*at)).collect();
        let mut text = told.join("; ");
        if concerned.len() > NAMED {
            text = format!("{text}; and {} more lines", concerned.len() - NAMED);
        }
        // An order's cost is on its first row, whichever line that is.
        let orders: FxHashSet<OrderId> = concerned.iter().map(|(order, _)| *order).collect();
        let rows = self.delta.rows.iter().filter(|row| orders.contains(&row.order));
        Some((text, rows.map(|row| row.cost).sum()))
    }

    /// The lines of the wave that an exception is about, in the order of the state.
    fn lines(&self, exception: &Exception) -> Vec<(OrderId, u32)> {
        let subject = &exception.subject;
        let all = self.of.lines.iter().copied();
        match (subject.order, subject.line, subject.node) {
            (Some(order), line, _) => {
                all.filter(|at| at.0 == order && line.is_none_or(|only| only == at.1)).collect()
            }
            (None, _, Some(node)) => {
                all.filter(|at| self.is_from(*at, node, subject.sku)).collect()
            }
            (None, _, None) => Vec::new(),
        }
    }

    /// Whether a line was to come from a node, or is a line that changes because of it.
    fn is_from(&self, (order, line): (OrderId, u32), node: NodeId, sku: Option<SkuId>) -> bool {
        let line = &self.state.orders[order].lines[line as usize];
        sku.is_none_or(|only| only == line.sku)
            && line.portions.iter().any(|part| part.node() == Some(node))
    }

    /// What the plan does with a line, in words.
    fn told(&self, at: (OrderId, u32)) -> String {
        let (order, line) = at;
        let name = &self.state.orders[order].lines[line as usize].name;
        let about = format!("{}/{name}", self.state.order_names.name(order));
        let mut told = Vec::new();
        match self.rows.get(&at) {
            Some(row) => told.extend(row.to.iter().map(|leg| {
                let from = self.state.node_names.name(leg.source);
                let service =
                    leg.service.map_or("handed over", |id| self.state.service_names.name(id));
                format!("{} from {from}, {service} on {}", leg.quantity, leg.ship_date)
            })),
            None if !self.unfilled.contains_key(&at) => told.push("as it was".to_owned()),
            None => (),
        }
        if let Some(row) = self.unfilled.get(&at) {
            let reasons: Vec<&str> = row.reasons.iter().copied().map(Reason::name).collect();
            told.push(format!("{} unfilled ({})", row.quantity, reasons.join(" ")));
        }
        format!("{about}: {}", told.join(" and "))
    }
}
