"""For a page that stays open: whether its reader is still signed in."""

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET


@never_cache
@require_GET
def still_signed_in(request: HttpRequest) -> JsonResponse:
    """Whose session this is by now, and the token that a form needs after a new sign-in.

    Like any request it puts off the session's idle end. It opens no record, so it leaves nothing on the trail. Whoever
    is signed out is led to sign in, as everywhere.
    """
    return JsonResponse({"account": str(request.user.pk), "token": get_token(request)})
