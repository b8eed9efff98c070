//! Rows about nodes and the lanes between them.

use crate::ingest::spec::rows;

rows! {
    /// The places that can fulfil.
    NodeRow: "nodes" required key["node_id"] {
        node_id: Text required, "The node's id, without the mark > of routes.";
        kind: NodeKinds required, "What the node is. A hub merges and holds no stock; a vendor ships for us.";
        name: Text default(""), "For reports.";
        latitude: Latitude required, "Where it is.";
        longitude: Longitude required, "Where it is.";
        country: Text default("US"), "Parcels stay within a country.";
        postal_code: Text default(""), "Matched by the prefixes of zone tables.";
        time_zone: Zone default("UTC"), "The zone of its cutoff and dates.";
        calendar: Text optional("every day"), "Its working days, by the name of a calendar.";
        cutoff: Clock default("23:59"), "The latest clock time of intake; its minute counts.";
        lead_days: DayCount default("0"), "Working days of processing before the first ship date.";
        ships: Bool default("true"), "Whether it sends parcels.";
        pickup: Bool optional("true for a store"), "Whether customers collect there.";
        accepts_returns: Bool optional("true for a dc or store"), "Whether returns go there.";
        unlimited_stock: Bool default("false"), "Whether its skus with an inventory row are there without limit.";
        shipment_cost: Money default("0"), "Handling per release.";
        line_cost: Money default("0"), "Handling per line.";
        unit_cost: Money default("0"), "Handling per unit.";
        minute_cost: Money default("0"), "Handling per minute of work.";
        open_cost: Money default("0"), "Per date on which it releases anything.";
        reject_rate: Share default("0"), "The share of lines that it rejects.";
        tier: CountFromOne optional("that of its kind in the model"), "Its place in the fulfilment hierarchy, from 1.";
    }

    /// Working days, shared by nodes.
    CalendarRow: "calendars" optional key["calendar"] {
        calendar: Text required, "The calendar's name.";
        weekdays: Days required, "The days of the week that are worked.";
        closed: Dates optional("none"), "Dates off, with spaces between them.";
    }

    /// How much work a node takes a day. A row with a date stands in for the dateless row on that date.
    NodeCapacityRow: "node_capacity" optional key["node_id", "date", "unit"] {
        node_id: Text required, "The node.";
        date: Date optional("every date"), "The date that the row is for.";
        unit: CapacityUnits required, "What is counted.";
        capacity: Work required, "Work a day; 0 closes the node that day.";
        overload: Work default("0"), "Work allowed above it.";
        overload_cost: Money default("0"), "Per unit of work above it.";
    }

    /// Allowed movements between nodes.
    LaneRow: "lanes" optional key["from_node", "to_node"] {
        from_node: Text required, "Where it starts.";
        to_node: Text required, "Where it ends.";
        transit_days: DayCount required, "Calendar days on the way.";
        shipment_cost: Money default("0"), "Per order and departure.";
        cost_per_kg: Money default("0"), "Per kg moved.";
        operates: Days default("daily"), "The days on which it departs.";
        kg_co2_per_kg: Carbon default("0"), "kg CO2e per kg moved.";
    }
}
