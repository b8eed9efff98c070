"""Whole runs of `wavewright plan` on generated waves, a row of a Markdown table each.

Generates the waves of the sizes asked for (or takes those that are there), plans each in a process of
its own, and prints how near the plan came to its bound, when, and with how much memory; at last, how
the seconds grow with the orders.

  run.py --sizes 5000 --regimes scarce peak
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
REGIMES = ["plentiful", "peak", "omnichannel", "scarce"]
# By orders: nodes, items, and the seconds to plan each regime.
SIZES = {
    1_000: (40, 500, {"scarce": 30}, 15),
    5_000: (60, 2_000, {"scarce": 60}, 15),
    50_000: (200, 10_000, {"scarce": 480}, 180),
    500_000: (400, 30_000, {}, 1_500),
    1_000_000: (500, 50_000, {}, 2_700),
}
# The relative gap asked for: scarce stock and the largest waves are given more.
GAP, WIDE_GAP, WIDE_FROM = 0.001, 0.005, 500_000
# A run that ignores its limit is killed so many seconds after it.
EXTRA_SECONDS = 1_800
# What `plan` returns with a plan: within the gap asked for, or not.
WITH_PLAN = (0, 4)


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    runs = []
    print(f"{machine()}; {args.threads} threads; model {args.model}; seed {args.seed}\n")
    print(
        "| orders | nodes | items | regime | gap asked | gap | s to 1 % | s to the gap | wall s | GiB |"
        " method | stopped by |\n|--:|--:|--:|---|--:|--:|--:|--:|--:|--:|---|---|"
    )
    for orders in args.sizes:
        for regime in args.regimes:
            run = planned(args, orders, regime)
            print(row(run), flush=True)
            runs.append(run)
    print()
    for line in growth(runs):
        print(line)
    versions = runs[-1]["certificate"]["versions"]
    print(", ".join(f"{name} {text}" for name, text in sorted(versions.items())))
    (args.out / "runs.json").write_text(json.dumps(runs, indent=1) + "\n")


def planned(args, orders: int, regime: str) -> dict:
    nodes, skus, limits, usual = SIZES[orders]
    wave = args.out / f"{regime}-{orders}-{args.seed}"
    if not wave.exists():
        command = [args.program, "generate", "--orders", orders, "--nodes", nodes, "--skus", skus]
        command += ["--regime", regime, "--seed", args.seed, "--out", wave, "--quiet"]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    gap = WIDE_GAP if regime == "scarce" or orders >= WIDE_FROM else GAP
    seconds = args.seconds or limits.get(regime, usual)
    command = [args.program, "plan", wave, "--model", args.model, "--gap", gap]
    command += ["--time-limit", seconds, "--threads", args.threads, "--seed", args.seed]
    command += ["--method", args.method, "--json", "--quiet"]
    with tempfile.TemporaryDirectory(dir=args.out) as folder:
        ran = measured([*command, "--out", Path(folder) / "plan"], seconds + EXTRA_SECONDS)
    if ran["code"] not in WITH_PLAN:
        raise SystemExit(f"{wave}: wavewright returned {ran['code']}: {ran['stdout']}")
    ran["certificate"] = json.loads(ran.pop("stdout"))["certificate"]
    return {"orders": orders, "nodes": nodes, "skus": skus, "regime": regime, "asked": gap, **ran}


def measured(command, timeout: float) -> dict:
    """Runs a command: its code, what it said, wall seconds, and its largest memory in GiB."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([str(part) for part in command], stdout=said)
        killer = threading.Timer(timeout, process.kill)
        killer.start()
        # Of the ways to wait, only this one tells the memory of one process.
        _, status, used = os.wait4(process.pid, 0)
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        unit = 1 if platform.system() == "Darwin" else 1024
        return {
            "code": process.returncode,
            "stdout": said.read(),
            "memory": used.ru_maxrss * unit / 2**30,
            "wall": time.monotonic() - started,
        }


def reached(certificate: dict, gap: float) -> float | None:
    """Seconds of planning after which plan and bound were so near to each other."""
    for step in certificate["seconds"].get("progress", []):
        cost, bound = step["incumbent"], step["bound"]
        if None not in (cost, bound) and cost - bound <= gap * abs(cost):
            return step["seconds"]
    return None


def row(run: dict) -> str:
    certificate = run["certificate"]

    def after(gap: float) -> str:
        seconds = reached(certificate, gap)
        return "never" if seconds is None else f"{seconds:.1f}"

    cells = [
        f"{run['orders']:,}",
        f"{run['nodes']:,}",
        f"{run['skus']:,}",
        run["regime"],
        f"{100 * run['asked']:g} %",
        f"{100 * certificate['gap']:.3f} %",
        after(0.01),
        after(run["asked"]),
        f"{run['wall']:.1f}",
        f"{run['memory']:.2f}",
        certificate["method"],
        certificate["stopped_by"],
    ]
    return f"| {' | '.join(cells)} |"


def growth(runs: list[dict]) -> list[str]:
    """The exponent of orders by which wall seconds grow, where a regime was run at several sizes."""
    found = []
    for regime in dict.fromkeys(run["regime"] for run in runs):
        of_regime = [run for run in runs if run["regime"] == regime]
        if len({run["orders"] for run in of_regime}) < 2:
            continue
        sizes = [math.log(run["orders"]) for run in of_regime]
        walls = [math.log(run["wall"]) for run in of_regime]
        size, wall = sum(sizes) / len(sizes), sum(walls) / len(walls)
        above = sum((a - size) * (b - wall) for a, b in zip(sizes, walls))
        exponent = above / sum((a - size) ** 2 for a in sizes)
        limited = sum(run["certificate"]["stopped_by"] != "gap" for run in of_regime)
        note = f", {limited} of {len(of_regime)} stopped short of the gap" if limited else ""
        found.append(f"{regime}: wall seconds grow with orders to the power of {exponent:.2f}{note}")
    return found


def machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {processor()}"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "an unknown processor"
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, "an unknown processor")


def program() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "wavewright"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--sizes", type=int, nargs="+", default=[5_000], choices=SIZES, help="orders of the waves")
    add("--regimes", nargs="+", default=REGIMES, choices=REGIMES)
    add("--seed", type=int, default=1)
    add("--model", default="balanced", help="by name or file, as `wavewright plan` takes it")
    add("--method", default="auto", help="as `wavewright plan` takes it")
    add("--seconds", type=float, help="of planning, in place of those of the size and the regime")
    add("--threads", type=int, default=os.cpu_count())
    add("--program", type=Path, default=program())
    add("--out", type=Path, default=ROOT / "out" / "whole")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
