//! The cost terms that belong to lines and their assignments.

use super::Context;
use super::part::{Part, Rows};
use super::tier::Tiers;
use crate::domain::{CostKey, Costs, Escalate, NodeKind};
use crate::ids::{LineId, OrderId};
use crate::units::{Decimal, Money, round_half_up};

/// Adds the costs of an order's lines. `parts` are those of the order, by line.
pub(super) fn add(
    context: Context<'_>,
    costs: &mut Costs,
    tiers: &mut Tiers<'_>,
    rows: &Rows,
    order: OrderId,
    parts: &[Part<'_>],
) {
    for part in parts {
        assignment(context, costs, tiers, part);
    }
    for line in context.wave.orders[order].line_ids() {
        let from = parts.partition_point(|part| part.row.line < line);
        let to = parts.partition_point(|part| part.row.line <= line);
        let parts = &parts[from..to];
        let open = rows.unfilled(line);
        lateness(context, costs, order, parts);
        unfilled(context, costs, order, line, open);
        if is_changed(context, line, parts, open) {
            costs[CostKey::Change] += context.model.costs.change_cost;
        }
    }
}

fn assignment(context: Context<'_>, costs: &mut Costs, tiers: &mut Tiers<'_>, part: &Part<'_>) {
    let (wave, model) = (context.wave, context.model);
    let (row, source) = (part.row, &wave.nodes[part.row.source]);
    let units = i64::from(row.quantity);
    if source.kind == NodeKind::Vendor {
        let purchase = wave.node_item(row.source, part.sku).purchase_cost;
        costs[CostKey::ItemPurchase] += purchase * units;
    }
    if let Some(stock) = wave.stock_of(row.source, part.sku) {
        costs[CostKey::InventoryOpportunity] += stock.opportunity_cost * units;
    }
    let risk = i128::from(source.reject_rate.0) * i128::from(model.costs.reject_cost.0);
    costs[CostKey::RejectionRisk] += Money(round_half_up(risk, i128::from(Decimal::SCALE)));
    let tier = model.tier(source);
    let is_charged = match model.rules.escalate {
        Escalate::None => false,
        Escalate::Cost => true,
        Escalate::Deadline => tier > 1 && tiers.is_served_before(row.line, tier),
    };
    if is_charged {
        costs[CostKey::Tier] += model.rules.tier_cost * (i64::from(tier) - 1);
    }
}

/// Late days of the latest part, priced once a line.
fn lateness(context: Context<'_>, costs: &mut Costs, order: OrderId, parts: &[Part<'_>]) {
    let days = parts.iter().map(|part| part.late_days).max().unwrap_or(0);
    let weight = context.wave.orders[order].weight;
    let amount = i128::from(context.model.costs.late_cost.0) * i128::from(days);
    let weighted = amount * i128::from(weight.0);
    costs[CostKey::Lateness] += Money(round_half_up(weighted, i128::from(Decimal::SCALE)));
}

fn unfilled(context: Context<'_>, costs: &mut Costs, order: OrderId, line: LineId, open: u64) {
    let terms = &context.model.costs;
    let scale = i128::from(Decimal::SCALE);
    let price = i128::from(context.wave.lines[line].unit_price.0);
    let unit = i128::from(terms.unfilled_cost.0) * scale
        + i128::from(terms.unfilled_value_share.0) * price;
    let weighted = i128::from(open) * unit * i128::from(context.wave.orders[order].weight.0);
    costs[CostKey::Unfilled] += Money(round_half_up(weighted, scale * scale));
}

/// Whether a line departs from what was planned or released for it: a part that is not frozen is
/// none of these commitments, or units stay open.
fn is_changed(context: Context<'_>, line: LineId, parts: &[Part<'_>], open: u64) -> bool {
    let earlier = || context.wave.commitments_of(line).filter(|one| !one.is_frozen());
    if earlier().next().is_none() {
        return false;
    }
    let is_kept = |part: &Part<'_>| {
        earlier().any(|commitment| {
            commitment.node == part.row.source
                && commitment.service.is_none_or(|service| part.row.service == Some(service))
                && commitment.ship_date.is_none_or(|date| part.row.ship_date == date)
        })
    };
    open > 0 || parts.iter().any(|part| part.free > 0 && !is_kept(part))
}
