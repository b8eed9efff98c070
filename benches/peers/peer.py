"""One peer on one wave: reads, models, solves, writes a plan that `wavewright verify` accepts.

A process of its own for each peer: highspy and OR-Tools do not live in one.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from pathlib import Path
from wave import Wave

import greedy
from arcs import Arcs
from plan import Decision, Ledger
from program import program
from repair import repaired, verify

SOLVERS = {"highs": "highs_mip", "cp-sat": "cp_sat", "scip": "scip_mip"}
# Of many incumbents the last ones are costed.
MOST_COSTED = 25


def main():
    args = arguments()
    wave = Wave(args.wave)
    model = json.loads(args.model.read_text())
    started = time.monotonic()
    arcs = Arcs(wave, model, args.sources, args.dates)
    result = {"peer": args.peer, "bound": None, "reached": None, "version": "", "size": ""}
    if args.peer == "greedy":
        decisions, certificate = greedy.plan(arcs)
        found = [(time.monotonic() - started, decisions)]
    else:
        solver = importlib.import_module(SOLVERS[args.peer])
        whole = program(arcs)
        result["version"] = solver.VERSION
        result["size"] = f"{len(whole.costs)} columns, {len(whole.rows)} rows"
        start = whole.start(greedy.plan(arcs)[0]) if args.start else None
        result["started"] = start is not None
        built = time.monotonic() - started
        found, bound, stopped_by = solver.solve(whole, args.seconds, args.threads, start)
        found = [(at - started, whole.decisions(values)) for at, values in found]
        result["bound"] = None if bound is None else bound / wave.minor
        certificate = {"stopped_by": stopped_by, "seconds": {"build": built}}
    certificate["seconds"]["total"] = time.monotonic() - started
    result["stopped_by"], result["seconds"] = certificate["stopped_by"], certificate["seconds"]
    result["incumbents"] = len(found)
    decisions: list[Decision] = []
    costed = []
    for at, plan in found[-MOST_COSTED:]:
        costed.append((Ledger(wave, model, plan).total(), at))
        if costed[-1][0] <= min(cost for cost, _ in costed):
            decisions = plan
    result["reached"] = next((at for cost, at in costed if cost <= args.target), None)
    certificate |= {
        "method": f"peer-{args.peer}",
        "threads": args.threads,
        "versions": {"peer": result["version"]},
    }

    def check(plan: list[Decision]) -> dict:
        Ledger(wave, model, plan).write(args.out, certificate)
        return verify(args.program, args.wave, args.out)

    result["repaired"], verdict = repaired(wave, decisions, check)
    result["objective"], result["plan"] = verdict["objective"], bool(found)
    args.result.write_text(json.dumps(result, indent=2) + "\n")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=["greedy", *SOLVERS])
    parser.add_argument("wave", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="JSON, as in a certificate")
    parser.add_argument("--out", type=Path, required=True, help="folder for the plan")
    parser.add_argument("--result", type=Path, required=True, help="file for the figures")
    parser.add_argument("--program", type=Path, required=True, help="the wavewright to verify with")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--target", type=float, default=float("-inf"), help="a cost to reach")
    parser.add_argument("--sources", type=int, default=0, help="nodes a line may use; 0: all")
    parser.add_argument("--start", action="store_true", help="start from the plan of greedy")
    parser.add_argument("--dates", type=int, default=0, help="dates a node may use; 0: all")
    return parser.parse_args()


if __name__ == "__main__":
    main()
