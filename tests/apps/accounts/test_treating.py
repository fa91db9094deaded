"""A patient whom nobody treats is seen by those who look after caseloads, and put on one."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from django.utils import timezone

from access import caseload
from access.roles import Role
from apps.accounts import selectors
from apps.accounts.commands import close_account, create_user, invite
from apps.accounts.errors import LinkUnusable, MayNotInvite
from apps.accounts.invitations import accept_invitation
from apps.accounts.models import User
from tests.apps.practice import PASSWORD, SETUP, Practice

Seal = Callable[[], None]


def supervisor() -> User:
    return create_user(f"sup-{uuid4().hex[:6]}@example.org", PASSWORD, Role.SUPERVISOR, name="Dr Lead")


def test_an_administrator_invites_no_patient_since_nobody_would_treat_them(practice: Practice) -> None:
    with pytest.raises(MayNotInvite):
        invite(Role.PATIENT, invited_by=practice.administrator.actor)
    page = practice.browser(practice.administrator).get("/invitations/").content.decode()
    assert "invited by the clinician who will treat them" in page


def test_a_link_of_a_clinician_who_has_left_opens_nothing(practice: Practice) -> None:
    invited = invite(Role.PATIENT, invited_by=practice.provider.actor)
    close_account(practice.provider.id, reason="left", actor=SETUP)
    with pytest.raises(LinkUnusable):
        accept_invitation(invited.token, "late@example.org", PASSWORD)
    assert not User.objects.filter(pk=invited.user_id).exists()


def test_whom_nobody_treats_any_more_is_given_a_clinician_who_finds_the_waiting_alert(
    practice: Practice, seal_now: Seal
) -> None:
    practice.fill({9: 3})
    close_account(practice.provider.id, reason="left", actor=SETUP)
    seal_now()
    lead = supervisor()
    assert selectors.untreated(timezone.now()) == [practice.patient.id]
    client = practice.browser(lead)
    page = client.get("/treating/").content.decode()
    assert practice.patient.id.hex[:8] in page
    assert practice.other.id.hex[:8] not in page.partition("Put on a caseload")[0]
    assert "Ada Canary" not in page
    form = {"patient": str(practice.patient.id), "provider": str(practice.outsider.id)}
    assert client.post("/treating/", form).status_code == 302
    assert practice.outsider.id in caseload.providers_of(practice.patient.id)
    assert selectors.untreated(timezone.now()) == []
    found = practice.browser(practice.outsider).get("/api/v1/alerts/").json()["results"]
    assert [one["grade"] for one in found if one["patient_id"] == str(practice.patient.id)] == [3]


def test_whose_year_ends_soon_is_seen_a_month_before_and_goes_on(practice: Practice) -> None:
    late = timezone.now() + caseload.USUAL_TERM - timedelta(days=20)
    assert {practice.patient.id, practice.other.id} <= set(selectors.untreated(late + timedelta(days=30)))
    caseload.end(practice.provider.id, practice.patient.id, actor=SETUP)
    soon = timezone.now() + timedelta(days=10)
    caseload.assign(practice.provider.id, practice.patient.id, actor=SETUP, until=soon)
    client = practice.browser(practice.administrator)
    page = client.get("/treating/").content.decode()
    assert practice.patient.id.hex[:8] in page.partition("Ends within a month")[2].partition("Put on a caseload")[0]
    client.post("/treating/", {"patient": str(practice.patient.id), "provider": str(practice.provider.id)})
    assert practice.patient.id not in selectors.untreated(timezone.now() + timedelta(days=30))


def test_nobody_else_may_and_nonsense_changes_nothing(practice: Practice) -> None:
    form = {"patient": str(practice.patient.id), "provider": str(practice.outsider.id)}
    for who in (practice.provider, practice.patient):
        assert practice.browser(who).post("/treating/", form).status_code in (403, 404)
    client = practice.browser(practice.administrator)
    assert client.post("/treating/", form).status_code == 422, "who is treated already is not on the list"
    assert caseload.providers_of(practice.patient.id) == [practice.provider.id]


def ended(practice: Practice, successor: str) -> dict[str, str]:
    return {"over-entry": f"{practice.patient.id}.{practice.provider.id}", "over-successor": successor}


def test_a_treatment_is_handed_over_with_what_waits(practice: Practice, seal_now: Seal) -> None:
    practice.fill({9: 3})
    seal_now()
    client = practice.browser(supervisor())
    answer = client.post("/treating/hand-over/", ended(practice, str(practice.outsider.id)))
    assert answer.status_code == 302
    assert caseload.providers_of(practice.patient.id) == [practice.outsider.id]
    assert practice.browser(practice.provider).get(f"/patients/{practice.patient.id}/").status_code in (403, 404)
    found = practice.browser(practice.outsider).get("/api/v1/alerts/").json()["results"]
    assert [one["grade"] for one in found if one["patient_id"] == str(practice.patient.id)] == [3]


def test_a_treatment_that_ends_with_nobody_is_said_to_be_nobodys(practice: Practice) -> None:
    client = practice.browser(practice.administrator)
    page = client.post("/treating/hand-over/", ended(practice, "nobody"), follow=True).content.decode()
    assert "Nobody treats this patient now" in page
    assert caseload.providers_of(practice.patient.id) == []
    assert selectors.untreated(timezone.now()) == [practice.patient.id]
    assert client.post("/treating/hand-over/", ended(practice, "nobody")).status_code == 422, "it has ended already"


def test_a_treatment_whose_patient_has_left_can_be_ended(practice: Practice) -> None:
    close_account(practice.patient.id, reason="discharged", actor=SETUP)
    assert practice.chart().patient_id == practice.patient.id, "the door stays open until then"
    client = practice.browser(practice.administrator)
    assert f"{practice.patient.id}.{practice.provider.id}" in client.get("/treating/").content.decode()
    page = client.post("/treating/hand-over/", ended(practice, "nobody"), follow=True).content.decode()
    assert "That treatment has ended" in page
    assert "Nobody treats this patient now" not in page
    with pytest.raises(Http404):
        practice.chart()


def test_an_entry_that_a_closed_account_holds_treats_nobody(practice: Practice) -> None:
    close_account(practice.outsider.id, reason="left", actor=SETUP)
    caseload.assign(practice.outsider.id, practice.patient.id, actor=SETUP)  # in the moment of closing
    client = practice.browser(practice.administrator)
    page = client.post("/treating/hand-over/", ended(practice, "nobody"), follow=True).content.decode()
    assert "Nobody treats this patient now" in page


def test_no_slip_takes_a_patient_from_who_treats_them(practice: Practice) -> None:
    client = practice.browser(practice.administrator)
    for successor in ("", str(practice.provider.id), str(practice.patient.id), "x"):
        assert client.post("/treating/hand-over/", ended(practice, successor)).status_code == 422
    assert client.post("/treating/hand-over/", {"over-successor": "nobody"}).status_code == 422
    for who in (practice.provider, practice.patient):
        answer = practice.browser(who).post("/treating/hand-over/", ended(practice, "nobody"))
        assert answer.status_code in (403, 404)
    assert caseload.providers_of(practice.patient.id) == [practice.provider.id]
