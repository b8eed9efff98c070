"""The program in SCIP, through PySCIPOpt. SCIP searches with one thread, whatever it is given."""

from __future__ import annotations

import time

import numpy as np
from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model, quicksum

from program import INF, Program

NAME, VERSION = "scip", f"SCIP {Model().version():.1f}"


class Incumbents(Eventhdlr):
    """Keeps every better solution with the time at which it was found."""

    def __init__(self, columns):
        self.columns, self.found = columns, []

    def eventinit(self):
        self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexit(self):
        self.model.dropEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexec(self, event):
        best = self.model.getBestSol()
        values = np.array([self.model.getSolVal(best, column) for column in self.columns])
        self.found.append((time.monotonic(), values))


def solve(program: Program, seconds: float, threads: int, start: list[float] | None):
    """(incumbents as (instant, values of the options), bound in minor units, why it stopped)."""
    model = Model()
    model.hideOutput()
    columns = [
        model.addVar(
            lb=lower,
            ub=None if upper == INF else upper,
            obj=cost,
            vtype="C" if not is_integer else "B" if upper == 1.0 else "I",
        )
        for cost, lower, upper, is_integer in zip(
            program.costs, program.lower, program.upper, program.integer
        )
    ]
    for lower, upper, terms in program.rows:
        row = quicksum(value * columns[column] for column, value in terms)
        if lower == upper:
            model.addCons(row == lower)
        elif upper < INF:
            model.addCons(row <= upper)
        else:
            model.addCons(row >= lower)
    model.setParam("limits/time", seconds)
    model.setParam("limits/gap", 0.0)
    watch = Incumbents([columns[column] for column in program.chosen()])
    model.includeEventhdlr(watch, "incumbents", "keeps every better solution")
    if start:
        first = model.createSol()
        for column, value in zip(columns, start):
            model.setSolVal(first, column, value)
        model.addSol(first)
    model.optimize()
    if model.getNSols() > 0:
        # The last one, and a start that nothing improved on.
        best = model.getBestSol()
        values = np.array([model.getSolVal(best, column) for column in watch.columns])
        watch.found.append((time.monotonic(), values))
    bound = model.getDualbound()
    bound = bound if abs(bound) < 1e19 else None
    return watch.found, bound, "finished" if model.getStatus() == "optimal" else "time_limit"
