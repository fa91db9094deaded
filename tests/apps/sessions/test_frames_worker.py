"""A frames worker serves with its networks or not at all."""

from pathlib import Path

import pytest
from celery.utils.dispatch import Signal
from pytest_django import Settings

from apps.sessions import tasks


def test_a_worker_whose_networks_do_not_load_ends_and_says_why(settings: Settings, tmp_path: Path) -> None:
    settings.ATTUNE_PROCESS, settings.ATTUNE_EMOTION_FOLDER = "frames", str(tmp_path)
    tasks._reader.cache_clear()
    starting = Signal(name="worker_init")  # as Celery sends it, without the other handlers
    starting.connect(tasks._warm_up)
    with pytest.raises(SystemExit) as ended:
        starting.send(sender=None)
    assert str(ended.value) == f"WeightsMissing: {tmp_path}: no manifest.json"
