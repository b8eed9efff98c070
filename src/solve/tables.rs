//! What pricing looks up for an order: shipment costs by state, and the resources of each option.

use crate::domain::{CapacityUnit, CostKey};
use crate::ids::{NodeId, ServiceId};
use crate::network::Hop;
use crate::options::{
    Arrival, Content, Group, OrderOptions, Planner, carbon, freight, handling, shipment_co2,
};
use crate::solve::column::Entry;
use crate::solve::states::States;
use crate::solve::unfilled::{open_changes, unfilled_costs};
use crate::solve::{OpeningId, ResourceId, ResourceKey, Resources, StockRows};
use crate::time::Day;
use crate::units::{Money, Objective, Quantity};

/// Cost and parcels of a shipment by state, for groups that differ in their date only.
#[derive(Clone, Debug)]
pub struct ShipmentTable {
    /// Weighted minor units by state; infinite where the state is not served together.
    pub cost: Vec<f64>,
    pub parcels: Vec<u32>,
}

/// The limited resources of a release, by capacity unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReleaseIds {
    pub units: Option<ResourceId>,
    pub lines: Option<ResourceId>,
    pub shipments: Option<ResourceId>,
    pub minutes: Option<ResourceId>,
    /// Index into the order's openings.
    pub opening: Option<usize>,
}

/// A group as pricing sees it.
#[derive(Clone, Debug)]
pub struct GroupTable {
    /// Index into the shipment tables.
    pub shipment: usize,
    pub release: ReleaseIds,
    pub carrier: Option<ResourceId>,
    pub ways: Vec<WayTable>,
    /// Whether a line may come by more than one way, or over a lane.
    pub branches: bool,
    pub joins: bool,
}

/// A way as pricing sees it.
#[derive(Clone, Debug)]
pub struct WayTable {
    pub line: usize,
    pub arrival: usize,
    /// Weighted minor units.
    pub part_cost: f64,
    pub unit_cost: f64,
    /// For the whole line; a part pays its share.
    pub line_cost: f64,
    /// Minutes per unit at the shipping node.
    pub minutes: f64,
    /// Index of the stock that a direct way uses; nothing where it is unlimited.
    pub stock: Option<usize>,
    /// Whether the line has frozen units in the shipment that it joins.
    pub line_is_there: bool,
    pub moved: bool,
}

/// A transfer as pricing sees it.
#[derive(Clone, Debug, Default)]
pub struct ArrivalTable {
    pub release: ReleaseIds,
    /// Index of the stock used, by open line; empty for a direct arrival.
    pub stock: Vec<Option<usize>>,
    /// Minutes per unit at the source, by open line.
    pub minutes: Vec<f64>,
    /// Weighted cost of the source's work and of the lanes for the open units of each line, apart
    /// from what is paid once: a lower bound, whatever else moves along.
    pub line_cost: Vec<f64>,
    /// Indices of the order's transfers, lane after lane.
    pub moves: Vec<usize>,
    /// Weighted cost that shipments sharing the transfer pay once, at most.
    pub shared: f64,
}

/// What leaves over one lane on one date, as pricing sees it.
#[derive(Clone, Copy, Debug)]
pub struct TransferTable {
    /// Weighted cost of the lane that is paid once.
    pub freight: f64,
    /// Weighted cost of the release at the lane's start that is paid once.
    pub handling: f64,
    /// Whether joining a transfer never costs more than a transfer of one's own.
    pub merges: bool,
}

/// Limited stock that a line may use: of one source, on the dates of one step of its profile.
#[derive(Clone, Debug)]
pub struct LineStock {
    /// Index into the order's open lines.
    pub line: usize,
    pub node: NodeId,
    pub step: u32,
    pub rows: StockRows,
}

/// Everything that pricing looks up for an order.
#[derive(Clone, Debug)]
pub struct OrderTables {
    pub states: States,
    pub shipments: Vec<ShipmentTable>,
    pub groups: Vec<GroupTable>,
    pub arrivals: Vec<ArrivalTable>,
    pub stocks: Vec<LineStock>,
    pub transfers: Vec<TransferTable>,
    pub openings: Vec<OpeningId>,
    /// Weighted cost of leaving units of a need open, by digit; without the change of divisible
    /// lines.
    pub unfilled: Vec<Vec<Objective>>,
    /// Weighted change cost of a divisible line that has open units, by need.
    pub open_change: Vec<Objective>,
    /// Weighted cost of one more shipment.
    pub split: f64,
    /// Whether one column of the order may be too much for a limit on its own.
    pub tight: bool,
    /// Whether shipments of the order may share a transfer.
    pub shares: bool,
}

impl OrderTables {
    pub fn new(planner: &Planner, resources: &Resources, options: &OrderOptions) -> Self {
        let states = States::new(options);
        let mut openings: Vec<OpeningId> = Vec::new();
        let mut stocks = Stocks { planner, resources, known: Vec::new() };
        let mut shipments: Vec<ShipmentTable> = Vec::new();
        let mut keys: Vec<(NodeId, Option<ServiceId>, Option<usize>)> = Vec::new();
        let mut groups = Vec::with_capacity(options.groups.len());
        for group in &options.groups {
            let key = (group.node, group.service, group.joins);
            let shipment = keys.iter().rposition(|known| *known == key).unwrap_or_else(|| {
                keys.push(key);
                shipments.push(shipment_table(planner, options, &states, group));
                keys.len() - 1
            });
            groups.push(group_table(&mut stocks, options, group, shipment, &mut openings));
        }
        let mut moves = Moves::default();
        let arrivals: Vec<ArrivalTable> = options
            .arrivals
            .iter()
            .map(|arrival| arrival_table(&mut stocks, options, arrival, &mut openings, &mut moves))
            .collect();
        let unfilled = unfilled_costs(planner, options, &states);
        let open_change = open_changes(planner, options);
        let split = planner.model.weight(CostKey::Split);
        let split = Objective::weighted(split, planner.model.costs.split_cost).to_minor();
        let moved = groups.iter().any(|group| group.ways.iter().any(|way| way.moved));
        let shares = moved && (states.needs() > 1 || !states.is_binary());
        let mut tables = OrderTables {
            states,
            shipments,
            groups,
            arrivals,
            stocks: stocks.known,
            transfers: moves.tables,
            openings,
            unfilled,
            open_change,
            split,
            tight: false,
            shares,
        };
        tables.tight = tables.may_exceed(planner, resources, options);
        tables
    }

    /// The stock that an entry uses; nothing where it is unlimited.
    pub fn stock_of(&self, entry: &Entry) -> Option<usize> {
        let (line, arrival) = (entry.line as usize, entry.arrival as usize);
        let ways = &self.groups[entry.group as usize].ways;
        let way = ways.iter().find(|way| (way.line, way.arrival) == (line, arrival))?;
        if way.moved { self.arrivals[arrival].stock[line] } else { way.stock }
    }

    /// The openings that a column needs: need, opening of the order, and the share of the need
    /// that passes there.
    pub fn openings_of(
        &self,
        options: &OrderOptions,
        entries: &[Entry],
    ) -> Vec<(usize, usize, f64)> {
        let mut found: Vec<(usize, usize, f64)> = Vec::new();
        let mut add = |need: usize, opening: Option<usize>, share: f64| {
            let Some(opening) = opening else { return };
            match found.iter_mut().find(|(n, o, _)| (*n, *o) == (need, opening)) {
                Some((_, _, total)) => *total += share,
                None => found.push((need, opening, share)),
            }
        };
        for entry in entries {
            let line = &options.lines[entry.line as usize];
            let in_need = options.needs[line.need].lines.len() as f64;
            let share = entry.quantity as f64 / line.quantity as f64 / in_need;
            let group = &self.groups[entry.group as usize];
            add(line.need, group.release.opening, share);
            add(line.need, self.arrivals[entry.arrival as usize].release.opening, share);
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
            let parcels = self.shipments[table.shipment].parcels.iter().max().copied();
            exceeds(group.node, &table.release)
                || limit(table.carrier) < parcels.unwrap_or(0) as f64
        }) || self.arrivals.iter().zip(&options.arrivals).any(|(table, arrival)| {
            !arrival.hops.is_empty() && exceeds(arrival.source, &table.release)
        }) || self.stocks.iter().any(stock)
    }
}

fn release_ids(
    resources: &Resources,
    openings: &mut Vec<OpeningId>,
    node: NodeId,
    day: Day,
) -> ReleaseIds {
    let id = |unit| resources.id(&ResourceKey::Capacity { node, day, unit });
    let opening = resources.opening(node, day).map(|opening| {
        openings.iter().position(|known| *known == opening).unwrap_or_else(|| {
            openings.push(opening);
            openings.len() - 1
        })
    });
    ReleaseIds {
        units: id(CapacityUnit::Units),
        lines: id(CapacityUnit::Lines),
        shipments: id(CapacityUnit::Shipments),
        minutes: id(CapacityUnit::Minutes),
        opening,
    }
}

fn shipment_table(
    planner: &Planner,
    options: &OrderOptions,
    states: &States,
    group: &Group,
) -> ShipmentTable {
    let wave = planner.wave;
    let model = planner.model;
    let base: &[Content] = group.joins.map_or(&[], |index| &options.frozen[index].contents);
    let price = |contents: &[Content]| -> (f64, u32) {
        if contents.is_empty() {
            return (0.0, 0);
        }
        let mut cost = Objective::weighted(
            model.weight(CostKey::Handling),
            handling(wave, group.node, contents),
        );
        let mut parcels = 0;
        if let Some((service, zone)) = group.service.zip(group.zone) {
            let priced = freight(wave, service, zone.zone, contents).unwrap_or_default();
            let co2 = shipment_co2(&wave.services[service], group.km, priced.parcels, priced.kg);
            let co2 = carbon(co2, model.costs.carbon_price);
            cost += Objective::weighted(model.weight(CostKey::ParcelFreight), priced.amount);
            cost += Objective::weighted(model.weight(CostKey::Carbon), co2);
            parcels = priced.parcels;
        }
        (cost.to_minor(), parcels)
    };
    let (base_cost, base_parcels) = price(base);
    let mut table = ShipmentTable {
        cost: vec![f64::INFINITY; states.count()],
        parcels: vec![0; states.count()],
    };
    // Eligibility differs by service, not by date: a line that no group of this table can take
    // keeps its states at infinity.
    let takes: Vec<bool> = (0..options.lines.len())
        .map(|line| {
            let same = |g: &&Group| {
                (g.node, g.service, g.joins) == (group.node, group.service, group.joins)
            };
            options.groups.iter().filter(same).any(|g| g.ways.iter().any(|way| way.line == line))
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
                contents.push(Content { line: line.id.0, sku: line.sku, quantity });
            }
        }
        if possible {
            let (cost, parcels) = price(&contents);
            table.cost[state] = cost - base_cost;
            // Joining may even merge parcels into fewer.
            table.parcels[state] = parcels.saturating_sub(base_parcels);
        }
    }
    table
}

fn group_table(
    stocks: &mut Stocks,
    options: &OrderOptions,
    group: &Group,
    shipment: usize,
    openings: &mut Vec<OpeningId>,
) -> GroupTable {
    let (planner, resources) = (stocks.planner, stocks.resources);
    let wave = planner.wave;
    let base: &[Content] = group.joins.map_or(&[], |index| &options.frozen[index].contents);
    let ways: Vec<WayTable> = group
        .ways
        .iter()
        .map(|way| {
            let line = &options.lines[way.line];
            let moved = !options.arrivals[way.arrival].hops.is_empty();
            let stock = if moved {
                None
            } else {
                stocks.index(options, way.line, group.node, group.ship_date)
            };
            WayTable {
                line: way.line,
                arrival: way.arrival,
                part_cost: way.part_cost.to_minor(),
                unit_cost: way.unit_cost.to_minor(),
                line_cost: (way.lateness + way.change).to_minor(),
                minutes: wave.node_item(group.node, line.sku).minutes.to_f64(),
                stock,
                line_is_there: base.iter().any(|content| content.line == line.id.0),
                moved,
            }
        })
        .collect();
    let branches = ways.iter().any(|way| way.moved)
        || ways.windows(2).any(|pair| pair[0].line == pair[1].line);
    let carrier = group.service.and_then(|service| {
        let key = ResourceKey::Carrier { node: group.node, service, day: group.ship_date };
        resources.id(&key)
    });
    GroupTable {
        shipment,
        release: release_ids(resources, openings, group.node, group.ship_date),
        carrier,
        ways,
        branches,
        joins: group.joins.is_some(),
    }
}

/// The stocks of an order, numbered as they are met.
struct Stocks<'a> {
    planner: &'a Planner<'a>,
    resources: &'a Resources,
    known: Vec<LineStock>,
}

impl Stocks<'_> {
    /// The index of the stock that a line uses when it is released on a day.
    fn index(
        &mut self,
        options: &OrderOptions,
        line: usize,
        node: NodeId,
        day: Day,
    ) -> Option<usize> {
        let sku = options.lines[line].sku;
        let step = self.planner.stock(node, sku)?.step_at(day) as u32;
        let same = |stock: &LineStock| (stock.line, stock.node, stock.step) == (line, node, step);
        let known = self.known.iter().rposition(same);
        Some(known.unwrap_or_else(|| {
            let rows = self.resources.stock_rows(self.planner, node, sku, day);
            self.known.push(LineStock { line, node, step, rows });
            self.known.len() - 1
        }))
    }
}

/// The transfers of an order, numbered as they are met.
#[derive(Default)]
struct Moves {
    hops: Vec<Hop>,
    tables: Vec<TransferTable>,
}

impl Moves {
    fn index(&mut self, planner: &Planner, hop: Hop) -> usize {
        if let Some(known) = self.hops.iter().position(|known| *known == hop) {
            return known;
        }
        let (wave, model) = (planner.wave, planner.model);
        let lane = &wave.lanes[hop.lane];
        let source = &wave.nodes[lane.from];
        let weighted = |key, amount| Objective::weighted(model.weight(key), amount).to_minor();
        // Amounts that are rounded once save what they pay once, and may lose a minor unit.
        let priced_carbon = weighted(CostKey::Carbon, model.costs.carbon_price) > 0.0;
        let merges = lane.shipment_cost.0 >= 1
            && (source.shipment_cost.0 >= 1 || source.minute_cost.0 == 0)
            && !(priced_carbon && lane.kg_co2_per_kg > 0.0);
        self.hops.push(hop);
        self.tables.push(TransferTable {
            freight: weighted(CostKey::TransferFreight, lane.shipment_cost),
            handling: weighted(CostKey::Handling, source.shipment_cost),
            merges,
        });
        self.hops.len() - 1
    }
}

fn arrival_table(
    stocks: &mut Stocks,
    options: &OrderOptions,
    arrival: &Arrival,
    openings: &mut Vec<OpeningId>,
    moves: &mut Moves,
) -> ArrivalTable {
    let Some(departs) = arrival.departs else { return ArrivalTable::default() };
    let (planner, resources) = (stocks.planner, stocks.resources);
    let (wave, model) = (planner.wave, planner.model);
    let weighted = |key, amount| Objective::weighted(model.weight(key), amount).to_minor();
    let source = &wave.nodes[arrival.source];
    // A minor unit for each rounding that sharing saves.
    let mut shared = weighted(CostKey::Handling, source.shipment_cost + Money(1));
    if options.split_lines {
        shared += weighted(CostKey::Handling, source.line_cost);
    }
    for hop in &arrival.hops {
        let lane = &wave.lanes[hop.lane];
        shared += weighted(CostKey::TransferFreight, lane.shipment_cost + Money(1));
        shared += weighted(CostKey::Carbon, Money(1));
    }
    let minutes: Vec<f64> = options
        .lines
        .iter()
        .map(|line| wave.node_item(arrival.source, line.sku).minutes.to_f64())
        .collect();
    let line_cost = |(line, minutes): (&crate::options::OpenLine, &f64)| {
        let units = line.quantity as f64;
        let per_unit = source.unit_cost + wave.node_item(arrival.source, line.sku).unit_cost;
        let work = (minutes * units * source.minute_cost.0 as f64 - 1.0).max(0.0);
        let handled = per_unit.0 as f64 * units + work;
        let mut cost = handled * model.weight(CostKey::Handling).to_f64();
        if !options.split_lines {
            cost += weighted(CostKey::Handling, source.line_cost);
        }
        let kg = wave.items[line.sku].kg.to_f64() * units;
        for hop in &arrival.hops {
            let freight = (kg * wave.lanes[hop.lane].cost_per_kg.0 as f64 - 1.0).max(0.0);
            cost += freight * model.weight(CostKey::TransferFreight).to_f64();
        }
        cost
    };
    ArrivalTable {
        release: release_ids(resources, openings, arrival.source, departs),
        stock: (0..options.lines.len())
            .map(|line| stocks.index(options, line, arrival.source, departs))
            .collect(),
        line_cost: options.lines.iter().zip(&minutes).map(line_cost).collect(),
        moves: arrival.hops.iter().map(|hop| moves.index(planner, *hop)).collect(),
        minutes,
        shared,
    }
}

/// A fixed-point number as pricing uses it.
pub fn price_of(values: &[f64], id: Option<ResourceId>) -> f64 {
    id.map_or(0.0, |id| values[id as usize])
}

/// The price of a release of units in all of its stock rows.
pub fn stock_price(values: &[f64], rows: &StockRows, units: Quantity) -> f64 {
    rows.uses(units).map(|(id, used)| values[id as usize] * used as f64).sum()
}
