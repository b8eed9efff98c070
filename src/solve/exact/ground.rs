//! What is known of the orders of a wave that hardly differs from one whose prices are known: which
//! of them are as they were, and which of these compete with those that are not.

use crate::domain::{CostKey, Wave};
use crate::ids::{IdVec, LineId, NodeId, OrderId, SkuId};
use crate::options::{Decision, Lanes, Planner, customer_km, decided_options};
use crate::solve::column::Column;
use crate::solve::exact::Start;
use crate::solve::exact::decided::open_line;
use crate::solve::fingerprint::Fingerprints;
use crate::solve::known::{KnownLeast, PricesByLine};
use crate::solve::order_plan::Terms;
use crate::solve::pricing::Prices;
use crate::solve::sift::{Kept, Sieve};
use crate::solve::states::States;
use crate::solve::wave_options::{Look, PricedRest};
use crate::solve::{NamedCut, ResourceKey, Resources, resume};
use crate::units::{Decimal, Objective};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The part of the orders that may have changed.
const CHANGED: f64 = 0.2;
/// The part of the orders that may be looked at besides because they are displaced or far from their
/// best, and because prices of what was freed can fall then; so many in any case.
const BESIDES: f64 = 0.06;
const FREED: f64 = 0.03;
const SOME: usize = 500;
/// Orders that are looked at for each stock that was freed.
const NEAREST: usize = 4;
/// How far from its best an order is that is looked at again, as a part of what it costs.
const FAR: f64 = 0.002;

/// An order with open lines.
pub(super) struct Known {
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
pub(super) struct Divided {
    pub orders: Vec<Known>,
    /// What those that are as they were leave of each resource.
    left: Vec<Decimal>,
}

impl Divided {
    /// The orders that are not as they were.
    pub fn changed(&self) -> Vec<OrderId> {
        self.orders.iter().filter(|order| order.same.is_none()).map(|order| order.id).collect()
    }
}

/// What planning starts from.
pub(super) struct Ground<'g, 'a> {
    pub planner: &'a Planner<'a>,
    pub resources: Arc<Resources>,
    pub by_line: &'g PricesByLine,
    pub prices: &'g Prices,
    pub start: &'g Start,
}

impl Ground<'_, '_> {
    /// Which orders are as they were, and do what was decided for them; nothing where they are too
    /// few.
    pub fn divided(&self) -> Option<Divided> {
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
    pub fn built(
        &self,
        ids: &[OrderId],
        keep: usize,
        stop: &(impl Fn() -> bool + Sync),
    ) -> Vec<Kept> {
        let (planner, resources) = (self.planner, &self.resources);
        let decisions = &self.start.decisions;
        let sieve = Sieve::new(planner, resources, self.by_line, decisions, keep);
        let look = Look { planner, resources, lanes: Lanes::ToEnds };
        look.at_orders(ids, stop, &|order| sieve.kept(order, self.prices))
    }

    /// The orders that are as they were but may do something else because of those that are not:
    /// those that have the stock which these want, those that are far from their best, and those
    /// that order what was freed.
    pub fn competitors(&self, divided: &mut Divided, changed: &[Kept]) -> Vec<OrderId> {
        let rows = self.resources.rows();
        let mut left: Vec<f64> = divided.left.iter().map(|left| left.to_f64()).collect();
        for (id, used) in changed.iter().flat_map(|kept| kept.uses(self.planner, &self.resources)) {
            left[id as usize] -= used;
        }
        let is_stock = |id: usize| !matches!(rows[id].key, ResourceKey::Capacity { .. });
        let is_wanted = |id: usize| left[id] < 0.0 && is_stock(id);
        let number = divided.orders.len() as f64;
        let most = |part: f64| ((part * number).ceil() as usize).max(SOME);
        // How much may be gained by another look at each, or that it is displaced.
        let gain = |(at, order): (usize, &Known)| {
            let same = order.same.as_ref()?;
            let mut uses = same.column.iter().flat_map(|column| column.uses.iter());
            let is_displaced = uses.any(|(id, _)| is_wanted(*id as usize));
            let is_far = same.excess > FAR * same.least.abs() + 1.0;
            (is_displaced || is_far).then_some((same.excess, at))
        };
        let mut found: Vec<(f64, usize)> =
            divided.orders.iter().enumerate().filter_map(gain).collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(most(BESIDES));
        let mut chosen: FxHashSet<usize> = found.into_iter().map(|(_, at)| at).collect();
        let worth_less = self.freed(&left);
        let orderers = self.orderers(divided);
        chosen.extend(self.nearest(divided, &left, &orderers));
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
            let Some(same) = divided.orders[at].same.take() else { continue };
            let uses = same.column.iter().flat_map(|column| column.uses.iter());
            uses.for_each(|(id, used)| divided.left[*id as usize] += *used);
        }
        chosen.into_iter().map(|at| divided.orders[at].id).collect()
    }

    /// The orders to which stock that nobody uses though it has a price is nearest, seen from what
    /// they come from now.
    fn nearest(
        &self,
        divided: &Divided,
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
                let Known { id, same } = &divided.orders[at];
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
    fn orderers(&self, divided: &Divided) -> IdVec<SkuId, Vec<usize>> {
        let wave = self.planner.wave;
        let mut orderers: IdVec<SkuId, Vec<usize>> =
            wave.items.iter().map(|_| Vec::new()).collect();
        for (at, order) in divided.orders.iter().enumerate().filter(|(_, o)| o.same.is_some()) {
            for line in wave.orders[order.id].line_ids() {
                let known = &mut orderers[wave.lines[line].sku];
                if wave.open_quantity(line) > 0 && known.last() != Some(&at) {
                    known.push(at);
                }
            }
        }
        orderers
    }

    /// What the orders that are as they were leave to the others.
    pub fn shares(&self, divided: Divided) -> Shares {
        let wave = self.planner.wave;
        let openings = self.resources.openings().len();
        let mut priced = PricedRest {
            least: 0.0,
            paid: vec![0.0; openings],
            floors: self.prices.resources.clone(),
            cut_floors: Vec::new(),
        };
        let (mut undivided, mut bundled) = (0, 0);
        let mut opened = vec![false; openings];
        let mut used = vec![Decimal::ZERO; self.resources.len()];
        let mut leasts = Vec::with_capacity(divided.orders.len());
        let mut is_ordered: IdVec<SkuId, bool> = wave.items.iter().map(|_| false).collect();
        let mut others: FxHashSet<OrderId> = FxHashSet::default();
        for Known { id, same } in &divided.orders {
            let Some(same) = same else { continue };
            others.insert(*id);
            priced.least += same.least;
            leasts.push(KnownLeast { order: *id, fingerprint: 0, least: same.least });
            undivided += same.undivided;
            bundled += same.bundled;
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
        let is_other = |line: LineId| others.contains(&wave.lines[line].order);
        let decisions = self.start.decisions.iter();
        let decisions = decisions.filter(|decision| is_other(decision.line)).cloned().collect();
        for (floor, row) in priced.floors.iter_mut().zip(self.resources.rows()) {
            if let ResourceKey::Stock { sku, .. } | ResourceKey::StockRounded { sku, .. } = row.key
                && !is_ordered[sku]
            {
                *floor = 0.0;
            }
        }
        let held = self.start.prices.cuts.iter().filter(|(cut, _)| cut.holds(self.planner));
        let floor = |(cut, price): &(NamedCut, f64)| {
            let is_paid = cut.terms.iter().any(|term| is_other(term.line));
            if is_paid { *price } else { 0.0 }
        };
        priced.cut_floors = held.map(floor).collect();
        let reduced = Arc::new(self.resources.less(&used, &opened));
        let whole = self.resources.clone();
        Shares { whole, reduced, decisions, undivided, bundled, priced, leasts }
    }
}

/// What some orders leave to the others, and what they cost at least.
pub(super) struct Shares {
    pub whole: Arc<Resources>,
    pub reduced: Arc<Resources>,
    pub decisions: Vec<Decision>,
    /// Their lines that the named limits of options concern.
    pub undivided: u64,
    pub bundled: u64,
    pub priced: PricedRest,
    pub leasts: Vec<KnownLeast>,
}
