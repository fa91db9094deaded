"""The API of templates: by cursor and filter, and a review that may be sent twice."""

import json
from typing import Any

import pytest
from django.test import Client

from apps.imagery import scene_templates
from apps.imagery.review_events import REVIEWS, TemplateWithdrawn
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
