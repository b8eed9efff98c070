"""The arcs of a wave as a mixed-integer program in columns and rows, for any solver."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from arcs import Arcs
from parts import Order
from plan import Decision
from usage import parcels


@dataclass
class Program:
    """A mixed-integer program in columns and rows; costs in minor units."""

    costs: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    # (lower, upper, [(column, coefficient)])
    rows: list[tuple[float, float, list[tuple[int, float]]]] = field(default_factory=list)
    options: list[tuple[int, Decision]] = field(default_factory=list)
    # What the columns besides the options' follow from: one from another, one from none of some,
    # one from what is above an amount.
    implied: list[tuple[int, int]] = field(default_factory=list)
    rests: list[tuple[int, list[tuple[int, float]]]] = field(default_factory=list)
    excesses: list[tuple[int, list[tuple[int, float]], float]] = field(default_factory=list)

    def column(self, cost: float, upper: float = 1.0, integer: bool = True) -> int:
        self.costs.append(cost)
        self.lower.append(0.0)
        self.upper.append(upper)
        self.integer.append(integer)
        return len(self.costs) - 1

    def row(self, lower: float, upper: float, terms) -> None:
        self.rows.append((lower, upper, terms))

    def implies(self, one: int, other: int) -> None:
        """The other is 1 where this one is."""
        self.row(-INF, 0.0, [(one, 1.0), (other, -1.0)])
        self.implied.append((one, other))

    def start(self, decisions: list[Decision]) -> list[float] | None:
        """Values of every column for a plan; nothing where the program does not allow it."""
        chosen = set(decisions)
        values = [float(lower) for lower in self.lower]
        for column, decision in self.options:
            values[column] = float(decision in chosen)
        # An option makes a release, and a release opens a node.
        for one, other in self.implied * 2:
            values[other] = max(values[other], values[one])
        for column, terms in self.rests:
            values[column] = 1.0 - sum(values[at] for at, _ in terms)
        for column, terms, free in self.excesses:
            above = sum(values[at] * factor for at, factor in terms) - free
            values[column] = max(values[column], above)
        for lower, upper, terms in self.rows:
            amount = sum(values[at] * factor for at, factor in terms)
            if not lower - 1e-6 <= amount <= upper + 1e-6:
                return None
        return values

    def chosen(self) -> list[int]:
        """The columns that say everything: those of the options."""
        return [column for column, _ in self.options]

    def decisions(self, values) -> list[Decision]:
        """What values of the columns in `chosen` decide."""
        return [one for value, (_, one) in zip(values, self.options) if value > 0.5]


INF = float("inf")


def program(arcs: Arcs) -> Program:
    """The whole model of a wave."""
    return _Builder(arcs).build()


class _Builder:
    def __init__(self, arcs: Arcs):
        self.arcs, self.wave, self.limits = arcs, arcs.wave, arcs.limits
        self.program = Program()
        self.stock = defaultdict(list)
        self.work = defaultdict(list)
        self.parcels = defaultdict(list)
        self.open = {}

    def build(self) -> Program:
        for order in self.wave.orders.values():
            self._order(order)
        self._stock_rows()
        self._work_rows()
        for (node, service, day), terms in self.parcels.items():
            self.program.row(-INF, self.limits.parcels(node, service, day), terms)
        return self.program

    def _release(self, column: int, node: str, day: date):
        """A release opens its node and is one of its shipments."""
        if self.wave.nodes[node].capacities:
            self.work[node, day, "shipments"].append((column, 1.0))
        cost = self.wave.nodes[node].open_cost * self.arcs.weight("node_opening")
        if cost and not self.limits.frozen_work[node, day, "shipments"]:
            if (node, day) not in self.open:
                self.open[node, day] = self.program.column(cost)
            self.program.implies(column, self.open[node, day])

    def _order(self, order: Order):
        arcs, program = self.arcs.arcs[order.id], self.program
        lines = [line for line in order.lines if line.free]
        frozen = self.limits.shipments[order.id]
        takes, by_arc = defaultdict(list), {}
        moved, released, fresh = {}, {}, []
        for key, arc in arcs.items():
            made = program.column(arc.fixed)
            if key not in frozen:
                fresh.append((made, 1.0))
                self._release(made, key[0], key[2])
            limit = key[1] and self.limits.parcels(*key)
            for option in arc.options:
                one = option.decision
                taken = program.column(option.cost)
                program.options.append((taken, one))
                program.implies(taken, made)
                takes[one.line].append((taken, 1.0))
                by_arc.setdefault((key, one.line), []).append((taken, 1.0))
                self._use(order, taken, one)
                for number, hop in enumerate(one.hops):
                    if hop not in moved:
                        fee = self.wave.lanes[hop[:2]].shipment_cost
                        moved[hop] = program.column(self.arcs.weight("transfer_freight") * fee)
                    program.implies(taken, moved[hop])
                    if number == 0 and hop not in released:
                        fee = self.wave.nodes[hop[0]].shipment_cost
                        released[hop] = program.column(self.arcs.weight("handling") * fee)
                        self._release(released[hop], hop[0], hop[2])
                    if number == 0:
                        program.implies(taken, released[hop])
                line = self.limits.line[one.order, one.line]
                if limit is not None and one.service and self.wave.items[line.sku].alone:
                    count = parcels(self.wave, one.service, line, one.quantity)
                    self.parcels[key].append((taken, float(count)))
            if limit is not None and key[1] and arc.parcels:
                self.parcels[key].append((made, float(arc.parcels)))
        self._bind(order, lines, takes, by_arc, arcs)
        self._count(order, fresh, len(frozen))

    def _use(self, order: Order, taken: int, one: Decision):
        line = self.limits.line[order.id, one.line]
        self.stock[one.source, line.sku].append((one.release, taken, float(one.quantity)))
        stops = [(one.source, one.release)] if one.hops else []
        for node, day in [*stops, (one.node, one.ship)]:
            if not self.wave.nodes[node].capacities:
                continue
            minutes = float(self.wave.node_items.get((node, line.sku), (0,))[0])
            self.work[node, day, "units"].append((taken, float(one.quantity)))
            self.work[node, day, "lines"].append((taken, 1.0))
            self.work[node, day, "minutes"].append((taken, one.quantity * minutes))

    def _bind(self, order: Order, lines, takes, by_arc, arcs):
        """Each line once or open; complete orders and kits as a whole."""
        program, opens, kits = self.program, {}, defaultdict(list)
        for line in lines:
            opens[line.name] = program.column(self.arcs.unfilled(order, line))
            program.row(1.0, 1.0, [*takes[line.name], (opens[line.name], 1.0)])
            program.rests.append((opens[line.name], takes[line.name]))
            if line.together:
                kits[line.together].append(line.name)
        if order.complete:
            for one, two in itertools.pairwise(opens.values()):
                program.row(0.0, 0.0, [(one, 1.0), (two, -1.0)])
        for names in kits.values():
            for (one, two), key in itertools.product(itertools.pairwise(names), arcs):
                minus = [(column, -1.0) for column, _ in by_arc.get((key, two), [])]
                terms = by_arc.get((key, one), []) + minus
                if terms:
                    program.row(0.0, 0.0, terms)

    def _count(self, order: Order, fresh, frozen: int):
        """Shipments beyond the first cost, and are limited."""
        room = self.arcs.room[order.id]
        if room < len(fresh):
            self.program.row(-INF, float(room), fresh)
        cost = self.arcs.weight("split") * self.arcs.price["split_cost"]
        if cost and fresh:
            split = self.program.column(cost, INF, integer=False)
            free = 1.0 - min(frozen, 1)
            self.program.row(-INF, free, [*fresh, (split, -1.0)])
            self.program.excesses.append((split, fresh, free))

    def _stock_rows(self):
        """By each date before stock arrives, and by the last: what leaves is there."""
        for (node, sku), uses in self.stock.items():
            days = sorted({day for day, *_ in uses} | set(self.limits.frozen_stock[node, sku]))
            levels = [self.limits.stock(node, sku, day) for day in days]
            for at, (day, level) in enumerate(zip(days, levels)):
                if level is None or (at + 1 < len(days) and levels[at + 1] <= level):
                    continue
                terms = [(column, units) for when, column, units in uses if when <= day]
                if sum(units for _, units in terms) > level:
                    self.program.row(-INF, float(level), terms)

    def _work_rows(self):
        for (node, day, unit), terms in self.work.items():
            limit = self.wave.nodes[node].capacity(day, unit)
            if limit is None:
                continue
            capacity, overload, price = limit
            free = capacity - self.limits.frozen_work[node, day, unit]
            if overload and free + overload > 0:
                cost = self.arcs.weight("overload") * price
                over = self.program.column(cost, float(overload), integer=False)
                self.program.lower[over] = float(min(overload, max(0, -free)))
                self.program.excesses.append((over, terms, float(free)))
                terms = [*terms, (over, -1.0)]
            else:
                free = max(free, 0)
            self.program.row(-INF, float(free), terms)
