"""Programs in the browser sign in like pages do; unsafe requests carry the CSRF token."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class CookieSession(SessionAuthentication):
    """Session authentication that answers 401, not 403, to someone who isn't signed in."""

    def authenticate_header(self, request: Request) -> str:
        return 'Cookie realm="attune"'
