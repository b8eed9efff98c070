//! Prices on the first way through a wave, when nothing is known of them.
//!
//! The orders are priced in rounds, each a sample of the wave. After a round, the price of work
//! and of carriers rises where lately more was wanted than the round's part of what there is, and
//! falls where less was. So orders that come late find prices that make sense already, and the way
//! through costs no more than at no prices. (As in the online linear programs of Li, Sun and Ye
//! 2020. A stock is wanted by too few orders to learn its price in this way.)

use crate::solve::pricing::Prices;
use crate::solve::resources::{Resource, ResourceKey, Resources};
use std::cmp::Ordering;

/// The part of what was wanted lately that a round leaves as it was.
const MEMORY: f64 = 0.9;
/// The longest step of a price in a round, as a part of what an order costs on average; in the
/// first round, and after all orders.
const LENGTHS: (f64, f64) = (0.06, 0.005);

/// Prices that follow what orders want.
pub struct FirstPrices {
    pub prices: Prices,
    /// The highest price that each resource had.
    pub highest: Prices,
    /// What a round wants of each resource: a moving average.
    wanted: Vec<f64>,
    round: usize,
    rounds: usize,
}

impl FirstPrices {
    /// Nothing costs anything in the first of so many rounds, which are of the same size.
    pub fn new(resources: &Resources, rounds: usize) -> FirstPrices {
        let prices = Prices { resources: vec![0.0; resources.len()] };
        let highest = prices.clone();
        FirstPrices { prices, highest, wanted: vec![0.0; resources.len()], round: 0, rounds }
    }

    /// Moves on to the next round, after one that used so much of resources at these prices and
    /// whose orders cost so much on average.
    pub fn follow(&mut self, resources: &Resources, used: &[(u32, f64)], mean_cost: f64) {
        self.wanted.iter_mut().for_each(|wanted| *wanted *= MEMORY);
        for &(id, amount) in used {
            self.wanted[id as usize] += (1.0 - MEMORY) * amount;
        }
        let way = self.round as f64 / self.rounds as f64;
        let length = mean_cost.abs() * LENGTHS.0 * (LENGTHS.1 / LENGTHS.0).powf(way);
        self.round += 1;
        // A moving average begins too low.
        let known = 1.0 - MEMORY.powi(self.round.min(1_000) as i32);
        let part = 1.0 / self.rounds as f64;
        let moving = self.prices.resources.iter_mut().zip(&mut self.highest.resources);
        for ((row, wanted), (price, highest)) in
            resources.rows().iter().zip(&self.wanted).zip(moving)
        {
            if is_work(row) {
                *price = followed(row, *price, wanted / known, part, length);
                *highest = price.max(*highest);
            }
        }
    }
}

fn is_work(row: &Resource) -> bool {
    matches!(row.key, ResourceKey::Capacity { .. } | ResourceKey::Carrier { .. })
}

/// The next price of a resource of which a round that may have a part of it wants so much.
fn followed(row: &Resource, price: f64, wanted: f64, part: f64, length: f64) -> f64 {
    // What is wanted of the overload costs what it costs; only beyond it can a price go higher.
    let overload_cost = if row.overload.0 > 0 { row.overload_cost } else { f64::INFINITY };
    let (free, all) = (part * row.supply.to_f64(), part * row.limit().to_f64());
    let there = match price.total_cmp(&overload_cost) {
        Ordering::Less => free,
        Ordering::Equal => wanted.clamp(free, all),
        Ordering::Greater => all,
    };
    let moved = (price + length * (wanted - there) / wanted.max(there).max(1e-9)).max(0.0);
    if price < overload_cost { moved.min(overload_cost) } else { moved }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CapacityUnit;
    use crate::ids::NodeId;
    use crate::time::Day;
    use crate::units::Decimal;

    fn row(supply: i64, overload: i64, overload_cost: f64) -> Resource {
        let key = ResourceKey::Capacity { node: NodeId(0), day: Day(0), unit: CapacityUnit::Units };
        let (supply, overload) = (Decimal::from_int(supply), Decimal::from_int(overload));
        Resource { key, supply, overload, overload_cost }
    }

    #[test]
    fn a_price_rises_while_more_is_wanted_than_there_is() {
        let row = row(10, 0, 0.0);
        assert!(followed(&row, 5.0, 3.0, 0.1, 1.0) > 5.0);
        assert_eq!(followed(&row, 5.0, 1.0, 0.1, 1.0), 5.0);
        assert_eq!(followed(&row, 5.0, 0.0, 0.1, 1.0), 4.0);
        assert_eq!(followed(&row, 0.5, 0.0, 0.1, 1.0), 0.0);
    }

    #[test]
    fn overload_is_wanted_at_its_cost_before_a_price_goes_higher() {
        let row = row(10, 10, 7.0);
        assert_eq!(followed(&row, 6.9, 5.0, 0.1, 1.0), 7.0);
        assert_eq!(followed(&row, 7.0, 1.5, 0.1, 1.0), 7.0);
        assert!(followed(&row, 7.0, 2.5, 0.1, 1.0) > 7.0);
        assert_eq!(followed(&row, 7.0, 0.0, 0.1, 1.0), 6.0);
    }
}
