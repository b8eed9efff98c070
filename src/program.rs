//! The exact program of a wave and a model as a file, for other solvers and for reading.

use crate::domain::{Model, Wave};
use crate::options::Planner;
use crate::plan::Ledger;
use crate::solve::{
    Approach, Control, ExactSettings, ExportError, Exported, Sifting, export_program,
};
use std::path::Path;

/// Writes the exact program of a wave to a `.mps` or `.lp` file; the extension says which.
///
/// Where the wave is small, every column is in it. Else it is planned first, and the columns are
/// left out that are proven to be in no better plan. The optimum is that of the wave either way,
/// in weighted minor units, overload rounded per node and date only in a plan.
///
/// # Errors
/// When the program is too large, the solver fails, or the file cannot be written.
pub fn write_program(
    wave: &Wave,
    model: &Model,
    path: &Path,
    control: &Control,
) -> Result<Exported, ExportError> {
    let planner = Planner::new(wave, model);
    let settings = ExactSettings {
        approach: Approach::Exact,
        gap: model.solve.gap,
        threads: model.solve.threads.max(1),
        seed: model.solve.seed,
        sifting: Sifting::default(),
    };
    let value = |decisions| Ledger::new(&planner, decisions).objective(model);
    export_program(&planner, settings, &value, path, control)
}
