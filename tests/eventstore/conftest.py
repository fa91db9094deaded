"""A patient with keys, and a stream of theirs that does not exist yet."""

from uuid import UUID, uuid4

import pytest

from eventstore.stream import StreamName
from vault import cache, keys


@pytest.fixture(autouse=True)
def forgetful_cache() -> None:
    """Keys of one test's database are unknown to the next one's."""
    cache.clear()


@pytest.fixture
def subject() -> UUID:
    patient = uuid4()
    keys.create(patient)
    return patient


@pytest.fixture
def stream() -> StreamName:
    return StreamName("specimen", uuid4())
