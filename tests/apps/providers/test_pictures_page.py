"""The clinician's page of one patient's pictures: filters, scores, and what is set aside and taken back."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from access import caseload
from access.roles import Role
from apps.accounts.commands import create_user
from apps.imagery.keeping_events import CHOOSING
from apps.providers.pictures import PAGE
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.showing import SCENE, Showing, showing
from tests.apps.practice import PASSWORD, SETUP, Practice

Seal = Callable[[], None]


@pytest.fixture
def session(practice: Practice) -> Showing:
    return showing(practice.patient.id, practice.patient.actor)


def address(practice: Practice) -> str:
    return f"/patients/{practice.patient.id}/pictures/"


def page(practice: Practice, query: str = "") -> str:
    return practice.browser(practice.provider).get(address(practice) + query).content.decode()


def shown(html: str) -> set[UUID]:
    return {UUID(found) for found in re.findall(r'<li id="picture-([0-9a-f-]+)"', html)}


def vetoes(practice: Practice) -> list[Any]:
    return [recorded.event for recorded in store.read(StreamName(CHOOSING, practice.patient.id))]


def test_each_filter_leaves_what_it_says_and_all_of_them_must_hold(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    painted, scene = session.show(), session.show(**SCENE)
    session.rate(painted, 2, "like home")
    session.upset(scene)
    seal_now()
    both = {painted, scene}
    for query, expected in {
        "": both,
        "?technique=mindfulness": {painted},
        "?emotion=fear": {scene},
        "?rating=2": {painted},
        "?rating=none": {scene},
        "?source=library": {scene},
        "?state=withdrawn": {scene},
        "?state=shown": {painted},
        "?state=aside": set(),
        "?source=library&technique=mindfulness": set(),
        "?rating=nonsense&colour=red": both,
    }.items():
        assert shown(page(practice, query)) == expected, query


def test_a_picture_stands_with_scores_model_and_what_the_patient_wrote(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    session.rate(image_id, -1, "too cold <b>")
    seal_now()
    html = page(practice)
    told = (
        "picture:nudity", "0.012", "0.300", "painter@2a7f7498", "preview model", "AI-generated", "gore", "worse",
        "mindfulness.sadness.lake_dawn", "too cold &lt;b&gt;", 'alt="A quiet lake at dawn"',
    )  # fmt: skip
    for one in told:
        assert one in html
    assert "style=" not in html.replace('name="style', "")
    assert "<script" not in html.replace('<script type="module" src="/static/', "")


def test_a_page_holds_so_many_and_the_next_one_goes_on_with_the_same_filters(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    every = {session.show() for _ in range(PAGE + 1)}
    session.show(**SCENE)
    seal_now()
    first = page(practice, "?source=painted")
    (further,) = re.findall(r'href="(\?source=painted&amp;after=[0-9a-f-]+)"', first)
    second = page(practice, further.replace("&amp;", "&"))
    assert len(shown(first)) == PAGE
    assert shown(first) | shown(second) == every
    assert not shown(first) & shown(second)
    assert "Older pictures" not in second


def test_a_picture_is_set_aside_on_the_page_with_a_reason_and_taken_back(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    client = practice.browser(practice.provider)
    form = {"image": str(image_id), "what": "template", "reason": ""}
    refused = client.post(address(practice) + "vetoes/", form, follow=True).content.decode()
    assert "Please write why" in refused
    assert vetoes(practice) == []
    client.post(address(practice) + "vetoes/", form | {"reason": "She asked for it."})
    html = page(practice)
    assert "“She asked for it.”" in html
    assert "Dr provider" in html
    [veto] = vetoes(practice)
    client.post(f"{address(practice)}vetoes/{veto.veto_id}/lift/")
    html = page(practice)
    assert "Taken back earlier" in html
    assert "taken back by Dr provider" in html
    assert len(vetoes(practice)) == 2


def test_a_style_is_set_aside_without_a_picture_and_is_then_no_longer_offered(practice: Practice) -> None:
    client = practice.browser(practice.provider)
    for value in ("style:ink", "style:ink", "template:library:sea-00", "kind:", ""):
        client.post(address(practice) + "vetoes/", {"value": value, "reason": "hard lines frighten her"})
    assert [(one.what, one.value) for one in vetoes(practice)] == [("style", "ink")]
    html = page(practice)
    assert 'value="style:ink"' not in html
    assert 'value="style:gouache"' in html
    own = practice.browser(practice.patient).get("/album/").content.decode()
    assert "set aside by your care team" in own
    assert "hard lines frighten her" not in own


ALSO_KEPT = "This also leaves what is kept in their album out of sight, until it is taken back."
HIDDEN = "not shown to the patient"


def hidden(html: str) -> set[UUID]:
    each = re.findall(r'<li id="picture-([0-9a-f-]+)".*?</figure>', html, re.DOTALL)
    said = re.findall(r'<li id="picture-[0-9a-f-]+"(.*?)</figure>', html, re.DOTALL)
    return {UUID(image_id) for image_id, about in zip(each, said, strict=True) if HIDDEN in about}


def test_whoever_sets_a_style_aside_reads_what_becomes_of_the_album_and_which_pictures_the_patient_is_not_shown(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    alike, scene, upset = (
        {session.show(), session.show()},
        session.show(**SCENE),
        session.show(kind="forest", style="ink"),
    )
    session.upset(upset)
    seal_now()
    html = page(practice)
    assert html.count(ALSO_KEPT) == 5  # beside each picture, and where a style or kind is set aside without one
    assert hidden(html) == {upset}
    client = practice.browser(practice.provider)
    client.post(address(practice) + "vetoes/", {"value": "style:watercolour", "reason": "wet edges frighten her"})
    assert hidden(page(practice)) == alike | {upset}
    assert client.get(f"/patients/{practice.patient.id}/").content.decode().count(HIDDEN) == 3
    [veto] = vetoes(practice)
    client.post(f"{address(practice)}vetoes/{veto.veto_id}/lift/")
    assert hidden(page(practice)) == {upset}
    assert scene in shown(page(practice))


def test_nobody_else_sees_or_changes_the_pictures_of_a_patient(
    practice: Practice, session: Showing, seal_now: Seal
) -> None:
    image_id = session.show()
    seal_now()
    form = {"image": str(image_id), "what": "picture", "reason": "none of my business"}
    for who, status in ((practice.outsider, 404), (practice.patient, 403), (practice.administrator, 403)):
        client = practice.browser(who)
        assert client.get(address(practice)).status_code == status
        assert client.post(address(practice) + "vetoes/", form).status_code == status
    theirs = f"/patients/{practice.other.id}/pictures/vetoes/"
    assert practice.browser(practice.outsider).post(theirs, form).status_code == 404
    assert vetoes(practice) == []


def test_a_supervisor_sees_them_and_sets_nothing_aside(practice: Practice, session: Showing, seal_now: Seal) -> None:
    image_id = session.show()
    seal_now()
    name = f"super-{uuid4().hex[:6]}@example.org"
    supervisor = create_user(name, PASSWORD, Role.SUPERVISOR, name="Dr supervisor")
    caseload.assign(supervisor.id, practice.patient.id, actor=SETUP)
    client = practice.browser(supervisor)
    html = client.get(address(practice)).content.decode()
    assert shown(html) == {image_id}
    assert "leave-out" not in html
    assert "/vetoes/" not in html
    assert client.post(address(practice) + "vetoes/", {"value": "style:ink", "reason": "why not"}).status_code == 403
