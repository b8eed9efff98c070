//! The text and tables of the report; charts have their places here and are drawn by the script.

use super::NamedPlan;
use super::changes::Changes;
use super::figures::{Figures, weighted};
use crate::analysis::page::{chart, escape, number, section, table};
use crate::domain::CostKey;
use crate::plan::{Certificate, ReturnRow, Scope, Status};
use crate::units::Money;
use std::fmt::Write as _;

/// The body of the page.
pub(super) fn body(
    plans: &[NamedPlan],
    figures: &[Figures],
    changes: &[Changes],
    has_map: bool,
) -> String {
    let mut html = String::new();
    let parts = [
        header(plans, figures),
        "<main>\n".to_owned(),
        summary(plans, figures),
        cost(plans),
        map(has_map),
        service(),
        returns(plans),
        load(),
        worth(),
        progress(),
        changed(plans, changes),
        provenance(plans),
        "</main>\n".to_owned(),
    ];
    for part in parts {
        html.push_str(&part);
    }
    html
}

/// An amount of the plan's currency.
fn amount(plan: &NamedPlan, value: f64) -> String {
    number(value, plan.rows.minor_digits as usize)
}

fn percent(share: Option<f64>, places: usize) -> String {
    share.map_or("–".to_owned(), |share| format!("{}\u{a0}%", number(100.0 * share, places)))
}

fn header(plans: &[NamedPlan], figures: &[Figures]) -> String {
    let certificate = &plans[0].rows.certificate;
    let counts = &figures[0];
    let demand = format!(
        "{} orders, {} lines, {} units",
        number(counts.orders as f64, 0),
        number(counts.lines as f64, 0),
        number(counts.units as f64, 0)
    );
    let mut html = format!(
        "<header>\n<p class=\"kicker\">Fulfilment plans</p>\n<h1>{}</h1>\n<p class=\"lead\">{}</p>\n\
         <p class=\"about\">{demand} · model {} · amounts in {}</p>\n</header>\n",
        escape(&certificate.wave),
        lead(plans),
        escape(&models(plans).join(", ")),
        escape(&certificate.currency),
    );
    if plans.len() > 1 {
        html.push_str(
            "<div class=\"controls\"><label for=\"shown\">Plan</label> <select id=\"shown\">",
        );
        for (index, plan) in plans.iter().enumerate().skip(1) {
            let selected = if index + 1 == plans.len() { " selected" } else { "" };
            let name = escape(&plan.name);
            let _ = write!(html, "<option value=\"{index}\"{selected}>{name}</option>");
        }
        let _ = writeln!(html, "</select> against <b>{}</b></div>", escape(&plans[0].name));
    }
    html
}

/// The names of the models, each once.
fn models(plans: &[NamedPlan]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for plan in plans {
        let name = plan.rows.certificate.model.get("name").and_then(|name| name.as_str());
        let name = name.unwrap_or("unnamed").to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether all plans were made for the same weights, costs, rules and value of returns.
fn is_one_model(plans: &[NamedPlan]) -> bool {
    let asked = |plan: &NamedPlan, part: &str| plan.rows.certificate.model.get(part).cloned();
    plans.iter().all(|plan| {
        ["weights", "costs", "rules", "returns"]
            .iter()
            .all(|part| asked(plan, part) == asked(&plans[0], part))
    })
}

/// What the page says, in two sentences.
fn lead(plans: &[NamedPlan]) -> String {
    let (base, last) = (&plans[0], &plans[plans.len() - 1]);
    let currency = escape(&base.rows.certificate.currency);
    let objective = last.rows.certificate.objective;
    let cost = format!("<b>{}</b> {currency}", amount(last, objective));
    let mut text = format!("{} costs {cost}", escape(&last.name));
    if plans.len() > 1 && is_one_model(plans) {
        let before = base.rows.certificate.objective;
        let saved = before - objective;
        let by = percent((before != 0.0).then(|| (saved / before).abs()), 1);
        let base_name = escape(&base.name);
        let _ = match saved {
            0.0 => write!(text, ", as much as {base_name}"),
            saved => write!(
                text,
                ", <b>{}</b> ({by}) {} than {base_name}",
                amount(last, saved.abs()),
                if saved > 0.0 { "less" } else { "more" }
            ),
        };
    }
    text.push_str(". ");
    text + &proven(last)
}

/// What is proven about a plan, as a sentence.
fn proven(plan: &NamedPlan) -> String {
    let certificate = &plan.rows.certificate;
    let scope = match certificate.scope {
        Scope::Whole => "No plan of this wave",
        Scope::Pruned => "Among the options that were looked at, no plan",
    };
    match (certificate.status, certificate.bound) {
        (Status::Heuristic, _) | (_, None) => {
            "Nothing is proven about how good that is.".to_owned()
        }
        (_, Some(bound)) => {
            format!(
                "{scope} costs less than {}: a gap of {}.",
                amount(plan, bound),
                gap(certificate)
            )
        }
    }
}

fn gap(certificate: &Certificate) -> String {
    percent(certificate.gap.filter(|gap| gap.is_finite()), 2)
}

fn summary(plans: &[NamedPlan], figures: &[Figures]) -> String {
    let mut head: Vec<&str> = vec!["Plan", "Objective"];
    let is_comparing = plans.len() > 1;
    if is_comparing {
        head.push("Against base");
    }
    head.extend(["Gap", "Shipments per order", "Split orders", "Late lines"]);
    let has_dates = figures.iter().any(|figures| figures.on_time_rate.is_some());
    if has_dates {
        head.push("On time, of served");
    }
    head.extend(["Units served", "Mean km", "kg CO₂e"]);
    let base = plans[0].rows.certificate.objective;
    let row = |(plan, figures): (&NamedPlan, &Figures)| {
        let certificate = &plan.rows.certificate;
        let mut row = vec![escape(&plan.name), amount(plan, certificate.objective)];
        if is_comparing {
            let difference = certificate.objective - base;
            let sign = if difference > 0.0 { "+" } else { "" };
            let is_base = std::ptr::eq(plan, &plans[0]);
            let text = format!("{sign}{}", amount(plan, difference));
            row.push(if is_base { "base".to_owned() } else { text });
        }
        row.extend([
            gap(certificate),
            figures.shipments_per_order.map_or("–".to_owned(), |ratio| number(ratio, 3)),
            percent(figures.split_rate, 1),
            number(figures.late_lines as f64, 0),
        ]);
        if has_dates {
            row.push(percent(figures.on_time_rate, 1));
        }
        row.extend([
            percent(figures.fill_rate, 1),
            figures.mean_km.map_or("–".to_owned(), |km| number(km, 0)),
            number(figures.kg_co2, 0),
        ]);
        row
    };
    let rows: Vec<Vec<String>> = plans.iter().zip(figures).map(row).collect();
    if !is_comparing {
        // One plan reads better downwards.
        let pairs = head.iter().skip(1).zip(rows[0].iter().skip(1));
        let mut list = "<dl class=\"figures\">\n".to_owned();
        for (name, value) in pairs {
            let _ = writeln!(list, "<div><dt>{name}</dt><dd>{value}</dd></div>");
        }
        return section("summary", "Summary", "", &(list + "</dl>\n"));
    }
    let mut notes = String::new();
    if !is_one_model(plans) {
        notes.push_str(
            "The plans were made by models that differ in weights, costs, rules or returns: each objective \
             is what its own model asks for, and differences between them are no savings.",
        );
    }
    let head: Vec<String> = head.into_iter().map(str::to_owned).collect();
    section("summary", "Summary", &notes, &table(&head, &rows, None))
}

fn cost(plans: &[NamedPlan]) -> String {
    let is_used = |key: &CostKey| plans.iter().any(|plan| weighted(&plan.rows, *key) != 0.0);
    let keys: Vec<CostKey> = CostKey::ALL.into_iter().filter(is_used).collect();
    let mut head = vec!["Term".to_owned()];
    head.extend(plans.iter().map(|plan| escape(&plan.name)));
    let cells = |key: CostKey| {
        let mut row = vec![key.name().replace('_', " ")];
        row.extend(plans.iter().map(|plan| amount(plan, weighted(&plan.rows, key))));
        row
    };
    let rows: Vec<Vec<String>> = keys.into_iter().map(cells).collect();
    let mut foot = vec!["objective".to_owned()];
    foot.extend(plans.iter().map(|plan| amount(plan, plan.rows.certificate.objective)));
    let text = "Each term as it counts in the objective: its amount times the model's weight.";
    let mut content = if plans.len() > 1 {
        chart("waterfall", "From the base to the plan", "What each term adds or saves.")
    } else {
        chart("cost", "Cost by term", "")
    };
    if plans.len() > 2 {
        content =
            chart("plans", "Objective by plan", "The line is the best proven bound.") + &content;
    }
    content.push_str(&table(&head, &rows, Some(&foot)));
    section("cost-section", "What it costs", text, &content)
}

fn map(has_map: bool) -> String {
    if !has_map {
        let text = "There is no map: a plan's folder does not hold where nodes and customers are. \
                    Name the wave with <code>--wave</code>.";
        return section("map-section", "Where it flows", text, "");
    }
    let text = "Marks are nodes, larger where more units leave. Lines lead to where customers are, \
                drawn together by region; dashed ones are transfers.";
    section("map-section", "Where it flows", "", &chart("map", "Nodes and flows", text))
}

fn service() -> String {
    let content = format!(
        "<div class=\"pair\">\n{}{}</div>\n{}",
        chart("per_order", "Shipments per order", "Share of the orders."),
        chart("lateness", "Days late", "Lines served, by their latest part."),
        chart("unfilled", "Open units by reason", "By the most binding reason of each line."),
    );
    section("service", "What customers get", "", &content)
}

/// What becomes of goods that come back; nothing where none do.
fn returns(plans: &[NamedPlan]) -> String {
    if plans.iter().all(|plan| plan.rows.returns.is_empty()) {
        return String::new();
    }
    let head = ["Plan", "Returns", "Units", "Sent", "Brought", "Freight", "Value recovered"];
    let row = |plan: &NamedPlan| {
        let rows = &plan.rows.returns;
        let money = |of: fn(&ReturnRow) -> Money| {
            let sum: Money = rows.iter().map(of).sum();
            amount(plan, sum.0 as f64 / 10_f64.powi(plan.rows.minor_digits as i32))
        };
        let sent = rows.iter().filter(|row| !row.service.is_empty()).count();
        let units: u64 = rows.iter().map(|row| u64::from(row.quantity)).sum();
        let counts = [rows.len() as u64, units, sent as u64, (rows.len() - sent) as u64];
        let mut cells = vec![escape(&plan.name)];
        cells.extend(counts.map(|count| number(count as f64, 0)));
        cells.extend([money(|row| row.freight), money(|row| row.recovered_value)]);
        cells
    };
    let rows: Vec<Vec<String>> = plans.iter().map(row).collect();
    let head: Vec<String> = head.map(str::to_owned).into();
    let text = "Goods that come back are sent by a carrier, or brought: at the visit that collects an \
                exchange, or to the node where they lie already.";
    section("returns", "What comes back", text, &table(&head, &rows, None))
}

fn load() -> String {
    let text = "Work against capacity, by node and date; above 100 % is overload, with an outline.";
    let detail = "<div class=\"pick\"><label for=\"node\">Node</label> <select id=\"node\"></select></div>\n";
    let content = chart("load", "Use of capacity", text)
        + detail
        + &chart("load_node", "Work at the node", "Bars are work done, black marks the capacity.");
    section("load-section", "How nodes are loaded", "", &content)
}

fn worth() -> String {
    let text = "Shadow prices: what one more unit would have been worth to this plan. They come from \
                the relaxed problem; take them as a size, not as a quote.";
    let content = format!(
        "<div class=\"pair\">\n{}{}</div>\n",
        chart("price_stock", "Stock", "One more unit of the item at the node."),
        chart("price_capacity", "Capacity", "One more unit of work at the node that day."),
    );
    section("worth", "What scarce things are worth", text, &content)
}

fn progress() -> String {
    let text = "Best plan and proven bound over the seconds of planning.";
    section("progress-section", "How it was found", "", &chart("progress", "Gap over time", text))
}

fn changed(plans: &[NamedPlan], changes: &[Changes]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let base = escape(&plans[0].name);
    let text = format!(
        "Orders that the plan serves otherwise than {base}, those with the largest difference in \
         freight and handling first."
    );
    let content = "<p id=\"changed-count\"></p>\n<div class=\"pick\"><label for=\"search\">Search\
                   </label> <input id=\"search\" type=\"search\" placeholder=\"order, node or what changed\">\
                   </div>\n<div class=\"wide\"><table id=\"changed\">\n<thead><tr><th scope=\"col\">Order</th>\
                   <th scope=\"col\">Changed</th><th scope=\"col\">From</th><th scope=\"col\">Shipments</th>\
                   <th scope=\"col\">Days late</th><th scope=\"col\">Open</th><th scope=\"col\">Before</th>\
                   <th scope=\"col\">After</th><th scope=\"col\">Difference</th></tr></thead>\n\
                   <tbody></tbody></table></div>\n<p class=\"more\"><button id=\"more\" type=\"button\">\
                   Show more</button></p>\n";
    section("changed-section", "Orders that changed", &text, content)
}

fn provenance(plans: &[NamedPlan]) -> String {
    let head = ["Plan", "Method", "Status", "Scope", "Seed", "Threads", "Seconds", "wavewright"];
    let row = |plan: &NamedPlan| {
        let certificate = &plan.rows.certificate;
        let seconds = certificate.seconds.stages.get("total");
        vec![
            escape(&plan.name),
            escape(&certificate.method),
            status(certificate.status).to_owned(),
            scope(certificate.scope).to_owned(),
            certificate.seed.to_string(),
            certificate.threads.to_string(),
            seconds.map_or("–".to_owned(), |seconds| number(*seconds, 1)),
            escape(certificate.versions.get("wavewright").map_or("–", String::as_str)),
        ]
    };
    let rows: Vec<Vec<String>> = plans.iter().map(row).collect();
    let head: Vec<String> = head.map(str::to_owned).into();
    let text =
        "From the certificates. <code>wavewright verify</code> recomputes each plan from its wave.";
    section("provenance", "How it was made", text, &table(&head, &rows, None))
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Optimal => "optimal within the gap",
        Status::GapOpen => "gap open",
        Status::Heuristic => "heuristic",
    }
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Whole => "whole wave",
        Scope::Pruned => "pruned",
    }
}
