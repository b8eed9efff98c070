//! A comparison as tables: one row a wave and strategy and what the table is about.

use super::figures::FIGURES;
use super::{Change, Comparison, Difference, GroupRow, Judged, NodeRow, Paired, WaveRuns};
use crate::domain::CostKey;
use crate::ids::Id;
use crate::plan::{Frame, StoppedBy};
use crate::tables::Table;

/// The tables of a comparison, in the sequence in which they are written.
pub const COMPARISON_TABLES: [&str; 6] = ["runs", "costs", "orders", "nodes", "groups", "paired"];

/// A row about something in a plan, beside the same in the base plan.
struct Row<'a, T> {
    wave: &'a WaveRuns,
    at: usize,
    judged: &'a Judged,
    base: &'a Judged,
    item: T,
}

/// Every table with its name.
pub(super) fn tables(waves: &[WaveRuns], comparison: &Comparison) -> Vec<(&'static str, Table)> {
    let build = [runs, costs, orders, nodes, groups];
    let mut tables: Vec<(&'static str, Table)> = COMPARISON_TABLES
        .into_iter()
        .zip(build)
        .map(|(name, build)| (name, build(waves, comparison)))
        .collect();
    tables.push((COMPARISON_TABLES[5], paired(&comparison.paired)));
    tables
}

/// A row for each item of each plan.
fn rows<'a, T>(
    waves: &'a [WaveRuns],
    comparison: &'a Comparison,
    items: impl Fn(&'a WaveRuns, &'a Judged, &'a Judged) -> Vec<T>,
) -> Vec<Row<'a, T>> {
    let mut rows = Vec::new();
    for (wave, judged_wave) in waves.iter().zip(&comparison.waves) {
        let base = &judged_wave.plans[comparison.base];
        for (at, judged) in judged_wave.plans.iter().enumerate() {
            let items = items(wave, judged, base);
            rows.extend(items.into_iter().map(|item| Row { wave, at, judged, base, item }));
        }
    }
    rows
}

fn frame<'r, 'a, T>(rows: &'r [Row<'a, T>], comparison: &Comparison) -> Frame<'r, Row<'a, T>> {
    let minor_digits = rows.first().map_or(0, |row| row.wave.wave.minor_digits);
    let mut frame = Frame::new(rows, minor_digits);
    frame
        .text("wave", |row| row.wave.label.clone())
        .text("strategy", |row| comparison.strategies[row.at].clone());
    frame
}

/// An amount in weighted minor units, in the currency.
fn money<T>(row: &Row<'_, T>, minor: f64) -> Option<f64> {
    Some(minor / 10_f64.powi(row.wave.wave.minor_digits as i32))
}

fn runs(waves: &[WaveRuns], comparison: &Comparison) -> Table {
    let rows = rows(waves, comparison, |_, _, _| vec![()]);
    let bounds: Vec<Option<f64>> = comparison.waves.iter().map(|wave| wave.bound).collect();
    let bound_of = |row: &Row<'_, ()>| {
        let at = waves.iter().position(|wave| std::ptr::eq(wave, row.wave));
        at.and_then(|at| bounds[at])
    };
    let mut frame = frame(&rows, comparison);
    let certificate = |row: &Row<'_, ()>| row.wave.runs[row.at].plan.certificate.clone();
    frame
        .flag("is_base", |row| row.at == comparison.base)
        .text("model", |row| row.wave.model.name.to_string())
        .text("currency", |row| row.wave.wave.currency.to_string())
        .text("method", |row| certificate(row).method)
        .text("status", |row| certificate(row).status.name().to_string())
        .text("stopped_by", |row| stopped_by(certificate(row).stopped_by).to_string())
        .count("orders", |row| row.wave.wave.orders.len() as i64)
        .count("lines", |row| row.wave.wave.lines.len() as i64)
        .float("bound", bound_of);
    for figure in &FIGURES {
        frame.float(figure.name, |row| (figure.value)(&row.judged.figures));
    }
    frame.finish()
}

fn stopped_by(why: StoppedBy) -> &'static str {
    match why {
        StoppedBy::Gap => "gap",
        StoppedBy::TimeLimit => "time_limit",
        StoppedBy::MemoryLimit => "memory_limit",
        StoppedBy::Interrupt => "interrupt",
        StoppedBy::Finished => "finished",
    }
}

fn costs(waves: &[WaveRuns], comparison: &Comparison) -> Table {
    let rows = rows(waves, comparison, |_, _, _| CostKey::ALL.to_vec());
    let amount = |judged: &Judged, key: CostKey| judged.figures.cost[key.name()];
    let weight = |row: &Row<'_, CostKey>| row.wave.model.weight(row.item).to_f64();
    let mut frame = frame(&rows, comparison);
    frame
        .text("term", |row| row.item.name().to_string())
        .float("amount", |row| Some(amount(row.judged, row.item)))
        .float("weight", |row| Some(weight(row)))
        .float("weighted", |row| Some(amount(row.judged, row.item) * weight(row)))
        .float("base_weighted", |row| Some(amount(row.base, row.item) * weight(row)));
    frame.finish()
}

fn orders(waves: &[WaveRuns], comparison: &Comparison) -> Table {
    let rows = rows(waves, comparison, |_, judged, _| judged.differences.iter().collect());
    let order = |row: &Row<'_, &Difference>| row.wave.wave.orders[row.item.order].clone();
    let at = |row: &Row<'_, &Difference>| row.item.order.index();
    let changes = |row: &Row<'_, &Difference>| {
        let names: Vec<&str> = row.item.changes.iter().map(|change| change.name()).collect();
        names.join(" ")
    };
    let mut frame = frame(&rows, comparison);
    frame
        .text("order_id", |row| order(row).id.to_string())
        .text("channel", |row| order(row).channel.to_string())
        .text("customer_tier", |row| order(row).customer_tier.to_string())
        .text("changes", changes)
        .float("cost", |row| money(row, row.judged.orders[at(row)].cost.to_minor()))
        .float("base_cost", |row| money(row, row.base.orders[at(row)].cost.to_minor()))
        .float("difference", |row| money(row, row.item.minor))
        .count("shipments", |row| row.judged.orders[at(row)].shipments)
        .count("base_shipments", |row| row.base.orders[at(row)].shipments)
        .count("days_late", |row| row.judged.orders[at(row)].days_late as i64)
        .count("base_days_late", |row| row.base.orders[at(row)].days_late as i64)
        .count("open_units", |row| row.judged.orders[at(row)].open_units as i64)
        .count("base_open_units", |row| row.base.orders[at(row)].open_units as i64);
    for change in Change::ALL {
        let name = format!("{}_changed", change.name());
        frame.flag(&name, |row| row.item.changes.contains(&change));
    }
    frame.finish()
}

fn nodes(waves: &[WaveRuns], comparison: &Comparison) -> Table {
    let rows = rows(waves, comparison, |_, judged, base| {
        judged.nodes.iter().zip(&base.nodes).collect::<Vec<(&NodeRow, &NodeRow)>>()
    });
    let mut frame = frame(&rows, comparison);
    frame
        .text("node_id", |row| row.wave.wave.nodes[row.item.0.node].id.to_string())
        .text("kind", |row| row.item.0.kind.name().to_string())
        .count("lines", |row| row.item.0.lines as i64)
        .count("units", |row| row.item.0.units as i64)
        .count("base_units", |row| row.item.1.units as i64)
        .count("shipments", |row| row.item.0.shipments as i64)
        .count("base_shipments", |row| row.item.1.shipments as i64)
        .count("parcels", |row| row.item.0.parcels as i64)
        .money("cost", |row| row.item.0.cost)
        .money("base_cost", |row| row.item.1.cost)
        .float("kg_co2", |row| Some(row.item.0.kg_co2))
        .float("utilisation", |row| row.item.0.utilisation)
        .float("base_utilisation", |row| row.item.1.utilisation)
        .count("overloads", |row| row.item.0.overloads as i64);
    frame.finish()
}

fn groups(waves: &[WaveRuns], comparison: &Comparison) -> Table {
    let rows = rows(waves, comparison, |_, judged, _| judged.groups.iter().collect());
    let mut frame = frame(&rows, comparison);
    let count = |value: u64| value as i64;
    let per_order = |row: &Row<'_, &GroupRow>| {
        let orders = row.item.orders.filter(|orders| *orders > 0)?;
        money(row, row.item.cost / orders as f64)
    };
    frame
        .text("by", |row| row.item.by.to_string())
        .text("group", |row| row.item.group.clone())
        .count_or_empty("orders", |row| row.item.orders.map(count))
        .count("lines", |row| count(row.item.lines))
        .count("units", |row| count(row.item.units))
        .float("cost", |row| money(row, row.item.cost))
        .float("base_cost", |row| money(row, row.item.base_cost))
        .float("cost_per_order", per_order)
        .count("shipments", |row| count(row.item.shipments))
        .float("shipments_per_order", |row| row.item.shipments_per_order)
        .float("split_rate", |row| row.item.split_rate)
        .float("on_time_line_rate", |row| row.item.on_time_line_rate)
        .float("on_time_order_rate", |row| row.item.on_time_order_rate)
        .count_or_empty("days_late", |row| row.item.days_late.map(count))
        .float("fill_rate", |row| row.item.fill_rate)
        .float("kg_co2", |row| Some(row.item.kg_co2));
    frame.finish()
}

fn paired(rows: &[Paired]) -> Table {
    let mut frame = Frame::new(rows, 0);
    frame
        .text("strategy", |row| row.strategy.clone())
        .text("figure", |row| row.figure.to_string())
        .count("waves", |row| row.waves as i64)
        .float("mean", |row| Some(row.mean))
        .float("base_mean", |row| Some(row.base_mean))
        .float("mean_difference", |row| Some(row.spread.mean_difference))
        .float("standard_deviation", |row| row.spread.standard_deviation)
        .float("low95", |row| row.spread.low95)
        .float("high95", |row| row.spread.high95)
        .float("least", |row| Some(row.spread.least))
        .float("most", |row| Some(row.spread.most))
        .count("waves_below", |row| row.waves_below as i64);
    frame.finish()
}
