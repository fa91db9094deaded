"""The benchmarks: a measurement's laws, the table, and that the parts which run models give numbers."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack import process
from devstack.bench import __main__ as bench
from devstack.bench import frames, images
from devstack.bench.measurement import Measurement, alone, peak_mib, percentiles, table, timed
from devstack.layout import ROOT

NUMBERS = st.floats(min_value=-1e9, max_value=1e9)
MEASUREMENTS = st.builds(
    Measurement,
    name=st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40),
    value=NUMBERS,
    unit=st.sampled_from(["ms", "frames/s", ""]),
    note=st.sampled_from(["", "one thread"]),
    bar=st.none() | NUMBERS,
    higher_is_better=st.booleans(),
)


@given(MEASUREMENTS)
def test_a_bar_is_met_on_its_good_side_and_on_itself(row: Measurement) -> None:
    if row.bar is None:
        assert row.met is None
        return
    assert replace(row, value=row.bar).met is True
    other = replace(row, higher_is_better=not row.higher_is_better)
    assert row.met != other.met or row.value == row.bar


@given(MEASUREMENTS)
def test_a_measurement_is_kept_whole_and_with_its_verdict(row: Measurement) -> None:
    kept = json.loads(json.dumps(row.as_json()))
    assert kept.pop("met") is row.met
    assert Measurement(**kept) == row


@given(st.lists(MEASUREMENTS))
def test_the_table_has_a_line_a_row_and_says_which_bar_was_missed(rows: list[Measurement]) -> None:
    head, *lines = table("store", rows).split("\n")
    assert head == "store"
    for line, row in zip(lines, rows, strict=True):
        assert line.startswith(f"  {row.name}")
        assert ("MISSED" in line) == (row.met is False)
        assert ("≥" in line or "≤" in line) == (row.bar is not None)
        assert line.index(f"{row.value:,.1f}") + len(f"{row.value:,.1f}") >= 59


@given(st.lists(NUMBERS, min_size=1))
def test_percentiles_are_among_what_was_measured_and_in_order(took: list[float]) -> None:
    middle, late = percentiles("a step", took, p95=4000)
    assert min(took) <= middle.value <= late.value <= max(took)
    assert {middle.value, late.value} <= set(took)
    assert (middle.bar, late.bar, late.higher_is_better) == (None, 4000, False)


def test_percentiles_of_a_hundred() -> None:
    assert [row.value for row in percentiles("a step", [float(one) for one in range(100)])] == [50, 95]


def test_what_is_timed_gives_its_answer() -> None:
    answer, took_ms = timed(divmod, 7, 2)
    assert answer == (3, 1)
    assert 0 <= took_ms < 1000


def test_work_alone_has_a_process_and_one_thread_of_its_own() -> None:
    assert alone(os.getpid) != os.getpid()
    assert alone(os.getenv, "OMP_NUM_THREADS") == "1"
    assert 1 < alone(peak_mib) < peak_mib()


def test_the_benchmarks_are_imported_without_torch() -> None:
    script = "import sys, devstack.bench.frames, devstack.bench.images; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT / "platform", capture_output=True, check=True)
    assert done.stdout.split() == [b"False"]


@pytest.mark.parametrize(("lost", "ends"), [(0, 0), (1, 1)])
def test_a_bar_that_was_missed_is_kept_said_and_ends_the_run_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lost: int, ends: int
) -> None:
    rows = [
        Measurement("errors and lost sockets", lost, "", bar=0, higher_is_better=False),
        Measurement("frames answered", 3, "a second"),
    ]
    monkeypatch.setenv("ATTUNE_VAR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["bench", "--part", "sessions", "--minutes", "30"])
    monkeypatch.setattr(bench, "_measure", lambda *_: rows)
    monkeypatch.setattr(process, "end_by_unwinding", lambda: None)  # it would change the tests' own signals
    assert bench.main() == ends
    assert ("errors and lost sockets" in capsys.readouterr().err) is bool(lost)
    kept = json.loads((tmp_path / "bench" / "results.json").read_text())
    assert [row["met"] for row in kept["sessions"]["measurements"]] == [not lost, None]


@pytest.mark.parametrize("part", [frames, images])
def test_a_very_short_run_gives_numbers(part: ModuleType) -> None:
    rows = part.measure(0.01)
    assert len({row.name for row in rows}) == len(rows) >= 10
    for row in rows:
        assert math.isfinite(row.value), row.name
        assert row.value >= 0, row.name
        assert row.unit
