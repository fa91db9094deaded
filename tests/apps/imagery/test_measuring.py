"""How a picture was answered to, from the log of faces and moods to what the engine is told next time."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from apps.imagery import commands, scheduling
from apps.imagery.events import ImageComposed, ImageShown, ResponseMeasured
from apps.sessions import commands as sessions
from apps.sessions.events import EmotionsObserved
from apps.sessions.observing import pack_probabilities
from ml.vocabulary import EMOTIONS
from tests.apps.imagery.living import Living, events, jobs_of, run_jobs

FRAMES = 6


pytestmark = pytest.mark.usefixtures("no_painter")


def face(patient: Living, emotion: str, at: datetime) -> None:
    """A second of a face, as the reader would have recorded it."""
    row = pack_probabilities([float(one == emotion) for one in EMOTIONS])
    observed = EmotionsObserved(
        started_at=at, offsets_ms=tuple(range(0, FRAMES * 100, 100)), probabilities=row * FRAMES, weights="test@0"
    )
    sessions.observe(patient.session_id, observed, patient_id=patient.id, actor=patient.actor, command_id=uuid4())
    patient.seal()


def shown(patient: Living) -> ImageShown:
    picture = events(patient, ImageShown)[-1]
    assert isinstance(picture, ImageShown)
    return picture


def measured(patient: Living) -> list[ResponseMeasured]:
    return [one for one in events(patient, ResponseMeasured) if isinstance(one, ResponseMeasured)]


@pytest.fixture
def answered(patient: Living) -> Living:
    """A picture for a sad face, which is a happy one afterwards."""
    patient.feels(-4, 30)
    run_jobs()
    at = shown(patient).shown_at
    face(patient, "sadness", at - timedelta(seconds=5))
    face(patient, "happiness", at + timedelta(seconds=5))
    patient.waits(seconds=40)
    return patient


def test_a_face_that_brightened_is_noted_and_told_to_the_engine(answered: Living) -> None:
    run_jobs(scheduling.MEASURE)
    (found,) = measured(answered)
    assert (found.image_id, found.felt, found.mood) == (shown(answered).image_id, 1.0, None)
    answered.seal()
    answered.looks("fear")
    run_jobs()
    composed = events(answered, ImageComposed)[-1]
    assert isinstance(composed, ImageComposed)
    assert json.loads(composed.inputs)["history"][-1]["felt"] == 1.0


def test_a_mood_reported_later_replaces_the_measurement(answered: Living) -> None:
    run_jobs(scheduling.MEASURE)
    answered.feels(1)
    run_jobs(scheduling.MEASURE)
    assert [(one.felt, one.mood) for one in measured(answered)] == [(1.0, None), (1.0, 1.0)]


def test_measuring_again_notes_nothing_new(answered: Living) -> None:
    run_jobs(scheduling.MEASURE)
    commands.measure(
        answered.session_id, shown(answered).image_id, felt=1.0, mood=None, patient_id=answered.id,
        actor=answered.actor, command_id=uuid4(),
    )  # fmt: skip
    assert len(measured(answered)) == 1


def test_a_session_without_a_camera_and_without_a_word_notes_nothing(patient: Living) -> None:
    patient.looks("fear")
    run_jobs()
    patient.seal()
    patient.waits(seconds=40)
    assert len(jobs_of(scheduling.MEASURE)) == 1
    run_jobs(scheduling.MEASURE)
    assert measured(patient) == []
    assert jobs_of(scheduling.MEASURE) == []


def test_a_log_that_is_read_late_measures_nothing(patient: Living) -> None:
    patient.looks("fear")
    run_jobs()
    patient.waits(seconds=scheduling.STALE.total_seconds() + timedelta(seconds=5).total_seconds())
    patient.seal()
    assert jobs_of(scheduling.MEASURE) == []
