//! The page of a simulation.

use super::{PolicyRow, Waiting, WaitingPaired};
use crate::analysis::page::{chart, escape, html, number, section, table};
use serde::Serialize;

const SCRIPT: &str = include_str!("waiting.js");
const SPECS: &str = include_str!("charts.json");

#[derive(Serialize)]
struct Data<'a> {
    places: u32,
    currency: &'a str,
    policies: &'a [PolicyRow],
    paired: &'a [WaitingPaired],
    costs: Vec<Cost<'a>>,
}

/// A weighted cost term of a policy, the mean over the seeds.
#[derive(Serialize)]
struct Cost<'a> {
    policy: &'a str,
    strategy: &'a str,
    key: &'a str,
    amount: f64,
}

/// The page: what each policy costs, how much it splits, how late it is, and what waiting is worth.
///
/// # Errors
/// When the figures have no JSON form.
pub fn waiting_page(waiting: &Waiting) -> Result<String, serde_json::Error> {
    let data = Data {
        places: waiting.minor_digits,
        currency: &waiting.currency,
        policies: &waiting.policies,
        paired: &waiting.paired,
        costs: costs(waiting),
    };
    let seeds = waiting.policies.first().map_or(0, |row| row.seeds);
    let header = format!(
        "<header>\n<p class=\"kicker\">Rolling simulation</p>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n\
         <p class=\"about\">{} orders · {seeds} {} · model {} · amounts in {}</p>\n</header>\n",
        escape(&waiting.series),
        lead(waiting),
        number(waiting.orders as f64, 0),
        if seeds == 1 { "seed" } else { "seeds" },
        escape(&waiting.model),
        escape(&waiting.currency),
    );
    let text = match seeds {
        1 => "",
        _ => "Bars are the 95 % interval of the mean over the seeds.",
    };
    let outcomes = format!(
        "{}<div class=\"pair\">\n{}{}</div>\n<div class=\"pair\">\n{}{}</div>\n",
        chart(
            "value",
            "What waiting is worth",
            &format!("Cost of the base less that of each policy. {text}")
        ),
        chart("splits", "Shipments per order", ""),
        chart("speed", "Days to the customer", "From the order to its delivery."),
        chart("late", "Days late", "Over all lines."),
        chart("changed", "Changed lines", "Plans that were replaced by others."),
    );
    let body = [
        header,
        "<main>\n".to_owned(),
        section(
            "outcomes",
            "What each policy does",
            "Every policy plays the same orders with the same luck.",
            &outcomes,
        ),
        section("terms", "What it costs, by term", "", &chart("costs", "Weighted cost", "")),
        section("policies", "All policies", "", &policies(waiting)),
        "</main>\n".to_owned(),
    ];
    html(&waiting.series, &body.concat(), &data, SPECS, SCRIPT)
}

/// The best policy against the base, as a sentence.
fn lead(waiting: &Waiting) -> String {
    let best = waiting.policies.iter().max_by(|a, b| a.value.total_cmp(&b.value));
    let (Some(base), Some(best)) = (waiting.policies.first(), best) else { return String::new() };
    let name = |row: &PolicyRow| format!("{} with {}", escape(&row.policy), escape(&row.strategy));
    let cost = |row: &PolicyRow| {
        number(row.mean("objective").unwrap_or(0.0), waiting.minor_digits as usize)
    };
    if best.value <= 0.0 {
        return format!("Nothing costs less than {} at <b>{}</b>.", name(base), cost(base));
    }
    format!(
        "The least cost is <b>{}</b> ({}), against <b>{}</b> ({}).",
        cost(best),
        name(best),
        cost(base),
        name(base)
    )
}

/// The terms that are something in some run.
fn costs(waiting: &Waiting) -> Vec<Cost<'_>> {
    let mut costs = Vec::new();
    for row in &waiting.policies {
        for (key, weight) in &waiting.weights {
            let runs = waiting.runs.iter();
            let own =
                runs.filter(|run| (&run.policy, &run.strategy) == (&row.policy, &row.strategy));
            let sum: f64 = own.filter_map(|run| run.cost.get(key)).sum();
            let amount = weight * sum / row.seeds.max(1) as f64;
            if amount != 0.0 {
                costs.push(Cost { policy: &row.policy, strategy: &row.strategy, key, amount });
            }
        }
    }
    costs
}

fn policies(waiting: &Waiting) -> String {
    let head = [
        "Policy",
        "Strategy",
        "Cost",
        "Worth",
        "Shipments per order",
        "Split orders",
        "Days late",
        "In time",
        "Days to customer",
        "Units served",
        "Changed",
        "Rejected",
    ];
    let places = waiting.minor_digits as usize;
    let row = |row: &PolicyRow| {
        let figure = |name: &str, places| {
            row.mean(name).map_or("–".to_owned(), |value| number(value, places))
        };
        let percent = |name: &str| {
            let text = |share: f64| format!("{}\u{a0}%", number(100.0 * share, 1));
            row.mean(name).map_or("–".to_owned(), text)
        };
        vec![
            escape(&row.policy),
            escape(&row.strategy),
            figure("objective", places),
            number(row.value, places),
            figure("shipments_per_order", 3),
            percent("split_rate"),
            figure("days_late", 1),
            percent("on_time_rate"),
            figure("days_to_customer", 2),
            percent("fill_rate"),
            figure("changed_lines", 1),
            figure("rejected_lines", 1),
        ]
    };
    let rows: Vec<Vec<String>> = waiting.policies.iter().map(row).collect();
    table(&head.map(str::to_owned), &rows, None)
}
