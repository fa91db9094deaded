"""A patient with keys, and a stream of theirs that does not exist yet."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pytest_django import Settings

from eventstore.stream import StreamName
from vault import keys


@pytest.fixture
def subject() -> UUID:
    patient = uuid4()
    keys.create(patient)
    return patient


@pytest.fixture
def stream() -> StreamName:
    return StreamName("specimen", uuid4())


@pytest.fixture
def blob_folder(tmp_path: Path, settings: Settings) -> None:
    settings.ATTUNE_BLOB_DIR = str(tmp_path / "blobs")
