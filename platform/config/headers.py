"""Response headers that no package sets for us."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class Headers:
    """Lets our own pages ask for the camera and nothing else; what a view doesn't say may be kept, isn't cached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.ATTUNE_PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
