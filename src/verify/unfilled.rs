//! The rows of the unfilled table, one by one.

use super::Context;
use super::part::line_labels;
use super::violation::{Violation, ViolationKind as Kind};
use crate::ids::LineId;
use crate::plan::Reason;
use rustc_hash::FxHashSet;

/// Checks that each line has at most one row, with units and reasons. Whether the units add up is
/// checked with the assignments.
pub(super) fn check(context: Context<'_>, violations: &mut Vec<Violation>) {
    let mut seen: FxHashSet<LineId> = FxHashSet::default();
    for row in &context.plan.unfilled {
        let mut wrong = |kind, found: &str, expected: &str| {
            violations.push(Violation::new(kind, line_labels(context, row.line), found, expected));
        };
        if !seen.insert(row.line) {
            wrong(Kind::UnfilledDuplicate, "two rows", "one row");
        }
        if row.quantity == 0 {
            wrong(Kind::ZeroQuantity, "0", "at least 1");
        }
        let mut reasons = row.reasons.clone();
        reasons.sort_unstable();
        reasons.dedup();
        if reasons.is_empty() || reasons.len() < row.reasons.len() {
            let names: Vec<&str> = row.reasons.iter().copied().map(Reason::name).collect();
            wrong(Kind::ReasonsWrong, &names.join(" "), "each reason once, at least one");
        }
    }
}
