//! The search for every shipment of an order, and every way of a line into one, that can matter.

use crate::solve::column::Entry;
use crate::solve::pricing::Scan;
use crate::solve::routes::{LineWay, PricedRoute};
use crate::solve::tables::GroupTable;

/// What can matter of an order.
#[derive(Debug, Default)]
pub struct Found {
    /// Group and state of each shipment.
    pub shipments: Vec<(u32, usize)>,
    /// Units of a line by one way.
    pub parts: Vec<Entry>,
}

/// A way of a line into a group.
struct Choice<'r> {
    way: LineWay<'r>,
    /// By parts, from 1 on; infinite where it is not possible.
    costs: Vec<f64>,
}

/// A line in a group.
struct Line<'r> {
    line: usize,
    choices: Vec<Choice<'r>>,
    /// The least that so many parts of the line cost, however they are divided.
    least: Vec<f64>,
    /// How much more than that so many parts may cost in some shipment that can matter; negative
    /// where there is none.
    slack: Vec<f64>,
}

/// Finds every shipment of a group and a state that may cost less than its limit, which depends
/// on the state and the shipments that it adds, and every way of a line into such a shipment.
pub fn shipments(
    scan: &Scan,
    routes: &[PricedRoute],
    group: usize,
    limit: &dyn Fn(usize, u32) -> f64,
    found: &mut Found,
) {
    let states = &scan.tables.states;
    let table = &scan.tables.groups[group];
    let mut lines = lines(scan, routes, table);
    for state in 1..states.count() {
        let mut cost = scan.whole_cost(table, state);
        if cost.is_infinite() || !scan.work_fits(table, state) {
            continue;
        }
        if (0..states.needs()).any(|n| states.digit(state, n) > 0 && !table.takes_need(n)) {
            continue;
        }
        let parts = |line: usize| {
            let digit = states.digit(state, scan.options.lines[line].need);
            if digit == 0 { 0 } else { scan.parts_at(line, digit) }
        };
        let taken = scan.tables.lines(table).iter();
        for line in taken.filter(|line| parts(line.line) > 0) {
            let units = scan.units(line.line, parts(line.line));
            cost += scan.line_cost(table, line, units);
        }
        cost += lines.iter().map(|line| line.least[parts(line.line)]).sum::<f64>();
        let slack = limit(state, u32::from(!table.joins)) - cost;
        if slack <= 0.0 || slack.is_nan() {
            continue;
        }
        found.shipments.push((group as u32, state));
        for line in &mut lines {
            let known = &mut line.slack[parts(line.line)];
            *known = known.max(slack);
        }
    }
    for line in &lines {
        line.found(scan, group, found);
    }
}

/// The lines that a group can take, with all of their ways.
fn lines<'r>(scan: &Scan, routes: &'r [PricedRoute], group: &GroupTable) -> Vec<Line<'r>> {
    let of_line = |table: &crate::solve::tables::LineTable| {
        let whole = scan.whole_parts(table.line);
        let mut choices = Vec::new();
        if table.direct.is_some() {
            let cost = |parts| scan.direct_cost(table, scan.units(table.line, parts));
            let costs = (1..=whole).map(|parts| cost(parts).unwrap_or(f64::INFINITY)).collect();
            choices.push(Choice { way: LineWay::Direct, costs });
        }
        for route in routes {
            let line = scan.options.transfers.supplies[route.supply].line;
            let is_there =
                group.place == Some(route.place as u32) && route.arrives <= group.ship_date;
            let changes = scan.tables.changes(table);
            let Some(changes) = changes.filter(|_| is_there && line == table.line) else {
                continue;
            };
            let change = changes[scan.tables.supplies[route.supply].class];
            let share = |position: usize| (position + 1) as f64 / whole as f64;
            let costs = route.costs.iter().enumerate();
            let costs = costs.map(|(position, cost)| cost + change * share(position)).collect();
            let way = LineWay::Moved { supply: route.supply, departures: &route.departures };
            choices.push(Choice { way, costs });
        }
        Line::new(table.line, choices, whole, scan.options.split_lines)
    };
    scan.tables.lines(group).iter().map(of_line).collect()
}

impl<'r> Line<'r> {
    fn new(line: usize, choices: Vec<Choice<'r>>, whole: usize, may_divide: bool) -> Line<'r> {
        let single = |parts: usize| {
            let costs = choices.iter().map(|choice| choice.costs[parts - 1]);
            costs.fold(f64::INFINITY, f64::min)
        };
        let mut least = vec![0.0; whole + 1];
        for parts in 1..=whole {
            least[parts] = single(parts);
            for part in (1..parts).filter(|_| may_divide) {
                least[parts] = f64::min(least[parts], single(part) + least[parts - part]);
            }
        }
        Line { line, choices, slack: vec![f64::NEG_INFINITY; whole + 1], least }
    }

    /// Adds the parts of every way that fit a shipment that can matter.
    fn found(&self, scan: &Scan, group: usize, found: &mut Found) {
        let whole = self.least.len() - 1;
        for choice in &self.choices {
            for parts in 1..=whole {
                let more = |total: usize| {
                    choice.costs[parts - 1] + self.least[total - parts] - self.least[total]
                };
                // A line that does not divide has slack as a whole alone.
                if (parts..=whole).any(|total| more(total) < self.slack[total]) {
                    let units = scan.units(self.line, parts);
                    found.parts.push(scan.entry(group, self.line, units, choice.way));
                }
            }
        }
    }
}
