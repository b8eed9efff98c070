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
    is_binary: bool,
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
        let is_binary = radix.iter().all(|r| *r == 2);
        States { radix, stride, count, is_binary }
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
        if self.is_binary {
            return state >> need & 1;
        }
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
        self.is_binary
    }

    /// Units of an open line in a state.
    pub fn units(&self, options: &OrderOptions, state: usize, line: usize) -> Quantity {
        let terms = &options.lines[line];
        let digit = self.digit(state, terms.need);
        if !terms.divisible { digit as Quantity * terms.quantity } else { digit as Quantity }
    }

    /// Whether `part` takes no more of any need than `whole`.
    pub fn is_within(&self, part: usize, whole: usize) -> bool {
        if self.is_binary {
            return part & !whole == 0;
        }
        (0..self.needs()).all(|need| self.digit(part, need) <= self.digit(whole, need))
    }

    /// Whether two states take no more of any need together than there is.
    pub fn fit_together(&self, a: usize, b: usize) -> bool {
        if self.is_binary {
            return a & b == 0;
        }
        (0..self.needs()).all(|need| self.digit(a, need) + self.digit(b, need) <= self.whole(need))
    }

    /// Visits the states within another that take something of its first need.
    pub fn first_parts(&self, whole: usize, mut visit: impl FnMut(usize)) {
        if self.is_binary {
            let first = whole & whole.wrapping_neg();
            let others = whole ^ first;
            let mut part = others;
            loop {
                visit(part | first);
                if part == 0 {
                    return;
                }
                part = (part - 1) & others;
            }
        }
        let taken = |state: usize| (0..self.needs()).find(|need| self.digit(state, *need) > 0);
        let first = taken(whole);
        (1..=whole)
            .filter(|part| self.is_within(*part, whole) && taken(*part) == first)
            .for_each(visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(radix: &[usize]) -> States {
        let stride = radix.iter().scan(1, |next, r| {
            let stride = *next;
            *next *= r;
            Some(stride)
        });
        States {
            stride: stride.collect(),
            count: radix.iter().product(),
            is_binary: radix.iter().all(|r| *r == 2),
            radix: radix.to_vec(),
        }
    }

    fn first_parts(states: &States, whole: usize) -> Vec<usize> {
        let mut parts = Vec::new();
        states.first_parts(whole, |part| parts.push(part));
        parts.sort_unstable();
        parts
    }

    #[test]
    fn a_part_takes_of_the_first_need() {
        assert_eq!(first_parts(&states(&[2, 2, 2]), 0b110), [0b010, 0b110]);
        // Two of the first need, and one of the second.
        assert_eq!(first_parts(&states(&[3, 2]), 2 + 3), [1, 2, 4, 5]);
    }

    #[test]
    fn states_fit_together_digit_by_digit() {
        let binary = states(&[2, 2]);
        assert!(binary.fit_together(1, 2) && !binary.fit_together(1, 3));
        let mixed = states(&[3, 2]);
        assert!(mixed.fit_together(1, 4) && !mixed.fit_together(2, 4));
    }
}
