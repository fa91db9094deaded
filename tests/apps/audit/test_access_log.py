"""The access log: complete, narrow where asked, silent about clinical content, and itself on the trail."""

from uuid import UUID, uuid4

import pytest
from django.http import Http404
from django.test import Client

from access import caseload
from access.door import Purpose, Right, open_caseload, open_patient
from access.models import AccessRow
from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from eventstore.actor import Actor

PASSWORD = "quiet-lake-at-dawn-7"


def person(name: str, role: Role) -> User:
    return create_user(f"{name}@example.org", PASSWORD, role, name=f"Dr {name.title()}")


@pytest.fixture
def people(fresh_db: str) -> dict[str, User]:
    named = {
        role.value: person(role.value, role) for role in (Role.PROVIDER, Role.ADMINISTRATOR, Role.AUDITOR, Role.PATIENT)
    }
    caseload.assign(named["provider"].id, named["patient"].id, actor=Actor.system("test"))
    return named


def look(people: dict[str, User], patient_id: UUID | None = None) -> None:
    try:
        open_patient(
            people["provider"].actor, patient_id or people["patient"].id, to=Right.VIEW_CHART, why=Purpose.TREATMENT
        )
    except Http404:
        return


def as_user(people: dict[str, User], name: str) -> Client:
    client = Client()
    client.force_login(people[name])
    return client


def lines(response) -> list[tuple[UUID, str, bool]]:
    return [(line.row.actor_id, line.row.right, line.row.permitted) for line in response.context["lines"]]


def test_the_log_says_who_whom_why_and_with_what_answer(people, seal_now) -> None:
    stranger = uuid4()
    look(people)
    look(people, stranger)
    seal_now()
    page = as_user(people, "administrator").get("/audit/")
    assert lines(page) == [(people["provider"].id, "view_chart", False), (people["provider"].id, "view_chart", True)]
    text = page.content.decode()
    for shown in ("Dr Provider", str(stranger), "read the chart", "treatment", "refused", "permitted"):
        assert shown in text
    assert "patient@example.org" not in text


def test_the_log_is_narrowed_by_actor_login_patient_and_day(people, seal_now) -> None:
    look(people)
    look(people, stranger := uuid4())
    seal_now()
    client = as_user(people, "auditor")
    assert len(lines(client.get(f"/audit/?patient={stranger}"))) == 1
    assert len(lines(client.get(f"/audit/?actor={people['provider'].id}"))) == 2
    assert len(lines(client.get("/audit/?actor=provider@example.org"))) == 2
    assert lines(client.get("/audit/?actor=nobody@example.org")) == []
    assert lines(client.get("/audit/?day=2001-01-01")) == []


@pytest.mark.parametrize("query", ["patient=17", "day=yesterday", "day=9999-12-31", "before=-1"])
def test_a_malformed_filter_shows_nothing_and_says_so(people, query: str) -> None:
    page = as_user(people, "administrator").get(f"/audit/?{query}")
    assert page.status_code == 422
    api = as_user(people, "administrator").get(f"/api/v1/audit/?{query}")
    assert (api.status_code, api.json()["code"]) == (400, "invalid")


@pytest.mark.parametrize("query", ["day=9999-12-30", "day=0001-01-01", "before=99999999999999999999"])
def test_a_filter_at_the_ends_of_the_calendar_or_of_the_log_finds_what_is_there(people, query: str) -> None:
    client = as_user(people, "administrator")
    assert [client.get(f"{route}?{query}").status_code for route in ("/audit/", "/api/v1/audit/")] == [200, 200]


def test_reading_the_log_leaves_a_line_of_its_own(people, seal_now) -> None:
    client = as_user(people, "administrator")
    client.get(f"/audit/?patient={people['patient'].id}")
    client.get("/api/v1/audit/")
    seal_now()
    rows = AccessRow.objects.filter(actor_id=people["administrator"].id).order_by("id")
    assert [(row.route, row.patient_id, row.right) for row in rows] == [
        ("audit:log", people["patient"].id, "view_access"),
        ("audit:api_log", None, "view_access"),
    ]


@pytest.mark.parametrize("route", ["/audit/", "/api/v1/audit/"])
@pytest.mark.parametrize("by_login", [False, True])
def test_a_patient_who_is_looked_up_as_who_asked_reads_of_it(people, seal_now, route: str, by_login: bool) -> None:
    patient = people["patient"]
    who = "patient@example.org" if by_login else patient.id
    assert as_user(people, "administrator").get(f"{route}?actor={who}").status_code == 200
    seal_now()
    [row] = AccessRow.objects.filter(actor_id=people["administrator"].id)
    assert (row.patient_id, row.right, row.permitted) == (patient.id, "view_access", True)
    page = as_user(people, "patient").get("/me/access/").content.decode()
    assert "Dr Administrator" in page
    assert "looked at who saw your record" in page


def test_each_patient_whom_the_filter_singles_out_reads_of_it_once(people, seal_now) -> None:
    one, other = people["patient"].id, person("second", Role.PATIENT).id
    client = as_user(people, "administrator")
    client.get(f"/audit/?actor={one}&patient={other}")
    client.get(f"/audit/?actor={one}&patient={one}")
    client.get(f"/audit/?actor={people['provider'].id}")
    seal_now()
    rows = AccessRow.objects.filter(actor_id=people["administrator"].id)
    by_request: dict[UUID, list[UUID | None]] = {}
    for row in rows.order_by("id"):
        by_request.setdefault(row.request_id, []).append(row.patient_id)
    assert list(by_request.values()) == [[other, one], [one], [None]]


def test_cursors_walk_through_all_lines_once(people, seal_now) -> None:
    provider = people["provider"]
    for _ in range(60):
        caseload.assign(provider.id, uuid4(), actor=Actor.system("test"))
    open_caseload(provider.actor, why=Purpose.TREATMENT)
    seal_now()
    client, url, seen = as_user(people, "auditor"), f"/api/v1/audit/?actor={provider.id}", []
    while url:
        body = client.get(url).json()
        seen += [line["patient_id"] for line in body["results"]]
        url = body["next"]
    assert len(seen) == len(set(seen)) == 61


def test_the_api_gives_what_the_page_shows(people, seal_now) -> None:
    look(people)
    seal_now()
    (line,) = as_user(people, "auditor").get("/api/v1/audit/").json()["results"]
    assert line["actor_id"] == str(people["provider"].id)
    assert line["patient_id"] == str(people["patient"].id)
    assert (line["right"], line["purpose"], line["permitted"]) == ("view_chart", "treatment", True)
    assert line["at"].endswith("Z")


def test_the_log_cannot_be_changed_through_it(people) -> None:
    client = as_user(people, "administrator")
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/audit/").status_code == 405
        assert getattr(client, method)("/api/v1/audit/").status_code == 405


@pytest.mark.parametrize("name", ["provider", "patient"])
def test_others_see_no_log_and_leave_no_line(people, seal_now, name: str) -> None:
    assert as_user(people, name).get("/audit/").status_code == 403
    assert as_user(people, name).get("/api/v1/audit/").status_code == 403
    seal_now()
    assert not AccessRow.objects.exists()


def test_every_right_and_purpose_has_words() -> None:
    from apps.audit.words import PURPOSES, RIGHTS

    assert set(RIGHTS) == set(Right)
    assert set(PURPOSES) == set(Purpose)
