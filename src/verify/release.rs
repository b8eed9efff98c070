//! Releases: the work that a node does when a shipment or a transfer leaves it.

use super::part::Part;
use super::{Context, Tally};
use crate::domain::CapacityUnit;
use crate::ids::NodeId;
use crate::time::Day;
use crate::units::{Decimal, Money, round_half_up};

/// Work in each capacity unit, nine places, in the order of [`CapacityUnit::ALL`].
#[derive(Clone, Copy, Default)]
pub(super) struct Work([i128; 4]);

impl Work {
    pub fn of(&self, unit: CapacityUnit) -> i128 {
        self.0[unit as usize]
    }

    fn add(&mut self, unit: CapacityUnit, amount: i128) {
        self.0[unit as usize] += amount;
    }
}

/// What a node does on a date.
#[derive(Clone, Copy, Default)]
pub(super) struct Load {
    pub total: Work,
    /// The work that commitments have frozen.
    pub frozen: Work,
}

/// Records the work of a release of `parts`, which are sorted by line, and prices its handling.
pub(super) fn release(
    context: Context<'_>,
    tally: &mut Tally,
    node: NodeId,
    date: Day,
    parts: &[&Part<'_>],
) -> Money {
    let load = tally.loads.entry((node, date)).or_default();
    record(context, &mut load.total, node, parts.iter().map(|part| (*part, part.row.quantity)));
    let frozen = parts.iter().map(|part| (*part, part.frozen)).filter(|(_, units)| *units > 0);
    record(context, &mut load.frozen, node, frozen);
    handling(context, node, parts)
}

fn record<'a, 'b: 'a>(
    context: Context<'_>,
    work: &mut Work,
    node: NodeId,
    contents: impl Iterator<Item = (&'a Part<'b>, u32)>,
) {
    let one = i128::from(Decimal::SCALE);
    let mut last_line = None;
    for (part, units) in contents {
        if last_line.is_none() {
            work.add(CapacityUnit::Shipments, one);
        }
        if last_line != Some(part.row.line) {
            work.add(CapacityUnit::Lines, one);
            last_line = Some(part.row.line);
        }
        let units = i128::from(units);
        let minutes = context.wave.node_item(node, part.sku).minutes;
        work.add(CapacityUnit::Units, units * one);
        work.add(CapacityUnit::Minutes, units * i128::from(minutes.0));
    }
}

/// What a release costs at a node; rounded once.
fn handling(context: Context<'_>, node: NodeId, parts: &[&Part<'_>]) -> Money {
    let wave = context.wave;
    let terms = &wave.nodes[node];
    let lines = parts.chunk_by(|a, b| a.row.line == b.row.line).count();
    // In minor units, and in minor units with nine places.
    let mut whole = i128::from(terms.shipment_cost.0);
    whole += i128::from(terms.line_cost.0) * lines as i128;
    let mut minutes = 0;
    for part in parts {
        let item = wave.node_item(node, part.sku);
        let units = i128::from(part.row.quantity);
        whole += i128::from(terms.unit_cost.0 + item.unit_cost.0) * units;
        minutes += i128::from(item.minutes.0) * units;
    }
    let scale = i128::from(Decimal::SCALE);
    Money(round_half_up(whole * scale + minutes * i128::from(terms.minute_cost.0), scale))
}
