//! `report` as a command: what it writes and what it refuses.

use crate::program::{Place, STORES};
use std::path::Path;

/// Plans the quickstart twice: as the model says, and so that nothing is worth sending.
pub fn plans(place: &Place) {
    let nothing = "name = \"nothing\"\n[costs]\nunfilled_cost = 0.0\n";
    std::fs::write(place.path("nothing.toml"), nothing).unwrap();
    let run = |args: &str| {
        let ran = place.run(&format!("plan datasets/quickstart --threads 1 --quiet {args}"));
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    run("--out DIR/best");
    run("--model DIR/nothing.toml --out DIR/nothing");
}

/// Tests that the command says what it wrote, as text and as JSON, and leaves nothing else behind.
#[test]
fn a_page_is_written_whole() {
    let place = Place::new();
    plans(&place);
    let wave = "--wave datasets/quickstart";
    let ran = place.run(&format!("report DIR/nothing DIR/best {wave} --out DIR/r.html"));
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_eq!(ran.stdout, "Report of 2 plans written to DIR/r.html\n");
    let ran = place.run(&format!("report DIR/best {wave} --out DIR/one.html --json"));
    assert_eq!(ran.json(), serde_json::json!({ "out": "DIR/one.html", "plans": ["best"] }));
    assert_eq!(place.names(), ["best", "nothing", "nothing.toml", "one.html", "r.html"]);
    let page = std::fs::read_to_string(place.path("r.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
}

/// Tests that the same plans give the same bytes.
#[test]
fn the_same_plans_give_the_same_page() {
    let place = Place::new();
    plans(&place);
    for out in ["a", "b"] {
        let args =
            format!("report DIR/nothing DIR/best --wave datasets/quickstart --out DIR/{out}");
        assert_eq!(place.run(&args).code, 0);
    }
    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert_eq!(read("a"), read("b"));
}

/// Tests that what cannot stand in one report is refused before anything is written.
#[test]
fn what_does_not_belong_together_is_refused() {
    let place = Place::new();
    plans(&place);
    let stores = "datasets/golden/three-stores";
    assert_eq!(place.run(&format!("plan {STORES} --out DIR/stores --quiet")).code, 0);
    std::fs::create_dir(place.path("empty")).unwrap();
    let later = place.path("later");
    std::fs::create_dir(&later).unwrap();
    for name in crate::program::names(Path::new("datasets/quickstart")) {
        std::fs::copy(Path::new("datasets/quickstart").join(&name), later.join(&name)).unwrap();
    }
    let inventory = std::fs::read_to_string(later.join("inventory.csv")).unwrap();
    std::fs::write(later.join("inventory.csv"), inventory + "\n").unwrap();
    let before = place.names();
    let cases = [
        ("report DIR/best DIR/stores --out DIR/r.html", 2, "is a plan of \"three-stores\""),
        (
            &format!("report DIR/best --wave {stores} --out DIR/r.html"),
            2,
            "not of \"three-stores\"",
        ),
        ("report DIR/best --wave DIR/later --out DIR/r.html", 2, "other files: inventory.csv"),
        ("report DIR/empty --out DIR/r.html", 3, "P0101] empty/certificate.json"),
        ("report DIR/best DIR/lost DIR/empty --out DIR/r.html", 3, "lost/certificate.json"),
        ("report DIR/best DIR/lost DIR/empty --out DIR/r.html", 3, "empty/certificate.json"),
        ("report DIR/best --wave DIR/empty --out DIR/r.html", 3, "E0101"),
        ("report DIR/best --out DIR/none/r.html", 2, "is in no folder"),
        ("report DIR/best --out DIR/best", 2, "is a folder"),
        ("report --out DIR/r.html", 2, "<PLAN>"),
    ];
    for (args, code, why) in cases {
        let ran = place.run(args);
        assert_eq!((ran.code, &*ran.stdout), (code, ""), "{args}: {ran:?}");
        assert!(ran.stderr.contains(why), "{args}: {}", ran.stderr);
    }
    assert_eq!(place.names(), before);
}

/// Tests that a plan whose tables are CSV files is read like one of Parquet files.
#[test]
fn a_plan_of_csv_files_gives_the_same_page() {
    let place = Place::new();
    let plan = "plan datasets/quickstart --threads 1 --quiet --csv --out DIR/plan";
    assert_eq!(place.run(plan).code, 0);
    assert_eq!(place.run("report DIR/plan --quiet --out DIR/parquet.html").code, 0);
    for name in crate::program::names(&place.path("plan")) {
        if name.ends_with(".parquet") {
            std::fs::remove_file(place.path("plan").join(name)).unwrap();
        }
    }
    assert_eq!(place.run("report DIR/plan --quiet --out DIR/csv.html").code, 0);
    let read = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert_eq!(read("parquet.html"), read("csv.html"));
}
