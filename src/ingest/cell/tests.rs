//! Tests of the cell types.

use super::*;
use crate::units::Decimal;

const DOLLARS: Context = Context { minor_digits: 2 };

fn code<T: CellType>(cell: Cell<'_>) -> &'static str {
    T::parse(cell, &DOLLARS).err().map_or("", |fault| fault.code.id)
}

#[test]
fn money_keeps_every_digit_or_is_refused() {
    let read = |cell| Money::parse(cell, &DOLLARS).map(|money| money.0);
    assert_eq!(read(Cell::Text("12.5")), Ok(1250));
    assert_eq!(read(Cell::Float(0.29)), Ok(29));
    assert_eq!(read(Cell::Float(1e-7)).unwrap_err().code.id, "E0207");
    assert_eq!(read(Cell::Decimal(12_500, 3)), Ok(1250));
    assert_eq!(read(Cell::Decimal(12_501, 3)).unwrap_err().code.id, "E0207");
    assert_eq!(read(Cell::Int(3)), Ok(300));
    assert_eq!(code::<Money>(Cell::Text("12.505")), "E0207");
    assert_eq!(code::<Money>(Cell::Text("-1")), "E0401");
    assert_eq!(code::<Money>(Cell::Text("1e99")), "E0401");
    assert_eq!(code::<SignedMoney>(Cell::Text("-1")), "");
    let yen = Context { minor_digits: 0 };
    assert_eq!(Money::parse(Cell::Text("1.5"), &yen).unwrap_err().code.id, "E0207");
}

#[test]
fn doubles_are_read_by_their_shortest_form() {
    assert_eq!(fixed_double(0.1 + 0.2, 9), Err(FixedError::TooManyPlaces(9)));
    assert_eq!(fixed_double(0.3, 9), Ok(300_000_000));
    assert_eq!(fixed_double(123_456.789, 9), Ok(123_456_789_000_000));
    assert_eq!(fixed_double(9_000_000.123_456_7, 9), Ok(9_000_000_123_456_700));
    assert_eq!(fixed_double(f64::NAN, 2), Err(FixedError::NotANumber));
    assert_eq!(fixed_double(f64::INFINITY, 2), Err(FixedError::NotANumber));
}

#[test]
fn counts_are_whole_and_in_range() {
    assert_eq!(Units::parse(Cell::Float(3.0), &DOLLARS), Ok(3));
    assert_eq!(code::<Units>(Cell::Float(3.5)), "E0206");
    assert_eq!(code::<Units>(Cell::Text("0")), "E0401");
    assert_eq!(code::<Count>(Cell::Text("-1")), "E0401");
    assert_eq!(code::<Count>(Cell::Text("many")), "E0206");
}

#[test]
fn limits_that_divide_are_above_zero() {
    assert_eq!(code::<KgLimit>(Cell::Text("0")), "E0401");
    assert_eq!(KgLimit::parse(Cell::Text("0.000000001"), &DOLLARS), Ok(Decimal(1)));
    assert_eq!(code::<Divisor>(Cell::Text("0")), "E0401");
}

#[test]
fn times_and_days_are_strict() {
    assert_eq!(code::<Clock>(Cell::Text("16:30")), "");
    assert_eq!(code::<Clock>(Cell::Text("24:00")), "E0206");
    assert_eq!(code::<Clock>(Cell::Text("4:30")), "E0206");
    assert_eq!(code::<Date>(Cell::Text("2026-02-30")), "E0206");
    assert_eq!(code::<Dates>(Cell::Text("2026-11-26  2026-12-25")), "");
    assert_eq!(code::<Instant>(Cell::Text("2026-11-23T06:00:00")), "E0206");
    assert_eq!(code::<Instant>(Cell::Text("2026-11-23T06:00:00-05:00")), "");
    assert_eq!(code::<Zone>(Cell::Text("America/Chicago")), "");
    assert_eq!(code::<Zone>(Cell::Text("Chicago")), "E0206");
    assert_eq!(code::<Days>(Cell::Text("weekdays")), "E0206");
}

#[test]
fn an_unknown_name_gets_the_nearest_one() {
    let fault = NodeKinds::parse(Cell::Text("stor"), &DOLLARS).unwrap_err();
    assert_eq!((fault.code.id, fault.action.as_str()), ("E0208", "did you mean store?"));
    let fault = Levels::parse(Cell::Text("x"), &DOLLARS).unwrap_err();
    assert_eq!(fault.action, "write one of shipped, picked, released, planned");
}

#[test]
fn coordinates_are_finite_and_in_range() {
    assert_eq!(code::<Latitude>(Cell::Text("90.1")), "E0401");
    assert_eq!(code::<Latitude>(Cell::Text("NaN")), "E0206");
    assert_eq!(Longitude::parse(Cell::Decimal(-8_705, 2), &DOLLARS), Ok(-87.05));
}
