"""Joules are read from whole packages only, and where nothing tells there are none."""

from pathlib import Path

from devstack.bench.energy import joules

NOBODY = "libattune-no-such-nvml.so"


def package(folder: Path, name: str, microjoules: int) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "energy_uj").write_text(f"{microjoules}\n")


def test_packages_are_added_and_their_parts_are_not_counted_twice(tmp_path: Path) -> None:
    package(tmp_path, "intel-rapl:0", 2_500_000)
    package(tmp_path, "intel-rapl:0:0", 900_000)
    package(tmp_path, "intel-rapl:1", 500_000)
    assert joules(tmp_path, NOBODY) == 3.0


def test_where_nothing_tells_there_are_none(tmp_path: Path) -> None:
    assert joules(tmp_path, NOBODY) is None
    (tmp_path / "intel-rapl:0").mkdir()
    assert joules(tmp_path, NOBODY) is None
