//! Cells that must have a value, those that name lines, reasons and routes, and rows that are read
//! with ids or with names alike.

use super::cells::Cells;
use super::codes;
use super::lookup::Lookup;
use crate::domain::{CapacityUnit, ROUTE_MARK, Wave};
use crate::ids::{LineId, NodeId, SkuId};
use crate::plan::{Hop, NodeLoad, Reason, StockUse};
use crate::time::Day;
use crate::units::{Decimal, Money};
use rustc_hash::FxHashMap;

pub(super) fn text(cells: &mut Cells<'_>, name: &str) -> Option<String> {
    let text = Some(cells.text(name)).filter(|text| !text.is_empty());
    cells.needed(name, Some(text))
}

pub(super) fn count<N: TryFrom<i64>>(cells: &mut Cells<'_>, name: &str) -> Option<N> {
    let value = cells.count(name);
    cells.needed(name, value)
}

pub(super) fn date(cells: &mut Cells<'_>, name: &str) -> Option<Day> {
    let value = cells.date(name);
    cells.needed(name, value)
}

pub(super) fn float(cells: &mut Cells<'_>, name: &str) -> Option<f64> {
    let value = cells.float(name);
    cells.needed(name, value)
}

pub(super) fn decimal(cells: &mut Cells<'_>, name: &str) -> Option<Decimal> {
    let value = cells.fixed(name, Decimal::PLACES);
    cells.needed(name, value).map(Decimal)
}

pub(super) fn money(cells: &mut Cells<'_>, name: &str, places: u32) -> Option<Money> {
    let value = cells.fixed(name, places);
    cells.needed(name, value).map(Money)
}

pub(super) fn id<I: Copy>(
    cells: &mut Cells<'_>,
    name: &str,
    known: &FxHashMap<&str, I>,
) -> Option<I> {
    let value = cells.id(name, known);
    cells.needed(name, value)
}

/// The line that `order_id` and `line` name, whose item `sku` must repeat.
pub(super) fn line(wave: &Wave, cells: &mut Cells<'_>, ids: &Lookup<'_>) -> Option<LineId> {
    let order = id(cells, "order_id", &ids.orders)?;
    let name = text(cells, "line")?;
    let line = ids.line(order, &name);
    match line {
        Some(line) => same_sku(wave, cells, wave.lines[line].sku),
        None => cells.unknown("line", &name),
    }
    line
}

pub(super) fn same_sku(wave: &Wave, cells: &mut Cells<'_>, expected: SkuId) {
    let found = cells.text("sku");
    let expected = &wave.items[expected].sku;
    if *found != **expected {
        let cause = format!("the item is {expected:?} in the wave");
        let action = "verify the plan against the wave that it was made for";
        cells.report(codes::OTHER_SKU, "sku", found, &cause, action);
    }
}

pub(super) fn reasons(cells: &mut Cells<'_>) -> Option<Vec<Reason>> {
    let text = cells.text("reasons");
    let known = |name: &str| Reason::ALL.into_iter().find(|reason| reason.name() == name);
    let reasons: Option<Vec<Reason>> = text.split_whitespace().map(known).collect();
    if reasons.is_none() {
        let (cause, action) = ("is not a list of reasons", "plan again, or restore the value");
        cells.report(codes::BAD_VALUE, "reasons", text, cause, action);
    }
    reasons
}

pub(super) fn no_lane(cells: &mut Cells<'_>, name: &str, value: &str) {
    let action = "verify the plan against the wave that it was made for";
    cells.report(codes::BAD_ROUTE, name, value, "no lane leads there", action);
}

/// The departures that `route` and `departs` describe.
pub(super) fn route(cells: &mut Cells<'_>, ids: &Lookup<'_>, source: NodeId) -> Option<Vec<Hop>> {
    let (route, departs) = (cells.text("route"), cells.text("departs"));
    let mut days = departs.split(ROUTE_MARK).filter(|day| !day.is_empty());
    let mut nodes = route.split(ROUTE_MARK).map(|name| ids.nodes.get(name).copied());
    if nodes.next().flatten() != Some(source) {
        let (cause, action) = ("the route does not start at the source", "plan again");
        cells.report(codes::BAD_ROUTE, "route", route, cause, action);
        return None;
    }
    let mut hops = Vec::new();
    let mut from = source;
    for node in nodes {
        let lane = node.and_then(|to| ids.lane(from, to)).zip(node);
        let Some((lane, to)) = lane else {
            no_lane(cells, "route", &route);
            return None;
        };
        let Some(Ok(departs)) = days.next().map(str::parse) else {
            let (cause, action) = ("there is not one date for each lane", "plan again");
            cells.report(codes::BAD_ROUTE, "departs", departs, cause, action);
            return None;
        };
        hops.push(Hop { lane, departs });
        from = to;
    }
    if days.next().is_some() {
        let (cause, action) = ("there are more dates than lanes", "plan again");
        cells.report(codes::BAD_ROUTE, "departs", departs, cause, action);
        return None;
    }
    Some(hops)
}

/// The rest of a row of work at a node.
pub(super) fn node_load<N>(cells: &mut Cells<'_>, node: Option<N>) -> Option<NodeLoad<N>> {
    let date = date(cells, "date");
    let unit = cells.choice("unit", &CapacityUnit::ALL, CapacityUnit::name);
    let unit = cells.needed("unit", unit);
    let used = decimal(cells, "used");
    let capacity = cells.fixed("capacity", Decimal::PLACES);
    let overload = decimal(cells, "overload");
    let shadow_price = cells.float("shadow_price");
    Some(NodeLoad {
        node: node?,
        date: date?,
        unit: unit?,
        used: used?,
        capacity: capacity?.map(Decimal),
        overload: overload?,
        shadow_price: shadow_price?,
    })
}

/// The rest of a row of stock at a node.
pub(super) fn stock_use<N, S>(
    cells: &mut Cells<'_>,
    node: Option<N>,
    sku: Option<S>,
) -> Option<StockUse<N, S>> {
    let available = cells.count("available");
    let used = count(cells, "used");
    let shadow_price = cells.float("shadow_price");
    Some(StockUse {
        node: node?,
        sku: sku?,
        available: available?,
        used: used?,
        shadow_price: shadow_price?,
    })
}
