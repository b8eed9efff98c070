//! Results by channel, customer tier, region, journey and kind of node.

use super::nodes::NodeRow;
use super::orders::OrderResult;
use super::share;
use crate::domain::{Journey, NodeKind, Order, Wave};
use std::collections::BTreeMap;

/// A group of orders, or of nodes, in one plan. Figures that make no sense for it are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupRow {
    /// `channel`, `customer_tier`, `region`, `journey` or `node_kind`.
    pub by: &'static str,
    pub group: String,
    pub orders: Option<u64>,
    pub lines: u64,
    pub units: u64,
    /// Weighted, in minor units: of orders their own cost. Of nodes unweighted.
    pub cost: f64,
    pub base_cost: f64,
    pub shipments: u64,
    pub shipments_per_order: Option<f64>,
    pub split_rate: Option<f64>,
    pub on_time_line_rate: Option<f64>,
    pub on_time_order_rate: Option<f64>,
    pub days_late: Option<u64>,
    pub fill_rate: Option<f64>,
    pub kg_co2: f64,
}

type GroupOf = fn(&Wave, &Order) -> String;

/// How orders are grouped.
const DIMENSIONS: [(&str, GroupOf); 4] = [
    ("channel", |_, order| order.channel.to_string()),
    ("customer_tier", |_, order| order.customer_tier.to_string()),
    ("region", region),
    ("journey", |_, order| match order.journey {
        Journey::Ship(_) => "ship".to_string(),
        Journey::Pickup { .. } => "pickup".to_string(),
    }),
];

/// The country and the first character of the postal code, of the customer or of the node where
/// the order is picked up.
fn region(wave: &Wave, order: &Order) -> String {
    let (country, code) = match &order.journey {
        Journey::Ship(place) => (&place.country, &place.postal_code),
        Journey::Pickup { node, .. } => {
            (&wave.nodes[*node].country, &wave.nodes[*node].postal_code)
        }
    };
    let first: String = code.chars().take(1).collect();
    format!("{country} {first}").trim_end().to_string()
}

/// The groups of a plan with what they cost in the base plan, dimension after dimension.
pub(super) fn rows(
    wave: &Wave,
    orders: &[OrderResult],
    base: &[OrderResult],
    nodes: &[NodeRow],
    base_nodes: &[NodeRow],
) -> Vec<GroupRow> {
    let mut rows = Vec::new();
    for (by, group_of) in DIMENSIONS {
        let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, order) in wave.orders.iter().enumerate() {
            members.entry(group_of(wave, order)).or_default().push(at);
        }
        rows.extend(
            members
                .into_iter()
                .map(|(group, of_group)| of_orders(by, group, &of_group, orders, base)),
        );
    }
    for kind in NodeKind::ALL.into_iter().filter(|kind| nodes.iter().any(|row| row.kind == *kind)) {
        rows.push(of_nodes(kind, nodes, base_nodes));
    }
    rows
}

fn of_orders(
    by: &'static str,
    group: String,
    members: &[usize],
    orders: &[OrderResult],
    base: &[OrderResult],
) -> GroupRow {
    let of_group = || members.iter().map(|at| &orders[*at]);
    let sum = |value: fn(&OrderResult) -> u64| of_group().map(value).sum::<u64>();
    let count = |is: fn(&OrderResult) -> bool| of_group().filter(|order| is(order)).count() as f64;
    let (units, shipments) = (sum(|order| order.units), sum(|order| u64::from(order.shipments)));
    let served = count(|order| order.shipments > 0);
    GroupRow {
        by,
        group,
        orders: Some(members.len() as u64),
        lines: sum(|order| u64::from(order.lines)),
        units,
        cost: of_group().map(|order| order.cost).sum::<crate::units::Objective>().to_minor(),
        base_cost: members.iter().map(|at| base[*at].cost.to_minor()).sum(),
        shipments,
        shipments_per_order: share(shipments as f64, served),
        split_rate: share(count(|order| order.shipments > 1), served),
        on_time_line_rate: share(
            sum(|order| u64::from(order.lines_on_time)) as f64,
            sum(|order| u64::from(order.dated_lines)) as f64,
        ),
        on_time_order_rate: share(
            count(|order| order.is_dated && order.is_on_time),
            count(|order| order.is_dated),
        ),
        days_late: Some(sum(|order| order.days_late)),
        fill_rate: share((units - sum(|order| order.open_units)) as f64, units as f64),
        kg_co2: of_group().map(|order| order.kg_co2).sum(),
    }
}

fn of_nodes(kind: NodeKind, nodes: &[NodeRow], base: &[NodeRow]) -> GroupRow {
    let of_kind = || nodes.iter().filter(|row| row.kind == kind);
    let cost = |rows: &[NodeRow]| {
        let of_kind = rows.iter().filter(|row| row.kind == kind);
        of_kind.map(|row| row.cost.0 as f64).sum::<f64>()
    };
    GroupRow {
        by: "node_kind",
        group: kind.name().to_string(),
        lines: of_kind().map(|row| row.lines).sum(),
        units: of_kind().map(|row| row.units).sum(),
        cost: cost(nodes),
        base_cost: cost(base),
        shipments: of_kind().map(|row| row.shipments).sum(),
        kg_co2: of_kind().map(|row| row.kg_co2).sum(),
        ..GroupRow::default()
    }
}
