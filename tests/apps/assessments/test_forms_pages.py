"""The patient's pages and the API: without a script, with one, and for nobody else."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from access.api import idempotency
from apps.accounts.commands import close_account
from apps.accounts.models import User
from apps.assessments import commands as assessments
from apps.assessments import schedule, selectors
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.practice import SETUP, Practice

HELP = 'id="help-now"'


def begin(client: Client, key: str = "phq-9") -> str:
    response = client.post("/assessments/start/", {"instrument": key})
    assert response.status_code == 302
    return str(response.headers["Location"])


def id_of(page: str) -> UUID:
    return UUID(page.strip("/").rpartition("/")[2])


def filled(**changed: int) -> dict[str, str]:
    return {f"item_{item}": str(changed.get(f"item_{item}", 0)) for item in range(1, 10)}


def seen(client: Client, page: str) -> dict[str, str]:
    """The version of the form that a page carries, as it is posted."""
    [version] = re.findall(r'name="seen" value="(\d+)"', client.get(page).content.decode())
    return {"seen": version}


def help_shows(page: str) -> bool:
    """The help section is there and not hidden."""
    _, found, rest = page.partition(HELP)
    return bool(found) and "hidden" not in rest[: rest.index(">")]


def answer(client: Client, form: UUID, item: int, value: int, **headers: str) -> Any:
    body = json.dumps({"item": item, "answer": value})
    address = f"/api/v1/assessments/{form}/answers/"
    return client.post(address, body, content_type="application/json", headers=headers)


def test_a_form_is_answered_and_scored_without_any_script(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    assert not help_shows(client.get(page).content.decode())
    client.post(page, filled(item_1=3, item_2=2) | {"intent": "submit"})
    shown = client.get(page).content.decode()
    assert "mild" in shown
    assert selectors.form(practice.own(), id_of(page)).scored is not None


def test_answers_saved_for_later_are_there_when_the_patient_comes_back(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    client.post(page, {"item_4": "2", "intent": "save"})
    assert 'name="item_4" value="2" checked' in client.get(page).content.decode()


def test_a_page_that_was_open_since_puts_no_older_answer_over_a_newer_one(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    client.post(page, filled(item_2=1) | {"intent": "save"})
    old = filled(item_2=1) | seen(client, page)
    answer(client, id_of(page), 2, 3)
    answer(client, id_of(page), 9, 2)
    said = client.post(page, old | {"item_4": "1", "intent": "submit"}, follow=True).content.decode()
    form = selectors.form(practice.own(), id_of(page))
    assert (form.answers[2], form.answers[4], form.answers[9]) == (3, 1, 2)
    assert "changed elsewhere" in said
    assert form.scored is not None


def test_what_was_chosen_on_the_page_counts_whatever_was_answered_elsewhere(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    old = seen(client, page)
    answer(client, id_of(page), 2, 3)
    said = client.post(page, {"item_2": "1", "intent": "save"} | old, follow=True).content.decode()
    assert selectors.form(practice.own(), id_of(page)).answers[2] == 1
    assert "changed elsewhere" not in said


def test_open_questions_are_named_before_a_form_is_sent_with_gaps(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    answers = filled()
    del answers["item_6"]
    response = client.post(page, answers | {"intent": "submit"})
    assert response.headers["Location"].endswith("?open=1#open")
    assert 'href="#question-6"' in client.get(response.headers["Location"]).content.decode()
    client.post(page, answers | {"intent": "submit", "as_it_is": "yes"})
    scored = selectors.form(practice.own(), id_of(page)).scored
    assert scored is not None
    assert (scored.total, scored.missing) == (None, 1)
    assert "no score" in client.get(page).content.decode()


def test_a_form_of_parts_without_a_total_is_shown_by_its_parts_and_called_open_only_where_it_is(
    practice: Practice, seal_now: Callable[[], None]
) -> None:
    full = practice.fill({3: 3, 5: 2}, key="dass-21")
    seal_now()
    client = practice.browser(practice.patient)
    for page in (f"/assessments/{full}/", "/assessments/"):
        shown = client.get(page).content.decode()
        assert "left open" not in shown
        assert all(word in shown for word in ("depression", "mild", "anxiety", "stress", "normal"))


def test_a_form_of_parts_with_gaps_says_which_part_has_no_score(
    practice: Practice, seal_now: Callable[[], None]
) -> None:
    who, actor = practice.patient.id, practice.patient.actor
    form = assessments.start(who, key="dass-21", ordinal=0, actor=actor, command_id=uuid4())
    for item in range(1, 22):
        if item not in (3, 5):
            assessments.answer(who, form, item=item, answer=0, actor=actor, command_id=uuid4())
    assessments.submit(who, form, as_it_is=True, actor=actor, command_id=uuid4())
    seal_now()
    client = practice.browser(practice.patient)
    for page in (f"/assessments/{form}/", "/assessments/"):
        shown = client.get(page).content.decode()
        assert shown.count("too many of its questions were left open") == 1
        assert "normal" in shown
    assert "Some questions were left open" in client.get(f"/assessments/{form}/").content.decode()


@pytest.mark.parametrize("grade", [1, 2, 3])
def test_item_nine_above_zero_shows_help_at_once_and_keeps_showing_it(practice: Practice, grade: int) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    client.post(page, {"item_9": str(grade), "intent": "save"})
    assert help_shows(client.get(page).content.decode())
    client.post(page, {"item_9": "0", "intent": "save"})
    shown = client.get(page).content.decode()
    assert help_shows(shown)
    assert "988" in shown
    assert "no risk" not in shown.lower()


def test_a_form_begun_too_long_ago_without_an_answer_that_needs_a_person_shows_no_help_card(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    monkeypatch.setattr(schedule, "STANDS", -timedelta(seconds=1))
    refused = client.post(page, filled(item_1=3) | {"intent": "submit"}, follow=True).content.decode()
    assert "begun more than a week ago" in refused
    assert not help_shows(refused)


def test_beside_the_crisis_line_nothing_is_promised_that_nobody_keeps(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    page = begin(client)
    for intent in ("save", "submit"):
        client.post(page, filled(item_9=2) | {"intent": intent})
        shown = client.get(page).content.decode()
        assert "Your care team can see your answer. They don" in shown
        assert "in touch" not in shown


def test_a_patient_whom_nobody_treats_is_not_told_that_a_care_team_sees_the_answer(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_account(practice.provider.id, reason="left", actor=SETUP)
    client = practice.browser(practice.patient)
    page = begin(client)
    pages = [client.get(page)]
    for intent in ("save", "submit"):
        client.post(page, filled(item_9=2) | {"intent": intent})
        pages.append(client.get(page))
    stale = practice.fill({9: 2}, ordinal=1, submit=False)
    monkeypatch.setattr(schedule, "STANDS", -timedelta(seconds=1))
    pages.append(client.post(f"/assessments/{stale}/", {"intent": "submit"}, follow=True))
    for shown in (one.content.decode() for one in pages):
        assert HELP in shown
        assert "may be that nobody reads your answer" in shown
        assert "care team can see" not in shown
        assert "with your care team" not in shown
        assert "tel:988" in shown


def test_each_answer_is_saved_by_the_api_and_a_repeated_key_writes_once(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    form = id_of(begin(client))
    for _ in range(2):
        response = answer(client, form, 9, 2, **{"Idempotency-Key": "a"})
        assert response.status_code == 200
        assert response.json()["attention"] == 2
    assert store.version_of(StreamName("assessment", form)) == 2
    reused = answer(client, form, 9, 3, **{"Idempotency-Key": "a"})
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


def test_a_start_that_is_sent_again_gives_the_form_that_it_began(
    practice: Practice, seal_now: Callable[[], None]
) -> None:
    client = practice.browser(practice.patient)

    def start(key: str) -> Any:
        body, again = {"instrument": "gad-7"}, {"Idempotency-Key": key}
        made = client.post("/api/v1/assessments/", body, content_type="application/json", headers=again)
        assert made.status_code == 201
        return made.json()

    first = start("one")
    hand_in = f"/api/v1/assessments/{first['id']}/submission/"
    assert client.post(hand_in, {"as_it_is": True}, content_type="application/json").status_code == 200
    seal_now()
    again = start("one")
    assert (again["id"], again["status"]) == (first["id"], "scored")
    assert start("two")["id"] != first["id"]


def test_an_answer_under_a_key_of_days_ago_is_kept(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    form = id_of(begin(client))
    answer(client, form, 9, 2, **{"Idempotency-Key": "a"})
    idempotency.forget_before(timezone.now())
    assert answer(client, form, 9, 3, **{"Idempotency-Key": "a"}).json()["attention"] == 3
    assert store.version_of(StreamName("assessment", form)) == 3


def test_the_api_hands_in_and_then_takes_no_more(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    made = client.post("/api/v1/assessments/", {"instrument": "GAD-7"}, content_type="application/json")
    assert made.status_code == 201
    form = UUID(made.json()["id"])
    address = f"/api/v1/assessments/{form}/submission/"
    early = client.post(address, {}, content_type="application/json")
    assert (early.status_code, early.json()["code"]) == (422, "answers_missing")
    for item in range(1, 8):
        assert answer(client, form, item, 3).status_code == 200
    done = client.post(address, {}, content_type="application/json").json()
    assert (done["total"], done["severity"], done["status"]) == (21, "severe", "scored")
    late = answer(client, form, 1, 0)
    assert (late.status_code, late.json()["code"]) == (409, "assessment_closed")
    assert late.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("item", "value"), [(1, 4), (11, 0), (99, 1)])
def test_what_the_form_does_not_have_is_a_400_and_writes_nothing(practice: Practice, item: int, value: int) -> None:
    client = practice.browser(practice.patient)
    form = id_of(begin(client))
    assert answer(client, form, item, value).status_code == 400
    assert store.version_of(StreamName("assessment", form)) == 1


def test_anothers_form_is_not_there_and_stays_as_it_was(practice: Practice) -> None:
    form = id_of(begin(practice.browser(practice.patient)))
    for who in (practice.other, practice.outsider):
        client = practice.browser(who)
        assert client.get(f"/assessments/{form}/").status_code in (403, 404)
        assert answer(client, form, 1, 3).status_code in (403, 404)
        assert client.get(f"/api/v1/assessments/{form}/").status_code == 404
    assert practice.browser(practice.other).get(f"/api/v1/assessments/{uuid4()}/").status_code == 404
    assert store.version_of(StreamName("assessment", form)) == 1


def test_a_clinician_reads_the_forms_of_the_caseload_only(practice: Practice, seal_now: Callable[[], None]) -> None:
    practice.fill({9: 1})
    seal_now()

    def listed(who: User) -> Any:
        return practice.browser(who).get(f"/api/v1/assessments/?patient={practice.patient.id}")

    assert [one["attention"] for one in listed(practice.provider).json()["results"]] == [1]
    assert listed(practice.outsider).status_code == 404
    assert listed(practice.other).status_code == 404


def test_instruments_are_listed_with_codes_and_sources(practice: Practice) -> None:
    client = practice.browser(practice.provider)
    keys = [one["key"] for one in client.get("/api/v1/instruments/").json()["results"]]
    assert keys == ["phq-9", "gad-7", "dass-21"]
    phq = client.get("/api/v1/instruments/phq-9/").json()
    assert phq["items"][8]["code"] == "44260-8"
    assert client.get("/api/v1/instruments/bdi/").status_code == 404


def test_a_page_of_a_list_leads_to_the_next(practice: Practice) -> None:
    client = practice.browser(practice.provider)
    first = client.get("/api/v1/instruments/?page_size=2").json()
    rest = client.get(first["next"]).json()
    assert [one["key"] for one in first["results"] + rest["results"]] == ["phq-9", "gad-7", "dass-21"]
    assert rest["next"] is None
    assert client.get("/api/v1/instruments/?cursor=nonsense").status_code == 404


def test_a_form_that_was_begun_too_long_ago_is_begun_anew_and_its_item_9_is_heard_again(
    practice: Practice, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = practice.browser(practice.patient)
    old = begin(client)
    client.post(old, {"item_9": "2", "intent": "save"})
    seal_now()
    assert begin(client) == old, "within the week it is gone on with"
    monkeypatch.setattr(schedule, "STANDS", -timedelta(seconds=1))
    assert "begun" not in client.get("/assessments/").content.decode()
    refused = client.post(old, filled(item_1=3, item_9=2) | {"intent": "submit"}, follow=True).content.decode()
    assert "begun more than a week ago" in refused
    assert help_shows(refused), "item 9 was answered on the page that is refused"
    kept = selectors.form(practice.own(), id_of(old))
    assert (kept.scored, kept.answers[1]) == (None, 3), "what was answered is kept"
    told = client.post(f"/api/v1/assessments/{id_of(old)}/submission/", {"as_it_is": True}, "application/json")
    assert (told.status_code, told.json()["code"]) == (409, "assessment_stale")
    new = begin(client)
    assert new != old
    monkeypatch.undo()
    client.post(new, filled(item_9=2) | {"intent": "submit"})
    assert selectors.form(practice.own(), id_of(new)).attention == 2
    assert selectors.form(practice.own(), id_of(new)).scored is not None
