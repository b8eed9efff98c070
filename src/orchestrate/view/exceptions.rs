//! The queue of exceptions.

use crate::ids::{ExceptionId, OrderId};
use crate::orchestrate::state::{Cause, Exception, State, exception_name};
use crate::orchestrate::view::columns::Columns;
use crate::tables::Table;

/// Which exceptions are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExceptionFilter {
    /// Resolved ones too.
    pub all: bool,
    pub cause: Option<Cause>,
    pub order: Option<OrderId>,
}

/// The exceptions, in the order in which they were raised: `exception_id`, `cause`, `state` (open or
/// resolved), `since`, `order_id`, `line`, `node_id`, `sku`, `quantity`, `detail`, `action` (of the
/// rule), `outcome`, `resolved_at`, `proposal`, `cost` (of the proposal, in the currency).
pub fn exceptions(state: &State, filter: ExceptionFilter) -> Table {
    let fits = |exception: &Exception| {
        filter.cause.is_none_or(|cause| cause == exception.cause)
            && filter.order.is_none_or(|order| exception.subject.order == Some(order))
    };
    let known: Vec<ExceptionId> = match filter.all {
        true => state.exceptions.ids().collect(),
        false => state.open_exceptions.iter().copied().collect(),
    };
    let rows: Vec<ExceptionId> =
        known.into_iter().filter(|id| fits(&state.exceptions[*id])).collect();
    let of = |id: &ExceptionId| &state.exceptions[*id];
    let subject = |id: &ExceptionId| state.exceptions[*id].subject;
    Columns::new(&rows)
        .text("exception_id", |id| Some(exception_name(*id)))
        .text("cause", |id| Some(of(id).cause.name().to_owned()))
        .text("state", |id| Some(if of(id).is_open() { "open" } else { "resolved" }.to_owned()))
        .text("since", |id| Some(state.events[of(id).raised].at.to_string()))
        .text("order_id", |id| {
            subject(id).order.map(|order| state.order_names.name(order).to_owned())
        })
        .text("line", |id| {
            let (order, line) = subject(id).order.zip(subject(id).line)?;
            Some(state.orders[order].lines.get(line as usize)?.name.to_string())
        })
        .text("node_id", |id| subject(id).node.map(|node| state.node_names.name(node).to_owned()))
        .text("sku", |id| subject(id).sku.map(|sku| state.sku_names.name(sku).to_owned()))
        .count("quantity", |id| of(id).quantity.map(u64::from))
        .text("detail", |id| Some(of(id).detail.to_string()))
        .text("action", |id| Some(of(id).action.name().to_owned()))
        .text("outcome", |id| of(id).resolved.map(|(outcome, _)| outcome.name().to_owned()))
        .text("resolved_at", |id| {
            of(id).resolved.map(|(_, event)| state.events[event].at.to_string())
        })
        .text("proposal", |id| of(id).proposal.as_ref().map(|proposal| proposal.text.to_string()))
        .money("cost", state.minor_digits, |id| of(id).proposal.as_ref()?.cost)
        .done()
}
