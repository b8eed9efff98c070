//! The routes of an order's lines over lanes, at prices.

use crate::options::Route;
use crate::solve::lanes::Stops;
use crate::solve::pricing::{Cheapest, Scan};
use crate::solve::tables::{GroupTable, LineTable, price_of};
use crate::time::Day;
use crate::units::Quantity;

/// How units of a line come to the node that ships them.
#[derive(Clone, Copy, Debug)]
pub enum LineWay<'r> {
    Direct,
    /// From a supply over departures, both as indices.
    Moved {
        supply: usize,
        departures: &'r [usize],
    },
}

/// A route with what units of its line pay to come by it.
#[derive(Clone, Debug)]
pub struct PricedRoute {
    pub supply: usize,
    pub departures: Box<[usize]>,
    pub place: usize,
    pub arrives: Day,
    /// By parts of the line, from 1 on; infinite where its stock has too few units.
    pub costs: Vec<f64>,
}

/// Every route of every line to a place where it may be handed over, with its price.
pub fn all_routes(scan: &Scan) -> Vec<PricedRoute> {
    let transfers = &scan.options.transfers;
    let mut routes = Vec::new();
    if transfers.departures.is_empty() {
        return routes;
    }
    for (supply, terms) in transfers.supplies.iter().enumerate() {
        transfers.routes(supply, &mut |route| {
            let Ok(place) = scan.tables.places.binary_search(&route.node) else { return };
            let counts = 1..=scan.whole_parts(terms.line);
            let costs = counts.map(|parts| route_cost(scan, terms.line, parts, &route));
            routes.push(PricedRoute {
                supply,
                departures: route.departures.into(),
                place,
                arrives: route.arrives,
                costs: costs.collect(),
            });
        });
    }
    routes
}

fn route_cost(scan: &Scan, line: usize, parts: usize, route: &Route) -> f64 {
    let units = scan.units(line, parts);
    let first = first_cost(scan, line, units, route.supply, route.departures[0]);
    let lanes = route.departures.iter().map(|&departure| lane_cost(scan, line, units, departure));
    first + lanes.sum::<f64>()
}

/// The part of a cost paid once that units of a line pay. What sharing would lower by rounding is
/// taken off in full.
fn part(once: f64, share: f64) -> f64 {
    if once < 0.0 { once } else { once * share }
}

/// What units of a line pay for a lane on a date.
fn lane_cost(scan: &Scan, line: usize, units: Quantity, departure: usize) -> f64 {
    let terms = &scan.options.lines[line];
    let [_, once] = scan.paid_once(departure);
    let share = scan.options.share_of_need(line, units) * scan.part_of(terms.need, departure, true);
    let kg = scan.tables.kg[line] * f64::from(units) / f64::from(terms.quantity);
    part(once, share) + kg * scan.tables.departures[departure].kg_cost
}

/// What units of a line pay to be released into a departure; infinite where they do not fit.
fn first_cost(scan: &Scan, line: usize, units: Quantity, supply: usize, departure: usize) -> f64 {
    let share = scan.options.share_of_need(line, units);
    let [once, _] = scan.paid_once(departure);
    let share = share * scan.part_of(scan.options.lines[line].need, departure, false);
    release_cost(scan, line, units, supply, departure) + part(once, share)
}

/// The same without what is paid once for all that is released.
pub(super) fn release_cost(
    scan: &Scan,
    line: usize,
    units: Quantity,
    supply: usize,
    departure: usize,
) -> f64 {
    let (options, tables, prices) = (scan.options, scan.tables, &scan.prices.resources);
    let (terms, table) = (&options.lines[line], &tables.supplies[supply]);
    let release = &tables.departures[departure].release;
    let departs = options.transfers.departures[departure].hop.departs;
    let days = &options.transfers.supplies[supply].days;
    let stock = days.binary_search(&departs).ok().and_then(|day| table.stock[day]);
    let q = f64::from(units);
    let has_room = || {
        scan.limit(release.units) >= q
            && scan.limit(release.lines) >= 1.0
            && scan.limit(release.shipments) >= 1.0
            && scan.limit(release.minutes) >= q * table.minutes - 1e-9
    };
    let may_exceed = tables.tight || scan.left.is_some();
    if may_exceed && !(has_room() && scan.stock_fits(stock, units)) {
        return f64::INFINITY;
    }
    let share = scan.options.share_of_need(line, units);
    // Parts of a divided line that are released together count as one line.
    let as_line = if options.split_lines { q / f64::from(terms.quantity) } else { 1.0 };
    table.part_cost
        + table.unit_cost * q
        + (table.line_cost + price_of(prices, release.lines)) * as_line
        + q * price_of(prices, release.units)
        + q * table.minutes * price_of(prices, release.minutes)
        + scan.stock_cost(stock, units)
        + scan.opening_cost(terms.need, release.opening, share)
}

/// The cheapest way to be at a node by a day.
#[derive(Clone, Copy, Debug)]
struct Cell {
    cost: f64,
    /// Where the route begins.
    supply: u32,
    /// The last departure, and the cell of the layer before from which it goes on.
    departure: u32,
    before: u32,
}

const NOWHERE: Cell =
    Cell { cost: f64::INFINITY, supply: u32::MAX, departure: u32::MAX, before: u32::MAX };

/// The cheapest routes of every line: by parts, class of source, place and day of arrival.
#[derive(Debug)]
pub struct Routes {
    cells: Vec<(f64, u32)>,
    /// Supply and departures of the routes found.
    found: Vec<(u32, u32, u32)>,
    departures: Vec<usize>,
    /// The first cell of each line.
    first: Vec<usize>,
    places: usize,
    first_day: Day,
    days: usize,
}

/// The search for the cheapest routes of an order.
struct Search<'s, 'a> {
    scan: &'s Scan<'a>,
    stops: &'a Stops,
}

impl Search<'_, '_> {
    /// The cheapest cells by which units of a line come to each stop from supplies of a class (0
    /// for all of them), layer after layer of lanes; a layer has a cell for each stop and day.
    ///
    /// A route is simple, but the cheapest route to a cell hides others that may go on where it
    /// must not: back at a node passed. What they would bring there is no cheaper than what is
    /// there already, from its own stock or from the layer before.
    fn layers(&self, line: usize, units: Quantity, class: usize) -> Vec<Vec<Cell>> {
        let transfers = &self.scan.options.transfers;
        let count = self.stops.nodes.len() * self.stops.days;
        let mut first = vec![NOWHERE; count];
        for (supply, terms) in transfers.supplies_of(line) {
            let table = &self.scan.tables.supplies[supply];
            if class != 0 && table.class != class {
                continue;
            }
            for departure in table.departures.clone() {
                if terms.days.binary_search(&transfers.departures[departure].hop.departs).is_err() {
                    continue;
                }
                let cost = first_cost(self.scan, line, units, supply, departure)
                    + lane_cost(self.scan, line, units, departure);
                let (end, _, arrives) = self.stops.ends[departure];
                let cell = &mut first[end * self.stops.days + arrives];
                if cost < cell.cost {
                    let (supply, departure) = (supply as u32, departure as u32);
                    *cell = Cell { cost, supply, departure, before: u32::MAX };
                }
            }
        }
        let mut layers = vec![first];
        for layer in 1..transfers.max_lanes {
            let before = self.waiting(&layers[layer - 1]);
            let mut next = vec![NOWHERE; count];
            let mut any = false;
            for (stop, onward) in self.stops.onward.iter().enumerate() {
                if before[(stop + 1) * self.stops.days - 1].0.is_infinite() {
                    continue;
                }
                for departure in onward.clone() {
                    let (end, departs, arrives) = self.stops.ends[departure];
                    let (so_far, from) = before[stop * self.stops.days + departs];
                    if so_far.is_infinite() {
                        continue;
                    }
                    let cost = so_far + lane_cost(self.scan, line, units, departure);
                    let cell = &mut next[end * self.stops.days + arrives];
                    if cost < cell.cost && !self.passes(&layers, layer - 1, from, end) {
                        any = true;
                        let supply = layers[layer - 1][from as usize].supply;
                        *cell = Cell { cost, supply, departure: departure as u32, before: from };
                    }
                }
            }
            if !any {
                break;
            }
            layers.push(next);
        }
        layers
    }

    /// The cheapest cost, and the position of its cell, of being at each stop by each day.
    fn waiting(&self, cells: &[Cell]) -> Vec<(f64, u32)> {
        let mut waiting = Vec::with_capacity(cells.len());
        for (stop, of_stop) in cells.chunks(self.stops.days).enumerate() {
            let mut best = (f64::INFINITY, u32::MAX);
            for (day, cell) in of_stop.iter().enumerate() {
                if cell.cost < best.0 {
                    best = (cell.cost, (stop * self.stops.days + day) as u32);
                }
                waiting.push(best);
            }
        }
        waiting
    }

    /// Whether the route to a cell of a layer begins at a stop or passes it.
    fn passes(&self, layers: &[Vec<Cell>], layer: usize, cell: u32, stop: usize) -> bool {
        let (mut layer, mut at) = (layer, cell);
        let supply = layers[layer][at as usize].supply as usize;
        if self.scan.options.transfers.supplies[supply].source == self.stops.nodes[stop] {
            return true;
        }
        loop {
            if at as usize / self.stops.days == stop {
                return true;
            }
            if layer == 0 {
                return false;
            }
            at = layers[layer][at as usize].before;
            layer -= 1;
        }
    }

    /// The departures of the route to a cell of a layer.
    fn departures(&self, layers: &[Vec<Cell>], layer: usize, cell: usize) -> Vec<usize> {
        let mut departures = Vec::with_capacity(layer + 1);
        let mut at = cell;
        for layer in (0..=layer).rev() {
            let cell = layers[layer][at];
            departures.push(cell.departure as usize);
            at = cell.before as usize;
        }
        departures.reverse();
        departures
    }
}

impl Routes {
    /// The cheapest routes at the prices of a scan.
    pub fn cheapest(scan: &Scan) -> Routes {
        let tables = scan.tables;
        if tables.places.is_empty() || scan.options.transfers.departures.is_empty() {
            return Routes {
                cells: Vec::new(),
                found: Vec::new(),
                departures: Vec::new(),
                first: Vec::new(),
                places: 0,
                first_day: Day(0),
                days: 0,
            };
        }
        let stops = &tables.stops;
        let of_place = stops.days * tables.places.len();
        let mut first = Vec::with_capacity(scan.options.lines.len());
        let mut count = 0;
        for (line, committed) in tables.committed.iter().enumerate() {
            first.push(count);
            count += scan.whole_parts(line) * (committed.len() + 1) * of_place;
        }
        let mut routes = Routes {
            cells: vec![(f64::INFINITY, u32::MAX); count],
            found: Vec::new(),
            departures: Vec::new(),
            first,
            places: tables.places.len(),
            first_day: stops.first_day,
            days: stops.days,
        };
        let search = Search { scan, stops };
        for line in 0..scan.options.lines.len() {
            for class in 0..=tables.committed[line].len() {
                for parts in 1..=scan.whole_parts(line) {
                    routes.add(&search, line, parts, class);
                }
            }
        }
        for of_stop in routes.cells.chunks_mut(stops.days) {
            for day in 1..of_stop.len() {
                if of_stop[day - 1].0 <= of_stop[day].0 {
                    of_stop[day] = of_stop[day - 1];
                }
            }
        }
        routes
    }

    /// Enters the cheapest routes of a line from the supplies of a class.
    fn add(&mut self, search: &Search, line: usize, parts: usize, class: usize) {
        let Search { scan, stops } = *search;
        let layers = search.layers(line, scan.units(line, parts), class);
        for (layer, cells) in layers.iter().enumerate() {
            for (at, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.cost.is_finite()) {
                let (stop, day) = (at / self.days, at % self.days);
                let Some(place) = stops.places[stop] else { continue };
                let slot = self.slot(scan, line, parts, class, place) + day;
                if cell.cost < self.cells[slot].0 {
                    let start = self.departures.len() as u32;
                    self.departures.extend(search.departures(&layers, layer, at));
                    self.cells[slot] = (cell.cost, self.found.len() as u32);
                    self.found.push((cell.supply, start, self.departures.len() as u32));
                }
            }
        }
    }

    /// The first cell of so many parts of a line, a class and a place.
    fn slot(&self, scan: &Scan, line: usize, parts: usize, class: usize, place: usize) -> usize {
        let classes = scan.tables.committed[line].len() + 1;
        self.first[line] + (((parts - 1) * classes + class) * self.places + place) * self.days
    }

    /// The cheapest route of parts of a line that is there when a group leaves.
    pub fn best<'r>(
        &'r self,
        scan: &Scan,
        group: &GroupTable,
        line: &LineTable,
        parts: usize,
    ) -> Option<Cheapest<'r>> {
        let (changes, place) = (scan.tables.changes(line)?, group.place? as usize);
        let day = usize::try_from(group.ship_date.0 - self.first_day.0).ok()?.min(self.days - 1);
        let units = f64::from(scan.units(line.line, parts));
        let share = units / f64::from(scan.options.lines[line.line].quantity);
        let mut best = (f64::INFINITY, u32::MAX);
        for (class, change) in changes.iter().enumerate() {
            let (cost, route) = self.cells[self.slot(scan, line.line, parts, class, place) + day];
            let cost = cost + change * share;
            if cost < best.0 {
                best = (cost, route);
            }
        }
        let (cost, route) = best;
        let &(supply, start, end) = self.found.get(route as usize)?;
        let departures = &self.departures[start as usize..end as usize];
        Some(Cheapest { cost, way: LineWay::Moved { supply: supply as usize, departures } })
    }
}
