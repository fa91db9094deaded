"""Refusals and failures as they leave: problem documents (RFC 9457) under /api/, calm pages elsewhere."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from access import context
from access.routes import RouteUndeclared, row_for
from access.way_back import way_back
from eventstore.errors import WrongExpectedVersion
from vault.errors import KekRefused, KeyUnavailable, SubjectErased

PROBLEM_TYPE = "application/problem+json"

TITLES = {
    400: _("This request could not be understood"),
    401: _("Please sign in"),
    403: _("This page is not for your account"),
    404: _("There is nothing here"),
    405: _("This cannot be done here"),
    409: _("Someone else changed this first"),
    410: _("This record was erased"),
    415: _("This kind of content is not accepted"),
    422: _("This cannot be accepted as it is"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
    503: _("Not available for the moment"),
}

_KNOWN: tuple[tuple[type[Exception], int, str], ...] = (
    (WrongExpectedVersion, 409, "changed_meanwhile"),
    (SubjectErased, 410, "erased"),
    (KeyUnavailable, 503, "keys_unavailable"),
    (KekRefused, 503, "keys_unavailable"),  # a process that runs reads a changed key file again
)


def wants_problem(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def problem(*, status: int, code: str, detail: str = "", **more: Any) -> dict[str, Any]:
    """The body of a problem document. `code` is stable; `title` and `detail` are for people."""
    inquiry = context.current()
    body = {
        "type": f"urn:attune:problem:{code}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    if inquiry is not None:
        body["instance"] = f"urn:uuid:{inquiry.request_id}"
    return body | more


def problem_response(
    request: HttpRequest, *, status: int, code: str, detail: str = "", title: str = ""
) -> HttpResponse:
    """`title` stands in for the status' own on a page; a program reads `code`."""
    if wants_problem(request):
        return JsonResponse(problem(status=status, code=code, detail=detail), status=status, content_type=PROBLEM_TYPE)
    shown = {"title": title or TITLES[status], "code": code, "detail": detail}
    return render(request, "errors/page.html", shown, status=status)


def known_failure(request: HttpRequest, failure: Exception) -> HttpResponse | None:
    """The answer to a failure that the store or the vault names; None for any other."""
    for kind, status, code in _KNOWN:
        if isinstance(failure, kind):
            response = problem_response(request, status=status, code=code)
            if status == 503:
                response.headers["Retry-After"] = "5"
            return response
    return None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, status=400, code="malformed")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, status=403, code="forbidden")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem_response(request, status=404, code="not_found")


def not_signed_in(request: HttpRequest) -> HttpResponse:
    """A problem for a program; for a person the page to sign in, which leads back to where they were."""
    if wants_problem(request):
        return problem_response(request, status=401, code="not_signed_in")
    return redirect_to_login(way_back(request), str(settings.LOGIN_URL))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Whoever is signed out is asked to sign in, as at the gate, which comes later. Else the page is an old one."""
    if not wants_problem(request) and not request.user.is_authenticated and not _is_public(request):
        return not_signed_in(request)
    detail = _(
        "The page was open for too long, or came from elsewhere. Nothing was saved. Go back: what you wrote often still"
        " stands there; copy it, load the page anew and send it again."
    )
    return problem_response(request, status=403, code="csrf", title=str(_("This was not taken")), detail=str(detail))


def _is_public(request: HttpRequest) -> bool:
    found = request.resolver_match
    try:
        return found is not None and row_for(found.view_name).public
    except RouteUndeclared:
        return False


def broken(request: HttpRequest) -> HttpResponse:
    """Needs neither database nor session, nor any context processor, since those may be what broke."""
    if wants_problem(request):
        return JsonResponse(problem(status=500, code="broken"), status=500, content_type=PROBLEM_TYPE)
    page = get_template("errors/broken.html").render({"crisis": settings.ATTUNE_CRISIS})
    return HttpResponse(page, status=500)
