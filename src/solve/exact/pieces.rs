//! What the program chooses among: shipments by their contents, and the ways of lines into them.

use crate::solve::ResourceId;
use crate::solve::column::{Column, Entry, Priced, state_of};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::units::{Decimal, Objective};

/// A shipment of an order that could be made, whatever way its units come.
#[derive(Clone, Debug, PartialEq)]
pub struct Shipment {
    /// Index into the orders being planned.
    pub order: u32,
    /// Index into the order's groups.
    pub group: u32,
    /// What it covers of the order's needs.
    pub state: usize,
    /// Weighted minor units: freight, handling, carbon, and the lateness of lines that go whole.
    pub cost: f64,
    /// Of limited resources, by id.
    pub uses: Box<[(ResourceId, Decimal)]>,
}

/// Units of a line that could come one way into a shipment.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Index into the orders being planned.
    pub order: u32,
    pub entry: Entry,
    /// Weighted minor units: purchase, inventory opportunity, rejection risk, tier, and the
    /// change of a line that comes by a single way.
    pub cost: f64,
    /// What a line that may come several ways pays once if one of them departs from its
    /// commitments like this one, weighted.
    pub change: Objective,
    /// Of limited resources, by id.
    pub uses: Box<[(ResourceId, Decimal)]>,
}

/// Shipments and parts, each sorted by order and then by what they are.
#[derive(Clone, Debug, Default)]
pub struct Pieces {
    pub shipments: Vec<Shipment>,
    pub parts: Vec<Part>,
}

impl Pieces {
    /// Those of finished order plans.
    pub fn of_columns(problem: &WaveProblem, columns: &[Column]) -> Pieces {
        let mut pieces = Pieces::default();
        for column in columns {
            let OrderProblem { options, tables } = &problem.orders[column.order as usize];
            for entries in column.entries.chunk_by(|a, b| a.group == b.group) {
                let state = state_of(options, &tables.states, entries);
                let group = entries[0].group;
                pieces.shipments.push(Shipment::new(problem, column.order, group, state));
            }
            let parts = column.entries.iter().cloned();
            pieces.parts.extend(parts.map(|entry| Part::new(problem, column.order, entry)));
        }
        pieces
    }

    /// Adds others, without repeating any.
    pub fn extend(&mut self, others: Pieces) {
        self.shipments.extend(others.shipments);
        self.parts.extend(others.parts);
        self.sort();
    }

    /// Sorts, and drops repetitions.
    pub fn sort(&mut self) {
        self.shipments.sort_by_key(Shipment::key);
        self.shipments.dedup_by_key(|shipment| shipment.key());
        self.parts.sort_by(|a, b| a.key().cmp(&b.key()));
        self.parts.dedup_by(|a, b| a.key() == b.key());
    }
}

impl Shipment {
    pub fn new(problem: &WaveProblem, order: u32, group: u32, state: usize) -> Shipment {
        let OrderProblem { options, tables } = &problem.orders[order as usize];
        let contents = options.lines.iter().enumerate().filter_map(|(index, line)| {
            let units = tables.states.units(options, state, index);
            (units > 0).then(|| line.content(units))
        });
        let contents: Vec<_> = contents.collect();
        let mut pricer = problem.pricer(order);
        pricer.shipment(&options.groups[group as usize], &contents);
        let Priced { cost, uses } = pricer.priced();
        let whole = tables.lines(&tables.groups[group as usize]).iter().filter(|table| {
            !options.lines[table.line].divisible
                && tables.states.units(options, state, table.line) > 0
        });
        let lateness: f64 = whole.map(|table| table.lateness).sum();
        Shipment { order, group, state, cost: cost.to_minor() + lateness, uses }
    }

    pub fn key(&self) -> (u32, u32, usize) {
        (self.order, self.group, self.state)
    }
}

impl Part {
    pub fn new(problem: &WaveProblem, order: u32, entry: Entry) -> Part {
        let options = &problem.orders[order as usize].options;
        let mut pricer = problem.pricer(order);
        pricer.part(&entry);
        let Priced { mut cost, uses } = pricer.priced();
        let mut change = entry.way(problem.planner, options).change;
        let line = &options.lines[entry.line as usize];
        if !line.divisible && (!options.split_lines || line.quantity == 1) {
            cost += change;
            change = Objective::ZERO;
        }
        Part { order, entry, cost: cost.to_minor(), change, uses }
    }

    pub fn key(&self) -> (u32, &Entry) {
        (self.order, &self.entry)
    }
}

/// Whether uses fit the limits by themselves.
pub fn fits_alone(problem: &WaveProblem, uses: &[(ResourceId, Decimal)]) -> bool {
    let rows = problem.resources.rows();
    uses.iter().all(|(id, used)| *used <= rows[*id as usize].limit())
}

/// Entries, sorted by order, as order plans.
pub(super) fn order_plans(problem: &WaveProblem, entries: Vec<(u32, &Entry)>) -> Vec<Column> {
    let orders = entries.chunk_by(|(a, _), (b, _)| a == b);
    let plan = |of_order: &[(u32, &Entry)]| {
        let entries = of_order.iter().map(|(_, entry)| (*entry).clone());
        problem.column(of_order[0].0, entries.collect())
    };
    orders.map(plan).collect()
}
