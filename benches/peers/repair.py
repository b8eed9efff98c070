"""What an analyst does with a plan that is refused: take out what breaks a rule, and ask again."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from wave import Wave

from plan import Decision

MOST_ROUNDS = 50


def verify(program: Path, wave: Path, plan: Path) -> dict:
    """The verdict of `wavewright verify`; a plan that cannot be read is a mistake of the peers."""
    command = [program, "verify", wave, plan, "--json", "--quiet"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 6):
        raise SystemExit(f"verify failed: {ran.stdout}{ran.stderr}")
    return json.loads(ran.stdout)


def repaired(wave: Wave, decisions: list[Decision], check) -> tuple[int, dict]:
    """(lines taken out, the verdict on what is left). `check` writes a plan and has it verified."""
    removed = 0
    for _ in range(MOST_ROUNDS):
        verdict = check(decisions)
        if verdict["valid"]:
            return removed, verdict
        kept = without(wave, decisions, verdict["violations"])
        if len(kept) == len(decisions):
            raise SystemExit(f"nothing to take out for: {verdict['violations'][:5]}")
        removed += len(decisions) - len(kept)
        decisions = kept
    raise SystemExit("the plan is still refused")


def without(wave: Wave, decisions: list[Decision], violations) -> list[Decision]:
    """Opens one line for each violation, with its kit and, where it is complete, its order."""
    gone: set[Decision] = set()
    for violation in violations:
        what = dict(violation["what"])
        touched = [one for one in decisions if one not in gone and touches(wave, one, what)]
        if touched:
            gone |= bound_to(wave, decisions, touched[-1])
    return [one for one in decisions if one not in gone]


def touches(wave: Wave, one: Decision, what: dict) -> bool:
    """Whether a decision has everything that a violation names."""
    sku = {line.name: line.sku for line in wave.orders[one.order].lines}[one.line]
    stops = {(one.source, one.release.isoformat()), (one.node, one.ship.isoformat())}
    known = {
        "order": {one.order},
        "line": {one.line},
        "sku": {sku},
        "service": {one.service},
        "node": {one.source, one.node},
    }
    if any(what[key] not in values for key, values in known.items() if key in what):
        return False
    if "node" in what and "date" in what and "sku" not in what:
        return (what["node"], what["date"]) in stops
    return bool(known.keys() & what.keys())


def bound_to(wave: Wave, decisions: list[Decision], one: Decision) -> set[Decision]:
    order = wave.orders[one.order]
    kit_of = {line.name: line.together for line in order.lines}
    return {
        other
        for other in decisions
        if other.order == one.order
        and (
            order.complete
            or other == one
            or (kit_of[one.line] and kit_of[other.line] == kit_of[one.line])
        )
    }
