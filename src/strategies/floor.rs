//! The least that a service can ask for a parcel of some weight, from a distance on.
//!
//! A rule that compares costs need not ask a node or a service whose floor is above what another
//! one asks: finding the date, the zone and the price takes most of its time.

use crate::domain::{Break, RateCard, Service, Wave, ZoneTable};
use crate::ids::{IdVec, NodeId, ServiceId};
use crate::network::EARTH_RADIUS_KM;
use crate::options::Content;
use crate::units::{Decimal, Rate};
use std::collections::BTreeMap;

/// By how much rounding may put a place beyond the end of a band, as a nearness.
const SLACK: f64 = 1e-9;

/// What a service asks at least behind the end of a band of its zone table.
#[derive(Debug)]
struct Ring {
    /// Where it begins, as a nearness: the negative cosine of the angle between two places.
    from: f64,
    /// Up to each weight, in minor units; both rise.
    least: Vec<(Decimal, f64)>,
}

/// Rings by rising distance.
type Rings = Vec<Ring>;

/// The floors of a wave.
#[derive(Debug)]
pub(super) struct Floors {
    of_service: IdVec<ServiceId, Rings>,
    /// By node, into `of_offers`: nodes with the same services share them.
    offers_of: IdVec<NodeId, usize>,
    /// By the least of some services.
    of_offers: Vec<Rings>,
}

impl Floors {
    pub fn new(wave: &Wave) -> Floors {
        let of_service = wave.services.iter().map(|service| {
            let table = &wave.zone_tables[service.zone_table];
            rings(service, table, &wave.rate_cards[service.rate_card], wave.minor_digits)
        });
        let of_service: IdVec<ServiceId, Rings> = of_service.collect();
        let (mut known, mut of_offers) = (BTreeMap::new(), Vec::new());
        let offers_of = wave.nodes.iter().map(|node| {
            let mut offers: Vec<ServiceId> = node.services.iter().map(|o| o.service).collect();
            offers.sort_unstable();
            *known.entry(offers).or_insert_with_key(|offers| {
                let rings: Vec<&Rings> = offers.iter().map(|id| &of_service[*id]).collect();
                of_offers.push(cheapest(&rings));
                of_offers.len() - 1
            })
        });
        let offers_of = offers_of.collect();
        Floors { of_service, offers_of, of_offers }
    }

    /// What the freight of one parcel of `kg` is at least, in minor units, to a place of some
    /// nearness (see [`Desk::nearness`](crate::strategies::desk::Desk::nearness)); zero where the
    /// weight asks for several parcels or is above the rate card.
    pub fn of_service(&self, service: ServiceId, nearness: f64, kg: Decimal) -> f64 {
        floor(&self.of_service[service], nearness, kg)
    }

    /// The same by any service of a node.
    pub fn of_node(&self, node: NodeId, nearness: f64, kg: Decimal) -> f64 {
        floor(&self.of_offers[self.offers_of[node]], nearness, kg)
    }
}

fn floor(rings: &Rings, nearness: f64, kg: Decimal) -> f64 {
    let least = &rings[within(rings, nearness)].least;
    let at = least.partition_point(|(up_to, _)| *up_to < kg);
    least.get(at).map_or(0.0, |(_, least)| *least)
}

/// The ring that a nearness is in; the first one begins nowhere.
fn within(rings: &Rings, nearness: f64) -> usize {
    rings.partition_point(|ring| ring.from < nearness).saturating_sub(1)
}

/// The least that any of some services asks.
fn cheapest(services: &[&Rings]) -> Rings {
    let starts = services.iter().flat_map(|rings| rings.iter().map(|ring| ring.from));
    let mut starts: Vec<f64> = starts.chain([f64::NEG_INFINITY]).collect();
    starts.sort_by(f64::total_cmp);
    starts.dedup();
    let ring = |from: f64| {
        let there = services.iter().map(|rings| {
            let at = rings.iter().rposition(|ring| ring.from <= from).unwrap_or(0);
            &rings[at].least
        });
        let offered: Vec<_> = there.filter(|least| !least.is_empty()).collect();
        // What one of them divides or does not price has no floor.
        let ends = offered.iter().filter_map(|least| least.last());
        let end = ends.map(|(kg, _)| *kg).min().unwrap_or(Decimal::ZERO);
        let all = offered.into_iter().flatten().map(|(kg, price)| ((*kg).min(end), *price));
        Ring { from, least: least(all.collect()) }
    };
    starts.into_iter().map(ring).collect()
}

/// The weight of contents that may travel as one parcel; nothing where some travel alone.
pub(super) fn parcel_kg(wave: &Wave, contents: impl Iterator<Item = Content>) -> Option<Decimal> {
    contents
        .map(|content| {
            let item = &wave.items[content.sku];
            (!item.ships_alone).then_some(item.kg * i64::from(content.quantity))
        })
        .sum()
}

/// What a service asks at least, from everywhere and from behind each band of its zone table.
fn rings(service: &Service, table: &ZoneTable, card: &RateCard, minor_digits: u32) -> Rings {
    let minor = 10_f64.powi(minor_digits as i32) / Rate::SCALE as f64;
    let factor = (1.0 + service.surcharge.to_f64()) * minor;
    let beyond = |km: f64| {
        let mut zones: Vec<_> = table.zones_beyond(km).collect();
        zones.sort_unstable();
        zones.dedup();
        let breaks = zones.into_iter().filter_map(|zone| card.breaks(zone)).flatten();
        // What is heavier is divided; what is rounded away is less than a minor unit.
        let capped = |kg: Decimal| service.max_kg.map_or(kg, |max| kg.min(max));
        let price = |found: &Break| found.price.0 as f64 * factor - 1.0;
        least(breaks.map(|found| (capped(found.up_to_kg), price(found))).collect())
    };
    let everywhere = Ring { from: f64::NEG_INFINITY, least: beyond(f64::NEG_INFINITY) };
    let behind = table.band_ends().map(|km| Ring {
        from: SLACK - (km / EARTH_RADIUS_KM).min(std::f64::consts::PI).cos(),
        least: beyond(km),
    });
    std::iter::once(everywhere).chain(behind).collect()
}

/// Up to each weight, the least of the prices of breaks: a parcel may be priced by its own break
/// or, for its volume, by any above it.
fn least(mut prices: Vec<(Decimal, f64)>) -> Vec<(Decimal, f64)> {
    prices.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let mut lowest = f64::INFINITY;
    for (_, price) in &mut prices {
        lowest = lowest.min(*price);
        *price = lowest;
    }
    // Of equal prices the heaviest says it for all.
    prices.dedup_by_key(|(_, price)| *price);
    prices.reverse();
    prices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ZoneRow;
    use crate::ids::{RateCardId, ZoneId, ZoneTableId};
    use crate::time::Weekdays;

    const NEAR: ZoneId = ZoneId(0);
    const FAR: ZoneId = ZoneId(1);

    /// Floors of a service with two bands, whose heavier far parcels are cheaper than lighter ones.
    fn floors(rows: Vec<ZoneRow>, max_kg: Option<Decimal>) -> Rings {
        let kg = Decimal::from_int;
        let price = |up_to, units| Break {
            up_to_kg: kg(up_to),
            price: Rate(units * Rate::SCALE),
            extra_per_kg: Rate(0),
        };
        let zones =
            vec![vec![price(1, 5), price(10, 8)], vec![price(1, 9), price(2, 12), price(10, 11)]];
        let card = RateCard { id: "card".into(), zones: zones.into() };
        let service = Service {
            id: "ground".into(),
            carrier: "carrier".into(),
            zone_table: ZoneTableId(0),
            rate_card: RateCardId(0),
            dim_divisor: None,
            surcharge: Decimal(Decimal::SCALE / 10),
            max_kg,
            max_length: None,
            hazmat: false,
            operates: Weekdays::DAILY,
            kg_co2_per_parcel_km: 0.0,
            kg_co2_per_kg_km: 0.0,
        };
        rings(&service, &ZoneTable::new("table", rows), &card, 2)
    }

    fn bands() -> Vec<ZoneRow> {
        let band = |max_km, zone| ZoneRow::Band { max_km, zone, transit_days: 1 };
        vec![band(100.0, NEAR), band(1000.0, FAR)]
    }

    /// The floor in minor units, for a place so far and a parcel so heavy.
    fn floor(rings: &Rings, km: f64, kg: i64) -> f64 {
        let nearness = -(km / EARTH_RADIUS_KM).cos();
        super::floor(rings, nearness, Decimal::from_int(kg)).round()
    }

    #[test]
    fn floors_rise_with_distance_and_weight() {
        let floors = floors(bands(), None);
        // 10 % are added, and a minor unit may be rounded away.
        assert_eq!(floor(&floors, 99.9, 1), 549.0);
        assert_eq!(floor(&floors, 99.9, 2), 879.0);
        assert_eq!(floor(&floors, 100.1, 1), 989.0);
        assert_eq!(floor(&floors, 100.1, 2), 1209.0, "a bulky parcel of 2 kg is priced like 10");
        assert_eq!(floor(&floors, 100.1, 11), 0.0, "above the card nothing is known");
    }

    #[test]
    fn what_is_divided_has_no_floor() {
        let floors = floors(bands(), Some(Decimal::from_int(5)));
        assert_eq!(floor(&floors, 10.0, 5), 879.0);
        assert_eq!(floor(&floors, 10.0, 6), 0.0);
    }

    #[test]
    fn of_several_services_the_least_counts() {
        let light = floors(bands(), Some(Decimal::from_int(1)));
        let mut near = bands();
        near.pop();
        // One that goes near only, one that divides what is above 1 kg.
        let both = cheapest(&[&floors(near, None), &light]);
        assert_eq!(floor(&both, 10.0, 1), 549.0);
        assert_eq!(floor(&both, 10.0, 2), 0.0, "two parcels of 1 kg may be cheaper");
        assert_eq!(floor(&both, 500.0, 1), 989.0);
        assert_eq!(floor(&cheapest(&[]), 10.0, 1), 0.0);
    }

    #[test]
    fn prefixes_may_be_anywhere() {
        let mut rows = bands();
        let (origin, destination) = ("1".into(), "2".into());
        rows.push(ZoneRow::Prefix { origin, destination, zone: NEAR, transit_days: 1 });
        assert_eq!(floor(&floors(rows, None), 500.0, 1), 549.0);
    }
}
