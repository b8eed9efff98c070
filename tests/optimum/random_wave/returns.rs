//! Random returns: of exchanges and of orders long gone, with the nodes that take them.
//!
//! They are drawn last, so that a wave with returns is the wave without them and something more.

use super::network::{POSTAL_CODES, country};
use super::{Dials, Random, money, thousandths};
use wavewright::domain::{Condition, Model, Place, Return, WaveParts};
use wavewright::ids::{NodeId, OrderId};

pub fn fill(rng: &mut Random, dials: &Dials, parts: &mut WaveParts, model: &mut Model) {
    for node in parts.nodes.iter_mut() {
        node.accepts_returns = rng.chance(65);
    }
    let mut stock: Vec<_> = parts.stock.iter_mut().collect();
    stock.sort_by_key(|(key, _)| **key);
    for (_, stock) in stock {
        stock.restock_value = rng.maybe(70, |rng| money(rng, 0, 1500)).unwrap_or_default();
    }
    model.returns.restock_share_used = thousandths(rng.pick(&[1000, 800, 333]));
    model.returns.restock_share_damaged = thousandths(rng.pick(&[1000, 250, 0]));
    let orders: Vec<OrderId> = parts.orders.ids().collect();
    for order in orders {
        while rng.chance(dials.returns) && parts.returns.len() < 8 {
            add(rng, parts, Some(order));
        }
    }
    if rng.chance(dials.returns) {
        add(rng, parts, None);
    }
}

fn add(rng: &mut Random, parts: &mut WaveParts, order: Option<OrderId>) {
    let skus: Vec<_> = parts.items.ids().collect();
    let accepting: Vec<NodeId> = parts
        .nodes
        .enumerate()
        .filter(|(_, node)| node.accepts_returns)
        .map(|(id, _)| id)
        .collect();
    let is_brought = !accepting.is_empty() && rng.chance(10);
    let drop_node = is_brought.then(|| rng.pick(&accepting));
    // A return without an order has a place, unless it was brought to a node.
    let has_place = rng.chance(55) || (order.is_none() && drop_node.is_none());
    let place = has_place.then(|| Place {
        latitude: 38.0 + rng.between(0, 400) as f64 / 100.0,
        longitude: -88.0 + rng.between(0, 500) as f64 / 100.0,
        country: country(rng),
        postal_code: rng.pick(&POSTAL_CODES).into(),
    });
    parts.returns.push(Return {
        id: format!("return-{}", parts.returns.len()).into(),
        order,
        sku: rng.pick(&skus),
        quantity: rng.count(1, 3),
        condition: rng.pick(&Condition::ALL),
        place,
        drop_node,
    });
}
