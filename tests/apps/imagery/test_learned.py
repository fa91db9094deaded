"""What was learned about a patient: counted and averaged, told on page and API, forgotten at their wish."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access.door import Right
from apps.imagery import keeping, projections, selectors
from apps.imagery.keeping_events import CHOOSING, LeftOut, LetIn, StyleSet, TasteReset
from apps.imagery.learned import Average, summed_up
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.showing import Showing, showing
from tests.apps.practice import Practice

JSON = "application/json"
Seal = Callable[[], None]
WHY = "It reminds her of the accident."


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def log(practice: Practice, kind: type) -> list[Any]:
    found = store.read(StreamName(CHOOSING, practice.patient.id))
    return [one.event for one in found if isinstance(one.event, kind)]


def rated(session: Showing, *ratings: int, **facts: Any) -> None:
    for rating in ratings:
        session.rate(session.show(**facts), rating)


def test_ratings_are_averaged_by_kind_and_style_where_there_are_enough() -> None:
    seen: list[dict[str, Any]] = [
        {"kind": "sea", "style": "ink", "rating": 2, "mood": 0.5, "felt": None},
        {"kind": "sea", "style": "photo", "rating": 1, "mood": None, "felt": 0.1},
        {"kind": "lake", "style": "ink", "rating": -2, "mood": None, "felt": 0.2},
        {"kind": "lake", "style": "ink", "rating": None, "mood": None, "felt": None},
    ]
    found = summed_up(seen, upsetting=("town",), since=None)
    assert (found.shown, found.rated, found.moods, found.faces) == (4, 3, 1, 2)
    assert found.kinds == (Average("sea", 2, 1.5),)
    assert found.styles == (Average("ink", 2, 0.0),)


def test_the_page_tells_it_in_plain_words(practice: Practice, session: Showing, seal_now: Seal) -> None:
    rated(session, 2, 1, kind="sea")
    rated(session, -1, -2, kind="town", style="ink")
    session.upset(session.show(kind="desert"))
    seal_now()
    page = practice.browser(practice.patient).get("/me/preferences/").content.decode()
    assert "5 pictures are remembered." in page and "You rated 4 of them." in page
    assert "+1.5" in page and "\N{MINUS SIGN}1.5" in page
    assert "Never shown again, because a picture upset you: deserts." in page


def test_forgetting_ends_what_counts_and_nothing_else(practice: Practice, session: Showing, seal_now: Seal) -> None:
    rated(session, 2, 2)
    upsetting = session.show(kind="desert")
    session.upset(upsetting)
    seal_now()
    kept = session.show()
    seal_now()
    keeping.keep(practice.own(Right.SET_PREFERENCES), kept, command_id=uuid4())
    treating = practice.browser(practice.provider)
    treating.post(f"/patients/{practice.patient.id}/pictures/vetoes/", {"value": "kind:town", "reason": WHY})
    client = practice.browser(practice.patient)
    answer = client.post("/me/learned/forget/", follow=True).content.decode()
    assert "Forgotten." in answer and "Nothing yet." in answer
    after = selectors.taste(practice.patient.id)
    assert (after.seen, set(after.blocked_kinds)) == ((), {"desert", "town"})
    seal_now()
    assert [one.image.image_id for one in selectors.album(practice.own(Right.VIEW_OWN))] == [kept]
    assert len(selectors.shown_images(practice.chart())) == 4
    assert (
        "the patient reset what was learned" in treating.get(f"/patients/{practice.patient.id}/care/").content.decode()
    )


def test_upsetting_pictures_of_before_a_reset_block_their_kind_even_when_said_after_it(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show(kind="forest")
    seal_now()
    keeping.forget(practice.own(Right.SET_PREFERENCES), at=timezone.now(), command_id=uuid4())
    session.upset(image_id)
    seal_now()
    assert selectors.taste(practice.patient.id).blocked_kinds == ("forest",)


def test_a_picture_older_than_what_is_remembered_blocks_its_kind_all_the_same(
    practice: Practice, session: Showing, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "MOST_REMEMBERED", 2)
    image_id, *_ = [session.show(kind=kind) for kind in ("forest", "sea", "lake")]
    session.upset(image_id)
    seal_now()
    live = selectors.learned(practice.own(Right.VIEW_OWN))
    assert (live.shown, live.upsetting) == (2, ("forest",))
    call_command("rebuild", projections.Taste.name)
    assert selectors.learned(practice.own(Right.VIEW_OWN)) == live


def test_what_is_shown_after_a_reset_counts_and_a_late_answer_to_what_was_before_does_not(
    practice: Practice, session: Showing, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = session.show()
    reset_at = timezone.now() - timedelta(minutes=2)  # pictures of these tests are shown three minutes ago
    keeping.forget(practice.own(Right.SET_PREFERENCES), at=reset_at, command_id=uuid4())
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: reset_at + timedelta(minutes=4))
        after = session.show()
    session.rate(before, 2)
    session.rate(after, -1)
    seal_now()
    assert [one["image"] for one in selectors.taste(practice.patient.id).seen] == [str(after)]
    assert selectors.learned(practice.own(Right.VIEW_OWN)).rated == 1


def test_the_api_tells_and_forgets_once_however_often_it_is_sent(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    rated(session, 1, 2)
    seal_now()
    client = practice.browser(practice.patient)
    told = client.get("/api/v1/learned/").json()
    assert (told["since"], told["rated"], told["kinds"]) == (None, 2, [{"key": "lake", "count": 2, "mean": 1.5}])
    for _ in range(2):
        assert client.delete("/api/v1/learned/", headers={"Idempotency-Key": "one"}).status_code == 204
    assert len(log(practice, TasteReset)) == 1
    assert client.get("/api/v1/learned/").json()["shown"] == 0
    assert practice.browser(practice.provider).delete("/api/v1/learned/").status_code == 403


def test_vetoes_are_set_listed_and_lifted_by_api(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    seal_now()
    client, address = practice.browser(practice.provider), f"/api/v1/patients/{practice.patient.id}/vetoes/"
    body = {"what": "template", "image_id": str(image_id), "reason": WHY}
    first, again = (client.post(address, body, JSON, headers={"Idempotency-Key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(log(practice, LeftOut)) == 1
    client.post(address, {"what": "kind", "value": "town", "reason": WHY}, JSON)
    assert [one["value"] for one in client.get(address).json()["results"]] == ["town", "mindfulness.sadness.lake_dawn"]
    lifted = client.delete(f"{address}{first.json()['id']}/", {"reason": "better now"}, JSON)
    assert lifted.json()["lifted"]["reason"] == "better now"
    assert len(log(practice, LetIn)) == 1
    assert selectors.taste(practice.patient.id).blocked_templates == ()


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"what": "kind", "value": "battlefield", "reason": WHY}, 400),
        ({"what": "kind", "value": "sea", "reason": ""}, 400),
        ({"what": "mood", "value": "sea", "reason": WHY}, 400),
        ({"what": "picture", "image_id": str(uuid4()), "reason": WHY}, 404),
    ],
)
def test_a_veto_that_the_rules_refuse_is_a_problem_and_not_written(
    practice: Practice, wrong: dict[str, Any], status: int
) -> None:
    address = f"/api/v1/patients/{practice.patient.id}/vetoes/"
    answer = practice.browser(practice.provider).post(address, wrong, JSON)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert practice.browser(practice.outsider).get(address).status_code == 404
    assert log(practice, LeftOut) == []


def test_the_style_is_chosen_by_api(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    for _ in range(2):
        answer = client.put("/api/v1/style/", {"style": "ink"}, JSON, headers={"Idempotency-Key": "one"})
        assert answer.json() == {"style": "ink"}
    assert client.put("/api/v1/style/", {"style": "graffiti"}, JSON).status_code == 400
    assert client.get("/api/v1/style/").json() == {"style": "ink"}
    assert log(practice, StyleSet) == [StyleSet(style="ink")]
