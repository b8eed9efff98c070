//! What pricing looks up for the lanes that may move an order's lines.

use crate::domain::CostKey;
use crate::ids::NodeId;
use crate::options::{Departure, OrderOptions, Supply};
use crate::solve::OpeningId;
use crate::solve::tables::{ReleaseIds, Stocks, release_ids};

/// A supply of lanes as pricing sees it; amounts are weighted minor units.
#[derive(Clone, Debug)]
pub struct SupplyTable {
    pub part_cost: f64,
    /// Purchase, opportunity and handling per unit.
    pub unit_cost: f64,
    /// Handling per line.
    pub line_cost: f64,
    /// Minutes per unit at the source.
    pub minutes: f64,
    /// Of the commitments' sources of the line, which one it is: 0 for none of them.
    pub class: usize,
    /// Index of the stock used, by day of the supply.
    pub stock: Vec<Option<usize>>,
}

/// A departure as pricing sees it; amounts are weighted minor units.
#[derive(Clone, Copy, Debug)]
pub struct DepartureTable {
    /// The limited resources of a release into it.
    pub release: ReleaseIds,
    /// Paid once by what is released into it, at least.
    pub release_cost: f64,
    /// Paid once by what moves, at least.
    pub lane_cost: f64,
    /// Freight and carbon.
    pub kg_cost: f64,
}

pub(super) fn supply_tables(
    stocks: &mut Stocks,
    options: &OrderOptions,
    committed: &[Vec<NodeId>],
) -> Vec<SupplyTable> {
    let planner = stocks.planner;
    let (wave, model) = (planner.wave, planner.model);
    if options.transfers.departures.is_empty() {
        return Vec::new();
    }
    let handling = model.weight(CostKey::Handling).to_f64();
    let table = |supply: &Supply| {
        let source = &wave.nodes[supply.source];
        let line = &options.lines[supply.line];
        let terms = wave.node_item(supply.source, line.sku);
        // The terms of the source itself are the same in every group.
        let own = options
            .groups
            .first()
            .map(|group| options.way(planner, group, supply.line, supply.source, true));
        let minutes = terms.minutes.to_f64();
        let handled =
            (source.unit_cost + terms.unit_cost).0 as f64 + minutes * source.minute_cost.0 as f64;
        SupplyTable {
            part_cost: own.as_ref().map_or(0.0, |way| way.part_cost.to_minor()),
            unit_cost: own.as_ref().map_or(0.0, |way| way.unit_cost.to_minor())
                + handled * handling,
            line_cost: source.line_cost.0 as f64 * handling,
            minutes,
            class: committed[supply.line]
                .binary_search(&supply.source)
                .map_or(0, |position| position + 1),
            stock: supply
                .days
                .iter()
                .map(|day| stocks.index(options, supply.line, supply.source, *day))
                .collect(),
        }
    };
    options.transfers.supplies.iter().map(table).collect()
}

pub(super) fn departure_table(
    stocks: &Stocks,
    options: &OrderOptions,
    departure: &Departure,
    openings: &mut Vec<OpeningId>,
) -> DepartureTable {
    let (wave, model) = (stocks.planner.wave, stocks.planner.model);
    let (lane, source) = (&wave.lanes[departure.hop.lane], &wave.nodes[departure.from]);
    let weight = |key| model.weight(key).to_f64();
    let carbon = lane.kg_co2_per_kg * model.costs.carbon_price.0 as f64;
    // What is rounded once may be half a minor unit below the sum of its parts.
    let slack = |amount: f64| if amount > 0.0 { 0.5 } else { 0.0 };
    let by_minute = options.lines.iter().any(|line| {
        wave.node_item(departure.from, line.sku).minutes.0 > 0 && source.minute_cost.0 > 0
    });
    let by_kg = lane.cost_per_kg.0 as f64;
    DepartureTable {
        release: release_ids(stocks.resources, openings, departure.from, departure.hop.departs),
        release_cost: (source.shipment_cost.0 as f64 - slack(f64::from(u8::from(by_minute))))
            * weight(CostKey::Handling),
        lane_cost: (lane.shipment_cost.0 as f64 - slack(by_kg)) * weight(CostKey::TransferFreight)
            - slack(carbon) * weight(CostKey::Carbon),
        kg_cost: by_kg * weight(CostKey::TransferFreight) + carbon * weight(CostKey::Carbon),
    }
}
