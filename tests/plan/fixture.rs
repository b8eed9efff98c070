//! A small wave and a plan for it, both written out by hand.
//!
//! A distribution centre, a store, a vendor and a hub; six orders: one merged from two sources over
//! a lane, a pickup, a drop shipment beside an unfilled line, a backorder, a half-picked line, and
//! a kit. The customer is half a degree of longitude from centre and store.

use crate::common::{self, item, offer, ship};
use rustc_hash::FxHashMap;
use wavewright::domain::*;
use wavewright::ids::*;
use wavewright::time::{Day, Weekdays};
use wavewright::units::{Decimal, Length, Money, Rate};

pub const DC: NodeId = NodeId(0);
pub const STORE: NodeId = NodeId(1);
pub const VENDOR: NodeId = NodeId(2);
pub const HUB: NodeId = NodeId(3);
pub const A: SkuId = SkuId(0);
pub const B: SkuId = SkuId(1);
pub const C: SkuId = SkuId(2);
pub const D: SkuId = SkuId(3);
pub const GROUND: ServiceId = ServiceId(0);
pub const AIR: ServiceId = ServiceId(1);
pub const NEAR: ZoneId = ZoneId(0);
pub const FAR: ZoneId = ZoneId(1);
pub const STORE_TO_DC: LaneId = LaneId(0);
pub const DC_TO_STORE: LaneId = LaneId(1);
pub const STORE_TO_HUB: LaneId = LaneId(2);
pub const HUB_TO_DC: LaneId = LaneId(3);

/// The day so many days after Monday 23 November 2026.
pub fn day(after: i32) -> Day {
    Day(common::today().0 + after)
}

pub fn decimal(text: &str) -> Decimal {
    Decimal(wavewright::units::parse_fixed(text, Decimal::PLACES).unwrap())
}

fn nodes() -> IdVec<NodeId, Node> {
    let limited = NodeService { parcels_per_day: Some(3), ..offer(GROUND) };
    let dc = Node {
        shipment_cost: Money(100),
        line_cost: Money(20),
        unit_cost: Money(10),
        minute_cost: Money(6),
        open_cost: Money(500),
        capacities: vec![Capacity {
            date: None,
            unit: CapacityUnit::Units,
            capacity: decimal("4"),
            overload: decimal("2"),
            overload_cost: Money(30),
        }],
        services: vec![limited],
        ..common::node("DC", NodeKind::Dc, (0.0, 0.0))
    };
    let store = Node {
        shipment_cost: Money(50),
        unit_cost: Money(15),
        services: vec![offer(GROUND)],
        ..common::node("STORE", NodeKind::Store, (0.0, 1.0))
    };
    let vendor = Node {
        reject_rate: decimal("0.05"),
        unlimited_stock: true,
        services: vec![offer(AIR)],
        ..common::node("VENDOR", NodeKind::Vendor, (1.0, 0.0))
    };
    let hub =
        Node { services: vec![offer(GROUND)], ..common::node("HUB", NodeKind::Hub, (0.0, 0.5)) };
    vec![dc, store, vendor, hub].into()
}

fn items() -> IdVec<SkuId, Item> {
    let sides = [50, 40, 30].map(|cm| Some(Length(cm * Length::SCALE)));
    vec![
        item("A", decimal("0.1")),
        Item { sides, ..item("B", decimal("2")) },
        Item { ships_alone: true, ..item("C", decimal("25")) },
        item("D", decimal("1")),
    ]
    .into()
}

fn services() -> IdVec<ServiceId, Service> {
    let ground = Service {
        dim_divisor: Some(decimal("5000")),
        surcharge: decimal("0.1"),
        max_kg: Some(decimal("30")),
        operates: Weekdays::parse("mon-fri").unwrap(),
        kg_co2_per_parcel_km: 0.001,
        kg_co2_per_kg_km: 0.0002,
        ..common::service("ground")
    };
    vec![ground, common::service("air")].into()
}

fn rates() -> IdVec<RateCardId, RateCard> {
    let one = |kg: &str, price: i64, extra: i64| Break {
        up_to_kg: decimal(kg),
        price: Rate(price),
        extra_per_kg: Rate(extra),
    };
    let near = vec![
        one("0.3", 50_000, 0),
        one("1", 60_000, 0),
        one("10", 90_000, 0),
        one("20", 140_000, 7_500),
    ];
    let far = vec![one("1", 80_000, 0), one("20", 155_500, 12_500)];
    vec![RateCard { id: "rates".into(), zones: vec![near, far].into() }].into()
}

fn lane(from: NodeId, to: NodeId, transit_days: u32, operates: &str) -> Lane {
    Lane {
        transit_days,
        shipment_cost: Money(200),
        cost_per_kg: Money(35),
        operates: Weekdays::parse(operates).unwrap(),
        kg_co2_per_kg: 0.05,
        ..common::lane(from, to)
    }
}

fn stock(on_hand: u32, opportunity_cost: i64) -> Stock {
    Stock { on_hand, opportunity_cost: Money(opportunity_cost), ..Stock::default() }
}

fn order(id: &str, lines: std::ops::Range<u32>) -> Order {
    common::order(id, ship(0.0, 0.5, ""), lines)
}

fn orders() -> IdVec<OrderId, Order> {
    let mut merged = order("O1", 0..2);
    merged.deliver_by = Some(day(1));
    merged.weight = decimal("2");
    let pickup = common::order("O2", Journey::Pickup { node: STORE, radius_km: 0.0 }, 2..3);
    let mut kit = order("O6", 7..9);
    kit.ship_complete = true;
    vec![merged, pickup, order("O3", 3..5), order("O4", 5..6), order("O5", 6..7), kit].into()
}

fn lines() -> IdVec<LineId, OrderLine> {
    let line = |order: u32, line: &str, sku, quantity, price, kit: Option<&str>| OrderLine {
        unit_price: Money(price),
        together: kit.map(Into::into),
        ..common::line(OrderId(order), line, sku, quantity)
    };
    vec![
        line(0, "1", A, 3, 999, None),
        line(0, "2", B, 1, 4000, None),
        line(1, "1", A, 2, 999, None),
        line(2, "1", C, 2, 9000, None),
        line(2, "2", A, 4, 125, None),
        line(3, "1", D, 2, 500, None),
        line(4, "1", A, 2, 999, None),
        line(5, "1", A, 2, 999, Some("K")),
        line(5, "2", D, 1, 500, Some("K")),
    ]
    .into()
}

pub fn parts() -> WaveParts {
    let mut minutes = FxHashMap::default();
    let at_dc = NodeItem { minutes: decimal("1.5"), unit_cost: Money(5), ..NodeItem::default() };
    minutes.insert((DC, A), at_dc);
    minutes.insert((VENDOR, C), NodeItem { purchase_cost: Money(4000), ..NodeItem::default() });
    let backorder = Stock { inbound: vec![(day(2), 5)], ..Stock::default() };
    let dc_a = Stock { reserved: 1, safety_stock: 1, ..stock(10, 7) };
    let commitment = |level, node| common::commitment(LineId(6), node, 1, level);
    WaveParts {
        horizon_days: 7,
        nodes: nodes(),
        items: items(),
        node_items: minutes,
        stock: FxHashMap::from_iter([
            ((DC, A), dc_a),
            ((DC, D), backorder),
            ((STORE, A), stock(5, 0)),
            ((STORE, B), stock(2, -50)),
            ((VENDOR, C), stock(0, 0)),
        ]),
        zone_names: vec!["near".into(), "far".into()].into(),
        zone_tables: vec![ZoneTable::new(
            "zones",
            [
                ZoneRow::Band { max_km: 100.0, zone: NEAR, transit_days: 1 },
                ZoneRow::Band { max_km: 5000.0, zone: FAR, transit_days: 2 },
            ],
        )]
        .into(),
        rate_cards: rates(),
        services: services(),
        lanes: vec![
            lane(STORE, DC, 1, "mon-fri"),
            lane(DC, STORE, 1, "daily"),
            lane(STORE, HUB, 0, "daily"),
            lane(HUB, DC, 1, "daily"),
        ]
        .into(),
        orders: orders(),
        lines: lines(),
        commitments: vec![commitment(Level::Picked, STORE), commitment(Level::Planned, DC)],
        ..common::parts("hand")
    }
}

/// Every weight is 1 but that of carbon, which is a half.
pub fn model() -> Model {
    let plain = common::model("hand");
    let mut weights = plain.weights;
    weights[CostKey::Carbon as usize] = decimal("0.5");
    Model {
        weights,
        costs: ModelCosts {
            split_cost: Money(200),
            late_cost: Money(300),
            unfilled_cost: Money(1500),
            unfilled_value_share: decimal("0.3"),
            reject_cost: Money(400),
            carbon_price: Money(50),
            change_cost: Money(50),
        },
        rules: Rules {
            max_shipments: Some(4),
            tiers: vec![
                vec![NodeKind::Dc],
                vec![NodeKind::Store, NodeKind::ThirdParty],
                vec![NodeKind::Vendor],
            ],
            escalate: Escalate::Cost,
            tier_cost: Money(150),
            ..plain.rules
        },
        ..plain
    }
}
