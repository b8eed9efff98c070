//! `nearest`: each line from the nearest node that has it, by great-circle distance.
//!
//! The rule that most systems start with; the baseline of Xu, Allgor and Graves, "Benefits of
//! reevaluating real-time order fulfillment decisions", Manufacturing & Service Operations
//! Management 11(2), 2009.

use crate::strategies::desk::Desk;

pub(super) fn serve(desk: &mut Desk<'_>) {
    desk.serve_order(&|desk| desk.serve_ranked(&|desk, node| [desk.nearness(node), 0.0], 0));
}
