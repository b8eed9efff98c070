//! The price of a parcel shipment, in whole numbers.

use crate::oracle::Reach;
use wavewright::domain::{Break, Service, Wave};
use wavewright::ids::SkuId;
use wavewright::units::{Decimal, Money, Rate, round_half_up};

/// What a parcel shipment costs and how many parcels it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freight {
    pub price: Money,
    pub parcels: i64,
}

/// Prices the items of one shipment by a service to a zone.
pub fn of_shipment(
    wave: &Wave,
    service: &Service,
    reach: Reach,
    contents: impl Iterator<Item = (SkuId, u32)>,
) -> Freight {
    let breaks = wave.rate_cards[service.rate_card]
        .breaks(reach.zone)
        .expect("an offered service has a price");
    let mut rate = 0_i128;
    let mut parcels = 0_i64;
    let mut loose = None;
    for (sku, units) in contents {
        let item = &wave.items[sku];
        let (kg, volume) = (i128::from(item.kg.0), item.volume().0);
        if item.ships_alone {
            rate += i128::from(units) * parcel_rate(breaks, service, kg, volume, 1);
            parcels += i64::from(units);
        } else {
            let (all_kg, all_volume) = loose.unwrap_or((0, 0));
            let units = i128::from(units);
            loose = Some((all_kg + units * kg, all_volume + units * volume));
        }
    }
    if let Some((kg, volume)) = loose {
        let count = service.max_kg.map_or(1, |max| ceil(kg, i128::from(max.0)).max(1));
        rate += count * parcel_rate(breaks, service, kg, volume, count);
        parcels += count as i64;
    }
    let with_surcharge = rate * i128::from(Decimal::SCALE + service.surcharge.0);
    let minor = 10_i128.pow(wave.minor_digits);
    let scale = i128::from(Rate::SCALE) * i128::from(Decimal::SCALE);
    Freight { price: Money(round_half_up(with_surcharge * minor, scale)), parcels }
}

/// The rate of one of `count` equal parcels that weigh `kg` and fill `volume` together.
fn parcel_rate(breaks: &[Break], service: &Service, kg: i128, volume: i128, count: i128) -> i128 {
    // With a divisor, kg and volume are compared at eighteen places, both times the divisor.
    let divisor = service.dim_divisor.map(|divisor| i128::from(divisor.0));
    let fits = |limit: Decimal| {
        let limit = i128::from(limit.0) * count;
        kg <= limit && divisor.is_none_or(|divisor| volume <= limit * divisor)
    };
    if let Some(found) = breaks.iter().find(|row| fits(row.up_to_kg)) {
        return i128::from(found.price.0);
    }
    let last = breaks.last().expect("a known zone has breaks");
    let above = i128::from(last.up_to_kg.0) * count;
    let one_kg = i128::from(Decimal::SCALE) * count;
    let mut started = ceil(kg - above, one_kg);
    if let Some(divisor) = divisor {
        started = started.max(ceil(volume - above * divisor, one_kg * divisor));
    }
    i128::from(last.price.0) + i128::from(last.extra_per_kg.0) * started
}

fn ceil(numerator: i128, denominator: i128) -> i128 {
    -(-numerator).div_euclid(denominator)
}
