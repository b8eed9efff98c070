//! Columns: shipments and transfers of an order that could be made, with their exact cost and what
//! they use.

use crate::domain::{CapacityUnit, CostKey};
use crate::ids::{NodeId, ServiceId};
use crate::network::Hop;
use crate::options::{
    Content, Decision, Group, OrderOptions, Planner, carbon, freight, handling, shipment_co2,
    transfer_co2, transfer_freight, weight, work,
};
use crate::solve::tables::OrderTables;
use crate::solve::{OpeningId, ResourceId, ResourceKey, Resources};
use crate::time::Day;
use crate::units::{Decimal, Objective, Quantity};
use std::collections::BTreeMap;

/// Units of a line in a shipment, by one way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Index into the order's groups.
    pub group: u32,
    /// Index into the order's open lines.
    pub line: u32,
    pub source: NodeId,
    /// Empty where the group's own node is the source.
    pub hops: Box<[Hop]>,
    pub quantity: Quantity,
}

/// What the cost of a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostOf {
    /// Everything that the order's entries cost together.
    Order,
    /// All but lane freight and the releases over lanes, which shipments may share.
    Shipments,
}

/// Lines of an order that move together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// The release at the lane's start.
    Release(Hop),
    /// The lane itself.
    Lane(Hop),
}

/// Shipments of an order, with their transfers or without.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Index into the orders being planned.
    pub order: u32,
    /// By group, line and way.
    pub entries: Box<[Entry]>,
    /// Weighted; without split cost, and without lateness and change of divisible lines.
    pub cost: Objective,
    /// Lateness and change of divisible lines in proportion to their units, in weighted minor
    /// units: a lower bound on what the whole line pays at its worst part.
    pub line_share: f64,
    /// Shipments beyond the frozen ones.
    pub shipments: u32,
    /// Of limited resources, by id.
    pub uses: Box<[(ResourceId, Decimal)]>,
    /// Openings needed, by id.
    pub opens: Box<[OpeningId]>,
}

impl Column {
    /// Prices entries exactly and books what they use.
    pub fn new(
        planner: &Planner,
        resources: &Resources,
        options: &OrderOptions,
        order: u32,
        mut entries: Vec<Entry>,
        cost_of: CostOf,
    ) -> Column {
        entries.sort_unstable();
        let mut pricer = Pricer::new(planner, resources, options);
        for of_group in entries.chunk_by(|a, b| a.group == b.group) {
            pricer.shipment(of_group);
        }
        for (entry, hop) in entries.iter().filter_map(|e| Some((e, e.hops.first()?))) {
            let content = pricer.content(entry);
            pricer.take_stock(entry.source, &content, hop.departs);
            pricer.opens.extend(resources.opening(entry.source, hop.departs));
        }
        if cost_of == CostOf::Order {
            for (of_move, contents) in moves(options, &entries) {
                pricer.transfer(of_move, &contents);
            }
        }
        pricer.opens.sort_unstable();
        pricer.opens.dedup();
        Column {
            order,
            cost: pricer.cost,
            line_share: pricer.line_share,
            shipments: pricer.shipments,
            uses: pricer.uses.into_iter().filter(|(_, used)| used.0 > 0).collect(),
            opens: pricer.opens.into(),
            entries: entries.into(),
        }
    }

    /// Units of an open line that the column takes.
    pub fn quantity(&self, line: usize) -> Quantity {
        self.entries.iter().filter(|e| e.line as usize == line).map(|e| e.quantity).sum()
    }

    /// The state of the order that the column covers.
    pub fn state(&self, options: &OrderOptions, tables: &OrderTables) -> usize {
        let states = &tables.states;
        (0..states.needs())
            .map(|need| {
                let line = options.needs[need].lines[0];
                let units = self.quantity(line) as usize;
                let digit = if options.lines[line].divisible { units } else { units.min(1) };
                digit * states.stride(need)
            })
            .sum()
    }

    /// Whether the column fits what is left of each resource.
    pub fn fits(&self, left: &[Decimal]) -> bool {
        self.uses.iter().all(|(id, used)| *used <= left[*id as usize])
    }

    /// Whether the column alone fits the limits.
    pub fn fits_alone(&self, resources: &Resources) -> bool {
        self.uses.iter().all(|(id, used)| *used <= resources.rows()[*id as usize].limit())
    }

    pub fn decisions(&self, options: &OrderOptions) -> impl Iterator<Item = Decision> {
        self.entries.iter().map(|entry| {
            let group = &options.groups[entry.group as usize];
            Decision {
                line: options.lines[entry.line as usize].id,
                ship_date: group.ship_date,
                source: entry.source,
                hops: entry.hops.to_vec(),
                node: group.node,
                service: group.service,
                quantity: entry.quantity,
            }
        })
    }
}

/// What moves over lanes: the contents of each release and of each lane.
pub fn moves(options: &OrderOptions, entries: &[Entry]) -> BTreeMap<Move, Vec<Content>> {
    let mut moves: BTreeMap<Move, Vec<Content>> = BTreeMap::new();
    let mut add = |of_move: Move, content: Content| {
        let contents = moves.entry(of_move).or_default();
        match contents.iter_mut().find(|known| known.line == content.line) {
            Some(known) => known.quantity += content.quantity,
            None => contents.push(content),
        }
    };
    for entry in entries {
        let line = &options.lines[entry.line as usize];
        let content = Content { line: line.id.0, sku: line.sku, quantity: entry.quantity };
        for (position, &hop) in entry.hops.iter().enumerate() {
            if position == 0 {
                add(Move::Release(hop), content);
            }
            add(Move::Lane(hop), content);
        }
    }
    moves
}

/// The exact weighted cost of contents that move together, and what they use.
pub fn move_cost(
    planner: &Planner,
    resources: &Resources,
    options: &OrderOptions,
    of_move: Move,
    contents: &[Content],
) -> (Objective, Vec<(ResourceId, Decimal)>) {
    let mut pricer = Pricer::new(planner, resources, options);
    pricer.transfer(of_move, contents);
    (pricer.cost, pricer.uses.into_iter().filter(|(_, used)| used.0 > 0).collect())
}

struct Pricer<'a> {
    planner: &'a Planner<'a>,
    resources: &'a Resources,
    options: &'a OrderOptions,
    cost: Objective,
    line_share: f64,
    shipments: u32,
    uses: BTreeMap<ResourceId, Decimal>,
    opens: Vec<OpeningId>,
}

impl<'a> Pricer<'a> {
    fn new(
        planner: &'a Planner<'a>,
        resources: &'a Resources,
        options: &'a OrderOptions,
    ) -> Pricer<'a> {
        Pricer {
            planner,
            resources,
            options,
            cost: Objective::ZERO,
            line_share: 0.0,
            shipments: 0,
            uses: BTreeMap::new(),
            opens: Vec::new(),
        }
    }

    fn content(&self, entry: &Entry) -> Content {
        let line = &self.options.lines[entry.line as usize];
        Content { line: line.id.0, sku: line.sku, quantity: entry.quantity }
    }

    fn add(&mut self, key: CostKey, amount: crate::units::Money) {
        self.cost += Objective::weighted(self.planner.model.weight(key), amount);
    }

    fn take(&mut self, key: &ResourceKey, used: Decimal) {
        if let Some(id) = self.resources.id(key) {
            *self.uses.entry(id).or_default() += used;
        }
    }

    fn take_stock(&mut self, source: NodeId, content: &Content, day: Day) {
        let rows = self.resources.stock_rows(self.planner, source, content.sku, day);
        for (id, used) in rows.uses(content.quantity) {
            *self.uses.entry(id).or_default() += Decimal::from_int(used as i64);
        }
    }

    /// The work of contents that leave a node, beyond what leaves with them anyway.
    fn release(&mut self, node: NodeId, day: Day, contents: &[Content], base: &[Content]) {
        let wave = self.planner.wave;
        let (all, before) = (work(wave, node, contents), work(wave, node, base));
        let units = |value: u32| Decimal::from_int(value as i64);
        let shipments = if base.is_empty() { Decimal::ONE } else { Decimal::ZERO };
        let uses = [
            (CapacityUnit::Units, units(all.units) - units(before.units)),
            (CapacityUnit::Lines, units(all.lines) - units(before.lines)),
            (CapacityUnit::Shipments, shipments),
            (CapacityUnit::Minutes, all.minutes - before.minutes),
        ];
        for (unit, used) in uses {
            self.take(&ResourceKey::Capacity { node, day, unit }, used);
        }
        self.opens.extend(self.resources.opening(node, day));
    }

    /// Freight, handling and the terms of the lines of one shipment; where it joins a frozen
    /// shipment, what it adds to that.
    fn shipment(&mut self, entries: &[Entry]) {
        let (planner, wave) = (self.planner, self.planner.wave);
        let group = &self.options.groups[entries[0].group as usize];
        let base: &[Content] =
            group.joins.map_or(&[], |index| &self.options.frozen[index].contents);
        let mut contents = base.to_vec();
        for entry in entries {
            let content = self.content(entry);
            contents.push(content);
            if entry.hops.is_empty() {
                self.take_stock(entry.source, &content, group.ship_date);
            }
        }
        for of_line in entries.chunk_by(|a, b| a.line == b.line) {
            self.line_terms(group, of_line);
        }
        if base.is_empty() {
            self.shipments += 1;
        }
        self.release(group.node, group.ship_date, &contents, base);
        let handled = |contents: &[Content]| match contents {
            [] => crate::units::Money::ZERO,
            some => handling(wave, group.node, some),
        };
        self.add(CostKey::Handling, handled(&contents) - handled(base));
        let Some((service, zone)) = group.service.zip(group.zone) else { return };
        for (contents, sign) in [(&contents[..], 1), (base, -1)] {
            if contents.is_empty() {
                continue;
            }
            let priced = freight(wave, service, zone.zone, contents).unwrap_or_default();
            let co2 = shipment_co2(&wave.services[service], group.km, priced.parcels, priced.kg);
            self.add(CostKey::ParcelFreight, priced.amount * sign);
            self.add(CostKey::Carbon, carbon(co2, planner.model.costs.carbon_price) * sign);
            let parcels = Decimal::from_int(priced.parcels as i64 * sign);
            self.take(&carrier(group.node, service, group.ship_date), parcels);
        }
    }

    /// The terms of a line whose units come by these entries.
    fn line_terms(&mut self, group: &Group, entries: &[Entry]) {
        let (mut lateness, mut change) = (Objective::ZERO, Objective::ZERO);
        for entry in entries {
            let (line, moved) = (entry.line as usize, !entry.hops.is_empty());
            let way = self.options.way(self.planner, group, line, entry.source, moved);
            self.cost += way.part_cost;
            self.cost += Objective(way.unit_cost.0 * entry.quantity as i128);
            lateness = lateness.max(way.lateness);
            change = change.max(way.change);
        }
        let line = &self.options.lines[entries[0].line as usize];
        if line.divisible {
            let units: Quantity = entries.iter().map(|entry| entry.quantity).sum();
            self.line_share += (lateness + change).to_minor() * units as f64 / line.quantity as f64;
        } else {
            self.cost += lateness + change;
        }
    }

    /// The release of contents that leave over a lane, or their lane freight.
    fn transfer(&mut self, of_move: Move, contents: &[Content]) {
        let wave = self.planner.wave;
        match of_move {
            Move::Release(Hop { lane, departs }) => {
                let source = wave.lanes[lane].from;
                self.add(CostKey::Handling, handling(wave, source, contents));
                self.release(source, departs, contents, &[]);
            }
            Move::Lane(Hop { lane, .. }) => {
                let terms = &wave.lanes[lane];
                let kg = weight(wave, contents);
                self.add(CostKey::TransferFreight, transfer_freight(terms, kg));
                let price = self.planner.model.costs.carbon_price;
                self.add(CostKey::Carbon, carbon(transfer_co2(terms, kg), price));
            }
        }
    }
}

fn carrier(node: NodeId, service: ServiceId, day: Day) -> ResourceKey {
    ResourceKey::Carrier { node, service, day }
}
