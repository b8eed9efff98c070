//! The oracle against waves small enough to work out by hand.

use crate::sketch::{OPEN, PARCEL, Sketch, kg, parts_of, today};
use jiff::civil::time;
use jiff::tz::{Offset, TimeZone};
use wavewright::domain::{
    Calendar, Capacity, CapacityUnit, CostKey, Deadline, Escalate, Exclusion, Journey, Level,
    NodeItem, NodeKind,
};
use wavewright::ids::{LineId, NodeId, OrderId};
use wavewright::time::{Day, Weekdays};
use wavewright::units::{Decimal, Length, Money, Rate};

/// Tests that joint planning of three customers beats the 39 of planning one at a time.
#[test]
fn three_stores_for_three_customers_cost_28() {
    let mut sketch = Sketch::new();
    let item = sketch.item(1000);
    for store in ["A", "B", "C"] {
        let node = sketch.node(store);
        sketch.stock(node, item, 1);
    }
    for (customer, costs) in [("1", [2, 5, 6]), ("2", [7, 19, 20]), ("3", [8, 15, 18])] {
        for (store, cost) in ["A", "B", "C"].into_iter().zip(costs) {
            sketch.flat(store, customer, cost * 100);
        }
        sketch.order(customer, &[(item, 1)]);
    }
    assert_eq!(sketch.cents(), 28_00);
}

/// Tests that 4.8 lb and 3.2 lb travel apart until the split costs more than the 6.65 it saves.
#[test]
fn eight_pounds_are_split_while_it_pays() {
    let mut sketch = Sketch::new();
    let (heavy, light) = (sketch.item(4800), sketch.item(3200));
    let both = sketch.node("X");
    let (first, second) = (sketch.node("Y"), sketch.node("Z"));
    for (node, item) in [(both, heavy), (both, light), (first, heavy), (second, light)] {
        sketch.stock(node, item, 1);
    }
    sketch.price("X", "1", &[(3200, 15_00), (4800, 18_00), (8000, 22_56)]);
    sketch.flat("Y", "1", 8_34);
    sketch.flat("Z", "1", 7_57);
    sketch.order("1", &[(heavy, 1), (light, 1)]);
    // Not 6_64, which looks like a mistyped 6_i64.
    sketch.model.costs.split_cost = Money(664);
    assert_eq!(sketch.cents(), 8_34 + 7_57 + 664);
    sketch.model.costs.split_cost = Money(6_66);
    assert_eq!(sketch.cents(), 22_56);
}

fn hub_case(lane_cost: i64) -> Sketch {
    let mut sketch = Sketch::new();
    let items = [sketch.item(1000), sketch.item(1000)];
    let sources = [sketch.node("A"), sketch.node("B")];
    let hub = sketch.node("H");
    sketch.parts.nodes[hub].kind = NodeKind::Hub;
    for (source, item) in sources.into_iter().zip(items) {
        sketch.stock(source, item, 1);
        sketch.lane(source, hub, lane_cost);
    }
    for (from, cost) in [("A", 10_00), ("B", 10_00), ("H", 12_00)] {
        sketch.flat(from, "1", cost);
    }
    sketch.order("1", &[(items[0], 1), (items[1], 1)]);
    sketch
}

/// Tests that two lines merge at a hub when the lanes cost less than the second parcel.
#[test]
fn a_hub_merges_where_it_pays() {
    let mut cheap = hub_case(2_00);
    assert_eq!(cheap.cents(), 2 * 2_00 + 12_00);
    assert_eq!(parts_of(&cheap.solve(), 0)[0].option.hops.len(), 1);
    assert_eq!(hub_case(5_00).cents(), 20_00);

    cheap.parts.nodes[NodeId(0)].shipment_cost = Money(10);
    cheap.parts.nodes[NodeId(2)].line_cost = Money(1);
    let costs = cheap.costs();
    assert_eq!(costs[CostKey::Handling], Money(10 + 2), "at the source and again at the hub");
    cheap.model.rules.max_lanes = 0;
    assert_eq!(cheap.cents(), 20_10);
}

/// Customers of a near node with something scarce and of a far one that costs 5.00 more.
fn near_and_far(customers: u32) -> Sketch {
    let mut sketch = Sketch::new();
    let item = sketch.item(1000);
    for (node, price) in [("N", 4_00), ("F", 9_00)] {
        let id = sketch.node(node);
        sketch.stock(id, item, 9);
        sketch.flat(node, "1", price);
    }
    for _ in 0..customers {
        sketch.order("1", &[(item, 1)]);
    }
    sketch
}

/// Tests that work above capacity is bought while it is cheaper, and never above the overload.
#[test]
fn overload_is_priced_and_limited() {
    for unit in CapacityUnit::ALL {
        let mut sketch = near_and_far(2);
        let minutes = NodeItem { minutes: Decimal::ONE, ..NodeItem::default() };
        sketch.parts.node_items.insert((NodeId(0), sketch.parts.lines[LineId(0)].sku), minutes);
        let row = |overload, cost| Capacity {
            date: None,
            unit,
            capacity: Decimal::ONE,
            overload: kg(overload),
            overload_cost: Money(cost),
        };
        sketch.parts.nodes[NodeId(0)].capacities = vec![row(1000, 3_00)];
        assert_eq!(sketch.cents(), 2 * 4_00 + 3_00, "{unit:?}");
        sketch.parts.nodes[NodeId(0)].capacities = vec![row(1000, 6_00)];
        assert_eq!(sketch.cents(), 4_00 + 9_00, "{unit:?}");
        sketch.parts.nodes[NodeId(0)].capacities = vec![row(500, 3_00)];
        assert_eq!(sketch.cents(), 4_00 + 9_00, "{unit:?}");
        let closed = Capacity { date: Some(today()), capacity: Decimal::ZERO, ..row(0, 0) };
        sketch.parts.nodes[NodeId(0)].capacities = vec![row(1000, 3_00), closed];
        assert_eq!(sketch.cents(), 18_00, "a dated row replaces the dateless one: {unit:?}");
    }
}

/// Tests that a carrier's parcels a day bind.
#[test]
fn parcels_per_day_bind() {
    let mut sketch = near_and_far(2);
    sketch.parts.nodes[NodeId(0)].services[0].parcels_per_day = Some(1);
    assert_eq!(sketch.cents(), 4_00 + 9_00);
}

/// Tests that a node opens when two orders together make up for it.
#[test]
fn opening_is_shared() {
    let mut sketch = near_and_far(2);
    sketch.parts.nodes[NodeId(0)].open_cost = Money(9_99);
    assert_eq!(sketch.cents(), 8_00 + 9_99);
    sketch.parts.nodes[NodeId(0)].open_cost = Money(10_01);
    assert_eq!(sketch.cents(), 18_00);
}

/// Tests that a kit is filled where its lines can leave together, and else not at all.
#[test]
fn a_kit_leaves_at_once() {
    let mut sketch = hub_case(7_00);
    for line in sketch.parts.lines.iter_mut() {
        line.together = Some("kit".into());
    }
    assert_eq!(sketch.cents(), 2 * 7_00 + 12_00);
    sketch.parts.lanes = Default::default();
    assert_eq!(sketch.cents(), 2 * OPEN);
}

/// Tests that one line that cannot be filled leaves a ship-complete order open.
#[test]
fn ship_complete_is_all_or_nothing() {
    let mut sketch = hub_case(2_00);
    sketch.parts.stock.clear();
    let item = sketch.parts.lines[LineId(0)].sku;
    sketch.stock(NodeId(0), item, 1);
    assert_eq!(sketch.cents(), 10_00 + OPEN);
    sketch.parts.orders[OrderId(0)].ship_complete = true;
    assert_eq!(sketch.cents(), 2 * OPEN);
}

/// Tests that a change is paid once a line, only for fields that the old plan names.
#[test]
fn departing_from_the_plan_costs() {
    let mut sketch = near_and_far(2);
    sketch.model.costs.change_cost = Money(4_99);
    sketch.commitment(LineId(0), NodeId(1), 1, Level::Planned);
    assert_eq!(sketch.cents(), 4_00 + 4_00 + 4_99);
    sketch.model.costs.change_cost = Money(5_01);
    assert_eq!(sketch.cents(), 4_00 + 9_00);
    sketch.parts.commitments[0].node = NodeId(0);
    sketch.parts.commitments[0].service = None;
    sketch.parts.commitments[0].ship_date = None;
    assert_eq!(sketch.cents(), 8_00);
    sketch.parts.commitments[0].ship_date = Some(today().plus(1));
    assert_eq!(sketch.cents(), 8_00 + 5_01);
}

/// Tests that a line joins a picked shipment, but not one that has left.
#[test]
fn only_shipments_still_there_are_joined() {
    let mut sketch = Sketch::new();
    let item = sketch.item(1000);
    let node = sketch.node("A");
    sketch.stock(node, item, 2);
    sketch.price("A", "1", &[(1000, 6_00), (2000, 7_00)]);
    sketch.order("1", &[(item, 1), (item, 1)]);
    sketch.commitment(LineId(0), node, 1, Level::Picked);
    assert_eq!(sketch.cents(), 7_00);
    sketch.parts.commitments[0].level = Level::Shipped;
    assert_eq!(sketch.cents(), 6_00 + OPEN, "the day's only shipment has left");
    sketch.parts.horizon_days = 1;
    assert_eq!(sketch.cents(), 12_00);
    sketch.model.rules.max_shipments = Some(1);
    assert_eq!(sketch.cents(), 6_00 + OPEN);
}

/// Tests that frozen units waive rules, count in costs, and take stock and capacity first.
#[test]
fn frozen_units_come_first() {
    let mut sketch = near_and_far(2);
    let near = NodeId(0);
    sketch.stock(near, sketch.parts.lines[LineId(0)].sku, 1);
    sketch.commitment(LineId(1), near, 1, Level::Picked);
    sketch.parts.commitments[0].ship_date = Some(Day(today().0 - 1));
    let exclusion = Exclusion { order: OrderId(1), line: None, node: near, until: Day::NEVER };
    sketch.parts.exclusions.push(exclusion);
    assert_eq!(sketch.cents(), 4_00 + 9_00, "the unit left yesterday");
    let row = Capacity {
        date: None,
        unit: CapacityUnit::Units,
        capacity: Decimal::ZERO,
        overload: Decimal::ONE,
        overload_cost: Money(1_00),
    };
    sketch.parts.nodes[near].capacities = vec![row];
    assert_eq!(sketch.cents(), 4_00 + 9_00 + 1_00);
}

/// Tests that an excluded node serves again from the day named, and may hand over meanwhile.
#[test]
fn an_exclusion_ends() {
    let mut sketch = near_and_far(1);
    let until = today().plus(1);
    let row = Exclusion { order: OrderId(0), line: Some(LineId(0)), node: NodeId(0), until };
    sketch.parts.exclusions.push(row);
    assert_eq!(sketch.cents(), 9_00);
    sketch.lane(NodeId(1), NodeId(0), 1_00);
    assert_eq!(sketch.cents(), 4_00 + 1_00);
    sketch.parts.horizon_days = 1;
    assert_eq!(sketch.cents(), 4_00);
}

/// Tests that stock that arrives is waited for, and that a hard date forbids the wait.
#[test]
fn inbound_serves_later() {
    let mut sketch = Sketch::new();
    let item = sketch.item(1000);
    let node = sketch.node("A");
    sketch.flat("A", "1", 5_00);
    let order = sketch.order("1", &[(item, 2)]);
    let stock = sketch.stock(node, item, 1);
    (stock.reserved, stock.inbound) = (1, vec![(today().plus(1), 1), (today().plus(2), 1)]);
    sketch.parts.horizon_days = 2;
    sketch.parts.orders[order].deliver_by = Some(today().plus(2));
    sketch.parts.orders[order].weight = kg(1500);
    sketch.model.costs.late_cost = Money(3_01);
    assert_eq!(sketch.cents(), 5_00 + 4_52, "a day late, rounded half up once");
    sketch.model.rules.deadline = Deadline::Hard;
    assert_eq!(sketch.cents(), 3 * OPEN);
    sketch.model.rules.split_lines = true;
    assert_eq!(sketch.cents(), 5_00 + OPEN * 3 / 2, "one unit is there in time");
}

/// Tests that a split line pays its lateness once and its rejection risk for each part.
#[test]
fn a_split_line_has_a_risk_a_part() {
    let mut sketch = Sketch::new();
    let item = sketch.item(1000);
    for name in ["A", "B"] {
        let node = sketch.node(name);
        sketch.stock(node, item, 1);
        sketch.flat(name, "1", 5_00);
        sketch.parts.nodes[node].reject_rate = kg(125);
        sketch.parts.nodes[node].tier = Some(3);
    }
    let order = sketch.order("1", &[(item, 2)]);
    sketch.parts.orders[order].deliver_by = Some(today());
    sketch.model.costs.reject_cost = Money(4);
    sketch.model.costs.late_cost = Money(7);
    sketch.model.rules.tier_cost = Money(1_00);
    sketch.model.rules.escalate = Escalate::Cost;
    assert_eq!(sketch.cents(), 2 * OPEN);
    sketch.model.rules.split_lines = true;
    let costs = sketch.costs();
    assert_eq!(costs[CostKey::RejectionRisk], Money(2), "0.5 is rounded up twice");
    assert_eq!(costs[CostKey::Lateness], Money(7));
    assert_eq!(costs[CostKey::Tier], Money(2 * 2_00));
    assert_eq!(sketch.cents(), 2 * 5_00 + 2 + 7 + 4_00);
}

/// Tests that a later tier is free exactly where no earlier one is on time.
#[test]
fn the_hierarchy_opens_where_the_date_asks() {
    let mut sketch = near_and_far(1);
    sketch.parts.nodes[NodeId(0)].tier = Some(2);
    sketch.model.rules.tiers = vec![vec![NodeKind::Dc]];
    sketch.model.rules.tier_cost = Money(6_00);
    sketch.model.rules.escalate = Escalate::Cost;
    assert_eq!(sketch.cents(), 9_00);
    sketch.model.rules.escalate = Escalate::Deadline;
    assert_eq!(sketch.cents(), 9_00, "the first tier is on time");
    sketch.parts.nodes[NodeId(1)].lead_days = 1;
    sketch.parts.horizon_days = 1;
    sketch.parts.orders[OrderId(0)].deliver_by = Some(today().plus(1));
    assert_eq!(sketch.cents(), 4_00, "now it is not");
    sketch.model.rules.escalate = Escalate::Cost;
    assert_eq!(sketch.cents(), 9_00, "late, at no price");
}

/// Tests the price of parcels: units alone, volume, several parcels, started kg, surcharge.
#[test]
fn freight_is_exact() {
    let mut sketch = Sketch::new();
    let (alone, loose) = (sketch.item(1500), sketch.item(2500));
    let node = sketch.node("A");
    sketch.stock(node, alone, 2);
    sketch.stock(node, loose, 3);
    sketch.price("A", "1", &[(1000, 3_00), (2000, 4_00), (3000, 5_55)]);
    sketch.order("1", &[(alone, 2), (loose, 3)]);
    sketch.parts.items[alone].ships_alone = true;
    assert_eq!(sketch.cents(), 2 * 4_00 + 5_55, "7.5 kg without an extra");
    sketch.parts.services[PARCEL].max_kg = Some(kg(4000));
    assert_eq!(sketch.cents(), 2 * 4_00 + 2 * 5_55, "two parcels of 3.75 kg");
    sketch.parts.services[PARCEL].surcharge = kg(125);
    assert_eq!(sketch.cents(), 21_49, "1.125 x 19.10 = 21.4875");
    // 20 x 30 x 40 cm at 5000 are 4.8 kg a unit: 14.4 kg in two parcels of 7.2 kg.
    let side = |cm| Some(Length(cm * Length::SCALE));
    sketch.parts.items[loose].sides = [side(20), side(30), side(40)];
    sketch.parts.services[PARCEL].dim_divisor = Some(Decimal::from_int(5000));
    sketch.parts.services[PARCEL].surcharge = Decimal::ZERO;
    let mut wave = sketch.wave().parts().clone();
    for zone in wave.rate_cards.iter_mut().flat_map(|card| card.zones.iter_mut()) {
        zone[2].extra_per_kg = Rate(10_000);
    }
    let wave = wavewright::domain::Wave::new(wave);
    let best = crate::oracle::solve(&wave, &sketch.model).unwrap();
    assert_eq!(best.costs[CostKey::ParcelFreight], Money(2 * 4_00 + 2 * (5_55 + 5_00)));
}

/// Tests that the window respects clock, zone, calendar and lead days.
#[test]
fn the_window_opens_with_the_intake() {
    let mut sketch = near_and_far(2);
    let near = NodeId(0);
    sketch.parts.nodes[near].cutoff = time(6, 0, 0, 0);
    assert_eq!(sketch.cents(), 8_00, "the minute of the cutoff is included");
    sketch.parts.nodes[near].time_zone = TimeZone::fixed(Offset::constant(1));
    assert_eq!(sketch.cents(), 18_00, "seven o'clock there");
    sketch.parts.nodes[near].time_zone = TimeZone::UTC;
    sketch.parts.nodes[near].lead_days = 1;
    sketch.parts.horizon_days = 1;
    assert_eq!(parts_of(&sketch.solve(), 0)[0].option.ship_date, today().plus(1));
    sketch.parts.calendars.push(Calendar {
        id: "closed tomorrow".into(),
        weekdays: Weekdays::DAILY,
        closed: [today().plus(1)].into(),
    });
    sketch.parts.nodes[near].calendar = Some(wavewright::ids::CalendarId(0));
    assert_eq!(sketch.cents(), 18_00);
}

/// Tests that lines are handed over at the chosen node, or at another one within the radius.
#[test]
fn pickups_stay_within_the_radius() {
    let mut sketch = near_and_far(1);
    for (node, latitude) in [(NodeId(0), 40.0), (NodeId(1), 41.0)] {
        sketch.parts.nodes[node].pickup = true;
        sketch.parts.nodes[node].latitude = latitude;
    }
    sketch.parts.nodes[NodeId(0)].unit_cost = Money(50);
    let mut cents = |radius_km| {
        sketch.parts.orders[OrderId(0)].journey = Journey::Pickup { node: NodeId(0), radius_km };
        sketch.cents()
    };
    assert_eq!(cents(111.0), 50);
    assert_eq!(cents(112.0), 0);
}
