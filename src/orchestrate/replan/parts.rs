//! A line before and after: what was decided for its units that may still change, and what the plan
//! decides for them.

use crate::domain::Wave;
use crate::ids::{Id, IdVec, LineId, NodeId};
use crate::network::Hop;
use crate::options::Decision;
use crate::orchestrate::state::{Portion, State, Way};
use crate::orchestrate::wave::StateWave;
use crate::plan::{Assignment, Plan, frozen_units};
use crate::units::Quantity;

/// Units of a line that the plan sends one way; frozen ones are not among them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'p> {
    pub(super) assignment: &'p Assignment,
    pub(super) quantity: Quantity,
}

/// The lines of a wave, by id.
pub(super) struct Parts<'p> {
    pub(super) planned: IdVec<LineId, Vec<Part<'p>>>,
    pub(super) before: IdVec<LineId, Vec<&'p Portion>>,
}

impl<'p> Parts<'p> {
    pub(super) fn new(state: &'p State, state_wave: &StateWave, plan: &'p Plan) -> Parts<'p> {
        let wave = &state_wave.wave;
        let mut planned: IdVec<LineId, Vec<Part<'p>>> =
            wave.lines.iter().map(|_| Vec::new()).collect();
        for assignment in &plan.assignments {
            let quantity = assignment.quantity - frozen_units(wave, assignment);
            if quantity > 0 {
                planned[assignment.line].push(Part { assignment, quantity });
            }
        }
        let before = state_wave.lines.iter().map(|&(order, line)| {
            let portions = &state.orders[order].lines[line as usize].portions;
            portions.iter().filter(|part| state_wave.is_loose(part)).collect()
        });
        Parts { planned, before: before.collect() }
    }
}

/// The lanes of a way, nothing where the wave has one of them no more.
pub(super) fn hops(wave: &Wave, way: &Way) -> Option<Vec<Hop>> {
    let mut from = way.source;
    let mut hops = Vec::with_capacity(way.via.len());
    for (to, departs) in way.via.iter().zip(&way.departs) {
        let is_it =
            |id: &crate::ids::LaneId| (wave.lanes[*id].from, wave.lanes[*id].to) == (from, *to);
        hops.push(Hop { lane: wave.lanes.ids().find(is_it)?, departs: *departs });
        from = *to;
    }
    (hops.len() == way.via.len()).then_some(hops)
}

/// The nodes after the source of an assignment.
pub(super) fn via(wave: &Wave, row: &Assignment) -> Vec<NodeId> {
    row.hops.iter().map(|hop| wave.lanes[hop.lane].to).collect()
}

/// Whether an assignment sends units as they were to go before.
pub(super) fn is_same(wave: &Wave, way: &Way, row: &Assignment) -> bool {
    (way.source, way.service, way.release_date, way.ship_date)
        == (row.source, row.service, row.release_date, row.ship_date)
        && way.via == via(wave, row)
        && way.departs.iter().eq(row.hops.iter().map(|hop| &hop.departs))
}

/// What was decided for a portion, as a decision of the wave; nothing where a lane is gone.
pub(super) fn decision(wave: &Wave, line: LineId, part: &Portion) -> Option<Decision> {
    let way = part.way.as_deref()?;
    Some(Decision {
        line,
        ship_date: way.ship_date,
        source: way.source,
        hops: hops(wave, way)?,
        node: way.last_node(),
        service: way.service,
        quantity: part.quantity,
    })
}

/// The lines of a wave, with their places.
pub(super) fn lines(state_wave: &StateWave) -> impl Iterator<Item = LineId> {
    (0..state_wave.lines.len()).map(LineId::from_index)
}
