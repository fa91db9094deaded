"""What collectors for `/metrics` ask of the database; one that is away may not hold up the scrape of the rest."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import Error

T = TypeVar("T")

# A pool waits 5 s for a database that is away, a scraper 10 s for everything: so one collector of a scrape may wait.
LEFT_ALONE_S: Final = 5.0


@dataclass(slots=True)
class Patience:
    """Until when (monotonic, in seconds) this process leaves the database alone."""

    until: float = 0.0


patience = Patience()


def asked(question: Callable[[], T]) -> T | None:
    """The answer; None where the database cannot be reached, and for a while after that without asking it again."""
    if time.monotonic() < patience.until:
        return None
    try:
        return question()
    except Error:
        patience.until = time.monotonic() + LEFT_ALONE_S
        return None
