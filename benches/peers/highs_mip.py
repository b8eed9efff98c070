"""The program in HiGHS, through highspy."""

from __future__ import annotations

import time

import highspy
import numpy as np

from program import Program

NAME, VERSION = "highs", f"highspy {highspy.Highs().version()}"


def solve(program: Program, seconds: float, threads: int, start: list[float] | None):
    """(incumbents as (instant, values of the options), bound in minor units, why it stopped)."""
    found, chosen = [], program.chosen()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", threads)
    highs.setOptionValue("time_limit", seconds)
    highs.setOptionValue("mip_rel_gap", 0.0)
    inf = highspy.kHighsInf
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.costs), len(program.rows)
    lp.col_cost_ = np.array(program.costs)
    lp.col_lower_ = np.array(program.lower)
    lp.col_upper_ = np.minimum(np.array(program.upper), inf)
    lp.row_lower_ = np.array([max(lower, -inf) for lower, _, _ in program.rows])
    lp.row_upper_ = np.array([min(upper, inf) for _, upper, _ in program.rows])
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[is_integer] for is_integer in program.integer]
    terms = [dict_of(row) for _, _, row in program.rows]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(row) for row in terms])
    lp.a_matrix_.index_ = np.array([column for row in terms for column in row])
    lp.a_matrix_.value_ = np.array([value for row in terms for value in row.values()])
    highs.passModel(lp)
    if start:
        solution = highspy.HighsSolution()
        solution.col_value = start
        highs.setSolution(solution)

    def improved(event):
        found.append((time.monotonic(), np.array(event.data_out.mip_solution)[chosen]))

    highs.cbMipImprovingSolution.subscribe(improved)
    highs.run()
    info = highs.getInfo()
    status = highs.getModelStatus()
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found.append((time.monotonic(), np.array(highs.getSolution().col_value)[chosen]))
    optimal = status == highspy.HighsModelStatus.kOptimal
    bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else None
    return found, bound, "finished" if optimal else "time_limit"


def dict_of(terms) -> dict[int, float]:
    """The terms of a row, a column once."""
    row: dict[int, float] = {}
    for column, value in terms:
        row[column] = row.get(column, 0.0) + value
    return row
