"""A very small browser: cookies, forms with their CSRF token, nothing else. For the demonstration and load tests."""

import json
from dataclasses import dataclass
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import UUID

TIMEOUT_S = 30


class Unreachable(Exception):
    """Nobody answers at that address: is the stack running?"""


class Refused(Exception):
    """The server answered with an error status."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. ``url`` is where redirects led."""

    url: str
    body: bytes
    media_type: str


class Browser:
    """One person's cookies at one installation."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._jar = CookieJar()
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(self._jar))

    def sign_in(self, login: str, password: str) -> None:
        """Raises Refused when the login or password is wrong, or after too many tries."""
        self.get("/sign-in/")
        page = self.post("/sign-in/", {"login": login, "password": password})
        if urlsplit(page.url).path.startswith("/sign-in/"):
            raise Refused(f"{login} could not sign in")

    def agree(self, *purposes: str) -> None:
        """Consent to these purposes and to no others."""
        self.get("/session/")
        self.post("/session/consent/", [("consent", purpose) for purpose in purposes])

    def start_session(self, *, camera: bool) -> UUID:
        """Press start; the session's id is in the address that the page leads to."""
        page = self.post("/session/start/", {"camera": "on" if camera else "off"})
        return UUID(urlsplit(page.url).path.strip("/").rpartition("/")[2])

    def get(self, path: str) -> Page:
        return self._open(Request(urljoin(self.base_url, path)))  # noqa: S310  (the installation's own address)

    def get_json(self, path: str) -> Any:
        return json.loads(self.get(path).body)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> Page:
        pairs = list(fields.items()) if isinstance(fields, dict) else fields
        form = urlencode([("csrfmiddlewaretoken", self.cookies().get("attune_csrf", "")), *pairs]).encode()
        request = Request(urljoin(self.base_url, path), data=form)  # noqa: S310
        request.add_header("Origin", self.base_url)
        return self._open(request)

    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def socket_headers(self) -> dict[str, str]:
        """What a page's script would send along when it opens a socket."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies().items())
        return {"Cookie": cookie, "Origin": self.base_url}

    def socket_url(self, session_id: UUID, after: int | None = None) -> str:
        place = self.base_url.replace("http", "ws", 1)
        return f"{place}/ws/sessions/{session_id}/" + (f"?after={after}" if after is not None else "")

    def _open(self, request: Request) -> Page:
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return Page(answer.url, answer.read(), answer.headers.get_content_type())
        except HTTPError as error:
            error.close()
            raise Refused(f"{request.get_method()} {request.selector}: {error.code}") from None
        except (URLError, OSError) as error:
            raise Unreachable(f"{self.base_url}: {error}") from None
