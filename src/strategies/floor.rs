//! The least that a service can ask for a parcel of some weight, from a distance on.
//!
//! A rule that compares costs need not ask a node or a service whose floor is above what another
//! one asks: finding the date, the zone and the price takes most of its time.

use crate::domain::{Service, Wave};
use crate::ids::{IdVec, ServiceId};
use crate::network::EARTH_RADIUS_KM;
use crate::options::Content;
use crate::units::{Decimal, Rate};

/// What a place may seem farther than it is, by rounding, as a share of the earth's radius.
const SLACK: f64 = 1e-9;

/// What a service asks at least behind the end of a band of its zone table.
#[derive(Debug)]
struct Ring {
    /// Where it begins, as a nearness: the negative cosine of the angle between two places.
    from: f64,
    /// Up to each weight, in minor units; both rise.
    least: Vec<(Decimal, f64)>,
}

/// By service, its rings by rising distance.
#[derive(Debug)]
pub(super) struct Floors(IdVec<ServiceId, Vec<Ring>>);

impl Floors {
    pub fn new(wave: &Wave) -> Floors {
        Floors(wave.services.iter().map(|service| rings(wave, service)).collect())
    }

    /// What the freight of one parcel of `kg` is at least, in minor units, to a place of some
    /// nearness (see [`Desk::nearness`](crate::strategies::desk::Desk::nearness)); zero where the
    /// weight asks for several parcels or is above the rate card.
    pub fn of(&self, service: ServiceId, nearness: f64, kg: Decimal) -> f64 {
        let rings = &self.0[service];
        let within = rings.partition_point(|ring| ring.from < nearness);
        let least = &rings[within.saturating_sub(1)].least;
        let at = least.partition_point(|(up_to, _)| *up_to < kg);
        least.get(at).map_or(0.0, |(_, least)| *least)
    }
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

fn rings(wave: &Wave, service: &Service) -> Vec<Ring> {
    let table = &wave.zone_tables[service.zone_table];
    let everywhere =
        Ring { from: f64::NEG_INFINITY, least: least(wave, service, f64::NEG_INFINITY) };
    let behind = table.band_ends().map(|km| Ring {
        from: SLACK - (km / EARTH_RADIUS_KM).min(std::f64::consts::PI).cos(),
        least: least(wave, service, km),
    });
    std::iter::once(everywhere).chain(behind).collect()
}

/// Up to each weight, the least price of any zone that is farther than `km`.
fn least(wave: &Wave, service: &Service, km: f64) -> Vec<(Decimal, f64)> {
    let minor = 10_f64.powi(wave.minor_digits as i32) / Rate::SCALE as f64;
    let factor = (1.0 + service.surcharge.to_f64()) * minor;
    let card = &wave.rate_cards[service.rate_card];
    let mut zones: Vec<_> = wave.zone_tables[service.zone_table].zones_beyond(km).collect();
    zones.sort_unstable();
    zones.dedup();
    let breaks = zones.into_iter().filter_map(|zone| card.breaks(zone)).flatten();
    // Heavier shipments are divided. What is rounded is less than a minor unit.
    let capped = |kg: Decimal| service.max_kg.map_or(kg, |max| kg.min(max));
    let mut least: Vec<(Decimal, f64)> =
        breaks.map(|found| (capped(found.up_to_kg), found.price.0 as f64 * factor - 1.0)).collect();
    least.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    // A parcel may be priced by its break or, for its volume, by any above it.
    let mut lowest = f64::INFINITY;
    for (_, price) in least.iter_mut().rev() {
        lowest = lowest.min(*price);
        *price = lowest;
    }
    // Of equal prices the last says it for all.
    least.reverse();
    least.dedup_by_key(|(_, price)| *price);
    least.reverse();
    least
}
