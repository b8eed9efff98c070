//! Where returns go: every node and every way to it, the cheapest of them.

use crate::oracle::freight::of_shipment;
use crate::oracle::{Part, Reach};
use wavewright::domain::{Condition, Model, Place, Return, Wave};
use wavewright::ids::{NodeId, OrderId, ReturnId, ServiceId};
use wavewright::network::haversine_km;
use wavewright::plan::PlannedReturn;
use wavewright::units::{Decimal, Money, round_half_up};

/// The returns of an order (or those of none), each in the cheapest way beside the parts of the
/// order, with what it costs.
pub fn planned<'p>(
    wave: &Wave,
    model: &Model,
    order: Option<OrderId>,
    parts: impl Iterator<Item = &'p Part> + Clone,
) -> Vec<(PlannedReturn, Money)> {
    let mut found = Vec::new();
    for (id, one) in wave.returns.enumerate().filter(|(_, one)| one.order == order) {
        let mut ways = Vec::new();
        for node in wave.nodes.ids() {
            let mut add =
                |service, freight| ways.push(priced(wave, model, id, node, service, freight));
            if one.drop_node.is_some() {
                if one.drop_node == Some(node) {
                    add(None, Money::ZERO);
                }
                continue;
            }
            let place = one.place.as_ref().or_else(|| wave.destination(one.order?));
            let terms = &wave.nodes[node];
            if !terms.accepts_returns || place.is_some_and(|place| place.country != terms.country) {
                continue;
            }
            let is_here = |part: &&Part| {
                part.option.last_node == node
                    && part.option.service.is_none()
                    && Some(wave.lines[part.line].order) == order
            };
            if parts.clone().any(|part| is_here(&part)) {
                add(None, Money::ZERO);
            }
            for offer in &terms.services {
                let freight =
                    place.and_then(|place| freight(wave, one, place, node, offer.service));
                if let Some(freight) = freight {
                    add(Some(offer.service), freight);
                }
            }
        }
        found.extend(ways.into_iter().min_by_key(|(_, cost)| *cost));
    }
    found
}

/// What a carrier asks for the way from the customer to a node.
fn freight(
    wave: &Wave,
    one: &Return,
    from: &Place,
    to: NodeId,
    service: ServiceId,
) -> Option<Money> {
    let (item, service) = (&wave.items[one.sku], &wave.services[service]);
    let is_taken = (service.hazmat || !item.hazmat)
        && service.max_kg.is_none_or(|max| item.kg <= max)
        && service.max_length.is_none_or(|max| item.longest_side().is_none_or(|s| s <= max));
    let to = &wave.nodes[to];
    let km = haversine_km((from.latitude, from.longitude), (to.latitude, to.longitude));
    let table = &wave.zone_tables[service.zone_table];
    let zone = table.lookup(&from.postal_code, &to.postal_code, km)?.zone;
    wave.rate_cards[service.rate_card].breaks(zone)?;
    let contents = std::iter::once((one.sku, one.quantity));
    is_taken.then(|| of_shipment(wave, service, Reach { km, zone }, contents).price)
}

fn priced(
    wave: &Wave,
    model: &Model,
    id: ReturnId,
    node: NodeId,
    service: Option<ServiceId>,
    freight: Money,
) -> (PlannedReturn, Money) {
    let one = &wave.returns[id];
    let units = i64::from(one.quantity);
    let worth = wave.stock.get(&(node, one.sku)).map_or(0, |stock| stock.restock_value.0 * units);
    let share = match one.condition {
        Condition::New => Decimal::ONE,
        Condition::Used => model.returns.restock_share_used,
        Condition::Damaged => model.returns.restock_share_damaged,
    };
    let recovered = i128::from(worth) * i128::from(share.0);
    let recovered_value = Money(round_half_up(recovered, i128::from(Decimal::SCALE)));
    let of_item = wave.node_items.get(&(node, one.sku)).map_or(Money::ZERO, |row| row.unit_cost);
    let inspection = (wave.nodes[node].unit_cost + of_item) * units;
    let row = PlannedReturn { id, quantity: one.quantity, node, service, freight, recovered_value };
    (row, freight + inspection - recovered_value)
}
