"""The only writer of ``pair-…`` streams, and what sets a pair to work after a session.

All raise SubjectErased after an erasure, and WrongExpectedVersion when someone wrote first (reload and retry).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from access.door import Permit, Right
from apps.imagery import pair_consent, pairs
from apps.imagery.pair_bound import bound
from apps.imagery.pair_events import CATEGORY, PairOffered, PairWithheld
from apps.imagery.pairs import Pair, PairAnswered, PairClosed
from apps.imagery.scheduling import COMPOSE_QUEUE, STALE
from apps.sessions.events import SessionEnded
from eventstore import jobs, store
from eventstore.actor import Actor
from eventstore.errors import WrongExpectedVersion
from eventstore.recorded import Recorded
from eventstore.stream import StreamName
from eventstore.subscription import register_subscription

PAIR: Final = "imagery.pair"
BY_THE_PATIENT: Final = "patient"


def load(session_id: UUID) -> Pair:
    """The session's pair as it stands."""
    return pairs.replay(store.read(StreamName(CATEGORY, session_id)))


def draw(session_id: UUID) -> pairs.Draw:
    """What chance says about a session here and now."""
    return pairs.draw(session_id, settings.ATTUNE_PAIRED_CHOICE_SHARE)


def settle(
    session_id: UUID, outcome: PairOffered | PairWithheld, *, patient_id: UUID, actor: Actor, command_id: UUID
) -> bool:
    """Record the pair, or why there is none. False where that is settled already; then nothing was written."""
    pair = load(session_id)
    events = pairs.settle(pair, outcome)
    if not events:
        return False
    store.append(
        StreamName(CATEGORY, session_id), events, expected=pair.version, actor=actor, command_id=command_id,
        subject=patient_id,
    )  # fmt: skip
    return True


def choose(permit: Permit, session_id: UUID, answer: str, *, at: datetime, command_id: UUID) -> int:
    """Answer the pair of one's own session; the same command again does nothing twice. The stream's version.

    Raises:
        NoSuchAnswer, PairUnknown, PairAnswered, PairClosed: retrying won't help.
    """
    permit.require(Right.RUN_SESSION)
    stream = StreamName(CATEGORY, session_id)
    if (version := store.done(stream, command_id)) is not None:
        return version
    pair = load(session_id)
    events = pairs.choose(pair, answer, at=at)
    if not pair_consent.agrees(permit.patient_id):
        raise PairClosed
    if answer != pairs.UPSET and bound(permit.patient_id):  # that one upset them is heard while the pair is open
        raise PairClosed
    try:
        return store.append(
            stream, events, expected=pair.version, actor=permit.actor, command_id=command_id, subject=permit.patient_id
        )
    except WrongExpectedVersion:  # a pair that was offered is followed by nothing but its answer
        raise PairAnswered from None


def pair_after(ended: SessionEnded, meta: Recorded) -> None:
    """A session that its patient closed may be followed by a pair; whether it is, is decided when the job runs."""
    is_old = timezone.now() - meta.recorded_at > STALE
    if is_old or ended.reason != BY_THE_PATIENT or not draw(meta.stream.entity_id).taken:
        return
    assert meta.subject is not None, "a session's stream has the patient as its subject"  # noqa: S101 -- an invariant
    ids: dict[str, UUID | str | int] = {"session_id": meta.stream.entity_id, "patient_id": meta.subject}
    jobs.enqueue(PAIR, key=meta.stream.entity_id, ids=ids, queue=COMPOSE_QUEUE)


def register() -> None:
    register_subscription("imagery.pairs", {SessionEnded: pair_after})
