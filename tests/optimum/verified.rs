//! The oracle's plans before the verifier: two readings of the contract that share no code.

use crate::oracle::{self, Optimum};
use crate::random_wave::{Profile, random_case};
use std::collections::BTreeMap;
use wavewright::domain::{Model, NodeKind, Wave};
use wavewright::ids::{LineId, OrderId};
use wavewright::plan::{
    Assignment, AssignmentKind, Certificate, Plan, Proof, Reason, Scope, Shipment, Status,
    StoppedBy, Unfilled,
};
use wavewright::units::{Decimal, Money, Quantity};
use wavewright::verify::{ViolationKind, verify};

/// The decisions of an optimum as a plan, without the tables that follow from them.
fn decisions(wave: &Wave, model: &Model, best: &Optimum) -> Plan {
    let mut shipments: Vec<Shipment> = Vec::new();
    let mut assignments: Vec<Assignment> = Vec::new();
    let mut open: BTreeMap<LineId, Quantity> =
        wave.lines.enumerate().map(|(id, line)| (id, line.quantity)).collect();
    for part in &best.parts {
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
        returns: Vec::new(),
    }
}

/// A shipment with nothing but what names it.
fn outline(order: OrderId, option: &oracle::LineOption, index: usize) -> Shipment {
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
        seconds: BTreeMap::new(),
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
            let found = verify(&wave, &model, &decisions(&wave, &model, &best));
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
