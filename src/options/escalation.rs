//! The fulfilment hierarchy: which tiers the dates of a line open.

use crate::domain::Escalate;
use crate::ids::{LineId, NodeId, OrderId};
use crate::network::earliest_arrival;
use crate::options::Planner;
use crate::options::eligibility::{customer_km, line_bar, offers};
use crate::time::Day;

/// The first tier with a source that could serve the whole line on time on its own, capacity and
/// other lines aside; `u32::MAX` where none can, or where the model does not ask.
pub fn first_tier_on_time(planner: &Planner, order: OrderId, line: LineId) -> u32 {
    if planner.model.rules.escalate != Escalate::Deadline {
        return u32::MAX;
    }
    let sources = planner.sources(planner.wave.lines[line].sku);
    let on_time = sources.filter(|&source| serves_on_time(planner, order, line, source));
    on_time.map(|source| planner.tier(source)).min().unwrap_or(u32::MAX)
}

/// Whether a source could serve the whole line on time, by any route, service and date.
fn serves_on_time(planner: &Planner, order: OrderId, line: LineId, source: NodeId) -> bool {
    let wave = planner.wave;
    let terms = &wave.lines[line];
    let unlimited = wave.nodes[source].unlimited_stock;
    let stock = wave.stock_of(source, terms.sku);
    let can_release = |day: Day| {
        let enough =
            unlimited || stock.is_some_and(|s| s.available_by(day) >= terms.quantity as i64);
        enough && !wave.is_excluded(line, source, day)
    };
    let days = || wave.window(source).iter().copied().filter(|day| can_release(*day));
    if days().next().is_some_and(|day| leaves_on_time(planner, order, line, source, day)) {
        return true;
    }
    planner.routes.from(source).iter().any(|path| {
        let lane = &wave.lanes[path[0]];
        let Some(departs) = days().find(|day| lane.operates.contains(*day)) else {
            return false;
        };
        let arrives = earliest_arrival(wave, path, departs);
        leaves_on_time(planner, order, line, wave.lanes[path[path.len() - 1]].to, arrives)
    })
}

/// Whether a line that is at a node from `day` on could leave it on time.
fn leaves_on_time(planner: &Planner, order: OrderId, line: LineId, node: NodeId, day: Day) -> bool {
    let wave = planner.wave;
    let window = wave.window(node);
    let Some(&ship_date) = window.get(window.partition_point(|open| *open < day)) else {
        return false;
    };
    let km = customer_km(wave, order, node);
    let Ok(offers) = offers(wave, planner.model, order, node, km) else { return false };
    offers.into_iter().any(|offer| match offer {
        None => wave.late_days(order, ship_date, ship_date) == 0,
        Some(offer) => {
            let service = &wave.services[offer.service];
            let delivery = service.delivery_date(ship_date, offer.zone.transit_days);
            line_bar(wave, line, offer.service).is_none()
                && wave.late_days(order, ship_date, delivery) == 0
        }
    })
}
