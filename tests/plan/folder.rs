//! Plan folders: what is written is read back, nothing is half-written, everything that is wrong
//! with a folder is found.

use crate::fixture::{day, model, parts};
use crate::plan::plan;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use wavewright::diagnostics::Findings;
use wavewright::domain::{ExtraColumn, Wave};
use wavewright::plan::{PLAN_TABLES, Plan, WriteError, read_plan, write_plan};
use wavewright::solve::KnownPrices;
use wavewright::tables;
use wavewright::verify::verify;

fn wave() -> Wave {
    Wave::new(parts())
}

/// A folder with the hand-made plan in `plan`, as CSV only, so that a test can edit the text.
fn csv_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    write_plan(&wave(), &plan(), &path, true).unwrap();
    for (table, _) in PLAN_TABLES {
        fs::remove_file(path.join(table).with_extension("parquet")).unwrap();
    }
    folder
}

/// Asserts that reading finds `code` in a file's column after a text in the file is replaced.
fn finds(code: &str, file: &str, column: Option<&str>, from: &str, to: &str) {
    let folder = csv_folder();
    let path = folder.path().join("plan").join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from:?} is not in {text}");
    fs::write(&path, text.replacen(from, to, 1)).unwrap();
    let findings = read_plan(&wave(), &folder.path().join("plan")).unwrap_err();
    has(&findings, code, file, column);
}

fn has(findings: &Findings, code: &str, file: &str, column: Option<&str>) {
    let is_wanted = |found: &&wavewright::diagnostics::Finding| {
        found.code == code && found.file == file && found.column.as_deref() == column
    };
    let count = findings.iter().filter(is_wanted).count();
    assert_eq!(count, 1, "{code} in {file} {column:?}: {findings:#?}");
}

#[test]
fn a_plan_is_read_back_as_it_was() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out").join("plan");
    let mut written = plan();
    written.node_load[0].shadow_price = Some(0.1 + 0.2);
    written.unfilled[0].cheapest_fix = "one more \"A\", at DC".into();
    write_plan(&wave(), &written, &path, false).unwrap();
    assert_eq!(read_plan(&wave(), &path).unwrap(), written);
    let found = verify(&wave(), &model(), &read_plan(&wave(), &path).unwrap());
    assert!(found.is_valid(), "{:#?}", found.violations);
}

#[test]
fn a_plan_is_read_back_from_csv() {
    let folder = csv_folder();
    assert_eq!(read_plan(&wave(), &folder.path().join("plan")).unwrap(), plan());
}

#[test]
fn an_empty_plan_without_a_bound_is_read_back() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    let mut certificate = plan().certificate;
    certificate.bound = None;
    certificate.gap = None;
    let empty = Plan {
        certificate,
        assignments: Vec::new(),
        shipments: Vec::new(),
        transfers: Vec::new(),
        unfilled: Vec::new(),
        node_load: Vec::new(),
        stock_use: Vec::new(),
        returns: Vec::new(),
        prices: KnownPrices::default(),
    };
    write_plan(&wave(), &empty, &path, true).unwrap();
    assert_eq!(read_plan(&wave(), &path).unwrap(), empty);
}

#[test]
fn tables_have_the_documented_columns_and_types() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    write_plan(&wave(), &plan(), &path, false).unwrap();
    for (name, columns) in PLAN_TABLES {
        let table = tables::read(&path.join(name).with_extension("parquet")).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, columns, "{name}");
    }
    let shipments = tables::read(&path.join("shipments.parquet")).unwrap();
    match shipments.column("freight") {
        Some(tables::Column::Decimal { places: 2, values }) => assert_eq!(values[0], Some(550)),
        other => panic!("freight is {other:?}"),
    }
    match shipments.column("ship_date") {
        Some(tables::Column::Date(values)) => assert_eq!(values[1], Some(day(1))),
        other => panic!("ship_date is {other:?}"),
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    write_plan(&wave(), &plan(), &one, true).unwrap();
    write_plan(&wave(), &plan(), &two, true).unwrap();
    let mut files: Vec<_> = fs::read_dir(&one).unwrap().map(|e| e.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files.len(), 2 * PLAN_TABLES.len() + 1);
    for file in files {
        assert_eq!(fs::read(one.join(&file)).unwrap(), fs::read(two.join(&file)).unwrap());
    }
}

fn column(name: &str, values: &[&str]) -> ExtraColumn {
    ExtraColumn { name: name.into(), values: values.iter().map(|text| (*text).into()).collect() }
}

#[test]
fn columns_of_the_user_are_carried_through() {
    let mut parts = parts();
    parts.order_extras =
        vec![column("x_region", &["w", "", "e", "e", "w", "w"]), column("x_note", &["o"; 6])];
    parts.order_extras.push(column("x_order_note", &["p"; 6]));
    parts.line_extras = vec![column("x_note", &["0", "1", "2", "3", "4", "5", "6", "7", "8"])];
    let wave = Wave::new(parts);
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    write_plan(&wave, &plan(), &path, false).unwrap();
    let texts = |file: &str, name: &str| match tables::read(&path.join(file)).unwrap().column(name)
    {
        Some(tables::Column::Text(values)) => {
            values.iter().map(|text| text.clone().unwrap_or_default()).collect::<Vec<_>>().join(",")
        }
        other => panic!("{name} is {other:?}"),
    };
    // Line 4 is unfilled.
    assert_eq!(texts("assignments.parquet", "x_region"), "w,w,,e,e,w,w,w");
    assert_eq!(texts("assignments.parquet", "x_note"), "0,1,2,3,5,6,7,8");
    assert_eq!(texts("assignments.parquet", "x_order_note"), "p,p,p,p,p,p,p,p");
    assert_eq!(texts("assignments.parquet", "x_order_note_"), "o,o,o,o,o,o,o,o");
    assert_eq!(texts("unfilled.parquet", "x_region"), "e");
    assert_eq!(texts("unfilled.parquet", "x_note"), "4");
    assert_eq!(read_plan(&wave, &path).unwrap(), plan(), "they are not read back");
}

#[test]
fn an_earlier_plan_is_replaced_with_all_its_files() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    write_plan(&wave(), &plan(), &path, true).unwrap();
    let mut other = plan();
    other.certificate.seed = 7;
    write_plan(&wave(), &other, &path, false).unwrap();
    assert_eq!(read_plan(&wave(), &path).unwrap(), other);
    assert!(!path.join("assignments.csv").exists());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn an_empty_folder_is_filled() {
    let folder = TempDir::new().unwrap();
    write_plan(&wave(), &plan(), &folder.path().join("."), false).unwrap();
    assert_eq!(read_plan(&wave(), folder.path()).unwrap(), plan());
}

#[test]
fn a_folder_with_anything_else_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    write_plan(&wave(), &plan(), &path, false).unwrap();
    fs::write(path.join("notes.txt"), "mine").unwrap();
    let mut other = plan();
    other.certificate.seed = 7;
    let error = write_plan(&wave(), &other, &path, false).unwrap_err();
    assert!(matches!(&error, WriteError::NotAPlan { file, .. } if file == "notes.txt"), "{error}");
    assert_eq!(fs::read_to_string(path.join("notes.txt")).unwrap(), "mine");
    assert_eq!(read_plan(&wave(), &path).unwrap(), plan());
}

#[test]
fn a_file_is_not_replaced() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    fs::write(&path, "mine").unwrap();
    let error = write_plan(&wave(), &plan(), &path, false).unwrap_err();
    assert!(matches!(error, WriteError::NotAFolder(_)), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

#[test]
fn nothing_is_left_where_writing_fails() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plan");
    write_plan(&wave(), &plan(), &path, false).unwrap();
    // No table has a column twice, so that `assignments` cannot be written.
    let mut parts = parts();
    parts.line_extras = vec![column("x_note", &["n"; 9]), column("x_note", &["n"; 9])];
    let error = write_plan(&Wave::new(parts), &plan(), &path, false).unwrap_err();
    assert!(matches!(error, WriteError::Table { .. }), "{error}");
    let names = |path: &Path| fs::read_dir(path).unwrap().count();
    assert_eq!(names(folder.path()), 1);
    assert_eq!(read_plan(&wave(), &path).unwrap(), plan(), "the earlier plan stands");
}

#[test]
fn missing_files_are_all_found() {
    let folder = csv_folder();
    let path = folder.path().join("plan");
    fs::remove_file(path.join("transfers.csv")).unwrap();
    fs::remove_file(path.join("certificate.json")).unwrap();
    let findings = read_plan(&wave(), &path).unwrap_err();
    has(&findings, "P0101", "transfers.parquet", None);
    has(&findings, "P0101", "certificate.json", None);
    assert_eq!(findings.len(), 2);
}

#[test]
fn a_file_that_is_no_table_is_found() {
    let header = "return_id,sku";
    finds("P0102", "returns.csv", None, header, "return_id,return_id");
}

#[test]
fn missing_and_unknown_columns_are_found() {
    finds("P0103", "stock_use.csv", Some("used"), "available,used", "available,use");
    finds("P0104", "stock_use.csv", Some("use"), "available,used", "available,use");
}

#[test]
fn empty_and_bad_cells_are_found() {
    finds("P0105", "stock_use.csv", Some("used"), "DC,A,8,5", "DC,A,8,");
    finds("P0106", "stock_use.csv", Some("used"), "DC,A,8,5", "DC,A,8,5.5");
    finds("P0106", "shipments.csv", Some("freight"), ",5.50,", ",5.505,");
    finds("P0106", "shipments.csv", Some("ship_date"), "ground,2026-11-23", "ground,23.11.2026");
    finds("P0106", "assignments.csv", Some("kind"), "drop_ship", "dropship");
    finds("P0106", "assignments.csv", Some("quantity"), "O1,1,A,3", "O1,1,A,-3");
    finds("P0106", "unfilled.csv", Some("reasons"), "not_worth_it", "too_dear");
    finds("P0106", "shipments.csv", Some("billable_kg"), ",12,", ",twelve,");
}

#[test]
fn ids_that_do_not_exist_are_found() {
    finds("P0201", "assignments.csv", Some("order_id"), "O4,", "O9,");
    finds("P0201", "assignments.csv", Some("line"), "O1,2,", "O1,9,");
    finds("P0201", "assignments.csv", Some("shipment_id"), "S4", "S40");
    finds("P0201", "assignments.csv", Some("service"), "air", "sea");
    finds("P0201", "shipments.csv", Some("zone"), "far", "beyond");
    finds("P0201", "node_load.csv", Some("node_id"), "VENDOR", "SELLER");
}

#[test]
fn routes_that_do_not_exist_are_found() {
    finds("P0202", "assignments.csv", Some("route"), "STORE>DC", "STORE>VENDOR");
    finds("P0202", "assignments.csv", Some("route"), "STORE>DC", "DC>STORE");
    finds("P0202", "assignments.csv", Some("departs"), "DC,2026-11-23,", "DC,,");
    let twice = "DC,2026-11-23>2026-11-24,";
    finds("P0202", "assignments.csv", Some("departs"), "DC,2026-11-23,", twice);
    finds("P0202", "transfers.csv", Some("to_node"), "STORE,DC", "STORE,VENDOR");
}

#[test]
fn another_item_is_found() {
    finds("P0203", "assignments.csv", Some("sku"), "O4,1,D", "O4,1,A");
}

#[test]
fn a_broken_certificate_is_found() {
    finds("P0301", "certificate.json", None, "\"objective\"", "\"aim\"");
}

#[test]
fn every_code_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/errors");
    for (code, title) in wavewright::plan::PLAN_CODES {
        let text = fs::read_to_string(folder.join(format!("{code}.md"))).unwrap();
        assert!(text.starts_with(&format!("# {code}: {title}\n")), "{code}");
        assert!(text.contains("\n## What to do\n"), "{code}");
    }
}

#[test]
fn the_format_page_names_every_column_reason_and_kind() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/formats/plan.md");
    let page = fs::read_to_string(page).unwrap();
    for (table, columns) in PLAN_TABLES {
        let section = page.split("\n## ").find(|text| text.starts_with(&format!("`{table}`")));
        let section = section.unwrap_or_else(|| panic!("{table} has no section"));
        for column in columns {
            assert!(section.contains(&format!("\n| `{column}` |")), "{table}.{column}");
        }
    }
    for reason in wavewright::plan::Reason::ALL {
        assert!(page.contains(&format!("\n| `{}` |", reason.name())), "{}", reason.name());
    }
    for kind in wavewright::plan::AssignmentKind::ALL {
        assert!(page.contains(&format!("\n| `{}` |", kind.name())), "{}", kind.name());
    }
}
