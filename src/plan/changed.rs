//! Lines that a plan changes against what was planned or released for them.

use crate::domain::Wave;
use crate::ids::LineId;
use crate::options::{change_applies, change_applies_to_unfilled};
use crate::plan::{Assignment, Plan, Unfilled};
use crate::units::Quantity;
use std::collections::BTreeSet;

/// The lines of a plan that depart from what was planned or released for them, each of which costs
/// a change.
pub fn changed_lines(wave: &Wave, plan: &Plan) -> BTreeSet<LineId> {
    changed_among(wave, &plan.assignments, &plan.unfilled)
}

/// The same of tables that are to be a plan's.
pub(super) fn changed_among(
    wave: &Wave,
    assignments: &[Assignment],
    unfilled: &[Unfilled],
) -> BTreeSet<LineId> {
    if wave.commitments.is_empty() {
        return BTreeSet::new();
    }
    let moved = assignments.iter().filter(|row| {
        frozen_units(wave, row) < row.quantity
            && change_applies(wave, row.line, row.source, row.service, row.ship_date)
    });
    let open = unfilled.iter().filter(|row| change_applies_to_unfilled(wave, row.line));
    moved.map(|row| row.line).chain(open.map(|row| row.line)).collect()
}

/// The frozen units of an assignment: those of commitments that go its way.
pub fn frozen_units(wave: &Wave, row: &Assignment) -> Quantity {
    let frozen = wave.commitments_of(row.line).filter(|known| known.is_frozen());
    let here = frozen.filter(|known| {
        let way = (known.node, known.service, known.ship_date);
        row.hops.is_empty() && way == (row.source, row.service, Some(row.ship_date))
    });
    here.map(|known| known.quantity).sum::<Quantity>().min(row.quantity)
}
