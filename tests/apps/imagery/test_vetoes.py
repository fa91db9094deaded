"""What a clinician sets aside for one patient: with a reason, at once, out of sight, and taken back again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from access.door import Permit, Purpose, Right, open_patient
from access.permit import WrongPermit
from apps.imagery import keeping, selectors, words
from apps.imagery.keeping_events import CHOOSING, LeftOut, LetIn, StyleSet
from apps.imagery.vetoes import NothingWouldStand, NotOffered, ReasonMissing, VetoUnknown
from apps.patients.erasing import erase_patient
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.showing import SCENE, Showing, showing
from tests.apps.practice import Practice

Seal = Callable[[], None]
WHY = "It reminds her of the accident."


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def treating(practice: Practice) -> Permit:
    return open_patient(practice.provider.actor, practice.patient.id, to=Right.SET_PREFERENCES, why=Purpose.TREATMENT)


def own(practice: Practice) -> Permit:
    return practice.own(Right.VIEW_OWN)


def log(practice: Practice) -> list[Any]:
    return [recorded.event for recorded in store.read(StreamName(CHOOSING, practice.patient.id))]


def leave_out(practice: Practice, image_id: UUID, what: str, reason: str = WHY) -> UUID:
    command_id = uuid4()
    keeping.leave_out_of(treating(practice), image_id, what, reason=reason, command_id=command_id)
    return command_id


def test_what_is_set_aside_binds_the_choice_at_once_and_no_longer_once_taken_back(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    ids = [leave_out(practice, image_id, what) for what in ("kind", "template", "style")]
    taste = selectors.taste(practice.patient.id)
    assert taste.blocked_kinds == ("lake",)
    assert taste.blocked_templates == ("mindfulness.sadness.lake_dawn",)
    assert taste.blocked_styles == ("watercolour",)
    assert selectors.taste(practice.other.id).blocked_kinds == ()
    for veto_id in ids:
        keeping.let_in(treating(practice), veto_id, reason="", command_id=uuid4())
    after = selectors.taste(practice.patient.id)
    assert (after.blocked_kinds, after.blocked_templates, after.blocked_styles) == ((), (), ())


def test_what_upset_the_patient_stays_blocked_when_a_veto_of_its_kind_is_taken_back(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    session.upset(image_id)
    seal_now()
    veto_id = leave_out(practice, image_id, "kind")
    keeping.let_in(treating(practice), veto_id, reason="", command_id=uuid4())
    assert selectors.taste(practice.patient.id).blocked_kinds == ("lake",)


def test_a_picture_set_aside_is_out_of_the_patients_sight_until_it_is_taken_back(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    keeping.keep(practice.own(Right.SET_PREFERENCES), image_id, command_id=uuid4())
    seal_now()
    veto_id = leave_out(practice, image_id, "picture")
    client = practice.browser(practice.patient)
    assert selectors.album(own(practice)) == []
    assert client.get(f"/images/{image_id}/").status_code == 404
    assert client.put(f"/api/v1/album/{image_id}/").status_code == 404
    assert selectors.shown_images(own(practice)) == []
    [seen] = selectors.shown_images(practice.chart())
    assert seen.set_aside
    assert practice.browser(practice.provider).get(f"/images/{image_id}/").status_code == 200
    keeping.let_in(treating(practice), veto_id, reason="talked about it", command_id=uuid4())
    assert [one.image.image_id for one in selectors.album(own(practice))] == [image_id]
    assert client.get(f"/images/{image_id}/").status_code == 200


def keeps(practice: Practice, *images: UUID) -> None:
    for image_id in images:
        keeping.keep(practice.own(Right.SET_PREFERENCES), image_id, command_id=uuid4())


def kept(practice: Practice) -> set[UUID]:
    return {one.image.image_id for one in selectors.album(own(practice))}


@pytest.mark.parametrize("what", ["kind", "template", "style"])
def test_kept_pictures_of_what_is_set_aside_are_out_of_the_patients_sight_until_it_is_taken_back(
    practice: Practice, session: Showing, seal_now: Seal, what: str
) -> None:
    one, like_it, other = session.show(), session.show(), session.show(**SCENE)
    seal_now()
    keeps(practice, one, other)
    seal_now()
    veto_id = leave_out(practice, like_it, what)
    patient, provider = practice.browser(practice.patient), practice.browser(practice.provider)
    assert kept(practice) == {other}
    assert {shown.image_id for shown in selectors.shown_images(own(practice))} == {other}
    assert [patient.get(f"/images/{image}/").status_code for image in (one, other)] == [404, 200]
    assert patient.put(f"/api/v1/album/{like_it}/").status_code == 404
    assert "One picture that you kept is not shown here" in patient.get("/album/").content.decode()
    assert len(selectors.shown_images(practice.chart())) == 3
    assert provider.get(f"/images/{one}/").status_code == 200
    keeping.let_in(treating(practice), veto_id, reason="", command_id=uuid4())
    assert kept(practice) == {one, other}
    assert patient.get(f"/images/{one}/").status_code == 200
    assert "not shown here" not in patient.get("/album/").content.decode()


def test_what_is_set_aside_makes_no_list_of_the_patients_shorter(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    older = [session.show(**SCENE, shown_at=timezone.now() - timedelta(days=day)) for day in (2, 3, 4)]
    newest = [session.show() for _ in range(5)]
    seal_now()
    leave_out(practice, newest[0], "style")
    for limit in (1, 2, 3, 24):
        assert [one.image_id for one in selectors.shown_images(own(practice), limit)] == older[:limit]
    assert selectors.shown_images(own(practice), 0) == []
    assert {one.image_id for one in selectors.shown_images(practice.chart(), 5)} == set(newest)


def test_kept_pictures_of_a_kind_that_upset_the_patient_are_out_of_their_sight_before_any_projection_hears_of_it(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    one, like_it = session.show(), session.show()
    seal_now()
    keeps(practice, one)
    seal_now()
    session.upset(like_it)
    patient = practice.browser(practice.patient)
    assert kept(practice) == set()
    assert patient.get(f"/images/{one}/").status_code == 404
    page = patient.get("/album/").content.decode()
    assert "One picture that you kept is not shown here" in page
    assert "Nothing kept yet" not in page
    assert practice.browser(practice.provider).get(f"/images/{one}/").status_code == 200


def test_with_a_picture_of_the_library_its_scene_is_set_aside(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    scene, painted = session.show(**SCENE), session.show()
    seal_now()
    leave_out(practice, scene, "picture")
    leave_out(practice, painted, "picture")
    assert selectors.taste(practice.patient.id).blocked_templates == ("library:sea-00",)


def test_a_veto_tells_who_when_and_why_and_is_not_said_twice(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    veto_id = leave_out(practice, image_id, "style", f"  {WHY} ")
    leave_out(practice, image_id, "style", "again")
    [event] = log(practice)
    assert event == LeftOut(
        veto_id=veto_id, what="style", value="watercolour", image_id=image_id,
        template="mindfulness.sadness.lake_dawn", reason=WHY,
    )  # fmt: skip
    [veto] = selectors.choosing(practice.chart()).vetoes
    assert (veto.by, veto.reason, veto.lifted) == (practice.provider.id, WHY, None)
    for _ in range(2):
        keeping.let_in(treating(practice), veto_id, reason="better now", command_id=uuid4())
    assert log(practice)[1:] == [LetIn(veto_id=veto_id, reason="better now")]
    [veto] = selectors.choosing(practice.chart()).vetoes
    assert veto.lifted is not None
    assert (veto.lifted.by, veto.lifted.reason) == (practice.provider.id, "better now")


def test_what_the_rules_refuse_is_not_written(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    others = showing(practice.other.id, practice.other.actor).show()
    seal_now()
    with pytest.raises(ReasonMissing):
        leave_out(practice, image_id, "style", "  ")
    with pytest.raises(NotOffered):
        leave_out(practice, image_id, "patient")
    with pytest.raises(NotOffered):
        keeping.leave_out(treating(practice), "kind", "battlefield", reason=WHY, command_id=uuid4())
    with pytest.raises(NotOffered):
        keeping.leave_out(treating(practice), "picture", str(image_id), reason=WHY, command_id=uuid4())
    with pytest.raises(Http404):
        leave_out(practice, others, "picture")
    with pytest.raises(VetoUnknown):
        keeping.let_in(treating(practice), uuid4(), reason="", command_id=uuid4())
    with pytest.raises(WrongPermit):
        keeping.leave_out(practice.chart(), "kind", "sea", reason=WHY, command_id=uuid4())
    assert log(practice) == []


@pytest.mark.parametrize(("what", "offered"), [("style", words.STYLES), ("kind", words.KINDS)])
def test_the_last_one_that_stands_cannot_be_set_aside(practice: Practice, what: str, offered: tuple[str, ...]) -> None:
    *most, last = offered
    for value in most:
        keeping.leave_out(treating(practice), what, value, reason=WHY, command_id=uuid4())
    with pytest.raises(NothingWouldStand):
        keeping.leave_out(treating(practice), what, last, reason=WHY, command_id=uuid4())
    assert len(log(practice)) == len(most)


def test_the_style_last_chosen_counts_and_none_leaves_it_open(practice: Practice) -> None:
    client = practice.browser(practice.patient)
    for style in ("ink", "gouache", "gouache", "graffiti"):
        client.post("/album/style/", {"style": style})
    assert selectors.taste(practice.patient.id).style == "gouache"
    client.post("/album/style/", {"style": ""})
    assert selectors.taste(practice.patient.id).style == ""
    assert log(practice) == [StyleSet(style="ink"), StyleSet(style="gouache"), StyleSet(style="")]


def test_of_an_erased_patient_no_veto_and_no_style_is_left(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    leave_out(practice, image_id, "kind")
    keeping.set_style(practice.own(Right.SET_PREFERENCES), "ink", command_id=uuid4())
    erase_patient(practice.patient.id, reason="asked", approved_by=practice.administrator.actor)
    seal_now()
    bound = keeping.chosen(practice.patient.id)
    assert (bound.style, bound.vetoes) == ("", ())
