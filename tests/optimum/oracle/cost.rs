//! What an order plan costs on its own; what orders share is priced with the limits.

use crate::oracle::movements::{Movements, kg};
use crate::oracle::{Case, Part, returns};
use wavewright::domain::{CostKey, Costs, Escalate, NodeKind};
use wavewright::ids::{LineId, OrderId};
use wavewright::units::{Decimal, Money, round_half_up, round_half_up_f64};

const SCALE: i128 = Decimal::SCALE as i128;

/// The costs of one order, without overload and node opening.
pub fn of_order(case: &Case, order: OrderId, parts: &[&Part]) -> Costs {
    let movements = Movements::new(case, parts);
    of_movements(case, order, parts, &movements)
}

/// As [`of_order`], for movements at hand.
pub fn of_movements(case: &Case, order: OrderId, parts: &[&Part], movements: &Movements) -> Costs {
    let mut costs = Costs::default();
    ship(case, movements, &mut costs);
    for (at, part) in parts.iter().enumerate() {
        // Free units that join the frozen ones of their line are one part with them.
        let goes_on =
            parts[..at].iter().any(|one| one.line == part.line && one.option == part.option);
        source(case, part, goes_on, &mut costs);
    }
    for line in case.wave.orders[order].line_ids() {
        serve(case, line, parts, &mut costs);
    }
    if !case.wave.returns.is_empty() {
        let parts = parts.iter().copied();
        let returns = returns::planned(case.wave, case.model, Some(order), parts);
        costs[CostKey::Returns] += returns.into_iter().map(|(_, cost)| cost).sum::<Money>();
    }
    costs
}

/// Freight, handling, carbon and splits.
fn ship(case: &Case, movements: &Movements, costs: &mut Costs) {
    let carbon_price = case.model.costs.carbon_price.0 as f64;
    for shipment in &movements.shipments {
        if let (Some(freight), (_, Some(service), _), Some(reach)) =
            (shipment.freight(case), shipment.key, shipment.reach)
        {
            costs[CostKey::ParcelFreight] += freight.price;
            let service = &case.wave.services[service];
            let kg = Decimal(kg(case, &shipment.parts)).to_f64();
            let per_km = freight.parcels as f64 * service.kg_co2_per_parcel_km
                + kg * service.kg_co2_per_kg_km;
            let carbon = round_half_up_f64(reach.km * per_km * carbon_price);
            costs[CostKey::Carbon] += Money(carbon);
        }
    }
    for transfer in &movements.transfers {
        let lane = &case.wave.lanes[transfer.lane];
        let kg = kg(case, &transfer.parts);
        let by_weight = round_half_up(i128::from(kg) * i128::from(lane.cost_per_kg.0), SCALE);
        costs[CostKey::TransferFreight] += lane.shipment_cost + Money(by_weight);
        let emitted = Decimal(kg).to_f64() * lane.kg_co2_per_kg;
        costs[CostKey::Carbon] += Money(round_half_up_f64(emitted * carbon_price));
    }
    for release in &movements.releases {
        let node = &case.wave.nodes[release.node];
        let minutes = i128::from(release.minutes) * i128::from(node.minute_cost.0);
        costs[CostKey::Handling] += node.shipment_cost
            + node.line_cost * release.lines
            + release.unit_costs
            + Money(round_half_up(minutes, SCALE));
    }
    let splits = movements.shipments.len().saturating_sub(1) as i64;
    costs[CostKey::Split] += case.model.costs.split_cost * splits;
}

/// What a part costs for where it comes from; one that goes on with another has its units only.
fn source(case: &Case, part: &Part, goes_on: bool, costs: &mut Costs) {
    let node = &case.wave.nodes[part.option.source];
    let sku = case.wave.lines[part.line].sku;
    let units = i64::from(part.units);
    if node.kind == NodeKind::Vendor {
        let price = case.wave.node_item(part.option.source, sku).purchase_cost;
        costs[CostKey::ItemPurchase] += price * units;
    }
    if let Some(stock) = case.wave.stock.get(&(part.option.source, sku)) {
        costs[CostKey::InventoryOpportunity] += stock.opportunity_cost * units;
    }
    if goes_on {
        return;
    }
    let reject = i128::from(node.reject_rate.0) * i128::from(case.model.costs.reject_cost.0);
    costs[CostKey::RejectionRisk] += Money(round_half_up(reject, SCALE));

    let tier = case.model.tier(node);
    let is_charged = match case.model.rules.escalate {
        Escalate::None => false,
        Escalate::Cost => true,
        Escalate::Deadline => {
            case.first_tier_on_time[part.line].is_some_and(|earliest| earliest < tier)
        }
    };
    if is_charged {
        costs[CostKey::Tier] += case.model.rules.tier_cost * i64::from(tier - 1);
    }
}

/// What a line costs for how it is served.
fn serve(case: &Case, line: LineId, parts: &[&Part], costs: &mut Costs) {
    let wanted = &case.wave.lines[line];
    let weight = i128::from(case.wave.orders[wanted.order].weight.0);
    let of_line = || parts.iter().filter(|part| part.line == line);

    let late = of_line().map(|part| part.option.late_days).max().unwrap_or(0);
    let lateness = i128::from(case.model.costs.late_cost.0) * i128::from(late) * weight;
    costs[CostKey::Lateness] += Money(round_half_up(lateness, SCALE));

    let open = wanted.quantity - of_line().map(|part| part.units).sum::<u32>();
    let share = i128::from(case.model.costs.unfilled_value_share.0);
    let per_unit = i128::from(case.model.costs.unfilled_cost.0) * SCALE
        + share * i128::from(wanted.unit_price.0);
    let unfilled = i128::from(open) * per_unit * weight;
    costs[CostKey::Unfilled] += Money(round_half_up(unfilled, SCALE * SCALE));

    if case.loose_commitments(line).next().is_some() {
        let departs = of_line().any(|part| !part.is_frozen && !keeps(case, part));
        if departs || open > 0 {
            costs[CostKey::Change] += case.model.costs.change_cost;
        }
    }
}

/// Whether a part does what some earlier decision about its line said.
fn keeps(case: &Case, part: &Part) -> bool {
    let option = &part.option;
    case.loose_commitments(part.line).any(|row| {
        row.node == option.source
            && row.service.is_none_or(|service| option.service == Some(service))
            && row.ship_date.is_none_or(|date| option.ship_date == date)
    })
}
