"""A patient whom nobody treats reads so on each page, and is promised no reader."""

import pytest

from access import caseload
from apps.accounts.commands import SETUP, close_account
from tests.apps.practice import Practice

SAYS = "No clinician is set down here as treating you"
PAGES = ("/me/", "/assessments/", "/exercises/", "/me/preferences/", "/album/", "/session/", "/me/access/")


@pytest.mark.parametrize("path", PAGES)
def test_each_page_says_it_while_it_is_so_and_at_no_other_time(practice: Practice, path: str) -> None:
    client = practice.browser(practice.patient)
    treated = client.get(path)
    assert treated.status_code == 200
    assert SAYS not in treated.content.decode()
    close_account(practice.provider.id, reason="left", actor=SETUP)
    shown = client.get(path).content.decode()
    assert SAYS in shown
    for promise in ("Your care team can", "Your care team sees"):
        assert promise not in shown
    caseload.assign(practice.outsider.id, practice.patient.id, actor=SETUP)
    assert SAYS not in client.get(path).content.decode()


def test_clinicians_and_strangers_read_nothing_of_it(practice: Practice) -> None:
    close_account(practice.provider.id, reason="left", actor=SETUP)
    assert SAYS not in practice.browser(practice.outsider).get("/caseload/").content.decode()
