"""A list that cannot show the newest alerts says so, and never that nothing waits."""

import time
from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from apps.providers.lateness import late_since
from eventstore import lag
from eventstore.models import Follower
from tests.apps.imagery.living import Seal
from tests.apps.practice import Practice
from tests.apps.providers.test_notes import BLEAK, writes

LATE, NOTHING = "This list may lack alerts since", "Nothing is waiting"


def pages(practice: Practice, browser: Client) -> list[str]:
    urls = "/alerts/", "/caseload/", f"/patients/{practice.patient.id}/"
    return [browser.get(url).content.decode() for url in urls]


def told(browser: Client) -> list[str | None]:
    return [browser.get(f"/api/v1/{name}/").json()["late_since"] for name in ("alerts", "caseload")]


def says_so(practice: Practice, since: datetime | None) -> None:
    assert since is not None
    browser = practice.browser(practice.provider)
    for page in pages(practice, browser):
        assert f"{timezone.localtime(since):%H:%M}</time>" in page.partition(LATE)[2][:120]
        assert NOTHING not in page and "every alert so far was seen to" not in page
    for said in told(browser):
        assert said is not None
        assert abs(datetime.fromisoformat(said) - since).total_seconds() < 0.001


def all_is_well(practice: Practice) -> None:
    browser = practice.browser(practice.provider)
    assert not [page for page in pages(practice, browser) if LATE in page]
    assert told(browser) == [None, None]


@pytest.mark.parametrize("name", ["providers.caseload", "providers.notes"])
def test_while_a_follower_stands_still_no_list_looks_complete(practice: Practice, seal_now: Seal, name: str) -> None:
    seal_now()
    all_is_well(practice)
    assert NOTHING in practice.browser(practice.provider).get("/alerts/").content.decode()
    Follower.objects.filter(name=name).update(status=Follower.Status.STOPPED, problem="KeyError at position 9")
    writes(practice, BLEAK)
    practice.fill({9: 3})
    seal_now()
    says_so(practice, late_since())
    Follower.objects.update(status=Follower.Status.RUNNING)
    seal_now()
    all_is_well(practice)


def test_while_the_sealer_is_away_no_list_looks_complete(
    practice: Practice, seal_now: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_now()
    practice.fill({9: 3})
    monkeypatch.setattr(lag, "LATE_S", 0.5)
    time.sleep(0.6)
    says_so(practice, late_since())
    monkeypatch.undo()
    seal_now()
    all_is_well(practice)
    assert NOTHING not in practice.browser(practice.provider).get("/alerts/").content.decode()
