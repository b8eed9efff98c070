//! How much work nodes and carriers take: follows from the work that a regime asks for.

use super::columns::{counts, decimals, some_counts, table, texts};
use super::orders::{Demand, MOST_UNITS};
use super::random::Random;
use super::sites::Site;
use super::stock::Stock;
use super::{Regime, Setting};
use crate::domain::NodeKind;
use crate::tables::Table;

/// Units a day that a node takes, and how much of it may come on top.
pub(super) struct Capacity {
    site: usize,
    pub(super) units: u32,
    overload: u32,
    /// Cents.
    overload_cost: i64,
}

/// Units ordered per thousand units of capacity over the horizon, and overload in percent.
fn load(regime: Regime) -> (u64, u32) {
    match regime {
        Regime::Plentiful => (500, 0),
        Regime::Scarce => (700, 10),
        Regime::Peak => (1000, 30),
        Regime::Omnichannel => (750, 15),
    }
}

/// Draws the capacity of every node that holds stock, in step with that stock.
pub(super) fn draw(
    setting: &Setting,
    sites: &[Site],
    stock: &Stock,
    demand: &Demand,
    seed: u64,
) -> Vec<Capacity> {
    let mut random = Random::new(seed, 5);
    let (load, overload) = load(setting.regime);
    let units: u64 = demand.lines.iter().map(|line| u64::from(line.quantity)).sum();
    let mut held = vec![0_u64; sites.len()];
    for holding in &stock.holdings {
        held[holding.site] += u64::from(holding.available);
    }
    // A promise without limit is worth about as much work as a store.
    let held: Vec<u64> = sites
        .iter()
        .zip(held)
        .map(|(site, held)| if site.unlimited { units / 4 / sites.len() as u64 } else { held })
        .collect();
    let days: Vec<u64> = sites
        .iter()
        .map(|site| site.working_days(setting.today, setting.last_day()).len() as u64)
        .collect();
    // The largest line must fit a day of the nodes that hold main stock.
    let least = |site: &Site| if site.is_main() { u64::from(MOST_UNITS) } else { 1 };
    let floor: u64 = sites.iter().zip(&days).map(|(site, days)| least(site) * days).sum();
    let rest = (units * 1000 / load).saturating_sub(floor);
    let all: u64 = held.iter().sum::<u64>().max(1);
    // Units still owed by rounding, so that the whole keeps its load.
    let mut owed = 0_u64;
    let mut rows = Vec::new();
    for (index, site) in sites.iter().enumerate().filter(|(_, site)| site.kind != NodeKind::Hub) {
        owed += rest * held[index] / all;
        let daily = owed / days[index].max(1);
        owed -= daily * days[index];
        let units = (least(site) + daily) as u32;
        rows.push(Capacity {
            site: index,
            units,
            overload: (units * overload).div_ceil(100),
            overload_cost: 5 * random.between(10, 50),
        });
    }
    rows
}

pub(super) fn node_capacity(capacities: &[Capacity], sites: &[Site], regime: Regime) -> Table {
    struct Row<'a> {
        node: &'a str,
        unit: &'static str,
        capacity: u32,
        overload: u32,
        /// Cents.
        cost: i64,
    }
    let mut rows = Vec::new();
    for row in capacities {
        let site = &sites[row.site];
        let mut push = |unit, capacity, overload, cost| {
            rows.push(Row { node: site.id.as_str(), unit, capacity, overload, cost });
        };
        push("units", row.units, row.overload, row.overload_cost);
        // A 3PL sells minutes: about one a unit, with room for the larger items.
        if site.kind == NodeKind::ThirdParty {
            push("minutes", row.units * 3 / 2 + 12, row.overload * 3 / 2, 60);
        }
        // A shop has one packing table.
        if site.kind == NodeKind::Store && regime == Regime::Omnichannel {
            push("shipments", row.units.max(2), 1, 150);
        }
    }
    table([
        ("node_id", texts(&rows, |row| row.node)),
        ("unit", texts(&rows, |row| row.unit)),
        ("capacity", counts(&rows, |row| row.capacity)),
        ("overload", counts(&rows, |row| row.overload)),
        ("overload_cost", decimals(&rows, 2, |row| row.cost)),
    ])
}

/// Ground everywhere; faster services where a driver comes, few overnight parcels a day.
pub(super) fn node_services(capacities: &[Capacity], sites: &[Site]) -> Table {
    let mut rows: Vec<(&str, &str, Option<u32>)> = Vec::new();
    let mut units = vec![0; sites.len()];
    for row in capacities {
        units[row.site] = row.units;
    }
    for (site, units) in sites.iter().zip(units) {
        rows.push((&site.id, "ground", None));
        if site.kind != NodeKind::Vendor {
            rows.push((&site.id, "2day", None));
        }
        if site.is_main() {
            rows.push((&site.id, "overnight", Some((units / 8).max(2))));
        }
    }
    table([
        ("node_id", texts(&rows, |row| row.0)),
        ("service", texts(&rows, |row| row.1)),
        ("parcels_per_day", some_counts(&rows, |row| row.2)),
    ])
}
