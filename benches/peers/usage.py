"""What decisions use of stock, capacity and carriers, and whether one more still fits."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from wave import Wave

from plan import Decision, frozen_decisions


class Limits:
    """What is left of each limit once the frozen commitments have used theirs."""

    def __init__(self, wave: Wave):
        self.wave = wave
        self.line = {
            (line.order, line.name): line for order in wave.orders.values() for line in order.lines
        }
        self.frozen_stock = defaultdict(Counter)
        self.frozen_work = defaultdict(Fraction)
        self.frozen_parcels: Counter = Counter()
        # The frozen shipments of each order, and whether they have left already.
        self.shipments: dict[str, dict] = defaultdict(dict)
        contents = defaultdict(list)
        for one in frozen_decisions(wave):
            line = self.line[one.order, one.line]
            self.frozen_stock[one.node, line.sku][one.ship] += one.quantity
            contents[one.order, one.shipment].append((line, one.quantity))
            for node, service, ship, shipped in line.frozen:
                if (node, service, ship) == one.shipment:
                    known = self.shipments[one.order].get(one.shipment, False)
                    self.shipments[one.order][one.shipment] = known or shipped
        for (_, (node, service, ship)), lines in contents.items():
            for unit, amount in work(wave, node, lines).items():
                self.frozen_work[node, ship, unit] += amount
            self.frozen_work[node, ship, "shipments"] += 1
            if service:
                packed = wave.pack(wave.services[service], [(line.sku, q) for line, q in lines])
                self.frozen_parcels[node, service, ship] += sum(count for count, *_ in packed)

    @functools.cache
    def stock(self, node: str, sku: str, day: date) -> int | None:
        """Units that may be released by the end of a day; nothing where there is no limit."""
        stock = self.wave.stock.get((node, sku))
        if stock and self.wave.nodes[node].unlimited:
            return None
        frozen = sum(q for at, q in self.frozen_stock[node, sku].items() if at <= day)
        return max(0, (stock.by(day) if stock else 0) - frozen)

    def work(self, node: str, day: date, unit: str) -> Fraction | None:
        """Work that fits, overload included."""
        limit = self.wave.nodes[node].capacity(day, unit)
        if limit is None:
            return None
        return max(Fraction(0), limit[0] + limit[1] - self.frozen_work[node, day, unit])

    def parcels(self, node: str, service: str, day: date) -> int | None:
        limit = self.wave.nodes[node].services.get(service)
        return None if limit is None else max(0, limit - self.frozen_parcels[node, service, day])


def work(wave: Wave, node: str, lines) -> dict[str, Fraction]:
    """Units, lines and minutes of (line, units) at a node; the shipment itself aside."""

    def minutes(line) -> Fraction:
        return wave.node_items.get((node, line.sku), (Fraction(0),))[0]

    return {
        "units": Fraction(sum(units for _, units in lines)),
        "lines": Fraction(len({(line.order, line.name) for line, _ in lines})),
        "minutes": sum((minutes(line) * units for line, units in lines), Fraction(0)),
    }


def parcels(wave: Wave, service: str, line, units: int) -> int:
    """Parcels of a line by itself."""
    packed = wave.pack(wave.services[service], [(line.sku, units)])
    return sum(count for count, *_ in packed)


class Usage:
    """Decisions that are taken one after the other."""

    def __init__(self, wave: Wave):
        self.wave, self.limits = wave, Limits(wave)
        self.released = defaultdict(Counter)
        self.used = defaultdict(Fraction)
        self.releases: Counter = Counter()
        self.handed: Counter = Counter()

    def _work(self, one: Decision):
        """(node, day, unit, amount) of a decision, its releases aside."""
        line = self.limits.line[one.order, one.line]
        for node, day in self._stops(one):
            for unit, amount in work(self.wave, node, [(line, one.quantity)]).items():
                yield node, day, unit, amount

    def _stops(self, one: Decision):
        stops = [(one.source, one.release)] if one.hops else []
        return [*stops, (one.node, one.ship)]

    def _release_keys(self, one: Decision):
        keys = [(one.order, one.hops[0])] if one.hops else []
        return [*keys, (one.order, one.shipment)]

    def fits(self, one: Decision) -> bool:
        line, limits = self.limits.line[one.order, one.line], self.limits
        released = self.released[one.source, line.sku]
        days = [d for d in self.wave.nodes[one.source].window if d >= one.release]
        days += [d for d in limits.frozen_stock[one.source, line.sku] if d >= one.release]
        for day in days:
            left = limits.stock(one.source, line.sku, day)
            taken = sum(units for at, units in released.items() if at <= day)
            if left is not None and taken + one.quantity > left:
                return False
        for node, day, unit, amount in self._work(one):
            left = limits.work(node, day, unit)
            if left is not None and self.used[node, day, unit] + amount > left:
                return False
        for (node, day), key in zip(self._stops(one), self._release_keys(one)):
            left = limits.work(node, day, "shipments")
            is_new = not self.releases[key] and key[1] not in limits.shipments[one.order]
            if left is not None and is_new and self.used[node, day, "shipments"] + 1 > left:
                return False
        if one.service:
            left = limits.parcels(one.node, one.service, one.ship)
            mine = parcels(self.wave, one.service, line, one.quantity)
            if left is not None and self.handed[one.node, one.service, one.ship] + mine > left:
                return False
        return True

    def take(self, one: Decision, times: int = 1):
        """Books a decision, or gives it back with `times` -1."""
        line = self.limits.line[one.order, one.line]
        self.released[one.source, line.sku][one.release] += times * one.quantity
        for node, day, unit, amount in self._work(one):
            self.used[node, day, unit] += times * amount
        for (node, day), key in zip(self._stops(one), self._release_keys(one)):
            before = self.releases[key]
            self.releases[key] += times
            is_new = key[1] not in self.limits.shipments[one.order]
            if is_new and (before == 0) != (self.releases[key] == 0):
                self.used[node, day, "shipments"] += times
        if one.service:
            mine = parcels(self.wave, one.service, line, one.quantity)
            self.handed[one.node, one.service, one.ship] += times * mine
