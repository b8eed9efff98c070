"""The parts of a wave: nodes, items, stock, services, lanes, orders and their lines."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from tables import DAY

# What a capacity counts.
UNITS = ["units", "lines", "shipments", "minutes"]


@dataclass
class Node:
    id: str
    kind: str
    place: tuple[float, float]
    country: str
    postal_code: str
    ships: bool
    pickup: bool
    unlimited: bool
    shipment_cost: int
    line_cost: int
    unit_cost: int
    minute_cost: int
    open_cost: int
    reject_rate: Fraction
    tier: int | None
    window: list[date]
    horizon_end: date
    services: dict[str, int | None] = field(default_factory=dict)
    # (date or None, unit) -> (capacity, overload, overload cost)
    capacities: dict = field(default_factory=dict)

    def capacity(self, day: date, unit: str):
        return self.capacities.get((day, unit)) or self.capacities.get((None, unit))


@dataclass
class Item:
    kg: Fraction
    volume: Fraction
    longest: Fraction | None
    hazmat: bool
    alone: bool


@dataclass
class Stock:
    units: int
    opportunity: int
    inbound: list[tuple[date, int]] = field(default_factory=list)

    def by(self, day: date) -> int:
        return max(0, self.units + sum(units for at, units in self.inbound if at <= day))


@dataclass
class Service:
    id: str
    zone_table: str
    rate_card: str
    divisor: Fraction | None
    surcharge: Fraction
    max_kg: Fraction | None
    max_length: Fraction | None
    hazmat: bool
    operates: frozenset[int]
    co2_parcel: float
    co2_kg: float

    def delivery(self, ship: date, transit: int) -> date:
        while transit > 0:
            ship += DAY
            transit -= ship.weekday() in self.operates
        return ship


@dataclass
class Lane:
    source: str
    target: str
    transit: int
    shipment_cost: int
    cost_per_kg: int
    operates: frozenset[int]
    co2_kg: float


@dataclass
class Line:
    order: str
    name: str
    sku: str
    quantity: int
    price: int
    together: str
    excluded: dict[str, date] = field(default_factory=dict)
    # Frozen units by (node, service, date, is it shipped), and earlier plans that may be changed.
    frozen: dict = field(default_factory=dict)
    planned: list = field(default_factory=list)

    @functools.cached_property
    def free(self) -> int:
        return self.quantity - sum(self.frozen.values())


@dataclass
class Order:
    id: str
    placed: datetime
    pickup_node: str | None
    radius: float
    place: tuple[float, float] | None
    country: str
    postal_code: str
    ship_by: date | None
    deliver_by: date | None
    deadline: str
    weight: Fraction
    complete: bool
    max_shipments: int | None
    lines: list[Line] = field(default_factory=list)

    def late(self, ship: date, delivery: date) -> int:
        days = [0]
        days += [(delivery - self.deliver_by).days] if self.deliver_by else []
        days += [(ship - self.ship_by).days] if self.ship_by else []
        return max(days)
