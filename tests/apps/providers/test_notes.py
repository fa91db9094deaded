"""What a patient writes is read by a machine, so that a person reads it: one alert, no quotation, no all-clear."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access.door import Purpose, Right, open_patient
from apps.exercises import commands as exercises
from apps.providers import commands, reading, selectors, tasks, written_views
from apps.providers.events import NOTE, NoteScreened
from apps.providers.flags import flags
from apps.providers.ledger import Alert
from apps.providers.models import CaseloadRow
from apps.providers.notes import stream_id
from apps.sessions import commands as sessions
from apps.sessions import socket
from apps.sessions.follower import missed
from eventstore import store
from eventstore.models import Job
from eventstore.recorded import Tombstone
from eventstore.stream import StreamName
from tests.apps.imagery.living import Seal
from tests.apps.imagery.showing import showing
from tests.apps.practice import Practice

BLEAK = "Some nights I want to kill myself, and nobody knows."
CALM = "I liked the blue one with the boat."
UNREAD = "One text has not been looked through by the program so far"


def writes(practice: Practice, text: str) -> UUID:
    """The patient's words at the end of a session, which stays open."""
    who, session_id, now = practice.patient, uuid4(), timezone.now()
    sessions.open_session(
        session_id, patient_id=who.id, camera=False, consents=(), at=now, actor=who.actor, command_id=uuid4()
    )
    says(practice, session_id, text)
    return session_id


def says(practice: Practice, session_id: UUID, text: str) -> None:
    sessions.give_feedback(
        session_id, distress=40, satisfaction=3, text=text, at=timezone.now(), actor=practice.patient.actor,
        command_id=uuid4(),
    )  # fmt: skip


def read(seal: Seal, kind: str = reading.READ) -> int:
    """Run the waiting jobs of a kind as if their time had come; how many."""
    seal()
    work = {reading.READ: tasks.read, reading.READ_LATE: tasks.read_late}[kind]
    waiting = list(Job.objects.filter(kind=kind, status=Job.Status.WAITING).values_list("id", flat=True))
    Job.objects.filter(id__in=waiting).update(run_at=timezone.now())
    for job_id in waiting:
        work(str(job_id))
    seal()
    return len(waiting)


def alerts(practice: Practice) -> tuple[Alert, ...]:
    line = selectors.line_of(practice.chart(), now=timezone.now())
    assert line is not None
    return line.alerts


def screened(category: str, entity_id: UUID) -> list[Any]:
    return [one.event for one in store.read(StreamName(NOTE, stream_id(category, entity_id)))]


def acknowledges(practice: Practice, alert: Alert, seal: Seal) -> None:
    permit = open_patient(practice.provider.actor, practice.patient.id, to=Right.ACKNOWLEDGE, why=Purpose.TREATMENT)
    commands.acknowledge(permit, UUID(alert.id), reason="phoned", command_id=uuid4())
    seal()


def test_one_alert_is_raised_however_often_the_jobs_run(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, BLEAK)
    assert read(seal_now) == 1
    assert read(seal_now, reading.READ_LATE) == 1
    Job.objects.update(status=Job.Status.WAITING, attempts=0)
    assert read(seal_now) == 1
    [alert] = alerts(practice)
    assert (alert.kind, alert.note_of, alert.note_id, alert.grade) == ("note", "session", str(session_id), 3)
    [noted] = screened("session", session_id)
    assert ("self_harm", "words", False) in [(one.label, one.by, one.denied) for one in noted.findings]
    line = selectors.line_of(practice.chart(), now=timezone.now())
    assert line is not None
    assert [flag.words.partition(" ·")[0] for flag in flags(line, now=timezone.now())] == ["A note may need to be read"]


def test_the_late_job_reads_what_nobody_has_read(practice: Practice, seal_now: Seal) -> None:
    writes(practice, BLEAK)
    assert read(seal_now, reading.READ_LATE) == 1
    assert len(alerts(practice)) == 1


def test_a_text_that_names_nothing_is_noted_in_the_same_way_and_raises_nothing(
    practice: Practice, seal_now: Seal
) -> None:
    session_id = writes(practice, CALM)
    read(seal_now)
    assert [one.findings for one in screened("session", session_id)] == [()]
    assert alerts(practice) == ()


def test_a_session_without_words_is_not_read(practice: Practice, seal_now: Seal) -> None:
    writes(practice, "")
    assert read(seal_now) == 0


def test_a_denial_is_read_by_a_person_too_but_after_the_others(practice: Practice, seal_now: Seal) -> None:
    writes(practice, "I don't want to die.")
    writes(practice, BLEAK)
    read(seal_now)
    line = selectors.line_of(practice.chart(), now=timezone.now())
    assert line is not None
    assert [alert.grade for alert in line.waiting] == [3, 1]


def test_more_of_it_raises_an_alert_anew_once_the_first_was_seen_to(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, BLEAK)
    read(seal_now)
    says(practice, session_id, "I want to die.")
    read(seal_now)
    [alert] = alerts(practice)
    assert alert.raised_again_at is not None
    acknowledges(practice, alert, seal_now)
    says(practice, session_id, "I wrote that I want to die and meant it.")
    read(seal_now)
    assert [one.review is None for one in alerts(practice)] == [False, True]


def test_a_thought_record_is_read_while_it_is_still_a_draft(practice: Practice, seal_now: Seal) -> None:
    permit = practice.own()
    exercise = exercises.begin(permit, "thought_record", command_id=uuid4())
    for given in ({"situation": "Alone at home"}, {"thought": "Everyone would be better off without me"}):
        exercises.save(permit, exercise, given, seen=9, command_id=uuid4())
    assert read(seal_now) == 2
    [alert] = alerts(practice)
    assert (alert.note_of, alert.note_id) == ("exercise", str(exercise))
    page = practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/written/").content.decode()
    assert f"/patients/{practice.patient.id}/exercises/{exercise}/" in page
    assert len(screened("exercise", exercise)) == 1


def test_alerts_quote_nothing_and_lead_to_the_words(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, BLEAK)
    read(seal_now)
    browser = practice.browser(practice.provider)
    chart, page = f"/patients/{practice.patient.id}/", f"/patients/{practice.patient.id}/written/"
    for told in (browser.get("/alerts/"), browser.get(chart), browser.get("/caseload/")):
        shown = told.content.decode()
        assert "note may need to be read" in shown
        assert "kill myself" not in shown
        assert "self_harm" not in shown
        assert "no risk" not in shown.casefold()
    [listed] = browser.get("/api/v1/alerts/").json()["results"]
    assert (listed["kind"], listed["note_of"], listed["note_id"]) == ("note", "session", str(session_id))
    assert f'href="{page}#raised-{listed["id"]}"' in browser.get("/alerts/").content.decode()
    words = browser.get(page).content.decode()
    assert BLEAK in words
    assert f'id="note-{session_id}"' in words
    assert f'id="raised-{listed["id"]}"' in words
    assert practice.browser(practice.outsider).get(page).status_code == 404
    acknowledges(practice, alerts(practice)[0], seal_now)
    assert "a note to be read" in browser.get("/alerts/").content.decode()


def test_who_is_still_in_the_session_is_told_whom_to_call(practice: Practice, seal_now: Seal) -> None:
    calm, session_id = writes(practice, CALM), writes(practice, BLEAK)
    read(seal_now)
    seal_now()
    bodies = [body for one in missed(session_id, 0) if (body := socket.render(one)) is not None]
    [detail] = [body["detail"] for body in bodies if body.get("code") == "help_now"]
    assert "988" in detail
    assert "machine" in detail
    assert all((socket.render(one) or {}).get("code") != "help_now" for one in missed(calm, 0))


def test_both_pages_say_beside_the_text_that_nobody_reads_it_at_once(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, CALM)
    exercise = exercises.begin(practice.own(), "thought_record", command_id=uuid4())
    seal_now()
    browser = practice.browser(practice.patient)
    for page in (f"/session/{session_id}/", f"/exercises/{exercise}/"):
        shown = browser.get(page).content.decode()
        assert "Attune is a machine, and nobody" in shown
        assert 'href="tel:988"' in shown


def test_replaying_the_log_gives_the_alerts_that_live_projecting_gave(practice: Practice, seal_now: Seal) -> None:
    writes(practice, BLEAK)
    writes(practice, CALM)
    read(seal_now)
    live = alerts(practice)
    assert len(live) == 1
    call_command("rebuild", "providers.caseload")
    seal_now()
    assert alerts(practice) == live


def test_erasure_takes_readings_and_alerts_away(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, BLEAK)
    read(seal_now)
    says(practice, session_id, "I want to die.")
    seal_now()
    who = practice.patient.id
    call_command("erase_patient", str(who), reason="asked for it", approved_by=str(practice.administrator.id))
    assert read(seal_now) == 1
    assert not Job.objects.filter(kind=reading.READ).exclude(status=Job.Status.DONE).exists()
    assert all(isinstance(one, Tombstone) for one in screened("session", session_id))
    assert len(screened("session", session_id)) == 1
    assert not CaseloadRow.objects.filter(patient_id=who).exists()


def test_a_reading_is_an_event_of_its_own_stream(practice: Practice, seal_now: Seal) -> None:
    session_id = writes(practice, BLEAK)
    read(seal_now)
    [noted] = screened("session", session_id)
    assert isinstance(noted, NoteScreened)
    assert noted.reader.startswith("notes-2@")
    assert noted.through == store.version_of(StreamName("session", session_id))


def test_a_text_whose_readings_all_failed_is_said_to_be_unread_and_read_when_it_can_be(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> None:
        raise RuntimeError("no encoder")

    page = f"/patients/{practice.patient.id}/written/"
    clinician = practice.browser(practice.provider)
    writes(practice, BLEAK)
    with monkeypatch.context() as broken:
        broken.setattr(tasks, "read_note", away)
        for _ in range(3):
            read(seal_now)
            read(seal_now, reading.READ_LATE)
    assert set(Job.objects.filter(kind__startswith=reading.READ).values_list("status", flat=True)) == {Job.Status.DEAD}
    assert alerts(practice) == ()
    assert "One text has not been looked through by the program so far" in clinician.get(page).content.decode()
    tasks.read_again()
    assert "One text has not been looked through by the program so far" in clinician.get(page).content.decode()
    assert read(seal_now, reading.READ_LATE) == 1
    assert [alert.grade for alert in alerts(practice)] == [3]
    assert "looked through by the program" not in clinician.get(page).content.decode()
    tasks.read_again()
    assert read(seal_now, reading.READ_LATE) == 0


def test_a_text_that_no_worker_came_for_is_said_to_be_unread(practice: Practice, seal_now: Seal) -> None:
    who = f"/patients/{practice.patient.id}/"
    pages = "/alerts/", "/caseload/", who, f"{who}written/"
    lists = "/api/v1/alerts/", "/api/v1/caseload/"
    clinician = practice.browser(practice.provider)
    writes(practice, BLEAK)
    seal_now()
    assert [clinician.get(one).json()["unread"] for one in lists] == [0, 0]
    assert not [page for page in pages if UNREAD in clinician.get(page).content.decode()], "its time has not come"
    Job.objects.update(run_at=timezone.now() - timedelta(hours=5))
    for page in pages:
        assert UNREAD in clinician.get(page).content.decode()
    assert [clinician.get(one).json()["unread"] for one in lists] == [1, 1]
    told = clinician.get("/alerts/").content.decode().partition(UNREAD)[2].partition("</p>")[0]
    assert f'href="/patients/{practice.patient.id}/written/">Patient 014</a>' in told
    outsider = practice.browser(practice.outsider).get("/alerts/").content.decode()
    assert UNREAD not in outsider, "it is of none of their patients"
    assert read(seal_now) == 1
    assert Job.objects.filter(kind=reading.READ_LATE, status=Job.Status.WAITING).count() == 1
    Job.objects.filter(kind=reading.READ_LATE).update(run_at=timezone.now() - timedelta(hours=5))
    assert not [page for page in pages if UNREAD in clinician.get(page).content.decode()], "one of the two read it"


def test_what_an_alert_was_raised_on_is_read_as_it_stood_whatever_became_of_it(
    practice: Practice, seal_now: Seal
) -> None:
    permit = practice.own()
    exercise = exercises.begin(permit, "thought_record", command_id=uuid4())
    exercises.save(permit, exercise, {"thought": "Everyone would be better off without me"}, seen=9, command_id=uuid4())
    read(seal_now)
    exercises.save(permit, exercise, {"thought": "It was a hard day"}, seen=9, command_id=uuid4())
    exercises.save(permit, exercise, {"thought": ""}, seen=9, command_id=uuid4())
    read(seal_now)
    [alert] = alerts(practice)
    browser = practice.browser(practice.provider)
    page = browser.get(f"/patients/{practice.patient.id}/written/").content.decode()
    of_alert = page.partition(f'id="raised-{alert.id}"')[2].partition("</article>")[0]
    assert "Everyone would be better off without me" in of_alert
    assert "It was a hard day" not in page
    assert "changed or deleted it since" in page
    assert practice.browser(practice.outsider).get(f"/patients/{practice.patient.id}/written/").status_code == 404


def test_an_old_note_is_listed_however_many_pictures_and_sessions_came_after_it(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written_views, "MOST", 3)
    session = showing(practice.patient.id, practice.patient.actor)
    first = session.show()
    session.rate(first, -1, note="it is my father's boat")
    for _ in range(4):
        session.rate(session.show(), 1)
    seal_now()
    browser, page = practice.browser(practice.provider), f"/patients/{practice.patient.id}/written/"
    shown = browser.get(page).content.decode()
    assert "it is my father&#x27;s boat" in shown
    assert 'id="older"' not in shown
    for _ in range(4):
        writes(practice, CALM)
    seal_now()
    cut, every = (browser.get(page + query).content.decode() for query in ("", "?all"))
    assert (cut.count(CALM), every.count(CALM)) == (3, 4)
    assert "2 older texts are not on this page" in cut
    assert "it is my father&#x27;s boat" in every
    assert 'id="older"' not in every


def test_a_picture_that_was_rated_again_without_its_note_keeps_the_note_for_whoever_is_called(
    practice: Practice, seal_now: Seal
) -> None:
    made = showing(practice.patient.id, practice.patient.actor)
    picture = made.show()
    seal_now()
    made.rate(picture, -1, note=BLEAK)
    read(seal_now)
    made.rate(picture, 1)
    made.upset(picture)  # taken away from the patient, not from whoever is called
    read(seal_now)
    [alert] = [one for one in alerts(practice) if one.note_id]
    page = practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/written/").content.decode()
    assert BLEAK in page.partition(f'id="raised-{alert.id}"')[2].partition("</article>")[0]
