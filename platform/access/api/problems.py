"""REST framework's exceptions as RFC 9457 problem documents."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as framework_handler

from access.errors import PROBLEM_TYPE, problem

_CODES = {
    400: "malformed",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    415: "unsupported_media_type",
    429: "too_fast",
}


def exception_handler(failure: Exception, context: dict[str, Any]) -> Response | None:
    """None for what is no HTTP error; the middleware names those the store and the vault know, the rest are 500s."""
    response = framework_handler(failure, context)
    if response is None:
        return None
    if connection.in_atomic_block:
        # Like a page's view that raises: nothing of the work stays, the trail does.
        transaction.set_rollback(True)
    status = response.status_code
    response.data = problem(status=status, code=_code(failure, status), detail=_detail(failure), **_fields(failure))
    response.content_type = PROBLEM_TYPE
    return response


def _code(failure: Exception, status: int) -> str:
    given = getattr(failure, "problem_code", None)
    return given or ("invalid" if isinstance(failure, exceptions.ValidationError) else _CODES.get(status, "refused"))


def _detail(failure: Exception) -> str:
    # A 404's own words could tell absent from forbidden, so it has none.
    if isinstance(failure, Http404 | PermissionDenied | exceptions.NotFound | exceptions.ValidationError):
        return ""
    return str(getattr(failure, "detail", ""))


def _fields(failure: Exception) -> dict[str, Any]:
    return {"errors": failure.detail} if isinstance(failure, exceptions.ValidationError) else {}
