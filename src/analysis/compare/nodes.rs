//! What a plan means for each node.

use super::share;
use crate::domain::{NodeKind, Wave};
use crate::ids::{Id, NodeId};
use crate::plan::Plan;
use crate::units::{Decimal, Money, round_half_up};
use std::collections::BTreeSet;

/// One node in one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRow {
    pub node: NodeId,
    pub kind: NodeKind,
    /// Lines and units whose source it is.
    pub lines: u64,
    pub units: u64,
    /// Shipments that leave it, whatever their sources.
    pub shipments: u64,
    pub parcels: u64,
    /// Before weights: freight of its shipments and of the lanes that start here, its handling,
    /// overload and opening.
    pub cost: Money,
    pub kg_co2: f64,
    /// Used by capacity, the mean over its dates and units with a capacity above 0.
    pub utilisation: Option<f64>,
    /// Its dates and units with work above capacity.
    pub overloads: u64,
}

/// Every node of a wave in a plan.
pub(super) fn rows(wave: &Wave, plan: &Plan) -> Vec<NodeRow> {
    let mut rows: Vec<NodeRow> = wave
        .nodes
        .enumerate()
        .map(|(node, terms)| NodeRow {
            node,
            kind: terms.kind,
            lines: 0,
            units: 0,
            shipments: 0,
            parcels: 0,
            cost: Money::ZERO,
            kg_co2: 0.0,
            utilisation: None,
            overloads: 0,
        })
        .collect();
    for of_line in plan.assignments.chunk_by(|a, b| a.line == b.line) {
        let sources: BTreeSet<NodeId> = of_line.iter().map(|part| part.source).collect();
        for source in sources {
            rows[source.index()].lines += 1;
        }
        for part in of_line {
            rows[part.source.index()].units += u64::from(part.quantity);
        }
    }
    for shipment in &plan.shipments {
        let row = &mut rows[shipment.node.index()];
        row.shipments += 1;
        row.parcels += u64::from(shipment.parcels);
        row.cost += shipment.freight + shipment.handling;
        row.kg_co2 += shipment.kg_co2;
    }
    for transfer in &plan.transfers {
        let row = &mut rows[wave.lanes[transfer.lane].from.index()];
        row.cost += transfer.freight + transfer.handling;
        row.kg_co2 += transfer.kg_co2;
    }
    for of_node in plan.node_load.chunk_by(|a, b| a.node == b.node) {
        let node = of_node[0].node;
        let row = &mut rows[node.index()];
        let loads =
            of_node.iter().filter_map(|load| share(load.used.to_f64(), load.capacity?.to_f64()));
        let loads: Vec<f64> = loads.collect();
        row.utilisation = share(loads.iter().sum(), loads.len() as f64);
        row.overloads = of_node.iter().filter(|load| load.overload > Decimal::ZERO).count() as u64;
        let worked = of_node.iter().filter(|load| load.used > Decimal::ZERO);
        let days: BTreeSet<_> = worked.map(|load| load.date).collect();
        row.cost += wave.nodes[node].open_cost * days.len() as i64;
        for load in of_node {
            let limit = wave.capacities_on(node, load.date).find(|limit| limit.unit == load.unit);
            let price = limit.map_or(0, |limit| i128::from(limit.overload_cost.0));
            let amount = i128::from(load.overload.0) * price;
            row.cost += Money(round_half_up(amount, i128::from(Decimal::SCALE)));
        }
    }
    rows
}

/// The units that nodes have more than in the base plan, the most first; those without any
/// difference left out.
pub(super) fn moves(rows: &[NodeRow], base: &[NodeRow]) -> Vec<(NodeId, i64)> {
    let pairs = rows.iter().zip(base);
    let mut moves: Vec<(NodeId, i64)> = pairs
        .map(|(row, base)| (row.node, row.units as i64 - base.units as i64))
        .filter(|(_, units)| *units != 0)
        .collect();
    moves.sort_by_key(|(node, units)| (-units, *node));
    moves
}
