//! A simulation as text: the policies, what waiting is worth, and the spread over the seeds.

use crate::analysis::{PolicyRow, Waiting, WaitingPaired};
use crate::cli::summary::{STYLE, count};
use comfy_table::{CellAlignment, Table};
use std::path::Path;

/// The whole text.
pub(super) fn render(waiting: &Waiting, out: &Path) -> String {
    let seeds = waiting.policies.first().map_or(0, |row| row.seeds);
    let mut parts = vec![
        format!(
            "{} by the model {}, {}, {}",
            waiting.series,
            waiting.model,
            count(waiting.orders, "order"),
            count(seeds as u64, "seed"),
        ),
        policies(waiting),
    ];
    if !waiting.paired.is_empty() {
        parts.push(paired(waiting));
    }
    parts.push(format!("Written to {}", out.display()));
    parts.join("\n\n")
}

fn table(head: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_header(head);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn policies(waiting: &Waiting) -> String {
    let head = [
        "policy",
        "strategy",
        &waiting.currency,
        "worth",
        "shipments",
        "split",
        "days late",
        "in time",
        "days",
        "filled",
        "changed",
        "rejected",
    ];
    let places = waiting.minor_digits as usize;
    let row = |row: &PolicyRow| {
        let figure = |name: &str, places: usize| {
            row.mean(name).map_or("-".to_owned(), |value| format!("{value:.places$}"))
        };
        let percent = |name: &str| {
            row.mean(name).map_or("-".to_owned(), |share| format!("{:.1} %", 100.0 * share))
        };
        // Means over several seeds are no whole numbers.
        let some = usize::from(row.seeds > 1);
        vec![
            row.policy.clone(),
            row.strategy.clone(),
            figure("objective", places),
            format!("{:.places$}", row.value + 0.0),
            figure("shipments_per_order", 3),
            percent("split_rate"),
            figure("days_late", some),
            percent("on_time_rate"),
            figure("days_to_customer", 2),
            percent("fill_rate"),
            figure("changed_lines", some),
            figure("rejected_lines", some),
        ]
    };
    table(&head, waiting.policies.iter().map(row).collect())
}

/// The figures whose paired differences are told.
const PAIRED: [&str; 5] =
    ["objective", "shipments_per_order", "days_late", "on_time_rate", "days_to_customer"];

fn paired(waiting: &Waiting) -> String {
    let head = ["policy", "strategy", "figure", "difference", "deviation", "95 % interval"];
    let row = |row: &WaitingPaired| {
        let spread = &row.spread;
        let places = if spread.mean_difference.abs() < 10.0 { 4 } else { 2 };
        let deviation = spread.standard_deviation;
        vec![
            row.policy.clone(),
            row.strategy.clone(),
            row.figure.to_owned(),
            format!("{:+.places$}", spread.mean_difference + 0.0),
            deviation.map_or("-".to_owned(), |deviation| format!("{deviation:.places$}")),
            match spread.low95.zip(spread.high95) {
                Some((low, high)) => format!("{:+.places$} to {:+.places$}", low + 0.0, high + 0.0),
                None => "-".to_owned(),
            },
        ]
    };
    let told = waiting.paired.iter().filter(|row| PAIRED.contains(&row.figure));
    let base = waiting.policies.first();
    let base = base.map_or(String::new(), |base| format!("{} with {}", base.policy, base.strategy));
    format!("Paired differences to {base}\n\n{}", table(&head, told.map(row).collect()))
}
