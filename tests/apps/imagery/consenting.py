"""Decisions with pictures that were rated, and templates that were approved: what the tests of the export share."""

from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from access.roles import Role
from apps.accounts.models import User
from apps.imagery import reviewing, scene_templates
from apps.imagery.events import CATEGORY, ImageShown
from apps.imagery.reviews import APPROVED
from apps.imagery.tasks import deciding
from apps.patients import commands as patients
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName
from ml.prompting.choose import Choice
from ml.prompting.recorded import decide
from tests.apps.imagery.showing import USUAL, Showing

CLINICIAN = Actor(uuid4(), Role.PROVIDER.value)
STATE: dict[str, Any] = {"emotion": "sadness", "intensity": 0.4, "season": "winter", "day_time": "evening"}


def inputs(**more: Any) -> dict[str, Any]:
    return {
        "state": STATE, "history": [], "kinds": [], "styles": ["ink"], "blocked_kinds": [], "blocked_templates": [],
        "blocked_styles": [], "triggers": ["Aunt Rosalind"],
    } | more  # fmt: skip


def approve(*templates: str) -> None:
    for template in templates:
        digest = scene_templates.by_id()[template].digest
        reviewing.review(template, APPROVED, seen=digest, comment="", actor=CLINICIAN, command_id=uuid4())


def agree(user: User) -> None:
    patients.give_consent(user.id, purpose="research", actor=user.actor, command_id=uuid4())


def decided(
    session: Showing, seed: int, *, rating: int = 2, later: int | None = None, upset: bool = False, **shown: Any
) -> tuple[Choice, UUID]:
    """The engine's choice, recorded as the images worker does, with a picture that was rated, and `later` again."""
    choice, request_id = decide(inputs(), seed), uuid4()
    note(session, deciding.composed(request_id, 0, choice, inputs()))
    facts = {"template": choice.template, "style": choice.scene.style, "technique": choice.technique} | shown
    image_id = uuid4()
    note(session, ImageShown(request_id=request_id, image_id=image_id, shown_at=timezone.now(), **(USUAL | facts)))
    session.rate(image_id, rating, "It was like Aunt Rosalind's garden.")
    if later is not None:
        session.rate(image_id, later)
    if upset:
        session.upset(image_id)
    return choice, request_id


def note(session: Showing, event: object) -> None:
    stream = StreamName(CATEGORY, session.session_id)
    store.append(stream, [event], expected=None, actor=session.actor, command_id=uuid4(), subject=session.patient_id)
