"""The registry of roles × routes: complete, without leftovers, and true of each route for each role."""

import importlib.util
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from access import caseload, routes
from access.roles import Role
from access.routes import NO, OWN, YES, Row
from eventstore.actor import Actor

APPS = Path(__file__).parents[1] / "apps"
Make = Callable[[UUID, Actor], Any]
ELSEWHERE = {"healthz", "readyz", "metrics", "crisis-help", "schema", "docs", "admin:*"}


def url_patterns(within: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every URL pattern with its full name."""
    for entry in (within or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from url_patterns(entry, space)
        else:
            yield f"{prefix}{entry.name or 'nameless'}", entry


def socket_routes() -> Iterator[tuple[str, Callable[[dict[str, Any]], str]]]:
    """Name, and how to make the path from its parameters, of each WebSocket route, whatever wraps their router."""
    from config.asgi import application

    layer = application.application_mapping.get("websocket")
    while layer is not None and not hasattr(layer, "routes"):
        layer = getattr(layer, "application", None) or getattr(layer, "inner", None)
    for route in getattr(layer, "routes", ()):
        pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern))
        yield f"ws:{route.name}", lambda kwargs, pattern=pattern: "/" + pattern.format(**kwargs)


def sockets() -> Iterator[str]:
    return (name for name, _ in socket_routes())


def makers() -> dict[str, Make]:
    """Kind of object → how to make one, from each app's `route_objects.py`."""
    found: dict[str, Make] = {"text": lambda _patient, _actor: "nonsense", "patient": lambda patient, _actor: patient}
    for path in sorted(APPS.glob("*/route_objects.py")):
        spec = importlib.util.spec_from_file_location(f"route_objects_{path.parent.name}", path)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= module.MAKERS
    return found


def test_every_url_and_socket_has_a_row() -> None:
    names = {name for name, _ in url_patterns()} | set(sockets())
    missing = []
    for name in sorted(names):
        try:
            routes.row_for(name)
        except routes.RouteUndeclared:
            missing.append(name)
    assert missing == []


def test_every_row_is_of_a_route_that_exists() -> None:
    names = {name for name, _ in url_patterns()} | set(sockets())
    assert sorted(routes.rows().keys() - names - ELSEWHERE) == []


def test_nobody_but_administrators_reaches_the_administration() -> None:
    row = routes.row_for("admin:accounts_user_changelist")
    assert {role for role in Role if row.reach(role) is not NO} == {Role.ADMINISTRATOR}


def test_the_administration_knows_no_clinical_model() -> None:
    from django.contrib import admin

    assert {model._meta.label for model in admin.site._registry} == {"accounts.User"}


def test_every_kind_of_object_can_be_made() -> None:
    kinds = {kind for row in routes.rows().values() for kind in row.kwargs.values()}
    assert kinds <= makers().keys()


@pytest.mark.timeout(600)  # some two thousand requests, beside whatever else the machine does
def test_each_route_answers_each_role_as_its_row_says(committed_clinic, seal_now) -> None:
    caseload.assign(committed_clinic.id("supervisor"), committed_clinic.id("patient"), actor=Actor.system("test"))
    objects = {whose: made_for(committed_clinic, whose) for whose in ("patient", "other_patient")}
    seal_now()
    visitors = {role: visitor(committed_clinic, role) for role in (None, *Role)}
    wrong = [line for name, row in swept() for line in mismatches(visitors, name, row, objects)]
    assert wrong == []


def made_for(clinic, whose: str) -> dict[str, Any]:
    known = makers()
    kinds = {kind for row in routes.rows().values() for kind in row.kwargs.values()} & known.keys()
    first = {"patient": known["patient"](clinic.id(whose), clinic.actor(whose))}
    return first | {kind: known[kind](clinic.id(whose), clinic.actor(whose)) for kind in sorted(kinds - {"patient"})}


def swept() -> list[tuple[str, Row]]:
    """Rows of pages and API; the administration is Django's, its gate is tested above."""
    rows = {name: routes.row_for(name) for name, _ in url_patterns() if not name.startswith("admin:")}
    # A kind that nobody makes fails the test above, once, and not each route that needs it.
    known = makers().keys()
    made = [(name, row) for name, row in rows.items() if known >= set(row.kwargs.values())]
    return sorted(made, key=lambda one: one[0] == "accounts:sign_out")  # last, since visitors keep their session


def visitor(clinic, role: Role | None) -> Client:
    client = Client(raise_request_exception=False)
    if role is not None:
        client.force_login(clinic.users[role.value])
    return client


def mismatches(
    visitors: dict[Role | None, Client], name: str, row: Row, objects: dict[str, dict[str, Any]]
) -> Iterator[str]:
    for method in row.methods:
        for whose in objects if row.kwargs else ["patient"]:
            url = reverse(name, kwargs={key: objects[whose][kind] for key, kind in row.kwargs.items()})
            for role, client in visitors.items():
                answer = ask(client, method, url)
                if not as_declared(row, role, whose, url, answer):
                    yield f"{method} {name} of {whose} as {role or 'nobody'}: {answer.status_code}"


def ask(client: Client, method: str, url: str) -> HttpResponseBase:
    body = b"{}" if url.startswith("/api/") else b""
    return client.generic(method, url, body, content_type=content_type(url))


def content_type(url: str) -> str:
    return "application/json" if url.startswith("/api/") else "application/x-www-form-urlencoded"


def as_declared(row: Row, role: Role | None, whose: str, url: str, answer: HttpResponseBase) -> bool:
    status = answer.status_code
    asked_to_sign_in = status == 401 or (status == 302 and answer["Location"].startswith("/sign-in/?next="))
    if row.public:
        return status < 500 and not asked_to_sign_in and status != 403
    if role is None:
        return asked_to_sign_in
    reach = row.reach(role)
    if reach is NO:
        return status == 403
    if reach is OWN and row.kwargs and whose == "other_patient":
        return status == 404
    return status < 500 and status not in {401, 403, 404} and not asked_to_sign_in


def test_the_sweep_itself_sees_a_door_left_open() -> None:
    """The oracle is worth what it refuses."""
    row, answered = Row(provider=OWN, auditor=YES, kwargs={"id": "patient"}), SimpleNamespace
    assert not as_declared(row, Role.PROVIDER, "other_patient", "/x/", answered(status_code=200))
    assert not as_declared(row, Role.PATIENT, "patient", "/x/", answered(status_code=200))
    assert not as_declared(row, None, "patient", "/x/", answered(status_code=200))
    assert not as_declared(row, Role.PROVIDER, "patient", "/x/", answered(status_code=404))
    assert as_declared(row, Role.AUDITOR, "other_patient", "/x/", answered(status_code=200))


def test_two_apps_cannot_claim_one_route(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access.routes._declared", lambda: iter([{"a": Row()}, {"a": Row()}]))
    with pytest.raises(routes.RouteDeclaredTwice):
        routes.rows.__wrapped__()
