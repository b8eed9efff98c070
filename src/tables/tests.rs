//! Tests of reading and writing tables through files.

use super::*;
use tempfile::tempdir;

fn table() -> Table {
    let text = |texts: [&str; 3]| {
        Column::Text(texts.map(|text| Some(text.to_owned()).filter(|t| !t.is_empty())).to_vec())
    };
    let columns = [
        ("name", text(["a,b", "", "say \"x\""])),
        ("count", Column::Int(vec![Some(1), None, Some(-3)])),
        ("flag", Column::Bool(vec![Some(true), Some(false), None])),
        ("km", Column::Float(vec![Some(0.1), None, Some(12.0)])),
        ("money", Column::Decimal { places: 2, values: vec![Some(-50), Some(123_456), None] }),
        ("day", Column::Date(vec![Some(Day(20_000)), None, Some(Day(-1))])),
        ("at", Column::Instant(vec![Some("2026-11-23T11:00:00Z".parse().unwrap()), None, None])),
    ];
    Table { columns: columns.map(|(name, column)| (name.to_owned(), column)).to_vec() }
}

#[test]
fn parquet_keeps_types_and_values() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    write_parquet(&table(), &path).unwrap();
    assert_eq!(read(&path).unwrap(), table());
    let bytes = std::fs::read(&path).unwrap();
    write_parquet(&table(), &path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the same bytes each time");
}

#[test]
fn csv_is_plain_text() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("t.csv");
    write_csv(&table(), &path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let expected = "name,count,flag,km,money,day,at\n\
        \"a,b\",1,true,0.1,-0.50,2024-10-04,2026-11-23T11:00:00Z\n\
        ,,false,,1234.56,,\n\
        \"say \"\"x\"\"\",-3,,12,,1969-12-31,\n";
    assert_eq!(text, expected);
    let read = read(&path).unwrap();
    let Some(Column::Text(names)) = read.column("name") else { panic!("text") };
    assert_eq!(names[..], [Some("a,b".into()), None, Some("say \"x\"".into())]);
}

#[test]
fn tables_without_rows_keep_their_columns() {
    let folder = tempdir().unwrap();
    let empty = Table { columns: vec![("a".into(), Column::Date(vec![]))] };
    let path = folder.path().join("t.parquet");
    write_parquet(&empty, &path).unwrap();
    assert_eq!(read(&path).unwrap(), empty);
    let path = folder.path().join("t.csv");
    write_csv(&empty, &path).unwrap();
    assert_eq!(read(&path).unwrap().columns, [("a".into(), Column::Text(vec![]))]);
}

#[test]
fn unequal_columns_are_refused() {
    let columns = vec![("a".into(), Column::Int(vec![None])), ("b".into(), Column::Int(vec![]))];
    let path = tempdir().unwrap().path().join("t.csv");
    assert!(matches!(write_csv(&Table { columns }, &path), Err(TableError::UnequalColumns)));
}

#[test]
fn csv_cells_are_read_as_they_stand() {
    let text = b"\xEF\xBB\xBFid,\"note\"\r\n007,\"two\nlines, \"\"quoted\"\"\"\r\n1e5,\"\"\r\n 8 ,x\r\n\r\n";
    let source = Source::from_csv(text).unwrap();
    assert_eq!(source.names().collect::<Vec<_>>(), ["id", "note"]);
    let cells: Vec<_> =
        (0..source.height()).map(|row| (source.cell(0, row), source.cell(1, row))).collect();
    assert_eq!(
        cells,
        [
            (Cell::Text("007"), Cell::Text("two\nlines, \"quoted\"")),
            (Cell::Text("1e5"), Cell::Empty),
            (Cell::Text(" 8 "), Cell::Text("x")),
        ]
    );
}

#[test]
fn a_broken_parquet_file_is_an_error() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    std::fs::write(&path, b"PAR1 not really PAR1").unwrap();
    assert!(matches!(read(&path), Err(TableError::Malformed(_))));
    assert!(matches!(read(&folder.path().join("t.txt")), Err(TableError::UnknownFormat)));
    assert!(matches!(read(&folder.path().join("none.csv")), Err(TableError::Io(_))));
}
