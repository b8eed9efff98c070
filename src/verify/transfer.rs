//! Transfers: built from the lanes of the assignments, costed, and compared with the plan's table.

use super::part::Part;
use super::release::release;
use super::shipment::carbon;
use super::violation::{Violation, ViolationKind as Kind};
use super::{Context, Tally, close};
use crate::domain::CostKey;
use crate::ids::{LaneId, OrderId};
use crate::plan::{Hop, Transfer};
use crate::time::Day;
use crate::units::{Decimal, Money, round_half_up};
use rustc_hash::FxHashMap;

type Key = (OrderId, LaneId, Day);

fn key(row: &Transfer) -> Key {
    (row.order, row.lane, row.departs)
}

/// The plan's transfers by what they are.
pub(super) struct Transfers {
    rows: FxHashMap<Key, usize>,
    is_used: Vec<bool>,
}

impl Transfers {
    pub fn new(context: Context<'_>) -> Transfers {
        let mut rows = FxHashMap::default();
        for (index, row) in context.plan.transfers.iter().enumerate() {
            rows.entry(key(row)).or_insert(index);
        }
        Transfers { rows, is_used: vec![false; context.plan.transfers.len()] }
    }

    /// Builds and checks the transfers of an order.
    pub fn check(&mut self, context: Context<'_>, tally: &mut Tally, parts: &[Part<'_>]) {
        // Each departure with the part that it moves, and whether it is the part's release.
        let mut moves: Vec<(Hop, &Part<'_>, bool)> = Vec::new();
        for part in parts {
            for (at, hop) in part.row.hops.iter().enumerate() {
                moves.push((*hop, part, at == 0));
            }
        }
        moves.sort_by_key(|(hop, part, _)| (*hop, part.row.line));
        for group in moves.chunk_by(|a, b| a.0 == b.0) {
            let Some(built) = build(context, tally, group) else { continue };
            let Some(&index) = self.rows.get(&key(&built)) else {
                let what = labels(context, &built);
                let (kind, found) = (Kind::TransferMissing, "no row");
                tally.violations.push(Violation::new(kind, what, found, "a row"));
                continue;
            };
            self.is_used[index] = true;
            compare(context, tally, &context.plan.transfers[index], &built);
        }
    }

    /// Reports the rows that no assignment makes.
    pub fn finish(&self, context: Context<'_>, tally: &mut Tally) {
        let unused = context.plan.transfers.iter().zip(&self.is_used).filter(|(_, used)| !**used);
        for (row, _) in unused {
            let (kind, what) = (Kind::TransferUnexpected, labels(context, row));
            tally.violations.push(Violation::new(kind, what, "a row", "no row"));
        }
    }
}

fn labels(context: Context<'_>, row: &Transfer) -> Vec<(&'static str, String)> {
    let wave = context.wave;
    let lane = &wave.lanes[row.lane];
    let mut what = vec![
        ("order", wave.orders[row.order].id.to_string()),
        ("from_node", wave.nodes[lane.from].id.to_string()),
        ("to_node", wave.nodes[lane.to].id.to_string()),
        ("date", row.departs.to_string()),
    ];
    if !row.id.is_empty() {
        what.push(("transfer", row.id.clone()));
    }
    what
}

/// The transfer that departures of one order over one lane on one date make, costed.
fn build(
    context: Context<'_>,
    tally: &mut Tally,
    moves: &[(Hop, &Part<'_>, bool)],
) -> Option<Transfer> {
    let wave = context.wave;
    let (hop, first, _) = *moves.first()?;
    let lane = &wave.lanes[hop.lane];
    // Lines that only pass through are not handled here.
    let released: Vec<&Part<'_>> =
        moves.iter().filter(|(_, _, is_release)| *is_release).map(|(_, part, _)| *part).collect();
    let handling = match released.first() {
        Some(_) => release(context, tally, lane.from, hop.departs, &released),
        None => Money::ZERO,
    };
    let weight = |part: &Part<'_>| wave.items[part.sku].kg * i64::from(part.row.quantity);
    let kg: Decimal = moves.iter().map(|(_, part, _)| weight(part)).sum();
    let scale = i128::from(Decimal::SCALE);
    let by_kg = i128::from(kg.0) * i128::from(lane.cost_per_kg.0);
    let built = Transfer {
        id: String::new(),
        order: first.order,
        lane: hop.lane,
        departs: hop.departs,
        arrives: hop.departs.plus(lane.transit_days),
        lines: moves.chunk_by(|a, b| a.1.row.line == b.1.row.line).count() as u32,
        units: moves.iter().map(|(_, part, _)| part.row.quantity).sum(),
        kg,
        freight: Money(round_half_up(i128::from(lane.shipment_cost.0) * scale + by_kg, scale)),
        handling,
        kg_co2: kg.to_f64() * lane.kg_co2_per_kg,
    };
    tally.costs[CostKey::TransferFreight] += built.freight;
    tally.costs[CostKey::Handling] += built.handling;
    tally.costs[CostKey::Carbon] += carbon(context, built.kg_co2);
    Some(built)
}

fn compare(context: Context<'_>, tally: &mut Tally, row: &Transfer, built: &Transfer) {
    let mut wrong = |column: &str, found: String, expected: String| {
        let mut what = labels(context, row);
        what.push(("column", column.to_string()));
        tally.violations.push(Violation::new(Kind::TransferWrong, what, found, expected));
    };
    if row.arrives != built.arrives {
        wrong("arrives", row.arrives.to_string(), built.arrives.to_string());
    }
    if row.lines != built.lines {
        wrong("lines", row.lines.to_string(), built.lines.to_string());
    }
    if row.units != built.units {
        wrong("units", row.units.to_string(), built.units.to_string());
    }
    if row.kg != built.kg {
        wrong("kg", row.kg.to_string(), built.kg.to_string());
    }
    if row.freight != built.freight {
        wrong("freight", context.money(row.freight), context.money(built.freight));
    }
    if row.handling != built.handling {
        wrong("handling", context.money(row.handling), context.money(built.handling));
    }
    if !close(row.kg_co2, built.kg_co2) {
        wrong("kg_co2", row.kg_co2.to_string(), built.kg_co2.to_string());
    }
}
