"""Goals reached on the real store: said by the patient or who treats them, obeyed at once, replayed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import User
from apps.patients import commands, selectors
from apps.patients.events import GoalReached, GoalResumed
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.patients.test_patients_live import rows
from tests.apps.practice import Practice

JSON = "application/json"
Seal = Callable[[], None]
GOALS = ("sleep better", "see my friends")


@pytest.fixture
def working(practice: Practice) -> Practice:
    """The patient works towards two goals."""
    actor = practice.patient.actor
    commands.set_preferences(practice.patient.id, goals=GOALS, actor=actor, command_id=uuid4())
    return practice


def log(practice: Practice) -> list[Any]:
    found = store.read(StreamName("patient", practice.patient.id))
    return [one.event for one in found if isinstance(one.event, GoalReached | GoalResumed)]


def said(log: list[Any]) -> list[tuple[type, str]]:
    return [(type(one), one.goal) for one in log]


def test_a_reached_goal_is_left_out_of_pictures_at_once_until_it_is_taken_up_again(working: Practice) -> None:
    who, actor, now = working.patient.id, working.patient.actor, timezone.now()
    assert (selectors.wishes(who).goals, selectors.wishes(who).reached_at) == (("rest", "people"), None)
    for goal, before in (("sleep better", 1), ("see my friends", 2)):
        at = now - timedelta(days=before)
        commands.reach_goal(who, goal=goal, at=at, actor=actor, command_id=uuid4())
    assert (selectors.wishes(who).goals, selectors.wishes(who).reached_at) == ((), now - timedelta(days=1))
    commands.resume_goal(who, goal="sleep better", actor=actor, command_id=uuid4())
    assert (selectors.wishes(who).goals, selectors.wishes(who).reached_at) == (("rest",), now - timedelta(days=2))


def test_the_patient_says_so_on_their_page_and_takes_it_back(working: Practice) -> None:
    client, address = working.browser(working.patient), "/me/goals/reached/"
    client.post(address, {"goal": "sleep better", "reached": "yes"})
    client.post(address, {"goal": "sleep better", "reached": "yes"})
    assert said(log(working)) == [(GoalReached, "sleep better")]
    assert timezone.now() - log(working)[0].reached_at < timedelta(minutes=1)
    client.post(address, {"goal": "sleep better", "reached": "no"})
    assert said(log(working))[1:] == [(GoalResumed, "sleep better")]


def test_who_treats_the_patient_says_so_on_the_care_page_and_nobody_else(working: Practice) -> None:
    address = f"/patients/{working.patient.id}/care/goals/reached/"
    sent = {"goal": "sleep better", "reached": "yes"}
    for who in (working.outsider, working.patient, working.administrator):
        assert working.browser(who).post(address, sent).status_code in (403, 404)
    assert log(working) == []
    working.browser(working.provider).post(address, sent)
    assert said(log(working)) == [(GoalReached, "sleep better")]


def test_what_is_none_of_the_goals_is_refused_in_words_and_nothing_is_written(working: Practice) -> None:
    for who, address in (
        (working.patient, "/me/goals/reached/"),
        (working.provider, f"/patients/{working.patient.id}/care/goals/reached/"),
    ):
        answer = working.browser(who).post(address, {"goal": "be rich", "reached": "yes"}, follow=True)
        assert "Please look at the list again." in answer.content.decode()
    put = working.browser(working.patient).put(api(working), {"goal": "be rich"}, JSON)
    assert (put.status_code, put.json()["code"]) == (400, "invalid")
    assert log(working) == []


def api(practice: Practice) -> str:
    return f"/api/v1/patients/{practice.patient.id}/goals/reached/"


def test_by_the_api_a_goal_is_reached_once_however_often_it_is_sent(working: Practice, seal_now: Seal) -> None:
    client, body, key = working.browser(working.patient), {"goal": "sleep better"}, {"Idempotency-Key": "one"}
    for _ in range(2):
        answer = client.put(api(working), body, JSON, headers=key).json()
    assert said(log(working)) == [(GoalReached, "sleep better")]
    since = log(working)[0].reached_at.isoformat()
    assert (answer["goals"], answer["reached"]) == (list(GOALS), {"sleep better": since})
    seal_now()
    assert shown(working, working.provider) == {"sleep better": since}
    assert working.browser(working.provider).delete(api(working), body, JSON).json()["reached"] == {}
    seal_now()
    assert shown(working, working.patient) == {}


def shown(practice: Practice, who: User) -> Any:
    return practice.browser(who).get(f"/api/v1/patients/{practice.patient.id}/").json()["reached"]


def test_by_the_api_it_is_the_patients_and_their_clinicians_to_say(working: Practice) -> None:
    for who in (working.outsider, working.other, working.administrator):
        for method in ("put", "delete"):
            answer = getattr(working.browser(who), method)(api(working), {"goal": "sleep better"}, JSON)
            assert answer.status_code in (403, 404)
    assert log(working) == []


def test_replaying_the_log_gives_the_goals_that_live_projecting_gave(working: Practice, seal_now: Seal) -> None:
    who, actor, now = working.patient.id, working.patient.actor, timezone.now()
    for goal in GOALS:
        commands.reach_goal(who, goal=goal, at=now, actor=actor, command_id=uuid4())
    commands.resume_goal(who, goal="see my friends", actor=actor, command_id=uuid4())
    seal_now()
    assert selectors.get_patient(working.chart()).towards == [("sleep better", now), ("see my friends", None)]
    live = rows()
    call_command("rebuild", "patients.patient")
    seal_now()
    assert rows() == live
    commands.set_preferences(who, goals=("see my friends",), actor=actor, command_id=uuid4())
    seal_now()
    assert selectors.get_patient(working.chart()).reached == {}
