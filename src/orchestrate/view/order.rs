//! One order with everything about it.

use crate::ids::{NodeId, OrderId, ServiceId};
use crate::orchestrate::state::{
    Destination, Entry, Line, Order, OrderStatus, Portion, Stage, State, Way,
};
use crate::orchestrate::view::columns::Columns;
use crate::orchestrate::view::exceptions::{ExceptionFilter, exceptions};
use crate::tables::Table;
use crate::time::Day;
use std::collections::BTreeMap;

/// The single view of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderView {
    pub order_id: String,
    pub status: OrderStatus,
    pub placed_at: String,
    /// Where it goes, in words.
    pub destination: String,
    /// The dates that it is promised by.
    pub ship_by: Option<Day>,
    pub deliver_by: Option<Day>,
    /// When the last of what has a plan is, or was, with the customer.
    pub expected: Option<Day>,
    /// A row a portion: `line`, `sku`, `quantity`, `stage`, `node_id` (where the units are), `source`,
    /// `route`, `service`, `ship_date`, `expected`, `shipment_id`.
    pub lines: Table,
    /// What goes, or went, to the customer together: `shipment_id`, `node_id`, `service`,
    /// `ship_date`, `expected`, `lines`, `units`, `stage` (of the least advanced).
    pub shipments: Table,
    /// What happened: `at`, `event`, `line`, `quantity`, `node_id`, `note`, `event_id`.
    pub history: Table,
    /// As [`exceptions`], open and resolved.
    pub exceptions: Table,
}

/// The view of an order.
pub fn order(state: &State, id: OrderId) -> OrderView {
    let of = &state.orders[id];
    let portions: Vec<(&Line, &Portion)> = of
        .lines
        .iter()
        .flat_map(|line| line.portions.iter().map(move |part| (line, part)))
        .collect();
    let ways = portions.iter().filter_map(|(_, part)| part.way.as_deref());
    let filter = ExceptionFilter { all: true, order: Some(id), cause: None };
    OrderView {
        order_id: state.order_names.name(id).to_owned(),
        status: of.status(),
        placed_at: of.terms.placed_at.to_string(),
        destination: destination(state, of),
        ship_by: of.terms.ship_by,
        deliver_by: of.terms.deliver_by,
        expected: ways.map(|way| way.delivery_date).max(),
        lines: lines(state, &portions),
        shipments: shipments(state, &portions),
        history: history(state, &of.history, &of.lines),
        exceptions: exceptions(state, filter),
    }
}

/// Where an order goes, in words.
pub(super) fn destination(state: &State, order: &Order) -> String {
    match &order.terms.destination {
        Destination::Ship(place) => {
            let place = [&*place.postal_code, &*place.country].join(" ");
            format!("to the customer, {}", place.trim())
        }
        Destination::Pickup { node, .. } => {
            format!("collected at {}", state.node_names.name(*node))
        }
    }
}

fn node(state: &State, node: NodeId) -> String {
    state.node_names.name(node).to_owned()
}

fn service(state: &State, service: Option<ServiceId>) -> Option<String> {
    service.map(|service| state.service_names.name(service).to_owned())
}

fn lines(state: &State, portions: &[(&Line, &Portion)]) -> Table {
    let way = |row: &(&Line, &Portion)| row.1.way.clone();
    Columns::new(portions)
        .text("line", |(line, _)| Some(line.name.to_string()))
        .text("sku", |(line, _)| Some(state.sku_names.name(line.sku).to_owned()))
        .count("quantity", |(_, part)| Some(part.quantity.into()))
        .text("stage", |(_, part)| Some(part.stage.name().to_owned()))
        .text("node_id", |(_, part)| part.node().map(|at| node(state, at)))
        .text("source", |row| way(row).map(|way| node(state, way.source)))
        .text("route", |row| {
            let way = way(row)?;
            let nodes = [way.source].into_iter().chain(way.via.iter().copied());
            Some(nodes.map(|at| node(state, at)).collect::<Vec<_>>().join(">"))
        })
        .text("service", |row| service(state, way(row)?.service))
        .date("ship_date", |row| Some(way(row)?.ship_date))
        .date("expected", |row| Some(way(row)?.delivery_date))
        .text("shipment_id", |row| way(row)?.shipment.map(String::from))
        .done()
}

/// What makes units one shipment: the id where they have one, else where, how and when they go.
type Together<'w> = (Option<&'w str>, NodeId, Option<ServiceId>, Day);

fn together(way: &Way) -> Together<'_> {
    (way.shipment.as_deref(), way.last_node(), way.service, way.ship_date)
}

fn shipments(state: &State, portions: &[(&Line, &Portion)]) -> Table {
    let mut found: BTreeMap<Together<'_>, Vec<(&Line, &Portion)>> = BTreeMap::new();
    for (line, part) in portions {
        if let Some(way) = part.way.as_deref() {
            found.entry(together(way)).or_default().push((line, part));
        }
    }
    let rows: Vec<(Together<'_>, Vec<(&Line, &Portion)>)> = found.into_iter().collect();
    type Row<'w> = (Together<'w>, Vec<(&'w Line, &'w Portion)>);
    Columns::new(&rows)
        .text("shipment_id", |((id, ..), _): &Row<'_>| id.map(str::to_owned))
        .text("node_id", |((_, at, ..), _)| Some(node(state, *at)))
        .text("service", |((_, _, by, _), _)| service(state, *by))
        .date("ship_date", |((.., date), _)| Some(*date))
        .date("expected", |(_, parts)| {
            parts.iter().filter_map(|(_, part)| part.way.as_deref()).map(|w| w.delivery_date).max()
        })
        .count("lines", |(_, parts)| {
            let mut names: Vec<&str> = parts.iter().map(|(line, _)| &*line.name).collect();
            names.sort_unstable();
            names.dedup();
            Some(names.len() as u64)
        })
        .count("units", |(_, parts)| {
            Some(parts.iter().map(|(_, part)| u64::from(part.quantity)).sum())
        })
        .text("stage", |(_, parts)| {
            let least: Option<Stage> = parts.iter().map(|(_, part)| part.stage).min();
            least.map(|stage| stage.name().to_owned())
        })
        .done()
}

fn history(state: &State, entries: &[Entry], lines: &[Line]) -> Table {
    Columns::new(entries)
        .text("at", |entry| Some(state.events[entry.event].at.to_string()))
        .text("event", |entry| Some(state.events[entry.event].kind().to_owned()))
        .text("line", |entry| Some(lines.get(entry.line? as usize)?.name.to_string()))
        .count("quantity", |entry| entry.quantity.map(u64::from))
        .text("node_id", |entry| entry.node.map(|at| node(state, at)))
        .text("note", |entry| entry.note.as_deref().map(str::to_owned))
        .text("event_id", |entry| Some(state.event_names.name(entry.event).to_owned()))
        .done()
}
