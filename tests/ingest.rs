//! Waves from folders: a small valid wave, and what a patch to it changes.

use std::fs;
use std::path::Path;
use tempfile::TempDir;
use wavewright::diagnostics::Findings;
use wavewright::domain::{Condition, Journey, Level, Wave};
use wavewright::ids::{LineId, NodeId, OrderId, ReturnId, SkuId};
use wavewright::ingest::{Ingested, digests, read_wave};
use wavewright::tables::{Column, Table, read, write_parquet};
use wavewright::time::Day;
use wavewright::units::{Decimal, Money};

/// Two nodes in one country, one in another; a shipped order and a collected one.
const WAVE: &[(&str, &str)] = &[
    (
        "wave.toml",
        "name = \"w\"\nnow = \"2026-03-02T06:00:00-06:00\"\ncurrency = \"USD\"\nhorizon_days = 5\n",
    ),
    (
        "nodes.csv",
        "node_id,kind,latitude,longitude,country,calendar\nD1,dc,41.88,-87.63,,week\n\
         S1,store,41.90,-87.65,,\nX1,dc,43.65,-79.38,CA,\n",
    ),
    ("calendars.csv", "calendar,weekdays,closed\nweek,mon-fri,2026-03-04 2026-03-05\n"),
    ("items.csv", "sku,kg,hazmat\nmug,0.4,\npaint,5,true\n"),
    ("inventory.csv", "node_id,sku,on_hand,opportunity_cost\nD1,mug,5,-0.25\nS1,mug,1,\n"),
    ("services.csv", "service,carrier,zone_table,rate_card,max_kg\nground,c,z,r,30\n"),
    ("zones.csv", "zone_table,zone,max_km,transit_days\nz,near,500,1\n"),
    ("rates.csv", "rate_card,zone,up_to_kg,price\nr,near,30,7.5025\n"),
    (
        "orders.csv",
        "order_id,placed_at,journey,latitude,longitude,pickup_node,x_source\n\
         O1,2026-03-01T12:00:00Z,,41.95,-87.70,,app\nO2,2026-03-01T12:00:00Z,pickup,,,S1,\n",
    ),
    (
        "order_lines.csv",
        "order_id,line,sku,quantity,unit_price,x_note\nO2,1,mug,1,12.5,second\nO1,1,mug,2,12,first\n",
    ),
];

/// The wave with some of its files replaced, or added.
fn folder(patch: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in WAVE.iter().chain(patch) {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn wave(patch: &[(&str, &str)]) -> Wave {
    let Ingested { wave, warnings } = read_wave(folder(patch).path()).unwrap();
    assert!(warnings.is_empty(), "{warnings}");
    wave
}

/// `CODE FILE:ROW COLUMN` of each finding.
fn found(patch: &[(&str, &str)]) -> Vec<String> {
    let findings = match read_wave(folder(patch).path()) {
        Ok(ingested) => ingested.warnings,
        Err(findings) => findings,
    };
    places(&findings)
}

fn places(findings: &Findings) -> Vec<String> {
    let place = |f: &wavewright::diagnostics::Finding| {
        let (row, column) = (f.row.unwrap_or_default(), f.column.clone().unwrap_or_default());
        format!("{} {}:{row} {column}", f.code, f.file)
    };
    findings.iter().map(place).collect()
}

#[test]
fn a_wave_is_read_whole() {
    let wave = wave(&[]);
    assert_eq!((wave.name.as_ref(), wave.minor_digits, wave.horizon_days), ("w", 2, 5));
    let node = &wave.nodes[NodeId(0)];
    assert_eq!((node.country.as_ref(), node.services.len()), ("US", 1));
    // The calendar leaves Monday, Tuesday and Friday.
    let days: Vec<String> = wave.window(NodeId(0)).iter().map(Day::to_string).collect();
    assert_eq!(days, ["2026-03-02", "2026-03-03", "2026-03-06"]);
    let stock = wave.stock_of(NodeId(0), SkuId(0)).unwrap();
    assert_eq!((stock.on_hand, stock.opportunity_cost), (5, Money(-25)));
    assert_eq!(wave.items[SkuId(0)].kg, Decimal(400_000_000));
    let first = &wave.orders[OrderId(0)];
    assert!(matches!(&first.journey, Journey::Ship(place) if place.latitude == 41.95));
    assert!(matches!(wave.orders[OrderId(1)].journey, Journey::Pickup { node: NodeId(1), .. }));
    assert_eq!(wave.lines[LineId(0)].unit_price, Money(1200), "lines follow their orders");
}

#[test]
fn extra_columns_follow_the_rows_they_belong_to() {
    let wave = wave(&[]);
    let texts = |column: &wavewright::domain::ExtraColumn| {
        (column.name.to_string(), column.values.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(texts(&wave.order_extras[0]), ("x_source".into(), vec!["app".into(), "".into()]));
    let notes = vec!["first".to_owned(), "second".to_owned()];
    assert_eq!(texts(&wave.line_extras[0]), ("x_note".into(), notes));
}

/// Writes a table of a folder as Parquet instead of CSV, some columns converted first.
fn to_parquet(folder: &Path, name: &str, convert: impl Fn(&str, Column) -> Column) {
    let csv = folder.join(format!("{name}.csv"));
    let table = read(&csv).unwrap();
    let columns = table.columns.into_iter().map(|(column, values)| {
        let values = convert(&column, values);
        (column, values)
    });
    let table = Table { columns: columns.collect() };
    write_parquet(&table, &folder.join(format!("{name}.parquet"))).unwrap();
    fs::remove_file(csv).unwrap();
}

fn texts(column: &Column) -> &[Option<String>] {
    let Column::Text(values) = column else { panic!("CSV is text") };
    values
}

fn parsed<T: std::str::FromStr>(column: &Column) -> Vec<Option<T>> {
    let value = |text: &String| text.parse().unwrap_or_else(|_| panic!("{text}"));
    texts(column).iter().map(|text| text.as_ref().map(value)).collect()
}

#[test]
fn parquet_says_the_same_as_csv() {
    let folder = folder(&[]);
    to_parquet(folder.path(), "order_lines", |name, column| match name {
        "quantity" => Column::Int(parsed(&column)),
        "unit_price" => Column::Float(parsed(&column)),
        _ => column,
    });
    to_parquet(folder.path(), "orders", |name, column| match name {
        "latitude" | "longitude" => Column::Float(parsed(&column)),
        "placed_at" => Column::Instant(parsed(&column)),
        _ => column,
    });
    to_parquet(folder.path(), "rates", |name, column| match name {
        "price" => Column::Decimal { places: 6, values: vec![Some(7_502_500)] },
        "up_to_kg" => Column::Int(parsed(&column)),
        _ => column,
    });
    let read = read_wave(folder.path()).unwrap().wave;
    let expected = wave(&[]);
    assert_eq!(read.orders, expected.orders);
    assert_eq!(read.lines, expected.lines);
    assert_eq!(read.rate_cards, expected.rate_cards);
    assert_eq!(read.line_extras, expected.line_extras);
}

#[test]
fn integers_are_no_ids_in_parquet() {
    let folder = folder(&[]);
    to_parquet(folder.path(), "order_lines", |name, column| match name {
        "line" => Column::Int(parsed(&column)),
        _ => column,
    });
    let findings = read_wave(folder.path()).unwrap_err();
    assert_eq!(places(&findings), ["E0204 order_lines.parquet:0 line"]);
}

#[test]
fn what_no_service_takes_or_reaches_is_told() {
    let hazmat = "order_id,line,sku,quantity\nO1,1,mug,1\nO1,2,paint,1\nO2,1,paint,1\n";
    assert_eq!(found(&[("order_lines.csv", hazmat)]), ["W0404 order_lines.csv:2 sku"]);
    let abroad =
        "order_id,placed_at,latitude,longitude,country\nO1,2026-03-01T12:00:00Z,41.95,-87.70,MX\n";
    let lines = "order_id,line,sku,quantity\nO1,1,mug,1\nO1,2,mug,1\n";
    let patch = [("orders.csv", abroad), ("order_lines.csv", lines)];
    assert_eq!(found(&patch), ["W0404 orders.csv:1 order_id"]);
    let frozen = "order_id,line,quantity,node_id,service,ship_date,level\n\
        O1,1,1,D1,ground,2026-03-02,shipped\nO1,2,1,D1,ground,2026-03-02,picked\n";
    let patch = [patch[0], patch[1], ("commitments.csv", frozen)];
    assert_eq!(found(&patch), [""; 0], "frozen lines need no node");
}

#[test]
fn a_pickup_needs_a_node_within_its_radius() {
    let orders = |radius: &str| {
        format!(
            "order_id,placed_at,journey,pickup_node,pickup_radius_km\n\
             O1,2026-03-01T12:00:00Z,pickup,D1,{radius}\nO2,2026-03-01T12:00:00Z,pickup,S1,0\n"
        )
    };
    // S1 is 2.8 km from D1, which hands nothing over itself.
    assert_eq!(found(&[("orders.csv", &orders("2"))]), ["W0404 orders.csv:1 pickup_node"]);
    assert_eq!(found(&[("orders.csv", &orders("3"))]), [""; 0]);
}

#[test]
fn commitments_and_exclusions_find_their_lines() {
    let commitments = "order_id,line,quantity,node_id,service,ship_date,level,pinned\n\
        O1,1,1,D1,ground,2026-03-03,picked,\nO1,1,1,S1,,,planned,\nO2,1,1,S1,,2026-03-02,planned,true\n";
    let exclusions = "order_id,line,node_id,until\nO1,,S1,\nO2,1,D1,2026-03-04\n";
    let wave = wave(&[("commitments.csv", commitments), ("exclusions.csv", exclusions)]);
    let levels: Vec<_> =
        wave.commitments.iter().map(|c| (c.line, c.level, c.is_frozen())).collect();
    assert_eq!(
        levels,
        [
            (LineId(0), Level::Picked, true),
            (LineId(0), Level::Planned, false),
            (LineId(1), Level::Planned, true)
        ]
    );
    assert_eq!(wave.open_quantity(LineId(0)), 1);
    assert!(wave.is_excluded(LineId(0), NodeId(1), Day(1_000_000)));
    let until: Day = "2026-03-04".parse().unwrap();
    assert!(wave.is_excluded(LineId(1), NodeId(0), Day(until.0 - 1)));
    assert!(!wave.is_excluded(LineId(1), NodeId(0), until));
}

#[test]
fn bad_commitments_and_exclusions_are_all_found() {
    let commitments = "order_id,line,quantity,node_id,service,ship_date,level,pinned\n\
        O1,2,1,D1,,,planned,\nO9,1,1,D9,air,,planned,\nO1,1,2,D1,,,planned,true\n\
        O1,1,1,S1,,,planned,\nO2,1,1,S1,ground,2026-03-02,planned,true\nO2,1,0,S1,,,lost,\n";
    let exclusions = "order_id,line,node_id\nO1,x,D1\nO9,,D9\n";
    assert_eq!(
        found(&[("commitments.csv", commitments), ("exclusions.csv", exclusions)]),
        [
            "E0302 commitments.csv:1 line",
            "E0302 commitments.csv:2 node_id",
            "E0302 commitments.csv:2 order_id",
            "E0302 commitments.csv:2 service",
            "E0602 commitments.csv:3 service",
            "E0601 commitments.csv:3 ship_date",
            "E0604 commitments.csv:4 quantity",
            "E0605 commitments.csv:5 service",
            "E0208 commitments.csv:6 level",
            "E0401 commitments.csv:6 quantity",
            "E0302 exclusions.csv:1 line",
            "E0302 exclusions.csv:2 node_id",
            "E0302 exclusions.csv:2 order_id",
        ]
    );
}

#[test]
fn returns_come_from_a_place_a_node_or_an_exchange() {
    let header = "return_id,order_id,sku,quantity,condition,latitude,longitude,drop_node\n";
    let good = format!("{header}R1,,mug,1,used,41.9,-87.6,\nR2,,mug,1,,,,S1\nR3,O2,mug,1,,,,\n");
    let wave = wave(&[("returns.csv", &good)]);
    let first = &wave.returns[ReturnId(0)];
    assert_eq!((first.condition, first.place.is_some()), (Condition::Used, true));
    assert_eq!(wave.returns[ReturnId(1)].drop_node, Some(NodeId(1)));
    assert_eq!(wave.returns[ReturnId(2)].order, Some(OrderId(1)));
    let bad = format!("{header}R1,,mug,1,,,,\nR2,O9,mug,1,,41.9,,\nR2,,cup,1,,,,S9\n");
    assert_eq!(
        found(&[("returns.csv", &bad)]),
        [
            "E0402 returns.csv:1 latitude",
            "E0402 returns.csv:2 longitude",
            "E0302 returns.csv:2 order_id",
            "E0302 returns.csv:3 drop_node",
            "E0301 returns.csv:3 return_id",
            "E0302 returns.csv:3 sku",
        ]
    );
}

#[test]
fn a_missing_table_does_not_make_its_references_wrong() {
    let folder = folder(&[]);
    fs::remove_file(folder.path().join("nodes.csv")).unwrap();
    fs::write(folder.path().join("items.csv"), "sku;kg\nmug;0.4\n").unwrap();
    let findings = read_wave(folder.path()).unwrap_err();
    assert_eq!(
        places(&findings),
        [
            "E0201 items.csv:0 kg",
            "E0201 items.csv:0 sku",
            "E0202 items.csv:0 sku;kg",
            "E0106 nodes.csv:0 "
        ]
    );
}

/// Tests that a table with semicolons is told what it lacks, and that nothing else follows from it.
#[test]
fn semicolons_are_told_as_such() {
    let orders = "order_id;placed_at;latitude;longitude\nO1;2026-03-01T12:00:00Z;41.95;-87.70\n";
    let folder = folder(&[("orders.csv", orders)]);
    let findings = read_wave(folder.path()).unwrap_err();
    let header = "orders.csv order_id;placed_at;latitude;longitude";
    let expected =
        ["E0201 orders.csv order_id", &format!("E0202 {header}"), "E0201 orders.csv placed_at"];
    let found = findings
        .iter()
        .map(|one| format!("{} {} {}", one.code, one.file, one.column.as_deref().unwrap_or("")));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(findings.iter().any(|finding| finding.action == "part columns with commas"));
}

#[test]
fn a_folder_that_is_not_there_is_one_finding() {
    let findings = read_wave(Path::new("no/such/folder")).unwrap_err();
    assert_eq!(places(&findings), ["E0101 wave.toml:0 "]);
}

#[test]
fn every_wave_of_the_project_is_valid() {
    let datasets = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets");
    let entries = |folder: &Path| {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    let mut waves: Vec<_> = entries(&datasets);
    waves.retain(|path| !path.ends_with("invalid") && !path.ends_with("golden"));
    waves.extend(entries(&datasets.join("golden")));
    assert!(waves.len() > 4, "{waves:?}");
    for wave in waves {
        if let Err(findings) = read_wave(&wave) {
            panic!("{}: {findings}", wave.display());
        }
    }
}

#[test]
fn digests_are_of_the_input_files_and_the_model() {
    let folder = folder(&[("README.md", "not input")]);
    let digests = digests(folder.path(), "balanced").unwrap();
    let mut expected: Vec<&str> = WAVE.iter().map(|(name, _)| *name).collect();
    expected.push("models/balanced.toml");
    expected.sort_unstable();
    assert_eq!(digests.keys().collect::<Vec<_>>(), expected);
    // As sha256sum prints it for the text of zones.csv.
    assert_eq!(
        digests["zones.csv"],
        "3f240a9cd48cedbd5055186ec8458eb6cd4784952b3924b3cce68d56384ef41e"
    );
}
