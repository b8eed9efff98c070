"""A wave folder as the peers see it: numbers exact, dates as `date`, and what parcels cost.

Everything that a peer plans by is here: nodes with their windows, stock by date, services with zones
and prices, orders with their lines. What no peer looks at (returns, the user's own columns) is not
read. The format is docs/formats/wave.md, the meaning of each rule is in the documentation too.
"""

from __future__ import annotations

import bisect
import functools
import math
import tomllib
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from parts import Item, Lane, Line, Node, Order, Service, Stock
from tables import DAY, ceil_div, half_up, haversine, read, weekdays

NODE_COSTS = ("shipment_cost", "line_cost", "unit_cost", "minute_cost", "open_cost")


def cell(row: dict, name: str, default: str = "") -> str:
    """A cell, or its default where it is empty or its column absent."""
    return row.get(name) or default


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def exact(text: str | None) -> Fraction | None:
    return Fraction(text) if text else None


class Wave:
    def __init__(self, folder: Path):
        settings = tomllib.loads((folder / "wave.toml").read_text())
        self.name, self.currency = settings["name"], settings["currency"]
        self.now = datetime.fromisoformat(settings["now"])
        self.horizon = settings["horizon_days"]
        # Currencies without cents are for the waves of others: the generator writes dollars.
        self.digits = 2
        self.minor = 10**self.digits
        self._network(folder)
        self._carriers(folder)
        self._demand(folder)

    def money(self, text: str) -> int:
        value = Fraction(text or "0") * self.minor
        assert value.denominator == 1, f"{text} has too many digits"
        return int(value)

    def _network(self, folder: Path):
        calendars = {
            row["calendar"]: (weekdays(row["weekdays"]), set(row.get("closed", "").split()))
            for row in read(folder, "calendars")
        }
        self.nodes: dict[str, Node] = {}
        for row in read(folder, "nodes"):
            get = functools.partial(cell, row)
            zone, cutoff = ZoneInfo(get("time_zone", "UTC")), get("cutoff", "23:59")
            local = self.now.astimezone(zone)
            last = local.date() + self.horizon * DAY
            open_days, closed = calendars.get(get("calendar"), (weekdays("daily"), set()))
            start = local.date() + (local.strftime("%H:%M") > cutoff) * DAY
            days = [start + i * DAY for i in range((last - start).days + 1)]
            working = [d for d in days if d.weekday() in open_days and d.isoformat() not in closed]
            self.nodes[row["node_id"]] = Node(
                row["node_id"],
                row["kind"],
                (float(row["latitude"]), float(row["longitude"])),
                get("country", "US"),
                get("postal_code"),
                get("ships", "true") == "true",
                get("pickup", "true" if row["kind"] == "store" else "false") == "true",
                get("unlimited_stock") == "true",
                *(self.money(get(name)) for name in NODE_COSTS),
                Fraction(get("reject_rate", "0")),
                int(get("tier")) if get("tier") else None,
                working[int(get("lead_days", "0")) :],
                last,
            )
        for row in read(folder, "node_capacity"):
            limit = (
                Fraction(row["capacity"]),
                Fraction(row.get("overload") or "0"),
                self.money(row.get("overload_cost", "")),
            )
            self.nodes[row["node_id"]].capacities[day(row.get("date")), row["unit"]] = limit
        self.items: dict[str, Item] = {}
        for row in read(folder, "items"):
            sides = [row.get(side) or None for side in ("length", "width", "height")]
            known = [Fraction(side) for side in sides if side]
            volume = math.prod(known) if len(known) == 3 else Fraction(0)
            self.items[row["sku"]] = Item(
                Fraction(row["kg"]),
                volume,
                max(known, default=None),
                row.get("hazmat") == "true",
                row.get("ships_alone") == "true",
            )
        # Minutes, unit cost, purchase cost.
        self.node_items = {
            (row["node_id"], row["sku"]): (
                Fraction(row.get("minutes") or "0"),
                self.money(row.get("unit_cost", "")),
                self.money(row.get("purchase_cost", "")),
            )
            for row in read(folder, "node_items")
        }
        self.stock: dict[tuple[str, str], Stock] = {}
        self.stocked_at: dict[str, list[str]] = {}
        for row in read(folder, "inventory"):
            units = int(row["on_hand"]) - int(row.get("reserved") or 0)
            units -= int(row.get("safety_stock") or 0)
            key = (row["node_id"], row["sku"])
            self.stock[key] = Stock(units, self.money(row.get("opportunity_cost", "")))
        for row in read(folder, "inbound"):
            stock = self.stock.setdefault((row["node_id"], row["sku"]), Stock(0, 0))
            stock.inbound.append((date.fromisoformat(row["date"]), int(row["quantity"])))
        for node, sku in self.stock:
            self.stocked_at.setdefault(sku, []).append(node)
        self.lanes = {
            (row["from_node"], row["to_node"]): Lane(
                row["from_node"],
                row["to_node"],
                int(row["transit_days"]),
                self.money(row.get("shipment_cost", "")),
                self.money(row.get("cost_per_kg", "")),
                weekdays(row.get("operates") or "daily"),
                float(row.get("kg_co2_per_kg") or 0),
            )
            for row in read(folder, "lanes")
        }

    def _carriers(self, folder: Path):
        self.services = {
            row["service"]: Service(
                row["service"],
                row["zone_table"],
                row["rate_card"],
                exact(row.get("dim_divisor")),
                Fraction(row.get("surcharge") or "0"),
                exact(row.get("max_kg")),
                exact(row.get("max_length")),
                row.get("hazmat") == "true",
                weekdays(row.get("operates") or "mon-fri"),
                float(row.get("kg_co2_per_parcel_km") or 0),
                float(row.get("kg_co2_per_kg_km") or 0),
            )
            for row in read(folder, "services")
        }
        for row in read(folder, "node_services"):
            limit = int(row["parcels_per_day"]) if row.get("parcels_per_day") else None
            self.nodes[row["node_id"]].services[row["service"]] = limit
        for node in self.nodes.values():
            node.services = node.services or dict.fromkeys(self.services)
        self.bands: dict[str, list] = {}
        self.prefixes: dict[str, list] = {}
        for row in read(folder, "zones"):
            zone = (row["zone"], int(row["transit_days"]))
            if row.get("max_km"):
                self.bands.setdefault(row["zone_table"], []).append((float(row["max_km"]), zone))
            else:
                ends = (row.get("origin_prefix", ""), row.get("destination_prefix", ""))
                self.prefixes.setdefault(row["zone_table"], []).append((ends, zone))
        for bands in self.bands.values():
            bands.sort()
        self.rates: dict[tuple[str, str], list] = {}
        for row in read(folder, "rates"):
            step = tuple(Fraction(row.get(x) or "0") for x in ("up_to_kg", "price", "extra_per_kg"))
            self.rates.setdefault((row["rate_card"], row["zone"]), []).append(step)
        for steps in self.rates.values():
            steps.sort()
        self._float_rates = {
            key: (
                [float(step[0]) for step in steps],
                [float(step[1]) for step in steps],
                float(steps[-1][2]),
            )
            for key, steps in self.rates.items()
        }

    def _demand(self, folder: Path):
        self.orders: dict[str, Order] = {}
        for row in read(folder, "orders"):
            get = functools.partial(cell, row)
            is_pickup = get("journey", "ship") == "pickup"
            place = None if is_pickup else (float(row["latitude"]), float(row["longitude"]))
            self.orders[row["order_id"]] = Order(
                row["order_id"],
                datetime.fromisoformat(row["placed_at"]),
                row["pickup_node"] if is_pickup else None,
                float(get("pickup_radius_km", "0")),
                place,
                get("country", "US"),
                get("postal_code"),
                day(get("ship_by")),
                day(get("deliver_by")),
                get("deadline"),
                Fraction(get("weight", "1")),
                get("ship_complete") == "true",
                int(get("max_shipments")) if get("max_shipments") else None,
            )
        lines: dict[tuple[str, str], Line] = {}
        for row in read(folder, "order_lines"):
            line = Line(
                row["order_id"],
                row["line"],
                row["sku"],
                int(row["quantity"]),
                self.money(row.get("unit_price", "")),
                row.get("together", ""),
            )
            lines[line.order, line.name] = line
            self.orders[line.order].lines.append(line)
        for row in read(folder, "exclusions"):
            until = day(row.get("until", "")) or date.max
            for line in self.orders[row["order_id"]].lines:
                if not row.get("line") or row["line"] == line.name:
                    known = line.excluded.get(row["node_id"], date.min)
                    line.excluded[row["node_id"]] = max(known, until)
        for row in read(folder, "commitments"):
            line = lines[row["order_id"], row["line"]]
            is_pickup = self.orders[line.order].pickup_node is not None
            service = None if is_pickup else row.get("service") or None
            ship = day(row.get("ship_date", ""))
            if row["level"] in ("shipped", "picked") or row.get("pinned") == "true":
                key = (row["node_id"], service, ship, row["level"] == "shipped")
                line.frozen[key] = line.frozen.get(key, 0) + int(row["quantity"])
            else:
                line.planned.append((row["node_id"], row.get("service") or None, ship))

    @functools.cache
    def leg(self, order: str, node: str, service: str):
        """(zone, transit days, km) of a parcel; nothing where the service is not offered."""
        to, at, by = self.orders[order], self.nodes[node], self.services[service]
        km = haversine(at.place, to.place)
        best = None
        for (origin, destination), zone in self.prefixes.get(by.zone_table, []):
            if at.postal_code.startswith(origin) and to.postal_code.startswith(destination):
                rank = (len(origin) + len(destination), len(origin))
                best = max(best or (rank, zone), (rank, zone))
        if best is None:
            bands = self.bands.get(by.zone_table, [])
            found = bisect.bisect_left(bands, (km,))
            best = (None, bands[found][1]) if found < len(bands) else None
        if best is None or (by.rate_card, best[1][0]) not in self.rates:
            return None
        return (*best[1], km)

    def takes(self, order: Order, node: Node, service: Service, item: Item) -> bool:
        """Whether one unit of an item may leave a node by a service, zones aside."""
        return (
            node.ships
            and service.id in node.services
            and node.country == order.country
            and (service.hazmat or not item.hazmat)
            and (service.max_kg is None or item.kg <= service.max_kg)
            and (service.max_length is None or (item.longest or 0) <= service.max_length)
        )

    def pack(self, service: Service, contents: list[tuple[str, int]]):
        """Parcels as (count, kg, volume), the last two over all of them."""
        groups, kg, volume, rest = [], Fraction(0), Fraction(0), False
        for sku, units in contents:
            item = self.items[sku]
            if item.alone:
                groups.append((units, item.kg * units, item.volume * units))
            else:
                rest, kg, volume = True, kg + item.kg * units, volume + item.volume * units
        if rest:
            count = max(1, ceil_div(kg, service.max_kg)) if service.max_kg else 1
            groups.append((count, kg, volume))
        return groups

    def freight(self, service: Service, zone: str, contents) -> tuple[int, int, float]:
        """(minor units, parcels, billable kg) of a shipment, exactly."""
        rates, parcels, billable = Fraction(0), 0, 0.0
        for count, kg, volume in self.pack(service, contents):
            by_volume = volume / service.divisor if service.divisor else Fraction(0)
            weight = max(kg, by_volume) / count
            steps = self.rates[service.rate_card, zone]
            found = next((step for step in steps if weight <= step[0]), None)
            if found is None:
                last, price, extra = steps[-1]
                found = (last, price + extra * math.ceil(weight - last))
            rates += count * found[1]
            parcels += count
            billable += float(max(kg, by_volume))
        return half_up(rates * (1 + service.surcharge) * self.minor), parcels, billable

    def quick_freight(self, service: Service, zone: str, kg: float) -> float:
        """About what one parcel costs, in minor units: for models, not for books."""
        limits, prices, extra = self._float_rates[service.rate_card, zone]
        at = bisect.bisect_left(limits, kg - 1e-9)
        price = prices[at] if at < len(prices) else prices[-1] + extra * math.ceil(kg - limits[-1])
        return price * (1 + float(service.surcharge)) * self.minor

    def billable(self, service: Service, sku: str) -> float:
        """Billable kg of a unit by itself."""
        item = self.items[sku]
        return float(max(item.kg, item.volume / service.divisor if service.divisor else 0))
