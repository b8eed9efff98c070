//! The cost terms of a line on its own: lateness, unfilled and change.

use crate::domain::{CostKey, Model, Wave};
use crate::ids::{LineId, NodeId, OrderId, ServiceId};
use crate::time::Day;
use crate::units::{Decimal, Money, Objective, Quantity, round_half_up};

/// `late_cost` x late days x order weight.
pub fn lateness_cost(wave: &Wave, model: &Model, order: OrderId, late_days: u32) -> Money {
    let weight = wave.orders[order].weight.0 as i128;
    let amount = model.costs.late_cost.0 as i128 * late_days as i128 * weight;
    Money(round_half_up(amount, Decimal::SCALE as i128))
}

/// Open units x (`unfilled_cost` + `unfilled_value_share` x unit price) x order weight.
pub fn unfilled_cost(wave: &Wave, model: &Model, line: LineId, units: Quantity) -> Money {
    let terms = &wave.lines[line];
    let weight = wave.orders[terms.order].weight.0 as i128;
    let scale = Decimal::SCALE as i128;
    let per_unit = model.costs.unfilled_cost.0 as i128 * scale
        + model.costs.unfilled_value_share.0 as i128 * terms.unit_price.0 as i128;
    Money(round_half_up(units as i128 * per_unit * weight, scale * scale))
}

/// Whether a line has planned or released commitments to depart from; pinned ones stay anyway.
fn has_loose_commitments(wave: &Wave, line: LineId) -> bool {
    wave.commitments_of(line).any(|commitment| !commitment.is_frozen())
}

/// Whether the change cost applies to a line whose open units leave this way.
///
/// A line with several planned or released commitments keeps its place when it matches one of
/// them; empty fields of a commitment match everything.
pub fn change_applies(
    wave: &Wave,
    line: LineId,
    source: NodeId,
    service: Option<ServiceId>,
    ship_date: Day,
) -> bool {
    has_loose_commitments(wave, line)
        && !wave.commitments_of(line).filter(|c| !c.is_frozen()).any(|c| {
            c.node == source
                && c.service.is_none_or(|wanted| Some(wanted) == service)
                && c.ship_date.is_none_or(|wanted| wanted == ship_date)
        })
}

/// Whether the change cost applies to a line that stays open.
pub fn change_applies_to_unfilled(wave: &Wave, line: LineId) -> bool {
    has_loose_commitments(wave, line)
}

/// What it costs, weighted, to leave `units` of a line open; without change.
pub fn weighted_unfilled(wave: &Wave, model: &Model, line: LineId, units: Quantity) -> Objective {
    let amount = unfilled_cost(wave, model, line, units);
    Objective::weighted(model.weight(CostKey::Unfilled), amount)
}

/// What it costs, weighted, that a line with commitments has open units.
pub fn weighted_open_change(wave: &Wave, model: &Model, line: LineId) -> Objective {
    if change_applies_to_unfilled(wave, line) {
        Objective::weighted(model.weight(CostKey::Change), model.costs.change_cost)
    } else {
        Objective::ZERO
    }
}
