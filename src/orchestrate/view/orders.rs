//! Orders at a glance, a row an order.

use crate::ids::OrderId;
use crate::orchestrate::state::{Order, OrderStatus, Portion, Stage, State, Way};
use crate::orchestrate::view::columns::Columns;
use crate::orchestrate::view::order::destination;
use crate::tables::Table;

/// The orders in the order in which they were placed, those of a status where one is named:
/// `order_id`, `status`, `placed_at`, `destination` (in words), `ship_by`, `deliver_by`, `expected`
/// (when the last of what has a plan is, or was, with the customer), `lines`, `units` (not cancelled),
/// `open` (units that wait for a plan), `delivered` (units), `exceptions` (open ones about it).
pub fn orders(state: &State, status: Option<OrderStatus>) -> Table {
    let fits = |order: &Order| status.is_none_or(|status| order.status() == status);
    let rows: Vec<(OrderId, &Order)> =
        state.orders.enumerate().filter(|(_, order)| fits(order)).collect();
    let portions = |order: &'_ Order, fits: fn(Stage) -> bool| -> u64 {
        let parts = order.lines.iter().flat_map(|line| &line.portions);
        let units = |part: &Portion| u64::from(part.quantity);
        parts.filter(|part| fits(part.stage)).map(units).sum()
    };
    let ways = |order: &'_ Order| {
        let parts = order.lines.iter().flat_map(|line| &line.portions);
        parts.filter_map(|part| part.way.as_deref()).map(|way: &Way| way.delivery_date).max()
    };
    type Row<'s> = (OrderId, &'s Order);
    Columns::new(&rows)
        .text("order_id", |(id, _): &Row<'_>| Some(state.order_names.name(*id).to_owned()))
        .text("status", |(_, order)| Some(order.status().name().to_owned()))
        .text("placed_at", |(_, order)| Some(order.terms.placed_at.to_string()))
        .text("destination", |(_, order)| Some(destination(state, order)))
        .date("ship_by", |(_, order)| order.terms.ship_by)
        .date("deliver_by", |(_, order)| order.terms.deliver_by)
        .date("expected", |(_, order)| ways(order))
        .count("lines", |(_, order)| Some(order.lines.len() as u64))
        .count("units", |(_, order)| Some(portions(order, |stage| stage != Stage::Cancelled)))
        .count("open", |(_, order)| {
            Some(portions(order, |stage| matches!(stage, Stage::Open | Stage::Exception)))
        })
        .count("delivered", |(_, order)| Some(portions(order, |stage| stage == Stage::Delivered)))
        .count("exceptions", |(_, order)| {
            let open = order.exceptions.iter().filter(|id| state.exceptions[**id].is_open());
            Some(open.count() as u64)
        })
        .done()
}
