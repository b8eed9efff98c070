//! Tiny waves drawn by hand: one parcel service, prices by pairs of postal codes, no costs but
//! those that a test adds.

use crate::common;
pub use crate::common::today;
use crate::oracle::{self, Optimum, Part};
use wavewright::domain::{
    Break, Costs, Lane, Level, Method, Model, Node, NodeKind, RateCard, Stock, Wave, WaveParts,
    ZoneRow, ZoneTable,
};
use wavewright::ids::{IdVec, LaneId, LineId, NodeId, OrderId, ServiceId, SkuId, ZoneId};
use wavewright::units::{Decimal, Money, Rate};

pub const PARCEL: ServiceId = ServiceId(0);

/// What a unit costs that stays open.
pub const OPEN: i64 = 10_000;

/// A wave and a model in the making.
pub struct Sketch {
    pub parts: WaveParts,
    pub model: Model,
    rows: Vec<ZoneRow>,
    zones: Vec<Vec<Break>>,
}

impl Sketch {
    pub fn new() -> Sketch {
        let mut parts = common::parts("sketch");
        parts.services.push(common::service("parcel"));
        let mut model = common::model("sketch");
        model.costs.unfilled_cost = Money(OPEN);
        model.solve.method = Method::Exact;
        Sketch { parts, model, rows: Vec::new(), zones: Vec::new() }
    }

    /// A DC that is open every day; its postal code is one letter.
    pub fn node(&mut self, postal_code: &str) -> NodeId {
        self.parts.nodes.push(Node {
            postal_code: postal_code.into(),
            services: vec![common::offer(PARCEL)],
            ..common::node(postal_code, NodeKind::Dc, (40.0, -80.0))
        })
    }

    /// An item of so many grams without sides.
    pub fn item(&mut self, grams: i64) -> SkuId {
        self.parts.items.push(common::item("item", kg(grams)))
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
        let first = self.parts.lines.len() as u32;
        let journey = common::ship(40.0, -80.0, postal_code);
        let order = common::order("order", journey, first..first + lines.len() as u32);
        let order = self.parts.orders.push(order);
        for &(sku, quantity) in lines {
            self.parts.lines.push(common::line(order, "line", sku, quantity));
        }
        order
    }

    /// A lane of the same day.
    pub fn lane(&mut self, from: NodeId, to: NodeId, shipment_cost: i64) -> LaneId {
        let shipment_cost = Money(shipment_cost);
        self.parts.lanes.push(Lane { shipment_cost, ..common::lane(from, to) })
    }

    /// A decision about units of a line to leave a node by parcel today.
    pub fn commitment(&mut self, line: LineId, node: NodeId, quantity: u32, level: Level) {
        self.parts.commitments.push(common::commitment(line, node, quantity, level));
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
