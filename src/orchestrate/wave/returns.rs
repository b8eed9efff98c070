//! Which returns of a state are in its wave, and what of them a wave cannot say.

use crate::domain::{Place, Wave};
use crate::ids::{NodeId, OrderId, ReturnId};
use crate::orchestrate::state::{Destination, State};

/// A return to come that is not in the wave as it was announced: somebody has to say more about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnToCorrect {
    pub id: ReturnId,
    /// The node that it is to be brought to, where that takes no returns.
    pub drop_node: Option<NodeId>,
    /// Whether it is left out of the wave: nothing says where the goods are.
    pub is_left_out: bool,
}

impl ReturnToCorrect {
    /// What is wrong, in words.
    pub fn cause(&self, state: &State) -> String {
        let node = self.drop_node.map(|node| state.node_names.name(node));
        match (node, self.is_left_out) {
            (Some(node), true) => {
                format!("is left out: its drop node {node} takes no returns, and it has no place")
            }
            (Some(node), false) => {
                format!("is planned without its drop node {node}, which takes no returns")
            }
            (None, _) => {
                "is left out: it has no place, no drop node and no order that waits".to_owned()
            }
        }
    }

    /// What to do about it.
    pub fn action(&self) -> &'static str {
        match self.drop_node {
            Some(_) => "announce it again with a node that takes returns, or with a place only",
            None => "announce it again with the place of the customer, or a drop node",
        }
    }
}

/// A return as the table has it.
pub(super) struct StatedReturn<'s> {
    pub(super) id: ReturnId,
    /// The order of its exchange, where that is in the wave.
    pub(super) order: Option<OrderId>,
    /// Where the customer is.
    pub(super) place: Option<&'s Place>,
    /// The node that it is brought to, where that takes returns.
    pub(super) drop_node: Option<NodeId>,
}

/// The returns that are still to come. One without a place needs the order of its exchange in the
/// wave, or sent to the customer before, or the node that it was brought to.
pub(super) fn returns<'s>(
    network: &Wave,
    state: &'s State,
    orders: &[OrderId],
) -> (Vec<StatedReturn<'s>>, Vec<ReturnToCorrect>) {
    let (mut stated, mut to_correct) = (Vec::new(), Vec::new());
    for (id, goods) in state.returns.enumerate() {
        if goods.received >= goods.quantity {
            continue;
        }
        let order = goods.order.filter(|order| orders.binary_search(order).is_ok());
        let drop_node = goods.drop_node.filter(|node| network.nodes[*node].accepts_returns);
        // The wave has the place of an order that is in it; of one that is not, the state does.
        let sent_to = |order: OrderId| match &state.orders[order].terms.destination {
            Destination::Ship(place) => Some(place),
            Destination::Pickup { .. } => None,
        };
        let gone = goods.order.filter(|_| order.is_none());
        let place = goods.place.as_ref().or_else(|| gone.and_then(sent_to));
        let is_left_out = place.is_none() && order.is_none() && drop_node.is_none();
        let wrong_node = goods.drop_node.filter(|_| drop_node.is_none());
        if is_left_out || wrong_node.is_some() {
            to_correct.push(ReturnToCorrect { id, drop_node: wrong_node, is_left_out });
        }
        if !is_left_out {
            stated.push(StatedReturn { id, order, place, drop_node });
        }
    }
    (stated, to_correct)
}
