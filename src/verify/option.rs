//! The rules of a single assignment: its route, dates, eligibility and derived columns.

use super::Context;
use super::parcel::{Leg, leg};
use super::part::Part;
use super::violation::{Violation, ViolationKind as Kind};
use crate::domain::{Journey, NodeKind};
use crate::ids::{NodeId, OrderId, ServiceId, SkuId};
use crate::network::haversine_km;
use crate::plan::AssignmentKind;
use crate::time::Day;

/// A fault, with what was found and what is expected.
type Fault = (Kind, String, String);

/// Checks the free units of a part against every rule that concerns nothing else, and its derived
/// columns. What a commitment has frozen is exempt from the rules.
pub(super) fn check(context: Context<'_>, part: &Part<'_>, violations: &mut Vec<Violation>) {
    let mut faults = Vec::new();
    if part.row.quantity == 0 {
        faults.push((Kind::ZeroQuantity, "0".into(), "at least 1".into()));
    }
    // Lanes are never frozen, so a route is checked even where it carries no units.
    route(context, part, &mut faults);
    if part.free > 0 {
        source(context, part, &mut faults);
        windows(context, part, &mut faults);
        journey(context, part, &mut faults);
        if part.late_days > 0 && context.wave.is_hard(part.order, context.model) {
            let found = format!("{} days late", part.late_days);
            faults.push((Kind::DeadlineMissed, found, "0".into()));
        }
    }
    columns(context, part, &mut faults);
    for (kind, found, expected) in faults {
        let mut what = part.labels(context);
        what.push(("node", context.wave.nodes[part.row.source].id.to_string()));
        what.push(("date", part.row.ship_date.to_string()));
        violations.push(Violation::new(kind, what, found, expected));
    }
}

/// Lanes join, operate, depart after arrival, and pass no node twice.
fn route(context: Context<'_>, part: &Part<'_>, faults: &mut Vec<Fault>) {
    let (wave, row) = (context.wave, part.row);
    let id = |node: NodeId| wave.nodes[node].id.to_string();
    let mut at = row.source;
    let mut passed = vec![at];
    let mut arrived: Option<Day> = None;
    for hop in &row.hops {
        let lane = &wave.lanes[hop.lane];
        if lane.from != at {
            faults.push((Kind::RouteBroken, id(lane.from), id(at)));
        }
        if !lane.operates.contains(hop.departs) {
            faults.push((Kind::LaneClosed, hop.departs.to_string(), lane.operates.to_string()));
        }
        if let Some(day) = arrived.filter(|day| hop.departs < *day) {
            faults.push((Kind::DepartsTooEarly, hop.departs.to_string(), format!("from {day}")));
        }
        arrived = Some(hop.departs.plus(lane.transit_days));
        at = lane.to;
        if passed.contains(&at) {
            faults.push((Kind::RouteNotSimple, id(at), "each node once".into()));
        }
        passed.push(at);
    }
    if let Some(day) = arrived.filter(|day| row.ship_date < *day) {
        faults.push((Kind::ShipsTooEarly, row.ship_date.to_string(), format!("from {day}")));
    }
    let most = context.model.rules.max_lanes as usize;
    if row.hops.len() > most {
        faults.push((Kind::TooManyLanes, row.hops.len().to_string(), format!("at most {most}")));
    }
}

fn source(context: Context<'_>, part: &Part<'_>, faults: &mut Vec<Fault>) {
    let node = &context.wave.nodes[part.row.source];
    if node.kind == NodeKind::Hub {
        faults.push((Kind::HubSource, node.id.to_string(), "a node with stock".into()));
    }
    if context.wave.is_excluded(part.row.line, part.row.source, part.release()) {
        let found = format!("released {}", part.release());
        faults.push((Kind::Excluded, found, "not before the exclusion ends".into()));
    }
}

fn windows(context: Context<'_>, part: &Part<'_>, faults: &mut Vec<Fault>) {
    let mut inside = |node: NodeId, day: Day, kind: Kind| {
        let window = context.wave.window(node);
        if window.binary_search(&day).is_err() {
            let expected = match (window.first(), window.last()) {
                (Some(first), Some(last)) => format!("a working day from {first} to {last}"),
                _ => "no date: the node has no working day left".into(),
            };
            faults.push((kind, day.to_string(), expected));
        }
    };
    if !part.row.hops.is_empty() {
        inside(part.row.source, part.release(), Kind::ReleaseOutsideWindow);
    }
    inside(part.last, part.row.ship_date, Kind::ShipOutsideWindow);
}

fn journey(context: Context<'_>, part: &Part<'_>, faults: &mut Vec<Fault>) {
    let is_shipped = context.wave.destination(part.order).is_some();
    match part.row.service {
        Some(service) if is_shipped => {
            faults.extend(parcel(context, part.order, part.sku, part.last, service, part.leg));
        }
        None if !is_shipped => faults.extend(pickup(context, part.order, part.last)),
        Some(_) => faults.push((Kind::WrongJourney, "a parcel".into(), "a pickup".into())),
        None => faults.push((Kind::WrongJourney, "a pickup".into(), "a parcel".into())),
    }
}

/// What bars an item from leaving a node as a parcel by a service.
fn parcel(
    context: Context<'_>,
    order: OrderId,
    sku: SkuId,
    at: NodeId,
    by: ServiceId,
    leg: Option<Leg>,
) -> Vec<Fault> {
    let wave = context.wave;
    let (node, service, item) = (&wave.nodes[at], &wave.services[by], &wave.items[sku]);
    let mut faults: Vec<Fault> = Vec::new();
    if !node.ships {
        faults.push((Kind::NodeDoesNotShip, node.id.to_string(), "a node that ships".into()));
    }
    if !node.services.iter().any(|offer| offer.service == by) {
        let expected = format!("a service of node {}", node.id);
        faults.push((Kind::ServiceNotOffered, service.id.to_string(), expected));
    }
    if leg.is_none_or(|leg| leg.zone.is_none()) {
        let found = format!("service {} from node {}", service.id, node.id);
        faults.push((Kind::NoZone, found, "a zone with rates".into()));
    }
    if item.hazmat && !service.hazmat {
        let found = format!("item {} by service {}", item.sku, service.id);
        faults.push((Kind::Hazmat, found, "a service for hazardous goods".into()));
    }
    if let Some(most) = service.max_kg.filter(|most| item.kg > *most) {
        faults.push((Kind::TooHeavy, format!("{} kg", item.kg), format!("at most {most} kg")));
    }
    if let (Some(side), Some(most)) = (item.longest_side(), service.max_length)
        && side > most
    {
        let cm = |length: crate::units::Length| format!("{} cm", length.0 as f64 / 1e6);
        faults.push((Kind::TooLong, cm(side), format!("at most {}", cm(most))));
    }
    if let Some(place) = wave.destination(order)
        && place.country != node.country
    {
        let expected = format!("country {}", place.country);
        faults.push((Kind::OtherCountry, format!("country {}", node.country), expected));
    }
    if let (Some(leg), Some(most)) = (leg, context.model.rules.max_distance_km)
        && leg.km > most
    {
        faults.push((Kind::TooFar, format!("{:.3} km", leg.km), format!("at most {most} km")));
    }
    faults
}

/// What bars an order from being handed over at a node.
fn pickup(context: Context<'_>, order: OrderId, at: NodeId) -> Vec<Fault> {
    let wave = context.wave;
    let Journey::Pickup { node: wished, radius_km } = wave.orders[order].journey else {
        return Vec::new();
    };
    let (node, wish) = (&wave.nodes[at], &wave.nodes[wished]);
    let mut faults: Vec<Fault> = Vec::new();
    if !node.pickup {
        let expected = "a node with pickup".into();
        faults.push((Kind::NodeHasNoPickup, node.id.to_string(), expected));
    }
    let km = haversine_km((wish.latitude, wish.longitude), (node.latitude, node.longitude));
    if at != wished && km > radius_km {
        let expected = format!("within {radius_km} km of node {}", wish.id);
        faults.push((Kind::PickupTooFar, format!("{km:.3} km"), expected));
    }
    faults
}

/// Whether an item of an order could leave a node for the customer on a day without being late:
/// by some service, or handed over.
pub(super) fn serves_on_time(
    context: Context<'_>,
    order: OrderId,
    sku: SkuId,
    at: NodeId,
    day: Day,
) -> bool {
    leaves_on_time(context, order, at, day, |service, leg| {
        parcel(context, order, sku, at, service, Some(leg)).is_empty()
    })
}

/// The same for any item: false where no item could.
pub(super) fn reaches_on_time(context: Context<'_>, order: OrderId, at: NodeId, day: Day) -> bool {
    leaves_on_time(context, order, at, day, |_, _| true)
}

/// Whether anything of an order could leave a node on a day without being late, by a service that
/// `takes` it where it is a parcel.
fn leaves_on_time(
    context: Context<'_>,
    order: OrderId,
    at: NodeId,
    day: Day,
    takes: impl Fn(ServiceId, Leg) -> bool,
) -> bool {
    let wave = context.wave;
    // Nothing arrives before it leaves.
    if wave.late_days(order, day, day) > 0 {
        return false;
    }
    if wave.destination(order).is_none() {
        return pickup(context, order, at).is_empty();
    }
    wave.nodes[at].ships
        && wave.nodes[at].services.iter().any(|offer| {
            let Some(leg) = leg(wave, order, at, offer.service) else { return false };
            let Some(zone) = leg.zone else { return false };
            let delivery = wave.services[offer.service].delivery_date(day, zone.transit_days);
            wave.late_days(order, day, delivery) == 0 && takes(offer.service, leg)
        })
}

/// The columns that follow from the option.
fn columns(context: Context<'_>, part: &Part<'_>, faults: &mut Vec<Fault>) {
    let (wave, row) = (context.wave, part.row);
    let id = |node: NodeId| wave.nodes[node].id.to_string();
    let days = |kind, found: Day, expected: Day| (kind, found.to_string(), expected.to_string());
    if row.last_node != part.last {
        faults.push((Kind::LastNodeWrong, id(row.last_node), id(part.last)));
    }
    if row.release_date != part.release() {
        faults.push(days(Kind::ReleaseDateWrong, row.release_date, part.release()));
    }
    if row.delivery_date != part.delivery {
        faults.push(days(Kind::DeliveryDateWrong, row.delivery_date, part.delivery));
    }
    if row.days_late != part.late_days {
        let (found, expected) = (row.days_late.to_string(), part.late_days.to_string());
        faults.push((Kind::DaysLateWrong, found, expected));
    }
    let tier = context.model.tier(&wave.nodes[row.source]);
    if row.tier != tier {
        faults.push((Kind::TierWrong, row.tier.to_string(), tier.to_string()));
    }
    let kind = kind(context, part);
    if row.kind != kind {
        faults.push((Kind::KindWrong, row.kind.name().into(), kind.name().into()));
    }
}

/// The first kind that applies.
fn kind(context: Context<'_>, part: &Part<'_>) -> AssignmentKind {
    let (wave, row) = (context.wave, part.row);
    let stock = wave.stock_of(row.source, part.sku);
    let is_unlimited = stock.is_some() && wave.nodes[row.source].unlimited_stock;
    // A node without a working day in the wave has no first ship date to be short on.
    let is_short = wave.window(row.source).first().is_some_and(|first| {
        stock.map_or(0, |stock| stock.available_by(*first)) < i64::from(row.quantity)
    });
    if !row.hops.is_empty() {
        AssignmentKind::Transfer
    } else if is_short && !is_unlimited {
        AssignmentKind::Backorder
    } else if wave.nodes[row.source].kind == NodeKind::Vendor {
        AssignmentKind::DropShip
    } else if row.service.is_none() {
        AssignmentKind::Pickup
    } else {
        AssignmentKind::Parcel
    }
}
