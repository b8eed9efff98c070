//! Tests of whole generated waves, through their tables.

use super::*;
use crate::tables::Column;
use std::collections::BTreeMap;

fn settings(regime: Regime) -> GenerateSettings {
    GenerateSettings { orders: 2000, nodes: 40, skus: 600, regime, returns: 0, seed: 11 }
}

fn wave(regime: Regime) -> Generated {
    generate(&settings(regime)).unwrap()
}

fn table<'a>(wave: &'a Generated, name: &str) -> &'a Table {
    &wave.tables.iter().find(|(known, _)| *known == name).unwrap().1
}

fn texts(wave: &Generated, name: &str, column: &str) -> Vec<String> {
    match table(wave, name).column(column) {
        Some(Column::Text(values)) => {
            values.iter().map(|value| value.clone().unwrap_or_default()).collect()
        }
        other => panic!("{name}.{column} is {other:?}"),
    }
}

fn counts(wave: &Generated, name: &str, column: &str) -> Vec<i64> {
    match table(wave, name).column(column) {
        Some(Column::Int(values)) => values.iter().map(|value| value.unwrap()).collect(),
        other => panic!("{name}.{column} is {other:?}"),
    }
}

/// Units free for orders by node and sku, promises without limit left out.
fn available(wave: &Generated) -> BTreeMap<(String, String), i64> {
    let Some(Column::Bool(unlimited)) = table(wave, "nodes").column("unlimited_stock") else {
        panic!("nodes say whether their stock is a promise");
    };
    let nodes = texts(wave, "nodes", "node_id");
    let promising: Vec<&String> = nodes
        .iter()
        .zip(unlimited)
        .filter(|(_, unlimited)| **unlimited == Some(true))
        .map(|(node, _)| node)
        .collect();
    let keys = |name| texts(wave, name, "node_id").into_iter().zip(texts(wave, name, "sku"));
    let mut units: BTreeMap<(String, String), i64> = BTreeMap::new();
    let on_hand = counts(wave, "inventory", "on_hand");
    let reserved = counts(wave, "inventory", "reserved");
    let safety = counts(wave, "inventory", "safety_stock");
    for (row, key) in keys("inventory").enumerate() {
        *units.entry(key).or_default() += on_hand[row] - reserved[row] - safety[row];
    }
    for (key, quantity) in keys("inbound").zip(counts(wave, "inbound", "quantity")) {
        *units.entry(key).or_default() += quantity;
    }
    units.retain(|(node, _), _| !promising.contains(&node));
    units
}

/// Units ordered by sku, and the largest line.
fn ordered(wave: &Generated) -> BTreeMap<String, (i64, i64)> {
    let mut units: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let lines = texts(wave, "order_lines", "sku").into_iter();
    for (sku, quantity) in lines.zip(counts(wave, "order_lines", "quantity")) {
        let (sum, largest) = units.entry(sku).or_default();
        *sum += quantity;
        *largest = quantity.max(*largest);
    }
    units
}

/// Available units per thousand ordered, over the skus that are ordered.
fn stock_ratio(wave: &Generated) -> i64 {
    let ordered = ordered(wave);
    let free: i64 = available(wave)
        .iter()
        .filter(|((_, sku), _)| ordered.contains_key(sku))
        .map(|(_, units)| units)
        .sum();
    free * 1000 / ordered.values().map(|(units, _)| units).sum::<i64>()
}

#[test]
fn the_same_settings_give_the_same_bytes_and_another_seed_others() {
    for regime in Regime::ALL {
        let small =
            GenerateSettings { orders: 60, nodes: 9, skus: 40, regime, returns: 0, seed: 3 };
        let root = tempfile::tempdir().unwrap();
        for (name, format) in [("csv", Format::Csv), ("parquet", Format::Parquet)] {
            let (first, again) = (root.path().join(name), root.path().join("again").join(name));
            write(&generate(&small).unwrap(), &first, format).unwrap();
            write(&generate(&small).unwrap(), &again, format).unwrap();
            let mut files = 0;
            for entry in std::fs::read_dir(&first).unwrap() {
                let file = entry.unwrap().file_name();
                let bytes = |folder: &Path| std::fs::read(folder.join(&file)).unwrap();
                assert_eq!(bytes(&first), bytes(&again), "{file:?}");
                files += 1;
            }
            assert_eq!(files, std::fs::read_dir(&again).unwrap().count());
        }
        let other = generate(&GenerateSettings { seed: 4, ..small }).unwrap();
        assert_ne!(generate(&small).unwrap().tables, other.tables);
    }
}

#[test]
fn the_bytes_of_a_seed_do_not_change_unnoticed() {
    use sha2::{Digest, Sha256};
    let settings = GenerateSettings {
        orders: 50,
        nodes: 8,
        skus: 30,
        regime: Regime::Omnichannel,
        returns: 0,
        seed: 1,
    };
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("wave");
    write(&generate(&settings).unwrap(), &folder, Format::Csv).unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut digest = Sha256::new();
    for path in names {
        digest.update(std::fs::read(path).unwrap());
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest, "f9c626fe9449bf1b7ed6b91f327a69466fcf5fc4bf54ef5fc4a0ad14326e2784");
}

#[test]
fn stock_is_as_plentiful_as_the_regime_says() {
    let ratios = Regime::ALL.map(|regime| stock_ratio(&wave(regime)));
    let [plentiful, scarce, peak, omnichannel] = ratios;
    assert!((2900..=3100).contains(&plentiful), "{plentiful}");
    assert!((1050..=1150).contains(&scarce), "{scarce}");
    assert!((1900..=2100).contains(&peak), "{peak}");
    assert!((1400..=1600).contains(&omnichannel), "{omnichannel}");
}

#[test]
fn the_peak_asks_for_all_of_the_capacity() {
    let wave = wave(Regime::Peak);
    let units: i64 = counts(&wave, "order_lines", "quantity").iter().sum();
    let setting = Setting::new(Regime::Peak);
    let sites = sites::draw(40, Regime::Peak, &metros::metros(), 11);
    let rows = texts(&wave, "node_capacity", "node_id")
        .into_iter()
        .zip(texts(&wave, "node_capacity", "unit"))
        .zip(counts(&wave, "node_capacity", "capacity"));
    let capacity: i64 = rows
        .filter(|((_, unit), _)| unit == "units")
        .map(|((node, _), capacity)| {
            let site = sites.iter().find(|site| site.id == node).unwrap();
            capacity * site.working_days(setting.today, setting.last_day()).len() as i64
        })
        .sum();
    assert!((950..=1050).contains(&(units * 1000 / capacity)), "{units} {capacity}");
}

#[test]
fn every_line_alone_finds_enough_at_one_node_that_ships_everywhere() {
    for regime in Regime::ALL {
        let wave = wave(regime);
        let available = available(&wave);
        let mut best: BTreeMap<&String, i64> = BTreeMap::new();
        for ((_, sku), units) in available
            .iter()
            .filter(|((node, _), _)| node.starts_with("DC") || node.starts_with("3PL"))
        {
            let most = best.entry(sku).or_default();
            *most = (*most).max(*units);
        }
        for (sku, (_, largest)) in ordered(&wave) {
            assert!(best[&sku] >= largest, "{} {sku}", regime.name());
        }
    }
}

#[test]
fn a_sku_is_at_some_nodes_and_a_popular_one_at_more() {
    let wave = wave(Regime::Plentiful);
    let ordered = ordered(&wave);
    let mut nodes: BTreeMap<String, usize> = BTreeMap::new();
    for (_, sku) in available(&wave).into_keys() {
        *nodes.entry(sku).or_default() += 1;
    }
    let wanted = |least: i64| ordered.iter().filter(move |(_, (units, _))| *units >= least);
    let mean = |least: i64| {
        let count = wanted(least).count();
        wanted(least).map(|(sku, _)| nodes[sku]).sum::<usize>() * 10 / count
    };
    assert!((30..=70).contains(&mean(1)), "{}", mean(1));
    assert!(mean(40) > mean(1) + 20, "{} {}", mean(40), mean(1));
}

#[test]
fn orders_have_one_to_eight_lines_and_mostly_few() {
    let wave = wave(Regime::Scarce);
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for order in texts(&wave, "order_lines", "order_id") {
        *lines.entry(order).or_default() += 1;
    }
    assert_eq!(lines.len(), 2000);
    assert!(lines.values().all(|count| (1..=8).contains(count)));
    let few = lines.values().filter(|count| **count <= 3).count();
    assert!((1650..1900).contains(&few), "{few}");
}

#[test]
fn an_omnichannel_wave_has_pickups_kits_lanes_and_a_past() {
    let wave = wave(Regime::Omnichannel);
    let pickups =
        texts(&wave, "orders", "journey").iter().filter(|journey| *journey == "pickup").count();
    assert!((500..=600).contains(&pickups), "{pickups}");
    let kits = texts(&wave, "order_lines", "together").iter().filter(|kit| !kit.is_empty()).count();
    assert!(kits > 20, "{kits}");
    let levels = texts(&wave, "commitments", "level");
    for level in ["planned", "released", "picked", "shipped"] {
        assert!(levels.iter().any(|known| known == level), "{level}");
    }
    assert!(table(&wave, "exclusions").height() > 5);
    let kinds = texts(&wave, "nodes", "kind");
    for kind in crate::domain::NodeKind::ALL {
        assert!(kinds.iter().any(|known| known == kind.name()), "{}", kind.name());
    }
    // Over two lanes at most, every store is fed by every node that holds main stock.
    let lanes: Vec<(String, String)> = texts(&wave, "lanes", "from_node")
        .into_iter()
        .zip(texts(&wave, "lanes", "to_node"))
        .collect();
    for store in texts(&wave, "nodes", "node_id").iter().filter(|node| node.starts_with("ST")) {
        let hub = lanes.iter().find(|(from, to)| to == store && from.starts_with("HUB")).unwrap();
        let feeding = lanes.iter().filter(|(_, to)| *to == hub.0).count();
        let mains = kinds.iter().filter(|kind| *kind == "dc" || *kind == "3pl").count();
        assert_eq!(feeding, mains, "{store}");
    }
}

/// Tests that returns come in every way, and leave the rest of the wave as it is.
#[test]
fn returns_are_added_and_change_nothing_else() {
    for regime in Regime::ALL {
        let settings =
            GenerateSettings { orders: 400, nodes: 12, skus: 60, regime, returns: 0, seed: 5 };
        let plain = generate(&settings).unwrap();
        let settings = GenerateSettings { returns: 100, ..settings };
        let wave = generate(&settings).unwrap();
        assert_eq!(wave.tables[..wave.tables.len() - 1], plain.tables);
        assert_eq!(generate(&settings).unwrap(), wave);
        let ids = texts(&wave, "returns", "return_id");
        assert_eq!(ids.len(), 40);
        let filled = |column| -> Vec<bool> {
            texts(&wave, "returns", column).iter().map(|cell| !cell.is_empty()).collect()
        };
        let (exchanged, brought) = (filled("order_id"), filled("drop_node"));
        let sent = filled("postal_code");
        for ((exchanged, brought), sent) in exchanged.iter().zip(&brought).zip(&sent) {
            assert!(exchanged | brought | sent && !(exchanged & brought) && !(brought & sent));
        }
        for way in [&exchanged, &brought, &sent] {
            assert!(way.iter().filter(|is_so| **is_so).count() > 3);
        }
        let is_left_at_a_visit =
            exchanged.iter().zip(&sent).any(|(exchange, sent)| *exchange && !sent);
        assert_eq!(is_left_at_a_visit, regime == Regime::Omnichannel);
        assert!(wave.readme.contains("--returns 0.100 "), "{}", wave.readme);
    }
}

#[test]
fn the_moment_of_a_wave_is_one_instant() {
    for regime in Regime::ALL {
        let setting = Setting::new(regime);
        assert_eq!(setting.now_text.parse::<Timestamp>().unwrap(), setting.now);
        assert_eq!(setting.now_text[..10].parse::<Day>().unwrap(), setting.today);
        assert_eq!(setting.today.weekday(), 0, "a Monday");
    }
}

#[test]
fn numbers_out_of_range_are_refused_and_an_old_folder_is_left_alone() {
    let base = settings(Regime::Scarce);
    for wrong in [
        GenerateSettings { orders: 0, ..base },
        GenerateSettings { nodes: 4, ..base },
        GenerateSettings { skus: 0, ..base },
        GenerateSettings { nodes: 10_001, ..base },
        GenerateSettings { returns: 1001, ..base },
    ] {
        assert!(matches!(generate(&wrong), Err(GenerateError::OutOfRange { .. })), "{wrong:?}");
    }
    let root = tempfile::tempdir().unwrap();
    let small = generate(&GenerateSettings { orders: 5, nodes: 5, skus: 5, ..base }).unwrap();
    let refused = write(&small, root.path(), Format::Csv);
    assert!(matches!(refused, Err(GenerateError::Exists(_))), "{refused:?}");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
}
