//! Stock of an item at a node as events made it, and what is left of it to promise.

use crate::ids::OrderId;
use crate::orchestrate::state::names::pairs;
use crate::time::Day;
use crate::units::Quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Units bound to the stock: those of a line that leave on a date.
pub type Bound = (Day, OrderId, u32);

/// Stock of one item at one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    /// Units there, picked and packed ones among them.
    pub on_hand: u32,
    /// Units promised elsewhere.
    pub reserved: u32,
    /// Units withheld from orders.
    pub safety_stock: u32,
    /// Units on their way, by date.
    pub inbound: BTreeMap<Day, u32>,
    /// Units planned, released, accepted, picked or packed from here, by release date, order and
    /// line (its place in the order).
    #[serde(with = "pairs")]
    bound: BTreeMap<Bound, Quantity>,
    /// The sum over `bound`.
    committed: u64,
}

impl Stock {
    pub(crate) fn new(
        on_hand: u32,
        reserved: u32,
        safety_stock: u32,
        inbound: BTreeMap<Day, u32>,
    ) -> Stock {
        Stock { on_hand, reserved, safety_stock, inbound, bound: BTreeMap::new(), committed: 0 }
    }

    /// Units bound to orders, by release date, order and line.
    pub fn bound(&self) -> impl Iterator<Item = (Bound, Quantity)> {
        self.bound.iter().map(|(bound, units)| (*bound, *units))
    }

    /// Units bound to orders.
    pub fn committed(&self) -> u64 {
        self.committed
    }

    /// Binds units of a line.
    pub(crate) fn bind(&mut self, bound: Bound, units: Quantity) {
        *self.bound.entry(bound).or_insert(0) += units;
        self.committed += u64::from(units);
    }

    /// Frees units of a line that are bound.
    pub(crate) fn free(&mut self, bound: Bound, units: Quantity) {
        if let Some(left) = self.bound.get_mut(&bound) {
            let freed = units.min(*left);
            *left -= freed;
            self.committed -= u64::from(freed);
            if *left == 0 {
                self.bound.remove(&bound);
            }
        }
    }

    /// Units that come by a date.
    pub fn inbound_by(&self, day: Day) -> u64 {
        self.inbound.range(..=day).map(|(_, units)| u64::from(*units)).sum()
    }

    /// Units that may have been released by the end of `day`: on hand less reserved and safety
    /// stock, and what comes.
    fn supply_by(&self, day: Day, withheld: u32) -> i64 {
        let held = i64::from(self.reserved) + i64::from(withheld);
        (i64::from(self.on_hand) - held + self.inbound_by(day) as i64).max(0)
    }

    /// Available to promise from a date on: what the supply leaves by then, and by every later
    /// date on which units are bound, after the units bound by then.
    pub fn available_to_promise(&self, day: Day) -> u64 {
        let mut bound = 0_i64;
        let mut left = i64::MAX;
        let mut dates = self.bound.iter().peekable();
        while let Some((&(date, _, _), units)) = dates.next() {
            bound += i64::from(*units);
            let is_last_of_date = dates.peek().is_none_or(|(next, _)| next.0 != date);
            if date >= day && is_last_of_date {
                left = left.min(self.supply_by(date, self.safety_stock) - bound);
            }
        }
        let by_day: i64 =
            self.bound.range(..).filter(|(key, _)| key.0 <= day).map(|(_, n)| i64::from(*n)).sum();
        left.min(self.supply_by(day, self.safety_stock) - by_day).max(0) as u64
    }

    /// Units that are bound though there is no supply for them, safety stock counted as supply:
    /// the most by any date.
    pub fn shortfall(&self) -> u64 {
        // Most stock is ample, and then no date needs to be looked at.
        if self.committed <= u64::from(self.on_hand.saturating_sub(self.reserved)) {
            return 0;
        }
        let mut bound = 0_i64;
        let mut most = 0_i64;
        for (&(date, _, _), units) in &self.bound {
            bound += i64::from(*units);
            most = most.max(bound - self.supply_by(date, 0));
        }
        most as u64
    }

    /// The lines that go short, each with its units: of those bound by a date that is not covered, the
    /// latest dates and orders first, as many as make up the shortfall.
    pub fn short_lines(&self) -> Vec<(OrderId, u32, Quantity)> {
        if self.shortfall() == 0 {
            return Vec::new();
        }
        let mut bound = 0_i64;
        // Those that are covered so far, with their units.
        let mut covered: Vec<(OrderId, u32, Quantity)> = Vec::new();
        let mut lines = Vec::new();
        for (&(date, order, line), &units) in &self.bound {
            bound += i64::from(units);
            covered.push((order, line, units));
            let mut short = bound - self.supply_by(date, 0);
            while short > 0
                && let Some((order, line, units)) = covered.pop()
            {
                let taken = units.min(Quantity::try_from(short).unwrap_or(Quantity::MAX));
                (bound, short) = (bound - i64::from(taken), short - i64::from(taken));
                lines.push((order, line, taken));
                if taken < units {
                    covered.push((order, line, units - taken));
                }
            }
        }
        lines.sort_unstable();
        lines.dedup_by(|next, first| {
            let is_same = (next.0, next.1) == (first.0, first.1);
            if is_same {
                first.2 += next.2;
            }
            is_same
        });
        lines
    }
}

/// Stock on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    pub node: crate::ids::NodeId,
    pub sku: crate::ids::SkuId,
    pub date: Day,
    /// Units still to come.
    pub quantity: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(bound: &[(i32, u32)]) -> Stock {
        let mut stock = Stock::new(5, 1, 1, BTreeMap::from([(Day(10), 4)]));
        for (n, (day, units)) in bound.iter().enumerate() {
            stock.bind((Day(*day), OrderId(n as u32), 0), *units);
        }
        stock
    }

    #[test]
    fn what_is_bound_later_is_not_promised_earlier() {
        assert_eq!(stock(&[]).available_to_promise(Day(5)), 3);
        assert_eq!(stock(&[]).available_to_promise(Day(10)), 7);
        assert_eq!(stock(&[(5, 2)]).available_to_promise(Day(4)), 1);
        // Six units leave on the day on which four come: one of today's three is free.
        assert_eq!(stock(&[(10, 6)]).available_to_promise(Day(5)), 1);
        assert_eq!(stock(&[(10, 7)]).available_to_promise(Day(5)), 0);
    }

    #[test]
    fn units_bound_beyond_the_supply_are_a_shortfall_of_the_last() {
        assert_eq!(stock(&[(5, 4)]).shortfall(), 0, "safety stock is there for orders in need");
        assert_eq!(stock(&[(5, 6)]).shortfall(), 2);
        let short = stock(&[(5, 3), (6, 2), (6, 1)]);
        assert_eq!(short.shortfall(), 2);
        assert_eq!(short.short_lines(), [(OrderId(1), 0, 1), (OrderId(2), 0, 1)]);
        assert_eq!(stock(&[(10, 8)]).shortfall(), 0);
    }

    #[test]
    fn lines_that_what_comes_covers_do_not_go_short() {
        // Seven units leave before four come; one leaves after that.
        let short = stock(&[(5, 7), (12, 1)]);
        assert_eq!((short.shortfall(), short.short_lines()), (3, vec![(OrderId(0), 0, 3)]));
        // What is left of a line that is short in part is covered by what comes.
        let short = stock(&[(5, 6), (12, 4), (13, 2)]);
        assert_eq!(short.shortfall(), 4);
        assert_eq!(short.short_lines(), [(OrderId(0), 0, 2), (OrderId(2), 0, 2)]);
    }
}
