//! What the project ships, and what it generates, is what it would accept from anyone.

use std::path::{Path, PathBuf};
use wavewright::domain::{CapacityUnit, CostKey, Deadline, Escalate, Journey, NodeKind, Wave};
use wavewright::generate::{Format, GenerateSettings, Regime, generate, write};
use wavewright::ids::{LineId, NodeId};
use wavewright::ingest::{read_model, read_wave, shipped_models};
use wavewright::network::haversine_km;
use wavewright::time::Day;
use wavewright::units::Decimal;

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The entries of a folder, by name.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The shipped waves: the folders of `datasets/` that hold one, and those of `datasets/golden/`.
fn shipped_waves() -> Vec<PathBuf> {
    let mut folders = entries(&root("datasets"));
    folders.extend(entries(&root("datasets/golden")));
    folders.retain(|folder| folder.join("wave.toml").is_file());
    folders
}

/// Reads a wave that must be free of errors and warnings.
fn clean(folder: &Path) -> Wave {
    let read = read_wave(folder).unwrap_or_else(|findings| {
        panic!("{}: {:#?}", folder.display(), findings.iter().collect::<Vec<_>>())
    });
    let warnings: Vec<_> = read.warnings.iter().collect();
    assert!(warnings.is_empty(), "{}: {warnings:#?}", folder.display());
    read.wave
}

#[test]
fn every_shipped_wave_is_clean_and_tells_its_story() {
    let waves = shipped_waves();
    assert!(waves.len() >= 20, "{waves:?}");
    for folder in waves {
        let wave = clean(&folder);
        let name = folder.file_name().unwrap().to_string_lossy();
        assert_eq!(*wave.name, *name, "a wave is named after its folder");
        let story = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(story.starts_with(&format!("# {name}\n")), "{name}");
    }
}

#[test]
fn every_model_is_shipped_by_the_name_of_its_file() {
    let files: Vec<String> = entries(&root("models"))
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut shipped: Vec<&str> = shipped_models().collect();
    shipped.sort_unstable();
    assert_eq!(files, shipped);
    for name in shipped {
        let model = read_model(name, 2).unwrap();
        assert_eq!(&*model.name, name);
        let file = root("models").join(format!("{name}.toml"));
        assert_eq!(read_model(&file.to_string_lossy(), 2).unwrap(), model);
        assert!(std::fs::read_to_string(file).unwrap().starts_with("# "), "{name} says when");
    }
}

#[test]
fn each_model_is_what_its_name_promises() {
    let model = |name: &str| read_model(name, 2).unwrap();
    let balanced = model("balanced");
    assert!(model("cost").costs.split_cost.0 == 0 && model("cost").costs.late_cost.0 == 0);
    assert!(model("fastest").costs.late_cost > balanced.costs.late_cost);
    assert!(model("fewest-splits").costs.split_cost > balanced.costs.split_cost);
    let last = model("stores-last").rules;
    assert_eq!(last.tiers[0], [NodeKind::Dc]);
    assert_eq!(last.escalate, Escalate::Deadline);
    assert_eq!(model("ship-by").rules.deadline, Deadline::Hard);
    assert_eq!(balanced.weight(CostKey::Carbon).0, 0);
    assert!(model("green").weight(CostKey::Carbon).0 > 0);
    assert!(model("green").costs.carbon_price.0 > 0);
    assert!(model("peak").weight(CostKey::Overload).0 > 0);
}

#[test]
fn the_models_of_the_golden_waves_can_be_read() {
    let mut count = 0;
    for folder in entries(&root("datasets/golden")).iter().filter(|path| path.is_dir()) {
        for path in entries(folder) {
            let name = path.file_name().unwrap().to_string_lossy();
            let other = ["wave.toml", "expected.toml"].contains(&&*name);
            if !other && name.ends_with(".toml") {
                let model = read_model(&path.to_string_lossy(), 2);
                assert!(model.is_ok(), "{}: {model:?}", path.display());
                count += 1;
            }
        }
    }
    assert!(count >= 25, "{count}");
}

#[test]
fn generated_waves_are_clean_in_both_formats() {
    let folder = tempfile::tempdir().unwrap();
    let sizes = [(1, 5, 1), (40, 6, 12), (1500, 40, 500)];
    for regime in Regime::ALL {
        for (seed, (orders, nodes, skus)) in (1..).zip(sizes) {
            let settings = GenerateSettings { orders, nodes, skus, regime, returns: 100, seed };
            let generated = generate(&settings).unwrap();
            for (extension, format) in [("csv", Format::Csv), ("parquet", Format::Parquet)] {
                let name = format!("{}-{orders}-{extension}", regime.name());
                let path = folder.path().join(name);
                write(&generated, &path, format).unwrap();
                let wave = clean(&path);
                assert_eq!((wave.orders.len(), wave.nodes.len()), (orders, nodes));
                assert_eq!((wave.items.len(), wave.returns.len()), (skus, orders / 10));
            }
        }
    }
}

/// Tests that what Parquet keeps is what CSV says: weights, money and instants lose nothing.
#[test]
fn a_generated_wave_is_the_same_from_csv_and_from_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let settings = GenerateSettings {
        orders: 60,
        nodes: 9,
        skus: 30,
        regime: Regime::Omnichannel,
        returns: 0,
        seed: 5,
    };
    let generated = generate(&settings).unwrap();
    let read = |name: &str, format| {
        let path = folder.path().join(name);
        write(&generated, &path, format).unwrap();
        clean(&path)
    };
    let (csv, parquet) = (read("csv", Format::Csv), read("parquet", Format::Parquet));
    assert_eq!(format!("{:?}", csv.orders), format!("{:?}", parquet.orders));
    assert_eq!(format!("{:?}", csv.lines), format!("{:?}", parquet.lines));
    assert_eq!(format!("{:?}", csv.items), format!("{:?}", parquet.items));
    assert_eq!(format!("{:?}", csv.rate_cards), format!("{:?}", parquet.rate_cards));
    assert_eq!(csv.stock, parquet.stock);
}

/// The earliest delivery of a whole line if it were alone: from any one node over at most two
/// lanes, by any service, with stock, dates, exclusions and the capacity of the source in mind.
fn earliest(wave: &Wave, line: LineId) -> Option<Day> {
    let wanted = &wave.lines[line];
    let sources = wave.stocked_at(wanted.sku).iter();
    sources.filter_map(|&source| earliest_from(wave, line, source)).min()
}

fn earliest_from(wave: &Wave, line: LineId, source: NodeId) -> Option<Day> {
    let (wanted, node) = (&wave.lines[line], &wave.nodes[source]);
    let stock = wave.stock_of(source, wanted.sku)?;
    let units = Decimal::from_int(i64::from(wanted.quantity));
    let may_release = |day: Day| {
        let has_work = wave
            .capacities_on(source, day)
            .all(|row| row.unit != CapacityUnit::Units || units <= row.capacity + row.overload);
        let has_stock =
            node.unlimited_stock || stock.available_by(day) >= i64::from(wanted.quantity);
        has_work && has_stock && !wave.is_excluded(line, source, day)
    };
    let release = wave.window(source).iter().copied().find(|day| may_release(*day))?;
    let lanes_from = |from: NodeId| wave.lanes.iter().filter(move |lane| lane.from == from);
    // Every node that the line reaches, and when: a later release never arrives earlier.
    let mut reached = vec![(source, release)];
    for lane in lanes_from(source) {
        let departs = wave
            .window(source)
            .iter()
            .copied()
            .find(|day| *day >= release && lane.operates.contains(*day) && may_release(*day));
        let Some(departs) = departs else { continue };
        let arrives = departs.plus(lane.transit_days);
        reached.push((lane.to, arrives));
        for second in lanes_from(lane.to).filter(|second| second.to != source) {
            let departs = (0..7).map(|wait| arrives.plus(wait));
            let departs = departs.into_iter().find(|day| second.operates.contains(*day));
            reached.extend(departs.map(|day| (second.to, day.plus(second.transit_days))));
        }
    }
    let handed = reached.into_iter().filter_map(|(at, day)| {
        let leaves = wave.window(at).iter().copied().find(|open| *open >= day)?;
        delivery(wave, line, at, leaves)
    });
    handed.min()
}

/// When a line that leaves a node is with its customer, if it may leave there.
fn delivery(wave: &Wave, line: LineId, at: NodeId, day: Day) -> Option<Day> {
    let (wanted, node) = (&wave.lines[line], &wave.nodes[at]);
    let order = &wave.orders[wanted.order];
    let position = |node: NodeId| (wave.nodes[node].latitude, wave.nodes[node].longitude);
    match &order.journey {
        Journey::Pickup { node: asked, radius_km } => {
            let near = haversine_km(position(*asked), position(at)) <= *radius_km;
            (*asked == at || node.pickup && near).then_some(day)
        }
        Journey::Ship(place) => {
            let item = &wave.items[wanted.sku];
            let offered = node.services.iter().map(|offer| &wave.services[offer.service]);
            let days = offered.filter_map(|service| {
                let km = haversine_km(position(at), (place.latitude, place.longitude));
                let table = &wave.zone_tables[service.zone_table];
                let found = table.lookup(&node.postal_code, &place.postal_code, km)?;
                wave.rate_cards[service.rate_card].breaks(found.zone)?;
                let fits = service.max_kg.is_none_or(|most| item.kg <= most);
                let takes = node.ships && fits && (service.hazmat || !item.hazmat);
                takes.then(|| service.delivery_date(day, found.transit_days))
            });
            days.min()
        }
    }
}

#[test]
fn each_line_of_a_generated_wave_alone_can_be_served_and_a_hard_one_in_time() {
    let folder = tempfile::tempdir().unwrap();
    for regime in Regime::ALL {
        for (orders, nodes, skus) in [(60, 5, 20), (1200, 30, 300)] {
            let settings = GenerateSettings { orders, nodes, skus, regime, returns: 0, seed: 77 };
            let path = folder.path().join(format!("{}-{orders}", regime.name()));
            write(&generate(&settings).unwrap(), &path, Format::Csv).unwrap();
            let wave = clean(&path);
            for (id, line) in wave.lines.enumerate() {
                let order = &wave.orders[line.order];
                let name = || format!("{} {}-{}", regime.name(), order.id, line.line);
                let day = earliest(&wave, id).unwrap_or_else(|| panic!("{}", name()));
                if order.deadline == Some(Deadline::Hard) {
                    assert!(order.deliver_by.is_some_and(|by| day <= by), "{} {day}", name());
                }
            }
        }
    }
}

/// Tests that the shipped waves have nothing that no node could serve, their stories aside.
#[test]
fn each_line_of_a_shipped_wave_alone_can_be_served() {
    for folder in shipped_waves() {
        let wave = clean(&folder);
        for (id, line) in wave.lines.enumerate() {
            let order = &wave.orders[line.order];
            assert!(earliest(&wave, id).is_some(), "{} {}-{}", wave.name, order.id, line.line);
        }
    }
}
