"""One tap, "this upset me": the picture is gone, its kind is blocked, and whoever treats the patient is told once."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from access import caseload
from access.door import Permit, Purpose, Right, open_patient
from access.roles import Role
from apps.accounts.commands import create_user
from apps.accounts.models import User
from apps.imagery import messages
from apps.imagery.events import CATEGORY, ImageWithdrawn
from apps.imagery.models import ImageRow
from apps.providers import commands, selectors
from apps.providers.flags import flags
from apps.providers.ledger import Alert
from apps.sessions.socket import SocketContext
from eventstore import store
from eventstore.stream import StreamName
from tests.apps.imagery.living import PASSWORD, Living, run_jobs
from tests.apps.practice import SETUP, Practice

pytestmark = pytest.mark.usefixtures("no_painter")


@pytest.fixture
def image_id(patient: Living) -> UUID:
    patient.feels(-4)
    run_jobs()
    patient.seal()
    return ImageRow.objects.get(session_id=patient.session_id).id


@pytest.fixture
def provider(patient: Living) -> User:
    made = create_user(f"{uuid4().hex[:8]}@example.org", PASSWORD, Role.PROVIDER, name="Dr Moor")
    caseload.assign(made.id, patient.id, actor=SETUP)
    return made


def taps(patient: Living, image_id: UUID, command_id: UUID | None = None) -> None:
    context = SocketContext(session_id=patient.session_id, patient_id=patient.id, actor=patient.actor)
    messages._of_this_session(messages._upset)(context, {"image_id": str(image_id)}, command_id or uuid4())
    patient.seal()


def permit(patient: Living, provider: User, right: Right = Right.VIEW_CHART) -> Permit:
    return open_patient(provider.actor, patient.id, to=right, why=Purpose.TREATMENT)


def alerts(patient: Living, provider: User) -> tuple[Alert, ...]:
    line = selectors.line_of(permit(patient, provider), now=timezone.now())
    assert line is not None
    return line.alerts


def test_the_provider_is_told_once_however_often_it_is_pressed(patient: Living, image_id: UUID, provider: User) -> None:
    command = uuid4()
    for command_id in (command, command, uuid4()):
        taps(patient, image_id, command_id)
    written = [one.event for one in store.read(StreamName(CATEGORY, patient.session_id))]
    assert sum(isinstance(event, ImageWithdrawn) for event in written) == 1
    [alert] = alerts(patient, provider)
    assert (alert.kind, alert.image_id, alert.assessment_id, alert.grade) == ("picture", str(image_id), None, 0)
    line = selectors.line_of(permit(patient, provider), now=timezone.now())
    assert line is not None
    [flag] = flags(line, now=timezone.now())
    assert flag.level == "act"
    assert flag.words.startswith("A picture upset the patient · unacknowledged")


def test_it_is_told_after_the_sessions_end_too(patient: Living, image_id: UUID, provider: User) -> None:
    patient.ends()
    taps(patient, image_id)
    assert len(alerts(patient, provider)) == 1


def test_acknowledging_quiets_it_and_pressing_again_does_not_raise_it_anew(
    patient: Living, image_id: UUID, provider: User
) -> None:
    taps(patient, image_id)
    [alert] = alerts(patient, provider)
    allowed = permit(patient, provider, Right.ACKNOWLEDGE)
    commands.acknowledge(allowed, UUID(alert.id), reason="Spoke about it.", command_id=uuid4())
    patient.seal()
    taps(patient, image_id)
    [alert] = alerts(patient, provider)
    assert alert.review is not None
    assert alert.review.reason == "Spoke about it."


def test_replaying_the_log_gives_the_alert_that_live_projecting_gave(
    patient: Living, image_id: UUID, provider: User
) -> None:
    taps(patient, image_id)
    live = alerts(patient, provider)
    call_command("rebuild", "providers.caseload")
    assert alerts(patient, provider) == live


def test_page_and_api_say_it_plainly_and_claim_nothing_about_a_form(
    patient: Living, image_id: UUID, provider: User
) -> None:
    taps(patient, image_id)
    practice: Any = Practice
    browser = practice.browser(practice, provider)
    page = browser.get("/alerts/").content.decode()
    assert "A picture upset the patient" in page
    assert "PHQ-9" not in page
    assert "crisis help" not in page
    assert "A picture upset the patient" in browser.get(f"/patients/{patient.id}/").content.decode()
    [told] = browser.get("/api/v1/alerts/").json()["results"]
    assert (told["kind"], told["image_id"], told["item"], told["assessment_id"]) == (
        "picture", str(image_id), None, None,
    )  # fmt: skip
