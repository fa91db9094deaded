"""Cursor pages over a sequence that was sorted in the process, because what it is sorted by is sealed."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_SIGNS = 32
_DIGITS = 9  # Python reads no number of more than 4300
QUERY = (
    OpenApiParameter(
        "cursor", str, description="from `next`; 404 once what was shown before is gone or moved: begin anew"
    ),
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
    moving: bool = False,
    **more: object,
) -> Response:
    """One page: `next` (an address or null), `results`, and in `more` what is told of the list as a whole.

    The cursor names the last thing shown by its `key`. In a list that is `moving`, sorted by what changes, it names all
    that stands down to there: what rises above the place, or comes in there, would be on no page that is still to come.
    Such a key says what its thing is sorted by, and all else whose change should be seen.

    Raises:
        NotFound: the cursor is none of ours, or its thing is gone or has moved (in a moving list, anything above it).
        ValidationError: the page's size is a number that nobody means.
    """
    cursors = _of_all_above if moving else _of_each
    start = _start(request, cursors(map(key, things)))
    size = _size(request)
    end = start + size
    following = None
    if end < len(things):
        *_, cursor = cursors(map(key, things[:end]))
        following = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
    return Response({"next": following, "results": [show(thing) for thing in things[start:end]], **more})


def _start(request: Request, cursors: Iterator[str]) -> int:
    asked = request.query_params.get("cursor")
    if asked is None:
        return 0
    for index, cursor in enumerate(cursors):
        if cursor == asked:
            return index + 1
    raise NotFound


def _of_each(keys: Iterable[str]) -> Iterator[str]:
    """Of each key a keyed digest: addresses are logged, and what a key says of a patient is sealed."""
    for key in keys:
        yield _digest(key).hexdigest()[:_SIGNS]


def _of_all_above(keys: Iterable[str]) -> Iterator[str]:
    """At each key the digest of all of them down to it, in their order."""
    digest = _digest("")
    for key in keys:
        digest.update(f"{len(key)}:{key}".encode())  # with its length, so that no two lists read alike
        yield digest.hexdigest()[:_SIGNS]


def _digest(text: str) -> hmac.HMAC:
    return salted_hmac("access.api.sequence", text, algorithm="sha256")


def _size(request: Request) -> int:
    asked = request.query_params.get("page_size", "")
    if not (asked.isascii() and asked.isdigit()):
        return PAGE
    if len(asked) > _DIGITS:
        raise ValidationError({"page_size": [f"at most {MOST}"]})
    return min(max(int(asked), 1), MOST)
