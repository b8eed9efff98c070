//! Random models: weights, costs and rules.

use super::{Dials, Random, maybe_money, money, thousandths};
use crate::common;
use wavewright::domain::{
    CostKey, Deadline, Escalate, Method, Model, ModelCosts, NodeKind, Rules, SolveSettings,
};
use wavewright::units::Decimal;

pub fn random_model(rng: &mut Random, dials: &Dials) -> Model {
    let plain = common::model("random");
    Model {
        weights: weights(rng),
        costs: ModelCosts {
            split_cost: maybe_money(rng, 60, 1, 400),
            late_cost: maybe_money(rng, 80, 1, 600),
            unfilled_cost: money(rng, 1000, 8000),
            unfilled_value_share: thousandths(rng.pick(&[0, 125, 300, 333])),
            reject_cost: maybe_money(rng, 50, 1, 1500),
            carbon_price: maybe_money(rng, 50, 1, 60),
            change_cost: maybe_money(rng, 80, 1, 500),
        },
        rules: rules(rng, dials),
        solve: SolveSettings { method: Method::Exact, ..plain.solve },
        ..plain
    }
}

fn weights(rng: &mut Random) -> [Decimal; CostKey::ALL.len()] {
    CostKey::ALL.map(|key| {
        // A wave where open units cost nothing has little to plan.
        let odds = if key == CostKey::Unfilled { 3 } else { 12 };
        rng.maybe(odds, |rng| thousandths(rng.pick(&[0, 500, 2250]))).unwrap_or(Decimal::ONE)
    })
}

fn rules(rng: &mut Random, dials: &Dials) -> Rules {
    use NodeKind::{Dc, Store, ThirdParty, Vendor};
    let has_tiers = rng.chance(dials.escalate);
    let tiers = rng.pick(&[
        vec![vec![Dc], vec![ThirdParty, Store], vec![Vendor]],
        vec![vec![Store], vec![Dc, Vendor]],
        vec![],
    ]);
    let escalate = rng.pick(&[Escalate::Cost, Escalate::Deadline, Escalate::Deadline]);
    Rules {
        deadline: if rng.chance(88) { Deadline::Soft } else { Deadline::Hard },
        split_lines: rng.chance(dials.split_lines),
        max_shipments: rng.maybe(25, |rng| rng.count(1, 3)),
        max_distance_km: rng.maybe(10, |rng| rng.between(200, 500) as f64),
        no_split_below: maybe_money(rng, 20, 1000, 9000),
        tiers: if has_tiers { tiers } else { Vec::new() },
        escalate: if has_tiers { escalate } else { Escalate::None },
        tier_cost: maybe_money(rng, 80, 50, 900),
        max_lanes: rng.pick(&[1, 2, 2, 2, 2, 3]),
    }
}
