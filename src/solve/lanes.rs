//! What pricing looks up for the lanes that may move an order's lines.

use crate::domain::CostKey;
use crate::ids::NodeId;
use crate::options::{Departure, OrderOptions, Supply, Transfers};
use crate::solve::OpeningId;
use crate::solve::stocks::Stocks;
use crate::solve::tables::{ReleaseIds, release_ids};
use crate::time::Day;
use std::ops::Range;

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
    pub stock: Vec<Option<u32>>,
    /// The departures from the source, as indices.
    pub departures: Range<usize>,
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

/// Where an order's departures lead to.
#[derive(Clone, Debug)]
pub struct Stops {
    /// By rising id.
    pub nodes: Vec<NodeId>,
    /// By stop: the index of its node among those that lines can be moved to.
    pub places: Vec<Option<usize>>,
    /// By stop: the departures from it, as indices.
    pub onward: Vec<Range<usize>>,
    /// By departure: the stop at its end, and the days of departure and arrival, counted from the
    /// first day.
    pub ends: Vec<(usize, usize, usize)>,
    pub first_day: Day,
    pub days: usize,
}

impl Stops {
    pub fn new(transfers: &Transfers, places: &[NodeId]) -> Stops {
        let departures = &transfers.departures;
        let mut nodes: Vec<NodeId> = departures.iter().map(|departure| departure.to).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let first_day = departures.iter().map(|d| d.hop.departs).min().unwrap_or(Day(0));
        let last_day = departures.iter().map(|d| d.arrives).max().unwrap_or(Day(0));
        let position = |day: Day| (day.0 - first_day.0) as usize;
        let end = |departure: &Departure| {
            let stop = nodes.partition_point(|node| *node < departure.to);
            (stop, position(departure.hop.departs), position(departure.arrives))
        };
        Stops {
            places: nodes.iter().map(|node| places.binary_search(node).ok()).collect(),
            onward: nodes.iter().map(|node| transfers.from(*node)).collect(),
            ends: departures.iter().map(end).collect(),
            days: position(last_day) + 1,
            first_day,
            nodes,
        }
    }
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
            departures: options.transfers.from(supply.source),
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
