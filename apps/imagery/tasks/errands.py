"""Runs one job under its lease: opens the request, has it answered, and finishes in the answer's transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from django.utils import timezone

from access.context import asking
from apps.imagery import commands, occasions, policy, scheduling, situation
from apps.imagery.aggregate import Imagery, Request, RequestAnswered
from apps.imagery.occasions import Occasion
from apps.sessions.events import SESSION, EmotionShifted
from eventstore import jobs, store
from eventstore.actor import Actor
from eventstore.jobs import Claim
from eventstore.stream import StreamName
from vault.errors import SubjectErased

ACTOR: Final = Actor.system("imagery.composer")
LEASE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Errand:
    """A claimed job, with what its ids say. `session_id` is the exercise's where a picture was wished for there."""

    claim: Claim
    request_id: UUID
    session_id: UUID
    patient_id: UUID
    reason: str
    shift_version: int

    @property
    def occasion(self) -> Occasion:
        """What the picture is for."""
        return occasions.of(self.reason)

    @property
    def command_id(self) -> UUID:
        """Opens or declines the request. One for each attempt, so that what another did is met as such."""
        return uuid5(self.claim.job_id, str(self.claim.token))


Answer = Callable[[Errand, Request], None]


def run(job_id: UUID, answer: Answer) -> None:
    """Claim, answer, finish. Never raises: a job that failed is tried again, three times in all."""
    claim = jobs.claim(job_id, LEASE_S)
    if claim is None:
        return
    errand = _errand(claim)
    with jobs.carried_out(claim, moot=(RequestAnswered, SubjectErased)):
        request = open_request(errand)
        if request is None:
            jobs.finish(claim)
        else:
            answer(errand, request)


def open_request(errand: Errand) -> Request | None:
    """The request to answer, asked for now where a shift is due a picture; None where there is nothing to do."""
    with asking(ACTOR, route=errand.claim.kind):
        imagery = commands.load(errand.session_id)
        request = imagery.requests.get(errand.request_id)
        if request is not None:
            return None if request.answered else request
        if errand.request_id in imagery.declined or errand.reason in scheduling.ASKED:
            return None
        return _request_for_shift(errand)


def _request_for_shift(errand: Errand) -> Request | None:
    found = _shift(errand)
    if found is None:
        return None
    shift, overtaken = found
    is_later = errand.reason == scheduling.LATER
    at = timezone.now() if is_later else shift.noted_at
    source = scheduling.LATER if is_later else shift.source
    if is_later and overtaken:
        _decline(errand, "overtaken")
        return None

    def must_be_due(imagery: Imagery) -> None:
        policy.must_be_due(situation.stands(imagery, errand.session_id, errand.patient_id, at), source, at)

    try:
        commands.request(
            errand.session_id, errand.request_id, patient_id=errand.patient_id, reason=errand.reason,
            emotion=shift.to_emotion, intensity=shift.intensity, at=at, actor=ACTOR, command_id=errand.command_id,
            must_be_due=must_be_due,
        )  # fmt: skip
    except policy.NotDue as not_due:
        _put_off(errand, not_due.answer)
        return None
    return commands.load(errand.session_id).requests[errand.request_id]


def _put_off(errand: Errand, answer: policy.Later | policy.Never) -> None:
    """Ask again when a picture is due, or say why none is."""
    if isinstance(answer, policy.Never):
        _decline(errand, answer.reason)
        return
    scheduling.schedule(
        uuid5(errand.request_id, answer.at.isoformat()), errand.session_id, errand.patient_id,
        reason=scheduling.LATER, shift_version=errand.shift_version, at=answer.at,
    )  # fmt: skip
    _decline(errand, "too_soon")


def _decline(errand: Errand, reason: str) -> None:
    commands.decline(
        errand.session_id,
        errand.request_id,
        reason=reason,
        patient_id=errand.patient_id,
        at=timezone.now(),
        actor=ACTOR,
        command_id=errand.command_id,
    )


def _shift(errand: Errand) -> tuple[EmotionShifted, bool] | None:
    """The shift that asks, and whether a newer one came after it; None where its patient is erased by now."""
    since = store.read(StreamName(SESSION, errand.session_id), after=errand.shift_version - 1)
    shifts = [recorded.event for recorded in since if isinstance(recorded.event, EmotionShifted)]
    return (shifts[0], len(shifts) > 1) if shifts else None


def _errand(claim: Claim) -> Errand:
    ids = claim.ids
    return Errand(
        claim=claim,
        request_id=UUID(ids["request_id"]),
        session_id=UUID(ids["session_id"]),
        patient_id=UUID(ids["patient_id"]),
        reason=ids["reason"],
        shift_version=int(ids["shift_version"]),
    )
