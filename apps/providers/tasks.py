"""Reads what patients wrote and notes what it names, so that a person is told. Loads the encoder at the first text."""

from typing import Final
from uuid import UUID

from celery import shared_task

from access.context import asking
from apps.providers import commands
from apps.providers.events import Finding
from apps.providers.notes import Written
from apps.providers.reading import READ, READ_LATE
from eventstore import jobs
from eventstore.actor import Actor
from eventstore.jobs import Claim
from ml.safety.notes import LABELS, OTHER, Named, read_note, reader
from vault.errors import SubjectErased

ACTOR: Final = Actor.system("providers.reader")
LEASE_S: Final = 60.0


@shared_task(name=READ)
def read(job_id: str) -> None:
    """Read what is new; delivered twice, it is noted once."""
    _run(UUID(job_id))


@shared_task(name=READ_LATE)
def read_late(job_id: str) -> None:
    """Read what nobody has read by now."""
    _run(UUID(job_id))


@shared_task(name="providers.read_again")
def read_again() -> None:
    """Begin anew with texts whose readings all failed, until one succeeds: nobody else would ever look at them."""
    for job_id in jobs.dead(READ_LATE):
        jobs.revive(job_id)


def _run(job_id: UUID) -> None:
    """Claim, read, note, finish. Never raises: a job that failed is tried again, three times in all."""
    claim = jobs.claim(job_id, LEASE_S)
    if claim is None:
        return
    with jobs.carried_out(claim, moot=(SubjectErased,)):
        _read(claim)


def _read(claim: Claim) -> None:
    category, entity_id = claim.ids["category"], UUID(claim.ids["entity_id"])
    with asking(ACTOR, route=claim.kind):
        unread = commands.unread(category, entity_id)
    found = {note.note_id: _findings(note, claim) for note in unread.notes}
    with asking(ACTOR, route=claim.kind):
        commands.note_screened(
            unread, found, reader=reader(), patient_id=UUID(claim.ids["patient_id"]), actor=ACTOR,
            command_id=claim.job_id,
        )  # fmt: skip
        jobs.finish(claim)


def _findings(note: Written, claim: Claim) -> tuple[Finding, ...]:
    """Of each label the gravest, whichever of the texts names it; that another one denies it takes nothing back."""
    gravest: dict[str, Named] = {}
    for text in note.texts:
        for one in read_note(text):
            gravest[one.label] = max(
                gravest.get(one.label, one), one, key=lambda named: (not named.denied, named.score)
            )
        jobs.extend(claim, LEASE_S)  # after an outage there may be much to read
    named = [gravest[label] for label in (*LABELS, OTHER) if label in gravest]
    return tuple(Finding(label=one.label, score=one.score, by=one.by, denied=one.denied) for one in named)
