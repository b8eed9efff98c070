//! Costs worked out on paper, key by key.

use crate::fixture::*;
use crate::{Case, plan};
use wavewright::domain::{CostKey, Costs, Escalate, Exclusion};
use wavewright::ids::*;
use wavewright::plan::{Assignment, Hop};
use wavewright::time::Day;
use wavewright::units::{Money, Objective};

/// The costs of the hand-made plan after a change, whatever the verifier says about its tables.
fn costs(change: impl FnOnce(&mut Case)) -> Costs {
    let mut case = Case::new();
    change(&mut case);
    case.verify().costs
}

/// Cents of one term.
fn cents(key: CostKey, change: impl FnOnce(&mut Case)) -> i64 {
    costs(change)[key].0
}

#[test]
fn every_term_is_that_of_the_paper() {
    let found = Case::new().verify();
    for (key, expected) in plan::COSTS {
        assert_eq!(found.costs[key], Money(expected), "{}", key.name());
    }
    assert_eq!(found.objective, Objective(i128::from(plan::OBJECTIVE) * 1_000_000_000));
}

#[test]
fn a_surcharge_is_rounded_half_up_once_a_shipment() {
    // O3: 43.60 x 0.0125 = 0.545 rounds up to 0.55.
    let with = |share| {
        cents(CostKey::ParcelFreight, |case| {
            case.parts.services[AIR].surcharge = decimal(share);
        })
    };
    assert_eq!(with("0.0125"), 8980 + 55);
    assert_eq!(with("0.0124999"), 8980 + 54);
}

#[test]
fn a_shipment_is_divided_into_equal_parcels_by_the_weight_limit() {
    // O4's 2 kg in parcels of at most 0.9 kg: three of 0.667 kg at 6.00, x 1.1 = 19.80 for 9.90.
    // O6's 1.2 kg: two of 0.6 kg at 6.00 = 13.20 for 9.90. O1's 2 kg of B: three of 4 kg of
    // volume weight at 9.00 = 29.70 for 15.40.
    let found = cents(CostKey::ParcelFreight, |case| {
        case.parts.services[GROUND].max_kg = Some(decimal("0.9"));
    });
    assert_eq!(found, 8980 + 990 + 330 + 1430);
}

#[test]
fn volume_weight_meets_a_break_exactly() {
    // B is 60,000 cubic cm: 20 kg at a divisor of 3,000, and one started kg more just below it.
    let with = |divisor| {
        cents(CostKey::ParcelFreight, |case| {
            case.parts.services[GROUND].dim_divisor = Some(decimal(divisor));
        })
    };
    assert_eq!(with("3000"), 8980);
    // (14.00 + 0.75) x 1.1 = 16.225 rounds up to 16.23.
    assert_eq!(with("2999.999"), 8980 + 83);
}

#[test]
fn volume_does_not_count_unless_all_sides_are_known() {
    // 2 kg: 9.00 x 1.1 for 15.40.
    let found = cents(CostKey::ParcelFreight, |case| case.parts.items[B].sides[1] = None);
    assert_eq!(found, 8980 - 550);
}

#[test]
fn transfer_freight_is_rounded_half_up() {
    // 2.5 kg x 0.35 = 0.875.
    let found = cents(CostKey::TransferFreight, |case| case.parts.items[B].kg = decimal("2.5"));
    assert_eq!(found, 288);
}

#[test]
fn each_lane_is_paid_and_only_the_source_handles() {
    let by_hub = |case: &mut Case| {
        let hop = |lane| Hop { lane, departs: day(0) };
        case.plan.assignments[1].hops = vec![hop(STORE_TO_HUB), hop(HUB_TO_DC)];
        case.parts.nodes[HUB].shipment_cost = Money(10_000);
        case.parts.nodes[HUB].open_cost = Money(10_000);
    };
    let found = costs(by_hub);
    assert_eq!(found[CostKey::TransferFreight], Money(2 * 270));
    assert_eq!(found[CostKey::Handling], Money(885));
    assert_eq!(found[CostKey::NodeOpening], Money(1500));
    assert_eq!(found[CostKey::Carbon], Money(22 + 5), "two kg over another lane");
}

#[test]
fn lines_that_move_together_are_one_transfer_and_one_release() {
    // The three A of O1 come from the store too, and both lines leave the centre on Tuesday.
    let found = costs(|case| {
        let moved = case.plan.assignments[1].clone();
        let line = &mut case.plan.assignments[0];
        *line = Assignment { line: line.line, quantity: 3, ..moved };
    });
    // 2.00 + 2.3 kg x 0.35 = 2.805.
    assert_eq!(found[CostKey::TransferFreight], Money(281));
    // At the store 0.50 + 4 x 0.15; at the centre 1.00 + 2 x 0.20 + 3 x 0.15 + 0.10 + 0.27; the
    // other shipments as before: 0.80 + 1.40 + 0.80 + 1.98.
    assert_eq!(found[CostKey::Handling], Money(110 + 222 + 498));
    // One parcel: 2.3 kg against 12 kg of volume weight, 15.40 in all.
    assert_eq!(found[CostKey::ParcelFreight], Money(8980 - 550));
    assert_eq!(found[CostKey::Split], Money(0));
    assert_eq!(found[CostKey::NodeOpening], Money(1000), "the centre rests on Monday");
}

#[test]
fn minutes_are_rounded_with_the_release() {
    // O1: 3 x 0.0275 minutes at 0.06 = 0.00495, and O6: 2 x 0.0275 x 0.06 = 0.0033: 0.45 less.
    let found = cents(CostKey::Handling, |case| {
        case.parts.node_items.get_mut(&(DC, A)).unwrap().minutes = decimal("0.0275");
    });
    assert_eq!(found, 885 - 27 - 18);
}

#[test]
fn lateness_is_that_of_the_latest_part_once() {
    // O1's second line moves one more day; its other line stays on time.
    let found = cents(CostKey::Lateness, |case| {
        case.plan.assignments[1].ship_date = day(2);
    });
    assert_eq!(found, 1200);
    // Both halves of a divided line are late: by one day and by two.
    let found = cents(CostKey::Lateness, |case| {
        case.parts.lines[LineId(1)].quantity = 2;
        let mut half = case.plan.assignments[1].clone();
        half.ship_date = day(2);
        case.plan.assignments.insert(2, half);
    });
    assert_eq!(found, 1200);
}

#[test]
fn ship_by_counts_late_days_too() {
    let found = cents(CostKey::Lateness, |case| {
        case.parts.orders[OrderId(3)].ship_by = Some(day(-1));
    });
    assert_eq!(found, 600 + 3 * 300, "O4 leaves on Wednesday, three days after Sunday");
}

#[test]
fn unfilled_is_rounded_once_a_line() {
    // 4 x (15.00 + 0.3 x 1.25) x 0.0001 = 0.00615; x 0.001 = 0.0615.
    let with = |weight| {
        cents(CostKey::Unfilled, |case| {
            case.parts.orders[OrderId(2)].weight = decimal(weight);
        })
    };
    assert_eq!(with("0.0001"), 1);
    assert_eq!(with("0.001"), 6);
}

#[test]
fn overload_is_priced_up_to_what_is_allowed() {
    let found = cents(CostKey::Overload, |case| {
        case.parts.nodes[DC].capacities[0].capacity = decimal("2.5");
    });
    // Monday 0.5, Wednesday 2 of the 2.5 above.
    assert_eq!(found, 15 + 60);
}

#[test]
fn opening_is_paid_once_a_date() {
    let found = cents(CostKey::NodeOpening, |case| {
        case.parts.nodes[STORE].open_cost = Money(1000);
    });
    assert_eq!(found, 1500 + 1000, "three releases of the store on one day");
}

#[test]
fn a_change_is_priced_unless_a_commitment_is_met() {
    let change = |change: fn(&mut Case)| cents(CostKey::Change, change);
    assert_eq!(change(|case| case.parts.commitments[1].node = STORE), 0);
    assert_eq!(
        change(|case| {
            case.parts.commitments[1].node = STORE;
            case.parts.commitments[1].service = Some(AIR);
        }),
        50
    );
    assert_eq!(
        change(|case| {
            case.parts.commitments[1].node = STORE;
            case.parts.commitments[1].service = None;
            case.parts.commitments[1].ship_date = None;
        }),
        0,
        "empty fields are not compared"
    );
    assert_eq!(change(|case| case.parts.commitments[1].line = LineId(4)), 50, "now unfilled");
    assert_eq!(change(|case| case.parts.commitments[1].pinned = true), 0, "nothing is planned");
}

#[test]
fn no_tier_costs_without_escalation() {
    assert_eq!(cents(CostKey::Tier, |case| case.model.rules.escalate = Escalate::None), 0);
}

/// Cents of tier costs under escalation by deadline, after a change.
fn by_deadline(change: impl FnOnce(&mut Case)) -> i64 {
    cents(CostKey::Tier, |case| {
        case.model.rules.escalate = Escalate::Deadline;
        change(case);
    })
}

#[test]
fn a_later_tier_is_free_where_no_earlier_one_could_serve_on_time() {
    // B and C are in one place each. The pickup's two A could come over the lane from the centre,
    // and O5's two A from the centre as parcels.
    assert_eq!(by_deadline(|_| {}), 150 + 150);
    // The lane brings the pickup a day too late.
    assert_eq!(by_deadline(|case| case.parts.orders[OrderId(1)].deliver_by = Some(day(0))), 150);
    assert_eq!(by_deadline(|case| case.parts.orders[OrderId(1)].deliver_by = Some(day(1))), 300);
    assert_eq!(by_deadline(|case| case.model.rules.max_lanes = 0), 150);
}

#[test]
fn the_earlier_tier_must_serve_the_whole_line_on_its_own() {
    let leave = |units| {
        move |case: &mut Case| {
            case.parts.stock.get_mut(&(DC, A)).unwrap().on_hand = units;
        }
    };
    assert_eq!(by_deadline(leave(4)), 300);
    assert_eq!(by_deadline(leave(3)), 0, "one unit above reserved and safety stock");
}

#[test]
fn an_excluded_or_ineligible_earlier_tier_does_not_count() {
    assert_eq!(
        by_deadline(|case| case.parts.exclusions.push(Exclusion {
            order: OrderId(4),
            line: None,
            node: DC,
            until: Day::NEVER,
        })),
        150
    );
    // No parcels from the centre: O5 can still be served by way of the store.
    assert_eq!(by_deadline(|case| case.parts.nodes[DC].ships = false), 300);
}
