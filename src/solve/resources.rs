//! What orders compete for: stock, capacity and carrier pickups, and nodes to open for a day.

use crate::domain::{CapacityUnit, CostKey};
use crate::ids::{IdVec, NodeId, OrderId, ServiceId, SkuId};
use crate::options::{Content, Planner, freight, frozen_decisions, offered_zone, work};
use crate::time::Day;
use crate::units::{Decimal, Objective, Quantity};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Index of a limited resource.
pub type ResourceId = u32;
/// Index of a (node, date) that costs something to open.
pub type OpeningId = u32;

/// What a limit is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKey {
    /// Units released from a node by the end of a step of its stock profile.
    Stock {
        node: NodeId,
        sku: SkuId,
        step: u32,
    },
    /// The same stock in whole multiples of `divisor`: lines that go whole cannot share a
    /// remainder.
    StockRounded {
        node: NodeId,
        sku: SkuId,
        step: u32,
        divisor: u32,
    },
    Capacity {
        node: NodeId,
        day: Day,
        unit: CapacityUnit,
    },
    /// Parcels picked up by a carrier.
    Carrier {
        node: NodeId,
        service: ServiceId,
        day: Day,
    },
}

/// A limit that the wave's orders share, after what frozen commitments use.
#[derive(Clone, Debug)]
pub struct Resource {
    pub key: ResourceKey,
    /// Free of charge.
    pub supply: Decimal,
    /// More of it, at a price.
    pub overload: Decimal,
    /// Weighted, in minor units, per unit of overload.
    pub overload_cost: f64,
}

impl Resource {
    /// The most that can be used.
    pub fn limit(&self) -> Decimal {
        self.supply + self.overload
    }

    /// Whether the overload's cost, rounded once for the whole row, can differ from the sum.
    pub fn rounds_overload(&self) -> bool {
        let minutes =
            matches!(self.key, ResourceKey::Capacity { unit, .. } if unit == CapacityUnit::Minutes);
        let fraction = |value: Decimal| value.0 % Decimal::SCALE != 0;
        self.overload > Decimal::ZERO
            && self.overload_cost != 0.0
            && (minutes || fraction(self.supply) || fraction(self.overload))
    }
}

/// The stock rows that a release counts in, each with its divisor: units of a line use
/// `units / divisor`, rounded down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockRows(Vec<(ResourceId, Quantity)>);

impl StockRows {
    /// What a release of so many units uses of each row.
    pub fn uses(&self, units: Quantity) -> impl Iterator<Item = (ResourceId, Quantity)> + '_ {
        let used = self.0.iter().map(move |(id, divisor)| (*id, units / divisor));
        used.filter(|(_, used)| *used > 0)
    }
}

/// Step, divisor and id of a row of a stock.
pub(super) type StockRow = (u32, Quantity, ResourceId);

/// The largest divisor of a rounded stock row.
const MAX_DIVISOR: Quantity = 8;

/// What is limited at a node on a date.
#[derive(Clone, Debug, Default)]
pub struct OfDay {
    /// In the order of [`CapacityUnit::ALL`].
    pub capacity: [Option<ResourceId>; 4],
    carriers: Vec<(ServiceId, ResourceId)>,
    opening: Option<OpeningId>,
}

impl OfDay {
    /// The parcels that a carrier picks up.
    pub fn carrier(&self, service: ServiceId) -> Option<ResourceId> {
        let same = self.carriers.iter().find(|(other, _)| *other == service);
        same.map(|(_, id)| *id)
    }
}

/// Every limited resource of a wave, in a fixed order.
#[derive(Debug)]
pub struct Resources {
    ids: FxHashMap<ResourceKey, ResourceId>,
    rows: Vec<Resource>,
    /// By stock: step, divisor and id of each of its rows.
    stock: FxHashMap<(NodeId, SkuId), Vec<StockRow>>,
    /// By node and day of its window.
    days: IdVec<NodeId, Vec<(Day, OfDay)>>,
    opening_keys: Vec<(NodeId, Day)>,
    opening_costs: Vec<Objective>,
}

impl Resources {
    pub fn new(planner: &Planner) -> Resources {
        let wave = planner.wave;
        let frozen = FrozenUse::new(planner);
        let mut rows = Vec::new();
        let mut stock: FxHashMap<(NodeId, SkuId), Vec<StockRow>> = FxHashMap::default();
        for (sku, largest) in largest_lines(planner) {
            for node in planner.sources(sku) {
                let Some(profile) = planner.stock(node, sku) else { continue };
                let of_stock = stock.entry((node, sku)).or_default();
                for (step, &(_, units)) in profile.steps().iter().enumerate() {
                    let step = step as u32;
                    let mut add = |key, supply, divisor| {
                        of_stock.push((step, divisor, rows.len() as ResourceId));
                        rows.push(Resource {
                            key,
                            supply: Decimal::from_int(supply),
                            overload: Decimal::ZERO,
                            overload_cost: 0.0,
                        });
                    };
                    add(ResourceKey::Stock { node, sku, step }, units, 1);
                    // Chvatal's rounding: a tighter relaxation, the same plans.
                    for divisor in 2..=largest.min(MAX_DIVISOR) {
                        if units % divisor as i64 != 0 {
                            let key = ResourceKey::StockRounded { node, sku, step, divisor };
                            add(key, units / divisor as i64, divisor);
                        }
                    }
                }
            }
        }
        let overload_weight = planner.model.weight(CostKey::Overload);
        let opening_weight = planner.model.weight(CostKey::NodeOpening);
        let mut days = Vec::with_capacity(wave.nodes.len());
        let mut opening_keys = Vec::new();
        let mut opening_costs = Vec::new();
        for (node, place) in wave.nodes.enumerate() {
            let mut of_node = Vec::with_capacity(wave.window(node).len());
            for &day in wave.window(node) {
                let mut of_day = OfDay::default();
                for limit in wave.capacities_on(node, day) {
                    let key = ResourceKey::Capacity { node, day, unit: limit.unit };
                    let used = frozen.of(&key);
                    let free = limit.capacity - used;
                    let whole = (limit.capacity + limit.overload - used).max(Decimal::ZERO);
                    let supply = free.max(Decimal::ZERO);
                    let price = Objective::weighted(overload_weight, limit.overload_cost);
                    of_day.capacity[limit.unit as usize] = Some(rows.len() as ResourceId);
                    rows.push(Resource {
                        key,
                        supply,
                        overload: (whole - supply).max(Decimal::ZERO),
                        overload_cost: price.to_minor(),
                    });
                }
                for offer in &place.services {
                    let Some(parcels) = offer.parcels_per_day else { continue };
                    let key = ResourceKey::Carrier { node, service: offer.service, day };
                    let free = Decimal::from_int(parcels as i64) - frozen.of(&key);
                    of_day.carriers.push((offer.service, rows.len() as ResourceId));
                    rows.push(Resource {
                        key,
                        supply: free.max(Decimal::ZERO),
                        overload: Decimal::ZERO,
                        overload_cost: 0.0,
                    });
                }
                let cost = Objective::weighted(opening_weight, place.open_cost);
                if cost.0 > 0 && !frozen.opened.contains(&(node, day)) {
                    of_day.opening = Some(opening_keys.len() as OpeningId);
                    opening_keys.push((node, day));
                    opening_costs.push(cost);
                }
                of_node.push((day, of_day));
            }
            days.push(of_node);
        }
        let ids = rows.iter().enumerate().map(|(id, row)| (row.key, id as ResourceId)).collect();
        Resources { ids, rows, stock, days: days.into(), opening_keys, opening_costs }
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn rows(&self) -> &[Resource] {
        &self.rows
    }

    pub fn id(&self, key: &ResourceKey) -> Option<ResourceId> {
        self.ids.get(key).copied()
    }

    /// The stock rows that a release on `day` counts in; none where the stock is unlimited. A
    /// release counts from its own step of the profile to the last.
    pub fn stock_rows(&self, planner: &Planner, node: NodeId, sku: SkuId, day: Day) -> StockRows {
        let Some(profile) = planner.stock(node, sku) else { return StockRows::default() };
        let first = profile.step_at(day) as u32;
        let rows = self.stock.get(&(node, sku)).map_or(&[][..], Vec::as_slice);
        let counted = rows.iter().filter(|(step, _, _)| *step >= first);
        StockRows(counted.map(|&(_, divisor, id)| (id, divisor)).collect())
    }

    /// The rows of a stock: step of its profile, divisor and id of each.
    pub(super) fn stock_rows_of(&self, node: NodeId, sku: SkuId) -> &[StockRow] {
        self.stock.get(&(node, sku)).map_or(&[], Vec::as_slice)
    }

    /// What is left beside what is used of each row; what is open already costs nothing to open.
    pub(super) fn less(&self, used: &[Decimal], opened: &[bool]) -> Resources {
        let rest = |(row, used): (&Resource, &Decimal)| {
            let supply = (row.supply - *used).max(Decimal::ZERO);
            let limit = (row.limit() - *used).max(Decimal::ZERO);
            Resource { supply, overload: limit - supply, ..row.clone() }
        };
        let cost = |(cost, opened): (&Objective, &bool)| {
            if *opened { Objective::ZERO } else { *cost }
        };
        Resources {
            ids: self.ids.clone(),
            rows: self.rows.iter().zip(used).map(rest).collect(),
            stock: self.stock.clone(),
            days: self.days.clone(),
            opening_keys: self.opening_keys.clone(),
            opening_costs: self.opening_costs.iter().zip(opened).map(cost).collect(),
        }
    }

    /// What is limited at a node on a day of its window.
    pub fn of_day(&self, node: NodeId, day: Day) -> Option<&OfDay> {
        let days = &self.days[node];
        days.binary_search_by_key(&day, |(day, _)| *day).ok().map(|at| &days[at].1)
    }

    pub fn opening(&self, node: NodeId, day: Day) -> Option<OpeningId> {
        self.of_day(node, day)?.opening
    }

    pub(super) fn opening_key(&self, id: OpeningId) -> (NodeId, Day) {
        self.opening_keys[id as usize]
    }

    pub fn opening_cost(&self, id: OpeningId) -> Objective {
        self.opening_costs[id as usize]
    }

    pub fn openings(&self) -> impl ExactSizeIterator<Item = ((NodeId, Day), Objective)> + '_ {
        self.opening_keys.iter().copied().zip(self.opening_costs.iter().copied())
    }
}

/// The items that are ordered, with the most open units of a line that goes whole.
fn largest_lines(planner: &Planner) -> BTreeMap<SkuId, Quantity> {
    let wave = planner.wave;
    let mut largest: BTreeMap<SkuId, Quantity> = BTreeMap::new();
    for (id, line) in wave.lines.enumerate() {
        let whole = if planner.model.rules.split_lines { 1 } else { wave.open_quantity(id) };
        let most = largest.entry(line.sku).or_default();
        *most = (*most).max(whole);
    }
    largest
}

/// What frozen commitments use of capacity and carriers.
struct FrozenUse {
    used: FxHashMap<ResourceKey, Decimal>,
    opened: FxHashSet<(NodeId, Day)>,
}

impl FrozenUse {
    fn new(planner: &Planner) -> FrozenUse {
        let wave = planner.wave;
        let mut frozen = FrozenUse { used: FxHashMap::default(), opened: FxHashSet::default() };
        if wave.commitments.is_empty() {
            return frozen;
        }
        for order in wave.orders.ids() {
            frozen.add(planner, order);
        }
        frozen
    }

    fn add(&mut self, planner: &Planner, order: OrderId) {
        let wave = planner.wave;
        let mut shipments: BTreeMap<(NodeId, Day, Option<ServiceId>), Vec<Content>> =
            BTreeMap::new();
        for part in frozen_decisions(wave, order) {
            let content = Content {
                line: part.line.0,
                sku: wave.lines[part.line].sku,
                quantity: part.quantity,
            };
            shipments.entry((part.node, part.ship_date, part.service)).or_default().push(content);
        }
        for ((node, day, service), contents) in shipments {
            for (unit, used) in work(wave, node, &contents).uses() {
                *self.used.entry(ResourceKey::Capacity { node, day, unit }).or_default() += used;
            }
            self.opened.insert((node, day));
            let Some(service) = service else { continue };
            let zone = offered_zone(wave, order, node, service);
            let parcels = zone
                .and_then(|(zone, _)| freight(wave, service, zone.zone, &contents))
                .map_or(0, |freight| freight.parcels);
            *self.used.entry(ResourceKey::Carrier { node, service, day }).or_default() +=
                Decimal::from_int(parcels as i64);
        }
    }

    fn of(&self, key: &ResourceKey) -> Decimal {
        self.used.get(key).copied().unwrap_or_default()
    }
}
