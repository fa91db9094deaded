"""The question on a session's last page, in a real browser: it comes by itself and is answered by keyboard."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from uuid import UUID
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Page, sync_playwright

from apps.imagery import pairing
from tests.apps.imagery.paired import make_pair
from tests.apps.practice import Practice
from tests.journeys.conftest import chromium_path

LONGEST_MS = 60_000
"""However busy the machine is."""


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = False


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


@contextmanager
def served() -> Iterator[str]:
    """This process's pages and static files on a port of their own."""
    pages = StaticFilesHandler(get_wsgi_application())

    def answer(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        response = pages(environ, start)
        try:
            yield from response
        finally:
            response.close()
            connections.close_all()

    with make_server("127.0.0.1", 0, answer, _Threaded, _Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def browser(base: str, cookie: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu"])
        context = chromium.new_context(base_url=base)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": base}])
        page = context.new_page()
        page.set_default_timeout(LONGEST_MS)
        yield page
        chromium.close()


@pytest.fixture
def session_id(practice: Practice, seal_now: Any) -> UUID:
    made = make_pair(practice.patient.id, practice.patient.actor)
    seal_now()
    return made


def test_the_last_page_asks_by_itself_and_the_keyboard_answers(practice: Practice, session_id: UUID) -> None:
    cookie = practice.browser(practice.patient).cookies[settings.SESSION_COOKIE_NAME].value
    with served() as base, browser(base, cookie) as page:
        page.goto(f"/session/{session_id}/")
        page.wait_for_selector("#pair-form img[alt^='Second picture: ']")
        assert page.inner_text("#pair-said") == page.inner_text("#pair-title")
        assert page.evaluate("document.activeElement.id") == "ended", "the question takes nobody's place"
        page.locator("[name=choice]").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/pair/")
        assert "Thank you" in page.inner_text("main")
    assert pairing.load(session_id).answer == "second"
