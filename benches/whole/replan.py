"""How long `wavewright replan` takes after a change of one order in a hundred, against a whole plan.

Generates a wave (or takes the one that is there), makes a state of it, and replans; then one order in
two hundred is cancelled and as many are placed, and the state is replanned. A plan without any start, of
the wave that the second replan laid out, is the measure.

  replan.py --orders 5000 --nodes 60 --skus 2000
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import time
from pathlib import Path

from run import WITH_PLAN, program

# Every so many orders one is cancelled, and another comes only later.
CANCELLED = 200
# Columns of numbers and of yes or no; the rest are texts.
NUMBERS = {"latitude", "longitude", "pickup_radius_km", "max_shipments", "weight", "quantity"}
FLAGS = {"ship_complete"}


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    wave = args.out / f"{args.regime}-{args.orders}"
    if not wave.exists():
        sizes = ["--orders", args.orders, "--nodes", args.nodes, "--skus", args.skus]
        sizes += ["--regime", args.regime, "--seed", 1, "--format", "csv", "--out", wave]
        ran(args, "generate", *sizes)
    state = args.out / "state"
    state.unlink(missing_ok=True)
    ran(args, "init", wave, "--state", state, "--quiet")
    placed, later, cancelled = events(wave)
    first, second = args.out / "first.jsonl", args.out / "second.jsonl"
    written(first, placed)
    written(second, cancelled + later)
    ran(args, "events", "apply", first, "--state", state, "--quiet")
    print(f"{args.orders} orders, {args.nodes} nodes, {args.regime}; gap asked for {args.gap}\n")
    print("| run | s | gap |\n|---|--:|--:|")
    whole = replanned(args, state, "first replan")
    ran(args, "events", "apply", second, "--state", state, "--quiet")
    again = replanned(args, state, "replan after the change")
    started = time.monotonic()
    fresh = args.out / "fresh"
    ran(args, "plan", args.out / "plan" / "wave", *limits(args), "--out", fresh, "--quiet")
    seconds = time.monotonic() - started
    print(f"| plan without a start | {seconds:.1f} | {100 * gap(fresh):.3f} % |")
    print(f"\nThe second replan took {again / seconds:.2f} of a plan, the first {whole / seconds:.2f}.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--nodes", type=int, default=60)
    parser.add_argument("--skus", type=int, default=2_000)
    parser.add_argument("--regime", default="plentiful")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--time-limit", type=float, default=300)
    parser.add_argument("--out", type=Path, default=Path("out/replan"))
    parser.add_argument("--program", type=Path, default=program())
    return parser.parse_args()


def limits(args):
    return ["--gap", args.gap, "--time-limit", args.time_limit]


def ran(args, *words):
    done = subprocess.run([args.program, *map(str, words)], stdout=subprocess.DEVNULL, check=False)
    if done.returncode not in WITH_PLAN:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}")


def replanned(args, state, name):
    started = time.monotonic()
    plan = args.out / "plan"
    ran(args, "replan", "--state", state, *limits(args), "--out", plan, "--quiet")
    seconds = time.monotonic() - started
    print(f"| {name} | {seconds:.1f} | {100 * gap(plan):.3f} % |", flush=True)
    return seconds


def gap(plan):
    return json.loads((plan / "certificate.json").read_text())["gap"]


def events(wave):
    """The orders of a wave as events: those placed at first, those placed later, and cancellations."""
    lines = {}
    for row in rows(wave / "order_lines.csv"):
        lines.setdefault(row.pop("order_id"), []).append(row)
    now = next(
        line.split('"')[1]
        for line in (wave / "wave.toml").read_text().splitlines()
        if line.startswith("now")
    )
    placed, later, cancelled = [], [], []
    for index, order in enumerate(rows(wave / "orders.csv")):
        name = order["order_id"]
        event = {"id": f"place-{name}", "at": now, "event": "order_placed", **order, "lines": lines[name]}
        (later if index % CANCELLED == 1 else placed).append(event)
        if index % CANCELLED == 0:
            gone = {"id": f"cancel-{name}", "at": now, "event": "order_cancelled", "order_id": name}
            cancelled.append(gone)
    return placed, later, cancelled


def rows(path):
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            yield {name: typed(name, text) for name, text in row.items() if text != ""}


def typed(name, text):
    if name in NUMBERS:
        return json.loads(text)
    return text == "true" if name in FLAGS else text


def written(path, some):
    path.write_text("".join(json.dumps(event) + "\n" for event in some))


if __name__ == "__main__":
    main()
