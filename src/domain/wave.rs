//! The wave: orders, network and stock planned together, with the indexes that lookups need.

use crate::domain::{
    Calendar, Capacity, CapacityUnit, Commitment, Deadline, Exclusion, Item, Journey, Lane, Model,
    Node, NodeItem, Order, OrderLine, Place, RateCard, Return, Service, Stock, ZoneTable,
};
use crate::ids::{
    CalendarId, IdVec, LaneId, LineId, NodeId, OrderId, RateCardId, ReturnId, ServiceId, SkuId,
    ZoneId, ZoneTableId,
};
use crate::time::Day;
use jiff::{Timestamp, Zoned};
use rustc_hash::FxHashMap;

/// A column of the user's own (`x_...`), carried through to the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraColumn {
    pub name: Box<str>,
    /// One text a row of its table; empty where the cell is.
    pub values: Vec<Box<str>>,
}

/// Everything a wave is made of, validated.
#[derive(Clone, Debug, PartialEq)]
pub struct WaveParts {
    pub name: Box<str>,
    pub now: Zoned,
    /// ISO 4217 code.
    pub currency: Box<str>,
    /// Decimal places of the currency.
    pub minor_digits: u32,
    pub horizon_days: u32,
    pub calendars: IdVec<CalendarId, Calendar>,
    pub nodes: IdVec<NodeId, Node>,
    pub items: IdVec<SkuId, Item>,
    pub node_items: FxHashMap<(NodeId, SkuId), NodeItem>,
    pub stock: FxHashMap<(NodeId, SkuId), Stock>,
    pub zone_names: IdVec<ZoneId, Box<str>>,
    pub zone_tables: IdVec<ZoneTableId, ZoneTable>,
    pub rate_cards: IdVec<RateCardId, RateCard>,
    pub services: IdVec<ServiceId, Service>,
    pub lanes: IdVec<LaneId, Lane>,
    pub orders: IdVec<OrderId, Order>,
    /// Order after order; those of an order are its `lines` range.
    pub lines: IdVec<LineId, OrderLine>,
    pub commitments: Vec<Commitment>,
    pub exclusions: Vec<Exclusion>,
    pub returns: IdVec<ReturnId, Return>,
    /// Extra columns of `orders`, a value an order.
    pub order_extras: Vec<ExtraColumn>,
    /// Extra columns of `order_lines`, a value a line.
    pub line_extras: Vec<ExtraColumn>,
}

/// A validated wave. Fields of [`WaveParts`] are read through deref.
#[derive(Clone, Debug)]
pub struct Wave {
    parts: WaveParts,
    windows: IdVec<NodeId, Vec<Day>>,
    /// Nodes with an inventory row, by sku and rising node.
    stocked_at: IdVec<SkuId, Vec<NodeId>>,
    /// Indices into `commitments`, by line.
    commitments_of: FxHashMap<LineId, Vec<usize>>,
    /// The latest `until`, by line and node.
    excluded_until: FxHashMap<(LineId, NodeId), Day>,
}

impl std::ops::Deref for Wave {
    type Target = WaveParts;
    fn deref(&self) -> &WaveParts {
        &self.parts
    }
}

impl Wave {
    /// Builds the indexes over validated parts.
    pub fn new(parts: WaveParts) -> Wave {
        let windows = parts.nodes.iter().map(|node| window(node, &parts, &parts.now)).collect();
        let mut stocked_at: IdVec<SkuId, Vec<NodeId>> =
            parts.items.iter().map(|_| Vec::new()).collect();
        for &(node, sku) in parts.stock.keys() {
            stocked_at[sku].push(node);
        }
        for nodes in stocked_at.iter_mut() {
            nodes.sort_unstable();
        }
        let mut commitments_of: FxHashMap<LineId, Vec<usize>> = FxHashMap::default();
        for (index, commitment) in parts.commitments.iter().enumerate() {
            commitments_of.entry(commitment.line).or_default().push(index);
        }
        let mut excluded_until: FxHashMap<(LineId, NodeId), Day> = FxHashMap::default();
        for exclusion in &parts.exclusions {
            let order = &parts.orders[exclusion.order];
            for line in order.line_ids().filter(|id| exclusion.line.is_none_or(|only| only == *id))
            {
                let until = excluded_until.entry((line, exclusion.node)).or_insert(exclusion.until);
                *until = (*until).max(exclusion.until);
            }
        }
        Wave { parts, windows, stocked_at, commitments_of, excluded_until }
    }

    pub fn parts(&self) -> &WaveParts {
        &self.parts
    }

    /// The instant of planning.
    pub fn instant(&self) -> Timestamp {
        self.now.timestamp()
    }

    /// The working days of a node from its first ship date to the end of the horizon.
    pub fn window(&self, node: NodeId) -> &[Day] {
        &self.windows[node]
    }

    /// The first ship date of a node as it would be at another instant; nothing where the horizon from
    /// then on has none.
    pub fn first_ship_date_at(&self, node: NodeId, at: Timestamp) -> Option<Day> {
        let then = at.to_zoned(self.parts.now.time_zone().clone());
        window(&self.parts.nodes[node], &self.parts, &then).first().copied()
    }

    /// The last date of the horizon at a node: its local date of `now` + `horizon_days`.
    pub fn horizon_end(&self, node: NodeId) -> Day {
        let local = self.parts.now.with_time_zone(self.parts.nodes[node].time_zone.clone());
        Day::from(local.date()).plus(self.parts.horizon_days)
    }

    /// The nodes with an inventory row of an item, by rising id.
    pub fn stocked_at(&self, sku: SkuId) -> &[NodeId] {
        &self.stocked_at[sku]
    }

    pub fn stock_of(&self, node: NodeId, sku: SkuId) -> Option<&Stock> {
        self.stock.get(&(node, sku))
    }

    pub fn node_item(&self, node: NodeId, sku: SkuId) -> NodeItem {
        self.node_items.get(&(node, sku)).copied().unwrap_or_default()
    }

    /// The past decisions about a line, in the order of the input.
    pub fn commitments_of(&self, line: LineId) -> impl Iterator<Item = &Commitment> {
        let indices = self.commitments_of.get(&line).map_or(&[][..], Vec::as_slice);
        indices.iter().map(|&index| &self.parts.commitments[index])
    }

    /// Units of a line that are not frozen by a commitment.
    pub fn open_quantity(&self, line: LineId) -> u32 {
        let frozen: u32 =
            self.commitments_of(line).filter(|c| c.is_frozen()).map(|c| c.quantity).sum();
        self.lines[line].quantity.saturating_sub(frozen)
    }

    /// Whether an exclusion bars a node from releasing a line on a date.
    pub fn is_excluded(&self, line: LineId, node: NodeId, day: Day) -> bool {
        self.excluded_until.get(&(line, node)).is_some_and(|until| day < *until)
    }

    /// The capacity rows of a node that hold on a date, at most one a unit.
    pub fn capacities_on(&self, node: NodeId, day: Day) -> impl Iterator<Item = &Capacity> {
        let rows = &self.parts.nodes[node].capacities;
        CapacityUnit::ALL.into_iter().filter_map(move |unit| {
            let of_unit = || rows.iter().filter(move |row| row.unit == unit);
            of_unit()
                .find(|row| row.date == Some(day))
                .or_else(|| of_unit().find(|row| row.date.is_none()))
        })
    }

    /// Parcels of a service that a node hands over a day; no limit where there is none.
    pub fn parcels_per_day(&self, node: NodeId, service: ServiceId) -> Option<u32> {
        let offered = &self.parts.nodes[node].services;
        offered.iter().find(|offer| offer.service == service)?.parcels_per_day
    }

    /// Where a shipped order goes; nothing for a pickup.
    pub fn destination(&self, order: OrderId) -> Option<&Place> {
        match &self.parts.orders[order].journey {
            Journey::Ship(place) => Some(place),
            Journey::Pickup { .. } => None,
        }
    }

    /// What an order is worth, in minor units: quantity x unit price over its lines.
    pub fn order_value(&self, order: OrderId) -> i128 {
        let lines = self.parts.orders[order].line_ids().map(|id| &self.parts.lines[id]);
        lines.map(|line| line.quantity as i128 * line.unit_price.0 as i128).sum()
    }

    /// Whether the dates of an order bind.
    pub fn is_hard(&self, order: OrderId, model: &Model) -> bool {
        self.parts.orders[order].deadline.unwrap_or(model.rules.deadline) == Deadline::Hard
    }

    /// The most shipments that an order may have, before frozen ones are counted: the order's own
    /// limit, else the model's; one for an order worth less than `no_split_below`.
    pub fn max_shipments(&self, order: OrderId, model: &Model) -> Option<u32> {
        if self.order_value(order) < model.rules.no_split_below.0 as i128 {
            return Some(1);
        }
        self.parts.orders[order].max_shipments.or(model.rules.max_shipments)
    }

    /// Late days of a line of `order` that leaves and arrives on these dates.
    pub fn late_days(&self, order: OrderId, ship_date: Day, delivery_date: Day) -> u32 {
        let order = &self.parts.orders[order];
        let late = |day: Day, by: Option<Day>| by.map_or(0, |by| day.days_since(by).max(0));
        late(delivery_date, order.deliver_by).max(late(ship_date, order.ship_by)) as u32
    }
}

/// The working days from the first ship date to the end of the horizon, both included.
fn window(node: &Node, parts: &WaveParts, now: &Zoned) -> Vec<Day> {
    let calendar: Option<&Calendar> = node.calendar.map(|id| &parts.calendars[id]);
    let is_open = |day: Day| calendar.is_none_or(|calendar| calendar.is_open(day));
    let local = now.with_time_zone(node.time_zone.clone());
    let today = Day::from(local.date());
    let last = today.plus(parts.horizon_days);
    let clock = local.time();
    let in_time = (clock.hour(), clock.minute()) <= (node.cutoff.hour(), node.cutoff.minute());
    // The lead days count from the day of intake, so the first `lead_days` working days drop out.
    let intake = if in_time { today } else { today.plus(1) };
    (intake.0..=last.0).map(Day).filter(|day| is_open(*day)).skip(node.lead_days as usize).collect()
}
