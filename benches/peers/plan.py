"""From decisions to a plan folder: exact costs, the tables of docs/formats/plan.md, a certificate.

Peers decide; this writes down what they decided. The costs are worked out here from the wave and
once more by `wavewright verify`, which shares no line with this file.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from wave import Wave

import polars as pl

from parts import UNITS, Line
from tables import DAY, half_up

COLUMNS = {
    "assignments": "order_id line sku quantity kind source_node last_node route departs release_date"
    " service ship_date delivery_date days_late shipment_id tier",
    "shipments": "shipment_id order_id node_id service ship_date delivery_date lines units parcels kg"
    " billable_kg zone distance_km freight handling kg_co2",
    "transfers": "transfer_id order_id from_node to_node departs arrives lines units kg freight"
    " handling kg_co2",
    "unfilled": "order_id line sku quantity reasons cheapest_fix",
    "node_load": "node_id date unit used capacity overload shadow_price",
    "stock_use": "node_id sku available used shadow_price",
    "returns": "return_id sku quantity node_id service freight recovered_value",
}
KEYS = (
    "parcel_freight transfer_freight handling item_purchase inventory_opportunity rejection_risk"
    " tier split lateness unfilled overload node_opening carbon change returns"
).split()


@dataclass(frozen=True)
class Decision:
    """Units of a line by one option; the frozen ones come from the wave, not from here."""

    order: str
    line: str
    quantity: int
    source: str
    # (from, to, date of departure) for each lane.
    hops: tuple[tuple[str, str, date], ...]
    node: str
    service: str | None
    ship: date

    @property
    def release(self) -> date:
        return self.hops[0][2] if self.hops else self.ship

    @property
    def shipment(self):
        return (self.node, self.service, self.ship)

    @property
    def option(self):
        return (self.order, self.line, self.source, self.hops, *self.shipment)


def frozen_decisions(wave: Wave) -> list[Decision]:
    lines = [line for order in wave.orders.values() for line in order.lines]
    return [
        Decision(line.order, line.name, units, node, (), node, service, ship)
        for line in lines
        for (node, service, ship, _), units in line.frozen.items()
    ]


def text(value) -> str:
    """Exactly, as decimals are written; nothing for nothing."""
    if isinstance(value, Fraction):
        scaled = value * 10**9
        assert scaled.denominator == 1
        sign, digits = "-" * (scaled < 0), str(abs(int(scaled))).rjust(10, "0")
        return f"{sign}{digits[:-9]}.{digits[-9:]}"
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


class Ledger:
    """The tables and the costs, in minor units, of decisions."""

    def __init__(self, wave: Wave, model: dict, decisions: list[Decision]):
        self.wave, self.model = wave, model
        self.money = {
            key: wave.money(str(amount))
            for key, amount in model["costs"].items()
            if key.endswith(("_cost", "_price"))
        }
        self.costs = dict.fromkeys(KEYS, 0)
        self.rows = {table: [] for table in COLUMNS}
        self.load = defaultdict(lambda: dict.fromkeys(UNITS, Fraction(0)))
        merged: dict = {}
        for one in frozen_decisions(wave) + decisions:
            merged[one.option] = merged.get(one.option, 0) + one.quantity
        parts = defaultdict(list)
        for (order, line, source, hops, *last), units in merged.items():
            parts[order].append(Decision(order, line, units, source, hops, *last))
        for order in wave.orders.values():
            self._order(order, sorted(parts[order.id], key=lambda p: (p.line, p.release)))
        self._loads()
        self._stock(merged)

    def total(self) -> float:
        weights = self.model.get("weights", {})
        exact = sum(Fraction(str(weights.get(k, 1.0))) * cost for k, cost in self.costs.items())
        return float(exact / self.wave.minor)

    def _money(self, minor: int) -> str:
        sign, digits = "-" * (minor < 0), str(abs(minor)).rjust(self.wave.digits + 1, "0")
        return f"{sign}{digits[: -self.wave.digits]}.{digits[-self.wave.digits :]}"

    def _release(self, node: str, day: date, parts: list[tuple[Line, int]]) -> int:
        """Books the work of a release; what its handling costs."""
        at, load = self.wave.nodes[node], self.load[node, day]
        lines = {line.name for line, _ in parts}
        cost = Fraction(at.shipment_cost + at.line_cost * len(lines))
        load["shipments"] += 1
        load["lines"] += len(lines)
        for line, units in parts:
            minutes, unit_cost, _ = self.wave.node_items.get((node, line.sku), (Fraction(0), 0, 0))
            load["units"] += units
            load["minutes"] += minutes * units
            cost += (at.unit_cost + unit_cost) * units + minutes * units * at.minute_cost
        return half_up(cost)

    def _order(self, order, parts: list[Decision]):
        costs = self.costs
        by_name = {line.name: line for line in order.lines}
        shipments, transfers = defaultdict(list), defaultdict(list)
        for part in parts:
            content = (by_name[part.line], part.quantity)
            shipments[part.ship, part.node, part.service or ""].append(content)
            for at, (source, target, departs) in enumerate(part.hops):
                transfers[departs, source, target].append((*content, at == 0))
        arrival = {}
        for number, (key, contents) in enumerate(sorted(shipments.items()), 1):
            arrival[key] = self._shipment(order, key, contents, f"{order.id}-S{number}")
        for number, (key, moves) in enumerate(sorted(transfers.items()), 1):
            self._transfer(order, key, moves, f"{order.id}-T{number}")
        costs["split"] += self.money["split_cost"] * max(0, len(shipments) - 1)
        for line in order.lines:
            mine = [part for part in parts if part.line == line.name]
            late = 0
            for part in mine:
                delivery, id = arrival[part.ship, part.node, part.service or ""]
                late = max(late, order.late(part.ship, delivery))
                self._assignment(order, line, part, delivery, id)
            costs["lateness"] += half_up(self.money["late_cost"] * late * order.weight)
            open_units = line.quantity - sum(part.quantity for part in mine)
            if open_units:
                share = Fraction(str(self.model["costs"]["unfilled_value_share"]))
                unit = self.money["unfilled_cost"] + share * line.price
                costs["unfilled"] += half_up(open_units * unit * order.weight)
                self.rows["unfilled"].append(
                    (order.id, line.name, line.sku, open_units, "not_worth_it", "")
                )
            moved = [
                p
                for p in mine
                if (p.node, p.service, p.ship) not in {key[:3] for key in line.frozen} or p.hops
            ]
            if line.planned and (open_units or any(not kept(line, p) for p in moved)):
                costs["change"] += self.money["change_cost"]

    def _shipment(self, order, key, contents, id: str):
        wave, (ship, node, service) = self.wave, key
        handling = self._release(node, ship, contents)
        self.costs["handling"] += handling
        kg = sum((wave.items[line.sku].kg * units for line, units in contents), Fraction(0))
        delivery, parcels, billable, zone, km, freight, co2 = ship, 0, 0.0, None, None, 0, 0.0
        if service:
            by = wave.services[service]
            zone, transit, km = wave.leg(order.id, node, service)
            delivery = by.delivery(ship, transit)
            packed = [(line.sku, units) for line, units in contents]
            freight, parcels, billable = wave.freight(by, zone, packed)
            co2 = km * (parcels * by.co2_parcel + float(kg) * by.co2_kg)
            self.costs["parcel_freight"] += freight
            self.costs["carbon"] += half_up(Fraction(co2 * self.money["carbon_price"]))
        self.rows["shipments"].append(
            (
                id,
                order.id,
                node,
                service,
                ship,
                delivery,
                len({line.name for line, _ in contents}),
                sum(units for _, units in contents),
                parcels,
                kg,
                billable,
                zone,
                km,
                self._money(freight),
                self._money(handling),
                co2,
            )
        )
        return delivery, id

    def _transfer(self, order, key, moves, id: str):
        wave, (departs, source, target) = self.wave, key
        lane = wave.lanes[source, target]
        kg = sum((wave.items[line.sku].kg * units for line, units, _ in moves), Fraction(0))
        freight = half_up(lane.shipment_cost + kg * lane.cost_per_kg)
        released = [(line, units) for line, units, first in moves if first]
        handling = self._release(source, departs, released) if released else 0
        co2 = float(kg) * lane.co2_kg
        self.costs["transfer_freight"] += freight
        self.costs["handling"] += handling
        self.costs["carbon"] += half_up(Fraction(co2 * self.money["carbon_price"]))
        self.rows["transfers"].append(
            (
                id,
                order.id,
                source,
                target,
                departs,
                departs + lane.transit * DAY,
                len({line.name for line, *_ in moves}),
                sum(units for _, units, _ in moves),
                kg,
                self._money(freight),
                self._money(handling),
                co2,
            )
        )

    def _assignment(self, order, line: Line, part: Decision, delivery: date, id: str):
        wave, costs = self.wave, self.costs
        at, stock = wave.nodes[part.source], wave.stock.get((part.source, line.sku))
        _, _, purchase = wave.node_items.get((part.source, line.sku), (0, 0, 0))
        costs["item_purchase"] += purchase * part.quantity * (at.kind == "vendor")
        costs["inventory_opportunity"] += (stock.opportunity if stock else 0) * part.quantity
        costs["rejection_risk"] += half_up(at.reject_rate * self.money["reject_cost"])
        tiers = self.model["rules"]["tiers"]
        of_kind = next((k for k, kinds in enumerate(tiers, 1) if at.kind in kinds), len(tiers) + 1)
        had = stock.by(at.window[0]) if stock and at.window else 0
        is_short = bool(at.window) and had < part.quantity and not (stock and at.unlimited)
        if part.hops:
            kind = "transfer"
        elif is_short:
            kind = "backorder"
        elif at.kind == "vendor":
            kind = "drop_ship"
        else:
            kind = "parcel" if part.service else "pickup"
        route = [part.source, *(target for _, target, _ in part.hops)]
        self.rows["assignments"].append(
            (
                order.id,
                line.name,
                line.sku,
                part.quantity,
                kind,
                part.source,
                part.node,
                ">".join(route),
                ">".join(departs.isoformat() for *_, departs in part.hops),
                part.release,
                part.service,
                part.ship,
                delivery,
                order.late(part.ship, delivery),
                id,
                at.tier or of_kind,
            )
        )

    def _loads(self):
        for node, _ in self.load:
            self.costs["node_opening"] += self.wave.nodes[node].open_cost
        limited = [node for node in self.wave.nodes.values() if node.capacities]
        days = set(self.load) | {(node.id, day) for node in limited for day in node.window}
        for node, day in sorted(days):
            for unit in UNITS:
                limit = self.wave.nodes[node].capacity(day, unit)
                used = self.load[node, day][unit] if (node, day) in self.load else Fraction(0)
                if limit is None and used == 0:
                    continue
                capacity, most, price = limit or (None, Fraction(0), 0)
                over = min(most, max(Fraction(0), used - capacity)) if limit else Fraction(0)
                self.costs["overload"] += half_up(over * price)
                self.rows["node_load"].append((node, day, unit, used, capacity, over, None))

    def _stock(self, merged):
        used = defaultdict(int)
        sku_of = {
            (line.order, line.name): line.sku
            for order in self.wave.orders.values()
            for line in order.lines
        }
        for (order, line, source, *_), units in merged.items():
            used[source, sku_of[order, line]] += units
        for (node, sku), units in sorted(used.items()):
            at, stock = self.wave.nodes[node], self.wave.stock.get((node, sku))
            available = stock.by(at.horizon_end) if stock else 0
            available = None if stock and at.unlimited else available
            self.rows["stock_use"].append((node, sku, available, units, None))

    def write(self, folder: Path, certificate: dict):
        folder.mkdir(parents=True, exist_ok=True)
        for table, columns in COLUMNS.items():
            names = columns.split()
            rows = [[text(value) for value in row] for row in self.rows[table]]
            frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
            frame.write_csv(folder / f"{table}.csv")
        cost = {key: amount / self.wave.minor for key, amount in self.costs.items()}
        whole = {
            "wave": self.wave.name,
            "currency": self.wave.currency,
            "objective": self.total(),
            "bound": None,
            "gap": None,
            "proof": "none",
            "scope": "whole",
            "limits": {},
            "status": "heuristic",
            "cost": cost,
            "model": self.model,
            "seed": 0,
            "inputs": {},
            "method_reason": "",
            **certificate,
        }
        (folder / "certificate.json").write_text(json.dumps(whole, indent=2) + "\n")


def kept(line: Line, part: Decision) -> bool:
    """Whether a part is where an earlier plan had it; what that plan leaves out matches."""
    return any(
        node == part.source and service in (None, part.service) and ship in (None, part.ship)
        for node, service, ship in line.planned
    )
