//! HiGHS beyond what its safe binding offers: names, model files, callbacks and bounds of a
//! mixed-integer run. All `unsafe` of the crate is here.

use crate::solve::{Control, Progress, Stage};
use highs::{HighsModelStatus, Model};
use highs_sys::{
    Highs_changeColsIntegralityBySet, Highs_passColName, Highs_passRowName, Highs_readModel,
    Highs_setCallback, Highs_startCallback, Highs_version, Highs_writeModel, HighsCallbackDataIn,
    HighsCallbackDataOut, HighsInt, VAR_TYPE_INTEGER, kHighsCallbackIpmInterrupt,
    kHighsCallbackMipInterrupt, kHighsCallbackSimplexInterrupt,
};
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The version of HiGHS that is linked.
pub fn version() -> String {
    // SAFETY: HiGHS returns a static C string.
    let text = unsafe { CStr::from_ptr(Highs_version()) };
    text.to_string_lossy().into_owned()
}

/// Why HiGHS could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HighsError {
    #[error("HiGHS could not {0}")]
    Failed(&'static str),
    #[error("HiGHS ended with status {0}")]
    Status(String),
}

/// What a mixed-integer run ended with; amounts as in the model's objective.
#[derive(Clone, Debug)]
pub struct MipRun {
    /// The best solution found, if any.
    pub values: Option<Vec<f64>>,
    pub bound: f64,
}

/// Limits of a mixed-integer run.
#[derive(Clone, Copy, Debug)]
pub struct MipSettings {
    pub relative_gap: f64,
    pub absolute_gap: f64,
    pub threads: u32,
    pub seed: u64,
    pub seconds: f64,
    /// Of branch and bound, at most.
    pub nodes: i32,
    /// Added to the model's amounts when progress is reported.
    pub offset: f64,
    /// The bound that is proven already, with the offset.
    pub proven: f64,
    /// As far as this, with the offset, the run's bound holds for the whole wave.
    pub proves_up_to: f64,
}

/// Bits of `presolve_rule_off`.
const RULE_PROBING: i32 = 1 << 15;
const RULE_ENUMERATION: i32 = 1 << 16;

/// What a run and the thread that waits for it tell each other.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// Incumbent and bound, as in the model's objective.
    progress: Mutex<Option<(f64, f64)>>,
}

/// Called by HiGHS while it runs; asks it to stop when it is told to.
unsafe extern "C" fn on_callback(
    kind: c_int,
    _message: *const c_char,
    out: *const HighsCallbackDataOut,
    input: *mut HighsCallbackDataIn,
    data: *mut c_void,
) {
    if data.is_null() || input.is_null() {
        return;
    }
    // SAFETY: `data` is what the running thread of `run_mip` keeps alive while HiGHS runs; HiGHS
    // passes valid pointers to its own structures for the duration of the call.
    let shared = unsafe { &*data.cast::<Shared>() };
    if kind == kHighsCallbackMipInterrupt && !out.is_null() {
        // SAFETY: see above.
        let progress = unsafe { ((*out).mip_primal_bound, (*out).mip_dual_bound) };
        if let Ok(mut known) = shared.progress.lock() {
            *known = Some(progress);
        }
    }
    if shared.stop.load(Ordering::Relaxed) {
        // SAFETY: see above.
        unsafe { (*input).user_interrupt = 1 };
    }
}

/// How often the thread that waits for a run looks at the control.
const TICK: Duration = Duration::from_millis(50);
/// How long a run that has been told to stop may take before it is left to itself: some steps of
/// HiGHS's presolve heed neither limits nor interrupts.
const GRACE: Duration = Duration::from_secs(3);

/// A model on its way to the thread that runs it.
struct Sent(Model);

// SAFETY: a model owns its HiGHS instance, which has no ties to the thread that made it; only the
// receiving thread uses it.
unsafe impl Send for Sent {}

/// Runs a mixed-integer program from an optional start (one value a column).
///
/// A run that does not stop in time is left behind, with neither solution nor bound.
///
/// # Errors
/// When HiGHS refuses an option or fails numerically.
pub fn run_mip(
    mut model: Model,
    settings: MipSettings,
    start: Option<&[f64]>,
    control: &Control,
) -> Result<MipRun, HighsError> {
    let threads = settings.threads.max(1) as i32;
    set(&mut model, "threads", threads)?;
    set(&mut model, "parallel", if threads > 1 { "on" } else { "off" })?;
    set(&mut model, "random_seed", (settings.seed % i32::MAX as u64) as i32)?;
    set(&mut model, "mip_rel_gap", settings.relative_gap)?;
    set(&mut model, "mip_abs_gap", settings.absolute_gap)?;
    // Both end in merging cliques, which on large programs neither a time limit nor an interrupt
    // can stop.
    set(&mut model, "presolve_rule_off", RULE_PROBING | RULE_ENUMERATION)?;
    set(&mut model, "mip_max_nodes", settings.nodes)?;
    if settings.seconds.is_finite() {
        set(&mut model, "time_limit", settings.seconds.max(0.1))?;
    }
    if let Some(start) = start {
        // A start is help, not a condition: without it the run only takes longer.
        let _ = model.try_set_solution(Some(start), None, None, None);
    }
    let shared = Arc::new(Shared::default());
    let (sender, receiver) = mpsc::channel();
    let (sent, of_run) = (Sent(model), Arc::clone(&shared));
    std::thread::spawn(move || {
        // Whoever waits may have gone.
        let _ = sender.send(run(sent, &of_run));
    });
    let deadline = Instant::now().checked_add(
        Duration::try_from_secs_f64(settings.seconds.max(0.1)).unwrap_or(Duration::MAX / 4),
    );
    let mut told: Option<Instant> = None;
    loop {
        match receiver.recv_timeout(TICK) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(HighsError::Failed("end its run"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        let progress = shared.progress.lock().ok().and_then(|mut known| known.take());
        if let Some((primal, dual)) = progress {
            let MipSettings { offset, proven, proves_up_to, .. } = settings;
            let bound = (dual + offset).min(proves_up_to).max(proven);
            control.report(Progress {
                stage: Stage::BranchAndBound,
                incumbent: primal.is_finite().then_some(primal + offset),
                bound: bound.is_finite().then_some(bound),
            });
        }
        let late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if told.is_none() && (late || control.stopped().is_some()) {
            shared.stop.store(true, Ordering::Relaxed);
            told = Some(Instant::now());
        }
        if told.is_some_and(|told| told.elapsed() > GRACE) {
            return Ok(MipRun { values: None, bound: f64::NEG_INFINITY });
        }
    }
}

/// Runs a program on its own thread.
fn run(Sent(mut model): Sent, shared: &Shared) -> Result<MipRun, HighsError> {
    let data = std::ptr::from_ref(shared).cast_mut().cast::<c_void>();
    let pointer = model.as_mut_ptr();
    // SAFETY: the pointer is that of a live model; `shared` outlives the run below, and the model
    // does not outlive this function.
    unsafe {
        Highs_setCallback(pointer, Some(on_callback), data);
        for kind in
            [kHighsCallbackMipInterrupt, kHighsCallbackSimplexInterrupt, kHighsCallbackIpmInterrupt]
        {
            Highs_startCallback(pointer, kind);
        }
    }
    let solved = model.try_solve().map_err(|_| HighsError::Failed("solve the program"))?;
    let status = solved.status();
    let infeasible =
        matches!(status, HighsModelStatus::Infeasible | HighsModelStatus::UnboundedOrInfeasible);
    // The binding's own query panics where HiGHS has nothing to tell.
    let known = solved.int_info_value(c"primal_solution_status").unwrap_or(-1);
    if known < 0 {
        return Err(HighsError::Status(format!("{status:?}")));
    }
    let feasible = known == i64::from(highs_sys::SOLUTION_STATUS_FEASIBLE) && !infeasible;
    // A program without integer columns has its objective as its bound.
    let bound = if feasible && solved.mip_gap().is_infinite() && status == HighsModelStatus::Optimal
    {
        solved.objective_value()
    } else {
        solved.double_info_value(c"mip_dual_bound").unwrap_or(f64::NEG_INFINITY)
    };
    let values = feasible.then(|| solved.get_solution().columns().to_vec());
    Ok(MipRun { values, bound })
}

fn set<V: highs::HighsOptionValue>(
    model: &mut Model,
    option: &'static str,
    value: V,
) -> Result<(), HighsError> {
    model.try_set_option(option, value).map_err(|_| HighsError::Failed("set an option"))
}

/// Writes a model to a `.mps` or `.lp` file with these column and row names.
///
/// # Errors
/// When a name is not one that HiGHS takes, or the file cannot be written.
pub fn write_model(
    mut model: Model,
    columns: &[String],
    rows: &[String],
    path: &Path,
) -> Result<(), HighsError> {
    let pointer = model.as_mut_ptr();
    let text = |name: &str| CString::new(name).map_err(|_| HighsError::Failed("take a name"));
    for (index, name) in columns.iter().enumerate() {
        let name = text(name)?;
        // SAFETY: a live model and a C string that outlives the call.
        check(
            unsafe { Highs_passColName(pointer, index as HighsInt, name.as_ptr()) },
            "name a column",
        )?;
    }
    for (index, name) in rows.iter().enumerate() {
        let name = text(name)?;
        // SAFETY: a live model and a C string that outlives the call.
        check(
            unsafe { Highs_passRowName(pointer, index as HighsInt, name.as_ptr()) },
            "name a row",
        )?;
    }
    let path = text(&path.to_string_lossy())?;
    // SAFETY: a live model and a C string that outlives the call.
    check(unsafe { Highs_writeModel(pointer, path.as_ptr()) }, "write the model")
}

/// Reads a model file and solves it: the optimal objective.
///
/// # Errors
/// When the file cannot be read, or has no optimal solution.
pub fn solve_file(path: &Path) -> Result<f64, HighsError> {
    let mut model = Model::new(highs::ColProblem::default());
    let text = CString::new(path.to_string_lossy().as_bytes())
        .map_err(|_| HighsError::Failed("take the path"))?;
    // SAFETY: a live model and a C string that outlives the call.
    check(unsafe { Highs_readModel(model.as_mut_ptr(), text.as_ptr()) }, "read the model")?;
    set(&mut model, "mip_rel_gap", 0.0)?;
    let solved = model.try_solve().map_err(|_| HighsError::Failed("solve the program"))?;
    match solved.status() {
        HighsModelStatus::Optimal => Ok(solved.objective_value()),
        other => Err(HighsError::Status(format!("{other:?}"))),
    }
}

fn check(status: HighsInt, what: &'static str) -> Result<(), HighsError> {
    if status == highs_sys::STATUS_ERROR { Err(HighsError::Failed(what)) } else { Ok(()) }
}

/// A linear program that grows: the restricted master of column generation.
pub struct GrowingLp {
    model: Option<Model>,
    solved_once: bool,
    /// Whether rows with terms came since the last solution.
    rows_are_new: bool,
    rows: usize,
    columns: usize,
    /// Positions of the columns that are whole in a mixed-integer program.
    whole: Vec<HighsInt>,
}

/// An optimal solution of a linear program.
#[derive(Clone, Debug)]
pub struct LpSolution {
    pub objective: f64,
    /// By row; not positive for a `<=` row of a minimisation.
    pub duals: Vec<f64>,
    /// By column.
    pub values: Vec<f64>,
}

/// A row of a growing linear program.
#[derive(Clone, Copy, Debug)]
pub struct LpRow {
    row: highs::Row,
    /// Its position in a solution's duals.
    pub index: usize,
}

/// A column of a growing linear program.
#[derive(Clone, Copy, Debug)]
pub struct LpColumn {
    column: highs::Col,
    /// Its position in a solution's values.
    pub index: usize,
}

impl GrowingLp {
    pub fn new(seed: u64) -> Result<GrowingLp, HighsError> {
        let mut model = Model::new(highs::ColProblem::default());
        set(&mut model, "random_seed", (seed % i32::MAX as u64) as i32)?;
        set(&mut model, "threads", 1)?;
        set(&mut model, "parallel", "off")?;
        set(&mut model, "solver", "simplex")?;
        Ok(GrowingLp {
            model: Some(model),
            solved_once: false,
            rows_are_new: false,
            rows: 0,
            columns: 0,
            whole: Vec::new(),
        })
    }

    fn model(&mut self) -> Result<&mut Model, HighsError> {
        self.model.as_mut().ok_or(HighsError::Failed("go on after a failure"))
    }

    pub fn add_row(
        &mut self,
        lower: f64,
        upper: f64,
        terms: impl IntoIterator<Item = (LpColumn, f64)>,
    ) -> Result<LpRow, HighsError> {
        let index = self.rows;
        let terms: Vec<(highs::Col, f64)> =
            terms.into_iter().map(|(column, value)| (column.column, value)).collect();
        self.rows_are_new |= !terms.is_empty();
        let row = self
            .model()?
            .try_add_row(lower..=upper, terms)
            .map_err(|_| HighsError::Failed("add a row"))?;
        self.rows += 1;
        Ok(LpRow { row, index })
    }

    pub fn add_column(
        &mut self,
        cost: f64,
        upper: f64,
        terms: impl IntoIterator<Item = (LpRow, f64)>,
    ) -> Result<LpColumn, HighsError> {
        let terms = terms.into_iter().map(|(row, value)| (row.row, value));
        let column = self
            .model()?
            .try_add_column_with_integrality(cost, 0.0..=upper, terms, false)
            .map_err(|_| HighsError::Failed("add a column"))?;
        let index = self.columns;
        self.columns += 1;
        Ok(LpColumn { column, index })
    }

    /// Adds a column that is 0 or 1; in a linear program, anything between.
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn add_binary(
        &mut self,
        cost: f64,
        terms: impl IntoIterator<Item = (LpRow, f64)>,
    ) -> Result<LpColumn, HighsError> {
        let column = self.add_column(cost, 1.0, terms)?;
        self.whole.push(column.index as HighsInt);
        Ok(column)
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Solves as a mixed-integer program, from an optional start (one value a column).
    ///
    /// # Errors
    /// When HiGHS fails.
    pub fn run_mip(
        mut self,
        settings: MipSettings,
        start: Option<&[f64]>,
        control: &Control,
    ) -> Result<MipRun, HighsError> {
        let mut model = self.model.take().ok_or(HighsError::Failed("go on after a failure"))?;
        set(&mut model, "solver", "choose")?;
        // Relaxations before it may have been solved by the primal simplex; branching needs the dual.
        set(&mut model, "simplex_strategy", 1)?;
        // All at once: HiGHS goes over its options for each call.
        let kinds = vec![VAR_TYPE_INTEGER; self.whole.len()];
        let count = self.whole.len() as HighsInt;
        // SAFETY: a live model, and two arrays of `count` entries with columns that it has.
        let status = unsafe {
            Highs_changeColsIntegralityBySet(
                model.as_mut_ptr(),
                count,
                self.whole.as_ptr(),
                kinds.as_ptr(),
            )
        };
        check(status, "take whole columns")?;
        run_mip(model, settings, start, control)
    }

    /// Solves, from the last basis where there is one.
    ///
    /// # Errors
    /// When there is no optimal solution.
    pub fn solve(&mut self) -> Result<LpSolution, HighsError> {
        if self.columns == 0 {
            let duals = vec![0.0; self.rows];
            return Ok(LpSolution { objective: 0.0, duals, values: Vec::new() });
        }
        let mut model = self.model.take().ok_or(HighsError::Failed("go on after a failure"))?;
        if self.solved_once {
            // New columns leave the last basis primal feasible, new rows dual feasible.
            set(&mut model, "simplex_strategy", if self.rows_are_new { 1 } else { 4 })?;
        }
        let solved = model.try_solve().map_err(|_| HighsError::Failed("solve the master"))?;
        if solved.status() != HighsModelStatus::Optimal {
            return Err(HighsError::Status(format!("{:?}", solved.status())));
        }
        self.solved_once = true;
        self.rows_are_new = false;
        let solution = solved.get_solution();
        let result = LpSolution {
            objective: solved.objective_value(),
            duals: solution.dual_rows().to_vec(),
            values: solution.columns().to_vec(),
        };
        self.model = Some(Model::from(solved));
        Ok(result)
    }
}

impl std::fmt::Debug for GrowingLp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GrowingLp").field("solved_once", &self.solved_once).finish_non_exhaustive()
    }
}
