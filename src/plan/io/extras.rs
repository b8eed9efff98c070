//! The user's own columns of orders and order lines, carried through.

use crate::domain::{ExtraColumn, Wave};
use crate::ids::{Id, LineId};

/// An extra column under the name that it has in a plan.
pub(super) struct Extra<'a> {
    pub name: String,
    column: &'a ExtraColumn,
    is_of_order: bool,
}

impl Extra<'_> {
    /// The value for a line.
    pub fn value(&self, wave: &Wave, line: LineId) -> String {
        let row = if self.is_of_order { wave.lines[line].order.index() } else { line.index() };
        self.column.values.get(row).map(ToString::to_string).unwrap_or_default()
    }
}

/// The extra columns of orders, then those of order lines. Where both tables have a column of one
/// name, that of the orders gets `x_order_` for its `x_`, and underscores where that is taken too.
pub(super) fn extras(wave: &Wave) -> Vec<Extra<'_>> {
    let is_taken = |name: &str| wave.line_extras.iter().any(|column| *column.name == *name);
    let of_orders = wave.order_extras.iter().map(|column| {
        let mut name = column.name.to_string();
        if is_taken(&name) {
            name = name.replacen("x_", "x_order_", 1);
        }
        while is_taken(&name) {
            name.push('_');
        }
        Extra { name, column, is_of_order: true }
    });
    let of_lines = wave.line_extras.iter().map(|column| Extra {
        name: column.name.to_string(),
        column,
        is_of_order: false,
    });
    of_orders.chain(of_lines).collect()
}
