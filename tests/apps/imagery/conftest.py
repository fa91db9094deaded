"""A patient in an open session."""

import pytest
from django.utils import timezone

from tests.apps.imagery.living import Clock, Living, Seal, living


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(timezone.now)
    monkeypatch.setattr(timezone, "now", made.now)
    return made


@pytest.fixture
def patient(fresh_db: str, valkey: object, seal_now: Seal, clock: Clock) -> Living:
    return living(seal_now, clock)
