//! Plans of the same waves by several strategies, compared: key figures, costs by term, what
//! differs from a base order by order and node by node, and paired differences over the waves.

mod differences;
mod figures;
mod groups;
mod nodes;
mod orders;
mod paired;
mod tables;
mod write;

pub use differences::{Change, Difference};
pub use figures::{FIGURES, Figure, Figures, Unit};
pub use groups::GroupRow;
pub use nodes::NodeRow;
pub use orders::OrderResult;
pub use paired::{Paired, Spread, spread};
pub use tables::COMPARISON_TABLES;
pub use write::{PLANS, check_comparison_folder, write_comparison};

use crate::domain::{Model, Wave};
use crate::options::Planner;
use crate::plan::{Ledger, Plan};

/// A plan of a wave by a strategy.
#[derive(Clone, Debug)]
pub struct Run {
    pub strategy: String,
    pub plan: Plan,
}

/// A wave with its plans, one a strategy, in the sequence of the strategies.
#[derive(Clone, Debug)]
pub struct WaveRuns {
    /// The name of the wave's folder.
    pub label: String,
    pub wave: Wave,
    pub model: Model,
    pub runs: Vec<Run>,
}

/// What is said about one plan.
#[derive(Clone, Debug)]
pub struct Judged {
    pub figures: Figures,
    /// By order of the wave.
    pub orders: Vec<OrderResult>,
    pub groups: Vec<GroupRow>,
    pub nodes: Vec<NodeRow>,
    /// The orders that differ from the base plan, those that save most first.
    pub differences: Vec<Difference>,
}

/// A wave's plans, judged; in the sequence of the strategies.
#[derive(Clone, Debug)]
pub struct JudgedWave {
    /// The highest bound that any of the plans comes with, in the currency, where it is for the
    /// wave as given.
    pub bound: Option<f64>,
    pub plans: Vec<Judged>,
}

/// A comparison of strategies with a base.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Index into the strategies.
    pub base: usize,
    pub strategies: Vec<String>,
    pub waves: Vec<JudgedWave>,
    /// By strategy and figure, the base left out; empty for a single wave.
    pub paired: Vec<Paired>,
}

impl Comparison {
    /// Compares the plans of each wave with that of the base strategy, whose index is given.
    pub fn new(waves: &[WaveRuns], base: usize) -> Comparison {
        let strategies = waves.first().map_or(Vec::new(), |wave| {
            wave.runs.iter().map(|run| run.strategy.clone()).collect::<Vec<_>>()
        });
        let waves: Vec<JudgedWave> = waves.iter().map(|wave| judge(wave, base)).collect();
        let paired = paired::paired(&strategies, &waves, base);
        Comparison { base, strategies, waves, paired }
    }
}

fn judge(runs: &WaveRuns, base: usize) -> JudgedWave {
    let planner = Planner::new(&runs.wave, &runs.model);
    let bound = figures::proven_bound(&runs.runs);
    let results: Vec<Vec<OrderResult>> = runs
        .runs
        .iter()
        .map(|run| {
            let ledger = Ledger::new(&planner, run.plan.decisions());
            orders::results(&runs.wave, &runs.model, &run.plan, &ledger)
        })
        .collect();
    let nodes: Vec<Vec<NodeRow>> =
        runs.runs.iter().map(|run| nodes::rows(&runs.wave, &run.plan)).collect();
    let plans = runs
        .runs
        .iter()
        .enumerate()
        .map(|(at, run)| Judged {
            figures: Figures::new(&runs.wave, &run.plan, &results[at], bound),
            orders: results[at].clone(),
            groups: groups::rows(
                &runs.wave,
                &results[at],
                &results[base],
                &nodes[at],
                &nodes[base],
            ),
            nodes: nodes[at].clone(),
            differences: differences::differences(
                &runs.wave,
                (&runs.runs[base].plan, &results[base]),
                (&run.plan, &results[at]),
            ),
        })
        .collect();
    JudgedWave { bound, plans }
}

/// A share, where there is something to take it of.
fn share(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| part / whole)
}
