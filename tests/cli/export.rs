//! `export-model`: programs that another solver reads, with the optimum of the plan.

use crate::program::Place;
use std::collections::BTreeSet;
use wavewright::solve::solve_file;

/// Golden waves and a model for each: parcels, overload, frozen commitments, opened nodes, lanes,
/// returns.
const WAVES: [(&str, &str); 7] = [
    ("three-stores", "model"),
    ("overload", "model"),
    ("frozen", "model"),
    ("node-opening", "model"),
    ("consolidation", "model"),
    ("ship-complete", "model"),
    ("exchange", "model"),
];

/// Tests that a program read back has the plan's objective as its optimum, in both formats.
#[test]
fn an_exported_program_has_the_plans_objective() {
    let place = Place::new();
    for (wave, model) in WAVES {
        let folder = format!("datasets/golden/{wave}");
        let args = format!("{folder} --model {folder}/{model}.toml --gap 0");
        let plan = place.run(&format!("plan {args} --out DIR/{wave} --json --quiet"));
        assert_eq!(plan.code, 0, "{plan:?}");
        let minor = plan.json()["certificate"]["objective"].as_f64().unwrap() * 100.0;
        for format in ["mps", "lp"] {
            let ran = place.run(&format!("export-model {args} --out DIR/{wave}.{format}"));
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(ran.stderr.contains("with every column of the wave"), "{}", ran.stderr);
            let optimum = solve_file(&place.path(&format!("{wave}.{format}"))).unwrap();
            let close = (optimum - minor).abs() <= 1e-6 * minor.abs().max(1.0);
            assert!(close, "{wave}.{format}: {optimum} is not {minor}");
        }
    }
}

/// Tests that names say what they stand for, and that each stands for one thing.
#[test]
fn names_are_unique_and_can_be_read() {
    let place = Place::new();
    let ran = place.run("export-model datasets/quickstart --out DIR/program.lp --json --quiet");
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let text = std::fs::read_to_string(place.path("program.lp")).unwrap();
    let rows: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "st")
        .take_while(|line| *line != "bounds")
        .filter_map(|line| line.trim().split_once(": ").map(|(name, _)| name))
        .collect();
    let distinct: BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(distinct.len(), rows.len());
    assert_eq!(ran.json()["rows"], rows.len());
    for start in ["fill.", "stock.", "shipments."] {
        assert!(rows.iter().any(|name| name.starts_with(start)), "{start}: {rows:?}");
    }
    assert!(text.contains(" constant = 1"));
}

/// Tests that ids which differ only in characters that model files do not take, and ids longer than
/// a name may be, still give each row a name of its own, the same in every run.
#[test]
fn names_that_ids_would_share_are_told_apart() {
    let place = Place::new();
    let wave = place.path("wave");
    std::fs::create_dir(&wave).unwrap();
    let long = "very-".repeat(60);
    let [one, two] = ["1", "2"].map(|end| format!("{long}{end}"));
    let ids = ["A-1", "A_1", "A 1", &*one, &*two];
    let orders = ids.map(|id| format!("{id},2026-03-01T12:00:00Z,41.9,-87.6\n")).concat();
    let lines = ids.map(|id| format!("{id},1,mug,1\n{id},2,pot,1\n")).concat();
    for (file, text) in [
        (
            "wave.toml",
            "name = \"w\"\nnow = \"2026-03-02T06:00:00Z\"\ncurrency = \"USD\"\nhorizon_days = 2\n",
        ),
        ("nodes.csv", "node_id,kind,latitude,longitude\nN-1,dc,41.9,-87.6\nN_1,dc,41.8,-87.5\n"),
        ("items.csv", "sku,kg\nmug,0.4\npot,0.9\n"),
        ("inventory.csv", "node_id,sku,on_hand\nN-1,mug,2\nN_1,mug,1\nN-1,pot,3\nN_1,pot,1\n"),
        ("services.csv", "service,carrier,zone_table,rate_card\nground,c,z,r\n"),
        ("zones.csv", "zone_table,zone,max_km,transit_days\nz,near,500,1\n"),
        ("rates.csv", "rate_card,zone,up_to_kg,price\nr,near,30,7.50\n"),
        ("orders.csv", &format!("order_id,placed_at,latitude,longitude\n{orders}")),
        ("order_lines.csv", &format!("order_id,line,sku,quantity\n{lines}")),
    ] {
        std::fs::write(wave.join(file), text).unwrap();
    }
    for format in ["lp", "mps"] {
        for name in ["one", "two"] {
            let ran = place.run(&format!("export-model DIR/wave --out DIR/{name}.{format} -q"));
            assert_eq!(ran.code, 0, "{ran:?}");
        }
        let [one, two] = ["one", "two"].map(|name| place.path(&format!("{name}.{format}")));
        let text = std::fs::read_to_string(&one).unwrap();
        assert!(text == std::fs::read_to_string(&two).unwrap(), "{format}");
        for name in ["fill.A_1.1", "fill.A_1.1.again2", "fill.A_1.1.again3"] {
            assert!(text.contains(&format!("{name}:")) || format == "mps", "{name}: {text}");
        }
        assert!(text.split_whitespace().all(|word| word.len() <= 255), "{text}");
        assert!(solve_file(&one).unwrap() > 0.0);
    }
}

/// Tests that a larger wave has what its plan needs: the reduced program has the same optimum.
#[test]
fn a_reduced_program_has_the_plans_objective() {
    let place = Place::new();
    let generate = "generate --orders 220 --nodes 12 --skus 300 --seed 3 --out DIR/wave --quiet";
    assert_eq!(place.run(generate).code, 0);
    let args = "DIR/wave --model cost --gap 0 --quiet --json";
    let plan = place.run(&format!("plan {args} --out DIR/plan"));
    assert_eq!(plan.code, 0, "{plan:?}");
    let minor = plan.json()["certificate"]["objective"].as_f64().unwrap() * 100.0;
    let exported = place.run(&format!("export-model {args} --out DIR/program.mps"));
    assert_eq!(exported.json()["whole"], false, "{exported:?}");
    let optimum = solve_file(&place.path("program.mps")).unwrap();
    assert!((optimum - minor).abs() <= 1e-6 * minor.abs(), "{optimum} is not {minor}");
}
