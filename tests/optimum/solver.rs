//! The exact method against the oracle, and against what holds for any least cost.

use crate::compare::{Compared, check_case, check_profile};
use crate::properties::{
    Decided, frozen_stays_frozen, more_never_costs_more, over_all, pinned_plans_cost_the_same,
    row_order_does_not_matter, scaled_weights_scale_the_objective,
};
use crate::random_wave::{Profile, random_case};
use crate::{backends, oracle};
use std::sync::atomic::AtomicBool;
use wavewright::domain::{Commitment, Level, Model, Wave};
use wavewright::options::{Planner, frozen_decisions};
use wavewright::plan::{Assignment, Plan};
use wavewright::planning::{PlanError, RunInputs, plan_wave, start_from};
use wavewright::solve::exact::{Formulation, enumerate};
use wavewright::solve::order_plan::plan_order;
use wavewright::solve::{Control, Duals, Start, WaveProblem};
use wavewright::units::Objective;
use wavewright::verify::verify;

/// The plan of a wave by the exact method.
fn planned(wave: &Wave, model: &Model) -> Plan {
    planned_from(wave, model, Start::default(), f64::INFINITY)
}

/// A verified plan by the exact method, from other decisions and within so many seconds.
fn planned_from(wave: &Wave, model: &Model, start: Start, seconds: f64) -> Plan {
    let interrupted = AtomicBool::new(false);
    let control = Control::new(seconds, &interrupted, |_| {});
    match plan_wave(wave, model, RunInputs { start, ..RunInputs::default() }, &control) {
        Ok(plan) => plan,
        Err(PlanError::Unverified(violations)) => panic!("not verified: {violations:#?}"),
        Err(error) => panic!("{error}"),
    }
}

/// The objective and the bound, in minor units, of a wave planned by the exact method.
pub fn by_exact_method(wave: &Wave, model: &Model) -> (Objective, f64) {
    let plan = planned(wave, model);
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let bound = plan.certificate.bound.expect("the exact method proves a bound");
    (verify(wave, model, &plan).objective, bound * unit)
}

macro_rules! profiles {
    ($($name:ident: $profile:ident, $seeds:literal;)*) => {$(
        /// Tests that the exact method finds the least cost of every random wave of a profile.
        #[test]
        fn $name() {
            check_profile(Profile::$profile, $seeds, by_exact_method);
        }
    )*};
}

profiles! {
    mixed: Mixed, 100;
    parcels: Parcels, 100;
    pickup: Pickup, 100;
    transfers: Transfers, 100;
    commitments: Commitments, 100;
    split_lines: SplitLines, 100;
    capacity: Capacity, 100;
    escalation: Escalation, 100;
    exchanges: Exchanges, 100;
}

/// Tests waves that once were planned above their least cost, or not at all.
#[test]
fn once_wrong_stays_right() {
    let cases = [
        (Profile::Mixed, [591, 1230]),
        (Profile::Parcels, [671, 1685]),
        (Profile::Pickup, [99, 307]),
        (Profile::Transfers, [604, 1110]),
        (Profile::Transfers, [1110, 1910]),
        (Profile::Commitments, [121, 170]),
        (Profile::Commitments, [455, 1730]),
        (Profile::SplitLines, [386, 419]),
        (Profile::SplitLines, [406, 894]),
        (Profile::SplitLines, [894, 1486]),
        (Profile::SplitLines, [775, 944]),
        (Profile::Capacity, [810, 919]),
        (Profile::Escalation, [136, 466]),
        (Profile::Exchanges, [8533, 8534]),
    ];
    for (profile, seeds) in cases {
        for seed in seeds {
            assert_eq!(check_case(seed, profile, by_exact_method), Compared::Equal);
        }
    }
}

/// Seeds of each profile on which a property is checked.
const SEEDS: u64 = 40;

fn least(wave: &Wave, model: &Model) -> Option<Objective> {
    Some(by_exact_method(wave, model).0)
}

fn decision(row: &Assignment) -> Commitment {
    Commitment {
        line: row.line,
        quantity: row.quantity,
        node: row.source,
        service: row.service,
        ship_date: Some(row.ship_date),
        level: Level::Planned,
        pinned: false,
    }
}

/// What the exact method decided beyond the frozen commitments, which its assignments hold too.
fn decided(wave: &Wave, model: &Model) -> Option<Decided> {
    let plan = planned(wave, model);
    let objective = verify(wave, model, &plan).objective;
    if plan.assignments.iter().any(|row| !row.hops.is_empty()) {
        return Some(Decided { objective, decisions: None });
    }
    let mut decisions: Vec<Commitment> = plan.assignments.iter().map(decision).collect();
    for frozen in wave.orders.ids().flat_map(|order| frozen_decisions(wave, order)) {
        let key = (frozen.line, frozen.source, frozen.service, Some(frozen.ship_date));
        let same = |row: &&mut Commitment| (row.line, row.node, row.service, row.ship_date) == key;
        let row = decisions.iter_mut().find(same).expect("what is frozen is in the plan");
        row.quantity -= frozen.quantity;
    }
    decisions.retain(|row| row.quantity > 0);
    Some(Decided { objective, decisions: Some(decisions) })
}

/// Tests that the exact method does not mind the order of rows.
#[test]
fn row_order_is_ignored() {
    over_all(SEEDS, 1.0, |seed, profile| row_order_does_not_matter(seed, profile, least));
}

/// Tests that the exact method finds no more cost with more stock and capacity.
#[test]
fn more_room_is_used() {
    over_all(SEEDS, 1.0, |seed, profile| more_never_costs_more(seed, profile, least));
}

/// Tests that the objective of the exact method grows with the weights.
#[test]
fn the_objective_scales() {
    over_all(SEEDS, 1.0, |seed, profile| scaled_weights_scale_the_objective(seed, profile, least));
}

/// Tests that plans of the exact method cost the same when they are pinned.
#[test]
fn pinned_plans_stay_as_good() {
    over_all(SEEDS, 0.7, |seed, profile| pinned_plans_cost_the_same(seed, profile, decided, least));
}

/// Tests that the exact method keeps frozen commitments.
#[test]
fn what_is_frozen_is_kept() {
    over_all(SEEDS, 0.1, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        let plan = planned(&wave, &model);
        let direct = plan.assignments.iter().filter(|row| row.hops.is_empty());
        let decisions: Vec<Commitment> = direct.map(decision).collect();
        frozen_stays_frozen(&wave, &decisions);
        wave.commitments.iter().any(Commitment::is_frozen)
    });
}

/// Tests that the same wave, model and seed give the same plan, but for the seconds it took.
#[test]
fn plans_repeat() {
    over_all(SEEDS, 1.0, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        let (mut once, mut again) = (planned(&wave, &model), planned(&wave, &model));
        once.certificate.seconds.clear();
        again.certificate.seconds.clear();
        assert_eq!(once, again, "{profile:?} {seed}");
        true
    });
}

/// Tests that a plan is as good when it is resumed, with no time to plan anything.
#[test]
fn a_plan_resumes() {
    over_all(SEEDS, 0.5, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        // Orders with frozen units are planned anew.
        if wave.commitments.iter().any(Commitment::is_frozen) {
            return false;
        }
        let plan = planned(&wave, &model);
        let resumed = planned_from(&wave, &model, start_from(&wave, &plan), 0.0);
        let objectives = [plan, resumed].map(|plan| plan.certificate.objective);
        assert_eq!(objectives[0], objectives[1], "{profile:?} {seed}");
        true
    });
}

/// Columns up to which both backends solve a program in little time.
const MAX_COLUMNS: usize = 150;

/// Tests that both backends find, in the formulation over all columns, the oracle's least cost.
#[test]
fn the_formulation_says_the_same_on_both_backends() {
    over_all(SEEDS, 0.5, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        let Ok(best) = oracle::solve(&wave, &model) else { return false };
        let Some(agreed) = backends::agreed(&wave, &model, MAX_COLUMNS) else { return false };
        let least = best.objective.to_minor();
        let apart = (agreed.least - least).abs();
        assert!(apart <= agreed.rounding, "{profile:?} {seed}: {}, not {least}", agreed.least);
        true
    });
}

/// Shipments and parts up to which HiGHS solves a program in little time.
const MAX_PIECES: usize = 3_000;

/// Tests that what lies within the distance between a bound and the least cost holds a plan of least
/// cost, whatever plans are known: here the distance to the bound without any prices.
#[test]
fn an_optimum_lies_within_its_distance() {
    over_all(2 * SEEDS, 0.7, |seed, profile| {
        let (wave, model) = random_case(seed, profile);
        let Ok(best) = oracle::solve(&wave, &model) else { return false };
        let planner = Planner::new(&wave, &model);
        let problem = WaveProblem::new(&planner);
        let duals = Duals::free(&problem);
        let bound = |order: usize| {
            let scan = problem.scan(order, &duals.prices, &duals.orders[order]);
            plan_order(&scan).least
        };
        let bound: f64 = (0..problem.orders.len()).map(bound).sum();
        let least = best.objective.to_minor() - backends::constant(&problem).to_minor();
        let slack = problem.rounding_slack() + 1e-6 * least.abs().max(1.0);
        let Some(pieces) = enumerate(&problem, &duals, least - bound + slack, MAX_PIECES) else {
            return false;
        };
        if Formulation::new(&problem, &pieces).names().columns.is_empty() {
            return false;
        }
        let found = backends::by_highs(&problem, &pieces);
        assert!((found - least).abs() <= slack, "{profile:?} {seed}: {found}, not {least}");
        true
    });
}
