"""Measures how a session's last pictures were answered to, by face and by word, and notes it in the log."""

import logging
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID, uuid5

from django.utils import timezone

from access.context import asking
from apps.imagery import commands
from apps.imagery.events import CATEGORY, ImageShown
from apps.imagery.scheduling import MEASURE_AFTER
from apps.sessions import selectors as sessions
from apps.sessions.events import OBSERVATIONS
from eventstore import jobs, store
from eventstore.actor import Actor
from eventstore.projection import wait_for
from eventstore.stream import StreamName
from vault.errors import SubjectErased

logger = logging.getLogger(__name__)

ACTOR: Final = Actor.system("imagery.measurer")
LASTS: Final = timedelta(minutes=5)
"""How long after a picture a reported mood is taken as an answer to it; the next picture ends it."""
_LEASE_S: Final = 30.0
_PATIENCE_S: Final = 2.0


def run(job_id: UUID) -> None:
    """Claim, measure, finish. Never raises: a job that failed is tried again, three times in all."""
    claim = jobs.claim(job_id, _LEASE_S)
    if claim is None:
        return
    try:
        with asking(ACTOR, route=claim.kind):
            _measure(UUID(claim.ids["session_id"]), UUID(claim.ids["patient_id"]), claim.job_id)
            jobs.finish(claim)
    except SubjectErased:
        jobs.finish(claim)
    except Exception as error:  # noqa: BLE001 -- the job's row keeps what failed, by class name only
        logger.warning("%s %s failed: %s", claim.kind, claim.job_id, type(error).__name__)
        jobs.fail(claim, type(error).__name__)


def _measure(session_id: UUID, patient_id: UUID, job_id: UUID) -> None:
    now = timezone.now()
    log = store.read(StreamName(CATEGORY, session_id))
    shown = [recorded.event for recorded in log if isinstance(recorded.event, ImageShown)]
    observed = StreamName(OBSERVATIONS, session_id)
    wait_for("care_sessions.track", observed, store.version_of(observed), timeout_s=_PATIENCE_S)
    lately = [one for one in _spans(shown) if now - one[0].shown_at <= LASTS + MEASURE_AFTER]
    reactions = sessions.reactions(session_id, [(picture.shown_at, ends) for picture, ends in lately])
    for (picture, _), found in zip(lately, reactions, strict=True):
        commands.measure(
            session_id, picture.image_id, felt=found.felt, mood=found.mood, patient_id=patient_id, actor=ACTOR,
            command_id=uuid5(job_id, str(picture.image_id)),
        )  # fmt: skip


def _spans(shown: list[ImageShown]) -> list[tuple[ImageShown, datetime]]:
    """Each picture, and the moment from which answers are no longer to it."""
    if not shown:
        return []
    ends = [min(one.shown_at + LASTS, other.shown_at) for one, other in pairwise(shown)]
    return list(zip(shown, [*ends, shown[-1].shown_at + LASTS], strict=True))
