//! What is left of stock, capacity and carrier pickups while a rule plans order after order.
//!
//! Everything lies in flat arrays and is looked up by position, so that asking and taking cost a
//! few nanoseconds and no memory. Frozen commitments have taken their part before the first order.

use crate::domain::CapacityUnit;
use crate::ids::{Id, IdVec, NodeId, ServiceId, SkuId};
use crate::options::{Planner, frozen_decisions};
use crate::plan::Ledger;
use crate::time::Day;
use crate::units::{Decimal, Quantity};
use std::ops::Range;

/// What a release uses of a node's day, by [`CapacityUnit`], in billionths.
pub type Work = [i64; 4];

/// Stock of an item at a node that may be its source.
#[derive(Clone, Debug)]
pub struct Source {
    pub node: NodeId,
    /// Into the steps; empty where the stock is unlimited.
    steps: Range<u32>,
}

/// What is left of a node's capacity on a date.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// With what the overload allows, in billionths; the largest number where there is no limit.
    left: i64,
    /// The part of it that is overload.
    overload: i64,
    capacity: i64,
}

const NO_LIMIT: Slot = Slot { left: i64::MAX, overload: 0, capacity: i64::MAX };

/// Something taken, so that it can be given back.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Stock { source: u32, first: u32, units: i64 },
    Slot { at: u32, used: i64 },
    Carrier { at: u32, parcels: i64 },
}

/// What is left for the orders to come.
#[derive(Debug)]
pub struct Room {
    /// By item, into the sources.
    of_sku: IdVec<SkuId, Range<u32>>,
    sources: Vec<Source>,
    /// From each day on, so many units in all.
    steps: Vec<(Day, i64)>,
    /// By node, the first of its slots; four a day of its window; nothing without any limit.
    slots_of: IdVec<NodeId, Option<u32>>,
    slots: Vec<Slot>,
    /// By node, the first of its carriers, by offer and then day; nothing without any limit.
    carriers_of: IdVec<NodeId, Option<u32>>,
    carriers: Vec<i64>,
    /// By node, units stocked at the start, and taken since.
    stocked: IdVec<NodeId, i64>,
    released: IdVec<NodeId, i64>,
    /// Whether any capacity allows overload.
    pub has_overload: bool,
    log: Vec<Taken>,
}

impl Room {
    pub fn new(planner: &Planner) -> Room {
        let wave = planner.wave;
        let mut room = Room {
            of_sku: wave.items.iter().map(|_| 0..0).collect(),
            sources: Vec::new(),
            steps: Vec::new(),
            slots_of: wave.nodes.iter().map(|_| None).collect(),
            slots: Vec::new(),
            carriers_of: wave.nodes.iter().map(|_| None).collect(),
            carriers: Vec::new(),
            stocked: wave.nodes.iter().map(|_| 0).collect(),
            released: wave.nodes.iter().map(|_| 0).collect(),
            has_overload: false,
            log: Vec::new(),
        };
        room.add_stock(planner);
        room.add_capacity(planner);
        if !wave.commitments.is_empty() {
            room.take_frozen(planner);
        }
        room
    }

    fn add_stock(&mut self, planner: &Planner) {
        let wave = planner.wave;
        let mut is_ordered = vec![false; wave.items.len()];
        for line in wave.lines.iter() {
            is_ordered[line.sku.index()] = true;
        }
        for sku in wave.items.ids().filter(|sku| is_ordered[sku.index()]) {
            let first = self.sources.len() as u32;
            for node in planner.sources(sku) {
                let from = self.steps.len() as u32;
                if let Some(profile) = planner.stock(node, sku) {
                    self.steps.extend_from_slice(profile.steps());
                    self.stocked[node] += profile.steps().last().map_or(0, |step| step.1);
                }
                self.sources.push(Source { node, steps: from..self.steps.len() as u32 });
            }
            self.of_sku[sku] = first..self.sources.len() as u32;
        }
    }

    fn add_capacity(&mut self, planner: &Planner) {
        let wave = planner.wave;
        for (id, node) in wave.nodes.enumerate() {
            let window = wave.window(id);
            if !node.capacities.is_empty() {
                self.slots_of[id] = Some(self.slots.len() as u32);
                for &day in window {
                    let mut slots = [NO_LIMIT; 4];
                    for limit in wave.capacities_on(id, day) {
                        slots[limit.unit as usize] = Slot {
                            left: limit.capacity.0 + limit.overload.0,
                            overload: limit.overload.0,
                            capacity: limit.capacity.0,
                        };
                        self.has_overload |= limit.overload > Decimal::ZERO;
                    }
                    self.slots.extend(slots);
                }
            }
            if node.services.iter().any(|offer| offer.parcels_per_day.is_some()) {
                self.carriers_of[id] = Some(self.carriers.len() as u32);
                for offer in &node.services {
                    let limit = offer.parcels_per_day.map_or(i64::MAX, i64::from);
                    self.carriers.extend(window.iter().map(|_| limit));
                }
            }
        }
    }

    /// Takes what frozen commitments use; they never break a limit.
    fn take_frozen(&mut self, planner: &Planner) {
        let wave = planner.wave;
        let frozen = wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)).collect();
        let ledger = Ledger::new(planner, frozen);
        for load in &ledger.node_load {
            let Some(first) = self.slots_of[load.node] else { continue };
            let Ok(day) = wave.window(load.node).binary_search(&load.date) else { continue };
            let slot = &mut self.slots[first as usize + 4 * day + load.unit as usize];
            if slot.left < i64::MAX {
                let free = (slot.left - slot.overload - load.used.0).max(0);
                slot.left = (slot.left - load.used.0).max(0);
                slot.overload = slot.left - free;
            }
        }
        for shipment in &ledger.shipments {
            let Some(service) = shipment.service else { continue };
            let at = self.carrier(planner, shipment.node, service, shipment.ship_date);
            let left = at.map(|at| &mut self.carriers[at as usize]);
            if let Some(left) = left.filter(|left| **left < i64::MAX) {
                *left = (*left - i64::from(shipment.parcels)).max(0);
            }
        }
    }

    fn carrier(&self, planner: &Planner, node: NodeId, id: ServiceId, day: Day) -> Option<u32> {
        let first = self.carriers_of[node]?;
        let window = planner.wave.window(node);
        let day = window.binary_search(&day).ok()?;
        let offers = &planner.wave.nodes[node].services;
        let offer = offers.iter().position(|offer| offer.service == id)?;
        Some(first + (offer * window.len() + day) as u32)
    }

    /// The sources of an item, by rising node, with their positions.
    pub fn sources(&self, sku: SkuId) -> impl Iterator<Item = (u32, &Source)> {
        let range = self.of_sku[sku].clone();
        range.clone().zip(&self.sources[range.start as usize..range.end as usize])
    }

    /// The item and the node of every source, by position.
    pub fn all_sources(&self) -> impl Iterator<Item = (SkuId, NodeId)> {
        let items = self.of_sku.ids();
        items.flat_map(|sku| self.sources(sku).map(move |(_, source)| (sku, source.node)))
    }

    /// The position of an item's source at a node.
    pub fn source_at(&self, sku: SkuId, node: NodeId) -> Option<u32> {
        let range = self.of_sku[sku].clone();
        let sources = &self.sources[range.start as usize..range.end as usize];
        let at = sources.binary_search_by_key(&node, |source| source.node).ok()?;
        Some(range.start + at as u32)
    }

    /// The units that can still leave a source on a day.
    pub fn available(&self, source: u32, day: Day) -> i64 {
        let range = self.sources[source as usize].steps.clone();
        let steps = &self.steps[range.start as usize..range.end as usize];
        let counted = steps.iter().rev().take_while(|(from, _)| *from > day).map(|step| step.1);
        let least = counted.min().unwrap_or(i64::MAX);
        steps.iter().rev().find(|(from, _)| *from <= day).map_or(least, |step| least.min(step.1))
    }

    /// The units that can still leave a source at any time.
    pub fn available_ever(&self, source: u32) -> i64 {
        let range = &self.sources[source as usize].steps;
        if range.is_empty() { i64::MAX } else { self.steps[range.end as usize - 1].1 }
    }

    /// Whether work fits a node on the so-manieth day of its window.
    pub fn fits(&self, node: NodeId, day: usize, work: &Work, with_overload: bool) -> bool {
        let Some(first) = self.slots_of[node] else { return true };
        let slots = &self.slots[first as usize + 4 * day..][..4];
        slots.iter().zip(work).all(|(slot, used)| {
            let kept = if with_overload { 0 } else { slot.overload };
            *used == 0 || *used <= slot.left - kept
        })
    }

    /// Parcels that a node's offer takes on a day of the window.
    pub fn parcels_left(&self, planner: &Planner, node: NodeId, offer: usize, day: usize) -> i64 {
        self.carriers_of[node].map_or(i64::MAX, |first| {
            let days = planner.wave.window(node).len();
            self.carriers[first as usize + offer * days + day]
        })
    }

    /// How much of what a node can do on a day is done, from 0 to 1 and above: of its tightest
    /// capacity; without any, of the stock that it had.
    pub fn load(&self, node: NodeId, day: usize) -> f64 {
        let used = |slot: &Slot| {
            let capacity = slot.capacity as f64;
            let free = (slot.left - slot.overload) as f64;
            if slot.left == i64::MAX {
                0.0
            } else if slot.capacity == 0 {
                1.0
            } else {
                (capacity - free) / capacity
            }
        };
        match self.slots_of[node] {
            Some(first) => {
                self.slots[first as usize + 4 * day..][..4].iter().map(used).fold(0.0, f64::max)
            }
            None if self.stocked[node] == 0 => 0.0,
            None => self.released[node] as f64 / self.stocked[node] as f64,
        }
    }

    pub fn take_stock(&mut self, source: u32, day: Day, units: Quantity) {
        let Source { node, steps, .. } = self.sources[source as usize].clone();
        let units = i64::from(units);
        self.released[node] += units;
        let first = steps.clone().rev().find(|at| self.steps[*at as usize].0 <= day);
        let first = first.unwrap_or(steps.start);
        for at in first..steps.end {
            self.steps[at as usize].1 -= units;
        }
        self.log.push(Taken::Stock { source, first, units });
    }

    pub fn take_work(&mut self, node: NodeId, day: usize, work: &Work) {
        let Some(first) = self.slots_of[node] else { return };
        for unit in CapacityUnit::ALL {
            let at = first + 4 * day as u32 + unit as u32;
            let slot = &mut self.slots[at as usize];
            if slot.left < i64::MAX && work[unit as usize] > 0 {
                slot.left -= work[unit as usize];
                self.log.push(Taken::Slot { at, used: work[unit as usize] });
            }
        }
    }

    pub fn take_parcels(
        &mut self,
        planner: &Planner,
        node: NodeId,
        offer: usize,
        day: usize,
        parcels: i64,
    ) {
        let Some(first) = self.carriers_of[node] else { return };
        let days = planner.wave.window(node).len();
        let at = first + (offer * days + day) as u32;
        if self.carriers[at as usize] < i64::MAX {
            self.carriers[at as usize] -= parcels;
            self.log.push(Taken::Carrier { at, parcels });
        }
    }

    /// Where the log stands; [`Room::give_back`] returns to it.
    pub fn mark(&self) -> usize {
        self.log.len()
    }

    /// Forgets what was taken before: an order is done.
    pub fn settle(&mut self) {
        self.log.clear();
    }

    /// Gives back everything taken since a mark.
    pub fn give_back(&mut self, mark: usize) {
        for taken in self.log.drain(mark..).rev() {
            match taken {
                Taken::Stock { source, first, units } => {
                    let Source { node, steps, .. } = &self.sources[source as usize];
                    self.released[*node] -= units;
                    for step in &mut self.steps[first as usize..steps.end as usize] {
                        step.1 += units;
                    }
                }
                Taken::Slot { at, used } => self.slots[at as usize].left += used,
                Taken::Carrier { at, parcels } => self.carriers[at as usize] += parcels,
            }
        }
    }
}
