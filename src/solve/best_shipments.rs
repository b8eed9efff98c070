//! The cheapest shipments of an order, by kind and by what they cover.

use crate::solve::column::Entry;
use crate::solve::joint::JointRoutes;
use crate::solve::joint_shipments;
use crate::solve::pricing::Scan;
use crate::solve::routes::Routes;
use crate::solve::tables::OrderTables;

/// What tells shipments of an order apart that do not stand for each other: the class of their
/// exchanges, and how many they add (0 where they join a frozen one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub class: usize,
    pub added: usize,
}

/// The kind of a shipment that is added, where that is all there is to it.
pub const ADDED: Kind = Kind { class: 0, added: 1 };

impl Kind {
    fn index(self) -> usize {
        2 * self.class + self.added
    }
}

/// The cheapest shipment of each kind and state.
#[derive(Debug)]
pub struct ByState {
    cost: Vec<Vec<f64>>,
    group: Vec<Vec<u32>>,
}

impl ByState {
    pub fn new(tables: &OrderTables) -> ByState {
        let (kinds, states) = (2 * tables.exchanges.classes(), tables.states.count());
        ByState {
            cost: vec![vec![f64::INFINITY; states]; kinds],
            group: vec![vec![0; states]; kinds],
        }
    }

    /// Whether a shipment of a kind would be the cheapest that covers a state.
    pub fn is_cheapest(&self, kind: Kind, state: usize, cost: f64) -> bool {
        cost < self.cost[kind.index()][state]
    }

    /// Takes a shipment of a group as the cheapest of its kind that covers a state.
    pub fn take(&mut self, kind: Kind, state: usize, cost: f64, group: usize) {
        self.cost[kind.index()][state] = cost;
        self.group[kind.index()][state] = group as u32;
    }

    pub fn cost(&self, kind: Kind, state: usize) -> f64 {
        self.cost[kind.index()][state]
    }

    pub fn group(&self, kind: Kind, state: usize) -> usize {
        self.group[kind.index()][state] as usize
    }

    /// Kind and cost of the shipments found that cover a state.
    pub fn of_state(&self, state: usize) -> impl Iterator<Item = (Kind, f64)> + '_ {
        self.cost
            .iter()
            .enumerate()
            .filter(move |(_, costs)| costs[state].is_finite())
            .map(move |(index, costs)| (Kind { class: index / 2, added: index % 2 }, costs[state]))
    }
}

/// How the lines of shipments come to where these leave.
#[derive(Debug)]
pub enum Ways {
    /// Each by its own cheapest way.
    Alone(Routes),
    /// By ways that share what is paid once.
    Joint(JointRoutes),
}

/// The cheapest shipments, with the ways of their lines.
#[derive(Debug)]
pub struct BestShipments {
    pub found: ByState,
    pub ways: Ways,
}

impl BestShipments {
    /// The entries of a shipment found.
    pub fn entries(&self, scan: &Scan, kind: Kind, state: usize) -> Vec<Entry> {
        self.entries_of(scan, self.found.group(kind, state), state)
    }

    /// The entries of the cheapest shipment of a group.
    pub fn entries_of(&self, scan: &Scan, group: usize, state: usize) -> Vec<Entry> {
        match &self.ways {
            Ways::Alone(routes) => scan.entries(group, state, routes),
            Ways::Joint(routes) => joint_shipments::entries(scan, routes, group, state),
        }
    }
}
