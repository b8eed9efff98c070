//! Waves that hardly differ from one whose prices are known: only what changed is planned anew, and
//! what competes with it.
//!
//! What an order costs at least at the known prices is the same as before where its fingerprint is,
//! so that the bound for the whole wave needs a look at the other orders only. The plan is that of
//! before but for some orders: those that changed, those that the change displaces, and those that
//! are far from their best. Prices move with these orders too. What the others cost at least is
//! known as long as no price falls that they might pay; so only the prices of items may fall that
//! nobody else orders.

use crate::domain::{CostKey, Wave};
use crate::ids::{IdVec, LineId, NodeId, OrderId, SkuId};
use crate::options::{Decision, Planner, customer_km, decided_options};
use crate::solve::column::Column;
use crate::solve::exact::decided::{all_frozen, open_line};
use crate::solve::exact::run::Run;
use crate::solve::exact::{Approach, ExactSettings, Outcome, Start, Value};
use crate::solve::fingerprint::Fingerprints;
use crate::solve::highs::HighsError;
use crate::solve::known::{KnownLeast, PricesByLine};
use crate::solve::order_plan::Terms;
use crate::solve::pricing::Prices;
use crate::solve::relax::Relaxation;
use crate::solve::saddle;
use crate::solve::sift::{self, Kept, Sieve};
use crate::solve::states::States;
use crate::solve::wave_options::{PricedRest, Rest, WaveProblem, build_orders};
use crate::solve::{Control, Proof, ResourceKey, Resources, resume};
use crate::units::{Decimal, Objective};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The part of the orders that may have changed, and that may be looked at again besides.
const CHANGED: f64 = 0.2;
const BESIDES: f64 = 0.06;
/// The part of the orders that may be looked at so that prices of what was freed can fall.
const FREED: f64 = 0.03;
/// Orders that are looked at for each stock that was freed.
const NEAREST: usize = 8;
/// Rounds of prices, at most.
const ROUNDS: usize = 6;
/// Up to which part of the gap asked for prices are raised.
const ENOUGH: f64 = 0.5;

/// What came of it.
pub(super) enum Changed {
    /// The gap asked for is reached.
    Done(Box<Outcome>),
    /// It is not; another start, where there is a better one.
    Open(Option<Start>),
}

/// Plans a wave by what is known of most of its orders.
///
/// # Errors
/// When HiGHS fails.
pub(super) fn solve_changed(
    planner: &Planner,
    settings: ExactSettings,
    start: &Start,
    value: &Value,
    control: &Control,
) -> Result<Changed, HighsError> {
    if start.prices.leasts.is_empty() || start.decisions.is_empty() {
        return Ok(Changed::Open(None));
    }
    let resources = Arc::new(Resources::new(planner));
    let by_line = start.prices.by_line(planner, &resources);
    let prices = start.prices.prices(planner, &resources);
    let ground = Ground { planner, resources, by_line: &by_line, prices: &prices, start };
    let Some(mut part) = ground.divided() else { return Ok(Changed::Open(None)) };
    if std::env::var("DBG").is_ok() {
        eprintln!("t {:.2} divided", control.seconds());
    }
    let stop = || control.stopped().is_some();
    let changed: Vec<OrderId> =
        part.orders.iter().filter(|order| order.same.is_none()).map(|order| order.id).collect();
    let number = changed.len();
    let mut kept = ground.built(&changed, settings.sifting.keep, &stop);
    let others = ground.competitors(&mut part, &kept);
    kept.extend(ground.built(&others, settings.sifting.keep, &stop));
    if stop() {
        return Ok(Changed::Open(None));
    }
    if std::env::var("DBG").is_ok() {
        eprintln!(
            "t {:.2} changed {number} others {} of {}",
            control.seconds(),
            others.len(),
            part.orders.len()
        );
    }
    kept.sort_by_key(|of_order| of_order.order.options.order);
    let why = format!(
        "{number} of {} open orders are not as they were when prices were found",
        part.orders.len()
    );
    let mut task = ground.task(part, kept);
    // The bound at the known prices, and the plan of before.
    let whole = task.relaxation.bound + task.constant_of_all(value).to_minor();
    task.fix_rest();
    let mut run = Run::new(&task.problem, settings, value, control);
    run.prove(whole, Proof::Decompose);
    run.first_plan(start, &task.relaxation.duals);
    if run.is_open() {
        run.reevaluate();
    }
    if std::env::var("DBG").is_ok() {
        eprintln!("t {:.2} after reevaluate", control.seconds());
    }
    let mut best = run.best;
    let mut is_open = Run::from(best.clone(), &task.problem, settings, value, control).is_open();
    if is_open {
        task.price_rest();
        let b0 = task.relaxation.bound;
        task.raise(&best.incumbent, best.objective, settings, value, control)?;
        if std::env::var("DBG").is_ok() {
            eprintln!("t {:.2} raised {} -> {}", control.seconds(), b0, task.relaxation.bound);
        }
        let is_done = sift::again(
            &mut task.problem,
            &mut task.relaxation,
            &mut best.incumbent,
            settings.sifting.keep,
            &stop,
        );
        if !is_done {
            return Ok(Changed::Open(None));
        }
        let whole = task.relaxation.bound + task.constant_of_all(value).to_minor();
        task.fix_rest();
        let mut run = Run::from(best, &task.problem, settings, value, control);
        run.prove(whole, Proof::Decompose);
        if std::env::var("DBG").is_ok() {
            eprintln!("t {:.2} sifted {}", control.seconds(), task.relaxation.bound);
        }
        if run.is_open() {
            run.round(&task.relaxation);
        }
        if std::env::var("DBG").is_ok() {
            eprintln!("t {:.2} rounded {}", control.seconds(), run.best.objective.to_minor());
        }
        if run.is_open() {
            run.improve_near(&task.relaxation)?;
        }
        is_open = run.is_open();
        best = run.best;
    }
    let run = Run::from(best, &task.problem, settings, value, control);
    let outcome = run.outcome(&task.relaxation);
    let mut known = start.prices.moved(&task.problem, &task.relaxation);
    if is_open {
        let decisions = outcome.decisions;
        return Ok(Changed::Open(Some(Start { decisions, prices: known })));
    }
    known.leasts = task.leasts();
    known.enter_fingerprints(planner, &ground.resources);
    let chosen = (settings.approach == Approach::Auto).then_some((Approach::Decompose, why));
    Ok(Changed::Done(Box::new(Outcome { prices: known, chosen, ..outcome })))
}

/// An order with open lines.
struct Known {
    id: OrderId,
    same: Option<Same>,
}

/// An order that is as it was.
struct Same {
    least: f64,
    /// What was decided for it; nothing where all of it stays open.
    column: Option<Column>,
    /// How far that is from its best at the known prices.
    excess: f64,
    undivided: u64,
    bundled: u64,
}

impl Same {
    /// Where an item of the order comes from.
    fn source(&self, wave: &Wave, order: OrderId, sku: SkuId) -> Option<NodeId> {
        let lines = wave.orders[order].line_ids().filter(|line| wave.open_quantity(*line) > 0);
        let at = lines.map(|line| wave.lines[line].sku).position(|other| other == sku)?;
        let entries = self.column.as_ref()?.entries.iter();
        entries.filter(|entry| entry.line as usize == at).map(|entry| entry.source).next()
    }
}

/// The orders of a wave by what is known of them.
struct Divided {
    orders: Vec<Known>,
    /// What those that are as they were leave of each resource.
    left: Vec<Decimal>,
}

/// What planning starts from.
struct Ground<'g, 'a> {
    planner: &'a Planner<'a>,
    resources: Arc<Resources>,
    by_line: &'g PricesByLine,
    prices: &'g Prices,
    start: &'g Start,
}

impl<'a> Ground<'_, 'a> {
    /// Which orders are as they were, and do what was decided for them; nothing where they are too
    /// few.
    fn divided(&self) -> Option<Divided> {
        let wave = self.planner.wave;
        let is_open = |order: &OrderId| {
            wave.orders[*order].line_ids().any(|line| wave.open_quantity(line) > 0)
        };
        let ids: Vec<OrderId> = wave.orders.ids().filter(is_open).collect();
        let prints = Fingerprints::new(self.planner, &self.resources, self.prices, self.by_line);
        let known: FxHashMap<OrderId, &KnownLeast> =
            self.start.prices.leasts.iter().map(|known| (known.order, known)).collect();
        let least = |order: &OrderId| {
            let known = known.get(order)?;
            prints.holds(*order, known.fingerprint).then_some(known.least)
        };
        let leasts: Vec<Option<f64>> = ids.par_iter().map(least).collect();
        let most = (CHANGED * ids.len() as f64).ceil() as usize;
        if leasts.iter().filter(|least| least.is_none()).count() > most {
            return None;
        }
        let mut decided: FxHashMap<OrderId, Vec<&Decision>> = FxHashMap::default();
        for decision in &self.start.decisions {
            decided.entry(wave.lines[decision.line].order).or_default().push(decision);
        }
        let order = |(id, least): (OrderId, Option<f64>)| {
            let decided = decided.get(&id).map_or(&[][..], Vec::as_slice);
            Known { id, same: least.and_then(|least| self.same(id, least, decided)) }
        };
        let mut orders: Vec<Known> = ids.into_par_iter().zip(leasts).map(order).collect();
        let mut sequence: Vec<usize> = (0..orders.len()).collect();
        sequence.sort_by_key(|at| (wave.orders[orders[*at].id].placed_at, *at));
        let mut left: Vec<Decimal> = self.resources.rows().iter().map(|row| row.limit()).collect();
        for at in sequence {
            let same = &mut orders[at].same;
            let Some(column) = same.as_ref().and_then(|same| same.column.as_ref()) else {
                continue;
            };
            if column.fits(&left) {
                column.uses.iter().for_each(|(id, used)| left[*id as usize] -= *used);
            } else {
                *same = None;
            }
        }
        let changed = orders.iter().filter(|order| order.same.is_none()).count();
        (changed <= most).then_some(Divided { orders, left })
    }

    /// An order that costs at least what it did; nothing where what was decided for it cannot be.
    fn same(&self, order: OrderId, least: f64, decided: &[&Decision]) -> Option<Same> {
        let planner = self.planner;
        let options = decided_options(planner, order, decided);
        let states = States::new(&options);
        let priced = |entries| Column::new(planner, &self.resources, &options, 0, entries);
        let column = resume::column(planner, &options, &states, decided, priced);
        if (column.is_none() && !decided.is_empty()) || !options.frozen.is_empty() {
            return None;
        }
        let mut cost = 0.0;
        for (at, line) in options.lines.iter().enumerate() {
            let shipped = column.as_ref().map_or(0, |column| column.quantity(at));
            if shipped < line.quantity {
                cost += open_line(planner, line.id, line.quantity - shipped).to_minor();
            }
        }
        if let Some(column) = &column {
            let split = planner.model.weight(CostKey::Split);
            let split = Objective::weighted(split, planner.model.costs.split_cost).to_minor();
            let terms = Terms::of(&options, &states, split);
            cost += column.cost.to_minor() + column.line_share;
            cost += terms.split_cost(column.shipments as usize);
            let used = column.uses.iter();
            let paid = used.map(|(id, used)| self.prices.resources[*id as usize] * used.to_f64());
            cost += paid.sum::<f64>();
        }
        let (undivided, bundled) = (options.undivided, options.bundled);
        Some(Same { least, column, excess: cost - least, undivided, bundled })
    }

    /// Looks at some orders, with all that they could do.
    fn built(&self, ids: &[OrderId], keep: usize, stop: &(impl Fn() -> bool + Sync)) -> Vec<Kept> {
        let (planner, resources) = (self.planner, &self.resources);
        let decisions = &self.start.decisions;
        let sieve = Sieve::new(planner, resources, self.by_line, decisions, keep);
        build_orders(planner, resources, ids, stop, &|order| sieve.kept(order, self.prices))
    }

    /// The orders that are as they were but may do something else because of those that are not:
    /// those that have the stock which these want, those that are far from their best, and those
    /// that order what was freed.
    fn competitors(&self, part: &mut Divided, changed: &[Kept]) -> Vec<OrderId> {
        let rows = self.resources.rows();
        let mut left: Vec<f64> = part.left.iter().map(|left| left.to_f64()).collect();
        for (id, used) in changed.iter().flat_map(|kept| kept.uses(self.planner, &self.resources)) {
            left[id as usize] -= used;
        }
        let is_stock = |id: usize| !matches!(rows[id].key, ResourceKey::Capacity { .. });
        let is_wanted = |id: usize| left[id] < 0.0 && is_stock(id);
        let most = |part_of_all: f64| (part_of_all * part.orders.len() as f64).ceil() as usize;
        // How much may be gained by another look at each, or that it is displaced.
        let gain = |(at, order): (usize, &Known)| {
            let same = order.same.as_ref()?;
            let mut uses = same.column.iter().flat_map(|column| column.uses.iter());
            let is_displaced = uses.any(|(id, _)| is_wanted(*id as usize));
            let is_far = same.excess > FAR * same.least.abs() + 1.0;
            (is_displaced || is_far).then_some((same.excess, at))
        };
        let mut found: Vec<(f64, usize)> =
            part.orders.iter().enumerate().filter_map(gain).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(most(BESIDES));
        let mut chosen: FxHashSet<usize> = found.into_iter().map(|(_, at)| at).collect();
        let worth_less = self.freed(&left);
        let orderers = self.orderers(part);
        chosen.extend(self.nearest(part, &left, &orderers));
        let mut budget = most(FREED);
        let mut by_cost: Vec<(f64, SkuId)> = Vec::new();
        for (sku, freed) in worth_less {
            let number = orderers[sku].len().max(1);
            by_cost.push((freed / number as f64, sku));
        }
        by_cost.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, sku) in by_cost {
            let new = orderers[sku].iter().filter(|at| !chosen.contains(at)).count();
            if new <= budget {
                budget -= new;
                chosen.extend(&orderers[sku]);
            }
        }
        let mut chosen: Vec<usize> = chosen.into_iter().collect();
        chosen.sort_unstable();
        for &at in &chosen {
            let Some(same) = part.orders[at].same.take() else { continue };
            let uses = same.column.iter().flat_map(|column| column.uses.iter());
            uses.for_each(|(id, used)| part.left[*id as usize] += *used);
        }
        chosen.into_iter().map(|at| part.orders[at].id).collect()
    }

    /// The orders to which stock that nobody uses though it has a price is nearest, seen from what
    /// they come from now.
    fn nearest(
        &self,
        part: &Divided,
        left: &[f64],
        orderers: &IdVec<SkuId, Vec<usize>>,
    ) -> Vec<usize> {
        let wave = self.planner.wave;
        let rows = self.resources.rows().iter().zip(&self.prices.resources).zip(left);
        let freed: BTreeSet<(NodeId, SkuId)> = rows
            .filter(|((_, price), left)| **price * **left >= 1.0)
            .filter_map(|((row, _), _)| match row.key {
                ResourceKey::Stock { node, sku, .. } => Some((node, sku)),
                _ => None,
            })
            .collect();
        let of_stock = |(node, sku): (NodeId, SkuId)| {
            let saved = |&at: &usize| {
                let Known { id, same } = &part.orders[at];
                let now = same.as_ref()?.source(wave, *id, sku);
                let km = |node| customer_km(wave, *id, node);
                let saved = now.map_or(f64::INFINITY, km) - km(node);
                (now != Some(node) && saved > 0.0).then_some((saved, at))
            };
            let mut nearest: Vec<(f64, usize)> = orderers[sku].iter().filter_map(saved).collect();
            nearest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            nearest.into_iter().take(NEAREST).map(|(_, at)| at).collect::<Vec<usize>>()
        };
        freed.into_iter().collect::<Vec<_>>().into_par_iter().flat_map_iter(of_stock).collect()
    }

    /// What the stock is worth that nobody uses though it has a price, by item.
    fn freed(&self, left: &[f64]) -> FxHashMap<SkuId, f64> {
        let mut freed: FxHashMap<SkuId, f64> = FxHashMap::default();
        let rows = self.resources.rows().iter().zip(&self.prices.resources).zip(left);
        for ((row, price), left) in rows.filter(|((_, price), left)| **price > 0.0 && **left > 0.0)
        {
            if let ResourceKey::Stock { sku, .. } | ResourceKey::StockRounded { sku, .. } = row.key
            {
                *freed.entry(sku).or_default() += price * left;
            }
        }
        freed
    }

    /// By item: the orders that are as they were and order it.
    fn orderers(&self, part: &Divided) -> IdVec<SkuId, Vec<usize>> {
        let wave = self.planner.wave;
        let mut orderers: IdVec<SkuId, Vec<usize>> =
            wave.items.iter().map(|_| Vec::new()).collect();
        for (at, order) in part.orders.iter().enumerate().filter(|(_, o)| o.same.is_some()) {
            for line in wave.orders[order.id].line_ids() {
                let known = &mut orderers[wave.lines[line].sku];
                if wave.open_quantity(line) > 0 && known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        orderers
    }

    /// The problem of the orders of which something is kept.
    fn task(&self, part: Divided, kept: Vec<Kept>) -> Task<'a> {
        let wave = self.planner.wave;
        let mut rest = Rest::default();
        let mut priced = PricedRest {
            paid: vec![0.0; self.resources.openings().len()],
            floors: self.prices.resources.clone(),
            ..PricedRest::default()
        };
        let mut opened = vec![false; self.resources.openings().len()];
        let mut used = vec![Decimal::ZERO; self.resources.len()];
        let mut leasts = Vec::with_capacity(part.orders.len());
        let mut is_ordered: IdVec<SkuId, bool> = wave.items.iter().map(|_| false).collect();
        let mut others: FxHashSet<OrderId> = FxHashSet::default();
        for Known { id, same } in &part.orders {
            let Some(same) = same else { continue };
            others.insert(*id);
            priced.least += same.least;
            leasts.push(KnownLeast { order: *id, fingerprint: 0, least: same.least });
            rest.undivided += same.undivided;
            rest.bundled += same.bundled;
            for line in wave.orders[*id].line_ids() {
                is_ordered[wave.lines[line].sku] = true;
                for (opening, price) in self.by_line.openings_of(line) {
                    priced.paid[*opening as usize] += price;
                }
            }
            let Some(column) = &same.column else { continue };
            column.uses.iter().for_each(|(id, amount)| used[*id as usize] += *amount);
            column.opens.iter().for_each(|id| opened[*id as usize] = true);
        }
        let lines = &wave.lines;
        let decisions = self.start.decisions.iter();
        let is_left_out = |line: LineId| others.contains(&lines[line].order);
        rest.decisions = decisions.filter(|d| is_left_out(d.line)).cloned().collect();
        for (floor, row) in priced.floors.iter_mut().zip(self.resources.rows()) {
            if let ResourceKey::Stock { sku, .. } | ResourceKey::StockRounded { sku, .. } = row.key
                && !is_ordered[sku]
            {
                *floor = 0.0;
            }
        }
        let held = self.start.prices.cuts.iter().filter(|(cut, _)| cut.holds(self.planner));
        let cut_floor = |(cut, price): &(crate::solve::NamedCut, f64)| {
            let is_paid = cut.terms.iter().any(|term| is_left_out(term.line));
            if is_paid { *price } else { 0.0 }
        };
        priced.cut_floors = held.map(cut_floor).collect();
        rest.priced = Some(priced.clone());
        let problem = WaveProblem {
            planner: self.planner,
            resources: self.resources.clone(),
            orders: Vec::new(),
            // Nothing is known of what the others could want.
            contended: vec![true; self.resources.len()].into(),
            is_whole: false,
            rest,
        };
        let (problem, relaxation) =
            sift::gathered(problem, kept, &self.start.prices, self.prices.clone());
        let reduced = Arc::new(self.resources.less(&used, &opened));
        Task { problem, relaxation, whole: self.resources.clone(), reduced, priced, leasts }
    }
}

/// How far from its best an order is that is looked at again, as a part of what it costs.
const FAR: f64 = 0.002;

/// Planning some orders, while the rest does what was decided for it.
struct Task<'a> {
    problem: WaveProblem<'a>,
    relaxation: Relaxation,
    whole: Arc<Resources>,
    /// What the rest leaves of all.
    reduced: Arc<Resources>,
    priced: PricedRest,
    /// Of the rest.
    leasts: Vec<KnownLeast>,
}

impl Task<'_> {
    /// The rest has taken what it takes: plans are made of what is left.
    fn fix_rest(&mut self) {
        self.problem.resources = self.reduced.clone();
        self.problem.rest.priced = None;
    }

    /// The rest costs at least what it costs: bounds are those of the whole wave.
    fn price_rest(&mut self) {
        self.problem.resources = self.whole.clone();
        self.problem.rest.priced = Some(self.priced.clone());
    }

    /// What of every objective is not in a bound for the whole wave.
    fn constant_of_all(&self, value: &Value) -> Objective {
        let planner = self.problem.planner;
        let wave = planner.wave;
        let lines = wave.lines.ids().map(|line| (line, wave.open_quantity(line)));
        let open: Objective = lines
            .filter(|(_, units)| *units > 0)
            .map(|(line, units)| open_line(planner, line, units))
            .sum();
        value(all_frozen(planner)) - open
    }

    /// Raises the bound by moving prices; none falls that the rest might pay.
    fn raise(
        &mut self,
        incumbent: &[Column],
        objective: Objective,
        settings: ExactSettings,
        value: &Value,
        control: &Control,
    ) -> Result<(), HighsError> {
        let plan = crate::solve::primal::by_order(&self.problem, incumbent.iter().cloned());
        let shipped = objective.to_minor() - self.constant_of_all(value).to_minor();
        let gap = ENOUGH * settings.gap * objective.to_minor().abs() / shipped.abs().max(1.0);
        let settings = ExactSettings { gap, approach: Approach::Decompose, ..settings };
        let known = std::mem::replace(&mut self.relaxation, Relaxation::unknown(&self.problem));
        let raised =
            saddle::raise(&self.problem, known, &plan, ROUNDS, settings, control, &mut |_| {
                shipped
            })?;
        self.relaxation = raised;
        let prices = &mut self.relaxation.duals.prices.resources;
        for (price, floor) in prices.iter_mut().zip(&self.priced.floors) {
            *price = price.max(*floor);
        }
        Ok(())
    }

    /// What every order costs at least.
    fn leasts(&mut self) -> Vec<KnownLeast> {
        let mut leasts = std::mem::take(&mut self.leasts);
        let of_orders = self.problem.orders.iter().zip(&self.relaxation.least);
        leasts.extend(of_orders.map(|(order, least)| KnownLeast {
            order: order.options.order,
            fingerprint: 0,
            least: *least,
        }));
        leasts.sort_by_key(|known| known.order);
        leasts
    }
}
