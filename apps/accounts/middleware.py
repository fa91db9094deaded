"""No session outlasts a working day, however busy it is kept. (Idle ones end with their cookie's row.)"""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from apps.accounts import sign_in

type_of_next = Callable[[HttpRequest], HttpResponseBase]


class SessionLimits:
    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            began = request.session.setdefault(sign_in.SIGNED_IN_AT, timezone.now().timestamp())
            if outlasted(began):
                sign_in.expire(request)
        return self.get_response(request)


def outlasted(signed_in_at: float | None) -> bool:
    """Whether a session that began then (seconds since the epoch) is over; one not yet seen begins now."""
    if signed_in_at is None:
        return False
    age = timezone.now().timestamp() - signed_in_at
    return age > timedelta(hours=settings.ATTUNE_SESSION_HOURS).total_seconds()
