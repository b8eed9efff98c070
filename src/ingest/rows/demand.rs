//! Rows about orders and returns, and about what was decided for them.

use crate::ingest::spec::rows;

rows! {
    /// Customer demand under one promise each.
    OrderRow: "orders" required key["order_id"] {
        order_id: Text required, "The order's id.";
        placed_at: Instant required, "When it was placed.";
        journey: Journeys default("ship"), "How the customer gets it.";
        latitude: Latitude optional("unknown"), "Where it goes; required for ship.";
        longitude: Longitude optional("unknown"), "Where it goes; required for ship.";
        country: Text default("US"), "Parcels stay within a country.";
        postal_code: Text default(""), "Matched by the prefixes of zone tables.";
        pickup_node: Text optional("none"), "Where it is collected; required for pickup.";
        pickup_radius_km: Km default("0"), "Other pickup nodes within this distance of it will do.";
        ship_by: Date optional("no date"), "The latest ship date.";
        deliver_by: Date optional("no date"), "The latest delivery date.";
        deadline: Deadlines optional("the model's"), "Whether its dates bind or are priced.";
        weight: Factor default("1"), "Its importance: factor of lateness and unfilled.";
        channel: Text default(""), "For reports.";
        customer_tier: Text default(""), "For reports.";
        ship_complete: Bool default("false"), "Whether all lines are filled or none.";
        max_shipments: CountFromOne optional("the model's"), "The most shipments.";
        exchange_of: Text optional("none"), "The order that it replaces; it may lie outside the wave.";
    }

    /// Items and quantities wanted.
    OrderLineRow: "order_lines" required key["order_id", "line"] {
        order_id: Text required, "The order.";
        line: Text required, "The line's name within its order.";
        sku: Text required, "The item; it may stand on several lines.";
        quantity: Units required, "Units wanted.";
        unit_price: Money default("0"), "What the customer pays for a unit.";
        together: Text optional("none"), "A kit: lines of an order with the same text travel together.";
    }

    /// Goods that come back.
    ReturnRow: "returns" optional key["return_id"] {
        return_id: Text required, "The return's id.";
        order_id: Text optional("none"), "The order of this wave that it is exchanged for.";
        sku: Text required, "The item.";
        quantity: Units required, "Units returned.";
        condition: Conditions default("new"), "Their state.";
        latitude: Latitude optional("unknown"), "Where the customer is.";
        longitude: Longitude optional("unknown"), "Where the customer is.";
        country: Text default("US"), "Returns stay within a country.";
        postal_code: Text default(""), "Matched by the prefixes of zone tables.";
        drop_node: Text optional("none"), "The node that it was brought to; it stays there.";
    }

    /// Past decisions. Shipped, picked and pinned ones are frozen.
    CommitmentRow: "commitments" optional key[] {
        order_id: Text required, "The order.";
        line: Text required, "The line.";
        quantity: Units required, "Units decided on.";
        node_id: Text required, "The source.";
        service: Text optional("none"), "The service; required where frozen and shipped to the customer.";
        ship_date: Date optional("open"), "The ship date; required where frozen.";
        level: Levels required, "How firm the decision is.";
        pinned: Bool default("false"), "Whether it stays whatever the level.";
    }

    /// Nodes that may not release a line.
    ExclusionRow: "exclusions" optional key[] {
        order_id: Text required, "The order.";
        line: Text optional("every line"), "The line.";
        node_id: Text required, "The node.";
        until: Date optional("never in this wave"), "The first date on which it may release the line again.";
    }
}
