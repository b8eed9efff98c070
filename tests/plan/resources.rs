//! Too much stock, work or carrier capacity used.

use crate::fixture::*;
use crate::{allows, finds};
use wavewright::domain::{Capacity, CapacityUnit};
use wavewright::verify::ViolationKind as Kind;

#[test]
fn no_more_is_released_than_is_there() {
    // On hand less reserved less safety stock is what O1 and O6 take: five.
    let at = [("node", "DC"), ("sku", "A"), ("date", "2026-11-25")];
    finds(Kind::StockExceeded, &at, |case| {
        case.parts.stock.get_mut(&(DC, A)).unwrap().on_hand = 6;
    });
    allows(Kind::StockExceeded, |case| case.parts.stock.get_mut(&(DC, A)).unwrap().on_hand = 7);
}

#[test]
fn inbound_is_not_released_before_it_is_there() {
    finds(Kind::StockExceeded, &[("sku", "D"), ("date", "2026-11-25")], |case| {
        case.parts.stock.get_mut(&(DC, D)).unwrap().inbound = vec![(day(3), 5)];
    });
}

#[test]
fn frozen_units_take_stock_first_but_break_no_limit() {
    // The store's A: two for the pickup on Monday, two for O5, of which one is frozen.
    let leave = |units: u32| {
        move |case: &mut crate::Case| {
            case.parts.stock.get_mut(&(STORE, A)).unwrap().on_hand = units;
        }
    };
    finds(Kind::StockExceeded, &[("node", "STORE"), ("sku", "A")], leave(3));
    allows(Kind::StockExceeded, leave(4));
    allows(Kind::StockExceeded, |case| {
        leave(0)(case);
        case.parts.commitments[0].quantity = 2;
        case.plan.assignments.remove(2);
    });
}

#[test]
fn stock_released_early_leaves_room_for_frozen_units_later() {
    // O6's units are frozen on Wednesday; O1's leave on Monday.
    finds(Kind::StockExceeded, &[("node", "DC"), ("sku", "A"), ("date", "2026-11-25")], |case| {
        case.parts.stock.get_mut(&(DC, A)).unwrap().on_hand = 6;
        let mut frozen = case.parts.commitments[0].clone();
        frozen.line = wavewright::ids::LineId(7);
        frozen.quantity = 2;
        frozen.node = DC;
        frozen.ship_date = Some(day(2));
        case.parts.commitments.push(frozen);
    });
}

#[test]
fn a_vendor_of_unlimited_stock_promises_only_what_it_lists() {
    finds(Kind::StockExceeded, &[("node", "VENDOR"), ("sku", "C")], |case| {
        case.parts.stock.remove(&(VENDOR, C));
    });
}

fn capacity(unit: CapacityUnit, capacity: &str) -> Capacity {
    Capacity {
        date: Some(day(0)),
        unit,
        capacity: decimal(capacity),
        overload: decimal("0"),
        overload_cost: wavewright::units::Money::ZERO,
    }
}

#[test]
fn a_node_works_no_more_than_its_capacity_and_overload() {
    let at = [("node", "DC"), ("date", "2026-11-25"), ("unit", "units")];
    finds(Kind::CapacityExceeded, &at, |case| {
        case.parts.nodes[DC].capacities[0].overload = decimal("0.5");
    });
    allows(Kind::CapacityExceeded, |case| {
        case.parts.nodes[DC].capacities[0].overload = decimal("1");
    });
}

#[test]
fn every_unit_of_capacity_binds() {
    let store = |unit, most: &'static str| {
        move |case: &mut crate::Case| {
            case.parts.nodes[STORE].capacities = vec![capacity(unit, most)]
        }
    };
    for unit in [CapacityUnit::Lines, CapacityUnit::Shipments] {
        finds(
            Kind::CapacityExceeded,
            &[("node", "STORE"), ("unit", unit.name())],
            store(unit, "2"),
        );
        allows(Kind::CapacityExceeded, store(unit, "3"));
    }
    finds(Kind::CapacityExceeded, &[("node", "DC"), ("unit", "minutes")], |case| {
        case.parts.nodes[DC].capacities.push(capacity(CapacityUnit::Minutes, "4.499999999"));
    });
}

#[test]
fn a_dated_capacity_replaces_the_dateless_one() {
    finds(Kind::CapacityExceeded, &[("node", "DC"), ("date", "2026-11-23")], |case| {
        case.parts.nodes[DC].capacities.push(capacity(CapacityUnit::Units, "0"));
    });
}

#[test]
fn frozen_work_comes_first_and_breaks_no_limit() {
    // The store releases five units on Monday, one of them frozen: four are left to fit.
    let units = |most: &'static str| {
        move |case: &mut crate::Case| {
            case.parts.nodes[STORE].capacities = vec![capacity(CapacityUnit::Units, most)];
        }
    };
    finds(Kind::CapacityExceeded, &[("node", "STORE")], units("4"));
    allows(Kind::CapacityExceeded, units("5"));
    allows(Kind::CapacityExceeded, |case| {
        units("0")(case);
        case.parts.commitments[0].quantity = 2;
        case.plan.assignments.remove(2);
        case.plan.assignments.remove(1);
    });
}

#[test]
fn a_carrier_picks_up_no_more_parcels_than_it_takes() {
    let at = [("node", "DC"), ("service", "ground"), ("date", "2026-11-25")];
    let most = |parcels: u32| {
        move |case: &mut crate::Case| {
            case.parts.nodes[DC].services[0].parcels_per_day = Some(parcels);
        }
    };
    finds(Kind::CarrierExceeded, &at, most(1));
    allows(Kind::CarrierExceeded, most(2));
}

#[test]
fn frozen_parcels_come_first_and_break_no_limit() {
    // The picked unit already is a parcel; the other joins it and adds none.
    allows(Kind::CarrierExceeded, |case| {
        case.parts.nodes[STORE].services[0].parcels_per_day = Some(0);
    });
}
