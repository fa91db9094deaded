"""Times are shown in the reader's zone, and a cookie can name nothing but a zone."""

from datetime import UTC, datetime

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config.time_zone import COOKIE, LocalTime

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def hour_shown(cookie: str | None) -> int:
    request = HttpRequest()
    if cookie is not None:
        request.COOKIES[COOKIE] = cookie
    answer = LocalTime(lambda _: HttpResponse(str(timezone.localtime(NOON).hour)))(request)
    assert isinstance(answer, HttpResponse)
    return int(answer.content)


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Zurich", 14), ("America/New_York", 8), ("Asia/Tokyo", 21)])
def test_a_page_shows_the_readers_hour(zone: str, hour: int) -> None:
    assert hour_shown(zone) == hour


@pytest.mark.parametrize("wrong", [None, "", "Nowhere/Here", "../../etc/passwd", "/etc/localtime", "Europe/Zurich\0"])
def test_what_is_no_zone_changes_nothing(wrong: str | None) -> None:
    assert hour_shown(wrong) == 12


def test_one_request_leaves_nothing_to_the_next() -> None:
    hour_shown("Asia/Tokyo")
    assert timezone.get_current_timezone_name() == "UTC"
