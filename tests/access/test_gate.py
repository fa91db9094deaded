"""The middleware: one transaction a request, the trail committed whatever the answer, the gate closed by default."""

import asyncio
import importlib.util
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import AsyncClient, Client
from django.urls import clear_url_caches
from django.utils import timezone

from access.api.idempotency import forget_before
from access.models import PatientHandle
from access.routes import OWN, YES, RouteUndeclared, Row, row_for
from eventstore import store
from eventstore.stream import StreamName

BROKEN = (settings.BASE_DIR / "templates/errors/broken.html").read_text()
CLINICIANS = Row(provider=OWN, supervisor=OWN)
ROWS = {
    "gate:chart": CLINICIANS,
    "gate:write": CLINICIANS,
    "gate:public": Row(public=True),
    "gate:echo": Row(provider=YES, patient=YES),
    "sign_in": Row(public=True),
    "crisis-help": Row(public=True),
}


@pytest.fixture(autouse=True)
def gate(settings, monkeypatch: pytest.MonkeyPatch):
    spec = importlib.util.spec_from_file_location("gate_urls", Path(__file__).with_name("gate_urls.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "gate_urls", module)
    spec.loader.exec_module(module)
    settings.ROOT_URLCONF, settings.LOGIN_URL = "gate_urls", "/sign-in/"
    monkeypatch.setattr("access.routes.rows", lambda: ROWS)
    # Error pages extend the site's frame, whose links lead to pages that this URLconf hasn't.
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"errors/page.html": "{{ title }} {{ detail }}", "errors/broken.html": BROKEN},
                    )
                ]
            },
        }
    ]
    clear_url_caches()
    yield
    clear_url_caches()


def as_user(clinic, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(clinic.users[name])
    return client


def trail_of(clinic, name: str) -> list[tuple[str, UUID | None, bool]]:
    asked = [recorded.event for recorded in store.read(StreamName("access", clinic.id(name)))]
    return [(one.route, line.patient_id, line.permitted) for one in asked for line in one.openings]


def test_a_permitted_request_is_on_the_trail_with_its_route(clinic) -> None:
    assert as_user(clinic, "provider").get(f"/chart/{clinic.id('patient')}/").status_code == 200
    assert trail_of(clinic, "provider") == [("gate:chart", clinic.id("patient"), True)]


def test_a_404s_denial_is_committed(committed_clinic) -> None:
    other = committed_clinic.id("other_patient")
    assert as_user(committed_clinic, "provider").get(f"/chart/{other}/").status_code == 404
    assert trail_of(committed_clinic, "provider") == [("gate:chart", other, False)]


def test_absent_and_forbidden_give_the_same_bytes(clinic) -> None:
    client = as_user(clinic, "provider")
    answers = [client.get(f"/chart/{patient_id}/") for patient_id in (clinic.id("other_patient"), uuid4())]
    assert answers[0].content == answers[1].content
    headers = [{name: value for name, value in answer.headers.items() if name != "X-Request-Id"} for answer in answers]
    assert headers[0] == headers[1]


@pytest.mark.parametrize(
    ("ending", "status", "kept"),
    [("200", 200, True), ("422", 422, True), ("zero", 500, False), ("503", 503, False), ("conflict", 409, False),
     ("erased", 410, False), ("keys", 503, False), ("kek", 503, False), ("absent", 404, False)],
)  # fmt: skip
def test_what_a_failed_request_wrote_is_gone_and_its_trail_stays(clinic, ending: str, status: int, kept: bool) -> None:
    handle, patient = uuid4(), clinic.id("patient")
    response = as_user(clinic, "provider").get(f"/write/{handle}/{ending}/?patient={patient}")
    assert response.status_code == status
    assert PatientHandle.objects.filter(id=handle).exists() is kept
    assert trail_of(clinic, "provider") == [("gate:write", patient, True)]


def test_the_bytes_do_not_leave_when_the_trail_cannot_be_written(clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("access.trail.store.append", away)
    response = as_user(clinic, "provider").get(f"/chart/{clinic.id('patient')}/")
    assert response.status_code == 500
    assert b"chart" not in response.content
    assert b'href="tel:988"' in response.content, "the page that stays names whom to call"


def test_a_client_cannot_choose_the_requests_id_and_so_hide_a_reading(clinic) -> None:
    client, chosen = as_user(clinic, "provider"), str(uuid4())
    for _ in range(2):
        response = client.get(f"/chart/{clinic.id('patient')}/", headers={"X-Request-Id": chosen})
        assert response["X-Request-Id"] != chosen
    assert len(trail_of(clinic, "provider")) == 2


def test_a_route_without_a_row_is_closed(clinic) -> None:
    assert as_user(clinic, "administrator").get("/undeclared/").status_code == 500
    with pytest.raises(RouteUndeclared):
        row_for("gate:undeclared")


def test_someone_unknown_is_asked_to_sign_in(db: None) -> None:
    response = Client().get(f"/chart/{uuid4()}/")
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in/")
    assert Client().get("/public/").content == b"public"


@pytest.mark.parametrize("name", ["patient", "administrator", "auditor", "researcher"])
def test_a_role_that_the_row_does_not_name_is_refused_before_the_view(clinic, name: str) -> None:
    assert as_user(clinic, name).get(f"/chart/{clinic.id('patient')}/").status_code == 403
    assert trail_of(clinic, name) == []


def test_problems_are_documents(clinic) -> None:
    anonymous = Client().get("/api/v1/echo/")
    refused = as_user(clinic, "auditor").get("/api/v1/echo/")
    missing = as_user(clinic, "provider").get("/api/v1/nothing/")
    for response, status, code in (
        (anonymous, 401, "not_signed_in"),
        (refused, 403, "forbidden"),
        (missing, 404, "not_found"),
    ):
        assert response["Content-Type"] == "application/problem+json"
        body = response.json()
        assert (response.status_code, body["status"], body["code"]) == (status, status, code)
        assert body["type"] == f"urn:attune:problem:{code}"
        assert body["title"]


@pytest.mark.parametrize(
    ("fail", "status"),
    [("zero", 500), ("conflict", 409), ("erased", 410), ("keys", 503), ("kek", 503), ("absent", 404)],
)
def test_failures_in_the_api_are_problems_that_tell_no_secret(clinic, fail: str, status: int) -> None:
    response = as_user(clinic, "provider").get(f"/api/v1/echo/?fail={fail}")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert "which patient" not in response.content.decode()
    assert ("Retry-After" in response) is (status == 503)


def test_invalid_input_names_its_fields(clinic) -> None:
    response = as_user(clinic, "provider").post("/api/v1/echo/", {"text": "too long"}, "application/json")
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert set(response.json()["errors"]) == {"text"}


def test_unsafe_requests_to_the_api_need_the_csrf_token(clinic) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(clinic.users["provider"])
    response = client.post("/api/v1/echo/", {"text": "hi"}, "application/json")
    assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")


def post(client: Client, key: str | None, text: str = "hi"):
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post("/api/v1/echo/", {"text": text}, "application/json", headers=headers)


def test_the_same_key_gives_the_same_command_and_no_key_a_new_one(clinic) -> None:
    client = as_user(clinic, "provider")
    assert post(client, "k1").json() == post(client, "k1").json()
    assert post(client, "k1").json() != post(client, "k2").json()
    assert post(client, None).json() != post(client, None).json()


def test_a_key_is_the_users_own(clinic) -> None:
    assert post(as_user(clinic, "provider"), "k").json() != post(as_user(clinic, "patient"), "k").json()


def test_a_key_that_comes_with_another_body_is_refused(clinic) -> None:
    client = as_user(clinic, "provider")
    post(client, "k")
    again = post(client, "k", "other")
    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(("sent", "other"), [("tea²", "tea2"), ("tea", "Tea")])
def test_a_body_that_differs_by_a_letter_is_another_body(clinic, sent: str, other: str) -> None:
    client = as_user(clinic, "provider")
    post(client, "k", sent)
    assert post(client, "k", other).status_code == 422


def test_a_key_that_was_forgotten_is_a_new_command(clinic) -> None:
    client = as_user(clinic, "provider")
    first = post(client, "k").json()
    assert forget_before(timezone.now()) == 1
    again = post(client, "k", "other")
    assert again.status_code == 200
    assert again.json() != first
    assert again.json() == post(client, "k", "other").json()


def test_a_key_whose_request_was_refused_can_be_used_again(clinic) -> None:
    client = as_user(clinic, "provider")
    assert post(client, "k", "too long").status_code == 400
    assert post(client, "k").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
def test_a_malformed_key_is_refused(clinic, key: str) -> None:
    assert post(as_user(clinic, "provider"), key).status_code == 400


async def test_under_asgi_the_request_is_one_transaction_of_one_asker(committed_clinic) -> None:
    """The real server is asynchronous: middleware, view and trail must still share one thread's connection."""
    clinic, handle = committed_clinic, uuid4()
    who = {name: AsyncClient(raise_request_exception=False) for name in ("provider", "outsider")}
    for name, client in who.items():
        await client.aforce_login(clinic.users[name])
    mine, others = clinic.id("patient"), clinic.id("other_patient")
    paths = [
        ("provider", f"/chart/{mine}/"),
        ("outsider", f"/chart/{mine}/"),
        ("provider", f"/write/{handle}/zero/?patient={mine}"),
        ("outsider", f"/chart/{others}/"),
    ]
    answers = await asyncio.gather(*(who[name].get(path) for name, path in paths))
    assert [answer.status_code for answer in answers] == [200, 404, 500, 200]
    assert not await PatientHandle.objects.filter(id=handle).aexists()
    provider, outsider = [await database_sync_to_async(trail_of)(clinic, name) for name in who]
    assert sorted(provider) == [("gate:chart", mine, True), ("gate:write", mine, True)]
    assert sorted(outsider, key=str) == sorted([("gate:chart", mine, False), ("gate:chart", others, True)], key=str)
