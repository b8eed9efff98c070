//! Small random waves with a random model, made in code from a seed.
//!
//! A profile turns the dials towards one part of the domain, so that a failure is easy to place;
//! over the seeds every column of a wave and every setting of a model is used.

pub mod features;
mod model;
mod network;
mod orders;
mod returns;
mod rng;

pub use rng::Random;

use crate::common;
use jiff::tz::{Offset, TimeZone};
use wavewright::domain::{Model, Wave, WaveParts};
use wavewright::time::Day;
use wavewright::units::{Decimal, Money};

/// What the random waves are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    Mixed,
    Parcels,
    Pickup,
    Transfers,
    Commitments,
    SplitLines,
    Capacity,
    Escalation,
    Exchanges,
}

impl Profile {
    pub const ALL: [Profile; 9] = [
        Profile::Mixed,
        Profile::Parcels,
        Profile::Pickup,
        Profile::Transfers,
        Profile::Commitments,
        Profile::SplitLines,
        Profile::Capacity,
        Profile::Escalation,
        Profile::Exchanges,
    ];

    fn dials(self) -> Dials {
        let mixed = Dials {
            orders: (2, 4),
            lines: (1, 3),
            most_units: 3,
            nodes: (2, 4),
            lanes: (0, 2),
            horizon: (0, 3),
            services: (1, 2),
            pickup: 25,
            hub: 15,
            chain: 20,
            remote: 5,
            commitments: 15,
            split_lines: 0,
            capacity: 30,
            most_on_hand: 4,
            stocked: 88,
            ships: 95,
            escalate: 30,
            returns: 15,
        };
        match self {
            Profile::Mixed => mixed,
            Profile::Parcels => Dials { lanes: (0, 0), pickup: 0, hub: 0, capacity: 10, ..mixed },
            Profile::Pickup => Dials { pickup: 85, nodes: (3, 4), ..mixed },
            Profile::Transfers => Dials {
                orders: (1, 3),
                lines: (1, 3),
                nodes: (3, 4),
                lanes: (3, 4),
                horizon: (1, 3),
                hub: 40,
                chain: 70,
                remote: 60,
                stocked: 85,
                ships: 75,
                pickup: 45,
                ..mixed
            },
            Profile::Commitments => Dials { commitments: 75, lanes: (0, 1), ..mixed },
            Profile::SplitLines => Dials {
                orders: (1, 3),
                lines: (1, 2),
                nodes: (2, 3),
                lanes: (0, 1),
                horizon: (0, 2),
                services: (1, 1),
                most_units: 4,
                most_on_hand: 3,
                split_lines: 100,
                ..mixed
            },
            Profile::Capacity => Dials { orders: (4, 4), lines: (1, 2), capacity: 85, ..mixed },
            Profile::Escalation => Dials { lanes: (0, 1), escalate: 95, ..mixed },
            Profile::Exchanges => {
                Dials { pickup: 90, nodes: (3, 4), commitments: 20, returns: 60, ..mixed }
            }
        }
    }
}

/// Sizes as (least, most), chances in percent.
struct Dials {
    orders: (u32, u32),
    lines: (u32, u32),
    most_units: u32,
    nodes: (u32, u32),
    lanes: (u32, u32),
    horizon: (u32, u32),
    services: (u32, u32),
    /// Of an order being a pickup.
    pickup: u32,
    /// Of a node (but the first) being a hub.
    hub: u32,
    /// Of lanes following one another from the first node to the last.
    chain: u32,
    /// Of the first nodes alone having stock, but not the customer.
    remote: u32,
    /// Of a line having one.
    commitments: u32,
    split_lines: u32,
    /// Of a node having a row of one unit.
    capacity: u32,
    most_on_hand: u32,
    /// Of a node (no hub) holding an item.
    stocked: u32,
    ships: u32,
    /// Of a model with tiers.
    escalate: u32,
    /// Of an order having one more return, and of a wave having one without an order.
    returns: u32,
}

/// The wave and model of a seed.
pub fn random_case(seed: u64, profile: Profile) -> (Wave, Model) {
    let dials = profile.dials();
    let mut rng = Random::new(seed.wrapping_mul(64) + profile as u64);
    let mut model = model::random_model(&mut rng, &dials);
    let mut parts = empty_parts(&mut rng, &dials);
    network::fill(&mut rng, &dials, &mut parts);
    orders::fill(&mut rng, &dials, &mut parts);
    returns::fill(&mut rng, &dials, &mut parts, &mut model);
    (Wave::new(parts), model)
}

/// A wave without anything but its instant, horizon and currency.
fn empty_parts(rng: &mut Random, dials: &Dials) -> WaveParts {
    let day = rng.between(20, 26) as i8;
    let clock =
        rng.pick(&[(6, 0), (6, 0), (6, 0), (6, 0), (9, 30), (9, 30), (14, 0), (14, 1), (23, 30)]);
    let zone = rng.pick(&[TimeZone::UTC, time_zone(-5)]);
    let (currency, minor_digits) =
        if rng.chance(88) { ("USD", 2) } else { rng.pick(&[("JPY", 0), ("KWD", 3)]) };
    WaveParts {
        now: jiff::civil::date(2026, 11, day)
            .at(clock.0, clock.1, 0, 0)
            .to_zoned(zone)
            .expect("an instant within range"),
        currency: currency.into(),
        minor_digits,
        horizon_days: rng.count(dials.horizon.0, dials.horizon.1),
        ..common::parts("random")
    }
}

fn time_zone(hours: i8) -> TimeZone {
    TimeZone::fixed(Offset::constant(hours))
}

/// The date of `now` as its own zone writes it.
fn today(parts: &WaveParts) -> Day {
    Day::from(parts.now.date())
}

/// A day some days from another, before it where negative.
fn shifted(day: Day, days: i64) -> Day {
    Day(day.0 + days as i32)
}

fn money(rng: &mut Random, low: i64, high: i64) -> Money {
    Money(rng.between(low, high))
}

/// Money in so many cases of a hundred, else nothing.
fn maybe_money(rng: &mut Random, percent: u32, low: i64, high: i64) -> Money {
    rng.maybe(percent, |rng| money(rng, low, high)).unwrap_or_default()
}

/// So many thousandths.
fn thousandths(count: i64) -> Decimal {
    Decimal(count * Decimal::SCALE / 1000)
}
