//! Prices by the names of what they are for, as one wave can take them from another.

use crate::ids::{LineId, NodeId, OrderId};
use crate::options::{OrderOptions, Planner};
use crate::solve::cuts::{Cut, CutOn};
use crate::solve::fingerprint::Fingerprints;
use crate::solve::pricing::{OrderPrices, Prices};
use crate::solve::relax::Relaxation;
use crate::solve::stocks::stock_place;
use crate::solve::tables::OrderTables;
use crate::solve::wave_options::{OrderProblem, WaveProblem};
use crate::solve::{OpeningId, ResourceKey, Resources};
use crate::time::Day;
use crate::units::Quantity;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// By how much the prices of an opening may exceed its cost, relatively, because they were rounded.
const ROUNDED: f64 = 1e-9;

/// Stands for the last step of a stock, whichever that is.
pub const LAST_STEP: u32 = u32::MAX;

/// Prices in weighted minor units.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownPrices {
    /// Worth of a unit more.
    pub resources: Vec<(ResourceKey, f64)>,
    pub openings: Vec<OpeningPrice>,
    /// Of what it costs to use them up.
    pub cuts: Vec<(NamedCut, f64)>,
    /// What orders cost at least at exactly these prices.
    pub leasts: Vec<KnownLeast>,
}

/// What an order costs at least at known prices, in weighted minor units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownLeast {
    pub order: OrderId,
    /// Stands for all that it depends on; what has another fingerprint may cost less.
    pub fingerprint: u64,
    pub least: f64,
}

/// What a need pays to pass a node on a date, where that costs something to open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningPrice {
    /// The first line of the need.
    pub line: LineId,
    pub node: NodeId,
    pub day: Day,
    pub price: f64,
}

/// A cut by the names of its lines and stocks rather than their positions in a problem.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedCut {
    pub on: CutOn,
    pub limit: f64,
    pub terms: Vec<CutTerm>,
}

/// A line that is released in a step of the stock's profile, with its coefficient.
#[derive(Clone, Debug, PartialEq)]
pub struct CutTerm {
    pub line: LineId,
    pub quantity: Quantity,
    pub step: u32,
    pub coefficient: f64,
}

impl KnownPrices {
    /// Those that are not 0.
    pub fn of(problem: &WaveProblem, relaxation: &Relaxation) -> KnownPrices {
        let duals = &relaxation.duals;
        let keys = problem.resources.rows().iter().map(|row| row.key);
        let resources = keys.zip(duals.prices.resources.iter().copied());
        let keys: Vec<(NodeId, Day)> = problem.resources.openings().map(|(key, _)| key).collect();
        let mut openings = Vec::new();
        for (order, prices) in problem.orders.iter().zip(&duals.orders) {
            for (need, of_need) in order.options.needs.iter().zip(&prices.openings) {
                let line = order.options.lines[need.lines[0]].id;
                let priced = order.tables.openings.iter().zip(of_need);
                openings.extend(priced.filter(|(_, price)| **price > 0.0).map(|(id, &price)| {
                    let (node, day) = keys[*id as usize];
                    OpeningPrice { line, node, day, price }
                }));
            }
        }
        let priced = relaxation.cuts.iter().zip(&duals.cuts).filter(|(_, price)| **price > 0.0);
        let cuts = priced.map(|(cut, price)| (NamedCut::of(problem, cut), *price)).collect();
        let resources = resources.filter(|(_, price)| *price > 0.0).collect();
        KnownPrices { resources, openings, cuts, leasts: Vec::new() }
    }

    /// Those behind a bound for the whole wave, with what each order costs at least.
    pub(super) fn proven(problem: &WaveProblem, relaxation: &Relaxation) -> KnownPrices {
        let leasts = problem.orders.iter().zip(&relaxation.least);
        let leasts = leasts.map(|(of_order, least)| KnownLeast {
            order: of_order.options.order,
            fingerprint: 0,
            least: *least,
        });
        KnownPrices { leasts: leasts.collect(), ..KnownPrices::of(problem, relaxation) }
    }

    /// Those of a wave of which only some orders were looked at again, with what the others paid
    /// before.
    pub(super) fn moved(&self, problem: &WaveProblem, relaxation: &Relaxation) -> KnownPrices {
        let lines = &problem.planner.wave.lines;
        let orders: FxHashSet<OrderId> =
            problem.orders.iter().map(|order| order.options.order).collect();
        let of_problem = KnownPrices::of(problem, relaxation);
        let openings = self.openings.iter();
        let openings = openings.filter(|known| !orders.contains(&lines[known.line].order));
        let openings = openings.cloned().chain(of_problem.openings).collect();
        // A cut keeps the lines of the orders that were not looked at.
        let held = self.cuts.iter().filter(|(cut, _)| cut.holds(problem.planner));
        let mut held = held.map(|(cut, _)| cut);
        let cuts = relaxation.cuts.iter().zip(&relaxation.duals.cuts).filter_map(|(cut, price)| {
            let known = held.next();
            let named = || known.cloned().unwrap_or_else(|| NamedCut::of(problem, cut));
            (*price > 0.0).then(|| (named(), *price))
        });
        let cuts = cuts.collect();
        KnownPrices { resources: of_problem.resources, openings, cuts, leasts: Vec::new() }
    }

    /// Enters the fingerprints of the orders; leaves out what another wave could not be told of.
    pub(super) fn enter_fingerprints(&mut self, planner: &Planner, resources: &Resources) {
        let by_line = self.by_line(planner, resources);
        if by_line.is_changed {
            self.leasts.clear();
            return;
        }
        let prices = self.prices(planner, resources);
        let prints = Fingerprints::new(planner, resources, &prices, &by_line);
        let of_order =
            |known: KnownLeast| Some(KnownLeast { fingerprint: prints.of(known.order)?, ..known });
        let leasts = std::mem::take(&mut self.leasts);
        self.leasts = leasts.into_par_iter().filter_map(of_order).collect();
    }

    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.openings.is_empty() && self.cuts.is_empty()
    }

    /// Those of the resources of a wave.
    pub(super) fn prices(&self, planner: &Planner, resources: &Resources) -> Prices {
        let mut prices = Prices { resources: vec![0.0; resources.len()] };
        for &(mut key, price) in &self.resources {
            if let ResourceKey::Stock { node, sku, step } = &mut key
                && *step == LAST_STEP
                && let Some(profile) = planner.stock(*node, *sku)
            {
                *step = profile.steps().len() as u32 - 1;
            }
            if let Some(id) = resources.id(&key) {
                prices.resources[id as usize] = price;
            }
        }
        prices
    }

    /// The cuts that hold in a wave, on its stocks, with their prices.
    pub(super) fn cuts(&self, problem: &WaveProblem) -> Vec<(Cut, f64)> {
        let held = self.cuts.iter().filter(|(cut, _)| cut.holds(problem.planner));
        let (cuts, prices): (Vec<&NamedCut>, Vec<f64>) =
            held.map(|(cut, price)| (cut, *price)).unzip();
        placed(problem, cuts).into_iter().zip(prices).collect()
    }

    pub(super) fn by_line(&self, planner: &Planner, resources: &Resources) -> PricesByLine {
        let mut by_line = PricesByLine::default();
        let ids = self.openings.iter().map(|known| resources.opening(known.node, known.day));
        let known: Vec<(LineId, OpeningId, f64)> = (ids.zip(&self.openings))
            .filter_map(|(id, known)| Some((known.line, id?, known.price)))
            .collect();
        let mut paid = vec![0.0; resources.openings().len()];
        known.iter().for_each(|(_, id, price)| paid[*id as usize] += price);
        by_line.is_changed = known.len() < self.openings.len();
        for (line, id, mut price) in known {
            // All prices of an opening together are worth no more than it costs, so that those of
            // what an order cannot pass any more need not be counted.
            let (cost, paid) = (resources.opening_cost(id).to_minor(), paid[id as usize]);
            if paid > cost * (1.0 + ROUNDED) {
                price *= cost / paid;
                by_line.is_changed = true;
            }
            by_line.openings.entry(line).or_default().push((id, price));
        }
        by_line.is_changed |= self.cuts.iter().any(|(cut, _)| !cut.holds(planner));
        for (cut, price) in self.cuts.iter().filter(|(cut, _)| cut.holds(planner)) {
            for term in &cut.terms {
                let of_line = by_line.stocks.entry(term.line).or_default();
                of_line.push((cut.on.node, term.step, price * term.coefficient));
            }
        }
        by_line
    }
}

/// Cuts on the stocks that a problem has; without the others they say less, but nothing false.
pub(super) fn placed<'c>(
    problem: &WaveProblem,
    cuts: impl IntoIterator<Item = &'c NamedCut>,
) -> Vec<Cut> {
    let mut cuts = cuts.into_iter().peekable();
    if cuts.peek().is_none() {
        return Vec::new();
    }
    let mut places: FxHashMap<LineId, (usize, usize)> = FxHashMap::default();
    for (order, of_order) in problem.orders.iter().enumerate() {
        let lines = of_order.options.lines.iter().enumerate();
        places.extend(lines.map(|(line, terms)| (terms.id, (order, line))));
    }
    let on_stocks = |cut: &NamedCut| {
        let terms = cut.terms.iter().filter_map(|term| {
            let (order, line) = *places.get(&term.line)?;
            let key = (line, cut.on.node, term.step);
            let stock = stock_place(key, &problem.orders[order].tables)?;
            Some((order, stock, term.coefficient))
        });
        Cut { terms: terms.collect(), limit: cut.limit, on: cut.on }
    };
    cuts.map(on_stocks).collect()
}

impl NamedCut {
    pub(super) fn of(problem: &WaveProblem, cut: &Cut) -> NamedCut {
        let term = |&(order, stock, coefficient): &(usize, usize, f64)| {
            let OrderProblem { options, tables } = &problem.orders[order];
            let stock = &tables.stocks[stock];
            let line = &options.lines[stock.line];
            CutTerm { line: line.id, quantity: line.quantity, step: stock.step, coefficient }
        };
        NamedCut { on: cut.on, limit: cut.limit, terms: cut.terms.iter().map(term).collect() }
    }

    /// Whether every plan of a wave satisfies it: where there is no more stock and no line is smaller
    /// than when it was found, and all lines go whole, no packing is new.
    pub(super) fn holds(&self, planner: &Planner) -> bool {
        let wave = planner.wave;
        let CutOn { node, sku, step, units: before } = self.on;
        let profile = planner.stock(node, sku);
        let step = profile.and_then(|profile| profile.steps().get(step as usize));
        let is_as_large = |term: &CutTerm| {
            let open = wave.open_quantity(term.line);
            wave.lines[term.line].sku == sku && (open == 0 || open >= term.quantity)
        };
        !planner.model.rules.split_lines
            && step.is_some_and(|(_, units)| *units <= before)
            && self.terms.iter().all(is_as_large)
    }
}

/// Prices of an order's own by its lines.
#[derive(Default)]
pub(super) struct PricesByLine {
    /// Of openings, by the first line of a need.
    openings: FxHashMap<LineId, Vec<(OpeningId, f64)>>,
    /// Of stocks, by node and step.
    stocks: FxHashMap<LineId, Vec<(NodeId, u32, f64)>>,
    /// Whether they are others than those that are known.
    pub is_changed: bool,
}

impl PricesByLine {
    /// Those of the openings that a need with this first line passes.
    pub fn openings_of(&self, line: LineId) -> &[(OpeningId, f64)] {
        self.openings.get(&line).map_or(&[], Vec::as_slice)
    }

    /// Those of the stocks that a line comes from, by node and step.
    pub fn stocks_of(&self, line: LineId) -> &[(NodeId, u32, f64)] {
        self.stocks.get(&line).map_or(&[], Vec::as_slice)
    }

    /// The prices of an order.
    pub fn of_order(&self, options: &OrderOptions, tables: &OrderTables) -> OrderPrices {
        let mut prices = OrderPrices::free(tables);
        for (need, of_need) in options.needs.iter().zip(&mut prices.openings) {
            let known = self.openings.get(&options.lines[need.lines[0]].id);
            for (id, price) in known.into_iter().flatten() {
                if let Some(at) = tables.openings.iter().position(|other| other == id) {
                    of_need[at] = *price;
                }
            }
        }
        for (index, line) in options.lines.iter().enumerate() {
            for &(node, step, price) in self.stocks.get(&line.id).into_iter().flatten() {
                if let Some(at) = stock_place((index, node, step), tables) {
                    prices.stocks[at] += price;
                }
            }
        }
        prices
    }
}
