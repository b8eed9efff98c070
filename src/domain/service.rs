//! Carrier services: zone tables, rate cards and what a node offers.

use crate::ids::{IdVec, RateCardId, ServiceId, ZoneId, ZoneTableId};
use crate::time::{Day, Weekdays};
use crate::units::{Decimal, Length, Rate};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// A carrier's service level.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub id: Box<str>,
    pub carrier: Box<str>,
    pub zone_table: ZoneTableId,
    pub rate_card: RateCardId,
    /// Cubic centimetres per kg of volume weight; volume does not count where there is none.
    pub dim_divisor: Option<Decimal>,
    /// Share added to freight: 0.12 is 12 %.
    pub surcharge: Decimal,
    pub max_kg: Option<Decimal>,
    pub max_length: Option<Length>,
    /// Whether it carries hazardous goods.
    pub hazmat: bool,
    pub operates: Weekdays,
    pub kg_co2_per_parcel_km: f64,
    pub kg_co2_per_kg_km: f64,
}

impl Service {
    /// The delivery date of a parcel: the `transit_days`-th operating day after the ship date.
    pub fn delivery_date(&self, ship_date: Day, transit_days: u32) -> Day {
        self.operates.nth_after(ship_date, transit_days)
    }
}

/// A service that a node offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeService {
    pub service: ServiceId,
    /// Parcels that the carrier picks up a day; no limit where there is none.
    pub parcels_per_day: Option<u32>,
}

/// One row of a zone table, by distance or by postal prefixes.
#[derive(Clone, Debug, PartialEq)]
pub enum ZoneRow {
    Band { max_km: f64, zone: ZoneId, transit_days: u32 },
    Prefix { origin: Box<str>, destination: Box<str>, zone: ZoneId, transit_days: u32 },
}

/// A zone and its transit days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZoneMatch {
    pub zone: ZoneId,
    pub transit_days: u32,
}

/// A zone table, indexed for lookup.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ZoneTable {
    pub id: Box<str>,
    /// By rising distance.
    bands: Vec<(f64, ZoneMatch)>,
    prefixes: FxHashMap<Box<str>, FxHashMap<Box<str>, ZoneMatch>>,
    /// Lengths of the prefix pairs present, the most characters first, then those of the origin.
    lengths: Vec<(usize, usize)>,
}

impl ZoneTable {
    pub fn new(id: &str, rows: impl IntoIterator<Item = ZoneRow>) -> ZoneTable {
        let mut table = ZoneTable { id: id.into(), ..ZoneTable::default() };
        for row in rows {
            match row {
                ZoneRow::Band { max_km, zone, transit_days } => {
                    table.bands.push((max_km, ZoneMatch { zone, transit_days }));
                }
                ZoneRow::Prefix { origin, destination, zone, transit_days } => {
                    let lengths = (origin.len(), destination.len());
                    if !table.lengths.contains(&lengths) {
                        table.lengths.push(lengths);
                    }
                    let by_destination = table.prefixes.entry(origin).or_default();
                    by_destination.insert(destination, ZoneMatch { zone, transit_days });
                }
            }
        }
        table.bands.sort_by(|a, b| a.0.total_cmp(&b.0));
        table.lengths.sort_by_key(|&(origin, destination)| Reverse((origin + destination, origin)));
        table
    }

    /// Where the bands end, in km, by rising distance.
    pub fn band_ends(&self) -> impl Iterator<Item = f64> + '_ {
        self.bands.iter().map(|(max_km, _)| *max_km)
    }

    /// The zones that places farther than `km` may be in: those of prefix rows whatever the
    /// distance.
    pub fn zones_beyond(&self, km: f64) -> impl Iterator<Item = ZoneId> + '_ {
        let by_prefix = self.prefixes.values().flat_map(|rows| rows.values());
        let bands = self.bands.iter().filter(move |(max_km, _)| *max_km > km);
        by_prefix.chain(bands.map(|(_, found)| found)).map(|found| found.zone)
    }

    /// The zone from one postal code to another, `km` apart: prefix rows first, then the first
    /// band at or above the distance.
    pub fn lookup(&self, origin: &str, destination: &str, km: f64) -> Option<ZoneMatch> {
        for &(origin_length, destination_length) in &self.lengths {
            let (Some(from), Some(to)) =
                (origin.get(..origin_length), destination.get(..destination_length))
            else {
                continue;
            };
            if let Some(found) = self.prefixes.get(from).and_then(|rows| rows.get(to)) {
                return Some(*found);
            }
        }
        let at = self.bands.partition_point(|(max_km, _)| *max_km < km);
        self.bands.get(at).map(|(_, found)| *found)
    }
}

/// One break of a rate card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub up_to_kg: Decimal,
    pub price: Rate,
    /// Read on the last break: price of each started kg above it.
    pub extra_per_kg: Rate,
}

/// Prices by zone and weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    pub id: Box<str>,
    /// For each zone the breaks by rising weight; empty where the card does not know the zone.
    pub zones: IdVec<ZoneId, Vec<Break>>,
}

impl RateCard {
    /// The breaks of a zone, by rising weight; nothing where the card does not know it.
    pub fn breaks(&self, zone: ZoneId) -> Option<&[Break]> {
        self.zones.get(zone).map(Vec::as_slice).filter(|breaks| !breaks.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(origin: &str, destination: &str, zone: u32) -> ZoneRow {
        ZoneRow::Prefix {
            origin: origin.into(),
            destination: destination.into(),
            zone: ZoneId(zone),
            transit_days: zone,
        }
    }

    #[test]
    fn prefixes_win_over_bands_and_longer_ones_over_shorter() {
        let band = |max_km, zone| ZoneRow::Band { max_km, zone: ZoneId(zone), transit_days: 1 };
        let table = ZoneTable::new(
            "t",
            [
                band(500.0, 9),
                band(100.0, 8),
                prefix("10", "", 1),
                prefix("", "20", 2),
                prefix("1", "20", 3),
            ],
        );
        let zone = |origin, destination, km| {
            table.lookup(origin, destination, km).map(|found| found.zone.0)
        };
        assert_eq!(zone("100", "200", 1.0), Some(3), "three characters beat two");
        assert_eq!(zone("100", "300", 1.0), Some(1));
        assert_eq!(zone("900", "200", 1.0), Some(2));
        assert_eq!(zone("900", "300", 100.0), Some(8), "a band includes its end");
        assert_eq!(zone("900", "300", 100.1), Some(9));
        assert_eq!(zone("900", "300", 500.1), None);
        let beyond = |km| {
            let mut zones: Vec<u32> = table.zones_beyond(km).map(|zone| zone.0).collect();
            zones.sort_unstable();
            zones
        };
        assert_eq!(table.band_ends().collect::<Vec<_>>(), [100.0, 500.0]);
        assert_eq!(beyond(99.9), [1, 2, 3, 8, 9]);
        assert_eq!(beyond(100.0), [1, 2, 3, 9]);
        assert_eq!(beyond(500.0), [1, 2, 3]);
    }

    #[test]
    fn of_equal_lengths_the_longer_origin_wins() {
        let table = ZoneTable::new("t", [prefix("1", "20", 1), prefix("10", "2", 2)]);
        assert_eq!(table.lookup("100", "200", 0.0).map(|found| found.zone.0), Some(2));
    }
}
