//! What the report aggregates, on plans of a few rows.

use super::*;
use crate::domain::CapacityUnit;
use crate::plan::{
    AssignmentKind, AssignmentRow, Certificate, LoadRow, Proof, ReturnRow, Scope, Seconds,
    ShipmentRow, Step, StockRow, StoppedBy, UnfilledRow,
};
use crate::time::Day;
use crate::units::{Decimal, Money};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn certificate(objective: f64) -> Certificate {
    Certificate {
        wave: "w".into(),
        currency: "USD".into(),
        objective,
        bound: Some(9.0),
        gap: Some(0.1),
        proof: Proof::Exact,
        scope: Scope::Whole,
        limits: BTreeMap::new(),
        status: Status::GapOpen,
        stopped_by: StoppedBy::TimeLimit,
        method: "exact".into(),
        method_reason: String::new(),
        cost: [("parcel_freight".to_owned(), objective)].into(),
        model: json!({ "name": "m", "weights": { "parcel_freight": 1.0 } }),
        seconds: Seconds::default(),
        seed: 1,
        threads: 1,
        versions: BTreeMap::new(),
        inputs: [("orders.csv".to_owned(), "a".to_owned()), ("m.toml".into(), "b".into())].into(),
    }
}

fn assigned(order: &str, source: &str, days_late: u32) -> AssignmentRow {
    AssignmentRow {
        order: order.into(),
        line: "1".into(),
        sku: "mug".into(),
        quantity: 2,
        kind: AssignmentKind::Parcel,
        source: source.into(),
        service: "ground".into(),
        ship_date: Day(20_000),
        delivery_date: Day(20_002),
        days_late,
    }
}

fn shipped(order: &str, node: &str, freight: i64) -> ShipmentRow {
    ShipmentRow {
        order: order.into(),
        node: node.into(),
        service: "ground".into(),
        units: 2,
        parcels: 1,
        distance_km: Some(100.0),
        freight: Money(freight),
        handling: Money(50),
        kg_co2: 1.5,
    }
}

/// Order `A` from one node, `B` late from another, `C` open.
fn plan(name: &str, objective: f64, source: &str) -> NamedPlan {
    let rows = PlanRows {
        certificate: certificate(objective),
        minor_digits: 2,
        assignments: vec![assigned("A", source, 0), assigned("B", "far", 3)],
        shipments: vec![
            shipped("A", source, 1_000),
            shipped("B", "far", 500),
            shipped("B", "far", 1),
        ],
        transfers: Vec::new(),
        unfilled: vec![UnfilledRow {
            order: "C".into(),
            line: "1".into(),
            sku: "mug".into(),
            quantity: 4,
            reasons: vec!["no_stock".into(), "deadline".into()],
        }],
        node_load: Vec::new(),
        stock_use: Vec::new(),
        returns: Vec::new(),
    };
    NamedPlan { name: name.into(), rows }
}

#[test]
fn figures_count_lines_orders_and_units() {
    let plan = plan("one", 10.0, "near");
    let dated = ["B"].into_iter().collect();
    let figures = Figures::new(&plan.rows, Some(&dated));
    assert_eq!((figures.orders, figures.lines, figures.units), (3, 3, 8));
    assert_eq!((figures.fill_rate, figures.shipments_per_order), (Some(0.5), Some(1.5)));
    assert_eq!((figures.split_rate, figures.late_lines), (Some(0.5), 1));
    // The one line with a date is late.
    assert_eq!((figures.on_time_rate, figures.days_late), (Some(0.0), 3));
    assert_eq!((figures.mean_km, figures.kg_co2), (Some(100.0), 4.5));
    assert_eq!(Figures::new(&plan.rows, None).on_time_rate, None);
}

fn json_of(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

#[test]
fn charts_have_the_counts_of_their_bars() {
    let charts = json_of(&Charts::new(&plan("one", 10.0, "near").rows));
    let counts = |field: &str| -> Vec<(String, u64)> {
        let bars = charts[field].as_array().unwrap().iter();
        bars.map(|bar| (bar["name"].as_str().unwrap().into(), bar["count"].as_u64().unwrap()))
            .filter(|(_, count)| *count > 0)
            .collect()
    };
    let some = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        pairs.iter().map(|(name, count)| ((*name).into(), *count)).collect()
    };
    assert_eq!(counts("per_order"), some(&[("0", 1), ("1", 1), ("2", 1)]));
    assert_eq!(counts("lateness"), some(&[("on time", 1), ("3 days", 1)]));
    assert_eq!(counts("unfilled"), some(&[("no_stock", 4)]));
    assert_eq!(charts["cost"][0]["counted"], 10.0);
}

#[test]
fn the_busiest_nodes_and_the_highest_prices_come_first() {
    let mut plan = plan("one", 10.0, "near");
    let load = |node: String, used: i64, price: f64| LoadRow {
        node,
        date: Day(20_000),
        unit: CapacityUnit::Units,
        used: Decimal::from_int(used),
        capacity: Some(Decimal::from_int(10)),
        overload: Decimal::ZERO,
        shadow_price: Some(price),
    };
    plan.rows.node_load = (0..40).map(|n| load(format!("N{n}"), n, 0.0)).collect();
    plan.rows.node_load.push(load("scarce".into(), 5, 2.0));
    plan.rows.stock_use = (1..=30)
        .map(|n| StockRow {
            node: "N".into(),
            sku: format!("S{n}"),
            available: Some(1),
            used: 1,
            shadow_price: Some(f64::from(n)),
        })
        .collect();
    let charts = json_of(&Charts::new(&plan.rows));
    let loads = charts["load"].as_array().unwrap();
    assert_eq!((loads.len(), &charts["load_of"]), (24, &json!(41)));
    assert_eq!((&loads[0]["name"], &loads[0]["share"]), (&json!("N39"), &json!(3.9)));
    let prices = charts["prices"].as_array().unwrap();
    assert_eq!(prices.len(), 13, "12 of stock, and 1 of capacity that is not 0");
    assert_eq!(prices[0], json!({ "of": "stock", "name": "S30 at N", "price": 30.0 }));
    assert_eq!(prices[12]["name"], "scarce, units, 2024-10-04");
}

#[test]
fn the_run_ends_where_the_certificate_says() {
    let mut plan = plan("one", 10.0, "near");
    let step =
        |seconds, incumbent, bound| Step { seconds, stage: "prices".into(), incumbent, bound };
    let seconds = &mut plan.rows.certificate.seconds;
    seconds.insert("solve".into(), 7.0);
    seconds.progress = vec![step(1.0, Some(20.0), None), step(2.0, Some(12.0), Some(5.0))];
    let charts = json_of(&Charts::new(&plan.rows));
    let points: Vec<(f64, &str, f64)> = charts["progress"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            let number = |field: &str| point[field].as_f64().unwrap();
            (number("seconds"), point["what"].as_str().unwrap(), number("amount"))
        })
        .collect();
    let expected = [
        (1.0, "best plan", 20.0),
        (2.0, "best plan", 12.0),
        (7.0, "best plan", 10.0),
        (2.0, "bound", 5.0),
        (7.0, "bound", 9.0),
    ];
    assert_eq!(points, expected);
}

#[test]
fn changed_orders_say_what_changed_and_by_how_much() {
    let before = plan("before", 10.0, "near");
    let mut after = plan("after", 8.0, "other");
    after.rows.shipments[0].freight = Money(700);
    // B goes without its second shipment, C is served.
    after.rows.shipments.remove(2);
    after.rows.assignments.push(assigned("C", "near", 0));
    after.rows.unfilled.clear();
    let changes = Changes::new(&before.rows, &after.rows, 2);
    assert_eq!((changes.orders, changes.changed), (3, 3));
    let kinds = [("date", 1), ("open units", 1), ("service", 1), ("source", 2), ("split", 1)];
    assert_eq!(changes.by_kind, kinds.into());
    let rows = json_of(&changes)["rows"].clone();
    assert_eq!(rows.as_array().unwrap().len(), 2, "the largest differences only");
    let first = json!({
        "order": "A", "what": ["source"], "cost": [10.5, 7.5], "shipments": [1, 1],
        "days_late": [0, 0], "open": [0, 0], "from": [["near"], ["other"]],
    });
    assert_eq!(rows[0], first);
    assert_eq!((&rows[1]["order"], &rows[1]["what"]), (&json!("B"), &json!(["split"])));
    let same = Changes::new(&before.rows, &before.rows, 2);
    assert_eq!(same.changed, 0);
}

#[test]
fn plans_of_other_waves_are_refused() {
    let base = plan("base", 10.0, "near");
    let mut other = plan("other", 10.0, "near");
    other.rows.certificate.inputs.insert("m.toml".into(), "another model".into());
    report(&[base, other], None, 10).unwrap();
    let base = plan("base", 10.0, "near");
    let mut other = plan("other", 10.0, "near");
    other.rows.certificate.inputs.insert("orders.csv".into(), "changed".into());
    other.rows.certificate.inputs.insert("lanes.csv".into(), "new".into());
    let error = report(&[base, other], None, 10).unwrap_err().to_string();
    assert_eq!(
        error,
        "other was planned from other data than base; other files: lanes.csv, orders.csv"
    );
    let base = plan("base", 10.0, "near");
    let mut other = plan("other", 10.0, "near");
    other.rows.certificate.wave = "v".into();
    let error = report(&[base, other], None, 10).unwrap_err().to_string();
    assert_eq!(error, "other is a plan of \"v\", base one of \"w\"");
    assert!(matches!(report(&[], None, 10), Err(ReportError::NoPlans)));
}

#[test]
fn the_page_tells_what_was_saved_and_what_is_proven() {
    let plans = [plan("<rule>", 12.0, "near"), plan("best", 10.0, "near")];
    let page = report(&plans, None, 10).unwrap();
    assert!(page.contains(
        "best costs <b>10.00</b> USD, <b>2.00</b> (16.7\u{a0}%) less than &lt;rule&gt;."
    ));
    assert!(page.contains("No plan of this wave costs less than 9.00: a gap of 10.00\u{a0}%."));
    assert!(page.contains("There is no map"));
    assert!(!page.contains("<rule>"));
    let mut plans = [plan("rule", 12.0, "near"), plan("best", 10.0, "near")];
    plans[1].rows.certificate.model = json!({ "name": "n", "costs": { "split_cost": 1.0 } });
    plans[1].rows.certificate.bound = None;
    let page = report(&plans, None, 10).unwrap();
    assert!(page.contains("differ in weights, costs, rules or returns"));
    assert!(!page.contains(" less than rule"));
    assert!(page.contains("Nothing is proven about how good that is."));
}

#[test]
fn the_page_tells_what_comes_back() {
    let plans = [plan("rule", 12.0, "near"), plan("best", 10.0, "near")];
    assert!(!report(&plans, None, 10).unwrap().contains("What comes back"));
    let mut plans = plans;
    let back = |service: &str, cents: i64| ReturnRow {
        quantity: 2,
        node: "near".into(),
        service: service.into(),
        freight: Money(cents),
        recovered_value: Money(1_050),
    };
    plans[1].rows.returns = vec![back("ground", 725), back("", 0), back("ground", 100)];
    let page = report(&plans, None, 10).unwrap();
    let (_, section) = page.split_once("What comes back").unwrap();
    let cells =
        |row: &[&str]| row.iter().map(|cell| format!("<td>{cell}</td>")).collect::<String>();
    assert!(section.contains(&cells(&["3", "6", "2", "1", "8.25", "31.50"])), "{section}");
    assert!(section.contains(&cells(&["0", "0", "0", "0", "0.00", "0.00"])), "{section}");
}
