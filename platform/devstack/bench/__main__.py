"""Runs the parts, prints a table and keeps `var/bench/results.json`. Ends with 1 where a bar was missed.

A part is a module of this package with `measure(minutes: float | None) -> list[Measurement]`; None: its own length.
"""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from devstack import process
from devstack.bench.measurement import Measurement, table
from devstack.layout import Layout

PARTS = ("frames", "images", "store", "sessions", "pacing")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m devstack.bench", description=__doc__)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--minutes", type=float)
    asked = parser.parse_args()
    wanted = (asked.part,) if asked.part else PARTS
    missing = [part for part in wanted if find_spec(f"devstack.bench.{part}") is None]
    if missing:
        print(f"attune: no benchmark of {', '.join(missing)} yet", file=sys.stderr)  # noqa: T201
        return 1
    process.end_by_unwinding()
    results = {part: _measure(part, asked.minutes) for part in wanted}
    _keep(Layout.of_environment(), results)
    missed = [row.name for rows in results.values() for row in rows if row.met is False]
    if missed:
        print(f"attune: missed its bar: {', '.join(missed)}", file=sys.stderr)  # noqa: T201
    return 1 if missed else 0


def _measure(part: str, minutes: float | None) -> list[Measurement]:
    rows: list[Measurement] = import_module(f"devstack.bench.{part}").measure(minutes)
    print(table(part, rows), flush=True)  # noqa: T201
    return rows


def _keep(layout: Layout, results: dict[str, list[Measurement]]) -> None:
    folder = layout.var / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "results.json"
    known: dict[str, Any] = json.loads(file.read_text()) if file.is_file() else {}
    at = {"at": datetime.now(UTC).isoformat(), "cores": os.cpu_count(), "machine": platform.machine()}
    for part, rows in results.items():
        known[part] = {**at, "measurements": [row.as_json() for row in rows]}
    file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
