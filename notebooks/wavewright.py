"""Runs the program for the notebooks and reads its tables."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent


def program():
    """The path of the program: WAVEWRIGHT, else the one on the PATH, else the one built here."""
    built = ROOT / "target" / "release" / "wavewright"
    found = os.environ.get("WAVEWRIGHT") or shutil.which("wavewright")
    if found:
        return found
    if built.is_file():
        return str(built)
    raise FileNotFoundError("there is no wavewright: run `make build`, or set WAVEWRIGHT to its path")


def run(*args):
    """Runs a command and returns what it prints as JSON. An open gap is a result, not an error."""
    command = [program(), *map(str, args), "--json", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 4):
        raise RuntimeError(done.stdout + done.stderr)
    return json.loads(done.stdout)


def table(folder, name):
    """A table of a plan, a comparison or a sweep; decimals become numbers that charts understand."""
    frame = pl.read_parquet(Path(folder) / f"{name}.parquet")
    return frame.with_columns(pl.col(pl.Decimal).cast(pl.Float64))
