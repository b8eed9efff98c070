//! Routes of lines that share what they pay once for a release or a lane, at prices.
//!
//! Sets of lines that meet at a stop go on together: the dynamic program of Dreyfus and Wagner
//! (1971) for Steiner trees, over stops and days. It is exact for the lines of one shipment: lines
//! that part after a lane they shared would meet again where the shipment leaves, and all of them
//! could take the way on which a kilogram costs less. Lines of several shipments that share
//! something pay for it in each of them here, which is more than they have to.

use crate::ids::NodeId;
use crate::solve::column::Entry;
use crate::solve::pricing::Scan;
use crate::solve::routes::{LineWay, release_cost};

/// Lines of an order up to which all sets of them are looked at.
pub const MAX_LINES: usize = 6;
pub const SETS: usize = 1 << MAX_LINES;

/// The cheapest ways of sets of lines over lanes; a set has a bit for each line.
#[derive(Debug)]
pub struct JointRoutes {
    sets: usize,
    /// Cells of a set: a day after the other, by stop.
    cells: usize,
    days: usize,
    departures: usize,
    /// By line, then departure: what the line pays for its release there, and its supply.
    released: Vec<(f64, u32)>,
    /// By number of lanes after the first.
    layers: Vec<Layer>,
}

/// What sets of lines cost over so many lanes; by set, then cell.
#[derive(Debug)]
struct Layer {
    /// To arrive by one departure on that day.
    arriving: Vec<f64>,
    /// To be there by that day.
    there: Vec<f64>,
}

/// What a departure costs, by set of lines.
struct Leaving {
    /// Lines that can be released into it.
    released: usize,
    release: [f64; SETS],
    carry: [f64; SETS],
}

impl JointRoutes {
    /// The cheapest ways at the prices of a scan; nothing for an order of which they could not be
    /// exact, or that has no more than one line.
    pub fn new(scan: &Scan) -> Option<JointRoutes> {
        let (options, tables) = (scan.options, scan.tables);
        let lines = options.lines.len();
        let departures = options.transfers.departures.len();
        let is_plain = (2..=MAX_LINES).contains(&lines)
            && !tables.places.is_empty()
            && departures > 0
            && !options.split_lines
            && options.frozen.is_empty()
            && tables.exchanges.classes() == 1
            && tables.committed.iter().all(Vec::is_empty)
            // To part may save what is less than nothing.
            && (0..departures).all(|at| scan.paid_once(at).iter().all(|once| *once >= 0.0));
        if !is_plain {
            return None;
        }
        let stops = &tables.stops;
        let mut released = vec![(f64::INFINITY, 0); lines * departures];
        for (supply, terms) in options.transfers.supplies.iter().enumerate() {
            let units = options.lines[terms.line].quantity;
            for departure in tables.supplies[supply].departures.clone() {
                let departs = options.transfers.departures[departure].hop.departs;
                if terms.days.binary_search(&departs).is_ok() {
                    let cost = release_cost(scan, terms.line, units, supply, departure);
                    released[terms.line * departures + departure] = (cost, supply as u32);
                }
            }
        }
        let cells = stops.nodes.len() * stops.days;
        let mut routes = JointRoutes {
            sets: 1 << lines,
            cells,
            days: stops.days,
            departures,
            released,
            layers: Vec::with_capacity(options.transfers.max_lanes),
        };
        routes.layers.push(routes.first_layer(scan));
        for _ in 1..options.transfers.max_lanes {
            let next = routes.next_layer(scan);
            routes.layers.push(next);
        }
        Some(routes)
    }

    /// What a departure costs each set of lines.
    fn leaving(&self, scan: &Scan, departure: usize) -> Leaving {
        let [release, lane] = scan.paid_once(departure);
        let kg_cost = scan.tables.departures[departure].kg_cost;
        let mut leaving = Leaving { released: 0, release: [0.0; SETS], carry: [0.0; SETS] };
        for set in 1..self.sets {
            let (first, others) = (set.trailing_zeros() as usize, set & (set - 1));
            let (cost, _) = self.released[first * self.departures + departure];
            if others == 0 {
                leaving.released |= if cost.is_finite() { set } else { 0 };
                leaving.release[set] = release + cost;
                leaving.carry[set] = lane + scan.tables.kg[first] * kg_cost;
            } else {
                leaving.release[set] = leaving.release[others] + cost;
                leaving.carry[set] = leaving.carry[others] + scan.tables.kg[first] * kg_cost;
            }
        }
        if scan.tables.tight || scan.left.is_some() {
            for set in subsets(leaving.released) {
                if !has_room(scan, departure, set) {
                    leaving.release[set] = f64::INFINITY;
                }
            }
        }
        leaving
    }

    fn first_layer(&self, scan: &Scan) -> Layer {
        let stops = &scan.tables.stops;
        let mut arriving = vec![f64::INFINITY; self.sets * self.cells];
        for departure in 0..self.departures {
            let is_released =
                |line: usize| self.released[line * self.departures + departure].0.is_finite();
            if !(0..scan.options.lines.len()).any(is_released) {
                continue;
            }
            let leaving = self.leaving(scan, departure);
            let (stop, _, day) = stops.ends[departure];
            for set in subsets(leaving.released) {
                let cell = &mut arriving[set * self.cells + stop * self.days + day];
                *cell = f64::min(*cell, leaving.release[set] + leaving.carry[set]);
            }
        }
        self.layer(arriving)
    }

    /// One lane more.
    fn next_layer(&self, scan: &Scan) -> Layer {
        let stops = &scan.tables.stops;
        let before = &self.layers[self.layers.len() - 1].there;
        let mut arriving = self.layers[0].arriving.clone();
        for (from, onward) in stops.onward.iter().enumerate() {
            // Whatever can come there is there on the last day.
            let last = (from + 1) * self.days - 1;
            if (1..self.sets).all(|set| before[set * self.cells + last].is_infinite()) {
                continue;
            }
            for departure in onward.clone() {
                let leaving = self.leaving(scan, departure);
                let (stop, departs, day) = stops.ends[departure];
                let start = from * self.days + departs;
                for set in 1..self.sets {
                    let cost = self.onward(before, start, &leaving, set).0;
                    let cell = &mut arriving[set * self.cells + stop * self.days + day];
                    *cell = f64::min(*cell, cost);
                }
            }
        }
        self.layer(arriving)
    }

    /// The cheapest way for a set to leave by a departure, some of it released there; with those
    /// that come from elsewhere.
    fn onward(&self, before: &[f64], start: usize, leaving: &Leaving, set: usize) -> (f64, usize) {
        let mut best = (f64::INFINITY, 0);
        for come in subsets(set) {
            let release = leaving.release[set ^ come];
            let cost = before[come * self.cells + start] + release + leaving.carry[set];
            if cost < best.0 {
                best = (cost, come);
            }
        }
        best
    }

    /// Lets sets wait for each other.
    fn layer(&self, arriving: Vec<f64>) -> Layer {
        let mut there = arriving.clone();
        for set in 1..self.sets {
            for stop in there[set * self.cells..(set + 1) * self.cells].chunks_mut(self.days) {
                for day in 1..stop.len() {
                    stop[day] = f64::min(stop[day], stop[day - 1]);
                }
            }
            for part in parts(set) {
                for cell in 0..self.cells {
                    let apart =
                        there[part * self.cells + cell] + there[(set ^ part) * self.cells + cell];
                    let known = &mut there[set * self.cells + cell];
                    *known = f64::min(*known, apart);
                }
            }
        }
        Layer { arriving, there }
    }

    /// What each set of lines costs at least to be there when a group leaves, by set.
    pub fn at_group(&self, scan: &Scan, group: usize) -> [f64; SETS] {
        let mut costs = [f64::INFINITY; SETS];
        if let Some(cell) = self.cell(scan, group) {
            let there = &self.layers[self.layers.len() - 1].there;
            for (set, cost) in costs.iter_mut().enumerate().take(self.sets).skip(1) {
                *cost = there[set * self.cells + cell];
            }
        }
        costs[0] = 0.0;
        costs
    }

    /// Where and when lines have to be for a group; nothing where none can come over lanes.
    fn cell(&self, scan: &Scan, group: usize) -> Option<usize> {
        let (tables, table) = (scan.tables, &scan.tables.groups[group]);
        let node = tables.places[table.place? as usize];
        let stop = tables.stops.nodes.binary_search(&node).ok()?;
        let day = usize::try_from(table.ship_date.0 - tables.stops.first_day.0).ok()?;
        Some(stop * self.days + day.min(self.days - 1))
    }

    /// The entries of a set of lines that comes to a group.
    pub fn entries(&self, scan: &Scan, group: usize, set: usize) -> Vec<Entry> {
        let mut trace = Trace { routes: self, scan, group, entries: Vec::new() };
        if let Some(cell) = self.cell(scan, group) {
            trace.there(self.layers.len() - 1, set, cell, &[]);
        }
        trace.entries
    }
}

/// Finds the ways behind the costs: what was added up once is added up again.
struct Trace<'t, 'a> {
    routes: &'t JointRoutes,
    scan: &'t Scan<'a>,
    group: usize,
    entries: Vec<Entry>,
}

impl Trace<'_, '_> {
    /// Enters the ways of a set that is in a cell, and goes on by some departures.
    fn there(&mut self, layer: usize, set: usize, cell: usize, onward: &[usize]) {
        let routes = self.routes;
        let Layer { arriving, there } = &routes.layers[layer];
        let cost = there[set * routes.cells + cell];
        let first = cell - cell % routes.days;
        let is_it = |day: &usize| arriving[set * routes.cells + day] == cost;
        if let Some(day) = (first..=cell).find(is_it) {
            return self.arriving(layer, set, day, onward);
        }
        let at = |part: usize| there[part * routes.cells + cell];
        if let Some(part) = parts(set).find(|part| at(*part) + at(set ^ part) == cost) {
            self.there(layer, part, cell, onward);
            self.there(layer, set ^ part, cell, onward);
        }
    }

    /// Enters the ways of a set that arrives in a cell by one departure.
    fn arriving(&mut self, layer: usize, set: usize, cell: usize, onward: &[usize]) {
        let routes = self.routes;
        let stops = &self.scan.tables.stops;
        let cost = routes.layers[layer].arriving[set * routes.cells + cell];
        let arrives = |at: &usize| {
            let (stop, _, day) = stops.ends[*at];
            stop * routes.days + day == cell
        };
        for departure in (0..routes.departures).filter(arrives) {
            let leaving = routes.leaving(self.scan, departure);
            let mut path = vec![departure];
            path.extend(onward);
            if leaving.release[set] + leaving.carry[set] == cost {
                return self.released(set, departure, &path);
            }
            if layer == 0 {
                continue;
            }
            let from = self.scan.options.transfers.departures[departure].from;
            let Ok(from) = stops.nodes.binary_search(&from) else { continue };
            let before = &routes.layers[layer - 1].there;
            let start = from * routes.days + stops.ends[departure].1;
            let (found, come) = routes.onward(before, start, &leaving, set);
            if found == cost {
                self.released(set ^ come, departure, &path);
                return self.there(layer - 1, come, start, &path);
            }
        }
    }

    /// Enters lines that are released into a departure.
    fn released(&mut self, set: usize, departure: usize, path: &[usize]) {
        for line in members(set) {
            let (_, supply) = self.routes.released[line * self.routes.departures + departure];
            let way = LineWay::Moved { supply: supply as usize, departures: path };
            let quantity = self.scan.options.lines[line].quantity;
            self.entries.push(self.scan.entry(self.group, line, quantity, way));
        }
    }
}

/// Whether no entry comes by a node twice. Where the cheapest cost is that of a way that does, the
/// way itself is none.
pub fn are_simple(scan: &Scan, entries: &[Entry]) -> bool {
    let lanes = &scan.planner.wave.lanes;
    entries.iter().filter(|entry| entry.hops.len() > 1).all(|entry| {
        let ends = entry.hops.iter().map(|hop| lanes[hop.lane].to);
        let nodes: Vec<NodeId> = std::iter::once(entry.source).chain(ends).collect();
        (1..nodes.len()).all(|at| !nodes[..at].contains(&nodes[at]))
    })
}

/// Whether a source has room for all that is released into a departure.
fn has_room(scan: &Scan, departure: usize, set: usize) -> bool {
    let release = &scan.tables.departures[departure].release;
    let node = scan.options.transfers.departures[departure].from;
    let (mut units, mut lines, mut minutes) = (0.0, 0.0, 0.0);
    for line in members(set) {
        let terms = &scan.options.lines[line];
        let quantity = f64::from(terms.quantity);
        units += quantity;
        lines += 1.0;
        minutes += quantity * scan.planner.wave.node_item(node, terms.sku).minutes.to_f64();
    }
    scan.limit(release.units) >= units
        && scan.limit(release.lines) >= lines
        && scan.limit(release.minutes) >= minutes - 1e-9
}

/// The lines of a set.
pub fn members(set: usize) -> impl Iterator<Item = usize> {
    (0..MAX_LINES).filter(move |line| set & (1 << line) != 0)
}

/// The sets within another, but for the empty one.
pub fn subsets(set: usize) -> impl Iterator<Item = usize> {
    let next = move |part: &usize| (*part != 0).then(|| (part - 1) & set);
    std::iter::successors(Some(set), next).take_while(|part| *part != 0)
}

/// The sets within another that have its first line, but for itself.
fn parts(set: usize) -> impl Iterator<Item = usize> {
    let first = set & set.wrapping_neg();
    subsets(set ^ first).map(move |others| set ^ others)
}
