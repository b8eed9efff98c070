//! States of an order: how many units of each need a set of shipments covers.
//!
//! A state is a mixed-radix number with one digit a need. The digit of a need that is filled
//! whole or not at all is 0 or 1; that of a line whose units may be divided counts units.

use crate::options::{Need, OrderOptions};
use crate::units::Quantity;

/// The states of an order.
#[derive(Clone, Debug)]
pub struct States {
    /// Values of each digit.
    radix: Vec<usize>,
    stride: Vec<usize>,
    count: usize,
}

impl States {
    /// The states of an order; option building sees to it that they are at most [`MAX_STATES`].
    ///
    /// [`MAX_STATES`]: crate::options::MAX_STATES
    pub fn new(options: &OrderOptions) -> States {
        let radix = |need: &Need| match need.lines[..] {
            [line] if options.lines[line].divisible => options.lines[line].quantity as usize + 1,
            _ => 2,
        };
        let radix: Vec<usize> = options.needs.iter().map(radix).collect();
        let mut stride = Vec::with_capacity(radix.len());
        let mut count = 1_usize;
        for r in &radix {
            stride.push(count);
            count *= r;
        }
        States { radix, stride, count }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The state that covers everything.
    pub fn full(&self) -> usize {
        self.count - 1
    }

    pub fn needs(&self) -> usize {
        self.radix.len()
    }

    pub fn digit(&self, state: usize, need: usize) -> usize {
        state / self.stride[need] % self.radix[need]
    }

    pub fn stride(&self, need: usize) -> usize {
        self.stride[need]
    }

    /// The largest digit of a need.
    pub fn whole(&self, need: usize) -> usize {
        self.radix[need] - 1
    }

    /// Whether every need is covered whole or not at all.
    pub fn is_binary(&self) -> bool {
        self.radix.iter().all(|r| *r == 2)
    }

    /// Units of an open line in a state.
    pub fn units(&self, options: &OrderOptions, state: usize, line: usize) -> Quantity {
        let terms = &options.lines[line];
        let digit = self.digit(state, terms.need);
        if !terms.divisible { digit as Quantity * terms.quantity } else { digit as Quantity }
    }

    /// Whether `part` takes no more of any need than `whole`.
    pub fn is_within(&self, part: usize, whole: usize) -> bool {
        if self.is_binary() {
            return part & !whole == 0;
        }
        (0..self.needs()).all(|need| self.digit(part, need) <= self.digit(whole, need))
    }
}
