"""The laws of a session, over any sequence of commands."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.sessions import aggregate
from apps.sessions.aggregate import Phase, Session, SessionClosed, SessionExists, SessionUnknown
from apps.sessions.events import (
    EmotionCorrected,
    EmotionShifted,
    FaceClaimed,
    MoodReported,
    SessionPaused,
    SessionResumed,
)
from ml.vocabulary import EMOTIONS

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PATIENT = uuid4()
Decide = Callable[[Session], list[Any]]


@dataclass(frozen=True)
class Past:
    event: Any
    version: int


def opened(*, consents: tuple[str, ...] = ("camera",)) -> Session:
    events = aggregate.start(Session(), patient_id=PATIENT, camera=True, consents=consents, at=NOW)
    return after(Session(), events)


def after(session: Session, events: list[Any]) -> Session:
    for event in events:
        session = dataclasses.replace(aggregate.apply(session, event), version=session.version + 1)
    return session


emotions = st.sampled_from(EMOTIONS)
commands = st.one_of(
    st.builds(
        lambda valence, distress: lambda s: aggregate.report_mood(s, valence=valence, distress=distress, at=NOW),
        st.integers(-5, 5),
        st.none() | st.integers(0, 100),
    ),
    st.builds(lambda emotion: lambda s: aggregate.correct(s, emotion=emotion, at=NOW), emotions),
    st.builds(
        lambda to, strength: lambda s: aggregate.note_shift(s, to=to, intensity=strength, source="face", at=NOW),
        emotions,
        st.floats(-1, 2),
    ),
    st.just(lambda s: aggregate.pause(s, at=NOW)),
    st.just(lambda s: aggregate.resume(s, at=NOW)),
    st.just(lambda s: aggregate.give_feedback(s, distress=40, satisfaction=4, text="", at=NOW)),
)


@given(st.lists(commands, max_size=30))
def test_shifts_form_a_chain(decisions: list[Decide]) -> None:
    session, standing = opened(), None
    for decide in decisions:
        events = decide(session)
        for shift in (event for event in events if isinstance(event, EmotionShifted)):
            assert shift.from_emotion == standing != shift.to_emotion
            assert 0 <= shift.intensity <= 1
            standing = shift.to_emotion
        session = after(session, events)
        assert session.emotion == standing


@given(st.lists(commands, max_size=30), commands)
def test_an_ended_session_takes_nothing(decisions: list[Decide], last: Decide) -> None:
    session = opened()
    for decide in decisions:
        session = after(session, decide(session))
    session = after(session, aggregate.end(session, reason="patient", at=NOW))
    assert session.phase is Phase.ENDED
    assert not session.reads_frames
    with pytest.raises(SessionClosed):
        last(session)
    with pytest.raises(SessionClosed):
        aggregate.end(session, reason="patient", at=NOW)


@given(commands)
def test_a_session_that_was_never_opened_takes_nothing(decide: Decide) -> None:
    with pytest.raises(SessionUnknown):
        decide(Session())


@given(st.lists(commands, max_size=20))
def test_pauses_and_resumptions_alternate(decisions: list[Decide]) -> None:
    session, turns = opened(), []
    for decide in decisions:
        events = decide(session)
        turns += [type(event) for event in events if isinstance(event, SessionPaused | SessionResumed)]
        session = after(session, events)
    assert turns[::2] == [SessionPaused] * len(turns[::2])
    assert turns[1::2] == [SessionResumed] * len(turns[1::2])


@given(st.lists(commands, max_size=20))
def test_replaying_the_history_gives_the_same_session(decisions: list[Decide]) -> None:
    session = opened()
    start = aggregate.start(Session(), patient_id=PATIENT, camera=True, consents=("camera",), at=NOW)
    history = [Past(start[0], 1)]
    for decide in decisions:
        events = decide(session)
        session = after(session, events)
        history += [Past(event, len(history) + i + 1) for i, event in enumerate(events)]
    assert aggregate.replay(history) == session


def test_a_paused_session_shifts_nothing() -> None:
    session = after(opened(), aggregate.pause(opened(), at=NOW))
    assert aggregate.note_shift(session, to="fear", intensity=0.9, source="face", at=NOW) == []
    assert [type(event) for event in aggregate.report_mood(session, valence=-4, distress=20, at=NOW)] == [MoodReported]


def test_a_face_in_doubt_is_claimed_on_record() -> None:
    assert aggregate.resume(opened(), at=NOW) == [FaceClaimed(claimed_at=NOW)]
    paused = after(opened(), aggregate.pause(opened(), at=NOW))
    assert aggregate.resume(paused, at=NOW) == [SessionResumed(resumed_at=NOW)]
    assert aggregate.resume(opened(consents=()), at=NOW) == []  # no camera, no face


def test_the_patients_word_replaces_the_reading() -> None:
    session = after(opened(), aggregate.note_shift(opened(), to="anger", intensity=0.8, source="face", at=NOW))
    corrected, shift = aggregate.correct(session, emotion="sadness", at=NOW)
    assert corrected == EmotionCorrected(read="anger", emotion="sadness", corrected_at=NOW)
    assert isinstance(shift, EmotionShifted)
    assert (shift.from_emotion, shift.to_emotion, shift.source) == ("anger", "sadness", "correction")


def test_a_session_is_opened_once() -> None:
    with pytest.raises(SessionExists):
        aggregate.start(opened(), patient_id=PATIENT, camera=False, consents=(), at=NOW + timedelta(hours=1))


def test_no_camera_without_its_consent() -> None:
    (event,) = aggregate.start(Session(), patient_id=PATIENT, camera=True, consents=("images",), at=NOW)
    assert event.camera is False
    assert event.consents == ("images",)
