//! The reference formulation in good_lp: one function a constraint family. `models/formulation.md`
//! states the same in mathematics, under the same labels.

use crate::solve::column::Move;
use crate::solve::exact::divided::Worst;
use crate::solve::exact::exchange::Brought;
use crate::solve::exact::moved::{Contents, Moved};
use crate::solve::exact::names::{
    Names, line_name, need_name, opening_name, order_id, resource_name,
};
use crate::solve::exact::pieces::Pieces;
use crate::solve::order_plan::Terms;
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

/// The mixed-integer program of a wave over given shipments and parts.
pub struct Formulation<'a> {
    pub(super) problem: &'a WaveProblem<'a>,
    pub(super) pieces: &'a Pieces,
    variables: ProblemVariables,
    pub(super) objective: Expression,
    constraints: Vec<Constraint>,
    names: Names,
    /// `ship`: whether a shipment is made.
    pub(super) ship: Vec<Numbered>,
    /// `part`: whether units of a line come by a way.
    pub(super) part: Vec<Numbered>,
    /// `open`: whether so many units of a need stay open; by order, need and digit covered.
    pub(super) open: BTreeMap<(usize, usize, usize), Numbered>,
    /// `split`: shipments of an order beyond its first.
    pub(super) split: BTreeMap<usize, Numbered>,
    /// `overload`: work above capacity, by resource.
    pub(super) overload: BTreeMap<u32, Numbered>,
    /// `opened`: whether a node is opened for a date.
    pub(super) opened: BTreeMap<u32, Numbered>,
    /// `moved`: whether exactly these units leave together; by order, move and contents.
    pub(super) moved: BTreeMap<(usize, Move, Contents), Moved>,
    /// `worst`: whether a divisible line has a part that is late at such a cost or more; by order,
    /// line and level.
    pub(super) worst: BTreeMap<(usize, usize, usize), Worst>,
    /// `changed`: whether a line that may come several ways departs from its commitments; by
    /// order and line.
    pub(super) changed: BTreeMap<(usize, usize), Numbered>,
    pub(super) returns: Brought,
}

impl std::fmt::Debug for Formulation<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (columns, rows) = (self.names.columns.len(), self.names.rows.len());
        write!(f, "Formulation of {columns} columns and {rows} rows")
    }
}

impl<'a> Formulation<'a> {
    /// Builds the whole program.
    pub fn new(problem: &'a WaveProblem<'a>, pieces: &'a Pieces) -> Formulation<'a> {
        let mut program = Formulation {
            problem,
            pieces,
            variables: ProblemVariables::new(),
            objective: Expression::default(),
            constraints: Vec::new(),
            names: Names::default(),
            ship: Vec::new(),
            part: Vec::new(),
            open: BTreeMap::new(),
            split: BTreeMap::new(),
            overload: BTreeMap::new(),
            opened: BTreeMap::new(),
            moved: BTreeMap::new(),
            worst: BTreeMap::new(),
            changed: BTreeMap::new(),
            returns: Brought::default(),
        };
        program.ship_variables();
        program.part_variables();
        program.open_variables();
        program.fill();
        program.one_shipment_a_group();
        program.bring_parts();
        program.part_once();
        program.move_lines();
        program.count_shipments();
        program.respect_limits();
        program.open_nodes();
        program.pay_worst_part();
        program.pay_changes();
        program.bring_returns();
        program
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The variables of the parts, by position in the program.
    pub fn parts(&self) -> impl Iterator<Item = usize> + '_ {
        self.part.iter().map(|part| part.index)
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

    /// `ship[k]`: a binary for every shipment, at its exact cost.
    fn ship_variables(&mut self) {
        for (index, shipment) in self.pieces.shipments.iter().enumerate() {
            let name = format!("ship.{}.{index}", order_id(self.problem, shipment.order as usize));
            let ship = self.variable(name, variable().binary());
            self.ship.push(ship);
            self.objective.add_mul(shipment.cost, ship.variable);
        }
    }

    /// `part[p]`: a binary for every way that units of a line may come, at its exact cost.
    fn part_variables(&mut self) {
        for (index, piece) in self.pieces.parts.iter().enumerate() {
            let name = format!("part.{}.{index}", order_id(self.problem, piece.order as usize));
            let part = self.variable(name, variable().binary());
            self.part.push(part);
            self.objective.add_mul(piece.cost, part.variable);
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
                // Without the change of divisible lines, which has a variable of its own.
                let unfilled = tables.unfilled.iter().map(|of_need| of_need[0].to_minor());
                self.objective.add_mul(unfilled.sum::<f64>(), open.variable);
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

    /// `fill[o,n]`: what shipments take of a need and what stays open make up the need; at most
    /// one amount stays open.
    fn fill(&mut self) {
        let mut taken: BTreeMap<(usize, usize), Expression> = BTreeMap::new();
        for (shipment, ship) in self.pieces.shipments.iter().zip(&self.ship) {
            let order = shipment.order as usize;
            let states = &self.problem.orders[order].tables.states;
            for need in 0..states.needs() {
                let digit = states.digit(shipment.state, need);
                if digit > 0 {
                    let of_need = taken.entry((order, need)).or_default();
                    of_need.add_mul(digit as f64, ship.variable);
                }
            }
        }
        for order in 0..self.problem.orders.len() {
            let states = &self.problem.orders[order].tables.states;
            for need in 0..states.needs() {
                let whole = states.whole(need);
                let mut taken = taken.remove(&(order, need)).unwrap_or_default();
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

    /// `once[o,g]`: of the contents that a shipment may have, it has one.
    fn one_shipment_a_group(&mut self) {
        let mut made: BTreeMap<(usize, u32), (usize, Expression)> = BTreeMap::new();
        for (shipment, ship) in self.pieces.shipments.iter().zip(&self.ship) {
            let order = shipment.order as usize;
            let states = &self.problem.orders[order].tables.states;
            if states.needs() > 1 || !states.is_binary() {
                let (count, sum) = made.entry((order, shipment.group)).or_default();
                *count += 1;
                sum.add_mul(1.0, ship.variable);
            }
        }
        for ((order, group), (_, made)) in made.into_iter().filter(|(_, (count, _))| *count > 1) {
            let name = format!("once.{}.{group}", order_id(self.problem, order));
            self.constrain(name, constraint!(made <= 1.0));
        }
    }

    /// `parts[o,g,l]`: the units of a line that a shipment takes come some way.
    fn bring_parts(&mut self) {
        let mut balances: BTreeMap<(usize, u32, usize), Expression> = BTreeMap::new();
        for (piece, part) in self.pieces.parts.iter().zip(&self.part) {
            let key = (piece.order as usize, piece.entry.group, piece.entry.line as usize);
            let units = f64::from(piece.entry.quantity);
            balances.entry(key).or_default().add_mul(units, part.variable);
        }
        for (shipment, ship) in self.pieces.shipments.iter().zip(&self.ship) {
            let order = shipment.order as usize;
            let OrderProblem { options, tables } = &self.problem.orders[order];
            for line in 0..options.lines.len() {
                let units = tables.states.units(options, shipment.state, line);
                if units > 0 {
                    let balance = balances.entry((order, shipment.group, line)).or_default();
                    balance.add_mul(-f64::from(units), ship.variable);
                }
            }
        }
        for ((order, group, line), balance) in balances {
            let line = line_name(self.problem, order, line);
            self.constrain(format!("parts.{line}.{group}"), constraint!(balance == 0.0));
        }
    }

    /// `shipments[o]`: shipments beyond the first are splits, and the limit on shipments holds.
    fn count_shipments(&mut self) {
        let mut counts: BTreeMap<usize, Expression> = BTreeMap::new();
        for (shipment, ship) in self.pieces.shipments.iter().zip(&self.ship) {
            let order = shipment.order as usize;
            let group = &self.problem.orders[order].options.groups[shipment.group as usize];
            if group.joins.is_none() {
                counts.entry(order).or_default().add_mul(1.0, ship.variable);
            }
        }
        for order in 0..self.problem.orders.len() {
            let OrderProblem { options, tables } = &self.problem.orders[order];
            let terms = Terms::new(options, tables);
            let states = &tables.states;
            let single = states.needs() == 1 && states.is_binary();
            if single && !terms.has_frozen && terms.max_shipments > 0 {
                continue;
            }
            let mut count = counts.remove(&order).unwrap_or_default();
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

    /// `stock[n,s,step]`, `stock_rounded[n,s,step,q]`, `capacity[n,d,u]`, `carrier[n,v,d]`: what is
    /// used fits the supply, and the overload at its price.
    fn respect_limits(&mut self) {
        let mut uses: BTreeMap<u32, Expression> = BTreeMap::new();
        let shipments = self.pieces.shipments.iter().map(|shipment| &shipment.uses);
        let parts = self.pieces.parts.iter().map(|part| &part.uses);
        let made = shipments.zip(&self.ship).chain(parts.zip(&self.part));
        let moved = self.moved.values().map(|moved| (&moved.uses, &moved.variable));
        for (of_one, variable) in made.chain(moved) {
            for (id, used) in of_one {
                if self.problem.contended[*id as usize] {
                    uses.entry(*id).or_default().add_mul(used.to_f64(), variable.variable);
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
        for (shipment, ship) in self.pieces.shipments.iter().zip(&self.ship) {
            let order = shipment.order as usize;
            let tables = &self.problem.orders[order].tables;
            let group = &tables.groups[shipment.group as usize];
            let Some(local) = group.release.opening else { continue };
            for need in 0..tables.states.needs() {
                let digit = tables.states.digit(shipment.state, need);
                let share = digit as f64 / tables.states.whole(need) as f64;
                if digit > 0 {
                    let key = (tables.openings[local as usize], order, need);
                    uses.entry(key).or_default().add_mul(share, ship.variable);
                }
            }
        }
        for (piece, part) in self.pieces.parts.iter().zip(&self.part) {
            let order = piece.order as usize;
            let OrderProblem { options, tables } = &self.problem.orders[order];
            if let Some(local) = tables.source_opening(options, &piece.entry) {
                let line = piece.entry.line as usize;
                let share = options.share_of_need(line, piece.entry.quantity);
                let key = (tables.openings[local as usize], order, options.lines[line].need);
                uses.entry(key).or_default().add_mul(share, part.variable);
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
}
