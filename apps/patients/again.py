"""The page that a form stands on, once more, when what was sent can't be taken: nobody writes it twice."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse


def again(request: HttpRequest, page: str, status: int = 422, **where: UUID) -> HttpResponse:
    """The page's own answer to the request, in which it shows what was sent in place of what is stored.

    By its name, as a redirect would find it: pages stand above the patients' app.
    """
    found = resolve(reverse(page, kwargs=where or None))
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    response.status_code = status
    return response
