//! The numeric types of cells: unit, decimal places and range of each.

use super::{CellType, Context, Fault, Kind, Length, Range, is_number, not_a, out_of_range, units};
use crate::tables::Cell;
use crate::units::Decimal;

/// The most that one amount may be, in the currency, so that sums over a wave stay exact.
const MOST_MONEY: i64 = 1_000_000_000;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident($least:literal..=$most:expr, $accepts:literal);)*) => {
        cell_types! {$(
            $(#[$doc])*
            $name("count", $accepts.to_owned(), is_number) -> u32 = |cell, _| {
                let range = Range { places: 0, whole: true, least: $least, most: $most };
                range.read(cell, $accepts).map(|value| value as u32)
            };
        )*}
    };
}

counts! {
    /// Stock and limits: any whole number.
    Count(0..=u32::MAX as i64, "a whole number from 0");
    /// A limit that lets something through.
    CountFromOne(1..=u32::MAX as i64, "a whole number from 1");
    /// What an order, a return, inbound or a commitment counts.
    Units(1..=100_000, "a whole number from 1 to 100000");
    /// Days of transit or processing.
    DayCount(0..=3_660, "a whole number from 0 to 3660");
}

macro_rules! decimals {
    ($($(#[$doc:meta])* $name:ident($text:literal, $places:expr, $least:expr, $most:expr, $accepts:literal)
        -> $value:ty = $wrap:expr;)*) => {
        cell_types! {$(
            $(#[$doc])*
            $name($text, $accepts.to_owned(), is_number) -> $value = |cell, context| {
                let places = $places(context);
                let scale = 10_i64.pow(places);
                let least: fn(i64) -> i64 = $least;
                let range = Range { places, whole: false, least: least(scale), most: $most * scale };
                range.read(cell, $accepts).map($wrap)
            };
        )*}
    };
}

fn minor(context: &Context) -> u32 {
    context.minor_digits
}

fn nine(_: &Context) -> u32 {
    Decimal::PLACES
}

decimals! {
    /// An amount of money.
    Money("money", minor, |_| 0, MOST_MONEY, "an amount of money from 0 to 1000000000")
        -> units::Money = units::Money;
    /// An amount of money that may be negative.
    SignedMoney("money", minor, |scale| -MOST_MONEY * scale, MOST_MONEY,
        "an amount of money from -1000000000 to 1000000000") -> units::Money = units::Money;
    /// A price of a rate card, with four decimal places.
    Rate("rate", |_: &Context| units::Rate::PLACES, |_| 0, MOST_MONEY,
        "an amount of money with at most four decimal places, from 0 to 1000000000")
        -> units::Rate = units::Rate;
    Kg("kg", nine, |_| 0, 10_000, "a weight in kg from 0 to 10000") -> Decimal = Decimal;
    /// A weight that limits something.
    KgLimit("kg", nine, |_| 1, 1_000_000, "a weight in kg above 0, at most 1000000")
        -> Decimal = Decimal;
    Cm("cm", |_: &Context| Length::PLACES, |_| 0, 1_000_000, "a length in cm from 0 to 1000000")
        -> Length = Length;
    /// Minutes of work per unit.
    Minutes("number", nine, |_| 0, 10_000, "minutes from 0 to 10000") -> Decimal = Decimal;
    /// Work that a node takes.
    Work("number", nine, |_| 0, 1_000_000_000, "a number from 0 to 1000000000")
        -> Decimal = Decimal;
    /// The importance of an order.
    Factor("number", nine, |_| 0, 1_000_000, "a number from 0 to 1000000") -> Decimal = Decimal;
    Divisor("number", nine, |_| 1, 1_000_000_000, "a number above 0, at most 1000000000")
        -> Decimal = Decimal;
    /// A probability.
    Share("share", nine, |_| 0, 1, "a share from 0 to 1") -> Decimal = Decimal;
    /// Something added to a price.
    Surcharge("share", nine, |_| 0, 100, "a share from 0 to 100 (0.12 is 12 %)")
        -> Decimal = Decimal;
}

macro_rules! doubles {
    ($($(#[$doc:meta])* $name:ident($text:literal, $least:literal..=$most:literal, $accepts:literal);)*) => {
        cell_types! {$(
            $(#[$doc])*
            $name($text, $accepts.to_owned(), is_number) -> f64 = |cell, _| {
                let value = double(cell).ok_or_else(|| not_a($accepts))?;
                if ($least..=$most).contains(&value) { Ok(value) } else { Err(out_of_range($accepts)) }
            };
        )*}
    };
}

fn double(cell: Cell<'_>) -> Option<f64> {
    let value = match cell {
        Cell::Text(text) => text.trim().parse().ok()?,
        Cell::Int(value) => value as f64,
        Cell::Float(value) => value,
        Cell::Decimal(value, places) => units::format_fixed(value, places).parse().ok()?,
        _ => return None,
    };
    value.is_finite().then_some(value)
}

doubles! {
    Latitude("degrees", -90.0..=90.0, "degrees from -90 to 90");
    Longitude("degrees", -180.0..=180.0, "degrees from -180 to 180");
    Km("km", 0.0..=1e6, "a distance in km from 0 to 1000000");
    /// Emissions.
    Carbon("number", 0.0..=1e6, "kg CO2e from 0 to 1000000");
}
