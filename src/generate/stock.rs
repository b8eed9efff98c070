//! Stock, inbound and what items cost at a node: how much there is follows from the regime.

use super::columns::{counts, decimals, some_days, table, texts};
use super::items::Item;
use super::orders::Demand;
use super::random::{Cumulative, Random};
use super::sites::Site;
use super::{Regime, Setting};
use crate::domain::NodeKind;
use crate::tables::Table;
use crate::time::Day;

/// Stock of one item at one node.
pub(super) struct Holding {
    pub(super) site: usize,
    pub(super) item: usize,
    /// Units free for orders by the end of the horizon, inbound included.
    pub(super) available: u32,
    reserved: u32,
    safety_stock: u32,
    inbound: Option<Day>,
    /// Cents.
    opportunity_cost: i64,
    minutes: i64,
    purchase_cost: Option<i64>,
}

/// What a unit of stock may be worth above or below its price here, in cents.
const MOST_OPPORTUNITY: i64 = 600;
/// What a vendor may ask above the price of an own unit, in cents.
const MOST_PREMIUM: i64 = 900;

/// How a regime spreads stock.
struct Spread {
    /// Available units per thousand units ordered.
    per_mille: i64,
    /// Nodes with stock of an item: of a usual one and of the most popular, from and to.
    usual: (i64, i64),
    popular: (i64, i64),
    /// Share of the main stock, in percent.
    main: u32,
}

fn spread(regime: Regime) -> Spread {
    match regime {
        Regime::Plentiful => Spread { per_mille: 3000, usual: (4, 7), popular: (9, 14), main: 30 },
        Regime::Scarce => Spread { per_mille: 1100, usual: (2, 4), popular: (5, 8), main: 60 },
        Regime::Peak => Spread { per_mille: 2000, usual: (4, 7), popular: (8, 12), main: 30 },
        Regime::Omnichannel => {
            Spread { per_mille: 1500, usual: (4, 8), popular: (9, 14), main: 35 }
        }
    }
}

pub(super) struct Stock {
    /// Item after item; the first holding of an item is its main stock, enough for each line alone.
    pub(super) holdings: Vec<Holding>,
    /// The main holding of each item.
    pub(super) main: Vec<usize>,
}

pub(super) fn draw(
    setting: &Setting,
    sites: &[Site],
    items: &[Item],
    demand: &Demand,
    seed: u64,
) -> Stock {
    let mut random = Random::new(seed, 4);
    let spread = spread(setting.regime);
    let wanted = wanted(items, demand);
    let sources = Sources::new(sites);
    let popular = top(items, 50);
    let mut stock = Stock { holdings: Vec::new(), main: Vec::with_capacity(items.len()) };
    // Thousandths of a unit still owed by rounding, so that the whole keeps its ratio.
    let mut owed = 0_i64;
    for (item, &Wanted { ordered, largest }) in wanted.iter().enumerate() {
        let units = if ordered == 0 {
            random.between(2, 8) as u32
        } else {
            owed += i64::from(ordered) * spread.per_mille;
            let units = (owed / 1000).max(i64::from(largest));
            owed -= units * 1000;
            units as u32
        };
        let (low, high) = match (ordered, items[item].popularity >= popular) {
            (0, _) => (1, 3),
            (_, true) => spread.popular,
            (_, false) => spread.usual,
        };
        let share = u64::from(units) * u64::from(spread.main) / 100;
        let main = largest.max(share as u32);
        // Each other node has at least one unit.
        let others = (random.between(low, high) as u32 - 1).min(units - main);
        let nodes = sources.pick(&mut random, others as usize);
        stock.main.push(stock.holdings.len());
        for (at, units) in divide(&mut random, units, main, nodes.len()).into_iter().enumerate() {
            let site = nodes[at];
            let holding = holding(&mut random, setting, &sites[site], &items[item], at == 0);
            stock.holdings.push(Holding { site, item, available: units, ..holding });
        }
        if !sources.promising.is_empty() && random.chance(80) {
            let site = random.pick(&sources.promising);
            let holding = holding(&mut random, setting, &sites[site], &items[item], true);
            let promise = Holding { reserved: 0, opportunity_cost: 0, ..holding };
            stock.holdings.push(Holding { site, item, ..promise });
        }
    }
    stock
}

/// Units of an item that are ordered, and those of its largest line (one where there is none).
#[derive(Clone, Copy)]
struct Wanted {
    ordered: u32,
    largest: u32,
}

fn wanted(items: &[Item], demand: &Demand) -> Vec<Wanted> {
    let mut wanted = vec![Wanted { ordered: 0, largest: 1 }; items.len()];
    for line in &demand.lines {
        let of_item = &mut wanted[line.item];
        of_item.ordered += line.quantity;
        of_item.largest = of_item.largest.max(line.quantity);
    }
    wanted
}

/// The sites that may hold stock, by their size.
struct Sources {
    mains: Cumulative,
    all: Cumulative,
    count: usize,
    /// Sites whose stock is a promise.
    promising: Vec<usize>,
}

impl Sources {
    fn new(sites: &[Site]) -> Sources {
        let holds = |site: &&Site| !site.unlimited && site.kind != NodeKind::Hub;
        let size = |site: &Site| if holds(&site) { site.size } else { 0 };
        Sources {
            mains: Cumulative::new(sites.iter().map(|s| if s.is_main() { s.size } else { 0 })),
            all: Cumulative::new(sites.iter().map(size)),
            count: sites.iter().filter(holds).count(),
            promising: (0..sites.len()).filter(|at| sites[*at].unlimited).collect(),
        }
    }

    /// A site for the main stock and about `others` more, all different.
    ///
    /// Where few sites hold stock, a draw may meet one that is taken: after some it is let go.
    fn pick(&self, random: &mut Random, others: usize) -> Vec<usize> {
        let others = others.min(self.count - 1);
        let mut nodes = vec![random.weighted(&self.mains)];
        for _ in 0..others * 3 {
            let node = random.weighted(&self.all);
            if nodes.len() <= others && !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        nodes
    }
}

/// Divides units among nodes: `main` to the first, at least one to each of the others.
fn divide(random: &mut Random, units: u32, main: u32, nodes: usize) -> Vec<u32> {
    let mut left = units;
    let shares = (0..nodes).map(|at| {
        let after = (nodes - 1 - at) as u32;
        let share = match (at, after) {
            (_, 0) => left,
            (0, _) => main,
            // As often above an equal share as below it.
            _ => 1 + random.below(u64::from((left - after) * 2 / (after + 1)).max(1)) as u32,
        };
        let share = share.clamp(1, left - after);
        left -= share;
        share
    });
    shares.collect()
}

/// The popularity that the given share (per mille) of the items reaches.
fn top(items: &[Item], per_mille: usize) -> u64 {
    let mut popularity: Vec<u64> = items.iter().map(|item| item.popularity).collect();
    popularity.sort_unstable_by_key(|weight| std::cmp::Reverse(*weight));
    popularity[(items.len() * per_mille / 1000).min(items.len() - 1)]
}

/// What surrounds the stock of an item at a site; main stock is on hand today.
fn holding(
    random: &mut Random,
    setting: &Setting,
    site: &Site,
    item: &Item,
    main: bool,
) -> Holding {
    let is_store = site.kind == NodeKind::Store;
    let inbound = (!main && random.chance(80))
        .then(|| setting.today.plus(1 + random.below(u64::from(setting.horizon_days) - 2) as u32));
    // The last units of a shelf sell there; what is out of season should go.
    let opportunity_cost = match random.below(100) {
        0..12 if is_store => (item.price * random.between(2, 10) / 100).min(MOST_OPPORTUNITY),
        12..18 if !main => -(item.price * random.between(2, 6) / 100).min(MOST_OPPORTUNITY),
        _ => 0,
    };
    let vendor = site.kind == NodeKind::Vendor;
    Holding {
        site: 0,
        item: 0,
        available: 0,
        reserved: if random.chance(100) { random.between(1, 3) as u32 } else { 0 },
        safety_stock: if is_store { random.below(3) as u32 } else { 0 },
        inbound,
        opportunity_cost,
        minutes: if site.kind == NodeKind::ThirdParty { item.minutes } else { 0 },
        purchase_cost: vendor.then(|| (item.price * random.between(2, 9) / 100).min(MOST_PREMIUM)),
    }
}

pub(super) fn inventory(stock: &Stock, sites: &[Site], items: &[Item]) -> Table {
    let rows = &stock.holdings;
    table([
        ("node_id", texts(rows, |row| sites[row.site].id.as_str())),
        ("sku", texts(rows, |row| items[row.item].sku.as_str())),
        (
            "on_hand",
            counts(rows, |row| {
                let free = if row.inbound.is_some() { 0 } else { row.available };
                free + row.reserved + row.safety_stock
            }),
        ),
        ("reserved", counts(rows, |row| row.reserved)),
        ("safety_stock", counts(rows, |row| row.safety_stock)),
        ("opportunity_cost", decimals(rows, 2, |row| row.opportunity_cost)),
        ("restock_value", decimals(rows, 2, |row| items[row.item].value() * 80 / 100)),
    ])
}

pub(super) fn inbound(stock: &Stock, sites: &[Site], items: &[Item]) -> Table {
    let rows: Vec<&Holding> = stock.holdings.iter().filter(|row| row.inbound.is_some()).collect();
    table([
        ("node_id", texts(&rows, |row| sites[row.site].id.as_str())),
        ("sku", texts(&rows, |row| items[row.item].sku.as_str())),
        ("date", some_days(&rows, |row| row.inbound)),
        ("quantity", counts(&rows, |row| row.available)),
    ])
}

pub(super) fn node_items(stock: &Stock, sites: &[Site], items: &[Item]) -> Table {
    let costs = |row: &&Holding| row.minutes > 0 || row.purchase_cost.is_some();
    let rows: Vec<&Holding> = stock.holdings.iter().filter(costs).collect();
    table([
        ("node_id", texts(&rows, |row| sites[row.site].id.as_str())),
        ("sku", texts(&rows, |row| items[row.item].sku.as_str())),
        ("minutes", decimals(&rows, 1, |row| row.minutes)),
        ("purchase_cost", decimals(&rows, 2, |row| row.purchase_cost.unwrap_or(0))),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dividing_loses_no_unit_and_leaves_no_node_without() {
        let mut random = Random::new(2, 0);
        for (units, main, nodes) in [(1, 1, 1), (7, 3, 5), (40, 12, 9), (500, 150, 14)] {
            for _ in 0..50 {
                let shares = divide(&mut random, units, main, nodes);
                assert_eq!(shares.iter().sum::<u32>(), units);
                assert_eq!(shares.len(), nodes);
                assert!(shares[0] >= main && shares.iter().all(|share| *share >= 1), "{shares:?}");
            }
        }
    }
}
