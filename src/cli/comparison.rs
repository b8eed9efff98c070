//! A comparison as text: strategies side by side, costs by term, what changed, and the spread over
//! several waves.

use crate::analysis::compare::{Comparison, Figures, Judged, JudgedWave, Paired, WaveRuns};
use crate::cli::summary::{STYLE, count};
use crate::domain::CostKey;
use crate::plan::StoppedBy;
use comfy_table::{CellAlignment, Table};
use std::path::Path;

/// The whole text.
pub(super) fn render(waves: &[WaveRuns], comparison: &Comparison, out: &Path) -> String {
    let mut parts = Vec::new();
    for (runs, judged) in waves.iter().zip(&comparison.waves) {
        let orders = count(runs.wave.orders.len() as u64, "order");
        parts.push(format!("{} by the model {}, {orders}", runs.label, runs.model.name));
        parts.push(strategies(runs, judged, comparison));
        parts.extend(unfinished(runs));
        if waves.len() == 1 {
            parts.push(costs(runs, judged, comparison));
            parts.push(changes(runs, judged, comparison));
        }
    }
    if !comparison.paired.is_empty() {
        parts.push(paired(waves, comparison));
    }
    parts.push(format!("Written to {}", out.display()));
    parts.join("\n\n")
}

/// A table whose first columns are text, the others numbers.
fn table(texts: usize, header: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn percent(share: Option<f64>) -> String {
    // Adding 0 turns a negative 0 into one.
    share.map_or("-".to_owned(), |share| format!("{:.1} %", 100.0 * share + 0.0))
}

fn number(value: Option<f64>, places: usize) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.places$}"))
}

/// A row a strategy.
fn strategies(runs: &WaveRuns, judged: &JudgedWave, comparison: &Comparison) -> String {
    let places = runs.wave.minor_digits as usize;
    let base = &judged.plans[comparison.base].figures;
    let mut rows = Vec::new();
    for (at, plan) in judged.plans.iter().enumerate() {
        let figures = &plan.figures;
        let name = &comparison.strategies[at];
        rows.push(vec![
            name.clone(),
            number(figures.objective, places),
            if at == comparison.base { "base".to_owned() } else { more(base, figures) },
            percent(figures.gap_to_bound),
            number(figures.shipments_per_order, 3),
            percent(figures.split_rate),
            percent(figures.on_time_order_rate),
            number(figures.days_late, 0),
            percent(figures.fill_rate),
            number(figures.mean_km, 0),
            number(figures.overloads, 0),
            number(figures.kg_co2, 1),
        ]);
    }
    let header = [
        "strategy",
        &runs.wave.currency,
        "to\nbase",
        "to\nbound",
        "shipments\nan order",
        "split",
        "in\ntime",
        "days\nlate",
        "filled",
        "km",
        "overloads",
        "kg\nCO2e",
    ];
    table(1, header.map(str::to_owned).to_vec(), rows)
}

/// A remark about plans that a time limit cut short.
fn unfinished(runs: &WaveRuns) -> Option<String> {
    let cut =
        runs.runs.iter().filter(|run| run.plan.certificate.stopped_by == StoppedBy::TimeLimit);
    let names: Vec<&str> = cut.map(|run| run.strategy.as_str()).collect();
    (!names.is_empty()).then(|| format!("Stopped by the time limit: {}", names.join(", ")))
}

/// What a plan costs more than the base, relatively.
fn more(base: &Figures, figures: &Figures) -> String {
    let pair = base.objective.zip(figures.objective);
    match pair.filter(|(base, _)| *base != 0.0) {
        Some((base, own)) => format!("{:+.1} %", 100.0 * (own - base) / base.abs() + 0.0),
        None => "-".to_owned(),
    }
}

/// Strategies a table, so that it fits a terminal.
const COLUMNS: usize = 5;

/// Weighted cost by term; terms that are 0 in every plan are left out.
fn costs(runs: &WaveRuns, judged: &JudgedWave, comparison: &Comparison) -> String {
    let places = runs.wave.minor_digits as usize;
    let weighted = |plan: &Judged, key: CostKey| {
        plan.figures.cost[key.name()] * runs.model.weight(key).to_f64() + 0.0
    };
    let keys: Vec<CostKey> = CostKey::ALL
        .into_iter()
        .filter(|key| judged.plans.iter().any(|plan| weighted(plan, *key) != 0.0))
        .collect();
    let of_some = |first: usize| {
        let plans = &judged.plans[first..judged.plans.len().min(first + COLUMNS)];
        let mut header = vec![format!("{} that counts", runs.wave.currency)];
        header.extend(comparison.strategies[first..].iter().take(COLUMNS).cloned());
        let mut rows: Vec<Vec<String>> = Vec::new();
        for key in &keys {
            let mut row = vec![key.name().to_owned()];
            row.extend(plans.iter().map(|plan| format!("{:.places$}", weighted(plan, *key))));
            rows.push(row);
        }
        let mut row = vec!["objective".to_owned()];
        row.extend(plans.iter().map(|plan| number(plan.figures.objective, places)));
        rows.push(row);
        table(1, header, rows)
    };
    let tables: Vec<String> = (0..judged.plans.len()).step_by(COLUMNS).map(of_some).collect();
    tables.join("\n\n")
}

/// Orders named on each side.
const NAMED: usize = 3;

/// How many orders each strategy treats otherwise than the base, in which way, and who gains and
/// loses most.
fn changes(runs: &WaveRuns, judged: &JudgedWave, comparison: &Comparison) -> String {
    let places = runs.wave.minor_digits as usize;
    let unit = 10_f64.powi(runs.wave.minor_digits as i32);
    let base = &comparison.strategies[comparison.base];
    let mut lines = vec![format!("Orders that differ from {base}")];
    for (at, strategy) in comparison.strategies.iter().enumerate() {
        if at == comparison.base {
            continue;
        }
        let counts = comparison.change_counts(judged, at);
        let counts = crate::analysis::compare::Change::ALL
            .into_iter()
            .map(|change| format!("{} {}", change.name(), counts[change.name()]));
        let counts: Vec<String> = counts.collect();
        let changed = judged.plans[at].differences.len();
        lines.push(format!("  {strategy}: {changed} ({})", counts.join(", ")));
        let (saving, losing) = comparison.extremes(judged, at);
        for (what, rows) in [("save most", saving), ("lose most", losing)] {
            let named: Vec<String> = rows
                .iter()
                .take(NAMED)
                .map(|row| {
                    let id = &runs.wave.orders[row.order].id;
                    format!("{id} {:+.places$}", row.minor / unit)
                })
                .collect();
            if !named.is_empty() {
                lines.push(format!("    {what}: {}", named.join(", ")));
            }
        }
    }
    lines.join("\n")
}

/// The figures whose paired differences are told.
const PAIRED: [&str; 6] = [
    "objective",
    "cost_per_order",
    "shipments_per_order",
    "on_time_order_rate",
    "fill_rate",
    "kg_co2",
];

fn paired(waves: &[WaveRuns], comparison: &Comparison) -> String {
    let base = &comparison.strategies[comparison.base];
    let rows = comparison.paired.iter().filter(|row| PAIRED.contains(&row.figure));
    let cells = |row: &Paired| {
        let places = if row.mean.abs() < 10.0 { 4 } else { 2 };
        let spread = &row.spread;
        vec![
            row.strategy.clone(),
            row.figure.to_owned(),
            number(Some(row.base_mean), places),
            number(Some(row.mean), places),
            format!("{:+.places$}", spread.mean_difference),
            number(spread.standard_deviation, places),
            match spread.low95.zip(spread.high95) {
                Some((low, high)) => format!("{low:+.places$} to {high:+.places$}"),
                None => "-".to_owned(),
            },
            format!("{} of {}", row.waves_below, row.waves),
        ]
    };
    let header =
        ["strategy", "figure", base, "mean", "difference", "deviation", "95 % interval", "below"];
    let text = table(2, header.map(str::to_owned).to_vec(), rows.map(cells).collect());
    format!("Paired differences to {base} over {} waves\n\n{text}", waves.len())
}
