//! The plan for the hand-made wave, every column worked out on paper.

use crate::fixture::*;
use std::collections::BTreeMap;
use wavewright::domain::{CapacityUnit, CostKey};
use wavewright::ids::*;
use wavewright::network::haversine_km;
use wavewright::plan::*;
use wavewright::solve::KnownPrices;
use wavewright::time::Day;
use wavewright::units::Money;

fn parcel(line: u32, quantity: u32, source: NodeId, ship: Day, delivery: Day) -> Assignment {
    Assignment {
        line: LineId(line),
        quantity,
        kind: AssignmentKind::Parcel,
        source,
        hops: Vec::new(),
        last_node: source,
        release_date: ship,
        service: Some(GROUND),
        ship_date: ship,
        delivery_date: delivery,
        days_late: 0,
        shipment: 0,
        tier: if source == DC { 1 } else { 2 },
    }
}

fn assignments() -> Vec<Assignment> {
    let backorder = AssignmentKind::Backorder;
    vec![
        parcel(0, 3, DC, day(0), day(1)),
        Assignment {
            kind: AssignmentKind::Transfer,
            hops: vec![Hop { lane: STORE_TO_DC, departs: day(0) }],
            last_node: DC,
            release_date: day(0),
            days_late: 1,
            shipment: 1,
            ..parcel(1, 1, STORE, day(1), day(2))
        },
        Assignment {
            kind: AssignmentKind::Pickup,
            service: None,
            shipment: 2,
            ..parcel(2, 2, STORE, day(0), day(0))
        },
        Assignment {
            kind: AssignmentKind::DropShip,
            service: Some(AIR),
            shipment: 3,
            tier: 3,
            ..parcel(3, 2, VENDOR, day(0), day(2))
        },
        Assignment { kind: backorder, shipment: 4, ..parcel(5, 2, DC, day(2), day(3)) },
        Assignment { shipment: 5, ..parcel(6, 2, STORE, day(0), day(1)) },
        Assignment { shipment: 6, ..parcel(7, 2, DC, day(2), day(3)) },
        Assignment { kind: backorder, shipment: 6, ..parcel(8, 1, DC, day(2), day(3)) },
    ]
}

/// A parcel to a customer half a degree of longitude away; emissions are 1 g a parcel and km and
/// 0.2 g a kg and km.
fn shipment(
    index: u32,
    order: u32,
    node: NodeId,
    ship: Day,
    kg: &str,
    cents: [i64; 2],
) -> Shipment {
    let km = haversine_km((0.0, if node == DC { 0.0 } else { 1.0 }), (0.0, 0.5));
    Shipment {
        id: format!("S{}", index + 1),
        order: OrderId(order),
        node,
        service: Some(GROUND),
        ship_date: ship,
        delivery_date: ship.plus(1),
        lines: 1,
        units: 2,
        parcels: 1,
        kg: decimal(kg),
        billable_kg: decimal(kg).to_f64(),
        zone: Some(NEAR),
        distance_km: Some(km),
        freight: Money(cents[0]),
        handling: Money(cents[1]),
        kg_co2: km * (0.001 + 0.0002 * decimal(kg).to_f64()),
    }
}

fn shipments() -> Vec<Shipment> {
    vec![
        // Three items of 0.1 kg meet the break at 0.3: 5.00 x 1.1. 1.00 + 0.20 + 3 x 0.15 for the
        // units + 4.5 minutes x 0.06.
        Shipment { units: 3, ..shipment(0, 0, DC, day(0), "0.3", [550, 192]) },
        // 60,000 cubic cm / 5,000 = 12 kg: 14.00 x 1.1.
        Shipment { units: 1, billable_kg: 12.0, ..shipment(1, 0, DC, day(1), "2", [1540, 130]) },
        Shipment {
            service: None,
            delivery_date: day(0),
            parcels: 0,
            billable_kg: 0.0,
            zone: None,
            distance_km: None,
            kg_co2: 0.0,
            ..shipment(2, 1, STORE, day(0), "0.2", [0, 80])
        },
        // Two parcels of 25 kg, each 15.55 and five kg above the last break at 1.25.
        Shipment {
            service: Some(AIR),
            delivery_date: day(2),
            parcels: 2,
            zone: Some(FAR),
            distance_km: Some(haversine_km((1.0, 0.0), (0.0, 0.5))),
            kg_co2: 0.0,
            ..shipment(3, 2, VENDOR, day(0), "50", [4360, 0])
        },
        shipment(4, 3, DC, day(2), "2", [990, 140]),
        shipment(5, 4, STORE, day(0), "0.2", [550, 80]),
        Shipment { lines: 2, units: 3, ..shipment(6, 5, DC, day(2), "1.2", [990, 198]) },
    ]
}

fn node_load() -> Vec<NodeLoad> {
    use CapacityUnit::{Lines, Minutes, Shipments, Units};
    let mut rows = Vec::new();
    let mut push = |node, date, unit, used| {
        let is_limited = node == DC && unit == Units;
        let overload = if is_limited && used == "5" { decimal("1") } else { decimal("0") };
        rows.push(NodeLoad {
            node,
            date,
            unit,
            used: decimal(used),
            capacity: is_limited.then(|| decimal("4")),
            overload,
            shadow_price: None,
        });
    };
    for (unit, used) in [(Units, "3"), (Lines, "1"), (Shipments, "1"), (Minutes, "4.5")] {
        push(DC, day(0), unit, used);
    }
    for (unit, used) in [(Units, "1"), (Lines, "1"), (Shipments, "1")] {
        push(DC, day(1), unit, used);
    }
    for (unit, used) in [(Units, "5"), (Lines, "3"), (Shipments, "2"), (Minutes, "3")] {
        push(DC, day(2), unit, used);
    }
    for after in 3..=7 {
        push(DC, day(after), Units, "0");
    }
    for (unit, used) in [(Units, "5"), (Lines, "3"), (Shipments, "3")] {
        push(STORE, day(0), unit, used);
    }
    for (unit, used) in [(Units, "2"), (Lines, "1"), (Shipments, "1")] {
        push(VENDOR, day(0), unit, used);
    }
    rows
}

/// What the plan costs by key, in cents.
pub const COSTS: [(CostKey, i64); 15] = [
    (CostKey::ParcelFreight, 8980), // 5.50 + 15.40 + 43.60 + 9.90 + 5.50 + 9.90
    (CostKey::TransferFreight, 270), // 2.00 + 2 kg x 0.35
    (CostKey::Handling, 885),       // 1.92 + 1.30 + 0.80 + 1.40 + 0.80 + 1.98, and the lane's 0.65
    (CostKey::ItemPurchase, 8000),  // 2 x 40.00
    (CostKey::InventoryOpportunity, -15), // 5 x 0.07 - 0.50
    (CostKey::RejectionRisk, 20),   // 5 % of 4.00
    (CostKey::Tier, 750),           // three parts of tier 2 and one of tier 3, at 1.50 a step
    (CostKey::Split, 200),          // O1 has two shipments
    (CostKey::Lateness, 600),       // one day x 3.00 x weight 2
    (CostKey::Unfilled, 6150),      // 4 x (15.00 + 0.3 x 1.25)
    (CostKey::Overload, 30),        // the fifth unit on Wednesday
    (CostKey::NodeOpening, 1500),   // the centre on three days
    (CostKey::Carbon, 22),          // parcels 3 + 4 + 4 + 3 + 3, lane 5
    (CostKey::Change, 50),          // O5's planned unit left the centre
    (CostKey::Returns, 0),
];

/// The sum of the costs, with half of those of carbon.
pub const OBJECTIVE: i64 = 27_431;

fn certificate() -> Certificate {
    let cost = COSTS.iter().map(|(key, cents)| (key.name().to_string(), *cents as f64 / 100.0));
    Certificate {
        wave: "hand".into(),
        currency: "USD".into(),
        objective: OBJECTIVE as f64 / 100.0,
        bound: Some(OBJECTIVE as f64 / 100.0),
        gap: Some(0.0),
        proof: Proof::Exact,
        scope: Scope::Whole,
        limits: BTreeMap::new(),
        status: Status::Optimal,
        stopped_by: StoppedBy::Gap,
        method: "exact".into(),
        method_reason: String::new(),
        cost: cost.collect(),
        model: serde_json::Value::Null,
        seconds: Default::default(),
        seed: 1,
        threads: 1,
        versions: BTreeMap::new(),
        inputs: BTreeMap::new(),
    }
}

pub fn plan() -> Plan {
    let stock =
        |node, sku, available, used| StockUse { node, sku, available, used, shadow_price: None };
    Plan {
        certificate: certificate(),
        assignments: assignments(),
        shipments: shipments(),
        transfers: vec![Transfer {
            id: "T1".into(),
            order: OrderId(0),
            lane: STORE_TO_DC,
            departs: day(0),
            arrives: day(1),
            lines: 1,
            units: 1,
            kg: decimal("2"),
            freight: Money(270),
            // 0.50 + 0.15 for the unit.
            handling: Money(65),
            kg_co2: 0.1,
        }],
        unfilled: vec![Unfilled {
            line: LineId(4),
            quantity: 4,
            reasons: vec![Reason::NotWorthIt],
            cheapest_fix: String::new(),
        }],
        node_load: node_load(),
        stock_use: vec![
            stock(DC, A, Some(8), 5),
            stock(DC, D, Some(5), 3),
            stock(STORE, A, Some(5), 4),
            stock(STORE, B, Some(2), 1),
            stock(VENDOR, C, None, 2),
        ],
        returns: Vec::new(),
        prices: KnownPrices::default(),
    }
}
