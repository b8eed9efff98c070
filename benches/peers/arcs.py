"""The textbook model of a wave, solver-neutral: lines over arcs, with linearised freight.

An *arc* is an order's shipment: a node, a date and the service that looks cheapest for it, with the
late days that it brings. A line takes one option (an arc, from the node's own stock or, for pickups,
over lanes from another node) or stays open. What a real rate card makes concave and stepped becomes
a fixed amount for the shipment and an amount per kg: the line through the price of the lightest
line and the price of all lines of the order. Shipments of one line have their exact price.

What it leaves out: transfers of parcels (merging at hubs), more than one service per node and date,
and the rounding of amounts. Its optimum is therefore no bound on the wave.
"""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from wave import Wave

from parts import Line, Order
from plan import KEYS, Decision, kept
from tables import DAY, haversine
from usage import Limits


@dataclass
class Option:
    decision: Decision
    # Minor units: what the line adds to its arc, what the arc costs whoever uses it.
    cost: float
    joined: float = 0.0

    @property
    def alone(self) -> float:
        return self.cost + self.joined


@dataclass
class Arc:
    fixed: float
    parcels: int
    options: list[Option] = field(default_factory=list)


class Arcs:
    def __init__(self, wave: Wave, model: dict, sources: int = 0, dates: int = 0):
        """`sources`: the cheapest nodes that a line may use, `dates`: the first ones of a node; 0: all."""
        self.wave, self.model, self.most = wave, model, (sources, dates)
        self.limits = Limits(wave)
        rules, costs = model["rules"], model["costs"]
        if rules["escalate"] != "none" or rules["split_lines"]:
            raise SystemExit("the peers know neither escalation nor divided lines")
        self.weights = {key: float(model.get("weights", {}).get(key, 1.0)) for key in KEYS}
        self.price = {
            key: float(amount) * (1 if key.endswith("share") else wave.minor)
            for key, amount in costs.items()
        }
        self.risk = {node.id: float(node.reject_rate) for node in wave.nodes.values()}
        self.routes = self._routes(rules["max_lanes"])
        self.arcs: dict[str, dict] = {}
        self.options: dict[str, list[Option]] = {}
        self.room: dict[str, int] = {}
        for order in wave.orders.values():
            arcs = self._order(order)
            self.arcs[order.id] = arcs
            self.options[order.id] = [
                one for key in sorted(arcs, key=str) for one in arcs[key].options
            ]
            self.room[order.id] = self._room(order)

    def weight(self, key: str) -> float:
        return self.weights[key]

    def _room(self, order: Order) -> int:
        """Shipments that may be added to the frozen ones."""
        limit = order.max_shipments or self.model["rules"].get("max_shipments") or 10**6
        worth = sum(line.quantity * line.price for line in order.lines)
        if worth < float(self.model["rules"]["no_split_below"]) * self.wave.minor:
            limit = 1
        return max(0, limit - len(self.limits.shipments[order.id]))

    def _routes(self, most: int):
        """Routes of one or two lanes by their last node."""
        routes = defaultdict(list)
        for (source, target), lane in self.wave.lanes.items():
            if most >= 1:
                routes[target].append((lane,))
            for (_, end), last in self.wave.lanes.items():
                if most >= 2 and last.source == target and end != source:
                    routes[end].append((lane, last))
        return routes

    def unfilled(self, order: Order, line: Line) -> float:
        unit = self.price["unfilled_cost"] + self.price["unfilled_value_share"] * line.price
        cost = self.weight("unfilled") * line.free * unit * float(order.weight)
        return cost + (self.weight("change") * self.price["change_cost"] if line.planned else 0)

    def _order(self, order: Order):
        found = self._pickups(order) if order.pickup_node else self._parcels(order)
        frozen = self.limits.shipments[order.id]
        # What has left takes nothing more.
        arcs = {key: arc for key, arc in found.items() if not frozen.get(key) and arc.options}
        if self.most[0]:
            self._nearest(arcs)
        return {key: arc for key, arc in arcs.items() if arc.options}

    def _nearest(self, arcs):
        """Keeps the options of the cheapest sources of each line."""
        best = defaultdict(dict)
        for arc in arcs.values():
            for one in arc.options:
                known = best[one.decision.line]
                source = one.decision.source
                known[source] = min(known.get(source, one.alone), one.alone)
        kept_of = {
            line: set(sorted(known, key=lambda s: (known[s], s))[: self.most[0]])
            for line, known in best.items()
        }
        for arc in arcs.values():
            arc.options = [
                one for one in arc.options if one.decision.source in kept_of[one.decision.line]
            ]

    def _days(self, node: str) -> list[date]:
        window = self.wave.nodes[node].window
        return window[: self.most[1]] if self.most[1] else window

    def _has(self, line: Line, node: str, day: date) -> bool:
        if day < line.excluded.get(node, date.min):
            return False
        left = self.limits.stock(node, line.sku, day)
        return left is None or left >= line.free

    def _line_cost(self, order: Order, line: Line, one: Decision, late: int) -> float:
        """What a line pays whatever travels with it."""
        wave, units = self.wave, line.free
        source, stock = wave.nodes[one.source], wave.stock.get((one.source, line.sku))
        cost = self.weight("lateness") * self.price["late_cost"] * late * float(order.weight)
        risk = self.risk[one.source] * self.price["reject_cost"]
        cost += self.weight("rejection_risk") * risk
        if stock:
            cost += self.weight("inventory_opportunity") * stock.opportunity * units
        if source.kind == "vendor":
            purchase = wave.node_items.get((one.source, line.sku), (0, 0, 0))[2]
            cost += self.weight("item_purchase") * purchase * units
        for node in {one.source, one.node}:
            fee = wave.nodes[node].line_cost + units * self._unit_cost(node, line.sku)
            cost += self.weight("handling") * fee
        if line.planned and not kept(line, one):
            cost += self.weight("change") * self.price["change_cost"]
        return cost

    @functools.cache
    def _unit_cost(self, node: str, sku: str) -> float:
        at = self.wave.nodes[node]
        minutes, unit_cost, _ = self.wave.node_items.get((node, sku), (0, 0, 0))
        return at.unit_cost + unit_cost + float(minutes) * at.minute_cost

    def _is_late(self, order: Order, late: int) -> bool:
        deadline = order.deadline or self.model["rules"]["deadline"]
        return deadline == "hard" and late > 0

    def _parcels(self, order: Order):
        wave, arcs = self.wave, {}
        free = [line for line in order.lines if line.free]
        nodes = {node for line in free for node in wave.stocked_at.get(line.sku, [])}
        for node in sorted(nodes):
            at = wave.nodes[node]
            if at.kind == "hub" or not at.ships:
                continue
            offers = self._offers(order, at, free)
            for day in self._days(node):
                best = None
                has = {line.name for line in free if self._has(line, node, day)}
                for service, lines, (_, transit, _), freight in offers:
                    here = [line for line in lines if line.name in has]
                    delivery = service.delivery(day, transit)
                    late = order.late(day, delivery)
                    if not here or self._is_late(order, late):
                        continue
                    fixed, each, count = freight(tuple(line.name for line in here))
                    arc = Arc(fixed * self.weight("parcel_freight"), count)
                    for line in here:
                        one = Decision(
                            order.id, line.name, line.free, node, (), node, service.id, day
                        )
                        cost = self._line_cost(order, line, one, late)
                        cost += self.weight("parcel_freight") * each[line.name]
                        arc.options.append(Option(one, cost))
                    rank = (-len(here), arc.fixed + sum(one.cost for one in arc.options))
                    if best is None or rank < best[0]:
                        best = (rank, service.id, arc)
                if best:
                    arcs[node, best[1], day] = self._with_shipment(
                        order, best[2], node, best[1], day
                    )
        return arcs

    def _with_shipment(self, order: Order, arc: Arc, node: str, service, day: date) -> Arc:
        if (node, service, day) not in self.limits.shipments[order.id]:
            arc.fixed += self.weight("handling") * self.wave.nodes[node].shipment_cost
        else:
            arc.parcels = 0
        for one in arc.options:
            one.joined = arc.fixed
        return arc

    def _offers(self, order: Order, at, lines):
        """(service, lines that it takes, leg, freight by the names of lines) for each service of a node."""
        wave, found = self.wave, []
        max_km = self.model["rules"]["max_distance_km"]
        for name in at.services:
            service, leg = wave.services[name], wave.leg(order.id, at.id, name)
            if leg is None or (max_km and leg[2] > max_km):
                continue
            takes = [line for line in lines if wave.takes(order, at, service, wave.items[line.sku])]
            takes = [line for line in takes if at.id in wave.stocked_at.get(line.sku, [])]
            if takes:
                found.append((service, takes, leg, self._linear(service, leg[0], takes)))
        return found

    def _linear(self, service, zone: str, lines):
        """Freight as a fixed amount, an amount for each line, and parcels, for any of the lines."""
        wave, known = self.wave, {}
        by_name = {line.name: line for line in lines}

        def fit(names):
            if names in known:
                return known[names]
            each, weights, kg = {}, {}, 0.0
            for name in names:
                line = by_name[name]
                item, unit = wave.items[line.sku], wave.billable(service, line.sku)
                if item.alone:
                    each[name] = line.free * wave.quick_freight(service, zone, unit)
                else:
                    weights[name] = line.free * unit
                    kg += float(item.kg) * line.free
            most = float(service.max_kg) if service.max_kg else float("inf")
            count = max(1, -int(-kg // most)) if weights else 0
            fixed = 0.0

            def price(weight: float) -> float:
                return count * wave.quick_freight(service, zone, weight / count)

            if len(weights) == 1:
                each.update({name: price(weight) for name, weight in weights.items()})
            elif weights:
                least, total = min(weights.values()), sum(weights.values())
                slope = (price(total) - price(least)) / (total - least)
                fixed = max(0.0, price(least) - slope * least)
                each.update({name: slope * weight for name, weight in weights.items()})
            known[names] = (fixed, each, count)
            return known[names]

        return fit

    def _pickups(self, order: Order):
        wave, arcs = self.wave, {}
        wished = wave.nodes[order.pickup_node]
        near = [
            node
            for node in wave.nodes.values()
            if node.pickup
            and (node is wished or haversine(node.place, wished.place) <= order.radius)
        ]
        for at, line in itertools.product(near, [line for line in order.lines if line.free]):
            ways = [(at.id, (), day, day) for day in self._days(at.id)]
            for lanes in self.routes[at.id]:
                ways += self._over(lanes, at)
            for source, hops, release, ship in ways:
                late = order.late(ship, ship)
                stocked = source in wave.stocked_at.get(line.sku, [])
                if (
                    not stocked
                    or not self._has(line, source, release)
                    or self._is_late(order, late)
                ):
                    continue
                one = Decision(order.id, line.name, line.free, source, hops, at.id, None, ship)
                cost = self._line_cost(order, line, one, late)
                kg = float(wave.items[line.sku].kg) * line.free
                for start, end, _ in hops:
                    cost += (
                        self.weight("transfer_freight") * kg * wave.lanes[start, end].cost_per_kg
                    )
                arc = arcs.setdefault((at.id, None, ship), Arc(0.0, 0))
                arc.options.append(Option(one, cost))
        for (node, _, day), arc in arcs.items():
            self._with_shipment(order, arc, node, None, day)
        return arcs

    def _over(self, lanes, at):
        """(source, hops, release, handover) for each day on which the source may release."""
        source = lanes[0].source
        if self.wave.nodes[source].kind == "hub":
            return
        for release in self._days(source):
            day, hops = release, []
            for number, lane in enumerate(lanes):
                while number and day.weekday() not in lane.operates:
                    day += DAY
                if day.weekday() not in lane.operates:
                    break
                hops.append((lane.source, lane.target, day))
                day += lane.transit * DAY
            ship = next((open_day for open_day in at.window if open_day >= day), None)
            if len(hops) == len(lanes) and ship:
                yield source, tuple(hops), release, ship
