//! The search for the ways of a shipment's lines, where they can come by several.
//!
//! For every state the lines choose their ways depth first. What is paid once for a transfer is
//! added when its first line takes it, so that the cost so far plus the cheapest way of each line
//! still to choose bounds every completion from below.

use crate::solve::column::Entry;
use crate::solve::pricing::{Priced, Scan, Visit};
use crate::solve::tables::{GroupTable, WayTable, price_of};
use crate::units::Quantity;

/// Visits the columns of a group that cost less than the limit of their state.
pub fn group(scan: &Scan, index: usize, group: &GroupTable, visit: &mut dyn Visit) {
    let states = &scan.tables.states;
    let table = &scan.tables.shipments[group.shipment];
    let lines = scan.options.lines.len();
    let mut ways: Vec<Vec<Choice>> = vec![Vec::new(); lines];
    for way in &group.ways {
        ways[way.line].push(Choice::new(scan, group, way));
    }
    if visit.only_cheapest() {
        drop_dominated(scan, &mut ways);
    }
    for of_line in &mut ways {
        of_line.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.way.arrival.cmp(&b.way.arrival)));
    }
    let fixed = scan.group_price(group);
    let parcel_price = price_of(&scan.prices.resources, group.carrier);
    let shipments = u32::from(!group.joins);
    let mut search = Search {
        scan,
        group: index as u32,
        table: group,
        ways: &ways,
        wanted: Vec::new(),
        state: 0,
        shipments,
        rest: Vec::new(),
        entries: Vec::new(),
        moving: vec![0; scan.tables.transfers.len()],
        releasing: vec![0; scan.tables.transfers.len()],
        misfits: 0,
    };
    for state in 1..states.count() {
        if table.cost[state].is_infinite() {
            continue;
        }
        search.wanted.clear();
        for line in 0..lines {
            let units = states.units(scan.options, state, line);
            if units > 0 {
                search.wanted.push((line, units));
            }
        }
        if search.wanted.iter().any(|(line, _)| ways[*line].is_empty()) {
            continue;
        }
        if !work_fits(scan, group, &search.wanted, table.parcels[state]) {
            continue;
        }
        let mut cost = fixed + table.cost[state] + parcel_price * table.parcels[state] as f64;
        for need in 0..states.needs() {
            let share = states.digit(state, need) as f64 / states.whole(need) as f64;
            cost += scan.opening_cost(need, group.release.opening, share);
        }
        search.state = state;
        search.misfits = 0;
        search.rest.clear();
        search.rest.resize(search.wanted.len() + 1, 0.0);
        for at in (0..search.wanted.len()).rev() {
            let (line, units) = search.wanted[at];
            let cheapest = ways[line].iter().map(|choice| search.least(choice, units));
            search.rest[at] = search.rest[at + 1] + cheapest.fold(f64::INFINITY, f64::min);
        }
        search.line(0, cost, 0.0, visit);
    }
}

/// Columns of a state that may fail to fit before the search stops asking. Beyond it they count
/// as if they fitted, which keeps a bound valid; where only what fits is of use, it gives up.
const MAX_MISFITS: u32 = 30;

/// Whether the work of a shipment fits the limits of its node on its date.
fn work_fits(scan: &Scan, group: &GroupTable, wanted: &[(usize, Quantity)], parcels: u32) -> bool {
    if !scan.tables.tight && scan.left.is_none() {
        return true;
    }
    let units: Quantity = wanted.iter().map(|(_, units)| units).sum();
    let minutes: f64 = wanted
        .iter()
        .map(|(line, units)| {
            let way = group.ways.iter().find(|way| way.line == *line);
            way.map_or(0.0, |way| way.minutes * *units as f64)
        })
        .sum();
    let there = |line: usize| group.ways.iter().any(|way| way.line == line && way.line_is_there);
    let lines = wanted.iter().filter(|(line, _)| !there(*line)).count();
    let shipments = if group.joins { 0.0 } else { 1.0 };
    scan.limit(group.release.units) >= units as f64
        && scan.limit(group.release.lines) >= lines as f64
        && scan.limit(group.release.shipments) >= shipments
        && scan.limit(group.release.minutes) >= minutes - 1e-9
        && scan.limit(group.carrier) >= parcels as f64
}

/// A way with what it costs for the whole line, apart from what transfers pay once.
#[derive(Clone, Copy)]
struct Choice<'a> {
    way: &'a WayTable,
    /// Own terms and work at the shipping node.
    own: f64,
    /// A lower bound: own terms, and the line's part of its transfers.
    cost: f64,
}

impl<'a> Choice<'a> {
    fn new(scan: &Scan, group: &GroupTable, way: &'a WayTable) -> Choice<'a> {
        let line = &scan.options.lines[way.line];
        let own = scan.way_cost(group, way, line.quantity);
        let mut cost = own;
        if way.moved {
            let table = &scan.tables.arrivals[way.arrival];
            let prices = &scan.prices.resources;
            let units = line.quantity as f64;
            cost += table.line_cost[way.line]
                + scan.stock_cost(table.stock[way.line], line.quantity)
                + units * price_of(prices, table.release.units)
                + units * table.minutes[way.line] * price_of(prices, table.release.minutes);
            if !scan.options.split_lines {
                cost += price_of(prices, table.release.lines);
            }
            let in_need = scan.options.needs[line.need].lines.len() as f64;
            cost += scan.opening_cost(line.need, table.release.opening, 1.0 / in_need);
        }
        Choice { way, own, cost }
    }
}

/// Drops ways that leave their source on another date than a way that is no worse for any line.
///
/// Two departures over the same lanes, the later ones on the same dates, differ in the prices of
/// their day only. Lines that take the worse one can all take the better one instead, where
/// joining a transfer never costs more than a transfer of one's own.
fn drop_dominated(scan: &Scan, ways: &mut [Vec<Choice>]) {
    let options = scan.options;
    let hops = |choice: &Choice| &options.arrivals[choice.way.arrival].hops;
    let family = |a: &Choice, b: &Choice| {
        let (a, b) = (hops(a), hops(b));
        a.len() == b.len() && a.len() <= 2 && a[0].lane == b[0].lane && a[1..] == b[1..]
    };
    let once = |choice: &Choice| {
        price_of(&scan.prices.resources, scan.tables.arrivals[choice.way.arrival].release.shipments)
    };
    let mut firsts: Vec<Choice> = Vec::new();
    for choice in ways.iter().flatten().filter(|choice| choice.way.moved) {
        if !firsts.iter().any(|known| hops(known) == hops(choice)) {
            firsts.push(*choice);
        }
    }
    let cost_of = |hops_of: &Choice, line: usize| {
        ways[line]
            .iter()
            .find(|choice| choice.way.moved && hops(choice) == hops(hops_of))
            .map(|c| c.cost)
    };
    let mut dropped: Vec<Choice> = Vec::new();
    for (position, worse) in firsts.iter().enumerate() {
        let table = &scan.tables.arrivals[worse.way.arrival];
        let merges = table.moves.iter().all(|&at| scan.tables.transfers[at].merges);
        if !merges && scan.tables.states.count() > 2 {
            continue;
        }
        let beaten = firsts.iter().enumerate().any(|(other, better)| {
            other != position
                && family(better, worse)
                && is_ample(scan, better)
                && !dropped.iter().any(|gone| hops(gone) == hops(better))
                && once(better) <= once(worse)
                && (0..ways.len()).all(|line| match (cost_of(better, line), cost_of(worse, line)) {
                    (_, None) => true,
                    (Some(better), Some(worse)) => better <= worse,
                    (None, Some(_)) => false,
                })
        });
        if beaten {
            dropped.push(*worse);
        }
    }
    for of_line in ways.iter_mut() {
        of_line.retain(|choice| {
            !choice.way.moved || !dropped.iter().any(|gone| hops(gone) == hops(choice))
        });
    }
}

/// Whether the source of a way has room for all lines of the order on its date, so that no line
/// has to take another way for want of room.
fn is_ample(scan: &Scan, choice: &Choice) -> bool {
    if !scan.tables.tight && scan.left.is_none() {
        return true;
    }
    let table = &scan.tables.arrivals[choice.way.arrival];
    let lines = &scan.options.lines;
    let units: Quantity = lines.iter().map(|line| line.quantity).sum();
    let minutes: f64 =
        lines.iter().zip(&table.minutes).map(|(line, each)| each * line.quantity as f64).sum();
    let stocked = lines.iter().zip(&table.stock).all(|(line, stock)| {
        let same = lines.iter().filter(|other| other.sku == line.sku);
        let wanted: Quantity = same.map(|other| other.quantity).sum();
        let mut rows = stock.iter().flat_map(|&at| scan.tables.stocks[at].rows.uses(wanted));
        rows.all(|(id, used)| scan.limit(Some(id)) >= used as f64)
    });
    stocked
        && scan.limit(table.release.units) >= units as f64
        && scan.limit(table.release.lines) >= lines.len() as f64
        && scan.limit(table.release.shipments) >= 1.0
        && scan.limit(table.release.minutes) >= minutes
}

struct Search<'a, 'b> {
    scan: &'b Scan<'a>,
    group: u32,
    table: &'b GroupTable,
    ways: &'b [Vec<Choice<'b>>],
    wanted: Vec<(usize, Quantity)>,
    state: usize,
    shipments: u32,
    /// The least that the lines from each position on cost.
    rest: Vec<f64>,
    entries: Vec<Entry>,
    /// How many chosen ways use each transfer, and are released into it.
    moving: Vec<u32>,
    releasing: Vec<u32>,
    /// Columns of the state that did not fit the limits.
    misfits: u32,
}

impl<'b> Search<'_, 'b> {
    /// The least that units of a line cost when some of them come this way.
    fn least(&self, choice: &Choice, units: Quantity) -> f64 {
        let line = &self.scan.options.lines[choice.way.line];
        let share = units as f64 / line.quantity as f64;
        if !self.divides() {
            return choice.cost;
        }
        // Parts pay at least in proportion, but for their own part cost and the rounding of what
        // moves them.
        let rounding = if choice.way.moved { 2.0 } else { 0.0 };
        (choice.cost - choice.way.part_cost) * share - rounding
    }

    fn divides(&self) -> bool {
        self.scan.options.split_lines
    }

    /// Chooses the ways of the lines from a position on. `own` is the cost without transfers,
    /// `moved` a lower bound on that of the transfers.
    fn line(&mut self, at: usize, own: f64, moved: f64, visit: &mut dyn Visit) {
        let limit = visit.limit(self.state, self.shipments, true);
        let given_up = self.misfits > MAX_MISFITS && self.scan.left.is_some();
        if own + moved + self.rest[at] >= limit || given_up {
            return;
        }
        let Some(&(line, units)) = self.wanted.get(at) else {
            let cost = own + self.scan.transfers(&self.entries);
            if cost < limit {
                if !self.scan.fits(&self.entries) {
                    self.misfits += 1;
                    if self.misfits <= MAX_MISFITS || self.scan.left.is_some() {
                        return;
                    }
                }
                let found = Priced {
                    state: self.state,
                    shipments: self.shipments,
                    cost,
                    entries: self.entries.clone(),
                };
                visit.visit(found);
            }
            return;
        };
        if self.divides() && units > 1 {
            self.divide(at, 0, units, own, moved, visit);
            return;
        }
        let ways = self.ways;
        for choice in &ways[line] {
            let (more, moves) = self.choose(choice, units);
            self.line(at + 1, own + more, moved + moves, visit);
            self.undo(choice);
        }
    }

    /// Takes units of a line this way: its own cost, and a lower bound on what its transfers add.
    fn choose(&mut self, choice: &Choice, units: Quantity) -> (f64, f64) {
        let way = choice.way;
        self.entries.push(Entry {
            group: self.group,
            line: way.line as u32,
            arrival: way.arrival as u32,
            quantity: units,
        });
        let whole = units == self.scan.options.lines[way.line].quantity;
        let own = if whole { choice.own } else { self.scan.way_cost(self.table, way, units) };
        if !way.moved {
            return (own, 0.0);
        }
        let tables = self.scan.tables;
        let table = &tables.arrivals[way.arrival];
        let mut moves = if whole { choice.cost - choice.own } else { 0.0 };
        for (position, &transfer) in table.moves.iter().enumerate() {
            if self.moving[transfer] == 0 {
                moves += tables.transfers[transfer].freight;
            }
            self.moving[transfer] += 1;
            if position == 0 {
                if self.releasing[transfer] == 0 {
                    let price = price_of(&self.scan.prices.resources, table.release.shipments);
                    moves += tables.transfers[transfer].handling + price;
                }
                self.releasing[transfer] += 1;
            }
        }
        (own, moves)
    }

    fn undo(&mut self, choice: &Choice) {
        self.entries.pop();
        if choice.way.moved {
            let moves = &self.scan.tables.arrivals[choice.way.arrival].moves;
            for (position, &transfer) in moves.iter().enumerate() {
                self.moving[transfer] -= 1;
                if position == 0 {
                    self.releasing[transfer] -= 1;
                }
            }
        }
    }

    /// Divides the units of a line between its ways from `from` on.
    fn divide(
        &mut self,
        at: usize,
        from: usize,
        left: Quantity,
        own: f64,
        moved: f64,
        visit: &mut dyn Visit,
    ) {
        if left == 0 {
            self.line(at + 1, own, moved, visit);
            return;
        }
        let ways = self.ways;
        let of_line = &ways[self.wanted[at].0];
        // What is left of the line may even earn something.
        let cheapest = of_line.iter().map(|choice| self.least(choice, left));
        let rest = self.rest[at + 1] + cheapest.fold(f64::INFINITY, f64::min);
        if own + moved + rest >= visit.limit(self.state, self.shipments, true) {
            return;
        }
        let Some(choice) = of_line.get(from) else { return };
        // In one shipment a line counts once, however many ways its units come.
        let again = self.entries.last().is_some_and(|last| last.line as usize == choice.way.line);
        let counted = if again && !choice.way.line_is_there {
            price_of(&self.scan.prices.resources, self.table.release.lines)
        } else {
            0.0
        };
        for units in (1..=left).rev() {
            let (more, moves) = self.choose(choice, units);
            self.divide(at, from + 1, left - units, own + more - counted, moved + moves, visit);
            self.undo(choice);
        }
        self.divide(at, from + 1, left, own, moved, visit);
    }
}
