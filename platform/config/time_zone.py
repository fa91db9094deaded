"""Times as the reader's clock shows them: the browser names its zone in a cookie that says nothing else."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

COOKIE: Final = "attune_zone"


class LocalTime:
    """Renders each page in the zone of the cookie; in the installation's own where that is missing or unknown.

    Programs get UTC: the API writes each time with a Z behind it (`DATETIME_FORMAT`), whatever clock is in force.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with timezone.override(_of(request)):
            return self.get_response(request)


def zone(name: str) -> ZoneInfo | None:
    """The zone of that name, or None. A name is looked up in a fixed set, never opened as a file."""
    return ZoneInfo(name) if name in _known() else None


def _of(request: HttpRequest) -> tzinfo | None:
    return UTC if request.path.startswith("/api/") else zone(request.COOKIES.get(COOKIE, ""))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(available_timezones())
