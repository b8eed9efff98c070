//! Columns: what could be done for an order, with its exact cost and what it uses.

use crate::domain::{CapacityUnit, CostKey};
use crate::ids::{NodeId, ServiceId};
use crate::network::Hop;
use crate::options::{
    Content, Decision, Group, OrderOptions, Planner, Way, carbon, freight, handling, shipment_co2,
    transfer_co2, transfer_freight, weight, work,
};
use crate::solve::states::States;
use crate::solve::tables::OrderTables;
use crate::solve::{OpeningId, ResourceId, ResourceKey, Resources};
use crate::time::Day;
use crate::units::{Decimal, Money, Objective, Quantity};
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

impl Entry {
    /// Its terms.
    pub fn way(&self, planner: &Planner, options: &OrderOptions) -> Way {
        let group = &options.groups[self.group as usize];
        options.way(planner, group, self.line as usize, self.source, !self.hops.is_empty())
    }
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
    ) -> Column {
        entries.sort_unstable();
        let mut pricer = Pricer::new(planner, resources, options);
        let mut line_share = 0.0;
        let mut shipments = 0;
        let mut opens = Vec::new();
        for of_group in entries.chunk_by(|a, b| a.group == b.group) {
            let group = &options.groups[of_group[0].group as usize];
            pricer.shipment(group, &contents_of(options, of_group));
            for of_line in of_group.chunk_by(|a, b| a.line == b.line) {
                line_share += pricer.line_terms(of_line);
            }
            shipments += u32::from(group.joins.is_none());
            opens.extend(resources.opening(group.node, group.ship_date));
        }
        for entry in &entries {
            pricer.part(entry);
            let first = entry.hops.first();
            opens.extend(first.and_then(|hop| resources.opening(entry.source, hop.departs)));
        }
        for (of_move, contents) in moves(options, &entries) {
            pricer.transfer(of_move, &contents);
        }
        opens.sort_unstable();
        opens.dedup();
        let priced = pricer.priced();
        Column {
            order,
            cost: priced.cost,
            line_share,
            shipments,
            uses: priced.uses,
            opens: opens.into(),
            entries: entries.into(),
        }
    }

    /// Units of an open line that the column takes.
    pub fn quantity(&self, line: usize) -> Quantity {
        self.entries.iter().filter(|e| e.line as usize == line).map(|e| e.quantity).sum()
    }

    /// The state of the order that the column covers.
    pub fn state(&self, options: &OrderOptions, tables: &OrderTables) -> usize {
        state_of(options, &tables.states, &self.entries)
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

/// The state of an order that entries cover.
pub fn state_of(options: &OrderOptions, states: &States, entries: &[Entry]) -> usize {
    let digit = |need: usize| {
        let line = options.needs[need].lines[0];
        let units: Quantity =
            entries.iter().filter(|e| e.line as usize == line).map(|e| e.quantity).sum();
        if options.lines[line].divisible { units as usize } else { units.min(1) as usize }
    };
    (0..states.needs()).map(|need| digit(need) * states.stride(need)).sum()
}

/// The units of each line in entries, which are sorted by line.
fn contents_of(options: &OrderOptions, entries: &[Entry]) -> Vec<Content> {
    let lines = entries.chunk_by(|a, b| a.line == b.line);
    let content = |of_line: &[Entry]| {
        let units = of_line.iter().map(|entry| entry.quantity).sum();
        options.lines[of_line[0].line as usize].content(units)
    };
    lines.map(content).collect()
}

/// What moves an entry: its release into the first lane, and every lane.
pub fn moves_of(entry: &Entry) -> impl Iterator<Item = Move> + '_ {
    let release = entry.hops.first().copied().map(Move::Release);
    release.into_iter().chain(entry.hops.iter().copied().map(Move::Lane))
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
        let content = options.lines[entry.line as usize].content(entry.quantity);
        for of_move in moves_of(entry) {
            add(of_move, content);
        }
    }
    moves
}

/// What something costs, weighted, and what it uses of limited resources, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priced {
    pub cost: Objective,
    pub uses: Box<[(ResourceId, Decimal)]>,
}

/// Prices what an order does, by the arithmetic that prices a finished plan.
#[derive(Debug)]
pub struct Pricer<'a> {
    planner: &'a Planner<'a>,
    resources: &'a Resources,
    options: &'a OrderOptions,
    cost: Objective,
    uses: BTreeMap<ResourceId, Decimal>,
}

impl<'a> Pricer<'a> {
    pub fn new(
        planner: &'a Planner<'a>,
        resources: &'a Resources,
        options: &'a OrderOptions,
    ) -> Pricer<'a> {
        Pricer { planner, resources, options, cost: Objective::ZERO, uses: BTreeMap::new() }
    }

    /// All that was priced.
    pub fn priced(self) -> Priced {
        let uses = self.uses.into_iter().filter(|(_, used)| used.0 > 0).collect();
        Priced { cost: self.cost, uses }
    }

    fn add(&mut self, key: CostKey, amount: Money) {
        self.cost += Objective::weighted(self.planner.model.weight(key), amount);
    }

    fn take(&mut self, key: &ResourceKey, used: Decimal) {
        if let Some(id) = self.resources.id(key) {
            *self.uses.entry(id).or_default() += used;
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
    }

    /// Freight and handling of one shipment; where it joins a frozen shipment, what it adds to
    /// that.
    pub fn shipment(&mut self, group: &Group, added: &[Content]) {
        let (planner, wave) = (self.planner, self.planner.wave);
        let base: &[Content] =
            group.joins.map_or(&[], |index| &self.options.frozen[index].contents);
        let contents = [base, added].concat();
        self.release(group.node, group.ship_date, &contents, base);
        let handled = |contents: &[Content]| match contents {
            [] => Money::ZERO,
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

    /// The stock of units that come one way into a shipment, and what they cost wherever they go.
    pub fn part(&mut self, entry: &Entry) {
        let group = &self.options.groups[entry.group as usize];
        let way = entry.way(self.planner, self.options);
        self.cost += way.part_cost;
        self.cost += Objective(way.unit_cost.0 * entry.quantity as i128);
        let sku = self.options.lines[entry.line as usize].sku;
        let day = entry.hops.first().map_or(group.ship_date, |hop| hop.departs);
        let rows = self.resources.stock_rows(self.planner, entry.source, sku, day);
        for (id, used) in rows.uses(entry.quantity) {
            *self.uses.entry(id).or_default() += Decimal::from_int(used as i64);
        }
    }

    /// Lateness and change of a line whose units come by these entries; for a divisible line they
    /// are returned in proportion, in weighted minor units, and not added.
    fn line_terms(&mut self, entries: &[Entry]) -> f64 {
        let ways = || entries.iter().map(|entry| entry.way(self.planner, self.options));
        let lateness = ways().map(|way| way.lateness).max().unwrap_or_default();
        let change = ways().map(|way| way.change).max().unwrap_or_default();
        let line = &self.options.lines[entries[0].line as usize];
        if !line.divisible {
            self.cost += lateness + change;
            return 0.0;
        }
        let units: Quantity = entries.iter().map(|entry| entry.quantity).sum();
        (lateness + change).to_minor() * units as f64 / line.quantity as f64
    }

    /// The release of contents that leave over a lane, or their lane freight.
    pub fn transfer(&mut self, of_move: Move, contents: &[Content]) {
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
