//! Every way to serve one order as a whole, with its cost.

use crate::oracle::limits::Limits;
use crate::oracle::{Case, LineOption, Part, ShipmentKey, TooLarge, cost};
use std::collections::BTreeSet;
use wavewright::domain::Level;
use wavewright::ids::{LineId, OrderId};
use wavewright::units::{Objective, Quantity};

/// Combinations of line alternatives that are looked at for one order.
const MOST_PLANS: usize = 200_000;

/// One way to serve the rest of a line.
struct Alternative {
    parts: Vec<Part>,
    open: Quantity,
}

/// A plan of an order: its weighted cost and a number that names its alternatives.
#[derive(Clone, Copy)]
pub struct OrderPlan {
    pub cost: Objective,
    code: usize,
}

/// The plans of an order that its own rules allow, by rising cost.
pub struct OrderPlans {
    frozen: Vec<Part>,
    lines: Vec<(LineId, Vec<Alternative>)>,
    pub plans: Vec<OrderPlan>,
}

impl OrderPlans {
    /// The parts of a plan, the frozen ones included.
    pub fn parts(&self, plan: OrderPlan) -> Vec<&Part> {
        let mut parts: Vec<&Part> = self.frozen.iter().collect();
        let mut code = plan.code;
        for (_, alternatives) in &self.lines {
            parts.extend(&alternatives[code % alternatives.len()].parts);
            code /= alternatives.len();
        }
        parts
    }
}

/// Enumerates the plans of an order.
///
/// # Errors
/// When there are too many.
pub fn enumerate(case: &Case, limits: &Limits, order: OrderId) -> Result<OrderPlans, TooLarge> {
    let frozen = case.frozen_parts_of(order);
    let closed = closed_shipments(case, order);
    let lines: Vec<(LineId, Vec<Alternative>)> = case.wave.orders[order]
        .line_ids()
        .map(|line| Ok((line, alternatives(case, limits, line, &closed)?)))
        .collect::<Result<_, TooLarge>>()?;
    let mut count = 1_usize;
    for (_, alternatives) in &lines {
        count = count.saturating_mul(alternatives.len());
    }
    if count > MOST_PLANS {
        return Err(TooLarge);
    }
    let mut found = OrderPlans { frozen, lines, plans: Vec::new() };
    for code in 0..count {
        let plan = OrderPlan { cost: Objective::ZERO, code };
        if is_allowed(case, order, &found, plan) {
            let costs = cost::of_order(case, order, &found.parts(plan));
            found.plans.push(OrderPlan { cost: costs.objective(case.model), code });
        }
    }
    found.plans.sort_by_key(|plan| plan.cost);
    Ok(found)
}

/// Shipments that have left: nothing can join them.
fn closed_shipments(case: &Case, order: OrderId) -> BTreeSet<ShipmentKey> {
    let rows = case.wave.commitments.iter();
    let shipped =
        rows.filter(|row| row.level == Level::Shipped && case.wave.lines[row.line].order == order);
    shipped.filter_map(|row| Some((row.node, row.service, row.ship_date?))).collect()
}

/// Every way to serve the rest of a line, or to leave it open.
fn alternatives(
    case: &Case,
    limits: &Limits,
    line: LineId,
    closed: &BTreeSet<ShipmentKey>,
) -> Result<Vec<Alternative>, TooLarge> {
    let rest = case.rest(line);
    let options: Vec<(&LineOption, Quantity)> = case.options[line]
        .iter()
        .filter(|option| !closed.contains(&option.shipment()))
        .map(|option| {
            let sku = case.wave.lines[line].sku;
            (option, limits.stock_room(option.source, sku, option.release_date))
        })
        .filter(|(_, room)| *room > 0)
        .collect();
    let part =
        |option: &LineOption, units| Part { line, units, option: option.clone(), is_frozen: false };
    let mut found = vec![Alternative { parts: Vec::new(), open: rest }];
    if !case.model.rules.split_lines {
        for (option, _) in options.iter().filter(|(_, room)| rest > 0 && *room >= rest) {
            found.push(Alternative { parts: vec![part(option, rest)], open: 0 });
        }
        return Ok(found);
    }
    for (option, room) in options {
        for given in 0..found.len() {
            for units in 1..=room.min(found[given].open) {
                let mut parts = found[given].parts.clone();
                parts.push(part(option, units));
                found.push(Alternative { parts, open: found[given].open - units });
            }
        }
        if found.len() > MOST_PLANS {
            return Err(TooLarge);
        }
    }
    Ok(found)
}

/// Whether a plan keeps the rules of its order: ship complete, kits and the most shipments.
fn is_allowed(case: &Case, order: OrderId, plans: &OrderPlans, plan: OrderPlan) -> bool {
    let wanted = &case.wave.orders[order];
    let mut code = plan.code;
    let mut rests: Vec<(LineId, &Alternative)> = Vec::new();
    for (line, alternatives) in &plans.lines {
        let chosen = &alternatives[code % alternatives.len()];
        code /= alternatives.len();
        if case.rest(*line) > 0 {
            rests.push((*line, chosen));
        }
    }
    let all_or_none = |of: &[&Alternative]| {
        of.iter().all(|rest| rest.open == 0) || of.iter().all(|rest| rest.parts.is_empty())
    };
    let all: Vec<&Alternative> = rests.iter().map(|(_, rest)| *rest).collect();
    if wanted.ship_complete && !all_or_none(&all) {
        return false;
    }
    let kit_of = |line: LineId| case.wave.lines[line].together.as_deref();
    let kits: BTreeSet<&str> = rests.iter().filter_map(|(line, _)| kit_of(*line)).collect();
    for kit in kits {
        let of_kit = rests.iter().filter(|(line, _)| kit_of(*line) == Some(kit));
        let of_kit: Vec<&Alternative> = of_kit.map(|(_, rest)| *rest).collect();
        let shipments: BTreeSet<ShipmentKey> =
            of_kit.iter().flat_map(|r| &r.parts).map(|part| part.option.shipment()).collect();
        if !all_or_none(&of_kit) || shipments.len() > 1 {
            return false;
        }
    }

    let mut limit = wanted.max_shipments.or(case.model.rules.max_shipments);
    let value: i64 = wanted
        .line_ids()
        .map(|line| &case.wave.lines[line])
        .map(|line| line.unit_price.0 * i64::from(line.quantity))
        .sum();
    if value < case.model.rules.no_split_below.0 {
        limit = Some(1);
    }
    let count = |parts: &mut dyn Iterator<Item = &Part>| {
        parts.map(|part| part.option.shipment()).collect::<BTreeSet<_>>().len()
    };
    limit.is_none_or(|limit| {
        let frozen = count(&mut plans.frozen.iter());
        let shipments = count(&mut plans.parts(plan).into_iter());
        shipments <= frozen.max(limit as usize)
    })
}
