"""One order at a time, as most order management does it: each takes the cheapest way that is left.

Orders come as they were placed. An order goes from the one node that serves all of it at the least
cost; where no node can, the node that serves most of its lines takes these, and the rest is asked
again, until nothing is left or no shipment is allowed any more.
"""

from __future__ import annotations

import itertools
import time

from arcs import Arcs
from plan import Decision
from usage import Usage


def plan(arcs: Arcs) -> tuple[list[Decision], dict]:
    started = time.monotonic()
    wave, usage, chosen = arcs.wave, Usage(arcs.wave), []
    for order in sorted(wave.orders.values(), key=lambda order: (order.placed, order.id)):
        chosen += _serve(arcs, usage, order)
    return chosen, {"stopped_by": "finished", "seconds": {"solve": time.monotonic() - started}}


def _serve(arcs: Arcs, usage: Usage, order) -> list[Decision]:
    options = arcs.options.get(order.id, [])
    left = {line.name: line for line in order.lines if line.free}
    room = arcs.room[order.id]
    taken: list[Decision] = []
    while left and room > 0:
        best = None
        for _, group in itertools.groupby(options, key=lambda option: option.decision.shipment):
            picked = _fill(usage, left, group)
            picked = [one for one in picked if _kit_is_whole(order, left, picked, one)]
            if not picked:
                continue
            # What stays open is worth more than any freight: most lines first, then the cost a line.
            cost = sum(one.alone for one in picked) - picked[0].joined * (len(picked) - 1)
            rank = (-len(picked), cost / len(picked))
            if best is None or rank < best[0]:
                best = (rank, picked)
        if best is None:
            break
        for one in best[1]:
            usage.take(one.decision)
            taken.append(one.decision)
            del left[one.decision.line]
        room -= 1
    if order.complete and left:
        for decision in taken:
            usage.take(decision, -1)
        return []
    return taken


def _fill(usage: Usage, left, group):
    """The options of one shipment that fit together, the cheapest of each line."""
    picked = {}
    booked = []
    for option in sorted(group, key=lambda option: option.alone):
        name = option.decision.line
        if name in left and name not in picked and usage.fits(option.decision):
            usage.take(option.decision)
            booked.append(option.decision)
            picked[name] = option
    for decision in booked:
        usage.take(decision, -1)
    return list(picked.values())


def _kit_is_whole(order, left, picked, one) -> bool:
    kit = left[one.decision.line].together
    names = {other.decision.line for other in picked}
    return not kit or all(line.name in names for line in left.values() if line.together == kit)
