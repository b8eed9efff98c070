//! The oracle's plans before the verifier: two readings of the contract that share no code.

use crate::oracle::{self, LineOption, Optimum, Part};
use crate::random_wave::{Profile, Random, random_case};
use std::collections::BTreeMap;
use wavewright::domain::{Journey, Model, NodeKind, Wave};
use wavewright::ids::{LineId, OrderId};
use wavewright::plan::{
    Assignment, AssignmentKind, Certificate, Hop, Plan, Proof, Reason, Scope, Shipment, Status,
    StoppedBy, Unfilled,
};
use wavewright::solve::KnownPrices;
use wavewright::time::Day;
use wavewright::units::{Decimal, Money, Objective, Quantity};
use wavewright::verify::{ViolationKind, verify};

/// Decisions as a plan, without the tables that follow from them.
fn decisions(wave: &Wave, model: &Model, parts: &[Part]) -> Plan {
    let orders = std::iter::once(None).chain(wave.orders.ids().map(Some));
    let returns =
        orders.flat_map(|order| oracle::returns::planned(wave, model, order, parts.iter()));
    let returns = returns.map(|(row, _)| row).collect();
    let mut shipments: Vec<Shipment> = Vec::new();
    let mut assignments: Vec<Assignment> = Vec::new();
    let mut open: BTreeMap<LineId, Quantity> =
        wave.lines.enumerate().map(|(id, line)| (id, line.quantity)).collect();
    for part in parts {
        let option = &part.option;
        *open.entry(part.line).or_default() -= part.units;
        let same = |row: &&mut Assignment| {
            (row.line, row.source, row.service) == (part.line, option.source, option.service)
                && row.ship_date == option.ship_date
                && row.hops == option.hops
        };
        if let Some(row) = assignments.iter_mut().find(same) {
            row.quantity += part.units;
            continue;
        }
        let order = wave.lines[part.line].order;
        let key = (order, option.last_node, option.service, option.ship_date);
        let known = |row: &Shipment| (row.order, row.node, row.service, row.ship_date) == key;
        let shipment = shipments.iter().position(known).unwrap_or_else(|| {
            shipments.push(outline(order, option, shipments.len()));
            shipments.len() - 1
        });
        assignments.push(Assignment {
            line: part.line,
            quantity: part.units,
            kind: AssignmentKind::Parcel,
            source: option.source,
            hops: option.hops.clone(),
            last_node: option.last_node,
            release_date: option.release_date,
            service: option.service,
            ship_date: option.ship_date,
            delivery_date: option.delivery_date,
            days_late: option.late_days,
            shipment,
            tier: model.tier(&wave.nodes[option.source]),
        });
    }
    for row in &mut assignments {
        row.kind = kind(wave, row);
    }
    let unfilled = open.into_iter().filter(|(_, quantity)| *quantity > 0);
    let unfilled = unfilled.map(|(line, quantity)| {
        let reasons = vec![Reason::NotWorthIt];
        Unfilled { line, quantity, reasons, cheapest_fix: String::new() }
    });
    Plan {
        certificate: certificate(wave),
        assignments,
        shipments,
        transfers: Vec::new(),
        unfilled: unfilled.collect(),
        node_load: Vec::new(),
        stock_use: Vec::new(),
        returns,
        prices: KnownPrices::default(),
    }
}

/// A shipment with nothing but what names it.
fn outline(order: OrderId, option: &LineOption, index: usize) -> Shipment {
    Shipment {
        id: format!("S{index}"),
        order,
        node: option.last_node,
        service: option.service,
        ship_date: option.ship_date,
        delivery_date: option.delivery_date,
        lines: 0,
        units: 0,
        parcels: 0,
        kg: Decimal::ZERO,
        billable_kg: 0.0,
        zone: None,
        distance_km: None,
        freight: Money::ZERO,
        handling: Money::ZERO,
        kg_co2: 0.0,
    }
}

fn kind(wave: &Wave, row: &Assignment) -> AssignmentKind {
    let node = &wave.nodes[row.source];
    let stock = wave.stock_of(row.source, wave.lines[row.line].sku);
    let at_first = wave.window(row.source).first().map(|first| match stock {
        Some(_) if node.unlimited_stock => i64::MAX,
        Some(stock) => stock.available_by(*first),
        None => 0,
    });
    if !row.hops.is_empty() {
        AssignmentKind::Transfer
    } else if at_first.is_some_and(|units| units < i64::from(row.quantity)) {
        AssignmentKind::Backorder
    } else if node.kind == NodeKind::Vendor {
        AssignmentKind::DropShip
    } else if row.service.is_none() {
        AssignmentKind::Pickup
    } else {
        AssignmentKind::Parcel
    }
}

fn certificate(wave: &Wave) -> Certificate {
    Certificate {
        wave: wave.name.to_string(),
        currency: wave.currency.to_string(),
        objective: 0.0,
        bound: None,
        gap: None,
        proof: Proof::None,
        scope: Scope::Whole,
        limits: BTreeMap::new(),
        status: Status::Heuristic,
        stopped_by: StoppedBy::Finished,
        method: "oracle".into(),
        method_reason: String::new(),
        cost: BTreeMap::new(),
        model: serde_json::Value::Null,
        seconds: Default::default(),
        seed: 0,
        threads: 1,
        versions: BTreeMap::new(),
        inputs: BTreeMap::new(),
    }
}

/// What the tables and the certificate, which the oracle does not make, are found to lack.
const BESIDE_DECISIONS: [ViolationKind; 6] = [
    ViolationKind::ShipmentWrong,
    ViolationKind::TransferMissing,
    ViolationKind::NodeLoadMissing,
    ViolationKind::StockUseMissing,
    ViolationKind::CostWrong,
    ViolationKind::ObjectiveWrong,
];

/// Tests that the verifier finds the oracle's plans feasible and their costs the same.
#[test]
fn the_verifier_agrees_with_the_oracle() {
    for profile in Profile::ALL {
        for seed in 0..250 {
            let (wave, model) = random_case(seed, profile);
            let Ok(best) = oracle::solve(&wave, &model) else { continue };
            let found = verify(&wave, &model, &decisions(&wave, &model, &best.parts));
            let broken: Vec<String> = found
                .violations
                .iter()
                .filter(|violation| !BESIDE_DECISIONS.contains(&violation.kind))
                .map(|violation| violation.to_string())
                .collect();
            assert!(broken.is_empty(), "{profile:?} {seed}: {broken:#?}");
            for (key, amount) in best.costs.iter() {
                assert_eq!(found.costs[key], amount, "{profile:?} {seed}: {}", key.name());
            }
            assert_eq!(found.objective, best.objective, "{profile:?} {seed}");
        }
    }
}

/// What follows from an option, which a random plan does not work out.
const DERIVED: [ViolationKind; 2] =
    [ViolationKind::DeliveryDateWrong, ViolationKind::DaysLateWrong];

/// A random walk through the plans that the verifier accepts, mostly downhill.
struct Walk<'a> {
    wave: &'a Wave,
    model: &'a Model,
    rng: Random,
    parts: Vec<Part>,
    objective: Objective,
}

impl<'a> Walk<'a> {
    fn new(wave: &'a Wave, model: &'a Model, best: &Optimum, seed: u64) -> Walk<'a> {
        let parts = best.parts.iter().filter(|part| part.is_frozen).cloned().collect();
        let rng = Random::new(seed);
        let mut walk = Walk { wave, model, rng, parts, objective: Objective::ZERO };
        walk.objective = walk.accepted(&walk.parts).expect("nothing done is a plan");
        walk
    }

    /// The objective of a plan that the verifier finds feasible.
    fn accepted(&self, parts: &[Part]) -> Option<Objective> {
        let found = verify(self.wave, self.model, &decisions(self.wave, self.model, parts));
        let is_tolerated =
            |kind: ViolationKind| BESIDE_DECISIONS.contains(&kind) || DERIVED.contains(&kind);
        let is_feasible = found.violations.iter().all(|violation| is_tolerated(violation.kind));
        is_feasible.then_some(found.objective)
    }

    /// Serves one line of an order, or all of them, in another way; returns the new objective
    /// where the verifier accepts that.
    fn step(&mut self) -> Option<Objective> {
        let orders: Vec<OrderId> = self.wave.orders.ids().collect();
        let order = self.rng.pick(&orders);
        let mut lines: Vec<LineId> = self.wave.orders[order].line_ids().collect();
        if self.rng.chance(60) {
            lines = vec![self.rng.pick(&lines)];
        }
        let mut parts = self.parts.clone();
        let mut together: Option<LineOption> = None;
        for line in lines {
            parts.retain(|part| part.line != line || part.is_frozen);
            let taken: u32 = parts.iter().filter(|p| p.line == line).map(|part| part.units).sum();
            let mut open = self.wave.lines[line].quantity - taken;
            while open > 0 && self.rng.chance(80) {
                let mut option = self.option(line);
                if let Some(first) = together.as_ref().filter(|_| self.rng.chance(60)) {
                    option.service = first.service;
                    option.ship_date = first.ship_date;
                    if option.hops.is_empty() {
                        option.release_date = first.ship_date;
                    }
                }
                let divides = self.model.rules.split_lines && self.rng.chance(50);
                let units = if divides { self.rng.count(1, open) } else { open };
                open -= units;
                together.get_or_insert_with(|| option.clone());
                parts.push(Part { line, units, option, is_frozen: false });
            }
        }
        let objective = self.accepted(&parts)?;
        if objective <= self.objective || self.rng.chance(3) {
            self.parts = parts;
            self.objective = objective;
        }
        Some(objective)
    }

    /// Something that might serve a line.
    fn option(&mut self, line: LineId) -> LineOption {
        let (wave, today) = (self.wave, Day::from(self.wave.now.date()));
        let mut sources = wave.stocked_at(wave.lines[line].sku).to_vec();
        if sources.is_empty() || self.rng.chance(2) {
            sources = wave.nodes.ids().collect();
        }
        let source = self.rng.pick(&sources);
        let (mut last_node, mut hops, mut day) = (source, Vec::new(), today);
        while self.rng.chance(40) {
            let onward: Vec<_> =
                wave.lanes.enumerate().filter(|(_, lane)| lane.from == last_node).collect();
            if onward.is_empty() {
                break;
            }
            let (lane_id, lane) = self.rng.pick(&onward);
            day = day.plus(self.rng.pick(&[0, 0, 1, 2]));
            hops.push(Hop { lane: lane_id, departs: day });
            (last_node, day) = (lane.to, day.plus(lane.transit_days));
        }
        let ship_date = Day(day.0 + self.rng.pick(&[-1, 0, 0, 0, 1, 1, 2, 3]));
        let offered: Vec<_> = wave.nodes[last_node].services.iter().map(|o| o.service).collect();
        let is_ship = matches!(wave.orders[wave.lines[line].order].journey, Journey::Ship(_));
        let service = (is_ship && !offered.is_empty()).then(|| self.rng.pick(&offered));
        LineOption {
            source,
            release_date: hops.first().map_or(ship_date, |hop: &Hop| hop.departs),
            hops,
            last_node,
            service,
            ship_date,
            delivery_date: ship_date,
            late_days: 0,
            reach: None,
        }
    }
}

/// Tests that no plan that the verifier accepts costs less than the oracle's: that the oracle
/// overlooks nothing. The walks are good enough to find most optima themselves.
#[test]
fn no_verified_plan_costs_less() {
    let (mut walks, mut arrived) = (0, 0);
    for profile in Profile::ALL {
        for seed in 0..20 {
            let (wave, model) = random_case(seed, profile);
            let Ok(best) = oracle::solve(&wave, &model) else { continue };
            let mut walk = Walk::new(&wave, &model, &best, seed);
            let mut least = walk.objective;
            for _ in 0..400 {
                let Some(objective) = walk.step() else { continue };
                assert!(objective >= best.objective, "{profile:?} {seed}: {:#?}", walk.parts);
                least = least.min(objective);
            }
            walks += 1;
            arrived += u32::from(least == best.objective);
        }
    }
    assert!(arrived * 2 > walks, "{arrived} of {walks} walks arrive at the optimum");
}
