"""Runs database work off the event loop, in a few threads of its own.

asgiref's default is one thread for the whole process, in which fifty sessions would queue behind each other. Django's
connections belong to threads, so each of these keeps its own and gives a broken one back.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import SyncToAsync
from django.db import close_old_connections

THREADS = 6
_P = ParamSpec("_P")
_R = TypeVar("_R")
_pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="sessions-db")


async def in_thread(work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """The result of ``work``, run in one of our threads with usable database connections."""
    return await SyncToAsync(_with_connections, thread_sensitive=False, executor=_pool)(work, *args, **kwargs)


def _with_connections(work: Callable[..., _R], *args: Any, **kwargs: Any) -> _R:
    close_old_connections()
    try:
        return work(*args, **kwargs)
    finally:
        close_old_connections()
