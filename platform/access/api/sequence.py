"""Cursor pages over a sequence that was sorted in the process, because what it is sorted by is sealed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

T = TypeVar("T")
PAGE = 50
MOST = 200
_DIGITS = 9  # Python reads no number of more than 4300
QUERY = (
    OpenApiParameter("cursor", str, description="from `next`; 404 once the thing before is gone or moved: begin anew"),
    OpenApiParameter("page_size", int, description=f"at most {MOST}; {PAGE} unless told"),
)
"""What each such list takes, for the schema."""


def page_of(
    name: str, shown: type[serializers.Serializer[Any]], **more: serializers.Field[Any, Any, Any, Any]
) -> serializers.Serializer[Any]:
    """The shape of such a page, for the schema."""
    fields = {"next": serializers.URLField(allow_null=True), "results": shown(many=True), **more}
    return inline_serializer(name, fields=fields)


def page(
    request: Request,
    things: Sequence[T],
    *,
    key: Callable[[T], str],
    show: Callable[[T], dict[str, Any]],
    **more: object,
) -> Response:
    """One page: `next` (an address or null), `results`, and in `more` what is told of the list as a whole.

    The cursor names the last thing shown by its `key`.

    A list that is sorted by what changes has that in its key, too: a page that went on from where the thing stands now
    would leave out whatever it was moved past.

    Raises:
        NotFound: the cursor is none of ours, or its thing is gone or has moved.
        ValidationError: the page's size is a number that nobody means.
    """
    start = _start(request, things, key)
    size = _size(request)
    shown = things[start : start + size]
    following = None
    if start + size < len(things):
        following = replace_query_param(request.build_absolute_uri(), "cursor", _cursor(key(shown[-1])))
    return Response({"next": following, "results": [show(thing) for thing in shown], **more})


def _start(request: Request, things: Sequence[T], key: Callable[[T], str]) -> int:
    cursor = request.query_params.get("cursor")
    if cursor is None:
        return 0
    for index, thing in enumerate(things):
        if _cursor(key(thing)) == cursor:
            return index + 1
    raise NotFound


def _cursor(key: str) -> str:
    """A keyed digest: addresses are logged, and what a key says of a patient is sealed."""
    return salted_hmac("access.api.sequence", key, algorithm="sha256").hexdigest()[:32]


def _size(request: Request) -> int:
    asked = request.query_params.get("page_size", "")
    if not (asked.isascii() and asked.isdigit()):
        return PAGE
    if len(asked) > _DIGITS:
        raise ValidationError({"page_size": [f"at most {MOST}"]})
    return min(max(int(asked), 1), MOST)
