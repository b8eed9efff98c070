//! The summary of a plan: what it serves, what it costs, what is proven.

use crate::analysis::Kpis;
use crate::domain::{CostKey, Model, Wave};
use crate::plan::{Certificate, Plan, Scope, Status, StoppedBy};
use crate::units::{Decimal, format_fixed};
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};
use std::fmt::Write as _;
use std::path::Path;

/// Lines around the head and at the end.
pub(super) const STYLE: TableStyle = TableStyle::new()
    .top_border(LineStyle::none().fill('─').junction('─'))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .bottom_border(LineStyle::none().fill('─').junction('─'));

/// The whole summary.
pub(super) fn render(wave: &Wave, model: &Model, plan: &Plan, kpis: &Kpis, out: &Path) -> String {
    let certificate = &plan.certificate;
    let title = format!("Plan of {} by the model {}", wave.name, model.name);
    let parts = [
        title,
        figures(kpis),
        costs(model, wave, &|key| certificate.cost.get(key.name()).copied().unwrap_or(0.0)),
        proof(certificate, wave.minor_digits),
        format!("Written to {}", out.display()),
    ];
    parts.join("\n\n")
}

/// `1 order`, `2 orders`
pub(super) fn count(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Pairs of what and how much, one a line, in two columns.
fn pairs(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let lines: Vec<String> =
        rows.iter().map(|(label, value)| format!("  {label:width$}  {value}")).collect();
    lines.join("\n")
}

fn figures(kpis: &Kpis) -> String {
    let percent = |share: Option<f64>| match share {
        Some(share) => format!("{:.1} %", 100.0 * share),
        None => "-".to_owned(),
    };
    let mut rows = vec![
        (
            "demand",
            [count(kpis.orders, "order"), count(kpis.lines, "line"), count(kpis.units, "unit")]
                .join(", "),
        ),
        (
            "served",
            match kpis.fill_rate {
                Some(_) => {
                    let (share, kinds) = (percent(kpis.fill_rate), list(&kpis.units_by_kind));
                    format!("{share} of the units ({kinds})")
                }
                None => "nothing is ordered".to_owned(),
            },
        ),
        ("orders filled", percent(kpis.order_fill_rate)),
        (
            "shipments",
            format!(
                "{} ({}, {})",
                kpis.shipments,
                count(kpis.parcels, "parcel"),
                count(kpis.transfers, "transfer")
            ),
        ),
        (
            "shipments an order",
            kpis.shipments_per_order.map_or("-".to_owned(), |ratio| format!("{ratio:.3}")),
        ),
        ("split orders", percent(kpis.split_rate)),
    ];
    let dated = count(kpis.dated_lines, "line");
    let dated = format!("{} of {dated} with a date", percent(kpis.on_time_rate));
    rows.push(("on time", if kpis.dated_lines > 0 { dated } else { "no dates".to_owned() }));
    if !kpis.unfilled_by_reason.is_empty() {
        rows.push(("open units", list(&kpis.unfilled_by_reason)));
    }
    if kpis.returns > 0 {
        let brought = kpis.returns_planned - kpis.returns_sent;
        let ways = format!("{} sent, {brought} brought", kpis.returns_sent);
        let planned = format!("{} of {} ({ways})", kpis.returns_planned, kpis.returns);
        rows.push(("returns", planned));
    }
    rows.push(("kg CO2e", format!("{:.1}", kpis.kg_co2)));
    pairs(&rows)
}

/// `parcel 3, pickup 1`
fn list(counts: &std::collections::BTreeMap<&'static str, u64>) -> String {
    let parts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// Cost by term, with what counts in the objective where a weight is not 1. Terms that are 0 are
/// left out.
pub(super) fn costs(model: &Model, wave: &Wave, cost: &dyn Fn(CostKey) -> f64) -> String {
    // Adding 0 turns a negative 0 into one.
    let amount = |amount: f64| format!("{:.*}", wave.minor_digits as usize, amount + 0.0);
    let is_weighted =
        CostKey::ALL.into_iter().any(|key| cost(key) != 0.0 && model.weight(key) != Decimal::ONE);
    let mut table = Table::new();
    table.load_style(STYLE);
    let currency = wave.currency.to_string();
    let header: &[&str] =
        if is_weighted { &["cost", &currency, "weight", "counts"] } else { &["cost", &currency] };
    table.set_header(header);
    let (mut total, mut counted) = (0.0, 0.0);
    for key in CostKey::ALL.into_iter().filter(|key| cost(*key) != 0.0) {
        let weight = model.weight(key);
        let weighted = cost(key) * weight.to_f64();
        total += cost(key);
        counted += weighted;
        let mut row = vec![key.name().to_owned(), amount(cost(key))];
        if is_weighted {
            let weight = format_fixed(i128::from(weight.0), Decimal::PLACES);
            row.extend([weight.trim_end_matches('0').trim_end_matches('.').to_owned()]);
            row.push(amount(weighted));
        }
        table.add_row(row);
    }
    let mut row = vec!["sum".to_owned(), amount(total)];
    if is_weighted {
        row.extend([String::new(), amount(counted)]);
    }
    table.add_row(row);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn proof(certificate: &Certificate, minor_digits: u32) -> String {
    let amount =
        |amount: f64| format!("{amount:.*} {}", minor_digits as usize, certificate.currency);
    let status = match certificate.status {
        Status::Optimal => "within the gap asked for",
        Status::GapOpen => "gap still open",
        Status::Heuristic => "heuristic, nothing proven",
    };
    let stopped = match certificate.stopped_by {
        StoppedBy::Gap => "stopped at the gap",
        StoppedBy::TimeLimit => "stopped by the time limit",
        StoppedBy::MemoryLimit => "stopped by the memory limit",
        StoppedBy::Interrupt => "stopped by an interrupt",
        StoppedBy::Finished => "nothing more to do",
    };
    let mut scope = match certificate.scope {
        Scope::Whole => "the whole wave".to_owned(),
        Scope::Pruned => "pruned: some options are left out".to_owned(),
    };
    for (limit, count) in &certificate.limits {
        // Writing to a text cannot fail.
        let _ = write!(scope, ", {limit} {count}");
    }
    let mut method = certificate.method.clone();
    if !certificate.method_reason.is_empty() {
        let _ = write!(method, " ({})", certificate.method_reason);
    }
    let gap = match certificate.gap {
        Some(gap) => format!("{:.4} %", 100.0 * gap),
        None => "unknown".to_owned(),
    };
    pairs(&[
        ("objective", amount(certificate.objective)),
        ("bound", certificate.bound.map_or("none".to_owned(), amount)),
        ("gap", gap),
        ("status", format!("{status}, {stopped}")),
        ("scope", scope),
        ("method", method),
    ])
}
