//! Tiny waves drawn by hand: one parcel service, prices by pairs of postal codes, no costs but
//! those that a test adds.

use crate::oracle::{self, Optimum, Part};
use jiff::civil::time;
use jiff::tz::TimeZone;
use wavewright::domain::{
    Break, CostKey, Deadline, Escalate, Item, Journey, Lane, Level, Method, Model, ModelCosts,
    Node, NodeKind, NodeService, Order, OrderLine, Place, RateCard, ReturnRules, Rules, Service,
    SolveSettings, Stock, Wave, WaveParts, ZoneRow, ZoneTable,
};
use wavewright::domain::{Commitment, Costs};
use wavewright::ids::{
    IdVec, LaneId, LineId, NodeId, OrderId, RateCardId, ServiceId, SkuId, ZoneId, ZoneTableId,
};
use wavewright::time::{Day, Weekdays};
use wavewright::units::{Decimal, Money, Rate};

pub const PARCEL: ServiceId = ServiceId(0);

/// What a unit costs that stays open.
pub const OPEN: i64 = 10_000;

/// Monday 23 November 2026, the day of planning.
pub fn today() -> Day {
    "2026-11-23".parse().expect("a date")
}

/// A wave and a model in the making.
pub struct Sketch {
    pub parts: WaveParts,
    pub model: Model,
    rows: Vec<ZoneRow>,
    zones: Vec<Vec<Break>>,
}

impl Sketch {
    pub fn new() -> Sketch {
        let service = Service {
            id: "parcel".into(),
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
        };
        Sketch { parts: parts(service), model: model(), rows: Vec::new(), zones: Vec::new() }
    }

    /// A DC that is open every day; its postal code is one letter.
    pub fn node(&mut self, postal_code: &str) -> NodeId {
        self.parts.nodes.push(Node {
            id: postal_code.into(),
            kind: NodeKind::Dc,
            name: "".into(),
            latitude: 40.0,
            longitude: -80.0,
            country: "US".into(),
            postal_code: postal_code.into(),
            time_zone: TimeZone::UTC,
            calendar: None,
            cutoff: time(23, 59, 0, 0),
            lead_days: 0,
            ships: true,
            pickup: false,
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
            services: vec![NodeService { service: PARCEL, parcels_per_day: None }],
        })
    }

    /// An item of so many grams without sides.
    pub fn item(&mut self, grams: i64) -> SkuId {
        self.parts.items.push(Item {
            sku: "item".into(),
            name: "".into(),
            kg: kg(grams),
            sides: [None; 3],
            value: Money::ZERO,
            hazmat: false,
            ships_alone: false,
        })
    }

    pub fn stock(&mut self, node: NodeId, sku: SkuId, on_hand: u32) -> &mut Stock {
        let row = self.parts.stock.entry((node, sku)).or_default();
        row.on_hand = on_hand;
        row
    }

    /// What parcels cost from one postal code to another, by (grams, cents); a day in transit.
    pub fn price(&mut self, from: &str, to: &str, breaks: &[(i64, i64)]) {
        let zone = self.parts.zone_names.push(format!("{from}{to}").into());
        let row = |&(grams, cents): &(i64, i64)| Break {
            up_to_kg: kg(grams),
            price: Rate(cents * 100),
            extra_per_kg: Rate(0),
        };
        self.zones.push(breaks.iter().map(row).collect());
        let (origin, destination) = (from.into(), to.into());
        self.rows.push(ZoneRow::Prefix { origin, destination, zone, transit_days: 1 });
    }

    /// One price whatever the weight.
    pub fn flat(&mut self, from: &str, to: &str, cents: i64) {
        self.price(from, to, &[(1_000_000, cents)]);
    }

    /// An order of (item, units) lines to a postal code.
    pub fn order(&mut self, postal_code: &str, lines: &[(SkuId, u32)]) -> OrderId {
        let place = Place {
            latitude: 40.0,
            longitude: -80.0,
            country: "US".into(),
            postal_code: postal_code.into(),
        };
        let first = self.parts.lines.len() as u32;
        let order = self.parts.orders.push(Order {
            id: "order".into(),
            placed_at: self.parts.now.timestamp(),
            journey: Journey::Ship(place),
            ship_by: None,
            deliver_by: None,
            deadline: None,
            weight: Decimal::ONE,
            channel: "".into(),
            customer_tier: "".into(),
            ship_complete: false,
            max_shipments: None,
            exchange_of: None,
            lines: first..first + lines.len() as u32,
        });
        for &(sku, quantity) in lines {
            self.parts.lines.push(OrderLine {
                order,
                line: "line".into(),
                sku,
                quantity,
                unit_price: Money::ZERO,
                together: None,
            });
        }
        order
    }

    /// A lane of the same day.
    pub fn lane(&mut self, from: NodeId, to: NodeId, shipment_cost: i64) -> LaneId {
        self.parts.lanes.push(Lane {
            from,
            to,
            transit_days: 0,
            shipment_cost: Money(shipment_cost),
            cost_per_kg: Money::ZERO,
            operates: Weekdays::DAILY,
            kg_co2_per_kg: 0.0,
        })
    }

    /// A decision about units of a line to leave a node by parcel today.
    pub fn commitment(&mut self, line: LineId, node: NodeId, quantity: u32, level: Level) {
        self.parts.commitments.push(Commitment {
            line,
            quantity,
            node,
            service: Some(PARCEL),
            ship_date: Some(today()),
            level,
            pinned: false,
        });
    }

    pub fn wave(&self) -> Wave {
        let mut parts = self.parts.clone();
        parts.zone_tables = vec![ZoneTable::new("zones", self.rows.clone())].into();
        let zones: IdVec<ZoneId, _> = self.zones.clone().into();
        parts.rate_cards = vec![RateCard { id: "rates".into(), zones }].into();
        Wave::new(parts)
    }

    pub fn solve(&self) -> Optimum {
        oracle::solve(&self.wave(), &self.model).expect("a tiny wave")
    }

    /// The unweighted costs of the optimum.
    pub fn costs(&self) -> Costs {
        self.solve().costs
    }

    /// The objective of the optimum in cents; the weights are whole here.
    pub fn cents(&self) -> i64 {
        let objective = self.solve().objective.0;
        assert_eq!(objective % i128::from(Decimal::SCALE), 0);
        (objective / i128::from(Decimal::SCALE)) as i64
    }
}

/// The parts of a line in an optimal plan.
pub fn parts_of(best: &Optimum, line: u32) -> Vec<&Part> {
    best.parts.iter().filter(|part| part.line == LineId(line)).collect()
}

pub fn kg(grams: i64) -> Decimal {
    Decimal(grams * Decimal::SCALE / 1000)
}

fn parts(service: Service) -> WaveParts {
    WaveParts {
        name: "sketch".into(),
        now: jiff::civil::date(2026, 11, 23)
            .at(6, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .expect("an instant within range"),
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
        services: vec![service].into(),
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

/// Open units cost, everything else nothing.
fn model() -> Model {
    Model {
        name: "sketch".into(),
        weights: CostKey::ALL.map(|_| Decimal::ONE),
        costs: ModelCosts { unfilled_cost: Money(OPEN), ..ModelCosts::default() },
        rules: Rules {
            deadline: Deadline::Soft,
            split_lines: false,
            max_shipments: None,
            max_distance_km: None,
            no_split_below: Money::ZERO,
            tiers: Vec::new(),
            escalate: Escalate::None,
            tier_cost: Money::ZERO,
            max_lanes: 2,
        },
        returns: ReturnRules {
            restock_share_used: Decimal::ONE,
            restock_share_damaged: Decimal::ONE,
        },
        solve: SolveSettings {
            gap: 0.0,
            time_limit_s: 60.0,
            threads: 1,
            seed: 1,
            method: Method::Exact,
        },
    }
}
