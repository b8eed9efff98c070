//! The orders that one plan serves otherwise than another.

use crate::plan::PlanRows;
use crate::time::Day;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How two plans differ, order by order.
#[derive(Debug, Serialize)]
pub(super) struct Changes {
    /// Orders of either plan.
    pub orders: usize,
    /// Orders with any difference.
    pub changed: usize,
    /// Orders by what changed; an order may count several times.
    pub by_kind: BTreeMap<&'static str, usize>,
    /// The changed orders, those with the largest difference in cost first.
    rows: Vec<Row>,
}

/// A changed order. Amounts are freight and handling, in the currency; the pair is before, after.
#[derive(Debug, Serialize)]
struct Row {
    order: String,
    what: Vec<&'static str>,
    cost: [f64; 2],
    shipments: [usize; 2],
    days_late: [u32; 2],
    open: [u32; 2],
    /// The sources, each once.
    from: [Vec<String>; 2],
}

/// How a plan serves an order.
#[derive(Default, PartialEq, Eq)]
struct Served<'a> {
    minor: i64,
    shipments: usize,
    days_late: u32,
    open: u32,
    /// Source, service, ship date and delivery date, by line.
    lines: BTreeSet<(&'a str, &'a str, &'a str, Day, Day, u32)>,
}

impl Changes {
    /// Compares `after` with `before` and keeps at most so many rows.
    pub fn new(before: &PlanRows, after: &PlanRows, most: usize) -> Changes {
        let (a, b) = rayon::join(|| orders(before), || orders(after));
        let ids: BTreeSet<&str> = a.keys().chain(b.keys()).copied().collect();
        let nothing = Served::default();
        let ids: Vec<&str> = ids.into_iter().collect();
        let mut changed: Vec<(&str, &Served<'_>, &Served<'_>)> = ids
            .par_iter()
            .map(|id| (*id, a.get(id).unwrap_or(&nothing), b.get(id).unwrap_or(&nothing)))
            .filter(|(_, a, b)| a != b)
            .collect();
        let mut by_kind = BTreeMap::new();
        for (_, a, b) in &changed {
            for kind in kinds(a, b) {
                *by_kind.entry(kind).or_default() += 1;
            }
        }
        let count = changed.len();
        changed.sort_by_key(|(id, a, b)| (std::cmp::Reverse((b.minor - a.minor).abs()), *id));
        changed.truncate(most);
        let unit = 10_f64.powi(before.minor_digits as i32);
        let row = |(id, a, b): &(&str, &Served<'_>, &Served<'_>)| Row {
            order: (*id).to_owned(),
            what: kinds(a, b),
            cost: [a, b].map(|served| served.minor as f64 / unit),
            shipments: [a.shipments, b.shipments],
            days_late: [a.days_late, b.days_late],
            open: [a.open, b.open],
            from: [a, b].map(|served| sources(served)),
        };
        Changes {
            orders: ids.len(),
            changed: count,
            by_kind,
            rows: changed.iter().map(row).collect(),
        }
    }
}

/// How each order is served.
fn orders(plan: &PlanRows) -> BTreeMap<&str, Served<'_>> {
    let mut orders: BTreeMap<&str, Served<'_>> = BTreeMap::new();
    for row in &plan.assignments {
        let order = orders.entry(&row.order).or_default();
        order.days_late = order.days_late.max(row.days_late);
        order.lines.insert((
            &row.line,
            &row.source,
            &row.service,
            row.ship_date,
            row.delivery_date,
            row.quantity,
        ));
    }
    for row in &plan.shipments {
        let order = orders.entry(&row.order).or_default();
        order.shipments += 1;
        order.minor += row.freight.0 + row.handling.0;
    }
    for row in &plan.transfers {
        orders.entry(&row.order).or_default().minor += row.freight.0 + row.handling.0;
    }
    for row in &plan.unfilled {
        orders.entry(&row.order).or_default().open += row.quantity;
    }
    orders
}

/// What differs, in words.
fn kinds(a: &Served<'_>, b: &Served<'_>) -> Vec<&'static str> {
    type Line<'a> = (&'a str, &'a str, &'a str, Day, Day, u32);
    fn differs<K: Ord>(a: &Served<'_>, b: &Served<'_>, key: impl Fn(&Line<'_>) -> K) -> bool {
        let keys = |served: &Served<'_>| served.lines.iter().map(&key).collect::<BTreeSet<K>>();
        keys(a) != keys(b)
    }
    let text = str::to_owned;
    let tests = [
        ("source", differs(a, b, |line| (text(line.0), text(line.1)))),
        ("service", differs(a, b, |line| (text(line.0), text(line.2)))),
        ("date", differs(a, b, |line| (text(line.0), line.3, line.4))),
        ("split", a.shipments != b.shipments),
        ("open units", a.open != b.open),
    ];
    let found: Vec<&str> = tests.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    // Routes, and how a line is divided, have no column of their own.
    if found.is_empty() { vec!["route"] } else { found }
}

/// The sources of an order, each once.
fn sources(served: &Served<'_>) -> Vec<String> {
    let sources: BTreeSet<&str> = served.lines.iter().map(|line| line.1).collect();
    sources.into_iter().map(str::to_owned).collect()
}
