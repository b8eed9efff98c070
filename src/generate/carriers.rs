//! Services, zones and rate cards of an invented parcel carrier, shaped like those of real ones.

use super::columns::{counts, decimals, flags, some_decimals, table, texts};
use crate::tables::Table;

/// A pound in kg, eight places.
const POUND: i64 = 45_359_237;
/// The last break of the rate cards, in pounds.
const LAST_BREAK: i64 = 150;
/// The largest parcel of every service, and its longest side in cm.
pub(super) const MAX_KG: i64 = 68;
pub(super) const MAX_LENGTH: i64 = 274;

/// Upper ends of the zones 1 to 8 in km: 50, 150, 300, 600, 1000, 1400, 1800 miles and beyond.
const ZONE_KM: [i64; 8] = [80, 241, 483, 966, 1609, 2253, 2897, 20_016];

struct Level {
    name: &'static str,
    /// Transit days by zone.
    transit: [u32; 8],
    /// Price of a parcel that weighs nothing, and what each zone adds, in ten-thousandths.
    base: i64,
    per_zone: i64,
    /// Price of a pound in zone 0 and what each zone adds, in ten-thousandths.
    per_pound: i64,
    per_pound_zone: i64,
    surcharge: i64,
    hazmat: bool,
    operates: &'static str,
    /// Emissions by parcel and km and by kg and km, in hundred-thousandths of a kg.
    emission: (i64, i64),
}

const LEVELS: [Level; 3] = [
    Level {
        name: "ground",
        transit: [1, 1, 2, 3, 3, 4, 4, 5],
        base: 60_000,
        per_zone: 2400,
        per_pound: 1900,
        per_pound_zone: 780,
        surcharge: 16,
        hazmat: true,
        operates: "mon-sat",
        emission: (5, 10),
    },
    Level {
        name: "2day",
        transit: [1, 2, 2, 2, 2, 2, 2, 2],
        base: 96_000,
        per_zone: 7800,
        per_pound: 3600,
        per_pound_zone: 2250,
        surcharge: 18,
        hazmat: false,
        operates: "mon-fri",
        emission: (10, 60),
    },
    Level {
        name: "overnight",
        transit: [1, 1, 1, 1, 1, 1, 1, 1],
        base: 165_000,
        per_zone: 19_500,
        per_pound: 5200,
        per_pound_zone: 3900,
        surcharge: 18,
        hazmat: false,
        operates: "mon-fri",
        emission: (10, 90),
    },
];

pub(super) fn services() -> Table {
    table([
        ("service", texts(&LEVELS, |level| level.name)),
        ("carrier", texts(&LEVELS, |_| "northline")),
        ("zone_table", texts(&LEVELS, |level| level.name)),
        ("rate_card", texts(&LEVELS, |level| level.name)),
        ("dim_divisor", decimals(&LEVELS, 0, |_| 5000)),
        ("surcharge", decimals(&LEVELS, 2, |level| level.surcharge)),
        ("max_kg", decimals(&LEVELS, 0, |_| MAX_KG)),
        ("max_length", decimals(&LEVELS, 0, |_| MAX_LENGTH)),
        ("hazmat", flags(&LEVELS, |level| level.hazmat)),
        ("operates", texts(&LEVELS, |level| level.operates)),
        ("kg_co2_per_parcel_km", decimals(&LEVELS, 5, |level| level.emission.0)),
        ("kg_co2_per_kg_km", decimals(&LEVELS, 5, |level| level.emission.1)),
    ])
}

pub(super) fn zones() -> Table {
    let zones = LEVELS.iter().flat_map(|level| (0..8).map(move |zone| (level, zone)));
    let rows: Vec<(&Level, usize)> = zones.collect();
    table([
        ("zone_table", texts(&rows, |(level, _)| level.name)),
        ("zone", texts(&rows, |(_, zone)| (zone + 1).to_string())),
        ("max_km", decimals(&rows, 0, |&(_, zone)| ZONE_KM[zone])),
        ("transit_days", counts(&rows, |&(level, zone)| level.transit[zone])),
    ])
}

pub(super) fn rates() -> Table {
    let rows = LEVELS.iter().flat_map(|level| {
        let zones = 1..=8;
        zones.flat_map(move |zone| (1..=LAST_BREAK).map(move |pounds| (level, zone, pounds)))
    });
    let rows: Vec<(&Level, i64, i64)> = rows.collect();
    table([
        ("rate_card", texts(&rows, |(level, ..)| level.name)),
        ("zone", texts(&rows, |(_, zone, _)| zone.to_string())),
        ("up_to_kg", decimals(&rows, 8, |(.., pounds)| pounds * POUND)),
        ("price", decimals(&rows, 4, |&(level, zone, pounds)| price(level, zone, pounds))),
        (
            "extra_per_kg",
            some_decimals(&rows, 4, |&(level, zone, pounds)| {
                let extra = price(level, zone, pounds) - price(level, zone, pounds - 1);
                (pounds == LAST_BREAK).then_some(extra * 22 / 10)
            }),
        ),
    ])
}

/// In ten-thousandths: a pound costs less above 20 and again above 70.
fn price(level: &Level, zone: i64, pounds: i64) -> i64 {
    let pound = level.per_pound + level.per_pound_zone * zone;
    let steps = [(20, 100), (70, 78), (i64::MAX, 62)];
    let mut price = level.base + level.per_zone * zone;
    let mut from = 0;
    for (to, percent) in steps {
        price += (pounds.min(to) - from).max(0) * pound * percent / 100;
        from = to;
    }
    price
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_rise_with_weight_zone_and_speed() {
        for zone in 1..=8 {
            for pounds in 1..LAST_BREAK {
                let of = |level: usize, zone, pounds| price(&LEVELS[level], zone, pounds);
                assert!(of(0, zone, pounds) < of(0, zone, pounds + 1));
                assert!(of(0, zone, pounds) < of(0, zone + 1, pounds));
                assert!(of(0, zone, pounds) < of(1, zone, pounds));
                assert!(of(1, zone, pounds) < of(2, zone, pounds));
            }
        }
    }

    #[test]
    fn a_light_parcel_by_ground_costs_what_one_would_expect() {
        let ground = &LEVELS[0];
        assert!((65_000..90_000).contains(&price(ground, 2, 1)));
        assert!((120_000..200_000).contains(&price(ground, 8, 10)));
    }
}
