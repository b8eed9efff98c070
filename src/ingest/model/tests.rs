//! Tests of models.

use super::*;
use crate::domain::{CostKey, Deadline, Escalate, Method, NodeKind};
use crate::units::{Decimal, Money};

fn faults(text: &str) -> Vec<String> {
    let findings = parse_model("m.toml", text, 2).unwrap_err();
    findings.iter().map(|f| format!("{} {:?} {:?}", f.code, f.row, f.column)).collect()
}

#[test]
fn what_is_absent_has_its_default() {
    let model = parse_model("m.toml", "name = \"m\"", 2).unwrap();
    assert_eq!(model.costs, Default::default());
    assert_eq!(model.weights, [Decimal::ONE; CostKey::ALL.len()]);
    assert_eq!((model.rules.max_shipments, model.rules.max_distance_km), (None, None));
    assert_eq!((model.rules.deadline, model.rules.escalate), (Deadline::Soft, Escalate::None));
    assert_eq!((model.rules.max_lanes, model.solve.method), (2, Method::Auto));
}

#[test]
fn the_shipped_models_can_be_read_in_any_currency_of_two_or_more_digits() {
    for name in shipped_models() {
        for digits in 2..=4 {
            let model = read_model(name, digits).unwrap();
            assert_eq!(model.name.as_ref(), name);
        }
    }
    let model = read_model("balanced", 2).unwrap();
    assert_eq!(model.costs.unfilled_cost, Money(1500));
    assert_eq!(model.costs.unfilled_value_share, Decimal(300_000_000));
    assert_eq!(model.weight(CostKey::Carbon), Decimal::ZERO);
    assert_eq!(model.rules.max_shipments, Some(4));
}

#[test]
fn the_full_form_reads_back_as_the_same_model() {
    let text = "name = \"m\"\n[weights]\nsplit = 0.123456789\n[costs]\nlate_cost = 0.07\n\
        unfilled_value_share = 0.1\n[rules]\ndeadline = \"hard\"\ntiers = [[\"dc\"], [\"3pl\", \
        \"store\"]]\nescalate = \"deadline\"\ntier_cost = 1.5\nmax_distance_km = 12.5\n[solve]\n\
        method = \"greedy\"\nseed = 9223372036854775807\ngap = 0\n";
    let model = parse_model("m.toml", text, 2).unwrap();
    assert_eq!(
        model.rules.tiers,
        [vec![NodeKind::Dc], vec![NodeKind::ThirdParty, NodeKind::Store]]
    );
    let json = model_to_json(&model, 2);
    assert_eq!(json["costs"]["late_cost"], 0.07);
    assert_eq!(json["weights"]["split"], 0.123_456_789);
    assert_eq!(model_from_json(&json, 2).unwrap(), model);
    for name in shipped_models() {
        let model = read_model(name, 2).unwrap();
        assert_eq!(model_from_json(&model_to_json(&model, 2), 2).unwrap(), model);
    }
    assert!(model_from_json(&serde_json::json!("x"), 2).is_err());
}

#[test]
fn every_fault_is_found_with_its_line() {
    let text = "name = \"m\"\ncolour = 1\n[weights]\nsplits = 1\nsplit = -1.0\n[costs]\n\
        late_cost = 0.005\nsplit_cost = \"2\"\n[rules]\nmax_shipments = 0\nescalate = \"never\"\n\
        tiers = [[\"dc\"], [\"dc\"]]\nmax_distance_km = -1\n[returns]\nrestock_share_used = 2\n\
        [solve]\nmethod = \"\"\n";
    assert_eq!(
        faults(text),
        [
            "E0703 Some(2) Some(\"colour\")",
            "E0703 Some(4) Some(\"weights.splits\")",
            "E0704 Some(5) Some(\"weights.split\")",
            "E0704 Some(7) Some(\"costs.late_cost\")",
            "E0704 Some(8) Some(\"costs.split_cost\")",
            "E0704 Some(10) Some(\"rules.max_shipments\")",
            "E0704 Some(11) Some(\"rules.escalate\")",
            "E0704 Some(12) Some(\"rules.tiers\")",
            "E0704 Some(13) Some(\"rules.max_distance_km\")",
            "E0704 Some(15) Some(\"returns.restock_share_used\")",
            "E0704 Some(17) Some(\"solve.method\")",
        ]
    );
    assert_eq!(faults("costs = 3"), ["E0704 None Some(\"name\")", "E0704 Some(1) Some(\"costs\")"]);
    assert_eq!(faults("name = "), ["E0702 Some(1) None"]);
}

#[test]
fn every_file_in_models_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let models = paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let mut names: Vec<String> =
        models.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert_eq!(shipped_models().collect::<Vec<_>>(), names);
}

#[test]
fn an_unknown_model_gets_the_nearest_name() {
    let findings = read_model("balancd", 2).unwrap_err();
    let finding = findings.iter().next().unwrap();
    assert_eq!((finding.code, finding.action.as_str()), ("E0701", "did you mean balanced?"));
}

#[test]
fn the_schema_knows_exactly_the_keys_that_are_read() {
    let schema = serde_json::to_value(schemars::schema_for!(RawModel)).unwrap();
    let model = parse_model("m.toml", "name = \"m\"\n[rules]\nmax_shipments = 1\n", 2).unwrap();
    let full = model_to_json(&model, 2);
    let keys = |value: &serde_json::Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&schema["properties"]), keys(&full));
    for (section, definition) in [
        ("costs", "RawCosts"),
        ("rules", "RawRules"),
        ("returns", "RawReturns"),
        ("solve", "RawSolve"),
    ] {
        assert_eq!(keys(&schema["$defs"][definition]["properties"]), keys(&full[section]));
    }
}
