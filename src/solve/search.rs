//! The search for every shipment of an order that can matter: the lines of each state choose their
//! ways depth first.

use crate::solve::column::Entry;
use crate::solve::pricing::{Found, Scan, Visit};
use crate::solve::routes::{LineWay, PricedRoute};
use crate::solve::tables::GroupTable;
use crate::units::Quantity;

/// A way of a line into a group.
struct Choice<'r> {
    way: LineWay<'r>,
    /// By digit, from 1 on; infinite where it is not possible.
    costs: Vec<f64>,
}

/// Visits every shipment that costs less than the limit of its state.
pub fn shipments(scan: &Scan, routes: &[PricedRoute], visit: &mut dyn Visit) {
    for (index, group) in scan.tables.groups.iter().enumerate() {
        of_group(scan, routes, index, group, visit);
    }
}

fn of_group(
    scan: &Scan,
    routes: &[PricedRoute],
    index: usize,
    group: &GroupTable,
    visit: &mut dyn Visit,
) {
    let states = &scan.tables.states;
    let table = &scan.tables.shipments[group.shipment];
    let choices = choices(scan, routes, group);
    let fixed = scan.group_price(group);
    let parcel_price = scan.parcel_price(group);
    let mut search = Search {
        scan,
        group: index,
        choices: &choices,
        wanted: Vec::new(),
        state: 0,
        shipments: u32::from(!group.joins),
        rest: Vec::new(),
        entries: Vec::new(),
    };
    for state in 1..states.count() {
        if table.cost[state].is_infinite() || !scan.work_fits(group, state, table.parcels[state]) {
            continue;
        }
        let mut cost = fixed + table.cost[state] + parcel_price * table.parcels[state] as f64;
        search.wanted.clear();
        for need in 0..states.needs() {
            let digit = states.digit(state, need);
            if digit == 0 {
                continue;
            }
            let share = digit as f64 / states.whole(need) as f64;
            cost += scan.opening_cost(need, group.release.opening, share);
            for &line in &scan.options.needs[need].lines {
                let parts = scan.parts_at(line, digit);
                let units = scan.units(line, parts);
                let of_line = group.lines.iter().find(|table| table.line == line);
                cost += of_line.map_or(f64::INFINITY, |line| scan.line_cost(group, line, units));
                search.wanted.push(Wanted { line, parts, units });
            }
        }
        search.state = state;
        search.rest.clear();
        search.rest.resize(search.wanted.len() + 1, 0.0);
        for at in (0..search.wanted.len()).rev() {
            let wanted = search.wanted[at];
            search.rest[at] = search.rest[at + 1] + search.least(wanted.line, wanted.parts);
        }
        search.line(0, cost, visit);
    }
}

/// The ways of every line into a group.
fn choices<'r>(scan: &Scan, routes: &'r [PricedRoute], group: &GroupTable) -> Vec<Vec<Choice<'r>>> {
    let mut choices: Vec<Vec<Choice>> = scan.options.lines.iter().map(|_| Vec::new()).collect();
    let whole = |line: usize| scan.whole_parts(line);
    for line in group.lines.iter().filter(|line| line.direct.is_some()) {
        let cost =
            |digit| scan.direct_cost(line, scan.units(line.line, digit)).unwrap_or(f64::INFINITY);
        let costs = (1..=whole(line.line)).map(cost).collect();
        choices[line.line].push(Choice { way: LineWay::Direct, costs });
    }
    let Some(place) = group.place else { return choices };
    for route in routes {
        if route.place != place || route.arrives > group.ship_date {
            continue;
        }
        let line = scan.options.transfers.supplies[route.supply].line;
        let table = group.lines.iter().find(|table| table.line == line);
        let Some(changes) = table.and_then(|table| table.moved.as_ref()) else { continue };
        let change = changes[scan.tables.supplies[route.supply].class];
        let costs = route.costs.iter().enumerate();
        let share = |position: usize| (position + 1) as f64 / whole(line) as f64;
        let costs = costs.map(|(position, cost)| cost + change * share(position)).collect();
        let way = LineWay::Moved { supply: route.supply, departures: &route.departures };
        choices[line].push(Choice { way, costs });
    }
    choices
}

/// Units of a line that a shipment takes.
#[derive(Clone, Copy)]
struct Wanted {
    line: usize,
    parts: usize,
    units: Quantity,
}

struct Search<'a, 'b, 'r> {
    scan: &'b Scan<'a>,
    group: usize,
    /// By line.
    choices: &'b [Vec<Choice<'r>>],
    wanted: Vec<Wanted>,
    state: usize,
    shipments: u32,
    /// The least that the ways of the lines from each position on cost.
    rest: Vec<f64>,
    entries: Vec<Entry>,
}

impl Search<'_, '_, '_> {
    /// The least that so much of a line costs, however it is divided: no less than the share of
    /// one way that is cheapest for it.
    fn least(&self, line: usize, digit: usize) -> f64 {
        let divided = self.scan.options.split_lines;
        let least = |parts: usize| {
            let of_choice = self.choices[line].iter().map(|choice| choice.costs[parts - 1]);
            of_choice.fold(f64::INFINITY, f64::min)
        };
        if !divided {
            return least(digit);
        }
        // The cheapest sum of parts.
        let mut sums = vec![0.0; digit + 1];
        for total in 1..=digit {
            let best = (1..=total).map(|part| sums[total - part] + least(part));
            sums[total] = best.fold(f64::INFINITY, f64::min);
        }
        sums[digit]
    }

    /// Chooses the ways of the lines from a position on.
    fn line(&mut self, at: usize, cost: f64, visit: &mut dyn Visit) {
        if cost + self.rest[at] >= visit.limit(self.state, self.shipments) {
            return;
        }
        let Some(&Wanted { line, parts, units }) = self.wanted.get(at) else {
            visit.visit(Found {
                state: self.state,
                shipments: self.shipments,
                cost,
                entries: self.entries.clone(),
            });
            return;
        };
        if self.scan.options.split_lines && units > 1 {
            self.divide(at, 0, parts, cost, visit);
            return;
        }
        let choices = self.choices;
        for choice in &choices[line] {
            self.take(choice, line, units);
            self.line(at + 1, cost + choice.costs[parts - 1], visit);
            self.entries.pop();
        }
    }

    fn take(&mut self, choice: &Choice, line: usize, units: Quantity) {
        self.entries.push(self.scan.entry(self.group, line, units, choice.way));
    }

    /// Divides the units of a line between its ways from `from` on.
    fn divide(&mut self, at: usize, from: usize, left: usize, cost: f64, visit: &mut dyn Visit) {
        if left == 0 {
            self.line(at + 1, cost, visit);
            return;
        }
        let line = self.wanted[at].line;
        let rest = self.rest[at + 1] + self.least(line, left);
        if cost + rest >= visit.limit(self.state, self.shipments) {
            return;
        }
        let choices = self.choices;
        let Some(choice) = choices[line].get(from) else { return };
        for digit in (1..=left).rev() {
            self.take(choice, line, digit as Quantity);
            self.divide(at, from + 1, left - digit, cost + choice.costs[digit - 1], visit);
            self.entries.pop();
        }
        self.divide(at, from + 1, left, cost, visit);
    }
}
