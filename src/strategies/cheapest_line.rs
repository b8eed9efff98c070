//! `cheapest-line`: each line by the node and service that cost least for it alone.
//!
//! The least-cost rule without a look at the rest of the order: that lines could travel together is
//! found only where they happen to leave the same node. The myopic policy that Acimovic and Graves
//! start from, "Making better fulfillment decisions on the fly in an online retail environment",
//! Manufacturing & Service Operations Management 17(1), 2015, taken line by line.
//!
//! Nodes are asked for a date, a service and its price by rising floor, which is what they cost at
//! least, until the floor is above the best that is found.

use crate::domain::{CostKey, Escalate, NodeKind};
use crate::ids::{IdVec, NodeId};
use crate::options::{
    change_applies, first_tier_on_time, lateness_cost, weighted_open_change, weighted_unfilled,
};
use crate::strategies::desk::{Desk, Pass};
use crate::strategies::floor::{Floors, parcel_kg};
use crate::strategies::place::Placement;
use crate::units::Decimal;

/// What a floor may gain by rounding, in minor units.
const ROUNDING: f64 = 0.5;

/// What lines cost wherever they go and whenever, weighted, in minor units.
pub(super) struct Terms {
    /// By source: handling, purchase and opportunity of a unit.
    per_unit: Vec<f64>,
    /// Handling and rejection risk of a line.
    per_line: IdVec<NodeId, f64>,
    /// Handling of a shipment.
    per_shipment: IdVec<NodeId, f64>,
}

impl Terms {
    /// The terms of the wave at a desk, and its floors.
    pub fn new(desk: &mut Desk<'_>) -> Terms {
        let (wave, model) = (desk.planner.wave, desk.planner.model);
        desk.floors = Some(Floors::new(wave));
        let weight = |key| model.weight(key).to_f64();
        let handling = weight(CostKey::Handling);
        let risk = weight(CostKey::RejectionRisk) * model.costs.reject_cost.0 as f64;
        let per_unit = desk.room.all_sources().map(|(sku, node)| {
            let (place, item) = (&wave.nodes[node], wave.node_item(node, sku));
            let minutes = item.minutes.to_f64() * place.minute_cost.0 as f64;
            let is_vendor = place.kind == NodeKind::Vendor;
            let purchase = if is_vendor { item.purchase_cost.0 } else { 0 };
            let opportunity = wave.stock_of(node, sku).map_or(0, |stock| stock.opportunity_cost.0);
            handling * ((place.unit_cost.0 + item.unit_cost.0) as f64 + minutes)
                + weight(CostKey::ItemPurchase) * purchase as f64
                + weight(CostKey::InventoryOpportunity) * opportunity as f64
        });
        let nodes = || wave.nodes.iter();
        Terms {
            per_unit: per_unit.collect(),
            per_line: nodes()
                .map(|node| handling * node.line_cost.0 as f64 + risk * node.reject_rate.to_f64())
                .collect(),
            per_shipment: nodes().map(|node| handling * node.shipment_cost.0 as f64).collect(),
        }
    }

    /// What the wanted lines cost from a node, the shipment aside; nothing where it lacks one.
    fn of_lines(&self, desk: &Desk<'_>, node: NodeId) -> Option<f64> {
        let wanted = desk.wanted.iter().map(|at| &desk.lines[*at]);
        let cost = wanted.map(|line| {
            let row = desk.room.source_at(line.sku, node)?;
            Some(self.per_unit[row as usize] * f64::from(line.quantity) + self.per_line[node])
        });
        cost.sum()
    }

    /// What serving the wanted lines from a node costs at least.
    fn floor(&self, desk: &Desk<'_>, node: NodeId, kg: Option<Decimal>) -> f64 {
        let Some(of_lines) = self.of_lines(desk, node) else { return f64::INFINITY };
        // What joining saves is not known without asking.
        if desk.made[..desk.made_count].iter().any(|made| made.node == node) {
            return f64::NEG_INFINITY;
        }
        of_lines + self.per_shipment[node] + kg.map_or(0.0, |kg| desk.freight_floor(node, None, kg))
    }

    /// What a placement costs; split cost aside, which no line has to itself.
    fn cost(&self, desk: &Desk<'_>, found: &Placement) -> Option<f64> {
        let (wave, model) = (desk.planner.wave, desk.planner.model);
        let weight = |key| model.weight(key).to_f64();
        let service = found.offer.map(|quote| quote.service);
        let tier = desk.planner.tier(found.node);
        let (mut tiers, mut changes) = (0.0, 0.0);
        for &at in &desk.wanted {
            let line = desk.lines[at].id;
            if !wave.commitments.is_empty()
                && change_applies(wave, line, found.node, service, found.ship_date)
            {
                changes += 1.0;
            }
            let escalated = match model.rules.escalate {
                Escalate::None => false,
                Escalate::Cost => true,
                Escalate::Deadline => {
                    tier > 1 && first_tier_on_time(desk.planner, desk.order, line) < tier
                }
            };
            if escalated {
                tiers += f64::from(tier - 1);
            }
        }
        let late = lateness_cost(wave, model, desk.order, found.late_days).0 as f64;
        let shipment = if found.joins.is_none() { self.per_shipment[found.node] } else { 0.0 };
        let cost = desk.freight_cost(found)
            + shipment
            + self.of_lines(desk, found.node)?
            + weight(CostKey::Tier) * tiers * model.rules.tier_cost.0 as f64
            + weight(CostKey::Lateness) * late * desk.wanted.len() as f64
            + weight(CostKey::Change) * changes * model.costs.change_cost.0 as f64;
        Some(cost)
    }
}

pub(super) fn serve(desk: &mut Desk<'_>, terms: &Terms) {
    desk.serve_order(&|desk| serve_wanted(desk, terms));
}

/// Serves the wanted lines by the cheapest placement, unless they are cheaper left open; over lanes
/// only where nobody serves them directly.
fn serve_wanted(desk: &mut Desk<'_>, terms: &Terms) -> bool {
    let contents = desk.wanted.iter().map(|at| desk.lines[*at].content());
    let kg = parcel_kg(desk.planner.wave, contents);
    for overload in [false, true] {
        if overload && !desk.room.has_overload {
            continue;
        }
        let pass = Pass { late: true, overload, by_cost: true, ring_fence: 0 };
        let mut best: Option<(f64, Placement)> = None;
        desk.rank_sources(&|desk, node| [terms.floor(desk, node, kg), 0.0]);
        while let Some(([floor, _], node)) = desk.next_ranked() {
            if best.as_ref().is_some_and(|(least, _)| floor > least + ROUNDING) {
                break;
            }
            let Some(found) = desk.find(node, pass) else { continue };
            let Some(cost) = terms.cost(desk, &found) else { continue };
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

/// What it costs to leave the wanted lines open.
fn open_cost(desk: &Desk<'_>) -> f64 {
    let (wave, model) = (desk.planner.wave, desk.planner.model);
    let lines = desk.wanted.iter().map(|at| &desk.lines[*at]);
    let cost = |id, units| {
        weighted_unfilled(wave, model, id, units) + weighted_open_change(wave, model, id)
    };
    lines.map(|line| cost(line.id, line.quantity).to_minor()).sum()
}
