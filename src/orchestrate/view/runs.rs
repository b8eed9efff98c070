//! The runs of a state.

use crate::orchestrate::store::{Run, RunStatus};
use crate::orchestrate::view::columns::Columns;
use crate::tables::Table;

/// The runs, by what they read and then by id, those of a status where one is named: `run`, `status`,
/// `asked` (the instant of planning), `base` (the last event that it read), `model`, `released_at` (the
/// last event of the log once it was released).
pub fn runs(runs: &[Run], status: Option<RunStatus>) -> Table {
    let rows: Vec<&Run> =
        runs.iter().filter(|run| status.is_none_or(|status| run.status == status)).collect();
    Columns::new(&rows)
        .text("run", |run: &&Run| Some(run.id.clone()))
        .text("status", |run| Some(run.status.name().to_owned()))
        .text("asked", |run| Some(run.asked.clone()))
        .count("base", |run| Some(run.base))
        .text("model", |run| Some(run.model.clone()))
        .count("released_at", |run| run.released_at)
        .done()
}
