//! A model file, key by key.

use crate::diagnostics::{Findings, codes};
use crate::domain::{
    CostKey, Escalate, Method, Model, ModelCosts, NodeKind, ReturnRules, Rules, SolveSettings,
};
use crate::ingest::cell::deadline_from_name;
use crate::ingest::document::{Document, DocumentCodes, Entry, Keys};
use crate::units::{Decimal, Money};
use toml::de::DeTable;

const CODES: DocumentCodes = DocumentCodes {
    syntax: &codes::E0702,
    unknown: &codes::E0703,
    missing: &codes::E0704,
    value: &codes::E0704,
};

/// The most that one amount may be, in the currency, so that sums over a wave stay exact.
const MOST_MONEY: i64 = 1_000_000_000;

/// Reads the text of a model; nothing where its syntax is wrong or it has no name.
pub(super) fn model(
    file: &str,
    text: &str,
    minor_digits: u32,
    findings: &mut Findings,
) -> Option<Model> {
    let document = Document::new(file, text, &CODES);
    let table = document.parse(findings)?;
    let mut keys = Keys::new(&document, &table, "", findings);
    let name = keys.required("name").and_then(|value| keys.text(&value));
    let weights = keys.section("weights");
    let costs = keys.section("costs");
    let rules = keys.section("rules");
    let returns = keys.section("returns");
    let solve = keys.section("solve");
    keys.finish();
    let mut section =
        |table: Option<&DeTable<'_>>, name: &str, read: &mut dyn FnMut(&mut Section)| {
            let empty = DeTable::new();
            let keys = Keys::new(&document, table.unwrap_or(&empty), name, findings);
            let mut section = Section { keys, minor_digits };
            read(&mut section);
            section.keys.finish();
        };
    let mut model = Model {
        name: name.unwrap_or_default().into(),
        weights: [Decimal::ONE; CostKey::ALL.len()],
        costs: ModelCosts::default(),
        rules: Rules::default(),
        returns: ReturnRules::default(),
        solve: default_solve(),
    };
    section(weights, "weights.", &mut |section| read_weights(section, &mut model));
    section(costs, "costs.", &mut |section| read_costs(section, &mut model.costs));
    section(rules, "rules.", &mut |section| read_rules(section, &mut model.rules));
    section(returns, "returns.", &mut |section| read_returns(section, &mut model.returns));
    section(solve, "solve.", &mut |section| read_solve(section, &mut model.solve));
    Some(model)
}

fn default_solve() -> SolveSettings {
    SolveSettings { gap: 0.001, time_limit_s: 600.0, threads: 0, seed: 1, method: Method::Auto }
}

fn read_weights(section: &mut Section, model: &mut Model) {
    for key in CostKey::ALL {
        section.decimal(key.name(), 1_000_000, &mut model.weights[key as usize]);
    }
}

fn read_costs(section: &mut Section, costs: &mut ModelCosts) {
    section.money("split_cost", &mut costs.split_cost);
    section.money("late_cost", &mut costs.late_cost);
    section.money("unfilled_cost", &mut costs.unfilled_cost);
    section.decimal("unfilled_value_share", 1_000_000, &mut costs.unfilled_value_share);
    section.money("reject_cost", &mut costs.reject_cost);
    section.money("carbon_price", &mut costs.carbon_price);
    section.money("change_cost", &mut costs.change_cost);
}

fn read_rules(section: &mut Section, rules: &mut Rules) {
    section.name("deadline", &["hard", "soft"], deadline_from_name, &mut rules.deadline);
    section.truth("split_lines", &mut rules.split_lines);
    let mut most = 0;
    if section.whole("max_shipments", 1, u64::from(u32::MAX), &mut most) {
        rules.max_shipments = Some(most as u32);
    }
    let mut km = 0.0;
    if section.double("max_distance_km", 1e6, &mut km) {
        rules.max_distance_km = (km > 0.0).then_some(km);
    }
    section.money("no_split_below", &mut rules.no_split_below);
    section.entry("tiers", |section, value| {
        let lists = value.as_text_lists();
        let accepts =
            "lists of node kinds, each kind once, such as [[\"dc\"], [\"3pl\", \"store\"]]";
        if let Some(tiers) = section.keys.expect(value, lists.and_then(tiers), accepts) {
            rules.tiers = tiers;
        }
    });
    section.name("escalate", &["none", "deadline", "cost"], escalate, &mut rules.escalate);
    section.money("tier_cost", &mut rules.tier_cost);
    let mut most = u64::from(rules.max_lanes);
    section.whole("max_lanes", 0, 100, &mut most);
    rules.max_lanes = most as u32;
}

fn read_returns(section: &mut Section, returns: &mut ReturnRules) {
    section.decimal("restock_share_used", 1, &mut returns.restock_share_used);
    section.decimal("restock_share_damaged", 1, &mut returns.restock_share_damaged);
}

fn read_solve(section: &mut Section, solve: &mut SolveSettings) {
    section.double("gap", 1e6, &mut solve.gap);
    section.double("time_limit_s", 1e9, &mut solve.time_limit_s);
    let mut threads = 0;
    section.whole("threads", 0, 100_000, &mut threads);
    solve.threads = threads as u32;
    section.whole("seed", 0, i64::MAX as u64, &mut solve.seed);
    section.entry("method", |section, value| {
        if let Some(name) = section.keys.text(value) {
            solve.method = method_from_name(&name);
        }
    });
}

/// The method of a name: that of a heuristic where it is none of the others.
pub fn method_from_name(name: &str) -> Method {
    match name {
        "auto" => Method::Auto,
        "exact" => Method::Exact,
        "decompose" => Method::Decompose,
        heuristic => Method::Heuristic(heuristic.into()),
    }
}

fn escalate(name: &str) -> Option<Escalate> {
    match name {
        "none" => Some(Escalate::None),
        "deadline" => Some(Escalate::Deadline),
        "cost" => Some(Escalate::Cost),
        _ => None,
    }
}

/// Kinds by tier, each kind at most once.
fn tiers(lists: Vec<Vec<String>>) -> Option<Vec<Vec<NodeKind>>> {
    let mut seen = Vec::new();
    let tiers = lists.iter().map(|names| {
        let kinds = names.iter().map(|name| {
            let kind = NodeKind::from_name(name).filter(|kind| !seen.contains(kind))?;
            seen.push(kind);
            Some(kind)
        });
        kinds.collect()
    });
    tiers.collect()
}

/// The keys of a section. What is absent or bad leaves the default as it is.
struct Section<'d, 't, 'f> {
    keys: Keys<'d, 't, 'f>,
    minor_digits: u32,
}

impl<'d, 't> Section<'d, 't, '_> {
    fn entry(&mut self, key: &'static str, read: impl FnOnce(&mut Self, &Entry<'d, 't>)) {
        if let Some(value) = self.keys.optional(key) {
            read(self, &value);
        }
    }

    fn money(&mut self, key: &'static str, to: &mut Money) {
        let digits = self.minor_digits;
        let range = 0..=MOST_MONEY * 10_i64.pow(digits);
        let accepts = format!(
            "an amount of money from 0 to {MOST_MONEY} with at most {digits} decimal places"
        );
        self.entry(key, |section, value| {
            if let Some(amount) = section.keys.fixed(value, digits, range, &accepts) {
                *to = Money(amount);
            }
        });
    }

    fn decimal(&mut self, key: &'static str, most: i64, to: &mut Decimal) {
        let accepts = format!("a number from 0 to {most} with at most nine decimal places");
        self.entry(key, |section, value| {
            let range = 0..=most * Decimal::SCALE;
            if let Some(number) = section.keys.fixed(value, Decimal::PLACES, range, &accepts) {
                *to = Decimal(number);
            }
        });
    }

    fn truth(&mut self, key: &'static str, to: &mut bool) {
        self.entry(key, |section, value| {
            if let Some(truth) = section.keys.truth(value) {
                *to = truth;
            }
        });
    }

    /// Whether there is such a number.
    fn whole(&mut self, key: &'static str, least: u64, most: u64, to: &mut u64) -> bool {
        let mut found = false;
        self.entry(key, |section, value| {
            if let Some(number) = section.keys.whole(value, least..=most) {
                *to = number;
                found = true;
            }
        });
        found
    }

    /// Whether there is such a number, from 0.
    fn double(&mut self, key: &'static str, most: f64, to: &mut f64) -> bool {
        let accepts = format!("a number from 0 to {most}");
        let mut found = false;
        self.entry(key, |section, value| {
            if let Some(number) = section.keys.double(value, 0.0..=most, &accepts) {
                *to = number;
                found = true;
            }
        });
        found
    }

    fn name<T>(
        &mut self,
        key: &'static str,
        names: &[&str],
        from_name: fn(&str) -> Option<T>,
        to: &mut T,
    ) {
        let accepts = format!("one of {}", names.join(", "));
        self.entry(key, |section, value| {
            let known = value.as_text().and_then(|text| from_name(&text));
            if let Some(known) = section.keys.expect(value, known, &accepts) {
                *to = known;
            }
        });
    }
}
