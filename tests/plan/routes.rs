//! Corrupted routes, dates and eligibility.

use crate::fixture::*;
use crate::{allows, finds};
use std::collections::BTreeSet;
use wavewright::domain::{Calendar, Deadline, Exclusion, Journey, NodeKind, RateCard};
use wavewright::ids::*;
use wavewright::plan::Hop;
use wavewright::time::{Day, Weekdays};
use wavewright::units::Length;
use wavewright::verify::ViolationKind as Kind;

const MERGED: [(&str, &str); 2] = [("order", "O1"), ("line", "2")];

#[test]
fn a_hub_is_no_source() {
    finds(Kind::HubSource, &[("order", "O1"), ("line", "1")], |case| {
        case.plan.assignments[0].source = HUB;
    });
}

#[test]
fn lanes_must_join() {
    finds(Kind::RouteBroken, &MERGED, |case| {
        case.plan.assignments[1].hops[0].lane = HUB_TO_DC;
    });
}

#[test]
fn a_route_passes_no_node_twice() {
    finds(Kind::RouteNotSimple, &MERGED, |case| {
        let back = Hop { lane: DC_TO_STORE, departs: day(1) };
        case.plan.assignments[1].hops.push(back);
    });
}

#[test]
fn a_route_has_no_more_lanes_than_the_model_allows() {
    finds(Kind::TooManyLanes, &MERGED, |case| case.model.rules.max_lanes = 0);
}

#[test]
fn lanes_operate_on_their_days_only() {
    finds(Kind::LaneClosed, &MERGED, |case| {
        case.parts.lanes[STORE_TO_DC].operates = Weekdays::parse("tue").unwrap();
    });
}

#[test]
fn a_departure_waits_for_the_arrival() {
    finds(Kind::DepartsTooEarly, &MERGED, |case| {
        case.parts.lanes[STORE_TO_HUB].transit_days = 1;
        case.plan.assignments[1].hops = vec![
            Hop { lane: STORE_TO_HUB, departs: day(0) },
            Hop { lane: HUB_TO_DC, departs: day(0) },
        ];
    });
}

#[test]
fn what_arrives_can_leave_on_the_same_day() {
    allows(Kind::DepartsTooEarly, |case| {
        case.plan.assignments[1].hops = vec![
            Hop { lane: STORE_TO_HUB, departs: day(0) },
            Hop { lane: HUB_TO_DC, departs: day(0) },
        ];
    });
}

#[test]
fn a_shipment_waits_for_its_lines() {
    finds(Kind::ShipsTooEarly, &MERGED, |case| case.plan.assignments[1].ship_date = day(0));
}

#[test]
fn the_source_of_a_transfer_releases_within_its_window() {
    finds(Kind::ReleaseOutsideWindow, &MERGED, |case| {
        case.plan.assignments[1].hops[0].departs = Day(day(0).0 - 3);
    });
}

#[test]
fn a_shipment_leaves_on_a_working_day_of_its_node() {
    finds(Kind::ShipOutsideWindow, &MERGED, |case| {
        let calendar = Calendar {
            id: "closed on Tuesday".into(),
            weekdays: Weekdays::DAILY,
            closed: BTreeSet::from([day(1)]),
        };
        let id = case.parts.calendars.push(calendar);
        case.parts.nodes[DC].calendar = Some(id);
    });
}

#[test]
fn a_shipment_leaves_within_the_horizon() {
    finds(Kind::ShipOutsideWindow, &[("order", "O4")], |case| {
        case.plan.assignments[4].ship_date = day(8);
    });
}

fn exclude(order: u32, line: Option<u32>, node: NodeId, until: Day) -> Exclusion {
    Exclusion { order: OrderId(order), line: line.map(LineId), node, until }
}

#[test]
fn an_excluded_source_does_not_release() {
    finds(Kind::Excluded, &MERGED, |case| {
        case.parts.exclusions.push(exclude(0, Some(1), STORE, Day::NEVER));
    });
}

#[test]
fn an_exclusion_ends_and_does_not_bar_passing_through() {
    allows(Kind::Excluded, |case| {
        case.parts.exclusions.push(exclude(0, Some(1), DC, Day::NEVER));
        case.parts.exclusions.push(exclude(3, None, DC, day(2)));
    });
}

#[test]
fn a_shipped_order_is_not_handed_over() {
    finds(Kind::WrongJourney, &[("order", "O1")], |case| {
        case.plan.assignments[0].service = None;
    });
}

#[test]
fn a_pickup_order_is_not_sent() {
    finds(Kind::WrongJourney, &[("order", "O2")], |case| {
        case.plan.assignments[2].service = Some(GROUND);
    });
}

#[test]
fn a_parcel_leaves_a_node_that_ships() {
    finds(Kind::NodeDoesNotShip, &[("order", "O1")], |case| case.parts.nodes[DC].ships = false);
}

#[test]
fn a_node_offers_its_services_only() {
    finds(Kind::ServiceNotOffered, &[("order", "O1"), ("node", "DC")], |case| {
        case.plan.assignments[0].service = Some(AIR);
    });
}

#[test]
fn a_service_needs_a_rate_for_the_zone() {
    finds(Kind::NoZone, &[("order", "O3")], |case| {
        let near = case.parts.rate_cards[RateCardId(0)].zones[NEAR].clone();
        let card = RateCard { id: "rates".into(), zones: vec![near].into() };
        case.parts.rate_cards[RateCardId(0)] = card;
    });
}

#[test]
fn hazardous_goods_need_a_service_that_takes_them() {
    finds(Kind::Hazmat, &[("order", "O4")], |case| case.parts.items[D].hazmat = true);
}

#[test]
fn a_unit_is_no_heavier_than_the_service_takes() {
    finds(Kind::TooHeavy, &[("order", "O4")], |case| {
        case.parts.services[GROUND].max_kg = Some(decimal("0.999999999"));
    });
    allows(Kind::TooHeavy, |case| case.parts.services[GROUND].max_kg = Some(decimal("2")));
}

#[test]
fn a_unit_is_no_longer_than_the_service_takes() {
    let limit = |cm: i64| Some(Length(cm * Length::SCALE));
    finds(Kind::TooLong, &MERGED, |case| case.parts.services[GROUND].max_length = limit(49));
    allows(Kind::TooLong, |case| case.parts.services[GROUND].max_length = limit(50));
}

#[test]
fn parcels_stay_in_their_country() {
    finds(Kind::OtherCountry, &MERGED, |case| case.parts.nodes[DC].country = "CA".into());
}

#[test]
fn parcels_go_no_farther_than_the_model_allows() {
    finds(Kind::TooFar, &[("order", "O3")], |case| {
        case.model.rules.max_distance_km = Some(100.0);
    });
}

#[test]
fn a_pickup_node_hands_over() {
    finds(Kind::NodeHasNoPickup, &[("order", "O2")], |case| {
        case.parts.nodes[STORE].pickup = false;
    });
}

#[test]
fn a_pickup_is_within_the_radius() {
    let wish = |radius_km| Journey::Pickup { node: DC, radius_km };
    finds(Kind::PickupTooFar, &[("order", "O2")], |case| {
        case.parts.orders[OrderId(1)].journey = wish(111.0);
    });
    allows(Kind::PickupTooFar, |case| case.parts.orders[OrderId(1)].journey = wish(111.2));
}

#[test]
fn hard_dates_are_kept() {
    finds(Kind::DeadlineMissed, &MERGED, |case| case.model.rules.deadline = Deadline::Hard);
    allows(Kind::DeadlineMissed, |case| {
        case.model.rules.deadline = Deadline::Hard;
        case.parts.orders[OrderId(0)].deadline = Some(Deadline::Soft);
    });
}

#[test]
fn a_vendor_competes_under_its_own_kind() {
    finds(Kind::KindWrong, &[("order", "O3")], |case| {
        case.parts.nodes[VENDOR].kind = NodeKind::ThirdParty;
    });
}
