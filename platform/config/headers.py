"""Response headers that no package sets for us."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

type_of_next = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class Headers:
    """Lets our own pages ask for the camera and nothing else; pages of a signed-in user are never cached."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: type_of_next) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        response = self.get_response(request)
        if isinstance(response, HttpResponseBase):
            return add_headers(response)
        return self._later(response)

    async def _later(self, response: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return add_headers(await response)


def add_headers(response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Permissions-Policy", settings.ATTUNE_PERMISSIONS_POLICY)
    response.headers.setdefault("Cache-Control", "no-store")
    return response
