"""Times are shown in the reader's zone, and a cookie can name nothing but a zone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from access.door import Right
from apps.sessions.starting import begin
from config.time_zone import COOKIE, LocalTime
from tests.apps.practice import open_practice

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


def test_programs_read_times_in_utc_whatever_the_clock_on_the_wall(fresh_db: str, seal_now: Callable[[], None]) -> None:
    practice = open_practice()
    begin(practice.own(Right.RUN_SESSION), camera=False, command_id=uuid4())
    seal_now()
    for reader, path, name in (
        (practice.patient, "/api/v1/sessions/", "opened_at"),
        (practice.administrator, "/api/v1/audit/", "at"),
    ):
        client = practice.browser(reader)
        client.cookies[COOKIE] = "America/New_York"
        said = datetime.fromisoformat(client.get(path).json()["results"][0][name])
        assert abs(said - timezone.now()) < timedelta(minutes=1), (path, said)
