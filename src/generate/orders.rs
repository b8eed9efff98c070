//! Orders and their lines: where people live, what is popular, and what was promised.

use super::columns::{
    counts, decimals, flags, some_counts, some_days, some_decimals, table, texts,
};
use super::items::Item;
use super::metros::Metro;
use super::random::{Cumulative, Random};
use super::sites::Site;
use super::{Regime, Setting};
use crate::tables::{Column, Table};
use crate::time::Day;
use jiff::Timestamp;

pub(super) struct Order {
    pub(super) id: String,
    placed_at: Timestamp,
    journey: Journey,
    ship_by: Option<Day>,
    deliver_by: Option<Day>,
    pub(super) hard: bool,
    customer_tier: &'static str,
    channel: &'static str,
    pub(super) ship_complete: bool,
    max_shipments: Option<u32>,
    /// Its lines, in the wave's list of lines.
    pub(super) lines: std::ops::Range<usize>,
}

/// Where a customer lives; degrees have five decimal places.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) latitude: i64,
    pub(super) longitude: i64,
    pub(super) postal_code: String,
}

impl Place {
    /// Somewhere in or around a city.
    pub(super) fn draw(random: &mut Random, area: &Metro) -> Place {
        Place {
            latitude: area.latitude * 1000 + random.around(-35_000, 35_000),
            longitude: area.longitude * 1000 + random.around(-40_000, 40_000),
            postal_code: format!("{}{:02}", area.prefix, random.below(100)),
        }
    }
}

enum Journey {
    Ship(Place),
    Pickup { store: usize, radius_km: i64 },
}

impl Order {
    pub(super) fn is_pickup(&self) -> bool {
        matches!(self.journey, Journey::Pickup { .. })
    }

    /// Where it is sent; nothing where it is collected.
    pub(super) fn place(&self) -> Option<&Place> {
        match &self.journey {
            Journey::Ship(place) => Some(place),
            Journey::Pickup { .. } => None,
        }
    }
}

pub(super) struct Line {
    pub(super) order: usize,
    /// From 1 in each order.
    pub(super) number: u32,
    pub(super) item: usize,
    pub(super) quantity: u32,
    kit: bool,
}

/// The most units of a line.
pub(super) const MOST_UNITS: u32 = 6;

/// Lines of an order, units of a line and promised days, each with its share of a thousand.
const LINES: [(u64, u32); 8] =
    [(520, 1), (240, 2), (120, 3), (60, 4), (30, 5), (15, 6), (10, 7), (5, 8)];
const UNITS: [(u64, u32); 5] = [(800, 1), (130, 2), (40, 3), (20, 4), (10, MOST_UNITS)];
const USUAL_DAYS: [(u64, u32); 7] =
    [(40, 1), (100, 2), (160, 3), (250, 4), (220, 5), (130, 7), (100, 9)];
const TIGHT_DAYS: [(u64, u32); 5] = [(200, 1), (330, 2), (270, 3), (140, 4), (60, 6)];
/// By when every line alone can be there from its main stock, over the whole country.
const SAFE_DAYS: u32 = 9;

pub(super) struct Demand {
    pub(super) orders: Vec<Order>,
    pub(super) lines: Vec<Line>,
}

pub(super) fn draw(
    setting: &Setting,
    count: usize,
    metros: &[Metro],
    stores: &[Vec<usize>],
    items: &[Item],
    seed: u64,
) -> Demand {
    let mut random = Random::new(seed, 3);
    let people = Cumulative::new(metros.iter().map(|metro| metro.people));
    let popularity = Cumulative::new(items.iter().map(|item| item.popularity));
    let digits = count.to_string().len().max(4);
    let mut demand = Demand { orders: Vec::with_capacity(count), lines: Vec::new() };
    for index in 0..count {
        let start = demand.lines.len();
        let metro = random.weighted(&people);
        let mut order = order(&mut random, setting, metro, metros, &stores[metro]);
        order.id = format!("O{:0digits$}", index + 1);
        let wanted = random.share(&LINES);
        for _ in 0..wanted {
            let item = random.weighted(&popularity);
            let quantity = random.share(&UNITS);
            if demand.lines[start..].iter().all(|line| line.item != item) {
                let number = (demand.lines.len() - start) as u32 + 1;
                demand.lines.push(Line { order: index, number, item, quantity, kit: false });
            }
        }
        order.lines = start..demand.lines.len();
        let moves = setting.regime.moves_goods();
        if moves && order.lines.len() > 1 && random.chance(60) {
            demand.lines[start..start + 2].iter_mut().for_each(|line| line.kit = true);
        }
        order.ship_complete = moves && order.lines.len() > 1 && random.chance(90);
        demand.orders.push(order);
    }
    demand
}

fn order(
    random: &mut Random,
    setting: &Setting,
    metro: usize,
    metros: &[Metro],
    stores: &[usize],
) -> Order {
    let area = &metros[metro];
    let regime = setting.regime;
    let picks_up = regime.moves_goods() && random.chance(280) && !stores.is_empty();
    let journey = if picks_up {
        let radius_km = random.pick(&[0, 10, 25, 40]);
        Journey::Pickup { store: random.pick(stores), radius_km }
    } else {
        Journey::Ship(Place::draw(random, area))
    };
    let hard = random.chance(if regime.moves_goods() { 80 } else { 30 });
    let days = random.share(if regime == Regime::Peak { &TIGHT_DAYS[..] } else { &USUAL_DAYS[..] });
    let deliver_by = match hard {
        true => Some(setting.today.plus(SAFE_DAYS + random.below(3) as u32)),
        false => random.chance(920).then(|| setting.today.plus(days)),
    };
    let ship_by = deliver_by.filter(|_| !hard && random.chance(150)).map(|day| {
        let early = day.days_since(setting.today).min(2) as i32;
        Day(day.0 - early)
    });
    let age = random.below(36 * 3600) as i64;
    Order {
        id: String::new(),
        placed_at: setting
            .now
            .saturating_sub(jiff::SignedDuration::from_secs(age + 60))
            .unwrap_or(setting.now),
        journey,
        ship_by,
        deliver_by,
        hard,
        customer_tier: random.share(&[(720, "standard"), (220, "gold"), (60, "vip")]),
        channel: random.share(&[(560, "web"), (340, "app"), (100, "marketplace")]),
        ship_complete: false,
        max_shipments: random.chance(40).then_some(2),
        lines: 0..0,
    }
}

/// The order's weight in tenths: what a customer tier is worth.
fn weight(order: &Order) -> i64 {
    match order.customer_tier {
        "vip" => 25,
        "gold" => 15,
        _ => 10,
    }
}

pub(super) fn orders(orders: &[Order], sites: &[Site]) -> Table {
    let ship = |pick: fn(&Place) -> i64| move |order: &Order| order.place().map(pick);
    table([
        ("order_id", texts(orders, |order| order.id.as_str())),
        ("placed_at", Column::Instant(orders.iter().map(|order| Some(order.placed_at)).collect())),
        ("journey", texts(orders, |order| if order.is_pickup() { "pickup" } else { "ship" })),
        ("latitude", some_decimals(orders, 5, ship(|place| place.latitude))),
        ("longitude", some_decimals(orders, 5, ship(|place| place.longitude))),
        (
            "postal_code",
            texts(orders, |order| order.place().map_or("", |place| place.postal_code.as_str())),
        ),
        (
            "pickup_node",
            texts(orders, |order| match order.journey {
                Journey::Pickup { store, .. } => sites[store].id.as_str(),
                Journey::Ship(_) => "",
            }),
        ),
        (
            "pickup_radius_km",
            some_decimals(orders, 0, |order| match order.journey {
                Journey::Pickup { radius_km, .. } => Some(radius_km),
                Journey::Ship(_) => None,
            }),
        ),
        ("ship_by", some_days(orders, |order| order.ship_by)),
        ("deliver_by", some_days(orders, |order| order.deliver_by)),
        ("deadline", texts(orders, |order| if order.hard { "hard" } else { "" })),
        ("weight", decimals(orders, 1, weight)),
        ("channel", texts(orders, |order| order.channel)),
        ("customer_tier", texts(orders, |order| order.customer_tier)),
        ("ship_complete", flags(orders, |order| order.ship_complete)),
        ("max_shipments", some_counts(orders, |order| order.max_shipments)),
    ])
}

pub(super) fn order_lines(demand: &Demand, items: &[Item]) -> Table {
    let lines = &demand.lines;
    table([
        ("order_id", texts(lines, |line| demand.orders[line.order].id.as_str())),
        ("line", texts(lines, |line| line.number.to_string())),
        ("sku", texts(lines, |line| items[line.item].sku.as_str())),
        ("quantity", counts(lines, |line| line.quantity)),
        ("unit_price", decimals(lines, 2, |line| items[line.item].price)),
        ("together", texts(lines, |line| if line.kit { "kit" } else { "" })),
    ])
}
