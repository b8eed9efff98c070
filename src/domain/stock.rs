//! Stock of one item at one node.

use crate::time::Day;
use crate::units::Money;

/// An inventory row with the inbound that tops it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    pub on_hand: u32,
    pub reserved: u32,
    pub safety_stock: u32,
    /// Positive protects the stock, negative sells it; per unit.
    pub opportunity_cost: Money,
    /// What a returned unit is worth here.
    pub restock_value: Money,
    /// Usable from each date on, by rising date; one entry a date.
    pub inbound: Vec<(Day, u32)>,
}

impl Stock {
    /// Units that may have been released by the end of `day`.
    pub fn available_by(&self, day: Day) -> i64 {
        let arrived: i64 = self
            .inbound
            .iter()
            .filter(|(date, _)| *date <= day)
            .map(|(_, units)| *units as i64)
            .sum();
        (self.on_hand as i64 - self.reserved as i64 - self.safety_stock as i64 + arrived).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inbound_fills_a_shortfall_first() {
        let stock = Stock {
            on_hand: 2,
            reserved: 3,
            safety_stock: 1,
            inbound: vec![(Day(10), 1), (Day(12), 4)],
            ..Stock::default()
        };
        assert_eq!(stock.available_by(Day(9)), 0);
        assert_eq!(stock.available_by(Day(11)), 0);
        assert_eq!(stock.available_by(Day(12)), 3);
    }
}
