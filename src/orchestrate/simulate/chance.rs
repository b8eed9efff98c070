//! Draws that belong to what they decide, not to when they are made.
//!
//! Each draw has a stream of its own, from the seed and from what is drawn about. So a line that a
//! node cannot find is not found under any policy that sends it there, and the policies are compared
//! on the same luck (Law, Simulation Modeling and Analysis, on common random numbers).

use crate::ids::{Id, NodeId, OrderId};
use crate::units::Decimal;
use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// Odd multipliers that keep the streams of neighbouring things apart.
const APART: [u64; 3] = [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9];

/// Whether a node fails to find a line, which happens to a share `rate` of the lines.
pub(super) fn is_short(seed: u64, rate: Decimal, order: OrderId, line: u32, node: NodeId) -> bool {
    let about = [order.index() as u64 + 1, u64::from(line) + 1, node.index() as u64 + 1];
    let mixed = about.iter().zip(APART).fold(seed, |mixed, (part, factor)| {
        (mixed ^ part.wrapping_mul(factor)).rotate_left(23).wrapping_mul(APART[0])
    });
    let draw = Pcg64Mcg::seed_from_u64(mixed).next_u64();
    // The high half of a product: from 0 up to, but not including, 1 in units of the rate.
    let scaled = (u128::from(draw) * u128::from(Decimal::SCALE.unsigned_abs())) >> 64;
    (scaled as i128) < i128::from(rate.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(seed: u64, rate: Decimal) -> usize {
        let lines = (0..2000).map(|at| (OrderId(at / 4), at % 4));
        lines.filter(|(order, line)| is_short(seed, rate, *order, *line, NodeId(3))).count()
    }

    #[test]
    fn a_rate_is_met_and_its_ends_are_exact() {
        assert_eq!(count(1, Decimal::ZERO), 0);
        assert_eq!(count(1, Decimal::ONE), 2000);
        let found = count(1, Decimal(Decimal::SCALE / 20));
        assert!((70..130).contains(&found), "{found} of 2000 at 5 %");
    }

    #[test]
    fn a_draw_is_that_of_its_seed_and_of_what_it_is_about() {
        let half = Decimal(Decimal::SCALE / 2);
        let draws = |seed, node| -> Vec<bool> {
            (0..64).map(|at| is_short(seed, half, OrderId(at), 0, NodeId(node))).collect()
        };
        assert_eq!(draws(1, 0), draws(1, 0));
        assert_ne!(draws(1, 0), draws(2, 0));
        assert_ne!(draws(1, 0), draws(1, 1));
    }
}
