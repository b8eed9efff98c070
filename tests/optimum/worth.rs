//! What prices say a unit more or less is worth, against what it is worth: the relaxation solved
//! again with one unit of stock or capacity more, and less.
//!
//! All lines are for one unit, so that neither rounded rows nor cuts follow the supply. The
//! relaxation's value is then convex in every supply: what the prices behind a bound promise, taken
//! from that bound, is a bound on the value with another supply.

use crate::random_wave::{Profile, random_case};
use std::sync::atomic::AtomicBool;
use wavewright::domain::{CapacityUnit, Escalate, Model, Order, Wave, WaveParts};
use wavewright::ids::{Id, SkuId};
use wavewright::options::Planner;
use wavewright::solve::{
    Approach, Control, ExactSettings, Relaxation, ResourceKey, Sifting, WaveProblem, relax,
};
use wavewright::units::Decimal;

/// What is changed by a unit.
#[derive(Clone, Copy, Debug)]
enum Supply {
    /// Position among the rows of stock, sorted.
    Stock(usize),
    /// Position of the node, and of the row among its capacities.
    Capacity(usize, usize),
}

/// A limit: what it is on, what there is for free, and at most.
type Limit = (ResourceKey, Decimal, Decimal);

/// A relaxation and the limits that it was found under.
struct Valued {
    relaxation: Relaxation,
    /// What the last master said: no bound is above it.
    value: f64,
    limits: Vec<Limit>,
    /// Whether every order plan of the master is within the limits by itself. Pricing does not
    /// count those that are not, so that a master with one may be below the bound.
    fits: bool,
}

/// Relaxes a wave as far as it goes.
fn valued(parts: &WaveParts, model: &Model, approach: Approach) -> Valued {
    let wave = Wave::new(parts.clone());
    let planner = Planner::new(&wave, model);
    let problem = WaveProblem::new(&planner);
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| ());
    let settings =
        ExactSettings { approach, gap: 0.0, threads: 1, seed: 1, sifting: Sifting::default() };
    let mut value = f64::INFINITY;
    let relaxation = relax(&problem, &[], None, settings, &control, &mut |step| {
        value = value.min(step.master);
        f64::INFINITY
    });
    let relaxation = relaxation.expect("HiGHS solves small programs");
    assert!(relaxation.cuts.is_empty(), "lines of one unit need no cuts");
    let rows = problem.resources.rows().iter();
    let limits: Vec<Limit> = rows.map(|row| (row.key, row.supply, row.limit())).collect();
    let mut uses = relaxation.columns.iter().flat_map(|column| &column.uses);
    let fits = uses.all(|(id, used)| *used <= limits[*id as usize].2.to_f64());
    Valued { relaxation, value, limits, fits }
}

/// A random wave whose lines are for one unit each and go directly, with a model under which more
/// room takes nothing away.
fn case(seed: u64, profile: Profile) -> (WaveParts, Model) {
    let (wave, mut model) = random_case(seed, profile);
    if model.rules.escalate == Escalate::Deadline {
        model.rules.escalate = Escalate::Cost;
    }
    let mut parts = wave.parts().clone();
    parts.lines.iter_mut().for_each(|line| line.quantity = 1);
    parts.commitments.clear();
    parts.lanes = Vec::new().into();
    (parts, model)
}

fn supplies(parts: &WaveParts) -> Vec<Supply> {
    let nodes = parts.nodes.enumerate();
    let capacities = nodes.flat_map(|(id, node)| {
        (0..node.capacities.len()).map(move |row| Supply::Capacity(id.index(), row))
    });
    (0..parts.stock.len()).map(Supply::Stock).chain(capacities).collect()
}

/// The wave with so many units more; nothing where there are not so many to take away.
fn changed(parts: &WaveParts, supply: Supply, units: i64) -> Option<WaveParts> {
    let mut parts = parts.clone();
    match supply {
        Supply::Stock(at) => {
            let mut rows: Vec<_> = parts.stock.iter_mut().collect();
            rows.sort_by_key(|(key, _)| **key);
            let stock = &mut rows[at].1;
            stock.on_hand = u32::try_from(i64::from(stock.on_hand) + units).ok()?;
        }
        Supply::Capacity(node, row) => {
            let node = parts.nodes.iter_mut().nth(node).expect("a node of the wave");
            let capacity = &mut node.capacities[row].capacity;
            *capacity =
                Some(*capacity + Decimal::from_int(units)).filter(|c| *c >= Decimal::ZERO)?;
        }
    }
    Some(parts)
}

/// What the prices say that the change of the limits is worth; nothing where the limits are not
/// the same ones, or where one order alone could want more than there was: plans that did not fit
/// before are not in the relaxation, so that it does not know what they would gain.
fn promised(parts: &WaveParts, before: &Valued, after: &Valued) -> Option<f64> {
    let keys = |valued: &Valued| valued.limits.iter().map(|limit| limit.0).collect::<Vec<_>>();
    if keys(before) != keys(after) {
        return None;
    }
    let prices = &before.relaxation.duals.prices.resources;
    let mut promised = 0.0;
    for ((before, after), price) in before.limits.iter().zip(&after.limits).zip(prices) {
        if after.1 > before.1 && most_of_order(parts, &before.0).is_none_or(|most| most > before.2)
        {
            return None;
        }
        promised += (after.1.to_f64() - before.1.to_f64()) * price;
    }
    Some(promised)
}

/// What an order can use of a limit at most; nothing where that is not plain to see.
fn most_of_order(parts: &WaveParts, key: &ResourceKey) -> Option<Decimal> {
    let lines = |is_meant: &dyn Fn(SkuId) -> bool| {
        let of_order = |order: &Order| order.line_ids().filter(|l| is_meant(parts.lines[*l].sku));
        parts.orders.iter().map(|order| of_order(order).count()).max()
    };
    let most = match *key {
        ResourceKey::Stock { sku, .. } => lines(&|of_line| of_line == sku),
        ResourceKey::Capacity { unit: CapacityUnit::Minutes, .. } => None,
        ResourceKey::Capacity { .. } => lines(&|_| true),
        ResourceKey::StockRounded { .. } | ResourceKey::Carrier { .. } => None,
    };
    most.map(|most| Decimal::from_int(most as i64))
}

/// How many waves were tested, how many of them to a bound that is not the best, and how often a
/// positive price.
#[derive(Debug, Default)]
struct Tested {
    waves: u32,
    loose: u32,
    stock: u32,
    capacity: u32,
}

/// Tests that a unit more is worth at most its price, and a unit less at least.
fn check(profile: Profile, seeds: u64, approach: Approach, tested: &mut Tested) -> Vec<String> {
    let mut wrong = Vec::new();
    for seed in 0..seeds {
        let (parts, model) = case(seed, profile);
        let exact = valued(&parts, &model, Approach::Exact);
        let priced = valued(&parts, &model, approach);
        let value = exact.value;
        let rounding = 1e-5 * value.abs().max(100.0);
        let what = format!("{profile:?} {seed} {}", approach.name());
        let lacks = value - priced.relaxation.bound;
        if !exact.fits || !priced.fits {
            continue;
        }
        if lacks < -rounding {
            wrong.push(format!("{what}: a bound {lacks} below the best, {value}"));
        }
        tested.waves += 1;
        tested.loose += u32::from(lacks > 1e-3 * value.abs());
        for supply in supplies(&parts) {
            for units in [1, -1] {
                let Some(other) = changed(&parts, supply, units) else { continue };
                let after = valued(&other, &model, Approach::Exact);
                let promised = promised(&parts, &priced, &after).filter(|_| after.fits);
                let Some(promised) = promised else { continue };
                let gained = priced.relaxation.bound - after.value;
                if gained > promised + rounding {
                    wrong.push(format!("{what}: {units} of {supply:?}: {gained}, not {promised}"));
                }
                let counter = match supply {
                    Supply::Stock(_) => &mut tested.stock,
                    Supply::Capacity(..) => &mut tested.capacity,
                };
                *counter += u32::from(promised.abs() > 1.0);
            }
        }
    }
    wrong
}

/// Tests both ways to prices on waves that compete for stock and for capacity.
#[test]
fn prices_are_what_a_unit_is_worth() {
    for approach in [Approach::Exact, Approach::Decompose] {
        let mut tested = Tested::default();
        for profile in [Profile::Parcels, Profile::Pickup, Profile::Capacity] {
            let wrong = check(profile, 120, approach, &mut tested);
            assert!(wrong.is_empty(), "{wrong:#?}");
        }
        assert!(tested.waves >= 100 && tested.loose * 10 <= tested.waves, "{tested:?}");
        assert!(tested.stock >= 60 && tested.capacity >= 20, "{}: {tested:?}", approach.name());
    }
}
