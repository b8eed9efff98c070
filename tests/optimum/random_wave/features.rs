//! Which columns of a wave, which settings of a model and which kinds of decision a case uses.

use crate::oracle::{Optimum, Part};
use wavewright::domain::{
    Capacity, CapacityUnit, Condition, CostKey, Deadline, Escalate, Journey, Level, Model, Node,
    NodeKind, Order, Return, Service, Wave,
};
use wavewright::plan::PlannedReturn;
use wavewright::time::{Day, Weekdays};
use wavewright::units::{Decimal, Money};

type InCase = fn(&Wave, &Model) -> bool;
type InPlan = fn(&Wave, &Optimum) -> bool;

fn node(wave: &Wave, has: impl Fn(&Node) -> bool) -> bool {
    wave.nodes.iter().any(has)
}

fn capacity(wave: &Wave, has: impl Fn(&Capacity) -> bool) -> bool {
    wave.nodes.iter().flat_map(|node| &node.capacities).any(has)
}

fn service(wave: &Wave, has: impl Fn(&Service) -> bool) -> bool {
    wave.services.iter().any(has)
}

fn order(wave: &Wave, has: impl Fn(&Order) -> bool) -> bool {
    wave.orders.iter().any(has)
}

fn local_day(wave: &Wave, node: &Node) -> Day {
    Day::from(wave.now.with_time_zone(node.time_zone.clone()).date())
}

fn back(wave: &Wave, has: impl Fn(&Return) -> bool) -> bool {
    wave.returns.iter().any(has)
}

fn is_whole(decimal: Decimal) -> bool {
    decimal.0 % Decimal::SCALE == 0
}

/// Columns of the wave's tables that hold more than their default.
pub const COLUMNS: &[(&str, InCase)] = &[
    ("wave.horizon_days none", |w, _| w.horizon_days == 0),
    ("wave.horizon_days", |w, _| w.horizon_days > 1),
    ("wave.currency without digits", |w, _| w.minor_digits == 0),
    ("wave.currency of three digits", |w, _| w.minor_digits == 3),
    ("nodes.kind dc", |w, _| node(w, |n| n.kind == NodeKind::Dc)),
    ("nodes.kind store", |w, _| node(w, |n| n.kind == NodeKind::Store)),
    ("nodes.kind 3pl", |w, _| node(w, |n| n.kind == NodeKind::ThirdParty)),
    ("nodes.kind vendor", |w, _| node(w, |n| n.kind == NodeKind::Vendor)),
    ("nodes.kind hub", |w, _| node(w, |n| n.kind == NodeKind::Hub)),
    ("nodes.country", |w, _| node(w, |n| &*n.country != "US")),
    ("nodes.time_zone", |w, _| node(w, |n| local_day(w, n) != Day::from(w.now.date()))),
    ("nodes.calendar", |w, _| node(w, |n| n.calendar.is_some())),
    ("nodes.cutoff", |w, _| node(w, |n| n.cutoff.hour() < 23)),
    ("nodes.lead_days", |w, _| node(w, |n| n.lead_days > 0)),
    ("nodes.ships", |w, _| node(w, |n| !n.ships)),
    ("nodes.pickup of a store", |w, _| node(w, |n| n.kind == NodeKind::Store && !n.pickup)),
    ("nodes.pickup of others", |w, _| node(w, |n| n.kind != NodeKind::Store && n.pickup)),
    ("nodes.unlimited_stock", |w, _| node(w, |n| n.unlimited_stock)),
    ("nodes.shipment_cost", |w, _| node(w, |n| n.shipment_cost > Money::ZERO)),
    ("nodes.line_cost", |w, _| node(w, |n| n.line_cost > Money::ZERO)),
    ("nodes.unit_cost", |w, _| node(w, |n| n.unit_cost > Money::ZERO)),
    ("nodes.minute_cost", |w, _| node(w, |n| n.minute_cost > Money::ZERO)),
    ("nodes.open_cost", |w, _| node(w, |n| n.open_cost > Money::ZERO)),
    ("nodes.reject_rate", |w, _| node(w, |n| n.reject_rate > Decimal::ZERO)),
    ("nodes.tier", |w, _| node(w, |n| n.tier.is_some())),
    ("calendars.weekdays", |w, _| w.calendars.iter().any(|c| c.weekdays != Weekdays::DAILY)),
    ("calendars.closed", |w, _| w.calendars.iter().any(|c| !c.closed.is_empty())),
    ("node_capacity.date", |w, _| capacity(w, |row| row.date.is_some())),
    ("node_capacity without date", |w, _| capacity(w, |row| row.date.is_none())),
    ("node_capacity.unit units", |w, _| capacity(w, |row| row.unit == CapacityUnit::Units)),
    ("node_capacity.unit lines", |w, _| capacity(w, |row| row.unit == CapacityUnit::Lines)),
    ("node_capacity.unit shipments", |w, _| capacity(w, |row| row.unit == CapacityUnit::Shipments)),
    ("node_capacity.unit minutes", |w, _| capacity(w, |row| row.unit == CapacityUnit::Minutes)),
    ("node_capacity.capacity none", |w, _| capacity(w, |row| row.capacity == Decimal::ZERO)),
    ("node_capacity.capacity a fraction", |w, _| capacity(w, |row| !is_whole(row.capacity))),
    ("node_capacity.overload", |w, _| capacity(w, |row| row.overload > Decimal::ZERO)),
    ("node_capacity.overload_cost", |w, _| capacity(w, |row| row.overload_cost > Money::ZERO)),
    ("items.kg", |w, _| w.items.iter().any(|item| !is_whole(item.kg))),
    ("items.sides", |w, _| w.items.iter().any(|item| item.volume().0 > 0)),
    ("items.sides missing", |w, _| w.items.iter().any(|item| item.volume().0 == 0)),
    ("items.hazmat", |w, _| w.items.iter().any(|item| item.hazmat)),
    ("items.ships_alone", |w, _| w.items.iter().any(|item| item.ships_alone)),
    ("node_items.minutes", |w, _| w.node_items.values().any(|item| !is_whole(item.minutes))),
    ("node_items.unit_cost", |w, _| w.node_items.values().any(|i| i.unit_cost > Money::ZERO)),
    ("node_items.purchase_cost", |w, _| {
        w.node_items.values().any(|item| item.purchase_cost > Money::ZERO)
    }),
    ("inventory.on_hand", |w, _| w.stock.values().any(|stock| stock.on_hand > 0)),
    ("inventory.reserved", |w, _| w.stock.values().any(|stock| stock.reserved > 0)),
    ("inventory.safety_stock", |w, _| w.stock.values().any(|stock| stock.safety_stock > 0)),
    ("inventory.opportunity_cost of stock to protect", |w, _| {
        w.stock.values().any(|stock| stock.opportunity_cost > Money::ZERO)
    }),
    ("inventory.opportunity_cost of stock to sell", |w, _| {
        w.stock.values().any(|stock| stock.opportunity_cost < Money::ZERO)
    }),
    ("inbound.date", |w, _| w.stock.values().any(|stock| stock.inbound.len() > 1)),
    ("inbound.date in the past", |w, _| {
        let today = Day::from(w.now.date());
        w.stock.values().flat_map(|stock| &stock.inbound).any(|(date, _)| *date < today)
    }),
    ("services.dim_divisor", |w, _| service(w, |s| s.dim_divisor.is_some())),
    ("services.surcharge", |w, _| service(w, |s| s.surcharge > Decimal::ZERO)),
    ("services.max_kg", |w, _| service(w, |s| s.max_kg.is_some())),
    ("services.max_length", |w, _| service(w, |s| s.max_length.is_some())),
    ("services.hazmat", |w, _| service(w, |s| s.hazmat)),
    ("services.operates", |w, _| service(w, |s| s.operates != Weekdays::DAILY)),
    ("services.kg_co2_per_parcel_km", |w, _| service(w, |s| s.kg_co2_per_parcel_km > 0.0)),
    ("services.kg_co2_per_kg_km", |w, _| service(w, |s| s.kg_co2_per_kg_km > 0.0)),
    ("node_services", |w, _| node(w, |n| n.services.len() < w.services.len())),
    ("node_services.parcels_per_day", |w, _| {
        node(w, |n| n.services.iter().any(|offer| offer.parcels_per_day.is_some()))
    }),
    ("zones.max_km", |w, _| w.zone_tables.iter().any(|t| t.lookup("x", "x", 1.0).is_some())),
    ("zones without a band", |w, _| {
        w.zone_tables.iter().any(|table| table.lookup("x", "x", 4000.0).is_none())
    }),
    ("zones.origin_prefix", |w, _| {
        let table = |t: &wavewright::domain::ZoneTable| t.lookup("101", "x", 1.0e9).is_some();
        w.zone_tables.iter().any(table)
    }),
    ("rates.up_to_kg", |w, _| w.rate_cards.iter().any(|c| c.zones.iter().any(|z| z.len() > 2))),
    ("rates.price that falls with weight", |w, _| {
        let falls =
            |zone: &Vec<wavewright::domain::Break>| zone.is_sorted_by(|a, b| a.price >= b.price);
        w.rate_cards.iter().any(|card| card.zones.iter().any(|zone| zone.len() > 1 && falls(zone)))
    }),
    ("rates.extra_per_kg", |w, _| {
        let last = |card: &wavewright::domain::RateCard| {
            card.zones.iter().filter_map(|zone| zone.last()).any(|last| last.extra_per_kg.0 > 0)
        };
        w.rate_cards.iter().any(last)
    }),
    ("rates without a zone", |w, _| {
        w.rate_cards.iter().any(|card| card.zones.iter().any(Vec::is_empty))
    }),
    ("lanes.transit_days", |w, _| w.lanes.iter().any(|lane| lane.transit_days > 0)),
    ("lanes.shipment_cost", |w, _| w.lanes.iter().any(|lane| lane.shipment_cost > Money::ZERO)),
    ("lanes.cost_per_kg", |w, _| w.lanes.iter().any(|lane| lane.cost_per_kg > Money::ZERO)),
    ("lanes.operates", |w, _| w.lanes.iter().any(|lane| lane.operates != Weekdays::DAILY)),
    ("lanes.kg_co2_per_kg", |w, _| w.lanes.iter().any(|lane| lane.kg_co2_per_kg > 0.0)),
    ("orders.journey ship", |w, _| order(w, |o| matches!(o.journey, Journey::Ship(_)))),
    ("orders.journey pickup", |w, _| order(w, |o| matches!(o.journey, Journey::Pickup { .. }))),
    ("orders.pickup_radius_km", |w, _| {
        order(w, |o| matches!(o.journey, Journey::Pickup { radius_km, .. } if radius_km > 0.0))
    }),
    ("orders.country", |w, _| {
        order(w, |o| matches!(&o.journey, Journey::Ship(place) if &*place.country != "US"))
    }),
    ("orders.ship_by", |w, _| order(w, |o| o.ship_by.is_some())),
    ("orders.deliver_by", |w, _| order(w, |o| o.deliver_by.is_some())),
    ("orders.deadline hard", |w, _| order(w, |o| o.deadline == Some(Deadline::Hard))),
    ("orders.deadline soft", |w, _| order(w, |o| o.deadline == Some(Deadline::Soft))),
    ("orders.weight", |w, _| order(w, |o| o.weight != Decimal::ONE)),
    ("orders.ship_complete", |w, _| order(w, |o| o.ship_complete && o.lines.len() > 1)),
    ("orders.max_shipments", |w, _| order(w, |o| o.max_shipments.is_some())),
    ("order_lines.sku twice", |w, _| {
        order(w, |o| {
            let mut skus: Vec<_> = o.line_ids().map(|line| w.lines[line].sku).collect();
            skus.sort_unstable();
            skus.windows(2).any(|pair| pair[0] == pair[1])
        })
    }),
    ("order_lines.quantity", |w, _| w.lines.iter().any(|line| line.quantity > 1)),
    ("order_lines.unit_price", |w, _| w.lines.iter().any(|line| line.unit_price > Money::ZERO)),
    ("order_lines.together", |w, _| {
        let in_kit = |o: &Order| o.line_ids().filter(|l| w.lines[*l].together.is_some()).count();
        order(w, |o| in_kit(o) > 1)
    }),
    ("commitments.quantity of a part", |w, _| {
        w.commitments.iter().any(|row| row.quantity < w.lines[row.line].quantity)
    }),
    ("commitments.service empty", |w, _| w.commitments.iter().any(|row| row.service.is_none())),
    ("commitments.ship_date empty", |w, _| w.commitments.iter().any(|r| r.ship_date.is_none())),
    ("commitments.level shipped", |w, _| w.commitments.iter().any(|r| r.level == Level::Shipped)),
    ("commitments.level picked", |w, _| w.commitments.iter().any(|r| r.level == Level::Picked)),
    ("commitments.level released", |w, _| {
        w.commitments.iter().any(|row| row.level == Level::Released && !row.pinned)
    }),
    ("commitments.level planned", |w, _| {
        w.commitments.iter().any(|row| row.level == Level::Planned && !row.pinned)
    }),
    ("commitments.pinned", |w, _| {
        w.commitments.iter().any(|row| row.level == Level::Planned && row.pinned)
    }),
    ("exclusions.line", |w, _| w.exclusions.iter().any(|row| row.line.is_some())),
    ("exclusions of an order", |w, _| w.exclusions.iter().any(|row| row.line.is_none())),
    ("exclusions.until", |w, _| w.exclusions.iter().any(|row| row.until != Day::NEVER)),
    ("exclusions without end", |w, _| w.exclusions.iter().any(|row| row.until == Day::NEVER)),
    ("nodes.accepts_returns", |w, _| node(w, |n| n.accepts_returns)),
    ("inventory.restock_value", |w, _| w.stock.values().any(|s| s.restock_value > Money::ZERO)),
    ("returns.order_id", |w, _| back(w, |one| one.order.is_some())),
    ("returns of an order, twice", |w, _| {
        let orders: Vec<_> = w.returns.iter().filter_map(|one| one.order).collect();
        orders.windows(2).any(|pair| pair[0] == pair[1])
    }),
    ("returns without an order", |w, _| back(w, |one| one.order.is_none())),
    ("returns.condition", |w, _| back(w, |one| one.condition != Condition::New)),
    ("returns.latitude", |w, _| back(w, |one| one.place.is_some())),
    ("returns.latitude unknown", |w, _| back(w, |one| one.place.is_none())),
    ("returns.drop_node", |w, _| back(w, |one| one.drop_node.is_some())),
];

/// Settings of a model beyond their default.
pub const SETTINGS: &[(&str, InCase)] = &[
    ("weights switched off", |_, m| m.weights.contains(&Decimal::ZERO)),
    ("weights that are fractions", |_, m| m.weights.iter().any(|weight| !is_whole(*weight))),
    ("costs.split_cost", |_, m| m.costs.split_cost > Money::ZERO),
    ("costs.late_cost", |_, m| m.costs.late_cost > Money::ZERO),
    ("costs.unfilled_cost", |_, m| m.costs.unfilled_cost > Money::ZERO),
    ("costs.unfilled_value_share", |_, m| m.costs.unfilled_value_share > Decimal::ZERO),
    ("costs.reject_cost", |_, m| m.costs.reject_cost > Money::ZERO),
    ("costs.carbon_price", |_, m| m.costs.carbon_price > Money::ZERO),
    ("costs.change_cost", |_, m| m.costs.change_cost > Money::ZERO),
    ("rules.deadline", |_, m| m.rules.deadline == Deadline::Hard),
    ("rules.split_lines", |_, m| m.rules.split_lines),
    ("rules.max_shipments", |_, m| m.rules.max_shipments.is_some()),
    ("rules.max_distance_km", |_, m| m.rules.max_distance_km.is_some()),
    ("rules.no_split_below", |_, m| m.rules.no_split_below > Money::ZERO),
    ("rules.tiers", |_, m| m.rules.tiers.len() > 1),
    ("rules.escalate cost", |_, m| m.rules.escalate == Escalate::Cost),
    ("rules.escalate deadline", |_, m| m.rules.escalate == Escalate::Deadline),
    ("rules.tier_cost", |_, m| m.rules.tier_cost > Money::ZERO),
    ("rules.max_lanes", |_, m| m.rules.max_lanes == 3),
    ("returns.restock_share_used", |_, m| m.returns.restock_share_used < Decimal::ONE),
    ("returns.restock_share_damaged", |_, m| m.returns.restock_share_damaged < Decimal::ONE),
];

fn chosen(best: &Optimum, has: impl Fn(&Part) -> bool) -> bool {
    best.parts.iter().any(|part| !part.is_frozen && has(part))
}

/// Whether two parts of an order, not both frozen, leave in one shipment.
fn joined(wave: &Wave, best: &Optimum, has: impl Fn(&Part, &Part) -> bool) -> bool {
    chosen(best, |part| {
        best.parts.iter().any(|other| {
            wave.lines[other.line].order == wave.lines[part.line].order
                && other.option.shipment() == part.option.shipment()
                && has(part, other)
        })
    })
}

fn units(best: &Optimum, part: &Part) -> u32 {
    best.parts.iter().filter(|other| other.line == part.line).map(|other| other.units).sum()
}

/// Decisions that optimal plans take.
pub const DECISIONS: &[(&str, InPlan)] = &[
    ("parcel", |_, b| chosen(b, |p| p.option.service.is_some() && p.option.hops.is_empty())),
    ("pickup", |_, b| chosen(b, |p| p.option.service.is_none())),
    ("pickup elsewhere", |w, b| {
        chosen(b, |p| match &w.orders[w.lines[p.line].order].journey {
            Journey::Pickup { node, .. } => p.option.last_node != *node,
            Journey::Ship(_) => false,
        })
    }),
    ("transfer", |_, b| chosen(b, |p| p.option.hops.len() == 1)),
    ("transfer over two lanes", |_, b| chosen(b, |p| p.option.hops.len() > 1)),
    ("merge of lines from different sources", |w, b| {
        joined(w, b, |part, other| part.option.source != other.option.source)
    }),
    ("drop ship", |w, b| chosen(b, |p| w.nodes[p.option.source].kind == NodeKind::Vendor)),
    ("backorder", |w, b| {
        chosen(b, |part| {
            let source = part.option.source;
            let first = w.window(source)[0];
            let stock = &w.stock[&(source, w.lines[part.line].sku)];
            !w.nodes[source].unlimited_stock && stock.available_by(first) < i64::from(part.units)
        })
    }),
    ("late line", |_, b| chosen(b, |p| p.option.late_days > 0)),
    ("line joins a frozen shipment", |w, b| joined(w, b, |_, other| other.is_frozen)),
    ("rest of a partly frozen line", |_, b| {
        chosen(b, |part| b.parts.iter().any(|other| other.is_frozen && other.line == part.line))
    }),
    ("split line", |_, b| chosen(b, |part| units(b, part) > part.units)),
    ("partly filled line", |w, b| chosen(b, |p| units(b, p) < w.lines[p.line].quantity)),
    ("kit", |w, b| {
        joined(w, b, |part, other| {
            part.line != other.line
                && w.lines[part.line].together.is_some()
                && w.lines[other.line].together == w.lines[part.line].together
        })
    }),
    ("joint planning that pays", |_, b| b.objective < b.one_at_a_time),
    ("negative objective", |_, b| b.objective.0 < 0),
    ("return by a service", |_, b| b.returns.iter().any(|row| row.service.is_some())),
    ("return at a visit", |w, b| {
        let brought = |row: &PlannedReturn| row.service.is_none();
        b.returns.iter().any(|row| brought(row) && w.returns[row.id].drop_node.is_none())
    }),
    ("return that stays where it is", |w, b| {
        b.returns.iter().any(|row| w.returns[row.id].drop_node.is_some())
    }),
    ("return that nothing takes", |w, b| b.returns.len() < w.returns.len()),
    ("several shipments", |_, b| b.costs[CostKey::Split] > Money::ZERO),
];
