"""From a state to a picture in the log: real stores and engine, and a painter that is missing or fails."""

from pathlib import Path
from uuid import UUID

import pytest

from apps.imagery import scheduling
from apps.imagery.events import ImageComposed, ImageRequested, ImageShown, RequestEnded
from apps.imagery.tasks import painting
from eventstore.models import Job
from ml.prompting.triggers import named_in
from tests.apps.imagery.living import Living, events, jobs_of, run_jobs
from vault import blobs

pytestmark = pytest.mark.usefixtures("no_painter")


def shown(patient: Living) -> list[ImageShown]:
    return [event for event in events(patient, ImageShown) if isinstance(event, ImageShown)]


def files_of(patient: Living) -> list[Path]:
    folder = blobs.path_of(patient.id, UUID(int=0)).parent
    return list(folder.iterdir()) if folder.exists() else []


def test_the_first_state_is_answered_with_a_picture(patient: Living) -> None:
    patient.feels(-4, 30)
    assert run_jobs() == 1
    (requested,), (composed,), (picture,) = (
        events(patient, kind) for kind in (ImageRequested, ImageComposed, ImageShown)
    )
    assert isinstance(requested, ImageRequested) and isinstance(composed, ImageComposed)
    assert isinstance(picture, ImageShown)
    assert picture.request_id == requested.request_id == composed.request_id
    assert picture.fallback == "PainterMissing"
    assert picture.alt and picture.line and picture.why
    assert blobs.open(patient.id, picture.image_id).media_type == "image/webp"


def test_a_job_delivered_twice_answers_once(patient: Living) -> None:
    from apps.imagery import tasks

    patient.feels(-4)
    (job,) = jobs_of()
    tasks.compose(str(job))
    tasks.compose(str(job))
    assert len(shown(patient)) == len(files_of(patient)) == 1


def test_the_deadline_answers_when_no_picture_came(patient: Living) -> None:
    patient.feels(3)
    run_jobs(scheduling.DEADLINE)
    (picture,) = shown(patient)
    assert picture.fallback == "late"
    run_jobs(scheduling.COMPOSE)
    assert len(shown(patient)) == len(files_of(patient)) == 1
    assert not Job.objects.exclude(kind=scheduling.MEASURE).exclude(status=Job.Status.DONE).exists()


def test_the_deadline_leaves_an_answered_request_alone(patient: Living) -> None:
    patient.feels(3)
    run_jobs(scheduling.COMPOSE)
    run_jobs(scheduling.DEADLINE)
    assert len(shown(patient)) == 1


def test_an_ended_session_gets_no_picture(patient: Living) -> None:
    patient.feels(-4)
    patient.ends()
    run_jobs()
    assert not shown(patient)
    assert not files_of(patient)
    (ended,) = events(patient, RequestEnded)
    assert isinstance(ended, RequestEnded) and ended.reason == "session_ended"


def test_without_consent_nothing_is_painted(patient: Living) -> None:
    patient.withdraws("images")
    patient.feels(-4)
    run_jobs()
    run_jobs(scheduling.DEADLINE)
    assert not shown(patient)
    assert not events(patient, ImageRequested)


def test_consent_taken_back_while_painting_shows_nothing(patient: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    patient.feels(-4)

    def withdrawn_meanwhile(*_: object) -> None:
        patient.withdraws("images")
        raise painting.PainterFailed("late")

    monkeypatch.setattr(painting, "paint", withdrawn_meanwhile)
    run_jobs()
    assert not shown(patient)
    assert not files_of(patient)


def test_a_shift_too_soon_waits_and_is_answered_later(patient: Living) -> None:
    patient.looks("sadness")
    run_jobs()
    patient.looks("happiness")
    run_jobs()
    assert [picture.emotion for picture in shown(patient)] == ["sadness"]
    patient.waits(seconds=21)
    run_jobs()
    assert [picture.emotion for picture in shown(patient)] == ["sadness", "happiness"]


def test_a_shift_that_waits_is_overtaken_by_the_next(patient: Living) -> None:
    patient.looks("sadness")
    run_jobs()
    patient.looks("happiness")
    run_jobs()
    patient.looks("fear")
    patient.waits(seconds=21)
    run_jobs()
    run_jobs()
    assert [picture.emotion for picture in shown(patient)] == ["sadness", "fear"]


def test_no_picture_touches_what_the_patient_avoids(patient: Living) -> None:
    patient.avoids("water", "dark", words=("meadow",))
    patient.feels(-4)
    run_jobs()
    (picture,) = shown(patient)
    assert not named_in(f"{picture.alt} {picture.kind}", ("water", "dark", "meadow"))


def test_when_everything_is_avoided_there_is_none(patient: Living) -> None:
    kinds = (
        "sea",
        "lake",
        "river",
        "forest",
        "meadow",
        "mountain",
        "garden",
        "path",
        "night",
        "desert",
        "room",
        "town",
    )
    patient.avoids(words=kinds)
    patient.feels(-4)
    run_jobs()
    assert {job.problem for job in Job.objects.all()} == {""}
    assert not shown(patient)
    (ended,) = events(patient, RequestEnded)
    assert isinstance(ended, RequestEnded) and ended.reason == "nothing_stands"


def test_what_a_job_row_holds_says_nothing_of_the_patient(patient: Living) -> None:
    patient.feels(-4)
    row = Job.objects.filter(kind=scheduling.COMPOSE).get()
    assert set(row.ids) == {"request_id", "session_id", "patient_id", "reason", "shift_version"}
    assert row.ids["reason"] == "shift"
