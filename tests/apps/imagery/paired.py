"""A closed session with a pair, as the tests of the paired choice and the sweep of routes need it."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from django.utils import timezone

from apps.imagery import pairing
from apps.imagery.pair_events import PairArm, PairOffered
from apps.imagery.tasks.files import MEDIA_TYPE, as_webp
from apps.patients import commands as patients
from apps.patients.aggregate import AlreadyRegistered
from apps.sessions import commands as sessions
from eventstore.actor import Actor
from ml.safety.image import pass_vetted
from ml.safety.verdict import SafeImage
from vault import blobs

WORKER = Actor.system("imagery.pairing")
ENGINE_ALT, GENERIC_ALT = (
    "A river winding through meadows at dawn.",
    "A still lake with mountains mirrored in it by day.",
)


def plain(level: int) -> SafeImage:
    """A picture of one brightness, so that a test can tell two apart: 0 to 255, left to right a little lighter."""
    row = np.clip(np.arange(64) + level, 0, 255).astype(np.uint8)
    image = pass_vetted(np.repeat(np.tile(row, (64, 1))[:, :, None], 3, axis=2))
    assert isinstance(image, SafeImage)
    return image


def arm(alt: str) -> PairArm:
    return PairArm(prompt_sha256="0" * 64, negative_sha256="1" * 64, alt=alt, scores=(), not_judged=())


def closed_session(patient_id: UUID, actor: Actor, *, distress: int | None = 20) -> UUID:
    """A session that its patient closed, with feedback where `distress` is given."""
    session_id, now = uuid4(), timezone.now()
    said: dict[str, Any] = {"at": now, "actor": actor}
    sessions.open_session(session_id, patient_id=patient_id, camera=False, consents=(), command_id=uuid4(), **said)
    if distress is not None:
        sessions.give_feedback(
            session_id, distress=distress, satisfaction=4, text="", command_id=uuid4(), **said
        )  # fmt: skip
    sessions.end_session(session_id, reason="patient", command_id=uuid4(), **said)
    return session_id


def offer(patient_id: UUID, session_id: UUID, *, engine_first: bool = True, at: datetime | None = None) -> PairOffered:
    """Put a pair after a session: the engine's picture is dark, the generic one light."""
    dark, light = (
        blobs.put(patient_id, as_webp(plain(level)), media_type=MEDIA_TYPE).id for level in (10, 180)
    )  # fmt: skip
    offered = PairOffered(
        request_id=uuid4(), engine_image_id=dark, generic_image_id=light, engine=arm(ENGINE_ALT),
        generic=arm(GENERIC_ALT), generic_prompt="generic-1", engine_first=engine_first,
        template="mindfulness.sadness.lake_dawn", technique="mindfulness", emotion="sadness", style="watercolour",
        model="painter@2a7f7498", seed=7, steps=12, guidance=3.5, share=1.0, offered_at=at or timezone.now(),
    )  # fmt: skip
    assert pairing.settle(session_id, offered, patient_id=patient_id, actor=WORKER, command_id=uuid4())
    return offered


def agree(patient_id: UUID, actor: Actor) -> None:
    """Pictures and research, both of which a pair rests on."""
    for purpose in ("images", "research"):
        patients.give_consent(patient_id, purpose=purpose, actor=actor, command_id=uuid4())


def make_pair(patient_id: UUID, actor: Actor) -> UUID:
    """The session of an open pair."""
    with suppress(AlreadyRegistered):
        patients.register(patient_id, name="Ada Canary", actor=actor, command_id=uuid4())
    agree(patient_id, actor)
    session_id = closed_session(patient_id, actor)
    offer(patient_id, session_id)
    return session_id


def long_ago() -> datetime:
    """When a pair was offered that takes no answer any more."""
    return timezone.now() - timedelta(hours=1, seconds=1)
