"""Each request in one transaction that knows who asks; then the gate of roles × routes."""

from collections.abc import Callable
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from access import context, errors
from access.roles import Role
from access.routes import NO, row_for

type_of_next = Callable[[HttpRequest], HttpResponseBase]


class AskingMiddleware:
    """Opens `asking(actor)` around everything further in.

    It stands outside the conversion of exceptions to responses. What a refused or failed request wrote is rolled back;
    that it asked is committed.
    """

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        actor = user.actor if user.is_authenticated else None
        # Our own id: a client that could choose it could make two readings look like one.
        request_id = uuid4()
        with context.asking(actor, route="unresolved", request_id=request_id):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        response.headers["X-Request-Id"] = str(request_id)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """The gate: public, or signed in with a role that may, or refused. Objects are the door's matter."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        inquiry = context.current()
        if inquiry is not None:
            inquiry.route = name
        row = row_for(name)
        if row.public:
            return None
        if not request.user.is_authenticated:
            return errors.not_signed_in(request)
        if row.reach(Role(request.user.role)) is NO:
            raise PermissionDenied
        return None

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponseBase | None:
        """A view that raises has written nothing, whatever it raises; the trail is written all the same."""
        transaction.set_rollback(True)
        return errors.known_failure(request, failure)
