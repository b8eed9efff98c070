//! Returns: left at the visit that collects an exchange, brought to a store, or sent.

use super::columns::{counts, some_decimals, table, texts};
use super::items::Item;
use super::metros::Metro;
use super::orders::{Demand, Place};
use super::random::{Cumulative, Random};
use super::sites::Site;
use crate::domain::NodeKind;
use crate::tables::Table;

pub(super) struct Return {
    id: String,
    /// The order that it is exchanged for.
    order: Option<usize>,
    item: usize,
    quantity: u32,
    condition: &'static str,
    /// Nothing where it is brought to a node.
    place: Option<Place>,
    /// The store that it was brought to.
    store: Option<usize>,
}

/// How returns come back, and in what state, each with its share of a thousand.
#[derive(Clone, Copy)]
enum Way {
    Exchanged,
    Brought,
    Sent,
}
const WAYS: [(u64, Way); 3] = [(400, Way::Exchanged), (250, Way::Brought), (350, Way::Sent)];
const CONDITIONS: [(u64, &str); 3] = [(600, "new"), (300, "used"), (100, "damaged")];
const UNITS: [(u64, u32); 3] = [(900, 1), (80, 2), (20, 3)];

/// Draws so many returns for every thousand orders, of items that are ordered.
pub(super) fn draw(
    per_thousand: u32,
    demand: &Demand,
    sites: &[Site],
    metros: &[Metro],
    seed: u64,
) -> Vec<Return> {
    let mut random = Random::new(seed, 7);
    let people = Cumulative::new(metros.iter().map(|metro| metro.people));
    let is_store = |at: &usize| sites[*at].kind == NodeKind::Store;
    let stores: Vec<usize> = (0..sites.len()).filter(is_store).collect();
    let count = demand.orders.len() * per_thousand as usize / 1000;
    let digits = count.to_string().len().max(4);
    let draw = |index: usize| {
        let item = demand.lines[random.below(demand.lines.len() as u64) as usize].item;
        let (mut order, mut place, mut store) = (None, None, None);
        match random.share(&WAYS) {
            Way::Exchanged => {
                let at = random.below(demand.orders.len() as u64) as usize;
                // One that is collected has no place of its customer: the goods come along.
                place = demand.orders[at].place().cloned();
                order = Some(at);
            }
            Way::Brought if !stores.is_empty() => store = Some(random.pick(&stores)),
            Way::Brought | Way::Sent => {
                let metro = random.weighted(&people);
                place = Some(Place::draw(&mut random, &metros[metro]));
            }
        }
        let (quantity, condition) = (random.share(&UNITS), random.share(&CONDITIONS));
        let id = format!("R{:0digits$}", index + 1);
        Return { id, order, item, quantity, condition, place, store }
    };
    (0..count).map(draw).collect()
}

pub(super) fn returns(rows: &[Return], demand: &Demand, sites: &[Site], items: &[Item]) -> Table {
    let place = |row: &Return, pick: fn(&Place) -> i64| row.place.as_ref().map(pick);
    table([
        ("return_id", texts(rows, |row| row.id.as_str())),
        ("order_id", texts(rows, |row| row.order.map_or("", |at| demand.orders[at].id.as_str()))),
        ("sku", texts(rows, |row| items[row.item].sku.as_str())),
        ("quantity", counts(rows, |row| row.quantity)),
        ("condition", texts(rows, |row| row.condition)),
        ("latitude", some_decimals(rows, 5, |row| place(row, |place| place.latitude))),
        ("longitude", some_decimals(rows, 5, |row| place(row, |place| place.longitude))),
        (
            "postal_code",
            texts(rows, |row| row.place.as_ref().map_or("", |place| place.postal_code.as_str())),
        ),
        ("drop_node", texts(rows, |row| row.store.map_or("", |store| sites[store].id.as_str()))),
    ])
}
