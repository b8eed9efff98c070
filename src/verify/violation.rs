//! What can be wrong with a plan: a stable code a kind, and where it was found.

use serde::{Serialize, Serializer};
use std::fmt;

macro_rules! kinds {
    ($($variant:ident = $code:literal, $meaning:literal;)*) => {
        /// A way in which a plan breaks the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ViolationKind {
            $(#[doc = $meaning] $variant),*
        }

        impl ViolationKind {
            pub const ALL: [ViolationKind; [$($code),*].len()] = [$(ViolationKind::$variant),*];

            /// The text that names the kind in every output.
            pub fn code(self) -> &'static str {
                match self {
                    $(ViolationKind::$variant => $code),*
                }
            }

            /// What is wrong, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(ViolationKind::$variant => $meaning),*
                }
            }
        }
    };
}

kinds! {
    UnknownId = "unknown_id", "A table names something that the wave or the plan does not have.";

    QuantityMismatch = "quantity_mismatch", "Assigned and unfilled units of a line do not add up to what was ordered.";
    ZeroQuantity = "zero_quantity", "A row is about no units.";
    DuplicateOption = "duplicate_option", "Two assignments of a line have the same option.";
    SplitLine = "split_line", "A line's units are divided, but the model does not allow it.";
    UnfilledDuplicate = "unfilled_duplicate", "A line has two rows in the unfilled table.";
    ReasonsWrong = "reasons_wrong", "An unfilled line has no reason, or the same reason twice.";

    HubSource = "hub_source", "A hub is used as a source.";
    RouteBroken = "route_broken", "A lane does not start where the line is.";
    RouteNotSimple = "route_not_simple", "A route passes a node twice.";
    TooManyLanes = "too_many_lanes", "A route has more lanes than the model allows.";
    LaneClosed = "lane_closed", "A lane does not operate on the day of departure.";
    DepartsTooEarly = "departs_too_early", "A departure is before the arrival at its node.";
    ShipsTooEarly = "ships_too_early", "A shipment leaves before one of its lines is there.";
    ReleaseOutsideWindow = "release_outside_window", "The source does not release on that date.";
    ShipOutsideWindow = "ship_outside_window", "The shipment's node does not release on that date.";
    Excluded = "excluded", "An exclusion bars the source from releasing the line on that date.";
    WrongJourney = "wrong_journey", "A shipped order is handed over, or a pickup order is sent.";
    NodeDoesNotShip = "node_does_not_ship", "A parcel leaves a node that ships none.";
    ServiceNotOffered = "service_not_offered", "The node does not offer the service.";
    NoZone = "no_zone", "The service has no zone, or no rate for the zone, between node and customer.";
    Hazmat = "hazmat", "The service does not carry hazardous goods.";
    TooHeavy = "too_heavy", "A single unit is heavier than the service takes.";
    TooLong = "too_long", "A unit is longer than the service takes.";
    OtherCountry = "other_country", "Node and customer are in different countries.";
    TooFar = "too_far", "The customer is farther from the node than the model allows.";
    NodeHasNoPickup = "node_has_no_pickup", "The node hands nothing over.";
    PickupTooFar = "pickup_too_far", "The node is outside the radius around the order's pickup node.";

    ShipCompleteBroken = "ship_complete_broken", "A ship-complete order is filled in part.";
    TogetherBroken = "together_broken", "A kit is not in one shipment, or is filled in part.";
    MaxShipmentsExceeded = "max_shipments_exceeded", "An order has more shipments than it may.";
    NoSplitBelowBroken = "no_split_below_broken", "An order worth too little to split has several shipments.";
    DeadlineMissed = "deadline_missed", "A line with hard dates is late.";
    CommitmentMissing = "commitment_missing", "Units frozen by commitments are not where they were.";
    JoinedShipped = "joined_shipped", "Units are added to a shipment that has already left.";

    StockExceeded = "stock_exceeded", "More is released than is there by the date.";
    CapacityExceeded = "capacity_exceeded", "A node works more than its capacity and overload.";
    CarrierExceeded = "carrier_exceeded", "A carrier is given more parcels than it picks up.";

    KindWrong = "kind_wrong", "The kind of an assignment is another one.";
    LastNodeWrong = "last_node_wrong", "The route of an assignment ends elsewhere.";
    ReleaseDateWrong = "release_date_wrong", "The release date is not that of the first departure.";
    DeliveryDateWrong = "delivery_date_wrong", "The delivery date does not follow from the ship date.";
    DaysLateWrong = "days_late_wrong", "The late days do not follow from the dates.";
    TierWrong = "tier_wrong", "The source has another tier.";
    ShipmentReferenceWrong = "shipment_reference_wrong", "An assignment points to a shipment that is not its own.";
    IdDuplicate = "id_duplicate", "Two rows have the same id.";
    ShipmentMissing = "shipment_missing", "A shipment that the assignments make is not in the table.";
    ShipmentUnexpected = "shipment_unexpected", "A shipment in the table has no assignments, or stands there twice.";
    ShipmentWrong = "shipment_wrong", "A column of a shipment does not follow from its assignments.";
    TransferMissing = "transfer_missing", "A transfer that the assignments make is not in the table.";
    TransferUnexpected = "transfer_unexpected", "A transfer in the table has no assignments, or stands there twice.";
    TransferWrong = "transfer_wrong", "A column of a transfer does not follow from its assignments.";
    NodeLoadMissing = "node_load_missing", "Work or a limit is not in the table of node loads.";
    NodeLoadUnexpected = "node_load_unexpected", "A node load is about no work and no limit, or stands there twice.";
    NodeLoadWrong = "node_load_wrong", "A column of a node load does not follow from the assignments.";
    StockUseMissing = "stock_use_missing", "Stock is used that is not in the table of stock use.";
    StockUseUnexpected = "stock_use_unexpected", "A stock use is about no stock, or stands there twice.";
    StockUseWrong = "stock_use_wrong", "A column of a stock use does not follow from the assignments.";

    ReturnMissing = "return_missing", "A return that some node can take is not in the table of returns.";
    ReturnRepeated = "return_repeated", "A return stands twice in the table.";
    ReturnMoved = "return_moved", "A return that was brought to a node does not stay there.";
    ReturnNotAccepted = "return_not_accepted", "The node accepts no returns.";
    ReturnNotBrought = "return_not_brought", "A return comes without a service to a node that hands nothing of its order over.";
    ReturnWrong = "return_wrong", "A column of a return does not follow from where it goes.";

    CostWrong = "cost_wrong", "A cost in the certificate differs from that of the plan.";
    ObjectiveWrong = "objective_wrong", "The objective differs from the weighted costs of the plan.";
    BoundAboveObjective = "bound_above_objective", "The bound is above the objective.";
    GapWrong = "gap_wrong", "The gap is not that of objective and bound.";
    CertificateWrong = "certificate_wrong", "The certificate contradicts itself or the wave.";
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for ViolationKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    pub kind: ViolationKind,
    /// What it is about: labels (`order`, `line`, `node`, `date`, ...) with ids as text.
    #[serde(serialize_with = "as_map")]
    pub what: Vec<(&'static str, String)>,
    /// What the plan says or does.
    pub found: String,
    /// What it ought to be, or the most that is allowed.
    pub expected: String,
}

fn as_map<S: Serializer>(
    what: &[(&'static str, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(what.iter().map(|(label, id)| (label, id)))
}

impl Violation {
    pub(super) fn new(
        kind: ViolationKind,
        what: impl IntoIterator<Item = (&'static str, String)>,
        found: impl fmt::Display,
        expected: impl fmt::Display,
    ) -> Violation {
        Violation {
            kind,
            what: what.into_iter().collect(),
            found: found.to_string(),
            expected: expected.to_string(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        for (at, (label, id)) in self.what.iter().enumerate() {
            write!(f, "{} {label} {id}", if at == 0 { ":" } else { "," })?;
        }
        write!(f, ": found {}, expected {}. ", self.found, self.expected)?;
        f.write_str(self.kind.meaning())
    }
}
