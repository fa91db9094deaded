"""Who treats whom: explicit, bounded in time. The row is written with its event, so that a revocation counts at once.

Not a projection on purpose: a sealer that lags must not keep a door open. A test replays the events to the same rows.
"""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.events import AssignmentEnded, PatientAssigned
from access.models import Assignment
from eventstore import store
from eventstore.actor import Actor
from eventstore.stream import StreamName

USUAL_TERM = timedelta(days=365)


class EndsBeforeStart(ValueError):
    """An assignment must end after it starts."""


def assign(
    provider_id: UUID,
    patient_id: UUID,
    *,
    actor: Actor,
    until: datetime | None = None,
    command_id: UUID | None = None,
) -> UUID:
    """Put the patient on the clinician's caseload from now on. Returns the assignment's id; one that lasts is kept.

    Args:
        until: a year from now when left out. An existing assignment that ends sooner is followed by a new one.

    Raises:
        EndsBeforeStart: `until` is past.
    """
    now = timezone.now()
    ends_at = until or now + USUAL_TERM
    if ends_at <= now:
        raise EndsBeforeStart(ends_at.isoformat())
    with transaction.atomic():
        lasting = _live(provider_id, patient_id, now).filter(ends_at__gte=ends_at if until else now).first()
        if lasting is not None:
            return lasting.id
        fact = PatientAssigned(
            assignment_id=uuid4(), provider_id=provider_id, patient_id=patient_id, starts_at=now, ends_at=ends_at
        )
        Assignment.objects.create(
            id=fact.assignment_id,
            provider_id=provider_id,
            patient_id=patient_id,
            starts_at=now,
            ends_at=ends_at,
            assigned_by=actor.id,
        )
        _append(provider_id, [fact], actor, command_id)
    return fact.assignment_id


def end(provider_id: UUID, patient_id: UUID, *, actor: Actor, command_id: UUID | None = None) -> int:
    """End what of this patient's stands on the clinician's caseload now. Returns how many assignments that were."""
    now = timezone.now()
    with transaction.atomic():
        return _close(_live(provider_id, patient_id, now), now, actor, command_id)


def end_all_of(patient_id: UUID, *, actor: Actor) -> int:
    """End every assignment of this patient, as erasure does. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        live = Assignment.objects.select_for_update().filter(patient_id=patient_id, ends_at__gt=now)
        providers = sorted({row.provider_id for row in live})
        return sum(_close(_live(provider, patient_id, now), now, actor, None) for provider in providers)


def end_all_by(provider_id: UUID, *, actor: Actor) -> int:
    """End every assignment on this clinician's caseload, as closing the account does. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        live = Assignment.objects.select_for_update().filter(provider_id=provider_id, ends_at__gt=now)
        return _close(live.order_by("id"), now, actor, None)


def providers_of(patient_id: UUID) -> list[UUID]:
    """Ids of the clinicians who treat this patient at this moment."""
    now = timezone.now()
    live = Assignment.objects.filter(patient_id=patient_id, starts_at__lte=now, ends_at__gt=now)
    return sorted(set(live.values_list("provider_id", flat=True)))


def _live(provider_id: UUID, patient_id: UUID, now: datetime) -> QuerySet[Assignment]:
    rows = Assignment.objects.select_for_update().filter(
        provider_id=provider_id, patient_id=patient_id, ends_at__gt=now
    )
    return rows.order_by("-ends_at")


def _close(rows: QuerySet[Assignment], now: datetime, actor: Actor, command_id: UUID | None) -> int:
    live = list(rows)
    for row in live:
        row.ends_at = now
        row.save(update_fields=["ends_at"])
    if live:
        _append(live[0].provider_id, [_ended(row, now) for row in live], actor, command_id)
    return len(live)


def _ended(row: Assignment, now: datetime) -> AssignmentEnded:
    return AssignmentEnded(assignment_id=row.id, provider_id=row.provider_id, patient_id=row.patient_id, ended_at=now)


def _append(
    provider_id: UUID, facts: list[PatientAssigned] | list[AssignmentEnded], actor: Actor, command_id: UUID | None
) -> None:
    stream = StreamName("caseload", provider_id)
    store.append(stream, list(facts), expected=None, actor=actor, command_id=command_id or uuid4())
