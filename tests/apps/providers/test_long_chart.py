"""A chart of years is drawn from the sessions' means: seconds are gone through for the one session that is drawn."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.providers import charting
from apps.sessions import selectors, track
from apps.sessions.events import OBSERVATIONS, EmotionsObserved
from apps.sessions.observing import pack_probabilities
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import Practice

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_a_chart_goes_through_the_seconds_of_the_latest_session_alone(
    practice: Practice, seal_now, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = pack_probabilities([0.0] * 6 + [1.0])
    for day in range(5):
        seen = [
            EmotionsObserved(
                started_at=AT + timedelta(days=day, seconds=second), offsets_ms=(0,), probabilities=calm, weights="w"
            )
            for second in range(0, 120, 5)
        ]
        who = practice.patient
        store.append(
            StreamName(OBSERVATIONS, uuid4()), seen, expected=0, actor=who.actor, command_id=uuid4(), subject=who.id
        )
    seal_now()
    gone_through: list[int] = []

    def points(kept, bucket_s):
        gone_through.extend(minute for minute, _ in kept)
        return real(kept, bucket_s)

    real = track.points
    monkeypatch.setattr(selectors.track, "points", points)
    chart = charting.chart_of(practice.chart(), now=AT + timedelta(days=9))
    assert chart is not None
    days = [AT + timedelta(days=day) for day in range(5)]
    assert [(column.at, column.read) for column in chart["columns"]] == [(day, 100) for day in days]
    assert gone_through == [track.minute_of(days[-1]), track.minute_of(days[-1]) + 1]
    assert chart["areas_at"] == AT + timedelta(days=4)
