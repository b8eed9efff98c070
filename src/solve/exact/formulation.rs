//! The reference formulation in good_lp: one function a constraint family. `models/formulation.md`
//! states the same in mathematics, under the same labels.

use crate::options::{OrderOptions, Way};
use crate::solve::column::{Column, Entry, Move, moves};
use crate::solve::exact::moved::{Contents, Moved, units_by_line};
use crate::solve::exact::names::{Names, need_name, opening_name, order_id, resource_name};
use crate::solve::order_plan::{Terms, open_cost};
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use good_lp::{
    Constraint, Expression, ProblemVariables, Solution, SolverModel, Variable, constraint, variable,
};
use std::collections::BTreeMap;

/// A variable with its position among the program's columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered {
    pub variable: Variable,
    pub index: usize,
}

/// The mixed-integer program of a wave over given columns.
pub struct Formulation<'a> {
    pub(super) problem: &'a WaveProblem<'a>,
    pub(super) columns: &'a [Column],
    variables: ProblemVariables,
    pub(super) objective: Expression,
    constraints: Vec<Constraint>,
    names: Names,
    /// `ship`: whether a column is made.
    pub(super) ship: Vec<Numbered>,
    /// `open`: whether so many units of a need stay open; by order, need and digit covered.
    open: BTreeMap<(usize, usize, usize), Numbered>,
    /// `split`: shipments of an order beyond its first.
    split: BTreeMap<usize, Numbered>,
    /// `overload`: work above capacity, by resource.
    overload: BTreeMap<u32, Numbered>,
    /// `opened`: whether a node is opened for a date.
    opened: BTreeMap<u32, Numbered>,
    /// `moved`: whether exactly these units leave together; by order, move and contents.
    pub(super) moved: BTreeMap<(usize, Move, Contents), Moved>,
    /// `worst`: whether a divisible line has a part that is late at such a cost or more.
    worst: BTreeMap<(usize, usize, i128), Numbered>,
    /// `changed`: whether a divisible line departs from its commitments; by order and need.
    changed: BTreeMap<(usize, usize), Numbered>,
}

impl std::fmt::Debug for Formulation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (columns, rows) = (self.names.columns.len(), self.names.rows.len());
        write!(f, "Formulation of {columns} columns and {rows} rows")
    }
}

impl<'a> Formulation<'a> {
    /// Builds the whole program.
    pub fn new(problem: &'a WaveProblem<'a>, columns: &'a [Column]) -> Formulation<'a> {
        let mut program = Formulation {
            problem,
            columns,
            variables: ProblemVariables::new(),
            objective: Expression::default(),
            constraints: Vec::new(),
            names: Names::default(),
            ship: Vec::new(),
            open: BTreeMap::new(),
            split: BTreeMap::new(),
            overload: BTreeMap::new(),
            opened: BTreeMap::new(),
            moved: BTreeMap::new(),
            worst: BTreeMap::new(),
            changed: BTreeMap::new(),
        };
        program.ship_variables();
        program.open_variables();
        program.fill();
        program.one_shipment_a_group();
        program.move_lines();
        program.count_shipments();
        program.respect_limits();
        program.open_nodes();
        program.pay_worst_part();
        program.pay_changes();
        program
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    /// Builds the program for any backend of good_lp.
    pub fn model<S: good_lp::Solver>(self, solver: S) -> S::Model {
        let mut model = self.variables.minimise(self.objective).using(solver);
        for constraint in self.constraints {
            model.add_constraint(constraint);
        }
        model
    }

    /// Solves with a backend of good_lp and returns the objective, in weighted minor units.
    ///
    /// # Errors
    /// What the backend reports.
    pub fn solve_with<S: good_lp::Solver>(
        self,
        solver: S,
    ) -> Result<f64, <S::Model as SolverModel>::Error> {
        let objective = self.objective.clone();
        Ok(self.model(solver).solve()?.eval(objective))
    }

    /// A start for the solver: the value of every variable when exactly these columns are made.
    pub fn start(&self, made: &[bool]) -> Vec<f64> {
        let mut values = vec![0.0; self.names.columns.len()];
        let mut digits: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut shipments: BTreeMap<usize, u32> = BTreeMap::new();
        let mut used: BTreeMap<u32, f64> = BTreeMap::new();
        let mut entries: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
        for ((column, made), variable) in self.columns.iter().zip(made).zip(&self.ship) {
            if !made {
                continue;
            }
            set(&mut values, *variable, 1.0);
            let order = column.order as usize;
            let OrderProblem { options, tables } = &self.problem.orders[order];
            for need in 0..tables.states.needs() {
                *digits.entry((order, need)).or_default() += digit(options, column, need);
            }
            entries.entry(order).or_default().extend(column.entries.iter().cloned());
            *shipments.entry(order).or_default() += column.shipments;
            for (id, amount) in &column.uses {
                *used.entry(*id).or_default() += amount.to_f64();
            }
            for opening in &column.opens {
                if let Some(opened) = self.opened.get(opening) {
                    set(&mut values, *opened, 1.0);
                }
            }
            for (&(of_order, line, cost), worst) in &self.worst {
                let reaches = column_lateness(self.problem, column, line) >= cost;
                if of_order == order && column.quantity(line) > 0 && reaches {
                    set(&mut values, *worst, 1.0);
                }
            }
        }
        for (order, entries) in entries {
            for (of_move, contents) in moves(&self.problem.orders[order].options, &entries) {
                if let Some(moved) = self.moved.get(&(order, of_move, units_by_line(&contents))) {
                    set(&mut values, moved.variable, 1.0);
                    for (id, amount) in &moved.uses {
                        *used.entry(*id).or_default() += amount.to_f64();
                    }
                }
            }
        }
        for (&(order, need, covered), variable) in &self.open {
            if digits.get(&(order, need)).copied().unwrap_or(0) == covered {
                set(&mut values, *variable, 1.0);
            }
        }
        for (&(order, need), variable) in &self.changed {
            let OrderProblem { options, tables } = &self.problem.orders[order];
            let line = options.needs[need].lines[0];
            let covered = digits.get(&(order, need)).copied().unwrap_or(0);
            let open = covered < tables.states.whole(need) && tables.open_change[need].0 > 0;
            let moved = self.columns.iter().zip(made).any(|(column, made)| {
                *made
                    && column.order as usize == order
                    && column_changes(self.problem, column, line)
            });
            set(&mut values, *variable, f64::from(u8::from(open || moved)));
        }
        for (&order, variable) in &self.split {
            let free = u32::from(self.problem.orders[order].options.frozen.is_empty());
            let count = shipments.get(&order).copied().unwrap_or(0);
            set(&mut values, *variable, count.saturating_sub(free) as f64);
        }
        for (id, variable) in &self.overload {
            let supply = self.problem.resources.rows()[*id as usize].supply.to_f64();
            let over = used.get(id).copied().unwrap_or(0.0) - supply;
            set(&mut values, *variable, over.max(0.0));
        }
        values
    }

    pub(super) fn variable(
        &mut self,
        name: String,
        definition: good_lp::VariableDefinition,
    ) -> Numbered {
        let index = self.names.columns.len();
        self.names.columns.push(name);
        Numbered { variable: self.variables.add(definition), index }
    }

    pub(super) fn constrain(&mut self, name: String, constraint: Constraint) {
        self.names.rows.push(name);
        self.constraints.push(constraint);
    }

    /// `ship[k]`: a binary for every column, at its exact cost.
    fn ship_variables(&mut self) {
        for (index, column) in self.columns.iter().enumerate() {
            let name = format!("ship.{}.{index}", order_id(self.problem, column.order as usize));
            let ship = self.variable(name, variable().binary());
            self.ship.push(ship);
            self.objective.add_mul(column.cost.to_minor(), ship.variable);
        }
    }

    /// `open[o,n,u]`: a binary for every amount of a need that may stay open, at its exact cost;
    /// an order that ships complete has one for all of its needs.
    fn open_variables(&mut self) {
        for order in 0..self.problem.orders.len() {
            let OrderProblem { options, tables } = &self.problem.orders[order];
            let states = &tables.states;
            if options.ship_complete {
                let name = format!("open.{}", order_id(self.problem, order));
                let open = self.variable(name, variable().binary());
                self.objective.add_mul(open_cost(tables, 0), open.variable);
                self.open.extend((0..states.needs()).map(|need| ((order, need, 0), open)));
                continue;
            }
            for need in 0..states.needs() {
                for covered in 0..states.whole(need) {
                    let name = format!("open.{}.{covered}", need_name(self.problem, order, need));
                    let open = self.variable(name, variable().binary());
                    let cost = tables.unfilled[need][covered].to_minor();
                    self.objective.add_mul(cost, open.variable);
                    self.open.insert((order, need, covered), open);
                }
            }
        }
    }

    /// `fill[o,n]`: what columns take of a need and what stays open make up the need; at most
    /// one amount stays open.
    fn fill(&mut self) {
        let by_order = self.columns_by_order();
        for (order, columns) in by_order.iter().enumerate() {
            let OrderProblem { options, tables } = &self.problem.orders[order];
            for need in 0..tables.states.needs() {
                let whole = tables.states.whole(need);
                let mut taken = Expression::default();
                for &column in columns {
                    let amount = digit(options, &self.columns[column], need);
                    if amount > 0 {
                        taken.add_mul(amount as f64, self.ship[column].variable);
                    }
                }
                let mut choices = Expression::default();
                let mut count = 0;
                for covered in 0..whole {
                    if let Some(open) = self.open.get(&(order, need, covered)) {
                        taken.add_mul((whole - covered) as f64, open.variable);
                        choices.add_mul(1.0, open.variable);
                        count += 1;
                    }
                }
                let name = need_name(self.problem, order, need);
                self.constrain(format!("fill.{name}"), constraint!(taken == whole as f64));
                if count > 1 {
                    self.constrain(format!("open_once.{name}"), constraint!(choices <= 1.0));
                }
            }
        }
    }

    /// `once[o,g]`: of the columns that leave as one shipment, at most one is made; together they
    /// would be priced as one.
    fn one_shipment_a_group(&mut self) {
        let by_order = self.columns_by_order();
        for (order, columns) in by_order.iter().enumerate() {
            let states = &self.problem.orders[order].tables.states;
            if states.needs() == 1 && states.is_binary() {
                continue;
            }
            let mut by_group: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
            for &column in columns {
                let mut groups: Vec<u32> =
                    self.columns[column].entries.iter().map(|entry| entry.group).collect();
                groups.dedup();
                for group in groups {
                    by_group.entry(group).or_default().push(column);
                }
            }
            for (group, columns) in by_group.into_iter().filter(|(_, c)| c.len() > 1) {
                let made: Expression =
                    columns.iter().map(|column| self.ship[*column].variable).sum();
                let name = format!("once.{}.{group}", order_id(self.problem, order));
                self.constrain(name, constraint!(made <= 1.0));
            }
        }
    }

    /// `shipments[o]`: shipments beyond the first are splits, and the limit on shipments holds.
    fn count_shipments(&mut self) {
        let by_order = self.columns_by_order();
        for (order, columns) in by_order.iter().enumerate() {
            let OrderProblem { options, tables } = &self.problem.orders[order];
            let terms = Terms::new(options, tables);
            let states = &tables.states;
            let single = states.needs() == 1 && states.is_binary();
            if single && !terms.has_frozen && terms.max_shipments > 0 {
                continue;
            }
            let mut count = Expression::default();
            for &column in columns {
                let shipments = self.columns[column].shipments;
                if shipments > 0 {
                    count.add_mul(shipments as f64, self.ship[column].variable);
                }
            }
            let free = usize::from(!terms.has_frozen).min(terms.max_shipments);
            let most = (terms.max_shipments - free) as f64;
            let name = order_id(self.problem, order);
            let split =
                self.variable(format!("split.{name}"), variable().integer().min(0.0).max(most));
            self.split.insert(order, split);
            self.objective.add_mul(terms.split, split.variable);
            count.add_mul(-1.0, split.variable);
            self.constrain(format!("shipments.{name}"), constraint!(count <= free as f64));
        }
    }

    /// `stock[n,s,step]`, `stock_rounded[n,s,step,q]`, `capacity[n,d,u]`, `carrier[n,v,d]`: what columns use fits the supply,
    /// and the overload at its price.
    fn respect_limits(&mut self) {
        let mut uses: BTreeMap<u32, Expression> = BTreeMap::new();
        for (column, ship) in self.columns.iter().zip(&self.ship) {
            for (id, used) in &column.uses {
                if self.problem.contended[*id as usize] {
                    uses.entry(*id).or_default().add_mul(used.to_f64(), ship.variable);
                }
            }
        }
        for moved in self.moved.values() {
            for (id, used) in &moved.uses {
                if self.problem.contended[*id as usize] {
                    uses.entry(*id).or_default().add_mul(used.to_f64(), moved.variable.variable);
                }
            }
        }
        for (id, mut used) in uses {
            let resource = self.problem.resources.rows()[id as usize].clone();
            let name = resource_name(self.problem, &resource.key);
            let overload = resource.overload.to_f64();
            if overload > 0.0 {
                let definition = variable().min(0.0).max(overload);
                let over = self.variable(format!("overload.{name}"), definition);
                self.overload.insert(id, over);
                self.objective.add_mul(resource.overload_cost, over.variable);
                used.add_mul(-1.0, over.variable);
            }
            self.constrain(name, constraint!(used <= resource.supply.to_f64()));
        }
    }

    /// `opening[o,n,i]`: a need passes a node on a date only if it is opened.
    fn open_nodes(&mut self) {
        let mut uses: BTreeMap<(u32, usize, usize), Expression> = BTreeMap::new();
        for (column, ship) in self.columns.iter().zip(&self.ship) {
            let order = column.order as usize;
            let OrderProblem { options, tables } = &self.problem.orders[order];
            for (need, local, share) in tables.openings_of(options, &column.entries) {
                let key = (tables.openings[local], order, need);
                uses.entry(key).or_default().add_mul(share, ship.variable);
            }
        }
        for ((id, order, need), mut passing) in uses {
            let opened = match self.opened.get(&id) {
                Some(opened) => *opened,
                None => {
                    let name = format!("opened.{}", opening_name(self.problem, id));
                    let opened = self.variable(name, variable().binary());
                    let cost = self.problem.resources.opening_cost(id).to_minor();
                    self.objective.add_mul(cost, opened.variable);
                    self.opened.insert(id, opened);
                    opened
                }
            };
            passing.add_mul(-1.0, opened.variable);
            let need = need_name(self.problem, order, need);
            let name = format!("opening.{}.{need}", opening_name(self.problem, id));
            self.constrain(name, constraint!(passing <= 0.0));
        }
    }

    /// `worst[o,l,c]`: a divisible line pays lateness once, at its latest part; each level is paid
    /// on top of the one below.
    fn pay_worst_part(&mut self) {
        let mut parts: BTreeMap<(usize, usize), Vec<(i128, usize)>> = BTreeMap::new();
        for (index, column) in self.columns.iter().enumerate() {
            let order = column.order as usize;
            let options = &self.problem.orders[order].options;
            for (line, terms) in options.lines.iter().enumerate() {
                if terms.divisible && column.quantity(line) > 0 {
                    let cost = column_lateness(self.problem, column, line);
                    parts.entry((order, line)).or_default().push((cost, index));
                }
            }
        }
        for ((order, line), parts) in parts {
            let mut levels: Vec<i128> = parts.iter().map(|(cost, _)| *cost).collect();
            levels.sort_unstable();
            levels.dedup();
            let mut below = 0;
            for level in levels.into_iter().filter(|level| *level > 0) {
                let need = self.problem.orders[order].options.lines[line].need;
                let name = format!("{}.{level}", need_name(self.problem, order, need));
                let worst = self.variable(format!("worst.{name}"), variable().binary());
                self.worst.insert((order, line, level), worst);
                let step = crate::units::Objective(level - below).to_minor();
                self.objective.add_mul(step, worst.variable);
                below = level;
                for &(_, index) in parts.iter().filter(|(cost, _)| *cost >= level) {
                    let (ship, worst) = (self.ship[index].variable, worst.variable);
                    self.constrain(format!("pays.{name}.{index}"), constraint!(ship <= worst));
                }
            }
        }
    }

    /// `changed[o,l]`: a divisible line pays once for departing from its commitments, with a part
    /// or with units that stay open.
    fn pay_changes(&mut self) {
        let mut causes: BTreeMap<(usize, usize), Vec<Variable>> = BTreeMap::new();
        for (column, ship) in self.columns.iter().zip(&self.ship) {
            let order = column.order as usize;
            let OrderProblem { options, tables } = &self.problem.orders[order];
            for need in 0..tables.states.needs() {
                let line = options.needs[need].lines[0];
                if options.lines[line].divisible && column_changes(self.problem, column, line) {
                    causes.entry((order, need)).or_default().push(ship.variable);
                }
            }
        }
        for (&(order, need, _), open) in &self.open {
            if self.problem.orders[order].tables.open_change[need].0 > 0 {
                causes.entry((order, need)).or_default().push(open.variable);
            }
        }
        for ((order, need), causes) in causes {
            let name = need_name(self.problem, order, need);
            let changed = self.variable(format!("changed.{name}"), variable().binary());
            self.changed.insert((order, need), changed);
            let cost = self.problem.orders[order].tables.open_change[need].to_minor();
            self.objective.add_mul(cost, changed.variable);
            for (index, cause) in causes.into_iter().enumerate() {
                let changed = changed.variable;
                self.constrain(format!("changes.{name}.{index}"), constraint!(cause <= changed));
            }
        }
    }

    pub(super) fn columns_by_order(&self) -> Vec<Vec<usize>> {
        let mut by_order = vec![Vec::new(); self.problem.orders.len()];
        for (index, column) in self.columns.iter().enumerate() {
            by_order[column.order as usize].push(index);
        }
        by_order
    }
}

/// How much of a need a column covers, as a digit of the order's state.
fn digit(options: &OrderOptions, column: &Column, need: usize) -> usize {
    let line = options.needs[need].lines[0];
    let units = column.quantity(line);
    if options.lines[line].divisible { units as usize } else { usize::from(units > 0) }
}

/// The lateness that a divisible line pays for its latest part in a column.
fn column_lateness(problem: &WaveProblem, column: &Column, line: usize) -> i128 {
    let ways = column_ways(problem, column, line);
    ways.map(|way| way.lateness.0).max().unwrap_or(0)
}

/// Whether a part of a line in a column departs from the line's commitments.
fn column_changes(problem: &WaveProblem, column: &Column, line: usize) -> bool {
    column_ways(problem, column, line).any(|way| way.change.0 > 0)
}

/// The ways of a line in a column.
fn column_ways<'a>(
    problem: &'a WaveProblem,
    column: &'a Column,
    line: usize,
) -> impl Iterator<Item = Way> + 'a {
    let options = &problem.orders[column.order as usize].options;
    let entries = column.entries.iter().filter(move |entry| entry.line as usize == line);
    entries.map(move |entry| {
        let group = &options.groups[entry.group as usize];
        options.way(problem.planner, group, line, entry.source, !entry.hops.is_empty())
    })
}

fn set(values: &mut [f64], variable: Numbered, value: f64) {
    values[variable.index] = value;
}
