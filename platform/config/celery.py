"""The Celery application. The database is the queue of record; Celery only wakes workers up."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import beat_init, worker_init, worker_ready

app = Celery("attune")
app.config_from_object("django.conf:settings", namespace="CELERY")
# `celery.current_app` is a matter of threads: without this, all but the importing thread would get an unconfigured one.
app.set_default()


@worker_ready.connect
def leave_mark(**_: object) -> None:
    """Tell the supervisor, which waits for this file, that the worker takes tasks."""
    mark = os.environ.get("ATTUNE_READY_FILE")
    if mark:
        Path(mark).touch()


@worker_init.connect
@beat_init.connect
def look_at_role(**_: object) -> None:
    """Celery swallows what a handler raises, so this one ends the process itself; the supervisor tries again."""
    from config.device import hold_own
    from config.startup import refuse_unsafe_start

    try:
        refuse_unsafe_start()
        hold_own()
    except Exception as refused:
        raise SystemExit(f"{type(refused).__name__}: {refused}") from refused
    finally:
        leave_no_connection()


def leave_no_connection() -> None:
    """Celery's worker, once started, closes the sockets of connections that it finds open, behind the pool's back."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.settings_dict["OPTIONS"].get("pool"):
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
