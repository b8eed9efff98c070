//! `cheapest-line`: each line by the node and service that cost least for it alone.
//!
//! The least-cost rule without a look at the rest of the order: that lines could travel together is
//! found only where they happen to leave the same node. The myopic policy that Acimovic and Graves
//! start from, "Making better fulfillment decisions on the fly in an online retail environment",
//! Manufacturing & Service Operations Management 17(1), 2015, taken line by line.

use crate::domain::{CostKey, Escalate, NodeKind};
use crate::options::{
    change_applies, first_tier_on_time, lateness_cost, weighted_open_change, weighted_unfilled,
};
use crate::strategies::desk::{Desk, Pass};
use crate::strategies::place::Placement;

pub(super) fn serve(desk: &mut Desk<'_>) {
    desk.serve_order(&serve_wanted);
}

/// Serves the wanted lines by the cheapest placement, unless they are cheaper left open; over lanes
/// only where nobody serves them directly.
fn serve_wanted(desk: &mut Desk<'_>) -> bool {
    for overload in [false, true] {
        if overload && !desk.room.has_overload {
            continue;
        }
        let pass = Pass { late: true, overload, by_cost: true, ring_fence: 0 };
        let mut best: Option<(f64, Placement)> = None;
        desk.rank_sources(&|_, node| [f64::from(node.0), 0.0]);
        while let Some((_, node)) = desk.ranking.pop() {
            let Some(found) = desk.find(node, pass) else { continue };
            let cost = cost(desk, &found);
            let better = |known: &(f64, Placement)| (cost, node) < (known.0, known.1.node);
            if best.as_ref().is_none_or(better) {
                best = Some((cost, found));
            }
        }
        if let Some((least, found)) = best {
            let serves = least < open_cost(desk) && desk.locate(found.node);
            if serves {
                desk.commit(&found);
            }
            return serves;
        }
    }
    let mut passes = desk.passes();
    passes.any(|pass| desk.place_moved(pass))
}

/// What a placement costs by the model, weighted, in minor units; split cost aside, which no line
/// has to itself.
fn cost(desk: &Desk<'_>, found: &Placement) -> f64 {
    let (wave, model) = (desk.planner.wave, desk.planner.model);
    let weight = |key| model.weight(key).to_f64();
    let node = &wave.nodes[found.node];
    let service = found.offer.map(|quote| quote.service);
    let mut handling = if found.joins.is_none() { node.shipment_cost.0 as f64 } else { 0.0 };
    let (mut purchase, mut opportunity, mut change) = (0.0, 0.0, 0.0);
    let mut tiers = 0.0;
    for &at in &desk.wanted {
        let line = &desk.lines[at];
        let units = f64::from(line.quantity);
        let item = wave.node_item(found.node, line.sku);
        handling += node.line_cost.0 as f64 + (node.unit_cost.0 + item.unit_cost.0) as f64 * units;
        handling += item.minutes.to_f64() * units * node.minute_cost.0 as f64;
        if node.kind == NodeKind::Vendor {
            purchase += item.purchase_cost.0 as f64 * units;
        }
        let stock = wave.stock_of(found.node, line.sku);
        opportunity += stock.map_or(0.0, |stock| stock.opportunity_cost.0 as f64) * units;
        if !wave.commitments.is_empty()
            && change_applies(wave, line.id, found.node, service, found.ship_date)
        {
            change += model.costs.change_cost.0 as f64;
        }
        let tier = desk.planner.tier(found.node);
        let escalated = match model.rules.escalate {
            Escalate::None => false,
            Escalate::Cost => true,
            Escalate::Deadline => {
                tier > 1 && first_tier_on_time(desk.planner, desk.order, line.id) < tier
            }
        };
        if escalated {
            tiers += f64::from(tier - 1) * model.rules.tier_cost.0 as f64;
        }
    }
    let lines = desk.wanted.len() as f64;
    let late = lateness_cost(wave, model, desk.order, found.late_days).0 as f64 * lines;
    let risk = node.reject_rate.to_f64() * model.costs.reject_cost.0 as f64 * lines;
    desk.freight_cost(found)
        + weight(CostKey::Handling) * handling
        + weight(CostKey::ItemPurchase) * purchase
        + weight(CostKey::InventoryOpportunity) * opportunity
        + weight(CostKey::RejectionRisk) * risk
        + weight(CostKey::Tier) * tiers
        + weight(CostKey::Lateness) * late
        + weight(CostKey::Change) * change
}

/// What it costs to leave the wanted lines open.
fn open_cost(desk: &Desk<'_>) -> f64 {
    let (wave, model) = (desk.planner.wave, desk.planner.model);
    let lines = desk.wanted.iter().map(|at| &desk.lines[*at]);
    let cost = |id, units| {
        weighted_unfilled(wave, model, id, units) + weighted_open_change(wave, model, id)
    };
    lines.map(|line| cost(line.id, line.quantity).to_minor()).sum()
}
