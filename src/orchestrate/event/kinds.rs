//! The kinds of events and their fields.

use crate::domain::{CapacityUnit, Condition, Deadline};
use crate::orchestrate::event::spec::{events, records};
use crate::orchestrate::event::value::{
    Amount, Count, CountFromOne, Date, Dates, Difference, Factor, JourneyKind, Km, Latitude,
    Longitude, Moment, Name, Nodes, PlannerCause, Resolution, SignedAmount, Text, Units, Work,
};

records! {
    /// A line of an order that is placed.
    PlacedLine {
        line: Text, required, "The line's name within its order.";
        sku: Text, required, "The item.";
        quantity: Units, required, "Units wanted.";
        unit_price: Amount, optional("0"), "What the customer pays for a unit.";
        together: Text, optional("none"), "A kit: lines of an order with the same text travel together.";
    }

    /// A line of an order that is changed, or a new one.
    ChangedLine {
        line: Text, required, "The line's name within its order.";
        sku: Text, optional("as it is"), "The item; for a new line only.";
        quantity: Units, optional("as it is"), "All units wanted from now on, those delivered among them; needed for a new line.";
        unit_price: Amount, optional("as it is; 0 for a new line"), "What the customer pays for a unit.";
        together: Text, optional("none"), "A kit; for a new line only.";
    }
}

events! {
    /// A customer places an order.
    OrderPlaced "order_placed" {
        order_id: Text, required, "The order's id.";
        placed_at: Moment, optional("the event's instant"), "When it was placed.";
        journey: Name<JourneyKind>, optional("ship"), "How the customer gets it.";
        latitude: Latitude, optional("unknown"), "Where it goes; required for ship.";
        longitude: Longitude, optional("unknown"), "Where it goes; required for ship.";
        country: Text, optional("US"), "Parcels stay within a country.";
        postal_code: Text, optional("empty text"), "Matched by the prefixes of zone tables.";
        pickup_node: Text, optional("none"), "Where it is collected; required for pickup.";
        pickup_radius_km: Km, optional("0"), "Other pickup nodes within this distance of it will do.";
        ship_by: Date, optional("no date"), "The latest ship date.";
        deliver_by: Date, optional("no date"), "The latest delivery date.";
        deadline: Name<Deadline>, optional("the model's"), "Whether its dates bind or are priced.";
        weight: Factor, optional("1"), "Its importance: factor of lateness and unfilled.";
        channel: Text, optional("empty text"), "For reports.";
        customer_tier: Text, optional("empty text"), "For reports.";
        ship_complete: bool, optional("false"), "Whether all lines are filled or none.";
        max_shipments: CountFromOne, optional("the model's"), "The most shipments.";
        exchange_of: Text, optional("none"), "The order that it replaces.";
        lines: Vec<PlacedLine>, required, "Items and quantities wanted.";
    }

    /// The customer, or the service desk, changes an order.
    OrderChanged "order_changed" {
        order_id: Text, required, "The order.";
        latitude: Latitude, optional("as it is"), "Where it goes.";
        longitude: Longitude, optional("as it is"), "Where it goes.";
        country: Text, optional("as it is"), "Parcels stay within a country.";
        postal_code: Text, optional("as it is"), "Matched by the prefixes of zone tables.";
        pickup_node: Text, optional("as it is"), "Where it is collected; for pickup only.";
        ship_by: Date, optional("as it is"), "The latest ship date.";
        deliver_by: Date, optional("as it is"), "The latest delivery date.";
        deadline: Name<Deadline>, optional("as it is"), "Whether its dates bind or are priced.";
        weight: Factor, optional("as it is"), "Its importance.";
        ship_complete: bool, optional("as it is"), "Whether all lines are filled or none.";
        max_shipments: CountFromOne, optional("as it is"), "The most shipments.";
        lines: Vec<ChangedLine>, optional("as they are"), "Lines that change, and new ones.";
        reason: Text, optional("none"), "For the history.";
    }

    /// An order is cancelled: every unit of it that has not left.
    OrderCancelled "order_cancelled" {
        order_id: Text, required, "The order.";
        reason: Text, optional("none"), "For the history.";
    }

    /// An order waits: nothing more of it is planned or released.
    OrderHeld "order_held" {
        order_id: Text, required, "The order.";
        reason: Text, optional("none"), "For the history.";
    }

    /// An order that was held goes on.
    OrderReleased "order_released" {
        order_id: Text, required, "The order.";
        reason: Text, optional("none"), "For the history.";
    }

    /// Units of a line are to come from a node: the plan that `release` publishes.
    LinePlanned "line_planned" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are open, an exception or planned"), "Units; taken from open ones, then exceptions, then planned and released ones, which are thereby recalled.";
        node_id: Text, required, "The source.";
        instead_of: Text, optional("any"), "Takes only units that are planned at or released to this node.";
        route: Nodes, optional("the source alone"), "The nodes that the units pass, the source first.";
        departs: Dates, optional("no lanes"), "The date of departure over each lane of the route.";
        service: Text, optional("none: a pickup"), "The carrier's service of the shipment.";
        release_date: Date, required, "The first departure.";
        ship_date: Date, required, "When the shipment leaves or is handed over.";
        delivery_date: Date, required, "When the customer has it.";
        shipment_id: Text, optional("none"), "The shipment that the units are in.";
        tier: CountFromOne, optional("none"), "The source's tier, for the history.";
        reason: Text, optional("none"), "Why it was planned so, for the history.";
    }

    /// A plan is told to its source.
    LineReleased "line_released" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are planned"), "Units released.";
        node_id: Text, optional("any"), "The source.";
    }

    /// Units wait for a plan again: the plan for them is given up.
    LineRecalled "line_recalled" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are planned or released"), "Units recalled; planned ones first.";
        node_id: Text, optional("any"), "The source.";
        reason: Text, optional("none"), "For the history.";
    }

    /// The source takes the work.
    LineAccepted "line_accepted" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are released"), "Units accepted.";
        node_id: Text, optional("any"), "The source.";
    }

    /// The source cannot provide units: a short pick.
    LineRejected "line_rejected" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are released, accepted, picked or packed"), "Units missing.";
        node_id: Text, optional("the only one that has such units"), "The source.";
        until: Date, optional("never"), "The first date on which the source may release the line again.";
        reason: Text, optional("none"), "What the source says.";
    }

    /// Units are taken from the shelf.
    LinePicked "line_picked" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are released or accepted"), "Units picked.";
        node_id: Text, optional("any"), "The source.";
    }

    /// Units are packed.
    LinePacked "line_packed" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are picked"), "Units packed.";
        node_id: Text, optional("any"), "The source.";
        shipment_id: Text, optional("the planned one"), "The shipment that they are in.";
    }

    /// Units leave a node: to the customer, or over a lane.
    LineShipped "line_shipped" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are picked or packed there, or came there"), "Units that leave.";
        node_id: Text, optional("any"), "Where they leave.";
        to_node: Text, optional("to the customer"), "The node at the lane's end.";
        service: Text, optional("the planned one"), "The carrier's service.";
        shipment_id: Text, optional("the planned one"), "The shipment that they are in.";
        delivery_date: Date, optional("the planned one"), "When the carrier expects to deliver.";
        tracking: Text, optional("none"), "The carrier's number, for the history.";
    }

    /// The customer has units that were shipped.
    LineDelivered "line_delivered" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are shipped"), "Units delivered.";
        shipment_id: Text, optional("any"), "The shipment that they are in.";
    }

    /// The customer collects units.
    LinePickedUp "line_picked_up" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are picked or packed there, or came there"), "Units collected.";
        node_id: Text, optional("any"), "Where they are collected.";
    }

    /// Units of a line are cancelled.
    LineCancelled "line_cancelled" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that have not left"), "Units cancelled; open ones first, then exceptions, planned, released, accepted, picked and packed ones.";
        reason: Text, optional("none"), "For the history.";
    }

    /// A vendor takes an order for units.
    VendorAcknowledged "vendor_acknowledged" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are released"), "Units accepted.";
        node_id: Text, optional("the only one that has such units"), "The vendor.";
        ship_date: Date, optional("the planned one"), "When the vendor will send them.";
        delivery_date: Date, optional("the planned one"), "When the customer will have them.";
    }

    /// A vendor will not provide units.
    VendorRejected "vendor_rejected" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are released or accepted"), "Units rejected.";
        node_id: Text, optional("the only one that has such units"), "The vendor.";
        until: Date, optional("never"), "The first date on which the vendor may release the line again.";
        reason: Text, optional("none"), "What the vendor says.";
    }

    /// A vendor sends units.
    VendorShipped "vendor_shipped" {
        order_id: Text, required, "The order.";
        line: Text, required, "The line.";
        quantity: Units, optional("all that are released or accepted"), "Units sent.";
        node_id: Text, optional("the only one that has such units"), "The vendor.";
        to_node: Text, optional("to the customer"), "The node at the lane's end.";
        service: Text, optional("the planned one"), "The carrier's service.";
        shipment_id: Text, optional("the planned one"), "The shipment that they are in.";
        delivery_date: Date, optional("the planned one"), "When the carrier expects to deliver.";
        tracking: Text, optional("none"), "The carrier's number, for the history.";
    }

    /// Stock is counted: what is on the shelf, picked and packed units among it.
    StockCounted "stock_counted" {
        node_id: Text, required, "The node.";
        sku: Text, required, "The item.";
        on_hand: Count, required, "Units found.";
        safety_stock: Count, optional("as it is"), "Units withheld from orders from now on.";
    }

    /// Stock arrives.
    StockReceived "stock_received" {
        node_id: Text, required, "The node.";
        sku: Text, required, "The item.";
        quantity: Units, required, "Units that came.";
        inbound_id: Text, optional("not announced"), "The inbound that they belong to, which shrinks by them.";
    }

    /// Stock is corrected: damage, theft, a find.
    StockAdjusted "stock_adjusted" {
        node_id: Text, required, "The node.";
        sku: Text, required, "The item.";
        change: Difference, required, "Units more, or fewer where it is below 0.";
        reason: Text, optional("none"), "For the history.";
    }

    /// Units are promised elsewhere.
    StockReserved "stock_reserved" {
        node_id: Text, required, "The node.";
        sku: Text, required, "The item.";
        reserved: Count, required, "All units promised elsewhere from now on.";
    }

    /// Stock is on its way.
    InboundAnnounced "inbound_announced" {
        inbound_id: Text, required, "The inbound's id.";
        node_id: Text, required, "The node.";
        sku: Text, required, "The item.";
        date: Date, required, "Usable from this date on.";
        quantity: Units, required, "Units that arrive.";
    }

    /// Stock on its way comes at another date, or less or more of it.
    InboundDelayed "inbound_delayed" {
        inbound_id: Text, required, "The inbound; that of a wave's table is called node/sku/date.";
        date: Date, required, "Usable from this date on.";
        quantity: Count, optional("as it is"), "Units that are still to come; 0 cancels it.";
    }

    /// A node stops working.
    NodeClosed "node_closed" {
        node_id: Text, required, "The node.";
        until: Date, optional("until it is reopened"), "The first date on which it works again.";
        reason: Text, optional("none"), "For the history.";
    }

    /// A node works again.
    NodeReopened "node_reopened" {
        node_id: Text, required, "The node.";
    }

    /// A node can do more or less than before.
    CapacityChanged "capacity_changed" {
        node_id: Text, required, "The node.";
        unit: Name<CapacityUnit>, required, "What is counted.";
        date: Date, optional("every date without a row of its own"), "The date that it is for.";
        capacity: Work, required, "Work a day.";
        overload: Work, optional("0"), "Work allowed above it.";
        overload_cost: Amount, optional("0"), "Per unit of work above it.";
    }

    /// The price list changes.
    PriceChanged "price_changed" {
        sku: Text, required, "The item.";
        unit_price: Amount, required, "What a unit costs the customer from now on.";
    }

    /// A customer will send something back; said again before any came, it corrects what was said.
    ReturnAnnounced "return_announced" {
        return_id: Text, required, "The return's id.";
        order_id: Text, optional("none"), "The order of the exchange that it belongs to.";
        sku: Text, required, "The item.";
        quantity: Units, required, "Units returned.";
        condition: Name<Condition>, optional("new"), "Their state.";
        latitude: Latitude, optional("unknown"), "Where the customer is.";
        longitude: Longitude, optional("unknown"), "Where the customer is.";
        country: Text, optional("US"), "Returns stay within a country.";
        postal_code: Text, optional("empty text"), "Matched by the prefixes of zone tables.";
        drop_node: Text, optional("none"), "The node that it was brought to; it stays there.";
    }

    /// Units come back.
    ReturnReceived "return_received" {
        return_id: Text, required, "The return.";
        node_id: Text, required, "Where it arrived.";
        quantity: Units, optional("all that are still to come"), "Units that came.";
        condition: Name<Condition>, optional("as announced"), "Their state.";
        restocked: Count, optional("all of them where they are new, else none"), "Units that are on the shelf again.";
    }

    /// The planner cannot serve units of a line, or not in time.
    ExceptionRaised "exception_raised" {
        order_id: Text, required, "The order.";
        line: Text, optional("the whole order"), "The line.";
        cause: Name<PlannerCause>, required, "What stops it.";
        quantity: Units, optional("not counted"), "Units that it concerns.";
        reason: Text, optional("none"), "Why, for the queue.";
    }

    /// The planner says what it would do about an exception.
    ExceptionProposed "exception_proposed" {
        exception_id: Text, required, "The exception's id.";
        proposal: Text, required, "What it would do, in words.";
        cost: SignedAmount, optional("unknown"), "What that costs more, or saves where it is below 0.";
    }

    /// Someone decides about an exception.
    ExceptionResolved "exception_resolved" {
        exception_id: Text, required, "The exception's id.";
        resolution: Name<Resolution>, required, "What is done about it.";
        reason: Text, optional("none"), "For the history.";
    }
}
