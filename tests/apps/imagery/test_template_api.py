"""The API of templates: by cursor and filter, and a review that may be sent twice."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from apps.imagery import scene_templates
from apps.imagery.review_events import REVIEWS, DraftsAllowed, DraftsClosed, TemplateWithdrawn
from eventstore import store
from tests.apps.practice import Practice, open_practice

WHY = "The ice may frighten."


@pytest.fixture
def practice(db: None) -> Practice:
    """In a transaction that is rolled back: nothing here needs another process to see it."""
    return open_practice()


@pytest.fixture
def one() -> scene_templates.SceneTemplate:
    return scene_templates.templates()[0]


@pytest.fixture
def clinician(practice: Practice) -> Client:
    return practice.browser(practice.provider)


def log() -> list[Any]:
    return [recorded.event for recorded in store.read(REVIEWS)]


def post(client: Client, one: scene_templates.SceneTemplate, key: str, **given: str) -> Any:
    return client.post(
        f"/api/v1/templates/{one.id}/review/", json.dumps(given), content_type="application/json",
        headers={"Idempotency-Key": key},
    )  # fmt: skip


def test_the_api_reviews_once_a_key_and_of_the_words_it_names(
    practice: Practice, clinician: Client, one: scene_templates.SceneTemplate
) -> None:
    for _ in range(2):
        answer = post(clinician, one, "k1", state="withdrawn", digest=one.digest, comment=WHY)
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["reviews"][0]["comment"]) == ("withdrawn", WHY)
    stale = post(clinician, one, "k2", state="approved", digest="0" * 64)
    assert (stale.status_code, stale.json()["code"]) == (409, "words_changed")
    for key, wrong in (("k3", "draft"), ("k4", "splendid")):  # the first lacks a comment
        assert post(clinician, one, key, state=wrong, digest=one.digest).status_code == 400
    assert log() == [TemplateWithdrawn(template=one.id, digest=one.digest, comment=WHY)]


def test_the_api_lists_by_cursor_and_filter_and_reads_one(
    clinician: Client, one: scene_templates.SceneTemplate
) -> None:
    found: list[str] = []
    url = "/api/v1/templates/?technique=mindfulness&page_size=100"
    while url:
        page = clinician.get(url).json()
        found += [entry["id"] for entry in page["results"]]
        url = page["next"]
    assert found == [each.id for each in scene_templates.templates() if each.technique == "mindfulness"]
    read = clinician.get(f"/api/v1/templates/{one.id}/").json()
    assert (read["text"], read["digest"], read["state"], read["reviews"]) == (one.text, one.digest, "draft", [])
    assert clinician.get("/api/v1/templates/nothing/").status_code == 404


def decide(client: Client, key: str, **given: object) -> Any:
    return client.post(
        "/api/v1/templates/drafts/decisions/", json.dumps(given), content_type="application/json",
        headers={"Idempotency-Key": key},
    )  # fmt: skip


def test_the_api_tells_and_records_what_the_organisation_decided_about_drafts(
    practice: Practice, clinician: Client, settings: Settings
) -> None:
    settings.ATTUNE_DEMANDS_APPROVED = True
    administrator = practice.browser(practice.administrator)
    before = clinician.get("/api/v1/templates/drafts/").json()
    assert before == {"demanded": True, "allowed": False, "drafts_shown": False, "decisions": []}
    for _ in range(2):
        rule = decide(administrator, "d1", allowed=True, reason=WHY).json()
    (decided,) = rule.pop("decisions")
    assert rule == {"demanded": True, "allowed": True, "drafts_shown": True}
    assert (decided["allowed"], decided["reason"], decided["role"]) == (True, WHY, "administrator")
    assert decided["by"] == str(practice.administrator.id)
    assert decide(administrator, "d2", allowed=False, reason=WHY).json()["drafts_shown"] is False
    assert len(clinician.get("/api/v1/templates/drafts/").json()["decisions"]) == 2
    assert log() == [DraftsAllowed(reason=WHY), DraftsClosed(reason=WHY)]


def test_a_decision_about_drafts_needs_a_reason_an_answer_and_whoever_may_decide(
    practice: Practice, clinician: Client
) -> None:
    administrator = practice.browser(practice.administrator)
    wrong: tuple[dict[str, object], ...] = ({"allowed": True, "reason": " x "}, {"allowed": True}, {"reason": WHY})
    for key, given in enumerate(wrong):
        assert decide(administrator, f"d{key}", **given).status_code == 400
    assert decide(clinician, "d9", allowed=True, reason=WHY).status_code == 403
    assert clinician.get("/api/v1/templates/drafts/").json()["decisions"] == []
    assert log() == []
