//! Exact quantities: money in integer minor units and decimals in fixed point.
//!
//! Every number that decides a cost is an integer here. Floating point appears only where the
//! domain itself is inexact: coordinates, distances and carbon.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

/// Money in minor units (cents) of the wave's currency.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Money(pub i64);

impl Money {
    pub const ZERO: Money = Money(0);
}

/// A decimal with nine places: weights in kg, minutes, capacities, shares and factors.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Decimal(pub i64);

impl Decimal {
    pub const PLACES: u32 = 9;
    /// Units of the last place in 1.
    pub const SCALE: i64 = 1_000_000_000;
    pub const ZERO: Decimal = Decimal(0);
    pub const ONE: Decimal = Decimal(Self::SCALE);

    pub const fn from_int(value: i64) -> Decimal {
        Decimal(value * Self::SCALE)
    }

    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }
}

/// A length in centimetres with six places, so that a volume fits 128 bits exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(pub i64);

impl Length {
    pub const PLACES: u32 = 6;
    pub const SCALE: i64 = 1_000_000;
}

/// A volume in cubic centimetres with eighteen places: the product of three [`Length`]s.
///
/// `Volume(v) <= weight * divisor` compares `v` with the product of two [`Decimal`]s, which has
/// eighteen places too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Volume(pub i128);

/// A price of a rate card, in ten-thousandths of the currency's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(pub i64);

impl Rate {
    pub const PLACES: u32 = 4;
    pub const SCALE: i64 = 10_000;
}

/// A whole number of units of an item.
pub type Quantity = u32;

/// `numerator / denominator` rounded half up (towards positive infinity) to an integer.
///
/// # Panics
/// When `denominator` is not positive.
pub fn round_half_up(numerator: i128, denominator: i128) -> i64 {
    assert!(denominator > 0, "the denominator of a rounding is positive");
    let doubled = 2 * numerator + denominator;
    doubled.div_euclid(2 * denominator) as i64
}

/// Rounds a floating amount half up to the minor unit.
pub fn round_half_up_f64(amount: f64) -> i64 {
    (amount + 0.5).floor() as i64
}

/// A sum of weighted money, exact: minor units times [`Decimal`] weights, nine places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Objective(pub i128);

impl Objective {
    pub const ZERO: Objective = Objective(0);

    /// `weight` x `amount`.
    pub fn weighted(weight: Decimal, amount: Money) -> Objective {
        Objective(weight.0 as i128 * amount.0 as i128)
    }

    /// In minor units of the currency.
    pub fn to_minor(self) -> f64 {
        self.0 as f64 / Decimal::SCALE as f64
    }
}

macro_rules! additive {
    ($name:ident) => {
        impl Add for $name {
            type Output = $name;
            fn add(self, other: $name) -> $name {
                $name(self.0 + other.0)
            }
        }
        impl Sub for $name {
            type Output = $name;
            fn sub(self, other: $name) -> $name {
                $name(self.0 - other.0)
            }
        }
        impl Neg for $name {
            type Output = $name;
            fn neg(self) -> $name {
                $name(-self.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: $name) {
                self.0 += other.0;
            }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: $name) {
                self.0 -= other.0;
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = $name>>(items: I) -> $name {
                items.fold($name(0), |total, item| total + item)
            }
        }
    };
}
additive!(Money);
additive!(Decimal);
additive!(Volume);
additive!(Objective);

impl Mul<i64> for Money {
    type Output = Money;
    fn mul(self, factor: i64) -> Money {
        Money(self.0 * factor)
    }
}

impl Mul<i64> for Decimal {
    type Output = Decimal;
    fn mul(self, factor: i64) -> Decimal {
        Decimal(self.0 * factor)
    }
}

/// Why a text is not a fixed-point number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FixedError {
    #[error("is not a number")]
    NotANumber,
    #[error("has more than {0} decimal places")]
    TooManyPlaces(u32),
    #[error("is too large")]
    TooLarge,
}

/// Reads a decimal text (`12`, `-0.50`, `1.2e-3`) as an integer with `places` implied places.
///
/// # Errors
/// When the text is not a number, would lose digits, or does not fit.
pub fn parse_fixed(text: &str, places: u32) -> Result<i64, FixedError> {
    let text = text.trim();
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => {
            let exponent: i32 = text[at + 1..].parse().map_err(|_| FixedError::NotANumber)?;
            (&text[..at], exponent)
        }
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.as_bytes().first() {
        Some(b'-') => (true, &mantissa[1..]),
        Some(b'+') => (false, &mantissa[1..]),
        _ => (false, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return Err(FixedError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    let mut value: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        value = value
            .checked_mul(10)
            .and_then(|v| v.checked_add((byte - b'0') as i128))
            .ok_or(FixedError::TooLarge)?;
    }
    if value == 0 {
        return Ok(0);
    }
    let mut shift = i64::from(places) - fraction.len() as i64 + i64::from(exponent);
    while shift < 0 {
        if value % 10 != 0 {
            return Err(FixedError::TooManyPlaces(places));
        }
        value /= 10;
        shift += 1;
    }
    for _ in 0..shift {
        value = value.checked_mul(10).ok_or(FixedError::TooLarge)?;
    }
    let value = if negative { -value } else { value };
    i64::try_from(value).map_err(|_| FixedError::TooLarge)
}

/// Writes an integer with `places` implied places as a decimal text with exactly that many.
pub fn format_fixed(value: i128, places: u32) -> String {
    let scale = 10_i128.pow(places);
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    if places == 0 {
        return format!("{sign}{value}");
    }
    let scale = scale.unsigned_abs();
    format!("{sign}{}.{:0width$}", value / scale, value % scale, width = places as usize)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_fixed(self.0 as i128, Self::PLACES);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_up_on_both_sides_of_zero() {
        assert_eq!(round_half_up(5, 10), 1);
        assert_eq!(round_half_up(4, 10), 0);
        assert_eq!(round_half_up(-5, 10), 0);
        assert_eq!(round_half_up(-6, 10), -1);
        assert_eq!(round_half_up(25, 10), 3);
    }

    #[test]
    fn three_items_of_a_tenth_meet_three_tenths() {
        let tenth = Decimal(parse_fixed("0.1", Decimal::PLACES).unwrap());
        assert_eq!(tenth + tenth + tenth, Decimal(parse_fixed("0.3", 9).unwrap()));
    }

    #[test]
    fn reads_decimals_without_losing_digits() {
        assert_eq!(parse_fixed("12.5", 2), Ok(1250));
        assert_eq!(parse_fixed("-0.50", 2), Ok(-50));
        assert_eq!(parse_fixed("1.2e-3", 4), Ok(12));
        assert_eq!(parse_fixed("1e3", 2), Ok(100_000));
        assert_eq!(parse_fixed("0.125", 2), Err(FixedError::TooManyPlaces(2)));
        assert_eq!(parse_fixed("1,5", 2), Err(FixedError::NotANumber));
        assert_eq!(parse_fixed("", 2), Err(FixedError::NotANumber));
        assert_eq!(parse_fixed("99999999999999999999", 2), Err(FixedError::TooLarge));
        assert_eq!(parse_fixed("1e2147483647", 2), Err(FixedError::TooLarge));
        assert_eq!(parse_fixed("0.1e-2147483648", 2), Err(FixedError::TooManyPlaces(2)));
        assert_eq!(parse_fixed("1e2147483648", 2), Err(FixedError::NotANumber));
    }

    #[test]
    fn writes_what_it_reads() {
        assert_eq!(format_fixed(-50, 2), "-0.50");
        assert_eq!(format_fixed(123_456, 2), "1234.56");
        assert_eq!(format_fixed(7, 0), "7");
        assert_eq!(Decimal(1_500_000_000).to_string(), "1.5");
    }
}
