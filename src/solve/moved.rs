//! Prices of an order in terms of other tables of it, which have more or fewer of its options.

use crate::options::Departure;
use crate::solve::pricing::OrderPrices;
use crate::solve::stocks::stock_place;
use crate::solve::tables::OrderTables;

/// The shares of what is paid once for departures, in terms of others of the same order, which are
/// sorted alike; of those that are not known, what is known of others on average.
pub(super) fn moved_shares(shares: &[f32], from: &[Departure], to: &[Departure]) -> Vec<f32> {
    if shares.is_empty() || from.is_empty() {
        return Vec::new();
    }
    let needs = shares.len() / (2 * from.len());
    let key = |departure: &Departure| (departure.from, departure.hop);
    let place = |departure: &Departure| from.binary_search_by_key(&key(departure), key).ok();
    let places: Vec<Option<usize>> = to.iter().map(place).collect();
    let of_need = |need: usize| {
        let of_need = &shares[need * 2 * from.len()..][..2 * from.len()];
        // Rounded down, so that the shares of all needs never sum to more than 1.
        let mean = [0, 1].map(|part| {
            let sum: f64 =
                of_need.iter().skip(part).step_by(2).map(|share| f64::from(*share)).sum();
            (sum / from.len() as f64 * (1.0 - 1e-6)) as f32
        });
        let of_departure = |place: &Option<usize>| match *place {
            Some(at) => [of_need[2 * at], of_need[2 * at + 1]],
            None => mean,
        };
        places.iter().flat_map(of_departure).collect::<Vec<f32>>()
    };
    (0..needs).flat_map(of_need).collect()
}

/// The prices of an order in terms of other tables of it, without its shares. What these do not
/// have is left out.
pub(super) fn moved_prices(
    prices: &OrderPrices,
    from: &OrderTables,
    to: &OrderTables,
) -> OrderPrices {
    let mut moved = OrderPrices::free(to);
    for (opening, id) in from.openings.iter().enumerate() {
        let is_priced = prices.openings.iter().any(|of_need| of_need[opening] > 0.0);
        let place = is_priced.then(|| to.openings.iter().position(|other| other == id)).flatten();
        if let Some(place) = place {
            for (there, here) in moved.openings.iter_mut().zip(&prices.openings) {
                there[place] = here[opening];
            }
        }
    }
    for (stock, price) in from.stocks.iter().zip(&prices.stocks).filter(|(_, price)| **price > 0.0)
    {
        if let Some(place) = stock_place(stock.key(), to) {
            moved.stocks[place] = *price;
        }
    }
    moved
}
