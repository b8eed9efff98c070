//! What is to happen and when: the clock of a simulation.

use crate::domain::{Node, Wave};
use crate::ids::{NodeId, OrderId, SkuId};
use crate::network::Hop;
use crate::orchestrate::state::Way;
use crate::time::Day;
use crate::units::Quantity;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, Zoned};
use std::collections::BTreeMap;

/// Something that is due. Of what is due at one instant the earlier kinds come first: what is known
/// by then is planned with.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// Inbound arrives, by its place in the state's list.
    Receive(usize),
    /// A customer places an order.
    Arrive(OrderId),
    /// A node counts an item.
    Count(NodeId, SkuId),
    /// A run of the policy that comes round.
    Run,
    /// A run for what came up between.
    RunAtOnce,
    /// A node takes units off its shelf.
    Pick(Load),
    /// Units leave a node.
    Depart(Load),
    /// The carrier hands units over.
    Deliver(Load),
}

impl Task {
    fn rank(&self) -> u8 {
        match self {
            Task::Receive(_) => 0,
            Task::Arrive(_) => 1,
            Task::Count(..) => 2,
            Task::Run | Task::RunAtOnce => 3,
            Task::Pick(_) => 4,
            Task::Depart(_) => 5,
            Task::Deliver(_) => 6,
        }
    }
}

/// Units of a line on their way.
#[derive(Clone, Debug)]
pub(super) struct Load {
    pub(super) order: OrderId,
    /// By its place in the order.
    pub(super) line: u32,
    pub(super) quantity: Quantity,
    pub(super) way: Way,
    /// The lanes that they left over, with the dates on which they did.
    pub(super) hops: Vec<Hop>,
}

/// Tasks by instant.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    due: BTreeMap<(Timestamp, u8, u64), Task>,
    added: u64,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, task: Task) {
        self.due.insert((at, task.rank(), self.added), task);
        self.added += 1;
    }

    /// What is due next.
    pub(super) fn next(&mut self) -> Option<(Timestamp, Task)> {
        self.due.pop_first().map(|((at, _, _), task)| (at, task))
    }
}

/// When a node starts to pick what leaves on a day.
const PICKING: Time = Time::constant(8, 0, 0, 0);
/// When carriers come at the earliest.
const CARRIER: Time = Time::constant(18, 0, 0, 0);
/// When items are counted that were not found.
const COUNTING: Time = Time::constant(20, 0, 0, 0);
/// When the customer has a parcel.
const DELIVERY: Time = Time::constant(12, 0, 0, 0);
const LAST: Time = Time::constant(23, 59, 59, 0);

/// The working day of a node, in its own time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hours<'w>(pub(super) &'w Node);

impl Hours<'_> {
    pub(super) fn new(wave: &Wave, node: NodeId) -> Hours<'_> {
        Hours(&wave.nodes[node])
    }

    /// An instant as the node writes it.
    pub(super) fn local(self, at: Timestamp) -> Zoned {
        at.to_zoned(self.0.time_zone.clone())
    }

    pub(super) fn date(self, at: Timestamp) -> Day {
        Day::from(self.local(at).date())
    }

    fn on(self, day: Day, time: Time) -> Timestamp {
        // A date of a wave has every clock time in every zone: gaps are stepped over.
        let zoned = Date::from(day).to_datetime(time).to_zoned(self.0.time_zone.clone());
        zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    pub(super) fn opens(self, day: Day) -> Timestamp {
        self.on(day, Time::midnight())
    }

    pub(super) fn picks(self, day: Day) -> Timestamp {
        self.on(day, PICKING)
    }

    /// After the cutoff, so that what comes in by then is among what leaves.
    pub(super) fn leaves(self, day: Day) -> Timestamp {
        let work = self.0.cutoff.saturating_add(1.hour()).max(CARRIER);
        self.on(day, work.min(LAST))
    }

    pub(super) fn counts(self, day: Day) -> Timestamp {
        self.on(day, COUNTING)
    }

    pub(super) fn delivers(self, day: Day) -> Timestamp {
        self.on(day, DELIVERY)
    }
}
