//! Replans of states that start from the omnichannel wave: what they change, that their events make
//! the state that was planned, and that later plans keep what earlier ones decided.

use super::*;
use crate::domain::Journey;
use crate::ids::LineId;
use crate::ingest::read_model;
use crate::orchestrate::state::{Cause, ExceptionRules, Stage};
use crate::orchestrate::wave::Network;
use crate::plan::{Status, changed_lines};
use crate::solve::KnownLeast;
use crate::verify::verify;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A state with events that are applied one after the other.
struct Play {
    network: Network,
    state: State,
    model: Model,
}

impl Play {
    /// The first orders of the wave are placed.
    fn new(orders: usize) -> Play {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/omnichannel");
        let network = Network::new(crate::ingest::wave_files(&folder).unwrap()).unwrap();
        let state = State::new(&network.wave, ExceptionRules::default());
        let mut model = read_model("balanced", network.wave.minor_digits).unwrap();
        model.solve.threads = 1;
        let mut play = Play { network, state, model };
        for order in (0..orders).map(|n| placed(&play.network.wave, n)).collect::<Vec<_>>() {
            play.happens("order_placed", order);
        }
        play
    }

    fn happens(&mut self, kind: &str, mut fields: Value) {
        let number = self.state.events.len();
        fields["id"] = json!(format!("e{number}"));
        fields["at"] = json!("2026-11-30T08:40:00-05:00");
        fields["event"] = json!(kind);
        let event = Event::from_json(&fields.to_string()).unwrap();
        assert!(self.state.apply(&event));
        self.has_no_contradiction();
    }

    fn replan(&self, previous: Option<&Previous>, settings: ReplanSettings) -> Replan {
        let made = self.replan_within(f64::INFINITY, previous, settings).unwrap();
        assert!(
            verify(made.wave(), &self.model, &made.plan).is_valid()
                || settings.max_changed.is_some()
        );
        made
    }

    fn replan_within(
        &self,
        time_limit_s: f64,
        previous: Option<&Previous>,
        settings: ReplanSettings,
    ) -> Result<Replan, ReplanError> {
        let Play { network, state, model } = self;
        let now = state.now;
        let request = Request { network: &network.wave, state, model, now, previous, settings };
        let flag = AtomicBool::new(false);
        let control = Control::new(time_limit_s, &flag, |_| ());
        let inputs = RunInputs {
            model: crate::ingest::model_to_json(model, state.minor_digits),
            ..RunInputs::default()
        };
        replan(&request, inputs, &control)
    }

    /// Puts a plan into effect, and checks that every unit then goes as planned.
    fn release(&mut self, made: &Replan) {
        for event in &made.events {
            assert!(self.state.apply(event), "{}", event.to_json());
            self.has_no_contradiction();
        }
        let wave = made.wave();
        let planned = Parts::new(&self.state, &made.state_wave, &made.plan);
        for line in parts::lines(&made.state_wave) {
            let mut wanted: BTreeMap<_, u32> = BTreeMap::new();
            for part in &planned.planned[line] {
                let row = part.assignment;
                let via = parts::via(wave, row);
                let way = (row.source, via, row.service, row.release_date, row.ship_date);
                *wanted.entry(way).or_default() += part.quantity;
            }
            let mut found: BTreeMap<_, u32> = BTreeMap::new();
            for part in &planned.before[line] {
                let way = part.way.as_deref().unwrap();
                let key =
                    (way.source, way.via.clone(), way.service, way.release_date, way.ship_date);
                *found.entry(key).or_default() += part.quantity;
            }
            let (order, place) = made.state_wave.lines[line];
            assert_eq!(found, wanted, "{} {place}", self.state.order_names.name(order));
        }
    }

    fn has_no_contradiction(&self) {
        let wrong = self.state.exceptions.iter();
        let wrong = wrong.filter(|found| found.cause == Cause::ContradictoryEvent);
        let told: Vec<_> = wrong.map(|found| &found.detail).collect();
        assert!(told.is_empty(), "{told:?}");
    }
}

/// An order of the wave as it is placed.
fn placed(wave: &Wave, number: usize) -> Value {
    let order = &wave.orders[crate::ids::OrderId(number as u32)];
    let lines: Vec<Value> = order
        .line_ids()
        .map(|id| &wave.lines[id])
        .map(|line| {
            let mut fields = json!({
                "line": line.line, "sku": wave.items[line.sku].sku, "quantity": line.quantity,
                "unit_price": crate::units::format_fixed(line.unit_price.0.into(), 2),
            });
            if let Some(kit) = &line.together {
                fields["together"] = json!(kit);
            }
            fields
        })
        .collect();
    let mut fields = json!({
        "order_id": order.id, "lines": lines, "ship_complete": order.ship_complete,
    });
    match &order.journey {
        Journey::Ship(place) => {
            fields["latitude"] = json!(place.latitude);
            fields["longitude"] = json!(place.longitude);
            fields["postal_code"] = json!(place.postal_code);
        }
        Journey::Pickup { node, radius_km } => {
            fields["journey"] = json!("pickup");
            fields["pickup_node"] = json!(wave.nodes[*node].id);
            fields["pickup_radius_km"] = json!(radius_km);
        }
    }
    for (name, day) in [("ship_by", order.ship_by), ("deliver_by", order.deliver_by)] {
        if let Some(day) = day {
            fields[name] = json!(day.to_string());
        }
    }
    fields
}

const FREELY: ReplanSettings = ReplanSettings {
    planned: PlannedUnits::MayChange,
    max_changed: None,
    release: Release::Within(0),
};

#[test]
fn events_of_a_plan_make_the_state_that_was_planned() {
    let mut play = Play::new(24);
    let first = play.replan(None, FREELY);
    assert_eq!(first.plan.certificate.status, Status::Optimal);
    assert!(first.delta.rows.iter().all(|row| row.from.is_empty()));
    assert!(first.delta.count(Difference::NewlyFilled) > 30);
    play.release(&first);
    let stages: Vec<Stage> = play
        .state
        .orders
        .iter()
        .flat_map(|order| &order.lines)
        .flat_map(|line| line.portions.iter().map(|part| part.stage))
        .collect();
    assert!(stages.contains(&Stage::Released) && stages.contains(&Stage::Planned));
    // Nothing happened: nothing changes, and nobody is told anything.
    let again = play.replan(Some(&first.previous()), FREELY);
    assert_eq!(again.delta.rows, []);
    assert_eq!(again.events, []);
}

#[test]
fn units_of_a_line_that_go_several_ways_are_followed() {
    let mut play = Play::new(18);
    play.model.rules.split_lines = true;
    play.happens("stock_counted", json!({ "node_id": "DC-NJ", "sku": "throw", "on_hand": 2 }));
    let first = play.replan(None, FREELY);
    play.release(&first);
    for (node, sku) in [("DC-NJ", "candle"), ("DC-OH", "candle"), ("DC-NJ", "wrap")] {
        play.happens("stock_counted", json!({ "node_id": node, "sku": sku, "on_hand": 1 }));
    }
    play.happens("node_closed", json!({ "node_id": "ST-NYC" }));
    let second = play.replan(Some(&first.previous()), FREELY);
    play.release(&second);
}

#[test]
fn a_closed_node_is_left_and_the_delta_says_why() {
    let mut play = Play::new(24);
    let first = play.replan(None, FREELY);
    play.release(&first);
    // By rule what is bound to a closed node is open again; here somebody is to decide.
    play.state.rules.set_action(Cause::NodeOutage, crate::orchestrate::state::Action::Escalate);
    play.happens("node_closed", json!({ "node_id": "DC-NJ", "reason": "fire" }));
    let closed = play.state.events.len() as u32 - 1;
    let second = play.replan(Some(&first.previous()), FREELY);
    let nj = play.state.node_names.get("DC-NJ").unwrap();
    let left = second.delta.rows.iter().filter(|row| row.from.iter().any(|leg| leg.source == nj));
    let left: Vec<_> = left.collect();
    assert!(!left.is_empty());
    for row in &left {
        assert!(row.to.iter().all(|leg| leg.source != nj), "{row:?}");
        assert!(row.events.contains(&crate::ids::EventId(closed)), "{row:?}");
    }
    assert!(second.delta.cost().0 > 0, "what was best before costs more now");
    // The queue gets what would be done, and its cost.
    for event in &second.proposals {
        play.state.apply(event);
        play.has_no_contradiction();
    }
    let outage = play.state.exceptions.iter().find(|found| found.cause == Cause::NodeOutage);
    let proposal = outage.unwrap().proposal.as_ref().unwrap();
    assert!(proposal.cost.unwrap().0 > 0 && proposal.text.contains(": "), "{proposal:?}");
}

#[test]
fn what_cannot_be_served_any_more_is_recalled_and_told() {
    let mut play = Play::new(4);
    let first = play.replan(None, FREELY);
    play.release(&first);
    let line =
        first.wave().lines.ids().find(|id| {
            first.plan.assignments.iter().any(|row| row.line == *id) && *id == LineId(0)
        });
    let sku = first.wave().items[first.wave().lines[line.unwrap()].sku].sku.clone();
    for node in first.wave().stocked_at(first.wave().lines[LineId(0)].sku).to_vec() {
        let node = first.wave().nodes[node].id.clone();
        play.happens("stock_counted", json!({ "node_id": node, "sku": sku, "on_hand": 0 }));
    }
    play.happens(
        "inbound_delayed",
        json!({
            "inbound_id": play.state.inbound().find(|(_, row)| row.quantity > 0).unwrap().0,
            "date": "2027-01-15", "quantity": 0,
        }),
    );
    let second = play.replan(Some(&first.previous()), FREELY);
    assert!(second.delta.count(Difference::NewlyUnfilled) > 0);
    play.release(&second);
    let causes: Vec<Cause> =
        play.state.open_exceptions.iter().map(|id| play.state.exceptions[*id].cause).collect();
    assert!(causes.contains(&Cause::Unfillable), "{causes:?}");
    // The queue says it already.
    let third = play.replan(Some(&second.previous()), FREELY);
    assert_eq!(third.events, []);
}

#[test]
fn no_more_lines_change_than_may() {
    let mut play = Play::new(24);
    let first = play.replan(None, FREELY);
    play.release(&first);
    play.model.costs.change_cost = crate::units::Money::ZERO;
    // Without freight other nodes are cheaper.
    play.model.weights[crate::domain::CostKey::ParcelFreight as usize] =
        crate::units::Decimal::ZERO;
    let free = play.replan(Some(&first.previous()), FREELY);
    let changed = changed_lines(free.wave(), &free.plan).len();
    assert!(changed > 2, "{changed}");
    for most in [0, 2] {
        let settings = ReplanSettings { max_changed: Some(most), ..FREELY };
        let held = play.replan(Some(&first.previous()), settings);
        assert!(changed_lines(held.wave(), &held.plan).len() <= most);
        assert!(held.delta.changed() <= most);
    }
}

/// Tests that planned units stay as they are where that is asked for, whatever would be better now,
/// and that new ones are planned around them.
#[test]
fn planned_units_can_stay_as_they_are() {
    let mut play = Play::new(20);
    let first = play.replan(None, ReplanSettings { release: Release::Nothing, ..FREELY });
    play.release(&first);
    assert!(first.events.iter().all(|event| event.kind() != "line_released"));
    play.model.costs.change_cost = crate::units::Money::ZERO;
    play.model.weights[crate::domain::CostKey::ParcelFreight as usize] =
        crate::units::Decimal::ZERO;
    for order in (20..24).map(|n| placed(&play.network.wave, n)).collect::<Vec<_>>() {
        play.happens("order_placed", order);
    }
    let free = play.replan(Some(&first.previous()), FREELY);
    assert!(free.delta.changed() > 2, "{}", free.delta.changed());
    let settings = ReplanSettings { planned: PlannedUnits::Stay, ..FREELY };
    let held = play.replan(Some(&first.previous()), settings);
    assert_eq!(held.delta.changed(), 0);
    assert!(held.delta.count(Difference::NewlyFilled) > 3);
    let is_new = |row: &DeltaRow| row.order.0 >= 20 || row.from.is_empty();
    assert!(held.delta.rows.iter().all(is_new), "{:?}", held.delta.rows);
    for event in &held.events {
        assert!(play.state.apply(event));
        play.has_no_contradiction();
    }
    let again = play.replan(Some(&held.previous()), settings);
    assert_eq!((again.delta.rows, again.events), (vec![], vec![]));
}

/// Tests that of a plan those units are released which could not leave as planned if they waited for
/// the next run, and that waiting for a later run leaves no more of them.
#[test]
fn what_cannot_wait_for_the_next_run_is_released() {
    let play = Play::new(24);
    let told = |release: Release| {
        let made = play.replan(None, ReplanSettings { release, ..FREELY });
        let released = made.events.iter().filter(|event| event.kind() == "line_released").count();
        let waiting = made.plan.assignments.iter().filter(|row| match release {
            Release::BeforeRun(next) => {
                let first = made.wave().first_ship_date_at(row.source, next);
                first.is_some_and(|first| row.release_date >= first)
            }
            Release::All => false,
            _ => true,
        });
        let units: u32 = made.plan.assignments.iter().map(|row| row.quantity).sum();
        let waiting: u32 = waiting.map(|row| row.quantity).sum();
        (released, units - waiting)
    };
    let hours = |hours: i64| {
        Release::BeforeRun(play.state.now.instant + jiff::SignedDuration::from_hours(hours))
    };
    let counts: Vec<_> = [Release::Nothing, hours(0), hours(24), hours(24 * 30), Release::All]
        .into_iter()
        .map(told)
        .collect();
    assert_eq!(counts[0], (0, 0));
    assert_eq!(counts[1], (0, 0), "a run at once finds all that this one does");
    assert!(counts[2].0 > 0 && counts[2].0 < counts[4].0, "{counts:?}");
    assert_eq!(counts[3], counts[4], "after the horizon nothing can leave any more");
    assert!(counts.is_sorted(), "{counts:?}");
}

#[test]
fn too_many_changes_are_told_with_what_is_known_about_them() {
    let mut play = Play::new(24);
    let first = play.replan(None, FREELY);
    play.release(&first);
    play.state.rules.set_action(Cause::NodeOutage, crate::orchestrate::state::Action::Escalate);
    play.happens("node_closed", json!({ "node_id": "DC-NJ" }));
    // Lines that were to come from there have to change.
    for (most, is_enough) in [(0, false), (4, false), (1_000, true)] {
        let settings = ReplanSettings { max_changed: Some(most), ..FREELY };
        for limit in [0.0, f64::INFINITY] {
            match play.replan_within(limit, Some(&first.previous()), settings) {
                Ok(made) => {
                    assert!(is_enough);
                    assert!(changed_lines(made.wave(), &made.plan).len() <= most);
                }
                // Without time nothing is known about plans that were not made.
                Err(ReplanError::Stopped { by: StoppedBy::TimeLimit, least, most: told }) => {
                    assert!(limit == 0.0 && !is_enough && least > most && told == most);
                }
                Err(ReplanError::TooManyChanges { least, most: told }) => {
                    assert!(limit > 0.0 && !is_enough && least > most && told == most);
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn lines_to_which_something_happened_are_left_as_they_are() {
    let mut play = Play::new(4);
    let made = play.replan(None, FREELY);
    let base = made.base;
    let order = play.network.wave.orders[crate::ids::OrderId(0)].id.clone();
    play.happens("order_held", json!({ "order_id": order }));
    let (events, outdated) = still_holding(&play.state, base, made.events.clone());
    assert!(events.len() < made.events.len() && !events.is_empty());
    assert!(outdated.lines.keys().all(|(name, _)| **name == *order) && !outdated.lines.is_empty());
    for event in &events {
        play.state.apply(event);
    }
    play.has_no_contradiction();
}

#[test]
fn a_previous_plan_is_found_again_by_its_names() {
    let play = Play::new(12);
    let mut made = play.replan(None, FREELY);
    // A number that has no exact decimal.
    let known = |(order, least)| KnownLeast { order, fingerprint: u64::MAX - 1, least };
    let numbers = made.wave().orders.ids().zip([0.1 + 0.2, 1.0 / 3.0, -1e-300]);
    made.plan.prices.leasts = numbers.map(known).collect();
    let bytes = rmp_serde::to_vec(&made.previous()).unwrap();
    let previous: Previous = rmp_serde::from_slice(&bytes).unwrap();
    assert_eq!(previous, made.previous());
    let start = previous::start(&play.state, &made.state_wave, Some(&previous));
    assert_eq!(start.prices.leasts, made.plan.prices.leasts);
    let mut decisions = start.decisions;
    decisions.sort();
    let mut expected = made.plan.decisions();
    expected.sort();
    assert_eq!(decisions, expected);
}

#[test]
fn history_says_which_tier_the_dates_opened() {
    let mut play = Play::new(20);
    play.model.rules.escalate = crate::domain::Escalate::Deadline;
    play.model.rules.tiers = vec![vec![crate::domain::NodeKind::Dc]];
    let first = play.replan(None, FREELY);
    play.release(&first);
    let notes: Vec<(bool, &str)> = play
        .state
        .orders
        .iter()
        .flat_map(|order| order.history.iter().map(move |entry| (order, entry)))
        .filter_map(|(order, entry)| {
            Some((order.terms.deliver_by.is_some(), entry.note.as_deref()?))
        })
        .filter(|(_, note)| note.starts_with("tier "))
        .collect();
    let opened = |(_, note): &&(bool, &str)| note.starts_with("tier 2: opened: no earlier tier");
    assert!(notes.iter().any(|(_, note)| *note == "tier 1"), "{notes:?}");
    assert!(notes.iter().filter(opened).any(|(dated, note)| *dated && note.contains(" by 2026-")));
    assert!(notes.iter().all(|(_, note)| !note.starts_with("tier 1:")), "{notes:?}");
}
