"""Wavewright and what a user would otherwise write, on one wave, one after the other.

Generates a wave (or takes one), plans it by wavewright, then by each peer with the same seconds and
cores, has every plan verified and costed by `wavewright verify`, and prints one Markdown table.

  run.py --orders 300 --regime scarce --seconds 60
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from repair import verify

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PEERS = ["greedy", "highs", "cp-sat", "scip"]
# Building a model in Python and repairing a plan come on top of the seconds of solving.
EXTRA_SECONDS = 1800


def main():
    args = arguments()
    out = args.out / (args.wave.name if args.wave else f"{args.regime}-{args.orders}-{args.seed}")
    out.mkdir(parents=True, exist_ok=True)
    wave = args.wave or generated(args, out / "wave")
    ours = wavewright(args, wave, out)
    (out / "model.json").write_text(json.dumps(ours["certificate"]["model"]))
    rows = [ours] + [peer(args, name, wave, out, ours) for name in args.peers]
    report = "\n".join([title(args, wave, ours), "", *table(rows, ours), "", *notes(rows)])
    (out / "report.md").write_text(report + "\n")
    print(report)


def generated(args, wave: Path) -> Path:
    command = [
        args.program,
        "generate",
        "--orders",
        args.orders,
        "--nodes",
        args.nodes,
        "--skus",
        args.skus,
        "--regime",
        args.regime,
        "--seed",
        args.seed,
        "--out",
        wave,
        "--quiet",
    ]
    if not wave.exists():
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    return wave


def wavewright(args, wave: Path, out: Path) -> dict:
    plan = out / "wavewright"
    command = [
        args.program,
        "plan",
        wave,
        "--model",
        args.model,
        "--out",
        plan,
        "--time-limit",
        args.seconds,
        "--threads",
        args.threads,
        "--json",
        "--quiet",
    ]
    ran = measured(command, args.seconds + EXTRA_SECONDS)
    if ran["code"] not in (0, 4):
        raise SystemExit(f"wavewright failed: {ran['stdout']}")
    certificate = json.loads(ran["stdout"])["certificate"]
    verdict = verify(args.program, wave, plan)
    if not verdict["valid"]:
        raise SystemExit(f"the plan is refused: {verdict['violations'][:5]}")
    return {
        "peer": "wavewright",
        "objective": verdict["objective"],
        "plan": True,
        "certificate": certificate,
        "bound": certificate["bound"],
        "gap": certificate["gap"],
        "repaired": 0,
        "memory": ran["memory"],
        "wall": ran["wall"],
        "reached": certificate["seconds"]["total"],
        "stopped_by": certificate["stopped_by"],
    }


def target(ours: dict) -> float:
    """The cost with which a plan is as near to our bound as ours, or as near as was asked for."""
    asked, bound = ours["certificate"]["model"]["solve"]["gap"], ours["bound"]
    return max(ours["objective"], bound / (1 - asked) if bound > 0 else bound)


def peer(args, name: str, wave: Path, out: Path, ours: dict) -> dict:
    result = out / f"{name}.json"
    result.unlink(missing_ok=True)
    command = [
        sys.executable,
        HERE / "peer.py",
        name,
        wave,
        "--model",
        out / "model.json",
        "--out",
        out / name,
        "--result",
        result,
        "--program",
        args.program,
        "--seconds",
        args.seconds,
        "--threads",
        args.threads,
        "--target",
        target(ours),
        "--sources",
        args.sources,
        "--dates",
        args.dates,
    ]
    command += ["--start"] * (name in args.start)
    ran = measured(command, args.seconds + EXTRA_SECONDS)
    if not result.exists():
        print(ran["stdout"], file=sys.stderr)
        why = "killed after too long" if ran["code"] < 0 else "failed"
        return {
            "peer": name,
            "plan": False,
            "why": why,
            "memory": ran["memory"],
            "wall": ran["wall"],
        }
    return {**json.loads(result.read_text()), "memory": ran["memory"], "wall": ran["wall"]}


def measured(command, timeout: float) -> dict:
    """Runs a command: its code, what it said, wall seconds, and its largest memory in MiB."""
    started = time.monotonic()
    command = [str(part) for part in command]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said)
        killer = threading.Timer(timeout, process.kill)
        killer.start()
        # Of the ways to wait, only this one tells the memory of one process.
        _, status, used = os.wait4(process.pid, 0)
        killer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return {
            "code": process.returncode,
            "stdout": said.read(),
            "memory": used.ru_maxrss / 1024,
            "wall": time.monotonic() - started,
        }


def title(args, wave: Path, ours: dict) -> str:
    versions = ours["certificate"]["versions"]
    ours_by = ", ".join(f"{name} {text}" for name, text in sorted(versions.items()))
    return (
        f"**{wave if args.wave else ours['certificate']['wave']}**, model {args.model}, "
        f"{args.seconds:g} s, {args.threads} threads on {platform.machine()} with "
        f"{os.cpu_count()} cores; {ours_by}; method {ours['certificate']['method']}"
    )


def table(rows: list[dict], ours: dict) -> list[str]:
    lines = [
        "| by | cost | to our cost | gap to our bound | bound it reports | repaired lines |"
        " our gap reached after | wall s | MiB |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        end = f"{row['wall']:.1f} | {row['memory']:.0f} |"
        if not row["plan"]:
            lines.append(f"| {row['peer']} | {row.get('why', 'no plan in time')} | | | | | | {end}")
            continue
        cost, bound = row["objective"], ours["bound"]
        more = f"{100 * (cost / ours['objective'] - 1):+.2f} %" if ours["objective"] else "-"
        gap = f"{100 * (cost - bound) / abs(cost):.2f} %" if cost else "-"
        own = "-" if row["bound"] is None else f"{row['bound']:.2f}"
        own += "" if row["peer"] == "wavewright" or row["bound"] is None else " *"
        reached = "never" if row["reached"] is None else f"{row['reached']:.1f} s"
        cells = [row["peer"], f"{cost:.2f}", more, gap, own, str(row["repaired"]), reached]
        lines.append(f"| {' | '.join(cells)} | {end}")
    return lines


def notes(rows: list[dict]) -> list[str]:
    ours = rows[0]["certificate"]
    found = [
        "\\* of its own linearised model, which leaves options out: no bound on the wave, and not"
        " to be compared with ours."
    ]
    if ours["scope"] != "whole":
        found.append(f"Our bound is for the {ours['scope']} problem: {ours['limits']}.")
    for row in rows[1:]:
        if row["plan"] and row["objective"] < rows[0]["objective"]:
            found.append(f"**{row['peer']} has the cheaper plan.**")
        if row.get("size"):
            build = row["seconds"].get("build", 0.0)
            start = "started from greedy, " if row["started"] else ""
            found.append(
                f"{row['peer']}: {row['version']}, {row['size']}, built in {build:.1f} s, {start}"
                f"{row['incumbents']} plans found, stopped by {row['stopped_by']}."
            )
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    add = parser.add_argument
    add("--orders", type=int, default=300)
    add("--nodes", type=int, default=20)
    add("--skus", type=int, default=150)
    add("--regime", default="scarce", choices=["plentiful", "scarce", "peak", "omnichannel"])
    add("--seed", type=int, default=1)
    add("--wave", type=Path, help="a wave that is there, in place of a generated one")
    add("--model", default="balanced", help="by name or file, as `wavewright plan` takes it")
    add("--seconds", type=float, default=60.0, help="of planning, for everyone")
    add("--threads", type=int, default=os.cpu_count())
    add("--peers", nargs="*", default=PEERS, choices=PEERS)
    add(
        "--start",
        nargs="*",
        default=["highs", "scip"],
        choices=PEERS[1:],
        help="peers that start from the plan of greedy",
    )
    add("--sources", type=int, default=0, help="peers: cheapest nodes that a line may use; 0: all")
    add("--dates", type=int, default=0, help="peers: first dates of a node; 0: all of its window")
    add("--program", type=Path, default=target / "release" / "wavewright")
    add("--out", type=Path, default=ROOT / "out" / "peers")
    return parser.parse_args()


if __name__ == "__main__":
    main()
