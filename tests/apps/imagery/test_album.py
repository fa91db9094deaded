"""The album: kept by the patient alone, sealed, audited, gone with what upset them and with their erasure."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.http import Http404
from django.test import Client

from access.door import Permit, Right
from access.events import RecordsAsked
from apps.imagery import keeping, selectors
from apps.imagery.keeping_events import ALBUM, ImageKept, ImageRemoved
from apps.imagery.models import IMAGE, AlbumRow, ImageRow
from apps.patients.erasing import erase_patient
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.showing import SCENE, Showing, showing
from tests.apps.practice import Practice
from vault import columns

Seal = Callable[[], None]


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def permit(practice: Practice) -> Permit:
    return practice.own(Right.VIEW_OWN)


def kept(practice: Practice) -> list[UUID]:
    return [one.image.image_id for one in selectors.album(permit(practice))]


def keep(practice: Practice, *images: UUID) -> None:
    for image_id in images:
        keeping.keep(practice.own(Right.SET_PREFERENCES), image_id, command_id=uuid4())


def entry(image_id: UUID) -> str:
    return f"/api/v1/album/{image_id}/"


def log(practice: Practice) -> list[Any]:
    return [recorded.event for recorded in store.read(StreamName(ALBUM, practice.patient.id))]


def test_what_is_kept_stands_in_the_album_newest_first_and_can_be_taken_out(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    first, second = session.show(), session.show()
    seal_now()
    keep(practice, first, second)
    seal_now()
    assert kept(practice) == [second, first]
    keeping.remove(practice.own(Right.SET_PREFERENCES), second, command_id=uuid4())
    seal_now()
    assert kept(practice) == [first]
    assert log(practice) == [ImageKept(image_id=first), ImageKept(image_id=second), ImageRemoved(image_id=second)]


def test_the_api_keeps_once_whatever_is_sent_again(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    seal_now()
    client = practice.browser(practice.patient)
    for key in ("one", "one", "two"):
        answer = client.put(entry(image_id), headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()) == (200, {"image_id": str(image_id), "kept": True})
    assert log(practice) == [ImageKept(image_id=image_id)]
    reused = client.delete(entry(image_id), headers={"Idempotency-Key": "one"})
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
    seal_now()
    [listed] = client.get("/api/v1/album/").json()["results"]
    assert (listed["id"], listed["alt"]) == (str(image_id), "A quiet lake at dawn")
    assert client.delete(entry(image_id)).json()["kept"] is False
    seal_now()
    assert client.get("/api/v1/album/").json()["results"] == []


def test_a_picture_that_upset_leaves_the_album_and_cannot_come_back(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id, other = session.show(), session.show(**SCENE)
    seal_now()
    keep(practice, image_id, other)
    session.upset(image_id)
    seal_now()
    assert kept(practice) == [other]
    assert str(image_id) not in practice.browser(practice.patient).get("/album/").content.decode()
    assert practice.browser(practice.patient).put(entry(image_id)).status_code == 404
    assert len(log(practice)) == 2


def test_a_picture_is_not_kept_just_after_it_upset_though_its_row_knows_nothing_of_that(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    session.upset(image_id)
    with pytest.raises(Http404):
        keep(practice, image_id)
    seal_now()
    assert kept(practice) == []


def test_somebody_elses_picture_is_not_there_to_keep(practice: Practice, seal_now: Seal) -> None:
    others = showing(practice.other.id, practice.other.actor).show()
    seal_now()
    client = practice.browser(practice.patient)
    for image_id in (others, uuid4()):
        assert client.put(entry(image_id)).status_code == 404
        assert client.delete(entry(image_id)).status_code == 404
        assert client.post(f"/album/{image_id}/keep/").status_code == 404
    assert log(practice) == []
    assert store.version_of(StreamName(ALBUM, practice.other.id)) == 0


def test_clinicians_and_strangers_have_no_album(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    seal_now()
    for who in (practice.provider, practice.administrator):
        client = practice.browser(who)
        assert [client.get(page).status_code for page in ("/album/", "/api/v1/album/")] == [403, 403]
        assert client.put(entry(image_id)).status_code == 403
    assert Client().put(entry(image_id)).status_code == 401
    assert log(practice) == []


def test_each_look_at_the_album_and_each_change_stands_in_the_trail(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    client = practice.browser(practice.patient)
    client.put(entry(image_id))
    client.get("/album/")
    asked = [recorded.event for recorded in store.read(StreamName("access", practice.patient.id))]
    told = [(one.route, one.openings[0].right) for one in asked if isinstance(one, RecordsAsked)]
    assert told == [("imagery:api-album-entry", "set_preferences"), ("portal:album", "view_own")]


def test_replaying_the_log_gives_the_album_that_live_projecting_gave(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    first, second, third = session.show(), session.show(), session.show(**SCENE)
    seal_now()
    keep(practice, first, second, third)
    keeping.remove(practice.own(Right.SET_PREFERENCES), first, command_id=uuid4())
    session.upset(second)
    seal_now()
    live = selectors.album(permit(practice))
    for name in ("imagery.album", "imagery.images"):
        call_command("rebuild", name)
    assert selectors.album(permit(practice)) == live
    assert [one.image.image_id for one in live] == [third]
    assert [one.image_id for one in selectors.shown_images(practice.chart())] == [third, second, first]


def test_an_erased_patient_has_no_album(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    others = showing(practice.other.id, practice.other.actor).show()
    seal_now()
    keep(practice, image_id)
    theirs = practice.browser(practice.other)
    theirs.put(entry(others))
    seal_now()
    assert AlbumRow.objects.count() == 2
    erase_patient(practice.patient.id, reason="asked", approved_by=practice.administrator.actor)
    seal_now()
    assert [row.patient_id for row in AlbumRow.objects.all()] == [practice.other.id]
    assert len(theirs.get("/api/v1/album/").json()["results"]) == 1


def test_the_row_says_nothing_in_the_clear(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    seal_now()
    keep(practice, image_id)
    seal_now()
    sealed = bytes(AlbumRow.objects.get().sealed)
    assert image_id.bytes not in sealed
    assert str(image_id).encode() not in sealed


def test_rows_of_before_scores_were_kept_are_read_until_they_are_made_again(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    row = ImageRow.objects.get(id=image_id)
    facts = columns.open(row.patient_id, bytes(row.sealed), column=IMAGE)
    first = ("alt", "line", "technique", "emotion", "why", "fallback", "model", "rating", "note", "withdrawn")
    row.sealed = columns.seal(row.patient_id, {name: facts[name] for name in first}, column=IMAGE)
    row.save(update_fields=["sealed"])
    [old] = selectors.shown_images(permit(practice))
    assert (old.alt, old.scores, old.template) == ("A quiet lake at dawn", (), "")
