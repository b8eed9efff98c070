//! The network: distribution centres, 3PLs, vendors, hubs and stores near where people live.

use super::Regime;
use super::columns::{counts, decimals, flags, table, texts};
use super::metros::{Metro, squared_distance};
use super::random::{Cumulative, Random};
use crate::domain::NodeKind;
use crate::tables::Table;
use crate::time::{Day, Weekdays};
use jiff::civil::{Date, date};

pub(super) struct Site {
    pub(super) id: String,
    pub(super) kind: NodeKind,
    /// Index of its metropolitan area.
    metro: usize,
    name: String,
    postal_code: String,
    time_zone: &'static str,
    /// Hundred-thousandths of a degree.
    latitude: i64,
    longitude: i64,
    calendar: &'static Opening,
    cutoff: &'static str,
    pub(super) lead_days: u32,
    pub(super) unlimited: bool,
    /// Cents.
    shipment_cost: i64,
    line_cost: i64,
    unit_cost: i64,
    minute_cost: i64,
    open_cost: i64,
    /// Per mille.
    reject_rate: i64,
    /// How much stock it gets, against the others.
    pub(super) size: u64,
}

/// A calendar: its name, its working days as they are written, and what they mean.
#[derive(Debug)]
struct Opening {
    name: &'static str,
    written: &'static str,
    days: Weekdays,
}

const WAREHOUSE: &Opening =
    &Opening { name: "warehouse", written: "mon-fri", days: Weekdays::first(5) };
const EXTENDED: &Opening =
    &Opening { name: "extended", written: "mon-sat", days: Weekdays::first(6) };
const SHOP: &Opening = &Opening { name: "shop", written: "daily", days: Weekdays::DAILY };
const CALENDARS: [&Opening; 3] = [WAREHOUSE, EXTENDED, SHOP];

/// The days on which all are closed.
const HOLIDAYS: [Date; 3] = [date(2026, 11, 26), date(2026, 12, 25), date(2027, 1, 1)];

impl Site {
    pub(super) fn position(&self) -> (f64, f64) {
        (self.latitude as f64 / 1e5, self.longitude as f64 / 1e5)
    }

    /// Whether it may hold the main stock of an item: from there everything can be served.
    pub(super) fn is_main(&self) -> bool {
        matches!(self.kind, NodeKind::Dc | NodeKind::ThirdParty)
    }

    /// The days on which it may release, from `today` to `last`; no holiday falls in a wave.
    pub(super) fn working_days(&self, today: Day, last: Day) -> Vec<Day> {
        let days = (today.0..=last.0).map(Day).filter(|day| self.calendar.days.contains(*day));
        days.skip(self.lead_days as usize).collect()
    }
}

/// How many nodes of each kind.
///
/// A tenth are distribution centres; hubs are for moving goods between nodes.
fn kinds(nodes: usize, regime: Regime) -> Vec<NodeKind> {
    let of = |share: usize, least: usize, most: usize| (nodes / share).clamp(least, most);
    let hubs = if regime.moves_goods() { of(60, 1, 6) } else { 0 };
    let mut kinds = vec![NodeKind::Dc; of(10, 2.min(nodes), 40)];
    kinds.extend(vec![NodeKind::Hub; hubs]);
    kinds.extend(vec![NodeKind::ThirdParty; nodes / 14]);
    kinds.extend(vec![NodeKind::Vendor; of(14, 1, 40)]);
    kinds.resize(nodes, NodeKind::Store);
    kinds
}

pub(super) fn draw(nodes: usize, regime: Regime, metros: &[Metro], seed: u64) -> Vec<Site> {
    let mut random = Random::new(seed, 2);
    let people = Cumulative::new(metros.iter().map(|metro| metro.people));
    let mut taken: Vec<usize> = Vec::new();
    let mut numbers = [0_usize; NodeKind::ALL.len()];
    let digits = nodes.to_string().len().max(2);
    let mut sites = Vec::with_capacity(nodes);
    for kind in kinds(nodes, regime) {
        let metro = match kind {
            NodeKind::Dc | NodeKind::Hub => far_apart(&mut random, &people, metros, &taken),
            _ => random.weighted(&people),
        };
        if matches!(kind, NodeKind::Dc | NodeKind::Hub) {
            taken.push(metro);
        }
        numbers[kind as usize] += 1;
        let number = numbers[kind as usize];
        sites.push(site(&mut random, kind, format!("{number:0digits$}"), metro, metros, regime));
    }
    sites
}

/// An area for a large site: of some draws by population the one farthest from those taken.
fn far_apart(random: &mut Random, people: &Cumulative, metros: &[Metro], taken: &[usize]) -> usize {
    let [first, others @ ..] = [0; 4].map(|_| random.weighted(people));
    let position =
        |at: usize| (metros[at].latitude as f64 / 100.0, metros[at].longitude as f64 / 100.0);
    let room = |at: usize| {
        let distances = taken.iter().map(|other| squared_distance(position(at), position(*other)));
        distances.fold(f64::INFINITY, f64::min)
    };
    others.into_iter().fold(first, |best, at| if room(at) > room(best) { at } else { best })
}

fn site(
    random: &mut Random,
    kind: NodeKind,
    number: String,
    metro: usize,
    metros: &[Metro],
    regime: Regime,
) -> Site {
    let area = &metros[metro];
    let (prefix, calendar, cutoff, size) = match kind {
        NodeKind::Dc => ("DC", random.pick(&[WAREHOUSE, EXTENDED]), "17:00", 60),
        NodeKind::ThirdParty => ("3PL", EXTENDED, "15:00", 30),
        NodeKind::Vendor => ("VEN", WAREHOUSE, "12:00", 12),
        NodeKind::Hub => ("HUB", EXTENDED, "18:00", 0),
        NodeKind::Store => ("ST", SHOP, "16:00", 5),
    };
    let spread = if kind == NodeKind::Store { 20_000 } else { 35_000 };
    let jitter = |cents: i64, random: &mut Random| cents * random.between(85, 115) / 100;
    // Shipment, line, unit and minute; stores have no packing lines.
    let [shipment, line, unit, minute] = match kind {
        NodeKind::Dc => [85, 32, 15, 0],
        NodeKind::ThirdParty => [150, 28, 12, 45],
        NodeKind::Vendor => [60, 0, 0, 0],
        NodeKind::Hub => [55, 18, 6, 0],
        NodeKind::Store => [170, 55, 22, 0],
    };
    let is_vendor = kind == NodeKind::Vendor;
    Site {
        id: format!("{prefix}-{number}"),
        kind,
        metro,
        name: area.name.to_owned(),
        postal_code: format!("{}{:02}", area.prefix, random.below(100)),
        time_zone: area.time_zone,
        latitude: area.latitude * 1000 + random.around(-spread, spread),
        longitude: area.longitude * 1000 + random.around(-spread, spread),
        calendar,
        cutoff,
        lead_days: match kind {
            NodeKind::Dc => u32::from(random.chance(250)),
            NodeKind::ThirdParty => 1,
            NodeKind::Vendor => 1 + random.below(2) as u32,
            NodeKind::Hub | NodeKind::Store => 0,
        },
        unlimited: is_vendor && regime.vendors_promise() && random.chance(500),
        shipment_cost: jitter(shipment, random),
        line_cost: jitter(line, random),
        unit_cost: jitter(unit, random),
        minute_cost: jitter(minute, random),
        open_cost: if kind == NodeKind::ThirdParty { jitter(1200, random) } else { 0 },
        reject_rate: match kind {
            NodeKind::Store => random.between(10, 50),
            NodeKind::Vendor => random.between(10, 40),
            _ => 0,
        },
        size: size * random.between(60, 140) as u64,
    }
}

pub(super) fn nodes(sites: &[Site]) -> Table {
    table([
        ("node_id", texts(sites, |site| site.id.as_str())),
        ("kind", texts(sites, |site| site.kind.name())),
        ("name", texts(sites, |site| site.name.as_str())),
        ("latitude", decimals(sites, 5, |site| site.latitude)),
        ("longitude", decimals(sites, 5, |site| site.longitude)),
        ("postal_code", texts(sites, |site| site.postal_code.as_str())),
        ("time_zone", texts(sites, |site| site.time_zone)),
        ("calendar", texts(sites, |site| site.calendar.name)),
        ("cutoff", texts(sites, |site| site.cutoff)),
        ("lead_days", counts(sites, |site| site.lead_days)),
        ("unlimited_stock", flags(sites, |site| site.unlimited)),
        ("shipment_cost", decimals(sites, 2, |site| site.shipment_cost)),
        ("line_cost", decimals(sites, 2, |site| site.line_cost)),
        ("unit_cost", decimals(sites, 2, |site| site.unit_cost)),
        ("minute_cost", decimals(sites, 2, |site| site.minute_cost)),
        ("open_cost", decimals(sites, 2, |site| site.open_cost)),
        ("reject_rate", decimals(sites, 3, |site| site.reject_rate)),
    ])
}

pub(super) fn calendars() -> Table {
    let closed = HOLIDAYS.map(|date| date.to_string()).join(" ");
    table([
        ("calendar", texts(&CALENDARS, |calendar| calendar.name)),
        ("weekdays", texts(&CALENDARS, |calendar| calendar.written)),
        ("closed", texts(&CALENDARS, |_| closed.as_str())),
    ])
}

/// The stores of each area, and for an area without one those of the nearest site's area.
pub(super) fn stores_by_metro(sites: &[Site], metros: &[Metro]) -> Vec<Vec<usize>> {
    let mut stores: Vec<Vec<usize>> = vec![Vec::new(); metros.len()];
    for (index, site) in sites.iter().enumerate().filter(|(_, s)| s.kind == NodeKind::Store) {
        stores[site.metro].push(index);
    }
    let position =
        |at: usize| (metros[at].latitude as f64 / 100.0, metros[at].longitude as f64 / 100.0);
    let with_store: Vec<usize> = (0..metros.len()).filter(|at| !stores[*at].is_empty()).collect();
    let filled = (0..metros.len()).map(|at| {
        let distance = |other: usize| squared_distance(position(at), position(other));
        let nearest =
            with_store.iter().copied().min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        nearest.map_or_else(Vec::new, |nearest| stores[nearest].clone())
    });
    filled.collect()
}

/// Lanes: every site that may hold main stock feeds every hub, a hub the stores near it, and the
/// two nearest distribution centres a store. So main stock reaches every store over two lanes.
pub(super) fn lanes(sites: &[Site]) -> Table {
    let of = |kind: NodeKind| sites.iter().filter(move |site| site.kind == kind);
    let distance = |a: &Site, b: &Site| squared_distance(a.position(), b.position());
    let hubs: Vec<&Site> = of(NodeKind::Hub).collect();
    let mut rows: Vec<(&Site, &Site)> = Vec::new();
    for main in sites.iter().filter(|site| site.is_main()) {
        rows.extend(hubs.iter().map(|hub| (main, *hub)));
    }
    for store in of(NodeKind::Store) {
        let mut near: Vec<&Site> = of(NodeKind::Dc).collect();
        near.sort_by(|a, b| distance(a, store).total_cmp(&distance(b, store)));
        rows.extend(near.into_iter().take(2).map(|dc| (dc, store)));
        let hub = hubs.iter().min_by(|a, b| distance(a, store).total_cmp(&distance(b, store)));
        rows.extend(hub.map(|hub| (*hub, store)));
    }
    // Whole tens of km: far from where platforms could differ.
    let tens = |&(from, to): &(&Site, &Site)| (distance(from, to).sqrt() * 11.1195) as i64;
    table([
        ("from_node", texts(&rows, |(from, _)| from.id.as_str())),
        ("to_node", texts(&rows, |(_, to)| to.id.as_str())),
        (
            "transit_days",
            counts(&rows, |row| match (row.1.kind, tens(row)) {
                (NodeKind::Store, _) | (_, 0..=90) => 1,
                (_, 91..=220) => 2,
                _ => 3,
            }),
        ),
        ("shipment_cost", decimals(&rows, 2, |row| 45 + tens(row) / 4)),
        ("cost_per_kg", decimals(&rows, 2, |row| 8 + tens(row) / 9)),
        (
            "operates",
            texts(&rows, |(from, _)| if from.kind == NodeKind::Hub { "daily" } else { "mon-fri" }),
        ),
        ("kg_co2_per_kg", decimals(&rows, 4, |row| 9 * tens(row))),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::Setting;
    use super::super::metros::metros;
    use super::*;

    #[test]
    fn the_nodes_are_as_many_as_asked_and_the_rare_kinds_stay_rare() {
        let nodes = 300;
        for regime in Regime::ALL {
            let kinds = kinds(nodes, regime);
            let count = |kind| kinds.iter().filter(|known| **known == kind).count();
            assert_eq!(kinds.len(), nodes);
            assert!(count(NodeKind::Store) > nodes / 2);
            assert_eq!(count(NodeKind::Dc), 30);
            assert_eq!(count(NodeKind::Hub), if regime.moves_goods() { 5 } else { 0 });
        }
    }

    #[test]
    fn every_site_works_on_some_days_of_every_wave_and_no_holiday_is_among_them() {
        let holidays = HOLIDAYS.map(Day::from);
        for regime in Regime::ALL {
            let setting = Setting::new(regime);
            for site in draw(60, regime, &metros(), 8) {
                let days = site.working_days(setting.today, setting.last_day());
                assert!((4..=8).contains(&days.len()), "{} {days:?}", site.id);
                assert!(days.iter().all(|day| !holidays.contains(day)), "{}", site.id);
            }
        }
    }

    #[test]
    fn calendars_mean_what_they_say() {
        for calendar in CALENDARS {
            assert_eq!(Weekdays::parse(calendar.written), Some(calendar.days), "{calendar:?}");
        }
    }

    #[test]
    fn large_sites_stand_apart() {
        let metros = metros();
        let sites = draw(40, Regime::Scarce, &metros, 1);
        let centres: Vec<&Site> = sites.iter().filter(|site| site.kind == NodeKind::Dc).collect();
        for (index, a) in centres.iter().enumerate() {
            for b in &centres[..index] {
                assert!(squared_distance(a.position(), b.position()) > 4.0, "{} {}", a.id, b.id);
            }
        }
    }
}
