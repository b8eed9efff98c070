//! How long it takes to build the options of a wave and to price all of its orders once: `cargo
//! bench --bench pricing`.
//!
//! A wave of each regime is generated and read. Options and tables are built three times; then
//! price decomposition runs, and the time between reports of its first steps, which price every
//! order once and move the prices, is that of a pricing round. `ORDERS` sets the size.

mod common;

use common::case;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use wavewright::generate::{GenerateSettings, Regime};
use wavewright::options::Planner;
use wavewright::solve::{Approach, Control, ExactSettings, Sifting, WaveProblem, relax};

/// Pricing rounds that are timed; all of them are steps of ascent.
const ROUNDS: usize = 15;

fn main() {
    let orders = std::env::var("ORDERS").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000);
    for regime in [Regime::Plentiful, Regime::Scarce, Regime::Peak, Regime::Omnichannel] {
        time(regime, orders);
    }
}

fn time(regime: Regime, orders: usize) {
    let (nodes, skus) = (60, 2_000);
    let (wave, model) = case(GenerateSettings { orders, nodes, skus, regime, returns: 0, seed: 1 });
    let planner = Planner::new(&wave, &model);
    let threads = rayon::current_num_threads();
    println!("{regime:?}: {orders} orders, {} lines, {threads} threads", wave.lines.len());
    for _ in 0..3 {
        let start = Instant::now();
        let problem = WaveProblem::new(&planner);
        say("options and tables", start.elapsed().as_secs_f64(), problem.orders.len());
    }
    let problem = WaveProblem::new(&planner);
    let mut rounds = rounds(&problem);
    rounds.sort_by(f64::total_cmp);
    say("a pricing round, median", rounds[rounds.len() / 2], problem.orders.len());
    say("a pricing round, fastest", rounds[0], problem.orders.len());
}

fn say(what: &str, seconds: f64, orders: usize) {
    println!("  {what}: {seconds:.3} s, {:.0} orders/s", orders as f64 / seconds);
}

/// The seconds of the first pricing rounds; the very first, without prices, is left out.
fn rounds(problem: &WaveProblem) -> Vec<f64> {
    let interrupted = AtomicBool::new(false);
    let control = Control::new(f64::INFINITY, &interrupted, |_| ());
    let settings = ExactSettings {
        approach: Approach::Decompose,
        gap: 0.0,
        threads: 1,
        seed: 1,
        sifting: Sifting::default(),
    };
    let mut ends = Vec::new();
    relax(problem, &[], None, settings, &control, &mut |_| {
        ends.push(Instant::now());
        if ends.len() > ROUNDS {
            interrupted.store(true, Ordering::Relaxed);
        }
        f64::INFINITY
    })
    .expect("the relaxation is found");
    let rounds = ends.windows(2).take(ROUNDS);
    rounds.map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
}
