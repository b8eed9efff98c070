//! How long it takes to read and validate a large wave: `cargo bench --bench ingest`.
//!
//! The wave is generated into a temporary folder, as Parquet and as CSV, and read three times each.
//! `ORDERS` sets its size; the 520,000 orders of the default have about a million lines.

use std::time::Instant;
use wavewright::generate::{Format, GenerateSettings, Regime, generate, write};
use wavewright::ingest::read_wave;

fn main() {
    let orders = std::env::var("ORDERS").ok().and_then(|text| text.parse().ok());
    let settings = GenerateSettings {
        orders: orders.unwrap_or(520_000),
        nodes: 150,
        skus: 5_000,
        regime: Regime::Omnichannel,
        returns: 0,
        seed: 1,
    };
    let wave = generate(&settings).expect("the settings are within the limits");
    for (name, format) in [("Parquet", Format::Parquet), ("CSV", Format::Csv)] {
        let root = tempfile::tempdir().expect("a temporary folder");
        let folder = root.path().join("wave");
        write(&wave, &folder, format).expect("the temporary folder takes the wave");
        for _ in 0..3 {
            let start = Instant::now();
            let read = read_wave(&folder).expect("a generated wave is valid").wave;
            let seconds = start.elapsed().as_secs_f64();
            let (orders, lines) = (read.orders.len(), read.lines.len());
            println!("{name}: {orders} orders, {lines} lines read and validated in {seconds:.2} s");
        }
    }
}
