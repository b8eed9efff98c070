//! Services with their zones and rates, and which node offers which.

use crate::diagnostics::{Findings, codes};
use crate::domain::{Break, Node, NodeService, RateCard, Service, ZoneRow as Zone, ZoneTable};
use crate::ids::{Id, IdVec, NodeId, RateCardId, ServiceId, ZoneId, ZoneTableId};
use crate::ingest::read::Rows;
use crate::ingest::rows::{NodeServiceRow, RateRow, ServiceRow, ZoneRow};
use crate::ingest::rules::keys::{Index, Part, unique};
use crate::ingest::spec::Row;
use crate::units::Decimal;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Names in the order in which they are first met.
pub(crate) struct Names<'a, I> {
    of: FxHashMap<&'a str, u32>,
    names: IdVec<I, Box<str>>,
}

impl<'a, I: Id> Names<'a, I> {
    pub(crate) fn new() -> Names<'a, I> {
        Names { of: FxHashMap::default(), names: IdVec::new() }
    }

    fn id(&mut self, name: &'a str) -> I {
        let Names { of, names } = self;
        let index = of.entry(name).or_insert_with(|| names.push(name.into()).index() as u32);
        I::from_index(*index as usize)
    }

    pub(crate) fn into_names(self) -> IdVec<I, Box<str>> {
        self.names
    }
}

/// Zone tables with the zones that each leads to.
pub(crate) struct Zones<'a> {
    pub(crate) index: Index<'a, ZoneTableId>,
    pub(crate) tables: IdVec<ZoneTableId, ZoneTable>,
    zones_of: IdVec<ZoneTableId, BTreeSet<ZoneId>>,
}

/// What a row of a zone table matches: its table, its distance and its two prefixes. Distances are
/// compared by their bits: the same text is the same distance.
type Match<'a> = (ZoneTableId, Option<u64>, &'a str, &'a str);

/// Zone tables: rows by distance or by prefixes, none that contradict each other.
pub(crate) fn zones<'a>(
    table: &Rows<ZoneRow<'a>>,
    names: &mut Names<'a, ZoneId>,
    findings: &mut Findings,
) -> Zones<'a> {
    let mut tables: Names<'a, ZoneTableId> = Names::new();
    let mut rows_of: Vec<Vec<Zone>> = Vec::new();
    let mut zones_of: IdVec<ZoneTableId, BTreeSet<ZoneId>> = IdVec::new();
    // What the first row of each match says, with its number.
    let mut matched: FxHashMap<Match, (ZoneId, u32, usize)> = FxHashMap::default();
    for row in &table.rows {
        let Some(table_name) = row.zone_table else { continue };
        let id = tables.id(table_name);
        if id.index() == rows_of.len() {
            rows_of.push(Vec::new());
            zones_of.push(BTreeSet::new());
        }
        if !row.is_whole() {
            continue;
        }
        let (Some(zone), Some(transit_days)) = (row.zone, row.transit_days) else { continue };
        let zone = names.id(zone);
        let has_prefix = row.origin_prefix.is_some() || row.destination_prefix.is_some();
        let (origin, destination) =
            (row.origin_prefix.unwrap_or_default(), row.destination_prefix.unwrap_or_default());
        let zone_row = match (row.max_km, has_prefix) {
            (Some(max_km), false) => Zone::Band { max_km, zone, transit_days },
            (None, true) => Zone::Prefix {
                origin: origin.into(),
                destination: destination.into(),
                zone,
                transit_days,
            },
            (both, _) => {
                let cause = match both {
                    Some(_) => "stands beside a prefix",
                    None => "is empty, and so are the prefixes",
                };
                let action = "give the row either max_km or a prefix";
                findings.push(table.finding(&codes::E0501, row, "max_km", cause, action));
                continue;
            }
        };
        let key = (id, row.max_km.map(|km| (km + 0.0).to_bits()), origin, destination);
        let (first_zone, first_days, first) =
            *matched.entry(key).or_insert((zone, transit_days, row.number));
        if (first_zone, first_days) != (zone, transit_days) {
            let cause =
                format!("differs in zone or transit days from row {first}, which matches the same");
            let finding = table.finding(&codes::E0502, row, "zone", cause, "keep one of the rows");
            findings.push(finding.value(row.zone.unwrap_or_default()));
        }
        rows_of[id.index()].push(zone_row);
        zones_of[id].insert(zone);
    }
    let built = tables.names.iter().zip(rows_of).map(|(name, rows)| ZoneTable::new(name, rows));
    let built = built.collect();
    Zones { index: Index::from_map("zones", tables.of, table.is_partial), tables: built, zones_of }
}

/// Rate cards by their names.
pub(crate) struct Rates<'a> {
    pub(crate) index: Index<'a, RateCardId>,
    pub(crate) cards: IdVec<RateCardId, RateCard>,
}

/// Rate cards: keys.
pub(crate) fn rates<'a>(
    table: &Rows<RateRow<'a>>,
    names: &mut Names<'a, ZoneId>,
    findings: &mut Findings,
) -> Rates<'a> {
    let key = |row: &RateRow<'a>| Some((row.rate_card?, row.zone?, row.up_to_kg?));
    let show = |(card, zone, kg): &(&str, &str, Decimal)| format!("{card}, {zone}, {kg}");
    unique(table, key, show, findings);
    let mut card_names: Names<'a, RateCardId> = Names::new();
    let mut cards: Vec<FxHashMap<ZoneId, Vec<Break>>> = Vec::new();
    for row in &table.rows {
        let Some(name) = row.rate_card else { continue };
        let id = card_names.id(name);
        if id.index() == cards.len() {
            cards.push(FxHashMap::default());
        }
        let (Some(zone), Some(up_to_kg)) = (row.zone, row.up_to_kg) else { continue };
        let (Some(price), Some(extra_per_kg)) = (row.price, row.extra_per_kg) else { continue };
        let zone = names.id(zone);
        let breaks = cards[id.index()].entry(zone).or_default();
        breaks.push(Break { up_to_kg, price, extra_per_kg });
    }
    let built = card_names.names.iter().zip(cards).map(|(name, mut breaks_of)| {
        let zones = names.names.ids().map(|zone| {
            let mut breaks = breaks_of.remove(&zone).unwrap_or_default();
            breaks.sort_by_key(|one| one.up_to_kg);
            breaks
        });
        RateCard { id: name.clone(), zones: zones.collect() }
    });
    let cards = built.collect();
    Rates { index: Index::from_map("rates", card_names.of, table.is_partial), cards }
}

/// Services: keys, references, zones without a price.
pub(crate) fn services<'a>(
    table: &Rows<ServiceRow<'a>>,
    zones: &Zones<'_>,
    rates: &Rates<'_>,
    names: &Names<'_, ZoneId>,
    findings: &mut Findings,
) -> Part<'a, ServiceId, Service> {
    let index = Index::new(table, |row| row.service, findings);
    let items = table.rows.iter().map(|row| {
        let zone_table = zones.index.follow(table, row, "zone_table", row.zone_table, findings);
        let rate_card = rates.index.follow(table, row, "rate_card", row.rate_card, findings);
        let (zone_table, rate_card) = (zone_table?, rate_card?);
        for zone in &zones.zones_of[zone_table] {
            if rates.cards[rate_card].breaks(*zone).is_none() {
                let name = &names.names[*zone];
                let cause = format!(
                    "has no price for zone {name} of {}: the service is not offered there",
                    zones.tables[zone_table].id
                );
                let action = format!("add zone {name} to the card in rates, if it is served");
                let finding = table.finding(&codes::W0501, row, "rate_card", cause, action);
                findings.push(finding.value(row.rate_card.unwrap_or_default()));
            }
        }
        Some(Service {
            id: row.service?.into(),
            carrier: row.carrier?.into(),
            zone_table,
            rate_card,
            dim_divisor: row.dim_divisor,
            surcharge: row.surcharge?,
            max_kg: row.max_kg,
            max_length: row.max_length,
            hazmat: row.hazmat?,
            operates: row.operates?,
            kg_co2_per_parcel_km: row.kg_co2_per_parcel_km?,
            kg_co2_per_kg_km: row.kg_co2_per_kg_km?,
        })
    });
    let items = items.collect();
    Part { index, items }
}

/// Adds the services to the nodes that offer them, every one where a node names none: keys,
/// references.
pub(crate) fn node_services<'a>(
    table: &Rows<NodeServiceRow<'a>>,
    nodes: &mut Part<'_, NodeId, Node>,
    services: &Part<'_, ServiceId, Service>,
    findings: &mut Findings,
) {
    let key = |row: &NodeServiceRow<'a>| Some((row.node_id?, row.service?));
    unique(table, key, |(node, service)| format!("{node}, {service}"), findings);
    for row in &table.rows {
        let node = nodes.index.follow(table, row, "node_id", row.node_id, findings);
        let service = services.index.follow(table, row, "service", row.service, findings);
        let (Some(node), Some(service)) = (node, service) else { continue };
        if let Some(node) = nodes.get_mut(node) {
            node.services.push(NodeService { service, parcels_per_day: row.parcels_per_day });
        }
    }
    let every = (0..services.items.len()).map(ServiceId::from_index);
    let every: Vec<_> =
        every.map(|service| NodeService { service, parcels_per_day: None }).collect();
    for node in nodes.items.iter_mut().flatten().filter(|node| node.services.is_empty()) {
        node.services.clone_from(&every);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::rules::fixture::{codes_of, rows};
    use crate::tables::Source;

    #[test]
    fn a_zone_row_goes_by_distance_or_by_prefixes() {
        let file = Source::from_csv(
            b"zone_table,zone,max_km,origin_prefix,destination_prefix,transit_days\n\
              t,1,100,,,1\nt,2,,10,,1\nt,2,,,20,1\nt,1,100,1,,1\nt,1,,,,1\nt,2,100,,,1\nt,1,100,,,1\n\
              u,2,100,,,1\nt,2,,10,,2\n",
        )
        .unwrap();
        let mut findings = Findings::default();
        let zones = zones(&rows(&file), &mut Names::new(), &mut findings);
        assert_eq!(codes_of(&findings), ["E0501:4", "E0501:5", "E0502:6", "E0502:9"]);
        assert_eq!(zones.tables.len(), 2);
    }

    #[test]
    fn a_zone_without_a_price_is_told() {
        let zone_file =
            Source::from_csv(b"zone_table,zone,max_km,transit_days\nt,1,10,1\nt,2,20,1\n").unwrap();
        let rate_file =
            Source::from_csv(b"rate_card,zone,up_to_kg,price\nr,1,5,9\nr,1,2,4\nr,1,5.0,8\n")
                .unwrap();
        let service_file =
            Source::from_csv(b"service,carrier,zone_table,rate_card\ns,c,t,r\ns,c,t,r\nq,c,x,r\n")
                .unwrap();
        let mut findings = Findings::default();
        let mut names = Names::new();
        let zones = zones(&rows(&zone_file), &mut names, &mut findings);
        let rates = rates(&rows(&rate_file), &mut names, &mut findings);
        assert_eq!(codes_of(&findings), ["E0301:3"]);
        let breaks = rates.cards[RateCardId(0)].breaks(ZoneId(0)).unwrap();
        assert_eq!(breaks[0].up_to_kg, Decimal::from_int(2));
        let mut findings = Findings::default();
        services(&rows(&service_file), &zones, &rates, &names, &mut findings);
        assert_eq!(codes_of(&findings), ["E0301:2", "W0501:1", "W0501:2", "E0302:3"]);
    }
}
