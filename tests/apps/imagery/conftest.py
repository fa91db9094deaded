"""A patient in an open session."""

from typing import Any

import pytest
from django.utils import timezone

from apps.imagery.tasks import painting
from tests.apps.imagery.living import Clock, Living, Seal, living


@pytest.fixture(autouse=True)
def _no_picture_is_late(settings: Any) -> None:
    """However busy the machine: the deadline's own tests run its job themselves."""
    settings.ATTUNE_IMAGE_DEADLINE_S = 600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(timezone.now)
    monkeypatch.setattr(timezone, "now", made.now)
    return made


@pytest.fixture
def patient(fresh_db: str, valkey: object, seal_now: Seal, clock: Clock) -> Living:
    return living(seal_now, clock)


@pytest.fixture
def no_painter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture comes from the library: for what matters before and after painting. That itself: test_painting."""

    def missing(*_: object, **__: object) -> None:
        raise painting.PainterFailed("PainterMissing")

    monkeypatch.setattr(painting, "paint", missing)
