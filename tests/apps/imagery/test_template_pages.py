"""The pages and the API of templates: filters, the picture, reviews, and the decision on drafts."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from access.roles import Role
from apps.accounts.commands import create_user
from apps.imagery import examples, scene_templates
from apps.imagery.review_events import REVIEWS, DraftsAllowed, DraftsClosed, TemplateApproved
from apps.imagery.scheduling import DEADLINE
from apps.imagery.tasks import exemplifying
from apps.imagery.template_list import PAGE
from eventstore import jobs, store, verification
from eventstore.models import Job
from tests.apps.practice import PASSWORD, Practice, open_practice

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


@pytest.fixture
def supervisor(practice: Practice) -> Client:
    login = f"supervisor-{uuid4().hex[:6]}@example.org"
    return practice.browser(create_user(login, PASSWORD, Role.SUPERVISOR, name="Dr Supervisor"))


def log() -> list[Any]:
    return [recorded.event for recorded in store.read(REVIEWS)]


def address(one: scene_templates.SceneTemplate, rest: str = "") -> str:
    return f"/templates/{one.id}/{rest}"


def listed(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/templates/([^/"]+)/', html)


def say(client: Client, one: scene_templates.SceneTemplate, state: str, comment: str = "", seen: str = "") -> Any:
    given = {"state": state, "comment": comment, "seen": seen or one.digest}
    return client.post(address(one, "review/?emotion=anger&nonsense=1"), given)


def draw(kind: str = examples.EXAMPLE) -> int:
    waiting = list(Job.objects.filter(kind=kind, status=Job.Status.WAITING).values_list("id", flat=True))
    for job_id in waiting:
        exemplifying.run(job_id)
    return len(waiting)


def test_the_list_holds_every_template_once_page_after_page(clinician: Client) -> None:
    seen: list[str] = []
    query = "?technique=mindfulness&emotion=fear"
    while query:
        html = clinician.get(f"/templates/{query}").content.decode()
        seen += listed(html)
        behind = re.search(r'href="(\?[^"]*after=[^"#]+)#list"', html)
        query = behind[1].replace("&amp;", "&") if behind else ""
    every = scene_templates.templates()
    wanted = [one.id for one in every if one.technique == "mindfulness" and "fear" in one.emotions]
    assert seen == wanted
    assert len(wanted) > PAGE


def test_filters_follow_what_was_said(clinician: Client, one: scene_templates.SceneTemplate) -> None:
    say(clinician, one, "withdrawn", WHY)
    assert listed(clinician.get("/templates/?state=withdrawn").content.decode()) == [one.id]
    assert listed(clinician.get("/templates/?state=approved").content.decode()) == []
    doubted = listed(clinician.get("/templates/?first=doubted").content.decode())
    assert doubted and set(doubted) <= scene_templates.doubts().keys()


def test_a_review_is_recorded_shown_with_name_and_comment_and_leads_back(
    practice: Practice, clinician: Client, one: scene_templates.SceneTemplate
) -> None:
    answer = say(clinician, one, "approved", "Calm and clear.")
    assert answer["Location"] == address(one, "?emotion=anger")
    assert log() == [TemplateApproved(template=one.id, digest=one.digest, comment="Calm and clear.")]
    html = clinician.get(answer["Location"]).content.decode()
    assert "Calm and clear." in html and "Dr provider" in html and "Approved, in the words that you read." in html


def test_what_lacks_a_comment_is_asked_again_and_loses_nothing(
    clinician: Client, one: scene_templates.SceneTemplate
) -> None:
    answer = say(clinician, one, "withdrawn", " x")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert">Please write why' in html and "> x</textarea>" in html
    for state, seen in (("approved", "0" * 64), ("splendid", "")):
        assert say(clinician, one, state, WHY, seen).status_code == 302
    assert log() == []


def test_an_unknown_template_is_not_found(clinician: Client) -> None:
    for path in ("", "picture/"):
        assert clinician.get(f"/templates/mindfulness.anger.nothing/{path}").status_code == 404
    assert clinician.post("/templates/mindfulness.anger.nothing/review/").status_code == 404


def test_the_picture_is_drawn_once_by_a_worker_kept_and_verified_with_the_log(
    fresh_db: str, one: scene_templates.SceneTemplate, seal_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exemplifying, "SIDE", 96)  # a small one is drawn the same way
    practice = open_practice()
    clinician = practice.browser(practice.provider)
    assert "The picture is being drawn." in clinician.get(address(one)).content.decode()
    assert clinician.get(address(one, "picture/")).status_code == 404
    clinician.get(address(one))
    assert Job.objects.filter(kind=examples.EXAMPLE).count() == 2  # this one, and where the reader goes next
    assert draw() == 2
    answer = clinician.get(address(one, "picture/"))
    assert (answer["Content-Type"], answer.content[8:12]) == ("image/webp", b"WEBP")
    assert f'src="{address(one, "picture/")}"' in clinician.get(address(one)).content.decode()
    first = examples.example_of(one)
    Job.objects.filter(kind=examples.EXAMPLE).update(status=Job.Status.WAITING, attempts=0)
    draw()
    assert examples.example_of(one) == first
    say(clinician, one, "approved")
    seal_now()
    report = verification.verify()
    assert (report.blobs, list(report.problems)) == (2, [])


def test_no_example_is_drawn_while_a_patients_picture_is_late(
    clinician: Client, one: scene_templates.SceneTemplate
) -> None:
    clinician.get(address(one))
    jobs.enqueue(DEADLINE, key=uuid4(), queue="default")
    draw()
    assert Job.objects.filter(kind=examples.EXAMPLE, status=Job.Status.WAITING).count() == 2


def test_a_supervisor_or_an_administrator_decides_about_drafts_and_no_clinician(
    practice: Practice, clinician: Client, supervisor: Client, settings: Settings
) -> None:
    settings.ATTUNE_DEMANDS_APPROVED = True
    administrator = practice.browser(practice.administrator)
    assert clinician.post("/templates/drafts/", {"allowed": "yes", "reason": WHY}).status_code == 403
    administrator.post("/templates/drafts/", {"allowed": "yes", "reason": " "})
    administrator.post("/templates/drafts/", {"allowed": "perhaps", "reason": WHY})
    assert log() == []
    assert "Patients are shown approved templates only." in clinician.get("/templates/").content.decode()
    administrator.post("/templates/drafts/", {"allowed": "yes", "reason": WHY})
    html = clinician.get("/templates/").content.decode()
    assert "the organisation decided so" in html and WHY in html and "Dr administrator" in html
    supervisor.post("/templates/drafts/", {"allowed": "no", "reason": WHY})
    assert log() == [DraftsAllowed(reason=WHY), DraftsClosed(reason=WHY)]


def test_an_administrator_reads_but_is_offered_no_judgement(
    practice: Practice, one: scene_templates.SceneTemplate
) -> None:
    administrator = practice.browser(practice.administrator)
    html = administrator.get(address(one)).content.decode()
    assert "your account can read them" in html and 'name="state"' not in html
    assert say(administrator, one, "approved").status_code == 403
    assert log() == []
