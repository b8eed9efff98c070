//! The exact method against the oracle.

use crate::compare::check_profile;
use crate::random_wave::Profile;
use std::sync::atomic::AtomicBool;
use wavewright::domain::{Model, Wave};
use wavewright::planning::{PlanError, RunInputs, plan_wave};
use wavewright::solve::Control;
use wavewright::units::Objective;
use wavewright::verify::verify;

/// The objective and the bound, in minor units, of a wave planned by the exact method.
pub fn by_exact_method(wave: &Wave, model: &Model) -> (Objective, f64) {
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| {});
    let plan = match plan_wave(wave, model, RunInputs::default(), &control) {
        Ok(plan) => plan,
        Err(PlanError::Unverified(violations)) => panic!("not verified: {violations:#?}"),
        Err(error) => panic!("{error}"),
    };
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
    mixed: Mixed, 60;
    parcels: Parcels, 60;
    pickup: Pickup, 60;
    transfers: Transfers, 60;
    commitments: Commitments, 60;
    split_lines: SplitLines, 60;
    capacity: Capacity, 60;
    escalation: Escalation, 60;
}
