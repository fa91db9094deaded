"""Who sent a request, for views behind the gate."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from rest_framework.request import Request

from eventstore.actor import Actor


def asker(request: HttpRequest | Request) -> Actor:
    """The signed-in user's actor.

    Raises:
        PermissionDenied: nobody is signed in (the gate lets nobody through to such a view).
    """
    user = request.user
    if isinstance(user, AnonymousUser):
        raise PermissionDenied
    return user.actor
