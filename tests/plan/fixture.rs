//! A small wave and a plan for it, both written out by hand.
//!
//! A distribution centre, a store, a vendor and a hub; six orders: one merged from two sources over
//! a lane, a pickup, a drop shipment beside an unfilled line, a backorder, a half-picked line, and
//! a kit. The customer is half a degree of longitude from centre and store.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
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
    let monday: Day = "2026-11-23".parse().unwrap();
    Day(monday.0 + after)
}

pub fn decimal(text: &str) -> Decimal {
    Decimal(wavewright::units::parse_fixed(text, Decimal::PLACES).unwrap())
}

fn node(id: &str, kind: NodeKind, latitude: f64, longitude: f64, services: &[ServiceId]) -> Node {
    let offer = |service: &ServiceId| NodeService { service: *service, parcels_per_day: None };
    Node {
        id: id.into(),
        kind,
        name: "".into(),
        latitude,
        longitude,
        country: "US".into(),
        postal_code: "".into(),
        time_zone: TimeZone::UTC,
        calendar: None,
        cutoff: Time::constant(23, 59, 0, 0),
        lead_days: 0,
        ships: true,
        pickup: kind == NodeKind::Store,
        accepts_returns: false,
        unlimited_stock: kind == NodeKind::Vendor,
        shipment_cost: Money::ZERO,
        line_cost: Money::ZERO,
        unit_cost: Money::ZERO,
        minute_cost: Money::ZERO,
        open_cost: Money::ZERO,
        reject_rate: Decimal::ZERO,
        tier: None,
        capacities: Vec::new(),
        services: services.iter().map(offer).collect(),
    }
}

fn nodes() -> IdVec<NodeId, Node> {
    let mut dc = node("DC", NodeKind::Dc, 0.0, 0.0, &[GROUND]);
    dc.services[0].parcels_per_day = Some(3);
    dc.shipment_cost = Money(100);
    dc.line_cost = Money(20);
    dc.unit_cost = Money(10);
    dc.minute_cost = Money(6);
    dc.open_cost = Money(500);
    dc.capacities.push(Capacity {
        date: None,
        unit: CapacityUnit::Units,
        capacity: decimal("4"),
        overload: decimal("2"),
        overload_cost: Money(30),
    });
    let mut store = node("STORE", NodeKind::Store, 0.0, 1.0, &[GROUND]);
    store.shipment_cost = Money(50);
    store.unit_cost = Money(15);
    let mut vendor = node("VENDOR", NodeKind::Vendor, 1.0, 0.0, &[AIR]);
    vendor.reject_rate = decimal("0.05");
    vec![dc, store, vendor, node("HUB", NodeKind::Hub, 0.0, 0.5, &[GROUND])].into()
}

fn item(sku: &str, kg: &str, sides: [Option<i64>; 3], ships_alone: bool) -> Item {
    Item {
        sku: sku.into(),
        name: "".into(),
        kg: decimal(kg),
        sides: sides.map(|side| side.map(|cm| Length(cm * Length::SCALE))),
        value: Money::ZERO,
        hazmat: false,
        ships_alone,
    }
}

fn service(id: &str, divisor: Option<&str>, surcharge: &str, operates: Weekdays) -> Service {
    Service {
        id: id.into(),
        carrier: "carrier".into(),
        zone_table: ZoneTableId(0),
        rate_card: RateCardId(0),
        dim_divisor: divisor.map(decimal),
        surcharge: decimal(surcharge),
        max_kg: divisor.map(|_| decimal("30")),
        max_length: None,
        hazmat: false,
        operates,
        kg_co2_per_parcel_km: if divisor.is_some() { 0.001 } else { 0.0 },
        kg_co2_per_kg_km: if divisor.is_some() { 0.0002 } else { 0.0 },
    }
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
        from,
        to,
        transit_days,
        shipment_cost: Money(200),
        cost_per_kg: Money(35),
        operates: Weekdays::parse(operates).unwrap(),
        kg_co2_per_kg: 0.05,
    }
}

fn stock(on_hand: u32, opportunity_cost: i64) -> Stock {
    Stock { on_hand, opportunity_cost: Money(opportunity_cost), ..Stock::default() }
}

fn order(id: &str, journey: Journey, lines: std::ops::Range<u32>) -> Order {
    Order {
        id: id.into(),
        placed_at: Timestamp::UNIX_EPOCH,
        journey,
        ship_by: None,
        deliver_by: None,
        deadline: None,
        weight: Decimal::ONE,
        channel: "".into(),
        customer_tier: "".into(),
        ship_complete: false,
        max_shipments: None,
        exchange_of: None,
        lines,
    }
}

fn customer() -> Journey {
    Journey::Ship(Place {
        latitude: 0.0,
        longitude: 0.5,
        country: "US".into(),
        postal_code: "".into(),
    })
}

fn orders() -> IdVec<OrderId, Order> {
    let mut merged = order("O1", customer(), 0..2);
    merged.deliver_by = Some(day(1));
    merged.weight = decimal("2");
    let pickup = order("O2", Journey::Pickup { node: STORE, radius_km: 0.0 }, 2..3);
    let mut kit = order("O6", customer(), 7..9);
    kit.ship_complete = true;
    vec![
        merged,
        pickup,
        order("O3", customer(), 3..5),
        order("O4", customer(), 5..6),
        order("O5", customer(), 6..7),
        kit,
    ]
    .into()
}

fn lines() -> IdVec<LineId, OrderLine> {
    let line = |order: u32, line: &str, sku, quantity, price, kit: Option<&str>| OrderLine {
        order: OrderId(order),
        line: line.into(),
        sku,
        quantity,
        unit_price: Money(price),
        together: kit.map(Into::into),
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

fn commitment(level: Level, node: NodeId) -> Commitment {
    Commitment {
        line: LineId(6),
        quantity: 1,
        node,
        service: Some(GROUND),
        ship_date: Some(day(0)),
        level,
        pinned: false,
    }
}

pub fn parts() -> WaveParts {
    let mut minutes = FxHashMap::default();
    let at_dc = NodeItem { minutes: decimal("1.5"), unit_cost: Money(5), ..NodeItem::default() };
    minutes.insert((DC, A), at_dc);
    minutes.insert((VENDOR, C), NodeItem { purchase_cost: Money(4000), ..NodeItem::default() });
    let backorder = Stock { inbound: vec![(day(2), 5)], ..Stock::default() };
    let dc_a = Stock { reserved: 1, safety_stock: 1, ..stock(10, 7) };
    let weekdays = Weekdays::parse("mon-fri").unwrap();
    WaveParts {
        name: "hand".into(),
        now: "2026-11-23T06:00:00+00:00[UTC]".parse().unwrap(),
        currency: "USD".into(),
        minor_digits: 2,
        horizon_days: 7,
        calendars: IdVec::new(),
        nodes: nodes(),
        items: vec![
            item("A", "0.1", [None; 3], false),
            item("B", "2", [Some(50), Some(40), Some(30)], false),
            item("C", "25", [None; 3], true),
            item("D", "1", [None; 3], false),
        ]
        .into(),
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
        services: vec![
            service("ground", Some("5000"), "0.1", weekdays),
            service("air", None, "0", Weekdays::DAILY),
        ]
        .into(),
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
        exclusions: Vec::new(),
        returns: IdVec::new(),
        order_extras: Vec::new(),
        line_extras: Vec::new(),
    }
}

/// Every weight is 1 but that of carbon, which is a half.
pub fn model() -> Model {
    let mut weights = [Decimal::ONE; CostKey::ALL.len()];
    weights[CostKey::Carbon as usize] = decimal("0.5");
    Model {
        name: "hand".into(),
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
            deadline: Deadline::Soft,
            split_lines: false,
            max_shipments: Some(4),
            max_distance_km: None,
            no_split_below: Money::ZERO,
            tiers: vec![
                vec![NodeKind::Dc],
                vec![NodeKind::Store, NodeKind::ThirdParty],
                vec![NodeKind::Vendor],
            ],
            escalate: Escalate::Cost,
            tier_cost: Money(150),
            max_lanes: 2,
        },
        returns: ReturnRules {
            restock_share_used: Decimal::ONE,
            restock_share_damaged: Decimal::ONE,
        },
        solve: SolveSettings {
            gap: 0.001,
            time_limit_s: 60.0,
            threads: 1,
            seed: 1,
            method: Method::Auto,
        },
    }
}
