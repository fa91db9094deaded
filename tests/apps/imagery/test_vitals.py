"""How painter and queue stand can be scraped, and a Valkey that is away takes nothing else from the page."""

from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.test import Client

from apps.imagery import vitals
from apps.imagery.tasks import painting, pulse
from tests.apps.imagery.living import Living, run_jobs


@pytest.fixture(autouse=True)
def nobody_spoke_before(valkey: object) -> None:
    with redis.Redis.from_url(django_settings.ATTUNE_REDIS_URL) as client:
        client.delete(*client.keys("attune:images:vitals:*") or ["none"])


def scraped() -> dict[str, float]:
    """Each sample of ours by name and labels."""
    answer = Client().get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if line.startswith("attune_p")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_a_worker_says_how_its_painter_stands(patient: Living) -> None:
    painting.service().start()
    said = pulse.now()
    vitals.report(said)
    found = scraped()
    up = f'attune_painter_up{{model="{said.model}",resting="",worker="{said.worker}"}}'
    assert said.model.startswith("painter@")
    assert found[up] == 1.0
    assert found[f'attune_painter_starts_total{{worker="{said.worker}"}}'] == said.starts >= 1


def test_what_waits_is_counted_until_it_is_painted(patient: Living, no_painter: None) -> None:
    assert scraped()["attune_pictures_due"] == 0
    patient.feels(-4)
    patient.waits(seconds=7)
    waiting = scraped()
    assert waiting["attune_pictures_due"] == 1
    assert waiting["attune_pictures_due_seconds"] >= 7
    run_jobs()
    assert scraped()["attune_pictures_due"] == 0


def test_a_worker_that_fell_silent_is_forgotten(patient: Living) -> None:
    vitals.report(vitals.Vitals("gone:1", "painter@00000000", 1, 1, 0, ""))
    with redis.Redis.from_url(django_settings.ATTUNE_REDIS_URL) as client:
        assert 0 < client.ttl("attune:images:vitals:gone:1") <= vitals.FRESH_S


def test_without_valkey_the_queue_is_still_counted(
    patient: Living, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ATTUNE_REDIS_URL = "redis://127.0.0.1:1/0"  # nothing listens there
    vitals._valkey.cache_clear()
    try:
        assert vitals.reported() is None
        vitals.report(pulse.now())  # and does not raise
        found = scraped()
        assert found["attune_pictures_due"] == 0
        assert not any(name.startswith("attune_painter") for name in found)
    finally:
        vitals._valkey.cache_clear()
