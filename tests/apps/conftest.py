"""Fixtures for the apps' tests."""

import pytest

from tests.apps.practice import Practice, open_practice


@pytest.fixture
def practice(fresh_db: str) -> Practice:
    """A small practice in databases of the test's own."""
    return open_practice()
