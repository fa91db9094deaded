"""Where a person goes on after signing in anew: a page that can be opened, never what a form is sent to."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from access.routes import RouteUndeclared, row_for

OPENED = ("GET", "HEAD")


def way_back(request: HttpRequest) -> str:
    """The page that was asked for; for a form, the page on which it stood, as far as the browser says so."""
    return page_of_ours(
        request, request.get_full_path() if request.method in OPENED else request.headers.get("Referer")
    )


def page_of_ours(request: HttpRequest, wanted: str | None) -> str:
    """`wanted` as a path with its query where it is a page of ours that a GET opens; else the start."""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(wanted)
        if _opens(parts.path):
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _opens(path: str) -> bool:
    try:
        return "GET" in row_for(resolve(path).view_name).methods
    except (Resolver404, RouteUndeclared):
        return False
