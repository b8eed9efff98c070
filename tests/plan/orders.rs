//! Corrupted units, orders and commitments.

use crate::fixture::*;
use crate::{allows, finds};
use wavewright::domain::{Commitment, Level};
use wavewright::ids::*;
use wavewright::plan::{Assignment, Reason, Unfilled};
use wavewright::units::Money;
use wavewright::verify::ViolationKind as Kind;

fn unfilled(line: u32, quantity: u32) -> Unfilled {
    let reasons = vec![Reason::NoStock];
    Unfilled { line: LineId(line), quantity, reasons, cheapest_fix: String::new() }
}

#[test]
fn every_unit_is_assigned_or_unfilled() {
    let named = [("order", "O1"), ("line", "1")];
    finds(Kind::QuantityMismatch, &named, |case| case.plan.assignments[0].quantity = 2);
    finds(Kind::QuantityMismatch, &named, |case| case.plan.assignments[0].quantity = 4);
    finds(Kind::QuantityMismatch, &named, |case| case.plan.unfilled.push(unfilled(0, 1)));
    finds(Kind::QuantityMismatch, &[("line", "2")], |case| case.plan.unfilled.clear());
}

#[test]
fn rows_are_about_units() {
    finds(Kind::ZeroQuantity, &[("order", "O1")], |case| case.plan.assignments[0].quantity = 0);
    finds(Kind::ZeroQuantity, &[("order", "O3")], |case| case.plan.unfilled[0].quantity = 0);
}

#[test]
fn an_option_has_one_row() {
    finds(Kind::DuplicateOption, &[("order", "O1"), ("line", "1")], |case| {
        let mut half = case.plan.assignments[0].clone();
        half.quantity = 1;
        case.plan.assignments[0].quantity = 2;
        case.plan.assignments.insert(1, half);
    });
}

fn divide(case: &mut crate::Case) {
    let mut half = case.plan.assignments[0].clone();
    half.quantity = 1;
    half.source = STORE;
    case.plan.assignments[0].quantity = 2;
    case.plan.assignments.insert(1, half);
}

#[test]
fn a_line_is_divided_only_where_the_model_says_so() {
    finds(Kind::SplitLine, &[("order", "O1"), ("line", "1")], divide);
    allows(Kind::SplitLine, |case| {
        divide(case);
        case.model.rules.split_lines = true;
    });
}

#[test]
fn a_line_is_filled_whole_or_not_at_all() {
    finds(Kind::SplitLine, &[("order", "O1"), ("line", "1")], |case| {
        case.plan.assignments[0].quantity = 2;
        case.plan.unfilled.push(unfilled(0, 1));
    });
}

#[test]
fn an_unfilled_line_has_one_row() {
    finds(Kind::UnfilledDuplicate, &[("order", "O3"), ("line", "2")], |case| {
        case.plan.unfilled[0].quantity = 2;
        case.plan.unfilled.push(unfilled(4, 2));
    });
}

#[test]
fn an_unfilled_line_has_reasons() {
    let named = [("order", "O3"), ("line", "2")];
    finds(Kind::ReasonsWrong, &named, |case| case.plan.unfilled[0].reasons.clear());
    finds(Kind::ReasonsWrong, &named, |case| {
        case.plan.unfilled[0].reasons = vec![Reason::Capacity, Reason::Capacity];
    });
}

#[test]
fn a_ship_complete_order_is_filled_whole() {
    finds(Kind::ShipCompleteBroken, &[("order", "O6")], |case| {
        case.plan.assignments.remove(7);
        case.plan.unfilled.push(unfilled(8, 1));
    });
}

#[test]
fn a_kit_is_filled_whole() {
    finds(Kind::TogetherBroken, &[("order", "O6"), ("kit", "K")], |case| {
        case.plan.assignments.remove(7);
        case.plan.unfilled.push(unfilled(8, 1));
    });
}

#[test]
fn a_kit_leaves_in_one_shipment() {
    finds(Kind::TogetherBroken, &[("order", "O6"), ("kit", "K")], |case| {
        case.plan.assignments[6].ship_date = day(3);
    });
}

#[test]
fn an_order_has_no_more_shipments_than_it_may() {
    finds(Kind::MaxShipmentsExceeded, &[("order", "O1")], |case| {
        case.parts.orders[OrderId(0)].max_shipments = Some(1);
    });
    finds(Kind::MaxShipmentsExceeded, &[("order", "O1")], |case| {
        case.model.rules.max_shipments = Some(1);
    });
}

#[test]
fn an_order_of_little_worth_is_not_split() {
    // O1 is worth 3 x 9.99 + 40.00 = 69.97.
    finds(Kind::NoSplitBelowBroken, &[("order", "O1")], |case| {
        case.model.rules.no_split_below = Money(6998);
    });
    allows(Kind::NoSplitBelowBroken, |case| case.model.rules.no_split_below = Money(6997));
}

#[test]
fn frozen_units_stay_where_they_are() {
    let named = [("order", "O5"), ("line", "1"), ("node", "STORE")];
    finds(Kind::CommitmentMissing, &named, |case| case.plan.assignments[5].source = DC);
    finds(Kind::CommitmentMissing, &named, |case| case.plan.assignments[5].ship_date = day(1));
    finds(Kind::CommitmentMissing, &named, |case| {
        case.parts.commitments[0].quantity = 2;
        case.plan.assignments[5].quantity = 1;
    });
}

#[test]
fn a_pin_freezes_what_was_planned() {
    finds(Kind::CommitmentMissing, &[("order", "O5"), ("node", "DC")], |case| {
        case.parts.commitments[1].pinned = true;
    });
}

#[test]
fn nothing_joins_what_has_left() {
    finds(Kind::JoinedShipped, &[("order", "O5"), ("line", "1")], |case| {
        case.parts.commitments[0].level = Level::Shipped;
    });
}

#[test]
fn frozen_units_are_exempt_from_rules_of_eligibility_and_dates() {
    let frozen = |case: &mut crate::Case| {
        case.parts.commitments[0].quantity = 2;
        case.parts.commitments.truncate(1);
        case.parts.nodes[STORE].ships = false;
        case.parts.items[A].hazmat = true;
    };
    allows(Kind::NodeDoesNotShip, frozen);
    finds(Kind::NodeDoesNotShip, &[("order", "O5")], |case| {
        frozen(case);
        case.parts.commitments[0].quantity = 1;
    });
}

/// O5 orders three; one is picked, and the rest is `rest`: units at the store, at the centre, and
/// unfilled.
fn with_rest(case: &mut crate::Case, rest: [u32; 3]) {
    case.parts.lines[LineId(6)].quantity = 3;
    case.plan.assignments[5].quantity = 1 + rest[0];
    if rest[1] > 0 {
        let mut other: Assignment = case.plan.assignments[5].clone();
        other.quantity = rest[1];
        other.source = DC;
        case.plan.assignments.insert(5, other);
    }
    if rest[2] > 0 {
        case.plan.unfilled.push(unfilled(6, rest[2]));
    }
}

#[test]
fn the_rest_of_a_partly_frozen_line_is_not_divided() {
    let named = [("order", "O5"), ("line", "1")];
    finds(Kind::SplitLine, &named, |case| with_rest(case, [1, 1, 0]));
    finds(Kind::SplitLine, &named, |case| with_rest(case, [1, 0, 1]));
    for whole in [[2, 0, 0], [0, 2, 0], [0, 0, 2]] {
        allows(Kind::SplitLine, |case| with_rest(case, whole));
    }
}

#[test]
fn ship_complete_binds_what_is_not_frozen() {
    allows(Kind::ShipCompleteBroken, |case| {
        with_rest(case, [0, 0, 2]);
        case.parts.orders[OrderId(4)].ship_complete = true;
    });
    finds(Kind::ShipCompleteBroken, &[("order", "O5")], |case| {
        with_rest(case, [1, 0, 1]);
        case.parts.orders[OrderId(4)].ship_complete = true;
    });
}

#[test]
fn a_kit_binds_what_is_not_frozen() {
    // A line of the kit was picked at the store; the other leaves the centre.
    allows(Kind::TogetherBroken, |case| {
        let picked =
            Commitment { line: LineId(7), quantity: 2, ..case.parts.commitments[0].clone() };
        case.parts.commitments.push(picked);
        case.plan.assignments[6].source = STORE;
        case.plan.assignments[6].ship_date = day(0);
    });
}

#[test]
fn frozen_shipments_raise_the_limit() {
    allows(Kind::MaxShipmentsExceeded, |case| {
        let mut other: Assignment = case.plan.assignments[5].clone();
        other.quantity = 1;
        other.source = DC;
        case.plan.assignments[5].quantity = 1;
        case.plan.assignments.insert(5, other);
        case.parts.commitments[1].pinned = true;
        case.parts.orders[OrderId(4)].max_shipments = Some(1);
    });
}
