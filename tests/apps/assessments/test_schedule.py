"""A form is due on a day, as its reader's calendar has it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps.assessments.instruments import OFFERED
from apps.assessments.schedule import Due


def due(since: datetime | None) -> Due:
    return Due(instrument=OFFERED[0], since=since)


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland"])
def test_a_form_is_due_all_day_and_not_the_evening_before(zone: str) -> None:
    there = ZoneInfo(zone)
    form = due(datetime(2026, 3, 15, 21, tzinfo=there).astimezone(UTC))
    with timezone.override(there):
        assert not form.is_due(datetime(2026, 3, 14, 23, 59, tzinfo=there).astimezone(UTC))
        for hour in (0, 9, 21, 23):
            now = datetime(2026, 3, 15, hour, tzinfo=there).astimezone(UTC)
            assert form.is_due(now)
            assert not form.is_overdue(now)
        after = datetime(2026, 3, 16, 0, tzinfo=there).astimezone(UTC)
        assert form.is_due(after)
        assert form.is_overdue(after)


def test_the_day_is_the_readers_own() -> None:
    form, now = due(datetime(2026, 3, 15, 2, tzinfo=UTC)), datetime(2026, 3, 14, 15, tzinfo=UTC)
    assert not form.is_due(now)
    with timezone.override("America/New_York"):  # there it is the 14th, 22:00
        assert form.is_due(now)


def test_a_form_that_was_never_answered_is_due_and_no_day_of_it_is_over() -> None:
    form, now = due(None), datetime(2026, 3, 14, 15, tzinfo=UTC)
    assert (form.is_due(now), form.is_overdue(now)) == (True, False)
