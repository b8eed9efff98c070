//! How many orders a second the strategies plan on one core: `cargo bench --bench strategies`.
//!
//! A wave is generated and read; each strategy then plans it three times on one thread. What is
//! timed is the strategy alone, its set-up included: neither reading, nor the ledger, nor the
//! verifier. On Linux it is the time of the processor, elsewhere that of the clock. `ORDERS` sets
//! the size for the rules, `FEW` for those that weigh complete plans of each order. Names behind
//! `--` leave the other strategies out.

mod common;

use common::case;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use wavewright::generate::{GenerateSettings, Regime};
use wavewright::options::Planner;
use wavewright::solve::Control;
use wavewright::strategies::Strategy;

const RULES: [Strategy; 5] = [
    Strategy::Nearest,
    Strategy::CheapestLine,
    Strategy::Priority,
    Strategy::FewestShipments,
    Strategy::BalanceLoad,
];

fn main() {
    let number = |name: &str, default: usize| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let names: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let asked =
        |strategy: &Strategy| names.is_empty() || names.iter().any(|name| name == strategy.name());
    let (rules, others): (Vec<_>, Vec<_>) =
        Strategy::ALL.into_iter().filter(asked).partition(|strategy| RULES.contains(strategy));
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    alone.install(|| {
        for regime in [Regime::Plentiful, Regime::Omnichannel] {
            time(regime, number("ORDERS", 100_000), &rules);
        }
        time(Regime::Omnichannel, number("FEW", 200), &others);
    });
}

fn time(regime: Regime, orders: usize, strategies: &[Strategy]) {
    if strategies.is_empty() {
        return;
    }
    let (wave, model) =
        case(GenerateSettings { orders, nodes: 150, skus: 5_000, regime, returns: 0, seed: 1 });
    let planner = Planner::new(&wave, &model);
    println!("{regime:?}: {} orders, {} lines", wave.orders.len(), wave.lines.len());
    let interrupted = AtomicBool::new(false);
    for strategy in strategies {
        for _ in 0..3 {
            let control = Control::new(f64::INFINITY, &interrupted, |_| ());
            let start = (Instant::now(), cpu_seconds());
            let outcome = strategy.plan(&planner, &control).expect("the strategy plans");
            let cpu = start.1.zip(cpu_seconds()).map(|(before, after)| after - before);
            let seconds = cpu.unwrap_or_else(|| start.0.elapsed().as_secs_f64());
            let rate = wave.orders.len() as f64 / seconds;
            let lines = outcome.decisions.len();
            println!("  {}: {seconds:.3} s, {rate:.0} orders/s, {lines} lines", strategy.name());
        }
    }
}

/// What this thread has computed so far, where Linux says it: other programs on the machine do not
/// count.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
