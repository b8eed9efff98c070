//! What each strategy does on a wave that is small enough to think through.
//!
//! Four nodes lie on a line to the east of the customers' town: a store at 1 degree, a distribution
//! centre at 2, another at 4, a vendor at 6. The farther a node, the dearer its parcel.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use wavewright::domain::{CostKey, Method, Model, Wave};
use wavewright::ingest::{read_model, read_wave};
use wavewright::plan::Plan;
use wavewright::planning::{RunInputs, plan_wave};
use wavewright::solve::Control;
use wavewright::strategies::Strategy;
use wavewright::units::{Decimal, Money};

const NODES: &str = "\
node_id,kind,latitude,longitude,unit_cost
ST-NEAR,store,40,1,3.00
DC-MID,dc,40,2,0.00
DC-FAR,dc,40,4,0.00
VEN,vendor,40,6,0.00
";

const COMMON: [(&str, &str); 5] = [
    (
        "wave.toml",
        "name = \"line\"\nnow = \"2026-11-23T08:00:00Z\"\ncurrency = \"USD\"\nhorizon_days = 3\n",
    ),
    ("items.csv", "sku,kg\nred,1\nblue,1\ngreen,1\n"),
    ("services.csv", "service,carrier,zone_table,rate_card\nground,c,z,r\n"),
    (
        "zones.csv",
        "zone_table,zone,max_km,transit_days\nz,1,100,1\nz,2,200,1\nz,3,400,2\nz,4,9000,2\n",
    ),
    (
        "rates.csv",
        "rate_card,zone,up_to_kg,price\nr,1,9,5.00\nr,2,9,6.00\nr,3,9,7.00\nr,4,9,9.00\n",
    ),
];

/// A wave on the line, with these orders (id and further columns), lines and stock.
fn wave(files: &[(&str, &str)]) -> Wave {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("nodes.csv", NODES);
    for (name, text) in COMMON.iter().chain(files) {
        write(name, text);
    }
    let read = read_wave(Path::new(folder.path()));
    read.unwrap_or_else(|findings| panic!("{findings:#?}")).wave
}

/// Orders that arrive one minute after the other, with one line for each item wanted.
fn orders(wanted: &[&[&str]]) -> [(&'static str, String); 2] {
    let mut orders = "order_id,placed_at,latitude,longitude\n".to_owned();
    let mut lines = "order_id,line,sku,quantity,unit_price\n".to_owned();
    for (at, items) in wanted.iter().enumerate() {
        orders += &format!("O{at},2026-11-23T07:{at:02}:00Z,40,0\n");
        for (line, sku) in items.iter().enumerate() {
            lines += &format!("O{at},{line},{sku},1,50.00\n");
        }
    }
    [("orders.csv", orders), ("order_lines.csv", lines)]
}

fn model(wave: &Wave) -> Model {
    read_model("balanced", wave.minor_digits).unwrap()
}

fn plan(wave: &Wave, model: &Model, method: Method) -> Plan {
    let mut model = model.clone();
    model.solve.method = method;
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| ());
    plan_wave(wave, &model, RunInputs::default(), &control).unwrap()
}

/// The source of each line served, by `order.line`.
fn sources(wave: &Wave, model: &Model, strategy: Strategy) -> BTreeMap<String, String> {
    let plan = plan(wave, model, Method::Heuristic(strategy.name().into()));
    let rows = plan.assignments.iter().map(|row| {
        let line = &wave.lines[row.line];
        let name = format!("{}.{}", wave.orders[line.order].id, line.line);
        (name, wave.nodes[row.source].id.to_string())
    });
    rows.collect()
}

fn is(found: BTreeMap<String, String>, expected: &[(&str, &str)]) {
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(line, node)| (line.to_string(), node.to_string())).collect();
    assert_eq!(found, expected);
}

fn line_wave(wanted: &[&[&str]], inventory: &str, more: &[(&str, &str)]) -> Wave {
    let inventory = format!("node_id,sku,on_hand\n{inventory}");
    let [(orders_name, orders), (lines_name, lines)] = orders(wanted);
    let mut files =
        vec![(orders_name, &*orders), (lines_name, &*lines), ("inventory.csv", &*inventory)];
    files.extend(more);
    wave(&files)
}

/// Tests that the nearest node serves until it has nothing left.
#[test]
fn nearest_takes_the_nearest_that_has_it() {
    let wave = line_wave(&[&["red"], &["red"]], "ST-NEAR,red,1\nDC-FAR,red,5\n", &[]);
    let found = sources(&wave, &model(&wave), Strategy::Nearest);
    is(found, &[("O0.0", "ST-NEAR"), ("O1.0", "DC-FAR")]);
}

/// Tests that the cheapest line is not the nearest where the nearest handles dearly: 5 and 3 in
/// the store, 6 in the distribution centre.
#[test]
fn cheapest_line_counts_handling_too() {
    let wave = line_wave(&[&["red"]], "ST-NEAR,red,1\nDC-MID,red,1\n", &[]);
    let model = model(&wave);
    is(sources(&wave, &model, Strategy::CheapestLine), &[("O0.0", "DC-MID")]);
    is(sources(&wave, &model, Strategy::Nearest), &[("O0.0", "ST-NEAR")]);
}

/// Tests that the node that could be cheapest is asked first and yet loses where it is late: 6 and
/// two days at 3 against 7.
#[test]
fn cheapest_line_counts_what_is_only_known_when_asked() {
    let orders = "order_id,placed_at,latitude,longitude,deliver_by\n\
                  O0,2026-11-23T07:00:00Z,40,0,2026-11-25\n";
    let zones = "zone_table,zone,max_km,transit_days\nz,1,100,1\nz,2,200,4\nz,3,400,2\n";
    let files = [
        ("orders.csv", orders),
        ("order_lines.csv", "order_id,line,sku,quantity,unit_price\nO0,0,red,1,50\n"),
        ("inventory.csv", "node_id,sku,on_hand\nDC-MID,red,1\nDC-FAR,red,1\n"),
        ("zones.csv", zones),
    ];
    let wave = wave(&files);
    is(sources(&wave, &model(&wave), Strategy::CheapestLine), &[("O0.0", "DC-FAR")]);
}

/// Tests that a line that joins a parcel pays no carbon for what is in it: 0 for the distribution
/// centre, where the parcel is, against 8 and carbon of its own for the store.
#[test]
fn cheapest_line_counts_the_carbon_of_a_parcel_once() {
    let services = "service,carrier,zone_table,rate_card,kg_co2_per_parcel_km\nground,c,z,r,0.1\n";
    let stock = "DC-MID,red,1\nDC-MID,blue,1\nST-NEAR,blue,1\n";
    let wave = line_wave(&[&["red", "blue"]], stock, &[("services.csv", services)]);
    let mut model = model(&wave);
    model.weights[CostKey::Carbon as usize] = Decimal::ONE;
    model.costs.carbon_price = Money(120);
    let found = sources(&wave, &model, Strategy::CheapestLine);
    is(found, &[("O0.0", "DC-MID"), ("O0.1", "DC-MID")]);
}

/// Tests that a rule looks for one location first, by rank, and splits only then.
#[test]
fn priority_ranks_kinds_and_ships_complete_first() {
    let stock = "DC-MID,red,5\nDC-FAR,red,5\nDC-FAR,blue,5\nST-NEAR,green,5\nST-NEAR,red,5\n";
    let wave = line_wave(&[&["red"], &["red", "blue"], &["blue", "green"]], stock, &[]);
    let found = sources(&wave, &model(&wave), Strategy::Priority);
    let expected = [
        ("O0.0", "DC-MID"),
        ("O1.0", "DC-FAR"),
        ("O1.1", "DC-FAR"),
        ("O2.0", "DC-FAR"),
        ("O2.1", "ST-NEAR"),
    ];
    is(found, &expected);
}

/// Tests that a store gives its last unit only when nobody else has one.
#[test]
fn priority_keeps_the_last_unit_of_a_store_to_the_end() {
    let model_of = |wave: &Wave| model(wave);
    let alone = line_wave(&[&["red"], &["red"]], "ST-NEAR,red,2\nVEN,red,1\n", &[]);
    let found = sources(&alone, &model_of(&alone), Strategy::Priority);
    is(found, &[("O0.0", "ST-NEAR"), ("O1.0", "VEN")]);
    let last = line_wave(&[&["red"], &["red"]], "ST-NEAR,red,2\n", &[]);
    let found = sources(&last, &model_of(&last), Strategy::Priority);
    is(found, &[("O0.0", "ST-NEAR"), ("O1.0", "ST-NEAR")]);
}

/// Tests that the model's tiers rank before the kind of a node.
#[test]
fn priority_takes_the_models_tiers() {
    let wave = line_wave(&[&["red"]], "ST-NEAR,red,2\nDC-MID,red,2\n", &[]);
    let mut model = model(&wave);
    let kinds = [wavewright::domain::NodeKind::Store, wavewright::domain::NodeKind::Dc];
    model.rules.tiers = kinds.into_iter().map(|kind| vec![kind]).collect();
    is(sources(&wave, &model, Strategy::Priority), &[("O0.0", "ST-NEAR")]);
}

/// Tests that one far node beats two near ones where shipments are counted.
#[test]
fn fewest_shipments_takes_the_node_that_has_most() {
    let stock = "ST-NEAR,red,1\nDC-MID,blue,1\nDC-FAR,red,1\nDC-FAR,blue,1\n";
    let wave = line_wave(&[&["red", "blue"]], stock, &[]);
    let model = model(&wave);
    let far = [("O0.0", "DC-FAR"), ("O0.1", "DC-FAR")];
    is(sources(&wave, &model, Strategy::FewestShipments), &far);
    let near = [("O0.0", "ST-NEAR"), ("O0.1", "DC-MID")];
    is(sources(&wave, &model, Strategy::Nearest), &near);
}

/// Tests that work goes to whoever has done least of what it can.
#[test]
fn balance_load_alternates_by_utilisation() {
    let capacity = "node_id,date,unit,capacity\nST-NEAR,,units,4\nDC-MID,,units,2\n";
    let more = [("node_capacity.csv", capacity)];
    let wanted: [&[&str]; 4] = [&["red"]; 4];
    let wave = line_wave(&wanted, "ST-NEAR,red,9\nDC-MID,red,9\n", &more);
    let found = sources(&wave, &model(&wave), Strategy::BalanceLoad);
    // 0 and 0: the nearer. 1/4 and 0. 1/4 and 1/2. 1/2 and 1/2: the nearer.
    let expected =
        [("O0.0", "ST-NEAR"), ("O1.0", "DC-MID"), ("O2.0", "ST-NEAR"), ("O3.0", "ST-NEAR")];
    is(found, &expected);
}

/// The first order may take either stock of red; the second wants the blue beside one of them, and
/// two shipments cost it 2 more for the split.
fn contested() -> Wave {
    let stock = "DC-MID,red,1\nDC-MID,blue,1\nDC-FAR,red,1\n";
    line_wave(&[&["red"], &["red", "blue"]], stock, &[])
}

/// Tests that the myopic optimum lets the first order take what the second needs more, and that
/// the others see it: 6 and 6 + 7 + 2 against 7 and 6.
#[test]
fn those_that_look_further_leave_stock_to_who_needs_it() {
    let wave = contested();
    let model = model(&wave);
    let objective = |method: Method| plan(&wave, &model, method).certificate.objective;
    let by = |strategy: Strategy| objective(Method::Heuristic(strategy.name().into()));
    assert_eq!(by(Strategy::CheapestOrder), 21.0);
    assert_eq!(objective(Method::Exact), 13.0);
    assert_eq!(by(Strategy::Reevaluate), 13.0);
    assert_eq!(by(Strategy::Regret), 13.0);
}

/// Tests that prices keep the first order from what the second would pay more for.
#[test]
fn price_guided_pays_for_what_is_scarce() {
    let wave = contested();
    let plan = plan(&wave, &model(&wave), Method::Heuristic("price-guided".into()));
    assert_eq!(plan.certificate.objective, 13.0);
}

/// Tests that a pickup in a store without stock is served over a lane.
#[test]
fn rules_move_what_is_to_be_picked_up() {
    let orders = "order_id,placed_at,journey,pickup_node\nO0,2026-11-23T07:00:00Z,pickup,ST-NEAR\n";
    let lines = "order_id,line,sku,quantity\nO0,0,red,1\n";
    let files = [
        ("orders.csv", orders),
        ("order_lines.csv", lines),
        ("inventory.csv", "node_id,sku,on_hand\nDC-FAR,red,1\n"),
        ("lanes.csv", "from_node,to_node,transit_days\nDC-FAR,ST-NEAR,1\n"),
    ];
    let wave = wave(&files);
    for strategy in Strategy::ALL {
        is(sources(&wave, &model(&wave), strategy), &[("O0.0", "DC-FAR")]);
    }
}

/// Tests that a complete order takes nothing where it cannot have everything, and that what it
/// would have taken is left to the next.
#[test]
fn rules_give_back_what_an_incomplete_order_took() {
    let orders = "order_id,placed_at,latitude,longitude,ship_complete\n\
                  O0,2026-11-23T07:00:00Z,40,0,true\nO1,2026-11-23T07:01:00Z,40,0,false\n";
    let lines =
        "order_id,line,sku,quantity,unit_price\nO0,0,red,1,50\nO0,1,green,1,50\nO1,0,red,1,50\n";
    let files = [
        ("orders.csv", orders),
        ("order_lines.csv", lines),
        ("inventory.csv", "node_id,sku,on_hand\nDC-MID,red,1\n"),
    ];
    let wave = wave(&files);
    for strategy in Strategy::ALL {
        is(sources(&wave, &model(&wave), strategy), &[("O1.0", "DC-MID")]);
    }
}

/// Tests that an order with one shipment is served from the node that has everything, though
/// another is nearer to its first line.
#[test]
fn rules_find_one_node_for_an_order_that_may_not_be_split() {
    let orders = "order_id,placed_at,latitude,longitude,max_shipments\n\
                  O0,2026-11-23T07:00:00Z,40,0,1\n";
    let lines = "order_id,line,sku,quantity,unit_price\nO0,0,red,1,50\nO0,1,blue,1,50\n";
    let inventory = "node_id,sku,on_hand\nST-NEAR,red,1\nDC-FAR,red,1\nDC-FAR,blue,1\n";
    let files = [("orders.csv", orders), ("order_lines.csv", lines), ("inventory.csv", inventory)];
    let wave = wave(&files);
    for strategy in Strategy::ALL {
        let far = [("O0.0", "DC-FAR"), ("O0.1", "DC-FAR")];
        is(sources(&wave, &model(&wave), strategy), &far);
    }
}

/// Tests that names are the methods of `plan`, and unknown ones none.
#[test]
fn strategies_have_distinct_names() {
    for strategy in Strategy::ALL {
        assert_eq!(Strategy::from_name(strategy.name()), Some(strategy));
        assert!(wavewright::planning::METHODS.contains(&strategy.name()));
    }
    assert_eq!(Strategy::from_name("optimal"), None);
}
