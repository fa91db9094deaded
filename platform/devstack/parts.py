"""The processes of the stack in the order they start; they stop in the opposite order."""

import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from devstack.layout import Layout
from devstack.process import Part
from devstack.servers import Servers

# Stopped from the last to the first: nothing may write when what it writes to has gone.
SERVERS, SEALER, BACKGROUND, WEB = range(4)
WORKERS = ("frames", "images", "default")
# Painting may take a whole core for seconds; frames that wait for it would break the live loop.
_NICENESS = {"images": 5}
# A painter may be compiling for minutes; its worker knows how long it may take, and serves from the library after that.
_BOUND_THEMSELVES = frozenset({"images"})
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def server_parts(servers: Servers) -> list[Part]:
    parts = []
    if servers.cluster:
        cluster = servers.cluster
        parts.append(
            Part(
                "postgres",
                cluster.command(),
                dict(os.environ),
                rank=SERVERS,
                ready=cluster.answers,
                stop_signal=signal.SIGINT,
                stop_timeout_s=30,
                popen_options=cluster.user.popen_options(),
            )
        )
    if servers.valkey:
        valkey = servers.valkey
        valkey.configure()
        parts.append(Part("valkey", valkey.command(), dict(os.environ), SERVERS, ready=valkey.answers))
    return parts


def app_parts(layout: Layout, environment: Mapping[str, str], *, host: str, port: int) -> list[Part]:
    """Sealer, workers, clock and web; the environment has no owner's URL."""
    manage = [sys.executable, str(layout.root / "manage.py")]
    parts = [_part(layout, environment, "sealer", [*manage, "sealer"], SEALER, stop_timeout_s=15)]
    parts += [_worker(layout, environment, queue) for queue in WORKERS]
    schedule = str(layout.run / "clock-schedule")
    parts.append(
        _part(
            layout,
            environment,
            "clock",
            [*_celery(), "beat", "--loglevel=WARNING", f"--schedule={schedule}"],
            BACKGROUND,
        )
    )
    serve = [sys.executable, "-m", "config.server", "--host", host, "--port", str(port)]
    parts.append(_part(layout, environment, "web", serve, WEB, ready=_answers(f"http://127.0.0.1:{port}/healthz")))
    return parts


def _worker(layout: Layout, environment: Mapping[str, str], queue: str) -> Part:
    mark = layout.run / f"{queue}.ready"
    options = ["--pool=solo", f"--queues={queue}", f"--hostname={queue}@attune", "--loglevel=WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return _part(
        layout,
        {**environment, "ATTUNE_READY_FILE": str(mark)},
        queue,
        [*_celery(), "worker", *options, *quiet],
        BACKGROUND,
        mark=mark,
        stop_timeout_s=20,
    )


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--app=config", "--quiet"]


def _part(
    layout: Layout,
    environment: Mapping[str, str],
    name: str,
    command: list[str],
    rank: int,
    *,
    ready: Callable[[], bool] | None = None,
    mark: Path | None = None,
    stop_timeout_s: float = 10,
) -> Part:
    threads = dict.fromkeys(_THREADS, environment.get("ATTUNE_THREADS") or "1")
    env = {**environment, **threads, "ATTUNE_PROCESS": name, "PYTHONUNBUFFERED": "1"}
    env.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    env["PYTHONPATH"] = os.pathsep.join([str(layout.root / "platform"), str(layout.root)])
    return Part(
        name,
        command,
        env,
        rank,
        ready=mark.exists if mark else ready,
        mark=mark,
        stop_timeout_s=stop_timeout_s,
        niceness=_NICENESS.get(name, 0),
        bounds_itself=name in _BOUND_THEMSELVES,
        cwd=Path(layout.root),
    )


def _answers(url: str) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310  (our own loopback URL)
                return bool(reply.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return answers
