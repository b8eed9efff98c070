//! A brute-force planner for small waves, to judge the real one.
//!
//! Written from the meaning of a plan alone: it shares the domain types and the great-circle
//! distance with the planner, and nothing else. It enumerates every option of every line, every
//! plan of every order, and searches the combinations of order plans exhaustively.

mod cost;
mod freight;
mod limits;
mod movements;
mod options;
mod order_plans;
pub mod returns;
mod search;

use crate::oracle::limits::Limits;
use std::fmt;
use wavewright::domain::{Commitment, CostKey, Costs, Model, Wave};
use wavewright::ids::{IdVec, LineId, NodeId, OrderId, ServiceId, ZoneId};
use wavewright::plan::{Hop, PlannedReturn};
use wavewright::time::Day;
use wavewright::units::{Money, Objective, Quantity};

/// One way to serve a line.
#[derive(Clone, Debug, PartialEq)]
pub struct LineOption {
    pub source: NodeId,
    pub hops: Vec<Hop>,
    pub release_date: Day,
    pub last_node: NodeId,
    /// Nothing for a pickup.
    pub service: Option<ServiceId>,
    pub ship_date: Day,
    pub delivery_date: Day,
    pub late_days: u32,
    /// Distance and zone to the customer; nothing for a handover.
    pub reach: Option<Reach>,
}

/// How far the customer of a parcel is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    pub km: f64,
    pub zone: ZoneId,
}

/// What makes two lines of an order travel in one shipment.
pub type ShipmentKey = (NodeId, Option<ServiceId>, Day);

impl LineOption {
    pub fn shipment(&self) -> ShipmentKey {
        (self.last_node, self.service, self.ship_date)
    }
}

/// Units of a line through one option.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub line: LineId,
    pub units: Quantity,
    pub option: LineOption,
    /// Fixed by a commitment.
    pub is_frozen: bool,
}

/// An optimal plan.
#[derive(Clone, Debug)]
pub struct Optimum {
    pub objective: Objective,
    pub costs: Costs,
    /// By order and line, the frozen parts of an order first; units in no part are unfilled.
    pub parts: Vec<Part>,
    /// By return; those missing that no node can take.
    pub returns: Vec<PlannedReturn>,
    /// The objective of planning the orders one at a time, each at its cheapest.
    pub one_at_a_time: Objective,
}

/// The enumeration would take too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// What the enumeration of a wave reads: the input with the options of every line.
pub struct Case<'a> {
    wave: &'a Wave,
    model: &'a Model,
    /// Every option that the rules of time, place and eligibility allow, whatever the stock.
    options: IdVec<LineId, Vec<LineOption>>,
    /// The parts that commitments fix.
    frozen: IdVec<LineId, Vec<Part>>,
    /// For every line, the lowest tier whose nodes could serve it whole and on time.
    first_tier_on_time: IdVec<LineId, Option<u32>>,
}

impl<'a> Case<'a> {
    fn new(wave: &'a Wave, model: &'a Model) -> Case<'a> {
        let windows = options::windows(wave);
        let options: IdVec<LineId, Vec<LineOption>> =
            wave.lines.ids().map(|line| options::of_line(wave, model, &windows, line)).collect();
        let frozen = wave.lines.ids().map(|line| options::frozen_parts(wave, line)).collect();
        let first_tier_on_time = options
            .enumerate()
            .map(|(line, all)| options::first_tier_on_time(wave, model, line, all))
            .collect();
        Case { wave, model, options, frozen, first_tier_on_time }
    }

    /// Units of a line that no commitment fixes.
    fn rest(&self, line: LineId) -> Quantity {
        let frozen: Quantity = self.frozen[line].iter().map(|part| part.units).sum();
        self.wave.lines[line].quantity - frozen
    }

    fn frozen_parts_of(&self, order: OrderId) -> Vec<Part> {
        let lines = self.wave.orders[order].line_ids();
        lines.flat_map(|line| self.frozen[line].iter().cloned()).collect()
    }

    /// The planned and released decisions about a line, from which departing has a price.
    fn loose_commitments(&self, line: LineId) -> impl Iterator<Item = &Commitment> {
        let of_line = self.wave.commitments.iter().filter(move |row| row.line == line);
        of_line.filter(|row| !row.is_frozen())
    }
}

/// The least weighted cost of a wave, by enumeration.
///
/// # Errors
/// When the enumeration exceeds its budget.
pub fn solve(wave: &Wave, model: &Model) -> Result<Optimum, TooLarge> {
    let case = Case::new(wave, model);
    let limits = Limits::new(&case);
    let orders = wave.orders.ids().map(|order| order_plans::enumerate(&case, &limits, order));
    let orders = orders.collect::<Result<Vec<_>, TooLarge>>()?;
    let (parts, one_at_a_time) = search::best_combination(&case, &limits, &orders)?;

    let mut costs = limits.shared_costs(&parts.iter().collect::<Vec<_>>(), &case);
    for order in wave.orders.ids() {
        let of_order: Vec<&Part> =
            parts.iter().filter(|part| wave.lines[part.line].order == order).collect();
        costs += cost::of_order(&case, order, &of_order);
    }
    let mut returns = returns::planned(wave, model, None, parts.iter());
    let apart: Money = returns.iter().map(|(_, cost)| *cost).sum();
    costs[CostKey::Returns] += apart;
    for order in wave.orders.ids() {
        returns.extend(returns::planned(wave, model, Some(order), parts.iter()));
    }
    let mut returns: Vec<PlannedReturn> = returns.into_iter().map(|(row, _)| row).collect();
    returns.sort_by_key(|row| row.id);
    let apart = Objective::weighted(model.weight(CostKey::Returns), apart);
    Ok(Optimum {
        objective: costs.objective(model),
        costs,
        parts,
        returns,
        one_at_a_time: one_at_a_time + apart,
    })
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineOption { source, hops, last_node, service, ship_date, .. } = &self.option;
        write!(f, "line {} x{} from node {}", self.line.0, self.units, source.0)?;
        for hop in hops {
            write!(f, " lane {} on {}", hop.lane.0, hop.departs)?;
        }
        write!(f, ", leaves node {} on {ship_date}", last_node.0)?;
        match service {
            Some(service) => write!(f, " by service {}", service.0)?,
            None => write!(f, " in the customer's hands")?,
        }
        write!(f, "{}", if self.is_frozen { " (frozen)" } else { "" })
    }
}
