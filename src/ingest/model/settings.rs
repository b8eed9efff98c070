//! The numeric settings of a model by name, for what varies one at a time.

use super::{model_from_json, model_to_json, parse_model};
use crate::diagnostics::Findings;
use crate::domain::{CostKey, Model};
use crate::ingest::nearest::nearest;
use crate::units::Decimal;
use serde_json::{Map, Value, json};

/// Why a model cannot have a setting.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// The suggestion is the known name that comes closest.
    #[error("no model has the numeric setting {name:?}")]
    Unknown { name: String, suggestion: Option<String> },
    #[error("{name} cannot be {value}: {}", causes(.findings))]
    Bad { name: String, value: String, findings: Findings },
}

fn causes(findings: &Findings) -> String {
    findings.iter().map(|finding| finding.cause.as_str()).collect::<Vec<_>>().join("; ")
}

/// A model that has every numeric setting, as JSON.
fn sample() -> Map<String, Value> {
    let text = "name = \"sample\"\n[rules]\nmax_shipments = 1\n";
    // The text is a model in every currency; a test reads the names.
    let model = parse_model("sample", text, 2).map(|model| model_to_json(&model, 2));
    let mut sections = match model {
        Ok(Value::Object(sections)) => sections,
        _ => Map::new(),
    };
    let weights = CostKey::ALL.into_iter().map(|key| (key.name().to_owned(), json!(1.0)));
    sections.insert("weights".to_owned(), Value::Object(weights.collect()));
    sections
}

/// The names of all numeric settings, such as `costs.split_cost`, sorted.
pub fn numeric_settings() -> Vec<String> {
    let mut names = Vec::new();
    for (section, keys) in &sample() {
        let keys = keys.as_object().into_iter().flatten();
        let numbers = keys.filter(|(_, value)| value.is_number());
        names.extend(numbers.map(|(key, _)| format!("{section}.{key}")));
    }
    names.sort();
    names
}

/// Checks that models have a numeric setting of this name.
///
/// # Errors
/// With the nearest known name, where they have not.
pub fn check_setting(name: &str) -> Result<(), SettingError> {
    let known = numeric_settings();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    let names = known.iter().map(String::as_str);
    // A key without its section means the one of that name.
    let bare = known.iter().find(|known| known.split_once('.').is_some_and(|(_, key)| key == name));
    let suggestion = bare.map(String::as_str).or_else(|| nearest(name, names)).map(str::to_owned);
    Err(SettingError::Unknown { name: name.to_owned(), suggestion })
}

/// The model with another value of a numeric setting, under the same rules as a model file.
///
/// # Errors
/// When there is no such setting, or it cannot have the value.
pub fn with_setting(
    model: &Model,
    name: &str,
    value: Decimal,
    minor_digits: u32,
) -> Result<Model, SettingError> {
    check_setting(name)?;
    let is_whole = value.0 % Decimal::SCALE == 0;
    let (section, key) = name.split_once('.').unwrap_or((name, ""));
    let counts = sample().get(section).and_then(|keys| keys.get(key)).is_some_and(Value::is_u64);
    let number = match counts && is_whole {
        true => json!(value.0 / Decimal::SCALE),
        false => json!(value.to_f64()),
    };
    let mut sections = model_to_json(model, minor_digits);
    if let Some(keys) = sections.get_mut(section).and_then(Value::as_object_mut) {
        keys.insert(key.to_owned(), number);
    }
    model_from_json(&sections, minor_digits).map_err(|findings| SettingError::Bad {
        name: name.to_owned(),
        value: value.to_f64().to_string(),
        findings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Money;

    #[test]
    fn every_section_has_its_numbers() {
        let names = numeric_settings();
        let some = [
            "costs.split_cost",
            "costs.unfilled_value_share",
            "returns.restock_share_used",
            "rules.max_lanes",
            "rules.max_shipments",
            "rules.tier_cost",
            "solve.gap",
            "weights.carbon",
        ];
        for name in some {
            assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
        }
        assert!(!names.iter().any(|name| name == "rules.deadline" || name == "rules.tiers"));
        assert_eq!(names.len(), 15 + 7 + 5 + 2 + 4, "{names:?}");
    }

    #[test]
    fn settings_are_replaced_and_only_they() {
        let model = parse_model("m", "name = \"m\"\n[costs]\nlate_cost = 3.0\n", 2).unwrap();
        let other = with_setting(&model, "costs.split_cost", Decimal(1_250_000_000), 2).unwrap();
        assert_eq!((other.costs.split_cost, other.costs.late_cost), (Money(125), Money(300)));
        let other = with_setting(&model, "rules.max_shipments", Decimal::from_int(2), 2).unwrap();
        assert_eq!(other.rules.max_shipments, Some(2));
        let other = with_setting(&model, "weights.carbon", Decimal::ZERO, 2).unwrap();
        assert_eq!(other.weight(CostKey::Carbon), Decimal::ZERO);
        let other = with_setting(&model, "solve.time_limit_s", Decimal::from_int(9), 2).unwrap();
        assert_eq!(other.solve.time_limit_s, 9.0);
    }

    #[test]
    fn what_a_model_cannot_have_is_refused() {
        let model = parse_model("m", "name = \"m\"\n", 2).unwrap();
        let refused = |name: &str, value: Decimal| match with_setting(&model, name, value, 2) {
            Err(SettingError::Unknown { suggestion, .. }) => suggestion.unwrap_or_default(),
            Err(error) => error.to_string(),
            Ok(_) => panic!("{name} is taken"),
        };
        assert_eq!(refused("costs.splitcost", Decimal::ZERO), "costs.split_cost");
        assert_eq!(refused("split_cost", Decimal::ZERO), "costs.split_cost");
        assert_eq!(refused("horizon", Decimal::ZERO), "");
        let half = Decimal(Decimal::SCALE / 2);
        assert!(refused("rules.max_shipments", half).contains("max_shipments cannot be 0.5:"));
        assert!(refused("costs.split_cost", Decimal(-1)).contains("from 0 to"));
        assert!(refused("costs.split_cost", Decimal(1)).contains("at most 2 decimal places"));
    }
}
