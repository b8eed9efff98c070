//! The terms of a line's way into a shipment.

use crate::domain::{CostKey, Escalate, NodeKind};
use crate::ids::{LineId, NodeId};
use crate::options::lines::{change_applies, lateness_cost};
use crate::options::{Group, OrderOptions, Planner, Way, frozen_late_days};
use crate::units::{Decimal, Money, Objective, round_half_up};

impl OrderOptions {
    /// The way of a line into a group, from the group's own node or over lanes from another.
    pub fn way(
        &self,
        planner: &Planner,
        group: &Group,
        line: usize,
        source: NodeId,
        is_moved: bool,
    ) -> Way {
        self.way_of(planner, group, self.own_terms(planner, line, source), is_moved)
    }

    /// The way into a group of a line with its own terms.
    pub fn way_of(&self, planner: &Planner, group: &Group, own: Way, is_moved: bool) -> Way {
        let (wave, model) = (planner.wave, planner.model);
        let line = self.lines[own.line].id;
        let weighted = |key, amount| Objective::weighted(model.weight(key), amount);
        let joins_own_part = !is_moved
            && group.joins.is_some_and(|index| {
                self.frozen[index].contents.iter().any(|content| content.line == line.0)
            });
        // Frozen units of the line go the same way: together they are one part, paid already.
        let part_cost = if joins_own_part { Objective::ZERO } else { own.part_cost };
        let lateness =
            weighted(CostKey::Lateness, self.extra_lateness(planner, line, group.late_days));
        let change = if change_applies(wave, line, own.source, group.service, group.ship_date) {
            weighted(CostKey::Change, model.costs.change_cost)
        } else {
            Objective::ZERO
        };
        Way { part_cost, lateness, change, ..own }
    }

    /// What a line pays for its source, whatever shipment it goes into.
    pub fn own_terms(&self, planner: &Planner, line: usize, source: NodeId) -> Way {
        let (wave, model) = (planner.wave, planner.model);
        let terms = &self.lines[line];
        let node = &wave.nodes[source];
        let weighted = |key, amount| Objective::weighted(model.weight(key), amount);
        let risk = node.reject_rate.0 as i128 * model.costs.reject_cost.0 as i128;
        let risk = Money(round_half_up(risk, Decimal::SCALE as i128));
        let mut part_cost = weighted(CostKey::RejectionRisk, risk);
        let tier = planner.tier(source);
        let escalated = match model.rules.escalate {
            Escalate::None => false,
            Escalate::Cost => true,
            Escalate::Deadline => self.first_tiers[line] < tier,
        };
        if escalated {
            part_cost += weighted(CostKey::Tier, model.rules.tier_cost * (tier as i64 - 1));
        }
        let purchase = if node.kind == NodeKind::Vendor {
            wave.node_item(source, terms.sku).purchase_cost
        } else {
            Money::ZERO
        };
        let stock = wave.stock_of(source, terms.sku);
        let opportunity = stock.map_or(Money::ZERO, |s| s.opportunity_cost);
        let unit_cost = weighted(CostKey::ItemPurchase, purchase)
            + weighted(CostKey::InventoryOpportunity, opportunity);
        let (lateness, change) = (Objective::ZERO, Objective::ZERO);
        Way { line, source, part_cost, lateness, change, unit_cost }
    }

    /// What the open units of a line add to the lateness of its frozen part.
    fn extra_lateness(&self, planner: &Planner, line: LineId, late_days: u32) -> Money {
        if late_days == 0 {
            return Money::ZERO;
        }
        let (wave, model) = (planner.wave, planner.model);
        let frozen = frozen_late_days(wave, self.order, line, &self.frozen);
        let cost = |days| lateness_cost(wave, model, self.order, days);
        cost(late_days.max(frozen)) - cost(frozen)
    }
}
