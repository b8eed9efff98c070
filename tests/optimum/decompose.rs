//! Price decomposition against the oracle: run to the end, stopped on the way, and repeated.

use crate::compare::check_profile;
use crate::oracle;
use crate::random_wave::{Profile, Random, random_case};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use wavewright::domain::{Method, Model, Wave};
use wavewright::generate::{Format, GenerateSettings, Regime, generate, write};
use wavewright::ingest::{read_model, read_wave};
use wavewright::plan::{Plan, StoppedBy};
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;
use wavewright::units::Objective;

/// A verified plan by price decomposition, interrupted at a report of its progress.
fn planned(wave: &Wave, model: &Model, last_report: u32) -> Plan {
    let mut model = model.clone();
    model.solve.method = Method::Decompose;
    let (interrupted, reports) = (AtomicBool::new(false), AtomicU32::new(0));
    let control = Control::new(f64::INFINITY, &interrupted, |_| {
        if reports.fetch_add(1, Ordering::Relaxed) + 1 >= last_report {
            interrupted.store(true, Ordering::Relaxed);
        }
    });
    plan_wave(wave, &model, RunInputs::default(), &control)
        .unwrap_or_else(|error| panic!("{error}: {error:#?}"))
}

/// Objective and bound in minor units.
fn proven(wave: &Wave, plan: &Plan) -> (f64, f64) {
    let unit = 10_f64.powi(wave.minor_digits as i32);
    let bound = plan.certificate.bound.expect("decomposition proves a bound");
    (plan.certificate.objective * unit, bound * unit)
}

/// The objective and the bound of a wave planned to the end.
fn by_decomposition(wave: &Wave, model: &Model) -> (Objective, f64) {
    let plan = planned(wave, model, u32::MAX);
    assert_eq!(plan.certificate.method, "decompose");
    let objective = wavewright::verify::verify(wave, model, &plan).objective;
    (objective, proven(wave, &plan).1)
}

macro_rules! profiles {
    ($($name:ident: $profile:ident, $seeds:literal;)*) => {$(
        /// Tests that decomposition finds the least cost of every random wave of a profile.
        #[test]
        fn $name() {
            check_profile(Profile::$profile, $seeds, by_decomposition);
        }
    )*};
}

profiles! {
    mixed: Mixed, 60;
    parcels: Parcels, 60;
    pickup: Pickup, 60;
    transfers: Transfers, 60;
    commitments: Commitments, 60;
    split_lines: SplitLines, 60;
    capacity: Capacity, 60;
    escalation: Escalation, 60;
}

/// Tests that wherever it is stopped, the least cost lies between the bound and the plan's cost.
#[test]
fn a_stopped_run_keeps_its_promise() {
    let (mut stopped, mut open) = (0, 0);
    for profile in Profile::ALL {
        for seed in 0..40 {
            let (wave, model) = random_case(seed, profile);
            let Ok(best) = oracle::solve(&wave, &model) else { continue };
            let last_report = Random::new(seed).count(1, 25);
            let plan = planned(&wave, &model, last_report);
            let (objective, bound) = proven(&wave, &plan);
            let least = best.objective.to_minor();
            let what = format!("{profile:?} {seed}, report {last_report}");
            let rounding = 1e-6 * least.abs().max(1.0);
            assert!(bound <= least + rounding, "{what}: a bound of {bound} above {least}");
            assert!(objective >= least - rounding, "{what}: {objective} below {least}");
            stopped += u32::from(plan.certificate.stopped_by == StoppedBy::Interrupt);
            open += u32::from(bound < objective - rounding);
        }
    }
    assert!(stopped >= 20 && open >= 20, "{stopped} runs stopped, {open} with a gap");
}

/// A generated wave of some hundred orders, with the model `balanced`.
fn generated(regime: Regime) -> (Wave, Model) {
    let settings =
        GenerateSettings { orders: 450, nodes: 12, skus: 200, regime, returns: 0, seed: 3 };
    let tables = generate(&settings).expect("the settings are within the limits");
    let root = tempfile::tempdir().expect("a temporary folder");
    let folder = root.path().join("wave");
    write(&tables, &folder, Format::Csv).expect("the temporary folder takes the wave");
    let wave = read_wave(&folder).expect("a generated wave is valid").wave;
    let mut model = read_model("balanced", wave.minor_digits).expect("the model is shipped");
    model.solve.gap = 0.005;
    (wave, model)
}

/// Tests that the same wave and seed give the same plan, but for what took how long; on one
/// thread and on two.
#[test]
fn plans_repeat_on_any_threads() {
    let (wave, mut model) = generated(Regime::Scarce);
    let mut on = |threads: usize| {
        model.solve.threads = threads as u32;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.expect("a pool of threads");
        let mut plan = pool.install(|| planned(&wave, &model, u32::MAX));
        assert_eq!(plan.certificate.method, "decompose");
        assert_eq!(plan.certificate.stopped_by, StoppedBy::Gap);
        plan.certificate.seconds.clear();
        plan.certificate.threads = 0;
        plan
    };
    let (once, again, alone) = (on(2), on(2), on(1));
    assert!(once.certificate.objective > 0.0 && once.stock_use.len() > 50);
    assert_eq!(once, again, "twice on two threads");
    assert_eq!(once, alone, "on two threads and on one");
}
