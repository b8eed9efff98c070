//! What planning runs tell the state of units that nothing serves any more.

use super::*;
use crate::ids::NodeId;
use crate::ingest::{read_model, read_wave};
use crate::orchestrate::event::{Count, StockCounted};
use crate::orchestrate::simulate::Series;
use crate::orchestrate::state::{Cause, ExceptionRules, State};
use crate::units::Quantity;
use std::path::Path;

fn units(state: &State, stage: Stage) -> Quantity {
    state.orders.iter().flat_map(|order| &order.lines).map(|line| line.units(stage)).sum()
}

fn series() -> (Series, Model) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/quickstart");
    let wave = read_wave(&folder).unwrap().wave;
    let mut model = read_model("balanced", wave.minor_digits).unwrap();
    model.solve.method = Method::Heuristic("cheapest-order".into());
    (Series::new(&[wave], ExceptionRules::default()).unwrap(), model)
}

/// Tests that units which were promised, and which the night finds no stock for, are open again,
/// and bound to nothing.
#[test]
fn what_the_night_cannot_serve_any_more_is_open_again() {
    let (series, model) = series();
    let mut world = World::new(&series, 1);
    for order in series.wave.orders.ids() {
        world.arrive(order);
    }
    let hour = |hours: i64| series.wave.instant() + jiff::SignedDuration::from_hours(hours);
    let flag = AtomicBool::new(false);
    world.run(hour(1), Reach::Promise(hour(24)), &model, &flag).unwrap();
    let planned = units(&world.state, Stage::Planned);
    assert!(planned > 0);
    let places: Vec<_> = world.state.stock.keys().copied().collect();
    for (node, sku) in places {
        let counted = StockCounted {
            node_id: world.node_name(node),
            sku: world.sku_name(sku),
            on_hand: Count(0),
            safety_stock: None,
        };
        let counting = world.in_zone(hour(2));
        world.happen(&counting, Change::StockCounted(counted));
    }
    let waiting = units(&world.state, Stage::Open);
    world.run(hour(24), Reach::Reconsider(hour(48)), &model, &flag).unwrap();
    // What comes in later, and stock without limit, still serves some.
    let kept = units(&world.state, Stage::Planned) + units(&world.state, Stage::Accepted);
    assert!(kept < planned);
    assert_eq!(units(&world.state, Stage::Open), waiting + planned - kept);
    let is_limited = |node: NodeId| !world.state.nodes[node].unlimited_stock;
    let limited = world.state.stock.iter().filter(|((node, _), _)| is_limited(*node));
    assert!(limited.into_iter().all(|(_, stock)| stock.shortfall() == 0));
    let wrong = world.state.exceptions.iter();
    let wrong: Vec<_> = wrong.filter(|known| known.cause == Cause::ContradictoryEvent).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
