"""Tables of a wave folder, and the arithmetic that its numbers need."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import polars as pl

EARTH_KM = 6371.0088
DAY = timedelta(days=1)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def read(folder: Path, table: str) -> list[dict]:
    """The rows of a table, cells as text; none where the table is not there."""
    csv, parquet = folder / f"{table}.csv", folder / f"{table}.parquet"
    if csv.exists():
        frame = pl.read_csv(csv, infer_schema=False)
    elif parquet.exists():
        frame = pl.read_parquet(parquet)
    else:
        return []
    return [
        {key: _text(value) for key, value in row.items()} for row in frame.iter_rows(named=True)
    ]


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def weekdays(text: str) -> frozenset[int]:
    """`daily`, a range (`fri-mon` too) or a comma list, as numbers from Monday 0."""
    if text == "daily":
        return frozenset(range(7))
    days = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        at, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.add(at)
        while at != end:
            at = (at + 1) % 7
            days.add(at)
    return frozenset(days)


def half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def ceil_div(a: Fraction, b: Fraction) -> int:
    return -((-a) // b)


def haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = [(math.radians(x), math.radians(y)) for x, y in (a, b)]
    h = math.sin((lat2 - lat1) / 2) ** 2
    h += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))
