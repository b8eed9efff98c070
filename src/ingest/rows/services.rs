//! Rows about carriers: services, zones and rates.

use crate::ingest::spec::rows;

rows! {
    /// Carriers' service levels.
    ServiceRow: "services" optional key["service"] {
        service: Text required, "The service's id.";
        carrier: Text required, "For reports.";
        zone_table: Text required, "The zone table that it uses.";
        rate_card: Text required, "The rate card that it uses.";
        dim_divisor: Divisor optional("volume does not count"), "Cubic centimetres per kg of volume weight.";
        surcharge: Surcharge default("0"), "Added to freight; 0.12 is 12 %.";
        max_kg: KgLimit optional("no limit"), "The heaviest parcel.";
        max_length: Cm optional("no limit"), "The longest side of an item.";
        hazmat: Bool default("false"), "Whether it takes hazardous items.";
        operates: Days default("mon-fri"), "The days that count as transit days.";
        kg_co2_per_parcel_km: Carbon default("0"), "kg CO2e per parcel and km.";
        kg_co2_per_kg_km: Carbon default("0"), "kg CO2e per kg and km.";
    }

    /// The services that a node offers. A node without rows offers every service.
    NodeServiceRow: "node_services" optional key["node_id", "service"] {
        node_id: Text required, "The node.";
        service: Text required, "The service.";
        parcels_per_day: Count optional("no limit"), "Parcels that the carrier takes a day.";
    }

    /// Zones by distance or by postal prefixes. The most characters matched win, then the nearest band.
    ZoneRow: "zones" optional key[] {
        zone_table: Text required, "The table that the row belongs to.";
        zone: Text required, "The zone's name.";
        max_km: Km optional("a row by prefixes"), "The zone holds up to this distance.";
        origin_prefix: Text optional("any origin"), "How the node's postal code starts.";
        destination_prefix: Text optional("any destination"), "How the customer's postal code starts.";
        transit_days: DayCount required, "Operating days on the way.";
    }

    /// Prices by zone and weight.
    RateRow: "rates" optional key["rate_card", "zone", "up_to_kg"] {
        rate_card: Text required, "The card that the row belongs to.";
        zone: Text required, "The zone.";
        up_to_kg: KgLimit required, "The price holds up to this billable weight.";
        price: Rate required, "Of a parcel.";
        extra_per_kg: Rate default("0"), "On the last break: of each started kg above it.";
    }
}
