//! Returns: three correct ones on paper, and each way in which one can be wrong.

use crate::common;
use crate::fixture::{A, AIR, B, DC, GROUND, HUB, STORE, decimal};
use crate::{Case, allows, finds};
use wavewright::domain::{Condition, CostKey, Journey, Place, Return};
use wavewright::ids::{NodeId, OrderId, ReturnId, ServiceId, SkuId};
use wavewright::plan::PlannedReturn;
use wavewright::units::{Length, Money};
use wavewright::verify::ViolationKind as Kind;

fn place(latitude: f64) -> Option<Place> {
    match common::ship(latitude, 0.5, "") {
        Journey::Ship(place) => Some(place),
        Journey::Pickup { .. } => None,
    }
}

fn back(id: &str, sku: SkuId, quantity: u32) -> Return {
    Return {
        id: id.into(),
        order: None,
        sku,
        quantity,
        condition: Condition::New,
        place: None,
        drop_node: None,
    }
}

fn row(id: u32, quantity: u32, node: NodeId, cents: [i64; 2]) -> PlannedReturn {
    PlannedReturn {
        id: ReturnId(id),
        quantity,
        node,
        service: None,
        freight: Money(cents[0]),
        recovered_value: Money(cents[1]),
    }
}

/// Adds returns and what a plan does with them.
///
/// `R1` is exchanged for the order that is picked up at the store, and left there: 2 x 0.15 to look
/// at it, 0.8 x 2 x 4.00 recovered. `R2` goes by parcel to the centre: 12 kg of volume, 14.00 x
/// 1.1, and 0.10; nothing is recovered, as the centre has no such stock. `R3` lies at the store
/// already: 0.15, and 0.25 x 4.02 recovered, rounded half up.
fn with_returns(case: &mut Case) {
    let parts = &mut case.parts;
    for node in [DC, STORE] {
        parts.nodes[node].accepts_returns = true;
    }
    parts.stock.get_mut(&(STORE, A)).expect("a row").restock_value = Money(400);
    case.model.returns.restock_share_used = decimal("0.8");
    case.model.returns.restock_share_damaged = decimal("0.25");
    let exchange =
        Return { order: Some(OrderId(1)), condition: Condition::Used, ..back("R1", A, 2) };
    let sent = Return { place: place(0.0), ..back("R2", B, 1) };
    let dropped =
        Return { drop_node: Some(STORE), condition: Condition::Damaged, ..back("R3", A, 1) };
    parts.returns = vec![exchange, sent, dropped].into();
    case.plan.returns = vec![
        row(0, 2, STORE, [0, 640]),
        PlannedReturn { service: Some(GROUND), ..row(1, 1, DC, [1540, 0]) },
        row(2, 1, STORE, [0, 100]),
    ];
}

/// The kinds that say that the certificate of the plan without returns is another one.
const OF_THE_CERTIFICATE: [Kind; 3] = [Kind::CostWrong, Kind::ObjectiveWrong, Kind::GapWrong];

#[test]
fn correct_returns_have_no_violations_and_cost_what_paper_says() {
    let mut case = Case::new();
    with_returns(&mut case);
    let found = case.verify();
    let others = found.violations.iter().filter(|one| !OF_THE_CERTIFICATE.contains(&one.kind));
    assert_eq!(others.count(), 0, "{:#?}", found.violations);
    let cents = (2 * 15 - 640) + (1540 + 10) + (15 - 100);
    assert_eq!(found.costs[CostKey::Returns], Money(cents));
}

/// Asserts that a corruption of the returns is found.
fn wrong(kind: Kind, named: &[(&str, &str)], corrupt: impl FnOnce(&mut Case)) {
    finds(kind, named, |case| {
        with_returns(case);
        corrupt(case);
    });
}

#[test]
fn every_return_that_can_be_taken_is_planned_once() {
    for (at, id) in ["R1", "R2", "R3"].into_iter().enumerate() {
        wrong(Kind::ReturnMissing, &[("return", id)], |case| {
            case.plan.returns.remove(at);
        });
        wrong(Kind::ReturnRepeated, &[("return", id)], |case| {
            let twin = case.plan.returns[at].clone();
            case.plan.returns.push(twin);
        });
    }
    allows(Kind::ReturnMissing, |case| {
        with_returns(case);
        case.parts.nodes[STORE].accepts_returns = false;
        case.parts.nodes[DC].accepts_returns = false;
        case.plan.returns.drain(..2);
    });
    allows(Kind::ReturnMissing, |case| {
        with_returns(case);
        // Nobody knows where the customer is, and nothing is handed over to them.
        case.parts.returns[ReturnId(0)].order = None;
        case.plan.returns.remove(0);
    });
}

#[test]
fn a_return_goes_to_a_node_that_takes_it() {
    wrong(Kind::ReturnMoved, &[("return", "R3"), ("node", "DC")], |case| {
        case.plan.returns[2].node = DC;
    });
    wrong(Kind::ReturnMoved, &[("return", "R3"), ("service", "ground")], |case| {
        case.plan.returns[2].service = Some(GROUND);
    });
    wrong(Kind::ReturnNotAccepted, &[("return", "R2"), ("node", "HUB")], |case| {
        case.plan.returns[1].node = HUB;
    });
    wrong(Kind::OtherCountry, &[("return", "R2"), ("node", "DC")], |case| {
        let place = case.parts.returns[ReturnId(1)].place.as_mut().expect("a place");
        place.country = "CA".into();
    });
}

#[test]
fn a_return_without_a_service_is_brought_to_a_handover() {
    wrong(Kind::ReturnNotBrought, &[("return", "R1"), ("node", "DC")], |case| {
        case.plan.returns[0].node = DC;
    });
    wrong(Kind::ReturnNotBrought, &[("return", "R2")], |case| {
        case.plan.returns[1].service = None;
    });
    wrong(Kind::ReturnNotBrought, &[("return", "R1")], |case| {
        // Another order is handed over there, not this one.
        case.parts.returns[ReturnId(0)].order = Some(OrderId(0));
    });
}

#[test]
fn a_service_can_bring_the_return() {
    wrong(Kind::ServiceNotOffered, &[("return", "R2"), ("service", "air")], |case| {
        case.plan.returns[1].service = Some(AIR);
    });
    wrong(Kind::NoZone, &[("return", "R2")], |case| {
        case.parts.returns[ReturnId(1)].place = place(80.0);
    });
    wrong(Kind::NoZone, &[("return", "R1")], |case| {
        // The place of who picks up is unknown.
        case.plan.returns[0].service = Some(GROUND);
    });
    wrong(Kind::Hazmat, &[("return", "R2")], |case| case.parts.items[B].hazmat = true);
    wrong(Kind::TooHeavy, &[("return", "R2")], |case| case.parts.items[B].kg = decimal("31"));
    wrong(Kind::TooLong, &[("return", "R2")], |case| {
        case.parts.services[GROUND].max_length = Some(Length(49 * Length::SCALE));
    });
}

#[test]
fn the_columns_of_a_return_follow_from_where_it_goes() {
    let named = |column: &'static str| [("return", "R2"), ("column", column)];
    wrong(Kind::ReturnWrong, &named("quantity"), |case| case.plan.returns[1].quantity = 2);
    wrong(Kind::ReturnWrong, &named("freight"), |case| {
        case.plan.returns[1].freight = Money(1541);
    });
    wrong(Kind::ReturnWrong, &named("recovered_value"), |case| {
        case.plan.returns[1].recovered_value = Money(1);
    });
    // What is brought has no freight.
    wrong(Kind::ReturnWrong, &[("return", "R1"), ("column", "freight")], |case| {
        case.plan.returns[0].freight = Money(1);
    });
}

#[test]
fn a_return_names_what_exists() {
    let row = [("table", "returns"), ("row", "2")];
    wrong(Kind::UnknownId, &row, |case| case.plan.returns[1].node = NodeId(99));
    wrong(Kind::UnknownId, &row, |case| case.plan.returns[1].id = ReturnId(99));
    wrong(Kind::UnknownId, &row, |case| {
        case.plan.returns[1].service = Some(ServiceId(99));
    });
}
