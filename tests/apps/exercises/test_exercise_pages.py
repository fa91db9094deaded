"""The pages and the API: without a script, with one, on two devices, and for nobody else."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.exercises import commands, selectors
from apps.exercises.events import Step
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.exercises.acting import LADDER, RECORD, begun, ladder, planning
from tests.apps.practice import Practice

Seal = Callable[[], None]
API = "/api/v1/exercises/"


def shown(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


def entries(**values: object) -> dict[str, str]:
    return {f"entry_{name}": str(value) for name, value in values.items()}


def save(client: Client, exercise: UUID, known: int, values: dict[str, Any], **headers: str) -> Any:
    body = {"seen": known, "entries": values}
    return client.post(f"{API}{exercise}/entries/", body, content_type="application/json", headers=headers)


def test_a_thought_record_is_written_and_finished_without_any_script(practice: Practice, seal_now: Seal) -> None:
    client = practice.browser(practice.patient)
    page = client.post("/exercises/begin/", {"worksheet": "thought_record"}).headers["Location"]
    half = entries(situation=RECORD["situation"], thought=RECORD["thought"])
    early = client.post(page, {**half, "seen": "1", "intent": "finish"}).headers["Location"]
    assert early.endswith("?open=1#open")
    assert 'href="#field-balanced"' in shown(client, early)
    client.post(page, {**entries(**RECORD), "seen": seen(shown(client, page)), "intent": "finish"})
    done = shown(client, page)
    assert "They don&#x27;t want me there" in done
    assert selectors.exercise(practice.own(), UUID(page.split("/")[2])).status == "finished"
    seal_now()
    assert "belief in the thought" in shown(client, "/exercises/")


def test_what_a_field_does_not_take_is_said_and_all_else_is_saved(practice: Practice) -> None:
    client, exercise = practice.browser(practice.patient), begun(practice)
    sent = {**entries(thought="It hurts", belief="120"), "seen": "1", "intent": "finish"}
    answer = client.post(f"/exercises/{exercise}/", sent)
    assert answer.status_code == 422
    assert 'value="120"' in answer.content.decode()
    assert selectors.exercise(practice.own(), exercise).values == {"thought": "It hurts"}


def test_two_pages_without_script_keep_both_texts(practice: Practice) -> None:
    client, exercise = practice.browser(practice.patient), begun(practice)
    path = f"/exercises/{exercise}/"
    client.post(path, {**entries(thought="from the phone", situation="Home"), "seen": "1"})
    answer = client.post(path, {**entries(thought="from the desk", evidence_for="x"), "seen": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "from the phone" in page
    assert "from the desk" in page
    assert selectors.exercise(practice.own(), exercise).values["evidence_for"] == "x"
    client.post(path, {**entries(thought="from the desk"), "seen": seen(page)})
    assert selectors.exercise(practice.own(), exercise).values["thought"] == "from the desk"


def test_one_put_away_can_be_taken_up_again(practice: Practice) -> None:
    client, exercise = practice.browser(practice.patient), begun(practice)
    path = f"/exercises/{exercise}/"
    client.post(path, {**entries(thought="later"), "seen": "1", "intent": "set_aside"})
    assert "put away" in shown(client, path)
    client.post(path, {"intent": "take_up"})
    assert "later</textarea>" in shown(client, path)


def test_the_api_merges_names_clashes_and_writes_once(practice: Practice) -> None:
    client, exercise = practice.browser(practice.patient), begun(practice)
    for _ in range(2):
        first = save(client, exercise, 1, {"thought": "one"}, **{"Idempotency-Key": "a"})
        assert (first.status_code, first.json()["version"]) == (200, 2)
    merged = save(client, exercise, 1, {"situation": "elsewhere"})
    assert merged.json()["values"] == {"thought": "one", "situation": "elsewhere"}
    clash = save(client, exercise, 1, {"thought": "two"})
    assert (clash.status_code, clash.json()["code"]) == (409, "changed_elsewhere")
    wrong = save(client, exercise, 3, {"belief": 400, "moon": "x"})
    assert (wrong.status_code, sorted(wrong.json()["errors"])) == (400, ["belief", "moon"])
    assert store.version_of(StreamName("exercise", exercise)) == 3


def test_the_api_finishes_only_what_is_complete_and_then_takes_no_more(practice: Practice) -> None:
    client, exercise = practice.browser(practice.patient), begun(practice)

    def put(state: str) -> Any:
        return client.put(f"{API}{exercise}/state/", {"state": state}, content_type="application/json")

    assert (put("finished").status_code, put("finished").json()["code"]) == (422, "entries_missing")
    save(client, exercise, 1, {name: RECORD[name] for name in ("situation", "thought", "balanced")})
    assert put("finished").json()["state"] == "finished"
    late = save(client, exercise, 3, {"thought": "late"})
    assert (late.status_code, late.json()["code"]) == (409, "exercise_closed")
    assert late.headers["Content-Type"] == "application/problem+json"


def test_lists_lead_page_by_page_and_only_the_caseload_reads_them(practice: Practice, seal_now: Seal) -> None:
    made = [str(begun(practice, "grounding")) for _ in range(3)]
    seal_now()
    path = f"{API}?patient={practice.patient.id}"
    client = practice.browser(practice.provider)
    first = client.get(f"{path}&page_size=2").json()
    rest = client.get(first["next"]).json()
    assert [one["id"] for one in first["results"] + rest["results"]] == made[::-1]
    assert rest["next"] is None
    for who in (practice.outsider, practice.other):
        assert practice.browser(who).get(path).status_code == 404
    keys = [one["key"] for one in client.get(f"{API}worksheets/").json()["results"]]
    assert keys == ["thought_record", "activity_plan", "grounding", "breathing"]


def test_a_clinician_reads_drafts_and_the_patient_sees_that_in_the_trail(practice: Practice, seal_now: Seal) -> None:
    exercise = begun(practice, values=dict(RECORD))
    seal_now()
    client = practice.browser(practice.provider)
    path = f"/patients/{practice.patient.id}/exercises/"
    assert "The team met without me" in shown(client, path)
    assert "Nobody called" in shown(client, f"{path}{exercise}/")
    assert practice.browser(practice.outsider).get(path).status_code == 404
    assert client.get(f"/patients/{practice.other.id}/exercises/{exercise}/").status_code == 404
    seal_now()
    assert "looked at your chart" in shown(practice.browser(practice.patient), "/me/access/")


def test_a_ladder_is_written_agreed_climbed_and_left_by_the_calm_picture(practice: Practice, seal_now: Seal) -> None:
    care, client = practice.browser(practice.provider), practice.browser(practice.patient)
    rows = {"text": ["Look at the lift", "", "Ride one floor"], "expected": ["30", "", "60"]}
    new = f"/patients/{practice.patient.id}/ladders/new/"
    wrong = care.post(new, {"title": "Taking the lift", **rows, "limit": "50", "times": "1"})
    assert wrong.status_code == 422
    assert "above the limit" in wrong.content.decode()
    page = care.post(new, {"title": "Taking the lift", **rows, "limit": "80", "times": "1"}).headers["Location"]
    seal_now()
    path = f"/exercises/ladders/{page.strip('/').rpartition('/')[2]}/"
    assert path in shown(client, "/exercises/")
    assert "not open yet" not in shown(client, path)
    for intent, distress, expected in (
        ("begin", "40", "First read the ladder"), ("agree", "", "Begin a step"), ("begin", "90", "no moment for"),
        ("begin", "", "whole number"), ("begin", "40", "Stop now"), ("say", "81", "That was enough"),
        ("begin", "10", "on a step already"), ("end", "", "rests for now"),
    ):  # fmt: skip
        client.post(path, {"intent": intent, "step": "0", "distress": distress})
        assert expected in shown(client, path), intent
    assert "rests" in shown(care, page)
    assert "above 80" in shown(care, page)


def test_stopping_needs_no_number_and_shows_calm(practice: Practice) -> None:
    client, path = practice.browser(practice.patient), f"/exercises/ladders/{ladder(practice)}/"
    client.post(path, {"intent": "begin", "step": "0", "distress": "40"})
    client.post(path, {"intent": "stop"})
    page = shown(client, path)
    assert "You stopped. That is always right." in page
    assert "exercises/calm.svg" in page


def test_the_api_of_ladders_knows_who_may_do_what(practice: Practice, seal_now: Seal) -> None:
    care, client = practice.browser(practice.provider), practice.browser(practice.patient)
    steps = [{"text": step.text, "expected": step.expected} for step in LADDER.steps]
    body = {"patient": str(practice.patient.id), "title": "Lifts", "steps": steps, "limit": 80}

    def send(who: Client, method: str, path: str, data: dict[str, Any]) -> Any:
        return getattr(who, method)(f"{API}ladders/{path}", data, content_type="application/json")

    assert send(client, "post", "", body).status_code == 404
    made = send(care, "post", "", body).json()
    assert (made["times"], made["agreed"], made["phase"]) == (2, False, "idle")
    early = send(client, "post", f"{made['id']}/attempts/", {"step": 0, "distress": 30})
    assert (early.status_code, early.json()["detail"]) == (409, "not_agreed")
    assert send(care, "put", f"{made['id']}/agreement/", {"agreed": True}).status_code == 403
    assert send(client, "put", f"{made['id']}/agreement/", {"agreed": True}).json()["agreed"]
    assert send(client, "post", f"{made['id']}/attempts/", {"step": 0, "distress": 30}).json()["phase"] == "step"
    assert send(client, "post", f"{made['id']}/distress/", {"distress": 10, "done": True}).json()["phase"] == "calm"
    ended = send(client, "post", f"{made['id']}/end/", {}).json()
    assert [(one["ended_by"], one["after"]) for one in ended["attempts"]] == [("done", None)]
    seal_now()
    assert [one["id"] for one in client.get(f"{API}ladders/").json()["results"]] == [made["id"]]


def test_a_clinician_is_told_in_words_of_their_own_that_the_patient_is_on_a_step(practice: Practice) -> None:
    care, made, permit = practice.browser(practice.provider), ladder(practice), practice.own()
    commands.begin_step(permit, made, step=0, distress=30, command_id=uuid4())
    page = f"/patients/{practice.patient.id}/ladders/{made}/"
    refused = care.post(page, {"intent": "close"}, follow=True).content.decode()
    assert "The patient is on a step of this ladder" in refused
    assert "You are on a step" not in refused
    commands.stop(permit, made, command_id=uuid4())
    care.post(page, {"intent": "close"})
    assert selectors.one_ladder(permit, made).calms(timezone.now()), "nobody takes it from under the patient's eyes"
    commands.end_attempt(permit, made, distress=None, command_id=uuid4())
    care.post(page, {"intent": "close"})
    assert selectors.one_ladder(permit, made).ladder.closed


@pytest.mark.parametrize("worksheet", ["activity_plan", "grounding", "breathing"])
def test_each_worksheet_has_its_page_with_the_crisis_link(practice: Practice, worksheet: str) -> None:
    page = shown(practice.browser(practice.patient), f"/exercises/{begun(practice, worksheet)}/")
    assert "/help/now/" in page
    assert "no risk" not in page.lower()


def writing(page: str) -> str:
    found = re.search(r'name="writing" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_ladder_that_was_written_anew_is_read_again_before_it_is_agreed_to_or_begun(practice: Practice) -> None:
    client, made = practice.browser(practice.patient), ladder(practice, agreed=False)
    page = f"/exercises/ladders/{made}/"
    read = writing(shown(client, page))
    harder = replace(LADDER, steps=(Step(text="Ride to the top", expected=80),), limit=90)
    commands.write_ladder(planning(practice), harder, ladder_id=made, command_id=uuid4())
    refused = client.post(page, {"intent": "agree", "writing": read}, follow=True).content.decode()
    assert "changed this ladder since you opened the page" in refused
    by_api = client.put(
        f"{API}ladders/{made}/agreement/", {"agreed": True, "writing": int(read)}, content_type="application/json"
    )
    assert (by_api.status_code, by_api.json()["detail"]) == (409, "rewritten")
    assert not selectors.one_ladder(practice.own(), made).ladder.agreed
    now = writing(refused)
    client.post(page, {"intent": "agree", "writing": now})
    assert selectors.one_ladder(practice.own(), made).ladder.agreed
    begin = {"intent": "begin", "step": "0", "distress": "30"}
    assert "changed this ladder" in client.post(page, {**begin, "writing": read}, follow=True).content.decode()
    assert selectors.one_ladder(practice.own(), made).ladder.now is None
    client.post(page, {**begin, "writing": now})
    assert selectors.one_ladder(practice.own(), made).ladder.on_a_step


def test_words_sent_into_a_closed_one_are_given_back(practice: Practice) -> None:
    client, exercise = practice.browser(practice.patient), begun(practice, values={"thought": "It was my fault"})
    page = f"/exercises/{exercise}/"
    form = {"seen": seen(shown(client, page)), "intent": "save"}
    commands.set_aside(practice.own(), exercise, command_id=uuid4())
    answer = client.post(page, {**form, **entries(thought="It was my fault", situation="At the station, alone")})
    assert answer.status_code == 409
    told = answer.content.decode()
    assert "Not kept" in told and "At the station, alone" in told
    assert told.partition("Not kept")[2].partition("</section>")[0].count("<dt>") == 1
    same = client.post(page, {**form, **entries(thought="It was  my fault")})
    assert same.headers["Location"].endswith(page)
