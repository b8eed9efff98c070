//! Lines that a plan changes against what was planned or released for them.

use crate::domain::Wave;
use crate::ids::LineId;
use crate::options::{change_applies, change_applies_to_unfilled};
use crate::plan::{Assignment, Plan};
use std::collections::BTreeSet;

/// The lines that depart from what was planned or released for them, as the cost of a change counts
/// them.
pub fn changed_lines(wave: &Wave, plan: &Plan) -> BTreeSet<LineId> {
    let is_frozen = |row: &Assignment| {
        let frozen = wave.commitments_of(row.line).filter(|known| known.is_frozen());
        let here = frozen.filter(|known| {
            let way = (known.node, known.service, known.ship_date);
            row.hops.is_empty() && way == (row.source, row.service, Some(row.ship_date))
        });
        here.map(|known| known.quantity).sum::<u32>() >= row.quantity
    };
    let moved = plan.assignments.iter().filter(|row| {
        !is_frozen(row) && change_applies(wave, row.line, row.source, row.service, row.ship_date)
    });
    let open = plan.unfilled.iter().filter(|row| change_applies_to_unfilled(wave, row.line));
    moved.map(|row| row.line).chain(open.map(|row| row.line)).collect()
}
