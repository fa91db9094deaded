"""The Celery application. The database is the queue of record; Celery only wakes workers up."""

import os
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready

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
