//! A sweep: a wave planned again and again while one or two settings of the model vary.

mod vary;

pub use vary::{Vary, VaryError, grid};

use crate::domain::{Model, Wave};
use crate::ingest::{SettingError, model_to_json, with_setting};
use crate::plan::Plan;
use crate::planning::{PlanError, RunInputs, plan_wave, start_from};
use crate::solve::{Control, Start};
use crate::units::Decimal;

/// A plan of the sweep.
#[derive(Clone, Debug)]
pub struct SweepPoint {
    /// Place in the grid, from 0.
    pub index: usize,
    /// A value for each setting.
    pub values: Vec<Decimal>,
    pub model: Model,
    pub plan: Plan,
}

/// Why a sweep ended without its plans.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error("at {at}: {source}")]
    Plan { at: String, source: PlanError },
}

/// The model of each point of the grid, all of them before anything is planned.
///
/// # Errors
/// When a value is none that the setting may have.
pub fn models(wave: &Wave, model: &Model, varies: &[Vary]) -> Result<Vec<Model>, SettingError> {
    let digits = wave.minor_digits;
    let vary = |values: Vec<Decimal>| {
        varies.iter().zip(values).try_fold(model.clone(), |model, (vary, value)| {
            with_setting(&model, &vary.setting, value, digits)
        })
    };
    grid(varies).into_iter().map(vary).collect()
}

/// Plans the wave at every point of the grid, neighbours one after the other, each from the plan of
/// the one before. `control` makes the
/// limits of one point, whose place in the sequence and values it is told. An interrupt ends the sweep after
/// the point that is being planned.
///
/// Returns the points planned, by their place in the grid.
///
/// # Errors
/// When a value is none that the setting may have, or a point cannot be planned.
pub fn sweep<'a>(
    wave: &Wave,
    model: &Model,
    varies: &[Vary],
    inputs: &RunInputs,
    mut control: impl FnMut(usize, &str, &Model) -> Control<'a>,
) -> Result<Vec<SweepPoint>, SweepError> {
    let mut models: Vec<Option<Model>> =
        self::models(wave, model, varies)?.into_iter().map(Some).collect();
    let grid = grid(varies);
    let mut points: Vec<SweepPoint> = Vec::with_capacity(grid.len());
    for (done, index) in vary::forth_and_back(varies).into_iter().enumerate() {
        let Some(model) = models[index].take() else { continue };
        let at = label(varies, &grid[index]);
        let control = control(done, &at, &model);
        if done > 0 && control.is_interrupted() {
            break;
        }
        let json = model_to_json(&model, wave.minor_digits);
        let start =
            points.last().map_or_else(Start::default, |before| start_from(wave, &before.plan));
        let inputs = RunInputs { model: json, start, ..inputs.clone() };
        let plan = plan_wave(wave, &model, inputs, &control)
            .map_err(|source| SweepError::Plan { at, source })?;
        points.push(SweepPoint { index, values: grid[index].clone(), model, plan });
    }
    points.sort_by_key(|point| point.index);
    Ok(points)
}

/// `costs.split_cost 2, costs.late_cost 1.5`
fn label(varies: &[Vary], values: &[Decimal]) -> String {
    let pairs = varies.iter().zip(values);
    let texts = pairs.map(|(vary, value)| format!("{} {}", vary.setting, value.to_f64()));
    texts.collect::<Vec<_>>().join(", ")
}
