//! Where the returns of a wave go, given what is handed over.

use crate::ids::OrderId;
use crate::options::Planner;
use crate::plan::{PlannedReturn, Shipment};
use crate::units::Money;

/// Every return that some node can take, where it costs least when these shipments (by order) are
/// made, with that cost: reverse freight and inspection less the value recovered.
pub(super) fn planned_returns(
    planner: &Planner,
    shipments: &[Shipment],
) -> Vec<(PlannedReturn, Money)> {
    let wave = planner.wave;
    let of_order = |order: OrderId| {
        let from = shipments.partition_point(|shipment| shipment.order < order);
        let to = shipments.partition_point(|shipment| shipment.order <= order);
        &shipments[from..to]
    };
    let planned = wave.returns.enumerate().filter_map(|(id, one)| {
        let exchanged = one.order.map_or(&[][..], of_order).iter();
        let collected = exchanged.filter(|shipment| shipment.service.is_none());
        let best = planner.best_return(id, collected.map(|shipment| shipment.node))?;
        let row = PlannedReturn {
            id,
            quantity: one.quantity,
            node: best.node,
            service: best.service,
            freight: best.freight,
            recovered_value: best.recovered_value,
        };
        Some((row, best.cost))
    });
    planned.collect()
}
