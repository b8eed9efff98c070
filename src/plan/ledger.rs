//! The cost ledger: decisions become the tables of a plan, with every cost recomputed from the
//! domain.

use crate::domain::{CapacityUnit, CostKey, Costs, Escalate, Model, NodeKind, Wave};
use crate::ids::{IdVec, LaneId, NodeId, OrderId, ServiceId, SkuId};
use crate::options::{
    Content, Decision, Planner, carbon, first_tier_on_time, freight, handling, lateness_cost,
    offered_zone, shipment_co2, transfer_co2, transfer_freight, unfilled_cost, weight, work,
};
use crate::plan::changed::changed_among;
use crate::plan::returns::planned_returns;
use crate::plan::{
    Assignment, AssignmentKind, NodeLoad, PlannedReturn, Shipment, StockUse, Transfer, Unfilled,
};
use crate::time::Day;
use crate::units::{Decimal, Money, Objective, round_half_up};
use std::collections::BTreeMap;

/// The tables that decisions make up, and their costs.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub assignments: Vec<Assignment>,
    pub shipments: Vec<Shipment>,
    pub transfers: Vec<Transfer>,
    /// Without reasons.
    pub unfilled: Vec<Unfilled>,
    /// Without shadow prices.
    pub node_load: Vec<NodeLoad>,
    /// Without shadow prices.
    pub stock_use: Vec<StockUse>,
    pub returns: Vec<PlannedReturn>,
    pub costs: Costs,
    /// The part of the costs that belongs to one order: all but overload, opening and the returns
    /// without an order.
    pub order_costs: IdVec<OrderId, Costs>,
}

type ShipmentKey = (OrderId, Day, NodeId, Option<ServiceId>);
type TransferKey = (OrderId, Day, LaneId);

impl Ledger {
    /// Writes up decisions, frozen commitments included; two of one line by the same option are
    /// added up.
    pub fn new(planner: &Planner, mut decisions: Vec<Decision>) -> Ledger {
        decisions.sort();
        let mut merged: Vec<Decision> = Vec::with_capacity(decisions.len());
        for decision in decisions {
            match merged.last_mut().filter(|last| last.same_option(&decision)) {
                Some(last) => last.quantity += decision.quantity,
                None => merged.push(decision),
            }
        }
        let mut writer = Writer {
            planner,
            wave: planner.wave,
            model: planner.model,
            costs: Costs::default(),
            order_costs: planner.wave.orders.iter().map(|_| Costs::default()).collect(),
            loads: BTreeMap::new(),
            opened: BTreeMap::new(),
        };
        let (shipments, index) = writer.shipments(&merged);
        let transfers = writer.transfers(&merged);
        let assignments = writer.assignments(&merged, &shipments, &index);
        let unfilled = writer.unfilled(&assignments);
        writer.order_terms(&assignments, &shipments, &unfilled);
        let node_load = writer.node_load();
        let stock_use = writer.stock_use(&assignments);
        let returns = writer.returns(&shipments);
        Ledger {
            assignments,
            shipments,
            transfers,
            unfilled,
            node_load,
            stock_use,
            returns,
            costs: writer.costs,
            order_costs: writer.order_costs,
        }
    }

    pub fn objective(&self, model: &Model) -> Objective {
        self.costs.objective(model)
    }
}

struct Writer<'a> {
    planner: &'a Planner<'a>,
    wave: &'a Wave,
    model: &'a Model,
    costs: Costs,
    order_costs: IdVec<OrderId, Costs>,
    /// Work by node, date and unit.
    loads: BTreeMap<(NodeId, Day, CapacityUnit), Decimal>,
    opened: BTreeMap<(NodeId, Day), ()>,
}

impl Writer<'_> {
    fn returns(&mut self, shipments: &[Shipment]) -> Vec<PlannedReturn> {
        let planned = planned_returns(self.planner, shipments);
        for (row, cost) in &planned {
            match self.wave.returns[row.id].order {
                Some(order) => self.add(order, CostKey::Returns, *cost),
                None => self.costs[CostKey::Returns] += *cost,
            }
        }
        planned.into_iter().map(|(row, _)| row).collect()
    }

    /// Adds to a cost of an order.
    fn add(&mut self, order: OrderId, key: CostKey, amount: Money) {
        self.costs[key] += amount;
        self.order_costs[order][key] += amount;
    }

    /// Books the work of a release.
    fn release(&mut self, node: NodeId, day: Day, contents: &[Content]) {
        for (unit, used) in work(self.wave, node, contents).uses() {
            *self.loads.entry((node, day, unit)).or_default() += used;
        }
        self.opened.insert((node, day), ());
    }

    fn content(&self, decision: &Decision) -> Content {
        let sku = self.wave.lines[decision.line].sku;
        Content { line: decision.line.0, sku, quantity: decision.quantity }
    }

    fn shipments(
        &mut self,
        decisions: &[Decision],
    ) -> (Vec<Shipment>, BTreeMap<ShipmentKey, usize>) {
        let wave = self.wave;
        let mut contents: BTreeMap<ShipmentKey, Vec<Content>> = BTreeMap::new();
        for decision in decisions {
            let order = wave.lines[decision.line].order;
            let key = (order, decision.ship_date, decision.node, decision.service);
            contents.entry(key).or_default().push(self.content(decision));
        }
        let mut shipments: Vec<Shipment> = Vec::with_capacity(contents.len());
        let mut index = BTreeMap::new();
        let mut number = 0;
        for (key @ (order, ship_date, node, service), contents) in contents {
            number = match shipments.last() {
                Some(last) if last.order == order => number + 1,
                _ => 1,
            };
            let handled = handling(wave, node, &contents);
            let kg = weight(wave, &contents);
            let work = work(wave, node, &contents);
            self.add(order, CostKey::Handling, handled);
            self.release(node, ship_date, &contents);
            let mut shipment = Shipment {
                id: format!("{}-S{number}", wave.orders[order].id),
                order,
                node,
                service,
                ship_date,
                delivery_date: ship_date,
                lines: work.lines,
                units: work.units,
                parcels: 0,
                kg,
                billable_kg: 0.0,
                zone: None,
                distance_km: None,
                freight: Money::ZERO,
                handling: handled,
                kg_co2: 0.0,
            };
            let offered = service.and_then(|s| offered_zone(wave, order, node, s));
            if let Some((service, (zone, km))) = service.zip(offered) {
                let terms = &wave.services[service];
                let priced = freight(wave, service, zone.zone, &contents).unwrap_or_default();
                shipment.delivery_date = terms.delivery_date(ship_date, zone.transit_days);
                shipment.parcels = priced.parcels;
                shipment.billable_kg = priced.billable_kg;
                shipment.zone = Some(zone.zone);
                shipment.distance_km = Some(km);
                shipment.freight = priced.amount;
                shipment.kg_co2 = shipment_co2(terms, km, priced.parcels, kg);
                self.add(order, CostKey::ParcelFreight, priced.amount);
                let price = self.model.costs.carbon_price;
                self.add(order, CostKey::Carbon, carbon(shipment.kg_co2, price));
            }
            index.insert(key, shipments.len());
            shipments.push(shipment);
        }
        (shipments, index)
    }

    fn transfers(&mut self, decisions: &[Decision]) -> Vec<Transfer> {
        let wave = self.wave;
        // What moves over a lane, and the part of it that has its source at the lane's start.
        let mut moves: BTreeMap<TransferKey, (Vec<Content>, Vec<Content>)> = BTreeMap::new();
        for decision in decisions {
            let order = wave.lines[decision.line].order;
            let content = self.content(decision);
            for (position, hop) in decision.hops.iter().enumerate() {
                let (moved, released) = moves.entry((order, hop.departs, hop.lane)).or_default();
                moved.push(content);
                if position == 0 {
                    released.push(content);
                }
            }
        }
        let mut transfers: Vec<Transfer> = Vec::with_capacity(moves.len());
        let mut number = 0;
        for ((order, departs, lane), (moved, released)) in moves {
            number = match transfers.last() {
                Some(last) if last.order == order => number + 1,
                _ => 1,
            };
            let terms = &wave.lanes[lane];
            let kg = weight(wave, &moved);
            let work = work(wave, terms.from, &moved);
            let amount = transfer_freight(terms, kg);
            let kg_co2 = transfer_co2(terms, kg);
            let handled = if released.is_empty() {
                Money::ZERO
            } else {
                self.release(terms.from, departs, &released);
                handling(wave, terms.from, &released)
            };
            self.add(order, CostKey::TransferFreight, amount);
            self.add(order, CostKey::Handling, handled);
            self.add(order, CostKey::Carbon, carbon(kg_co2, self.model.costs.carbon_price));
            transfers.push(Transfer {
                id: format!("{}-T{number}", wave.orders[order].id),
                order,
                lane,
                departs,
                arrives: departs.plus(terms.transit_days),
                lines: work.lines,
                units: work.units,
                kg,
                freight: amount,
                handling: handled,
                kg_co2,
            });
        }
        transfers
    }

    fn assignments(
        &mut self,
        decisions: &[Decision],
        shipments: &[Shipment],
        index: &BTreeMap<ShipmentKey, usize>,
    ) -> Vec<Assignment> {
        let wave = self.wave;
        let mut assignments = Vec::with_capacity(decisions.len());
        for decision in decisions {
            let line = &wave.lines[decision.line];
            let shipment =
                index[&(line.order, decision.ship_date, decision.node, decision.service)];
            let delivery_date = shipments[shipment].delivery_date;
            let tier = self.planner.tier(decision.source);
            self.part_terms(decision, line.order, line.sku, tier);
            assignments.push(Assignment {
                line: decision.line,
                quantity: decision.quantity,
                kind: self.kind(decision, line.sku),
                source: decision.source,
                hops: decision.hops.clone(),
                last_node: decision.node,
                release_date: decision.release_date(),
                service: decision.service,
                ship_date: decision.ship_date,
                delivery_date,
                days_late: wave.late_days(line.order, decision.ship_date, delivery_date),
                shipment,
                tier,
            });
        }
        assignments
    }

    /// Purchase, opportunity, rejection and tier of a part of a line.
    fn part_terms(&mut self, decision: &Decision, order: OrderId, sku: SkuId, tier: u32) {
        let (wave, model) = (self.wave, self.model);
        let source = &wave.nodes[decision.source];
        let units = decision.quantity as i64;
        if source.kind == NodeKind::Vendor {
            let price = wave.node_item(decision.source, sku).purchase_cost;
            self.add(order, CostKey::ItemPurchase, price * units);
        }
        if let Some(stock) = wave.stock_of(decision.source, sku) {
            self.add(order, CostKey::InventoryOpportunity, stock.opportunity_cost * units);
        }
        let risk = source.reject_rate.0 as i128 * model.costs.reject_cost.0 as i128;
        let risk = Money(round_half_up(risk, Decimal::SCALE as i128));
        self.add(order, CostKey::RejectionRisk, risk);
        let escalated = tier > 1
            && match model.rules.escalate {
                Escalate::None => false,
                Escalate::Cost => true,
                Escalate::Deadline => first_tier_on_time(self.planner, order, decision.line) < tier,
            };
        if escalated {
            self.add(order, CostKey::Tier, model.rules.tier_cost * (tier as i64 - 1));
        }
    }

    fn kind(&self, decision: &Decision, sku: SkuId) -> AssignmentKind {
        let wave = self.wave;
        let source = &wave.nodes[decision.source];
        if !decision.hops.is_empty() {
            return AssignmentKind::Transfer;
        }
        let stock = wave.stock_of(decision.source, sku);
        let had_too_little = wave.window(decision.source).first().is_some_and(|first| {
            stock.map_or(0, |stock| stock.available_by(*first)) < decision.quantity as i64
        });
        let is_unlimited = source.unlimited_stock && stock.is_some();
        if had_too_little && !is_unlimited {
            AssignmentKind::Backorder
        } else if source.kind == NodeKind::Vendor {
            AssignmentKind::DropShip
        } else if decision.service.is_none() {
            AssignmentKind::Pickup
        } else {
            AssignmentKind::Parcel
        }
    }

    fn unfilled(&mut self, assignments: &[Assignment]) -> Vec<Unfilled> {
        let wave = self.wave;
        let mut filled: Vec<u32> = vec![0; wave.lines.len()];
        for assignment in assignments {
            filled[assignment.line.0 as usize] += assignment.quantity;
        }
        let mut unfilled = Vec::new();
        for (line, terms) in wave.lines.enumerate() {
            let open = terms.quantity.saturating_sub(filled[line.0 as usize]);
            if open > 0 {
                let amount = unfilled_cost(wave, self.model, line, open);
                self.add(terms.order, CostKey::Unfilled, amount);
                unfilled.push(Unfilled {
                    line,
                    quantity: open,
                    reasons: Vec::new(),
                    cheapest_fix: String::new(),
                });
            }
        }
        unfilled
    }

    /// Split, lateness and change: the terms that look at a whole order or line.
    fn order_terms(
        &mut self,
        assignments: &[Assignment],
        shipments: &[Shipment],
        unfilled: &[Unfilled],
    ) {
        let (wave, model) = (self.wave, self.model);
        for of_order in shipments.chunk_by(|a, b| a.order == b.order) {
            let more = of_order.len() as i64 - 1;
            self.add(of_order[0].order, CostKey::Split, model.costs.split_cost * more);
        }
        for of_line in assignments.chunk_by(|a, b| a.line == b.line) {
            let order = wave.lines[of_line[0].line].order;
            let days = of_line.iter().map(|a| a.days_late).max().unwrap_or(0);
            self.add(order, CostKey::Lateness, lateness_cost(wave, model, order, days));
        }
        for line in changed_among(self.wave, assignments, unfilled) {
            self.add(wave.lines[line].order, CostKey::Change, model.costs.change_cost);
        }
    }

    /// Loads with their overload, and the cost of overload and of opening nodes.
    fn node_load(&mut self) -> Vec<NodeLoad> {
        let wave = self.wave;
        for &(node, _) in self.opened.keys() {
            self.costs[CostKey::NodeOpening] += wave.nodes[node].open_cost;
        }
        let mut rows: BTreeMap<(NodeId, Day, CapacityUnit), NodeLoad> = BTreeMap::new();
        let mut days: Vec<(NodeId, Day)> = self.opened.keys().copied().collect();
        for node in wave.nodes.ids().filter(|node| !wave.nodes[*node].capacities.is_empty()) {
            days.extend(wave.window(node).iter().map(|day| (node, *day)));
            let dated = wave.nodes[node].capacities.iter().filter_map(|row| row.date);
            days.extend(dated.map(|day| (node, day)));
        }
        days.sort_unstable();
        days.dedup();
        for (node, date) in days {
            let limits: Vec<_> = wave.capacities_on(node, date).copied().collect();
            for unit in CapacityUnit::ALL {
                let limit = limits.iter().find(|limit| limit.unit == unit);
                let used = self.loads.get(&(node, date, unit)).copied().unwrap_or_default();
                if limit.is_none() && used == Decimal::ZERO {
                    continue;
                }
                let overload = limit.map_or(Decimal::ZERO, |limit| {
                    (used - limit.capacity).max(Decimal::ZERO).min(limit.overload)
                });
                if let Some(limit) = limit {
                    let amount = overload.0 as i128 * limit.overload_cost.0 as i128;
                    self.costs[CostKey::Overload] +=
                        Money(round_half_up(amount, Decimal::SCALE as i128));
                }
                let capacity = limit.map(|limit| limit.capacity);
                let load =
                    NodeLoad { node, date, unit, used, capacity, overload, shadow_price: None };
                rows.insert((node, date, unit), load);
            }
        }
        rows.into_values().collect()
    }

    fn stock_use(&self, assignments: &[Assignment]) -> Vec<StockUse> {
        let wave = self.wave;
        let mut used: BTreeMap<(NodeId, SkuId), i64> = BTreeMap::new();
        for a in assignments {
            *used.entry((a.source, wave.lines[a.line].sku)).or_default() += a.quantity as i64;
        }
        used.into_iter()
            .map(|((node, sku), used)| {
                let stock = wave.stock_of(node, sku);
                let available = match stock {
                    Some(_) if wave.nodes[node].unlimited_stock => None,
                    Some(stock) => Some(stock.available_by(wave.horizon_end(node))),
                    None => Some(0),
                };
                StockUse { node, sku, available, used, shadow_price: None }
            })
            .collect()
    }
}
