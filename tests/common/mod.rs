//! Plain parts of waves, for tests that build their waves by hand: everything costs nothing, is open
//! every day and is limited by nothing. Tests change what they are about.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use std::ops::Range;
use wavewright::domain::{
    Commitment, CostKey, Item, Journey, Lane, Level, Method, Model, ModelCosts, Node, NodeKind,
    NodeService, Order, OrderLine, Place, ReturnRules, Rules, Service, SolveSettings, WaveParts,
};
use wavewright::ids::{IdVec, LineId, NodeId, OrderId, RateCardId, ServiceId, SkuId, ZoneTableId};
use wavewright::time::{Day, Weekdays};
use wavewright::units::{Decimal, Money};

/// Monday 23 November 2026, the day of planning.
pub fn today() -> Day {
    "2026-11-23".parse().expect("a date")
}

pub fn node(id: &str, kind: NodeKind, (latitude, longitude): (f64, f64)) -> Node {
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
        unlimited_stock: false,
        shipment_cost: Money::ZERO,
        line_cost: Money::ZERO,
        unit_cost: Money::ZERO,
        minute_cost: Money::ZERO,
        open_cost: Money::ZERO,
        reject_rate: Decimal::ZERO,
        tier: None,
        capacities: Vec::new(),
        services: Vec::new(),
    }
}

/// What a node offers that hands a service as many parcels as it likes.
pub fn offer(service: ServiceId) -> NodeService {
    NodeService { service, parcels_per_day: None }
}

/// An item without sides.
pub fn item(sku: &str, kg: Decimal) -> Item {
    Item {
        sku: sku.into(),
        name: "".into(),
        kg,
        sides: [None; 3],
        value: Money::ZERO,
        hazmat: false,
        ships_alone: false,
    }
}

/// A service by the first zone table and the first rate card.
pub fn service(id: &str) -> Service {
    Service {
        id: id.into(),
        carrier: "carrier".into(),
        zone_table: ZoneTableId(0),
        rate_card: RateCardId(0),
        dim_divisor: None,
        surcharge: Decimal::ZERO,
        max_kg: None,
        max_length: None,
        hazmat: false,
        operates: Weekdays::DAILY,
        kg_co2_per_parcel_km: 0.0,
        kg_co2_per_kg_km: 0.0,
    }
}

/// A lane of the same day.
pub fn lane(from: NodeId, to: NodeId) -> Lane {
    Lane {
        from,
        to,
        transit_days: 0,
        shipment_cost: Money::ZERO,
        cost_per_kg: Money::ZERO,
        operates: Weekdays::DAILY,
        kg_co2_per_kg: 0.0,
    }
}

/// A parcel to a place.
pub fn ship(latitude: f64, longitude: f64, postal_code: &str) -> Journey {
    let (country, postal_code) = ("US".into(), postal_code.into());
    Journey::Ship(Place { latitude, longitude, country, postal_code })
}

pub fn order(id: &str, journey: Journey, lines: Range<u32>) -> Order {
    Order {
        id: id.into(),
        placed_at: jiff::Timestamp::UNIX_EPOCH,
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

pub fn line(order: OrderId, line: &str, sku: SkuId, quantity: u32) -> OrderLine {
    let line = line.into();
    OrderLine { order, line, sku, quantity, unit_price: Money::ZERO, together: None }
}

/// A decision about units of a line to leave a node today by the first service.
pub fn commitment(line: LineId, node: NodeId, quantity: u32, level: Level) -> Commitment {
    Commitment {
        line,
        quantity,
        node,
        service: Some(ServiceId(0)),
        ship_date: Some(today()),
        level,
        pinned: false,
    }
}

/// A wave of nothing, planned at six o'clock for today only.
pub fn parts(name: &str) -> WaveParts {
    WaveParts {
        name: name.into(),
        now: "2026-11-23T06:00:00+00:00[UTC]".parse().expect("an instant"),
        currency: "USD".into(),
        minor_digits: 2,
        horizon_days: 0,
        calendars: IdVec::new(),
        nodes: IdVec::new(),
        items: IdVec::new(),
        node_items: Default::default(),
        stock: Default::default(),
        zone_names: IdVec::new(),
        zone_tables: IdVec::new(),
        rate_cards: IdVec::new(),
        services: IdVec::new(),
        lanes: IdVec::new(),
        orders: IdVec::new(),
        lines: IdVec::new(),
        commitments: Vec::new(),
        exclusions: Vec::new(),
        returns: IdVec::new(),
        order_extras: Vec::new(),
        line_extras: Vec::new(),
    }
}

/// No costs and no rules; every weight is 1.
pub fn model(name: &str) -> Model {
    Model {
        name: name.into(),
        weights: CostKey::ALL.map(|_| Decimal::ONE),
        costs: ModelCosts::default(),
        rules: Rules::default(),
        returns: ReturnRules::default(),
        solve: SolveSettings {
            gap: 0.0,
            time_limit_s: 60.0,
            threads: 1,
            seed: 1,
            method: Method::Auto,
        },
    }
}
