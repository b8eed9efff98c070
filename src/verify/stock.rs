//! Stock: what is released by each date, and the table of stock use.

use super::part::Part;
use super::violation::{Violation, ViolationKind as Kind};
use super::{Context, Tally};
use crate::ids::{NodeId, SkuId};
use crate::plan::StockUse;
use crate::time::Day;
use rustc_hash::FxHashMap;

/// Units of an item that leave a source on a day.
pub(super) struct Taken {
    node: NodeId,
    sku: SkuId,
    day: Day,
    free: u32,
    frozen: u32,
}

impl Taken {
    pub fn by(part: &Part<'_>) -> Taken {
        let (node, day) = (part.row.source, part.release());
        Taken { node, sku: part.sku, day, free: part.free, frozen: part.frozen }
    }
}

/// Checks every (node, sku) by rising date and compares the table of stock use.
pub(super) fn check(context: Context<'_>, tally: &mut Tally) {
    let mut rows: FxHashMap<(NodeId, SkuId), &StockUse> = FxHashMap::default();
    for row in &context.plan.stock_use {
        if rows.insert((row.node, row.sku), row).is_some() {
            unexpected(context, tally, row, "one row");
        }
    }
    let mut taken = std::mem::take(&mut tally.taken);
    taken.sort_unstable_by_key(|one| (one.node, one.sku, one.day));
    for group in taken.chunk_by(|a, b| (a.node, a.sku) == (b.node, b.sku)) {
        by_date(context, tally, group);
        let used = group.iter().map(|one| i64::from(one.free) + i64::from(one.frozen)).sum();
        let Some(first) = group.first() else { continue };
        let built = build(context, first.node, first.sku, used);
        match rows.remove(&(first.node, first.sku)) {
            Some(row) => compare(context, tally, row, &built),
            None => {
                let (kind, what) = (Kind::StockUseMissing, labels(context, &built));
                tally.violations.push(Violation::new(kind, what, "no row", "a row"));
            }
        }
    }
    // What is left has no use, and is welcome where there is stock.
    let mut unused: Vec<&StockUse> = rows.into_values().collect();
    unused.sort_unstable_by_key(|row| (row.node, row.sku));
    for row in unused {
        if context.wave.stock_of(row.node, row.sku).is_some() {
            compare(context, tally, row, &build(context, row.node, row.sku, 0));
        } else {
            unexpected(context, tally, row, "no row");
        }
    }
}

/// What is not frozen fits, by each date, in what frozen units leave.
fn by_date(context: Context<'_>, tally: &mut Tally, group: &[Taken]) {
    let (mut free, mut frozen) = (0_i64, 0_i64);
    let mut worst: Option<(i64, Day, i64, i64)> = None;
    for day in group.chunk_by(|a, b| a.day == b.day) {
        let Some(first) = day.first() else { continue };
        free += day.iter().map(|one| i64::from(one.free)).sum::<i64>();
        frozen += day.iter().map(|one| i64::from(one.frozen)).sum::<i64>();
        let stock = context.wave.stock_of(first.node, first.sku);
        if stock.is_some() && context.wave.nodes[first.node].unlimited_stock {
            return;
        }
        let available = stock.map_or(0, |stock| stock.available_by(first.day));
        let left = (available - frozen).max(0);
        let excess = free - left;
        if excess > 0 && worst.is_none_or(|(known, ..)| excess > known) {
            worst = Some((excess, first.day, free, left));
        }
    }
    if let (Some((_, day, free, left)), Some(first)) = (worst, group.first()) {
        let what = [
            ("node", context.wave.nodes[first.node].id.to_string()),
            ("sku", context.wave.items[first.sku].sku.to_string()),
            ("date", day.to_string()),
        ];
        let expected = format!("at most {left}");
        tally.violations.push(Violation::new(Kind::StockExceeded, what, free, expected));
    }
}

fn build(context: Context<'_>, node: NodeId, sku: SkuId, used: i64) -> StockUse {
    let wave = context.wave;
    let terms = &wave.nodes[node];
    let stock = wave.stock_of(node, sku);
    let today = Day::from(wave.now.with_time_zone(terms.time_zone.clone()).date());
    let end = today.plus(wave.horizon_days);
    let available = match stock {
        Some(_) if terms.unlimited_stock => None,
        Some(stock) => Some(stock.available_by(end)),
        None => Some(0),
    };
    StockUse { node, sku, available, used, shadow_price: None }
}

fn labels(context: Context<'_>, row: &StockUse) -> Vec<(&'static str, String)> {
    vec![
        ("node", context.wave.nodes[row.node].id.to_string()),
        ("sku", context.wave.items[row.sku].sku.to_string()),
    ]
}

fn unexpected(context: Context<'_>, tally: &mut Tally, row: &StockUse, expected: &str) {
    let (kind, what) = (Kind::StockUseUnexpected, labels(context, row));
    tally.violations.push(Violation::new(kind, what, "a row", expected));
}

fn compare(context: Context<'_>, tally: &mut Tally, row: &StockUse, built: &StockUse) {
    let text = |units: Option<i64>| units.map_or("unlimited".to_string(), |it| it.to_string());
    let columns =
        [("available", row.available, built.available), ("used", Some(row.used), Some(built.used))];
    for (column, found, expected) in columns.into_iter().filter(|(_, a, b)| a != b) {
        let mut what = labels(context, row);
        what.push(("column", column.to_string()));
        let kind = Kind::StockUseWrong;
        tally.violations.push(Violation::new(kind, what, text(found), text(expected)));
    }
}
