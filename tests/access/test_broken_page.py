"""The page after a failure: whom to call stands on it, whatever else is away."""

from typing import NoReturn

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import resolve

from access.errors import broken


def failing(_: HttpRequest) -> NoReturn:
    raise OSError("the database is away")


def page() -> str:
    response = broken(RequestFactory().get("/me/"))
    assert response.status_code == 500
    return response.content.decode()


def test_the_crisis_line_stands_on_it_without_database_or_session(settings: LazySettings) -> None:
    shown = page()
    for address in (settings.ATTUNE_CRISIS["call"], settings.ATTUNE_CRISIS["text"], "/help/now/"):
        assert f'href="{address}"' in shown
    assert resolve("/help/now/").view_name == "crisis-help"


def test_it_names_the_line_of_this_installation(settings: LazySettings) -> None:
    settings.ATTUNE_CRISIS = {**settings.ATTUNE_CRISIS, "call": "tel:116123", "label": "Call 116 123"}
    assert 'href="tel:116123"' in page()
    assert "Call 116 123" in page()
    assert "988 Suicide" in page(), "the name was left as it was"


@pytest.mark.parametrize("processor", ["tests.access.test_broken_page.failing", "tests.access.absent.processor"])
def test_it_stands_where_context_processors_fail(settings: LazySettings, processor: str) -> None:
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "OPTIONS": {**engine["OPTIONS"], "context_processors": [processor]}}]
    assert 'href="tel:988"' in page()
