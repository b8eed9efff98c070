//! What the shipments of an order cost, by what is in them.

use crate::domain::{CostKey, Wave};
use crate::ids::{NodeId, ServiceId, ZoneId};
use crate::options::{
    Content, Freight, Group, OrderOptions, Planner, carbon, freight, handling, shipment_co2,
};
use crate::solve::states::States;
use crate::units::Objective;

/// Cost and parcels of shipments by state: one for all groups that differ in their date only.
#[derive(Clone, Debug, Default)]
pub struct ShipmentTables {
    /// States of the order.
    states: usize,
    /// Weighted minor units by shipment, then state; infinite where the state is not served
    /// together.
    cost: Vec<f64>,
    parcels: Vec<u32>,
}

impl ShipmentTables {
    pub(super) fn with_capacity(shipments: usize, states: usize) -> ShipmentTables {
        let size = shipments * states;
        ShipmentTables { states, cost: Vec::with_capacity(size), parcels: Vec::with_capacity(size) }
    }

    fn push_state(&mut self, cost: f64, parcels: u32) {
        self.cost.push(cost);
        self.parcels.push(parcels);
    }

    /// By state of a shipment.
    pub fn costs(&self, shipment: u32) -> &[f64] {
        &self.cost[shipment as usize * self.states..][..self.states]
    }

    /// By state of a shipment.
    pub fn parcels(&self, shipment: u32) -> &[u32] {
        &self.parcels[shipment as usize * self.states..][..self.states]
    }
}

type FreightKey = (ServiceId, ZoneId);

/// The freight of each state of an order, by service and zone: nodes in the same zone pay the same.
#[derive(Default)]
pub(super) struct Freights(Vec<(FreightKey, Vec<Option<Freight>>)>);

impl Freights {
    /// The freight of a state, whose contents are given.
    pub(super) fn of(
        &mut self,
        wave: &Wave,
        key: FreightKey,
        state: usize,
        contents: &[Content],
    ) -> Freight {
        let at = self.0.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            self.0.push((key, Vec::new()));
            self.0.len() - 1
        });
        let of_state = &mut self.0[at].1;
        if of_state.len() <= state {
            of_state.resize(state + 1, None);
        }
        let (service, zone) = key;
        *of_state[state]
            .get_or_insert_with(|| freight(wave, service, zone, contents).unwrap_or_default())
    }
}

/// What groups have in common that differ in their date only.
pub(super) type ShipmentKey = (NodeId, Option<ServiceId>, Option<usize>);

pub(super) fn shipment_key(group: &Group) -> ShipmentKey {
    (group.node, group.service, group.joins)
}

/// Adds the table of the first of some groups, and of those that differ from it in their date only.
pub(super) fn push_shipment(
    planner: &Planner,
    options: &OrderOptions,
    states: &States,
    groups: &[Group],
    freights: &mut Freights,
    tables: &mut ShipmentTables,
) {
    let group = &groups[0];
    let wave = planner.wave;
    let model = planner.model;
    let base: &[Content] = group.joins.map_or(&[], |index| &options.frozen[index].contents);
    let mut price = |state: usize, contents: &[Content]| -> (f64, u32) {
        if contents.is_empty() {
            return (0.0, 0);
        }
        let mut cost = Objective::weighted(
            model.weight(CostKey::Handling),
            handling(wave, group.node, contents),
        );
        let mut parcels = 0;
        if let Some((service, zone)) = group.service.zip(group.zone) {
            let priced = if base.is_empty() {
                freights.of(wave, (service, zone.zone), state, contents)
            } else {
                freight(wave, service, zone.zone, contents).unwrap_or_default()
            };
            let co2 = shipment_co2(&wave.services[service], group.km, priced.parcels, priced.kg);
            let co2 = carbon(co2, model.costs.carbon_price);
            cost += Objective::weighted(model.weight(CostKey::ParcelFreight), priced.amount);
            cost += Objective::weighted(model.weight(CostKey::Carbon), co2);
            parcels = priced.parcels;
        }
        (cost.to_minor(), parcels)
    };
    let (base_cost, base_parcels) = price(0, base);
    tables.push_state(f64::INFINITY, 0);
    // Eligibility differs by service, not by date: a line that no group of this table can take
    // keeps its states at infinity.
    let takes: Vec<bool> = (0..options.lines.len())
        .map(|line| {
            let of_node = groups.iter().take_while(|g| g.node == group.node);
            let mut same = of_node.filter(|g| shipment_key(g) == shipment_key(group));
            same.any(|g| g.takes(line))
        })
        .collect();
    let mut contents = Vec::new();
    for state in 1..states.count() {
        contents.clear();
        contents.extend_from_slice(base);
        let mut possible = true;
        for (index, line) in options.lines.iter().enumerate() {
            let quantity = states.units(options, state, index);
            if quantity > 0 {
                possible &= takes[index];
                contents.push(line.content(quantity));
            }
        }
        if possible {
            let (cost, parcels) = price(state, &contents);
            // Joining may even merge parcels into fewer.
            tables.push_state(cost - base_cost, parcels.saturating_sub(base_parcels));
        } else {
            tables.push_state(f64::INFINITY, 0);
        }
    }
}
