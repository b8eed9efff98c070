//! The page of a sweep.

use super::{Frontier, FrontierPoint};
use crate::analysis::page::{chart, escape, html, number, section, table};
use serde::Serialize;

const SCRIPT: &str = include_str!("frontier.js");
const SPECS: &str = include_str!("charts.json");

#[derive(Serialize)]
struct Data<'a> {
    places: u32,
    currency: &'a str,
    settings: &'a [String],
    has_decisions: bool,
    points: &'a [FrontierPoint],
}

/// The page: how outcomes answer to the settings, and what they cost each other.
///
/// # Errors
/// When the figures have no JSON form.
pub fn frontier_page(frontier: &Frontier) -> Result<String, serde_json::Error> {
    let settings = frontier.settings.iter().map(|name| escape(name)).collect::<Vec<_>>();
    let data = Data {
        places: frontier.minor_digits,
        currency: &frontier.currency,
        settings: &frontier.settings,
        has_decisions: frontier.has_decisions,
        points: &frontier.points,
    };
    let title = format!("{}: {}", frontier.wave, frontier.settings.join(", "));
    let header = format!(
        "<header>\n<p class=\"kicker\">Sweep of {}</p>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n\
         <p class=\"about\">{} points · model {} · amounts in {}</p>\n</header>\n",
        settings.join(" and "),
        escape(&frontier.wave),
        lead(frontier),
        frontier.points.len(),
        escape(&frontier.model),
        escape(&frontier.currency),
    );
    let outcomes = format!(
        "<div class=\"pair\">\n{}{}</div>\n<div class=\"pair\">\n{}{}</div>\n",
        chart("paid", "Paid", "Freight, handling, purchases, overload, node opening."),
        chart("splits", "Shipments per order", ""),
        chart("late", "Days late", "Over all lines."),
        chart("carbon", "kg CO₂e", ""),
    );
    let hint = match frontier.settings.len() {
        1 => "Labels are values of the setting.",
        _ => "Lines follow the first setting.",
    };
    let mut trade = format!(
        "<div class=\"pair\">\n{}{}</div>\n<div class=\"pair\">\n{}{}</div>\n",
        chart("paid_splits", "Paid against splits", hint),
        chart("paid_late", "Paid against lateness", hint),
        chart("paid_carbon", "Paid against carbon", hint),
        chart("paid_served", "Paid against units served", hint),
    );
    if frontier.has_decisions {
        trade += &format!(
            "<div class=\"pair\">\n{}{}</div>\n",
            chart("changed", "Changed lines", "Planned or released before, and not as they were."),
            chart("paid_changed", "Paid against changed lines", hint),
        );
    }
    let body = [
        header,
        "<main>\n".to_owned(),
        section("outcomes", "What the setting does", &proofs(frontier), &outcomes),
        section("trade", "What one thing costs in another", "", &trade),
        points(frontier),
        "</main>\n".to_owned(),
    ];
    html(&title, &body.concat(), &data, SPECS, SCRIPT)
}

/// How far points may be trusted.
fn proofs(frontier: &Frontier) -> String {
    let text = "Each point is a plan of its own, with its own proof";
    let gaps = frontier.points.iter().map(|point| point.gap.filter(|gap| gap.is_finite()));
    match gaps.collect::<Option<Vec<f64>>>().map(|gaps| gaps.into_iter().fold(0.0, f64::max)) {
        Some(widest) => format!(
            "{text}. The widest gap is {}\u{a0}%: steps within the gaps say nothing about the setting.",
            number(100.0 * widest, 2)
        ),
        None => format!("{text}, where its method has one."),
    }
}

/// The range of what is paid, as a sentence.
fn lead(frontier: &Frontier) -> String {
    let paid = |point: &&FrontierPoint| point.paid;
    let least = frontier.points.iter().min_by(|a, b| paid(a).total_cmp(&paid(b)));
    let most = frontier.points.iter().max_by(|a, b| paid(a).total_cmp(&paid(b)));
    let (Some(least), Some(most)) = (least, most) else { return String::new() };
    let at = |point: &FrontierPoint| {
        let pairs = frontier.settings.iter().zip(&point.values);
        let texts = pairs.map(|(name, value)| format!("{} {}", escape(name), value.to_f64()));
        texts.collect::<Vec<_>>().join(", ")
    };
    let amount = |value| number(value, frontier.minor_digits as usize);
    if least.paid == most.paid {
        return format!("Every plan pays <b>{}</b>.", amount(least.paid));
    }
    format!(
        "Plans pay from <b>{}</b> (at {}) to <b>{}</b> (at {}).",
        amount(least.paid),
        at(least),
        amount(most.paid),
        at(most)
    )
}

fn points(frontier: &Frontier) -> String {
    let mut head = vec!["Point".to_owned()];
    head.extend(frontier.settings.iter().map(|name| escape(name)));
    let rest = [
        "Objective",
        "Gap",
        "Paid",
        "Shipments per order",
        "Split orders",
        "Late lines",
        "Days late",
        "Units served",
        "Changed lines",
        "kg CO₂e",
    ];
    head.extend(rest.map(str::to_owned));
    let places = frontier.minor_digits as usize;
    let percent = |share: Option<f64>, places| {
        share.map_or("–".to_owned(), |share| format!("{}\u{a0}%", number(100.0 * share, places)))
    };
    let row = |point: &FrontierPoint| {
        let mut row = vec![point.point.to_string()];
        row.extend(point.values.iter().map(|value| value.to_f64().to_string()));
        row.extend([
            number(point.objective, places),
            percent(point.gap.filter(|gap| gap.is_finite()), 2),
            number(point.paid, places),
            point.shipments_per_order.map_or("–".to_owned(), |ratio| number(ratio, 3)),
            percent(point.split_rate, 1),
            number(point.late_lines as f64, 0),
            number(point.days_late as f64, 0),
            percent(point.fill_rate, 1),
            number(point.changed_lines as f64, 0),
            number(point.kg_co2, 0),
        ]);
        row
    };
    let rows: Vec<Vec<String>> = frontier.points.iter().map(row).collect();
    let text = "The objective is what each point's own model asks for: where the price varies, so does \
                its meaning. What is paid can be compared.";
    section("points", "All points", text, &table(&head, &rows, None))
}
