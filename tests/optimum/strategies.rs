//! Every strategy on the random waves: its plans pass the verifier, and none beats the oracle.

use crate::oracle;
use crate::random_wave::{Profile, random_case};
use std::sync::atomic::AtomicBool;
use wavewright::domain::{Method, Model, Wave};
use wavewright::plan::{Plan, Proof, Status};
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;
use wavewright::strategies::Strategy;

/// The plan of a strategy, which [`plan_wave`] gives out only where the verifier accepts it.
fn plan(wave: &Wave, model: &Model, strategy: Strategy, what: &str) -> Plan {
    let mut model = model.clone();
    model.solve.method = Method::Heuristic(strategy.name().into());
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| ());
    let plan = plan_wave(wave, &model, RunInputs::default(), &control);
    plan.unwrap_or_else(|error| panic!("{what} {}: {error}: {error:#?}", strategy.name()))
}

/// Tests every strategy on one profile; returns for how many waves each found the optimum, and the
/// number of waves.
fn check(profile: Profile) -> (Vec<u32>, u32) {
    let mut optimal = vec![0; Strategy::ALL.len()];
    let mut waves = 0;
    for seed in 0..120 {
        let (wave, model) = random_case(seed, profile);
        let what = format!("{profile:?} {seed}");
        let best = oracle::solve(&wave, &model).ok();
        waves += u32::from(best.is_some());
        for (at, strategy) in Strategy::ALL.into_iter().enumerate() {
            let plan = plan(&wave, &model, strategy, &what);
            let certificate = &plan.certificate;
            assert_eq!((certificate.proof, certificate.status), (Proof::None, Status::Heuristic));
            assert_eq!((certificate.bound, certificate.gap), (None, None), "{what}");
            let Some(best) = &best else { continue };
            let unit = 10_f64.powi(wave.minor_digits as i32);
            let (found, least) = (certificate.objective * unit, best.objective.to_minor());
            let rounding = 1e-6 * least.abs().max(1.0);
            assert!(found >= least - rounding, "{what}: {} {found} < {least}", strategy.name());
            optimal[at] += u32::from(found <= least + rounding);
        }
    }
    (optimal, waves)
}

/// Tests that on every kind of wave all plans are valid, and that those by complete plans of each
/// order are often the best.
#[test]
fn strategies_give_valid_plans_that_do_not_beat_the_optimum() {
    for profile in Profile::ALL {
        let (optimal, waves) = check(profile);
        for (strategy, optimal) in Strategy::ALL.into_iter().zip(optimal) {
            let by_orders = matches!(
                strategy,
                Strategy::CheapestOrder
                    | Strategy::Regret
                    | Strategy::Reevaluate
                    | Strategy::PriceGuided
            );
            assert!(!by_orders || optimal * 3 >= waves, "{profile:?} {}", strategy.name());
        }
    }
}
