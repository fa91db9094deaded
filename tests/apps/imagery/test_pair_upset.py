"""One of two compared pictures upset the patient: nobody compares any for them again, and their clinician is told."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from access.door import Purpose, Right, open_patient
from apps.imagery import pairing, tasks
from apps.imagery.pair_bound import bound
from apps.imagery.pairing import PAIR
from apps.providers import commands, selectors
from apps.providers.flags import flags
from apps.providers.line import Line
from tests.apps.imagery.living import jobs_of
from tests.apps.imagery.paired import agree, closed_session, offer
from tests.apps.practice import Practice

Seal = Callable[[], None]


@pytest.fixture
def answered(practice: Practice, seal_now: Seal) -> UUID:
    """The session of a pair of which one picture upset the patient."""
    agree(practice.patient.id, practice.patient.actor)
    session_id = closed_session(practice.patient.id, practice.patient.actor)
    offer(practice.patient.id, session_id)
    own = practice.own(Right.RUN_SESSION)
    pairing.choose(own, session_id, "upset", at=timezone.now(), command_id=uuid4())
    seal_now()
    return session_id


def line(practice: Practice) -> Line:
    found = selectors.line_of(practice.chart(), now=timezone.now())
    assert found is not None
    return found


def test_whom_one_of_a_pair_upset_is_asked_to_compare_no_other(
    practice: Practice, answered: UUID, seal_now: Seal, settings: Settings
) -> None:
    assert bound(practice.patient.id)
    settings.ATTUNE_PAIRED_CHOICE_SHARE = 1.0
    following = closed_session(practice.patient.id, practice.patient.actor)
    seal_now()
    for job_id in jobs_of(PAIR):
        tasks.pair(str(job_id))
    withheld = pairing.load(following).withheld
    assert withheld is not None
    assert withheld.reason == "bound"


def test_any_other_answer_binds_nobody_and_calls_nobody(practice: Practice, seal_now: Seal) -> None:
    agree(practice.patient.id, practice.patient.actor)
    own = practice.own(Right.RUN_SESSION)
    for answer in ("first", "second", "no_difference", "skipped"):
        session_id = closed_session(practice.patient.id, practice.patient.actor)
        offer(practice.patient.id, session_id)
        pairing.choose(own, session_id, answer, at=timezone.now(), command_id=uuid4())
    seal_now()
    assert not bound(practice.patient.id)
    assert line(practice).alerts == ()


def test_the_clinician_is_told_once_without_a_picture_and_replay_gives_the_same(
    practice: Practice, answered: UUID, seal_now: Seal
) -> None:
    [alert] = line(practice).alerts
    assert (alert.kind, alert.grade, alert.item, alert.image_id) == ("pair", 0, None, None)
    [flag] = flags(line(practice), now=timezone.now())
    assert (flag.level, flag.words.split(" · ")[0]) == ("act", "One of two compared pictures upset the patient")
    client = practice.browser(practice.provider)
    for url in ("/alerts/", f"/patients/{practice.patient.id}/"):
        html = client.get(url).content.decode()
        assert "One of two compared pictures upset the patient" in html
        assert "PHQ-9 item" not in html
    [told] = client.get("/api/v1/alerts/").json()["results"]
    assert (told["kind"], told["image_id"], told["note_id"]) == ("pair", None, None)
    call_command("rebuild", "providers.caseload")
    assert line(practice).alerts == (alert,)


def test_the_alert_is_acknowledged_like_any_other(practice: Practice, answered: UUID, seal_now: Seal) -> None:
    [alert] = line(practice).alerts
    permit = open_patient(practice.provider.actor, practice.patient.id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)
    commands.acknowledge(permit, UUID(alert.id), reason="Phoned; she is well.", command_id=uuid4())
    seal_now()
    assert line(practice).waiting == ()
    html = practice.browser(practice.provider).get("/alerts/").content.decode()
    assert "one of two compared pictures upset the patient" in html
    assert "item None" not in html
