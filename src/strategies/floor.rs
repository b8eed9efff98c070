//! The least that a service can ask for a parcel of some weight, whatever its zone.
//!
//! A rule that compares costs skips a service whose floor is above what another one asks: finding
//! the zone and the price costs most of its time.

use crate::domain::Wave;
use crate::ids::{IdVec, ServiceId};
use crate::options::Content;
use crate::units::{Decimal, Rate};

/// By service, the floor from each weight on.
#[derive(Debug)]
pub(super) struct Floors(IdVec<ServiceId, Vec<(Decimal, f64)>>);

impl Floors {
    pub fn new(wave: &Wave) -> Floors {
        let minor = 10_f64.powi(wave.minor_digits as i32) / Rate::SCALE as f64;
        let of_service = wave.services.iter().map(|service| {
            let factor = (1.0 + service.surcharge.to_f64()) * minor;
            let zones = wave.rate_cards[service.rate_card].zones.iter();
            let mut breaks: Vec<(Decimal, f64)> = zones
                .flatten()
                .map(|found| (found.up_to_kg, found.price.0 as f64 * factor - 1.0))
                .collect();
            breaks.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            // What weighs less than a break may be priced by it or by any above it.
            let mut least = f64::INFINITY;
            for (_, floor) in breaks.iter_mut().rev() {
                least = least.min(*floor);
                *floor = least;
            }
            breaks
        });
        Floors(of_service.collect())
    }

    /// What the freight of contents is at least, in minor units; nothing known where they do not
    /// fit one parcel of the rate card.
    pub fn of(&self, wave: &Wave, service: ServiceId, contents: &[Content]) -> Option<f64> {
        let mut kg = Decimal::ZERO;
        for content in contents {
            let item = &wave.items[content.sku];
            if item.ships_alone {
                return None;
            }
            kg += item.kg * i64::from(content.quantity);
        }
        if wave.services[service].max_kg.is_some_and(|max| kg > max) {
            return None;
        }
        let breaks = &self.0[service];
        breaks.get(breaks.partition_point(|(up_to, _)| *up_to < kg)).map(|(_, floor)| *floor)
    }
}
