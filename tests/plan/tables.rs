//! Corrupted derived columns and rows.

use crate::finds;
use crate::fixture::*;
use wavewright::ids::*;
use wavewright::plan::AssignmentKind;
use wavewright::units::Money;
use wavewright::verify::ViolationKind as Kind;

#[test]
fn ids_exist() {
    finds(Kind::UnknownId, &[("table", "assignments"), ("row", "3")], |case| {
        case.plan.assignments[2].shipment = 70;
    });
    finds(Kind::UnknownId, &[("table", "stock_use")], |case| {
        case.plan.stock_use[1].sku = SkuId(9);
    });
}

#[test]
fn the_columns_of_assignments_follow_from_the_option() {
    let first = [("order", "O1"), ("line", "1")];
    finds(Kind::KindWrong, &first, |case| {
        case.plan.assignments[0].kind = AssignmentKind::Backorder;
    });
    finds(Kind::LastNodeWrong, &first, |case| case.plan.assignments[0].last_node = STORE);
    finds(Kind::ReleaseDateWrong, &first, |case| {
        case.plan.assignments[0].release_date = day(1);
    });
    finds(Kind::DeliveryDateWrong, &first, |case| {
        case.plan.assignments[0].delivery_date = day(0);
    });
    finds(Kind::DaysLateWrong, &first, |case| case.plan.assignments[0].days_late = 1);
    finds(Kind::TierWrong, &first, |case| case.plan.assignments[0].tier = 2);
    finds(Kind::ShipmentReferenceWrong, &first, |case| case.plan.assignments[0].shipment = 1);
}

#[test]
fn a_delivery_falls_on_a_day_of_the_service() {
    // The vendor's service takes two of its days after Monday.
    finds(Kind::DeliveryDateWrong, &[("order", "O3")], |case| {
        case.parts.services[AIR].operates = wavewright::time::Weekdays::parse("fri").unwrap();
    });
}

#[test]
fn shipments_are_those_that_the_assignments_make() {
    let third = [("order", "O2"), ("node", "STORE")];
    finds(Kind::ShipmentMissing, &third, |case| {
        case.plan.shipments[2].ship_date = day(1);
    });
    finds(Kind::ShipmentUnexpected, &third, |case| {
        let mut twin = case.plan.shipments[2].clone();
        twin.id = "S8".into();
        case.plan.shipments.push(twin);
    });
    finds(Kind::IdDuplicate, &[("shipment", "S1")], |case| {
        case.plan.shipments[1].id = "S1".into();
    });
}

#[test]
fn the_columns_of_shipments_follow_from_their_assignments() {
    let wrong = |column: &str, corrupt: fn(&mut wavewright::plan::Shipment)| {
        let what = [("shipment", "S2"), ("column", column)];
        finds(Kind::ShipmentWrong, &what, |case| corrupt(&mut case.plan.shipments[1]));
    };
    wrong("delivery_date", |row| row.delivery_date = day(3));
    wrong("lines", |row| row.lines = 2);
    wrong("units", |row| row.units = 2);
    wrong("parcels", |row| row.parcels = 2);
    wrong("kg", |row| row.kg = decimal("2.000000001"));
    wrong("billable_kg", |row| row.billable_kg = 2.0);
    wrong("zone", |row| row.zone = Some(FAR));
    wrong("distance_km", |row| row.distance_km = None);
    wrong("freight", |row| row.freight = Money(1541));
    wrong("handling", |row| row.handling = Money(129));
    wrong("kg_co2", |row| row.kg_co2 += 0.001);
}

#[test]
fn transfers_are_those_that_the_assignments_make() {
    finds(Kind::TransferMissing, &[("order", "O1"), ("from_node", "STORE")], |case| {
        case.plan.transfers.clear();
    });
    finds(Kind::TransferUnexpected, &[("transfer", "T2")], |case| {
        let mut other = case.plan.transfers[0].clone();
        other.id = "T2".into();
        other.departs = day(1);
        case.plan.transfers.push(other);
    });
}

#[test]
fn the_columns_of_transfers_follow_from_their_assignments() {
    let wrong = |column: &str, corrupt: fn(&mut wavewright::plan::Transfer)| {
        let what = [("transfer", "T1"), ("column", column)];
        finds(Kind::TransferWrong, &what, |case| corrupt(&mut case.plan.transfers[0]));
    };
    wrong("arrives", |row| row.arrives = day(2));
    wrong("lines", |row| row.lines = 2);
    wrong("units", |row| row.units = 2);
    wrong("kg", |row| row.kg = decimal("1"));
    wrong("freight", |row| row.freight = Money(200));
    wrong("handling", |row| row.handling = Money(0));
    wrong("kg_co2", |row| row.kg_co2 = 0.2);
}

#[test]
fn node_loads_are_complete_and_right() {
    let first = [("node", "DC"), ("date", "2026-11-23"), ("unit", "units")];
    finds(Kind::NodeLoadMissing, &first, |case| {
        case.plan.node_load.remove(0);
    });
    finds(Kind::NodeLoadMissing, &[("node", "DC"), ("date", "2026-11-30")], |case| {
        case.plan.node_load.retain(|row| row.date != day(7));
    });
    finds(Kind::NodeLoadUnexpected, &first, |case| {
        let twin = case.plan.node_load[0].clone();
        case.plan.node_load.push(twin);
    });
    finds(Kind::NodeLoadUnexpected, &[("node", "HUB")], |case| {
        let mut other = case.plan.node_load[0].clone();
        other.node = HUB;
        case.plan.node_load.push(other);
    });
    let wrong = |column: &str, corrupt: fn(&mut wavewright::plan::NodeLoad)| {
        finds(Kind::NodeLoadWrong, &[("node", "DC"), ("column", column)], |case| {
            corrupt(&mut case.plan.node_load[0]);
        });
    };
    wrong("used", |row| row.used = decimal("4"));
    wrong("capacity", |row| row.capacity = None);
    wrong("overload", |row| row.overload = decimal("1"));
}

#[test]
fn stock_use_is_complete_and_right() {
    let first = [("node", "DC"), ("sku", "A")];
    finds(Kind::StockUseMissing, &first, |case| {
        case.plan.stock_use.remove(0);
    });
    finds(Kind::StockUseUnexpected, &first, |case| {
        let twin = case.plan.stock_use[0].clone();
        case.plan.stock_use.push(twin);
    });
    finds(Kind::StockUseUnexpected, &[("node", "HUB")], |case| {
        let mut other = case.plan.stock_use[0].clone();
        other.node = HUB;
        case.plan.stock_use.push(other);
    });
    finds(Kind::StockUseWrong, &[("node", "DC"), ("column", "available")], |case| {
        case.plan.stock_use[0].available = Some(10);
    });
    finds(Kind::StockUseWrong, &[("node", "VENDOR"), ("column", "available")], |case| {
        case.plan.stock_use[4].available = Some(0);
    });
}
