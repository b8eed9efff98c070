//! What the returns of an order cost by where the order is handed over: one visit serves both.
//!
//! A return that could also be sent saves money when it is handed in where lines of its order are
//! collected; several visits save once, at the best node. A return that nothing else can take costs
//! something, or rescues value, as soon as there is a visit to a node that takes it.
//!
//! Pricing adds up shipments one by one, so it keeps account in *layers*: a layer is the set of
//! savings that were claimed and of visits that were made. Every handover may claim any savings of
//! its node that are still unclaimed; the cheapest way claims the best ones.

use crate::domain::CostKey;
use crate::ids::{NodeId, ReturnId};
use crate::options::{Group, OrderOptions, Planner, ReturnOption, handed_in};
use crate::solve::column::Entry;
use crate::units::Objective;

/// Savings and visits that layers keep account of, at most, and layers times states of an order.
/// Beyond that a saving may be claimed by every visit and a visit costs nothing, which is a bound
/// from below.
const MAX_TRACKED: usize = 4;
const MAX_LAYERED_STATES: usize = 4096;

/// A return of an order that may be handed in where the order is handed over; amounts in weighted
/// minor units, relative to what it costs where nothing more is handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    pub id: ReturnId,
    /// What it costs to take it at all; not 0 only where a visit alone makes that possible.
    pub visit: f64,
    /// The nodes that may take it, rising, with what each saves.
    pub savings: Vec<(NodeId, f64)>,
}

impl Exchange {
    /// Nothing where no handover changes what the return costs.
    fn new(planner: &Planner, options: &OrderOptions, id: ReturnId) -> Option<Exchange> {
        let (wave, model) = (planner.wave, planner.model);
        let collected = |group: &&Group| group.service.is_none();
        let mut nodes: Vec<NodeId> =
            options.groups.iter().filter(collected).map(|group| group.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let frozen = options.frozen.iter().filter(|shipment| shipment.service.is_none());
        let otherwise = planner.best_return(id, frozen.map(|shipment| shipment.node));
        let weighted = |option: ReturnOption| {
            Objective::weighted(model.weight(CostKey::Returns), option.cost).to_minor()
        };
        let taking: Vec<(NodeId, f64)> = nodes
            .into_iter()
            .filter_map(|node| Some((node, weighted(handed_in(wave, model, id, node)?))))
            .collect();
        let dearest = taking.iter().map(|(_, cost)| *cost).fold(0.0, f64::max);
        let visit = if otherwise.is_some() { 0.0 } else { dearest };
        let from = otherwise.map_or(visit, weighted);
        let savings = taking.into_iter().map(|(node, cost)| (node, (from - cost).max(0.0)));
        let savings: Vec<_> = savings.filter(|(_, saved)| visit > 0.0 || *saved > 0.0).collect();
        (!savings.is_empty()).then_some(Exchange { id, visit, savings })
    }

    /// What a visit to a node saves; nothing where the node does not take the return.
    fn saving(&self, node: NodeId) -> Option<f64> {
        let at = self.savings.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        Some(self.savings[at].1)
    }

    /// The visited node that saves most, the first of equals.
    pub fn best(&self, visited: &dyn Fn(NodeId) -> bool) -> Option<(NodeId, f64)> {
        let at = self.savings.iter().filter(|(node, _)| visited(*node)).copied();
        at.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }
}

/// Savings that a handover claims at its node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Claim {
    /// What the layer must lack.
    once: usize,
    /// What the layer has then.
    adds: usize,
    pub saved: f64,
}

impl Claim {
    pub const NONE: Claim = Claim { once: 0, adds: 0, saved: 0.0 };
}

/// The exchanges of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchanges {
    pub exchanges: Vec<Exchange>,
    /// By group: its class. Groups of one class may make the same claims. Empty where there is but
    /// one class.
    classes: Vec<usize>,
    /// By class. The first is that of shipments without any exchange.
    claims: Vec<Vec<Claim>>,
    /// Bits of a layer that can be claimed once.
    once: usize,
    /// What the other bits of a layer cost, with their masks.
    visits: Vec<(usize, f64)>,
    layers: usize,
}

impl Exchanges {
    /// `states` is how many states the order has.
    pub fn new(planner: &Planner, options: &OrderOptions, states: usize) -> Exchanges {
        let ids = planner.exchanges(options.order).iter();
        let found: Vec<Exchange> =
            ids.filter_map(|id| Exchange::new(planner, options, *id)).collect();
        let collected = |group: &Group| group.service.is_none().then_some(group.node);
        let nodes: Vec<Option<NodeId>> = options.groups.iter().map(collected).collect();
        let most = (MAX_LAYERED_STATES / states).max(2).ilog2() as usize;
        Exchanges::of(found, &nodes, most.min(MAX_TRACKED))
    }

    /// For groups that are handed over at these nodes, or sent; with account of `most` savings and
    /// visits.
    fn of(exchanges: Vec<Exchange>, nodes: &[Option<NodeId>], most: usize) -> Exchanges {
        let mut places: Vec<NodeId> =
            exchanges.iter().flat_map(|e| e.savings.iter().map(|(node, _)| *node)).collect();
        places.sort_unstable();
        places.dedup();
        let class = |node: &Option<NodeId>| {
            let at = node.and_then(|node| places.binary_search(&node).ok());
            at.map_or(0, |at| at + 1)
        };
        let vector = |e: &Exchange| -> Vec<f64> {
            places.iter().map(|node| e.saving(*node).unwrap_or(0.0)).collect()
        };
        let savings = merged(exchanges.iter().map(vector));
        let (tracked, loose) = savings.split_at(savings.len().min(most));
        let costing: Vec<&Exchange> = exchanges.iter().filter(|e| e.visit > 0.0).collect();
        let costing = &costing[..costing.len().min(most - tracked.len())];
        let bit = |at: usize| 1_usize << (tracked.len() + at);
        let of_place = |place: usize| -> Vec<Claim> {
            let visits = costing.iter().enumerate();
            let visits = visits.filter(|(_, e)| e.saving(places[place]).is_some());
            let visits = visits.fold(0, |bits, (at, _)| bits | bit(at));
            let freely: f64 = loose.iter().map(|savings| savings[place]).sum();
            let mut claims = vec![Claim { once: 0, adds: visits, saved: freely }];
            for (at, savings) in tracked.iter().enumerate().filter(|(_, s)| s[place] > 0.0) {
                let more = claims.iter().map(|claim| Claim {
                    once: claim.once | (1 << at),
                    adds: claim.adds | (1 << at),
                    saved: claim.saved + savings[place],
                });
                let more: Vec<Claim> = more.collect();
                claims.extend(more);
            }
            claims
        };
        Exchanges {
            classes: if places.is_empty() { Vec::new() } else { nodes.iter().map(class).collect() },
            claims: std::iter::once(vec![Claim::NONE])
                .chain((0..places.len()).map(of_place))
                .collect(),
            once: (1 << tracked.len()) - 1,
            visits: costing.iter().enumerate().map(|(at, e)| (bit(at), e.visit)).collect(),
            layers: 1 << (tracked.len() + costing.len()),
            exchanges,
        }
    }

    /// What the returns cost, beyond what they cost without, when an order ships this.
    pub fn cost<'e>(
        &self,
        options: &OrderOptions,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> f64 {
        if self.exchanges.is_empty() {
            return 0.0;
        }
        let groups = entries.into_iter().map(|entry| &options.groups[entry.group as usize]);
        let collected = groups.filter(|group| group.service.is_none());
        let visited: Vec<NodeId> = collected.map(|group| group.node).collect();
        let cost = |e: &Exchange| {
            let best = e.best(&|node| visited.contains(&node));
            best.map_or(0.0, |(_, saved)| e.visit - saved)
        };
        self.exchanges.iter().map(cost).sum()
    }

    /// The class of a group.
    pub fn class(&self, group: usize) -> usize {
        self.classes.get(group).copied().unwrap_or(0)
    }

    pub fn classes(&self) -> usize {
        self.claims.len()
    }

    pub fn layers(&self) -> usize {
        self.layers
    }

    /// What a shipment of a class may claim.
    pub fn claims(&self, class: usize) -> &[Claim] {
        &self.claims[class]
    }

    /// The layer after a claim in another; nothing where something would be claimed twice.
    pub fn after(&self, layer: usize, claim: Claim) -> Option<usize> {
        (layer & claim.once == 0).then_some(layer | claim.adds)
    }

    /// What the visits of a layer cost.
    pub fn visit_cost(&self, layer: usize) -> f64 {
        let made = self.visits.iter().filter(|(bit, _)| layer & bit != 0);
        made.map(|(_, cost)| cost).sum()
    }
}

/// Savings by node, those that agree on which of two nodes saves more added up: of any visits, the
/// same node is then the best for all of them. Without those that save nothing, the largest first.
fn merged(savings: impl Iterator<Item = Vec<f64>>) -> Vec<Vec<f64>> {
    let agree = |a: &[f64], b: &[f64]| {
        (0..a.len()).all(|x| (0..x).all(|y| (a[x] - a[y]) * (b[x] - b[y]) >= 0.0))
    };
    let mut groups: Vec<Vec<f64>> = Vec::new();
    for more in savings.filter(|savings| savings.iter().any(|saved| *saved > 0.0)) {
        match groups.iter_mut().find(|known| agree(known, &more)) {
            Some(known) => known.iter_mut().zip(&more).for_each(|(sum, saved)| *sum += saved),
            None => groups.push(more),
        }
    }
    let most = |savings: &[f64]| savings.iter().copied().fold(0.0, f64::max);
    groups.sort_by(|a, b| most(b).total_cmp(&most(a)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An exchange that saves so much at nodes 0, 1, ...; nothing where the node does not take it.
    fn exchange(visit: f64, savings: &[Option<f64>]) -> Exchange {
        let savings = savings.iter().enumerate();
        let savings = savings.filter_map(|(at, saved)| Some((NodeId(at as u32), (*saved)?)));
        Exchange { id: ReturnId(0), visit, savings: savings.collect() }
    }

    /// The least that a sequence of handovers costs by claims, group after group.
    fn by_layers(exchanges: &Exchanges, groups: &[usize]) -> f64 {
        let mut costs = vec![f64::INFINITY; exchanges.layers()];
        costs[0] = 0.0;
        for group in groups {
            let mut next = vec![f64::INFINITY; costs.len()];
            for &claim in exchanges.claims(exchanges.class(*group)) {
                for (layer, cost) in costs.iter().enumerate() {
                    if let Some(after) = exchanges.after(layer, claim) {
                        next[after] = f64::min(next[after], cost - claim.saved);
                    }
                }
            }
            costs = next;
        }
        let all = costs.iter().enumerate();
        all.map(|(layer, cost)| cost + exchanges.visit_cost(layer)).fold(f64::INFINITY, f64::min)
    }

    /// By the definition: each return once, where it saves most of all nodes visited.
    fn by_visits(all: &[Exchange], nodes: &[Option<NodeId>], groups: &[usize]) -> f64 {
        let visited = |node| groups.iter().any(|group| nodes[*group] == Some(node));
        let cost = |e: &Exchange| e.best(&visited).map_or(0.0, |(_, saved)| e.visit - saved);
        all.iter().map(cost).sum()
    }

    /// Every sequence of up to three of four groups: sent, and handed over at nodes 0, 1 and 2.
    fn sequences() -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new()];
        for start in [0, 1, 5] {
            let longer: Vec<Vec<usize>> = all[start..]
                .iter()
                .flat_map(|known| (0..4).map(|group| [known.clone(), vec![group]].concat()))
                .collect();
            all.extend(longer);
        }
        all
    }

    const NODES: [Option<NodeId>; 4] = [None, Some(NodeId(0)), Some(NodeId(1)), Some(NodeId(2))];

    #[test]
    fn layers_find_the_best_node_of_every_return() {
        let cases = [
            vec![exchange(0.0, &[Some(3.0), Some(5.0)])],
            // They agree on the second node, and are claimed as one.
            vec![exchange(0.0, &[Some(3.0), Some(5.0)]), exchange(0.0, &[None, Some(1.0)])],
            // They do not agree.
            vec![exchange(0.0, &[Some(3.0), Some(5.0)]), exchange(0.0, &[Some(4.0), None])],
            // Taking the first at all costs 7, at the third node 2.
            vec![
                exchange(7.0, &[Some(0.0), None, Some(5.0)]),
                exchange(0.0, &[Some(1.0), Some(2.0), None]),
            ],
            vec![
                exchange(2.0, &[Some(2.0), Some(0.0), None]),
                exchange(4.0, &[None, Some(9.0), Some(0.0)]),
            ],
        ];
        for case in cases {
            let exchanges = Exchanges::of(case.clone(), &NODES, MAX_TRACKED);
            for groups in sequences() {
                let expected = by_visits(&case, &NODES, &groups);
                assert_eq!(by_layers(&exchanges, &groups), expected, "{case:?} {groups:?}");
            }
        }
    }

    #[test]
    fn returns_that_agree_share_a_layer() {
        let agreeing = [[3.0, 5.0], [0.0, 1.0], [2.0, 2.0]];
        let of = |savings: &[f64; 2]| exchange(0.0, &[Some(savings[0]), Some(savings[1])]);
        let exchanges = Exchanges::of(agreeing.iter().map(of).collect(), &NODES, 1);
        assert_eq!((exchanges.layers(), exchanges.classes()), (2, 3));
        assert_eq!(Exchanges::of(Vec::new(), &NODES, 1).layers(), 1);
    }

    #[test]
    fn more_than_layers_can_hold_is_a_bound_from_below() {
        // No two agree.
        let orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]];
        let of = |saved: [i32; 3]| exchange(0.0, &saved.map(|saved| Some(f64::from(saved))));
        let mut all: Vec<Exchange> = orders.into_iter().map(of).collect();
        all.push(exchange(1.0, &[Some(0.5), None, Some(0.2)]));
        let exchanges = Exchanges::of(all.clone(), &NODES, MAX_TRACKED);
        assert_eq!(exchanges.layers(), 1 << MAX_TRACKED);
        let mut is_less = false;
        for groups in sequences() {
            let (bound, exact) = (by_layers(&exchanges, &groups), by_visits(&all, &NODES, &groups));
            assert!(bound <= exact + 1e-9, "{groups:?}: {bound} above {exact}");
            is_less |= bound < exact - 1e-9;
        }
        assert!(is_less, "the limit was not reached");
    }
}
