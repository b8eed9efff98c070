//! The cheapest shipments of an order whose lines share what they pay once for lanes, at prices.

use crate::solve::best_shipments::{ADDED, BestShipments, ByState, Ways};
use crate::solve::column::Entry;
use crate::solve::joint::{JointRoutes, MAX_LINES, SETS, members, subsets};
use crate::solve::pricing::{Left, Scan};
use crate::solve::routes::LineWay;

/// What the lines of a group cost by their ways; by set of lines.
struct LineWays {
    /// Lines that it takes.
    taken: usize,
    /// From the node's own stock; infinite where it has none.
    direct: [f64; SETS],
    /// Over lanes, by set; infinite where a line cannot.
    moved: [f64; SETS],
}

impl LineWays {
    fn of(scan: &Scan, routes: &JointRoutes, index: usize) -> LineWays {
        let group = &scan.tables.groups[index];
        let mut ways = LineWays {
            taken: 0,
            direct: [f64::INFINITY; SETS],
            moved: routes.at_group(scan, index),
        };
        ways.direct[0] = 0.0;
        let mut movable = 0;
        let mut more = [0.0; MAX_LINES];
        for table in scan.tables.lines(group) {
            let (line, bit) = (table.line, 1 << table.line);
            let quantity = scan.options.lines[line].quantity;
            ways.taken |= bit;
            let own = scan.line_cost(group, table, quantity);
            let direct = scan.direct_cost(table, quantity).unwrap_or(f64::INFINITY);
            ways.direct[bit] = own + direct;
            if let Some(change) = scan.tables.changes(table) {
                movable |= bit;
                more[line] = own + change[0];
            }
        }
        for set in subsets(movable) {
            ways.moved[set] += members(set).map(|line| more[line]).sum::<f64>();
        }
        for set in 1..=ways.taken {
            let rest = set & (set - 1);
            if rest != 0 {
                ways.direct[set] = ways.direct[rest] + ways.direct[set ^ rest];
            }
            if set & !movable != 0 {
                ways.moved[set] = f64::INFINITY;
            }
        }
        ways
    }

    /// What a set costs at least, and which of it moves then.
    fn cheapest(&self, set: usize) -> (f64, usize) {
        let mut best = (self.direct[set], 0);
        for moved in subsets(set) {
            let cost = self.moved[moved] + self.direct[set ^ moved];
            if cost < best.0 {
                best = (cost, moved);
            }
        }
        best
    }
}

/// The lines of each state, a bit each.
fn sets(scan: &Scan) -> Vec<usize> {
    let states = &scan.tables.states;
    let lines = |need: usize| scan.options.needs[need].lines.iter().map(|line| 1 << line);
    let of_state = |state: usize| {
        let needs = (0..states.needs()).filter(|need| states.digit(state, *need) > 0);
        needs.flat_map(lines).sum()
    };
    (0..states.count()).map(of_state).collect()
}

/// Finds the cheapest shipment of every state; `see` is shown every shipment: group, state and
/// cost.
pub fn cheapest(
    scan: &Scan,
    routes: JointRoutes,
    see: &mut impl FnMut(usize, usize, f64),
) -> BestShipments {
    let tables = scan.tables;
    let sets = sets(scan);
    let is_told_apart = scan.options.orders_items_once();
    let mut found = ByState::new(tables);
    for (index, group) in tables.groups.iter().enumerate() {
        let ways = LineWays::of(scan, &routes, index);
        for (state, &set) in sets.iter().enumerate().skip(1) {
            if set & !ways.taken != 0 {
                continue;
            }
            let (cost, moved) = ways.cheapest(set);
            let cost = cost + scan.whole_cost(group, state);
            if cost.is_infinite() {
                continue;
            }
            see(index, state, cost);
            // Sets were asked already for the room of each departure: only several of these can
            // exceed a limit together.
            let fits = |left: Left| {
                !left.holds_shipments
                    || moved.count_ones() < 2 && is_told_apart
                    || scan.column(0, of_set(scan, &routes, index, set, moved)).fits(left.amounts)
            };
            if found.is_cheapest(ADDED, state, cost)
                && scan.work_fits(group, state)
                && scan.left.is_none_or(fits)
            {
                found.take(ADDED, state, cost, index);
            }
        }
    }
    BestShipments { found, ways: Ways::Joint(routes) }
}

/// The entries of a set of lines in a group, some of which come over lanes.
fn of_set(scan: &Scan, routes: &JointRoutes, group: usize, set: usize, moved: usize) -> Vec<Entry> {
    let mut entries = routes.entries(scan, group, moved);
    let direct =
        |line: usize| scan.entry(group, line, scan.options.lines[line].quantity, LineWay::Direct);
    entries.extend(members(set ^ moved).map(direct));
    entries.sort_unstable_by_key(|entry| entry.line);
    entries
}

/// The entries of the cheapest shipment of a group that covers a state.
pub fn entries(scan: &Scan, routes: &JointRoutes, group: usize, state: usize) -> Vec<Entry> {
    let set = sets(scan)[state];
    let (_, moved) = LineWays::of(scan, routes, group).cheapest(set);
    of_set(scan, routes, group, set, moved)
}
