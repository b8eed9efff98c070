//! What option building needs of the whole wave: routes, tiers and the stock that is really free.

use crate::domain::{CostKey, Journey, Model, NodeKind, Wave};
use crate::ids::{IdVec, LaneId, NodeId, OrderId, ReturnId, SkuId};
use crate::network::Routes;
use crate::options::{ReturnOption, ReturnOptions, frozen_parts};
use crate::time::Day;
use crate::units::Money;
use rustc_hash::FxHashMap;

/// Units of an item that may have left a node by a date, after what frozen commitments take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockProfile {
    /// From each day on, so many units in all; days and units both rise.
    steps: Vec<(Day, i64)>,
}

impl StockProfile {
    fn new(mut steps: Vec<(Day, i64)>) -> StockProfile {
        // What is released early must leave enough for every later date.
        let mut least = i64::MAX;
        for step in steps.iter_mut().rev() {
            least = least.min(step.1);
            step.1 = least;
        }
        // Of equal limits the last step says it for all; its day becomes that of the first.
        let mut merged: Vec<(Day, i64)> = Vec::with_capacity(steps.len());
        for step in steps {
            match merged.last() {
                Some(last) if last.1 == step.1 => {}
                _ => merged.push(step),
            }
        }
        StockProfile { steps: merged }
    }

    /// The steps: from each day on, so many units in all.
    pub fn steps(&self) -> &[(Day, i64)] {
        &self.steps
    }

    /// The step that a release on `day` falls into.
    pub fn step_at(&self, day: Day) -> usize {
        self.steps.partition_point(|(from, _)| *from <= day) - 1
    }

    /// The most units that can leave on `day`.
    pub fn available_on(&self, day: Day) -> i64 {
        self.steps[self.step_at(day)].1
    }
}

/// A wave and a model with what option building derives from both once.
#[derive(Debug)]
pub struct Planner<'a> {
    pub wave: &'a Wave,
    pub model: &'a Model,
    pub routes: Routes,
    tiers: IdVec<NodeId, u32>,
    /// Whether it can matter on which date a node releases, beyond how early it is.
    dates_matter: IdVec<NodeId, bool>,
    /// Whether goods that leave over a lane apart may cost less than together.
    splits_pay: IdVec<LaneId, bool>,
    stock: FxHashMap<(NodeId, SkuId), StockProfile>,
    returns: ReturnOptions,
}

/// Whether another departure over a lane may save more by rounding than it costs.
fn splits_pay(wave: &Wave, model: &Model, lane: LaneId) -> bool {
    let terms = &wave.lanes[lane];
    let source = &wave.nodes[terms.from];
    let cost = |key, amount: Money| model.weight(key).to_f64() * amount.0 as f64;
    let saved = |key, is_rounded: bool| {
        if is_rounded { model.weight(key).to_f64() } else { 0.0 }
    };
    let lane_cost = cost(CostKey::TransferFreight, terms.shipment_cost)
        - saved(CostKey::TransferFreight, terms.cost_per_kg.0 > 0)
        - saved(CostKey::Carbon, model.costs.carbon_price.0 > 0 && terms.kg_co2_per_kg > 0.0);
    let release_cost = cost(CostKey::Handling, source.shipment_cost)
        - saved(CostKey::Handling, source.minute_cost.0 > 0);
    lane_cost + release_cost.min(0.0) < 0.0
}

/// Before every date of a wave.
const ALWAYS: Day = Day(i32::MIN);

impl<'a> Planner<'a> {
    pub fn new(wave: &'a Wave, model: &'a Model) -> Planner<'a> {
        let dates_matter = wave
            .nodes
            .iter()
            .map(|node| {
                !node.capacities.is_empty()
                    || node.open_cost.0 > 0
                    || node.services.iter().any(|offer| offer.parcels_per_day.is_some())
            })
            .collect();
        let mut frozen: FxHashMap<(NodeId, SkuId), Vec<(Day, i64)>> = FxHashMap::default();
        if !wave.commitments.is_empty() {
            for order in wave.orders.ids() {
                for part in frozen_parts(wave, order) {
                    let uses = frozen.entry((part.source, wave.lines[part.line].sku)).or_default();
                    uses.push((part.ship_date, part.quantity as i64));
                }
            }
        }
        let stock = wave
            .stock
            .iter()
            .filter(|((node, _), _)| !wave.nodes[*node].unlimited_stock)
            .map(|(&key, stock)| {
                let uses = frozen.get(&key).map_or(&[][..], Vec::as_slice);
                let mut days: Vec<Day> = vec![ALWAYS];
                days.extend(stock.inbound.iter().map(|(day, _)| *day));
                days.extend(uses.iter().map(|(day, _)| *day));
                days.sort_unstable();
                days.dedup();
                let left = |day: Day| {
                    let taken: i64 =
                        uses.iter().filter(|(used, _)| *used <= day).map(|(_, units)| units).sum();
                    (stock.available_by(day) - taken).max(0)
                };
                (key, StockProfile::new(days.into_iter().map(|day| (day, left(day))).collect()))
            })
            .collect();
        Planner {
            wave,
            model,
            routes: Routes::new(wave, model.rules.max_lanes),
            tiers: wave.nodes.iter().map(|node| model.tier(node)).collect(),
            dates_matter,
            splits_pay: wave.lanes.ids().map(|lane| splits_pay(wave, model, lane)).collect(),
            stock,
            returns: ReturnOptions::new(wave, model),
        }
    }

    pub fn tier(&self, node: NodeId) -> u32 {
        self.tiers[node]
    }

    pub fn dates_matter(&self, node: NodeId) -> bool {
        self.dates_matter[node]
    }

    /// On how many days goods in so many parts may leave over a lane once they are there.
    pub fn days_worth(&self, lane: LaneId, parts: usize) -> usize {
        if self.splits_pay[lane] { parts } else { 1 }
    }

    /// The free stock of an item at a node; nothing where it is unlimited.
    pub fn stock(&self, node: NodeId, sku: SkuId) -> Option<&StockProfile> {
        self.stock.get(&(node, sku))
    }

    /// The returns that may be handed in where lines of an order are handed over.
    pub fn exchanges(&self, order: OrderId) -> &[ReturnId] {
        self.returns.exchanges(order)
    }

    /// The best that a return can do when the lines of its order are handed over at these nodes;
    /// nothing where no node can take it.
    pub fn best_return(
        &self,
        id: ReturnId,
        handovers: impl IntoIterator<Item = NodeId>,
    ) -> Option<ReturnOption> {
        self.returns.best(self.wave, self.model, id, handovers)
    }

    /// The nodes that may be the source of an item, by rising id.
    pub fn sources(&self, sku: SkuId) -> impl Iterator<Item = NodeId> + '_ {
        let nodes = self.wave.stocked_at(sku).iter().copied();
        nodes.filter(|&node| self.wave.nodes[node].kind != NodeKind::Hub)
    }

    /// Whether a node could hand over shipments of an order at all; what its lines allow aside.
    pub fn may_end_at(&self, order: OrderId, node: NodeId) -> bool {
        match self.wave.orders[order].journey {
            Journey::Ship(_) => self.wave.nodes[node].ships,
            Journey::Pickup { .. } => self.wave.nodes[node].pickup,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_releases_leave_enough_for_later_commitments() {
        let profile = StockProfile::new(vec![(ALWAYS, 5), (Day(3), 2), (Day(6), 7)]);
        assert_eq!(profile.available_on(Day(0)), 2);
        assert_eq!(profile.available_on(Day(5)), 2);
        assert_eq!(profile.available_on(Day(6)), 7);
        assert_eq!(profile.steps(), [(ALWAYS, 2), (Day(6), 7)]);
    }
}
