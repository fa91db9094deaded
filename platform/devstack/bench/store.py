"""The event store on a durable PostgreSQL of its own (fsync on), beside a plain table-lock protocol in the same run.

Rounds are interleaved and the median is given, so that a busy disk hits both alike.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from devstack import roles, testbed
from devstack.bench.measurement import Measurement
from devstack.postgres import DURABLE, Cluster

_KEK = "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtMzI="  # a known key, for a throwaway log
ROOT = Path(__file__).resolve().parents[3]
WRITERS, ROUNDS, ROUND_S = 8, 3, 4.0
_BASELINE = "CREATE TABLE bench_log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream uuid, payload bytea)"


class DurableBed(testbed.TestBed):
    """As the tests' cluster, but one that would survive a crash, since that is what a commit costs."""

    def cluster(self) -> Cluster:
        return replace(super().cluster(), options=DURABLE)


def measure(minutes: float | None) -> list[Measurement]:
    seconds = ROUND_S if minutes is None else minutes * 60 / (4 * ROUNDS)
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        bed = DurableBed(ROOT, Path(folder).with_suffix(".pg"), "attune_app")
        with bed.running(_migrate) as cluster, _processes(_serve(cluster)) as processes:
            return _measure(processes, seconds)


def _measure(processes: list["Load"], seconds: float) -> list[Measurement]:
    """Eight write, the ninth seals all the while, as the sealer's process does."""
    writers, sealer = processes[:-1], processes[-1]
    rounds: dict[str, list[list[float]]] = {"append": [], "batch": [], "lock": []}
    lag: list[float] = []
    for _ in range(ROUNDS):
        for kind, took in rounds.items():
            sealer.ask("seal", seconds)
            took.append(_together(writers, kind, seconds))
            sealer.answer()
        sealer.ask("seal", seconds)
        lag += _together(writers[:1], "lag", seconds * 0.9)
        sealer.answer()
    return [*_throughput(rounds, seconds), *_lag(lag)]


def _throughput(rounds: dict[str, list[list[float]]], seconds: float) -> list[Measurement]:
    rates = {kind: [len(one) / seconds for one in took] for kind, took in rounds.items()}
    rates["batch"] = [10 * rate for rate in rates["batch"]]
    p99 = statistics.median(_percentile(one, 0.99) for one in rounds["append"])
    lock, append = statistics.median(rates["lock"]), statistics.median(rates["append"])
    return [
        Measurement("append, 8 processes, sealed", append, "events/s", _spread(rates["append"]), bar=1200),
        Measurement("append p99", p99, "ms", bar=25, higher_is_better=False),
        Measurement("append x10, 8 processes, sealed", statistics.median(rates["batch"]), "events/s"),
        Measurement("table lock, 8 processes, no cipher", lock, "events/s", _spread(rates["lock"])),
        Measurement("append over table lock", append / lock, "times"),
    ]


def _lag(took: list[float]) -> list[Measurement]:
    return [
        Measurement("append to sealed, p50", _percentile(took, 0.5), "ms"),
        Measurement("append to sealed, p99", _percentile(took, 0.99), "ms", bar=250, higher_is_better=False),
    ]


class Load:
    """A process of `store_load`: ask, then wait for the answer."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "devstack.bench.store_load"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True)

    def ask(self, kind: str, seconds: float) -> None:
        assert self.process.stdin  # noqa: S101  (asked for above)
        self.process.stdin.write(f"{kind} {seconds}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout  # noqa: S101  (asked for above)
        return self.process.stdout.readline()

    def end(self) -> None:
        self.process.communicate(timeout=30)


@contextmanager
def _processes(environment: dict[str, str]) -> Iterator[list[Load]]:
    started = [Load(environment) for _ in range(WRITERS + 1)]
    try:
        for one in started:
            one.answer()
        yield started
    finally:
        for one in started:
            one.end()


def _together(writers: list[Load], kind: str, seconds: float) -> list[float]:
    """Milliseconds of each operation of all writers, which start together."""
    for one in writers:
        one.ask(kind, seconds)
    return [took for one in writers for took in json.loads(one.answer())]


def _migrate(owner_url: str, keys_url: str) -> None:
    environment = _environment(owner_url, keys_url) | {"DATABASE_OWNER_URL": owner_url}
    for alias in ("owner", "keys"):
        command = [sys.executable, "manage.py", "migrate", "--database", alias, "--noinput", "-v0", "--skip-checks"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _serve(cluster: Cluster) -> dict[str, str]:
    """Databases from the templates, and the environment of a process that uses them."""
    with testbed.admin(cluster) as admin:
        for name, template in testbed.TEMPLATES.items():
            testbed.copy_database(admin, template, name)
    with testbed.admin(cluster, testbed.DATABASE) as admin:
        admin.execute(_BASELINE)
        admin.execute("GRANT ALL ON bench_log TO attune_app")
    app = cluster.url("attune_app", testbed.PASSWORD, testbed.DATABASE)
    return _environment(app, cluster.url(roles.KEYS_ROLE, testbed.PASSWORD, testbed.KEYS_DATABASE))


def _environment(main_url: str, keys_url: str) -> dict[str, str]:
    own = {"DATABASE_URL": main_url, "KEYS_DATABASE_URL": keys_url, "ATTUNE_KEK": _KEK}
    own |= {"DJANGO_SETTINGS_MODULE": "config.settings.local", "PYTHONPATH": f"platform{os.pathsep}."}
    return os.environ | own


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _spread(rates: list[float]) -> str:
    return f"{min(rates):.0f} to {max(rates):.0f}, median of {len(rates)} rounds"
