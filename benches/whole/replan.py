"""How long `wavewright replan` takes after changes of one order in a hundred, against a whole plan.

Generates a wave (or takes the one that is there), makes a state of it, replans and releases. Then, ten
minutes later each time, one order in two hundred is cancelled and as many are placed, and the state is
replanned and released, as a job does. A plan without any start, of the wave that the last replan laid
out, is the measure, and so is the first replan, which plans everything.

  replan.py --orders 5000 --nodes 60 --skus 2000
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import time
from datetime import datetime, timedelta
from pathlib import Path

from run import WITH_PLAN, program

# Of so many orders one is cancelled in each round, and another comes only then.
PART = 200
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
    for file in args.out.glob("state*"):
        file.unlink()
    ran(args, "init", wave, "--state", state, "--quiet")
    print(f"{args.orders} orders, {args.nodes} nodes, {args.regime}; gap asked for {args.gap}\n")
    print("| run | s | gap | changed lines |\n|---|--:|--:|--:|")
    seconds = []
    for number, some in enumerate(events(wave, args.rounds)):
        path = args.out / f"events-{number}.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in some))
        ran(args, "events", "apply", path, "--state", state, "--quiet")
        name = "first replan" if number == 0 else f"after change {number}"
        seconds.append(replanned(args, state, name))
    started = time.monotonic()
    fresh = args.out / "fresh"
    ran(args, "plan", args.out / "plan" / "wave", *limits(args), "--out", fresh, "--quiet")
    whole = time.monotonic() - started
    print(f"| plan without a start | {whole:.1f} | {100 * gap(fresh):.3f} % | |")
    first, *later = seconds
    mean = sum(later) / len(later)
    print(f"\nReplans took {mean / whole:.2f} of that plan, and {mean / first:.2f} of the first replan.")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--nodes", type=int, default=60)
    parser.add_argument("--skus", type=int, default=2_000)
    parser.add_argument("--regime", default="plentiful")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--time-limit", type=float, default=300)
    parser.add_argument("--out", type=Path, default=Path("out/replan"))
    parser.add_argument("--program", type=Path, default=program())
    return parser.parse_args()


def limits(args):
    return ["--gap", args.gap, "--time-limit", args.time_limit]


def ran(args, *words):
    done = subprocess.run([args.program, *map(str, words)], stdout=subprocess.PIPE, check=False)
    if done.returncode not in WITH_PLAN:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}")
    return done.stdout


def replanned(args, state, name):
    started = time.monotonic()
    words = ["replan", "--state", state, *limits(args), "--out", args.out / "plan", "--quiet", "--json"]
    told = json.loads(ran(args, *words))
    seconds = time.monotonic() - started
    reached = 100 * told["certificate"]["gap"]
    print(f"| {name} | {seconds:.1f} | {reached:.3f} % | {told['changed_lines']} |", flush=True)
    ran(args, "release", "--state", state, "--run", told["run"], "--quiet")
    return seconds


def gap(plan):
    return json.loads((plan / "certificate.json").read_text())["gap"]


def events(wave, rounds):
    """The orders of a wave as events: those placed at first; then, in each round, some that are placed
    and some that are cancelled."""
    lines = {}
    for row in rows(wave / "order_lines.csv"):
        lines.setdefault(row.pop("order_id"), []).append(row)
    now = next(
        line.split('"')[1]
        for line in (wave / "wave.toml").read_text().splitlines()
        if line.startswith("now")
    )
    instants = [datetime.fromisoformat(now) + timedelta(minutes=10 * n) for n in range(rounds + 1)]
    batches = [[] for _ in instants]
    for index, order in enumerate(rows(wave / "orders.csv")):
        name = order["order_id"]
        turn = index % PART
        number = turn if 1 <= turn <= rounds else 0
        at = instants[number].isoformat()
        placed = {"id": f"place-{name}", "at": at, "event": "order_placed", **order, "lines": lines[name]}
        batches[number].append(placed)
        number = turn - PART // 2
        if 1 <= number <= rounds:
            at = instants[number].isoformat()
            gone = {"id": f"cancel-{name}", "at": at, "event": "order_cancelled", "order_id": name}
            batches[number].append(gone)
    return batches


def rows(path):
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            yield {name: typed(name, text) for name, text in row.items() if text != ""}


def typed(name, text):
    if name in NUMBERS:
        return json.loads(text)
    return text == "true" if name in FLAGS else text


if __name__ == "__main__":
    main()
