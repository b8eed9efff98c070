//! The tables of a plan, as columns.

use super::columns::PLAN_TABLES;
use super::extras::extras;
use super::frame::Frame;
use crate::domain::{ROUTE_MARK, Wave};
use crate::ids::{LineId, NodeId, OrderId, ServiceId, SkuId};
use crate::plan::{Assignment, Plan, Reason};
use crate::tables::Table;

/// Every table of a plan with its file name, in the order of [`PLAN_TABLES`].
pub(super) fn tables(wave: &Wave, plan: &Plan) -> Vec<(&'static str, Table)> {
    let build = [assignments, shipments, transfers, unfilled, node_load, stock_use, returns];
    let named = PLAN_TABLES.into_iter().zip(build);
    named.map(|((name, _), build)| (name, build(wave, plan))).collect()
}

fn order(wave: &Wave, id: OrderId) -> String {
    wave.orders[id].id.to_string()
}

fn node(wave: &Wave, id: NodeId) -> String {
    wave.nodes[id].id.to_string()
}

fn sku(wave: &Wave, id: SkuId) -> String {
    wave.items[id].sku.to_string()
}

fn service(wave: &Wave, id: Option<ServiceId>) -> String {
    id.map(|id| wave.services[id].id.to_string()).unwrap_or_default()
}

/// The columns that name a line.
fn line_columns<R>(frame: &mut Frame<'_, R>, wave: &Wave, line: impl Fn(&R) -> LineId) {
    frame
        .text("order_id", |row| order(wave, wave.lines[line(row)].order))
        .text("line", |row| wave.lines[line(row)].line.to_string())
        .text("sku", |row| sku(wave, wave.lines[line(row)].sku));
}

fn extra_columns<R>(frame: &mut Frame<'_, R>, wave: &Wave, line: impl Fn(&R) -> LineId) {
    for extra in extras(wave) {
        frame.text(&extra.name, |row| extra.value(wave, line(row)));
    }
}

/// The nodes of an assignment from source to last, joined by the mark.
fn route(wave: &Wave, row: &Assignment) -> String {
    let mut text = node(wave, row.source);
    for hop in &row.hops {
        text.push(ROUTE_MARK);
        text.push_str(&wave.nodes[wave.lanes[hop.lane].to].id);
    }
    text
}

fn departs(row: &Assignment) -> String {
    let days: Vec<String> = row.hops.iter().map(|hop| hop.departs.to_string()).collect();
    days.join(&ROUTE_MARK.to_string())
}

fn assignments(wave: &Wave, plan: &Plan) -> Table {
    let mut frame = Frame::new(&plan.assignments, wave.minor_digits);
    line_columns(&mut frame, wave, |row| row.line);
    frame
        .count("quantity", |row| row.quantity)
        .text("kind", |row| row.kind.name().to_string())
        .text("source_node", |row| node(wave, row.source))
        .text("last_node", |row| node(wave, row.last_node))
        .text("route", |row| route(wave, row))
        .text("departs", departs)
        .date("release_date", |row| row.release_date)
        .text("service", |row| service(wave, row.service))
        .date("ship_date", |row| row.ship_date)
        .date("delivery_date", |row| row.delivery_date)
        .count("days_late", |row| row.days_late)
        .text("shipment_id", |row| {
            plan.shipments.get(row.shipment).map(|shipment| shipment.id.clone()).unwrap_or_default()
        })
        .count("tier", |row| row.tier);
    extra_columns(&mut frame, wave, |row| row.line);
    frame.finish()
}

fn shipments(wave: &Wave, plan: &Plan) -> Table {
    Frame::new(&plan.shipments, wave.minor_digits)
        .text("shipment_id", |row| row.id.clone())
        .text("order_id", |row| order(wave, row.order))
        .text("node_id", |row| node(wave, row.node))
        .text("service", |row| service(wave, row.service))
        .date("ship_date", |row| row.ship_date)
        .date("delivery_date", |row| row.delivery_date)
        .count("lines", |row| row.lines)
        .count("units", |row| row.units)
        .count("parcels", |row| row.parcels)
        .decimal("kg", |row| Some(row.kg))
        .float("billable_kg", |row| Some(row.billable_kg))
        .text("zone", |row| {
            row.zone.map(|zone| wave.zone_names[zone].to_string()).unwrap_or_default()
        })
        .float("distance_km", |row| row.distance_km)
        .money("freight", |row| row.freight)
        .money("handling", |row| row.handling)
        .float("kg_co2", |row| Some(row.kg_co2))
        .finish()
}

fn transfers(wave: &Wave, plan: &Plan) -> Table {
    Frame::new(&plan.transfers, wave.minor_digits)
        .text("transfer_id", |row| row.id.clone())
        .text("order_id", |row| order(wave, row.order))
        .text("from_node", |row| node(wave, wave.lanes[row.lane].from))
        .text("to_node", |row| node(wave, wave.lanes[row.lane].to))
        .date("departs", |row| row.departs)
        .date("arrives", |row| row.arrives)
        .count("lines", |row| row.lines)
        .count("units", |row| row.units)
        .decimal("kg", |row| Some(row.kg))
        .money("freight", |row| row.freight)
        .money("handling", |row| row.handling)
        .float("kg_co2", |row| Some(row.kg_co2))
        .finish()
}

fn unfilled(wave: &Wave, plan: &Plan) -> Table {
    let mut frame = Frame::new(&plan.unfilled, wave.minor_digits);
    line_columns(&mut frame, wave, |row| row.line);
    frame
        .count("quantity", |row| row.quantity)
        .text("reasons", |row| {
            let names: Vec<&str> = row.reasons.iter().copied().map(Reason::name).collect();
            names.join(" ")
        })
        .text("cheapest_fix", |row| row.cheapest_fix.clone());
    extra_columns(&mut frame, wave, |row| row.line);
    frame.finish()
}

fn node_load(wave: &Wave, plan: &Plan) -> Table {
    Frame::new(&plan.node_load, wave.minor_digits)
        .text("node_id", |row| node(wave, row.node))
        .date("date", |row| row.date)
        .text("unit", |row| row.unit.name().to_string())
        .decimal("used", |row| Some(row.used))
        .decimal("capacity", |row| row.capacity)
        .decimal("overload", |row| Some(row.overload))
        .float("shadow_price", |row| row.shadow_price)
        .finish()
}

fn stock_use(wave: &Wave, plan: &Plan) -> Table {
    Frame::new(&plan.stock_use, wave.minor_digits)
        .text("node_id", |row| node(wave, row.node))
        .text("sku", |row| sku(wave, row.sku))
        .count_or_empty("available", |row| row.available)
        .count("used", |row| row.used)
        .float("shadow_price", |row| row.shadow_price)
        .finish()
}

fn returns(wave: &Wave, plan: &Plan) -> Table {
    Frame::new(&plan.returns, wave.minor_digits)
        .text("return_id", |row| wave.returns[row.id].id.to_string())
        .text("sku", |row| sku(wave, wave.returns[row.id].sku))
        .count("quantity", |row| row.quantity)
        .text("node_id", |row| node(wave, row.node))
        .text("service", |row| service(wave, row.service))
        .money("freight", |row| row.freight)
        .money("recovered_value", |row| row.recovered_value)
        .finish()
}
