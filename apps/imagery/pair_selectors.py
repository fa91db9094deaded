"""Questions about pairs: what the patient's page shows, and what a clinician may know of the answers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import Http404
from django.utils import timezone

from access.door import Permit, Right
from apps.imagery import pair_consent, pairing, pairs
from apps.imagery.models import PAIR, PairRow
from apps.imagery.pair_bound import bound
from apps.imagery.pairing import BY_THE_PATIENT
from apps.sessions.events import SESSION, SessionEnded
from eventstore import store
from eventstore.stream import StreamName
from vault import blobs, columns
from vault.blobs import Blob
from vault.errors import BlobMissing

AWAITED_FOR: Final = timedelta(seconds=30)
"""So long after a session's end the page may say that a pair can still come."""
OPEN, ANSWERED, CLOSED, AWAITED, NONE = "open", "answered", "closed", "awaited", "none"


@dataclass(frozen=True, slots=True)
class PairShown:
    """A pair as its page shows it. `alts` are by place, "" where nobody can say; nothing here tells the arms apart."""

    state: str
    answer: str | None = None
    alts: tuple[str, str] = ("", "")


def shown_pair(permit: Permit, session_id: UUID) -> PairShown:
    """The pair of one's own session, straight from the log."""
    permit.require(Right.VIEW_OWN, Right.RUN_SESSION)
    pair = pairing.load(session_id)
    if pair.offered is None:
        return PairShown(NONE if pair.withheld else _not_yet(session_id))
    if pair.answer is not None:
        return PairShown(ANSWERED, pair.answer)
    if not pair.is_open(timezone.now()) or not pair_consent.agrees(permit.patient_id) or bound(permit.patient_id):
        return PairShown(CLOSED)
    first, second = (pairs.at_place(pair.offered, place)[1] for place in pairs.PLACES)
    return PairShown(OPEN, alts=(first, second))


def pair_picture(permit: Permit, session_id: UUID, place: str) -> Blob:
    """The file of one of the two. Raises Http404: no open pair, or the file is gone."""
    offered = pairing.load(session_id).offered
    if offered is None or shown_pair(permit, session_id).state != OPEN:
        raise Http404("no such picture")
    try:
        return blobs.open(permit.patient_id, pairs.at_place(offered, place)[0])
    except BlobMissing:
        raise Http404("no such picture") from None


def paired_choices(permit: Permit) -> Mapping[str, int]:
    """How often the patient preferred which, by outcome of `pairs.outcome`; neither pictures nor sessions."""
    permit.require(Right.VIEW_CHART, Right.VIEW_OWN)
    return Counter(outcomes(permit.patient_id))


def outcomes(patient_id: UUID) -> tuple[str, ...]:
    """What became of each of a patient's pairs, oldest first. For the system's own work."""
    rows = PairRow.objects.filter(patient_id=patient_id).order_by("offered_at", "session_id")
    return tuple(_outcome(row) for row in rows)


def _outcome(row: PairRow) -> str:
    facts: dict[str, Any] = columns.open(row.patient_id, bytes(row.sealed), column=PAIR)
    return pairs.outcome(facts["answer"], engine_first=facts["engine_first"])


def _not_yet(session_id: UUID) -> str:
    """Whether a pair may still come."""
    if not pairing.draw(session_id).taken:
        return NONE
    session = (recorded.event for recorded in store.read(StreamName(SESSION, session_id)))
    ended = next((one for one in session if isinstance(one, SessionEnded)), None)
    if ended is None or ended.reason != BY_THE_PATIENT:
        return NONE
    return AWAITED if timezone.now() - ended.ended_at <= AWAITED_FOR else NONE
