//! What a single event can contradict in itself, whatever happened before.

use crate::diagnostics::{Code, codes};
use crate::orchestrate::event::spec::Record;
use crate::orchestrate::event::value::Field;
use crate::orchestrate::event::{Amount, Change, Event, JourneyKind, Name, Text};
use crate::units::Decimal;

/// A field that goes with the others in no way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Conflict {
    pub(crate) code: &'static Code,
    pub(crate) field: String,
    pub(crate) value: Option<String>,
    pub(crate) cause: String,
    pub(crate) action: String,
}

/// Finds fields that contradict each other, and amounts with more decimal places than the currency
/// has.
pub(crate) fn conflicts(event: &Event, minor_digits: u32) -> Vec<Conflict> {
    let mut found = Vec::new();
    match &event.change {
        Change::OrderPlaced(order) => {
            let is_pickup = order.journey == Some(Name(JourneyKind::Pickup));
            let (place, needed) = match is_pickup {
                true => (order.pickup_node.is_some(), "pickup_node"),
                false => (
                    order.latitude.is_some() && order.longitude.is_some(),
                    "latitude and longitude",
                ),
            };
            if !place {
                let cause = format!("does not say where the customer is served without {needed}");
                found.push(contradiction("journey", None, cause, format!("add {needed}")));
            }
            some(&order.lines, &mut found);
            unique(order.lines.iter().map(|line| &line.line), &mut found);
            for (index, line) in order.lines.iter().enumerate() {
                amount(
                    &format!("lines[{index}].unit_price"),
                    line.unit_price,
                    minor_digits,
                    &mut found,
                );
            }
        }
        Change::OrderChanged(order) => {
            order.lines.iter().for_each(|lines| some(lines, &mut found));
            let lines = order.lines.as_deref().unwrap_or_default();
            unique(lines.iter().map(|line| &line.line), &mut found);
            for (index, line) in lines.iter().enumerate() {
                if line.sku.is_some() && line.quantity.is_none() {
                    let field = format!("lines[{index}].quantity");
                    let cause = "is absent; a new line needs it";
                    found.push(contradiction(&field, None, cause, "add the units wanted"));
                }
                amount(
                    &format!("lines[{index}].unit_price"),
                    line.unit_price,
                    minor_digits,
                    &mut found,
                );
            }
        }
        Change::LinePlanned(plan) => {
            let route = plan.route.as_ref().map_or(&[][..], |route| &route.0);
            let departs = plan.departs.as_ref().map_or(&[][..], |dates| &dates.0);
            if !route.is_empty() && route[0] != plan.node_id {
                let cause = format!("does not start at the source {}", &*plan.node_id);
                let value = plan.route.as_ref().map(ToString::to_string);
                found.push(contradiction("route", value, cause, "name the source first"));
            }
            if departs.len() != route.len().saturating_sub(1) {
                let cause = format!(
                    "has {} dates; the route has {} lanes",
                    departs.len(),
                    route.len().saturating_sub(1)
                );
                let value = plan.departs.as_ref().map(ToString::to_string);
                found.push(contradiction("departs", value, cause, "give a date for each lane"));
            }
            if plan.ship_date < plan.release_date || plan.delivery_date < plan.ship_date {
                let cause = "is not in order: release, ship and delivery date follow each other";
                let value = Some(plan.ship_date.to_string());
                found.push(contradiction("ship_date", value, cause, "correct the dates"));
            }
        }
        Change::ReturnAnnounced(goods) if goods.latitude.is_some() != goods.longitude.is_some() => {
            let missing = if goods.latitude.is_none() { "latitude" } else { "longitude" };
            let cause = "is absent, and half a place is none";
            found.push(contradiction(
                missing,
                None,
                cause,
                "give latitude and longitude, or neither",
            ));
        }
        Change::StockAdjusted(stock) if stock.change.0 == 0 => {
            let action = "give the units more or fewer, or leave the event out";
            found.push(contradiction("change", Some("0".to_owned()), "changes nothing", action));
        }
        Change::PriceChanged(price) => {
            amount("unit_price", Some(price.unit_price), minor_digits, &mut found);
        }
        Change::CapacityChanged(capacity) => {
            amount("overload_cost", capacity.overload_cost, minor_digits, &mut found);
        }
        Change::ExceptionProposed(proposal) => {
            let cost = proposal.cost.map(|cost| Amount(cost.0));
            amount("cost", cost, minor_digits, &mut found);
        }
        _ => (),
    }
    found
}

fn contradiction(
    field: &str,
    value: Option<String>,
    cause: impl Into<String>,
    action: impl Into<String>,
) -> Conflict {
    let (cause, action) = (cause.into(), action.into());
    Conflict { code: &codes::E0808, field: field.to_owned(), value, cause, action }
}

/// Finds that lines are named and there is none.
fn some<T: Record>(lines: &[T], found: &mut Vec<Conflict>) {
    if lines.is_empty() {
        let accepts = Vec::<T>::accepts();
        found.push(Conflict {
            code: &codes::E0806,
            field: "lines".to_owned(),
            value: Some("[]".to_owned()),
            cause: format!("is not {accepts}"),
            action: format!("write {accepts}"),
        });
    }
}

/// Finds line names that are there more than once.
fn unique<'a>(names: impl Iterator<Item = &'a Text>, found: &mut Vec<Conflict>) {
    let mut known: Vec<&Text> = Vec::new();
    for (index, name) in names.enumerate() {
        if known.contains(&name) {
            let field = format!("lines[{index}].line");
            let cause = "is the name of an earlier line of the event";
            let value = Some(name.to_string());
            found.push(contradiction(&field, value, cause, "name each line once"));
        }
        known.push(name);
    }
}

/// Finds an amount that has no minor units of the currency.
fn amount(field: &str, amount: Option<Amount>, minor_digits: u32, found: &mut Vec<Conflict>) {
    let Some(Amount(value)) = amount else { return };
    let unit = 10_i64.pow(Decimal::PLACES - minor_digits.min(Decimal::PLACES));
    if value.0 % unit != 0 {
        found.push(Conflict {
            code: &codes::E0207,
            field: field.to_owned(),
            value: Some(value.to_string()),
            cause: format!("has more than {minor_digits} decimal places"),
            action: format!("round it to {minor_digits} decimal places"),
        });
    }
}
