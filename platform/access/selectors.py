"""Reads the trail's rows. A patient reads what concerns one record; administrator and auditor read all of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from access import context, trail
from access.events import TrailRead
from access.models import AccessRow
from access.permit import Permit
from access.rights import Purpose, Right
from eventstore.actor import Actor


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """What of the trail is wanted; None means any. `day` is a day of UTC."""

    actor_id: UUID | None = None
    patient_id: UUID | None = None
    day: date | None = None


def accesses_of_patient(permit: Permit) -> QuerySet[AccessRow]:
    """Newest first: who reached for this patient's record. The patient's own visits are among them.

    Raises:
        WrongPermit: the permit is for something else.
    """
    permit.require(Right.VIEW_OWN, Right.VIEW_ACCESS)
    return AccessRow.objects.filter(patient_id=permit.patient_id).order_by("-id")


def accesses(wanted: TrailFilter) -> QuerySet[AccessRow]:
    """Newest first. The caller says with `note_reading` that the trail was read, and by whom."""
    rows = AccessRow.objects.order_by("-id")
    if wanted.actor_id:
        rows = rows.filter(actor_id=wanted.actor_id)
    if wanted.patient_id:
        rows = rows.filter(patient_id=wanted.patient_id)
    if wanted.day:
        start = datetime.combine(wanted.day, time.min, tzinfo=UTC)
        # In an order that no index has: else the planner goes back from the newest row of all to that day.
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1)).order_by((F("id") + 0).desc())
    return rows


def note_reading(
    actor: Actor, wanted: TrailFilter, *, rows: int, asked_by: UUID | None = None, why: Purpose = Purpose.AUDIT
) -> None:
    """Record that the trail was read. Call inside the request, before its bytes leave.

    `asked_by` is the patient whose account `wanted.actor_id` is: what a patient did tells as much as who saw a record.
    A line for each patient whom the filter singles out, so that each of them reads of it.
    """
    singled_out = dict.fromkeys(one for one in (wanted.patient_id, asked_by) if one)
    with context.asking(actor) as inquiry:
        for patient_id in singled_out or (None,):
            reading = TrailRead(
                request_id=inquiry.request_id,
                route=inquiry.route,
                purpose=why.value,
                filter_actor=wanted.actor_id,
                filter_patient=patient_id,
                filter_day=wanted.day.isoformat() if wanted.day else None,
                rows=rows,
            )
            trail.write_reading(actor, reading)
