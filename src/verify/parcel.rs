//! What units weigh, how they are packed and what carriers ask for them.

use crate::domain::{Break, Wave, ZoneMatch};
use crate::ids::{NodeId, OrderId, ServiceId, SkuId};
use crate::network::haversine_km;
use crate::units::{Decimal, Money, Rate, round_half_up};

/// The way from a node to the customer of an order by a service.
#[derive(Clone, Copy)]
pub(super) struct Leg {
    pub km: f64,
    /// Nothing where the service has no zone or the rate card no price for it.
    pub zone: Option<ZoneMatch>,
}

/// The leg of a parcel; nothing where the order is not shipped.
pub(super) fn leg(wave: &Wave, order: OrderId, node: NodeId, service: ServiceId) -> Option<Leg> {
    let place = wave.destination(order)?;
    let (node, service) = (&wave.nodes[node], &wave.services[service]);
    let km = haversine_km((node.latitude, node.longitude), (place.latitude, place.longitude));
    let zone = wave.zone_tables[service.zone_table]
        .lookup(&node.postal_code, &place.postal_code, km)
        .filter(|found| wave.rate_cards[service.rate_card].breaks(found.zone).is_some());
    Some(Leg { km, zone })
}

/// Parcels of equal weight and volume; totals over all of them.
struct Equal {
    parcels: i128,
    /// Nine places.
    kg: i128,
    /// Cubic centimetres, eighteen places.
    volume: i128,
}

/// The parcels of a shipment.
pub(super) struct Packing {
    groups: Vec<Equal>,
    service: ServiceId,
}

/// Packs units (sku, count) for a service: each unit that ships alone by itself, the rest into as
/// few equal parcels as the service's weight limit allows.
pub(super) fn pack(
    wave: &Wave,
    service: ServiceId,
    units: impl Iterator<Item = (SkuId, u32)>,
) -> Packing {
    let mut groups = Vec::new();
    let mut rest = Equal { parcels: 0, kg: 0, volume: 0 };
    for (sku, count) in units.filter(|(_, count)| *count > 0) {
        let item = &wave.items[sku];
        let count = i128::from(count);
        let (kg, volume) = (i128::from(item.kg.0) * count, item.volume().0 * count);
        if item.ships_alone {
            groups.push(Equal { parcels: count, kg, volume });
        } else {
            rest = Equal { parcels: 1, kg: rest.kg + kg, volume: rest.volume + volume };
        }
    }
    if rest.parcels > 0 {
        if let Some(max_kg) = wave.services[service].max_kg {
            rest.parcels = ceil_div(rest.kg, i128::from(max_kg.0)).max(1);
        }
        groups.push(rest);
    }
    Packing { groups, service }
}

impl Packing {
    pub fn parcels(&self) -> u32 {
        self.groups.iter().map(|group| group.parcels as u32).sum()
    }

    /// Billable kg over all parcels.
    pub fn billable_kg(&self, wave: &Wave) -> f64 {
        let divisor = wave.services[self.service].dim_divisor;
        let billable = |group: &Equal| {
            let volume_kg = divisor.map_or(0.0, |d| group.volume as f64 / d.0 as f64);
            (group.kg as f64).max(volume_kg) / Decimal::SCALE as f64
        };
        self.groups.iter().map(billable).sum()
    }

    /// What the carrier asks, surcharge included; rounded once.
    pub fn freight(&self, wave: &Wave, zone: ZoneMatch) -> Money {
        let service = &wave.services[self.service];
        let Some(breaks) = wave.rate_cards[service.rate_card].breaks(zone.zone) else {
            return Money::ZERO;
        };
        let rates: i128 = self
            .groups
            .iter()
            .map(|group| group.parcels * price(group, breaks, service.dim_divisor))
            .sum();
        let factor = i128::from(Decimal::SCALE + service.surcharge.0);
        let minor = 10_i128.pow(wave.minor_digits);
        let scale = i128::from(Rate::SCALE) * i128::from(Decimal::SCALE);
        Money(round_half_up(rates * factor * minor, scale))
    }
}

/// The price of one of several equal parcels, in units of [`Rate`].
///
/// Every comparison is multiplied out, so that nothing is rounded before the price is known.
fn price(group: &Equal, breaks: &[Break], divisor: Option<Decimal>) -> i128 {
    let fits = |up_to: Decimal| {
        let limit = i128::from(up_to.0) * group.parcels;
        group.kg <= limit && divisor.is_none_or(|d| group.volume <= limit * i128::from(d.0))
    };
    if let Some(found) = breaks.iter().find(|one| fits(one.up_to_kg)) {
        return i128::from(found.price.0);
    }
    let Some(last) = breaks.last() else { return 0 };
    let limit = i128::from(last.up_to_kg.0) * group.parcels;
    let kilogram = i128::from(Decimal::SCALE) * group.parcels;
    let by_kg = ceil_div(group.kg - limit, kilogram);
    let by_volume = divisor.map_or(0, |d| {
        let d = i128::from(d.0);
        ceil_div(group.volume - limit * d, kilogram * d)
    });
    i128::from(last.price.0) + i128::from(last.extra_per_kg.0) * by_kg.max(by_volume)
}

fn ceil_div(numerator: i128, denominator: i128) -> i128 {
    -(-numerator).div_euclid(denominator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(kg: i64, volume: i128, parcels: i128) -> Equal {
        Equal { parcels, kg: i128::from(kg), volume }
    }

    fn breaks() -> Vec<Break> {
        let one = |tenths: i64, price| Break {
            up_to_kg: Decimal(tenths * 100_000_000),
            price: Rate(price),
            extra_per_kg: Rate(700),
        };
        vec![one(3, 50_000), one(10, 80_000)]
    }

    #[test]
    fn a_break_includes_its_weight() {
        assert_eq!(price(&one(300_000_000, 0, 1), &breaks(), None), 50_000);
        assert_eq!(price(&one(300_000_001, 0, 1), &breaks(), None), 80_000);
        assert_eq!(price(&one(600_000_000, 0, 2), &breaks(), None), 50_000, "two parcels of 0.3");
    }

    #[test]
    fn every_started_kg_above_the_last_break_is_extra() {
        let kg = |kg| price(&one(kg, 0, 1), &breaks(), None);
        assert_eq!(kg(1_000_000_000), 80_000);
        assert_eq!(kg(1_000_000_001), 80_700);
        assert_eq!(kg(2_000_000_000), 80_700);
        assert_eq!(kg(2_000_000_001), 81_400);
    }

    #[test]
    fn volume_weight_meets_a_break_exactly() {
        let divisor = Some(Decimal::from_int(5000));
        let cubic_cm = 10_i128.pow(18);
        assert_eq!(price(&one(1, 1500 * cubic_cm, 1), &breaks(), divisor), 50_000);
        assert_eq!(price(&one(1, 1500 * cubic_cm + 1, 1), &breaks(), divisor), 80_000);
        // 1.2 kg of volume weight: one started kg above the last break.
        assert_eq!(price(&one(1, 6000 * cubic_cm, 1), &breaks(), divisor), 80_700);
        assert_eq!(price(&one(1, 6000 * cubic_cm, 1), &breaks(), None), 50_000);
    }
}
