//! Which orders of a state are in its wave, what was decided for their units, and what that means
//! for stock as a wave states it.

use super::PlannedUnits;
use crate::domain::{Level, NodeKind, Wave};
use crate::ids::{NodeId, OrderId, ServiceId, SkuId};
use crate::network::haversine_km;
use crate::options::zone;
use crate::orchestrate::state::{Destination, Order, Portion, Stage, State};
use crate::time::Day;
use crate::units::Quantity;
use std::collections::BTreeMap;

/// Units under way that a wave cannot hold: a commitment that is frozen needs a node from which its
/// service has a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    pub order: OrderId,
    /// The line's place in the order.
    pub line: u32,
    pub quantity: Quantity,
}

/// What a wave holds of a line.
pub(super) struct StatedLine {
    pub(super) order: OrderId,
    pub(super) line: u32,
    pub(super) quantity: Quantity,
    pub(super) commitments: Vec<Stated>,
}

/// A decision about units as the table of commitments has it.
pub(super) struct Stated {
    pub(super) quantity: Quantity,
    pub(super) node: NodeId,
    pub(super) service: Option<ServiceId>,
    pub(super) ship_date: Day,
    pub(super) level: Level,
    pub(super) pinned: bool,
}

impl Stated {
    fn is_frozen(&self) -> bool {
        self.level.is_frozen(self.pinned)
    }
}

/// Work for units of a line where the wave has it at another node than the one that does it.
#[derive(Clone, Copy)]
pub(super) struct Elsewhere {
    /// The order in the state.
    pub(super) order: OrderId,
    /// The line's place in the order.
    pub(super) line: u32,
    pub(super) node: NodeId,
    /// The node at the end of the lane; nothing where they leave for the customer.
    pub(super) to: Option<NodeId>,
    pub(super) day: Day,
    pub(super) quantity: Quantity,
    /// Whether it is where the wave has it, though it is not done there.
    pub(super) is_stated: bool,
}

/// What is added to a row of stock.
#[derive(Clone, Copy, Default)]
pub(super) struct Correction {
    pub(super) on_hand: u32,
    pub(super) reserved: u32,
}

/// The demand of a state.
pub(super) struct Demand {
    pub(super) orders: Vec<OrderId>,
    /// Order after order.
    pub(super) lines: Vec<StatedLine>,
    pub(super) stock: BTreeMap<(NodeId, SkuId), Correction>,
    pub(super) elsewhere: Vec<Elsewhere>,
    pub(super) left_out: Vec<LeftOut>,
}

impl Demand {
    /// What is open or committed, with what has left from `today` on: it took of the capacity that
    /// others want on those days.
    pub(super) fn new(network: &Wave, state: &State, today: Day, planned: PlannedUnits) -> Demand {
        let mut demand = Demand {
            orders: Vec::new(),
            lines: Vec::new(),
            stock: BTreeMap::new(),
            elsewhere: Vec::new(),
            left_out: Vec::new(),
        };
        for (id, order) in state.orders.enumerate() {
            if !order.is_held() && (has_work_left(order) || works_from(order, today)) {
                demand.add(network, id, order, planned);
            } else {
                demand.reserve(id, order);
            }
        }
        demand
    }

    /// An order that is not in the wave keeps its stock, and the work that nodes do for it goes on.
    fn reserve(&mut self, id: OrderId, order: &Order) {
        for (index, line) in order.lines.iter().enumerate() {
            for part in &line.portions {
                self.keep(line.sku, part);
                if (Stage::Released..=Stage::Delivered).contains(&part.stage) {
                    self.work_elsewhere((id, index as u32), part, None);
                }
            }
        }
    }

    /// Keeps the units of a portion, which are not in the wave, from everything that is.
    fn keep(&mut self, sku: SkuId, part: &Portion) {
        if let Some(way) = part.way.as_deref().filter(|_| part.stage.is_committed()) {
            self.stock.entry((way.source, sku)).or_default().reserved += part.quantity;
        }
    }

    fn add(&mut self, network: &Wave, id: OrderId, order: &Order, planned: PlannedUnits) {
        self.orders.push(id);
        for (index, line) in order.lines.iter().enumerate() {
            let index = index as u32;
            let mut stated =
                StatedLine { order: id, line: index, quantity: 0, commitments: Vec::new() };
            for part in &line.portions {
                match part.stage {
                    Stage::Cancelled => continue,
                    Stage::Open | Stage::Exception => stated.quantity += part.quantity,
                    _ => match commitment(network, order, part, planned) {
                        Some(commitment) => {
                            self.correct(line.sku, part, &commitment);
                            self.work_elsewhere((id, index), part, Some(&commitment));
                            stated.quantity += part.quantity;
                            stated.commitments.push(commitment);
                        }
                        None => {
                            self.keep(line.sku, part);
                            self.work_elsewhere((id, index), part, None);
                            let quantity = part.quantity;
                            self.left_out.push(LeftOut { order: id, line: index, quantity });
                        }
                    },
                }
            }
            if stated.quantity > 0 {
                self.lines.push(stated);
            }
        }
    }

    /// Stock is stated as if commitments had not happened: units that left are added to what is
    /// there, and those that are to leave from another node than they are at are there already.
    fn correct(&mut self, sku: SkuId, part: &Portion, commitment: &Stated) {
        let Some(source) = part.way.as_deref().map(|way| way.source) else { return };
        let is_on_hand = part.stage.is_committed();
        if is_on_hand && commitment.node != source {
            self.keep(sku, part);
        }
        if !is_on_hand || commitment.node != source {
            self.stock.entry((commitment.node, sku)).or_default().on_hand += part.quantity;
        }
    }

    /// Enters the work for units that stay as they are where the wave has it at another node or date
    /// than they do, or not at all.
    fn work_elsewhere(
        &mut self,
        (order, line): (OrderId, u32),
        part: &Portion,
        commitment: Option<&Stated>,
    ) {
        let is_frozen = commitment.is_none_or(Stated::is_frozen);
        let Some(way) = part.way.as_deref().filter(|_| is_frozen) else { return };
        let quantity = part.quantity;
        let work =
            |node, to, day| Elsewhere { order, line, node, to, day, quantity, is_stated: false };
        let first = way.via.first();
        self.elsewhere.extend(first.map(|to| work(way.source, Some(*to), way.release_date)));
        if commitment.is_none_or(|stated| stated.node != way.last_node()) {
            self.elsewhere.push(work(way.last_node(), None, way.ship_date));
            let stated = commitment.map(|stated| Elsewhere {
                is_stated: true,
                ..work(stated.node, None, stated.ship_date)
            });
            self.elsewhere.extend(stated);
        }
    }
}

/// Whether anything of an order has not left its source for good.
fn has_work_left(order: &Order) -> bool {
    let mut portions = order.lines.iter().flat_map(|line| &line.portions);
    portions.any(|part| {
        part.stage.is_committed() || matches!(part.stage, Stage::Open | Stage::Exception)
    })
}

/// Whether something of an order leaves, or has left, on a day or later.
fn works_from(order: &Order, today: Day) -> bool {
    let portions = order.lines.iter().flat_map(|line| &line.portions);
    let mut ways = portions.filter(|p| p.stage != Stage::Cancelled).filter_map(|p| p.way.as_ref());
    ways.any(|way| way.ship_date >= today)
}

/// What was decided for units, as firm as they are far. Units that a source has accepted stay as
/// pinned ones do; those at the end of a lane are to leave from there, others may join them.
fn commitment(
    network: &Wave,
    order: &Order,
    part: &Portion,
    planned: PlannedUnits,
) -> Option<Stated> {
    let way = part.way.as_deref()?;
    let (level, pinned) = match part.stage {
        Stage::Planned => (Level::Planned, planned == PlannedUnits::Stay),
        Stage::Released => (Level::Released, false),
        Stage::Accepted => (Level::Released, true),
        Stage::Picked | Stage::Packed => (Level::Picked, false),
        Stage::Shipped if way.sent_to.is_some() => (Level::Picked, false),
        Stage::Shipped | Stage::Delivered => (Level::Shipped, false),
        Stage::Open | Stage::Exception | Stage::Cancelled => return None,
    };
    let is_pickup = matches!(order.terms.destination, Destination::Pickup { .. });
    let service = way.service.filter(|_| !is_pickup);
    // A commitment has no route: what is frozen counts where it leaves for the customer.
    let node = match level.is_frozen(pinned) {
        false => way.source,
        true => [way.last_node(), way.source].into_iter().find(|node| {
            network.nodes[*node].kind != NodeKind::Hub && has_price(network, order, service, *node)
        })?,
    };
    let (quantity, ship_date) = (part.quantity, way.ship_date);
    Some(Stated { quantity, node, service, ship_date, level, pinned })
}

/// Whether a shipment of the order from a node can be priced.
fn has_price(network: &Wave, order: &Order, service: Option<ServiceId>, node: NodeId) -> bool {
    let Destination::Ship(place) = &order.terms.destination else { return true };
    let from = &network.nodes[node];
    let km = haversine_km((from.latitude, from.longitude), (place.latitude, place.longitude));
    service.is_some_and(|service| zone(network, service, node, &place.postal_code, km).is_some())
}
