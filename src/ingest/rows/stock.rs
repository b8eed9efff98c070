//! Rows about items and their stock.

use crate::ingest::spec::rows;

rows! {
    /// What is sold.
    ItemRow: "items" required key["sku"] {
        sku: Text required, "The item's id.";
        name: Text default(""), "For reports.";
        kg: Kg required, "The weight of a unit.";
        length: Cm optional("unknown"), "The first side. Volume counts only where all three are known.";
        width: Cm optional("unknown"), "The second side.";
        height: Cm optional("unknown"), "The third side.";
        value: Money default("0"), "What a unit is worth, for reports.";
        hazmat: Bool default("false"), "Whether it is hazardous.";
        ships_alone: Bool default("false"), "Whether each unit is a parcel of its own.";
    }

    /// What an item costs and takes at a node, beyond the node's own terms.
    NodeItemRow: "node_items" optional key["node_id", "sku"] {
        node_id: Text required, "The node.";
        sku: Text required, "The item.";
        minutes: Minutes default("0"), "Minutes of work per unit.";
        unit_cost: Money default("0"), "Handling per unit, added to the node's.";
        purchase_cost: Money default("0"), "What a vendor is paid per unit.";
    }

    /// Stock. Reserved plus safety stock above on hand counts as nothing available.
    InventoryRow: "inventory" required key["node_id", "sku"] {
        node_id: Text required, "The node; not a hub.";
        sku: Text required, "The item.";
        on_hand: Count required, "Units there, as if the wave's commitments had not happened.";
        reserved: Count default("0"), "Units promised elsewhere.";
        safety_stock: Count default("0"), "Units withheld from orders.";
        opportunity_cost: SignedMoney default("0"), "Per unit used: above 0 protects the stock, below 0 sells it.";
        restock_value: Money default("0"), "What a returned unit is worth there.";
    }

    /// Stock on its way. Rows of the same node, item and date add up.
    InboundRow: "inbound" optional key[] {
        node_id: Text required, "The node; not a hub.";
        sku: Text required, "The item.";
        date: Date required, "Usable from this date on; at once where it is past.";
        quantity: Units required, "Units that arrive.";
    }
}
