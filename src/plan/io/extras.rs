//! The user's own columns of orders and order lines, carried through.

use crate::domain::{ExtraColumn, Wave};
use crate::ids::{Id, LineId};
use rustc_hash::FxHashSet;

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
    let (orders, lines) = (&wave.order_extras, &wave.line_extras);
    let is_of_line = |name: &str| lines.iter().any(|column| *column.name == *name);
    let is_of_order = |name: &str| orders.iter().any(|column| *column.name == *name);
    let mut given: FxHashSet<String> = FxHashSet::default();
    let of_orders: Vec<Extra<'_>> = orders
        .iter()
        .map(|column| {
            let mut name = column.name.to_string();
            if is_of_line(&name) {
                name = name.replacen("x_", "x_order_", 1);
                while is_of_line(&name) || is_of_order(&name) || given.contains(&name) {
                    name.push('_');
                }
                given.insert(name.clone());
            }
            Extra { name, column, is_of_order: true }
        })
        .collect();
    let of_lines = lines.iter().map(|column| Extra {
        name: column.name.to_string(),
        column,
        is_of_order: false,
    });
    of_orders.into_iter().chain(of_lines).collect()
}
