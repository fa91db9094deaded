"""When a picture is due: the laws of the policy."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.imagery.policy import INTERVAL, Due, Later, Never, Situation, answer

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SOURCES = st.sampled_from(sorted(INTERVAL))


def situation(**changes: object) -> Situation:
    usual = {"closed": "", "consent": True, "painting": False, "last_requested_at": None}
    return Situation(**(usual | changes))


@given(SOURCES)
def test_the_first_picture_never_waits(source: str) -> None:
    assert answer(situation(), source, NOW) == Due()


@given(SOURCES, st.booleans())
def test_consent_and_whatever_closes_the_place_forbid_whatever_else_stands(source: str, painting: bool) -> None:
    for reason in ("session_ended", "paused", "upset", "not_ready"):
        assert answer(situation(painting=painting, closed=reason, consent=False), source, NOW) == Never(reason)
    assert answer(situation(painting=painting, consent=False), source, NOW) == Never("consent")


@given(SOURCES, st.floats(0, 60))
def test_a_picture_comes_no_sooner_than_its_interval(source: str, gone_s: float) -> None:
    last = NOW - timedelta(seconds=gone_s)
    said = answer(situation(last_requested_at=last), source, NOW)
    if NOW - last < INTERVAL[source]:
        assert said == Later(last + INTERVAL[source])
    else:
        assert said == Due()


@given(SOURCES)
def test_nothing_is_asked_for_while_another_is_painted(source: str) -> None:
    said = answer(situation(last_requested_at=NOW - timedelta(minutes=5), painting=True), source, NOW)
    assert isinstance(said, Later)
    assert said.at > NOW


@given(SOURCES, st.integers(0, 5), st.none() | st.integers(0, 5))
def test_no_more_pictures_than_a_clinician_allows_are_ever_due(source: str, pictures: int, most: int | None) -> None:
    said = answer(situation(pictures=pictures, most=most), source, NOW)
    assert said == (Never("enough") if most is not None and pictures >= most else Due())


@pytest.mark.parametrize("word", ["mood", "correction", "more"])
def test_a_patient_who_says_something_waits_less_than_a_face(word: str) -> None:
    assert INTERVAL[word] < INTERVAL["face"]
