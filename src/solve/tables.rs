//! What pricing looks up for an order: shipment costs by state, and the resources of each option.

use crate::domain::CostKey;
use crate::ids::{LineId, NodeId};
use crate::options::{Content, Group, OpenLine, OrderOptions, Planner, weighted_open_change};
use crate::solve::column::Entry;
use crate::solve::exchanges::Exchanges;
use crate::solve::lanes::{DepartureTable, Stops, SupplyTable, departure_table, supply_tables};
use crate::solve::shipments::{Freights, ShipmentKey, ShipmentTables, push_shipment, shipment_key};
use crate::solve::states::States;
use crate::solve::stocks::{LineStock, Stocks};
use crate::solve::unfilled::{left_open, open_changes, unfilled_costs};
use crate::solve::{OpeningId, ResourceId, Resources};
use crate::time::Day;
use crate::units::Objective;

/// The limited resources of a release, by capacity unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReleaseIds {
    pub units: Option<ResourceId>,
    pub lines: Option<ResourceId>,
    pub shipments: Option<ResourceId>,
    pub minutes: Option<ResourceId>,
    /// Index into the order's openings.
    pub opening: Option<u32>,
}

/// A group as pricing sees it. A wave has tens of them for each order: what they have in any number
/// lies in flat arrays of the order's tables.
#[derive(Clone, Debug)]
pub struct GroupTable {
    /// Index into the shipment tables.
    pub shipment: u32,
    /// Its lines among those of all groups.
    lines: (u32, u32),
    /// The needs of which it may take every line, a bit each.
    needs: u32,
    /// Index of the group's node among those that lines can be moved to.
    pub place: Option<u32>,
    pub joins: bool,
    pub ship_date: Day,
    pub release: ReleaseIds,
    pub carrier: Option<ResourceId>,
}

impl GroupTable {
    /// Whether it may take every line of a need.
    pub fn takes_need(&self, need: usize) -> bool {
        self.needs & (1 << need) != 0
    }
}

/// A line in a group as pricing sees it.
#[derive(Clone, Debug)]
pub struct LineTable {
    pub line: usize,
    /// Weighted lateness of the whole line; a part pays its share.
    pub lateness: f64,
    /// Minutes per unit at the shipping node.
    pub minutes: f64,
    /// Whether the line has frozen units in the shipment that it joins.
    pub is_there: bool,
    /// Whether it may come from the node's own stock.
    pub direct: Option<WayTable>,
    /// Whether it may come over lanes: where its change costs begin.
    moved: Option<u32>,
}

/// A way from the shipping node's own stock.
#[derive(Clone, Copy, Debug)]
pub struct WayTable {
    /// Weighted minor units.
    pub part_cost: f64,
    pub unit_cost: f64,
    /// For the whole line; a part pays its share.
    pub change: f64,
    /// Index of the stock used; nothing where it is unlimited.
    pub stock: Option<u32>,
}

/// Everything that pricing looks up for an order.
#[derive(Clone, Debug)]
pub struct OrderTables {
    pub states: States,
    pub shipments: ShipmentTables,
    pub groups: Vec<GroupTable>,
    /// By group, then open line that it may take.
    lines: Vec<LineTable>,
    /// Of lines that may come over lanes: weighted change cost of the whole line, from any source,
    /// and from each source of its commitments.
    changes: Vec<f64>,
    pub stocks: Vec<LineStock>,
    /// By supply of the order's transfers.
    pub supplies: Vec<SupplyTable>,
    /// By departure of the order's transfers.
    pub departures: Vec<DepartureTable>,
    /// The nodes that lines can be moved to.
    pub places: Vec<NodeId>,
    /// Where its departures lead to.
    pub stops: Stops,
    /// The sources of each line's commitments.
    pub committed: Vec<Vec<NodeId>>,
    /// Weight of the open units of each line.
    pub kg: Vec<f64>,
    pub openings: Vec<OpeningId>,
    /// Weighted cost of leaving units of a need open, by digit; without the change of divisible
    /// lines.
    pub unfilled: Vec<Vec<Objective>>,
    /// Weighted change cost of a divisible line that has open units, by need.
    pub open_change: Vec<Objective>,
    /// What a plan pays at least for what it leaves open of a need, by digit; a divisible line pays
    /// its change in proportion, in weighted minor units.
    pub left_open: Vec<Vec<f64>>,
    /// Weighted cost of one more shipment.
    pub split: f64,
    /// What its returns cost by where it is handed over.
    pub exchanges: Exchanges,
    /// Whether one column of the order may be too much for a limit on its own.
    pub tight: bool,
}

impl OrderTables {
    pub fn new(planner: &Planner, resources: &Resources, options: &OrderOptions) -> Self {
        let states = States::new(options);
        let mut openings: Vec<OpeningId> = Vec::new();
        let mut stocks = Stocks::new(planner, resources, options);
        let mut keys: Vec<ShipmentKey> = Vec::new();
        let mut firsts: Vec<usize> = Vec::new();
        let mut groups = Vec::with_capacity(options.groups.len());
        let ways = |group: &Group| group.direct.len() + group.moved.len();
        let mut lines = Vec::with_capacity(options.groups.iter().map(ways).sum());
        let mut freights = Freights::default();
        let committed: Vec<Vec<NodeId>> =
            options.lines.iter().map(|line| committed_sources(planner, line.id)).collect();
        let of_line =
            |line: &OpenLine| weighted_open_change(planner.wave, planner.model, line.id).to_minor();
        // Of lines without commitments, by line; then of those with some, by group.
        let mut changes: Vec<f64> = options.lines.iter().map(of_line).collect();
        let mut of_node = 0;
        for (index, group) in options.groups.iter().enumerate() {
            // The groups of a node come one after the other.
            if index > 0 && options.groups[index - 1].node != group.node {
                of_node = keys.len();
            }
            let key = shipment_key(group);
            let known = keys[of_node..].iter().position(|known| *known == key);
            let shipment = known.map_or(keys.len(), |known| of_node + known);
            if shipment == keys.len() {
                keys.push(key);
                firsts.push(index);
            }
            let first = lines.len();
            push_lines(&mut stocks, options, group, &committed, &mut lines, &mut changes);
            let needs = whole_needs(options, &lines[first..]);
            let of_day = resources.of_day(group.node, group.ship_date);
            groups.push(GroupTable {
                shipment: shipment as u32,
                lines: (first as u32, lines.len() as u32),
                needs,
                place: None,
                joins: group.joins.is_some(),
                ship_date: group.ship_date,
                release: release_ids(resources, &mut openings, group.node, group.ship_date),
                carrier: group.service.and_then(|service| of_day?.carrier(service)),
            });
        }
        let mut shipments = ShipmentTables::with_capacity(keys.len(), states.count());
        for first in firsts {
            let of_node = &options.groups[first..];
            push_shipment(planner, options, &states, of_node, &mut freights, &mut shipments);
        }
        let mut places: Vec<NodeId> = Vec::new();
        for (table, group) in groups.iter_mut().zip(&options.groups) {
            if !group.moved.is_empty() {
                // The groups of a node come one after the other.
                if places.last() != Some(&group.node) {
                    places.push(group.node);
                }
                table.place = Some(places.len() as u32 - 1);
            }
        }
        let stops = Stops::new(&options.transfers, &places);
        let supplies = supply_tables(&mut stocks, options, &committed);
        let departures = options
            .transfers
            .departures
            .iter()
            .map(|departure| departure_table(&stocks, options, departure, &mut openings))
            .collect();
        let weigh =
            |line: &OpenLine| planner.wave.items[line.sku].kg.to_f64() * line.quantity as f64;
        let kg = options.lines.iter().map(weigh).collect();
        let unfilled = unfilled_costs(planner, options, &states);
        let open_change = open_changes(planner, options);
        let left_open = left_open(&states, &unfilled, &open_change);
        let split = planner.model.weight(CostKey::Split);
        let split = Objective::weighted(split, planner.model.costs.split_cost).to_minor();
        let exchanges = Exchanges::new(planner, options, states.count());
        let mut tables = OrderTables {
            states,
            shipments,
            groups,
            lines,
            changes,
            stocks: stocks.known,
            supplies,
            departures,
            places,
            stops,
            committed,
            kg,
            openings,
            unfilled,
            open_change,
            left_open,
            split,
            exchanges,
            tight: false,
        };
        tables.tight = tables.may_exceed(planner, resources, options);
        tables
    }

    /// The lines that a group may take.
    pub fn lines(&self, group: &GroupTable) -> &[LineTable] {
        let (first, end) = group.lines;
        &self.lines[first as usize..end as usize]
    }

    /// The change costs of a line that may come over lanes: from any source, and from each source
    /// of its commitments.
    pub fn changes(&self, line: &LineTable) -> Option<&[f64]> {
        let first = line.moved? as usize;
        Some(&self.changes[first..=first + self.committed[line.line].len()])
    }

    /// The stock that an entry uses; nothing where it is unlimited.
    pub fn stock_of(&self, options: &OrderOptions, entry: &Entry) -> Option<u32> {
        let line = entry.line as usize;
        let Some(hop) = entry.hops.first() else {
            let lines = self.lines(&self.groups[entry.group as usize]);
            return lines.iter().find(|table| table.line == line)?.direct?.stock;
        };
        let supplies = &options.transfers.supplies;
        let at = supplies.binary_search_by_key(&(line, entry.source), |s| (s.line, s.source));
        let at = at.ok()?;
        let day = supplies[at].days.binary_search(&hop.departs).ok()?;
        self.supplies[at].stock[day]
    }

    /// The opening of a release over a lane, as an index into the order's openings.
    pub fn source_opening(&self, options: &OrderOptions, entry: &Entry) -> Option<u32> {
        let hop = entry.hops.first()?;
        let departure = options.transfers.departure(entry.source, *hop)?;
        self.departures[departure].release.opening
    }

    /// The openings that entries need: need, opening of the order, and the share of the need
    /// that passes there.
    pub fn openings_of(
        &self,
        options: &OrderOptions,
        entries: &[Entry],
    ) -> Vec<(usize, usize, f64)> {
        let mut found: Vec<(usize, usize, f64)> = Vec::new();
        let mut add = |need: usize, opening: Option<u32>, share: f64| {
            let Some(opening) = opening.map(|opening| opening as usize) else { return };
            match found.iter_mut().find(|(n, o, _)| (*n, *o) == (need, opening)) {
                Some((_, _, total)) => *total += share,
                None => found.push((need, opening, share)),
            }
        };
        for entry in entries {
            let line = &options.lines[entry.line as usize];
            let share = options.share_of_need(entry.line as usize, entry.quantity);
            let group = &self.groups[entry.group as usize];
            add(line.need, group.release.opening, share);
            add(line.need, self.source_opening(options, entry), share);
        }
        found
    }

    /// Whether the order as a whole exceeds some limit that one of its columns could meet.
    fn may_exceed(&self, planner: &Planner, resources: &Resources, options: &OrderOptions) -> bool {
        let units: u32 = options.lines.iter().map(|line| line.quantity).sum();
        let limit = |id: Option<ResourceId>| {
            id.map_or(f64::INFINITY, |id| resources.rows()[id as usize].limit().to_f64())
        };
        let minutes = |node: NodeId| -> f64 {
            let lines = options.lines.iter();
            lines
                .map(|l| planner.wave.node_item(node, l.sku).minutes.to_f64() * l.quantity as f64)
                .sum()
        };
        let exceeds = |node: NodeId, release: &ReleaseIds| {
            limit(release.units) < units as f64
                || limit(release.lines) < options.lines.len() as f64
                || limit(release.shipments) < 1.0
                || (release.minutes.is_some() && limit(release.minutes) < minutes(node))
        };
        let stock = |stock: &LineStock| {
            let sku = options.lines[stock.line].sku;
            let same = options.lines.iter().filter(|other| other.sku == sku);
            let wanted: u32 = same.map(|other| other.quantity).sum();
            stock.rows.uses(wanted).any(|(id, used)| limit(Some(id)) < used as f64)
        };
        self.groups.iter().zip(&options.groups).any(|(table, group)| {
            let parcels = self.shipments.parcels(table.shipment).iter().max().copied();
            exceeds(group.node, &table.release)
                || limit(table.carrier) < parcels.unwrap_or(0) as f64
        }) || self
            .departures
            .iter()
            .zip(&options.transfers.departures)
            .any(|(table, departure)| exceeds(departure.from, &table.release))
            || self.stocks.iter().any(stock)
    }
}

pub(super) fn release_ids(
    resources: &Resources,
    openings: &mut Vec<OpeningId>,
    node: NodeId,
    day: Day,
) -> ReleaseIds {
    let of_day = resources.of_day(node, day);
    let opening = resources.opening(node, day).map(|opening| {
        openings.iter().position(|known| *known == opening).unwrap_or_else(|| {
            openings.push(opening);
            openings.len() - 1
        }) as u32
    });
    let [units, lines, shipments, minutes] = of_day.map_or([None; 4], |of_day| of_day.capacity);
    ReleaseIds { units, lines, shipments, minutes, opening }
}

/// Adds the lines that a group may take.
fn push_lines(
    stocks: &mut Stocks,
    options: &OrderOptions,
    group: &Group,
    committed: &[Vec<NodeId>],
    lines: &mut Vec<LineTable>,
    changes: &mut Vec<f64>,
) {
    let planner = stocks.planner;
    let base: &[Content] = group.joins.map_or(&[], |index| &options.frozen[index].contents);
    for (index, line) in options.lines.iter().enumerate() {
        let (is_direct, is_moved) = (group.takes_direct(index), group.takes_moved(index));
        if !is_direct && !is_moved {
            continue;
        }
        // Lateness is the same by every way.
        let at_node = stocks.at_node(options, index, group.node);
        let minutes = at_node.minutes;
        let way = options.way_of(planner, group, at_node.own.clone(), false);
        let direct = is_direct.then(|| WayTable {
            part_cost: way.part_cost.to_minor(),
            unit_cost: way.unit_cost.to_minor(),
            change: way.change.to_minor(),
            stock: stocks.index(options, index, group.node, group.ship_date),
        });
        let moved = is_moved.then(|| {
            if committed[index].is_empty() {
                return index as u32;
            }
            let first = changes.len();
            changes.push(changes[index]);
            let change = |source| options.way(planner, group, index, source, true).change;
            changes.extend(committed[index].iter().copied().map(change).map(Objective::to_minor));
            first as u32
        });
        lines.push(LineTable {
            line: index,
            lateness: way.lateness.to_minor(),
            minutes,
            is_there: base.iter().any(|content| content.line == line.id.0),
            direct,
            moved,
        });
    }
}

/// The needs whose lines are all among these, a bit each: with at most [`MAX_STATES`] states an
/// order has fewer needs than there are bits.
///
/// [`MAX_STATES`]: crate::options::MAX_STATES
fn whole_needs(options: &OrderOptions, lines: &[LineTable]) -> u32 {
    let takes = |line: &usize| lines.iter().any(|table| table.line == *line);
    let needs = options.needs.iter().enumerate();
    let whole = needs.filter(|(_, need)| need.lines.iter().all(takes));
    whole.fold(0, |bits, (at, _)| bits | 1 << at)
}

/// The sources that planned and released commitments of a line name.
fn committed_sources(planner: &Planner, line: LineId) -> Vec<NodeId> {
    let loose = planner.wave.commitments_of(line).filter(|c| !c.is_frozen());
    let mut sources: Vec<NodeId> = loose.map(|commitment| commitment.node).collect();
    sources.sort_unstable();
    sources.dedup();
    sources
}

/// A fixed-point number as pricing uses it.
pub fn price_of(values: &[f64], id: Option<ResourceId>) -> f64 {
    id.map_or(0.0, |id| values[id as usize])
}
