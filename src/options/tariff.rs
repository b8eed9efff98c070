//! What a shipment, a release and a transfer cost: exact amounts for given contents.

use crate::domain::{Break, CapacityUnit, Lane, Service, Wave};
use crate::ids::{NodeId, ServiceId, SkuId, ZoneId};
use crate::units::{Decimal, Money, Quantity, Rate, Volume, round_half_up, round_half_up_f64};

/// Units of a line in a shipment, a release or a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// Distinguishes lines; two contents of one line count as one line.
    pub line: u32,
    pub sku: SkuId,
    pub quantity: Quantity,
}

/// The parcels of a shipment and their price.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Freight {
    pub amount: Money,
    pub parcels: u32,
    pub kg: Decimal,
    /// Sum over the parcels.
    pub billable_kg: f64,
}

/// The freight of contents that leave together by a service to a zone; nothing where the rate
/// card does not know the zone.
///
/// Items that ship alone travel one unit a parcel; the rest is divided into equal parcels.
pub fn freight(
    wave: &Wave,
    service: ServiceId,
    zone: ZoneId,
    contents: &[Content],
) -> Option<Freight> {
    let service = &wave.services[service];
    let breaks = wave.rate_cards[service.rate_card].breaks(zone)?;
    let mut total = 0_i128;
    let mut parcels = 0_u32;
    let mut kg = Decimal::ZERO;
    let mut billable_kg = 0.0;
    let mut rest: Option<(Decimal, Volume)> = None;
    for content in contents {
        let item = &wave.items[content.sku];
        kg += item.kg * content.quantity as i64;
        if item.ships_alone {
            let price = parcel_price(service, breaks, item.kg, item.volume(), 1);
            total += price.0 as i128 * content.quantity as i128;
            parcels += content.quantity;
            billable_kg += billable(service, item.kg, item.volume()) * content.quantity as f64;
        } else {
            let (rest_kg, rest_volume) = rest.unwrap_or_default();
            let volume = Volume(item.volume().0 * content.quantity as i128);
            rest = Some((rest_kg + item.kg * content.quantity as i64, rest_volume + volume));
        }
    }
    if let Some((rest_kg, rest_volume)) = rest {
        let count = service.max_kg.map_or(1, |max| parcel_count(rest_kg, max));
        let price = parcel_price(service, breaks, rest_kg, rest_volume, count);
        total += price.0 as i128 * count as i128;
        parcels += count;
        billable_kg += billable(service, rest_kg, rest_volume);
    }
    let one = Decimal::SCALE as i128;
    let amount = round_half_up(
        total * (one + service.surcharge.0 as i128) * 10_i128.pow(wave.minor_digits),
        one * Rate::SCALE as i128,
    );
    Some(Freight { amount: Money(amount), parcels, kg, billable_kg })
}

/// max(1, ceil(kg / max_kg)).
fn parcel_count(kg: Decimal, max_kg: Decimal) -> u32 {
    if max_kg.0 <= 0 {
        return 1;
    }
    let count = (kg.0 + max_kg.0 - 1) / max_kg.0;
    u32::try_from(count.max(1)).unwrap_or(u32::MAX)
}

/// The price of one of `count` equal parcels that weigh `kg` and measure `volume` together.
fn parcel_price(
    service: &Service,
    breaks: &[Break],
    kg: Decimal,
    volume: Volume,
    count: u32,
) -> Rate {
    let count = count as i128;
    let divisor = service.dim_divisor.map(|divisor| divisor.0 as i128);
    // How far `kg` and `volume` exceed `count` parcels of a break; volume has 18 places, like the
    // product of a weight and the divisor.
    let kg_above = |up_to: Decimal| kg.0 as i128 - count * up_to.0 as i128;
    let volume_above =
        |up_to: Decimal| divisor.map_or(-1, |divisor| volume.0 - count * up_to.0 as i128 * divisor);
    let at = breaks.partition_point(|b| kg_above(b.up_to_kg) > 0 || volume_above(b.up_to_kg) > 0);
    if let Some(found) = breaks.get(at) {
        return found.price;
    }
    let last = breaks[breaks.len() - 1];
    let ceil_div = |a: i128, b: i128| (a + b - 1).div_euclid(b);
    let scale = Decimal::SCALE as i128;
    let by_kg = ceil_div(kg_above(last.up_to_kg), count * scale);
    let by_volume =
        divisor.map_or(0, |divisor| ceil_div(volume_above(last.up_to_kg), divisor * count * scale));
    Rate(last.price.0 + last.extra_per_kg.0 * by_kg.max(by_volume) as i64)
}

/// The larger of actual and volume weight, in kg, for reports.
fn billable(service: &Service, kg: Decimal, volume: Volume) -> f64 {
    let by_volume =
        service.dim_divisor.map_or(0.0, |divisor| volume.0 as f64 / 1e18 / divisor.to_f64());
    kg.to_f64().max(by_volume)
}

/// Work of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    pub lines: u32,
    pub units: u32,
    pub minutes: Decimal,
}

impl Work {
    /// What a release with this work uses of the capacity of its node, in every unit.
    pub fn uses(&self) -> [(CapacityUnit, Decimal); 4] {
        [
            (CapacityUnit::Units, Decimal::from_int(i64::from(self.units))),
            (CapacityUnit::Lines, Decimal::from_int(i64::from(self.lines))),
            (CapacityUnit::Shipments, Decimal::ONE),
            (CapacityUnit::Minutes, self.minutes),
        ]
    }
}

/// The work that a release of these contents is for a node.
pub fn work(wave: &Wave, node: NodeId, contents: &[Content]) -> Work {
    let mut work = Work::default();
    for (index, content) in contents.iter().enumerate() {
        if contents[..index].iter().all(|earlier| earlier.line != content.line) {
            work.lines += 1;
        }
        work.units += content.quantity;
        work.minutes += wave.node_item(node, content.sku).minutes * content.quantity as i64;
    }
    work
}

/// The handling cost of a release at a node.
pub fn handling(wave: &Wave, node: NodeId, contents: &[Content]) -> Money {
    let place = &wave.nodes[node];
    let work = work(wave, node, contents);
    let units: Money = contents
        .iter()
        .map(|c| (place.unit_cost + wave.node_item(node, c.sku).unit_cost) * c.quantity as i64)
        .sum();
    let minutes =
        round_half_up(work.minutes.0 as i128 * place.minute_cost.0 as i128, Decimal::SCALE as i128);
    place.shipment_cost + place.line_cost * work.lines as i64 + units + Money(minutes)
}

/// The weight of contents.
pub fn weight(wave: &Wave, contents: &[Content]) -> Decimal {
    contents.iter().map(|c| wave.items[c.sku].kg * c.quantity as i64).sum()
}

/// What a lane costs for what an order moves over it on a date.
pub fn transfer_freight(lane: &Lane, kg: Decimal) -> Money {
    let by_weight = kg.0 as i128 * lane.cost_per_kg.0 as i128;
    lane.shipment_cost + Money(round_half_up(by_weight, Decimal::SCALE as i128))
}

/// kg CO2e of a parcel shipment over `km`.
pub fn shipment_co2(service: &Service, km: f64, parcels: u32, kg: Decimal) -> f64 {
    km * (parcels as f64 * service.kg_co2_per_parcel_km + kg.to_f64() * service.kg_co2_per_kg_km)
}

/// kg CO2e of a transfer.
pub fn transfer_co2(lane: &Lane, kg: Decimal) -> f64 {
    kg.to_f64() * lane.kg_co2_per_kg
}

/// Emissions at a price per kg CO2e.
pub fn carbon(kg_co2: f64, price: Money) -> Money {
    Money(round_half_up_f64(kg_co2 * price.0 as f64))
}
