"""The program in OR-Tools CP-SAT, which wants whole numbers: costs in hundredths of a minor unit."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import ortools
from ortools.sat.python import cp_model

from program import INF, Program

NAME, VERSION = "cp-sat", f"OR-Tools {ortools.__version__}"
COST_SCALE = 100
# No continuous column of the program gets as large.
MOST = 10**6


class Incumbents(cp_model.CpSolverSolutionCallback):
    """Keeps every better solution with the time at which it was found."""

    def __init__(self, columns):
        super().__init__()
        self.columns, self.found = columns, []

    def on_solution_callback(self):
        values = np.array([self.value(column) for column in self.columns])
        self.found.append((time.monotonic(), values))


def solve(program: Program, seconds: float, threads: int, start: list[float] | None):
    """(incumbents as (instant, values of the options), bound in minor units, why it stopped)."""
    model = cp_model.CpModel()
    # Overload and splits are counts here; overload of minutes goes by whole minutes.
    columns = [
        model.new_bool_var("")
        if (lower, upper) == (0.0, 1.0) and is_integer
        else model.new_int_var(int(-(-lower // 1)), MOST if upper == INF else int(upper), "")
        for lower, upper, is_integer in zip(program.lower, program.upper, program.integer)
    ]
    for lower, upper, terms in program.rows:
        scale = whole([value for _, value in terms])
        picked = [columns[column] for column, _ in terms]
        row = cp_model.LinearExpr.weighted_sum(picked, [round(v * scale) for _, v in terms])
        if lower == upper:
            model.add(row == round(lower * scale))
        elif upper < INF:
            model.add(row <= int(upper * scale // 1))
        else:
            model.add(row >= int(-(-lower * scale // 1)))
    costs = [round(cost * COST_SCALE) for cost in program.costs]
    model.minimize(cp_model.LinearExpr.weighted_sum(columns, costs))
    for column, value in zip(columns, start or []):
        model.add_hint(column, round(value))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = threads
    watch = Incumbents([columns[column] for column in program.chosen()])
    status = solver.solve(model, watch)
    bound = solver.best_objective_bound / COST_SCALE if watch.found else None
    return watch.found, bound, "finished" if status == cp_model.OPTIMAL else "time_limit"


def whole(values) -> int:
    """A factor that makes decimals whole."""
    scale = 1
    for value in values:
        scale = max(scale, Fraction(str(value)).denominator)
    return scale
