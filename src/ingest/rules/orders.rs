//! Orders and their lines: keys, references, places, dates that contradict each other.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Journey, Order, OrderLine, Place};
use crate::ids::{Id, IdVec, LineId, NodeId, OrderId, SkuId};
use crate::ingest::cell::JourneyName;
use crate::ingest::read::Rows;
use crate::ingest::rows::{OrderLineRow, OrderRow};
use crate::ingest::rules::keys::{Index, Part, duplicate};
use crate::ingest::spec::Row;
use crate::time::Day;
use jiff::Zoned;
use std::ops::Range;

/// Orders with their lines, order after order.
pub(crate) struct Demand<'a> {
    pub(crate) orders: Part<'a, OrderId, Order>,
    pub(crate) lines: Vec<Option<OrderLine>>,
    /// The index of each line's row.
    pub(crate) row_of: IdVec<LineId, u32>,
    /// The lines of each order.
    ranges: IdVec<OrderId, Range<u32>>,
    /// The names of the lines.
    names: Vec<&'a str>,
    /// Whether lines may be missing because of a finding.
    pub(crate) is_partial: bool,
}

impl Demand<'_> {
    /// The line of an order with this name.
    pub(crate) fn line(&self, order: OrderId, name: &str) -> Option<LineId> {
        let range = self.ranges.get(order)?.clone();
        range.map(LineId).find(|line| self.names[line.index()] == name)
    }
}

/// Orders and lines, grouped by order.
pub(crate) fn demand<'a>(
    orders: &Rows<OrderRow<'a>>,
    lines: &Rows<OrderLineRow<'a>>,
    nodes: &Index<'_, NodeId>,
    items: &Index<'_, SkuId>,
    now: Option<&Zoned>,
    findings: &mut Findings,
) -> Demand<'a> {
    let index: Index<'a, OrderId> = Index::new(orders, |row| row.order_id, findings);
    let (ranges, row_of) = group(orders.rows.len(), lines, &index, findings);
    unique_lines(lines, &ranges, &row_of, findings);
    let owner = ranges.enumerate().flat_map(|(order, range)| range.clone().map(move |_| order));
    let built = owner.zip(row_of.iter()).map(|(order, row)| {
        let row = &lines.rows[*row as usize];
        let sku = items.follow(lines, row, "sku", row.sku, findings);
        Some(OrderLine {
            order,
            line: row.line?.into(),
            sku: sku?,
            quantity: row.quantity?,
            unit_price: row.unit_price?,
            together: row.together.map(Into::into),
        })
    });
    let built = built.collect();
    let names = row_of.iter().map(|row| lines.rows[*row as usize].line.unwrap_or_default());
    let names = names.collect();
    let items = orders.rows.iter().zip(ranges.iter()).map(|(row, range)| {
        if let Some(now) = now {
            dates(orders, row, now, findings);
        }
        let is_named = row.order_id.is_some();
        if is_named && range.is_empty() && !lines.is_partial {
            let finding = orders.finding(
                &codes::W0405,
                row,
                "order_id",
                "has no lines, so there is nothing to plan",
                "add its lines to order_lines, or remove it",
            );
            findings.push(finding.value(row.order_id.unwrap_or_default()));
        }
        order(orders, row, nodes, range.clone(), findings)
    });
    let items = items.collect();
    let is_partial = lines.is_partial || orders.is_partial;
    Demand { orders: Part { index, items }, lines: built, row_of, ranges, names, is_partial }
}

/// Sorts the rows of lines by order, keeping their sequence within it.
fn group(
    orders: usize,
    lines: &Rows<OrderLineRow<'_>>,
    index: &Index<'_, OrderId>,
    findings: &mut Findings,
) -> (IdVec<OrderId, Range<u32>>, IdVec<LineId, u32>) {
    // Lines of an order mostly follow each other, so the last answer is often the next one.
    let mut last: (Option<&str>, Option<OrderId>) = (None, None);
    let owners: Vec<Option<OrderId>> = lines
        .rows
        .iter()
        .map(|row| {
            if last.0 != row.order_id || last.1.is_none() {
                let found = index.follow(lines, row, "order_id", row.order_id, findings);
                last = (row.order_id, found);
            }
            last.1
        })
        .collect();
    let mut ends = vec![0_u32; orders + 1];
    for order in owners.iter().flatten() {
        ends[order.index() + 1] += 1;
    }
    for order in 0..orders {
        ends[order + 1] += ends[order];
    }
    let ranges: IdVec<OrderId, Range<u32>> = ends.windows(2).map(|pair| pair[0]..pair[1]).collect();
    let mut row_of = vec![0_u32; ends[orders] as usize];
    for (row, order) in owners.iter().enumerate() {
        let Some(order) = order else { continue };
        let at = &mut ends[order.index()];
        row_of[*at as usize] = row as u32;
        *at += 1;
    }
    (ranges, row_of.into())
}

/// Finds lines that an order has twice.
fn unique_lines(
    lines: &Rows<OrderLineRow<'_>>,
    ranges: &IdVec<OrderId, Range<u32>>,
    row_of: &IdVec<LineId, u32>,
    findings: &mut Findings,
) {
    let mut named: Vec<(&str, u32)> = Vec::new();
    for range in ranges.iter() {
        let rows = &row_of.as_slice()[range.start as usize..range.end as usize];
        named.clear();
        named.extend(rows.iter().filter_map(|row| Some((lines.rows[*row as usize].line?, *row))));
        named.sort_unstable();
        for same in named.chunk_by(|a, b| a.0 == b.0) {
            let first = lines.rows[same[0].1 as usize].number;
            for (name, row) in &same[1..] {
                let row = &lines.rows[*row as usize];
                let key = format!("{}, {name}", row.order_id.unwrap_or_default());
                duplicate(lines, row, "order_id, line", &key, first, findings);
            }
        }
    }
}

/// Warns of dates that contradict each other or now.
fn dates<'a>(table: &Rows<OrderRow<'a>>, row: &OrderRow<'a>, now: &Zoned, findings: &mut Findings) {
    if let (Some(ship_by), Some(deliver_by)) = (row.ship_by, row.deliver_by)
        && ship_by > deliver_by
    {
        let cause = format!("is after the order's deliver_by, {deliver_by}");
        let finding =
            table.finding(&codes::W0401, row, "ship_by", cause, "correct one of the dates");
        findings.push(finding.value(ship_by.to_string()));
    }
    if let Some(placed_at) = row.placed_at
        && placed_at > now.timestamp()
    {
        let cause = format!("is after now, {}", now.timestamp());
        let action = "correct it, or now in wave.toml";
        let finding = table.finding(&codes::W0402, row, "placed_at", cause, action);
        findings.push(finding.value(placed_at.to_string()));
    }
    let today = Day::from(now.date());
    for (column, date) in [("ship_by", row.ship_by), ("deliver_by", row.deliver_by)] {
        if let Some(date) = date
            && date < today
        {
            let cause = format!("is before now, {today}: the order is late already");
            let action = "correct it, or expect the order to be late";
            let finding = table.finding(&codes::W0403, row, column, cause, action);
            findings.push(finding.value(date.to_string()));
        }
    }
}

fn order<'a>(
    table: &Rows<OrderRow<'a>>,
    row: &OrderRow<'a>,
    nodes: &Index<'_, NodeId>,
    lines: Range<u32>,
    findings: &mut Findings,
) -> Option<Order> {
    let pickup_node = nodes.follow(table, row, "pickup_node", row.pickup_node, findings);
    if row.is_whole() {
        for column in missing_place(row) {
            let cause = match row.journey {
                Some(JourneyName::Pickup) => "is needed to know where the order is collected",
                _ => "is needed to know where the order is shipped to",
            };
            let action = "fill it in, or change the journey";
            findings.push(table.finding(&codes::E0402, row, column, cause, action));
        }
    }
    let journey = match row.journey? {
        JourneyName::Ship => Journey::Ship(Place {
            latitude: row.latitude?,
            longitude: row.longitude?,
            country: row.country?.into(),
            postal_code: row.postal_code?.into(),
        }),
        JourneyName::Pickup => {
            Journey::Pickup { node: pickup_node?, radius_km: row.pickup_radius_km? }
        }
    };
    Some(Order {
        id: row.order_id?.into(),
        placed_at: row.placed_at?,
        journey,
        ship_by: row.ship_by,
        deliver_by: row.deliver_by,
        deadline: row.deadline,
        weight: row.weight?,
        channel: row.channel?.into(),
        customer_tier: row.customer_tier?.into(),
        ship_complete: row.ship_complete?,
        max_shipments: row.max_shipments,
        exchange_of: row.exchange_of.map(Into::into),
        lines,
    })
}

/// The columns that the journey needs and that are empty.
fn missing_place(row: &OrderRow<'_>) -> impl Iterator<Item = &'static str> + use<> {
    let is_ship = row.journey == Some(JourneyName::Ship);
    let needs = [
        (is_ship && row.latitude.is_none(), "latitude"),
        (is_ship && row.longitude.is_none(), "longitude"),
        (!is_ship && row.pickup_node.is_none(), "pickup_node"),
    ];
    needs.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, column)| column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::rules::fixture::{codes_of, rows};
    use crate::tables::Source;
    use rustc_hash::FxHashMap;

    fn known<'a, I: Id>(table: &'static str, names: &[&'a str]) -> Index<'a, I> {
        let of: FxHashMap<&str, u32> = names.iter().copied().zip(0..).collect();
        Index::from_map(table, of, false)
    }

    fn check(orders: &str, lines: &str, check: impl Fn(&Demand<'_>)) -> Vec<String> {
        let orders = Source::from_csv(orders.as_bytes()).unwrap();
        let lines = Source::from_csv(lines.as_bytes()).unwrap();
        let (nodes, items) = (known("nodes", &["N"]), known("items", &["a"]));
        let now: Zoned = "2026-11-23T06:00:00-05:00[-05:00]".parse().unwrap();
        let mut findings = Findings::default();
        let (orders, lines) = (rows(&orders), rows(&lines));
        let demand = demand(&orders, &lines, &nodes, &items, Some(&now), &mut findings);
        check(&demand);
        codes_of(&findings)
    }

    #[test]
    fn lines_are_grouped_by_order_in_their_sequence() {
        let orders = "order_id,placed_at,latitude,longitude\n\
            o1,2026-11-22T00:00:00Z,1,1\no2,2026-11-22T00:00:00Z,1,1\n";
        let lines = "order_id,line,sku,quantity\no2,1,a,1\no1,2,a,2\no2,0,a,3\no1,1,a,4\n";
        let found = check(orders, lines, |demand| {
            let lines: Vec<_> = demand.lines.iter().flatten().collect();
            let names: Vec<_> = lines.iter().map(|l| (l.order.0, l.line.as_ref())).collect();
            assert_eq!(names, [(0, "2"), (0, "1"), (1, "1"), (1, "0")]);
            assert_eq!(demand.row_of.as_slice(), [1, 3, 0, 2]);
            assert_eq!(demand.line(OrderId(1), "0"), Some(LineId(3)));
            assert_eq!(demand.line(OrderId(1), "2"), None);
        });
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn lines_have_an_order_an_item_and_a_name_of_their_own() {
        let orders = "order_id,placed_at,latitude,longitude\no1,2026-11-22T00:00:00Z,1,1\n";
        let lines = "order_id,line,sku,quantity\no1,1,a,1\no9,1,a,1\no9,2,a,1\no1,1,a,1\no1,2,x,1\no1,1,a,1\n";
        let found = check(orders, lines, |_| ());
        assert_eq!(found, ["E0302:2", "E0302:3", "E0301:4", "E0301:6", "E0302:5"]);
    }

    #[test]
    fn a_journey_needs_its_place() {
        let orders = "order_id,placed_at,journey,latitude,longitude,pickup_node\n\
            o1,2026-11-22T00:00:00Z,,1,,\no2,2026-11-22T00:00:00Z,pickup,1,1,\n\
            o3,2026-11-22T00:00:00Z,pickup,,,X\n";
        let lines = "order_id,line,sku,quantity\no1,1,a,1\no2,1,a,1\no3,1,a,1\n";
        assert_eq!(check(orders, lines, |_| ()), ["E0402:1", "E0402:2", "E0302:3"]);
    }

    #[test]
    fn contradictory_dates_and_empty_orders_are_told() {
        let orders = "order_id,placed_at,latitude,longitude,ship_by,deliver_by\n\
            o1,2026-11-23T11:00:01Z,1,1,2026-11-25,2026-11-24\n\
            o2,2026-11-23T11:00:00Z,1,1,2026-11-22,2026-11-23\n";
        let found = check(orders, "order_id,line,sku,quantity\no1,1,a,1\n", |_| ());
        assert_eq!(found, ["W0401:1", "W0402:1", "W0403:2", "W0405:2"]);
    }
}
